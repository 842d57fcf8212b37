"""Which format a file is: by its headings or its content, never by its name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from floorhand.errors import BadFile
from floorhand.exchange import (
    not_read,
    online_retail,
    own_masters,
    own_papers,
    own_printers,
    own_rules,
    own_scanners,
    own_site,
    shopify_orders,
    shopify_products,
    tiktok,
    tiktok_body,
)
from floorhand.exchange.layout import Layout, folded, list_of
from floorhand.exchange.reading import Source
from floorhand.exchange.records import Context, Parsed

TELLING_SHOWN_MAX = 3

Read = Callable[[Source, Context], Parsed]

CANCELS = 3
"""Rank of a file that cancels papers, which other files may bring."""


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file.

    Attributes:
        name: What ``--format`` calls it.
        read: Makes records of a file.
        layout: Its columns; None for JSON.
        rank: What must be there before what: rules and places 0, products and stations 1,
            papers 2, `CANCELS` 3.
        telling: Headings of which a file must have at least one, besides the required ones; empty
            if those say enough.
        own: Our own CSV, for which a template can be printed.
        once: It tells what happened, so the same file has nothing to say a second time. The others
            tell how things shall be, which may have changed since.
    """

    name: str
    read: Read
    layout: Layout | None
    rank: int
    telling: tuple[str, ...] = ()
    own: bool = False
    once: bool = False


FORMATS: dict[str, Format] = {
    made.name: made
    for made in (
        Format("tiktok", tiktok.read, None, 2, once=True),
        Format("shopify-orders", shopify_orders.read, shopify_orders.LAYOUT, 2, once=True),
        Format(
            "shopify-products",
            shopify_products.read,
            shopify_products.LAYOUT,
            1,
            ("URL handle", "Variant SKU", "Option1 Value", "Variant Price", "Body (HTML)"),
        ),
        Format("online-retail", online_retail.read, online_retail.LAYOUT, 2, once=True),
        Format("returns", own_papers.read_returns, own_papers.RETURNS, 2, own=True, once=True),
        Format(
            "deliveries", own_papers.read_deliveries, own_papers.DELIVERIES, 2, own=True, once=True
        ),
        Format("orders", own_papers.read_orders, own_papers.ORDERS, 2, own=True, once=True),
        Format(
            "workers",
            own_masters.read_workers,
            own_masters.WORKERS,
            0,
            ("worker", "badge", "pin", "roles"),
            own=True,
        ),
        Format(
            "boxes",
            own_masters.read_boxes,
            own_masters.BOXES,
            0,
            ("box", "box type", "tare_g", "carries_g", "inner length", "empty weight"),
            own=True,
        ),
        Format(
            "scanners",
            own_scanners.read_scanners,
            own_scanners.SCANNERS,
            2,
            ("terminator", "suffix", "separators", "caps_inverted", "aim"),
            own=True,
        ),
        Format(
            "printers",
            own_printers.read_printers,
            own_printers.PRINTERS,
            0,
            ("printer", "dpi", "neighbour", "neighbor"),
            own=True,
        ),
        Format(
            "stations",
            own_rules.read_stations,
            own_rules.STATIONS,
            1,
            ("station", "printer"),
            own=True,
        ),
        Format(
            "merchants",
            own_rules.read_merchants,
            own_rules.MERCHANTS,
            0,
            own_rules.MERCHANT_RULES,
            own=True,
        ),
        Format("site", own_site.read_site, own_site.SITE, 0, own_site.SITE_RULES, own=True),
        Format(
            "products",
            own_masters.read_products,
            own_masters.PRODUCTS,
            1,
            own_masters.PRODUCTS_TELL,
            own=True,
        ),
        Format(
            "bins",
            own_masters.read_bins,
            own_masters.BINS,
            0,
            ("place", "bin", "kind", "zone", "walk_no", "pick_face", "capacity_ml", "scan_code"),
            own=True,
        ),
    )
}
"""In the order in which they are tried: the most particular headings first."""

PAPERS = ("orders", "deliveries", "returns")
"""Our own formats whose first column is the number of a paper."""


def recognise(source: Source, said: str = "") -> Format:
    """Say which format a file is.

    Args:
        source: The file.
        said: The format somebody named; it is taken, whatever the file looks like.

    Raises:
        BadFile: If it is none of ours; says which one comes nearest and what it lacks.
    """
    if said:
        chosen = FORMATS[said]
        if (chosen.layout is None) != source.is_json:
            raise BadFile(
                f"{source.name} is {'JSON' if source.is_json else 'no JSON'}, "
                f"so it cannot be {said}."
            )
        return _tiktok(source.json()) if source.is_json else chosen
    if source.is_json:
        if tiktok_body.recognises(body := source.json()):
            return _tiktok(body)
        raise BadFile(
            f"{source.name} is JSON, but no body of TikTok Shop with orders, returns or products"
            f"{not_read.about_body(body)}."
        )
    headings = next(source.rows()).cells
    not_read.refuse_table(source.name, headings)
    for candidate in FORMATS.values():
        if candidate.layout is not None and _matches(candidate, headings):
            return candidate
    raise BadFile(f"{source.name} is no known format{_nearest(headings)}.")


def _tiktok(body: Any) -> Format:
    """Give the format of a body; what cancels orders comes after all files that bring some."""
    form = FORMATS["tiktok"]
    return replace(form, rank=CANCELS) if tiktok_body.cancels(body) else form


def _matches(candidate: Format, headings: Sequence[str]) -> bool:
    assert candidate.layout is not None
    if not any(heading.strip() for heading in headings):
        return False
    if candidate.layout.missing(headings) or _is_other_paper(candidate, headings):
        return False
    names = {folded(heading) for heading in headings}
    return not candidate.telling or bool(names & {folded(name) for name in candidate.telling})


def _is_other_paper(candidate: Format, headings: Sequence[str]) -> bool:
    """Say whether a file numbers orders, deliveries or returns, and so lists no products or bins.

    An order file that lacks its quantities would else be taken for one of products.
    """
    if not candidate.own or candidate.name in PAPERS:
        return False
    numbers = [FORMATS[name].layout for name in PAPERS]
    names = {folded(each) for each in headings} - {folded("number")}
    return any(
        folded(name) in names
        for layout in numbers
        if layout is not None
        for name in (layout.fields[0].name, *layout.fields[0].also)
    )


def _nearest(headings: Sequence[str]) -> str:
    """Name the format whose headings the file comes nearest to, and what it lacks of it."""
    best: tuple[float, bool, str, tuple[str, ...]] = (0.0, False, "", ())
    for candidate in FORMATS.values():
        if candidate.layout is None or _is_other_paper(candidate, headings):
            continue
        missing = candidate.layout.missing(headings)
        needed = sum(field.required for field in candidate.layout.fields)
        if not needed:
            continue
        found_part = (needed - len(missing)) / needed
        best = max(best, (found_part, candidate.own, candidate.name, missing))
    found = f"; found: {list_of(headings)}"
    if best[0] <= 0:
        return f"{found}. Known: {', '.join(FORMATS)}"
    lacks = " and ".join(repr(name) for name in best[3])
    if not lacks:
        told = " or ".join(repr(name) for name in FORMATS[best[2]].telling[:TELLING_SHOWN_MAX])
        lacks = f"a heading that tells, such as {told}; if it is that, say --format {best[2]}"
    return f": as {best[2]} it lacks {lacks}{found}"
