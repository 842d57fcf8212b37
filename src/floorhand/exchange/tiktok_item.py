"""Read the objects of TikTok Shop's API bodies, field by field and strictly."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from floorhand.exchange import cells, name_map
from floorhand.exchange.cells import BadCell, shown
from floorhand.exchange.dates import epoch
from floorhand.exchange.records import Context, LineRecord, ProductRecord
from floorhand.exchange.states import UnknownState

Body = Mapping[str, Any]

Products = dict[tuple[str, bool], ProductRecord]
"""Products that line items mean, by what they give and whether that is only a name."""


class Item:
    """One order, return or product of a body, and what is needed to read it."""

    def __init__(self, body: Body, line: int, context: Context, products: Products) -> None:
        self.body = body
        self.line = line
        self.context = context
        self.products = products

    def text(self, name: str, body: Body | None = None) -> str:
        """Read a text; empty if it is not there, not a text, or blacked out."""
        value = (self.body if body is None else body).get(name)
        return cells.text(value, name) if isinstance(value, str) and value != '""' else ""

    def note(self, name: str, body: Body | None = None) -> str:
        """Read a text or number that only people read; empty as in `text`.

        Whatever is odd in it is left out, and a number that was rounded.
        """
        value = (self.body if body is None else body).get(name)
        is_number = isinstance(value, int) and not isinstance(value, bool)
        if not (is_number or isinstance(value, str)) or value == '""':
            return ""
        return cells.number_note(str(value))

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

    def items(self, name: str, body: Body | None = None) -> list[Body]:
        """Read a list of objects; empty if it is not there."""
        value = (self.body if body is None else body).get(name)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(part, dict) for part in value):
            raise BadCell(f"{name} is {shown(str(value))}; expected a list of objects")
        return value

    def product(self, line: Body) -> tuple[str, int]:
        """Say which product a line item is: its SKU, else what the map or its names say."""
        title, variant = self.text("product_name", line), self.text("sku_name", line)
        name = " / ".join(part for part in (title, variant) if part)
        sku, pieces, by_name = self.id("seller_sku", line), 1, False
        if not sku and name:
            names, store = self.context.names, self.context.owner
            meant = name_map.find(names, store, name) or name_map.find(names, store, title)
            if meant is not None:
                (sku, pieces), by_name = meant, True
                name = sku
        sku = sku or self.id("sku_id", line)
        if not sku:
            sku, by_name = name, True
        if not sku:
            raise BadCell("a line item has neither seller_sku, sku_id nor product_name")
        if (sku, by_name) not in self.products:
            self.products[sku, by_name] = ProductRecord(
                self.line, self.context.owner, sku, name or sku,
                source=f"tiktok:{self.id('product_id', line)}".rstrip(":"), only_new=True,
                by_name=by_name,
            )  # fmt: skip
        return sku, pieces

    def added_up(
        self, name: str, key: str, left_out: Callable[[Body], bool] | None = None
    ) -> tuple[LineRecord, ...]:
        """Add up line items of the same product, one piece each, and keep their ids.

        An id that comes again is the same piece, however often the platform sends it. Items that
        stand for different numbers of pieces, or that have no id, make lines of their own: so the
        pieces of a line can be shared out among its ids when some are cancelled.
        """
        made: dict[tuple[str, int, bool], LineRecord] = {}
        for item, line in self._each_once(name, key):
            if left_out is not None and left_out(line):
                continue
            sku, each = self.product(line)
            quantity = line.get("quantity")
            count = cells.pieces("1" if quantity is None else str(quantity), "quantity") * each
            alike = (sku, count, bool(item))
            before = made.get(alike) or LineRecord(
                self.line, sku, 0, reason=self.note("return_reason_text", line)
            )
            made[alike] = replace(
                before,
                pieces=before.pieces + count,
                platform_ids=before.platform_ids + ((item,) if item else ()),
            )
        return tuple(made.values())

    def _each_once(self, name: str, key: str) -> Iterator[tuple[str, Body]]:
        """Give line items with their ids; those without one are all different."""
        known: dict[str, Body] = {}
        for line in self.items(name):
            item = self.id(key, line)
            if item and known.setdefault(item, line) != line:
                raise BadCell(f"{key} {shown(item)} stands twice in {name}, with other contents")
            if not item or known[item] is line:
                yield item, line
