"""Who carries out which command of `floorhand.domain.picking`."""

from __future__ import annotations

from collections.abc import Callable

from floorhand.domain import picking as words
from floorhand.domain.walks import LeaveOrders
from floorhand.ops.claims import leave_orders
from floorhand.ops.getting_work import get_work
from floorhand.ops.pick_stops import (
    arrive_at,
    move_pick,
    offer_lot,
    skip_stop,
    swap_lot,
    take_in_hand,
)
from floorhand.ops.pick_totes import bind_tote, bring_totes, replace_tote
from floorhand.ops.short_picks import declare_short
from floorhand.ops.taking import confirm_pick

HANDLERS: dict[type, Callable[..., object]] = {
    words.GetWork: get_work,
    LeaveOrders: leave_orders,
    words.BindTote: bind_tote,
    words.ReplaceTote: replace_tote,
    words.BringTotes: bring_totes,
    words.ArriveAt: arrive_at,
    words.TakeInHand: take_in_hand,
    words.MovePick: move_pick,
    words.OfferLot: offer_lot,
    words.SwapLot: swap_lot,
    words.SkipStop: skip_stop,
    words.ConfirmPick: confirm_pick,
    words.DeclareShort: declare_short,
}
