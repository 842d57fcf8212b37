"""The rules that a site or a merchant sets, with their defaults, and postal addresses.

Stored as JSON in the site's and merchant's row; what is absent there has the default here, and a
name that is not known is an error: a misspelt rule must not be ignored.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields
from typing import Any, Self

from floorhand.errors import BadSetting

DISPOSITIONS = (
    "restock",
    "open_box",
    "repack",
    "refurbish",
    "back_to_merchant",
    "liquidate",
    "destroy",
    "quarantine",
)

SHORT_POLICIES = ("ship_partial", "hold", "cancel_line")
EXPIRY_ORDERS = ("YYMMDD", "DDMMYY")
TOLERANCE_PCT_MAX = 100
RETURN_DAYS_MAX = 3650

SHORT_LIVES = ("hold", "refuse", "lead")
"""They are held, not taken in at all, or taken in if a lead's badge allows it."""

DISPOSITION_BY_GRADE = ("restock", "restock", "repack", "back_to_merchant", "destroy")
"""Default for grades 1 (sealed) to 5 (hazardous, hygiene, expired)."""


FOUR_EYES = (
    "adjustment",
    "count_difference",
    "suspect_stock",
    "over_delivery",
    "blind_delivery",
    "unexpected_goods",
)


@dataclass(frozen=True, slots=True)
class _Rules:
    @classmethod
    def of_json(cls, text: str) -> Self:
        """Read rules as stored.

        Raises:
            BadSetting: If a name is not a rule.
        """
        written: dict[str, Any] = json.loads(text)
        known = {item.name for item in fields(cls)}
        if unknown := sorted(written.keys() - known):
            raise BadSetting(f"no such rule: {unknown[0]}; known: {', '.join(sorted(known))}")
        return cls(**{k: tuple(v) if isinstance(v, list) else v for k, v in written.items()})

    def to_json(self) -> str:
        """Write the rules as stored."""
        told = {item.name: getattr(self, item.name) for item in fields(self)}
        return json.dumps(told, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class MerchantRules(_Rules):
    """What one merchant wants."""

    short_policy: str = "ship_partial"
    """What happens to an order that cannot be filled: ``ship_partial | hold | cancel_line``."""

    typed_quantity: bool = True
    """At the bench, a typed number may verify that many pieces after one scan of the SKU."""

    over_tolerance_pct: int = 0
    """More than announced by up to this needs no approval."""

    short_life: str = "hold"
    """What becomes of goods that arrive with less life left than wanted: one of `SHORT_LIVES`."""

    expiry_order: str = "YYMMDD"
    """How six typed digits are read: ``YYMMDD`` or ``DDMMYY``; four are ``MMYY``."""

    dispositions: tuple[str, ...] = DISPOSITION_BY_GRADE
    """For grades 1 to 5; each of `DISPOSITIONS`."""

    return_days: int = 60
    """How far back orders are looked for when a return names none."""

    verdicts: dict[str, str] = field(default_factory=dict)
    """What a platform is told, where not the default: by ``platform.kind``, such as
    ``tiktok.buyer_fault``; see `floorhand.domain.verdicts`."""

    pack_instruction: str = ""
    """Shown once per parcel at the bench; acknowledged with F10."""

    boxes: tuple[str, ...] = ()
    """Box types that its orders are packed in; none: all of the site."""

    inserts: tuple[str, ...] = ()
    """What goes into its parcels besides the goods, as `floorhand.domain.inserts` writes each."""

    sender: str = ""
    """Return address on the label; lines separated by ``|``."""


@dataclass(frozen=True, slots=True)
class SiteRules(_Rules):
    """What one building does its own way."""

    place_policy: dict[str, str] = field(default_factory=dict)
    """How presence at a place is proven, per zone: ``scan | check | either | none``. ``none``
    accepts the typed code."""

    default_place_policy: str = "either"

    orders_per_walk_max: int = 12
    """Orders that one cart takes at most, whatever its slots."""

    cut_off: str = "16:00"
    """Local time of day until which an order without a deadline of its own ships the same day."""

    shifts: tuple[str, ...] = ("early 06:00-14:00", "late 14:00-22:00", "night 22:00-06:00")
    """Name and local times."""

    idle_minutes: dict[str, int] = field(default_factory=lambda: {"lead": 15, "supervisor": 15})
    """Without a scan for so long a seat asks for the badge again, per role; absent: never."""

    language: str = "en"
    """Language before anybody has signed in."""

    count_tolerance_pieces: int = 1
    """A difference of so many pieces of a product is booked by the first count, if it is also
    within `count_tolerance_pct`; a larger one is counted again by somebody else. What a worker has
    booked of it in one place and day counts together."""

    count_tolerance_pct: int = 5

    count_days: dict[str, int] = field(default_factory=lambda: {"A": 30, "B": 90, "C": 180})
    """Days between two counts of a bin, by the class of its fastest product; 0: only if the bin is
    doubted."""

    refill_below_hours: int = 8
    """A pick face that lasts shorter than this is filled up, so that it lasts
    `refill_up_to_hours`."""

    refill_up_to_hours: int = 24

    count_approval_pieces: int = 5
    """Differences of so many pieces, found by two people, are booked when a lead approves them."""

    correction_pieces_max: int = 5
    """Pieces by which one person may correct the books of one product in one place and day."""

    four_eyes: tuple[str, ...] = FOUR_EYES
    """Kinds of exceptions that nobody decides who caused or asked for them."""

    stuck_minutes: int = 30
    """Claimed work whose worker makes no scan for so long is an exception."""

    parked_hours: int = 8
    """Work that is parked for so long is an exception."""

    staged_hours: int = 8
    """Pallets and cartons whose put-away waits for so long are left at the dock: by default twice
    what the field takes from dock to stock on the average."""

    return_due_hours: int = 4
    """A return that is not judged so long before its deadline is an exception."""

    overrides_max: int = 3
    """So many other bins chosen in a row mean that the rule or the bin is wrong: an exception."""

    place_misses_max: int = 3
    """So many wrong places in a row at one terminal are an exception."""

    reprints_max: int = 3
    """A label that is printed more often is an exception: its printer, or whoever packs, needs
    help."""

    pace_targets: dict[str, str] = field(default_factory=dict)
    """What is wanted of an active hour, per job: ``60 lines`` or ``120 pieces``; see
    `floorhand.domain.pace_targets`. A job without one is held against its usual pace."""

    def policy(self, zone: str) -> str:
        """Give how presence is proven in a zone."""
        return self.place_policy.get(zone, self.default_place_policy)


@dataclass(frozen=True, slots=True)
class Address(_Rules):
    """Where a parcel goes. Printed on the label, never shown at a bench."""

    name: str = ""
    company: str = ""
    line1: str = ""
    line2: str = ""
    city: str = ""
    region: str = ""
    postcode: str = ""
    country: str = ""
    phone: str = ""

    def block(self) -> tuple[str, ...]:
        """Give the ship-to block, one line each, empty ones left out."""
        town = " ".join(part for part in (self.postcode, self.city, self.region) if part)
        lines = (self.name, self.company, self.line1, self.line2, town, self.country)
        return tuple(line for line in lines if line)
