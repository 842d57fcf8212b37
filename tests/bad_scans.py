"""Everything that a scanner, a keyboard or a prankster sends at the wrong time, and what to expect.

`barrage` throws all of it at the question where a seat is, in a transaction that is rolled back at
the end, so that the worker at that seat goes on as if nothing had been.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from string import Formatter
from typing import Any

from conftest import SITE
from nested import Nested, opened
from sqlalchemy import Connection, func, select
from sqlalchemy.orm import Session

from floorhand.domain.barcodes import OWN_ALPHABET, gs1_check_digit
from floorhand.domain.keymap import KEYS, Key
from floorhand.errors import Code
from floorhand.flows.turn import Prompt, Said
from floorhand.ops.devices import ANYBODY, ROBOT, Device
from floorhand.ops.floor import Turn, take_turn
from floorhand.store.check import violations
from floorhand.store.db import Transactions, engine_of
from floorhand.store.schema import (
    Barcode,
    Delivery,
    Order,
    Place,
    Return,
    Scan,
    Seat,
    Station,
    Worker,
)
from floorhand.store.schema.base import Table
from floorhand.text.catalog import catalog

LANGUAGES = ("en", "it")

SENTENCE_CHARACTERS_MAX = 200
"""More does not fit under a question of a handheld, whatever was scanned."""

RAW_KEY = re.compile(r"[a-z_]+(\.[a-z_0-9]+)+")

RECORDS = {Seat.__tablename__, Scan.__tablename__}
"""A refused scan is on record here, and nowhere else."""

CONTROLS = {f"control_{number:02x}": f"AB{chr(number)}CD" for number in (*range(32), 127)}

NOTHING = {"empty": "", "blank": "   ", "tab": "\t", "end_of_line": "\r\n"}
"""What is no scan at all."""

RUBBISH = {
    "unknown": "ZZ-NO-SUCH-9",
    "long": "x" * 10_000,
    "long_digits": "9" * 10_000,
    "long_choice": "*CHOOSE " + "9" * 400,
    "longest": "y" * 512,
    "gs1_wrong_check": "]C10109520000000010\x1d10LOT",
    "gs1_wrong_sscc": "]C100095200000000000001",
    "nul_alone": "\x00",
    "separator_alone": "\x1d",
    "escape": "\x1b[2J\x1b[31mred\x07",
    "surrogate": "\ud800",
    "bidi": "\u202e31-A\u2066",
    "invisible": "\u200b\ufeff",
    "markup": "[/b][red]",
    "markup_click": "[@click=app.quit]x[/]",
    "markup_html": "<script>alert(1)</script>",
    "zpl": "^XZ~JA",
    "formula": "=1+1",
    "sql": "'; DROP TABLE move;--",
    "braces": "{code}{0.__class__}%s%(x)d",
    "path": "../../etc/passwd",
    "link": "https://[",
    "emoji": "\U0001f4e6\u2764\ufe0f",
    "own_mark_alone": "FH",
    "star_alone": "*",
    "no_such_command": "*NOSUCH",
    "quantity_of_nothing": "*QTY",
}
NUMBERS = {
    "number_huge": "99999999999",
    "number_negative": "-1",
    "number_zero": "0",
    "number_decimal": "1.5",
    "number_exponent": "1e3",
    "number_large": "99999",
    "number_arabic": "\u0663",
    "command_large": "*QTY 99999",
    "command_zero": "*QTY 0",
    "command_six_digits": "*QTY 123456",
    "choice_99": "*CHOOSE 99",
    "choice_0": "*CHOOSE 0",
    "choice_typed": "98",
}


Question = tuple[str, tuple[str, ...], bool]


def question_of(prompt: Prompt) -> Question:
    """Tell questions apart by what decides how a scan is read."""
    return prompt.ask, prompt.wants.kinds, prompt.wants.number


@dataclass(frozen=True, slots=True)
class Met:
    """One bad scan that was not refused: at which question, what it was, and what became of it."""

    ask: str
    kind: str
    tone: str
    said: str
    led_to: str


@dataclass(slots=True)
class Notes:
    """What barrages have found."""

    asks: set[str] = field(default_factory=set)
    questions: set[Question] = field(default_factory=set)
    thrown: int = 0
    taken: list[Met] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def bad_keys(prompt: Prompt) -> dict[str, str]:
    """Every key that the question does not offer."""
    offered = {key for key, _ in prompt.keys} | {Key.HELP}
    return {f"key_{key}": barcode for key, (_, barcode) in KEYS.items() if key not in offered}


def other_things(tx: Session, turn: Turn) -> dict[str, str]:
    """Things of this building that the question does not ask for, as scanned."""
    wants, shown = turn.prompt.wants, _shown(turn.prompt)
    one = _asker(tx, shown)
    _, _, sku = wants.sku.partition("/")
    found = {
        "other_badge": one(Worker.badge, Worker.code, Worker.code != turn.worker),
        "typed_worker": one(Worker.code, Worker.code),
        "delivery": one(Delivery.number, Delivery.number),
        "return": one(Return.number, Return.number),
        "order": one(Order.number, Order.number),
        "typed_bin": one(Place.code, Place.code, Place.kind == "bin"),
        "wrong_piece": one(Barcode.code, Barcode.sku, Barcode.sku != sku),
        "station": one(Station.scan_code, Station.code),
    }
    for kind in ("bin", "tote", "cart", "dock", "bench", "pallet", "carton"):
        found[f"wrong_{kind}"] = one(Place.scan_code, Place.code, Place.kind == kind)
    label = found["wrong_bin"]
    if label and label[:2] == "FH":
        found["garbled_label"] = label[:-1] + OWN_ALPHABET[OWN_ALPHABET.index(label[-1]) - 1]
    gtin = tx.scalar(select(Barcode.code).where(func.length(Barcode.code) == 14))
    if gtin:
        wrong = str((int(gs1_check_digit(gtin[:-1])) + 1) % 10)
        found["garbled_gtin"] = f"]C101{gtin[:-1]}{wrong}"
    return {kind: scanned for kind, scanned in found.items() if scanned}


def _shown(prompt: Prompt) -> set[str]:
    """What the screen speaks of: scanning that might be right."""
    shown = {prompt.place, prompt.wants.place, prompt.count, *(item.code for item in prompt.goods)}
    for _, value in prompt.facts:
        shown |= {value, value.partition("/")[2]}
    return shown


def _asker(tx: Session, shown: set[str]) -> Any:
    def one(scan: Any, name: Any, *conditions: Any) -> str:
        asked = select(scan).where(name.not_in(shown), *conditions).order_by(name).limit(1)
        return tx.scalar(asked) or ""

    return one


def holder(transactions: Transactions | Nested, seat: str) -> Device:
    """Be the device that holds a seat: a robot, or nobody's."""
    with transactions.begin() as tx:
        held = tx.scalar(select(Seat.device).where(Seat.site == SITE, Seat.code == seat))
    return ROBOT if held == ROBOT.token else ANYBODY


def barrage(
    transactions: Transactions,
    turn: Turn,
    now: datetime,
    notes: Notes,
    may_change: frozenset[str] = frozenset(),
) -> None:
    """Throw every bad scan at the question where a seat is; nothing of it stays.

    ``may_change`` names the tables that wrong answers may change here.
    """
    notes.asks.add(turn.prompt.ask)
    notes.questions.add(question_of(turn.prompt))
    notes.faults += [f"{turn.prompt.ask}: {fault}" for fault in bad_words_of(turn.prompt)]
    with opened(engine_of(transactions)) as connection:
        outer = connection.begin()
        inside = Nested(connection)
        before = everything(connection)
        with inside.begin() as tx:
            things = other_things(tx, turn)
        scans = {**NOTHING, **RUBBISH, **CONTROLS, **NUMBERS, **things}
        scans |= {"key_help": "*HELP", **bad_keys(turn.prompt)}
        figures, at, device = _figures(connection), turn, holder(inside, turn.seat)
        for kind, scanned in scans.items():
            at = _throw(connection, inside, at, device, kind, scanned, now, notes, figures)
            if at.said is not None and at.said.text == TOLD:
                may_change |= {"trouble"}
        after = everything(connection)
        with inside.begin() as tx:
            assert violations(tx, SITE) == (), turn.prompt.ask
        changed = sorted(
            name for name in before if before[name] != after[name] and name not in may_change
        )
        if changed:
            notes.faults.append(f"{turn.prompt.ask}: changed {changed}")
        outer.rollback()


def _throw(
    connection: Connection,
    inside: Nested,
    at: Turn,
    device: Device,
    kind: str,
    scanned: str,
    now: datetime,
    notes: Notes,
    figures: tuple[Any, ...],
) -> Turn:
    """Make one bad scan; one that is taken is noted and taken back."""
    notes.thrown += 1
    ask = at.prompt.ask
    inside.mark()
    turn = take_turn(inside, SITE, at.seat, at.scan_no + 1, scanned, now, device=device)
    same = (turn.prompt, turn.job, turn.worker) == (at.prompt, at.job, at.worker)
    if kind in NOTHING:
        if not same or turn.scan_no != at.scan_no:
            notes.faults.append(f"{ask} {kind}: answered {turn.said}")
        inside.keep()
        return turn
    if turn.said is not None:
        notes.faults += [f"{ask} {kind}: {fault}" for fault in bad_words(turn.said, scanned)]
    tone = turn.said.tone if turn.said else ""
    unchanged = same and _figures(connection) == figures
    helped = tone == "look" and kind == "key_help"
    if unchanged and (tone == "refused" or helped):
        inside.keep()
        return turn
    said = turn.said.text if turn.said else ""
    notes.taken.append(Met(ask, kind, tone, said, f"{turn.job} {turn.prompt.ask}"))
    inside.take_back()
    return at


TOLD = f"refusal.{Code.PLACE_MISSED}"
"""Three wrong places in a row are told to a supervisor, which is all that they change."""

FIGURES = (
    "SELECT (SELECT count(*) FROM move), (SELECT count(*) FROM operation),"
    " (SELECT count(*) FROM task), count(*), sum(pieces), sum(reserved) FROM stock"
)
"""What a scan that is taken changes, in few figures: asked after each scan."""


def _figures(connection: Connection) -> tuple[Any, ...]:
    driver: Any = connection.connection.dbapi_connection
    return tuple(driver.execute(FIGURES).fetchone())


def everything(connection: Connection) -> dict[str, Counter[Any]]:
    """All rows of all tables but the records of scans."""
    driver: Any = connection.connection.dbapi_connection
    return {
        name: Counter(driver.execute(f'SELECT * FROM "{name}"'))
        for name in Table.metadata.tables
        if name not in RECORDS
    }


def bad_words(said: Said, scanned: str = "") -> Iterator[str]:
    """Say what is wrong with the words of an answer, in any language.

    What data may hold is no fault of the words, nor is what was ``scanned``; but for blanks at
    their ends: nobody sees them.
    """
    facts = {
        name: value if name.endswith("_text") else _tame(value, scanned)
        for name, value in said.facts.items()
    }
    told = {language: catalog(language).say(said.text, facts) for language in LANGUAGES}
    for language, text in told.items():
        yield from (
            f"{language} {said.text}: {fault}"
            for fault in incomplete(language, said.text, dict(said.facts))
        )
        if said.tone != "ok" and not text.endswith((".", "!", "?")):
            yield f"{language} {said.text} is no sentence: {text!r}"
        if len(text) > SENTENCE_CHARACTERS_MAX and not said.text.startswith("help."):
            yield f"{language} {said.text} is too long: {len(text)}"
        if re.search(r"  | [.,:](?!\.)|[?!]\.|None(?! of)|\(\)", text):
            yield f"{language} {said.text} has a gap: {text!r}"
    if said.tone != "ok" and len(set(told.values())) < len(LANGUAGES):
        yield f"{said.text} is not translated"


def _tame(value: str | int, scanned: str) -> str | int:
    if isinstance(value, int) or value != value.strip():
        return value
    return "x" if value == scanned.strip() else re.sub(r"\W", "x", value)


def bad_words_of(prompt: Prompt) -> Iterator[str]:
    """Say what is wrong with the words of a question, in any language."""
    keys = [key for key, _ in prompt.facts] + [key for _, key in prompt.keys]
    keys += [f"help.{prompt.ask}"]
    for language in LANGUAGES:
        yield from incomplete(language, prompt.ask, dict(prompt.ask_facts))
        for key in keys:
            yield from incomplete(language, key, {})
        for choice in prompt.choices:
            if choice.text:
                yield from incomplete(language, choice.text, dict(choice.facts))


def incomplete(language: str, key: str, facts: dict[str, str | int]) -> Iterator[str]:
    """Say which texts and facts are missing."""
    template = catalog(language).say(key, {})
    if template == key and RAW_KEY.fullmatch(key):
        yield f"no text {key}"
    wanted = {name for _, name, _, _ in Formatter().parse(template) if name}
    if wanted - facts.keys():
        yield f"{key} lacks {sorted(wanted - facts.keys())}"
    for name in sorted(wanted & facts.keys()):
        if name.endswith("_text"):
            yield from incomplete(language, str(facts[name]), facts)
