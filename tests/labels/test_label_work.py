"""Labels of the open work: enough to walk it with nothing but a scanner."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from conftest import SITE
from homes import home_of
from labels.nasty import read_back
from labels.test_label_command import label, read_pdf
from sqlalchemy import insert, select, update

from floorhand.domain.things import Goods, Piece, Unknown
from floorhand.flows.turn import Choice, Prompt, Wants
from floorhand.labels.picture import draw
from floorhand.labels.render import lay_out_named
from floorhand.ops.proposing import find_bin
from floorhand.robots.demo import build_demo
from floorhand.store import bins
from floorhand.store.db import Transactions, engine_of, open_database
from floorhand.store.label_data import LabelWanted
from floorhand.store.label_papers import delivery_labels, return_labels
from floorhand.store.label_work import work_labels
from floorhand.store.lookup import resolve
from floorhand.store.schema import (
    Delivery,
    DeliveryLine,
    Order,
    OrderLine,
    Place,
    Return,
    Stock,
    Worker,
)

NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)
ASKS_NUMBER = Prompt("x", wants=Wants(number=True), choices=(Choice("a", "A"),) * 9)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Transactions]:
    """A demo warehouse, for reading only."""
    transactions = open_database(home_of(tmp_path_factory.mktemp("work") / "floor.db"))
    build_demo(transactions, SITE, NOW)
    yield transactions
    engine_of(transactions).dispose()


@pytest.fixture(scope="module")
def made(demo: Transactions) -> tuple[LabelWanted, ...]:
    with demo.begin() as tx:
        return tuple(work_labels(tx, SITE))


def subjects(made: tuple[LabelWanted, ...], template: str) -> set[str]:
    return {one.subject for one in made if one.template == template}


def test_every_label_of_the_work_is_known_to_the_floor(
    demo: Transactions, made: tuple[LabelWanted, ...]
) -> None:
    reads = {
        code for one in made for code in read_back(draw(lay_out_named(one.template, one.data)))
    }
    assert len(reads) == len(made)
    with demo.begin() as tx:
        unknown = [c for c in reads if isinstance(resolve(tx, SITE, c, ASKS_NUMBER), Unknown)]
    assert unknown == []


def test_people_places_and_papers_of_the_work_are_all_there(
    demo: Transactions, made: tuple[LabelWanted, ...]
) -> None:
    with demo.begin() as tx:
        assert subjects(made, "badge") == set(tx.scalars(select(Worker.code)))
        fixed = select(Place.code).where(Place.kind.in_(("dock", "bench", "cart")))
        assert subjects(made, "tote") | subjects(made, "bin") > set(tx.scalars(fixed))
        papers = {*tx.scalars(select(Delivery.number)), *tx.scalars(select(Return.number))}
    assert subjects(made, "paper") == papers


def test_each_order_finds_a_tote_and_its_goods_with_their_bins(
    demo: Transactions, made: tuple[LabelWanted, ...]
) -> None:
    shelves, skus = subjects(made, "bin"), subjects(made, "sku")
    with demo.begin() as tx:
        totes = set(tx.scalars(select(Place.code).where(Place.kind == "tote")))
        released = select(Order.number).where(Order.state == "released")
        orders = tx.scalars(released).all()
        wanted = set(
            tx.scalars(select(OrderLine.sku).where(OrderLine.order.in_(orders)).distinct())
        )
        standing = select(Stock.place).where(Stock.sku.in_(wanted), Stock.pieces > 0)
        held = select(Place.code).where(Place.kind == "bin", Place.code.in_(standing))
        assert set(tx.scalars(held)) <= shelves
        every = tx.scalars(select(Place.code).where(Place.kind == "bin")).all()
        assert len(shelves) < len(every)
    assert len(subjects(made, "tote") & totes) == len(orders)
    assert wanted <= skus


def test_the_bin_that_put_away_proposes_first_is_there(
    demo: Transactions, made: tuple[LabelWanted, ...]
) -> None:
    shelves = subjects(made, "bin")
    with demo.begin() as tx:
        lines = tx.execute(select(DeliveryLine.merchant, DeliveryLine.sku)).all()
        for merchant, sku in lines:
            need, _ = bins.need_of(tx, SITE, Goods(merchant, sku), 1)
            proposal = find_bin(tx, SITE, need, frozenset())
            assert proposal is not None
            assert proposal.code in shelves, sku
    assert len(lines) == 8


def test_products_are_known_by_what_is_printed(
    demo: Transactions, made: tuple[LabelWanted, ...]
) -> None:
    with demo.begin() as tx:
        for one in made:
            if one.template == "sku":
                found = resolve(tx, SITE, str(one.data["barcode"]), Prompt("x"))
                assert isinstance(found, Piece)
                assert found.sku == one.subject


def test_a_note_says_what_a_delivery_brings(demo: Transactions) -> None:
    with demo.begin() as tx:
        first, *_ = delivery_labels(tx, SITE, codes=["D-1002"])
        assert [one.subject for one in delivery_labels(tx, SITE, merchant="PAPEL")] == ["D-1003"]
    assert first.data["merchant"] == "Fjell Outdoor"
    goods = first.data["goods"]
    assert isinstance(goods, list)
    assert [line.split("  ")[0] for line in goods] == ["8 x FJ-TARP", "48 x FJ-MUG"]
    assert first.data["scan_code"] == "D-1002"


def test_a_return_comes_by_its_tracking_code_most_urgent_first(demo: Transactions) -> None:
    with demo.begin() as tx:
        found = return_labels(tx, SITE)
        tracking = {row.number: row.tracking for row in tx.scalars(select(Return))}
    assert [one.subject for one in found] == [f"RMA-{n}" for n in range(301, 307)]
    assert [one.data["scan_code"] for one in found] == [tracking[one.subject] for one in found]


@pytest.mark.parametrize(
    ("number", "tracking", "reads"),
    [
        ("D-1", "1Z999", ["D-1"]),
        ("D-" + "7" * 78, "1Z999", ["1Z999"]),
        ("D-" + "7" * 78, "", ["D-" + "7" * 78]),
        ("Lieferung Ä", "1Z999", ["1Z999"]),
        ("Lieferung Ä", "", []),
    ],
)
@pytest.mark.parametrize("dpi", [203, 300, 600])
def test_a_note_has_the_first_code_that_bars_can_hold(
    transactions: Transactions, number: str, tracking: str, reads: list[str], dpi: int
) -> None:
    with transactions.begin() as tx:
        row = {"site": SITE, "merchant": "ACME", "number": number, "tracking": tracking}
        tx.execute(insert(Delivery).values(row))
        (made,) = delivery_labels(tx, SITE)
    assert read_back(draw(lay_out_named("paper", made.data, dpi))) == reads


def test_what_is_done_is_left_out_unless_it_is_named(transactions: Transactions) -> None:
    with transactions.begin() as tx:
        for number in ("D-1", "D-2"):
            row = {"site": SITE, "merchant": "ACME", "number": number}
            tx.execute(insert(Delivery).values(row))
            tx.execute(insert(Return).values(site=SITE, merchant="ACME", number=number))
        tx.execute(update(Delivery).where(Delivery.number == "D-1").values(state="closed"))
        tx.execute(update(Return).where(Return.number == "D-1").values(custody="disposed"))
        for labels in (delivery_labels, return_labels):
            assert [one.subject for one in labels(tx, SITE)] == ["D-2"]
            assert [one.subject for one in labels(tx, SITE, codes=["D-1"])] == ["D-1"]


def test_a_site_without_work_needs_few_labels(transactions: Transactions) -> None:
    with transactions.begin() as tx:
        for code, kind in (("D1", "dock"), ("T-1", "tote"), ("A-1", "bin")):
            tx.execute(insert(Place).values(site=SITE, code=code, kind=kind, scan_code=code))
        assert [one.subject for one in work_labels(tx, SITE)] == ["D1"]


def test_the_work_comes_as_one_pdf_with_the_command_barcodes(
    transactions: Transactions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with transactions.begin() as tx:
        tx.execute(insert(Place).values(site=SITE, code="D1", kind="dock", scan_code="FHDX"))
        tx.execute(insert(Delivery).values(site=SITE, merchant="ACME", number="D-1"))
    monkeypatch.chdir(tmp_path)
    assert label("work") == 0
    reads = {code for page in read_pdf(Path("labels-work.pdf")) for code in page}
    assert {"FHDX", "D-1", "*DONE", "*CHOOSE 9", "*QTY 0"} <= reads
