"""Every refusal can be met, is worded in every language, and says what it is about.

Codes are met in the conversations below and in the floor scripts, all on the real road; nothing is
raised by hand. What takes two terminals or a broken database is met by tests that name the code.
"""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
from bad_scans import bad_words
from conftest import new_warehouse
from robots.test_bad_scans import allow_everything
from scripts.test_scripts import SCRIPTS, Stage

from floorhand.errors import Code
from floorhand.flows.turn import Said
from floorhand.store.db import Transactions, engine_of
from floorhand.text.catalog import catalog, languages

TESTS = Path(__file__).parents[1]
SOURCE = TESTS.parent / "src" / "floorhand"

HAT, MUG, MILK = "09506000134352", "09506000134376", "09506000134369"
PACKING = ("@ packing", "@ job packing")
RETURNS = ("@ returns", "@ job returns")

TALKS: dict[Code, tuple[str, ...]] = {
    Code.BARCODE_DAMAGED: (*PACKING, "> ]C10109520000000010<GS>10LOT"),
    Code.SCAN_TOO_LONG: (*PACKING, "> " + "x" * 10_000),
    Code.NO_LIST: (*PACKING, "> *CHOOSE 1"),
    Code.TEXT_UNREADABLE: (*RETURNS, "> Po\u202est"),
    Code.UNKNOWN_BARCODE: (*PACKING, "> NO-SUCH-CODE"),
    Code.KEY_NOT_NOW: (*PACKING, "> *FULL"),
    Code.NO_SUCH_CHOICE: ("@ packing", "> *CHOOSE 99"),
    Code.ALL_CHECKED: (*PACKING, "> T-6", "> POLE-2", "> POLE-2"),
    Code.EXTRA_BELONGS_TO: (*PACKING, "> T-1", f"> {HAT}", f"> {HAT}"),
    Code.BELONGS_TO: (*PACKING, "> T-1", "> POLE-2"),
    Code.NOTHING_CHECKED: (*PACKING, "> T-1", "> *FULL"),
    Code.SCAN_EACH_PIECE: (*PACKING, "> T-1", "> *QTY 2"),
    Code.TOO_MANY_CHECKED: (*PACKING, "> T-9", f"> ]C101{MUG}307"),
    Code.NOT_TEST_CODE: ("@ packing", "> *SCANNER", "> NO-TEST-LABEL"),
    Code.RETURN_NONE_WAITING: ("@ packing", "@ job returns", "> *LIST"),
    Code.UNKNOWN_WORKER: ("@ people", "@ nobody", "> NOSUCHBODY"),
    Code.RETURN_NOT_SHIPPED: (*RETURNS, "> 1005"),
    Code.RETURN_TEXT_LONG: (*RETURNS, "> ODD-1", "> *DONE", "> " + "y" * 400),
}
"""Conversations that end in a refusal."""

NOT_MET_YET = {
    Code.SYSTEM_FAILED,
    Code.SIGNED_IN_ELSEWHERE,
    Code.NO_PIN,
    Code.GUESS_WAIT,
    Code.SEAT_LOCKED,
    Code.WORK_MOVED,
    Code.WALK_LOST,
    Code.TOTE_EMPTY,
    Code.PACK_LOST,
    Code.TOTES_ELSEWHERE,
    Code.NOT_IN_ORDER,
    Code.NO_BOX_TYPES,
    Code.NO_DELIVERIES,
    Code.CHOOSE_FROM_LIST,
    Code.PALLET_NOT_HERE,
    Code.RETURN_NOTHING_LEFT,
    Code.RETURN_NOT_EMPTY,
    Code.UNDO_STOCK,
    Code.UNDO_PRINTED,
    Code.UNDO_TOO_MUCH,
}
"""Refusals that the program says, and that no conversation or test names by code so far."""

SAYS_NO_MORE = {
    Code.SYSTEM_FAILED: "what failed is in the log; the worker shall scan again",
    Code.SCAN_AGAIN: "the terminal lost its place; the screen tells where it is",
    Code.UNKNOWN_WORKER: "a badge is a secret and stands on no screen",
    Code.WRONG_PIN: "a PIN is a secret and stands on no screen",
    Code.WORK_MOVED: "the colleague's name comes with the next scan",
    Code.WALK_LOST: "the walk was on the screen, and is gone",
    Code.NOTHING_CHECKED: "a key was pressed, nothing scanned",
    Code.NO_BOX_TYPES: "a key was pressed, nothing scanned",
    Code.NO_BENCH: "a key was pressed, nothing scanned",
    Code.NO_DELIVERIES: "a key was pressed, nothing scanned",
    Code.NO_DOCK: "nothing can be received at all",
    Code.NOTHING_TO_PUT_AWAY: "a key was pressed, nothing scanned",
    Code.RETURN_SAME_BADGE: "whose badge it is, the worker knows",
    Code.RETURN_NONE_WAITING: "a key was pressed, nothing scanned",
    Code.UNDO_NOTHING: "a key was pressed, nothing scanned",
    Code.REDO_NOTHING: "a key was pressed, nothing scanned",
    Code.UNDO_PRINTED: "a key was pressed, nothing scanned",
    Code.UNDO_TOO_MUCH: "a key was pressed, nothing scanned",
}
"""Refusals whose words hold no data, and why."""

DOES_SOMETHING = re.compile(
    r"\b(scan|type|press|take|go|look|call|ask|choose|count|use|bring|fetch|put|set|wait|read|leave"
    r"|close|tell|answer|draw|drop|hand|tries|try|end|need|keys|sign|change|open|park|come|know"
    r"|must|make|give|show|told|menu|done|F\d+|ask_text|go_text|why_text)",
    re.IGNORECASE,
)
"""A sentence that helps says what to do."""


@pytest.mark.parametrize("code", TALKS)
def test_a_scan_on_the_road_is_refused_in_words_that_say_what_it_was(
    tmp_path: Path, code: Code
) -> None:
    said = last_said(tmp_path, TALKS[code])
    assert said.text == f"refusal.{code}", said
    assert said.tone == "refused"
    assert list(bad_words(said)) == []


def last_said(folder: Path, lines: tuple[str, ...]) -> Said:
    """Play a conversation and give its last answer."""
    builder: Any = import_module(f"warehouses.{lines[0].removeprefix('@ ')}")
    transactions: Transactions = new_warehouse(folder)
    builder.build(transactions)
    allow_everything(transactions)
    stage = Stage(transactions)
    if "@ nobody" not in lines:
        stage.sign_in(builder.WORKER)
    for line in lines[1:]:
        stage.follow(line)
    engine_of(transactions).dispose()
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


@pytest.mark.parametrize("code", Code)
def test_every_refusal_names_something_and_says_what_to_do(code: Code) -> None:
    english = catalog("en").say(f"refusal.{code}")
    named = {name for _, name, _, _ in Formatter().parse(english) if name}
    assert bool(named) == (code not in SAYS_NO_MORE), english
    assert DOES_SOMETHING.search(english), english
    for language in languages():
        text = catalog(language).say(f"refusal.{code}")
        assert {name for _, name, _, _ in Formatter().parse(text) if name} == named, language


@pytest.mark.parametrize("code", Code)
def test_no_refusal_is_kept_that_nobody_says(code: Code) -> None:
    """Said somewhere in the program; those with a conversation above, on the road."""
    said = re.compile(rf"\bCode\.{code.name}\b")
    assert any(
        said.search(file.read_text("utf-8"))
        for file in SOURCE.rglob("*.py")
        if file.name != "errors.py"
    )


def test_refusals_are_met_by_conversations_or_by_tests_that_name_them() -> None:
    """A script shows a refusal by its sentence, a test by its code."""
    scripts = "\n".join(path.read_text("utf-8") for path in SCRIPTS)
    tests = "\n".join(
        path.read_text("utf-8") for path in TESTS.rglob("test_*.py") if path != Path(__file__)
    )
    unmet = {
        code
        for code in Code
        if code not in TALKS
        and not re.search(rf"\bCode\.{code.name}\b|\brefusal\.{code}\b", tests)
        and not re.search(_sentence(code), scripts)
    }
    assert unmet - NOT_MET_YET == set()


def _sentence(code: Code) -> str:
    """Make an expression for the English sentence of a refusal, whatever is filled in."""
    english = catalog("en").say(f"refusal.{code}")
    parts = [re.escape(text) for text, *_ in Formatter().parse(english)]
    return r"(?m)^! " + ".*".join(parts).removesuffix(r"\.") if parts else english
