"""The ledger: what moves conserves, refuses and can never be rewritten."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from conftest import NOW, SITE, new_warehouse
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError
from warehouses.two_bins import MILK, MUG, cause, stocked

from floorhand.domain.allocation import Shelf, Take
from floorhand.domain.things import CUSTOMER, SCRAP, SUPPLIER, Goods, Line
from floorhand.errors import Clash, Code, Refused
from floorhand.store import ledger
from floorhand.store.check import violations
from floorhand.store.db import engine_of
from floorhand.store.ledger import Cause
from floorhand.store.places import new_place, next_number, stand_in
from floorhand.store.schema import Move, Place, Stock


@pytest.fixture
def house(transactions):
    return stocked(transactions)


def held(tx, place: str) -> dict[str, int]:
    return {line.goods.sku: line.pieces for line in ledger.lines_in(tx, SITE, place)}


def test_a_move_takes_here_and_puts_there(house) -> None:
    with house.begin() as tx:
        ledger.move(tx, cause(tx, 1), "A", "B", [Line(MUG, 3)])
        assert held(tx, "A") == {"MUG": 7, "MILK": 4}
        assert held(tx, "B") == {"MUG": 3}
        assert violations(tx, SITE) == ()


def test_nothing_goes_below_zero(house) -> None:
    with pytest.raises(Refused) as refused, house.begin() as tx:
        ledger.move(tx, cause(tx, 1), "A", "B", [Line(MUG, 11)])
    assert refused.value.code is Code.NOT_ENOUGH_STOCK
    assert refused.value.facts == {"sku": "MUG", "place": "A", "asked": 11}


def test_reserved_pieces_are_not_taken_by_others(house) -> None:
    with house.begin() as tx:
        assert ledger.reserve(tx, cause(tx, 1), "A", MUG, 8)
        assert not ledger.reserve(tx, cause(tx, 2), "A", MUG, 3)
    with pytest.raises(Refused), house.begin() as tx:
        ledger.move(tx, cause(tx, 3), "A", "B", [Line(MUG, 3)])
    with house.begin() as tx:
        ledger.move(tx, cause(tx, 4), "A", "B", [Line(MUG, 8)], reserved=True)
        assert held(tx, "A")["MUG"] == 2


def test_all_is_reserved_or_nothing(house) -> None:
    def take(goods: Goods, free: int, pieces: int) -> Take:
        return Take(Shelf("A", "A", 1, goods, free, NOW), pieces)

    with house.begin() as tx:
        ledger.reserve_each(tx, cause(tx, 1), [take(MUG, 10, 6), take(MUG, 4, 3)])
    with pytest.raises(Clash), house.begin() as tx:
        ledger.reserve_each(tx, cause(tx, 2), [take(MUG, 1, 1), take(MUG, 9, 9)])
    with house.begin() as tx:
        rows = tx.execute(select(Stock.sku, Stock.reserved).where(Stock.place == "A")).all()
        assert dict(map(tuple, rows)) == {"MUG": 9, "MILK": 0}
        ledger.reserve_each(tx, cause(tx, 3), [])


def test_another_lot_is_other_goods(house) -> None:
    other = Goods("ACME", "MILK", lot="L2", expiry="2026-12-31")
    with pytest.raises(Refused), house.begin() as tx:
        ledger.move(tx, cause(tx, 1), "A", "B", [Line(other, 1)])


def test_a_change_of_condition_is_two_moves_through_correction(house) -> None:
    with house.begin() as tx:
        after = ledger.change(tx, cause(tx, 1), "A", MUG, 2, condition="damaged")
        assert after.condition == "damaged"
        rows = tx.execute(select(Move.source, Move.target).where(Move.operation == "T:1")).all()
        assert [tuple(row) for row in rows] == [("A", "@correction"), ("@correction", "A")]
        assert violations(tx, SITE) == ()


@pytest.mark.parametrize("statement", [update(Move).values(pieces=9), delete(Move)])
def test_moves_cannot_be_rewritten(house, statement) -> None:
    with pytest.raises(IntegrityError, match="append-only"), house.begin() as tx:
        tx.execute(statement)


def test_the_database_itself_forbids_negative_stock(house) -> None:
    with pytest.raises(IntegrityError, match="not_below_zero"), house.begin() as tx:
        tx.execute(update(Stock).where(Stock.place == "A").values(pieces=-1))


def test_a_move_without_an_operation_is_refused_at_commit(house) -> None:
    with pytest.raises(IntegrityError), house.begin() as tx:
        ledger.move(tx, Cause(SITE, "ghost", "W1", "T", "", NOW), "A", "B", [Line(MUG, 1)])


def test_moving_a_container_leaves_its_stock_rows_alone(house) -> None:
    with house.begin() as tx:
        new_place(tx, SITE, code="P-1", kind="pallet")
        ledger.move(tx, cause(tx, 1), "A", "P-1", [Line(MUG, 5)])
        stand_in(tx, cause(tx, 2), "P-1", "B")
        assert ledger.inside(tx, SITE, "B") == (("P-1", Line(MUG, 5)),)
        assert tx.scalar(select(func.count()).select_from(Move)) == 3


def test_places_cannot_stand_in_a_circle_or_too_deep(house) -> None:
    with house.begin() as tx:
        for code in ("P1", "P2", "P3", "P4", "P5"):
            new_place(tx, SITE, code=code, kind="pallet")
        for inner, outer in (("P2", "P1"), ("P3", "P2"), ("P4", "P3")):
            stand_in(tx, cause(tx, int(inner[1])), inner, outer)
    for code, parent, said in (("P1", "P4", Code.IN_ITSELF), ("P5", "P4", Code.NESTED_TOO_DEEP)):
        with pytest.raises(Refused) as refused, house.begin() as tx:
            stand_in(tx, cause(tx, 9), code, parent)
        assert refused.value.code is said


def test_a_closed_place_takes_nothing_in(house) -> None:
    with house.begin() as tx:
        new_place(tx, SITE, code="P1", kind="pallet", state="closed")
        new_place(tx, SITE, code="C1", kind="carton")
    with pytest.raises(Refused) as refused, house.begin() as tx:
        stand_in(tx, cause(tx, 1), "C1", "P1")
    assert refused.value.code is Code.PLACE_CLOSED


def test_numbers_are_never_given_twice(house) -> None:
    with house.begin() as tx:
        assert [next_number(tx, SITE, "x") for _ in range(3)] == [1, 2, 3]
        assert next_number(tx, SITE, "y") == 1


PLACES = st.sampled_from(["A", "B", SUPPLIER, CUSTOMER, SCRAP])
STEP = st.tuples(
    st.sampled_from(["move", "move_reserved", "reserve", "change"]),
    PLACES,
    PLACES,
    st.sampled_from([MUG, MILK]),
    st.integers(1, 6),
)


def carry_out(tx, number: int, step: tuple) -> None:
    what, source, target, goods, pieces = step
    made = cause(tx, number)
    if what == "reserve":
        ledger.reserve(tx, made, source, goods, pieces)
    elif what == "change":
        ledger.change(tx, made, source, goods, pieces, condition="hold")
    elif source != target:
        ledger.move(tx, made, source, target, [Line(goods, pieces)], reserved=what != "move")


@settings(max_examples=25, deadline=None)
@given(st.lists(STEP, max_size=12))
def test_no_sequence_of_moves_makes_or_loses_pieces(steps) -> None:
    with tempfile.TemporaryDirectory() as folder:
        transactions = stocked(new_warehouse(Path(folder)))
        for number, step in enumerate(steps, start=1):
            try:
                with transactions.begin() as tx:
                    carry_out(tx, number, step)
            except Refused:
                continue
        with transactions.begin() as tx:
            broken = {one.rule for one in violations(tx, SITE)}
            # A promise without a pick behind it is what this test makes on purpose.
            assert broken <= {"reserved_is_what_picks_need"}
            assert tx.scalar(select(func.sum(Stock.pieces))) == 0
            inside = Stock.place.in_(select(Place.code).where(Place.kind != "outside"))
            assert not tx.scalars(select(Stock.pieces).where(inside, Stock.pieces < 0)).all()
        engine_of(transactions).dispose()
