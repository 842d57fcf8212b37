"""Find what people call by a word that no label and no paper carries alone.

A lot or a serial as it is printed on goods, a merchant, somebody's name, a printer, an operation, a
word of a product's name. It is asked only of what no code has led to: some of it has no index of
its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from floorhand.domain.barcodes import readable
from floorhand.store.goods_names import split_goods
from floorhand.store.masters import DEFAULT_PRINTER
from floorhand.store.schema import Merchant, Operation, PrinterRow, Sku, Station, Stock, Worker

CALLED_MAX: Final = 50
"""So many things of a kind are listed; who means another one types more of its name."""

NAME_BYTES_MIN: Final = 3
"""Shorter parts of names are in too many of them; one Chinese letter says enough."""

Called = tuple[tuple[str, str], ...]
"""Things as (kind, name): what opens for them, see `floorhand.tui.board_parts.Target`."""


def called(tx: Session, site: str, word: str) -> Called:
    """List what is called so, what is called exactly so first.

    Args:
        tx: An open transaction.
        site: The building.
        word: As it was typed, in capitals or not.
    """
    if not word or not readable(word):
        return ()
    whole = (
        *_coded_merchants(tx, site, word),
        *_operations(tx, site, word),
        *_printers(tx, site, word),
        *_goods(tx, site, word),
    )
    exact = whole or tuple(_marks(tx, site, word))
    if exact:
        return exact
    people = _workers(tx, site, word)
    return (*_merchants(tx, site, word), *people, *_products(tx, site, word))


def _coded_merchants(tx: Session, site: str, word: str) -> Iterator[tuple[str, str]]:
    codes = select(Merchant.code).where(Merchant.site == site)
    coded = codes.where(Merchant.code.in_({word, word.upper()})).order_by(Merchant.code)
    return (("merchant", code) for code in tx.scalars(coded))


def _merchants(tx: Session, site: str, word: str) -> Iterator[tuple[str, str]]:
    """Give merchants by a word of their name; there are few of them, in any alphabet."""
    asked = select(Merchant.code, Merchant.name).where(Merchant.site == site)
    part = word.casefold()
    for code, name in tx.execute(asked.order_by(Merchant.code)):
        if part == name.casefold() or (_says_enough(part) and part in name.casefold()):
            yield "merchant", code


def _operations(tx: Session, site: str, word: str) -> Iterator[tuple[str, str]]:
    named = select(Operation.id).where(Operation.site == site, Operation.id == word)
    return (("operation", name) for name in tx.scalars(named))


def _printers(tx: Session, site: str, word: str) -> Iterator[tuple[str, str]]:
    own = select(PrinterRow.code).where(PrinterRow.site == site)
    of_stations = select(Station.printer).where(Station.site == site).distinct()
    named = {*tx.scalars(own), *(name or DEFAULT_PRINTER for name in tx.scalars(of_stations))}
    part = word.casefold()
    return (("printer", name) for name in sorted(named) if name.casefold() == part)


def _goods(tx: Session, site: str, word: str) -> Iterator[tuple[str, str]]:
    """Give goods by their SKU, which is no barcode of those that have one of their own, or by the
    name that pages have for them: ``merchant/sku``, ``merchant/sku/lot``.
    """
    coded = select(Sku.merchant, Sku.code).where(
        Sku.site == site, Sku.code.in_({word, word.upper()})
    )
    for owner, code in tx.execute(coded.order_by(Sku.merchant, Sku.code).limit(CALLED_MAX)):
        yield "sku", f"{owner}/{code}"
    merchant, sku, mark = split_goods(tx, site, word)
    known = (Stock.site == site, Stock.merchant == merchant, Stock.sku == sku)
    if sku and not mark:
        of_merchant = (Sku.site == site, Sku.merchant == merchant, Sku.code == sku)
        if tx.scalar(select(Sku.code).where(*of_merchant)):
            yield "sku", word
    for kind, column in (("lot", Stock.lot), ("serial", Stock.serial)) if mark else ():
        if tx.scalar(select(Stock.sku).where(*known, column == mark).limit(1)):
            yield kind, word


def _marks(tx: Session, site: str, word: str) -> Iterator[tuple[str, str]]:
    """Give lots and serials: whose goods they are, no number tells."""
    for kind, column in (("lot", Stock.lot), ("serial", Stock.serial)):
        asked = (
            select(Stock.merchant, Stock.sku, column)
            .where(Stock.site == site, column.in_({word, word.upper()}), column != "")
            .distinct()
            .order_by(Stock.merchant, Stock.sku)
            .limit(CALLED_MAX)
        )
        for merchant, sku, mark in tx.execute(asked):
            yield kind, f"{merchant}/{sku}/{mark}"


def _workers(tx: Session, site: str, word: str) -> Iterator[tuple[str, str]]:
    """Give people by a word of their number and name, as reports write them; there are few of
    them, in any alphabet.
    """
    people = select(Worker.code, Worker.name).where(Worker.site == site).order_by(Worker.name)
    part = word.casefold()
    for code, name in tx.execute(people):
        told = f"{code} {name}".casefold()
        if part == name.casefold() or (_says_enough(part) and part in told):
            yield "worker", code


def _products(tx: Session, site: str, word: str) -> Iterator[tuple[str, str]]:
    if not _says_enough(word):
        return
    part = func.lower(Sku.name).contains(word.lower(), autoescape=True)
    as_typed = Sku.name.contains(word, autoescape=True)
    asked = (
        select(Sku.merchant, Sku.code)
        .where(Sku.site == site, or_(part, as_typed))
        .order_by(Sku.merchant, Sku.code)
        .limit(CALLED_MAX)
    )
    for merchant, sku in tx.execute(asked):
        yield "sku", f"{merchant}/{sku}"


def _says_enough(part: str) -> bool:
    return len(part.encode()) >= NAME_BYTES_MIN
