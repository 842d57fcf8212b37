"""Whatever somebody with a database shell does to a day's work, `floorhand check` names it.

Each case plays a floor script, whole or in part, does one kind of damage and asks for the rule
that it breaks. The scripts' own tests show that a day without damage breaks none.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from datetime import timedelta
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest
from conftest import NOW, SITE, new_warehouse
from homes import copy_home, keep_home
from shell import damage
from sqlalchemy import select, text

from floorhand.ops.floor import take_seat, take_turn
from floorhand.store.check import violations
from floorhand.store.db import Transactions, engine_of, open_database
from floorhand.store.schema import Table, Worker

SCRIPTS = Path(__file__).parents[1] / "scripts"
PICKING = ("picking_smooth", 7)
"""Two mugs of order 1001 are in tote T-1; all else of 1001 and 1002 is still to be picked."""

UNDONE = ("picking_undone", 11)
"""The last scan took two mugs out of tote T-1 again."""

PICKED = ("picking_smooth", 99)
PACKED = ("packing_smooth", 99)
RECEIVED = ("receiving_smooth", 99)
STORED = ("putaway_smooth", 99)
INSPECTED = ("returns_smooth", 99)

Day = tuple[str, int]


@cache
def worked(day: Day) -> Path:
    """A database in which the first scans of a script were made; to be copied."""
    name, scans = day
    lines = (SCRIPTS / f"{name}.floor").read_text("utf-8").splitlines()
    warehouse = import_module(f"warehouses.{lines[0].removeprefix('@ ')}")
    folder = Path(tempfile.mkdtemp(prefix="floorhand-days-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    transactions = new_warehouse(folder)
    warehouse.build(transactions)
    with transactions.begin() as tx:
        badge = tx.scalar(select(Worker.badge).where(Worker.code == warehouse.WORKER))
    turn = take_seat(transactions, SITE, "H1", now=NOW)
    job = lines[1].removeprefix("@ job ")
    script = [line[2:].replace("<GS>", "\x1d") for line in lines if line.startswith("> ")]
    for line in (badge, job, *script[:scans]):
        jobs = [choice.code for choice in turn.prompt.choices]
        scanned = str(jobs.index(job) + 1) if line == job else str(line)
        number = turn.scan_no + 1
        now = NOW + timedelta(seconds=number)
        turn = take_turn(transactions, SITE, "H1", number, scanned, now)
    engine_of(transactions).dispose()
    keep_home(folder / "floor.db")
    return folder / "floor.db"


def damaged(day: Day, folder: Path, *statements: str) -> Transactions:
    """The day with damage that no constraint and no trigger held up."""
    home = copy_home(worked(day), folder / "floor.db")
    damage(home, *statements)
    return open_database(home)


def broken(transactions: Transactions) -> dict[str, str]:
    """What is told, by rule."""
    told: dict[str, str] = {}
    with transactions.begin() as tx:
        for one in violations(tx, SITE):
            told[one.rule] = f"{told.get(one.rule, '')}\n{one.subject}: {one.detail}".strip()
    engine_of(transactions).dispose()
    return told


def another(table: str, where: str, **columns: str) -> str:
    """A statement that adds a copy of a row, with some columns changed."""
    names = Table.metadata.tables[table].columns.keys()
    quoted = ", ".join(f'"{name}"' for name in names)
    values = ", ".join(columns.get(name, f'"{name}"') for name in names)
    return f'INSERT INTO "{table}" ({quoted}) SELECT {values} FROM "{table}" WHERE {where}'


NO_UPDATE = ("DROP TRIGGER move_no_update", "DROP TRIGGER operation_no_update")
A_COUNT = another("task", "kind = 'pick'", id="'c1'", kind="'count'", state="'open'", worker="NULL")
SAME_COUNT = A_COUNT.replace("'c1'", "'c2'")
EMPTY_PARCEL = (
    another("place", "code = 'T-9'", code="'C-9'", scan_code="'C-9'", kind="'carton'"),
    another("parcel", "\"order\" = '1001'", carton="'C-9'"),
)

DAMAGE = [
    # the ledger, and what it was written by
    ("tables_keep_their_constraints", PICKING, [*NO_UPDATE, "UPDATE move SET pieces = 0"]),
    ("tables_keep_their_constraints", PICKING, [*NO_UPDATE, "UPDATE move SET target = source"]),
    ("tables_keep_their_constraints", PICKING, ["UPDATE place SET kind = 'shed'"]),
    ("tables_keep_their_constraints", PICKING, ["UPDATE pick SET picked = 9"]),
    ("tables_keep_their_constraints", PACKED, ["UPDATE print_job SET state = 'lost'"]),
    (
        "tables_keep_their_constraints",
        PACKED,
        ["UPDATE order_line SET picked = picked + 1 WHERE \"order\" = '1001'"],
    ),
    ("moves_are_of_their_operation", PICKING, [*NO_UPDATE, "UPDATE move SET worker = 'W2'"]),
    ("moves_are_of_their_operation", PICKING, [*NO_UPDATE, "UPDATE move SET at = '2026-01-01'"]),
    (
        "operations_moved_what_they_say",
        PICKING,
        [
            "DROP TRIGGER move_no_delete",
            "DELETE FROM move WHERE operation = 'H1:9'",
            "UPDATE stock SET pieces = pieces + 2 WHERE place = 'A-01' AND sku = 'MUG'",
            "UPDATE stock SET pieces = 0 WHERE place = 'T-1'",
        ],
    ),
    (
        "operations_moved_what_they_say",
        RECEIVED,
        [*NO_UPDATE, "UPDATE operation SET facts = replace(facts, 'pieces\":', 'pieces\":1')"],
    ),
    ("texts_are_readable", PICKING, [*NO_UPDATE, "UPDATE operation SET command = 'oops'"]),
    ("texts_are_readable", PICKING, [*NO_UPDATE, "UPDATE operation SET facts = '[1]'"]),
    ("texts_are_readable", PACKED, ["UPDATE print_job SET data = '{'"]),
    (
        "undone_operations_exist",
        UNDONE,
        [*NO_UPDATE, "UPDATE operation SET undoes = 'H1:77' WHERE undoes IS NOT NULL"],
    ),
    (
        "what_is_undone_is_where_it_was",
        UNDONE,
        ["DROP TRIGGER move_no_update", "UPDATE move SET pieces = 1 WHERE operation = 'H1:13'"],
    ),
    ("rows_are_only_added", PICKING, ["DROP TRIGGER move_no_delete"]),
    ("rows_are_only_added", PICKING, ["DROP TRIGGER scan_no_update"]),
    ("rows_are_only_added", PICKING, ["DROP TRIGGER operation_no_replace"]),
    # walks and tasks
    (
        "nothing_is_picked_twice",
        PICKING,
        [
            another("pick", "id = 'H1:3/3'", id="'again'"),
            "UPDATE stock SET reserved = reserved + 1 WHERE place = 'B-01' AND lot = 'L1'",
        ],
    ),
    (
        "an_order_is_on_one_walk",
        PICKING,
        [
            another("task", "kind = 'pick'", id="'u'", worker="'W2'"),
            another("slot", "slot_no = 2", task="'u'", tote="NULL"),
        ],
    ),
    ("open_picks_are_on_a_walk", PICKING, ["UPDATE task SET state = 'done'"]),
    ("open_picks_are_on_a_walk", PICKING, ["UPDATE task SET state = 'cancelled'"]),
    ("open_picks_are_on_a_walk", PICKING, ["UPDATE task SET kind = 'pack'"]),
    ("open_picks_are_on_a_walk", PICKING, ["DELETE FROM task"]),
    ("claimed_tasks_have_a_worker", PICKING, ["UPDATE task SET worker = NULL"]),
    ("tasks_say_when_they_ended", PICKING, ["UPDATE task SET state = 'done'"]),
    ("tasks_say_when_they_ended", PICKED, ["UPDATE task SET state = 'open'"]),
    ("one_count_of_a_place", PICKING, ["DROP INDEX uq_task_count_open", A_COUNT, SAME_COUNT]),
    ("picks_are_as_far_as_they_say", PICKING, ["UPDATE pick SET state = 'picked'"]),
    ("picks_are_as_far_as_they_say", PICKING, ["UPDATE pick SET tote = NULL"]),
    ("picks_are_of_their_line", PICKING, ["UPDATE pick SET sku = 'PEN' WHERE id = 'H1:3/3'"]),
    (
        "picked_is_what_moved_into_totes",
        PICKED,
        ["UPDATE pick SET pieces = 3, picked = 3 WHERE id = 'H1:3/2'"],
    ),
    ("picked_is_what_moved_into_totes", PICKED, ["DELETE FROM pick WHERE id = 'H1:3/2'"]),
    (
        "a_slots_tote_is_its_orders",
        PICKING,
        ["UPDATE place SET order_no = 'ACME/1003' WHERE code = 'T-1'"],
    ),
    ("putaway_is_of_goods_that_came", RECEIVED, ["UPDATE task SET place = 'BENCH-1'"]),
    (
        "no_work_is_left_on_void_pallets",
        STORED,
        ["UPDATE task SET state = 'open', done_at = NULL WHERE state = 'done'"],
    ),
    ("words_are_known", PICKING, ["UPDATE task SET kind = 'nap'"]),
    # what is named and not there
    ("what_is_named_exists", PICKING, ["UPDATE slot SET tote = 'T-77' WHERE slot_no = 1"]),
    ("what_is_named_exists", PICKING, ["UPDATE task SET place = 'CART-7'"]),
    ("what_is_named_exists", PICKING, [*NO_UPDATE, "UPDATE move SET sku = ''"]),
    ("what_is_named_exists", PICKING, ["UPDATE seat SET worker = 'W7'"]),
    ("what_is_named_exists", PICKING, ["UPDATE place SET order_no = 'ACME/7' WHERE code = 'T-8'"]),
    ("what_is_named_exists", PICKING, ["UPDATE pick SET line_no = 7"]),
    ("what_is_named_exists", PICKING, ["DELETE FROM sku WHERE code = 'TEA'"]),
    ("what_is_named_exists", PICKING, ["DELETE FROM merchant WHERE code = 'FERN'"]),
    ("what_is_named_exists", PACKED, ["DELETE FROM place WHERE kind = 'carton'"]),
    ("what_is_named_exists", PACKED, ["DELETE FROM orders WHERE number = '1001'"]),
    ("what_is_named_exists", RECEIVED, ["DELETE FROM delivery"]),
    ("what_is_named_exists", INSPECTED, ["DELETE FROM returns"]),
    # places
    (
        "places_stand_where_they_can",
        PICKING,
        ["UPDATE place SET parent = 'T-8' WHERE code = 'A-01'"],
    ),
    (
        "places_stand_where_they_can",
        PICKING,
        ["UPDATE place SET parent = '@scrap' WHERE code = 'T-8'"],
    ),
    (
        "bound_places_hold_their_orders_goods",
        PICKING,
        ["UPDATE place SET order_no = 'ACME/1003' WHERE code = 'T-1'"],
    ),
    (
        "bound_places_hold_their_merchants_goods",
        PICKING,
        ["UPDATE place SET merchant = 'BOLT' WHERE code = 'T-1'"],
    ),
    # orders and parcels
    ("what_is_picked_is_in_its_totes", PICKING, ["UPDATE order_line SET picked = picked + 1"]),
    (
        "what_is_picked_is_in_its_totes",
        PICKED,
        ["UPDATE place SET order_no = NULL WHERE code = 'T-1'"],
    ),
    ("picked_orders_have_goods", PICKED, ["UPDATE order_line SET picked = 0"]),
    ("what_is_short_has_a_reason", PICKING, ["UPDATE order_line SET short = 1"]),
    ("shipped_orders_are_complete", PICKING, ["UPDATE orders SET state = 'shipped'"]),
    ("shipped_orders_say_when", PACKED, ["UPDATE orders SET shipped_at = NULL"]),
    (
        "closed_orders_stay_closed",
        PACKED,
        ["UPDATE orders SET state = 'released' WHERE state = 'shipped'"],
    ),
    (
        "parcels_leave_with_their_order",
        PACKED,
        ["UPDATE orders SET state = 'cancelled', closed_at = NULL WHERE state = 'shipped'"],
    ),
    (
        "parcels_leave_with_their_order",
        PACKED,
        ["UPDATE place SET state = 'closed' WHERE kind = 'carton'"],
    ),
    ("parcels_are_cartons_of_their_order", PACKED, ["UPDATE parcel SET \"order\" = '1006'"]),
    ("parcels_are_closed_with_their_carton", PACKED, ["UPDATE parcel SET state = 'open'"]),
    ("parcels_are_not_empty", PACKED, EMPTY_PARCEL),
    ("parcels_hold_what_was_packed", PACKED, ["UPDATE parcel SET state = 'unpacked'"]),
    # labels
    ("parcels_have_a_label", PACKED, ["DELETE FROM print_job"]),
    ("labels_are_of_something", PACKED, ["UPDATE print_job SET subject = 'C-77'"]),
    ("sent_labels_say_when", PACKED, ["UPDATE print_job SET state = 'sent'"]),
    ("no_sscc_is_ahead", PACKED, ["UPDATE sequence SET last = 1 WHERE name = 'sscc'"]),
    ("no_sscc_is_ahead", PACKED, ["DELETE FROM sequence"]),
    ("no_sscc_is_ahead", PACKED, ["UPDATE site SET gs1_prefix = 'none'"]),
    # deliveries and returns
    ("delivery_lines_count_what_came", RECEIVED, ["UPDATE delivery_line SET received = 1"]),
    ("delivery_lines_count_what_came", RECEIVED, ["UPDATE delivery_line SET damaged = 1"]),
    ("receipts_are_what_moved_in", RECEIVED, ["UPDATE receipt SET pieces = pieces + 1"]),
    ("receipts_are_what_moved_in", RECEIVED, ["UPDATE receipt SET pieces = pieces - 1"]),
    ("over_and_short_are_what_was_counted", RECEIVED, ["UPDATE delivery_line SET over = 1"]),
    (
        "deliveries_are_as_far_as_they_say",
        RECEIVED,
        ["UPDATE delivery SET state = 'announced'"],
    ),
    ("return_lines_count_what_was_found", INSPECTED, ["DELETE FROM inspection"]),
    ("return_lines_count_what_was_found", INSPECTED, ["UPDATE inspection SET sku = 'CAP'"]),
    (
        "return_lines_count_what_was_found",
        INSPECTED,
        ["UPDATE inspection SET disposition = 'destroy'"],
    ),
    (
        "findings_are_what_came_back",
        INSPECTED,
        [
            "UPDATE inspection SET pieces = pieces + 1",
            "UPDATE return_line SET received = received + 1",
        ],
    ),
    ("returns_are_as_far_as_they_say", INSPECTED, ["UPDATE returns SET custody = 'advised'"]),
]


@pytest.mark.parametrize("day", [PICKING, UNDONE, PICKED, PACKED, RECEIVED, STORED, INSPECTED])
def test_a_day_without_damage_breaks_no_rule(tmp_path, day) -> None:
    assert broken(damaged(day, tmp_path)) == {}


@pytest.mark.parametrize(("rule", "day", "statements"), DAMAGE)
def test_damage_to_a_day_is_named(tmp_path, rule: str, day, statements) -> None:
    told = broken(damaged(day, tmp_path, *statements))
    assert rule in told
    assert "None" not in told[rule]


def test_a_pick_promised_twice_breaks_one_rule_only(tmp_path) -> None:
    [statements] = [done for rule, _, done in DAMAGE if rule == "nothing_is_picked_twice"]
    told = broken(damaged(PICKING, tmp_path, *statements))
    assert told == {
        "nothing_is_picked_twice": "ACME/1001 line 2: "
        "1 ordered, but 0 picked, 0 short and 2 still to be picked"
    }


def test_a_missing_trigger_is_named_on_postgresql_too(postgresql_warehouse) -> None:
    transactions = open_database(postgresql_warehouse)
    with transactions.begin() as tx:
        assert violations(tx, SITE) == ()
        tx.execute(text("DROP TRIGGER move_no_truncate ON move"))
        tx.execute(text("ALTER TABLE operation DISABLE TRIGGER operation_no_update"))
    told = broken(transactions)["rows_are_only_added"]
    assert "table move: nothing forbids TRUNCATE" in told
    assert "table operation: nothing forbids UPDATE" in told
