from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from conftest import NOW, SITE
from sqlalchemy import insert, select, update
from warehouses import inbound
from warehouses.walk import cause, pieces_at, received

from floorhand.domain.putaway import (
    BinTaken,
    CheckBin,
    Emptied,
    FindLoose,
    GivenBack,
    GiveUp,
    GoodsGone,
    HeldByOther,
    MarkFull,
    NextTask,
    NoneLeft,
    OpenSource,
    Propose,
    PutAway,
    Source,
    Stored,
)
from floorhand.domain.receiving import StartPallet
from floorhand.domain.rules import SiteRules
from floorhand.domain.things import AVAILABLE, DAMAGED, HOLD, RETURN_PENDING, Goods, Line
from floorhand.errors import Code, Refused
from floorhand.ops import closing_deliveries, putaway, putaway_work
from floorhand.store import ledger
from floorhand.store.check import violations
from floorhand.store.db import Transactions
from floorhand.store.places import new_place, stand_in
from floorhand.store.schema import Place, SiteRow, Sku, Task, Trouble
from floorhand.store.tasks import open_task

MUG = Goods("ACME", "MUG")
CAP = Goods("ACME", "CAP")
LAMP = Goods("ACME", "LAMP")
KEG = Goods("ACME", "KEG")
VASE = Goods("ACME", "VASE")
MILK = Goods("FERN", "MILK", "L7", "2027-05-31")
LOOSE_MUGS = Source("DOCK-1", "ACME", "MUG")


@pytest.fixture
def floor(transactions: Transactions) -> Iterator[Transactions]:
    inbound.build(transactions)
    yield transactions
    with transactions.begin() as tx:
        assert violations(tx, SITE) == ()


def pallet_of(tx, number: int, *lines: Line) -> str:
    """A pallet at the dock with these goods on it."""
    for extra, line in enumerate(lines):
        received(tx, number + 10 * extra, line.goods, line.pieces)
    command = StartPallet("D-100", "DOCK-1")
    pallet = closing_deliveries.start_pallet(tx, cause(tx, number + 5), command).pallet
    ledger.move(tx, cause(tx, number + 6), "DOCK-1", pallet, list(lines))
    return pallet


def opened(tx, number, source, worker="W1", **more):
    return putaway_work.open_source(tx, cause(tx, number, worker), OpenSource(source, **more))


def put(tx, number, now, code=None, pieces=None, **more):
    command = PutAway(
        now.source, now.stands, now.goods, pieces or now.take, code or now.bin, now.bin, **more
    )
    return putaway.put_away(tx, cause(tx, number), command)


def test_a_pallet_of_one_sku_goes_into_a_bin_in_one_go_and_becomes_void(floor) -> None:
    with floor.begin() as tx:
        pallet = pallet_of(tx, 10, Line(CAP, 5))
        now = opened(tx, 1, Source(pallet))
        assert (now.pieces, now.take, now.lines) == (5, 5, 1)
        stored = put(tx, 2, now)

        assert stored == Stored(now.bin, CAP, 5, Emptied(Source(pallet)))
        assert pieces_at(tx, now.bin) == {("CAP", AVAILABLE): 5}
        row = tx.execute(select(Place.state, Place.parent).where(Place.code == pallet)).one()
        assert row == ("void", None)
        assert tx.scalars(select(Task.state)).all() == ["done"]


def test_what_does_not_fit_is_proposed_again(floor) -> None:
    with floor.begin() as tx:
        pallet = pallet_of(tx, 10, Line(MUG, 20))
        now = opened(tx, 1, Source(pallet))
        assert (now.bin, now.rule, now.take) == ("A-01-1", "zone", 10)
        then = put(tx, 2, now).then
        assert (then.bin, then.rule, then.pieces, then.near) == (
            "A-01-2",
            "neighbour",
            10,
            "A-01-1",
        )
        assert put(tx, 3, then, pieces=4).then.rule == "top_up"


def test_a_pick_face_is_filled_first_even_when_it_is_empty_now(floor) -> None:
    with floor.begin() as tx:
        tx.execute(update(Place).where(Place.code == "B-02-1").values(pick_face=True))
        received(tx, 10, MUG, 6)
        made = cause(tx, 3)
        ledger.move(tx, made, "DOCK-1", "B-02-1", [Line(MUG, 1)])
        ledger.move(tx, made, "B-02-1", "@scrap", [Line(MUG, 1)])
        now = opened(tx, 1, LOOSE_MUGS)

        assert (now.bin, now.rule) == ("B-02-1", "pick_face")


def test_work_is_given_oldest_first_and_to_one_worker_only(floor) -> None:
    with floor.begin() as tx:
        first = pallet_of(tx, 100, Line(MUG, 5))
        second = pallet_of(tx, 200, Line(CAP, 5))
        for number, pallet in enumerate((first, second)):
            made = cause(tx, 300 + number, at=NOW + timedelta(minutes=number))
            open_task(tx, made, "putaway", place=pallet, pieces=5)
        ana = putaway_work.next_task(tx, cause(tx, 1), NextTask())
        bea = putaway_work.next_task(tx, cause(tx, 2, "W2"), NextTask())
        assert [ana.source.place, bea.source.place] == [first, second]
        assert (ana.at, ana.pieces) == ("DOCK-1", 5)
        again = putaway_work.next_task(tx, cause(tx, 3), NextTask())
        assert again.source.place == first
        given = putaway_work.next_task(
            tx, cause(tx, 4, "W2"), NextTask(instead_of=bea.task, give_back=True)
        )
        assert given == GivenBack(second)
        other = putaway_work.next_task(tx, cause(tx, 5), NextTask(ana.task, later=(ana.task,)))
        assert other.source.place == second
        left = (ana.task, other.task)
        again = putaway_work.next_task(tx, cause(tx, 6), NextTask(other.task, later=left))
        assert again.source.place == first


def test_no_work_is_said_and_void_work_is_cancelled_on_the_way(floor) -> None:
    with floor.begin() as tx:
        open_task(tx, cause(tx, 1), "putaway", place="T-1")
        assert putaway_work.next_task(tx, cause(tx, 2), NextTask()) == NoneLeft(1)
        assert tx.scalars(select(Task.state)).all() == ["cancelled"]
        with pytest.raises(Refused) as refused:
            putaway_work.next_task(tx, cause(tx, 3), NextTask())
        assert refused.value.code is Code.NOTHING_TO_PUT_AWAY


def test_goods_with_which_a_colleague_has_begun_are_nobody_elses_work(floor) -> None:
    with floor.begin() as tx:
        received(tx, 10, MUG, 6)
        for number in (1, 2):  # as two deliveries of the same goods at one dock do
            made = cause(tx, number)
            open_task(tx, made, "putaway", place="DOCK-1", merchant="ACME", sku="MUG", pieces=3)
        assert putaway_work.next_task(tx, cause(tx, 3), NextTask()).source == LOOSE_MUGS
        with pytest.raises(Refused) as refused:
            putaway_work.next_task(tx, cause(tx, 4, "W2"), NextTask())
        assert refused.value.code is Code.NOTHING_TO_PUT_AWAY


def test_put_backs_are_work_too(floor) -> None:
    with floor.begin() as tx:
        received(tx, 10, MUG, 3)
        ledger.move(tx, cause(tx, 1), "DOCK-1", "T-1", [Line(MUG, 3)])
        tx.execute(update(Place).where(Place.code == "T-1").values(order_no="ACME/1001"))
        with pytest.raises(Refused) as refused:
            opened(tx, 2, Source("T-1"))
        assert refused.value.code is Code.BOUND_TO_ORDER
        open_task(tx, cause(tx, 3), "putback", place="T-1", merchant="ACME")
        found = putaway_work.next_task(tx, cause(tx, 4), NextTask())
        assert (found.kind, found.source) == ("putback", Source("T-1"))
        put(tx, 6, opened(tx, 5, found.source))
        row = tx.execute(select(Place.state, Place.order_no).where(Place.code == "T-1")).one()
        assert row == ("open", None)
        assert tx.scalars(select(Task.state)).all() == ["done"]


def test_what_another_worker_has_begun_is_only_taken_over_knowingly(floor) -> None:
    with floor.begin() as tx:
        pallet = Source(pallet_of(tx, 10, Line(CAP, 5)))
        now = opened(tx, 1, pallet)
        assert opened(tx, 2, pallet, "W2") == HeldByOther(pallet, "W1", "Ana")
        taking = cause(tx, 3, "W2")
        putaway_work.open_source(tx, taking, OpenSource(pallet, take_over="W1"))
        assert taking.figures["taken_from"] == "W1"
        assert put(tx, 4, now) == HeldByOther(pallet, "W2", "Bea")
        assert pieces_at(tx, now.bin) == {}


def test_goods_that_are_gone_are_not_moved_and_the_rest_is_proposed(floor) -> None:
    with floor.begin() as tx:
        pallet = pallet_of(tx, 10, Line(CAP, 5))
        now = opened(tx, 1, Source(pallet))
        ledger.move(tx, cause(tx, 2), pallet, "DOCK-2", [Line(CAP, 2)])
        gone = put(tx, 3, now)

        assert isinstance(gone, GoodsGone)
        assert gone.then.pieces == 3


@pytest.mark.parametrize("chosen", [False, True])
def test_a_bin_that_was_filled_meanwhile_leads_to_another(floor, chosen: bool) -> None:
    with floor.begin() as tx:
        pallet = pallet_of(tx, 100, Line(CAP, 5))
        now = opened(tx, 1, Source(pallet))
        code = "B-01-2" if chosen else now.bin
        received(tx, 200, Goods("FERN", "OATS", expiry="2028-01-31"), 3)
        oats = Goods("FERN", "OATS", expiry="2028-01-31")
        ledger.move(tx, cause(tx, 2), "DOCK-1", code, [Line(oats, 3)])
        taken = put(tx, 3, now, code, reason="better_place" if chosen else "")

        assert isinstance(taken, BinTaken)
        assert taken.bin == code
        assert taken.then.bin not in ("", code)
        assert pieces_at(tx, pallet) == {("CAP", AVAILABLE): 5}


def test_another_bin_must_be_legal_too(floor) -> None:
    with floor.begin() as tx:
        received(tx, 10, VASE, 2)
        for code, bar in (
            ("K-01-1", "bar.storage"),
            ("H-01-1", "bar.for_hold"),
            ("B-02-1", "bar.height"),
            ("DOCK-2", "bar.not_a_bin"),
            ("NO-SUCH", "bar.not_a_bin"),
        ):
            with pytest.raises(Refused) as refused:
                putaway.check_bin(tx, cause(tx, hash(code) % 10**9), CheckBin(VASE, 2, code))
            assert refused.value.code is Code.BIN_NOT_LEGAL
            assert refused.value.facts["bar_text"] == bar
        with pytest.raises(Refused) as refused:
            putaway.check_bin(tx, cause(tx, 2), CheckBin(VASE, 11, "A-01-1"))
        assert refused.value.code is Code.BIN_NO_ROOM
        assert refused.value.facts["room"] == 10
        assert putaway.check_bin(tx, cause(tx, 3), CheckBin(VASE, 10, "A-01-1")).bin == "A-01-1"


def test_the_third_override_in_a_row_is_trouble(floor) -> None:
    with floor.begin() as tx:
        received(tx, 10, CAP, 9)
        now = opened(tx, 1, Source("DOCK-1", "ACME", "CAP"))
        for number in range(2, 5):
            assert tx.scalars(select(Trouble.kind)).all() == ["over_delivery"]
            put(tx, number, now, "B-02-1", 1, reason="no_access")
        assert "overrides" in tx.scalars(select(Trouble.kind)).all()
        here = select(Place.overrides).where(Place.code == now.bin)
        assert tx.scalar(here) == 0


def test_how_many_overrides_are_trouble_is_the_sites_to_say(floor) -> None:
    with floor.begin() as tx:
        tx.execute(update(SiteRow).values(rules=SiteRules(overrides_max=2).to_json()))
        received(tx, 10, CAP, 5)
        now = opened(tx, 1, Source("DOCK-1", "ACME", "CAP"))
        put(tx, 2, now, "B-02-1", 1, reason="no_access")
        assert "overrides" not in tx.scalars(select(Trouble.kind)).all()
        put(tx, 3, now, "B-02-1", 1, reason="no_access")
        assert "overrides" in tx.scalars(select(Trouble.kind)).all()


def test_a_proposal_that_is_taken_forgets_earlier_overrides(floor) -> None:
    with floor.begin() as tx:
        received(tx, 10, CAP, 5)
        now = opened(tx, 1, Source("DOCK-1", "ACME", "CAP"))
        put(tx, 2, now, "B-02-1", 1, reason="no_access")
        here = select(Place.overrides).where(Place.code == now.bin)
        assert tx.scalar(here) == 1
        put(tx, 3, now, pieces=1)
        assert tx.scalar(here) == 0


def test_no_room_closes_the_bin_to_put_away_and_has_it_counted_once(floor) -> None:
    with floor.begin() as tx:
        received(tx, 10, CAP, 5)
        source = Source("DOCK-1", "ACME", "CAP")
        now = opened(tx, 1, source)
        marked = putaway.mark_full(tx, cause(tx, 2), MarkFull(source, now.bin))
        putaway.mark_full(tx, cause(tx, 3), MarkFull(source, now.bin))

        assert marked.then.bin not in ("", now.bin)
        counts = tx.execute(select(Task.place, Task.reason).where(Task.kind == "count")).all()
        assert counts == [(now.bin, "no_room")]


def test_a_worker_who_finds_room_in_a_full_bin_makes_it_usable_again(floor) -> None:
    with floor.begin() as tx:
        received(tx, 10, CAP, 5)
        source = Source("DOCK-1", "ACME", "CAP")
        was = opened(tx, 1, source)
        now = putaway.mark_full(tx, cause(tx, 2), MarkFull(source, was.bin)).then
        full = select(Place.full).where(Place.code == was.bin)
        assert tx.scalar(full)

        assert putaway.check_bin(tx, cause(tx, 3), CheckBin(CAP, 2, was.bin)).bin == was.bin
        assert tx.scalar(full)
        put(tx, 4, now, was.bin, 2, reason="better_place")
        assert not tx.scalar(full)
        assert tx.scalar(select(Task.state).where(Task.kind == "count")) == "cancelled"


def test_without_any_legal_bin_a_supervisor_is_told_and_the_work_parked(floor) -> None:
    with floor.begin() as tx:
        received(tx, 10, MUG, 5)
        tx.execute(update(Place).where(Place.kind == "bin").values(full=True))
        now = opened(tx, 1, LOOSE_MUGS)
        assert (now.bin, now.take) == ("", 5)
        putaway.give_up(tx, cause(tx, 2), GiveUp(LOOSE_MUGS, MUG, 5))
        assert tx.scalars(select(Trouble.kind)).all() == ["no_bin"]
        assert tx.scalars(select(Task.state)).all() == ["parked"]
        with pytest.raises(Refused):
            putaway_work.next_task(tx, cause(tx, 3), NextTask())
        tx.execute(update(Place).where(Place.kind == "bin").values(full=False))
        assert opened(tx, 4, LOOSE_MUGS).bin


def test_work_left_for_want_of_a_bin_comes_again_last_when_there_is_one(floor) -> None:
    with floor.begin() as tx:
        received(tx, 10, MUG, 5)
        received(tx, 20, CAP, 5)
        for number, sku in ((30, "MUG"), (31, "CAP")):
            open_task(
                tx, cause(tx, number), "putaway", place="DOCK-1", merchant="ACME", sku=sku, pieces=5
            )
        tx.execute(update(Place).where(Place.kind == "bin").values(full=True))
        assert opened(tx, 1, LOOSE_MUGS).bin == ""
        putaway.give_up(tx, cause(tx, 2), GiveUp(LOOSE_MUGS, MUG, 5))
        caps = putaway_work.next_task(tx, cause(tx, 3), NextTask())
        assert caps.source.sku == "CAP"
        putaway.give_up(tx, cause(tx, 4), GiveUp(caps.source, CAP, 5))
        with pytest.raises(Refused) as refused:
            putaway_work.next_task(tx, cause(tx, 5), NextTask())
        assert (refused.value.code, refused.value.facts["place"]) == (Code.STILL_NO_BIN, "DOCK-1")

        tx.execute(update(Place).where(Place.code == "A-01-1").values(full=False))
        open_task(tx, cause(tx, 6), "putaway", place="DOCK-1", merchant="ACME", sku="CAP", pieces=5)
        found = [
            putaway_work.next_task(tx, cause(tx, number, worker), NextTask()).source.sku
            for number, worker in ((7, "W1"), (8, "W2"))
        ]
        assert found == ["CAP", "MUG"]


def test_what_else_waits_on_the_dock_is_counted_at_the_end_and_found_by_a_piece(floor) -> None:
    with floor.begin() as tx:
        received(tx, 10, MUG, 5)
        received(tx, 20, CAP, 3)
        received(tx, 30, MILK, 2)
        now = opened(tx, 1, LOOSE_MUGS)
        assert put(tx, 2, now).then == Emptied(LOOSE_MUGS, others=2)
        at_dock = FindLoose("ACME", "CAP", at="DOCK-1")
        assert [n.pieces for n in putaway_work.find_loose(tx, cause(tx, 3), at_dock).options] == [3]
        with pytest.raises(Refused) as refused:
            putaway_work.find_loose(tx, cause(tx, 4), replace(at_dock, at="DOCK-2"))
        assert refused.value.code is Code.NOT_ON_PALLET


def test_damaged_pieces_are_told_apart_before_they_are_fetched(floor) -> None:
    with floor.begin() as tx:
        received(tx, 10, MUG, 5)
        ledger.change(tx, cause(tx, 1), "DOCK-1", MUG, 2, condition=DAMAGED)
        open_task(tx, cause(tx, 2), "putaway", place="DOCK-1", merchant="ACME", sku="MUG", pieces=5)
        found = putaway_work.next_task(tx, cause(tx, 3), NextTask())
        assert (found.pieces, found.apart, found.container) == (5, ((DAMAGED, 2),), "")


def test_without_a_place_for_them_damaged_pieces_go_far_from_those_for_sale(floor) -> None:
    with floor.begin() as tx:
        tx.execute(update(Place).where(Place.zone == "HOLD").values(state="closed", kind="cart"))
        tx.execute(update(Place).where(Place.code == "B-01-1").values(pick_face=True))
        received(tx, 10, MUG, 5)
        received(tx, 20, CAP, 5)
        ledger.change(tx, cause(tx, 1), "DOCK-1", MUG, 2, condition=DAMAGED)
        ledger.move(tx, cause(tx, 2), "DOCK-1", "A-01-1", [Line(MUG, 3)])
        now = opened(tx, 3, LOOSE_MUGS)
        assert (now.goods.condition, now.near) == (DAMAGED, "")
        assert now.rule not in ("pick_face", "top_up", "neighbour")
        for number, code, why in (
            (5, "A-01-1", "bar.condition"),
            (6, "B-01-1", "bar.pick_face"),
        ):
            with pytest.raises(Refused) as refused:
                putaway.check_bin(tx, cause(tx, number), CheckBin(now.goods, 2, code))
            assert refused.value.facts["bar_text"] == why
        put(tx, 7, now)
        with pytest.raises(Refused) as refused:
            putaway.check_bin(tx, cause(tx, 8), CheckBin(CAP, 1, now.bin))
        assert refused.value.facts["bar_text"] == "bar.condition"


def test_goods_that_have_a_bin_come_before_those_that_have_none(floor) -> None:
    with floor.begin() as tx:
        pallet = pallet_of(tx, 10, Line(CAP, 5), Line(VASE, 1))
        tx.execute(
            update(Place).where(Place.code.in_(("A-01-1", "B-01-1"))).values(inner_height_mm=500)
        )
        tx.execute(update(Place).where(Place.zone == "A").values(inner_height_mm=500))
        now = opened(tx, 1, Source(pallet))
        assert now.goods == CAP
        then = put(tx, 2, now).then
        assert (then.goods, then.bin) == (VASE, "")


def test_skipped_goods_come_last_and_scanned_ones_first(floor) -> None:
    with floor.begin() as tx:
        pallet = Source(pallet_of(tx, 10, Line(CAP, 5), Line(MUG, 5)))
        assert opened(tx, 1, pallet).goods == CAP
        assert putaway.propose(tx, cause(tx, 2), Propose(pallet, (CAP,))).goods == MUG
        assert putaway.propose(tx, cause(tx, 3), Propose(pallet, (CAP, MUG))).goods == CAP
        chosen = putaway.propose(tx, cause(tx, 4), Propose(pallet, (), "MUG"))
        assert (chosen.goods, chosen.lines) == (MUG, 2)
        with pytest.raises(Refused) as refused:
            putaway.propose(tx, cause(tx, 5), Propose(pallet, (), "KEG"))
        assert refused.value.code is Code.NOT_ON_PALLET
        with pytest.raises(Refused) as refused:
            putaway.propose(tx, cause(tx, 6), Propose(pallet, (), "MUG", "", "BOLT"))
        assert refused.value.code is Code.NOT_ON_PALLET


def test_a_loose_piece_is_found_where_it_stands_and_not_what_waits_for_inspection(floor) -> None:
    with floor.begin() as tx:
        received(tx, 10, MUG, 4)
        ledger.move(tx, cause(tx, 1), "DOCK-1", "BENCH-1", [Line(MUG, 1)])
        pending = ledger.change(tx, cause(tx, 2), "BENCH-1", MUG, 1, condition=RETURN_PENDING)
        assert pending.condition == RETURN_PENDING
        found = putaway_work.find_loose(tx, cause(tx, 3), FindLoose("ACME", "MUG"))
        assert [(one.place, one.pieces) for one in found.options] == [("DOCK-1", 3)]
        with pytest.raises(Refused) as refused:
            putaway_work.find_loose(tx, cause(tx, 4), FindLoose("ACME", "CAP"))
        assert refused.value.code is Code.NOT_LOOSE
        with pytest.raises(Refused) as refused:
            opened(tx, 5, Source("BENCH-1", "ACME", "MUG"))
        assert refused.value.code is Code.NOTHING_INSIDE


def test_held_goods_go_to_quarantine(floor) -> None:
    with floor.begin() as tx:
        received(tx, 10, MUG, 5)
        ledger.change(tx, cause(tx, 1), "DOCK-1", MUG, 2, condition=HOLD)
        now = opened(tx, 2, LOOSE_MUGS)
        bins = {now.goods.condition: now.bin}
        then = put(tx, 3, now).then
        bins[then.goods.condition] = then.bin
        assert bins == {AVAILABLE: "A-01-1", HOLD: "H-01-1"}


def test_serials_that_must_be_split_go_one_by_one(floor) -> None:
    with floor.begin() as tx:
        for number in range(12):
            received(tx, 100 + 2 * number, replace(LAMP, serial=f"S{number:02d}"), 1)
        tx.execute(update(Place).where(Place.zone == "B").values(full=True))
        tx.execute(update(Place).where(Place.code == "A-02-1").values(full=True))
        now = opened(tx, 1, Source("DOCK-1", "ACME", "LAMP"))
        assert (now.goods.serial, now.pieces, now.serials) == ("S00", 1, True)
        put(tx, 2, now)
        assert pieces_at(tx, now.bin) == {("LAMP", AVAILABLE): 1}
        tx.execute(update(Place).where(Place.zone == "B").values(full=False))
        tx.execute(update(Place).where(Place.zone == "A").values(full=True))
        whole = opened(tx, 3, Source("DOCK-1", "ACME", "LAMP"))
        assert (whole.goods.serial, whole.pieces) == ("", 11)
        put(tx, 4, whole)
        assert pieces_at(tx, whole.bin) == {("LAMP", AVAILABLE): 11}


def test_heavy_goods_are_not_sent_up(floor) -> None:
    with floor.begin() as tx:
        received(tx, 10, KEG, 3)
        now = opened(tx, 1, Source("DOCK-1", "ACME", "KEG"))
        level = tx.scalar(select(Place.level).where(Place.code == now.bin))
        assert level == 1


def test_cartons_on_a_pallet_are_emptied_in_turn_and_void_with_it(floor) -> None:
    with floor.begin() as tx:
        pallet = pallet_of(tx, 10, Line(CAP, 5))
        new_place(tx, SITE, code="CARTON-1", kind="carton")
        stand_in(tx, cause(tx, 1), "CARTON-1", pallet)
        ledger.move(tx, cause(tx, 2), pallet, "CARTON-1", [Line(CAP, 3)])
        now = opened(tx, 3, Source(pallet))
        then = put(tx, 4, now).then
        assert {now.stands, then.stands} == {pallet, "CARTON-1"}
        assert isinstance(put(tx, 5, then).then, Emptied)
        states = tx.scalars(select(Place.state).where(Place.code.in_((pallet, "CARTON-1")))).all()
        assert states == ["void", "void"]


def test_a_full_building_still_uses_what_room_is_left_in_shared_bins(floor) -> None:
    with floor.begin() as tx:
        received(tx, 10, CAP, 4)
        made = cause(tx, 1)
        for code in ("A-01-1", "A-01-2", "A-02-1"):
            ledger.move(tx, made, "DOCK-1", code, [Line(CAP, 1)])
        tx.execute(update(Place).where(Place.zone == "B").values(blocked="broken"))
        tx.execute(update(Place).where(Place.code == "A-01-1").values(capacity_pieces=1))
        received(tx, 20, MUG, 5)
        now = opened(tx, 2, LOOSE_MUGS)

        assert (now.bin, now.rule) == ("A-01-2", "overflow")


def test_a_bin_among_thousands_is_found_with_few_statements(floor) -> None:
    from sqlalchemy import event

    from floorhand.store.db import engine_of

    with floor.begin() as tx:
        tx.execute(
            insert(Place),
            [
                {
                    "site": SITE,
                    "code": f"Z-{n:05d}",
                    "kind": "bin",
                    "scan_code": f"Z-{n:05d}",
                    "zone": "Z",
                    "walk_no": 100 + n,
                    "aisle_no": 10 + n // 100,
                    "y_mm": 500 * (n % 100),
                }
                for n in range(5_000)
            ],
        )
        tx.execute(
            insert(Sku),
            [{"site": SITE, "merchant": "ACME", "code": f"N{n}", "name": "N"} for n in range(9)],
        )
        received(tx, 10, CAP, 5)
    statements = []
    listener = lambda conn, cursor, statement, *rest: statements.append(statement)  # noqa: E731  (an event listener of one line)
    event.listen(engine_of(floor), "before_cursor_execute", listener)
    with floor.begin() as tx:
        found = putaway_work.open_source(
            tx, cause(tx, 1), OpenSource(Source("DOCK-1", "ACME", "CAP"))
        )
    event.remove(engine_of(floor), "before_cursor_execute", listener)
    assert found.rule == "zone"
    assert len(statements) <= 16
