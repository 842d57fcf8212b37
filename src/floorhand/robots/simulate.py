"""Let a crew of robots work until nothing is left to do, in one process or in one each.

A crew is finished when every robot has found nothing to do since the last scan that any of them
made; `Board` keeps that count.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from queue import Empty
from random import Random
from typing import Any, Protocol

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from floorhand.domain.exceptions import Decide
from floorhand.domain.handing_over import HandOver
from floorhand.domain.signing_in import JOBS
from floorhand.errors import FloorhandError
from floorhand.robots import supply
from floorhand.robots.crew import Robot, Tally
from floorhand.robots.lead import Lead
from floorhand.robots.left import left_over, not_shipped
from floorhand.robots.processes import robot_processes
from floorhand.store.check import violations
from floorhand.store.db import Transactions, engine_of, open_database
from floorhand.store.masters import require_site
from floorhand.store.schema import Inspection, Operation, Order, OrderLine, Return, Task
from floorhand.store.standing import standing

LOOK_S = 1.0
"""How often somebody looks whether a silent robot is still alive."""

IDLE_S = 0.05
"""How long a robot in a process of its own waits before it looks again for work."""

WORKERS_MAX = 64

UPKEEP = ("refill", "counting")
"""What keeps the bins right is done when nothing goes out any more."""

UPKEEP_TASKS = ("count", "refill")
LED = (Decide.__name__, HandOver.__name__)
"""Tasks and operations that are counted of it, and of leads, in the order of the figures."""

SLIPS = 0.05
"""Probability of counting some goods of a bin wrong, so that others count again."""

VIOLATIONS_SHOWN_MAX = 20

Crew = supply.Crew


@dataclass(frozen=True, slots=True)
class Plan:
    """What is asked of a simulation."""

    workers: int = 1
    processes: bool = False
    supply: bool = False
    mistakes: float = 0.0
    undo: float = 0.0
    seed: int = 1
    slips: float = SLIPS
    lead: bool = False


@dataclass(frozen=True, slots=True)
class _Figures:
    """Totals of what a building has done so far."""

    orders_shipped: int
    order_lines: int
    pieces_shipped: int
    returns_inspected: int
    pieces_returned: int
    bins_counted: int
    refills_done: int
    exceptions_decided: int
    hand_overs: int


class Board(Protocol):
    """Where a crew sees whether anybody still works."""

    def worked(self, robot: int) -> None:
        """Note that a robot made a scan."""

    def found_nothing(self, robot: int) -> None:
        """Note that a robot has nothing to do as things are now."""

    def finished(self) -> bool:
        """Say whether nobody has found anything since the last scan."""


class RobotDied(FloorhandError):
    """The process of a robot ended before its work did."""


class OwnBoard:
    """The board of a crew in one process."""

    def __init__(self, robots: int) -> None:
        self.scans = 0
        self.idle_at = [-1] * robots

    def worked(self, robot: int) -> None:
        """Note that a robot made a scan."""
        self.scans += 1
        self.idle_at[robot] = -1

    def found_nothing(self, robot: int) -> None:
        """Note that a robot has nothing to do as things are now."""
        self.idle_at[robot] = self.scans

    def finished(self) -> bool:
        """Say whether nobody has found anything since the last scan."""
        return all(at == self.scans for at in self.idle_at)


class SharedBoard:
    """The board of a crew in several processes, in memory that they share."""

    def __init__(self, scans: Any, idle_at: Any) -> None:
        self.scans = scans
        self.idle_at = idle_at

    def worked(self, robot: int) -> None:
        """Note that a robot made a scan."""
        with self.scans.get_lock():
            self.scans.value += 1
            self.idle_at[robot] = -1

    def found_nothing(self, robot: int) -> None:
        """Note that a robot has nothing to do as things are now."""
        with self.scans.get_lock():
            self.idle_at[robot] = self.scans.value

    def finished(self) -> bool:
        """Say whether nobody has found anything since the last scan."""
        with self.scans.get_lock():
            return all(at == self.scans.value for at in self.idle_at)


def simulate(database: str, site: str, plan: Plan) -> dict[str, Any]:
    """Work until nothing is left to do, and report.

    Args:
        database: SQLite file or SQLAlchemy URL.
        site: Which building.
        plan: How many workers, and how.

    Returns:
        The figures of the whole simulation, the orders that are not shipped with the reason, what
        robots got stuck at, and the verdict of the ledger's check.
    """
    transactions = open_database(database, create=False)
    try:
        crew, before = _prepare(transactions, site, plan)
        started = time.perf_counter()
        if plan.processes:
            engine_of(transactions).dispose()
            tallies = _in_processes(database, site, crew, plan)
        else:
            tallies = _in_turns(transactions, site, crew, plan)
        wall_s = time.perf_counter() - started
        with transactions.begin() as tx:
            return _report(tx, site, before, tallies, wall_s)
    finally:
        engine_of(transactions).dispose()


def _prepare(transactions: Transactions, site: str, plan: Plan) -> tuple[Crew, _Figures]:
    """Hire the crew, furnish the building, announce what lacks; count what is done already."""
    with transactions.begin() as tx:
        require_site(tx, site)
        supply.furnish(tx, site, Random(plan.seed))
        crew = supply.hire(tx, site, plan.workers, lead=plan.lead)
        if plan.supply:
            supply.announce_lacking(tx, site, _now())
        return crew, _figures(tx, site)


def _now() -> datetime:
    return datetime.now(UTC)


def _robot(
    transactions: Transactions,
    site: str,
    crew: Crew,
    index: int,
    plan: Plan,
) -> Robot:
    """Seat one of the crew. Each likes another job best, so that the crew spreads out."""
    code, badge = crew[index]
    if code == supply.LEAD:
        rng = Random(f"{plan.seed}/{index}")
        own = {"seat": code, "badge": badge, "worker": code}
        return Lead(transactions, site, **own, now=_now, rng=rng)
    outbound = ("picking", "packing", "returns")
    turned = outbound[index % len(outbound) :] + outbound[: index % len(outbound)]
    return Robot(
        transactions,
        site,
        seat=code,
        badge=badge,
        worker=code,
        now=_now,
        rng=Random(f"{plan.seed}/{index}"),
        jobs=("receiving", "putaway", *turned, *UPKEEP) if index % 2 == 0 else JOBS,
        mistakes=plan.mistakes,
        undo=plan.undo,
        slips=plan.slips,
    )


def _in_turns(transactions: Transactions, site: str, crew: Crew, plan: Plan) -> list[Tally]:
    robots = [_robot(transactions, site, crew, n, plan) for n in range(len(crew))]
    board = OwnBoard(len(robots))
    while not board.finished():
        for index, robot in enumerate(robots):
            _one_scan(robot, index, board)
    for robot in robots:
        robot.close()
    return [robot.tally for robot in robots]


def _one_scan(robot: Robot, index: int, board: Board) -> bool:
    if robot.step():
        board.worked(index)
        return True
    robot.wake()
    if robot.step():
        board.worked(index)
        return True
    if not robot.waits:
        board.found_nothing(index)
    return False


def _in_processes(database: str, site: str, crew: Crew, plan: Plan) -> list[Tally]:
    context = robot_processes()
    scans = context.Value("q", 0)
    idle_at = context.Array("q", [-1] * len(crew))
    told = context.Queue()
    workers = [
        context.Process(
            target=_work_alone, args=(database, site, crew, index, plan, scans, idle_at, told)
        )
        for index in range(len(crew))
    ]
    for worker in workers:
        worker.start()
    try:
        tallies = [_told(told, workers) for _ in workers]
    except BaseException:
        for worker in workers:
            worker.terminate()
        raise
    for worker in workers:
        worker.join()
    return tallies


def _told(told: Any, workers: Sequence[Any]) -> Tally:
    """Wait for the next robot to finish; one that died says nothing, and must not be waited for."""
    while True:
        try:
            answer = told.get(timeout=LOOK_S)
        except Empty:
            if dead := [worker.name for worker in workers if worker.exitcode]:
                raise RobotDied(f"{dead[0]} ended before its work did.") from None
            continue
        if isinstance(answer, BaseException):
            raise answer
        assert isinstance(answer, Tally)
        return answer


def _work_alone(
    database: str,
    site: str,
    crew: Crew,
    index: int,
    plan: Plan,
    scans: Any,
    idle_at: Any,
    told: Any,
) -> None:
    """Be one robot in a process of its own."""
    board = SharedBoard(scans, idle_at)
    try:
        transactions = open_database(database, create=False)
        robot = _robot(transactions, site, crew, index, plan)
        while not board.finished():
            if not _one_scan(robot, index, board):
                time.sleep(IDLE_S)
        robot.close()
        engine_of(transactions).dispose()
        told.put(robot.tally)
    except BaseException as error:
        told.put(error)
        raise


def _figures(tx: Session, site: str) -> _Figures:
    shipped = and_(
        Order.site == OrderLine.site,
        Order.merchant == OrderLine.merchant,
        Order.number == OrderLine.order,
    )
    orders = tx.scalar(
        select(func.count()).select_from(Order).where(Order.site == site, Order.state == "shipped")
    )
    lines, pieces = tx.execute(
        select(func.count(), func.coalesce(func.sum(OrderLine.packed), 0))
        .join(Order, shipped)
        .where(OrderLine.site == site, Order.state == "shipped", OrderLine.packed > 0)
    ).one()
    returns = tx.scalar(
        select(func.count())
        .select_from(Return)
        .where(Return.site == site, Return.custody == "disposed")
    )
    returned = tx.scalar(
        select(func.coalesce(func.sum(Inspection.pieces), 0)).where(Inspection.site == site)
    )
    done = dict(
        tx.execute(
            select(Task.kind, func.count())
            .where(Task.site == site, Task.kind.in_(UPKEEP_TASKS), Task.state == "done")
            .group_by(Task.kind)
        ).all()
    )
    led = dict(
        tx.execute(
            select(Operation.kind, func.count())
            .where(Operation.site == site, Operation.kind.in_(LED), standing())
            .group_by(Operation.kind)
        ).all()
    )
    return _Figures(
        *(orders or 0, lines, int(pieces), returns or 0, int(returned or 0)),
        *(done.get(kind, 0) for kind in UPKEEP_TASKS),
        *(led.get(kind, 0) for kind in LED),
    )


def _report(
    tx: Session, site: str, before: _Figures, tallies: Sequence[Tally], wall_s: float
) -> dict[str, Any]:
    after = _figures(tx, site)
    was = asdict(before)
    done = {name: value - was[name] for name, value in asdict(after).items()}
    scans = sum(tally.scans for tally in tallies)
    found = violations(tx, site)
    return {
        **done,
        "scans": scans,
        "refusals": sum(tally.refusals for tally in tallies),
        "mistakes": sum(tally.mistakes for tally in tallies),
        "undos": sum(tally.undos for tally in tallies),
        "wall_s": round(wall_s, 2),
        "scans_per_s": round(scans / wall_s, 1) if wall_s else 0.0,
        "check": {
            "verdict": "failed" if found else "passed",
            "violations": [str(violation) for violation in found[:VIOLATIONS_SHOWN_MAX]],
        },
        "not_shipped": not_shipped(tx, site),
        "short_lines": _short_lines(tx, site),
        "left": left_over(tx, site),
        "stuck": [asdict(stuck) for tally in tallies for stuck in tally.stuck],
    }


def _short_lines(tx: Session, site: str) -> list[dict[str, str | int]]:
    rows = tx.execute(
        select(
            OrderLine.merchant,
            OrderLine.order,
            OrderLine.sku,
            OrderLine.short,
            OrderLine.short_reason,
        )
        .where(OrderLine.site == site, OrderLine.short > 0)
        .order_by(OrderLine.merchant, OrderLine.order, OrderLine.line_no)
    )
    return [
        {"order": f"{merchant}/{order}", "sku": sku, "pieces": pieces, "reason": reason}
        for merchant, order, sku, pieces, reason in rows
    ]
