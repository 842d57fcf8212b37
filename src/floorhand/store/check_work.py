"""Rules of work: tasks, the walks of pickers and their totes, what benches have verified."""

from __future__ import annotations

from sqlalchemy import and_, func, literal, or_, select, union_all

from floorhand.domain.things import CORRECTION
from floorhand.store.holds import are_held, is_order_held
from floorhand.store.schema import (
    Checked,
    Move,
    Operation,
    Order,
    OrderLine,
    Pick,
    Place,
    Slot,
    Stock,
    Task,
)
from floorhand.store.standing import standing
from floorhand.store.tasks import LIVE
from floorhand.store.violation import SITE, Rule, named, order_no

"""States of a task that is still to be done."""

PICKING = ("ConfirmPick", "DeclareShort")
"""Commands by which pieces go from bins into totes."""

_TASK_OF_PICK = and_(Task.site == Pick.site, Task.id == Pick.task)
_TASK_OF_SLOT = and_(Task.site == Slot.site, Task.id == Slot.task)
_LIVE_SLOT = (Slot.site == SITE, Task.state.in_(LIVE))
_STOPS = select(Pick.id).where(
    Pick.site == Slot.site,
    Pick.task == Slot.task,
    Pick.merchant == Slot.merchant,
    Pick.order == Slot.order,
)
_ON_WALK = or_(
    Slot.tote.is_not(None), _STOPS.where(Pick.state == "open").exists(), ~_STOPS.exists()
)
"""An order that waits for stock may leave an empty slot with closed stops behind on its walk."""

_TO_COUNT = (Task.place, Task.merchant, Task.sku, Task.lot)
_STOOD = select(Stock.sku).where(Stock.site == Task.site, Stock.place == Task.place)

_GOODS = ("merchant", "sku", "lot", "expiry", "serial")
_SAYS = select(
    *[getattr(Pick, name) for name in _GOODS],
    Pick.picked.label("says"),
    literal(0).label("moved"),
).where(Pick.site == SITE, Pick.picked != 0)
_MOVED = (
    select(*[getattr(Move, name) for name in _GOODS], literal(0), Move.pieces)
    .join(Operation, and_(Operation.site == Move.site, Operation.id == Move.operation))
    .where(
        Operation.site == SITE,
        Operation.kind.in_(PICKING),
        standing(),
        Move.source != CORRECTION,
        Move.target != CORRECTION,
    )
)
_BOTH = union_all(_SAYS, _MOVED).subquery()
_SAID, _BROUGHT = func.sum(_BOTH.c.says), func.sum(_BOTH.c.moved)
_PICKED = (
    select(
        named(*(_BOTH.c[name] for name in _GOODS)).label("goods"),
        _SAID.label("says"),
        _BROUGHT.label("moved"),
    )
    .group_by(*(_BOTH.c[name] for name in _GOODS))
    .having(_SAID != _BROUGHT)
)

_HELD = func.coalesce(Stock.pieces, 0)
_VERIFIED = and_(
    Stock.site == Checked.site,
    Stock.condition == "available",
    *(getattr(Stock, name) == getattr(Checked, name) for name in ("place", *_GOODS)),
)

_PUT_BACK = select(Task.id).where(
    Task.site == Place.site,
    Task.kind.in_(("putback", "putaway")),
    Task.place == Place.code,
    Task.state.in_(LIVE),
)
_WALKED = (
    select(Slot.task)
    .join(Task, _TASK_OF_SLOT)
    .where(
        Slot.site == Order.site,
        Slot.merchant == Order.merchant,
        Slot.order == Order.number,
        Task.state.in_(LIVE),
    )
)
"""A picker who still carries the tote is told with the next scan."""

WORK_CHECKS = (
    Rule(
        "open_picks_are_on_a_walk",
        select(Pick.id, Pick.task)
        .add_columns(
            func.coalesce(Task.kind, "missing").label("kind"),
            func.coalesce(Task.state, "").label("state"),
        )
        .outerjoin(Task, _TASK_OF_PICK)
        .where(
            Pick.site == SITE,
            Pick.state == "open",
            or_(Task.id.is_(None), Task.kind != "pick", Task.state.not_in(LIVE)),
        ),
        "pick {id}",
        "open, but its task {task} is {kind} {state}",
    ),
    Rule(
        "picks_are_as_far_as_they_say",
        select(Pick.id, Pick.state, Pick.picked, Pick.pieces).where(
            Pick.site == SITE,
            or_(
                and_(Pick.state == "open", Pick.picked >= Pick.pieces),
                and_(Pick.state == "picked", Pick.picked != Pick.pieces),
                and_(Pick.state == "cancelled", Pick.picked != 0),
                and_(Pick.picked > 0, Pick.tote.is_(None)),
            ),
        ),
        "pick {id}",
        "{state} with {picked} of {pieces} in its tote",
    ),
    Rule(
        "picks_are_of_their_line",
        select(Pick.id, Pick.sku, OrderLine.sku.label("wanted"))
        .join(
            OrderLine,
            and_(
                OrderLine.site == Pick.site,
                OrderLine.merchant == Pick.merchant,
                OrderLine.order == Pick.order,
                OrderLine.line_no == Pick.line_no,
            ),
        )
        .where(Pick.site == SITE, Pick.sku != OrderLine.sku),
        "pick {id}",
        "takes {sku}, but its line wants {wanted}",
    ),
    Rule(
        "picked_is_what_moved_into_totes",
        _PICKED,
        "{goods}",
        "picks say {says} were picked, moves brought {moved} into totes",
    ),
    Rule(
        "claimed_tasks_have_a_worker",
        select(Task.id, Task.kind).where(
            Task.site == SITE,
            Task.state == "claimed",
            or_(Task.worker.is_(None), Task.worker == ""),
        ),
        "task {id}",
        "{kind}, claimed by nobody",
    ),
    Rule(
        "tasks_say_when_they_ended",
        select(Task.id, Task.kind, Task.state, Task.done_at).where(
            Task.site == SITE,
            or_(
                and_(Task.state == "done", Task.done_at.is_(None)),
                and_(Task.state.in_(LIVE), Task.done_at.is_not(None)),
            ),
        ),
        "task {id}",
        "{kind} is {state}, and the time of its end is {done_at}",
    ),
    Rule(
        "putaway_is_of_goods_that_came",
        select(Task.id, Task.kind, Task.place)
        .join(Place, and_(Place.site == Task.site, Place.code == Task.place))
        .where(
            Task.site == SITE,
            Task.kind.in_(("putaway", "putback")),
            Task.state.in_(LIVE),
            Place.kind != "pallet",  # its goods may have stood in cartons on it
            ~_STOOD.exists(),
        ),
        "task {id}",
        "{kind} of {place}, which never held anything",
    ),
    Rule(
        "no_work_is_left_on_void_pallets",
        select(Task.id, Task.kind, Task.state, Task.place)
        .join(Place, and_(Place.site == Task.site, Place.code == Task.place))
        .where(
            Task.site == SITE,
            Task.kind.in_(("putaway", "putback")),
            Task.state.in_(LIVE),
            Place.kind == "pallet",
            Place.state == "void",
        ),
        "task {id}",
        "{kind} of {place} is {state}, but all of that pallet was put away",
    ),
    Rule(
        "one_count_of_a_place",
        select(*_TO_COUNT, func.count().label("tasks"))
        .where(Task.site == SITE, Task.kind == "count", Task.state.in_(("open", "claimed")))
        .group_by(*_TO_COUNT)
        .having(func.count() > 1),
        "{place} {merchant}/{sku} {lot}",
        "{tasks} counts of the same are open",
    ),
    Rule(
        "an_order_is_on_one_walk",
        select(Slot.merchant, Slot.order, func.count().label("slots"))
        .join(Task, _TASK_OF_SLOT)
        .where(*_LIVE_SLOT, _ON_WALK)
        .group_by(Slot.merchant, Slot.order)
        .having(func.count() > 1),
        "{merchant}/{order}",
        "on walks in {slots} slots at once",
    ),
    Rule(
        "a_tote_serves_one_walk",
        select(Slot.tote, func.count().label("slots"))
        .join(Task, _TASK_OF_SLOT)
        .where(*_LIVE_SLOT, Slot.tote.is_not(None))
        .group_by(Slot.tote)
        .having(func.count() > 1),
        "{tote}",
        "bound to {slots} slots at once",
    ),
    Rule(
        "a_slots_tote_is_its_orders",
        select(Slot.tote, Slot.task, Slot.merchant, Slot.order, Place.order_no)
        .join(Task, _TASK_OF_SLOT)
        .join(Place, and_(Place.site == Slot.site, Place.code == Slot.tote))
        .where(*_LIVE_SLOT, Place.order_no != order_no(Slot.merchant, Slot.order)),
        "{tote}",
        "stands for {merchant}/{order} on walk {task}, but is bound to {order_no}",
    ),
    Rule(
        "nothing_held_is_to_be_picked",
        select(Pick.id, Pick.place, Pick.merchant, Pick.sku, Pick.lot, Pick.order)
        .where(Pick.site == SITE, Pick.state == "open", or_(are_held(Pick), is_order_held(Pick)))
        .order_by(Pick.id),
        "{place} {merchant}/{sku} {lot}",
        "is held, and a walk is to take it for order {order} (stop {id})",
    ),
    Rule(
        "what_is_verified_is_in_the_tote",
        select(Checked.place, Checked.sku, Checked.pieces, _HELD.label("held"))
        .join_from(Checked, Stock, _VERIFIED, isouter=True)
        .where(Checked.site == SITE, Checked.pieces > _HELD),
        "{place} {sku}",
        "{pieces} verified at the bench, {held} in it",
    ),
    Rule(
        "goods_of_ended_orders_are_put_back",
        select(
            Place.code.label("tote"),
            Place.order_no.label("order_no"),
            Order.state.label("state"),
            func.sum(Stock.pieces).label("pieces"),
        )
        .join(Stock, and_(Stock.site == Place.site, Stock.place == Place.code))
        .join(
            Order,
            and_(
                Order.site == Place.site,
                order_no(Order.merchant, Order.number) == Place.order_no,
            ),
        )
        .where(
            Place.site == SITE,
            Place.kind == "tote",
            Order.state.in_(("shipped", "short", "cancelled")),
            Stock.pieces > 0,
            ~_PUT_BACK.exists(),
            ~_WALKED.exists(),
        )
        .group_by(Place.code, Place.order_no, Order.state),
        "{tote}",
        "{pieces} pieces of order {order_no} ({state}), and no task to put them back",
    ),
)
