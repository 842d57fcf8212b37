"""The demo's building: 300 bins in six aisles, docks, benches, carts, totes and boxes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from random import Random
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from floorhand.domain.barcodes import check_digits, new_body, own_code
from floorhand.store.schema import BoxType, Place, Station

AISLES = "ABCDEK"
"""Aisle K is the cold room."""

CHILLED_AISLE = "K"
_AISLES_STORAGE = tuple((aisle, "chilled" if aisle == CHILLED_AISLE else "") for aisle in AISLES)

BAYS = 10
LEVELS = 5
BAY_WIDTH_MM = 1_200
PICK_LEVEL_MAX = 3
"""Higher levels are out of reach without a truck, and hold reserves."""

BIN_ML = 96_000
BIN_G = 80_000
BIN_HEIGHT_MM = 400

CART_SLOTS = 6

TOTES = 40
TOTE_ML = 48_000
TOTE_G = 25_000

FIXED = (
    ("DOCK-1", "dock", "inbound", 0),
    ("DOCK-2", "dock", "inbound", 0),
    ("PACK-1", "bench", "packing", 0),
    ("PACK-2", "bench", "packing", 0),
    ("RETURNS", "bench", "returns", 0),
    ("CART-1", "cart", "", CART_SLOTS),
    ("CART-2", "cart", "", CART_SLOTS),
    ("CART-3", "cart", "", 12),
)
"""Code, kind, zone, slots."""

BOXES = (
    ("BAG", "Padded bag", 250, 180, 30, 15, 1_000),
    ("BOX-S", "Small box", 250, 180, 100, 90, 5_000),
    ("BOX-M", "Medium box", 350, 250, 200, 180, 15_000),
    ("BOX-L", "Large box", 500, 350, 300, 380, 25_000),
    ("BOX-XL", "Extra large box", 600, 450, 400, 620, 30_000),
)
"""Code, name, length_mm, width_mm, height_mm, tare_g, carries_g."""

STATIONS = (
    ("GATE", "DOCK-1"),
    ("BENCH-1", "PACK-1"),
    ("BENCH-2", "PACK-2"),
    ("RETURNS", "RETURNS"),
)


def put_up(tx: Session, site: str, rng: Random) -> None:
    """Write all places, boxes and stations."""
    places = [*_bins(site, rng, _AISLES_STORAGE), *_fixed(site, rng), *_totes(site, rng)]
    tx.execute(insert(Place), places)
    put_up_boxes(tx, site)
    stations = [
        {
            "site": site,
            "code": code,
            "name": code.title(),
            "scan_code": own_code("station", new_body(rng)),
            "place": place,
        }
        for code, place in STATIONS
    ]
    tx.execute(insert(Station), stations)


def put_up_missing(
    tx: Session,
    site: str,
    rng: Random,
    kinds: Collection[str],
    bins: int,
    storages: Sequence[str],
) -> None:
    """Write places of the kinds that a building has none of.

    Args:
        tx: Open transaction.
        site: The building.
        rng: Source of chance.
        kinds: Kinds of places that it has already.
        bins: How many bins to put up at least, if it has none.
        storages: Storage types that the goods need; one aisle in so many offers each.
    """
    kept = sorted({storage for storage in storages if storage}) or [""]
    aisles = max(len(AISLES), -(-bins // (BAYS * LEVELS)))
    offered = [*kept, *([""] * len(AISLES))]
    named = tuple((_aisle_name(n), offered[n % len(offered)]) for n in range(aisles))
    places = [
        *(_bins(site, rng, named) if "bin" not in kinds else ()),
        *(place for place in _fixed(site, rng) if place["kind"] not in kinds),
        *(_totes(site, rng) if "tote" not in kinds else ()),
    ]
    if places:
        tx.execute(insert(Place), places)


def put_up_more(tx: Session, site: str, rng: Random, carts: int, totes: int, benches: int) -> None:
    """Write places for a crew that the building was not made for."""
    room = {"capacity_ml": TOTE_ML, "capacity_g": TOTE_G}
    places = [
        *(_place(site, f"MORE-C{n:03d}", "cart", rng, slots=CART_SLOTS) for n in range(carts)),
        *(_place(site, f"MORE-T{n:04d}", "tote", rng, **room) for n in range(totes)),
        *(_place(site, f"MORE-P{n:03d}", "bench", rng, zone="packing") for n in range(benches)),
    ]
    tx.execute(insert(Place), places)


def put_up_boxes(tx: Session, site: str) -> None:
    """Write the shipping boxes."""
    names = ("code", "name", "length_mm", "width_mm", "height_mm", "tare_g", "carries_g")
    rows = [{"site": site, **dict(zip(names, box, strict=True))} for box in BOXES]
    tx.execute(insert(BoxType), rows)


def _place(site: str, code: str, kind: str, rng: Random, **columns: Any) -> dict[str, Any]:
    own = own_code(kind, new_body(rng))
    empty = {
        "check_digits": "",
        "zone": "",
        "storage": "",
        "walk_no": 0,
        "aisle_no": 0,
        "y_mm": 0,
        "level": 0,
        "pick_face": False,
        "capacity_ml": 0,
        "capacity_g": 0,
        "inner_height_mm": 0,
        "slots": 0,
    }
    return {**empty, "site": site, "code": code, "kind": kind, "scan_code": own, **columns}


def _aisle_name(number: int) -> str:
    """Name aisles A to Z, then AA, AB and so on."""
    letters = ""
    number += 1
    while number:
        number, letter = divmod(number - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters


def _bins(site: str, rng: Random, aisles: Sequence[tuple[str, str]]) -> Iterator[dict[str, Any]]:
    """Make the bins in walking order: up one aisle and down the next."""
    walk_no = 0
    before: list[str] = []
    for aisle_no, (aisle, storage) in enumerate(aisles, 1):
        bays = range(1, BAYS + 1) if aisle_no % 2 else range(BAYS, 0, -1)
        for bay in bays:
            here: list[str] = []
            for level in range(1, LEVELS + 1):
                walk_no += 1
                here.append(check_digits(rng, {*before, *here}))
                yield _place(
                    site,
                    f"{aisle}-{bay:02d}-{level}",
                    "bin",
                    rng,
                    check_digits=here[-1],
                    zone=aisle,
                    storage=storage,
                    walk_no=walk_no,
                    aisle_no=aisle_no,
                    y_mm=bay * BAY_WIDTH_MM,
                    level=level,
                    pick_face=level <= PICK_LEVEL_MAX,
                    capacity_ml=BIN_ML,
                    capacity_g=BIN_G,
                    inner_height_mm=BIN_HEIGHT_MM,
                )
            before = here


def _fixed(site: str, rng: Random) -> Iterator[dict[str, Any]]:
    taken: list[str] = []
    for code, kind, zone, slots in FIXED:
        taken.append(check_digits(rng, taken))
        yield _place(site, code, kind, rng, check_digits=taken[-1], zone=zone, slots=slots)


def _totes(site: str, rng: Random) -> Iterator[dict[str, Any]]:
    for number in range(1, TOTES + 1):
        code = f"T-{number:02d}"
        yield _place(site, code, "tote", rng, capacity_ml=TOTE_ML, capacity_g=TOTE_G)
