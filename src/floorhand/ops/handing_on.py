"""Take work from whoever has it, for anybody or for one worker: what each job has to do for it.

Goods stay where the books say that they are: whoever takes the work up is led there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy.orm import Session

from floorhand.domain.control import FreeWork, GiveWork
from floorhand.domain.cycle_counts import CountFound
from floorhand.domain.packing import AsideDone, OpenOrder, OrderOpened, PutAside
from floorhand.domain.picking import GetWork, WalkDone, WorkFound
from floorhand.domain.putaway import TaskFound
from floorhand.domain.receiving import DeliveryOpened, OpenDelivery
from floorhand.domain.refilling import RefillFound
from floorhand.domain.walks import LeaveOrders
from floorhand.flows.turn import AnyState
from floorhand.ops import returns_bench
from floorhand.ops.claims import leave_orders
from floorhand.ops.getting_work import get_work
from floorhand.ops.packing import open_order, put_aside
from floorhand.ops.putaway_work import is_at, let_go
from floorhand.ops.receiving import open_delivery
from floorhand.ops.returns_opening import let_go_return, opened
from floorhand.ops.taken_over import tell_freed, tell_holder
from floorhand.ops.work_things import note_things, things_of_work
from floorhand.ops.works import who_is_at, work_of
from floorhand.store import count_sheets, counts, deliveries, refills, tasks
from floorhand.store.ledger import Cause
from floorhand.store.orders import split_name

Work = FreeWork | GiveWork

KEPT: Final = "kept"
"""Only a part could be freed: totes of the walk are on its cart."""


@dataclass(frozen=True, slots=True)
class Job:
    """How work of one job changes hands.

    Attributes:
        free: Opens it to everybody, for whoever had it; gives what was freed, or `KEPT`; None if
            that worker has it no more.
        give: Makes it the worker's; gives what the first question of the job is answered with,
            None if the other one has it no more.
    """

    free: Callable[[Session, Cause, Work], object]
    give: Callable[[Session, Cause, Work], object]


def free(tx: Session, cause: Cause, work: Work) -> object:
    """Open work to everybody. ``cause`` is of whoever has it; its lead decides."""
    before = things_of_work(tx, cause.site, work.job, work.task)
    freed = JOBS[work.job].free(tx, cause, work)
    kept = things_of_work(tx, cause.site, work.job, work.task) if freed == KEPT else frozenset()
    note_things(cause, before - kept)
    if freed is not None and freed != KEPT:
        about = _about(work, freed)
        tell_freed(tx, cause, work.job, cause.worker, work.about, about)
    return freed


def give(tx: Session, cause: Cause, work: Work) -> object:
    """Make work that a colleague has the worker's own, as the lead of ``cause`` decides."""
    note_things(cause, things_of_work(tx, cause.site, work.job, work.task))
    given = JOBS[work.job].give(tx, cause, work)
    if given is not None and not cause.figures.get("take_over"):
        about = _about(work, given)
        tell_holder(tx, cause, work.job, work.take_over, work.about, about)
        cause.note(take_over=1, taken_from=work.take_over)
    return given


def _about(work: Work, changed: object) -> Callable[[AnyState], bool]:
    """Say of which questions it is the work that they are about."""
    if isinstance(changed, TaskFound):
        return lambda state: is_at(state, changed.source)
    named = work.order if work.job == "packing" else work.task
    return lambda state: work_of(work.job, state) == named


def _free_walk(tx: Session, cause: Cause, work: Work) -> object:
    left = leave_orders(tx, cause, LeaveOrders(work.task))
    return left if isinstance(left.next, WalkDone) else KEPT


def _give_walk(tx: Session, cause: Cause, work: Work) -> object:
    cart, order = (work.about, "") if work.about != work.order else ("", work.order)
    found = get_work(tx, cause, GetWork(cart, work.take_over, order))
    return found if isinstance(found, WorkFound) and cause.figures.get("take_over") else None


def _free_order(tx: Session, cause: Cause, work: Work) -> object:
    aside = put_aside(tx, cause, PutAside(work.order))
    return aside if isinstance(aside, AsideDone) else None


def _give_order(tx: Session, cause: Cause, work: Work) -> object:
    named = split_name(work.order)
    found = open_order(tx, cause, OpenOrder(*named, take_over=work.take_over))
    return found if isinstance(found, OrderOpened) and cause.figures.get("take_over") else None


def _free_source(tx: Session, cause: Cause, work: Work) -> TaskFound | None:
    return let_go(tx, cause, work.task)


def _free_count(tx: Session, cause: Cause, work: Work) -> CountFound | None:
    if not count_sheets.give_back(tx, cause.site, work.task, cause.worker):
        return None
    row = counts.count_row(tx, cause.site, work.task)
    return CountFound(row.count) if row else None


def _free_refill(tx: Session, cause: Cause, work: Work) -> RefillFound | None:
    if not refills.give_back(tx, cause.site, work.task, cause.worker):
        return None
    found = refills.refill_of(tx, cause.site, work.task)
    return RefillFound(found[0]) if found else None


def _given(free_it: Callable[[Session, Cause, Work], object]) -> Callable[..., object]:
    """Give a task by opening it to everybody for its holder, and claiming it for the worker."""

    def give_task(tx: Session, cause: Cause, work: Work) -> object:
        freed = free_it(tx, replace(cause, worker=work.take_over), work)
        if freed is None or not _may_have(tx, cause, work):
            return None
        return freed if tasks.claim_task(tx, cause, work.task) else None

    return give_task


def _may_have(tx: Session, cause: Cause, work: Work) -> bool:
    return work.job != "counting" or may_count(tx, cause.site, work.task, cause.worker)


def may_count(tx: Session, site: str, task: str, worker: str) -> bool:
    """Say whether a worker has not counted for the same difference before."""
    row = counts.count_row(tx, site, task)
    return row is not None and counts.may_count(tx, site, row, worker)


def _free_return(tx: Session, cause: Cause, work: Work) -> object:
    return work if let_go_return(tx, cause, work.task) else None


def _give_return(tx: Session, cause: Cause, work: Work) -> object:
    if not let_go_return(tx, replace(cause, worker=work.take_over), work.task):
        return None
    claimed = returns_bench.claim(tx, cause, work.task)
    return opened(tx, cause, work.task) if claimed else None


def _free_delivery(tx: Session, cause: Cause, work: Work) -> object:
    """Everybody may count on a delivery: all there is to it is that somebody does so no more."""
    at_it = (work.task, work.take_over) in who_is_at(tx, cause.site, work.job)
    return work if at_it else None


def _give_delivery(tx: Session, cause: Cause, work: Work) -> object:
    header = deliveries.header(tx, cause.site, work.task)
    if header is None or header.state != "receiving" or not _free_delivery(tx, cause, work):
        return None
    found = open_delivery(tx, cause, OpenDelivery(work.task, header.dock))
    return found if isinstance(found, DeliveryOpened) else None


JOBS: Final[Mapping[str, Job]] = {
    "picking": Job(_free_walk, _give_walk),
    "packing": Job(_free_order, _give_order),
    "putaway": Job(_free_source, _given(_free_source)),
    "counting": Job(_free_count, _given(_free_count)),
    "refill": Job(_free_refill, _given(_free_refill)),
    "returns": Job(_free_return, _give_return),
    "receiving": Job(_free_delivery, _give_delivery),
}
"""How the work of each job is freed, and given."""
