from datetime import UTC, datetime, timedelta

from floorhand.domain.allocation import Shelf
from floorhand.domain.refilling import Face, Wanted, by_urgency, per_hour, plan
from floorhand.domain.things import Goods

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MUG = ("ACME", "MUG")


def reserve(place: str, free: int, lot: str = "") -> Shelf:
    return Shelf(place, place, 0, Goods(*MUG, lot=lot), free, NOW)


def due_in(hours: float, pieces: int) -> Wanted:
    return Wanted(pieces, NOW + timedelta(hours=hours))


def filled(faces, reserves, wanted, below: int = 8, up_to: int = 24):
    return plan(MUG, faces, reserves, wanted, NOW, below_hours=below, up_to_hours=up_to)


def test_what_is_wanted_in_an_hour_is_what_orders_want_until_they_are_due() -> None:
    assert per_hour(due_in(4, 40), NOW) == 10
    assert per_hour(due_in(0.1, 40), NOW) == per_hour(due_in(-5, 40), NOW) == 40
    assert per_hour(due_in(240, 48), NOW) == 2
    assert per_hour(Wanted(recent_pieces=7 * 24 * 3), NOW) == 3


def test_a_face_that_lasts_long_enough_is_left_alone() -> None:
    assert filled([Face("A", 80, 99)], [reserve("R", 99)], due_in(4, 40)) is None
    assert filled([Face("A", 0, 99)], [reserve("R", 99)], Wanted()) is None
    assert filled([], [reserve("R", 99)], due_in(4, 40)) is None


def test_it_is_filled_up_from_the_first_reserves_as_far_as_it_has_room() -> None:
    made = filled([Face("A", 20, 60)], [reserve("R", 50), reserve("S", 99)], due_in(4, 40))
    assert [(one.shelf.place, one.pieces) for one in made.takes] == [("R", 50), ("S", 10)]
    assert (made.per_hour, made.dry_at, made.lacking) == (10, NOW + timedelta(hours=2), 0)
    made = filled([Face("A", 20, 999)], [reserve("R", 50)], due_in(4, 40))
    assert (made.takes[0].pieces, made.lacking) == (50, 170)


def test_no_two_lots_come_to_one_face() -> None:
    reserves = [reserve("R", 5, "L1"), reserve("S", 5, "L2"), reserve("T", 5, "L1")]
    made = filled([Face("A", 0, 99)], reserves, due_in(1, 99))
    assert [one.shelf.place for one in made.takes] == ["R", "T"]


def test_a_face_that_is_barred_gets_nothing_and_another_one_is_filled_before() -> None:
    barred = Face("A", 0, 99, "lot")
    assert filled([barred], [reserve("R", 9)], due_in(1, 9)).bar == "lot"
    assert filled([barred, Face("B", 3, 99)], [reserve("R", 9)], due_in(1, 9)).face == "B"


def test_what_runs_dry_first_comes_first() -> None:
    late = filled([Face("A", 20, 60)], [], due_in(4, 40))
    soon = filled([Face("B", 5, 60)], [], due_in(4, 40))
    assert by_urgency([late, soon]) == (soon, late)
