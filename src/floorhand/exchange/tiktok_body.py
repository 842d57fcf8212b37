"""Find what a TikTok Shop file holds: one answer of the API, a list of them, or an order alone.

An answer that says an error is no page of anything, whatever data comes with it: taking it would
hide that the rest is missing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from floorhand.text.visible import visible

MARKS = {
    "orders": ("line_items", "status"),
    "return_orders": ("return_id",),
    "cancellations": ("cancel_id",),
    "products": ("skus",),
}
"""The lists that are read, and what their items must have: other shops use the same names."""

MESSAGE_CHARACTERS_MAX = 200


def pages(body: Any) -> list[Any]:
    """Give the answers of a file."""
    return body if isinstance(body, list) else [body]


def recognises(body: Any) -> bool:
    """Say whether a JSON body is one of TikTok Shop's that hold orders, returns or products."""
    return any(error_of(page) or any(True for _ in lists(page)) for page in pages(body))


def cancels(body: Any) -> bool:
    """Say whether a body cancels orders, which must be here before it."""
    return any(kind == "cancellations" for page in pages(body) for kind, _ in lists(page))


def error_of(page: Any) -> str:
    """Give what the platform says if an answer is an error; else nothing."""
    if not isinstance(page, dict) or not {"data", "request_id"} & page.keys():
        return ""
    code = page.get("code", 0)
    if isinstance(code, bool) or not isinstance(code, (int, str)) or str(code) in ("0", ""):
        return ""
    message = visible(str(page.get("message") or "")[:MESSAGE_CHARACTERS_MAX])
    told = visible(str(code)[:20])
    return f"TikTok Shop answered with error {told}: {message or 'no message'}"


def lists(page: Any) -> Iterator[tuple[str, list[Any]]]:
    """Give the lists of an answer, of a bare ``data``, or one order or return that stands alone."""
    if not isinstance(page, dict) or error_of(page):
        return
    inner = page.get("data", page)
    if not isinstance(inner, dict):
        return
    for kind, marks in MARKS.items():
        items = inner.get(kind)
        if isinstance(items, list) and (not items or _is(items, marks)):
            yield kind, items
    if "return_id" in inner and "return_line_items" in inner:
        yield "return_orders", [inner]
    elif "line_items" in inner and "status" in inner and "id" in inner:
        yield "orders", [inner]


def left_out(body: Any) -> Iterator[str]:
    """Say what of a file's answers cannot be taken: errors, and pages that hold nothing."""
    for number, page in enumerate(pages(body), 1):
        if error := error_of(page):
            yield f"page {number} is missing: {error}; fetch it again"
        elif not any(True for _ in lists(page)):
            yield f"page {number} holds neither orders, returns, cancellations nor products"


def total_of(body: Any, kind: str) -> int:
    """Give how many items of a kind the platform says there are on all pages; 0 if it does not."""
    totals = [
        page["data"].get("total_count")
        for page in pages(body)
        if isinstance(page, dict)
        and isinstance(page.get("data"), dict)
        and any(found == kind for found, _ in lists(page))
    ]
    return max((n for n in totals if isinstance(n, int)), default=0)


def _is(items: list[Any], marks: tuple[str, ...]) -> bool:
    return any(isinstance(i, dict) and all(mark in i for mark in marks) for i in items)
