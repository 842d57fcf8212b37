"""Print an empty file of one of our own formats, with its headings explained."""

from __future__ import annotations

from floorhand.exchange.layout import Layout
from floorhand.exchange.name_map import LAYOUT
from floorhand.exchange.recognise import FORMATS

TEMPLATES: dict[str, Layout] = {"name-map": LAYOUT} | {
    name: form.layout for name, form in FORMATS.items() if form.own and form.layout
}
"""What can be printed, by name."""


def template(layout: Layout) -> str:
    """Give the text of an empty CSV; lines that begin with ``#`` are skipped by the import."""
    fields = layout.fields
    width = max(len(field.name) for field in fields)
    lines = [f"# floorhand: {layout.format}. One row each; columns in any order; * must be there."]
    for field in fields:
        mark = "*" if field.required else " "
        lines.append(f"# {mark} {field.name:<{width}}  {field.about}".rstrip())
    lines.append(",".join(field.name for field in fields))
    return "\n".join(lines) + "\n"
