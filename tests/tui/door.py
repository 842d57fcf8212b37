"""Find where text gets to a screen by another way than the one door, `floorhand.tui.safe`.

Textual takes markup for markup and sends control characters to the terminal, whatever way they
come (a widget, a title, a notification, a string that ``render`` returns). So nobody but the door
may make contents of anything but constants, and nobody may give text to a widget, a title or the
terminal itself. The tree is read, not run: a screen that no test opens is covered as well.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

DOOR = "safe.py"
"""The one module that may make contents of data."""

PAINTERS = frozenset({"textual.content", "textual.style", "textual.strip"})
"""What a widget that paints itself needs; contents still come from the door."""

VIEW = "prompt_view.py"
"""The one widget that paints contents; no other module needs to know of them."""

FORBIDDEN = (
    "textual.widgets",
    "textual.markup",
    "textual.visual",
    "rich.text",
    "rich.markup",
    "rich.segment",
    "rich.console",
    "rich.table",
    "rich.panel",
)
"""Modules whose classes parse markup or send text as it is."""

MAKERS = frozenset({"Content", "Strip", "Segment", "Text", "Visual"})
"""Classes that are made of text; of constants, they may be made anywhere."""

METHODS = frozenset(
    {
        *("update", "notify", "write", "writelines", "print", "log_message", "set_title"),
        *("styled", "from_markup", "from_text", "from_rich_text", "from_ansi", "assemble"),
        *("append_text", "add_row", "add_option", "add_options", "mount_all"),
    }
)
"""Methods of widgets, contents, the application and the terminal that take text."""

FIELDS = frozenset(
    {
        *("border_title", "border_subtitle", "title", "sub_title", "tooltip", "placeholder"),
        *("label", "renderable", "content", "value"),
    }
)
"""Attributes of widgets and of the application that are shown."""


def leaks(name: str, source: str) -> list[str]:
    """List what goes past the door in a module, as ``file:line: what``."""
    if name == DOOR:
        return []
    tree = ast.parse(source)
    known = _known(tree)
    found: list[tuple[int, str]] = []
    for node in ast.walk(tree):
        found += [(node.lineno, told) for told in _told(node, known)]
        if name != VIEW and isinstance(node, ast.ImportFrom) and node.module == "textual.content":
            found.append((node.lineno, "imports textual.content, which is the view's"))
    return [f"{name}:{line}: {told}" for line, told in sorted(set(found))]


def leaks_of_package(folder: Path) -> list[str]:
    """List what goes past the door in all modules of a folder."""
    return [
        leak
        for file in sorted(folder.rglob("*.py"))
        for leak in leaks(file.name, file.read_text("utf-8"))
    ]


def _known(tree: ast.Module) -> dict[str, str]:
    """Tell what imported names stand for, also where they were given another name."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            names |= {one.asname or one.name: one.name for one in node.names}
    return names


def _told(node: ast.AST, known: dict[str, str]) -> Iterator[str]:
    match node:
        case ast.Import(names=names):
            for one in names:
                if _forbidden(one.name):
                    yield f"imports {one.name}"
                elif one.name in PAINTERS:
                    yield f"imports {one.name} whole, so that nobody sees what it makes"
        case ast.ImportFrom(module=str(module), names=names):
            if _forbidden(module) or any(_forbidden(f"{module}.{one.name}") for one in names):
                yield f"imports {module}"
        case ast.Call(func=func):
            yield from _called(node, func, known)
        case ast.Assign(targets=targets, value=value):
            for target in targets:
                yield from _set(target, value)
        case ast.AnnAssign(target=target, value=value) | ast.AugAssign(target=target, value=value):
            yield from _set(target, value)
        case ast.FunctionDef(name="render" | "render_line" | "render_lines", returns=returns):
            kind = ast.unparse(returns) if returns else "anything"
            if kind not in ("Content", "Strip", "list[Strip]"):
                yield f"{node.name} returns {kind}, which Textual would take for markup"
            yield from _rendered(node)


def _forbidden(module: str) -> bool:
    return any(module == one or module.startswith(f"{one}.") for one in FORBIDDEN)


def _called(node: ast.Call, func: ast.expr, known: dict[str, str]) -> Iterator[str]:
    given = [*node.args, *(keyword.value for keyword in node.keywords)]
    plain = all(_is_harmless(one) for one in given)
    match func:
        case ast.Name(id="print"):
            yield "prints on the screen"
        case ast.Name(id=name) if known.get(name, name) in MAKERS and not plain:
            yield f"makes {known.get(name, name)} of what did not come through the door"
        case ast.Attribute(attr=attr, value=of) if attr in METHODS and not plain:
            if attr == "write" and isinstance(of, ast.Name) and of.id == "os":
                return  # bytes to a descriptor that is no screen; the driver's is its own
            if not (attr == "update" and _is_of_places(of)):
                yield f"gives .{attr}() what did not come through the door"


def _is_of_places(of: ast.expr) -> bool:
    """Say whether it is a set or mapping that is updated: named in the plural, never a widget."""
    name = of.attr if isinstance(of, ast.Attribute) else of.id if isinstance(of, ast.Name) else ""
    return name.endswith("s") and not name.endswith("ss")


def _set(target: ast.expr, value: ast.expr | None) -> Iterator[str]:
    if isinstance(target, ast.Attribute) and target.attr in FIELDS and value is not None:
        mine = isinstance(target.value, ast.Name) and target.value.id == "self"
        if not _is_harmless(value) and not (mine and target.attr in ("value", "content", "label")):
            yield f"sets .{target.attr} to what did not come through the door"


def _rendered(node: ast.FunctionDef) -> Iterator[str]:
    """Look at what a widget paints: joined contents, or what a function of contents gave."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Return) and isinstance(inner.value, ast.JoinedStr | ast.Constant):
            yield f"{node.name} returns a string, which Textual would take for markup"


def _is_harmless(given: ast.expr) -> bool:
    """Say whether something is a constant, or came through the door."""
    match given:
        case ast.Constant():
            return True
        case ast.Call(func=ast.Name(id="safe")):
            return True
        case ast.List(elts=[]) | ast.Tuple(elts=[]):
            return True
    return False
