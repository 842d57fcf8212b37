import logging
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from textual import events
from tui.screens import (
    MENU,
    NOW,
    PICK,
    PIN,
    REFUSED,
    SIGN_IN,
    SIZES,
    ListRoad,
    picture,
    rest,
    send,
    settled,
    terminal,
    with_reader,
)

from floorhand.domain.keymap import KEYS
from floorhand.domain.preferences import Preferences
from floorhand.domain.scanners import Profile
from floorhand.errors import Code, DatabaseAway, DatabaseUnusable, Moves
from floorhand.flows.turn import Said
from floorhand.flows.waiting import SCANS_WAITING_MAX
from floorhand.store.past import Past
from floorhand.text.catalog import catalog
from floorhand.tui import answering, signals
from floorhand.tui.hearing import Rested
from floorhand.tui.telling import Manner

HANDHELD, DESK = (40, 20), (80, 24)
TAKEN = Said("sign_in.welcome", {"name": "Ana"}, "ok")
LOOK = Said("road.resumed", {"at": "09:00"}, "look")


def refuse_bad(turn, scanned):
    return replace(turn, said=REFUSED if scanned == "BAD" else TAKEN)


def bells(app, monkeypatch) -> list[int]:
    rung: list[int] = []
    monkeypatch.setattr(app, "bell", lambda: rung.append(1))
    monkeypatch.setattr(signals, "GAP_S", 0.001)
    monkeypatch.setattr(signals, "PAUSE_S", 0.002)
    return rung


@pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n", b"\t"])
async def test_scans_are_answered_in_order_whatever_ends_them(end: bytes) -> None:
    road = ListRoad()
    async with with_reader(terminal(road)).run_test(size=HANDHELD) as pilot:
        await send(pilot, end.join([b"A-1", b"]d2011\x1d10L", b"C 3", b""]))
    assert road.scans == [(12, "A-1"), (13, "]d2011\x1d10L"), (14, "C 3")]


async def test_keys_are_the_scans_of_their_command_barcodes() -> None:
    road = ListRoad()
    async with with_reader(terminal(road)).run_test(size=HANDHELD) as pilot:
        for sequence in (b"\x1bOP", b"\x1b[15~", b"\x1b[18~", b"\x1b[21~", b"\x1b[24~"):
            await send(pilot, sequence)
        await send(pilot, b"\x1b")
        await rest(pilot)
    assert [scanned for _, scanned in road.scans] == [
        "*HELP", "*SHORT", "*SKIP", "*DONE", "*OUT", "*BACK",
    ]  # fmt: skip


async def test_drivers_that_hand_over_single_keys_work_too() -> None:
    road = ListRoad()
    async with with_reader(terminal(road)).run_test(size=HANDHELD) as pilot:
        await pilot.press(*"T-1", "ctrl+right_square_bracket", "2", "enter", "f10", "tab", "escape")
        await settled(pilot)
    assert [scanned for _, scanned in road.scans] == ["T-1\x1d2", "*DONE", "*BACK"]


async def test_a_code_that_single_keys_bring_ends_by_silence_where_the_scanner_sends_no_end() -> (
    None
):
    road = ListRoad()
    road.profile = Profile(ends="none")
    async with with_reader(terminal(road)).run_test(size=HANDHELD) as pilot:
        screen = await settled(pilot)
        screen.post_message(events.Paste("T-1"))
        for _ in range(500):
            await pilot.pause(0.01)
            if road.scans:
                break
    assert road.scans == [(12, "T-1")]


async def test_nothing_can_take_the_focus_and_no_binding_can_be_typed() -> None:
    async with with_reader(terminal(ListRoad())).run_test(size=HANDHELD) as pilot:
        assert pilot.app.focused is None
        assert not pilot.app.screen.focus_chain
        assert pilot.app.screen.active_bindings == {}
        assert pilot.app._bindings.key_to_bindings == {}


async def test_no_control_character_ends_the_program() -> None:
    road = ListRoad()
    async with with_reader(terminal(road)).run_test(size=HANDHELD) as pilot:
        for number in [*range(32), 127]:
            await send(pilot, bytes([number]))
            await rest(pilot)
            await send(pilot, b"\x7f\rA-%d\r" % number)
            assert pilot.app.is_running
            assert road.scans[-1][1] == f"A-{number}"


async def test_after_a_refusal_the_waiting_scans_are_dropped_and_counted() -> None:
    road = ListRoad(answer=refuse_bad)
    async with with_reader(terminal(road)).run_test(size=DESK) as pilot:
        await send(pilot, b"A\rBAD\rC\rD\rE\r")
        assert [scanned for _, scanned in road.scans] == ["A", "BAD"]
        assert "3 scans after this were NOT taken." in picture(pilot.app)
        assert "✗ NOT TAKEN: 99 is not what stands" in picture(pilot.app)
        await send(pilot, b"F\r")
        assert "NOT taken" not in picture(pilot.app)
    assert road.scans[-1] == (14, "F")


async def test_one_dropped_scan_is_told_in_the_singular_and_in_the_workers_language() -> None:
    road = ListRoad(first=replace(PICK, language="it"), answer=refuse_bad)
    async with with_reader(terminal(road)).run_test(size=DESK) as pilot:
        await send(pilot, b"BAD\rC\r")
        assert "1 lettura dopo questa NON è stata presa." in picture(pilot.app)


async def test_the_frame_stays_red_until_the_next_good_scan() -> None:
    answers = {"BAD": REFUSED, "OK": TAKEN}
    road = ListRoad(answer=lambda t, s: replace(t, said=answers.get(s, t.said)))
    async with with_reader(terminal(road)).run_test(size=HANDHELD) as pilot:
        for scanned, tone in (("BAD", "refused"), ("x", "refused"), ("OK", "ok")):
            screen = await send(pilot, scanned.encode() + b"\r")
            assert screen._view().tone == tone
            await send(pilot, b"typing")
            assert screen._view().tone == tone
            await send(pilot, b"\x7f" * 6)


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
async def test_help_is_read_below_a_refusal_and_the_frame_stays_red(size) -> None:
    def answer(turn, scanned):
        help_text = Said(f"help.{turn.prompt.ask}", {}, "look")
        return replace(turn, said={"*HELP": help_text, "BAD": REFUSED}.get(scanned, TAKEN))

    road = ListRoad(answer=answer)
    async with with_reader(terminal(road)).run_test(size=size) as pilot:
        await send(pilot, b"BAD\rAFTER\r")
        for _ in range(2):
            screen = await send(pilot, b"\x1bOP")
            assert screen._view().tone == "refused"
            drawn = picture(pilot.app)
            assert "✗" in drawn
            assert "? Go to" in drawn
        if size[1] >= 20:
            told = " ".join(drawn.split())
            assert "99 is not what stands on" in told
            assert "1 scan after this was NOT taken" in told
        screen = await send(pilot, b"GOOD\r")
        assert screen._view().tone == "ok"
        screen = await send(pilot, b"\x1bOP")
        assert screen._view().tone == "look"


async def test_a_full_queue_refuses_aloud_until_it_is_empty() -> None:
    road = ListRoad(answer=refuse_bad)
    async with with_reader(terminal(road)).run_test(size=DESK) as pilot:
        await settled(pilot)
        road.gate.clear()
        pilot.app.screen.hear(tuple(pilot.app.reader.feed(b"FIRST\r")))
        await pilot.pause()
        rows = b"".join(b"S%d\r" % n for n in range(SCANS_WAITING_MAX + 3))
        pilot.app.screen.hear(tuple(pilot.app.reader.feed(rows)))
        await pilot.pause()
        assert f"▮▮ {SCANS_WAITING_MAX} waiting" in picture(pilot.app)
        assert "64 scans are waiting." in picture(pilot.app)
        road.gate.set()
        await settled(pilot)
        assert "3 scans were NOT taken. Scan them again." in picture(pilot.app)
        await send(pilot, b"NEXT\r")
        assert "NOT taken" not in picture(pilot.app)
    taken = [scanned for _, scanned in road.scans]
    assert taken == ["FIRST", *(f"S{n}" for n in range(SCANS_WAITING_MAX)), "NEXT"]
    assert [number for number, _ in road.scans] == list(range(12, 12 + len(taken)))


async def test_a_scan_keeps_its_number_while_the_database_is_away(monkeypatch) -> None:
    monkeypatch.setattr(answering, "RETRY_AFTER_S", (0.03,))
    seen: list[str] = []
    road = ListRoad(answer=lambda turn, _: replace(turn, said=TAKEN))
    app = with_reader(terminal(road))
    take, tries = road.take, []

    def away_three_times(scan_no: int, scanned: str, source: str):
        tries.append((scan_no, scanned))
        if len(tries) < 4:
            raise DatabaseAway
        seen.append(picture(app))
        return take(scan_no, scanned, source)

    road.take = away_three_times
    async with app.run_test(size=DESK) as pilot:
        await send(pilot, b"A\rB\r")
        assert "Not yet saved" in seen[0]
        assert "▮▮ 1 waiting" in seen[0]
        assert "Not yet saved" not in picture(app)
    assert tries == [(12, "A")] * 4 + [(13, "B")]


async def test_a_terminal_that_starts_while_the_database_is_away_waits_for_it(monkeypatch) -> None:
    monkeypatch.setattr(answering, "RETRY_AFTER_S", (0.03,))
    road, tries = ListRoad(), []

    def sit():
        tries.append(1)
        if len(tries) < 3:
            raise DatabaseAway
        return PICK

    road.sit = sit
    async with with_reader(terminal(road)).run_test(size=DESK) as pilot:
        await send(pilot, b"A\r")
    assert road.scans == [(12, "A")]


async def test_a_terminal_whose_database_is_unusable_ends_with_the_reason() -> None:
    road, reason = ListRoad(), DatabaseUnusable("floor.db was written by a newer floorhand.")

    def sit():
        raise reason

    road.sit = sit
    app = with_reader(terminal(road))
    async with app.run_test(size=DESK) as pilot:
        await pilot.pause()
    assert app.return_value is reason


def boom(turn, scanned):
    raise ZeroDivisionError(f"while looking at {scanned}")


async def test_a_failure_is_told_and_logged_and_the_terminal_goes_on(caplog) -> None:
    road = ListRoad(answer=boom)
    async with with_reader(terminal(road)).run_test(size=DESK) as pilot:
        with caplog.at_level(logging.ERROR, "floorhand"):
            await send(pilot, b"A\rB\r")
        assert pilot.app.screen.turn.said.text == f"refusal.{Code.SYSTEM_FAILED}"
        assert "NOT taken: the system failed" in picture(pilot.app)
        assert "1 scan after this was NOT taken." in picture(pilot.app)
        road.answer = lambda turn, _: replace(turn, said=TAKEN)
        await send(pilot, b"A\r")
        assert "Hello Ana" in picture(pilot.app)
    assert road.scans == [(12, "A"), (12, "A")]
    assert "ZeroDivisionError: while looking at A" in caplog.text


async def test_what_is_typed_as_a_pin_is_neither_shown_nor_logged(caplog) -> None:
    road = ListRoad(first=PIN, answer=boom)
    async with with_reader(terminal(road)).run_test(size=DESK) as pilot:
        await send(pilot, b"837261")
        assert "837261" not in picture(pilot.app)
        assert "••••••" in picture(pilot.app)
        with caplog.at_level(logging.ERROR, "floorhand"):
            await send(pilot, b"\r")
    assert "ZeroDivisionError" in caplog.text
    assert "837261" not in caplog.text


async def test_one_bell_for_look_two_for_refused_none_for_taken(monkeypatch) -> None:
    answers = {"OK": TAKEN, "LOOK": LOOK, "BAD": REFUSED}
    road = ListRoad(answer=lambda turn, scanned: replace(turn, said=answers[scanned]))
    app = with_reader(terminal(road))
    async with app.run_test(size=DESK) as pilot:
        rung = bells(app, monkeypatch)
        for scanned, count in (("OK", 0), ("LOOK", 1), ("BAD", 2)):
            rung.clear()
            await send(pilot, scanned.encode() + b"\r")
            await pilot.pause(0.02)
            assert len(rung) == count, scanned


async def test_a_scan_that_needs_no_words_is_as_good_as_others(monkeypatch) -> None:
    road = ListRoad(answer=lambda turn, _scanned: replace(turn, said=None))
    app = with_reader(terminal(road, manner=Manner(bell_ok=True)))
    async with app.run_test(size=HANDHELD) as pilot:
        rung = bells(app, monkeypatch)
        screen = await send(pilot, b"26\r")
        assert screen._view().tone == "ok"
        assert "✓" in picture(app).splitlines()[0]
        await pilot.pause(0.02)
        assert len(rung) == 1


async def test_finished_work_is_told_apart_by_rhythm_and_a_worker_can_have_silence(
    monkeypatch,
) -> None:
    done = Said("packing.shipped_one", {"order": "A/1", "box": "S", "carton": "C"}, "finished")
    for mute, count in ((False, 3), (True, 0)):
        first = replace(PICK, preferences=Preferences(mute=mute))
        road = ListRoad(first=first, answer=lambda turn, _: replace(turn, said=done))
        app = with_reader(terminal(road))
        async with app.run_test(size=DESK) as pilot:
            rung = bells(app, monkeypatch)
            await send(pilot, b"A\r")
            await pilot.pause(0.02)
            assert len(rung) == count
            assert "✓✓ Picking" in picture(app)


async def test_f11_shows_what_was_scanned_with_its_fate_and_the_next_scan_goes_on() -> None:
    before = tuple(Past(n, NOW, f"OLD-{n}", n != 3, 2) for n in range(1, 12))
    road = ListRoad(answer=refuse_bad, scanned_before=before)
    async with with_reader(terminal(road)).run_test(size=DESK) as pilot:
        await send(pilot, b"A\rBAD\rLOST\r")
        assert "✗ LOST" in picture(pilot.app)
        for press in (b"\x1b[23~", b"*SCANS\r"):
            await send(pilot, press)
            await pilot.pause()
            drawn = picture(pilot.app)
            assert "This shift: scans 423, pieces booked 622." in drawn
            assert " – 09:41:07 ✗ LOST  NOT taken" in drawn
            assert "13 09:41:07 ✗ BAD  refused" in drawn
            assert "12 09:41:07 ✓ A  taken" in drawn
            assert " 3 09:41:07 ✗ OLD-3  refused · +2" in drawn
            assert "Go and scan the bin" not in drawn
            await send(pilot, press)
            assert "Go and scan the bin" in picture(pilot.app)
        await send(pilot, b"\x1b[23~")
        assert pilot.app.focused is None
        assert len(pilot.app.screen_stack) == 1
        await send(pilot, b"NEXT\r")
        assert "Go and scan the bin" in picture(pilot.app)
    assert [scanned for _, scanned in road.scans] == ["A", "BAD", "NEXT"]


async def test_the_list_of_scans_is_paged_on_the_smallest_screen() -> None:
    before = tuple(Past(n, NOW, f"OLD-{n}", True, 0) for n in range(1, 51))
    road = ListRoad(scanned_before=before)
    async with with_reader(terminal(road)).run_test(size=(40, 8)) as pilot:
        await settled(pilot)
        await send(pilot, b"\x1b[23~")
        assert "OLD-50" in picture(pilot.app)
        await send(pilot, b"\x1b[6~" * 30)
        assert "OLD-1 " in picture(pilot.app)
        await send(pilot, b"\x1b[5~" * 30)
        assert "OLD-50" in picture(pilot.app)
    assert road.scans == []


async def test_a_typed_pin_is_not_in_the_list_of_scans() -> None:
    road = ListRoad(first=PIN, answer=lambda turn, _: replace(MENU, scan_no=1))
    async with with_reader(terminal(road)).run_test(size=DESK) as pilot:
        await send(pilot, b"837261\r")
        await send(pilot, b"\x1b[23~")
        assert "••••" in picture(pilot.app)
        assert "837261" not in picture(pilot.app)


async def test_the_last_three_scans_stand_where_there_is_room() -> None:
    road = ListRoad(answer=refuse_bad)
    for size, shown in ((DESK, 3), ((40, 8), 0)):
        async with with_reader(terminal(road)).run_test(size=size) as pilot:
            await send(pilot, b"A-1\rA-2\rA-3\rBAD\r")
            drawn = picture(pilot.app)
            assert sum(code in drawn for code in ("✓ A-2", "✓ A-3", "✗ BAD")) == shown
            assert "✓ A-1" not in drawn


async def test_a_scan_too_long_is_refused_once_and_the_next_one_is_taken() -> None:
    road = ListRoad(answer=lambda turn, _: replace(turn, said=TAKEN))
    async with with_reader(terminal(road)).run_test(size=DESK) as pilot:
        await send(pilot, b"x" * 10_000)
        assert "512+ characters are no barcode" in picture(pilot.app)
        await send(pilot, b"\rA-1\r")
        assert "Hello Ana" in picture(pilot.app)
    assert road.scans == [(12, "A-1")]


async def test_a_key_in_the_middle_of_a_scan_says_so_and_spoils_it() -> None:
    road = ListRoad()
    async with with_reader(terminal(road)).run_test(size=DESK) as pilot:
        await send(pilot, b"12\x1b[21~")
        assert "There are characters before this key." in picture(pilot.app)
        assert "▸ 12<F10>▁" in picture(pilot.app)
        await send(pilot, b"3\r")
        assert "NOT taken: 12<F10>3." in picture(pilot.app)
        await send(pilot, b"A-1\r")
    assert road.scans == [(12, "A-1")]


async def test_escape_clears_first_and_goes_back_second() -> None:
    road = ListRoad()
    async with with_reader(terminal(road)).run_test(size=DESK) as pilot:
        await send(pilot, b"12\x1b")
        await rest(pilot)
        assert "▸ 12" not in picture(pilot.app)
        assert road.scans == []
        await send(pilot, b"\x1b")
        await rest(pilot)
    assert road.scans == [(12, "*BACK")]


async def test_the_terminal_is_left_by_f12_twice_at_the_sign_in() -> None:
    road = ListRoad(first=SIGN_IN)
    app = with_reader(terminal(road))
    async with app.run_test(size=DESK) as pilot:
        await send(pilot, b"\x1b[24~")
        assert "Press F12 once more" in picture(app)
        await send(pilot, b"X\r")
        await send(pilot, b"\x1b[24~")
        assert app.is_running
        pilot.app.screen.hear(tuple(app.reader.feed(b"\x1b[24~")))
        await pilot.pause()
        assert app._exit
    assert road.scans == [(1, "X")]


async def test_a_terminal_that_must_not_be_left_is_not() -> None:
    road = ListRoad(first=SIGN_IN)
    app = with_reader(terminal(road, may_leave=False))
    async with app.run_test(size=DESK) as pilot:
        await send(pilot, b"\x1b[24~\x1b[24~\x1b[24~")
        assert app.is_running
        assert "Leave" not in picture(app)
    assert [scanned for _, scanned in road.scans] == ["*OUT"] * 3


async def test_somebody_who_works_is_not_put_out_by_f12() -> None:
    road = ListRoad(first=MENU)
    app = with_reader(terminal(road))
    async with app.run_test(size=DESK) as pilot:
        await send(pilot, b"\x1b[24~\x1b[24~")
        assert app.is_running
    assert [scanned for _, scanned in road.scans] == ["*OUT", "*OUT"]


async def test_the_language_follows_the_badge() -> None:
    road = ListRoad(
        first=SIGN_IN, answer=lambda _t, s: replace(MENU, language="it" if s == "A" else "en")
    )
    async with with_reader(terminal(road)).run_test(size=DESK) as pilot:
        await settled(pilot)
        assert "Scan your badge" in picture(pilot.app)
        await send(pilot, b"A\r")
        assert "Ricevimento" in picture(pilot.app)
        await send(pilot, b"B\r")
        assert "Receiving" in picture(pilot.app)


async def test_an_answer_that_comes_while_the_terminal_ends_harms_nothing() -> None:
    app = with_reader(terminal(ListRoad()))
    async with app.run_test() as pilot:
        screen = await settled(pilot)
        await screen.prompt_view.remove()
        screen._shown.notices = (REFUSED,)
        screen._paint()
    assert app._exception is None


async def test_a_hint_says_what_to_type_for_want_of_a_scanner() -> None:
    road = ListRoad(code="47")
    async with with_reader(terminal(road)).run_test(size=HANDHELD) as pilot:
        await settled(pilot)
        await pilot.pause()
        assert "No scanner? Type: 47" in picture(pilot.app)
        await send(pilot, b"4")
        assert "No scanner?" not in picture(pilot.app)


async def test_a_barcode_and_a_name_may_hold_markup() -> None:
    evil = "[/b][red]x[@click=app.quit]y[/]"

    def refuse(turn, scanned):
        facts = {"code": scanned, "ask_text": turn.prompt.ask}
        return replace(turn, said=Said("refusal.unknown_barcode", facts, "refused"))

    road = ListRoad(first=replace(PICK, worker_name=evil), answer=refuse)
    async with with_reader(terminal(road)).run_test(size=DESK) as pilot:
        await send(pilot, evil.encode())
        assert picture(pilot.app).count(evil) == 2
        await send(pilot, b"\r")
        assert picture(pilot.app).count(evil) == 3


async def test_a_long_list_is_paged_without_a_scan() -> None:
    goods = tuple(replace(PICK.prompt.goods[0], code=f"SKU-{n}", mark="") for n in range(60))
    road = ListRoad(first=replace(PICK, prompt=replace(PICK.prompt, count="", goods=goods)))
    async with with_reader(terminal(road)).run_test(size=HANDHELD) as pilot:
        await settled(pilot)
        assert "SKU-0 " in picture(pilot.app)
        for _ in range(20):
            await send(pilot, b"\x1b[6~")
        assert "SKU-59" in picture(pilot.app)
        await send(pilot, b"\x1b[5~" * 20)
        assert "SKU-0 " in picture(pilot.app)
    assert road.scans == []


async def test_the_screen_follows_a_change_of_size() -> None:
    async with with_reader(terminal(ListRoad())).run_test(size=DESK) as pilot:
        await settled(pilot)
        await pilot.resize_terminal(40, 20)
        await pilot.pause()
        lines = picture(pilot.app).split("\n")
        assert max(len(line) for line in lines) <= 40
        assert "█▀█ ▀▀  █" in picture(pilot.app)


async def test_the_clock_is_the_sites() -> None:
    from zoneinfo import ZoneInfo

    app = terminal(ListRoad(zone=ZoneInfo("Asia/Kolkata")))
    async with with_reader(app).run_test(size=DESK) as pilot:
        await settled(pilot)
        assert "15:11" in picture(pilot.app).split("\n")[0]
    assert datetime.fromisoformat("2026-03-02T09:41:07+00:00") == NOW


def test_a_log_is_written_where_it_was_asked_for(tmp_path: Path) -> None:
    from floorhand.tui.app import _log_to

    logger = logging.getLogger("floorhand")
    before = (list(logger.handlers), logger.propagate)
    _log_to(tmp_path / "logs" / "terminal.log")
    logging.getLogger("floorhand.terminal").error("scan 7 not taken")
    for handler in set(logger.handlers) - set(before[0]):
        logger.removeHandler(handler)
        handler.close()
    logger.propagate = before[1]
    assert "scan 7 not taken" in (tmp_path / "logs" / "terminal.log").read_text("utf-8")


def test_all_texts_of_the_terminal_are_there_in_each_language() -> None:
    keys = [
        "starting", "waiting", "taken", "look", "not_taken", "dropped", "full", "missed",
        "not_yet_saved", "half_scan", "inner_key", "unended", "leave", "leave_key", "hint",
        "hint_key", "more",
    ]  # fmt: skip
    english = catalog("en")
    for key in keys:
        facts = {"pieces": 2, "count": 2, "code": "X", "key": "F9"}
        assert english.say(f"terminal.{key}", facts) != f"terminal.{key}"
        assert catalog("it").say(f"terminal.{key}", facts) != english.say(f"terminal.{key}", facts)
    assert "f8" not in {key for key, _ in KEYS.values()}


@pytest.mark.parametrize("in_work", [False, True])
async def test_a_terminal_moves_when_nothing_more_is_read_and_nobody_works_or_it_has_to(
    in_work: bool,
) -> None:
    road = ListRoad(first=MENU if in_work else SIGN_IN)
    app = with_reader(terminal(road))
    async with app.run_test(size=HANDHELD) as pilot:
        screen = await settled(pilot)
        app.move(in_work)
        await settled(pilot)
        assert app.return_value is None
        screen.hear((*app.reader.feed(b"T-1\r"), Rested()))
        await settled(pilot)
        assert len(road.scans) == 1
        assert app.return_value is None
        screen.hear((Rested(),))
    assert isinstance(app.return_value, Moves)


async def test_a_terminal_that_need_not_move_stays_as_long_as_somebody_works_at_it() -> None:
    road = ListRoad(answer=lambda turn, scan: SIGN_IN if scan == "*OUT" else turn)
    app = with_reader(terminal(road))
    async with app.run_test(size=HANDHELD) as pilot:
        screen = await settled(pilot)
        app.move(False)
        screen.hear((Rested(),))
        await settled(pilot)
        assert app.return_value is None
        await send(pilot, b"\x1b[24~")
        screen.hear((Rested(),))
    assert isinstance(app.return_value, Moves)
