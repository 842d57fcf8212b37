"""Every refusal can be met, is worded in every language, and says what it is about.

Codes are met in conversations (see `talks`) and in the floor scripts, all on the real road; nothing
is raised by hand. What takes more than scans is met by tests that name the code.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from string import Formatter

import pytest
from bad_scans import bad_words
from conftest import new_warehouse
from homes import keep_home
from ops.talks import TALKS
from robots.test_bad_scans import allow_everything
from scripts.test_scripts import SCRIPTS, Stage
from sqlalchemy.orm import sessionmaker

from floorhand.domain.things import Attributes
from floorhand.errors import Code
from floorhand.flows.turn import Said
from floorhand.ops.naming import what
from floorhand.store.db import Transactions, engine_of
from floorhand.text.catalog import COUNTED, catalog, languages

TESTS = Path(__file__).parents[1]
SOURCE = TESTS.parent / "src" / "floorhand"

MET_IN = {
    Code.SYSTEM_FAILED: ("tui/test_flow_screen.py", "no road leads there: it is told of failures"),
    Code.SCAN_AGAIN: ("ops/test_floor.py", "a terminal sends another scan under a used number"),
    Code.SEAT_LOST: ("ops/test_devices.py", "the terminal says it, which has lost the seat"),
    Code.SEAT_FREED: ("ops/test_leaving_seats.py", "an office frees the seat"),
    Code.SEAT_YOURS: ("ops/test_leaving_seats.py", "it depends on who sits where"),
    Code.HANDOVER_OWN: ("ops/test_handing_over.py", "the same lead comes back for it"),
    Code.HANDOVER_GONE: ("ops/test_handing_over.py", "another lead was quicker"),
    Code.WORK_GIVEN: ("ops/test_handing_on.py", "a lead gives it to a third worker"),
    Code.EXCEPTION_NO_DESK: ("ops/test_exceptions.py", "it depends on who leads"),
    Code.UNDO_TOO_MUCH: ("ops/test_undo.py", "nothing in a small house changes so much"),
    Code.NO_ROOM_FOR_WORK: ("store/test_room.py", "the disk is nearly full"),
    **dict.fromkeys(
        (code for code in Code if code.startswith("reverse_") or code is Code.UNDO_DONE),
        ("ops/test_reversing.py", "a lead takes back what another worker did at another terminal"),
    ),
}
"""What takes more than scans and books to be met: the test that meets it, and why."""

SAYS_NO_MORE = {
    Code.SYSTEM_FAILED: "what failed is in the log; the worker shall scan again",
    Code.SCAN_AGAIN: "the terminal lost its place; the screen tells where it is",
    Code.UNKNOWN_WORKER: "a badge is a secret and stands on no screen",
    Code.WRONG_PIN: "a PIN is a secret and stands on no screen",
    Code.WALK_LOST: "the walk was on the screen, and is gone",
    Code.NOTHING_CHECKED: "a key was pressed, nothing scanned",
    Code.NO_BOX_TYPES: "a key was pressed, nothing scanned",
    Code.NO_BENCH: "a key was pressed, nothing scanned",
    Code.NO_DELIVERIES: "a key was pressed, nothing scanned",
    Code.NO_DOCK: "nothing can be received at all",
    Code.NOTHING_TO_PUT_AWAY: "a key was pressed, nothing scanned",
    Code.NOTHING_TO_REFILL: "a key was pressed, nothing scanned",
    Code.NOTHING_TO_COUNT: "a key was pressed, nothing scanned",
    Code.RETURN_SAME_BADGE: "whose badge it is, the worker knows",
    Code.RETURN_NONE_WAITING: "a key was pressed, nothing scanned",
    Code.UNDO_NOTHING: "a key was pressed, nothing scanned",
    Code.REDO_NOTHING: "a key was pressed, nothing scanned",
    Code.UNDO_PRINTED: "a key was pressed, nothing scanned",
    Code.UNDO_TOO_MUCH: "a key was pressed, nothing scanned",
    Code.SEAT_YOURS: "the seat is on the screen",
    Code.HANDOVER_OWN: "a key was pressed, nothing scanned",
    Code.HANDOVER_GONE: "a key was pressed, nothing scanned",
}
"""Refusals whose words hold no data, and why."""

DOES_SOMETHING = re.compile(
    r"\b(scan|type|press|take|go|look|call|ask|choose|count|use|bring|fetch|put|set|wait|read|leave"
    r"|close|tell|answer|draw|drop|hand|tries|try|end|need|keys|sign|change|open|park|come|know"
    r"|must|make|give|show|told|menu|done|F\d+|ask_text|go_text|why_text|help_text|destroy)",
    re.IGNORECASE,
)
"""A sentence that helps says what to do."""


@pytest.fixture(scope="module")
def houses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Transactions]]:
    """Gives each warehouse by its name, built once; what is done in it has to be taken back."""
    opened: list[Transactions] = []

    @cache
    def built(name: str) -> Transactions:
        folder = tmp_path_factory.mktemp(name)
        transactions = new_warehouse(folder)
        keep_home(folder / "floor.db")
        opened.append(transactions)
        import_module(f"warehouses.{name}").build(transactions)
        allow_everything(transactions)
        return transactions

    yield built
    for transactions in opened:
        engine_of(transactions).dispose()


@pytest.mark.parametrize("code", TALKS)
def test_a_scan_on_the_road_is_refused_in_words_that_say_what_it_was(
    houses: Callable[[str], Transactions], code: Code
) -> None:
    said = last_said(houses, TALKS[code])
    assert said.text == f"refusal.{code}", said
    assert said.tone == "refused"
    assert list(bad_words(said)) == []


def last_said(houses: Callable[[str], Transactions], lines: tuple[str, ...]) -> Said:
    """Play a conversation and give its last answer; nothing of it stays."""
    name = lines[0].removeprefix("@ ")
    with engine_of(houses(name)).connect() as connection, connection.begin() as outer:
        inside = sessionmaker(
            connection, expire_on_commit=False, join_transaction_mode="create_savepoint"
        )
        stage = Stage(inside)
        if "@ nobody" not in lines:
            stage.sign_in(import_module(f"warehouses.{name}").WORKER)
        for line in lines[1:]:
            stage.follow(line)
        outer.rollback()
    assert stage.turn.said is not None
    return stage.turn.said


@pytest.mark.parametrize("code", Code)
def test_every_refusal_is_worded_in_every_language(code: Code) -> None:
    key = f"refusal.{code}"
    english = catalog("en").say(key)
    assert english != key
    for language in languages():
        text = catalog(language).say(key)
        assert text.endswith((".", "?", "!", "。", "？", "！")), (language, text)
        assert language == "en" or text != english, (language, text)


HELP = "help_text"
"""A fact that says what to do, by who reads it."""

NOT_DONE = "not_text"
"""A fact that says what has not been done, and names nothing that it was about."""


@pytest.mark.parametrize("code", Code)
def test_every_refusal_names_something_and_says_what_to_do(code: Code) -> None:
    english = catalog("en").say(f"refusal.{code}")
    named = {name for _, name, _, _ in Formatter().parse(english) if name}
    assert bool(named - {HELP, NOT_DONE}) == (code not in SAYS_NO_MORE), english
    assert DOES_SOMETHING.search(english), english
    for language in languages():
        text = catalog(language).say(f"refusal.{code}")
        assert {name for _, name, _, _ in Formatter().parse(text) if name} == named, language


@pytest.mark.parametrize(
    "help_text",
    ["ask", "desk", "held", "counted", "scan", "printed", "decision"],
)
def test_what_a_refusal_to_take_back_adds_says_what_to_do(help_text: str) -> None:
    assert DOES_SOMETHING.search(catalog("en").say(f"undo.{help_text}"))


@pytest.mark.parametrize("code", Code)
def test_no_refusal_is_kept_that_nobody_says(code: Code) -> None:
    said = re.compile(rf"\bCode\.{code.name}\b")
    assert any(
        said.search(file.read_text("utf-8"))
        for file in SOURCE.rglob("*.py")
        if file.name != "errors.py"
    )


def test_every_refusal_is_met() -> None:
    """By a conversation above, by a floor script, which shows it, or by a test that names it."""
    scripts = "\n".join(path.read_text("utf-8") for path in SCRIPTS)
    in_scripts = {code for code in Code if re.search(_sentence(code), scripts)}
    named = {
        code
        for code, (path, _) in MET_IN.items()
        if re.search(
            rf"\bCode\.{code.name}\b|\brefusal\.{code}\b", (TESTS / path).read_text("utf-8")
        )
    }
    assert MET_IN.keys() - in_scripts - named == set()
    assert set(Code) - TALKS.keys() - in_scripts - named == set()
    assert TALKS.keys() & named == set()


def _sentence(code: Code) -> str:
    """Make an expression for the English sentence of a refusal, whatever is filled in."""
    key = f"refusal.{code}"
    one = catalog("en").say(key)
    many = re.sub(r"\b2\b", "{n}", catalog("en").say(key, dict.fromkeys(COUNTED, 2)))
    forms = []
    for english in (one, many):
        parts = [re.escape(text) for text, *_ in Formatter().parse(english)]
        forms.append(".*".join(parts).removesuffix(r"\."))
    return f"(?m)^! (?:{'|'.join(forms)})"


def test_a_code_that_tells_only_how_many_is_named_by_that() -> None:
    assert what(Attributes(count=12)) == {"thing_text": "thing.number", "code": 12}
    assert what(Attributes(lot=" L7", count=12))["code"] == "<SP>L7"
