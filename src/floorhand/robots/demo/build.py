"""Build the demo warehouse in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from floorhand.domain.barcodes import new_body, own_code
from floorhand.domain.rules import MerchantRules, SiteRules
from floorhand.domain.signing_in import JOBS
from floorhand.domain.things import OUTSIDE
from floorhand.robots.demo import building, goods, paper, reserves
from floorhand.store import traces
from floorhand.store.db import Transactions
from floorhand.store.ledger import Cause
from floorhand.store.schema import Merchant, Operation, Place, SiteRow, Worker
from floorhand.store.statistics import count_new_tables

SEED = 952

TIME_ZONE = "Europe/Berlin"

FIRST_OPERATION = "demo:1"
EARLIER_OPERATION = "demo:0"
EARLIER = timedelta(days=40)
"""Fast goods came in so long ago: longer than bins of theirs go without a count."""

OPENING = "OpeningStock"
"""Marks a database as a demo: its first operation is of this kind."""

MERCHANTS = (
    ("ALMA", "Alma Pantry", MerchantRules(over_tolerance_pct=5, sender="Alma Pantry|Demo Road 1")),
    (
        "FJELL",
        "Fjell Outdoor",
        MerchantRules(
            pack_instruction="Fold clothes, do not roll them.",
            inserts=("Hiking card; code=HIKE-CARD; first",),
            sender="Fjell Outdoor|Demo Road 1",
        ),
    ),
    (
        "PAPEL",
        "Papel Stationery",
        MerchantRules(boxes=("BOX-S", "BOX-M", "BOX-L"), sender="Papel Stationery|Demo Road 1"),
    ),
)

WORKERS = (
    ("1001", "Ana", " ".join(JOBS), "en"),
    ("1002", "Bruno", " ".join(JOBS), "it"),
    ("1003", "Chen", "supervisor blind " + " ".join(JOBS), "en"),
)
"""Number, name, roles, language."""


@dataclass(frozen=True, slots=True)
class Badge:
    """What a worker of the demo types or scans to sign in."""

    code: str
    name: str
    language: str


@dataclass(frozen=True, slots=True)
class Demo:
    """What was built, in figures, and who can sign in."""

    badges: tuple[Badge, ...]
    bins: int
    products: int
    deliveries: int
    orders: int
    returns: int


def build_demo(transactions: Transactions, site: str, now: datetime, seed: int = SEED) -> Demo:
    """Write the demo into an empty database.

    Args:
        transactions: From `open_database`.
        site: Code of the building.
        now: Orders are due hours from here, dates are counted from here.
        seed: The same seed gives the same warehouse.
    """
    rng = Random(seed)
    listed = goods.products()
    with transactions.begin() as tx:
        _found_site(tx, site)
        badges = _hire(tx, site, rng)
        building.put_up(tx, site, rng)
        goods.list_goods(tx, site, listed)
        cause = _first_operation(tx, site, now)
        earlier = _long_ago(tx, site, now)
        goods.fill_shelves(tx, cause, earlier, listed, rng)
        paper.wait_for_returns(tx, cause, listed, rng)
        paper.announce(tx, cause, listed, rng)
        paper.take_orders(tx, cause, listed, rng, TIME_ZONE)
        reserves.keep_reserves(tx, cause)
        for one in (earlier, cause):
            traces.keep(tx, one)
        count_new_tables(tx.connection())
    return Demo(
        badges,
        bins=len(building.AISLES) * building.BAYS * building.LEVELS,
        products=len(listed),
        deliveries=len(paper.DELIVERIES),
        orders=paper.ORDERS,
        returns=len(paper.RETURNED),
    )


def badges_of(transactions: Transactions, site: str) -> tuple[Badge, ...]:
    """Give the badges of the demo's workers; none if this is no demo."""
    with transactions.begin() as tx:
        opened = tx.scalar(
            select(Operation.kind).where(Operation.site == site, Operation.id == FIRST_OPERATION)
        )
        if opened != OPENING:
            return ()
        rows = tx.execute(
            select(Worker.badge, Worker.name, Worker.language)
            .where(Worker.site == site, Worker.code.in_([worker[0] for worker in WORKERS]))
            .order_by(Worker.code)
        )
        return tuple(Badge(*row) for row in rows)


def _found_site(tx: Session, site: str) -> None:
    rules = SiteRules(default_place_policy="either")
    tx.execute(
        insert(SiteRow).values(
            site=site, name="Demo warehouse", time_zone=TIME_ZONE, rules=rules.to_json()
        )
    )
    tx.execute(
        insert(Place),
        [{"site": site, "code": code, "kind": "outside", "scan_code": code} for code in OUTSIDE],
    )
    tx.execute(
        insert(Merchant),
        [
            {"site": site, "code": code, "name": name, "rules": rules.to_json()}
            for code, name, rules in MERCHANTS
        ],
    )


def _hire(tx: Session, site: str, rng: Random) -> tuple[Badge, ...]:
    badges = []
    for code, name, roles, language in WORKERS:
        badge = own_code("badge", new_body(rng))
        badges.append(Badge(badge, name, language))
        tx.execute(
            insert(Worker).values(
                site=site, code=code, name=name, badge=badge, roles=roles, language=language
            )
        )
    return tuple(badges)


def _long_ago(tx: Session, site: str, now: datetime) -> Cause:
    """Stamp what came in weeks ago: its bins are due to be counted."""
    return _stamp(tx, Cause(site, EARLIER_OPERATION, WORKERS[-1][0], "demo", "", now - EARLIER))


def _first_operation(tx: Session, site: str, now: datetime) -> Cause:
    """Stamp the opening stock: also what was there before is moves of an operation."""
    return _stamp(tx, Cause(site, FIRST_OPERATION, WORKERS[-1][0], "demo", "", now))


def _stamp(tx: Session, cause: Cause) -> Cause:
    tx.execute(
        insert(Operation).values(
            site=cause.site,
            id=cause.operation,
            kind=OPENING,
            command="{}",
            worker=cause.worker,
            seat=cause.seat,
            at=cause.at,
        )
    )
    return cause
