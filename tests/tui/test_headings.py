"""Headings of a table differ from each other, however narrow its columns are, in each language."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import UTC
from importlib import import_module
from pathlib import Path

import pytest
from tui.screens import NOW
from tui.test_board import a_board

import floorhand
from floorhand.domain.signing_in import JOBS
from floorhand.domain.things import CONDITIONS
from floorhand.flows.columns import COLUMNS
from floorhand.flows.turn import Choice
from floorhand.reports.people import AS_JOBS
from floorhand.store.cells import Details, Value
from floorhand.text.catalog import catalog, languages
from floorhand.tui.board_details import NAMES, DetailsView, Order, lay_out_details
from floorhand.tui.board_layout import lay_out_board
from floorhand.tui.board_parts import BoardView
from floorhand.tui.headings import told_apart
from floorhand.tui.list_tables import tabled
from floorhand.tui.rows import Row
from floorhand.tui.safe import CUT

SOURCES = Path(floorhand.__file__).parent
TEXTS = Path(__file__).parents[2] / "assets" / "text" / "en.po"
AREAS = ("store", "reports", "commands", "tui")
HEADS = frozenset(re.findall(r'^msgid "board\.head\.(\w+)"$', TEXTS.read_text("utf-8"), re.M))

MADE = (
    ("hour", *(AS_JOBS.get(job, job) for job in JOBS)),
    ("hour", "pieces", "bar"),
    ("hour", "lines", "bar"),
    ("sku", "name", "promised", *CONDITIONS, "in_all", "to_come"),
)
"""Tables whose columns are only known when they are made."""


def _tuples(code: ast.AST, known: dict[str, object]) -> Iterator[tuple[str, ...]]:
    """Give all headings that are written in a piece of code, those of its functions after it."""
    within = dict(known)
    for node in ast.walk(code):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            value = _evaluated(node.value, within)
            if value is not None:
                within[node.targets[0].id] = value
    for node in ast.walk(code):
        value = _evaluated(node, within) if isinstance(node, ast.Tuple) else None
        if isinstance(value, tuple) and len(value) > 1 and HEADS.issuperset(value):
            yield value


def _evaluated(node: ast.expr, known: dict[str, object]) -> tuple[object, ...] | None:
    if not isinstance(node, ast.Tuple):
        return None
    try:
        value = eval(compile(ast.Expression(node), "heads", "eval"), dict(known))
    except (NameError, TypeError, AttributeError, KeyError, ValueError):
        return None
    return value if all(isinstance(one, str) for one in value) else None


def _tables() -> frozenset[tuple[str, ...]]:
    found = set(MADE)
    for file in sorted(file for area in AREAS for file in (SOURCES / area).glob("*.py")):
        text = file.read_text("utf-8")
        if "Details(" in text or "table(" in text:
            known = vars(import_module(f"floorhand.{file.parent.name}.{file.stem}"))
            code = ast.parse(text)
            for part in code.body:
                found.update(_tuples(part, known))
    return frozenset(one for one in found if len(set(one)) == len(one))


TABLES = _tables()


def clash(heads: list[str]) -> list[tuple[str, str]]:
    """Give the pairs of headings that read the same, or of which one is the other, cut."""
    return [
        (one, other)
        for at, one in enumerate(heads)
        for other in heads[at + 1 :]
        if one == other
        or (one.endswith(CUT) and other.startswith(one.removesuffix(CUT)))
        or (other.endswith(CUT) and one.startswith(other.removesuffix(CUT)))
    ]


def sorting(rows: list[Row]) -> list[str]:
    """Give the headings that can be clicked."""
    parts = [part for row in rows for part in row if part.click.startswith("sort:")]
    return [shown for part in parts if (shown := part.text.rstrip(" ▲▼"))]


def wide(head: str, columns: int) -> Value:
    return "x" * (columns * 4) if head in NAMES else "9" * columns


def test_all_tables_are_found() -> None:
    known = {
        ("what", "count", "more"),
        (
            *("worker", "signed_in", "active", "gap", "other_time", "busy"),
            *("scans", "refused", "undone", "accuracy"),
        ),
        ("order", "state", "pieces", "tote", "worker", "priority", "reason", "due"),
        ("at", "worker", "seat", "deed", "moved", "reason", "taken_back", "operation"),
        ("delivery", "merchant", "carrier", "expected_on", "dock", "since"),
    }
    assert known - TABLES == set()
    assert len(TABLES) > 50


@pytest.mark.parametrize("language", languages())
def test_no_two_headings_of_a_table_read_the_same_on_80_columns(language: str) -> None:
    words, wrong = catalog(language), []
    for heads in sorted(TABLES):
        for columns in (1, 3, 5, 7, 9):
            for order in (Order(), Order(heads[0]), Order(heads[-1], down=True)):
                row = tuple(wide(head, columns) for head in heads)
                view = DetailsView("", Details(heads, (row,), 1), words, UTC, NOW, order)
                shown = sorting(lay_out_details(view, 80, 24))
                assert len(shown) > 1
                wrong += [(heads, columns, pair) for pair in clash(shown)]
    assert wrong == []


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("listed", sorted(COLUMNS))
def test_no_two_headings_of_a_list_read_the_same_on_80_columns(listed: str, language: str) -> None:
    for columns in (1, 5, 9, 20):
        facts = tuple((one.fact, "x" * columns) for one in COLUMNS[listed])
        choice = Choice("1", "", facts=facts)
        found = tabled((choice,), COLUMNS[listed], catalog(language), 78)
        assert found is not None
        heads = [part.text for part in found[0][0] if part.text.strip()]
        assert clash(heads) == []


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("width", [80, 120])
def test_no_two_headings_of_a_part_of_the_board_read_the_same(language: str, width: int) -> None:
    words = catalog(language)
    rows = lay_out_board(BoardView(a_board(), words, UTC, "MAIN"), width, 24)
    heads = [
        [part.text for part in row if part.role == "muted" and part.text.strip()] for row in rows
    ]
    assert [pair for some in heads for pair in clash(some)] == []


def test_headings_that_begin_alike_are_told_apart_by_what_differs() -> None:
    heads = ["Target pcs/h", "Target lines/h", "State", "Station", "Out by", "Refused", "Refused %"]
    assert told_apart(heads, [4] * 7) == ["T…pc", "T…li", "St…e", "S…io", "Out…", "Ref…", "Re…%"]
    assert told_apart(heads, [8, 8, 8, 8, 8, 8, 8])[:2] == ["Ta…pcs/h", "T…lines/"]
    assert told_apart(["Refused", "Refused %"], [7, 8]) == ["Refused", "Refuse…%"]
    assert told_apart(["Refused", "Refused %"], [7, 9]) == ["Refused", "Refused %"]
    assert told_apart(["目标 件/时", "目标 行/时"], [4, 4]) == ["…件", "…行"]
    assert told_apart(["Lot", "Lot number", "Lo"], [3, 0, 2]) == ["Lot", "", "Lo"]
