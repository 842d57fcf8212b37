"""Read the objects of TikTok Shop's API bodies, field by field and strictly."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from floorhand.exchange import cells, name_map
from floorhand.exchange.cells import BadCell, shown, slug
from floorhand.exchange.dates import epoch
from floorhand.exchange.records import Context, LineRecord, ProductRecord

Body = Mapping[str, Any]


class UnknownState(BadCell):
    """The platform says something that no table here has."""


class Item:
    """One order, return or product of a body, and what is needed to read it."""

    def __init__(
        self, body: Body, line: int, context: Context, products: dict[str, ProductRecord]
    ) -> None:
        self.body = body
        self.line = line
        self.context = context
        self.products = products

    def text(self, name: str, body: Body | None = None) -> str:
        """Read a text; empty if it is not there, not a text, or blacked out."""
        value = (self.body if body is None else body).get(name)
        return cells.text(value, name) if isinstance(value, str) and value != '""' else ""

    def id(self, name: str, body: Body | None = None) -> str:
        """Read an id. One that came as a fraction has lost digits, and is no id any more."""
        value = (self.body if body is None else body).get(name)
        if value is None:
            return ""
        if isinstance(value, bool) or not isinstance(value, (str, int)):
            raise BadCell(f"{name} is {shown(str(value))}; an id is written in digits only")
        return cells.code(str(value), name)

    def needed(self, name: str) -> str:
        """Read an id that must be there."""
        if not (found := self.id(name)):
            raise BadCell(f"{name} is missing")
        return found

    def time(self, name: str) -> datetime | None:
        """Read a moment."""
        return epoch(self.body.get(name), name)

    def state(self, name: str, known: Mapping[str, Any] | Sequence[str]) -> str:
        """Read a state that a table here has."""
        value = self.text(name)
        if value not in known:
            raise UnknownState(f"{name} {shown(value) if value else 'is missing'}, not known here")
        return value

    def items(self, name: str) -> list[Body]:
        """Read a list of objects."""
        value = self.body.get(name, [])
        if not isinstance(value, list) or not all(isinstance(part, dict) for part in value):
            raise BadCell(f"{name} is no list of objects")
        return value

    def product(self, line: Body) -> tuple[str, int]:
        """Say which product a line item is: its SKU, else what the map or its names say."""
        title, variant = self.text("product_name", line), self.text("sku_name", line)
        name = " / ".join(part for part in (title, variant) if part)
        sku, pieces = self.id("seller_sku", line), 1
        if not sku and name:
            names, store = self.context.names, self.context.owner
            meant = name_map.find(names, store, name) or name_map.find(names, store, title)
            if meant is not None:
                name, pieces = meant
                sku = slug(name)
        sku = sku or self.id("sku_id", line) or (slug(name) if name else "")
        if not sku:
            raise BadCell("a line item has neither seller_sku, sku_id nor product_name")
        if sku not in self.products:
            self.products[sku] = ProductRecord(
                self.line, self.context.owner, sku, name or sku,
                source=f"tiktok:{self.id('product_id', line)}".rstrip(":"), only_new=True,
            )  # fmt: skip
        return sku, pieces

    def added_up(
        self, name: str, key: str, left_out: Callable[[Body], bool] | None = None
    ) -> tuple[LineRecord, ...]:
        """Add up line items of the same product, one piece each, and keep their ids."""
        pieces: dict[str, int] = {}
        ids: dict[str, list[str]] = {}
        reasons: dict[str, str] = {}
        for line in self.items(name):
            if left_out is not None and left_out(line):
                continue
            sku, each = self.product(line)
            given = line.get("quantity", 1)
            count = cells.pieces(str(given), "quantity")
            pieces[sku] = pieces.get(sku, 0) + count * each
            ids.setdefault(sku, []).extend(filter(None, [self.id(key, line)]))
            reasons.setdefault(sku, self.text("return_reason_text", line))
        return tuple(
            LineRecord(self.line, sku, n, tuple(ids[sku]), reason=reasons[sku])
            for sku, n in pieces.items()
        )
