"""The board on its screen: what it shows at each size, and what its keys do."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from datetime import UTC, timedelta
from pathlib import Path
from time import monotonic

import pytest
from textual.events import MouseScrollDown
from tui.screens import NOW, SIZES, picture

from floorhand.domain.cut_offs import CutOff, Forecast, Outlook, forecasts, outlook_words
from floorhand.domain.printing import Stands
from floorhand.domain.shifts import Period
from floorhand.domain.troubles import KINDS
from floorhand.errors import DatabaseAway
from floorhand.store.board import AtWork, Board, DueReturns, Waits
from floorhand.store.cells import Details, Figure, Lead, Outline, Word
from floorhand.text.catalog import catalog, languages
from floorhand.tui import board as board_module
from floorhand.tui import opened as opened_module
from floorhand.tui.board import BoardApp, Looked, Sight
from floorhand.tui.board_details import DetailsView, Order, lay_out_details, target_of, written
from floorhand.tui.board_layout import lay_out_board
from floorhand.tui.board_parts import BoardView, Target, moment, parts_of, span, targets
from floorhand.tui.driver import Arrived
from floorhand.tui.rows import Part, key_parts
from floorhand.tui.scan import Scan, ScanReader, Typed
from floorhand.tui.tables import Column, Table, table_rows

PICTURES = Path(__file__).parent / "boards"
H = timedelta(hours=1)


def a_board() -> Board:
    cut_offs = (
        CutOff(NOW - H, {"packing": 1, "hold": 2}, 40, 3),
        CutOff(NOW + 2 * H, {"released": 60, "picking": 12, "picked": 8}, 5),
        CutOff(NOW + 9 * H, {"released": 20, "waiting": 4}),
        CutOff(NOW + 30 * H, {}),
    )
    return Board(
        at=NOW,
        shift=Period("early", NOW - 4 * H, NOW + 4 * H),
        per_hour=36.0,
        shipped=48,
        forecasts=forecasts(cut_offs, 36.0, NOW),
        people=(
            AtWork("W1", "Ana [bold]", "H-1", "", "picking", "CART-1", NOW - H, NOW - H / 6),
            AtWork("W2", "Ben", "P-1", "PACK-1", "packing", "", NOW - 2 * H, NOW),
        ),
        waits=(Waits("putaway", 3, 144, NOW - 5 * H), Waits("return", 7, 0, NOW - 50 * H)),
        returns=DueReturns(1, 2, 0, 4),
        printers=(Stands("A", "ready"), Stands("Z-1", "paper", waiting=4, late=True)),
        refusals={"unknown_barcode": 9, "wrong_place": 2},
        troubles=(Waits("short_order", 2, 0, NOW - H),),
    )


ROWS = (
    ("ACME/2", Word("order_state.picking"), 12, NOW + H),
    ("BOLT/10", Word("order_state.picked"), 2, NOW - 40 * H),
    ("ACME/10", Word("order_state.hold"), 7, None),
)


@dataclass
class Looking:
    """Gives a board, and keeps what it was asked."""

    board: Board = field(default_factory=a_board)
    asked: list[Target | None] = field(default_factory=list)
    kept: list[tuple[object, ...]] = field(default_factory=list)
    away: bool = False

    def look(self, target: Target | None) -> Looked:
        self.asked.append(target)
        if self.away:
            raise DatabaseAway("cut")
        found = Details(("order", "state", "pieces", "due"), ROWS, len(ROWS))
        return Looked(self.board.at, self.board, found if target else None)

    def keep(self, *table: object) -> str:
        self.kept.append(table)
        return "Kept as board.csv."


@pytest.fixture(autouse=True)
def looks_often(monkeypatch) -> None:
    monkeypatch.setattr(board_module, "LOOK_EVERY_S", 0.05)


def app_of(looking: Looking, language: str = "en") -> BoardApp:
    app = BoardApp(Sight(looking.look, looking.keep, catalog(language), site="MAIN"))
    app.reader = ScanReader()
    return app


async def shows(pilot, word: str) -> str:
    """Wait until a word is on the screen."""
    while word not in (shown := picture(pilot.app)):
        await pilot.pause(0.005)
    return shown


async def test_a_wall_shows_the_board_again_once_nobody_is_there(monkeypatch) -> None:
    looking = Looking()
    sight = Sight(looking.look, looking.keep, catalog("en"), site="MAIN", rests_s=60.0)
    app = BoardApp(sight)
    app.reader = ScanReader()
    async with app.run_test(size=SIZES["120x40"]) as pilot:
        await shows(pilot, "Will it leave in time?")
        await press(pilot, "right")
        await shows(pilot, "ACME/2")
        later = monotonic() + 61.0
        monkeypatch.setattr(opened_module, "monotonic", lambda: later)
        await shows(pilot, "Will it leave in time?")
        await press(pilot, "right")
        await shows(pilot, "ACME/2")


async def press(pilot, *keys: str) -> str:
    for key in keys:
        pilot.app.post_message(Arrived(tuple(pilot.app.reader.press(key))))
        await pilot.pause()
    return picture(pilot.app)


async def type_in(pilot, text: str) -> str:
    pilot.app.post_message(Arrived(tuple(pilot.app.reader.feed(text.encode()))))
    await pilot.pause()
    return picture(pilot.app)


async def enter(pilot, text: str) -> str:
    """Type as slowly as people do, to the end."""
    pilot.app.post_message(Arrived((Scan(text, "typed"),)))
    await pilot.pause()
    return picture(pilot.app)


@pytest.mark.parametrize("size", ["40x20", "80x24", "120x40"])
async def test_a_board_looks_as_it_did(size: str) -> None:
    async with app_of(Looking()).run_test(size=SIZES[size]) as pilot:
        shown = await shows(pilot, "09:41:07")
    file = PICTURES / f"{size}.txt"
    if os.environ.get("UPDATE"):
        file.write_text(shown, "utf-8")
    assert shown == file.read_text("utf-8")


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("size", [(20, 8), (30, 14), (76, 20), (200, 60)])
async def test_a_board_fits_any_screen_in_any_language(size, language) -> None:
    async with app_of(Looking(), language).run_test(size=size) as pilot:
        await shows(pilot, "09:41")
        await press(pilot, "down", "right")
        assert all(len(line) <= size[0] for line in picture(pilot.app).splitlines())


async def test_the_mark_goes_over_all_that_can_be_opened_and_stays_among_it() -> None:
    looking = Looking()
    async with app_of(looking).run_test(size=SIZES["120x40"]) as pilot:
        await shows(pilot, "▶ 08:41")
        assert "▶ 11:41" in await press(pilot, "down")
        assert "▶ Ana" in await press(pilot, *["down"] * 3)
        assert "▶Refused in the last hour" in await press(pilot, *["pagedown"] * 3)
        assert "▶ Short orders" in await press(pilot, "up")
        assert "▶ 08:41" in await press(pilot, *["pageup"] * 3)
    assert len(targets(looking.board)) == 4 + 2 + 2 + 2 + 1 + 1


async def test_a_line_is_opened_and_left_again() -> None:
    looking = Looking()
    async with app_of(looking).run_test(size=SIZES["80x24"]) as pilot:
        await shows(pilot, "▶ 08:41")
        await press(pilot, *["down"] * 4, "right")
        shown = await shows(pilot, "BOLT/10")
        assert "Scans of Ana [bold]" in shown
        assert "▶ ACME/2" in shown
        assert looking.asked[-1] == Target("worker", "W1")
        assert "Will it leave in time?" in await press(pilot, "escape")


async def click(pilot, word: str) -> str:
    """Click on a word."""
    rows = picture(pilot.app).splitlines()
    y = next(y for y, row in enumerate(rows) if word in row)
    await pilot.click(offset=(rows[y].index(word), y))
    await pilot.pause()
    return picture(pilot.app)


async def test_all_can_be_done_with_a_mouse() -> None:
    looking = Looking()
    async with app_of(looking).run_test(size=SIZES["120x40"]) as pilot:
        await shows(pilot, "▶ 08:41")
        await click(pilot, "To put away")
        assert "BOLT/10" in await shows(pilot, "▶ ACME/2")
        assert looking.asked[-1] == Target("waits", "putaway")
        shown = await click(pilot, "Pieces")
        assert "Pieces ▲" in shown
        assert "Pieces ▼" in await click(pilot, "Pieces")
        assert "Kept as board.csv." in await click(pilot, "F9")
        assert "Will it leave in time?" in await click(pilot, "← Back")
        await pilot._post_mouse_events([MouseScrollDown], offset=(5, 5))
        await pilot.pause()
        assert "▶ Returns" in picture(pilot.app)


@pytest.mark.parametrize("what", ["Pieces", "nothing", "F4", "F9", "F1"])
async def test_what_a_key_came_to_is_told_until_the_next_click(what: str) -> None:
    app = app_of(Looking())
    async with app.run_test(size=SIZES["120x40"]) as pilot:
        await shows(pilot, "▶ 08:41")
        await press(pilot, "right")
        await shows(pilot, "BOLT/10")
        assert "Kept as board.csv." in await press(pilot, "f9")
        assert "Kept as board.csv." in await click(pilot, "F9")
        if what == "nothing":
            await pilot.click(offset=(60, 20))
            await pilot.pause()
        else:
            await click(pilot, what)
        if what == "F1":
            await press(pilot, "left")
        assert ("Kept as" in picture(pilot.app)) is (what == "F9")


async def test_the_wall_stays_where_somebody_clicks(monkeypatch) -> None:
    looking = Looking()
    sight = Sight(looking.look, looking.keep, catalog("en"), site="MAIN", rests_s=60.0)
    app = BoardApp(sight)
    app.reader = ScanReader()
    async with app.run_test(size=SIZES["120x40"]) as pilot:
        await shows(pilot, "▶ 08:41")
        await press(pilot, "right")
        await shows(pilot, "BOLT/10")
        later = monotonic() + 59.0
        monkeypatch.setattr(opened_module, "monotonic", lambda: later)
        await click(pilot, "Pieces")
        much_later = later + 59.0
        monkeypatch.setattr(opened_module, "monotonic", lambda: much_later)
        asked = len(looking.asked)
        while len(looking.asked) < asked + 2:
            await pilot.pause(0.005)
        assert "BOLT/10" in picture(pilot.app)


async def test_a_key_tells_what_the_figures_mean() -> None:
    looking = Looking()
    async with app_of(looking).run_test(size=SIZES["80x24"]) as pilot:
        await shows(pilot, "▶ 08:41")
        shown = await press(pilot, "f1")
        assert "Moment by which orders must have left" in shown
        assert "Will it leave in time?" in await press(pilot, "f1", "escape")
        await press(pilot, "right")
        await shows(pilot, "BOLT/10")
        assert "By when it has to be done." in await press(pilot, "f1")
        asked = len(looking.asked)
        await shows(pilot, "Single pieces of goods")
        assert Target("details.help", "") not in looking.asked[asked:]


def test_a_refusal_is_told_in_words_without_its_facts() -> None:
    view = DetailsView(
        "", Details(("fate",), ((Outline("refusal.wrong_place"),),), 1), catalog("en"), UTC, NOW
    )
    ((told,),) = written(view)
    assert told.startswith("✗ ")
    assert "{" not in told
    assert "…" in told


def test_a_sentence_that_is_nothing_but_a_gap_is_left_out_of_a_refusal() -> None:
    for language in languages():
        assert catalog(language).outline("refusal.unknown_barcode").count("…") == 1


@pytest.mark.parametrize("down", [False, True])
def test_cells_in_which_nothing_is_come_last_either_way(down: bool) -> None:
    details = Details(("order", "state", "pieces", "due"), ROWS, len(ROWS))
    view = DetailsView("", details, catalog("en"), UTC, NOW, Order("due", down))
    assert [row[0] for row in written(view)][-1] == "ACME/10"


def test_a_table_stays_sorted_by_a_column_when_another_one_comes() -> None:
    order, orders = Order().by("order"), []
    for heads, rows in (
        (("pieces", "order"), [(1, "B"), (2, "A")]),
        (("pieces", "tote", "order"), [(1, "T-1", "B"), (2, "T-2", "A")]),
    ):
        details = Details(heads, tuple(rows), len(rows))
        shown = written(DetailsView("", details, catalog("en"), UTC, NOW, order))
        orders.append([row[-1] for row in shown])
    assert orders == [["A", "B"], ["A", "B"]]


def test_a_moment_of_another_month_is_told_with_its_date() -> None:
    told = [moment(NOW - timedelta(days=days), NOW, UTC) for days in (0, 27, 28)]
    assert told == ["09:41", "03. 09:41", "2026-02-02"]


def test_moments_told_together_are_the_first_and_the_last() -> None:
    def told(*hours: float) -> str:
        first, last = (NOW.replace(minute=0) + timedelta(hours=one) for one in hours)
        return span(first, last, NOW, UTC)

    assert told(1, 1) == "10:00"
    assert told(1, 1.5) == "10:00–10:30"
    assert told(25, 26) == "03. 10:00–11:00"
    assert told(-30, -10) == "01. 03:00–23:00"
    assert told(-30, 1) == "01. 03:00–10:00"
    assert told(-24 * 40, -24 * 40 + 1) == "2026-01-21"
    assert told(-24 * 40, -9) == "2026-01-21–00:00"


@pytest.mark.parametrize(("ago_h", "told"), [(1, "23:30"), (11, "13:30"), (12, "02. 12:30")])
def test_the_hours_before_midnight_are_told_without_their_day(ago_h: int, told: str) -> None:
    now = NOW.replace(hour=0, minute=30) + 24 * H
    who = replace(a_board().people[1], since=now - ago_h * H)
    board = replace(a_board(), at=now, people=(who,))
    rows = parts_of(BoardView(board, catalog("en"), UTC, "MAIN"), board)[1].body
    assert rows[0][3].text == told


async def test_a_table_is_sorted_by_each_column_both_ways() -> None:
    def order(shown: str) -> list[str]:
        return [word for word in shown.split() if "/" in word and word[0].isupper()]

    async with app_of(Looking()).run_test(size=SIZES["80x24"]) as pilot:
        await shows(pilot, "▶ 08:41")
        await press(pilot, "right")
        assert order(await shows(pilot, "BOLT/10")) == ["ACME/2", "BOLT/10", "ACME/10"]
        assert order(await press(pilot, "f4")) == ["ACME/10", "ACME/2", "BOLT/10"]
        assert order(await press(pilot, "f4")) == ["BOLT/10", "ACME/2", "ACME/10"]
        shown = await press(pilot, *["f4"] * 3)
        assert "Pieces ▲" in shown
        assert order(shown) == ["BOLT/10", "ACME/10", "ACME/2"]
        assert order(await press(pilot, "f4", "f4")) == ["BOLT/10", "ACME/2", "ACME/10"]
        assert order(await press(pilot, "f4", "f4")) == ["ACME/2", "BOLT/10", "ACME/10"]


async def test_what_is_typed_or_scanned_is_searched_for() -> None:
    async with app_of(Looking()).run_test(size=SIZES["80x24"]) as pilot:
        await shows(pilot, "▶ 08:41")
        await press(pilot, "right")
        await shows(pilot, "BOLT/10")
        shown = await type_in(pilot, "READY")
        assert "Only with: READY" in shown
        assert "BOLT/10" in shown
        assert "ACME/2" not in shown
        assert "Enter first" in await press(pilot, "f9")
        shown = await enter(pilot, "ACME/10")
        assert "▶ ACME/10" in shown
        assert "BOLT/10" not in shown
        assert "BOLT/10" in await press(pilot, "escape")
        assert "About T-9" in await enter(pilot, "T-9")


async def test_a_key_inside_what_is_typed_leaves_the_search_as_it_is() -> None:
    looking = Looking()
    async with app_of(looking).run_test(size=SIZES["80x24"]) as pilot:
        await shows(pilot, "▶ 08:41")
        await press(pilot, "right")
        await shows(pilot, "BOLT/10")
        for _ in range(2):
            await type_in(pilot, "REA")
            shown = await press(pilot, "f9")
            assert "Enter first" in shown
            assert "BOLT/10" in shown
            assert "ACME/2" not in shown
            shown = await type_in(pilot, "DY")
            assert "Enter first" in shown
            assert "BOLT/10" in shown
            assert looking.kept == []
            shown = await type_in(pilot, "\r")
            assert "Only with: READY" in shown
            assert "ACME/2" not in shown
        assert "Kept as board.csv." in await press(pilot, "f9")
        assert [row[0] for row in looking.kept[0][2]] == ["BOLT/10"]


async def test_what_was_typed_around_a_key_is_erased_as_a_whole() -> None:
    async with app_of(Looking()).run_test(size=SIZES["80x24"]) as pilot:
        await shows(pilot, "▶ 08:41")
        await press(pilot, "right")
        await shows(pilot, "BOLT/10")
        for erase in ("\x7f", "\x1b"):
            await type_in(pilot, "READY")
            await press(pilot, "f9")
            shown = await (press(pilot, "escape") if erase == "\x1b" else type_in(pilot, erase))
            assert "In all: 3." in shown
            assert "ACME/2" in shown
        assert "Only with: <F9>" in await type_in(pilot, "<F9>")


async def test_what_is_typed_after_a_file_was_kept_is_shown() -> None:
    async with app_of(Looking()).run_test(size=SIZES["80x24"]) as pilot:
        await shows(pilot, "▶ 08:41")
        await press(pilot, "right")
        await shows(pilot, "BOLT/10")
        await enter(pilot, "READY")
        assert "Kept as board.csv." in await press(pilot, "f9")
        assert "Only with: READY" in await press(pilot, "down")
        assert "Kept as board.csv." in await press(pilot, "f9")
        assert "Only with: ACME" in await type_in(pilot, "ACME")


async def test_a_scan_finds_what_it_stands_for_from_anywhere() -> None:
    looking = Looking()
    async with app_of(looking).run_test(size=SIZES["80x24"]) as pilot:
        await shows(pilot, "▶ 08:41")
        await type_in(pilot, "T-0017\r")
        assert "About T-0017" in await shows(pilot, "BOLT/10")
        assert looking.asked.count(Target("found", "T-0017")) == 1
        await press(pilot, "down", "right")
        assert "About BOLT/10" in await shows(pilot, "▶ ACME/2")
        assert Target("order", "BOLT/10") in looking.asked
        code = "395212340000000014"
        pilot.app.post_message(Arrived((Typed(code), Scan(code, "scanned"))))
        await shows(pilot, "About 395212340000000014")
        for word in ("About BOLT/10", "About T-0017", "Will it leave in time?"):
            shown = await press(pilot, "left")
            assert word in shown
            assert "Only with" not in shown


async def test_who_scans_all_day_is_not_led_back_through_all_of_it(monkeypatch) -> None:
    monkeypatch.setattr(opened_module, "BACK_MAX", 2)
    async with app_of(Looking()).run_test(size=SIZES["80x24"]) as pilot:
        await shows(pilot, "▶ 08:41")
        for number in range(6):
            pilot.app.post_message(Arrived((Scan(f"T-{number}", "scanned"),)))
        assert "About T-5" in await shows(pilot, "About T-5")
        assert "About T-4" in await press(pilot, "left")
        assert "About T-3" in await press(pilot, "left")
        assert "Will it leave in time?" in await press(pilot, "left")


async def test_the_way_back_ends_at_what_was_shown_first(monkeypatch) -> None:
    monkeypatch.setattr(opened_module, "BACK_MAX", 2)
    looking = Looking()
    sight = Sight(looking.look, looking.keep, catalog("en"), first=Target("home", "ACME"))
    app = BoardApp(sight)
    app.reader = ScanReader()
    async with app.run_test(size=SIZES["80x24"]) as pilot:
        await shows(pilot, "Service for ACME")
        for number in range(5):
            pilot.app.post_message(Arrived((Scan(f"T-{number}", "scanned"),)))
        await shows(pilot, "About T-4")
        assert "Service for ACME" in await press(pilot, *["left"] * 3)


async def test_a_table_that_is_kept_in_part_says_so() -> None:
    class Much(Looking):
        def look(self, target: Target | None) -> Looked:
            found = super().look(target)
            return replace(found, details=found.details and replace(found.details, count=900))

    async with app_of(Much()).run_test(size=SIZES["80x24"]) as pilot:
        await shows(pilot, "▶ 08:41")
        await press(pilot, "right")
        await shows(pilot, "BOLT/10")
        assert "Only the first 3 of 900 rows." in await press(pilot, "f9")


async def test_a_board_that_nobody_has_looked_at_yet_takes_scans_and_keys() -> None:
    looking = Looking(away=True)
    async with app_of(looking).run_test(size=SIZES["80x24"]) as pilot:
        await shows(pilot, "The database does not answer.")
        await type_in(pilot, "T-0017\r")
        await press(pilot, "down", "f4", "f9", "right", "left")
        looking.away = False
        assert "About T-0017" in await shows(pilot, "BOLT/10")


async def test_a_table_is_kept_as_it_is_looked_at() -> None:
    looking = Looking()
    async with app_of(looking).run_test(size=SIZES["80x24"]) as pilot:
        await shows(pilot, "▶ 08:41")
        await press(pilot, "right")
        await shows(pilot, "BOLT/10")
        await enter(pilot, "acme")
        assert "Kept as board.csv." in await press(pilot, "f9")
    assert looking.kept == [
        (
            "cut_off",
            ("Order", "State", "Pieces", "Due"),
            (
                ("ACME/2", "Being picked", "12", "2026-03-02 10:41:07+00:00"),
                ("ACME/10", "On hold", "7", ""),
            ),
        )
    ]


async def test_a_board_says_since_when_the_database_does_not_answer_and_goes_on() -> None:
    looking = Looking()
    async with app_of(looking).run_test(size=SIZES["80x24"]) as pilot:
        await shows(pilot, "▶ 08:41")
        looking.away = True
        shown = await shows(pilot, "as of 09:41:07")
        assert "▶ 08:41" in shown
        assert "✗ The database does not answer." in shown
        looking.away = False
        looking.board = replace(looking.board, at=NOW + H)
        assert "as of" not in await shows(pilot, "10:41:07")


async def test_the_shift_opens_with_its_key_and_leads_back() -> None:
    looking = Looking()
    async with app_of(looking).run_test(size=(80, 24)) as pilot:
        await shows(pilot, "F6 Shift")
        await press(pilot, "f6")
        await shows(pilot, "The shift, section by section")
        assert Target("report.all", "") in looking.asked
        await press(pilot, "f3")
        await shows(pilot, "F6 Shift")


async def test_a_board_is_left_by_a_key() -> None:
    async with app_of(Looking()).run_test(size=SIZES["80x24"]) as pilot:
        await shows(pilot, "▶ 08:41")
        await press(pilot, "f12")
    assert pilot.app.return_code == 0


def rows_of(table: Table, width: int, height: int, chosen: int = -1) -> list[str]:
    rows = table_rows(table, width, height, chosen=chosen, none="none", more="more")
    return ["".join(part.text for part in row).rstrip() for row in rows]


def a_table(lines: int = 3) -> Table:
    columns = (Column("Code"), Column("Name", name=True), Column("Number", to_right=True, rank=1))
    body = tuple(
        (Part(f"C-{n}"), Part("A name that is long"), Part(str(10**n))) for n in range(lines)
    )
    return Table((Part(" Title"),), columns, body)


def test_on_a_narrow_screen_names_are_cut_and_then_columns_give_way() -> None:
    assert rows_of(a_table(), 40, 9)[2] == "  C-0  A name that is long            1"
    assert rows_of(a_table(), 26, 9)[2] == "  C-0  A name tha…      1"
    assert rows_of(a_table(), 18, 9)[2] == "  C-0  A name th…"


@pytest.mark.parametrize(
    ("height", "first", "last"), [(3, "Work  2 more", "▶ a"), (4, "Work", "  2 more")]
)
def test_a_table_without_a_row_to_say_how_much_more_there_is_says_it_above(
    height: int, first: str, last: str
) -> None:
    table = Table((Part("Work"),), (Column("Who"),), ((Part("a"),), (Part("b"),), (Part("c"),)))
    rows = [
        "".join(map(str, (part.text for part in row)))
        for row in table_rows(table, 20, height, chosen=0, more="more")
    ]
    assert (rows[0], rows[-1].rstrip()) == (first, last)


@pytest.mark.parametrize(
    ("key", "width", "shown"),
    [
        ("board.keys", 60, "→ Open   F6 Shift   F1 Help   F12 Leave   Scan or type: find"),
        ("board.keys", 39, "→ Open   F6 Shift   F1 Help   F12 Leave"),
        ("details.keys", 39, "← Back   F4 Sort   F1 Help   F12 Leave"),
        ("details.keys", 9, "F12 Leave"),
    ],
)
def test_keys_are_whole_or_give_way(key: str, width: int, shown: str) -> None:
    told = "".join(part.text for part in key_parts(catalog("en").say(key), width))
    assert told.strip() == shown


def test_what_lacks_least_is_whole_first() -> None:
    across = (Column("Who", name=True), Column("Job", name=True))
    rows = ((Part("Maximilian-Alexander"), Part("Receiving")),)
    shown = "".join(part.text for part in table_rows(Table((), across, rows), 26, 4)[-1])
    assert shown.split() == ["Maximilian-A…", "Receiving"]


def above(view: DetailsView) -> str:
    """What stands above a table."""
    return "".join(part.text for part in lay_out_details(view, 60, 12)[1]).strip()


def test_who_has_not_looked_yet_does_not_say_that_there_is_nothing() -> None:
    view = DetailsView("About A-1", None, catalog("en"), UTC, NOW)
    assert above(view) == "Looking …"


@pytest.mark.parametrize(
    ("heads", "row", "leads"),
    [
        (
            ("at", "worker", "operation"),
            (NOW, "Ana", Lead("operation", "S:1")),
            ("operation", "S:1"),
        ),
        (("worker", "order"), ("Ana", "ACME/1"), ("order", "ACME/1")),
        (("job", "worker", "scans"), ("Picking", "7 Ana", 9), ("found", "7 Ana")),
    ],
)
def test_a_row_leads_to_the_thing_that_it_names_else_to_who_did_it(heads, row, leads) -> None:
    view = DetailsView("", Details(heads, (row,), 1), catalog("en"), UTC, NOW)
    assert target_of(view, 0) == Target(*leads)


def test_a_search_that_nothing_in_a_table_meets_says_where_else_to_look() -> None:
    found = Details(("order", "state", "pieces", "due"), ROWS, len(ROWS))
    view = DetailsView("About A-1", found, catalog("en"), UTC, NOW, Order(search="T-9"))
    assert above(view) == "Only with: T-9 · Enter: look everywhere"
    assert above(replace(view, order=Order(search="ACME"))) == "Only with: ACME"


def detailed(heads: tuple[str, ...], *rows: tuple[object, ...]) -> list[str]:
    """What a table shows on 80 columns."""
    view = DetailsView("", Details(heads, rows, len(rows)), catalog("en"), UTC, NOW)
    shown = lay_out_details(view, 80, 16)
    assert len(shown) == 16
    return ["".join(part.text for part in row).rstrip() for row in shown]


def test_a_long_text_is_cut_before_the_number_behind_it_gives_way() -> None:
    long = "Wrong bin. Scanned: A-01-02-03. Wanted: A-04-02-01. Go to the other side of it."
    shown = detailed(("what", "which", "count"), ("Scans refused", long, 12), ("Short", "CAP", 2))
    assert shown[3].split() == ["What", "Which", "Number"]
    assert shown[4].startswith("▶ Scans refused Wrong bin. Scanned: A-01")
    assert shown[4].split()[-1] == "12"
    assert "Which: Wrong bin." in shown[-3]


def test_all_figures_of_who_did_what_are_on_80_columns() -> None:
    figures = (400, 80, 40, Figure(1, "4:23 h"), 92, 41, 812, 44, Figure(5.4, "5.4 %"), 2)
    heads = ("job", "worker", "pieces", "lines", "orders", "active", "pieces_hour", "lines_hour")
    shown = detailed(
        (*heads, "scans", "refused", "refused_pct", "short"),
        ("Receive deliveries", "W1 Ana Maximiliana", *figures),
    )
    assert shown[4].split()[-4:] == ["44", "5.4", "%", "2"]
    assert shown[3].split()[-1] == "Short"
    assert "Refused %: 5.4 % · Short: 2" in shown[-2]


def test_columns_that_give_way_to_headings_are_told_of_the_chosen_line() -> None:
    heads = ("pieces", "lines", "orders", "scans", "refused", "short", "over", "expected")
    more = (
        "received",
        "refused_pct",
        "lines_hour",
        "signed_in",
        "active",
        "priority",
        "other_time",
    )
    shown = detailed((*heads, *more, "busy", "damaged"), (7,) * 17)
    assert "Dam" not in shown[3]
    assert "Damaged: 7" in " ".join(shown[-3:])


@pytest.mark.parametrize(
    ("width", "told"), [(120, "Returns: 1 too late, 2 due in 4 h"), (80, "Returns: 1 too…")]
)
def test_until_when_returns_are_due_is_told_before_it_is_cut(width: int, told: str) -> None:
    view = BoardView(a_board(), catalog("en"), UTC, "MAIN")
    rows = ["".join(part.text for part in row) for row in lay_out_board(view, width, 24)]
    assert any(told in row for row in rows)


def test_refusals_have_a_row_for_each_kind_where_there_is_room() -> None:
    view = BoardView(a_board(), catalog("en"), UTC, "MAIN")
    told = {}
    for height in range(20, 40):
        rows = ["".join(part.text for part in row) for row in lay_out_board(view, 120, height)]
        right = [row[61:].strip() for row in rows]
        at = next(no for no, row in enumerate(right) if row.startswith("Refused"))
        told[height] = [row for row in right[at:-1] if row]
    head = "Refused in the last hour: 11"
    kinds = ["9 × … is not known here.", "2 × This is …. Go to …."]
    assert told[39] == [head, *kinds]
    assert [head, "2 more"] not in told.values()
    assert told[20] == [f"{head}  {kinds[0]}  …"]


def test_only_what_is_said_has_a_colour() -> None:
    wrong = Table((), (Column("Outlook", name=True),), ((Part("late", "said-refused"),),))
    line = table_rows(wrong, 40, 9)[-1]
    assert [part.text for part in line if part.role == "said-refused"] == ["late"]


def test_a_table_shows_the_lines_around_the_chosen_one_and_counts_the_others() -> None:
    assert rows_of(a_table(9), 60, 6, chosen=7)[2:] == [
        *(row for row in rows_of(a_table(9), 60, 20, chosen=7)[7:10]),
        "  6 more",
    ]
    assert rows_of(a_table(0), 60, 6) == [" Title", "  none"]


@pytest.mark.parametrize("language", languages())
def test_no_outlook_is_cut_on_80_columns(language: str) -> None:
    words = catalog(language)
    missing = []
    for outlook in Outlook:
        one = Forecast(CutOff(NOW + H, {"released": 60, "waiting": 40}, 50), outlook, NOW, 120.0)
        board = replace(a_board(), forecasts=(one,))
        rows = lay_out_board(BoardView(board, words, UTC, "MAIN"), 80, 24)
        word = words.say(*outlook_words(outlook, 40))
        told = ["".join(part.text for part in row) for row in rows]
        missing += [word] if not any(f" {word} " in row for row in told) else []
    assert missing == []


@pytest.mark.parametrize("size", ["120x40", "80x24"])
@pytest.mark.parametrize("language", languages())
def test_an_outlook_says_how_many_held_orders_it_sets_aside(language: str, size: str) -> None:
    words = catalog(language)
    found = forecasts((CutOff(NOW + H, {"released": 6, "hold": 2, "waiting": 1}),), 36.0, NOW)
    nothing = {"returns": DueReturns(0, 0, 0, 4), "printers": (), "troubles": ()}
    board = replace(a_board(), forecasts=found, **nothing)
    rows = lay_out_board(BoardView(board, words, UTC, "MAIN"), *SIZES[size])
    said = words.say("board.outlook_held", {"outlook_text": "board.outlook.in_time", "orders": 3})
    assert "3" in said
    assert any(f" ! {said} " in texts_of(row) for row in rows)
    assert "frame-look" in {part.role for part in rows[0]}
    calm = forecasts((CutOff(NOW + H, {"released": 6}),), 36.0, NOW)
    rows = lay_out_board(BoardView(replace(board, forecasts=calm), words, UTC, "MAIN"), 80, 24)
    assert any(f"✓ {words.say('board.outlook.in_time')} " in texts_of(row) for row in rows)


def texts_of(row: tuple[Part, ...]) -> str:
    return "".join(part.text for part in row)


def test_what_is_held_is_open_and_calls_for_somebody() -> None:
    held = forecasts((CutOff(NOW + H, {"hold": 6, "waiting": 4}),), 36.0, NOW)
    board = replace(a_board(), forecasts=held)
    table, *_ = parts_of(BoardView(board, catalog("en"), UTC, "MAIN"), board)
    (row,) = table.body
    assert (row[1].text, row[1].role) == ("! held", "said-look")
    assert [part.text for part in row[2:]] == ["10", *"·····", "10", "", ""]


WAITING = ("putaway", "putback", "refill", "count", "tote", "handover", "return")
NAMED = (
    *(("troubles", "trouble", kind) for kind in sorted(KINDS)),
    *(("waits", "waits", kind) for kind in WAITING),
    *(("waits", "waits", f"delivery_{state}") for state in ("announced", "receiving")),
)


@pytest.mark.parametrize("language", languages())
def test_no_name_of_what_is_wrong_or_waits_is_cut_on_80_columns(language: str) -> None:
    words = catalog(language)
    jobs = ("exceptions", "receiving", "control")
    people = tuple(
        AtWork(f"W{n}", "Maximiliane Ottilie", "PACK-11", "PACK-1", job, "", NOW - H, NOW - H)
        for n, job in enumerate(jobs)
    )
    missing = []
    for part, key, kind in NAMED:
        found = {part: (Waits(kind, 12, 1440, NOW - H),)}
        board = replace(a_board(), people=people, returns=DueReturns(0, 0, 0, 4), **found)
        rows = lay_out_board(BoardView(board, words, UTC, "MAIN"), 80, 24)
        told = ["".join(one.text for one in row) for row in rows]
        name = words.say(f"{key}.{kind}")
        missing += [name] if not any(f" {name} " in row for row in told) else []
    assert missing == []


@pytest.mark.parametrize("language", languages())
def test_returns_that_are_due_do_not_cut_what_else_waits_nor_whether_orders_leave_in_time(
    language: str,
) -> None:
    words = catalog(language)
    waits = tuple(Waits(kind, 12, 1440, NOW - H) for kind in WAITING)
    board = replace(a_board(), waits=waits, returns=DueReturns(3, 12, 8, 4))
    rows = lay_out_board(BoardView(board, words, UTC, "MAIN"), 80, 24)
    told = ["".join(one.text for one in row) for row in rows]
    names = [words.say(f"waits.{kind}") for kind in WAITING if kind != "return"]
    outlooks = {words.say(f"board.outlook.{one.outlook}") for one in board.forecasts}
    shown = [name for name in names if any(name in row for row in told)]
    cut = [row for row in told for name in names if name not in row and name[:9] in row]
    assert shown
    assert [row for row in cut if not any(name in row for name in names)] == []
    assert [one for one in outlooks if not any(one in row for row in told)] == []
