"""What a lead takes back of others: by its effect, with both names, as long as that is local."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from conftest import NOW, SITE
from sqlalchemy import insert, select, update
from warehouses import inbound, packing, picking
from warehouses.picker import Picker

from floorhand.domain.keymap import Key
from floorhand.domain.things import Goods, Line
from floorhand.errors import Code, Refused
from floorhand.flows.turn import Said
from floorhand.ops.not_done import not_done
from floorhand.ops.reversing import in_lead_words
from floorhand.store import ledger
from floorhand.store.check import violations
from floorhand.store.db import Transactions
from floorhand.store.deeds import step_of
from floorhand.store.ledger import Cause
from floorhand.store.masters import site_rules
from floorhand.store.schema import (
    Delivery,
    DeliveryLine,
    Operation,
    Outbox,
    Parcel,
    PrintJob,
    Seat,
    Stock,
    UndoStep,
    Worker,
)
from floorhand.store.undo_steps import TAKEN_BACK
from floorhand.text.catalog import catalog

HAT, MUG = "09506000134352", "09506000134376"


def led(transactions: Transactions) -> Iterator[Transactions]:
    with transactions.begin() as tx:
        tx.execute(update(Worker).where(Worker.code == "W2").values(roles="lead"))
    yield transactions
    with transactions.begin() as tx:
        assert violations(tx, SITE) == ()


@pytest.fixture
def bench(transactions: Transactions) -> Iterator[Transactions]:
    packing.build(transactions)
    yield from led(transactions)


@pytest.fixture
def floor(transactions: Transactions) -> Iterator[Transactions]:
    picking.build(transactions)
    yield from led(transactions)


@pytest.fixture
def docks(transactions: Transactions) -> Iterator[Transactions]:
    inbound.build(transactions)
    yield from led(transactions)


class Lead(Picker):
    """A lead at the desk."""

    def __init__(
        self,
        transactions: Transactions,
        worker: str = "W2",
        now: datetime = NOW + timedelta(minutes=10),
    ) -> None:
        super().__init__(transactions, worker, now, job="leading")

    def choose(self, words: str) -> None:
        """Choose the entry of the list that has these words."""
        texts = [choice.written(catalog("en").say) for choice in self.prompt.choices]
        (found,) = [text for text in texts if words in text][:1] or [texts]
        self.scan(str(texts.index(found) + 1))

    def take_back(self, thing: str, words: str) -> str:
        """Scan a thing, choose what was done with it, take it back; gives the answer."""
        self.scan(thing)
        self.choose(words)
        self.scan("*DONE")
        self.choose("Wrong product")
        assert self.turn.said is not None
        return catalog("en").say(self.turn.said.text, self.turn.said.facts)


def asked(lead: Lead) -> str:
    """What the lead is asked, in words."""
    return catalog("en").say(lead.prompt.ask, dict(lead.prompt.ask_facts))


def books(transactions: Transactions) -> list[tuple[str, str, int]]:
    """What is where, and what the lines of deliveries say."""
    with transactions.begin() as tx:
        stock = select(Stock.place, Stock.sku, Stock.pieces).where(Stock.pieces != 0)
        lines = select(DeliveryLine.delivery, DeliveryLine.sku, DeliveryLine.received)
        return sorted(tuple(row) for asked in (stock, lines) for row in tx.execute(asked))


def packed(bench: Transactions) -> Picker:
    """Ana has packed the order of a tote, and is at none."""
    ana = Picker(bench, job="packing")
    ana.scan("T-1", HAT, MUG, "3")
    assert ana.said.startswith("packing.shipped"), ana.turn
    return ana


def test_one_operation_names_both_and_the_reason(bench: Transactions) -> None:
    packed(bench)
    assert Lead(bench).take_back("T-1", "packed") == "Taken back: pieces in T-1 again: 4."
    with bench.begin() as tx:
        undo = tx.scalars(select(Operation).where(Operation.undoes.is_not(None))).first()
        facts = json.loads(undo.facts)
        assert (undo.worker, undo.seat, facts["of"], facts["reason"]) == (
            *("W2", "SEAT-W2"),
            *("W1", "wrong_piece"),
        )
        in_tote = tx.scalars(select(Stock.pieces).where(Stock.place == "T-1", Stock.pieces > 0))
        assert sum(in_tote) == 4


def test_a_label_that_came_out_is_void_and_the_lead_is_told_to_destroy_it(bench) -> None:
    packed(bench)
    with bench.begin() as tx:
        tx.execute(update(PrintJob).values(state="sent", sent_at=NOW))
    told = Lead(bench).take_back("T-1", "packed")
    assert told.endswith("Its printed label is void: destroy it.")
    with bench.begin() as tx:
        assert tx.scalars(select(PrintJob.state)).one() == "voided"
        assert tx.scalars(select(Parcel.state)).all() == []


def test_what_was_done_later_is_taken_back_first(bench: Transactions) -> None:
    packed(bench)
    lead = Lead(bench)
    assert lead.take_back("T-1", "1 × HAT").startswith(
        "Not taken back yet, for later came: Order 1001 packed, 4 pieces."
    )
    assert lead.turn.said.tone == "look"
    lead.scan("*BACK", "*BACK", "*BACK")
    lead.take_back("T-1", "packed")
    lead.take_back("T-1", "1 × MUG")
    assert lead.take_back("T-1", "1 × HAT") == "Taken back: 1 × HAT: complete."


def test_what_is_in_the_way_is_taken_back_where_it_is_named(bench: Transactions) -> None:
    packed(bench)
    lead = Lead(bench)
    lead.take_back("T-1", "1 × HAT")
    assert "packed" in asked(lead)
    assert lead.scan("*DONE", "1").said.text.startswith("road.undone")
    assert "1 × HAT" in asked(lead)
    assert lead.scan("*DONE", "1").said.text == "road.undone"
    assert lead.prompt.ask == "leading.desk"


def test_a_step_back_leads_from_what_is_in_the_way_to_what_was_chosen(bench) -> None:
    packed(bench)
    lead = Lead(bench)
    lead.take_back("T-1", "1 × HAT")
    lead.scan("*DONE", "*BACK", "*BACK")
    assert "1 × HAT" in asked(lead)
    assert lead.scan("*BACK").prompt.ask == "leading.deeds"


@pytest.mark.parametrize("keys", [("*DONE",), ()])
def test_another_thing_is_scanned_while_a_deed_is_looked_at(bench, keys) -> None:
    packed(bench)
    lead = Lead(bench)
    lead.take_back("T-1", "1 × HAT")
    lead.scan(*keys, "T-1")
    assert lead.prompt.ask == "leading.deeds"


def test_a_delivery_opens_again_though_somebody_has_fetched_of_its_goods(docks) -> None:
    ana = Picker(docks, job="receiving")
    ana.scan("D-100", "LD1", inbound.CAP, inbound.MUG, "*DONE", "*DONE", "*BACK", "2", inbound.CAP)
    assert ana.prompt.ask == "putaway.scan_bin"
    lead = Lead(docks)
    for thing in ("LD1", inbound.CAP):  # the goods that were fetched, and where they stand
        lead.scan(thing)
        lead.choose("piece CAP")
        lead.scan("*BACK", "*BACK")
    told = lead.take_back("D-100", "closed")
    assert told.startswith("Not taken back yet, for later came: piece CAP Cap red (Ana, 09:00).")
    assert lead.scan("*DONE", "4").said.text == "road.undone"
    assert lead.scan("*DONE", "4").said.text == "road.undone"
    assert ana.scan("LB-01-1").said.text == "refusal.lead_took_back"
    assert ana.scan("*DONE").prompt.ask == "putaway.scan_source"
    ana.scan("*BACK", "1", "D-100")
    assert ana.scan(inbound.CAP).said.text == "receiving.counted"
    ana.scan("*DONE", "*DONE", "*BACK", "2", inbound.CAP)
    assert ana.prompt.goods[0].pieces == 2


def test_who_puts_away_something_else_from_the_same_dock_is_not_disturbed(docks) -> None:
    with docks.begin() as tx:
        cleo = {"code": "W3", "name": "Cleo", "badge": "BADGE-CLEO", "roles": "putaway"}
        tx.execute(insert(Worker).values(site=SITE, **cleo))
    ana = Picker(docks, job="receiving")
    ana.scan("D-100", "LD1", inbound.CAP, inbound.MUG, "*DONE", "*DONE", "*BACK", "2", inbound.CAP)
    other = Picker(docks, "W3", job="putaway")
    other.scan(inbound.MUG, "1")
    lead = Lead(docks)
    lead.take_back(inbound.CAP, "piece CAP")
    assert lead.said == "road.undone"
    assert other.scan("LA-01-1").said.text == "putaway.stored_others"
    assert ana.scan("LB-01-1").said.text == "refusal.lead_took_back"


def test_what_ended_the_work_is_in_the_way(docks: Transactions) -> None:
    ana = Picker(docks, job="receiving")
    ana.scan("D-100", "LD1", inbound.CAP, "*DONE", "*DONE")
    lead = Lead(docks)
    assert "D-100 closed" in lead.take_back("D-100", "CAP: 1")
    lead.scan("*DONE", "1", "*DONE", "1")
    assert lead.said.startswith("road.undone")


def test_what_was_counted_is_in_the_way_of_having_opened_the_delivery(docks) -> None:
    Picker(docks, job="receiving").scan("D-100", "LD1", inbound.CAP)
    lead = Lead(docks)
    lead.take_back("D-100", "D-100 at DOCK-1")
    assert asked(lead) == "Take back? CAP: 1"
    lead.scan("*DONE", "1", "*DONE", "1")
    with docks.begin() as tx:
        state = tx.scalar(select(Delivery.state).where(Delivery.number == "D-100"))
    assert (lead.said, state) == ("road.undone", "announced")


def test_what_was_counted_since_is_in_the_way_of_closing_a_delivery_again(docks) -> None:
    ana = Picker(docks, job="receiving")
    ana.scan("D-100", "LD1", inbound.CAP, "*DONE", "*DONE")
    lead = Lead(docks)
    lead.take_back("D-100", "D-100 closed")
    ana.now = lead.now = NOW + timedelta(minutes=20)
    assert ana.scan("D-100", inbound.MUG).said.text == "receiving.counted"
    lead.scan("*UNDO")
    assert asked(lead) == "Take back? MUG: 1"
    lead.scan("*DONE", "1", "D-100")
    lead.choose("Taken back: Delivery D-100 closed")
    assert lead.scan("*DONE").said.text == "road.redone"


def test_goods_go_back_to_no_pallet_that_is_void(docks: Transactions) -> None:
    ana = Picker(docks, job="receiving")
    ana.scan("D-100", "LD1", "*FULL", inbound.MUG, "20", "*DONE", "*DONE", "*BACK", "2", "*DONE")
    ana.scan("395212340000000014", "LA-01-1", "LA-01-2")
    lead = Lead(docks)
    assert "A-01-2" in lead.take_back("LA-01-1", "10 × MUG in A-01-1")
    lead.scan("*DONE", "1")
    assert lead.scan("*DONE", "1").said.text == "road.undone_move"


def test_it_is_taken_back_once(bench: Transactions) -> None:
    ana = packed(bench)
    lead = Lead(bench)
    lead.scan("T-1")
    lead.choose("packed")
    lead.scan("*DONE")
    assert ana.scan("*UNDO").said.text.startswith("road.undone")
    lead.choose("Wrong product")
    assert lead.said == f"refusal.{Code.REVERSE_DONE}"


def in_english(said: Said) -> str:
    return catalog("en").say(said.text, said.facts)


@pytest.mark.parametrize("key", ["*UNDO", "*REDO"])
def test_what_a_lead_took_back_by_a_slip_is_done_again_as_it_was(docks, key) -> None:
    ana = Picker(docks, job="receiving")
    ana.scan("D-100", "LD1", inbound.CAP, "*BACK")
    before = books(docks)
    lead = Lead(docks)
    lead.take_back("D-100", "CAP")
    assert books(docks) != before
    assert (Key.UNDO, "key.undo") in lead.prompt.keys
    told = lead.scan(key).said
    assert (told.text, told.facts["sku"]) == ("road.redone", "CAP")
    assert books(docks) == before
    assert lead.scan(key).said.text == "refusal.key_not_now"
    with docks.begin() as tx:
        again = tx.scalars(select(Operation).order_by(Operation.at.desc())).first()
        facts = json.loads(again.facts)
        assert (again.kind, again.worker, again.seat) == ("CountPieces", "W1", "SEAT-W2")
        assert (facts["pieces"], facts["by"], again.undoes) == (1, "W2", None)


def test_it_is_done_again_later_too_from_the_list_and_once(docks: Transactions) -> None:
    ana = Picker(docks, job="receiving")
    ana.scan("D-100", "LD1", inbound.CAP, "*BACK")
    before = books(docks)
    lead = Lead(docks)
    lead.take_back("D-100", "CAP")
    lead.scan("1", "*BACK", "D-100")
    lead.choose("Taken back:")
    assert lead.prompt.ask == "leading.read_back"
    assert lead.scan("*DONE").said.text == "road.redone"
    assert books(docks) == before
    lead.take_back("D-100", "CAP")
    with docks.begin() as tx:  # another lead was faster
        tx.execute(update(UndoStep).where(UndoStep.kind == TAKEN_BACK).values(kind="undo"))
    told = lead.scan("*UNDO").said
    assert told.text == "refusal.redo_nothing"
    assert "you took back" not in in_english(told)
    assert in_english(told).endswith("as long as nobody has gone on from it or done it again.")


def test_what_was_done_again_can_be_taken_back_again(docks: Transactions) -> None:
    ana = Picker(docks, job="receiving")
    ana.scan("D-100", "LD1", inbound.CAP, "*BACK")
    lead = Lead(docks)
    before = books(docks)
    lead.take_back("D-100", "CAP")
    after = books(docks)
    lead.scan("*UNDO")
    assert lead.take_back("D-100", "CAP").startswith("Taken back")
    assert books(docks) == after
    lead.scan("*UNDO")
    assert books(docks) == before


def test_a_parcel_that_was_taken_back_is_packed_again_with_its_label(bench) -> None:
    packed(bench)
    with bench.begin() as tx:
        tx.execute(update(PrintJob).values(state="sent", sent_at=NOW))
    lead = Lead(bench)
    lead.take_back("T-1", "packed")
    told = lead.scan("*UNDO").said
    assert (told.text, told.tone) == ("leading.again_label", "look")
    with bench.begin() as tx:
        assert tx.scalars(select(PrintJob.state)).one() == "waiting"
        assert tx.scalars(select(Parcel.state)).all() == ["closed"]


def test_a_label_that_was_asked_for_again_is_void_again(bench: Transactions) -> None:
    packed(bench)
    lead = Lead(bench)
    for _ in range(2):
        with bench.begin() as tx:
            tx.execute(update(PrintJob).values(state="sent", number=7, sent_at=NOW))
        told = lead.take_back("T-1", "packed, 4")
        assert told.endswith("Its printed label is void: destroy it.")
        with bench.begin() as tx:
            assert tx.scalars(select(PrintJob.state)).one() == "voided"
            assert tx.scalars(select(Parcel.state)).all() == []
        lead.scan("*UNDO")


def test_what_others_have_gone_on_from_is_not_done_again(docks: Transactions) -> None:
    ana = Picker(docks, job="receiving")
    ana.scan("D-100", "LD1", inbound.CAP)
    lead = Lead(docks)
    lead.take_back("D-100", "CAP")
    with docks.begin() as tx:  # a file says that it is closed
        tx.execute(update(Delivery).where(Delivery.number == "D-100").values(state="closed"))
    told = lead.scan("*UNDO").said
    assert told.text == f"refusal.{Code.REVERSE_ENDED}"
    assert in_english(told).startswith("Not done again: the work it belongs to is finished")
    with docks.begin() as tx:
        tx.execute(update(Delivery).where(Delivery.number == "D-100").values(state="receiving"))


def test_what_was_taken_back_on_top_is_done_again_first(bench: Transactions) -> None:
    packed(bench)
    lead = Lead(bench)
    lead.take_back("T-1", "packed")
    lead.take_back("T-1", "1 × MUG")
    lead.scan("T-1")
    lead.choose("Taken back: Order 1001")
    told = lead.scan("*DONE").said
    assert told.text == "leading.in_the_way"
    assert in_english(told).startswith("Not done again yet, for later came: Taken back:")
    assert in_english(told).endswith("Do that again first.")
    assert lead.prompt.ask == "leading.read_back"
    assert lead.scan("*DONE").said.text == "road.redone"
    assert "Order 1001" in asked(lead)
    assert lead.scan("*DONE").said.text == "road.redone"
    assert lead.prompt.ask == "leading.desk"


def test_whoever_has_the_work_open_is_told_that_it_was_done_again(docks) -> None:
    ana = Picker(docks, job="receiving")
    ana.scan("D-100", "LD1", inbound.CAP, inbound.MUG)
    lead = Lead(docks)
    lead.take_back("D-100", "CAP")
    ana.scan(inbound.CAP, "*DONE", "D-100")
    lead.scan("*UNDO")
    told = ana.scan(inbound.MUG).said
    assert told.text == "refusal.lead_took_back"
    assert "Taken back: CAP" in catalog("en").say(told.text, told.facts)


def test_the_worker_does_not_take_back_again_what_a_lead_did(docks: Transactions) -> None:
    ana = Picker(docks, job="receiving")
    ana.scan("D-100", "LD1", inbound.CAP, inbound.CAP)
    assert Lead(docks).take_back("D-100", "CAP").startswith("Taken back")
    with docks.begin() as tx:  # as if the lead's word had not come through to the seat
        step = tx.scalars(select(UndoStep).order_by(UndoStep.scan_no.desc())).first()
        tx.execute(
            update(Seat)
            .where(Seat.code == ana.seat)
            .values(flow=step.flow, state=step.state, undo_step=f"{ana.seat}:{step.scan_no}")
        )
    assert ana.scan("*UNDO").said.text == "refusal.undo_done"


def test_goods_that_were_moved_on_are_named_with_who_moved_them(floor: Transactions) -> None:
    ana = Picker(floor)
    ana.scan("CART-1", "T-1", "T-2", "BIN-A-01", "MUG-1", "MUG-1", "T-1")
    with floor.begin() as tx:  # somebody empties the tote without a word
        goods = tx.execute(
            select(Stock).where(Stock.place == "T-1", Stock.sku == "MUG")
        ).scalar_one()
        line = Line(Goods(goods.merchant, goods.sku, goods.lot, goods.expiry), 2)
        by = Cause(SITE, "X:1", "W1", "X", "", NOW + timedelta(minutes=5))
        for operation in ("X:1", "X:2"):
            done = {"kind": "Test", "command": "{}", "worker": "W1", "seat": "X", "at": by.at}
            tx.execute(insert(Operation).values(site=SITE, id=operation, **done))
        ledger.move(tx, by, "T-1", "A-01", [line])
    lead = Lead(floor)
    told = lead.take_back("T-1", "2 × MUG")
    assert lead.said == f"refusal.{Code.REVERSE_MOVED}"
    assert told == (
        "Not taken back: MUG is no longer in T-1. Ana moved it to A-01 at 09:05."
        " Bring it back first, or take that back."
    )
    with floor.begin() as tx:
        ledger.move(tx, replace(by, operation="X:2"), "A-01", "T-1", [line])


def test_whoever_has_the_work_open_is_told_before_another_scan_is_taken(docks) -> None:
    ana = Picker(docks, job="receiving")
    ana.scan("D-100", "LD1", inbound.CAP)
    Lead(docks).take_back("D-100", "CAP")
    told = ana.scan(inbound.CAP)
    assert (told.said.tone, told.said.text) == ("refused", "refusal.lead_took_back")
    assert told.prompt.ask == "taken_back.seen"
    assert ana.scan("NO-SUCH-CODE").said.text == "refusal.lead_took_back"
    assert ana.scan("*UNDO", "*DONE").prompt.ask == "receiving.scan_delivery"
    with docks.begin() as tx:
        assert sum(tx.scalars(select(Stock.pieces).where(Stock.place == "DOCK-1"))) == 0


def test_parked_work_of_which_something_was_taken_back_tells_it_when_taken_up(docks) -> None:
    ana = Picker(docks, job="receiving")
    ana.scan("D-100", "LD1", inbound.CAP, "*BACK")
    assert any(choice.text.startswith("parked") for choice in ana.prompt.choices)
    Lead(docks).take_back("D-100", "CAP")
    told = ana.scan("1")
    assert (told.said.tone, told.said.text) == ("refused", "refusal.lead_took_back")
    assert ana.prompt.ask == "receiving.scan_delivery"
    assert ana.scan("D-100").prompt.ask != "receiving.scan_delivery"


def test_who_goes_before_it_was_seen_is_told_when_the_job_is_opened(docks) -> None:
    ana = Picker(docks, job="receiving")
    ana.scan("D-100", "LD1", inbound.CAP)
    Lead(docks).take_back("D-100", "CAP")
    ana.scan("*OUT")
    assert ana.prompt.ask == "sign_in.scan_badge"
    again = Picker(docks, job="receiving", seat="SEAT-2")
    assert again.said == "refusal.lead_took_back"
    assert again.scan("D-100").prompt.ask == "receiving.scan_piece"


def test_only_who_has_the_right_takes_back(bench: Transactions) -> None:
    packed(bench)
    lead = Lead(bench)
    lead.scan("T-1")
    lead.choose("packed")
    lead.scan("*DONE")
    with bench.begin() as tx:
        tx.execute(update(Worker).where(Worker.code == "W2").values(roles="packing"))
    lead.choose("Wrong product")
    assert lead.said == "refusal.role_missing"


def test_what_is_not_kept_any_more_is_refused_with_what_else_helps(bench: Transactions) -> None:
    packed(bench)
    lead = Lead(bench)
    lead.scan("T-1")
    lead.choose("packed")
    with bench.begin() as tx:
        step = tx.scalars(select(UndoStep).order_by(UndoStep.scan_no.desc())).first()
        tx.execute(
            update(UndoStep)
            .where(UndoStep.scan_no == step.scan_no)
            .values(scan_no=step.scan_no + 512)
        )
    lead.scan("*DONE")
    lead.choose("Wrong product")
    assert lead.said == f"refusal.{Code.REVERSE_TOO_OLD}"


def test_what_changed_too_much_at_once_is_refused(bench: Transactions) -> None:
    packed(bench)
    lead = Lead(bench)
    lead.scan("T-1")
    lead.choose("packed")
    with bench.begin() as tx:
        tx.execute(update(UndoStep).values(changes=None))
    lead.scan("*DONE")
    lead.choose("Wrong product")
    assert lead.said == f"refusal.{Code.UNDO_TOO_MUCH}"


def test_work_that_is_finished_is_not_opened_by_halves(docks: Transactions) -> None:
    ana = Picker(docks, job="receiving")
    ana.scan("D-100", "LD1", inbound.CAP)
    with docks.begin() as tx:  # a file says that it is closed
        tx.execute(update(Delivery).where(Delivery.number == "D-100").values(state="closed"))
    lead = Lead(docks)
    lead.take_back("D-100", "CAP")
    assert lead.said == f"refusal.{Code.REVERSE_ENDED}"
    with docks.begin() as tx:
        tx.execute(update(Delivery).where(Delivery.number == "D-100").values(state="receiving"))


def test_a_row_that_something_else_has_changed_is_named(bench: Transactions) -> None:
    packed(bench)
    with bench.begin() as tx:  # the shop has been told
        tx.execute(update(Outbox).values(state="sent", sent_at=NOW))
    lead = Lead(bench)
    assert lead.take_back("T-1", "packed").startswith("Not taken back: ")
    assert lead.said == f"refusal.{Code.UNDO_CHANGED}"


@pytest.mark.parametrize("code", [Code.UNDO_CHANGED, Code.UNDO_PRINTED, Code.UNDO_DECIDED])
def test_no_lead_is_told_to_ask_a_lead(bench: Transactions, code: Code) -> None:
    packed(bench)
    facts = {"thing_text": "thing.tote", "code": "T-1"} if code is not Code.UNDO_PRINTED else {}
    with bench.begin() as tx:
        cause = Cause(SITE, "L:1", "W2", "L", "", NOW)
        step = step_of(tx, SITE, tx.scalars(select(Operation.id)).first())
        with pytest.raises(Refused) as told, not_done(again=False):
            raise in_lead_words(tx, cause, step, Refused(code, **facts))
    words = catalog("en").say(f"refusal.{told.value.code}", told.value.facts)
    assert "{" not in words
    assert "supervisor" not in words


@pytest.mark.parametrize(
    ("roles", "words"),
    [
        ("receiving", "Ask a lead or supervisor to put it right."),
        ("receiving lead", "You can put it right at the lead's desk: scan it there."),
    ],
)
def test_whoever_undoes_is_told_who_can_put_it_right(docks, roles, words) -> None:
    ana = Picker(docks, job="receiving")
    ana.scan("D-100", "LD1", "*FULL")
    with docks.begin() as tx:
        tx.execute(update(Worker).where(Worker.code == "W1").values(roles=roles))
        tx.execute(update(PrintJob).values(state="sent", sent_at=NOW))
    told = ana.scan("*UNDO").said
    assert told.text == f"refusal.{Code.UNDO_PRINTED}"
    assert catalog("en").say(told.text, told.facts).endswith(words)


def test_pieces_that_are_promised_by_now_stay_where_they_are(docks: Transactions) -> None:
    ana = Picker(docks, job="receiving")
    ana.scan("D-100", "LD1", inbound.CAP)
    with docks.begin() as tx:
        tx.execute(update(Stock).where(Stock.place == "DOCK-1").values(reserved=1))
    lead = Lead(docks)
    lead.take_back("D-100", "CAP")
    assert lead.said == f"refusal.{Code.REVERSE_STOCK}"
    with docks.begin() as tx:
        tx.execute(update(Stock).where(Stock.place == "DOCK-1").values(reserved=0))


def seen_by(lead: Lead, *entries: str) -> None:
    """Go on from list to list by the words of their entries; pages are turned as needed."""
    for words in entries:
        while not any(words in one.written(catalog("en").say) for one in lead.prompt.choices):
            assert lead.scan("*LIST").said is None, (words, lead.turn)
        lead.choose(words)


def test_no_lead_takes_back_what_a_supervisor_has_set_for_leads(floor: Transactions) -> None:
    with floor.begin() as tx:
        tx.execute(update(Worker).where(Worker.code == "W1").values(roles="supervisor"))
    boss = Lead(floor, "W1", NOW)
    seen_by(boss, "Holds, priority", "Rules of the building", "Correction alone")
    boss.scan("0")
    lead = Lead(floor)
    seen_by(lead, "Workers and PINs", "Ana", "What was done last", "Correction alone")
    lead.scan("*DONE", "1")
    assert lead.said == f"refusal.{Code.ROLE_MISSING}"
    with floor.begin() as tx:
        assert site_rules(tx, SITE).correction_pieces_max == 0


def test_nobody_lets_pass_what_they_asked_for_by_doing_an_approval_again(
    floor: Transactions,
) -> None:
    with floor.begin() as tx:
        leads = Worker.code.in_(("W1", "W2"))
        tx.execute(update(Worker).where(leads).values(roles="lead"))
    asks, approves = Lead(floor, "W1", NOW), Lead(floor, "W2", NOW + timedelta(minutes=1))
    seen_by(asks, "Correct stock")
    asks.scan("BIN-A-01", "MUG-1", "50", "1")
    assert asks.said == "correcting.asked", asks.turn
    seen_by(approves, "Exceptions", "Corrections to approve", "Approve")
    assert approves.said == "exceptions.done.approve", approves.turn
    approved = books(floor)
    asks.scan("*BACK")
    seen_by(asks, "Workers and PINs", "Ben", "What was done last", "Approved")
    asks.scan("*DONE", "1")
    assert asks.said == "road.undone_gone", asks.turn
    taken_back = books(floor)
    assert taken_back != approved
    assert asks.scan("*REDO").said.text == f"refusal.{Code.EXCEPTION_OWN}"
    assert books(floor) == taken_back
    approves.scan("*BACK", "*BACK", "*BACK", "8")
    seen_by(approves, "Workers and PINs", "Ana", "What was done last", "Taken back: Approved")
    approves.scan("*DONE")
    assert approves.said == "road.redone", approves.turn
    assert books(floor) == approved
