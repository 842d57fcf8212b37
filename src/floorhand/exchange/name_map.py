"""What a shop's line names mean: a hand-kept table from names to products and pieces.

Shops sell offers ("Buy 1 Get 1 FREE"), warehouses keep products; where lines carry no SKU, only
the people who run the shop know which is which, and how many pieces an offer stands for.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from floorhand.errors import BadFile
from floorhand.exchange.cells import BadCell, clean, shown, slug
from floorhand.exchange.layout import Field, Layout, Table, folded
from floorhand.exchange.reading import open_source
from floorhand.exchange.records import Parsed

Names = dict[tuple[str, str], tuple[str, int]]
"""(store's code or empty, name folded by `key`) to (product, pieces)."""

LAYOUT = Layout(
    "name map",
    (
        Field("name", "as the shop's lines have it", ("lineitem name", "line item name"), True),
        Field("product", "our SKU, or the product's name", ("sku", "product code"), True),
        Field("quantity", "pieces one of it stands for; empty: 1", ("pieces", "qty")),
        Field("store", "merchant it is for; empty: all", ("merchant", "shop", "vendor")),
    ),
)


STORES_MAX = 5
"""Stores that a message lists."""


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
    lines: dict[tuple[str, str], int] = {}
    for row in Table(open_source(path), LAYOUT).rows(parsed):
        try:
            name, product = key(row.text("name")), row.text("product")
            if not name and not product:
                continue
            if not (name and product):
                raise BadCell("name or product is missing")
            pieces = row.pieces("quantity") if row.raw("quantity").strip() else 1
            at, meant = (_store(row.text("store")), name), (product, pieces)
            if _differ(names.get(at, meant), meant):
                raise BadCell(f"line {lines[at]} says something else about {shown(name)}")
            names[at] = meant
            lines.setdefault(at, row.line)
        except BadCell as error:
            raise BadFile(f"{path.name}, line {row.line}: {error}.") from None
    rows = [item for item in parsed.rejected]
    if rows:
        raise BadFile(f"{path.name}, line {rows[0].line}: {rows[0].reason}.")
    return names


def is_map(headings: Sequence[str]) -> bool:
    """Say whether a file is such a table, and no file about products, which has a name too."""
    names = {folded(heading) for heading in headings if heading.strip()}
    if "lineitemname" in names:
        others = {"lineitemquantity", "lineitemsku", "lineitemprice"}
        return not names & others and not LAYOUT.missing(headings)
    has_all = {"name", "product", "quantity"} <= names
    return has_all and len(LAYOUT.columns(headings)) == len(names)


def key(name: str) -> str:
    """Fold a name so that case and blanks do not matter."""
    return clean(name).casefold()


def find(names: Names, store: str, name: str) -> tuple[str, int] | None:
    """Say which product a name means, and how many pieces; None if the map does not have it.

    Raises:
        Ambiguous: If stores differ about it and the given one has no say.
    """
    folded = key(name)
    for owner in (_store(store), ""):
        if (owner, folded) in names:
            return names[owner, folded]
    meant = {owner: value for (owner, other), value in names.items() if other == folded}
    if len(set(meant.values())) > 1:
        raise Ambiguous(
            f"the map knows this name for several stores ({', '.join(sorted(meant)[:STORES_MAX])}) "
            f"and not for {store}: add a row for it to the map ({shown(name)})"
        )
    return next(iter(meant.values()), None)


def _store(name: str) -> str:
    return slug(name) if name else ""


def _differ(one: tuple[str, int], other: tuple[str, int]) -> bool:
    return (key(one[0]), one[1]) != (key(other[0]), other[1])
