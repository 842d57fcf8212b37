"""Corrections of the books: little is booked at once, much when another person approves it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from conftest import NOW, SITE
from sqlalchemy import select, update
from warehouses import picking
from warehouses.picked import stock_of, troubles
from warehouses.picker import Picker

from floorhand.domain.correcting import BookCorrection, CorrectStock
from floorhand.domain.exceptions import Decide
from floorhand.domain.things import Goods
from floorhand.errors import Code, Refused
from floorhand.ops.settling import carry_out
from floorhand.store.check import violations
from floorhand.store.db import Transactions, in_turn
from floorhand.store.ledger import Cause
from floorhand.store.schema import Operation, Trouble, Worker
from floorhand.text.catalog import catalog

MUG = Goods("ACME", "MUG")
PLACE = "A-01"
ROLES = frozenset({"lead"})


@pytest.fixture
def floor(transactions: Transactions) -> Iterator[Transactions]:
    picking.build(transactions)
    with transactions.begin() as tx:
        tx.execute(update(Worker).values(roles="lead"))
    yield transactions
    with transactions.begin() as tx:
        assert violations(tx, SITE) == ()


class Lead(Picker):
    """A lead who corrects the books at the desk."""

    def __init__(self, transactions: Transactions, worker: str = "W1", area: str = "correcting"):
        super().__init__(transactions, worker, NOW + timedelta(minutes=10), job="leading")
        self.choose(catalog("en").say(f"job.{area}"))

    def choose(self, words: str) -> None:
        """Choose the entry of the list that has these words."""
        texts = [choice.written(catalog("en").say) for choice in self.prompt.choices]
        (found,) = [text for text in texts if words in text][:1] or [texts]
        self.scan(str(texts.index(found) + 1))

    @property
    def told(self) -> str:
        """The last answer in words."""
        assert self.turn.said is not None, self.turn
        return catalog("en").say(self.turn.said.text, self.turn.said.facts)

    def correct(self, number: str, why: str) -> str:
        """Correct the number of mugs in a place; gives the answer."""
        self.scan(PLACE, "MUG-1", number)
        self.choose(why)
        return self.told


def mugs(transactions: Transactions) -> int:
    return stock_of(transactions, PLACE).get(("MUG", "", "available"), 0)


def test_a_little_is_booked_at_once_with_its_reason(floor: Transactions) -> None:
    before = mugs(floor)
    assert Lead(floor).correct("+2", "Found") == "A-01, MUG: +2."
    assert mugs(floor) == before + 2
    with floor.begin() as tx:
        done = tx.scalars(select(Operation).where(Operation.kind == "CorrectStock")).one()
    assert (done.worker, json.loads(done.facts)["reason"]) == ("W1", "found")
    assert json.loads(done.facts)["corrected"] == 2


def test_nothing_moves_until_another_person_approves_what_is_much(floor: Transactions) -> None:
    before = mugs(floor)
    ana = Lead(floor)
    assert ana.correct("+9", "Found").endswith("until another person approves it.")
    assert mugs(floor) == before
    ana.scan("*BACK")
    ana.choose("Exceptions")
    ana.choose("Corrections to approve")
    ana.choose("Approve")
    assert ana.said == f"refusal.{Code.EXCEPTION_OWN}"
    assert mugs(floor) == before
    ben = Lead(floor, "W2", "exceptions")
    ben.scan(PLACE)
    ben.choose("Corrections to approve")
    ben.choose("Approve")
    assert ben.told == "Approved and done: Corrections to approve, A-01."
    assert mugs(floor) == before + 9
    with floor.begin() as tx:
        done = tx.scalars(select(Operation).where(Operation.kind == "Decide")).one()
        facts = json.loads(done.facts)
    assert (done.worker, facts["asked_by"], facts["decision"]) == ("W2", "W1", "approve")
    ben.scan("*UNDO")
    assert (mugs(floor), troubles(floor, "adjustment")) == (before, [PLACE])


def test_parts_of_a_large_correction_count_together(floor: Transactions) -> None:
    ana = Lead(floor)
    ana.correct("+5", "Found")
    assert ana.said == "correcting.corrected"
    ana.correct("−1", "Counted")
    assert ana.said == "correcting.asked"
    ana.scan("*UNDO")
    ana.scan("*UNDO")


def test_what_is_promised_is_not_corrected_away(floor: Transactions) -> None:
    Picker(floor, "W2", job="picking").start()
    ana = Lead(floor)
    ana.scan(PLACE, "MUG-1", "0")
    ana.choose("Lost")
    assert ana.said == f"refusal.{Code.CORRECTION_PROMISED}"


def test_goods_that_the_books_have_nowhere_are_asked_for_what_tells_them_apart(floor) -> None:
    ana = Lead(floor)
    ana.scan("C-04", "09506000134352")
    assert ana.prompt.ask == "correcting.lot"
    ana.scan("L9", "271031")
    assert ana.prompt.ask == "correcting.count"
    ana.scan("2")
    ana.choose("Found")
    assert stock_of(floor, "C-04")["TEA", "L9", "available"] == 2


def asked(floor: Transactions, change: int) -> str:
    """Let Ana ask for a correction; gives the exception."""
    believed = mugs(floor)
    cause = Cause(SITE, "ask:1", "W1", "H1", "", NOW, ROLES)
    command = CorrectStock(PLACE, MUG, believed, believed + change, "found")
    in_turn(floor, lambda tx: carry_out(tx, cause, command))
    with floor.begin() as tx:
        open_now = Trouble.closed_at.is_(None)
        found = select(Trouble.id).where(Trouble.kind == "adjustment", open_now)
        return str(tx.scalars(found).one())


def test_of_two_who_approve_at_once_one_wins_and_the_other_is_told(floor: Transactions) -> None:
    before, entry = mugs(floor), asked(floor, 9)
    with floor.begin() as tx:
        for code in ("W8", "W9"):
            tx.add(Worker(site=SITE, code=code, name=code, badge=code, roles="lead"))

    def approve(worker: str) -> str:
        cause = Cause(SITE, f"{worker}:1", worker, worker, "", NOW, ROLES)
        try:
            in_turn(floor, lambda tx: carry_out(tx, cause, Decide(entry, "approve")))
        except Refused as refused:
            return refused.code
        return "done"

    with ThreadPoolExecutor(2) as both:
        told = sorted(both.map(approve, ("W8", "W9")))
    assert told == ["done", Code.EXCEPTION_DECIDED]
    assert mugs(floor) == before + 9


def test_what_cannot_be_booked_any_more_stays_on_the_list(floor: Transactions) -> None:
    ana = Lead(floor)
    ana.correct("12", "Found")
    Lead(floor, "W2", "exceptions").scan("1", "1")
    entry = asked(floor, -9)
    cause = Cause(SITE, "W2:1", "W2", "H2", "", NOW, ROLES)
    gone = BookCorrection(PLACE, MUG, -4, "lost")
    in_turn(floor, lambda tx: carry_out(tx, cause, gone))
    late = Cause(SITE, "W2:2", "W2", "H2", "", NOW, ROLES)
    with pytest.raises(Refused) as refused:
        in_turn(floor, lambda tx: carry_out(tx, late, Decide(entry, "approve")))
    assert refused.value.code == Code.CORRECTION_PROMISED
    assert troubles(floor, "adjustment") == [PLACE]


def test_what_two_have_asked_for_alike_is_booked_once(floor: Transactions) -> None:
    before = mugs(floor)
    assert Lead(floor).correct("+9", "Found").endswith("until another person approves it.")
    Lead(floor, "W2").correct("+9", "Found")
    with floor.begin() as tx:
        tx.add(Worker(site=SITE, code="W9", name="Zoe", badge="W9", roles="lead"))
    zoe = Lead(floor, "W9", "exceptions")
    zoe.scan(PLACE)
    zoe.choose("Corrections to approve")
    zoe.choose("Approve")
    assert (zoe.said, mugs(floor)) == ("exceptions.done.approve", before + 9)
    with floor.begin() as tx:
        left = str(tx.scalar(select(Trouble.id).where(Trouble.closed_at.is_(None))))
    late = Cause(SITE, "W9:99", "W9", "H9", "", NOW, ROLES)
    with pytest.raises(Refused) as refused:
        in_turn(floor, lambda tx: carry_out(tx, late, Decide(left, "approve")))
    assert (refused.value.code, mugs(floor)) == (Code.EXCEPTION_CHANGED, before + 9)
    assert troubles(floor, "adjustment") == [PLACE]


def test_what_cannot_be_approved_any_more_says_so_and_what_the_books_say_now(
    floor: Transactions,
) -> None:
    before = mugs(floor)
    Lead(floor).correct("+9", "Found")
    ben = Lead(floor, "W2", "exceptions")
    ben.scan(PLACE)
    ben.choose("Corrections to approve")
    told = dict(ben.prompt.facts)
    assert "fact.books_now" not in told
    assert "fact.approve_text" not in told
    between = Cause(SITE, "ask:1", "W3", "H3", "", NOW + timedelta(minutes=11), ROLES)
    booking = BookCorrection(PLACE, MUG, 2, "found")
    in_turn(floor, lambda tx: carry_out(tx, between, booking))
    ben.choose("Approve")
    assert ben.said == f"refusal.{Code.EXCEPTION_CHANGED}"
    ben.scan("*BACK", PLACE)
    ben.choose("Corrections to approve")
    told = dict(ben.prompt.facts)
    assert (told["fact.believed"], told["fact.books_now"]) == (str(before), str(before + 2))
    assert told["fact.approve_text"] == "exceptions.overtaken"
    offered = [choice.code for choice in ben.prompt.choices]
    assert "approve" not in offered
    assert {"reject", "recount"} <= set(offered)
