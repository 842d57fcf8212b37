"""Places are confirmed, not believed: in every job, by label or digits, and labels are renewed."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from conftest import NOW, SITE
from sqlalchemy import select, update
from warehouses import inbound, packing, picking
from warehouses.picker import Picker
from warehouses.picking import MUG, order, put

from floorhand.domain.rules import SiteRules
from floorhand.errors import Code, Refused
from floorhand.ops.floor import take_seat, take_turn
from floorhand.store.check import violations
from floorhand.store.db import Transactions
from floorhand.store.lookup import resolve
from floorhand.store.past import last_scans
from floorhand.store.rotating import rotate
from floorhand.store.schema import Place, SiteRow, Trouble, Worker

MUG_CODE = "09506000134352"


class Terminal:
    """Somebody who is signed in and scans."""

    def __init__(self, transactions: Transactions, worker: str, job: str) -> None:
        self.transactions = transactions
        self.turn = take_seat(transactions, SITE, "H9", now=NOW)
        with transactions.begin() as tx:
            badge = tx.scalar(select(Worker.badge).where(Worker.code == worker))
        codes = [choice.code for choice in self.scan(str(badge)).prompt.choices]
        self.scan(str(codes.index(job) + 1))

    def scan(self, *scans: str):
        for scanned in scans:
            number = self.turn.scan_no + 1
            now = NOW + timedelta(seconds=number)
            self.turn = take_turn(self.transactions, SITE, "H9", number, scanned, now)
        return self.turn

    @property
    def said(self) -> str:
        return self.turn.said.text.removeprefix("refusal.") if self.turn.said else ""


def at_dock(transactions: Transactions) -> Terminal:
    inbound.build(transactions)
    terminal = Terminal(transactions, "W1", "receiving")
    terminal.scan("D-100")
    assert terminal.turn.prompt.ask == "receiving.scan_dock"
    return terminal


def at_shelf(transactions: Transactions) -> Terminal:
    terminal = at_dock(transactions)
    terminal.scan("LD1", MUG_CODE, "*DONE", "*DONE", "*BACK")
    codes = [choice.code for choice in terminal.turn.prompt.choices]
    terminal.scan(str(codes.index("putaway") + 1), MUG_CODE, "1")
    assert terminal.turn.prompt.ask == "putaway.scan_bin"
    return terminal


def at_bench(transactions: Transactions) -> Terminal:
    packing.build(transactions)
    with transactions.begin() as tx:
        bench = update(Place).where(Place.code == packing.BENCH)
        tx.execute(bench.values(scan_code="LABEL-OF-BENCH"))
    return Terminal(transactions, "W1", "packing")


def at_stop(transactions: Transactions) -> Picker:
    with transactions.begin() as tx:
        picking.furnish(tx)
        put(tx, "A-01", MUG, 9)
        order(tx, "1", [("MUG", 2)])
    picker = Picker(transactions)
    picker.start()
    return picker


def told(transactions: Transactions) -> list[tuple[str, str]]:
    with transactions.begin() as tx:
        rows = tx.execute(
            select(Trouble.subject, Trouble.facts).where(Trouble.kind == "place_misses")
        ).all()
    return [(row.subject, json.loads(row.facts)["job"]) for row in rows]


def set_policy(transactions: Transactions, policy: str) -> None:
    with transactions.begin() as tx:
        rules = SiteRules(default_place_policy=policy).to_json()
        tx.execute(update(SiteRow).values(rules=rules))


def columns(transactions: Transactions, code: str):
    with transactions.begin() as tx:
        return tx.execute(
            select(Place.scan_code, Place.check_digits, Place.old_scan_code, Place.old_check).where(
                Place.code == code
            )
        ).one()


@pytest.mark.parametrize("job", [at_dock, at_shelf, at_bench, at_stop])
def test_a_typed_code_proves_nothing_in_any_job(transactions: Transactions, job) -> None:
    terminal = job(transactions)
    place = terminal.turn.prompt.wants.place or packing.BENCH
    before = terminal.turn.prompt
    terminal.scan(place)
    assert terminal.turn.said.text.removeprefix("refusal.") in (Code.TYPED_CODE, Code.SCAN_LABEL)
    assert place in terminal.turn.said.facts.values()
    assert terminal.turn.prompt == before


@pytest.mark.parametrize("job", [at_dock, at_shelf, at_bench, at_stop])
def test_three_misses_in_a_row_are_told_once_in_any_job(transactions: Transactions, job) -> None:
    terminal = job(transactions)
    place = terminal.turn.prompt.wants.place or packing.BENCH
    terminal.scan(place, place)
    assert told(transactions) == []
    terminal.scan(place)
    name = terminal.turn.job
    assert terminal.turn.said.text == f"refusal.{Code.PLACE_MISSED}"
    assert told(transactions) == [(place, name)]
    terminal.scan(place, place, place)
    assert told(transactions) == [(place, name)]
    with transactions.begin() as tx:
        assert violations(tx, SITE) == ()


def test_a_good_scan_between_misses_begins_the_row_anew(transactions: Transactions) -> None:
    terminal = at_stop(transactions)
    terminal.scan("A-01", "99", "*HELP", "A-01", "99")
    assert told(transactions) == []


def test_a_bin_that_may_not_take_the_goods_is_named_with_the_right_one(
    transactions: Transactions,
) -> None:
    terminal = at_shelf(transactions)
    wanted = terminal.turn.prompt.wants.place
    terminal.scan("LK-01-1")
    assert terminal.said == Code.BIN_NOT_LEGAL
    facts = terminal.turn.said.facts
    assert (facts["place"], facts["wanted"], facts["go_text"]) == ("K-01-1", wanted, "bar.go_to")


@pytest.mark.parametrize(
    ("policy", "scanned", "answer"),
    [
        ("scan", "LABEL", ""),
        ("scan", "DIGITS", Code.SCAN_ONLY),
        ("scan", "CODE", Code.SCAN_LABEL),
        ("check", "LABEL", Code.CHECK_ONLY),
        ("check", "DIGITS", ""),
        ("check", "CODE", Code.TYPED_CODE),
        ("either", "LABEL", ""),
        ("either", "DIGITS", ""),
        ("either", "CODE", Code.TYPED_CODE),
        ("none", "LABEL", ""),
        ("none", "DIGITS", ""),
        ("none", "CODE", ""),
    ],
)
@pytest.mark.parametrize("job", [at_dock, at_shelf, at_stop])
def test_the_policy_of_a_zone_says_what_proves_a_place(
    transactions: Transactions, job, policy: str, scanned: str, answer: str
) -> None:
    terminal = job(transactions)
    set_policy(transactions, policy)
    place = terminal.turn.prompt.wants.place
    asked = terminal.turn.prompt.ask
    label, digits, *_ = columns(transactions, place)
    terminal.scan({"LABEL": label, "DIGITS": digits, "CODE": place}[scanned])
    refused = terminal.turn.said is not None and terminal.turn.said.tone == "refused"
    said = terminal.turn.said.text.removeprefix("refusal.") if refused else ""
    assert said == answer
    assert (terminal.turn.prompt.ask == asked) == refused


def test_digits_are_drawn_anew_for_one_zone_and_differ_from_all_around(
    transactions: Transactions,
) -> None:
    with transactions.begin() as tx:
        picking.furnish(tx)
        tx.execute(update(Place).where(Place.code.like("A-%")).values(zone="A"))
        before = {row.code: row for row in tx.execute(select(Place.__table__)).all()}
        renewed = rotate(tx, SITE, "A", ())
        after = {row.code: row for row in tx.execute(select(Place.__table__)).all()}
    assert set(renewed) == {"A-01", "A-02"}
    for code in renewed:
        old, new = before[code], after[code]
        assert (new.old_check, new.old_scan_code) == (old.check_digits, old.scan_code)
        assert new.scan_code != old.scan_code
        good = {row.check_digits for row in before.values()}
        assert new.check_digits not in good | {"00", ""}
        assert len(new.check_digits) == 2
    assert len({after[code].check_digits for code in renewed}) == len(renewed)
    for code in before.keys() - set(renewed):
        assert after[code] == before[code]


def test_the_old_label_is_good_until_the_new_one_was_scanned_once(
    transactions: Transactions,
) -> None:
    terminal = at_stop(transactions)
    asked = terminal.turn.prompt
    with transactions.begin() as tx:
        rotate(tx, SITE, "", ["A-01"])
    new, digits, old, old_digits = columns(transactions, "A-01")
    for proof in (old, old_digits, digits, new):
        with transactions.begin() as tx:
            found = resolve(tx, SITE, proof, asked)
        assert (found.code, found.proven) == ("A-01", True), proof
        assert found.renewed == (proof in (digits, new))
    terminal.scan(new)
    assert terminal.turn.prompt.ask == "picking.scan_piece"
    for proof, code in ((old, Code.LABEL_REPLACED), (old_digits, Code.WRONG_CHECK)):
        with transactions.begin() as tx, pytest.raises(Refused) as refused:
            resolve(tx, SITE, proof, asked)
        assert refused.value.code is code
        assert refused.value.facts["place"] == "A-01"
    with transactions.begin() as tx:
        assert resolve(tx, SITE, digits, asked).proven


def test_new_digits_that_are_typed_end_the_old_label_as_well(transactions: Transactions) -> None:
    terminal = at_stop(transactions)
    with transactions.begin() as tx:
        rotate(tx, SITE, "", ["A-01"])
    terminal.scan(columns(transactions, "A-01").check_digits)
    assert columns(transactions, "A-01").old_check == ""


def test_what_hangs_stays_good_when_labels_are_printed_twice(transactions: Transactions) -> None:
    terminal = at_stop(transactions)
    hangs = columns(transactions, "A-01")
    with transactions.begin() as tx:
        rotate(tx, SITE, "", ["A-01"])
        rotate(tx, SITE, "", ["A-01"])
    after = columns(transactions, "A-01")
    assert (after.old_scan_code, after.old_check) == (hangs.scan_code, hangs.check_digits)
    terminal.scan(hangs.scan_code)
    assert terminal.turn.prompt.ask == "picking.scan_piece"


@pytest.mark.parametrize("job", [at_dock, at_shelf, at_stop])
def test_a_place_of_another_kind_is_named_with_the_right_one(
    transactions: Transactions, job
) -> None:
    terminal = job(transactions)
    wanted = terminal.turn.prompt.wants.place
    with transactions.begin() as tx:
        tx.add(Place(site=SITE, code="ELSEWHERE", kind="bench", scan_code="LABEL-ELSEWHERE"))
    terminal.scan("LABEL-ELSEWHERE")
    assert terminal.turn.said is not None
    assert terminal.turn.said.text == f"refusal.{Code.WRONG_PLACE}"
    assert terminal.turn.said.facts == {"code": "ELSEWHERE", "place": wanted}


def test_what_proves_a_place_is_nowhere_told_afterwards(transactions: Transactions) -> None:
    picker = at_stop(transactions)
    wanted = picker.turn.prompt.wants.place
    bars, digits = columns(transactions, wanted)[:2]
    with transactions.begin() as tx:
        tx.add(Place(site=SITE, code="OTHER", kind="bin", scan_code="FHLFSJTPHTKT"))
    picker.scan("FHLFSJTPHTKT")  # refused with words of its own
    assert picker.turn.named == "OTHER"
    picker.scan(str(digits))
    assert picker.turn.named == wanted
    picker.scan("*UNDO", str(bars))
    assert picker.turn.named == wanted
    with transactions.begin() as tx:
        told = [scan.code for scan in last_scans(tx, SITE, picker.turn.seat)]
    assert told[-4:] == ["OTHER", wanted, "*UNDO", wanted]
