"""What a refill shows: the prompts of `floorhand.flows.refill`."""

from __future__ import annotations

from dataclasses import replace

from floorhand.domain.keymap import Key
from floorhand.domain.refilling import RefillJob
from floorhand.flows.refill_states import (
    Bringing,
    Going,
    HowMany,
    NeedRefill,
    Part,
    State,
    Taking,
)
from floorhand.flows.turn import Item, Prompt, Wants

BACK = (Key.BACK, "key.back")


def prompt(state: State) -> Prompt:
    """Say what to show."""
    match state:
        case NeedRefill():
            keys = ((Key.DONE, "key.next_work"), BACK)
            return Prompt("refill.find", keys=keys, wants=Wants(kinds=("done",)))
        case Going(job=job):
            return Prompt(
                "refill.go_to_reserve",
                place=job.source,
                count=str(job.pieces),
                goods=(_item(job),),
                facts=(*_traits(job), ("fact.to", job.target)),
                keys=((Key.SKIP, "key.other_work"), BACK),
                wants=Wants(kinds=("bin",), place=job.source),
            )
        case Taking():
            return _taking(state)
        case HowMany(job=job, pieces=pieces):
            return Prompt(
                "refill.how_many",
                place=job.source,
                goods=(_item(job),),
                keys=(BACK,),
                wants=Wants(kinds=("number",), number=True, number_hint=pieces),
            )
        case Bringing(job=job, pieces=pieces):
            return Prompt(
                "refill.bring",
                place=job.target,
                count=str(pieces),
                goods=(replace(_item(job), pieces=job.taken),),
                facts=(*_traits(job), ("fact.tote", job.tote)),
                keys=((Key.FULL, "key.part"), BACK),
                wants=Wants(kinds=("bin",), place=job.target),
            )
        case Part(job=job):
            return Prompt(
                "refill.how_many_fit",
                place=job.target,
                goods=(replace(_item(job), pieces=job.taken),),
                keys=(BACK,),
                wants=Wants(kinds=("number",), number=True, number_hint=job.taken),
            )


def _taking(state: Taking) -> Prompt:
    job, pieces = state.job, state.pieces
    done = pieces == job.pieces or state.short
    return Prompt(
        "refill.scan_tote" if done else "refill.take",
        place=job.source,
        count=f"{pieces}/{job.pieces}" if pieces else str(job.pieces),
        goods=(_item(job),),
        facts=_traits(job),
        keys=((Key.MISMATCH, "refill.key_fewer"), BACK),
        wants=Wants(
            kinds=("tote",) if done else ("piece", "number", "tote"),
            sku=f"{job.goods.merchant}/{job.goods.sku}",
            number=True,
            number_hint=job.pieces if pieces and not done else 0,
        ),
    )


def _item(job: RefillJob) -> Item:
    return Item(job.goods.sku, job.name, job.pieces, mark="now")


def _traits(job: RefillJob) -> tuple[tuple[str, str], ...]:
    lot = (("fact.lot", job.goods.lot),) if job.goods.lot else ()
    return (*lot, *((("fact.expiry", job.goods.expiry),) if job.goods.expiry else ()))
