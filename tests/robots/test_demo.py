from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from homes import home_of
from sqlalchemy import select, update

from floorhand.commands import demo as command
from floorhand.config import Settings
from floorhand.domain.barcodes import gtin14, read
from floorhand.errors import DatabaseUnusable
from floorhand.robots.demo import Demo, badges_of, build_demo
from floorhand.robots.demo.goods import products
from floorhand.robots.demo.reserves import RESERVES
from floorhand.store.check import violations
from floorhand.store.count_plan import due_counts
from floorhand.store.db import Transactions, engine_of, open_database
from floorhand.store.refills import dry_faces
from floorhand.store.schema import Barcode, Delivery, Order, Place, Return, Sku, Stock, Worker

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SITE = "MAIN"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Transactions, Demo]]:
    transactions = open_database(home_of(tmp_path_factory.mktemp("demo") / "demo.db"))
    yield transactions, build_demo(transactions, SITE, NOW)
    engine_of(transactions).dispose()


def test_the_demo_has_what_it_promises(built: tuple[Transactions, Demo]) -> None:
    transactions, demo = built
    assert (demo.bins, demo.products, demo.orders) == (300, 40, 30)
    with transactions.begin() as tx:
        assert len(tx.scalars(select(Place.code).where(Place.kind == "bin")).all()) == 300
        assert len(tx.scalars(select(Sku.merchant).distinct()).all()) == 3
        assert tx.scalars(select(Sku.code).where(Sku.lot_tracked, Sku.expiry_tracked)).all()
        assert tx.scalars(select(Delivery.number).where(Delivery.state == "announced")).all()
        returns = tx.execute(select(Return.order).where(Return.custody != "disposed")).all()
    assert len(returns) == 6
    assert sum(row.order == "" for row in returns) == 2


def test_the_demo_passes_the_check(built: tuple[Transactions, Demo]) -> None:
    with built[0].begin() as tx:
        assert violations(tx, SITE) == ()


def test_the_demos_orders_are_due_today_where_the_demo_is(
    built: tuple[Transactions, Demo],
) -> None:
    zone = ZoneInfo("Europe/Berlin")
    with built[0].begin() as tx:
        due = tx.scalars(select(Order.due_at).where(Order.state == "released")).all()
    assert len(due) == 30
    assert {moment.astimezone(zone).date() for moment in due} == {NOW.astimezone(zone).date()}
    assert min(due) > NOW


def test_the_demos_barcodes_have_right_check_digits_and_are_nobodys_goods(
    built: tuple[Transactions, Demo],
) -> None:
    for product in products():
        for code in (product.each, product.case):
            assert gtin14(code), code
            assert "952" in code[:4], code
    with built[0].begin() as tx:
        codes = tx.scalars(select(Barcode.code)).all()
    assert all(read(code).code == code for code in codes)


def test_neighbouring_bins_never_have_the_same_check_digits(
    built: tuple[Transactions, Demo],
) -> None:
    with built[0].begin() as tx:
        bins = tx.execute(
            select(Place.aisle_no, Place.y_mm, Place.check_digits).where(Place.kind == "bin")
        ).all()
    for aisle, y_mm, digits in bins:
        near = [d for a, y, d in bins if a == aisle and abs(y - y_mm) <= 1_200]
        assert near.count(digits) == 1, (aisle, y_mm, digits)
        assert digits != "00"


def test_what_a_bins_barcode_holds_cannot_be_read_off_its_name(
    built: tuple[Transactions, Demo],
) -> None:
    with built[0].begin() as tx:
        bins = tx.execute(
            select(Place.code, Place.scan_code).where(Place.kind.in_(("bin", "tote")))
        ).all()
    assert len({scan_code for _, scan_code in bins}) == len(bins)
    assert all(read(scan_code).own_kind in ("bin", "tote") for _, scan_code in bins)


def test_chilled_goods_stand_in_the_cold_room_only(built: tuple[Transactions, Demo]) -> None:
    with built[0].begin() as tx:
        rows = tx.execute(
            select(Sku.storage, Place.storage)
            .join(Stock, (Stock.merchant == Sku.merchant) & (Stock.sku == Sku.code))
            .join(Place, Place.code == Stock.place)
            .where(Place.kind == "bin")
        ).all()
    assert rows
    assert all(goods == place for goods, place in rows)


def test_badges_are_codes_of_our_own_and_not_staff_numbers(
    built: tuple[Transactions, Demo],
) -> None:
    transactions, demo = built
    assert badges_of(transactions, SITE) == demo.badges
    assert len(demo.badges) == 3
    assert all(read(badge.code).own_kind == "badge" for badge in demo.badges)
    with transactions.begin() as tx:
        assert not set(tx.scalars(select(Worker.code))) & {badge.code for badge in demo.badges}


def test_the_demo_has_pick_faces_that_run_dry_before_their_reserves_and_bins_to_count(
    built: tuple[Transactions, Demo],
) -> None:
    with built[0].begin() as tx:
        dry = dry_faces(tx, SITE, NOW)
        due = due_counts(tx, SITE, NOW)
        faces = set(tx.scalars(select(Place.code).where(Place.pick_face)))
    assert len(dry) == RESERVES
    assert all(one.takes for one in dry)
    assert not {take.shelf.place for one in dry for take in one.takes} & faces
    assert 20 < len(due) < 100


def run(folder: Path, **args: bool) -> int:
    named = Namespace(**{"fresh": False, "no_terminal": True, **args})
    return command.run(named, Settings(database=home_of(folder / "shop.db")))


def test_the_command_builds_once_and_shows_the_badges(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path) == 0
    first = capsys.readouterr().out
    assert first.count("FHP") == 3
    assert "300 bins" in first
    assert run(tmp_path) == 0
    assert capsys.readouterr().out == first


@pytest.mark.sqlite("--fresh removes files")
def test_fresh_starts_over(tmp_path: Path) -> None:
    run(tmp_path)
    transactions = open_database(home_of(tmp_path / "shop.db"))
    with transactions.begin() as tx:
        tx.execute(update(Order).values(state="cancelled"))
    engine_of(transactions).dispose()
    run(tmp_path, fresh=True)
    transactions = open_database(home_of(tmp_path / "shop.db"))
    with transactions.begin() as tx:
        assert len(tx.scalars(select(Order.number).where(Order.state == "released")).all()) == 30
    engine_of(transactions).dispose()


@pytest.mark.sqlite("--fresh removes files")
def test_fresh_leaves_a_demo_alone_that_a_terminal_has_open(tmp_path: Path) -> None:
    run(tmp_path)
    transactions = open_database(home_of(tmp_path / "shop.db"))
    with transactions.begin() as tx:
        tx.execute(update(Order).values(state="cancelled"))
    with pytest.raises(DatabaseUnusable, match="open in another terminal"):
        run(tmp_path, fresh=True)
    with transactions.begin() as tx:
        assert set(tx.scalars(select(Order.state))) == {"cancelled"}
    engine_of(transactions).dispose()


@pytest.mark.sqlite("--fresh removes files")
def test_fresh_never_removes_a_real_warehouse(transactions: Transactions, tmp_path: Path) -> None:
    path = Path(engine_of(transactions).url.database or "")
    engine_of(transactions).dispose()
    named = Namespace(fresh=True, no_terminal=True)
    with pytest.raises(DatabaseUnusable, match="another warehouse"):
        command.run(named, Settings(database=str(path)))
    assert path.exists()


def test_fresh_removes_nothing_on_a_server(postgresql_url: str) -> None:
    named = Namespace(fresh=True, no_terminal=True)
    with pytest.raises(DatabaseUnusable, match="removes SQLite files only"):
        command.run(named, Settings(database=postgresql_url))


def test_the_demo_is_not_built_into_a_real_warehouse(transactions: Transactions) -> None:
    database = engine_of(transactions).url.render_as_string(hide_password=False)
    named = Namespace(fresh=False, no_terminal=True)
    with pytest.raises(DatabaseUnusable, match="another warehouse"):
        command.run(named, Settings(database=database))
