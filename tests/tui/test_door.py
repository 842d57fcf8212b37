"""One door for text to the screen: nothing in the package goes past it, whoever adds a screen."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.segment import Segment
from textual.strip import Strip
from textual.widgets import Static
from tui.door import known, leaks, leaks_of_package
from tui.screens import ListRoad, settled, terminal

import floorhand.tui
from floorhand.tui.prompt_view import PromptView

OFFENDING = {
    "from textual.widgets import Static": "imports textual.widgets.Static",
    "from textual import widgets": "imports textual.widgets",
    "from textual import content\ncontent.Content(name)": "imports textual.content",
    "import textual.content": "imports textual.content",
    "import textual.content as c": "imports textual.content as c",
    "import rich.text": "imports rich.text",
    "import importlib": "imports importlib",
    "from textual.content import Content\nContent('')": "imports textual.content.Content",
    "from textual.content import Content as C": "imports textual.content.Content",
    "from textual.widget import Widget as W": "imports textual.widget.Widget",
    "from floorhand.tui.safe import Content\nContent(name)": "imports floorhand.tui.safe.Content",
    "from floorhand.tui.safe import Segment as S": "imports floorhand.tui.safe.Segment",
    "from floorhand.tui import safe\nsafe.Content(name)": "imports floorhand.tui.safe",
    "from floorhand import tui": "imports floorhand.tui",
    "import floorhand.tui.safe": "imports floorhand.tui.safe",
    "from floorhand.tui.themes import sys": "imports floorhand.tui.themes.sys",
    "from textual.strip import Strip\nStrip([name])": "imports textual.strip.Strip",
    "strip.__class__([name])": "utters .__class__",
    "safe.__globals__['Content'](name)": "utters .__globals__",
    "Content.from_markup(name)": "utters .from_markup",
    "Content.styled(name, style)": "utters .styled",
    "setattr(self, 'border_title', name)": "uses setattr",
    "getattr(self, 'notify')(name)": "uses getattr",
    "vars(self)['title'] = name": "uses vars",
    "exec(name)": "uses exec",
    "self.title, self.sub_title = name, x": "utters .sub_title",
    "[self.border_title] = [name]": "utters .border_title",
    "for self.border_title in [name]: pass": "utters .border_title",
    "with name as self.title: pass": "utters .title",
    "self.query_one(X).tooltip = name": "utters .tooltip",
    "class S(Screen):\n    TITLE = name": "defines TITLE",
    "class S(Screen):\n    TITLE, SUB_TITLE = name, x": "defines SUB_TITLE",
    "class S(Screen):\n    if name:\n        BINDINGS = [name]": "defines BINDINGS",
    "class W(Widget):\n    def render(self):\n        return name": "defines render",
    "class W(Widget):\n    def render_line(self, y):\n        return name": "defines render_line",
    "class W(Widget):\n    render_str = name": "defines render_str",
    "put = w.update\nput(name)": "utters .update",
    "widget.update(name)": "utters .update",
    "self.app.notify(f'{name} taken')": "utters .notify",
    "self.call_after_refresh(self.notify, name)": "utters .notify",
    "self.exit(message=name)": "exits with more",
    "self.exit(0, 0, name)": "exits with more",
    "self.exit(*three)": "exits with more",
    "out = self.exit\nout(message=name)": "exits with more",
    "self.call_later(self.exit, message=name)": "exits with more",
    "app.panic(name)": "utters .panic",
    "app.bell = name": "sets .bell",
    "self.render_str(name)": "utters .render_str",
    "self.set_reactive(Widget.border_title, name)": "utters .set_reactive",
    "self.mutate_reactive(x)": "utters .mutate_reactive",
    "self.console.print(name)": "utters .console",
    "self.run_action(name)": "utters .run_action",
    "self.mount(name)": "utters .mount",
    "self.app.push_screen(name)": "utters .push_screen",
    "self.app.copy_to_clipboard(name)": "utters .copy_to_clipboard",
    "self.app._driver.write(name)": "utters ._driver",
    "driver.write(name)": "utters .write",
    "import os\nos.write(1, name)": "imports os",
    "import sys\nsys.stdout.write(name)": "imports sys",
    "import subprocess": "imports subprocess",
    "from asyncio import create_subprocess_shell": "imports asyncio.create_subprocess_shell",
    "import asyncio\nasyncio.create_subprocess_shell(name)": "uses asyncio.create_subprocess",
    "loop.subprocess_shell(x, name)": "utters .subprocess_shell",
    "import codecs\ncodecs.open('/dev/tty', 'w')": "uses codecs.open",
    "from dataclasses import make_dataclass": "imports dataclasses.make_dataclass",
    "from typing import get_type_hints": "imports typing.get_type_hints",
    "type('S', (Screen,), {'TITLE': name})": "makes a class",
    "make = type\nmake('S', (Screen,), {'TITLE': name})": "makes a class",
    "TYPE_CHECKING = True": "makes TYPE_CHECKING true",
    "from floorhand.errors import Yes as TYPE_CHECKING": "makes TYPE_CHECKING true",
    "print(name)": "uses print",
    "out = print\nout(name)": "uses print",
    "open('/dev/tty', 'w')": "uses open",
    "from pathlib import Path\nPath('/dev/tty').write_text(name)": "utters .write_text",
    "from builtins import print": "imports builtins.print",
    "__builtins__['print'](name)": "uses __builtins__",
    "type(w).render = name": "utters .render",
}

OF_MODULES = (
    ("hearing.py", "import os\nos.write(1, name)", "uses os.write"),
    ("hearing.py", "import os\nput = os.write\nput(1, name)", "uses os.write"),
    ("hearing.py", "import os\nput = os\nput.write(1, name)", "hands os on"),
    ("hearing.py", "import os\nos.writev(1, name)", "uses os.writev"),
    ("serial.py", "import os\nos.write(line, name)", "uses os.write"),
    ("themes.py", "import sys\nsys.stdout.write(name)", "uses sys.stdout"),
    ("themes.py", "import sys\nsys.__stderr__.write(name)", "utters .write"),
    (
        "single_keys.py",
        "from textual import events\nevents.Print(name)",
        "textual.events.Print",
    ),
    ("prompt_view.py", "from textual.strip import Strip", "imports textual.strip.Strip"),
    ("telling.py", "from textual.widget import Widget", "imports textual.widget.Widget"),
)

HARMLESS = (
    "from floorhand.tui.safe import cut, safe\nsafe(name, 80)",
    "if TYPE_CHECKING:\n    from textual.strip import Strip",
    "self.app.exit()",
    "self.app.exit(error)",
    "rows.append(name)",
)


def test_nothing_can_reach_a_screen_by_another_way() -> None:
    assert leaks_of_package(Path(floorhand.tui.__file__).parent) == []


@pytest.mark.parametrize("snippet", OFFENDING)
def test_what_could_go_past_the_door_is_named_with_its_line(snippet: str) -> None:
    found = leaks("new_screen.py", snippet + "\n")
    assert any(f": {OFFENDING[snippet]}" in leak for leak in found), found
    assert found[0].startswith("new_screen.py:")


@pytest.mark.parametrize(("module", "snippet", "told"), OF_MODULES)
def test_a_module_that_may_use_more_may_use_only_that(module: str, snippet: str, told: str) -> None:
    assert any(told in leak for leak in leaks(module, snippet + "\n")), leaks(module, snippet)


@pytest.mark.parametrize("snippet", HARMLESS)
def test_what_comes_through_the_door_is_left_alone(snippet: str) -> None:
    assert leaks("new_screen.py", snippet + "\n") == []


def test_no_title_may_be_set_in_any_way() -> None:
    titles = {name for name in known() if "title" in name.lower()}
    assert titles >= {"title", "sub_title", "border_title", "TITLE"}
    for name in titles:
        assert leaks("new_screen.py", f"self.{name} = name\n"), name
        assert leaks("new_screen.py", f"class S:\n    {name} = name\n"), name


# What the code does not tell is seen when it is painted -------------------------------------------


NAME = "Mug [b]\x1b[2J"


async def pops_up(app) -> None:
    app.notify("Mug", markup=False)


async def mounts(app) -> None:
    await app.screen.mount(Static("Mug", markup=False))


async def says_goodbye(app) -> None:
    app.exit(message="Mug")


async def panics(app) -> None:
    app.panic("Mug")


@pytest.mark.offends
@pytest.mark.parametrize(
    ("offend", "told"),
    [
        (pops_up, "Toast paints"),
        (mounts, "Static paints 'Mug"),
        (says_goodbye, "prints at the end: Mug"),
        (panics, "prints at the end: "),
    ],
)
async def test_what_another_widget_shows_is_seen(offend, told, nothing_goes_past_the_door) -> None:
    app = terminal(ListRoad())
    async with app.run_test(notifications=True) as pilot:
        await settled(pilot)
        assert nothing_goes_past_the_door == []
        await offend(app)
        if offend is not panics:
            await pilot.pause()
    assert any(told in one for one in nothing_goes_past_the_door), nothing_goes_past_the_door


@pytest.mark.offends
async def test_raw_data_that_the_view_itself_paints_is_seen(
    monkeypatch, nothing_goes_past_the_door
) -> None:
    monkeypatch.setattr(PromptView, "_line", lambda self, y: Strip([Segment(NAME)]))
    async with terminal(ListRoad()).run_test() as pilot:
        await settled(pilot)
    assert f"PromptView paints {NAME!r}" in nothing_goes_past_the_door
