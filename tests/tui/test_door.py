"""One door for text to the screen: nothing in the package goes past it, whoever adds a screen."""

from __future__ import annotations

from pathlib import Path

import pytest
from tui.door import leaks, leaks_of_package

import floorhand.tui

OFFENDING = {
    "from textual.widgets import Static\n": "imports textual.widgets",
    "from textual import widgets\n": "imports textual",
    "import rich.text\n": "imports rich.text",
    "from textual.content import Content\n\nContent('')\n": "imports textual.content, which is",
    "import textual.content as c\n": "imports textual.content whole",
    "from textual.content import Content\n\nContent(name)\n": "makes Content",
    "from textual.content import Content as C\n\nC(name)\n": "makes Content",
    "from textual.content import Content\n\nContent(text=f'{name}')\n": "makes Content",
    "Content.from_markup(name)\n": ".from_markup()",
    "Content.styled(name, style)\n": ".styled()",
    "widget.update(name)\n": ".update()",
    "self.app.notify(f'{name} taken')\n": ".notify()",
    "self.app.notify('x', title=name)\n": ".notify()",
    "self.border_title = name\n": ".border_title",
    "app.title = 'Floor ' + name\n": ".title",
    "self.query_one(X).tooltip = name\n": ".tooltip",
    "driver.write(name)\n": ".write()",
    "print(name)\n": "prints",
    "class W:\n    def render(self):\n        return name\n": "render returns anything",
    "class W:\n    def render(self) -> str:\n        return name\n": "render returns str",
    "class W:\n    def render(self) -> Content:\n        return f'{name}'\n": "returns a string",
}

HARMLESS = (
    "from textual.content import Content\n\nContent('\\n').join(safe(row, 80) for row in rows)\n",
    "widget.update(safe(name, 80))\n",
    "self.border_title = 'Floor'\n",
    "facts.update(other)\n",
    "rows.append(name)\n",
)


def test_nothing_reaches_a_screen_by_another_way() -> None:
    assert leaks_of_package(Path(floorhand.tui.__file__).parent) == []


@pytest.mark.parametrize("snippet", OFFENDING, ids=OFFENDING.values())
def test_what_goes_past_the_door_is_named_with_its_line(snippet: str) -> None:
    (leak, *_) = found = leaks("new_screen.py", snippet)
    assert any(OFFENDING[snippet] in one for one in found), found
    assert leak.startswith("new_screen.py:")


@pytest.mark.parametrize("snippet", HARMLESS)
def test_what_comes_through_the_door_is_left_alone(snippet: str) -> None:
    assert leaks("prompt_view.py", snippet) == []
