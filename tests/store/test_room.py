"""The disk of an SQLite file fills up: it is told in time, and what is open can be finished."""

from __future__ import annotations

import shutil
from collections import namedtuple

import pytest
from conftest import NOW, SITE, new_warehouse
from sqlalchemy import text
from warehouses import inbound, picking, returns

from floorhand.errors import Code, NoRoom
from floorhand.ops.floor import take_seat, take_turn
from floorhand.store import room
from floorhand.store.db import engine_of, in_turn
from floorhand.store.places import next_number
from floorhand.store.room import Left, Room, give_up_reserve, keep_reserve, left_for

MB, GB = 1 << 20, 1 << 30
Disk = namedtuple("Disk", "total used free")


@pytest.fixture
def a_disk(monkeypatch):
    """Make the disk what a test says."""

    def say(total: int, free: int) -> None:
        disk = Disk(total, total - free, free)
        monkeypatch.setattr(shutil, "disk_usage", lambda _folder: disk)

    say(100 * GB, 50 * GB)
    return say


@pytest.mark.sqlite("the disk of its file")
@pytest.mark.parametrize(
    ("total", "free", "left"),
    [
        (100 * GB, 50 * GB, Left(Room.PLENTY, 50 * 1024)),
        (100 * GB, 5 * GB, Left(Room.PLENTY, 5 * 1024)),
        (100 * GB, 3 * GB, Left(Room.LOW, 3 * 1024)),
        (100 * GB, 900 * MB, Left(Room.SCARCE, 900)),
        (8 * GB, 700 * MB, Left(Room.LOW, 700)),
        (8 * GB, 200 * MB, Left(Room.SCARCE, 200)),
    ],
)
def test_little_room_is_told_by_part_of_the_disk_but_not_on_a_large_one(
    tmp_path, a_disk, total, free, left
) -> None:
    a_disk(total, free)
    made = new_warehouse(tmp_path)
    assert left_for(engine_of(made).url) == left
    engine_of(made).dispose()


def test_a_server_has_no_disk_that_can_be_seen(postgresql_warehouse) -> None:
    from sqlalchemy import make_url

    keep_reserve(make_url(postgresql_warehouse))
    assert left_for(make_url(postgresql_warehouse)) is None


@pytest.mark.sqlite("the disk of its file")
def test_a_reserve_is_kept_while_there_is_room_and_given_up_once(tmp_path, a_disk) -> None:
    made = new_warehouse(tmp_path)
    engine, reserve = engine_of(made), tmp_path / "floor.db.reserve"
    a_disk(100 * GB, 4 * GB)
    keep_reserve(engine.url)
    assert not reserve.exists(), "it would make little of enough"
    a_disk(400 * MB, 300 * MB)
    (tmp_path / "floor.db").chmod(0o666)
    keep_reserve(engine.url)
    assert reserve.stat().st_mode & 0o777 == 0o666, "another login may have to give it up"
    assert reserve.stat().st_size == 4 * MB
    assert reserve.stat().st_blocks * 512 >= 4 * MB
    assert give_up_reserve(engine)
    assert not give_up_reserve(engine)
    assert left_for(engine.url) == Left(Room.SCARCE, 300), "until it is there again"
    keep_reserve(engine.url)
    assert left_for(engine.url) == Left(Room.PLENTY, 300)
    engine.dispose()


@pytest.mark.sqlite("the disk of its file")
def test_a_disk_that_lies_about_its_room_has_no_reserve_and_no_rubbish(
    tmp_path, a_disk, monkeypatch
) -> None:
    made = new_warehouse(tmp_path)

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(room, "_lay", fail)
    keep_reserve(engine_of(made).url)
    assert list(tmp_path.glob("*.reserve*")) == []
    engine_of(made).dispose()


@pytest.mark.sqlite("the disk of its file")
def test_what_finds_no_room_is_done_once_more_in_that_of_the_reserve(tmp_path, a_disk) -> None:
    made = new_warehouse(tmp_path)
    a_disk(400 * MB, 300 * MB)
    keep_reserve(engine_of(made).url)

    def fill(tx) -> None:
        full = tx.scalar(text("PRAGMA page_count"))
        tx.execute(text(f"PRAGMA max_page_count = {full}"))

    in_turn(made, fill)
    tried = []

    def grow(tx) -> int:
        tried.append(1)
        if len(tried) > 1:  # what a disk does of itself, once the reserve is gone
            tx.execute(text("PRAGMA max_page_count = 1000000"))
        tx.execute(text("CREATE TABLE more AS SELECT randomblob(1000000)"))
        return next_number(tx, SITE, "count")

    assert in_turn(made, grow) == 1
    assert len(tried) == 2
    in_turn(made, fill)
    with pytest.raises(NoRoom):
        in_turn(made, lambda tx: tx.execute(text("CREATE TABLE x AS SELECT randomblob(1000000)")))
    engine_of(made).dispose()


@pytest.mark.sqlite("the disk of its file")
@pytest.mark.parametrize(
    ("warehouse", "begins", "then", "goes_on"),
    [
        (inbound, "D-100", ("LD1",), inbound.MUG),
        (picking, "CART-1", (), "T-1"),
        (returns, "RMA-1", (), returns.MUG),
    ],
)
def test_nothing_new_is_begun_with_little_room_and_what_is_open_goes_on(
    tmp_path, a_disk, warehouse, begins, then, goes_on
) -> None:
    made = new_warehouse(tmp_path)
    warehouse.build(made)
    numbers = iter(range(1, 99))

    def scan(scanned: str):
        return take_turn(made, SITE, "H1", next(numbers), scanned, NOW)

    take_seat(made, SITE, "H1", now=NOW)
    scan("BADGE-ANA")
    asked = scan("1").prompt
    a_disk(8 * GB, 200 * MB)
    refused = scan(begins)
    assert refused.said.text == f"refusal.{Code.NO_ROOM_FOR_WORK}"
    assert refused.said.facts == {"megabytes": 200}
    assert refused.prompt == asked
    a_disk(8 * GB, 4 * GB)
    for scanned in (begins, *then):
        assert scan(scanned).prompt != asked
    a_disk(8 * GB, 200 * MB)
    assert scan(goes_on).said.tone != "refused"
    engine_of(made).dispose()
