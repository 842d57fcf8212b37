"""Find where text could get to a screen by another way than the one door, `floorhand.tui.safe`.

Textual takes markup for markup and sends control characters to the terminal, whatever way they
come. A list of such ways is never complete, so this lists what is allowed, and all else is a leak:

- what a module may import from outside, to be used while it runs. Of what holds text on its way
  to a terminal (`Content`, `Segment`, `Strip`) only the door has anything but the type;
- of the names that Textual, Rich and files have (they are asked for them), which a module may
  utter at all, which it may set, and which its classes may have; of Python's own, likewise.

The tree is read, not run: a screen that no test opens is covered as well.
"""

from __future__ import annotations

import ast
import asyncio
import builtins
import inspect
import io
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from textwrap import dedent
from typing import Any

from rich.console import Console
from rich.segment import Segment
from rich.style import Style as RichStyle
from rich.text import Text
from textual import events, widgets
from textual.app import App
from textual.content import Content
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message
from textual.screen import Screen
from textual.strip import Strip
from textual.style import Style
from textual.timer import Timer
from textual.widget import Widget

IMPORTS = {
    "__init__.py": {"os.environ"},
    "answering.py": {"logging.getLogger", "traceback.format_tb"},
    "app.py": {
        *("textual.app.App", "textual.driver.Driver", "sys.platform"),
        *("logging.getLogger", "logging.Formatter", "logging.handlers.RotatingFileHandler"),
        *("os.environ", "pathlib.Path", "signal.SIGHUP", "signal.SIGTERM"),
        *("signal.SIGUSR1", "signal.SIGUSR2"),
        *("signal.pthread_sigmask", "signal.SIG_UNBLOCK"),
    },
    "widths.py": {"rich.cells.cell_len"},
    "board.py": {
        *("textual.app.App", "textual.app.ComposeResult", "textual.work"),
        *("asyncio.wait_for", "os.nice", "pathlib.Path", "sys.platform"),
        *("signal.SIGHUP", "signal.SIGTERM"),
    },
    "driver.py": {
        *("signal.SIGCONT", "textual._xterm_parser.XTermParser"),
        "textual.drivers.linux_driver.LinuxDriver",
        "textual.message.Message",
    },
    "flow_screen.py": {"textual.message.Message", "textual.work"},
    "hearing.py": {
        *("os.close", "os.pipe", "os.read", "os.write", "selectors.BaseSelector"),
        *("selectors.DefaultSelector", "selectors.EVENT_READ"),
    },
    "mouse.py": {"textual.screen.Screen"},
    "road.py": {"gc.freeze"},
    "rows_view.py": {"textual.geometry.Region", "textual.widget.Widget"},
    "rules.py": {"textual.css.stylesheet.Stylesheet"},
    "safe.py": {
        *("rich.segment.ControlType", "rich.segment.Segment", "textual.content.Content"),
        *("textual.strip.Strip", "textual.style.Style"),
    },
    "serial.py": {
        *("os.O_NOCTTY", "os.O_NONBLOCK", "os.O_RDONLY", "os.close", "os.open"),
        *("termios.B9600", "termios.CLOCAL", "termios.CREAD", "termios.CS8", "termios.IGNBRK"),
        *("termios.TCSANOW", "termios.error", "termios.tcgetattr", "termios.tcsetattr"),
    },
    "single_keys.py": {"textual.events.Key", "textual.events.Paste", "textual.timer.Timer"},
    "telling.py": {
        *("textual.app.ComposeResult", "textual.screen.Screen", "textual.work"),
    },
    "themes.py": {"os.environ", "sys.__stderr__", "textual.theme.Theme"},
}
"""What each module may use of what could reach a terminal."""

HARMLESS_MODULES = frozenset(
    {
        *("__future__", "abc", "collections", "collections.abc", "datetime", "enum"),
        *("itertools", "re", "time", "unicodedata"),
    }
)
"""Modules of Python that write nowhere, run nothing and make no classes."""

EVERYWHERE = frozenset(
    {
        *("asyncio.Event", "asyncio.Task", "asyncio.create_task", "asyncio.sleep"),
        *("asyncio.get_running_loop", "codecs.getincrementaldecoder", "contextlib.suppress"),
        *("concurrent.futures.ThreadPoolExecutor", "dataclasses.dataclass", "dataclasses.field"),
        *("dataclasses.replace", "functools.lru_cache", "functools.partial"),
        *("threading.Condition", "threading.Thread", "typing.TYPE_CHECKING", "typing.Any"),
        *(
            "typing.ClassVar",
            "typing.Final",
            "typing.Generic",
            "typing.NamedTuple",
            "typing.Protocol",
            "typing.TypeVar",
            "typing.cast",
        ),
    }
)
"""What any module may use of the others; all else is named with the module that uses it."""

EXACTLY = {
    "driver.py": {"self.write('\\x1b[?1000h\\x1b[?1006h')"},
    "hearing.py": {"os.write(self._waker, b'\\0')"},
    "watching.py": {"self._terminal.push_screen(self.board)"},
}
"""Calls that are allowed in this one form: a byte to a pipe of its own, a screen of ours, what has
a terminal tell of clicks."""

DOOR = "safe.py"
DOOR_NAMES = frozenset(
    {
        *("styled", "render_segments", "adjust_cell_length", "background", "color"),
        *("text_style", "bold", "reverse", "has_rule", "style"),
    }
)
"""Names that only the door utters: what makes contents of text, and styles of rules."""

TEXTUAL_NAMES = frozenset(
    {
        *("app", "screen", "size", "width", "height", "is_headless", "return_code"),
        *("run", "exit", "bell", "refresh", "set_timer", "call_later", "call_after_refresh"),
        *("post_message", "process_message", "prevent_default", "character", "key", "fileno"),
        *("register_theme", "theme", "get_component_styles", "get_line_filters", "stop"),
        *("apply_filter", "crop", "visual_style", "background_colors", "notify_style_update"),
        *("start_application_mode", "disable_input", "close", "rich_style", "_app"),
        *("_key_thread", "attrs_before", "_writer_thread", "_must_signal_resume"),
        *("_run_input_thread",),
        *("_mouse", "pop_screen", "chain"),
        *("stylesheet", "get_css_variables", "theme_variables", "add_source", "rules"),
    }
)
"""Names of Textual by which nothing can be shown that did not come through the door."""

OUR_NAMES = frozenset(
    {
        *("name", "text", "plain", "source", "language", "prompt", "progress", "encoding"),
        *("press", "fit", "pause", "show", "end", "suffix", "parent", "error", "match"),
        *("_add", "_lines", "_run", "_text", "_tick", "append", "extend", "remove", "pop"),
        *("clear", "select", "mkdir", "with_name", "normalize", "read", "HELP", "_parts"),
        *("_line", "_skip", "quiet", "rows", "add_signal_handler", "run_in_executor"),
        *("create_task", "columns"),
    }
)
"""Names that are ours here, or Python's; Textual or files have them for things that no screen here
has, or only to be read."""

SET = frozenset(
    {
        *("theme", "stylesheet", "theme_variables", "attrs_before", "_lines", "_parts", "_text"),
        *("name", "language", "_key_thread", "_must_signal_resume", "_run_input_thread"),
    }
)
"""Those of all these names that may be set."""

MEMBERS = OUR_NAMES | {
    *("__init__", "AUTO_FOCUS", "CSS_PATH", "ENABLE_COMMAND_PALETTE", "COMPONENT_CLASSES"),
    *("can_focus", "compose", "get_default_screen", "render_lines", "notify_style_update"),
    *("start_application_mode", "run_input_thread", "disable_input", "theme", "close", "stop"),
    *("on_mount", "on_unmount", "on_resize", "get_css_variables", "parse", "reparse"),
    *("on_click", "_enable_mouse_support"),
}
"""Those that a class may define."""

PYTHON_NAMES = frozenset(
    {
        *("bool", "bytes", "dict", "float", "frozenset", "int", "list", "object", "set", "str"),
        *(
            "tuple",
            "type",
            "property",
            "super",
            "isinstance",
            "Exception",
            "NotImplementedError",
            "OSError",
            "TimeoutError",
        ),
        *("any", "all", "enumerate", "len", "map", "max", "min", "next", "range", "reversed"),
        *("sorted", "sum", "zip", "ord", "chr", "__file__", "__name__"),
    }
)

UNDER_NAMES = frozenset({"__init__", "__name__", "__traceback__", "__getitem__"})

MODULES_OF_TEXTUAL = frozenset({"textual.events"})
"""Imported whole; of it, too, each name is listed."""

_SHOWN: tuple[Any, ...] = (
    *(App, Screen, Widget, LinuxDriver, Message, Timer, events.Key, events.Paste),
    *(Content, Strip, Style, Segment, RichStyle, Text, Console),
    *(io.TextIOWrapper, io.FileIO, Path, asyncio.BaseEventLoop),
    *(getattr(widgets, name) for name in widgets.__all__),
)


def _names_of(shown: type) -> frozenset[str]:
    """Give what a class has, and what its instances are given."""
    return frozenset(dir(shown)).union(*map(_given_by, shown.__mro__))


@cache
def _given_by(one: type) -> frozenset[str]:
    """Give what the code of a class itself sets; what is made in C has none, and tells all."""
    try:
        tree = ast.parse(dedent(inspect.getsource(one)))
    except (OSError, TypeError):
        return frozenset()
    return frozenset(
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)
    )


@cache
def known() -> frozenset[str]:
    """All names of what can show or send text; without those that every text has, and no screen."""
    of_screens = frozenset().union(*map(_names_of, (App, Screen, Widget, LinuxDriver)))
    return of_screens.union(*map(_names_of, _SHOWN)) - (frozenset(dir(str)) - of_screens)


def leaks(name: str, source: str) -> list[str]:
    """List what could go past the door in a module, as ``file:line: what``."""
    tree = ast.parse(source)
    found = {(node.lineno, told) for look in (_imports, _names) for node, told in look(name, tree)}
    return [f"{name}:{line}: {told}" for line, told in sorted(found)]


def leaks_of_package(folder: Path) -> list[str]:
    """List what could go past the door in all modules of a folder."""
    return [
        leak
        for file in sorted(folder.rglob("*.py"))
        for leak in leaks(file.name, file.read_text("utf-8"))
    ]


Told = Iterator[tuple[Any, str]]


def _imports(file: str, tree: ast.Module) -> Told:
    """Look at what is imported, and at what is used of modules that are imported whole."""
    allowed = IMPORTS.get(file, set()) | EVERYWHERE
    typing_only = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for one in node.body
        for inner in ast.walk(one)
    }
    modules: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for one in node.names:
                modules[one.asname or one.name] = one.name
                if one.asname or not _is_listed(one.name, allowed):
                    yield node, f"imports {ast.unparse(one)}"
        elif isinstance(node, ast.ImportFrom) and node not in typing_only:
            for one in node.names:
                dotted = f"{node.module}.{one.name}"
                if dotted in MODULES_OF_TEXTUAL and any(x.startswith(dotted) for x in allowed):
                    modules[one.name] = dotted
                elif not _may_import(str(node.module), one, allowed):
                    yield node, f"imports {dotted}"
    yield from _of_modules(file, tree, modules, allowed)


def _of_modules(file: str, tree: ast.Module, modules: dict[str, str], allowed: set[str]) -> Told:
    exact = {
        node.func
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and _unparsed(node) in EXACTLY.get(file, ())
    }
    used = set()
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id=short) as base, attr=attr) if short in modules:
                used.add(base)
                dotted = f"{modules[short]}.{attr}"
                harmless = modules[short] in HARMLESS_MODULES and not attr.startswith("_")
                if dotted == "os.write":
                    harmless = node in exact
                if not (harmless or (dotted in allowed and dotted != "os.write")):
                    yield node, f"uses {dotted}"
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in modules and node not in used:
            yield node, f"hands {node.id} on"


def _is_listed(module: str, allowed: set[str]) -> bool:
    return module in HARMLESS_MODULES or any(one.startswith(f"{module}.") for one in allowed)


def _may_import(module: str, one: ast.alias, allowed: set[str]) -> bool:
    """Say whether a name may be imported; of a screen's module not what it has from outside."""
    if module.startswith("floorhand.tui."):
        short = module.removeprefix("floorhand.tui.")
        borrowed = {dotted.rpartition(".")[2] for dotted in IMPORTS.get(f"{short}.py", ())}
        return one.name not in borrowed | set(sys.stdlib_module_names)
    if module in ("floorhand", "floorhand.tui"):
        return False
    if module.startswith("floorhand."):
        return True
    if module in HARMLESS_MODULES:
        return not one.name.startswith("_")
    return f"{module}.{one.name}" in allowed | EVERYWHERE and one.asname is None


def _names(file: str, tree: ast.Module) -> Told:
    """Look at every name that is uttered, set or defined."""
    plainly = {id(node.func) for node in ast.walk(tree) if _is_plain_exit(node)}
    exact = {
        id(node.func)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and _unparsed(node) in EXACTLY.get(file, ())
    }
    asked = {id(one) for node in ast.walk(tree) for one in _type_asked(node)}
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) if name not in PYTHON_NAMES and (
                name in dir(builtins) or name.startswith("__")
            ):
                yield node, f"uses {name}"
            case ast.Name(id="type") if id(node) not in asked:
                yield node, "makes a class"
            case ast.Name(id="TYPE_CHECKING", ctx=ast.Store()) | ast.alias(asname="TYPE_CHECKING"):
                yield node, "makes TYPE_CHECKING true"
            case ast.Attribute(attr="exit") if id(node) not in plainly:
                yield node, "exits with more than a result"
            case ast.Attribute(attr=attr) if id(node) not in exact:
                if not _may_utter(attr, file):
                    yield node, f"utters .{attr}"
                elif isinstance(node.ctx, ast.Store) and attr in known() and attr not in SET:
                    yield node, f"sets .{attr}"
            case ast.ClassDef(body=body):
                for one in body:
                    for name in _defined(one):
                        if name in known() and name not in MEMBERS:
                            yield one, f"defines {name}"


def _may_utter(attr: str, file: str) -> bool:
    listed = {dotted.rpartition(".")[2] for dotted in IMPORTS.get(file, ())} - {"write"}
    if attr.startswith("__"):
        return attr in UNDER_NAMES | listed
    return attr not in known() or attr in (
        TEXTUAL_NAMES | OUR_NAMES | listed | (DOOR_NAMES if file == DOOR else set())
    )


def _type_asked(node: ast.AST) -> Iterator[ast.expr]:
    """Give ``type`` where it asks for a type, or names one; with more it would make one."""
    match node:
        case ast.Call(func=ast.Name(id="type") as name, args=[one], keywords=[]):
            if not isinstance(one, ast.Starred):
                yield name
        case ast.Subscript(value=ast.Name(id="type") as name):
            yield name


def _is_plain_exit(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(attr="exit"), args=args, keywords=[]):
            return len(args) <= 1 and not any(isinstance(one, ast.Starred) for one in args)
    return False


def _defined(node: ast.stmt) -> Iterator[str]:
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            yield name
        case ast.AnnAssign(target=ast.Name(id=name), value=value) if value is not None:
            yield name
        case ast.FunctionDef() | ast.AnnAssign() | ast.Expr() | ast.Pass():
            return
        case _:
            for inner in ast.walk(node):
                if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store):
                    yield inner.id


def _unparsed(node: ast.AST) -> str:
    return ast.unparse(node).replace("\\x00", "\\0")
