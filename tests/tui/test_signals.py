"""Every tone sounds different from every other, and nobody has to wait for a bell."""

from itertools import combinations, pairwise

from floorhand.tui.signals import BELLS, GAP_S, bells
from floorhand.tui.view import TONES


def test_no_two_tones_sound_alike() -> None:
    for also_ok in (False, True):
        heard = {tone: bells(tone, also_ok=also_ok) for tone in TONES[1:]}
        for one, other in combinations(heard.values(), 2):
            assert one != other


def test_nothing_one_two_and_a_setting_adds_one() -> None:
    assert [len(bells(tone)) for tone in ("calm", "ok", "look", "refused")] == [0, 0, 1, 2]
    for tone in BELLS:
        assert len(bells(tone, also_ok=True)) == len(bells(tone)) + 1


def test_finished_work_has_a_rhythm_of_its_own() -> None:
    first, second, third = bells("finished")
    assert second - first > 2 * (third - second)


def test_bells_are_far_enough_apart_to_be_heard_as_several() -> None:
    for tone in BELLS:
        times = bells(tone, also_ok=True)
        assert all(late - early >= GAP_S * 0.99 for early, late in pairwise(times))


def test_silence_is_silence() -> None:
    assert {bells(tone, also_ok=True, mute=True) for tone in TONES} == {()}
