"""A crew of robots gets the building empty of work, whatever it scans by mistake."""

from __future__ import annotations

import csv
import json
import os
from argparse import ArgumentParser
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from homes import home_of
from sqlalchemy import select

from floorhand.config import Settings
from floorhand.exchange import command as importing
from floorhand.robots import command
from floorhand.robots import simulate as simulating
from floorhand.robots.demo import build_demo
from floorhand.robots.demo.reserves import RESERVES
from floorhand.robots.lead import COUNTS_MAX
from floorhand.robots.simulate import Plan, RobotDied, _told, simulate
from floorhand.robots.supply import LEAD
from floorhand.store.db import engine_of, open_database
from floorhand.store.schema import CountSheet, Operation, Scan, Seat, Task

SITE = "MAIN"
ORDERS_OF_THE_DAY = 8
WHOLE_DAY = "FLOORHAND_WHOLE_DAY"

KEYS = {
    "orders_shipped",
    "order_lines",
    "pieces_shipped",
    "returns_inspected",
    "pieces_returned",
    "scans",
    "refusals",
    "wall_s",
    "scans_per_s",
    "check",
}


MORNING = datetime(2026, 3, 9, 9, 0, tzinfo=UTC)
"""From here on a day is always the same; with the real time of day a crew works in other order."""


def demo(folder: Path, began: datetime | None = None) -> str:
    path = home_of(folder / "demo.db")
    transactions = open_database(path)
    build_demo(transactions, SITE, began or datetime.now(UTC))
    engine_of(transactions).dispose()
    return path


def imported(folder: Path, source: Path, orders: int | None = None) -> str:
    """Import a real day, or its first orders and all that was returned of them that day."""
    file, path = folder / "day.csv", home_of(folder / "day.db")
    with source.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    numbers = list(dict.fromkeys(row["InvoiceNo"] for row in rows))
    back = [number for number in numbers if number.startswith("C")]
    kept = set(numbers if orders is None else numbers[:orders] + back[:orders])
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, rows[0].keys())
        writer.writeheader()
        writer.writerows(row for row in rows if row["InvoiceNo"] in kept)
    parser = ArgumentParser()
    importing.add_arguments(parser)
    importing.run(parser.parse_args([str(file), "--json"]), Settings(database=path))
    return path


def test_one_robot_empties_the_demo(tmp_path: Path) -> None:
    path = demo(tmp_path)
    result = simulate(path, SITE, Plan(workers=1))
    assert result.keys() >= KEYS
    assert (result["orders_shipped"], result["returns_inspected"]) == (30, 6)
    assert result["pieces_returned"] == 7
    assert result["check"] == {"verdict": "passed", "violations": []}
    assert result["not_shipped"] == result["short_lines"] == result["stuck"] == []
    assert result["refusals"] == 0
    transactions = open_database(path)
    with transactions.begin() as tx:
        assert len(tx.scalars(select(Scan.scan_no)).all()) == result["scans"]
        assert set(tx.scalars(select(Task.state).where(Task.kind != "count"))) == {"done"}
    engine_of(transactions).dispose()


def test_a_crew_that_makes_mistakes_and_undoes_still_finishes(tmp_path: Path) -> None:
    result = simulate(demo(tmp_path), SITE, Plan(workers=3, mistakes=0.3, undo=0.1, seed=7))
    assert result["mistakes"] > 50
    assert result["undos"] > 20
    assert result["refusals"] > 20
    assert result["orders_shipped"] == 30
    assert result["check"]["verdict"] == "passed"
    assert result["not_shipped"] == []


PRODUCTS = """merchant,sku,barcode,weight_g,length_mm,width_mm,height_mm
M1,CUP,9521001000079,300,100,100,100
M1,SOFA,9521001000109,25000,1900,900,800
"""
ORDERS = """order,sku,quantity,merchant
1,CUP,2,M1
2,CUP,3,M1
3,SOFA,1,M1
"""
DELIVERY = "delivery,sku,quantity,merchant\nD1,CUP,4,M1\nD1,SOFA,1,M1\n"


@pytest.mark.parametrize("workers", [1, 2])
def test_goods_that_fit_no_bin_keep_no_other_order_from_leaving(
    tmp_path: Path, workers: int
) -> None:
    path = home_of(tmp_path / "floor.db")
    parser = ArgumentParser()
    importing.add_arguments(parser)
    files = []
    for name, text in (("products", PRODUCTS), ("orders", ORDERS), ("deliveries", DELIVERY)):
        files.append(str(tmp_path / f"{name}.csv"))
        Path(files[-1]).write_text(text, encoding="utf-8")
    importing.run(parser.parse_args(files), Settings(database=path))
    result = simulate(path, SITE, Plan(workers=workers))
    assert result["orders_shipped"] == 2
    assert result["short_lines"] == [
        {"order": "M1/2", "sku": "CUP", "pieces": 1, "reason": "no_stock"}
    ]
    told = {"order": "M1/3", "state": "waiting", "reason": "no stock: SOFA"}
    assert result["not_shipped"] == [told]
    assert result["left"] == [{"work": "putaway DOCK-1 SOFA", "reason": "no bin"}]


def test_a_lead_plans_decides_and_hands_over_while_a_crew_fills_up_and_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = count(1)
    monkeypatch.setattr(simulating, "_now", lambda: MORNING + timedelta(seconds=next(seconds)))
    path = demo(tmp_path, MORNING)
    result = simulate(path, SITE, Plan(workers=3, slips=0.6, seed=2, lead=True))
    assert result["check"] == {"verdict": "passed", "violations": []}
    assert result["stuck"] == result["not_shipped"] == result["left"] == []
    assert result["refills_done"] >= RESERVES  # some come from more than one reserve
    assert result["hand_overs"] == 1
    transactions = open_database(path)
    with transactions.begin() as tx:
        upkeep = select(Task.kind, Task.state).where(Task.kind.in_(("refill", "count")))
        assert {tuple(row) for row in tx.execute(upkeep)} == {
            ("count", "done"),
            ("refill", "done"),
        }
        results = Counter(tx.scalars(select(CountSheet.result)))
        assert min(results["right"], results["recount"], results["approval"]) > 0
        assert result["bins_counted"] == COUNTS_MAX + results["recount"]
        decided = tx.scalars(select(Operation.command).where(Operation.kind == "Decide")).all()
        assert {"approve"} <= {json.loads(one)["action"] for one in decided}
        counting = select(Scan.fate).where(Scan.job == "counting")
        assert set(tx.scalars(counting)) == {"taken"}
        lead = tx.execute(select(Seat.flow, Seat.worker).where(Seat.code == LEAD)).one()
        assert tuple(lead) == ("sign_in", None)
    engine_of(transactions).dispose()


def test_robots_in_processes_of_their_own_never_take_the_same_twice(tmp_path: Path) -> None:
    result = simulate(demo(tmp_path), SITE, Plan(workers=3, processes=True))
    assert (result["orders_shipped"], result["returns_inspected"]) == (30, 6)
    assert result["pieces_returned"] == 7
    assert result["check"]["verdict"] == "passed"


def test_orders_of_a_real_day_are_supplied_and_ship(
    tmp_path: Path, shared_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = shared_data / "uci_online_retail" / "day_2011-05-10.csv"
    path = imported(tmp_path, source, ORDERS_OF_THE_DAY)
    told = json.loads(capsys.readouterr().out)
    result = simulate(path, SITE, Plan(workers=2, supply=True))
    assert result["orders_shipped"] == told["orders"] > 0
    assert result["order_lines"] == told["order_lines"]
    assert result["pieces_shipped"] == told["pieces"]
    assert result["returns_inspected"] == told["returns"] > 0
    assert result["pieces_returned"] == told["return_pieces"]
    assert result["check"]["verdict"] == "passed"
    assert result["stuck"] == []


@pytest.mark.skipif(WHOLE_DAY not in os.environ, reason=f"takes minutes; set {WHOLE_DAY}")
def test_a_whole_real_day_ships(
    tmp_path: Path, shared_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = imported(tmp_path, shared_data / "uci_online_retail" / "day_2011-05-10.csv")
    capsys.readouterr()
    result = simulate(path, SITE, Plan(workers=4, supply=True))
    figures = (result["orders_shipped"], result["order_lines"], result["pieces_shipped"])
    assert figures == (95, 2_506, 19_772)
    assert result["check"]["verdict"] == "passed"


def run(path: str, *words: str, labels: str = "") -> int:
    parser = ArgumentParser()
    command.add_arguments(parser)
    settings = Settings(database=path, labels=labels)
    return command.run(parser.parse_args(list(words)), settings)


def test_the_command_prints_json_or_sentences(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = demo(tmp_path)
    labels = str(tmp_path / "labels")
    assert run(path, "--workers", "2", "--json", labels=labels) == 0
    result: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert result["orders_shipped"] == 30
    assert run(path, labels=labels) == 0
    said = capsys.readouterr().out
    assert "0 orders shipped" in said
    assert "check passed" in said


def test_nonsense_on_the_command_line_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (("--workers", "0"), ("--mistakes", "1"), ("--mistakes", "x")):
        with pytest.raises(SystemExit):
            run("", *words)
        assert "not" in capsys.readouterr().err


class Fallen:
    """A process that has died."""

    name = "robot-1"
    exitcode = 1


class Silent:
    """A queue that nothing comes out of any more."""

    def get(self, timeout: float) -> object:
        raise Empty


def test_a_robot_that_died_is_not_waited_for() -> None:
    with pytest.raises(RobotDied, match="robot-1 ended before its work did"):
        _told(Silent(), [Fallen()])
