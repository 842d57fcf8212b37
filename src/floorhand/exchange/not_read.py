"""Files that people rightly think could be imported: told for what they are, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from floorhand.errors import BadFile
from floorhand.exchange import name_map
from floorhand.exchange.layout import folded

SELLER_EXPORT = frozenset(
    {"orderid", "ordersubstatus", "skuid", "sellersku", "skuquantityofreturn"}
)
"""Headings of the order export of TikTok Shop's Seller Center, which is no body of the API."""

SHOPIFY_BODIES = frozenset(
    {
        "draft_order", "fulfillment", "fulfillment_event", "fulfillment_order",
        "fulfillment_request", "inventory_item", "inventory_level", "location", "order", "product",
        "refund", "risk", "variant",
    }
)  # fmt: skip
"""What an answer of Shopify's Admin API holds under one name, many of it with an ``s``."""

SHOPIFY_ITEMS = ("fulfillment_order_line_items", "variants", "movable")
"""What only an item of such an answer has, where a list of them stands alone."""


def refuse_table(name: str, headings: Sequence[str]) -> None:
    """Refuse a CSV that is known by its headings and not read.

    Raises:
        BadFile: If it is one of these.
    """
    if name_map.is_map(headings):
        raise BadFile(
            f"{name} is a name map, which says what a shop's lines mean. "
            "Give it with --map, together with the shop's orders."
        )
    if not SELLER_EXPORT - {folded(heading) for heading in headings}:
        raise BadFile(
            f"{name} is TikTok Shop's seller export, whose states are words of the seller's "
            "language; import the orders of the API instead (JSON, Get Order List)."
        )


def about_body(body: Any) -> str:
    """Say what a JSON body is that is known and not read; empty if it is not known."""
    first = body[0] if isinstance(body, list) and body else body
    if not isinstance(first, dict):
        return ""
    kind = next(iter(first)) if len(first) == 1 else ""
    is_answer = {kind, kind.removesuffix("s")} & SHOPIFY_BODIES
    if not is_answer and not any(mark in first for mark in SHOPIFY_ITEMS):
        return ""
    return (
        "; it is one of Shopify's Admin API: import what Shopify exports as CSV instead "
        "(Orders or Products, Export)"
    )
