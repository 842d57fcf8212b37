"""The parts of a board as tables: cut-offs, people, what waits, printers, what is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from typing import Final

from floorhand.domain.cut_offs import Forecast, Outlook, key_of, moments_of, outlook_words
from floorhand.domain.days import ago
from floorhand.domain.inspection import AMBER_H
from floorhand.domain.printing import TONES, Stands
from floorhand.domain.tracing import PAGES
from floorhand.store.board import AtWork, Board, Waits
from floorhand.text.catalog import Catalog
from floorhand.tui.rows import Part, Row
from floorhand.tui.tables import WHOLE, Column, Table
from floorhand.tui.widths import columns as columns_of

IDLE_AFTER: Final = timedelta(minutes=5)
"""Who has not scanned for so long is pointed out; see `floorhand.domain.shifts.GAP_MAX_S`."""

DAYS_TOLD: Final = 28
"""A day of the month says which day is meant, as long as it is not so many days away."""

CLOCK_TOLD: Final = timedelta(hours=12)
"""A clock that showed a time so long ago at most has shown it once."""

LOOK: Final = "said-look"
WRONG: Final = "said-refused"
"""Roles of what needs somebody, and of what is wrong already."""

OUTLOOKS: Final = {
    Outlook.MET: ("✓", ""),
    Outlook.HELD: ("!", LOOK),
    Outlook.IN_TIME: ("✓", ""),
    Outlook.UNKNOWN: ("?", "muted"),
    Outlook.LATE: ("!", LOOK),
    Outlook.MISSED: ("✗", WRONG),
}
"""The sign and the role of each outlook."""

CALM: Final = frozenset({Outlook.IN_TIME, Outlook.UNKNOWN})
"""Outlooks that point nothing out: where some orders are held beside them, those need somebody."""

TONE_ROLES: Final = {"calm": "", "look": LOOK, "refused": WRONG}
TONE_SIGNS: Final = {"calm": "✓", "look": "!", "refused": "✗"}

STATES: Final = {"released": 4, "picking": 5, "picked": 4, "packing": 5}
"""The states that are counted apart, and which give way first on a narrow screen."""


@dataclass(frozen=True, slots=True)
class BoardView:
    """What a board shows.

    Attributes:
        board: The building; None before the first look.
        words: Texts.
        zone: The site's clock.
        site: Its name.
        chosen: Which of the lines that can be opened is marked.
        away: Why the database does not answer; empty if it does.
        encoding: What is shown must fit into this; empty: all of Unicode.
    """

    board: Board | None
    words: Catalog
    zone: tzinfo
    site: str
    chosen: int = 0
    away: str = ""
    encoding: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """What opens when a line is chosen; see `floorhand.store.details.details`."""

    kind: str
    which: str


def targets(board: Board) -> tuple[Target, ...]:
    """List what can be opened, in the order of the lines."""
    return (
        *(Target("cut_off", key_of(one.cut_off)) for one in board.forecasts),
        *(Target("worker", one.worker) for one in board.people),
        *(Target("waits", one.kind) for one in board.waits),
        *(Target("printer", one.code) for one in _worst_first(board.printers)),
        *(Target("trouble", one.kind) for one in board.troubles),
        *((Target("refusals", "hour"),) if board.refusals else ()),
    )


def title_of(board: Board | None, target: Target, words: Catalog, zone: tzinfo) -> str:
    """Name a line in words, as the title of what is behind it."""
    match target:
        case Target("cut_off", key):
            first, last = moments_of(key)
            return words.say(
                "details.cut_off", {"due": span(first, last, board.at if board else last, zone)}
            )
        case Target("worker", key):
            people = board.people if board else ()
            name = next((one.name for one in people if one.worker == key), key)
            return words.say("details.worker", {"name": name})
        case Target(kind, key) if kind in ("found", "merchant", *PAGES):
            return words.say("details.thing", {"code": key})
        case Target(kind, key) if kind.startswith("merchant."):
            return f"{key} · {words.say(kind.replace('merchant', 'service', 1))}"
        case Target("home", key):
            return words.say("service.home", {"merchant": key})
        case Target(kind, key) if kind.startswith("desk."):
            return words.say(kind, {"of": key})
        case Target("printer", key):
            return words.say("details.printer", {"printer": key})
        case Target(kind, ""):
            return words.say(kind)
        case Target(kind, key):
            return words.say(f"{kind}.{key}")


def _worst_first(printers: Sequence[Stands]) -> list[Stands]:
    return sorted(printers, key=lambda one: (-TONES.index(one.tone), one.code))


def parts_of(view: BoardView, board: Board) -> tuple[Table, ...]:
    """Give cut-offs, people, what waits, printers and exceptions."""
    makers = (_cut_offs, _people, _waits, _printers, _troubles)
    return tuple(make(view, board) for make in makers)


def _columns(view: BoardView, *columns: Column) -> tuple[Column, ...]:
    """Give columns their headings in words."""
    return tuple(
        replace(column, head=view.words.say(f"board.head.{column.head}")) for column in columns
    )


def _cut_offs(view: BoardView, board: Board) -> Table:
    say = view.words.say
    told = say("board.left_today", {"orders": board.shipped})
    pace = say("board.pace", {"orders": int(board.per_hour + 0.5)}) if board.per_hour else ""
    title = (Part(f" {say('board.in_time')}", "strong"), Part(f"  {pace}  {told}", "muted"))
    columns = _columns(
        view,
        Column("cut_off"),
        Column("outlook", name=True, whole=WHOLE),
        Column("blocked", to_right=True, rank=7),  # the outlook tells it, too
        *(Column(state, to_right=True, rank=rank) for state, rank in STATES.items()),
        Column("gone", to_right=True, rank=6),
        Column("open", to_right=True),
        Column("needed", to_right=True, rank=1),
        Column("ready_at", to_right=True, rank=2),
    )
    return Table(title, columns, tuple(_cut_off(view, board, one) for one in board.forecasts))


def _cut_off(view: BoardView, board: Board, one: Forecast) -> Row:
    orders = one.cut_off.orders
    blocked, gone = one.cut_off.blocked, one.cut_off.in_time + one.cut_off.too_late
    sign, role = OUTLOOKS[Outlook.HELD if blocked and one.outlook in CALM else one.outlook]
    outlook, (_, ends) = view.words.say(*outlook_words(one.outlook, blocked)), OUTLOOKS[one.outlook]
    needed = one.needed_per_hour
    behind = needed is not None and board.per_hour is not None and needed > board.per_hour
    return (
        Part(span(one.cut_off.begins_at, one.cut_off.due_at, board.at, view.zone), "strong"),
        Part(f"{sign} {outlook}", role),
        Part(_count(blocked), LOOK if blocked else ""),
        *(Part(_count(orders.get(state, 0))) for state in STATES),
        Part(_count(gone)),
        Part(_count(one.cut_off.not_gone), "strong"),
        Part("" if needed is None else f"{needed:.0f}/h", LOOK if behind else ""),
        Part(moment(one.ends_at, board.at, view.zone) if one.ends_at else "", ends),
    )


def _people(view: BoardView, board: Board) -> Table:
    title = (
        Part(f" {view.words.say('board.people')}", "strong"),
        Part(f"  {len(board.people)}", "muted"),
    )
    columns = _columns(
        view,
        *(
            Column("worker", name=True),
            Column("job", name=True, whole=WHOLE),
            Column("claim", rank=3),
        ),
        *(Column("since", rank=2), Column("last_scan", to_right=True)),
    )
    return Table(title, columns, tuple(_person(view, board, one) for one in board.people))


def _person(view: BoardView, board: Board, one: AtWork) -> Row:
    idle = one.seen_at is not None and board.at - one.seen_at > IDLE_AFTER
    return (
        Part(one.name),
        Part(view.words.say(f"job.{one.job}")),
        Part(one.claim or one.seat, "code" if one.claim else "muted"),
        Part(_since(one.since, board.at, view.zone) if one.since else ""),
        Part(_ago(one.seen_at, board.at), LOOK if idle else ""),
    )


def _waits(view: BoardView, board: Board) -> Table:
    return _waiting(view, board, "waits", board.waits)


def _troubles(view: BoardView, board: Board) -> Table:
    return _waiting(view, board, "trouble", board.troubles)


def _waiting(view: BoardView, board: Board, kind: str, found: Sequence[Waits]) -> Table:
    say = view.words.say
    whole, lines = 0, []
    for one in found:
        text, role = say(f"{kind}.{one.kind}"), ""
        if one.kind == "return" and (due := _due(view, board)):
            # By their shorter name: until when matters more than that they wait, and is cut first.
            text, role = f"{say('job.returns')}: {due}", WRONG if board.returns.late else LOOK
        else:
            whole = max(whole, columns_of(text))
        age = _ago(one.oldest_at, board.at) if one.oldest_at else ""
        cells = (Part(text, role), Part(str(one.count)), Part(_count(one.pieces)), Part(age))
        lines.append(cells)
    title = (Part(f" {say(f'board.{kind}')}", "strong"),)
    columns = _columns(
        view,
        *(Column("what", name=True, whole=whole), Column("count", to_right=True)),
        *(Column("pieces", to_right=True, rank=3), Column("oldest", to_right=True)),
    )
    return Table(title, columns, tuple(lines))


def _due(view: BoardView, board: Board) -> str:
    due = board.returns
    counts = (
        ("late", due.late, 0),
        ("within", due.soon, due.soon_h),
        ("within", due.later, AMBER_H),
    )
    told = (
        view.words.say(f"board.due.{name}", {"count": count, "hours": hours})
        for name, count, hours in counts
        if count
    )
    return ", ".join(told)


def _printers(view: BoardView, board: Board) -> Table:
    title = (Part(f" {view.words.say('board.printers')}", "strong"),)
    columns = _columns(view, Column("printer"), Column("stands", name=True))
    lines = tuple(_printer(view, one) for one in _worst_first(board.printers))
    return Table(title, columns, lines)


def _printer(view: BoardView, one: Stands) -> Row:
    told = ", ".join(view.words.say(key, facts) for key, facts in one.words)
    role = TONE_ROLES[one.tone] if one.words else "muted"
    said = f"{TONE_SIGNS[one.tone]} {told}" if told else view.words.say("board.not_asked")
    return (Part(one.code, "code"), Part(said, role))


# Moments and lengths -----------------------------------------------------------------------------


def moment(at: datetime, now: datetime, zone: tzinfo) -> str:
    """Write a moment as a clock shows it; with the day of the month if it is another day.

    What is so far away that the day could be one of two months is written with its date alone.
    """
    local = at.astimezone(zone)
    days = (local.date() - now.astimezone(zone).date()).days
    if not -DAYS_TOLD < days < DAYS_TOLD:
        return f"{local:%Y-%m-%d}"
    return f"{local:%d. %H:%M}" if days else f"{local:%H:%M}"


def span(first: datetime, last: datetime, now: datetime, zone: tzinfo) -> str:
    """Write the first and the last of several moments, whose day only once if it is the same."""
    begins, ends = moment(first, now, zone), moment(last, now, zone)
    if first.astimezone(zone).date() == last.astimezone(zone).date():
        ends = f"{last.astimezone(zone):%H:%M}" if ":" in begins else begins
    return begins if begins.endswith(ends) else f"{begins}–{ends}"


def _since(at: datetime, now: datetime, zone: tzinfo) -> str:
    """Write since when something is so; of the last hours a clock alone does."""
    if timedelta() <= now - at < CLOCK_TOLD:
        return f"{at.astimezone(zone):%H:%M}"
    return moment(at, now, zone)


def hours(length: timedelta) -> str:
    """Write a length in hours and minutes."""
    minutes = int(length.total_seconds()) // 60
    return f"{minutes // 60}:{minutes % 60:02}"


def _ago(at: datetime | None, now: datetime) -> str:
    return "" if at is None else ago(at, now)


def _count(number: int) -> str:
    return str(number) if number else "·"
