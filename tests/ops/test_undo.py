"""What is taken back and what is not: whose it is, who has gone on, what is kept of it."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from conftest import NOW, SITE
from sqlalchemy import func, insert, select, text, update
from warehouses import packing, picking, returns
from warehouses.picker import Picker

from floorhand.domain.keymap import Key
from floorhand.domain.leading import FreeSeat
from floorhand.domain.shifts import Period
from floorhand.ops.leading import free_seat
from floorhand.store import notes, undo_steps
from floorhand.store.check import violations
from floorhand.store.db import engine_of, in_turn
from floorhand.store.ledger import Cause
from floorhand.store.notes import Noting
from floorhand.store.restoring import changed_rows
from floorhand.store.schema import (
    Merchant,
    Move,
    Operation,
    Order,
    Outbox,
    Pick,
    Place,
    PrintJob,
    Seat,
    Station,
    Stock,
    Task,
    UndoStep,
    Worker,
)
from floorhand.store.summary import shift_figures
from floorhand.text.catalog import catalog

SHIFT = Period("early", NOW - timedelta(hours=1), NOW + timedelta(hours=7))
HAT, MUG = "09506000134352", "09506000134376"


@pytest.fixture
def floor(transactions):
    picking.build(transactions)
    yield transactions
    with transactions.begin() as tx:
        assert violations(tx, SITE) == ()


@pytest.fixture
def bench(transactions):
    packing.build(transactions)
    yield transactions
    with transactions.begin() as tx:
        assert violations(tx, SITE) == ()


def at_first_tote(floor) -> Picker:
    """A picker who has put two mugs into the first tote."""
    picker = Picker(floor)
    picker.scan("CART-1", "T-1", "T-2", "BIN-A-01", "MUG-1", "MUG-1", "T-1")
    return picker


def packer(bench) -> Picker:
    """A packer who has closed a parcel of four pieces."""
    worker = Picker(bench, job="packing")
    worker.scan("T-1", HAT, MUG, "3")
    assert worker.said.startswith("packing.shipped"), worker.turn
    return worker


def told(picker: Picker) -> str:
    assert picker.turn.said is not None
    return catalog("en").say(picker.turn.said.text, picker.turn.said.facts)


def count(floor, table) -> int:
    with floor.begin() as tx:
        return tx.scalar(select(func.count()).select_from(table)) or 0


def pieces_picked(floor) -> tuple[int, int]:
    """Pieces and lines that the shift's figures count as picked."""
    with floor.begin() as tx:
        picking = shift_figures(tx, SITE, SHIFT, SHIFT.end)["jobs"]["picking"]
    return picking["pieces"], picking["lines"]


def test_nothing_is_erased_and_the_pieces_are_where_they_were(floor) -> None:
    picker = at_first_tote(floor)
    with floor.begin() as tx:
        before = count(floor, Move)
        done = tx.scalar(select(Operation.id).where(Operation.kind == "ConfirmPick"))
    picker.scan("*UNDO")
    with floor.begin() as tx:
        undo = tx.execute(select(Operation).where(Operation.kind == "Undo")).scalar_one()
        assert (undo.undoes, undo.worker, undo.seat) == (done, "W1", picker.seat)
        back = tx.execute(select(Move).where(Move.operation == undo.id)).scalar_one()
        assert (back.source, back.target, back.sku, back.pieces) == ("T-1", "A-01", "MUG", 2)
        assert tx.scalar(select(Stock.pieces).where(Stock.place == "T-1")) == 0
        shelf = tx.execute(select(Stock).where(Stock.place == "A-01", Stock.sku == "MUG"))
        assert shelf.scalar_one().reserved >= 3
    assert count(floor, Move) == before + 1
    assert told(picker) == "Taken back: put 2 × MUG from T-1 back to A-01."


def test_undone_work_is_in_no_figure_and_work_done_again_is_in_them_once(floor) -> None:
    picker = at_first_tote(floor)
    assert pieces_picked(floor) == (2, 1)
    picker.scan("*UNDO")
    assert pieces_picked(floor) == (0, 0)
    picker.scan("*REDO")
    assert pieces_picked(floor) == (2, 1)
    picker.scan("*UNDO", "*REDO", "*UNDO")
    assert pieces_picked(floor) == (0, 0)


def test_the_key_is_offered_where_there_is_something_to_take_back(floor) -> None:
    picker = Picker(floor)
    assert not picker.offers(Key.UNDO)
    picker.scan("CART-1")
    assert picker.offers(Key.UNDO)
    picker.scan("nonsense")
    assert picker.offers(Key.UNDO)
    assert not picker.offers(Key.REDO)
    picker.scan("*UNDO")
    assert not picker.offers(Key.UNDO)
    assert picker.offers(Key.REDO)
    picker.scan("*HELP")
    assert picker.offers(Key.REDO)
    picker.scan("CART-1")
    assert not picker.offers(Key.REDO)


def test_a_step_back_takes_the_last_question_off(floor) -> None:
    picker = at_first_tote(floor)
    picker.scan("*SHORT", "*BACK", "*UNDO")
    assert told(picker) == "Taken back: put 2 × MUG from T-1 back to A-01."


def test_an_undo_that_is_sent_again_undoes_once(floor) -> None:
    picker = at_first_tote(floor)
    picker.scan("MUG-1")
    first = picker.scan("*UNDO")
    picker.turn = first.__class__(**{**_fields(first), "scan_no": first.scan_no - 1})
    assert picker.scan("*UNDO") == first
    assert picker.prompt == first.prompt


def _fields(turn) -> dict[str, object]:
    return {name: getattr(turn, name) for name in turn.__slots__}


def put_back(picker: Picker) -> None:
    """Take the last pieces out of the tote again, and put them in once more."""
    assert picker.offers(Key.UNDO)
    picker.scan("*UNDO")
    assert told(picker) == "Taken back: put 2 × MUG from T-1 back to A-01."
    picker.scan("*REDO")
    assert picker.said == "road.redone"


def test_parked_work_that_is_taken_up_can_be_taken_back(floor) -> None:
    picker = at_first_tote(floor)
    picker.scan("*BACK", "*CHOOSE 1")
    put_back(picker)
    picker.scan("*UNDO", "*OUT", "BADGE-ANA", "*CHOOSE 1", "*REDO")
    assert picker.said == "road.redone"
    picker.scan("*BACK", "*CHOOSE 1")
    while picker.offers(Key.UNDO):
        picker.scan("*UNDO")
        assert picker.said.startswith("road.undone")
    assert picker.prompt.ask == "picking.scan_cart"


def test_it_can_be_taken_back_after_signing_out(floor) -> None:
    picker = at_first_tote(floor)
    before = picker.prompt
    picker.scan("*OUT")
    picker = Picker(floor)
    assert picker.prompt.ask == before.ask
    put_back(picker)


def test_it_can_be_taken_back_at_another_terminal(floor) -> None:
    at_first_tote(floor)
    picker = Picker(floor, seat="ANOTHER")
    put_back(picker)
    picker.scan("*UNDO", "*UNDO")
    assert picker.said.startswith("road.undone")
    at_home = Picker(floor)
    assert at_home.prompt.ask == picker.prompt.ask
    at_home.scan("*REDO", "*REDO")
    assert told(at_home).startswith("Done again: ")


def test_it_can_be_taken_back_after_the_idle_lock(floor) -> None:
    picker = at_first_tote(floor)
    with floor.begin() as tx:
        tx.execute(update(Seat).values(locks_after_s=60))
    picker.now += timedelta(minutes=5)
    picker.scan("nonsense")
    assert picker.said == "refusal.idle_locked"
    picker.scan("BADGE-ANA")
    put_back(picker)


def test_it_can_be_taken_back_after_a_lead_freed_the_seat(floor) -> None:
    picker = at_first_tote(floor)
    with floor.begin() as tx:
        roles = {"badge": "BADGE-EVE", "roles": "picking supervisor"}
        tx.execute(insert(Worker).values(site=SITE, code="W9", name="Eve", **roles))
    with floor.begin() as tx:
        by = Cause(SITE, "X:1", "W9", "X", "", NOW, frozenset({"supervisor"}))
        free_seat(tx, by, FreeSeat(picker.seat))
    picker.scan("nonsense", "BADGE-ANA", "*CHOOSE 1")
    put_back(picker)


def test_what_another_worker_does_at_the_seat_meanwhile_is_not_in_the_way(floor) -> None:
    picker = at_first_tote(floor)
    picker.scan("BADGE-BEN", "*CHOOSE 1", "*DONE", "BADGE-ANA", "*CHOOSE 1")
    put_back(picker)


def test_at_the_menu_the_key_does_nothing(floor) -> None:
    picker = at_first_tote(floor)
    picker.scan("*BACK", "*UNDO")
    assert picker.said == "refusal.key_not_now"


def test_a_walk_that_a_colleague_took_over_is_not_undone(floor) -> None:
    picker = at_first_tote(floor)
    with floor.begin() as tx:
        badge, roles = "BADGE-EVE", "picking"
        tx.execute(
            insert(Worker).values(site=SITE, code="W9", name="Eve", badge=badge, roles=roles)
        )
    other = Picker(floor, "W9")
    other.scan("CART-1", "CART-1")
    assert other.prompt.ask.startswith("picking.")
    picker.scan("*UNDO")
    assert picker.said == "refusal.walk_taken"
    assert "Eve" in told(picker)


def test_what_somebody_changed_since_is_not_taken_back(floor) -> None:
    picker = at_first_tote(floor)
    with floor.begin() as tx:
        pick = tx.scalar(select(Pick.id).where(Pick.picked == 2))
        tx.execute(update(Pick).where(Pick.id == pick).values(tote="T-9"))
    picker.scan("*UNDO")
    with floor.begin() as tx:
        tx.execute(update(Pick).where(Pick.id == pick).values(tote="T-1"))
    assert told(picker) == (
        "Not taken back: order ACME/1001 has gone on meanwhile. "
        "Ask a lead or supervisor to put it right."
    )


def test_a_parcel_whose_label_is_printed_stays_closed(bench) -> None:
    worker = packer(bench)
    with bench.begin() as tx:
        tx.execute(update(PrintJob).values(state="sent", sent_at=NOW))
    worker.scan("*UNDO")
    assert worker.said == "refusal.undo_printed"


def test_a_parcel_whose_label_a_spool_has_in_hand_stays_closed(bench) -> None:
    worker = packer(bench)
    with bench.begin() as tx:
        tx.execute(update(PrintJob).values(state="sending", tries=1, number=1))
    worker.scan("*UNDO")
    assert worker.said == "refusal.undo_printed"


def test_an_order_of_which_the_shop_has_been_told_stays_shipped(bench) -> None:
    worker = packer(bench)
    with bench.begin() as tx:
        tx.execute(update(Outbox).values(state="sent", sent_at=NOW))
    worker.scan("*UNDO")
    assert worker.said == "refusal.undo_changed"


def test_an_undone_parcel_leaves_no_label_no_message_and_no_parcel(bench) -> None:
    worker = packer(bench)
    worker.scan("*UNDO")
    with bench.begin() as tx:
        job = tx.execute(select(PrintJob)).scalar_one()
        assert job.state == "voided"
        assert tx.scalar(select(Place.state).where(Place.code == job.subject)) == "void"
        assert tx.scalars(select(Outbox.id)).all() == []
        order = select(Order.state).where(Order.merchant == "ACME", Order.number == "1001")
        assert tx.scalar(order) == "packing"
        tasks = tx.execute(select(Task.state, Task.worker).where(Task.kind == "pack")).all()
        assert tasks == [("claimed", "W1")]
    assert told(worker).endswith("(Its label will not be printed.)")
    worker.scan("3")
    with bench.begin() as tx:
        jobs = tx.execute(select(PrintJob.subject, PrintJob.state).order_by(PrintJob.id)).all()
    assert sorted(state for _, state in jobs) == ["voided", "waiting"]
    assert len({subject for subject, _ in jobs}) == 2


def test_an_order_that_was_put_aside_is_open_again(bench) -> None:
    worker = Picker(bench, job="packing")
    worker.scan("T-1")
    before = worker.prompt
    worker.scan("*BACK", "*UNDO")
    assert (worker.prompt.ask, worker.prompt.goods) == (before.ask, before.goods)


def test_only_the_last_scans_are_kept_and_the_table_does_not_grow(floor, monkeypatch) -> None:
    monkeypatch.setattr(undo_steps, "UNDO_STEPS_MAX", 4)
    picker = at_first_tote(floor)
    assert count(floor, UndoStep) == 4
    picker.scan("*UNDO", "*UNDO")
    assert picker.said == "road.undone"
    picker.scan("*UNDO")
    assert picker.said == "refusal.undo_nothing"
    assert count(floor, UndoStep) == 4


def test_a_scan_that_changed_too_much_says_so(floor, monkeypatch) -> None:
    monkeypatch.setattr(notes, "CHANGES_MAX", 1)
    picker = Picker(floor)
    picker.scan("CART-1", "*UNDO")
    assert picker.said == "refusal.undo_too_much"


def test_each_operation_is_taken_back_once_at_most(floor) -> None:
    picker = at_first_tote(floor)
    picker.scan("*UNDO", "*REDO", "*UNDO")
    with floor.begin() as tx:
        undone = tx.scalars(select(Operation.undoes).where(Operation.kind == "Undo")).all()
        again = tx.scalars(select(Operation.facts).where(Operation.kind == "ConfirmPick")).all()
    assert len(set(undone)) == len(undone) == 2
    assert ["again" in json.loads(facts) for facts in again] == [False, True]


def test_what_a_scan_does_not_change_is_not_noted(floor) -> None:
    picker = at_first_tote(floor)
    with floor.begin() as tx:
        step = undo_steps.find(tx, SITE, picker.seat, picker.turn.scan_no)
    assert step is not None
    assert step.changes is not None
    assert {table for table, _, _ in step.changes} == {"stock", "pick", "order_line"}
    stock = [now for table, _, now in step.changes if table == "stock"]
    assert all(now is None or "arrived_at" not in now or len(now) > 9 for now in stock)


def test_writing_that_is_no_scan_is_not_noted(floor) -> None:
    at_first_tote(floor)
    with floor.begin() as tx:
        tx.execute(update(Merchant).values(name="Other"))
        tx.execute(update(Place).values(zone="Z"))
        if engine_of(floor).dialect.name == "sqlite":
            driver = tx.connection().connection.driver_connection
            assert isinstance(driver.notes, Noting)
            assert not driver.notes.changes
        else:
            assert not tx.scalar(text("SELECT current_setting('floorhand.noted', true)"))


@pytest.mark.sqlite("its triggers")
def test_a_connection_without_scans_has_nothing_to_note_with(floor) -> None:
    made = "SELECT count(*) FROM temp.sqlite_master"
    engine_of(floor).dispose()
    with floor.begin() as tx:
        assert tx.scalar(text(made)) == 0
    assert in_turn(floor, lambda tx: tx.scalar(text(made))) > 0


@pytest.mark.sqlite("its triggers")
def test_what_a_transaction_notes_with_goes_with_it_and_comes_again(floor) -> None:
    raised = insert(Task).values(site=SITE, id="T/9", kind="count", place="A-01", created_at=NOW)
    engine_of(floor).dispose()
    for _ in range(2):
        with floor() as tx:
            notes.begin(tx)
            tx.execute(raised)
            assert [table for table, _, _ in notes.end(tx) or ()] == ["task"]
            tx.rollback()


ROW = {"site": SITE, "id": "1", "state": "open"}


@pytest.mark.parametrize(
    ("changes", "was", "now"),
    [
        ([(None, ROW), (ROW, {**ROW, "state": "done"})], None, {**ROW, "state": "done"}),
        ([(ROW, {**ROW, "state": "done"}), ({**ROW, "state": "done"}, None)], ROW, None),
        ([(ROW, None), (None, {**ROW, "state": "done"})], ROW, {**ROW, "state": "done"}),
        (
            [
                (ROW, {**ROW, "state": "claimed"}),
                (
                    {"site": SITE, "id": "1", "kind": "pick"},
                    {"site": SITE, "id": "1", "kind": "count"},
                ),
            ],
            {**ROW, "kind": "pick"},
            {**ROW, "state": "claimed", "kind": "count"},
        ),
    ],
)
def test_changes_of_one_row_are_summed_up(changes, was, now) -> None:
    [row] = changed_rows([("task", before, after) for before, after in changes])
    assert (row.was, row.now) == (was, now)


@pytest.mark.parametrize(
    "changes",
    [
        [(None, ROW), (ROW, None)],
        [(ROW, {**ROW, "state": "done"}), ({**ROW, "state": "done"}, ROW)],
        [(ROW, None), (None, ROW)],
    ],
)
def test_a_row_that_is_as_it_was_is_no_change(changes) -> None:
    assert changed_rows([("task", before, after) for before, after in changes]) == ()


def test_the_bench_that_the_terminal_stands_at_comes_back(bench) -> None:
    with bench.begin() as tx:
        station = tx.execute(select(Station.code, Station.scan_code).limit(1)).one()
    worker = Picker(bench, job="packing")
    worker.scan(station.scan_code)
    assert worker.said == "packing.at_bench"
    with bench.begin() as tx:
        here = select(Seat.station).where(Seat.code == worker.seat)
        assert tx.scalar(here) == station.code
    worker.scan("*UNDO")
    with bench.begin() as tx:
        assert tx.scalar(here) == ""


def test_a_bench_that_was_missing_stays_when_what_needed_it_is_taken_back(transactions) -> None:
    returns.build(transactions)
    worker = Picker(transactions, job="returns")
    worker.scan("TRK-1", "9506000134352", "2")
    for _ in range(9):
        worker.scan("*UNDO")
    assert worker.said == "refusal.undo_nothing"
    worker.scan("TRK-1", "9506000134352")
    with transactions.begin() as tx:
        assert violations(tx, SITE) == ()
        assert tx.scalars(select(Place.state).where(Place.code == "RETURNS")).all() == ["open"]
