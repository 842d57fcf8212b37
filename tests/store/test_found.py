"""Anything is found by its code: how it stands, and what was done with it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from conftest import NOW, SITE
from sqlalchemy import delete, insert, update
from warehouses import picking as house
from warehouses.picker import Picker

from floorhand.commands.board import behind_line
from floorhand.domain.control import HoldSubject
from floorhand.domain.holds import Subject
from floorhand.ops.settling import from_office
from floorhand.store import ledger, traces
from floorhand.store.cells import Details, Lead, Word
from floorhand.store.db import Transactions
from floorhand.store.found import about, found
from floorhand.store.goods_names import split_goods
from floorhand.store.ledger import Cause
from floorhand.store.schema import (
    Barcode,
    Delivery,
    Merchant,
    Operation,
    Order,
    Place,
    PrinterRow,
    PrintJob,
    Receipt,
    Return,
    SiteRow,
    Sku,
    UndoStep,
)
from floorhand.store.service_tables import TABLES
from floorhand.text.catalog import catalog
from floorhand.tui.board_parts import Target

LATER = NOW + timedelta(minutes=20)


@pytest.fixture
def floor(transactions: Transactions) -> Transactions:
    """The house in the middle of Ana's walk: two totes are bound, mugs are picked."""
    house.build(transactions)
    ana = Picker(transactions)
    ana.start()
    ana.scan("BIN-A-01", "MUG-1", "MUG-1", "T-1")
    return transactions


def seen(floor: Transactions, code: str) -> Details:
    with floor.begin() as tx:
        return found(tx, SITE, code, LATER)


def deeds(details: Details) -> list[str]:
    return [row[3].key for row in details.rows if isinstance(row[3], Word)]


def test_a_tote_tells_its_order_what_it_holds_and_who_had_it(floor: Transactions) -> None:
    details = seen(floor, "T-1")
    facts = dict(details.facts)
    assert facts["board.head.place"] == "T-1"
    assert facts["fact.order"] == "ACME/1001"
    assert facts["details.held"] == "2 × MUG"
    assert details.heads == ("at", "worker", "seat", "deed", "moved", "operation")
    assert details.rows[0][3:5] == (Word("board.head.order"), Lead("order", "ACME/1001"))
    done = details.rows[1:]
    assert {row[1] for row in done} == {"Ana"}
    assert deeds(details)[1:] == ["deed.ConfirmPick", "deed.BindTote"]
    assert done[0][4] == "2 × MUG A-01 → T-1"
    at = [row[0] for row in done]
    assert at == sorted(at, key=str, reverse=True)


def test_an_order_and_a_product_are_found_by_their_codes(floor: Transactions) -> None:
    order = dict(seen(floor, "1001").facts)
    assert order["fact.order"] == "ACME/1001"
    assert "order_state.picking" in order
    product = dict(seen(floor, "CAP-1").facts)
    assert product["board.head.sku"] == "ACME/CAP"
    assert product["details.held"] == "6 × A-02"


def test_a_bin_is_found_by_the_bars_on_it(floor: Transactions) -> None:
    facts = dict(seen(floor, "BIN-B-01").facts)
    assert facts["board.head.place"] == "B-01"
    assert "TEA" in facts["details.held"]


def test_a_worker_is_found_by_badge_and_number(floor: Transactions) -> None:
    for code in ("BADGE-ANA", "W1"):
        details = seen(floor, code)
        assert details.heads[:2] == ("at", "seat")
        assert details.rows[0][3] == "T-1"


def test_deliveries_and_returns_tell_how_they_stand(floor: Transactions) -> None:
    with floor.begin() as tx:
        at = {"site": SITE, "merchant": "ACME"}
        tx.execute(insert(Delivery).values(**at, number="D-77", state="receiving", dock="DOCK-1"))
        tx.execute(insert(Return).values(**at, number="R-77", custody="received", place="SHELF"))
    delivery, back = dict(seen(floor, "D-77").facts), dict(seen(floor, "R-77").facts)
    assert "delivery_state.receiving" in delivery
    assert delivery["board.head.place"] == "DOCK-1"
    assert "custody.received" in back
    assert back["fact.merchant"] == "ACME"


def test_a_return_of_which_nobody_knows_whose_it_is_is_found(floor: Transactions) -> None:
    with floor.begin() as tx:
        unknown = {"number": "R-78", "merchant": None, "custody": "received", "place": "SHELF"}
        tx.execute(insert(Return).values(site=SITE, **unknown))
    details = seen(floor, "R-78")
    told = [catalog("en").fact(*fact) for fact in details.facts]
    assert ("Place", "SHELF") in told
    assert "fact.merchant" not in dict(details.facts)


def test_a_merchant_tells_how_all_that_is_its_own_stands_and_leads_to_it(floor) -> None:
    with floor.begin() as tx:
        at = {"site": SITE, "merchant": "ACME"}
        tx.execute(insert(Delivery).values(**at, number="D-77", state="receiving"))
        tx.execute(insert(Delivery).values(**at, number="D-78", state="closed"))
        tx.execute(insert(Return).values(**at, number="R-77", custody="received"))
        other = {"site": SITE, "merchant": "BOLT", "number": "D-79", "state": "announced"}
        tx.execute(insert(Delivery).values(**other))
    for subject in (Subject("merchant", "ACME"), Subject("sku", "ACME", "TEA")):
        with floor.begin() as tx:
            from_office(tx, SITE, HoldSubject(subject, "quality"), NOW)
    details = seen(floor, "acme")
    assert details == seen(floor, "ACME")
    assert details.facts[0] == ("board.head.merchant", "ACME Acme Trading")
    assert ("fact.held_text", "hold.kind.merchant") in details.facts
    assert details.heads == ("what", "state", "count", "pieces", "more")
    told = [(*(getattr(value, "key", value) for value in row[:4]),) for row in details.rows]
    assert ("service.orders", "order_state.picking", 2, 9) in told
    assert ("service.deliveries", "delivery_state.receiving", 1, None) in told
    assert ("service.returns", "custody.received", 1, None) in told
    stock = {row[1]: row[3] for row in told if row[0] == "service.stock"}
    assert set(stock) == {"service.good", "fact.condition_hold"}
    leads = {row[4].kind: row[4] for row in details.rows if isinstance(row[4], Lead)}
    assert set(leads) == {f"merchant.{name}" for name in TABLES}
    with floor.begin() as tx:
        shown = {kind: behind_line(tx, SITE, Target(kind, "ACME"), LATER) for kind in leads}
    assert ("order", "ACME/1001") in [
        (row[0].kind, row[0].name)
        for row in shown["merchant.orders"].rows
        if isinstance(row[0], Lead)
    ]
    assert shown["merchant.deliveries"].rows[0][0] == Lead("delivery", "D-77")


def test_a_merchant_is_found_by_a_word_of_its_name_and_told_among_others(floor) -> None:
    with floor.begin() as tx:
        tx.execute(update(Merchant).where(Merchant.code == "BOLT").values(name="Bolts of Olomouc"))
        tx.execute(insert(Sku).values(site=SITE, merchant="ACME", code="PIN", name="Olomouc pin"))
    assert seen(floor, "bolts of").facts[0] == ("board.head.merchant", "BOLT Bolts of Olomouc")
    both = seen(floor, "olomouc")
    assert [row[1] for row in both.rows] == [Lead("merchant", "BOLT"), Lead("sku", "ACME/PIN")]
    assert both.rows[0][2] == "Bolts of Olomouc"
    with floor.begin() as tx:
        gone = behind_line(tx, SITE, Target("merchant", "NOBODY"), LATER)
    assert gone.facts == (("details.unknown", "NOBODY"),)


def test_a_code_of_several_merchants_is_told_with_each(floor: Transactions) -> None:
    with floor.begin() as tx:
        row = {"site": SITE, "merchant": "BOLT", "code": "MUG-1", "sku": "NUT"}
        tx.execute(insert(Barcode).values(**row))
    details = seen(floor, "MUG-1")
    assert details.heads == ("sku", "facts")
    assert {row[0] for row in details.rows} == {"ACME/MUG", "BOLT/NUT"}


@pytest.mark.parametrize("code", ["NOBODY-KNOWS", "x" * 500, "*UNDO", "\x1d"])
def test_what_is_not_known_is_said(floor: Transactions, code: str) -> None:
    assert seen(floor, code) == Details((), (), 0, (("details.unknown", code),))


def test_a_thing_that_is_named_exactly_needs_no_search(floor: Transactions) -> None:
    with floor.begin() as tx:
        assert dict(about(tx, SITE, "order", "ACME/1003").facts)["fact.order"] == "ACME/1003"
        assert about(tx, SITE, "delivery", "NONE").rows == ()


def rows(floor: Transactions, kind: str, name: str) -> list[tuple[object, ...]]:
    with floor.begin() as tx:
        return list(about(tx, SITE, kind, name).rows)


def test_an_operation_tells_the_scan_the_moves_and_all_that_it_was_about(
    floor: Transactions,
) -> None:
    lead = rows(floor, "place", "T-1")[1][-1]
    assert isinstance(lead, Lead)
    with floor.begin() as tx:
        page = about(tx, SITE, lead.kind, lead.name)
    facts = dict(page.facts)
    assert facts["board.head.deed_text"] == "deed.ConfirmPick"
    assert facts["fact.worker"] == "Ana"
    assert facts["board.head.scanned"] == "T-1"
    told = {(row[0].key, row[1]) for row in page.rows if isinstance(row[0], Word)}
    assert ("details.moved", Lead("sku", "ACME/MUG")) in told
    assert ("board.head.order", Lead("order", "ACME/1001")) in told


def test_a_reason_is_told_in_words_and_as_it_was_written_if_it_has_none(
    floor: Transactions,
) -> None:
    for code, reason in (("CAP", "quality"), ("MUG", "chipped_rims?")):
        with floor.begin() as tx:
            from_office(tx, SITE, HoldSubject(Subject("sku", "ACME", code), reason), LATER)
    assert Word("hold.reason.quality") in rows(floor, "sku", "ACME/CAP")[0]
    held = rows(floor, "sku", "ACME/MUG")[0]
    assert "chipped_rims?" in held
    with floor.begin() as tx:
        assert ("fact.reason", "chipped_rims?") in about(tx, SITE, "operation", held[-1].name).facts
        tx.execute(update(Order).values(state="hold", hold_reason="missing_at_bench"))
        facts = dict(about(tx, SITE, "order", "ACME/1001").facts)
    assert facts["fact.reason_text"] == "hold.reason.missing_at_bench"


HELD_BY = ("fact.held_by", f"office \x1f{NOW:%Y-%m-%d %H:%M}")
TEA_L1 = (("fact.product", "ACME/TEA"), ("fact.lot", "L1"))


@pytest.mark.parametrize(
    ("subject", "kind", "name", "told"),
    [
        (Subject("order", "ACME", "1001"), "order", "ACME/1001", ()),
        (Subject("merchant", "ACME"), "order", "ACME/1003", ()),
        (Subject("merchant", "ACME"), "merchant", "ACME", ()),
        (Subject("bin", code="A-02"), "place", "A-02", ()),
        (Subject("sku", "ACME", "TEA"), "sku", "ACME/TEA", TEA_L1[:1]),
        (Subject("lot", "ACME", "TEA", "L1"), "sku", "ACME/TEA", TEA_L1),
        (Subject("lot", "ACME", "TEA", "L1"), "lot", "ACME/TEA/L1", ()),
        (Subject("recall", "ACME", "TEA", "L1"), "lot", "ACME/TEA/L1", ()),
        (Subject("sku", "ACME", "TEA"), "lot", "ACME/TEA/L1", ()),
        (Subject("recall", "ACME", "TEA", "L1"), "place", "T-1", TEA_L1),
        (Subject("sku", "ACME", "CAM"), "serial", "ACME/CAM/S1", ()),
    ],
)
def test_what_is_held_says_so_with_why_who_and_since(
    floor: Transactions, subject: Subject, kind: str, name: str, told: tuple[tuple[str, str], ...]
) -> None:
    with floor.begin() as tx:
        house.put(tx, "T-1", house.OLD_TEA, 1)
        from_office(tx, SITE, HoldSubject(subject, "quality"), NOW)
        facts = behind_line(tx, SITE, Target(kind, name), LATER).facts
    held = ("fact.held_text", f"hold.kind.{subject.kind}")
    at = facts.index(held)
    why = ("fact.reason_text", "hold.reason.quality")
    assert facts[at : at + 3 + len(told)] == (held, *told, why, HELD_BY)
    assert facts.count(held) == 1


def test_what_is_not_held_itself_does_not_say_so(floor: Transactions) -> None:
    held = (Subject("merchant", "ACME"), Subject("lot", "ACME", "TEA", "L9"))
    with floor.begin() as tx:
        for subject in held:
            from_office(tx, SITE, HoldSubject(subject, "quality"), NOW)
        begun = about(tx, SITE, "order", "ACME/1001").facts
        other = about(tx, SITE, "lot", "ACME/TEA/L1").facts
        tote = about(tx, SITE, "place", "T-1").facts
    assert [name for name, _ in (*begun, *other, *tote) if name == "fact.held_text"] == []


def test_a_bin_that_a_picker_blocked_says_so(floor: Transactions) -> None:
    with floor.begin() as tx:
        tx.execute(update(Place).where(Place.code == "A-02").values(blocked="blocked"))
        facts = about(tx, SITE, "place", "A-02").facts
    assert facts[1:3] == (
        ("fact.held_text", "hold.kind.bin"),
        ("fact.reason_text", "hold.reason.blocked"),
    )


@pytest.mark.parametrize("by", ["lead", "picker"])
def test_what_stands_in_a_held_bin_says_so_and_which_bin(floor: Transactions, by: str) -> None:
    with floor.begin() as tx:
        if by == "lead":
            from_office(tx, SITE, HoldSubject(Subject("bin", code="C-04"), "quality"), NOW)
        else:
            tx.execute(update(Place).where(Place.code == "C-04").values(blocked="blocked"))
        facts = about(tx, SITE, "place", "PAL-1").facts
    why = "hold.reason.quality" if by == "lead" else "hold.reason.blocked"
    told = [("fact.held_text", "hold.kind.bin"), ("fact.place", "C-04"), ("fact.reason_text", why)]
    assert list(facts[1:5]) == [*told, HELD_BY if by == "lead" else facts[4]]


def test_what_was_taken_back_stays_in_the_history_and_says_by_whom(floor: Transactions) -> None:
    ana = Picker(floor)
    ana.scan("*UNDO")
    back, picked = rows(floor, "sku", "ACME/MUG")[:2]
    assert back[3] == Word("details.took_back", (("deed_text", "deed.ConfirmPick"),))
    assert picked[3] == Word("deed.ConfirmPick")
    assert "Ana" in picked[5:]
    page = rows(floor, "operation", back[-1].name)  # type: ignore[union-attr]
    assert (Word("details.undoes"), picked[-1]) in [row[:2] for row in page]


def test_a_history_is_longer_than_what_can_be_taken_back(floor: Transactions) -> None:
    with floor.begin() as tx:
        tx.execute(delete(UndoStep))
    assert "deed.BindTote" in deeds(seen(floor, "T-1"))


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("ACME/MUG", ("ACME", "MUG", "")),
        ("ACME/MUG/L1", ("ACME", "MUG", "L1")),
        ("ACME/MUG/L/1", ("ACME", "MUG", "L/1")),
        ("ACME/A/B", ("ACME", "A/B", "")),
        ("ACME/A/B/L1", ("ACME", "A/B", "L1")),
        ("ACME/NONE/L1", ("ACME", "NONE/L1", "")),
    ],
)
def test_goods_are_taken_apart_although_their_names_hold_slashes(
    floor: Transactions, name: str, parts: tuple[str, str, str]
) -> None:
    with floor.begin() as tx:
        tx.execute(insert(Sku).values(site=SITE, merchant="ACME", code="A/B", name="Two"))
        assert split_goods(tx, SITE, name) == parts


@pytest.mark.parametrize(
    ("word", "kind", "name"),
    [
        ("S1", "serial", "ACME/CAM/S1"),
        ("s1", "serial", "ACME/CAM/S1"),
        (house.OLD_TEA.lot, "lot", f"ACME/TEA/{house.OLD_TEA.lot}"),
        (f"ACME/TEA/{house.OLD_TEA.lot}", "lot", f"ACME/TEA/{house.OLD_TEA.lot}"),
        ("ACME/MUG", "sku", "ACME/MUG"),
        ("MUG", "sku", "ACME/MUG"),
        ("green", "sku", "ACME/TEA"),
    ],
)
def test_goods_are_found_by_what_is_read_on_them_or_said_of_them(
    floor: Transactions, word: str, kind: str, name: str
) -> None:
    assert dict(seen(floor, word).facts)[f"board.head.{kind}"] == name


def test_people_printers_and_operations_are_found_by_their_names(floor: Transactions) -> None:
    assert seen(floor, "W1 Ana") == seen(floor, "ana")
    assert dict(seen(floor, "ana").facts) == {"fact.worker": "W1 Ana", "fact.seat": "SEAT-W1"}
    with floor.begin() as tx:
        tx.execute(insert(PrinterRow).values(site=SITE, code="ZEBRA", address="pdf:labels"))
        on_it = {"template": "tote", "subject": "T-1", "printer": "ZEBRA", "created_at": NOW}
        tx.execute(insert(PrintJob).values(site=SITE, id="P:1", data="{}", **on_it))
    assert [row[2] for row in seen(floor, "zebra").rows] == ["T-1"]
    operation = rows(floor, "place", "T-1")[1][-1].name  # type: ignore[union-attr]
    assert dict(seen(floor, operation).facts)["fact.worker"] == "Ana"


def test_what_several_are_called_is_told_with_each(floor: Transactions) -> None:
    with floor.begin() as tx:
        tx.execute(insert(Sku).values(site=SITE, merchant="BOLT", code="CUP", name="White MUG"))
    details = seen(floor, "white")
    assert [row[1] for row in details.rows] == [Lead("sku", "ACME/MUG"), Lead("sku", "BOLT/CUP")]
    assert "Mug white" in str(details.rows[0][2])


def test_a_code_in_small_letters_is_found_too(floor: Transactions) -> None:
    assert dict(seen(floor, "cap-1").facts)["board.head.sku"] == "ACME/CAP"


def test_an_order_tells_until_when_it_has_to_leave(floor: Transactions) -> None:
    with floor.begin() as tx:
        tx.execute(update(SiteRow).values(time_zone="Asia/Tokyo"))
    due = (NOW + timedelta(hours=6 + 9)).strftime("%Y-%m-%d %H:%M")
    assert dict(seen(floor, "1001").facts)["fact.due"] == due


def test_an_order_and_a_single_piece_lead_back_to_their_delivery(floor: Transactions) -> None:
    with floor.begin() as tx:
        on = {"site": SITE, "merchant": "ACME"}
        for number, hours in (("D-77", -9), ("D-78", 9)):
            opened_at = NOW + timedelta(hours=hours)
            tx.execute(insert(Delivery).values(**on, number=number, opened_at=opened_at))
            goods = {"sku": "MUG", "lot": "", "expiry": "", "condition": "available"}
            tx.execute(
                insert(Receipt).values(**on, delivery=number, place="A-01", pieces=3, **goods)
            )
        named = {"kind": "CountPieces", "command": '{"delivery": "D-77"}', "worker": "W1"}
        tx.execute(insert(Operation).values(site=SITE, id="C:1", seat="T", at=NOW, **named))
        counted = Cause(SITE, "C:1", "W1", "T", "", NOW)
        counted.touch("serial", "ACME", "CAM", "S1")
        traces.keep(tx, counted)
    for kind, name in (("order", "ACME/1001"), ("serial", "ACME/CAM/S1")):
        came = [row[4] for row in rows(floor, kind, name) if row[3] == Word("board.head.delivery")]
        assert came == [Lead("delivery", "D-77")]


def test_pieces_that_stay_where_they_were_do_not_leave_the_building(floor: Transactions) -> None:
    with floor.begin() as tx:
        changed = house.cause(tx, "C:2")
        ledger.change(tx, changed, "A-01", house.PEN, 2, condition="hold")
        traces.keep(tx, changed)
    assert rows(floor, "sku", "ACME/PEN")[0][4] == "2 × PEN A-01"
