"""The house numbers hold everywhere: small functions, small modules, one broad except."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "floorhand"
MODULES = sorted(SOURCE.rglob("*.py"))
FUNCTION_LINES_MAX = 50
CLASS_LINES_MAX = 200
MODULE_LINES_MAX = 400
COLUMNS_MAX = 100


def lines_of(node: ast.AST) -> int:
    return node.end_lineno - node.lineno + 1


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_module_is_small(path: Path) -> None:
    text = path.read_text("utf-8")
    lines = text.splitlines()
    assert len(lines) <= MODULE_LINES_MAX, f"{len(lines)} lines"
    assert not [line for line in lines if len(line) > COLUMNS_MAX]
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert lines_of(node) <= FUNCTION_LINES_MAX, f"{node.name}: {lines_of(node)} lines"
        if isinstance(node, ast.ClassDef):
            assert lines_of(node) <= CLASS_LINES_MAX, f"{node.name}: {lines_of(node)} lines"


def test_there_is_one_broad_except() -> None:
    broad = [
        f"{path.name}:{node.lineno}"
        for path in MODULES
        if "except" in (text := path.read_text("utf-8"))  # one in five, and all take seconds
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or (isinstance(node.type, ast.Name) and node.type.id == "Exception"))
    ]
    assert len(broad) <= 1, broad


def test_every_ignore_has_its_reason_beside_it() -> None:
    bare = re.compile(r"(noqa(: ?[A-Z0-9, ]+)?|type: ignore(\[[\w, -]+\])?)\s*$")
    found = [
        f"{path.relative_to(SOURCE)}:{number}: {line.strip()}"
        for path in MODULES
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if bare.search(line)
    ]
    assert found == []
