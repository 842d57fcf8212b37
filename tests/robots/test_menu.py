"""At the menu, any known thing opens the job that fits it, or says what is where."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest
from conftest import NOW, SITE
from homes import home_of
from sqlalchemy import select

from floorhand.ops.floor import Turn, take_seat, take_turn
from floorhand.robots.demo import badges_of, build_demo
from floorhand.store.db import Transactions, engine_of, open_database
from floorhand.store.schema import (
    Barcode,
    Delivery,
    Order,
    OrderLine,
    Place,
    Return,
    Stock,
)
from floorhand.text.catalog import Catalog

SEATS = count(1)
ENGLISH = Catalog("en")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Transactions]:
    """The demo; each test sits at a terminal of its own and goes no further than a first scan."""
    made = open_database(home_of(tmp_path_factory.mktemp("menu") / "demo.db"))
    build_demo(made, SITE, NOW)
    yield made
    engine_of(made).dispose()


def scan(demo: Transactions, *scans: str) -> Turn:
    """Sign in somewhere, and scan at the menu."""
    seat = f"T{next(SEATS)}"
    turn = take_seat(demo, SITE, seat, now=NOW)
    for scanned in (badges_of(demo, SITE)[0].code, *scans):
        turn = take_turn(demo, SITE, seat, turn.scan_no + 1, scanned, NOW)
    return turn


def ask(demo: Transactions, question):
    with demo.begin() as tx:
        return tx.execute(question).first()


def told(turn: Turn) -> dict[str, str]:
    return {ENGLISH.say(key): value for key, value in turn.prompt.facts}


def test_a_delivery_opens_receiving(demo: Transactions) -> None:
    (number,) = ask(demo, select(Delivery.number).where(Delivery.state == "announced"))
    assert scan(demo, number).job == "receiving"


def test_a_return_opens_inspection_by_its_number_and_by_its_tracking_code(
    demo: Transactions,
) -> None:
    number, tracking = ask(
        demo, select(Return.number, Return.tracking).where(Return.tracking != "")
    )
    assert scan(demo, number).job == "returns"
    assert scan(demo, tracking).job == "returns"


def test_a_bin_says_what_is_in_it_and_how_many(demo: Transactions) -> None:
    code, label = ask(
        demo,
        select(Place.code, Place.scan_code)
        .join(Stock, Stock.place == Place.code)
        .where(Place.kind == "bin", Stock.pieces > 1),
    )
    turn = scan(demo, label)
    assert (turn.job, turn.prompt.place, turn.prompt.count) == ("menu", code, "")
    assert int(told(turn)["Pieces here"]) == sum(item.pieces for item in turn.prompt.goods)


def test_a_product_says_where_it_is_and_the_total_is_no_bin_s(demo: Transactions) -> None:
    code, sku = ask(
        demo,
        select(Barcode.code, Barcode.sku)
        .join(Stock, Stock.sku == Barcode.sku)
        .where(Stock.pieces > 1, Barcode.pieces == 1),
    )
    with demo.begin() as tx:
        rows = tx.execute(
            select(Stock.place, Stock.pieces, Stock.condition).where(
                Stock.sku == sku, Stock.pieces > 0, Stock.place.not_like("@%")
            )
        ).all()
    turn = scan(demo, code)
    assert turn.prompt.count == ""
    assert {item.code for item in turn.prompt.goods} <= {row.place for row in rows}
    good = sum(row.pieces for row in rows if row.condition == "available")
    assert told(turn)["For sale, in all"] == str(good)
    assert told(turn)["Places"] == str(len({row.place for row in rows}))


def test_an_order_says_how_it_stands(demo: Transactions) -> None:
    merchant, number = ask(
        demo, select(Order.merchant, Order.number).where(Order.state == "released")
    )
    turn = scan(demo, number)
    with demo.begin() as tx:
        wanted = sum(
            tx.scalars(
                select(OrderLine.ordered).where(
                    OrderLine.merchant == merchant, OrderLine.order == number
                )
            )
        )
    facts = told(turn)
    assert (facts["Order"], facts["Picked"]) == (f"{merchant}/{number}", f"0/{wanted}")
    assert "Ready to pick" in facts
    assert all(item.note == f"0/{item.pieces}" for item in turn.prompt.goods)


def test_back_clears_the_answer(demo: Transactions) -> None:
    (label,) = ask(demo, select(Place.scan_code).where(Place.kind == "bin"))
    assert scan(demo, label, "*BACK").prompt.goods == ()


def test_the_name_of_a_key_may_be_typed(demo: Transactions) -> None:
    (label,) = ask(demo, select(Place.scan_code).where(Place.kind == "bin"))
    assert scan(demo, label, "F3").prompt.goods == ()
    assert scan(demo, "f12").job == "sign_in"
