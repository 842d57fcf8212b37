"""What stands around in the building: labels, empty totes, free carts, papers that wait.

The questions a pair of eyes would answer. Nothing here decides anything; the road re-checks it all.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import Exists, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from floorhand.domain.barcodes import gs1_check_digit
from floorhand.domain.things import CUSTOMER
from floorhand.store.masters import site_rules
from floorhand.store.orders import claimable_orders
from floorhand.store.schema import (
    Barcode,
    Delivery,
    DeliveryLine,
    Order,
    Place,
    Return,
    Seat,
    Stock,
    Task,
    Worker,
)
from floorhand.store.tasks import LIVE

PAPERS_MAX = 100
"""Deliveries or returns looked through for one that nobody is at."""

TOTES_MAX = 12
"""Empty totes that are looked at; who takes any of them collides less with others."""


def label_of(tx: Session, site: str, place: str) -> str:
    """Read what the barcode of a place holds; empty if there is no such place."""
    found = tx.scalar(select(Place.scan_code).where(Place.site == site, Place.code == place))
    return found or ""


def proof_at(tx: Session, site: str, place: str) -> str:
    """Read what proves to be at a place to somebody with a scanner: its bars, or its digits."""
    row = tx.execute(
        select(Place.check_digits, Place.zone).where(Place.site == site, Place.code == place)
    ).one_or_none()
    rules = site_rules(tx, site)
    if row and row.check_digits and rules.policy(row.zone) == "check":
        return str(row.check_digits)
    return label_of(tx, site, place)


def to_type_at(tx: Session, site: str, place: str) -> str:
    """Read what somebody without a scanner types at a place: check digits, else its code."""
    row = tx.execute(
        select(Place.check_digits, Place.zone).where(Place.site == site, Place.code == place)
    ).one_or_none()
    if row is None:
        return ""
    policy = site_rules(tx, site).policy(row.zone)
    return row.check_digits if row.check_digits and policy in ("either", "check") else place


def barcode_of(tx: Session, site: str, merchant: str, sku: str, *, short: bool = False) -> str:
    """Read a barcode on one piece of a product; the shortest one if it has to be typed."""
    codes = tx.scalars(
        select(Barcode.code)
        .where(
            Barcode.site == site,
            Barcode.merchant == merchant,
            Barcode.sku == sku,
            Barcode.pieces == 1,
        )
        .order_by(Barcode.code)
    ).all()
    if not codes:
        return ""
    gtins = [code for code in codes if _is_gtin(code)]
    if short or not gtins:
        return min(codes, key=len)
    return gtins[0]


def empty_totes(tx: Session, site: str, avoid: Collection[str] = ()) -> Sequence[str]:
    """List some totes with nothing in them that no order has."""
    holds = exists().where(Stock.site == Place.site, Stock.place == Place.code, Stock.pieces > 0)
    return tx.scalars(
        select(Place.code)
        .where(
            Place.site == site,
            Place.kind == "tote",
            Place.state == "open",
            Place.order_no.is_(None),
            Place.merchant.is_(None),
            Place.code.not_in(avoid),
            ~holds,
            ~_spoken_for(site, ("pick", "putaway", "putback")),
        )
        .order_by(Place.code)
        .limit(TOTES_MAX)
    ).all()


def own_cart(tx: Session, site: str, worker: str) -> str:
    """Find the cart of a walk that the worker has begun and is not at; empty text if none."""
    found = tx.scalar(
        select(Task.place).where(
            Task.site == site,
            Task.kind == "pick",
            Task.state == "claimed",
            Task.worker == worker,
            Task.place != "",
        )
    )
    return found or ""


def free_cart(tx: Session, site: str, avoid: Collection[str] = (), worker: str = "") -> str:
    """Find the worker's own cart, or one that nobody walks with; empty text if there is none."""
    own = own_cart(tx, site, worker) if worker else ""
    if own and own not in avoid:
        return own
    found = tx.scalar(
        select(Place.code)
        .where(
            Place.site == site,
            Place.kind == "cart",
            Place.state == "open",
            Place.code.not_in(avoid),
            ~_spoken_for(site, ("pick",)),
        )
        .order_by(Place.code)
    )
    return found or ""


def tote_to_pack(tx: Session, site: str, avoid: Collection[str] = ()) -> str:
    """Find a tote at a bench whose order can be packed, the most urgent first."""
    bench = select(Place.code).where(Place.site == site, Place.kind.in_(("bench", "dock")))
    sister = aliased(Place)  # the task names one tote of the order, whichever that is
    being_packed = exists().where(
        Task.site == Place.site,
        Task.kind == "pack",
        Task.state == "claimed",
        Task.place == sister.code,
        sister.site == Place.site,
        sister.order_no == Place.order_no,
    )
    found = tx.scalar(
        select(Place.code)
        .join(
            Order,
            and_(
                Order.site == Place.site,
                Order.merchant + "/" + Order.number == Place.order_no,
            ),
        )
        .where(
            Place.site == site,
            Place.kind == "tote",
            Order.state.in_(("picked", "packing")),
            Place.parent.in_(bench),
            Place.code.not_in(avoid),
            ~being_packed,
        )
        .order_by(Order.priority.desc(), Order.due_at, Place.code)
    )
    return found or ""


def place_of_kind(tx: Session, site: str, kind: str, avoid: Collection[str] = ()) -> str:
    """Find the first open place of a kind; empty text if there is none."""
    found = tx.scalar(
        select(Place.code)
        .where(
            Place.site == site,
            Place.kind == kind,
            Place.state == "open",
            Place.code.not_in(avoid),
        )
        .order_by(Place.code)
    )
    return found or ""


def scans_made(tx: Session, site: str) -> int:
    """Count all scans ever made here: while it grows, somebody works."""
    return tx.scalar(select(func.sum(Seat.scan_no)).where(Seat.site == site)) or 0


def container_to_put_away(tx: Session, site: str, avoid: Collection[str] = ()) -> str:
    """Find a pallet or tote with goods that are to be put away; empty text if there is none."""
    found = tx.scalar(
        select(Task.place)
        .join(Place, and_(Place.site == Task.site, Place.code == Task.place))
        .where(
            Task.site == site,
            Task.kind.in_(("putaway", "putback")),
            Task.state == "open",
            Task.place.not_in(avoid),
        )
        .order_by(Task.created_at, Task.id)
    )
    return found or ""


def delivery_waiting(tx: Session, site: str, avoid: Collection[str] = (), worker: str = "") -> str:
    """Find a delivery that is not received yet, and at which nobody else is."""
    found = tx.scalars(
        select(Delivery.number)
        .where(Delivery.site == site, Delivery.state != "closed", Delivery.number.not_in(avoid))
        .order_by(Delivery.state != "receiving", Delivery.number)
        .limit(PAPERS_MAX)
    ).all()
    return _left_alone(tx, site, found, worker)


def inbound_going(tx: Session, site: str) -> bool:
    """Say whether goods are still being received or put away; what no bin takes is not."""
    delivery = select(Delivery.number).where(Delivery.site == site, Delivery.state != "closed")
    task = select(Task.id).where(
        Task.site == site, Task.kind == "putaway", Task.state.in_(("open", "claimed"))
    )
    return tx.scalar(delivery.limit(1)) is not None or tx.scalar(task.limit(1)) is not None


def return_waiting(tx: Session, site: str, avoid: Collection[str] = (), worker: str = "") -> str:
    """Find a return that is not inspected yet, and that nobody else has, by urgency."""
    found = tx.scalars(
        select(Return.number)
        .where(
            Return.site == site,
            Return.custody.in_(("advised", "in_transit", "received")),
            Return.number.not_in(avoid),
            or_(Return.worker.is_(None), Return.worker == worker),
        )
        .order_by(Return.deadline.is_(None), Return.deadline, Return.number)
        .limit(PAPERS_MAX)
    ).all()
    return _left_alone(tx, site, found, worker)


def _left_alone(tx: Session, site: str, papers: Sequence[str], worker: str) -> str:
    """Give the first paper that is on nobody else's screen; empty text if there is none."""
    if not papers:
        return ""
    screens = tx.scalars(
        select(Seat.state).where(Seat.site == site, Seat.worker.is_not(None), Seat.worker != worker)
    ).all()
    return next((p for p in papers if not any(f'"{p}"' in state for state in screens)), "")


def announced(tx: Session, site: str, merchant: str, sku: str) -> tuple[str, str]:
    """Read lot and expiry on goods that are being received; empty where nobody announced any."""
    row = tx.execute(
        select(DeliveryLine.lot, DeliveryLine.expiry)
        .join(
            Delivery,
            and_(Delivery.site == DeliveryLine.site, Delivery.number == DeliveryLine.delivery),
        )
        .where(
            DeliveryLine.site == site,
            DeliveryLine.merchant == merchant,
            DeliveryLine.sku == sku,
            Delivery.state == "receiving",
        )
        .order_by(DeliveryLine.received, DeliveryLine.delivery, DeliveryLine.line_no)
    ).first()
    return (row.lot, row.expiry) if row else ("", "")


def sent_out(tx: Session, site: str, merchant: str, sku: str) -> tuple[str, str, str]:
    """Read lot, expiry and serial on a piece that comes back: those of one that was shipped."""
    row = tx.execute(
        select(Stock.lot, Stock.expiry, Stock.serial)
        .where(
            Stock.site == site,
            Stock.place == CUSTOMER,
            Stock.merchant == merchant,
            Stock.sku == sku,
            Stock.pieces > 0,
        )
        .order_by(Stock.expiry, Stock.lot, Stock.serial)
    ).first()
    return (row.lot, row.expiry, row.serial) if row else ("", "", "")


def badge_of(tx: Session, site: str, *, not_of: str = "") -> str:
    """Read a badge, not that of the worker named; empty if there is no other worker."""
    found = tx.scalar(
        select(Worker.badge).where(Worker.site == site, Worker.code != not_of).order_by(Worker.code)
    )
    return found or ""


def jobs_waiting(tx: Session, site: str, worker: str = "") -> tuple[str, ...]:
    """List the jobs for which work stands around, in the order that goods should flow out."""
    ready: list[str] = []
    if tote_to_pack(tx, site):
        ready.append("packing")
    to_claim = empty_totes(tx, site) and claimable_orders(tx, site, 1)
    if to_claim or (worker and own_cart(tx, site, worker)):
        ready.append("picking")
    if container_to_put_away(tx, site):
        ready.append("putaway")
    if delivery_waiting(tx, site, (), worker):
        ready.append("receiving")
    if return_waiting(tx, site, (), worker):
        ready.append("returns")
    return tuple(ready)


def _spoken_for(site: str, kinds: tuple[str, ...]) -> Exists:
    return exists().where(
        Task.site == site,
        Task.kind.in_(kinds),
        Task.state.in_(LIVE),
        Task.place == Place.code,
    )


def _is_gtin(code: str) -> bool:
    return len(code) == 14 and code.isdecimal() and gs1_check_digit(code[:-1]) == code[-1]
