"""What stands around in the building: labels, empty totes, free carts, papers that wait.

The questions a pair of eyes would answer. Nothing here decides anything; the road re-checks it all.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Final

from sqlalchemy import BindParameter, Exists, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from floorhand.domain.barcodes import gs1_check_digit
from floorhand.domain.signing_in import FROM_DOCK_TO_DOOR
from floorhand.domain.things import CUSTOMER
from floorhand.store.asking import among, ask
from floorhand.store.counts import waiting_counts
from floorhand.store.masters import site_rules
from floorhand.store.orders import claimable_orders
from floorhand.store.refills import waiting_refills
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

THINGS_MAX: Final = 64
"""Empty totes, or free carts, that are looked at. Two people cannot have the same one in hand: who
takes any of them meets others less often than who takes the first.
"""
TO_PACK_MAX: Final = 8
"""Totes to pack that are looked at, the most urgent ones."""

_SITE: Final[BindParameter[str]] = bindparam("site")
_WORKER: Final[BindParameter[str]] = bindparam("worker")
_AVOID: Final[BindParameter[Any]] = bindparam("avoid", expanding=True)


def _spoken_for(*kinds: str) -> Exists:
    return exists().where(
        Task.site == Place.site,
        Task.kind.in_(kinds),
        Task.state.in_(LIVE),
        Task.place == Place.code,
    )


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


_EMPTY_TOTES: Final = (
    select(Place.code)
    .where(
        Place.site == _SITE,
        Place.kind == "tote",
        Place.state == "open",
        Place.order_no.is_(None),
        Place.merchant.is_(None),
        Place.code.not_in(_AVOID),
        ~exists().where(Stock.site == Place.site, Stock.place == Place.code, Stock.pieces > 0),
        ~_spoken_for("pick", "putaway", "putback"),
    )
    .order_by(Place.code)
    .limit(THINGS_MAX)
)


def empty_totes(tx: Session, site: str, avoid: Collection[str] = ()) -> Sequence[str]:
    """List some totes with nothing in them that no order has."""
    return ask(tx, _EMPTY_TOTES, site=site, avoid=list(avoid)).scalars()


_OWN_CART: Final = select(Task.place).where(
    Task.site == _SITE,
    Task.kind == "pick",
    Task.state == "claimed",
    Task.worker == _WORKER,
    Task.place != "",
)


def own_cart(tx: Session, site: str, worker: str) -> str:
    """Find the cart of a walk that the worker has begun and is not at; empty text if none."""
    return ask(tx, _OWN_CART, site=site, worker=worker).scalar() or ""


_FREE_CARTS: Final = (
    select(Place.code)
    .where(
        Place.site == _SITE,
        Place.kind == "cart",
        Place.state == "open",
        Place.code.not_in(_AVOID),
        ~_spoken_for("pick"),
    )
    .order_by(Place.code)
    .limit(THINGS_MAX)
)


def free_carts(
    tx: Session, site: str, avoid: Collection[str] = (), worker: str = ""
) -> Sequence[str]:
    """List the worker's own cart, or some that nobody walks with."""
    own = own_cart(tx, site, worker) if worker else ""
    if own and own not in avoid:
        return [own]
    return ask(tx, _FREE_CARTS, site=site, avoid=list(avoid)).scalars()


_SISTER: Final = aliased(Place)
_BEING_PACKED: Final = exists().where(  # the task names one tote of the order, whichever that is
    Task.site == Place.site,
    Task.kind == "pack",
    Task.state == "claimed",
    Task.place == _SISTER.code,
    _SISTER.site == Place.site,
    _SISTER.order_no == Place.order_no,
)
_TOTES_TO_PACK: Final = (
    select(Place.code)
    .join(
        Order,
        and_(
            Order.site == Place.site,
            Order.merchant + "/" + Order.number == Place.order_no,
        ),
    )
    .where(
        Place.site == _SITE,
        Place.kind == "tote",
        among(Order.state, "picked", "packing"),
        Place.parent.in_(
            select(Place.code).where(Place.site == _SITE, Place.kind.in_(("bench", "dock")))
        ),
        Place.code.not_in(_AVOID),
        ~_BEING_PACKED,
    )
    .order_by(Order.priority.desc(), Order.due_at, Place.code)
    .limit(TO_PACK_MAX)
)


def totes_to_pack(tx: Session, site: str, avoid: Collection[str] = ()) -> Sequence[str]:
    """List some totes at benches whose orders can be packed, the most urgent first."""
    return ask(tx, _TOTES_TO_PACK, site=site, avoid=list(avoid)).scalars()


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


_SCANS_MADE: Final = select(func.sum(Seat.scan_no)).where(Seat.site == _SITE)


def scans_made(tx: Session, site: str) -> int:
    """Count all scans ever made here: while it grows, somebody works."""
    return int(ask(tx, _SCANS_MADE, site=site).scalar() or 0)


_CONTAINER_TO_PUT_AWAY: Final = (
    select(Task.place)
    .join(Place, and_(Place.site == Task.site, Place.code == Task.place))
    .where(
        Task.site == _SITE,
        Task.kind.in_(("putaway", "putback")),
        among(Task.state, "open"),
        Task.place.not_in(_AVOID),
    )
    .order_by(Task.created_at, Task.id)
    .limit(1)
)


def container_to_put_away(tx: Session, site: str, avoid: Collection[str] = ()) -> str:
    """Find a pallet or tote with goods that are to be put away; empty text if there is none."""
    return ask(tx, _CONTAINER_TO_PUT_AWAY, site=site, avoid=list(avoid)).scalar() or ""


_DELIVERIES_WAITING: Final = (
    select(Delivery.number)
    .where(Delivery.site == _SITE, Delivery.state != "closed", Delivery.number.not_in(_AVOID))
    .order_by(Delivery.state != "receiving", Delivery.number)
    .limit(PAPERS_MAX)
)


def delivery_waiting(tx: Session, site: str, avoid: Collection[str] = (), worker: str = "") -> str:
    """Find a delivery that is not received yet, and at which nobody else is."""
    found = ask(tx, _DELIVERIES_WAITING, site=site, avoid=list(avoid)).scalars()
    return _left_alone(tx, site, found, worker)


_OPEN_DELIVERY: Final = (
    select(Delivery.number).where(Delivery.site == _SITE, Delivery.state != "closed").limit(1)
)
_OPEN_PUTAWAY: Final = (
    select(Task.id)
    .where(Task.site == _SITE, Task.kind == "putaway", among(Task.state, "open", "claimed"))
    .limit(1)
)


def inbound_going(tx: Session, site: str) -> bool:
    """Say whether goods are still being received or put away; what no bin takes is not."""
    return any(ask(tx, one, site=site).first() for one in (_OPEN_DELIVERY, _OPEN_PUTAWAY))


_RETURNS_WAITING: Final = (
    select(Return.number)
    .where(
        Return.site == _SITE,
        Return.custody.in_(("advised", "in_transit", "received")),
        Return.number.not_in(_AVOID),
        or_(Return.worker.is_(None), Return.worker == _WORKER),
    )
    .order_by(Return.deadline.is_(None), Return.deadline, Return.number)
    .limit(PAPERS_MAX)
)


def return_waiting(tx: Session, site: str, avoid: Collection[str] = (), worker: str = "") -> str:
    """Find a return that is not inspected yet, and that nobody else has, by urgency."""
    found = ask(tx, _RETURNS_WAITING, site=site, avoid=list(avoid), worker=worker).scalars()
    return _left_alone(tx, site, found, worker)


_SCREENS_OF_OTHERS: Final = select(Seat.state).where(
    Seat.site == _SITE, Seat.worker.is_not(None), Seat.worker != _WORKER
)


def _left_alone(tx: Session, site: str, papers: Sequence[str], worker: str) -> str:
    """Give the first paper that is on nobody else's screen; empty text if there is none."""
    if not papers:
        return ""
    screens = ask(tx, _SCREENS_OF_OTHERS, site=site, worker=worker).scalars()
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


def upkeep_waiting(tx: Session, site: str, worker: str) -> tuple[str, ...]:
    """List the jobs that keep the bins right and for which a worker may do something."""
    found = {
        "counting": waiting_counts(tx, site, worker, ""),
        "refill": waiting_refills(tx, site, worker) and empty_totes(tx, site),
    }
    return tuple(job for job, waiting in found.items() if waiting)


def work_for(tx: Session, site: str, worker: str, jobs: Collection[str]) -> tuple[str, ...]:
    """List the jobs for which work stands around; who keeps no bins right does not look there."""
    upkeep = set(jobs) - set(FROM_DOCK_TO_DOOR)
    found = upkeep_waiting(tx, site, worker) if upkeep else ()
    return (*jobs_waiting(tx, site, worker), *found)


def jobs_waiting(tx: Session, site: str, worker: str = "") -> tuple[str, ...]:
    """List the jobs for which work stands around, in the order that goods should flow out."""
    ready: list[str] = []
    if totes_to_pack(tx, site):
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


def _is_gtin(code: str) -> bool:
    return len(code) == 14 and code.isdecimal() and gs1_check_digit(code[:-1]) == code[-1]
