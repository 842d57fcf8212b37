"""Print an empty file of one of our own formats, with its headings explained."""

from __future__ import annotations

from floorhand.exchange.recognise import Format


def template(form: Format) -> str:
    """Give the text of an empty CSV; lines that begin with ``#`` are skipped by the import."""
    assert form.layout is not None, form.name
    fields = form.layout.fields
    width = max(len(field.name) for field in fields)
    lines = [f"# floorhand: {form.name}. One row each; columns in any order; * must be there."]
    for field in fields:
        mark = "*" if field.required else " "
        lines.append(f"# {mark} {field.name:<{width}}  {field.about}".rstrip())
    lines.append(",".join(field.name for field in fields))
    return "\n".join(lines) + "\n"
