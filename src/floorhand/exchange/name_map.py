"""What a shop's line names mean: a hand-kept table from names to products and pieces.

Shops sell offers ("Buy 1 Get 1 FREE"), warehouses keep products; where lines carry no SKU, only
the people who run the shop know which is which, and how many pieces an offer stands for.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from floorhand.errors import BadFile
from floorhand.exchange.cells import BadCell, clean
from floorhand.exchange.layout import Field, Layout, Table, folded
from floorhand.exchange.reading import open_source
from floorhand.exchange.records import Parsed

Names = dict[tuple[str, str], tuple[str, int]]
"""(store or empty, name) to (product, pieces); both sides folded by `key`."""

LAYOUT = Layout(
    "name map",
    (
        Field("name", "as the shop's lines have it", ("lineitem name", "line item name"), True),
        Field("product", "our product", ("sku", "product code"), True),
        Field("quantity", "pieces one of it stands for", ("pieces", "qty")),
        Field("store", "merchant it is for; empty: all", ("merchant", "shop", "vendor")),
    ),
)


def recognises(headings: Sequence[str]) -> bool:
    """Say whether a file is such a table: a shop's name for a line, and no more of the line."""
    names = {folded(heading) for heading in headings}
    lines = {"lineitemname", "lineitemquantity", "lineitemsku", "lineitemprice"} & names
    return lines == {"lineitemname"} and not LAYOUT.missing(headings)


class Ambiguous(BadCell):
    """A name means different things in different stores, and nobody said which this is."""


def read_names(path: Path) -> Names:
    """Read the table.

    Raises:
        BadFile: If it cannot be used, or a row of it is wrong: a half-read map would send the
            wrong goods.
    """
    parsed = Parsed()
    names: Names = {}
    for row in Table(open_source(path), LAYOUT).rows(parsed):
        try:
            name, product = key(row.text("name")), row.text("product")
            if not name and not product:
                continue
            if not (name and product):
                raise BadCell("name or product is missing")
            pieces = row.pieces("quantity") if row.raw("quantity").strip() else 1
            names[key(row.text("store")), name] = (product, pieces)
        except BadCell as error:
            raise BadFile(f"{path.name}, line {row.line}: {error}.") from None
    rows = [item for item in parsed.rejected]
    if rows:
        raise BadFile(f"{path.name}, line {rows[0].line}: {rows[0].reason}.")
    return names


def key(name: str) -> str:
    """Fold a name so that case and blanks do not matter."""
    return clean(name).casefold()


def find(names: Names, store: str, name: str) -> tuple[str, int] | None:
    """Say which product a name means, and how many pieces; None if the map does not have it.

    Raises:
        Ambiguous: If stores differ about it and the given one has no say.
    """
    folded = key(name)
    for owner in (key(store), ""):
        if (owner, folded) in names:
            return names[owner, folded]
    meant = {value for (_, other), value in names.items() if other == folded}
    if len(meant) > 1:
        raise Ambiguous(f"the map knows this name for several stores; say --merchant ({name[:40]})")
    return meant.pop() if meant else None
