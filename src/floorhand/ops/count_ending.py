"""The end of a count: compare it with the books, and do what follows.

The figures of a count stand in the facts of its `EndCount`: ``places`` 1 once it is settled whether
the books are right (0: a colleague counts again), ``right`` 1 if they are, ``believed`` and ``off``
the pieces that the books believed in and the sum of all differences, ``pieces`` what was counted,
``result``, and ``plus`` and ``minus`` what was booked. `floorhand.domain.floor_figures` adds up
how right the books were.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from floorhand.domain import count_rules
from floorhand.domain.correcting import TOGETHER
from floorhand.domain.count_rules import APPROVAL, CORRECTED, RECOUNT, Difference
from floorhand.domain.cycle_counts import BinTouched, BookCount, CountBooked, CountEnded, EndCount
from floorhand.domain.things import Goods
from floorhand.domain.troubles import COUNT_DIFFERENCE
from floorhand.ops import count_booking
from floorhand.ops.count_work import (
    JOB,
    is_asked,
    known_count,
    moves_json,
    moves_of,
    next_in_line,
    own_count,
    takes_another,
)
from floorhand.ops.deciding import propose
from floorhand.store import corrections, count_sheets, counts, tasks
from floorhand.store.counts import CountRow
from floorhand.store.ledger import Cause
from floorhand.store.masters import site_rules
from floorhand.store.nesting import places_in

AGAIN: Final = "recount"
"""Why a bin is counted: a colleague has found a difference."""


@dataclass(frozen=True, slots=True)
class _Compared:
    believed: Mapping[Goods, int]
    found: Mapping[Goods, int]
    differences: tuple[Difference, ...]


def end_count(tx: Session, cause: Cause, command: EndCount) -> CountEnded | BinTouched:
    """Compare what was counted with the books, and do what follows.

    What was moved at the bin while it was counted may or may not have been seen by the worker: such
    products are counted anew, so that what is compared was there all the time.

    Raises:
        Gone: As `own_count`.
    """
    row = own_count(tx, cause, command.task)
    assert row.since is not None, row
    moves = moves_of(tx, cause.site, row, row.since)
    before = {(merchant, sku): n for merchant, sku, n in json.loads(row.moves)}
    if touched := [sku for sku, number in moves.items() if number != before.get(sku, 0)]:
        for merchant, sku in touched:
            count_sheets.forget_sku(tx, cause.site, command.task, merchant, sku)
        count_sheets.set_sheet(tx, cause.site, command.task, moves=moves_json(moves))
        cause.note(job=JOB, touched=len(touched))
        return BinTouched(counts.sheet(tx, cause.site, row), tuple(sku for _, sku in touched))
    compared = _compare(tx, cause, row)
    result = _result(tx, cause, row, compared)
    place = row.count.place
    tasks.close_task(tx, cause, command.task)
    count_sheets.set_sheet(
        tx,
        cause.site,
        command.task,
        result=result,
        differences=count_rules.to_json(compared.differences),
        ended_at=cause.at,
    )
    _drop_others(tx, cause, row)
    _note(cause, place, compared, result)
    _follow(tx, cause, row, compared, result)
    return CountEnded(place, result, next_in_line(tx, cause, place, command.later))


def _compare(tx: Session, cause: Cause, row: CountRow) -> _Compared:
    believed: dict[Goods, int] = {}
    for one in counts.held_in(tx, cause.site, places_in(tx, cause.site, row.count.place)):
        if is_asked(row, one.goods.merchant, one.goods.sku):
            believed[one.goods] = believed.get(one.goods, 0) + one.pieces
    found = counts.found_by(tx, cause.site, row.count.task)
    return _Compared(believed, found, count_rules.differences(believed, found))


def _result(tx: Session, cause: Cause, row: CountRow, compared: _Compared) -> str:
    rules = site_rules(tx, cause.site)
    result = count_rules.judge(
        compared.differences,
        counts.earlier_counts(tx, cause.site, row.first, row.count.task),
        small=_is_small(tx, cause, row, compared),
        rules=rules,
    )
    if result == CORRECTED and count_booking.in_hand(tx, cause.site, compared.differences):
        return APPROVAL
    return result


def _is_small(tx: Session, cause: Cause, row: CountRow, compared: _Compared) -> bool:
    """Say whether one worker may book differences, with all that they have lately booked there."""
    found, rules = compared.differences, site_rules(tx, cause.site)
    if not found or not count_rules.tolerated(found, compared.believed, rules):
        return not found
    inside = tuple(places_in(tx, cause.site, row.count.place))
    lately = (EndCount.__name__, cause.at - TOGETHER)
    before = {
        (goods.merchant, goods.sku): corrections.corrected_since(
            tx, cause.site, cause.worker, inside, goods, *lately
        )
        for goods in (one.goods for one in found)
    }
    return count_rules.tolerated(found, compared.believed, rules, before)


def _drop_others(tx: Session, cause: Cause, row: CountRow) -> None:
    """Strike off other counts of what was counted just now, unless somebody is at them.

    One that the worker may not do stays for whoever may: it was to be another person.
    """
    for other in counts.open_counts(tx, cause.site, row.count.place):
        is_same = not other.worker and is_asked(row, other.count.merchant, other.count.sku)
        if is_same and counts.may_count(tx, cause.site, other, cause.worker):
            tasks.close_task(tx, cause, other.count.task, "cancelled")


def _note(cause: Cause, place: str, compared: _Compared, result: str) -> None:
    settled = result != RECOUNT
    cause.note(
        job=JOB,
        result=result,
        place=place,
        places=int(settled),
        right=int(settled and not compared.differences),
        believed=sum(compared.believed.values()) if settled else 0,
        off=count_rules.off(compared.differences) if settled else 0,
        pieces=sum(compared.found.values()),
        lines=len(compared.found),
    )


def _follow(tx: Session, cause: Cause, row: CountRow, compared: _Compared, result: str) -> None:
    """Book it, have it counted again, or have a lead decide."""
    count = row.count
    if result == RECOUNT:
        open_recount(tx, cause, row)
        return
    counters = counts.counters_of(tx, cause.site, row.first)
    of = (count.place, count.merchant, count.sku)
    count_booking.end_asked(tx, cause, *of, () if result == APPROVAL else counters)
    if result == APPROVAL:
        ask_for_approval(tx, cause, row, compared.differences)
        return
    if result == CORRECTED:
        lines = int(cause.figures["lines"])
        count_booking.book(tx, cause, count.place, compared.differences)
        cause.note(lines=lines)
    count_booking.settle_bin(tx, cause, *of, counters)


def open_recount(tx: Session, cause: Cause, row: CountRow) -> str:
    """Have somebody count again who has not counted for the same difference; gives the task."""
    count = row.count
    sku = {"merchant": count.merchant, "sku": count.sku}
    task = tasks.open_task(
        tx, cause, "count", place=count.place, merchant=count.merchant, sku=count.sku, reason=AGAIN
    )
    count_sheets.add_sheet(tx, cause.site, task=task, first=row.first, place=count.place, **sku)
    return task


def ask_for_approval(
    tx: Session, cause: Cause, row: CountRow, found: tuple[Difference, ...]
) -> None:
    """Leave a difference to a lead: it is booked when somebody approves it who did not count."""
    owners = {one.goods.merchant for one in found}
    skus = {one.goods.sku for one in found}
    propose(
        tx,
        cause,
        COUNT_DIFFERENCE,
        row.count.place,
        BookCount(row.count.task),
        owners.pop() if len(owners) == 1 else "",
        counts.counters_of(tx, cause.site, row.first),
        sku=skus.pop() if len(skus) == 1 else "",
        pieces=count_rules.off(found),
        more=sum(one.pieces for one in found if one.pieces > 0),
        less=-sum(one.pieces for one in found if one.pieces < 0),
        task=row.count.task,
    )


def book_count(tx: Session, cause: Cause, command: BookCount) -> CountBooked:
    """Book the differences of a count that was approved by somebody who did not count.

    Raises:
        Refused: `Code.COUNTED_BEFORE` if that was a counter; as `count_booking.book`.
    """
    row = known_count(tx, cause.site, command.task)
    count = row.count
    if not counts.may_count(tx, cause.site, row, cause.worker):
        raise takes_another(tx, cause, row)
    found = counts.differences_of(tx, cause.site, command.task)
    count_booking.book(tx, cause, count.place, found)
    counters = counts.counters_of(tx, cause.site, row.first)
    count_booking.settle_bin(tx, cause, count.place, count.merchant, count.sku, counters)
    booked = int(cause.figures["plus"]), int(cause.figures["minus"])
    cause.note(job=JOB, place=count.place)
    return CountBooked(count.place, *booked)
