"""Many pickers at once, and scans in any order: no line twice, no piece lost, nothing overdrawn."""

from __future__ import annotations

from pathlib import Path

import forked
from conftest import SITE, new_warehouse
from homes import home_of
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from warehouses import picking as house
from warehouses.picked import all_is_well
from warehouses.picker import Picker
from warehouses.picking import CAP, MUG, PEN, order, put

from floorhand.domain.things import OUTSIDE
from floorhand.store.db import engine_of
from floorhand.store.schema import Order, OrderLine, Pick, Place, Slot, Stock, Worker

HERE = Path(__file__).parent
PICKERS = 4
MUGS = 20
ORDERS = 8
SCANS = (
    "CART-1", "*DONE", "T-1", "T-2", "T-3", "BIN-A-01", "BIN-B-01", "BIN-B-02", "MUG-1", "CAP-1",
    "CAP-4", "PEN-1", "1", "2", "3", "0", "*SHORT", "*FULL", "*SKIP", "*BACK", "BENCH-1", "NOSUCH",
    "17", "37", "47",
)  # fmt: skip


def test_pickers_in_processes_of_their_own_never_pick_a_line_twice(tmp_path: Path) -> None:
    transactions = new_warehouse(tmp_path)
    with transactions.begin() as tx:
        house.furnish(tx)
        for number in range(3, PICKERS + 1):
            code = f"W{number}"
            tx.add(Worker(site=SITE, code=code, name=code, badge=f"BADGE-{code}", roles="picking"))
        for worker in range(1, PICKERS + 1):
            for number in range(200):
                code = f"TOTE-W{worker}-{number}"
                tx.add(Place(site=SITE, code=code, kind="tote", scan_code=code))
        put(tx, "A-01", MUG, 7, hours_ago=9)
        put(tx, "B-01", MUG, 13, hours_ago=5)
        put(tx, "B-02", CAP, 60)
        for number in range(ORDERS):
            order(tx, f"{number:03}", [("MUG", 2), ("CAP", 1), ("MUG", 1)])
    url = home_of(tmp_path / "floor.db")
    workers = [f"W{number}" for number in range(1, PICKERS + 1)]
    assert forked.outcome([str(HERE / "pickers.py"), url, *workers]) == (0, "")
    assert all_is_well(transactions)
    with transactions.begin() as tx:
        served = tx.execute(select(Slot.order, func.count()).group_by(Slot.order)).all()
        left = tx.scalar(select(func.sum(OrderLine.ordered - OrderLine.picked - OrderLine.short)))
        states = tx.scalars(select(Order.state).distinct()).all()
        short, picked = tx.execute(
            select(func.sum(OrderLine.short), func.sum(OrderLine.picked))
        ).one()
    assert {count for _, count in served} == {1}
    assert left == 0
    assert short == ORDERS * 3 - MUGS
    assert picked == MUGS + ORDERS
    assert set(states) <= {"picked", "waiting"}
    engine_of(transactions).dispose()


@given(
    scans=st.lists(
        st.one_of(st.just("what is asked"), st.sampled_from(SCANS)), min_size=20, max_size=40
    )
)
@settings(
    max_examples=6,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_any_scans_in_any_order_conserve_pieces(tmp_path: Path, scans: list[str]) -> None:
    folder = tmp_path / str(len(list(tmp_path.iterdir())))
    folder.mkdir()
    transactions = new_warehouse(folder)
    with transactions.begin() as tx:
        house.furnish(tx)
        put(tx, "A-01", MUG, 3, hours_ago=9)
        put(tx, "B-01", MUG, 4, hours_ago=5)
        put(tx, "A-01", PEN, 2)
        put(tx, "B-02", CAP, 9)
        order(tx, "1", [("MUG", 2), ("CAP", 5)])
        order(tx, "2", [("MUG", 3), ("PEN", 1)])
        before = tx.scalar(select(func.sum(Stock.pieces)).where(Stock.place.not_in(OUTSIDE)))
    picker = Picker(transactions)
    for number, scanned in enumerate(scans):
        if picker.turn.job == "menu":
            picker.scan("1")
        elif scanned == "what is asked" and picker.prompt.ask != "picking.scan_cart":
            if picker.prompt.wants.kinds[0] in ("number", "choice"):
                picker.scan("1")
            else:
                picker.answer()
        else:
            picker.scan("CART-1" if scanned == "what is asked" else scanned)
        assert number % 8 or all_is_well(transactions), scanned
    assert all_is_well(transactions)
    with transactions.begin() as tx:
        after = tx.scalar(select(func.sum(Stock.pieces)).where(Stock.place.not_in(OUTSIDE)))
        over_promised = (Stock.reserved > Stock.pieces) & Stock.place.not_in(OUTSIDE)
        over = tx.scalars(select(Stock.place).where(over_promised)).all()
        picked = tx.scalar(select(func.sum(Pick.picked))) or 0
        lines = tx.scalar(select(func.sum(OrderLine.picked)))
    assert before == after
    assert over == []
    assert picked == lines
    engine_of(transactions).dispose()
