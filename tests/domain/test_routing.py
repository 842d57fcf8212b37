"""In which order a worker walks."""

from __future__ import annotations

from floorhand.domain.routing import WALK_STEP, Spot, number_stops, place_in_walk, walk_key


def test_the_numbers_of_the_site_decide() -> None:
    spots = [Spot("A", 30), Spot("B", 10), Spot("C", 20)]
    assert sorted(spots, key=walk_key) == [spots[1], spots[2], spots[0]]


def test_without_numbers_aisles_are_walked_as_a_serpentine() -> None:
    up = [Spot("A1", 0, 1, 0), Spot("A2", 0, 1, 900)]
    down = [Spot("B1", 0, 2, 0), Spot("B2", 0, 2, 900)]
    walked = sorted([*down, *reversed(up)], key=walk_key)
    assert [spot.code for spot in walked] == ["A1", "A2", "B2", "B1"]


def test_stops_at_one_place_share_a_number() -> None:
    numbers = number_stops([Spot("B", 20), Spot("A", 10), Spot("B", 20)])
    assert numbers == {"A": WALK_STEP, "B": 2 * WALK_STEP}


def test_a_place_ahead_is_put_in_where_the_path_passes_it() -> None:
    ahead = [(1024, Spot("B", 20)), (2048, Spot("D", 40))]
    number = place_in_walk(Spot("C", 30), Spot("A", 10), ahead)
    assert 1024 < number < 2048


def test_a_place_that_was_passed_comes_at_the_end() -> None:
    ahead = [(1024, Spot("C", 30)), (2048, Spot("D", 40))]
    assert place_in_walk(Spot("A", 10), Spot("B", 20), ahead) > 2048


def test_a_place_that_the_walk_visits_anyway_gets_the_same_stop() -> None:
    ahead = [(1024, Spot("C", 30)), (9999, Spot("A", 10))]
    assert place_in_walk(Spot("A", 10), Spot("B", 20), ahead) == 9999


def test_a_place_behind_all_others_comes_last_and_an_empty_walk_begins_anew() -> None:
    assert place_in_walk(Spot("Z", 90), Spot("B", 20), [(1024, Spot("C", 30))]) > 1024
    assert place_in_walk(Spot("Z", 90), Spot("B", 20), []) == WALK_STEP
