"""Who and what there is: sites, merchants, SKUs, barcodes, places, box types, workers, stations."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, text

from floorhand.store.schema.base import Key, Mapped, Site, Table, index_of_known, mapped_column


class SiteRow(Table):
    """One building."""

    __tablename__ = "site"
    site: Mapped[Site]
    name: Mapped[str]
    time_zone: Mapped[str] = mapped_column(default="UTC")
    """IANA name; shifts and cut-offs are local."""
    gs1_prefix: Mapped[str] = mapped_column(default="9521234")
    """GS1 company prefix for SSCCs; the default is GS1's own example range."""
    rules: Mapped[str] = mapped_column(default="{}")
    """`floorhand.domain.rules.SiteRules` as JSON; what is absent has its default."""


class Merchant(Table):
    """An owner of goods who sells in online shops."""

    __tablename__ = "merchant"
    site: Mapped[Site]
    code: Mapped[Key]
    name: Mapped[str]
    rules: Mapped[str] = mapped_column(default="{}")
    """`floorhand.domain.rules.MerchantRules` as JSON; what is absent has its default."""
    __table_args__ = (ForeignKeyConstraint(["site"], ["site.site"]),)


class Sku(Table):
    """A product of one merchant. Sizes and weights are of one piece; 0 means not known."""

    __tablename__ = "sku"
    site: Mapped[Site]
    merchant: Mapped[Key]
    code: Mapped[Key]
    name: Mapped[str]
    weight_g: Mapped[int] = mapped_column(default=0)
    length_mm: Mapped[int] = mapped_column(default=0)
    width_mm: Mapped[int] = mapped_column(default=0)
    height_mm: Mapped[int] = mapped_column(default=0)
    lot_tracked: Mapped[bool] = mapped_column(default=False)
    expiry_tracked: Mapped[bool] = mapped_column(default=False)
    serial_tracked: Mapped[bool] = mapped_column(default=False)
    min_life_days: Mapped[int] = mapped_column(default=0)
    """Remaining life below which a delivery of it goes on hold."""
    storage: Mapped[str] = mapped_column(default="")
    """Storage type it needs (``ambient``, ``chilled``, ``hazard`` …); empty: any ambient bin."""
    abc: Mapped[str] = mapped_column(default="")
    """A (fast), B or C; empty if not known."""
    source: Mapped[str] = mapped_column(default="")
    """Where it came from (file format, platform product id), as JSON or plain text."""
    __table_args__ = (
        ForeignKeyConstraint(["site", "merchant"], ["merchant.site", "merchant.code"]),
    )


class Barcode(Table):
    """A code that stands on a piece, inner or case of a SKU. Unique per merchant only."""

    __tablename__ = "barcode"
    site: Mapped[Site]
    merchant: Mapped[Key]
    code: Mapped[Key]
    """GTINs as 14 digits; everything else as printed."""
    sku: Mapped[str]
    pieces: Mapped[int] = mapped_column(default=1)
    pack: Mapped[str] = mapped_column(default="each")
    """``each``, ``inner`` or ``case``."""
    __table_args__ = (
        ForeignKeyConstraint(["site", "merchant", "sku"], ["sku.site", "sku.merchant", "sku.code"]),
        Index(None, "site", "code"),
        Index(None, "site", "merchant", "sku"),
        CheckConstraint("pieces > 0", name="pieces_positive"),
        CheckConstraint("pack IN ('each', 'inner', 'case')", name="pack_known"),
    )


NOWHERE: Final = "parent IS NULL AND kind IN ('pallet', 'carton') AND state IN ('open', 'closed')"
"""Pallets and cartons that are in use and stand nowhere: few, among all that have left."""


class Place(Table):
    """Where goods can be: bin, dock, bench, cart, tote, pallet, carton, or outside (``@…``).

    A place can stand in another one (``parent``), at most 4 deep and never in a circle.
    """

    __tablename__ = "place"
    site: Mapped[Site]
    code: Mapped[Key]
    kind: Mapped[str]
    parent: Mapped[str | None]
    stood_at: Mapped[datetime | None]
    """When it was put where it stands; None: it never was, but is listed to be there."""
    state: Mapped[str] = mapped_column(default="open")
    """``open``, ``closed``, ``shipped`` or ``void``."""
    merchant: Mapped[str | None]
    """Whose goods it is bound to; None: anybody's."""
    order_no: Mapped[str | None]
    """``merchant/number`` of the order a tote or carton is bound to."""
    scan_code: Mapped[str]
    """What its barcode holds; never shown in clear."""
    check_digits: Mapped[str] = mapped_column(default="")
    """2 to 4 random digits that may be typed instead of scanning; empty: must be scanned."""
    old_check: Mapped[str] = mapped_column(default="")
    """Digits on the label that a new one replaces: good until the new one was used once."""
    old_scan_code: Mapped[str] = mapped_column(default="")
    """What the bars of that label hold; kept, so that who scans it later is told."""
    zone: Mapped[str] = mapped_column(default="")
    storage: Mapped[str] = mapped_column(default="")
    """Storage type it offers; empty is ambient."""
    walk_no: Mapped[int] = mapped_column(default=0)
    """Position on the walk through the building, ascending."""
    aisle_no: Mapped[int] = mapped_column(default=0)
    y_mm: Mapped[int] = mapped_column(default=0)
    """Distance along its aisle."""
    level: Mapped[int] = mapped_column(default=0)
    pick_face: Mapped[bool] = mapped_column(default=False)
    blocked: Mapped[str] = mapped_column(default="")
    """Why nothing may be picked here; empty if open to picking."""
    full: Mapped[bool] = mapped_column(default=False)
    """A worker said that there is no room; until the bin is checked."""
    overrides: Mapped[int] = mapped_column(default=0)
    """How often in a row workers put goods elsewhere although this bin was proposed."""
    capacity_ml: Mapped[int] = mapped_column(default=0)
    """Inner volume; 0 means not limited. Likewise below."""
    capacity_g: Mapped[int] = mapped_column(default=0)
    capacity_pieces: Mapped[int] = mapped_column(default=0)
    inner_height_mm: Mapped[int] = mapped_column(default=0)
    slots: Mapped[int] = mapped_column(default=0)
    """Totes a cart carries."""
    __table_args__ = (
        ForeignKeyConstraint(["site"], ["site.site"]),
        ForeignKeyConstraint(["site", "parent"], ["place.site", "place.code"]),
        UniqueConstraint("site", "scan_code"),
        Index(None, "site", "parent"),
        Index(None, "site", "kind", "zone"),
        Index(None, "site", "kind", "walk_no"),
        Index(None, "site", "order_no"),
        index_of_known("old_scan_code"),
        Index(
            *(None, "site", "kind", "state"),
            sqlite_where=text(NOWHERE),
            postgresql_where=text(NOWHERE),
        ),
        CheckConstraint(
            "kind IN ('bin', 'dock', 'bench', 'cart', 'tote', 'pallet', 'carton', 'outside')",
            name="kind_known",
        ),
        CheckConstraint("state IN ('open', 'closed', 'shipped', 'void')", name="state_known"),
        CheckConstraint("parent IS NULL OR parent <> code", name="not_in_itself"),
        CheckConstraint("(kind = 'outside') = (code LIKE '@%')", name="outside_named"),
    )


class BoxType(Table):
    """A shipping box that a bench can use; inner sizes, tare, what it can carry."""

    __tablename__ = "box_type"
    site: Mapped[Site]
    code: Mapped[Key]
    name: Mapped[str]
    length_mm: Mapped[int]
    width_mm: Mapped[int]
    height_mm: Mapped[int]
    tare_g: Mapped[int] = mapped_column(default=0)
    carries_g: Mapped[int] = mapped_column(default=30_000)
    __table_args__ = (ForeignKeyConstraint(["site"], ["site.site"]),)


class Worker(Table):
    """Somebody who works here."""

    __tablename__ = "worker"
    site: Mapped[Site]
    code: Mapped[Key]
    """Staff number, typed to sign in with a PIN."""
    name: Mapped[str]
    badge: Mapped[str]
    """Random code on the badge; never the staff number."""
    pin_hash: Mapped[str] = mapped_column(default="")
    """scrypt, as ``salt$hash`` in hex; empty: no PIN, badge only."""
    roles: Mapped[str] = mapped_column(default="")
    """Space-separated names of `floorhand.domain.rights.ROLES`."""
    language: Mapped[str] = mapped_column(default="en")
    theme: Mapped[str] = mapped_column(default="")
    """Colours of the screen; empty: as the terminal is set up."""
    large: Mapped[bool] = mapped_column(default=False)
    """Place, number and question in large letters."""
    mute: Mapped[bool] = mapped_column(default=False)
    """No bells."""
    __table_args__ = (
        ForeignKeyConstraint(["site"], ["site.site"]),
        UniqueConstraint("site", "badge"),
    )


class Guess(Table):
    """Wrong guesses at a worker's PIN, or made at a seat; see `floorhand.domain.guessing`."""

    __tablename__ = "guess"
    site: Mapped[Site]
    kind: Mapped[Key]
    """``worker`` or ``seat``."""
    subject: Mapped[Key]
    in_a_row: Mapped[int]
    times: Mapped[str]
    """When the last ones were, as JSON."""
    __table_args__ = (CheckConstraint("kind IN ('worker', 'seat')", name="kind_known"),)


class Station(Table):
    """A spot with a terminal: which bench it packs on, which printer it prints on."""

    __tablename__ = "station"
    site: Mapped[Site]
    code: Mapped[Key]
    name: Mapped[str] = mapped_column(default="")
    scan_code: Mapped[str]
    place: Mapped[str | None]
    """The bench or dock that stands here."""
    jobs: Mapped[str] = mapped_column(default="")
    """Space-separated names of the jobs that are done here; empty: all of them."""
    printer: Mapped[str] = mapped_column(default="folder")
    scanner: Mapped[str] = mapped_column(default="{}")
    """`floorhand.domain.scanners.Profile` as JSON; what is absent has its default."""
    __table_args__ = (
        ForeignKeyConstraint(["site", "place"], ["place.site", "place.code"]),
        UniqueConstraint("site", "scan_code"),
    )


class Sequence(Table):
    """A counter that never gives a number twice: SSCC serials, delivery and parcel numbers."""

    __tablename__ = "sequence"
    site: Mapped[Site]
    name: Mapped[Key]
    last: Mapped[int] = mapped_column(default=0)
