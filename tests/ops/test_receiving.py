import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
from conftest import NOW, SITE
from sqlalchemy import func, insert, select, update
from warehouses import inbound
from warehouses.walk import Obedient, cause, pieces_at

from floorhand.domain.barcodes import own_code
from floorhand.domain.receiving import (
    CloseDelivery,
    CountPieces,
    DeliveryClosed,
    DeliveryReviewed,
    DockWanted,
    ListDeliveries,
    ListMerchants,
    MarkDamaged,
    NotAnnounced,
    NotEmpty,
    OpenBlind,
    OpenDelivery,
    ReviewDelivery,
    SetCount,
    StartPallet,
    TakeBack,
    TakenBack,
    TooMany,
)
from floorhand.domain.things import HOLD, SUPPLIER, Goods
from floorhand.errors import Code, Refused
from floorhand.ops import closing_deliveries, receiving
from floorhand.store.check import violations
from floorhand.store.db import Transactions
from floorhand.store.exception_facts import facts_of
from floorhand.store.exceptions import open_exceptions
from floorhand.store.schema import (
    Delivery,
    DeliveryLine,
    Operation,
    Outbox,
    Place,
    PrintJob,
    Receipt,
    SiteRow,
    Sku,
    Station,
    Stock,
    Task,
    Trouble,
)

MUG = Goods("ACME", "MUG")
CAP = Goods("ACME", "CAP")
VASE = Goods("ACME", "VASE")
LAMP = Goods("ACME", "LAMP", serial="S1")
MILK = Goods("FERN", "MILK", "L7", "2027-05-31")


@pytest.fixture
def floor(transactions: Transactions) -> Iterator[Transactions]:
    inbound.build(transactions)
    yield transactions
    with transactions.begin() as tx:
        assert violations(tx, SITE) == ()
        assert books_agree(tx)


def books_agree(tx) -> bool:
    """Receipts, delivery lines and what has left the supplier tell the same number."""
    receipts = tx.scalar(select(func.coalesce(func.sum(Receipt.pieces), 0)))
    lines = tx.scalar(
        select(func.coalesce(func.sum(DeliveryLine.received + DeliveryLine.damaged), 0))
    )
    supplied = tx.scalar(
        select(func.coalesce(func.sum(Stock.pieces), 0)).where(Stock.place == SUPPLIER)
    )
    return receipts == lines == -supplied


def opened(tx, delivery="D-100", number=0):
    return receiving.open_delivery(tx, cause(tx, number), OpenDelivery(delivery, "DOCK-1"))


def count(tx, number, goods, pieces=1, delivery="D-100", place="DOCK-1", **more):
    command = CountPieces(delivery, place, goods, pieces, **more)
    return receiving.count_pieces(tx, cause(tx, number), command)


def line_of(tx, delivery, sku):
    return tx.execute(
        select(DeliveryLine.received, DeliveryLine.damaged, DeliveryLine.over, DeliveryLine.short)
        .where(DeliveryLine.delivery == delivery, DeliveryLine.sku == sku)
        .order_by(DeliveryLine.line_no)
    ).all()


def test_the_dock_is_the_named_one_the_stations_the_deliverys_or_the_only_one(floor) -> None:
    with floor.begin() as tx:
        asked = receiving.open_delivery(tx, cause(tx, 1), OpenDelivery("D-100"))
        assert asked == DockWanted("D-100", "DOCK-1")
        at_station = cause(tx, 2)
        tx.execute(
            Station.__table__.insert().values(site=SITE, code="ST", scan_code="ST", place="DOCK-2")
        )
        object.__setattr__(at_station, "station", "ST")
        found = receiving.open_delivery(tx, at_station, OpenDelivery("D-100"))
        assert found.dock == "DOCK-2"
        again = receiving.open_delivery(tx, cause(tx, 3), OpenDelivery("D-100"))
        assert again.dock == "DOCK-2"
        tx.execute(update(Place).where(Place.code == "DOCK-2").values(state="closed"))
        only = receiving.open_delivery(tx, cause(tx, 4), OpenDelivery("D-300"))
        assert only.dock == "DOCK-1"
        tx.execute(update(Place).where(Place.code == "DOCK-1").values(state="closed"))
        with pytest.raises(Refused) as refused:
            receiving.open_delivery(tx, cause(tx, 5), OpenDelivery("D-300"))
        assert refused.value.code is Code.NO_DOCK


def test_each_count_moves_at_once_and_tells_what_is_left(floor) -> None:
    with floor.begin() as tx:
        opened(tx)
        first = count(tx, 1, MUG)
        case = count(tx, 2, MUG, 12, pack="case")

        assert (first.here, first.left, first.room, first.fresh) == (1, 19, 19, True)
        assert (case.here, case.left, case.fresh, case.next.sku) == (13, 7, False, "MUG")
        assert pieces_at(tx, "DOCK-1") == {("MUG", "available"): 13}


def test_every_count_is_noted_for_the_shift(floor) -> None:
    with floor.begin() as tx:
        opened(tx)
        made = cause(tx, 1)
        receiving.count_pieces(tx, made, CountPieces("D-100", "DOCK-1", MUG, 12))
        assert made.figures == {
            "job": "receiving",
            "pieces": 12,
            "merchant": "ACME",
            "delivery": "D-100",
        }


def test_a_total_moves_the_difference_up_or_down(floor) -> None:
    with floor.begin() as tx:
        opened(tx)
        count(tx, 1, MUG)
        up = receiving.set_count(tx, cause(tx, 2), SetCount("D-100", "DOCK-1", MUG, 20))
        down = receiving.set_count(tx, cause(tx, 3), SetCount("D-100", "DOCK-1", MUG, 18))

        assert (up.added, up.here, up.left, up.next.sku) == (19, 20, 0, "CAP")
        assert (down.added, down.here, down.left) == (-2, 18, 2)
        assert pieces_at(tx, "DOCK-1") == {("MUG", "available"): 18}
        assert line_of(tx, "D-100", "MUG") == [(18, 0, 0, 0)]


def test_a_total_cannot_be_lowered_below_what_still_stands_there(floor) -> None:
    with floor.begin() as tx:
        opened(tx)
        count(tx, 1, MUG, 10)
    session = floor()
    session.begin()
    session.execute(update(Stock).where(Stock.place == "DOCK-1").values(reserved=4))
    made = cause(session, 2)
    with pytest.raises(Refused) as refused:
        receiving.set_count(session, made, SetCount("D-100", "DOCK-1", MUG, 3))
    session.rollback()
    session.close()
    assert refused.value.code is Code.NOT_ENOUGH_STOCK


def test_a_total_is_for_goods_that_were_counted_there(floor) -> None:
    with floor.begin() as tx:
        opened(tx)
        count(tx, 1, MUG)
        with pytest.raises(Refused) as refused:
            receiving.set_count(tx, cause(tx, 2), SetCount("D-100", "DOCK-2", MUG, 3))
        assert refused.value.code is Code.NOT_COUNTED_HERE


def test_the_lot_that_is_announced_gets_its_pieces(floor) -> None:
    with floor.begin() as tx:
        opened(tx, "D-200")
        count(tx, 1, MILK, 7, "D-200")

        assert line_of(tx, "D-200", "MILK") == [(6, 0, 0, 0), (1, 0, 0, 0)]


def test_more_than_tolerated_is_taken_and_a_supervisor_told_once(floor) -> None:
    with floor.begin() as tx:
        opened(tx)
        count(tx, 1, CAP, 5)
        over = [count(tx, n, CAP) for n in (2, 3)]
        assert [(n.alarm, n.over, n.room) for n in over] == [("over", 1, 0), ("over", 2, 0)]
        assert [n.towards for n in over] == [0, 0]
        told = select(Trouble.kind, Trouble.subject, Trouble.facts, Trouble.closed_at)
        (row,) = tx.execute(told).all()
        assert row == ("over_delivery", "D-100", '{"sku": "CAP", "over": 2}', None)
        assert opened(tx, number=4).counted == 5

        receiving.set_count(tx, cause(tx, 5), SetCount("D-100", "DOCK-1", CAP, 4))
        (row,) = tx.execute(told).all()
        assert row.closed_at == NOW


def causes(tx, kind: str) -> list[tuple[str, str, bool]]:
    """Give what was told of a kind: its facts, who caused it, and whether it is open."""
    asked = select(Trouble.facts, Trouble.raised_by, Trouble.closed_at.is_(None))
    return [tuple(row) for row in tx.execute(asked.where(Trouble.kind == kind))]


def decided(tx) -> None:
    """Let a lead let pass all that is told so far."""
    tx.execute(update(Trouble).values(closed_at=NOW, decision="accept", decided_by="W9"))


def count_as(tx, worker: str, number: int, goods: Goods, delivery: str = "D-100", **more) -> None:
    command = CountPieces(delivery, "DOCK-1", goods, 1, **more)
    receiving.count_pieces(tx, cause(tx, number, worker), command)


def test_whoever_makes_it_more_has_caused_it_too(floor) -> None:
    with floor.begin() as tx:
        opened(tx)
        count(tx, 1, CAP, 5)
        count_as(tx, "W1", 2, CAP)
        count_as(tx, "W2", 3, CAP)
        count_as(tx, "W1", 4, CAP)
        assert causes(tx, "over_delivery") == [('{"sku": "CAP", "over": 3}', "W1\nW2", True)]


def test_what_becomes_more_after_it_was_decided_about_is_told_anew(floor) -> None:
    with floor.begin() as tx:
        opened(tx)
        count(tx, 1, CAP, 6)
        decided(tx)
        count_as(tx, "W2", 2, CAP)
        count_as(tx, "W2", 3, CAP)
        assert sorted(causes(tx, "over_delivery")) == [
            ('{"sku": "CAP", "over": 1}', "W1", False),
            ('{"sku": "CAP", "over": 3}', "W2", True),
        ]
        receiving.set_count(tx, cause(tx, 4), SetCount("D-100", "DOCK-1", CAP, 4))
        assert not any(is_open for *_, is_open in causes(tx, "over_delivery"))


@pytest.mark.parametrize(
    ("kind", "delivery", "goods"),
    [("unexpected_goods", "D-300", (CAP, CAP)), ("blind_delivery", "", (CAP, MUG))],
)
def test_all_who_take_in_what_nobody_announced_have_caused_it(floor, kind, delivery, goods) -> None:
    with floor.begin() as tx:
        if not delivery:
            blind = receiving.open_blind(tx, cause(tx, 1, "W2"), OpenBlind("ACME", "DOCK-1"))
            delivery = blind.number
        else:
            opened(tx, delivery, 1)
        first, then = goods
        count_as(tx, "W1", 2, first, delivery, unexpected=True)
        count_as(tx, "W2", 3, then, delivery, unexpected=True)
        ((facts, *told),) = causes(tx, kind)
        assert told == ["W1\nW2", True]
        decided(tx)
        count_as(tx, "W2", 4, then, delivery, unexpected=True)
        assert sorted(causes(tx, kind)) == [(facts, "W1\nW2", False), (facts, "W2", True)]


def test_within_the_merchants_tolerance_nobody_is_told(floor) -> None:
    oats = Goods("FERN", "OATS", expiry="2028-05-31")
    with floor.begin() as tx:
        opened(tx, "D-200")
        first = count(tx, 1, oats, 4, "D-200")
        second = count(tx, 2, oats, 1, "D-200")

        assert (first.alarm, first.over, first.room) == ("", 1, 0)
        assert second.alarm == "over"


def test_what_is_not_on_the_note_becomes_a_line_only_when_confirmed(floor) -> None:
    with floor.begin() as tx:
        opened(tx)
        assert count(tx, 1, VASE) == NotAnnounced(VASE, "Vase")
        assert pieces_at(tx, "DOCK-1") == {}
        taken = count(tx, 2, VASE, unexpected=True)
        assert (taken.here, taken.room, taken.alarm) == (1, -1, "")
        assert count(tx, 3, VASE).here == 2
        row = tx.execute(
            select(DeliveryLine.line_no, DeliveryLine.unexpected).where(DeliveryLine.sku == "VASE")
        ).one()
        assert row == (3, True)
        assert tx.scalars(select(Trouble.kind)).all() == ["unexpected_goods"]


def test_a_sku_of_another_merchant_is_refused(floor) -> None:
    with floor.begin() as tx:
        opened(tx)
        with pytest.raises(Refused) as refused:
            count(tx, 1, MILK)
        assert refused.value.code is Code.OTHER_MERCHANT
        with pytest.raises(Refused):
            count(tx, 2, Goods("ACME", "NO-SUCH"))


def test_a_serial_that_is_in_the_house_is_refused_with_its_place(floor) -> None:
    with floor.begin() as tx:
        opened(tx, "D-300")
        count(tx, 1, LAMP, 1, "D-300")
        with pytest.raises(Refused) as refused:
            count(tx, 2, LAMP, 1, "D-300")
        assert refused.value.code is Code.SERIAL_IN_HOUSE
        assert refused.value.facts["place"] == "DOCK-1"


def test_days_left_are_told_by_the_calendar_of_the_building(floor) -> None:
    short = Goods("FERN", "MILK", "L9", "2026-03-20")
    with floor.begin() as tx:
        tx.execute(update(SiteRow).values(time_zone="Pacific/Pago_Pago"))  # a day behind
        opened(tx, "D-200")
        assert count(tx, 1, short, 1, "D-200").days == 19


def test_a_short_life_goes_on_hold_and_an_older_lot_is_looked_at(floor) -> None:
    short = Goods("FERN", "MILK", "L9", "2026-03-20")
    older = Goods("FERN", "MILK", "L8", "2026-12-31")
    with floor.begin() as tx:
        opened(tx, "D-200")
        assert count(tx, 1, MILK, 1, "D-200").alarm == ""
        held = count(tx, 2, short, 2, "D-200")
        assert (held.alarm, held.goods.condition, held.days) == ("life", HOLD, 18)
        assert count(tx, 3, short, 1, "D-200").alarm == ""
        assert count(tx, 4, older, 1, "D-200").alarm == "older"
        assert pieces_at(tx, "DOCK-1") == {("MILK", "available"): 2, ("MILK", HOLD): 3}


def test_a_lot_that_nobody_announced_is_told(floor) -> None:
    other = Goods("FERN", "MILK", "L8", "2027-05-31")
    with floor.begin() as tx:
        opened(tx, "D-200")
        assert count(tx, 1, other, 1, "D-200").alarm == ""  # a line without lot takes any
        tx.execute(update(DeliveryLine).where(DeliveryLine.sku == "MILK").values(lot="L7"))
        assert count(tx, 2, replace(other, lot="L9"), 1, "D-200").alarm == "lot"
        assert count(tx, 3, MILK, 1, "D-200").alarm == ""


def test_damaged_pieces_stay_where_they_are_in_another_condition(floor) -> None:
    with floor.begin() as tx:
        opened(tx)
        count(tx, 1, MUG, 10)
        command = MarkDamaged("D-100", "DOCK-1", MUG, 3, "wet")
        marked = receiving.mark_damaged(tx, cause(tx, 2), command)

        assert marked.here == 7
        assert pieces_at(tx, "DOCK-1") == {("MUG", "available"): 7, ("MUG", "damaged"): 3}
        assert line_of(tx, "D-100", "MUG") == [(7, 3, 0, 0)]
        with pytest.raises(Refused) as refused:
            receiving.mark_damaged(tx, cause(tx, 3), MarkDamaged("D-100", "DOCK-1", MUG, 8, "wet"))
        assert refused.value.code is Code.NOT_COUNTED_HERE


def test_a_pallet_has_an_sscc_a_label_and_its_merchant(floor) -> None:
    with floor.begin() as tx:
        opened(tx)
        made = closing_deliveries.start_pallet(tx, cause(tx, 1), StartPallet("D-100", "DOCK-1"))
        place = tx.execute(
            select(Place.kind, Place.parent, Place.merchant, Place.state, Place.scan_code).where(
                Place.code == made.pallet
            )
        ).one()
        assert place == ("pallet", "DOCK-1", "ACME", "open", made.pallet)
        jobs = tx.execute(select(PrintJob.template, PrintJob.subject)).all()
        assert jobs == [("pallet", made.pallet)]


def test_a_full_pallet_can_be_put_away_before_the_delivery_is_closed(floor) -> None:
    with floor.begin() as tx:
        opened(tx)
        first = closing_deliveries.start_pallet(tx, cause(tx, 1), StartPallet("D-100", "DOCK-1"))
        count(tx, 2, MUG, 12, place=first.pallet)
        command = StartPallet("D-100", "DOCK-1", first.pallet)
        second = closing_deliveries.start_pallet(tx, cause(tx, 3), command)

        assert second.closed == first.pallet
        tasks = tx.execute(select(Task.kind, Task.place, Task.pieces, Task.state)).all()
        assert tasks == [("putaway", first.pallet, 12, "open")]
        with pytest.raises(Refused) as refused:
            count(tx, 4, MUG, place=first.pallet)
        assert refused.value.code is Code.PLACE_CLOSED
        with pytest.raises(Refused) as refused:
            closing_deliveries.start_pallet(
                tx, cause(tx, 5), StartPallet("D-100", "DOCK-1", second.pallet)
            )
        assert refused.value.code is Code.PALLET_EMPTY


def test_closing_makes_counts_final_reports_and_opens_put_away(floor) -> None:
    with floor.begin() as tx:
        opened(tx)
        pallet = closing_deliveries.start_pallet(
            tx, cause(tx, 1), StartPallet("D-100", "DOCK-1")
        ).pallet
        closing_deliveries.start_pallet(tx, cause(tx, 2), StartPallet("D-100", "DOCK-1"))
        count(tx, 3, MUG, 18, place=pallet)
        count(tx, 4, CAP, 6)
        made = cause(tx, 5)
        closed = closing_deliveries.close_delivery(tx, made, CloseDelivery("D-100", 24))

        assert closed == DeliveryClosed("D-100", 24, 2, 1, 2)
        assert line_of(tx, "D-100", "MUG") == [(18, 0, 0, 2)]
        assert line_of(tx, "D-100", "CAP") == [(6, 0, 1, 0)]
        tasks = tx.execute(
            select(Task.place, Task.sku, Task.pieces).order_by(Task.place.desc())
        ).all()
        assert sorted(tasks) == sorted([(pallet, "MUG", 18), ("DOCK-1", "CAP", 6)])
        states = dict(
            tx.execute(select(Place.code, Place.state).where(Place.kind == "pallet")).all()
        )
        assert sorted(states.values()) == ["closed", "void"]
        report = json.loads(tx.scalar(select(Outbox.body)))
        assert [(n["sku"], n["short"], n["over"]) for n in report["lines"]] == [
            ("MUG", 2, 0),
            ("CAP", 0, 1),
        ]
        kinds = tx.scalars(select(Trouble.kind).order_by(Trouble.kind)).all()
        assert kinds == ["over_delivery", "short_delivery"]
        assert made.figures["lines"] == 2
        with pytest.raises(Refused) as refused:
            count(tx, 6, MUG)
        assert refused.value.code is Code.DELIVERY_CLOSED
        with pytest.raises(Refused):
            closing_deliveries.close_delivery(tx, cause(tx, 7), CloseDelivery("D-100", 24))


def test_what_came_damaged_is_told_to_leads_with_what_is_missing(floor) -> None:
    with floor.begin() as tx:
        opened(tx)
        count(tx, 1, MUG, 18)
        count(tx, 2, CAP, 5)
        receiving.mark_damaged(tx, cause(tx, 3), MarkDamaged("D-100", "DOCK-1", MUG, 4, "wet"))
        closing_deliveries.close_delivery(tx, cause(tx, 4), CloseDelivery("D-100", 23))
        asked = select(Trouble.kind, Trouble.subject, Trouble.pieces, Trouble.facts)
        told = [(*row[:3], json.loads(row[3])["sku"]) for row in tx.execute(asked)]
    assert sorted(told) == [
        ("damaged_delivery", "D-100", 4, "MUG"),
        ("short_delivery", "D-100", 2, "MUG"),
    ]


def test_all_products_that_are_missing_are_named_to_leads(floor) -> None:
    skus = [f"SKU-{number}" for number in range(12)]
    with floor.begin() as tx:
        at = {"site": SITE, "merchant": "ACME"}
        tx.execute(insert(Sku), [{**at, "code": sku, "name": "Of many"} for sku in skus])
        line = {**at, "delivery": "D-100", "expected": 3}
        lines = [{**line, "line_no": number, "sku": sku} for number, sku in enumerate(skus, 11)]
        tx.execute(insert(DeliveryLine), lines)
        opened(tx)
        count(tx, 1, CAP, 6)
        closing_deliveries.close_delivery(tx, cause(tx, 4), CloseDelivery("D-100", 6))
        (one,) = [n for n in open_exceptions(tx, SITE, NOW) if n.kind == "short_delivery"]
    assert all(one.is_about(f"ACME/{sku}") for sku in skus)
    told = dict(facts_of(one))["fact.product"].split(", ")
    assert sorted(told) == sorted(["MUG", *skus])


def test_nobody_closes_what_they_have_not_seen(floor) -> None:
    with floor.begin() as tx:
        opened(tx)
        count(tx, 1, MUG, 20)
        count(tx, 2, CAP, 5)
        shown = closing_deliveries.close_delivery(tx, cause(tx, 3), CloseDelivery("D-100", 20))

        assert isinstance(shown, DeliveryReviewed)
        assert (shown.counted, shown.gaps) == (25, ())
        assert tx.scalar(select(Delivery.state).where(Delivery.number == "D-100")) == "receiving"


def test_a_delivery_of_which_nothing_came_is_not_closed_by_a_slip(floor) -> None:
    with floor.begin() as tx:
        opened(tx)
        with pytest.raises(Refused) as refused:
            closing_deliveries.review_delivery(tx, cause(tx, 1), ReviewDelivery("D-100"))
        assert refused.value.code is Code.NOTHING_COUNTED


def test_blind_goods_need_the_role_and_are_held(floor) -> None:
    with floor.begin() as tx:
        with pytest.raises(Refused) as refused:
            receiving.list_merchants(tx, cause(tx, 1), ListMerchants())
        assert refused.value.code is Code.ROLE_MISSING
        with pytest.raises(Refused):
            receiving.open_blind(tx, cause(tx, 2), OpenBlind("ACME"))
        asked = receiving.open_blind(tx, cause(tx, 3, "W2"), OpenBlind("ACME"))
        assert asked == DockWanted("", "DOCK-1", "ACME")
        named = OpenBlind("ACME", "DOCK-1")
        number = receiving.open_blind(tx, cause(tx, 4, "W2"), named).number
        assert tx.scalars(select(Trouble.kind)).all() == []
        taken = count(tx, 5, MUG, 4, number)
        assert (taken.goods.condition, taken.alarm, taken.room) == (HOLD, "blind", -1)
        closed = closing_deliveries.close_delivery(tx, cause(tx, 6, "W2"), CloseDelivery(number, 4))
        assert (closed.short, closed.over) == (0, 0)
        assert tx.scalars(select(Trouble.kind)).all() == ["blind_delivery"]


def test_an_unannounced_delivery_of_which_nothing_came_leaves_nothing_behind(floor) -> None:
    with floor.begin() as tx:
        before = tx.scalars(select(Delivery.number)).all()
        number = receiving.open_blind(tx, cause(tx, 1, "W2"), OpenBlind("ACME", "DOCK-1")).number
        started = StartPallet(number, "DOCK-1")
        pallet = closing_deliveries.start_pallet(tx, cause(tx, 2, "W2"), started).pallet
        closed = closing_deliveries.review_delivery(tx, cause(tx, 3, "W2"), ReviewDelivery(number))

        assert closed == TakenBack(number)
        assert tx.scalars(select(Delivery.number)).all() == before
        assert tx.scalar(select(Place.state).where(Place.code == pallet)) == "void"
        assert tx.scalars(select(Trouble.kind)).all() == []

        other = receiving.open_blind(tx, cause(tx, 4, "W2"), OpenBlind("ACME", "DOCK-1")).number
        count(tx, 5, MUG, 1, other)
        kept = closing_deliveries.take_back(tx, cause(tx, 6, "W2"), TakeBack(other))
        assert kept == NotEmpty()
        opened(tx)
        kept = closing_deliveries.take_back(tx, cause(tx, 7, "W2"), TakeBack("D-100"))
        assert kept == NotEmpty()


def test_who_may_not_receive_unannounced_goods_is_not_offered_to(floor) -> None:
    with floor.begin() as tx:
        for number, (worker, may) in enumerate((("W1", False), ("W2", True))):
            listed = receiving.list_deliveries(tx, cause(tx, number, worker), ListDeliveries())
            assert listed.blind is may


def test_a_label_that_tells_more_than_may_come_is_asked_about_first(floor) -> None:
    with floor.begin() as tx:
        opened(tx)
        asked = count(tx, 1, MUG, 21, counted=True)
        assert asked == TooMany(MUG, "Mug blue", 21, 20)
        assert pieces_at(tx, "DOCK-1") == {}
        assert count(tx, 2, MUG, 20, counted=True).here == 20
        assert count(tx, 3, MUG, 21, counted=True, unexpected=True).alarm == "over"


def test_a_count_on_a_label_has_the_limits_of_a_typed_number(floor) -> None:
    worker = Obedient(floor, "H1", "BADGE-ANA")
    worker.open("receiving")
    worker.scan("D-100")
    worker.scan("LD1")
    label = f"]C101{inbound.MUG}"
    for told in ("3099999999", "30100000"):
        said = worker.scan(label + told).said
        assert (said.text, said.facts["limit"]) == ("refusal.bad_quantity", 99_999)
    assert worker.scan(f"{label}300").said.text == "refusal.label_tells_none"
    assert worker.turn.prompt.progress == (0, 25)
    assert worker.scan(f"{label}3012").prompt.progress == (12, 25)


@pytest.mark.parametrize("lot", ["A-01-1", "D-100", "DOCK-1", "T-1", "BENCH-1"])
def test_a_lot_may_look_like_anything_but_our_own_labels(floor, lot) -> None:
    own = own_code("bin", "BCDFGHJK")
    with floor.begin() as tx:
        tx.execute(update(Place).where(Place.code == "B-01-1").values(scan_code=own))
    worker = Obedient(floor, "H1", "BADGE-ANA")
    worker.open("receiving")
    worker.scan("D-200")
    worker.scan("LD1")
    assert worker.scan(inbound.MILK).prompt.ask == "receiving.lot"
    refused = worker.scan(own)
    assert (refused.prompt.ask, refused.said.facts["code"]) == ("receiving.lot", "B-01-1")
    taken = worker.scan(lot)
    assert taken.prompt.ask == "receiving.expiry"
    assert ("fact.lot", lot) in taken.prompt.facts


def test_two_workers_count_on_one_delivery(floor) -> None:
    seats = [Obedient(floor, f"H{n}", badge) for n, badge in enumerate(("BADGE-ANA", "BADGE-BEA"))]
    for one in seats:
        one.open("receiving")
        one.scan("D-100")
        one.scan("LD1")
    for n in range(6):
        seats[n % 2].scan(inbound.MUG)
    last = seats[1].turn
    assert last.prompt.count == "6/20"
    assert last.prompt.wants.number_hint == 20


@pytest.mark.parametrize("number", ["D-100", "D-200", "D-300"])
def test_who_does_what_the_prompt_wants_receives_a_whole_delivery(floor, number) -> None:
    worker = Obedient(floor, "H1", "BADGE-ANA")
    worker.open("receiving")
    worker.scan(number)
    for _ in range(30):
        worker.obey()
        assert worker.turn.said is None or worker.turn.said.tone != "refused"
        if worker.turn.prompt.ask == "receiving.scan_delivery":
            break
    else:
        pytest.fail("the delivery never ended")
    with floor.begin() as tx:
        rows = tx.execute(
            select(DeliveryLine.expected, DeliveryLine.received).where(
                DeliveryLine.delivery == number
            )
        ).all()
        assert all(expected == came for expected, came in rows)
        assert tx.scalar(select(Delivery.state).where(Delivery.number == number)) == "closed"


def test_a_scan_is_counted_once_however_often_it_is_sent(floor) -> None:
    from floorhand.ops.floor import take_turn

    worker = Obedient(floor, "H1", "BADGE-ANA")
    worker.open("receiving")
    worker.scan("D-100")
    worker.scan("LD1")
    worker.scan(inbound.MUG)
    again = take_turn(floor, SITE, "H1", worker.turn.scan_no, inbound.MUG, NOW)
    assert again.prompt.count == "1/20"
    with floor.begin() as tx:
        kinds = tx.scalars(select(Operation.kind)).all()
        assert kinds.count("CountPieces") == 1


@pytest.mark.parametrize(
    "scanned",
    [
        "",
        " ",
        "x" * 10_000,
        "\x00\x1b[31m",
        "[/b][red]",
        "*QTY",
        "*QTY 999999",
        "]C1",
        "\x1d",
        "٣",
        "@supplier",
    ],
)
def test_bad_input_at_every_question_changes_nothing(floor, scanned) -> None:
    worker = Obedient(floor, "H1", "BADGE-ANA")
    worker.open("receiving")
    _survives(floor, worker, scanned)
    worker.scan("D-200")
    _survives(floor, worker, scanned)
    worker.scan("LD1")
    _survives(floor, worker, scanned)
    worker.scan(inbound.MILK)
    if scanned not in ("[/b][red]", "٣", "@supplier"):  # these can be lots
        _survives(floor, worker, scanned)
    worker.scan("L7")
    _survives(floor, worker, scanned)
    worker.scan("301227")
    _survives(floor, worker, scanned)
    worker.scan("*SHORT")
    _survives(floor, worker, scanned)
    worker.scan("1")
    _survives(floor, worker, scanned)
    worker.scan("*BACK")
    worker.scan("*DONE")
    _survives(floor, worker, scanned)


def _survives(floor, worker, scanned) -> None:
    before = worker.turn.prompt
    with floor.begin() as tx:
        stock = pieces_at(tx, "DOCK-1")
    worker.scan(scanned)
    assert worker.turn.prompt == before
    if scanned.strip():
        assert worker.turn.said.tone == "refused"
    with floor.begin() as tx:
        assert pieces_at(tx, "DOCK-1") == stock
