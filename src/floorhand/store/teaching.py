"""Teaching a barcode: which products it may be of, who has it, and the one place that binds it."""

from __future__ import annotations

from typing import cast

from sqlalchemy import TableClause, bindparam, func, insert, or_, select
from sqlalchemy.orm import Session

from floorhand.domain.learning import GOODS_MAX, Known
from floorhand.store.asking import ask
from floorhand.store.schema import Barcode, DeliveryLine, Sku

FOUND_MAX = 20
"""Products with one number that are looked at; merchants number for themselves."""

_KNOWN = (Sku.merchant, Sku.code, Sku.name)
_LEFT = DeliveryLine.expected - DeliveryLine.received - DeliveryLine.damaged
_OF_DELIVERY = (
    select(*_KNOWN)
    .join(
        DeliveryLine,
        (DeliveryLine.site == Sku.site)
        & (DeliveryLine.merchant == Sku.merchant)
        & (DeliveryLine.sku == Sku.code),
    )
    .where(DeliveryLine.site == bindparam("site"), DeliveryLine.delivery == bindparam("delivery"))
    .group_by(*_KNOWN)
    .order_by(func.sum(_LEFT) <= 0, func.min(DeliveryLine.line_no))
    .limit(GOODS_MAX)
)
_BY_NUMBER = (
    select(*_KNOWN)
    .where(
        Sku.site == bindparam("site"),
        or_(Sku.code == bindparam("text"), Sku.code == func.upper(bindparam("text"))),
    )
    .order_by(Sku.code != bindparam("text"), Sku.merchant)
    .limit(FOUND_MAX)
)
_HOLDER = select(Barcode.sku).where(
    Barcode.site == bindparam("site"),
    Barcode.merchant == bindparam("merchant"),
    Barcode.code == bindparam("code"),
)
_ADD = insert(cast(TableClause, Barcode.__table__))


def of_delivery(tx: Session, site: str, delivery: str) -> tuple[Known, ...]:
    """List the products of a delivery's lines, those that are still expected first."""
    return tuple(Known(*row) for row in ask(tx, _OF_DELIVERY, site=site, delivery=delivery))


def by_number(tx: Session, site: str, text: str) -> tuple[Known, ...]:
    """List the products with a number, whoever owns them; as typed before in capitals."""
    return tuple(Known(*row) for row in ask(tx, _BY_NUMBER, site=site, text=text))


def holder(tx: Session, site: str, merchant: str, code: str) -> str:
    """Give the product of a merchant that has a code; empty if none has."""
    return ask(tx, _HOLDER, site=site, merchant=merchant, code=code).scalar() or ""


def bind(tx: Session, site: str, goods: Known, code: str, pack: str, pieces: int) -> None:
    """Let a code stand for so many pieces of a product."""
    named = {"merchant": goods.merchant, "sku": goods.sku, "code": code}
    ask(tx, _ADD, site=site, **named, pack=pack, pieces=pieces)
