"""Put-away, as changes: put goods into bins, close what is empty.

How work is found and begun is in `floorhand.ops.putaway_work`, how a bin is proposed in
`floorhand.ops.proposing`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import cast

from sqlalchemy import TableClause, bindparam, select, update
from sqlalchemy.orm import Session

from floorhand.domain import slotting
from floorhand.domain.putaway import (
    BinLegal,
    BinTaken,
    CheckBin,
    Emptied,
    GivenUp,
    GiveUp,
    GoodsGone,
    HeldByOther,
    MarkedFull,
    MarkFull,
    Propose,
    Proposed,
    PutAway,
    Source,
    Stored,
)
from floorhand.domain.slotting import Bar
from floorhand.domain.things import Goods
from floorhand.errors import Code, Refused
from floorhand.ops import putaway_work
from floorhand.ops.proposing import Group, groups_of, plain, propose_next
from floorhand.ops.putaway_work import (
    JOB,
    close_source,
    holder_of,
    others_at,
    tasks_of,
    worker_name,
)
from floorhand.store import bins, ledger
from floorhand.store.asking import ask
from floorhand.store.ledger import Cause
from floorhand.store.masters import site_rules
from floorhand.store.schema import Place, Task
from floorhand.store.tasks import close_task, open_task, trouble

NO_ROOM = "no_room"
"""Why a bin is to be counted that a worker found full."""

_PLACE = cast(TableClause, Place.__table__)
_BIN = update(_PLACE).where(
    _PLACE.c.site == bindparam("at_site"), _PLACE.c.code == bindparam("at_code")
)
_FULL = _BIN.values(full=bindparam("is_full"))
_FULL_NOW = select(_PLACE.c.code).where(
    _PLACE.c.site == bindparam("at_site"), _PLACE.c.code == bindparam("at_code"), _PLACE.c.full
)
_COUNTS = select(Task.id, Task.reason).where(
    Task.site == bindparam("site"),
    Task.kind == "count",
    Task.place == bindparam("place"),
    Task.state.in_(("open", "claimed")),
)
_TAKEN = _BIN.where(_PLACE.c.overrides > 0).values(overrides=0)
_NOT_TAKEN = _BIN.values(overrides=_PLACE.c.overrides + 1).returning(_PLACE.c.overrides)


def propose(tx: Session, cause: Cause, command: Propose) -> Proposed | Emptied:
    """Propose a bin for the next goods, or for those that the worker has scanned.

    Raises:
        Refused: `Code.NOT_ON_PALLET` if the scanned goods are not there.
    """
    source = command.source
    if not command.sku:
        return _next(tx, cause, source, command.later)
    wanted = [
        group
        for group in groups_of(tx, cause.site, source)
        if group.goods.sku == command.sku
        and command.lot in ("", group.goods.lot)
        and command.merchant in ("", group.goods.merchant)
    ]
    if not wanted:
        raise Refused(Code.NOT_ON_PALLET, sku=command.sku, place=source.place)
    found = propose_next(tx, cause.site, source, (), first=wanted[0].goods)
    assert found is not None, source
    return found


def put_away(
    tx: Session, cause: Cause, command: PutAway
) -> Stored | BinTaken | GoodsGone | HeldByOther:
    """Move goods into a bin, if that is still right.

    What the worker was shown may be old: somebody else may have filled the bin, taken goods, or
    taken the work over. Then nothing is moved and the worker sees what is true now.
    """
    source = command.source
    holder = holder_of(tasks_of(tx, cause.site, source))
    if holder not in ("", cause.worker):
        return HeldByOther(source, holder, worker_name(tx, cause.site, holder))
    group = _group(tx, cause.site, command)
    if group is None:
        return GoodsGone(source, command.goods, _next(tx, cause, source, command.later))
    try:
        chosen = command.bin != command.proposed
        _check(tx, cause, command, seen=chosen)
    except Refused:
        return BinTaken(command.bin, _next(tx, cause, source, command.later))
    ledger.move(tx, cause, command.stands, command.bin, group.take(command.pieces))
    taken = command.bin == command.proposed
    if not taken:
        _not_full(tx, cause, command.bin)
    _count_override(tx, cause, command, taken)
    whole = command.pieces == group.pieces
    cause.note(
        job=JOB,
        pieces=command.pieces,
        lines=int(whole),
        merchant=command.goods.merchant,
        proposed=int(taken),
        reason=command.reason,
    )
    then = _next(tx, cause, source, command.later)
    return Stored(command.bin, command.goods, command.pieces, then)


def check_bin(tx: Session, cause: Cause, command: CheckBin) -> BinLegal:
    """Check a bin that the worker has chosen; `Refused` says what is wrong with it."""
    _check(tx, cause, command, seen=True)
    return BinLegal(command.bin)


def mark_full(tx: Session, cause: Cause, command: MarkFull) -> MarkedFull:
    """Believe the worker that a bin has no room, and have it counted."""
    ask(tx, _FULL, at_site=cause.site, at_code=command.bin, is_full=True)
    if ask(tx, _COUNTS, site=cause.site, place=command.bin).first() is None:
        open_task(tx, cause, "count", place=command.bin, reason=NO_ROOM)
    cause.note(job=JOB, no_room=1)
    return MarkedFull(command.bin, _next(tx, cause, command.source, command.later))


def give_up(tx: Session, cause: Cause, command: GiveUp) -> GivenUp:
    """Park the work because no bin can take the goods, and tell the supervisors."""
    goods = command.goods
    tx.execute(
        update(Task)
        .where(
            Task.site == cause.site,
            Task.id.in_([row.id for row in tasks_of(tx, cause.site, command.source)]),
        )
        .values(state="parked", worker=None)
    )
    trouble(
        tx,
        cause,
        "no_bin",
        command.source.place,
        goods.merchant,
        sku=goods.sku,
        lot=goods.lot,
        pieces=command.pieces,
    )
    cause.note(job=JOB, merchant=goods.merchant, no_bin=1)
    return GivenUp(command.source)


def _next(
    tx: Session, cause: Cause, source: Source, later: tuple[Goods, ...]
) -> Proposed | Emptied:
    found = propose_next(tx, cause.site, source, later)
    if found is not None:
        return found
    close_source(tx, cause, source)
    return Emptied(source, others_at(tx, cause.site, source))


def _check(tx: Session, cause: Cause, command: PutAway | CheckBin, *, seen: bool) -> None:
    """Refuse a bin that the goods must not go to, or that has no room for so many.

    A bin marked full may be used by a worker who has ``seen`` that there is room in it.
    """
    code, goods, pieces, wanted = command.bin, command.goods, command.pieces, command.proposed
    facts: dict[str, str | int] = {"place": code, "sku": goods.sku, "wanted": wanted}
    facts["go_text"] = "bar.go_to" if wanted not in ("", code) else "bar.go_elsewhere"
    need, _ = bins.need_of(tx, cause.site, replace(goods, serial=""), pieces)
    shelf = bins.shelf(tx, cause.site, need, code)
    if shelf is None:
        raise Refused(Code.BIN_NOT_LEGAL, **facts, bar_text="bar.not_a_bin")
    if seen:
        shelf = replace(shelf, full=False)
    bar = slotting.bar(need, shelf, bins.hold_storages(tx, cause.site, goods))
    if bar not in (None, Bar.NO_ROOM):
        raise Refused(Code.BIN_NOT_LEGAL, **facts, bar_text=f"bar.{bar}")
    room = slotting.room_for(need, shelf)
    if room < pieces:
        raise Refused(Code.BIN_NO_ROOM, place=code, sku=goods.sku, room=room, asked=pieces)


def _not_full(tx: Session, cause: Cause, code: str) -> None:
    """Take a bin for usable again: a worker has found room in it after all."""
    if ask(tx, _FULL_NOW, at_site=cause.site, at_code=code).first() is None:
        return
    ask(tx, _FULL, at_site=cause.site, at_code=code, is_full=False)
    for task in ask(tx, _COUNTS, site=cause.site, place=code).all():
        if task.reason == NO_ROOM:
            close_task(tx, cause, task.id, "cancelled")


def _group(tx: Session, site: str, command: PutAway) -> Group | None:
    """Find the goods; None if there are fewer than the worker believes."""
    for group in groups_of(tx, site, command.source):
        if group.stands == command.stands and group.goods == plain(command.goods):
            chosen = group.only(command.goods.serial)
            if command.pieces <= chosen.pieces:
                return chosen
    return None


def _count_override(tx: Session, cause: Cause, command: PutAway, taken: bool) -> None:
    """Count how often in a row a proposed bin was not taken; too often is trouble."""
    if not command.proposed:
        return
    here = {"at_site": cause.site, "at_code": command.proposed}
    if taken:
        ask(tx, _TAKEN, **here)
    elif (ask(tx, _NOT_TAKEN, **here).scalar() or 0) >= site_rules(tx, cause.site).overrides_max:
        trouble(
            tx,
            cause,
            "overrides",
            command.proposed,
            command.goods.merchant,
            sku=command.goods.sku,
            reason=command.reason,
        )
        ask(tx, _TAKEN, **here)


HANDLERS: dict[type, Callable[..., object]] = {
    Propose: propose,
    PutAway: put_away,
    CheckBin: check_bin,
    MarkFull: mark_full,
    GiveUp: give_up,
    **putaway_work.HANDLERS,
}
