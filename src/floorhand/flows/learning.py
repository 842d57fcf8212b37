"""Teach a barcode: an unknown code becomes a product's, if a worker with the role says so.

This is no job: the road puts it between a question and its answer. It begins with a question of
its own, which any other good scan leaves again, so that scans made ahead never choose a product.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from floorhand.domain.keymap import Key
from floorhand.domain.learning import (
    PACK_PIECES_MAX,
    PACKS,
    CodeLearnt,
    FindGoods,
    GoodsFound,
    GoodsListed,
    Known,
    LearnCode,
    ListGoods,
    is_of_cases,
    looks_misread,
)
from floorhand.domain.things import (
    Attributes,
    Chosen,
    DeliveryCode,
    Number,
    OrderCode,
    Piece,
    Place,
    Pressed,
    ReturnCode,
    Text,
)
from floorhand.errors import Code
from floorhand.flows.turn import Ask, Choice, Do, Facts, Item, Prompt, Refuse, Reply, Wants
from floorhand.flows.which import Answered

NAME = "learning"


@dataclass(frozen=True, slots=True)
class Lesson:
    """The code, and the question that was asked, as flow and frozen state, with what it wants."""

    flow: str
    state: str
    code: str
    shown: str
    merchants: tuple[str, ...]
    delivery: str
    sku: str


@dataclass(frozen=True, slots=True)
class Heard:
    """An unknown code was scanned by somebody who may teach it. Never stored."""

    lesson: Lesson


@dataclass(frozen=True, slots=True)
class Offered:
    """It is unknown: teach it, or go on?"""

    lesson: Lesson
    goods: tuple[Known, ...]


@dataclass(frozen=True, slots=True)
class WhichGoods:
    """Which product is it?"""

    lesson: Lesson
    goods: tuple[Known, ...]


@dataclass(frozen=True, slots=True)
class AsWhat:
    """A piece of it, an inner or a case?"""

    lesson: Lesson
    goods: tuple[Known, ...]
    chosen: Known


@dataclass(frozen=True, slots=True)
class HowMany:
    """How many pieces are in it?"""

    lesson: Lesson
    goods: tuple[Known, ...]
    chosen: Known
    pack: str


HOW_MANY = {"inner": "learning.how_many_inner", "case": "learning.how_many_case"}

State = Heard | Offered | WhichGoods | AsWhat | HowMany
START = None
STATES: tuple[type, ...] = (Heard, Offered, WhichGoods, AsWhat, HowMany)
VALUES: tuple[type, ...] = (Lesson, Known)


def step(state: State, event: object) -> Reply:
    """Say what an event leads to. Pure: same state and event, same reply."""
    match state, event:
        case Heard(lesson=lesson), GoodsListed(goods=goods):
            return Ask(Offered(lesson, goods), "learning.unknown", {"code": lesson.shown}, True)
        case Heard(lesson=lesson), _:
            return Do(ListGoods(lesson.delivery))
        case Offered(), Pressed(key=Key.DONE):
            return Ask(WhichGoods(state.lesson, state.goods))
        case (
            Offered(lesson=Lesson(flow=flow, state=before)),
            Piece() | Attributes() | Place() | DeliveryCode() | OrderCode() | ReturnCode(),
        ):
            return Ask(Answered(flow, before, event))
        case WhichGoods(), _:
            return _which(state, event)
        case AsWhat(chosen=chosen), Chosen(code="each"):
            return Do(_learn(state, "each", 1))
        case AsWhat(chosen=chosen), Chosen(code=pack):
            return Ask(HowMany(state.lesson, state.goods, chosen, pack))
        case HowMany(), Number(value=pieces) if 2 <= pieces <= PACK_PIECES_MAX:
            return Do(_learn(state, state.pack, pieces))
        case HowMany(), Number(value=pieces):
            return Refuse(Code.NO_PACK_OF, {"number": pieces, "limit": PACK_PIECES_MAX})
        case ((AsWhat() | HowMany()), CodeLearnt()):
            return _learnt(state.lesson, event)
        case _, Pressed(key=Key.BACK):
            return _back(state)
        case _, Pressed():
            return Refuse(Code.KEY_NOT_NOW)
        case _:
            return Refuse(Code.NOT_EXPECTED_NOW)


def _which(state: WhichGoods, event: object) -> Reply:
    lesson, goods = state.lesson, state.goods
    match event:
        case Chosen(code=code):
            chosen = next(one for one in goods if one.code == code)
            return Ask(AsWhat(lesson, goods, chosen))
        case Piece(merchant=merchant, sku=sku, name=name):
            if lesson.merchants and merchant not in lesson.merchants:
                wanted = " ".join(lesson.merchants)
                facts = {"sku": sku, "merchant": merchant, "wanted": wanted}
                return Refuse(Code.OTHER_MERCHANT, facts)
            return Ask(AsWhat(lesson, goods, Known(merchant, sku, name)))
        case GoodsFound(goods=found):
            return Ask(AsWhat(lesson, goods, found))
        case Text(value=text):
            return Do(FindGoods(lesson.merchants, text))
        case Pressed(key=Key.BACK):
            return _back(state)
        case Pressed():
            return Refuse(Code.KEY_NOT_NOW)
        case _:
            return Refuse(Code.NOT_EXPECTED_NOW)


def _learn(state: AsWhat | HowMany, pack: str, pieces: int) -> LearnCode:
    chosen = state.chosen
    return LearnCode(state.lesson.code, chosen.merchant, chosen.sku, pack, pieces)


def _learnt(lesson: Lesson, event: CodeLearnt) -> Ask:
    facts: Facts = {
        "code": lesson.shown,
        "sku": event.goods.sku,
        "merchant": event.goods.merchant,
        "pieces": event.pieces,
        "pack_text": f"pack.{event.pack}",
    }
    done = "learning.learnt" if event.pack == "each" else "learning.learnt_pack"
    return Ask(Answered(lesson.flow, lesson.state, None), done, facts)


def _back(state: State) -> Ask:
    lesson = state.lesson
    match state:
        case HowMany(goods=goods, chosen=chosen):
            return Ask(AsWhat(lesson, goods, chosen))
        case AsWhat(goods=goods):
            return Ask(WhichGoods(lesson, goods))
        case _:
            return Ask(Answered(lesson.flow, lesson.state, None))


def prompt(state: State) -> Prompt:
    """Say what to show. The code is shown with every question: it is what all of this is about."""
    lesson = state.lesson
    asked = Prompt(
        ask="learning.offer",
        facts=(("learning.fact_code", lesson.shown),),
        keys=((Key.BACK, "key.back"),),
    )
    match state:
        case WhichGoods(goods=goods):
            kinds = ("choice", "piece") if goods else ("text", "piece")
            return replace(
                asked,
                ask="learning.which",
                choices=tuple(Choice(one.code, label=f"{one.sku} {one.name}") for one in goods),
                wants=Wants(kinds, text=True, merchants=lesson.merchants),
            )
        case AsWhat(chosen=chosen):
            grouped = is_of_cases(lesson.code)
            return replace(
                asked,
                ask="learning.as_what",
                goods=(_item(chosen),),
                choices=tuple(
                    Choice(pack, f"learning.{pack}", fits=not grouped or pack != "each")
                    for pack in PACKS
                ),
                wants=Wants(("choice",)),
            )
        case HowMany(chosen=chosen, pack=pack):
            return replace(
                asked,
                ask=HOW_MANY[pack],
                goods=(_item(chosen),),
                wants=Wants(("number",), number=True, number_hint=12),
            )
        case _:
            misread = (("learning.fact_misread", ""),) if looks_misread(lesson.code) else ()
            return replace(
                asked,
                facts=(*asked.facts, *misread),
                keys=((Key.DONE, "learning.key_teach"), *asked.keys),
                wants=Wants(("piece", "done"), sku=lesson.sku, merchants=lesson.merchants),
            )


def _item(goods: Known) -> Item:
    return Item(goods.sku, goods.name, note=goods.merchant, mark="now")
