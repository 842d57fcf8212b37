"""Labels of goods under way: cartons, slots, slips, back to stock, hold tags, the grade card."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from conftest import NOW, SITE, new_warehouse
from labels.nasty import read_back
from labels.test_label_command import label, read_pdf
from sqlalchemy import func, insert, select, update

from floorhand.domain.returns import GRADES, REASONS
from floorhand.domain.rules import MerchantRules
from floorhand.domain.things import CORRECTION, SUPPLIER, Goods, Line
from floorhand.flows.turn import Choice, Prompt, Wants
from floorhand.labels.picture import draw
from floorhand.labels.render import lay_out_named
from floorhand.store.db import Transactions, engine_of
from floorhand.store.label_bench import insert_labels
from floorhand.store.label_data import LabelWanted
from floorhand.store.label_goods import (
    SLIP_LINES,
    carton_labels,
    hold_labels,
    restock_labels,
    slip_labels,
    slot_labels,
)
from floorhand.store.ledger import Cause, move
from floorhand.store.lookup import Chosen, resolve
from floorhand.store.schema import (
    Barcode,
    BoxType,
    Inspection,
    Merchant,
    Operation,
    Order,
    OrderLine,
    Place,
    Return,
    Sku,
    Worker,
)

CARTON, MIXED, OWN = "395212340000000267", "395212340000000274", "BOX-1"
LINES = 25


@pytest.fixture
def warehouse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Transactions]:
    """Cartons with goods, a cart, an order of many lines, goods on hold, a return."""
    made = new_warehouse(tmp_path)
    with made.begin() as tx:
        tx.execute(insert(Merchant).values(site=SITE, code="FERN", name="Fern Pantry"))
        skus = ["OAT", "TEA", *(f"S{n:02}" for n in range(LINES))]
        for sku in skus:
            tx.execute(insert(Sku).values(site=SITE, merchant="FERN", code=sku, name=f"A {sku}"))
        row = {"site": SITE, "merchant": "FERN", "code": "09521234000013", "sku": "OAT"}
        tx.execute(insert(Barcode).values(**row))
        places = [
            {"code": CARTON, "kind": "carton", "scan_code": CARTON},
            {"code": MIXED, "kind": "carton", "scan_code": MIXED},
            {"code": OWN, "kind": "carton", "scan_code": OWN},
            {"code": "CART-1", "kind": "cart", "scan_code": "FHKFSJTPHTKX", "slots": 3},
            {"code": "A-01", "kind": "bin", "scan_code": "FHLFSJTPHTKT", "zone": "A"},
            {"code": "B-01", "kind": "bin", "scan_code": "FHLFSJTPHTKV", "zone": "B"},
        ]
        for place in places:
            tx.execute(insert(Place).values(site=SITE, **place))
        tx.execute(
            insert(Worker).values(site=SITE, code="4711", name="Željka", badge="FHPFSJTPHTKJ")
        )
        for n, command in enumerate(({}, {"reason": "packaging"}, {}), 1):
            tx.execute(
                insert(Operation).values(
                    site=SITE,
                    id=f"S1:{n}",
                    kind="Receive",
                    command=json.dumps(command),
                    worker="4711",
                    seat="S1",
                    at=NOW + timedelta(minutes=n),
                )
            )
        why = [Cause(SITE, f"S1:{n}", "4711", "S1", "", NOW + timedelta(minutes=n)) for n in (1, 2)]
        oat = Goods("FERN", "OAT", lot="L24-0831", expiry="2027-10-31")
        move(tx, why[0], SUPPLIER, CARTON, [Line(oat, 48)])
        move(tx, why[0], SUPPLIER, MIXED, [Line(oat, 1), Line(Goods("FERN", "TEA"), 2)])
        held = Goods("FERN", "TEA", condition="hold")
        move(tx, why[1], CORRECTION, "B-01", [Line(held, 14)])
    monkeypatch.chdir(tmp_path)
    yield made
    engine_of(made).dispose()


def read(one: LabelWanted) -> list[str]:
    return read_back(draw(lay_out_named(one.template, one.data)))


def test_a_carton_says_what_is_in_it_in_clear_and_in_bars(warehouse: Transactions) -> None:
    with warehouse.begin() as tx:
        one, mixed = carton_labels(tx, SITE)
    assert (one.subject, mixed.subject) == (CARTON, MIXED)
    assert one.data["name"] == "A OAT"
    assert read(one) == [
        f"00{CARTON}",
        "0209521234000013152710313748\x1d10L24-0831",
        "02095212340000133748",
    ]
    assert (mixed.data["sku"], mixed.data["pieces"]) == ("2 SKU", 3)
    assert read(mixed) == [f"00{MIXED}"]


@pytest.mark.parametrize(
    ("lot", "pieces", "reads"),
    [
        ("", 2, "0209521234000013372"),
        ("CHARGE (7)", 2, "0209521234000013372"),
        ("Ω7", 2, "0209521234000013372"),
        ("L" * 21, 2, "0209521234000013372"),
        ("L" * 20, 99_999_999, "02095212340000133799999999\x1d10" + "L" * 20),
    ],
)
def test_a_lot_that_gs1_cannot_hold_stands_in_clear_only(
    warehouse: Transactions, lot: str, pieces: int, reads: str
) -> None:
    with warehouse.begin() as tx:
        tx.execute(
            insert(Place).values(
                site=SITE, code="395212340000000281", kind="carton", scan_code="395212340000000281"
            )
        )
        why = Cause(SITE, "S1:3", "4711", "S1", "", NOW)
        goods = Goods("FERN", "OAT", lot=lot)
        move(tx, why, SUPPLIER, "395212340000000281", [Line(goods, pieces)])
        (one,) = carton_labels(tx, SITE, codes=["395212340000000281"])
    assert one.data["lot"] == lot
    assert reads in read(one)


def test_every_slot_of_a_cart_has_its_number_and_the_bars_of_the_cart(
    warehouse: Transactions,
) -> None:
    with warehouse.begin() as tx:
        slots = slot_labels(tx, SITE)
    assert [one.data["slot"] for one in slots] == [1, 2, 3]
    assert read(slots[2]) == ["FHKFSJTPHTKX"]
    assert label("slots", "CART-1", "--language", "de", "--zpl", "slots.zpl") == 0
    zpl = Path("slots.zpl").read_text("ascii")
    assert zpl.count("^XA") == 3
    assert "^FDWAGEN^FS" in zpl


def test_a_long_order_gets_slips_enough_and_names_no_buyer(warehouse: Transactions) -> None:
    ship_to = json.dumps({"name": "Giulia Ferraro", "street": "Via dei Pioppi 114"})
    with warehouse.begin() as tx:
        tx.execute(
            insert(Order).values(
                site=SITE,
                merchant="FERN",
                number="FP-77",
                state="picked",
                due_at=NOW,
                customer="Giulia",
                ship_to=ship_to,
                instruction="Gift for Giulia",
            )
        )
        for n in range(LINES):
            tx.execute(
                insert(OrderLine).values(
                    site=SITE,
                    merchant="FERN",
                    order="FP-77",
                    line_no=n + 1,
                    sku=f"S{n:02}",
                    ordered=3,
                    short=3 if n == 0 else n % 2,
                )
            )
        slips = slip_labels(tx, SITE)
    goods = [line for one in slips for line in one.data["goods"]]
    assert [line.split("  ")[0] for line in goods] == [
        f"{3 - n % 2} x S{n:02}" for n in range(1, LINES)
    ]
    assert [(one.data["page"], one.data["pages"]) for one in slips] == [(1, 3), (2, 3), (3, 3)]
    for one in slips:
        layout = lay_out_named("slip", one.data)
        assert layout.shortened == ()
        assert read(one) == ["FP-77"]
        assert "Giulia" not in json.dumps(one.data)


def test_every_line_of_a_slip_is_seen_however_long_names_are() -> None:
    goods = [f"{n} x SKU-{n:02}  " + "Wortungetüm " * 10 for n in range(SLIP_LINES)]
    layout = lay_out_named("slip", {"order": "O-1", "goods": goods})
    (text,) = [item for item in layout.placed if item.name == "goods"]
    shown = " ".join(line.text for line in text.lines)
    assert all(f"SKU-{n:02}" in shown for n in range(SLIP_LINES))


def test_goods_on_hold_say_who_put_them_aside_and_why(warehouse: Transactions) -> None:
    with warehouse.begin() as tx:
        (tag,) = hold_labels(tx, SITE)
        assert hold_labels(tx, SITE, zone="A") == ()
        assert hold_labels(tx, SITE, codes=["B-01"]) == (tag,)
    told = {"condition": "hold", "pieces": 14, "worker": "Željka", "reason": "packaging"}
    assert told.items() <= tag.data.items()
    assert (tag.subject, tag.data["date"]) == ("B-01", "2026-03-02")
    assert label("holds", "--zpl", "holds.zpl") == 0
    zpl = Path("holds.zpl").read_text("ascii")
    assert "^FR^A0N" in next(line for line in zpl.splitlines() if "^FDON HOLD^FS" in line)
    assert "^FDPackaging opened or gone^FS" in zpl
    assert "^GFA" in zpl


def test_returned_pieces_know_the_bin_they_go_to(warehouse: Transactions) -> None:
    with warehouse.begin() as tx:
        tx.execute(insert(Return).values(site=SITE, number="R-1", merchant="FERN"))
        for n, disposition in enumerate(("restock", "destroy", "open_box")):
            tx.execute(
                insert(Inspection).values(
                    site=SITE,
                    id=f"i{n}",
                    number="R-1",
                    merchant="FERN",
                    sku="TEA",
                    pieces=n + 1,
                    grade=2,
                    disposition_rule="restock",
                    disposition=disposition,
                    worker="4711",
                    at=NOW,
                )
            )
        found = restock_labels(tx, SITE, NOW + timedelta(hours=23))
        assert restock_labels(tx, SITE, NOW + timedelta(hours=25)) == ()
        assert restock_labels(tx, SITE, NOW + timedelta(days=9), codes=["R-1"]) == found
    assert [one.data["pieces"] for one in found] == [1, 3]
    assert found[0].data["place"] in ("A-01", "B-01")
    assert label("restock", "R-1", "--pdf", "r.pdf") == 0
    assert read_pdf(Path("r.pdf")) == [["TEA", "TEA"]]


def test_the_grade_card_is_one_sheet_of_what_the_floor_takes(warehouse: Transactions) -> None:
    assert label("grades", "--pdf", "card.pdf") == 0
    (codes,) = read_pdf(Path("card.pdf"))
    assert sorted(codes) == [f"*GRADE {n}" for n in GRADES] + [
        f"*REASON {n}" for n in range(1, len(REASONS) + 1)
    ]
    grades = tuple(Choice(str(n), f"grade.{n}") for n in GRADES)
    asks = Prompt("returns.grade", wants=Wants(number=True), choices=grades)
    with warehouse.begin() as tx:
        taken = [resolve(tx, SITE, f"*GRADE {n}", asks) for n in GRADES]
    assert taken == [Chosen(str(n)) for n in GRADES]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["slips"], "There are no such slips. No order waits to be packed"),
        (["restock"], "There are no such restock. Nothing went back on the shelf"),
        (["cartons", OWN], f"There are no such cartons: {OWN}."),
        (["holds", "A-01"], "There are no such holds: A-01."),
        (["grades", "--zone", "A"], "--zone is not for grades, only for: bins,"),
        (["slots", "--merchant", "FERN"], "--merchant is not for slots, only for: sku,"),
    ],
)
def test_none_there_is_said(
    warehouse: Transactions, words: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert label(*words) == 1
    assert says in capsys.readouterr().err


def test_boxes_and_inserts_have_sheets_that_the_bench_takes(warehouse: Transactions) -> None:
    with warehouse.begin() as tx:
        sizes = {"length_mm": 100, "width_mm": 100, "height_mm": 100}
        tx.execute(insert(BoxType).values(site=SITE, code="S", name="Small", **sizes))
        rules = MerchantRules(inserts=("Card; code=CARD-1", "Sticker"))
        tx.execute(update(Merchant).values(rules=rules.to_json()))
        owners = tx.scalar(select(func.count()).select_from(Merchant))
    assert label("boxes", "--pdf", "boxes.pdf") == 0
    assert read_pdf(Path("boxes.pdf")) == [["S"]]
    assert label("inserts", "--merchant", "FERN", "--pdf", "inserts.pdf") == 0
    assert read_pdf(Path("inserts.pdf")) == [["CARD-1"]]
    with warehouse.begin() as tx:
        assert len(insert_labels(tx, SITE)) == owners
