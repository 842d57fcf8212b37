"""Teaching a barcode: who may, of which product, and writing it down.

What was taught is an operation like any other: the audit trail says who bound which code to what.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session

from floorhand.domain.barcodes import shown
from floorhand.domain.learning import (
    CodeLearnt,
    FindGoods,
    GoodsFound,
    GoodsListed,
    LearnCode,
    ListGoods,
    learnable,
)
from floorhand.domain.rights import Right, may
from floorhand.domain.things import Unknown
from floorhand.errors import Code, Refused
from floorhand.flows.learning import Heard, Lesson
from floorhand.flows.turn import Facts, Wants
from floorhand.ops.allowing import must_have
from floorhand.store import teaching
from floorhand.store.ledger import Cause
from floorhand.store.workers import NOBODY, who_can


def lesson_about(
    tx: Session, cause: Cause, asked: tuple[str, str], unknown: Unknown, wants: Wants, facts: Facts
) -> Heard:
    """Begin to teach an unknown code, where the question allows it and the worker has the role.

    Args:
        tx: An open transaction.
        cause: Who scanned it, with which roles.
        asked: The question that was asked, as flow and frozen state.
        unknown: The code.
        wants: What the question can be answered with.
        facts: What is said of an unknown code.

    Raises:
        Refused: `Code.UNKNOWN_BARCODE`; `Code.UNKNOWN_TEACHABLE`, naming who can teach it.
    """
    if not (wants.learns and learnable(unknown.code)):
        raise Refused(Code.UNKNOWN_BARCODE, **facts)
    if not may(cause.roles, Right.LEARN):
        who = who_can(tx, cause.site, Right.LEARN)
        if who == NOBODY:
            raise Refused(Code.UNKNOWN_BARCODE, **facts)
        raise Refused(Code.UNKNOWN_TEACHABLE, **facts, who=who)
    flow, state = asked
    return Heard(
        Lesson(
            flow,
            state,
            unknown.code,
            unknown.shown,
            wants.merchants,
            wants.delivery,
            wants.sku,
        )
    )


def list_goods(tx: Session, cause: Cause, command: ListGoods) -> GoodsListed:
    """List the products of the lines at hand; none where no delivery is."""
    if not command.delivery:
        return GoodsListed(())
    return GoodsListed(teaching.of_delivery(tx, cause.site, command.delivery))


def find_goods(tx: Session, cause: Cause, command: FindGoods) -> GoodsFound:
    """Find a product by the number that was typed.

    Raises:
        Refused: `Code.NO_SUCH_SKU`; `Code.SKU_OF_SEVERAL` if several merchants have one.
    """
    text = command.text.strip()
    found = teaching.by_number(tx, cause.site, text)
    merchant, slash, sku = text.partition("/")
    if slash and not found:
        owned = teaching.by_number(tx, cause.site, sku)
        found = tuple(one for one in owned if one.merchant.casefold() == merchant.casefold())
    if command.merchants:
        found = tuple(one for one in found if one.merchant in command.merchants)
    if not found:
        raise Refused(Code.NO_SUCH_SKU, sku=shown(text))
    if len({one.merchant for one in found}) > 1:
        raise Refused(Code.SKU_OF_SEVERAL, sku=shown(text), example=found[0].code)
    return GoodsFound(found[0])


def learn_code(tx: Session, cause: Cause, command: LearnCode) -> CodeLearnt:
    """Bind a code to a product. Products are never made here.

    Raises:
        Refused: `Code.ROLE_MISSING`; `Code.NO_SUCH_SKU`; `Code.CODE_TAKEN` if the merchant has
            another product, or this one, with that code.
    """
    must_have(tx, cause.site, cause.roles, Right.LEARN)
    assert learnable(command.code), command
    known = teaching.by_number(tx, cause.site, command.sku)
    goods = [one for one in known if (one.merchant, one.sku) == (command.merchant, command.sku)]
    if not goods:
        raise Refused(Code.NO_SUCH_SKU, sku=command.sku)
    if other := teaching.holder(tx, cause.site, command.merchant, command.code):
        raise Refused(Code.CODE_TAKEN, code=command.code, sku=other, merchant=command.merchant)
    teaching.bind(tx, cause.site, goods[0], command.code, command.pack, command.pieces)
    cause.note(job="learning", learnt=1, merchant=command.merchant)
    return CodeLearnt(goods[0], command.pack, command.pieces)


HANDLERS: dict[type, Callable[..., object]] = {
    ListGoods: list_goods,
    FindGoods: find_goods,
    LearnCode: learn_code,
}
