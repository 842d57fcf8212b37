"""Find anything by its code: where it is, what is in it, and who had it when."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from floorhand.domain.ruling import NAMES, value_of
from floorhand.domain.signing_in import Seen
from floorhand.domain.things import (
    Ambiguous,
    Badge,
    DeliveryCode,
    OrderCode,
    Piece,
    Place,
    ReturnCode,
)
from floorhand.domain.things import Station as StationThing
from floorhand.domain.tracing import BUILDINGS
from floorhand.errors import Refused
from floorhand.flows.control_rules import in_words
from floorhand.flows.turn import Prompt, Wants
from floorhand.store import histories, looking
from floorhand.store.called import called
from floorhand.store.cells import Details, Lead, Value, Word, table
from floorhand.store.details import details, scans_of
from floorhand.store.goods_names import split_goods
from floorhand.store.held_told import held_facts
from floorhand.store.lookup import resolve
from floorhand.store.masters import merchant_rules, site_zone
from floorhand.store.merchant_pages import merchant_page
from floorhand.store.orders import split_name
from floorhand.store.ruling import site_values
from floorhand.store.schema import Delivery, Merchant, Order, Return, Station, Worker

ASKED: Final = Prompt("menu.choose", wants=Wants(kinds=("anything", "badge")))

HELD_MAX: Final = 6
"""So many kinds of goods in a place are told."""


def found(tx: Session, site: str, code: str, now: datetime) -> Details:
    """Say what a code stands for, how that stands, and what was done with it last.

    Args:
        tx: An open transaction.
        site: The building.
        code: As it was scanned or typed.
        now: The moment of all this.
    """
    event = _resolved(tx, site, code)
    match event:
        case Badge(worker=worker):
            return scans_of(tx, site, worker, now)
        case Ambiguous(options=options):
            return _each(tx, site, options)
        case StationThing(code=station):
            stands = select(Station.place).where(Station.site == site, Station.code == station)
            place = tx.scalar(stands)
            return about(tx, site, "place", place) if place else _unknown(code)
        case _ if (named := _named(event)) is not None:
            return about(tx, site, *named)
        case _:
            return _called(tx, site, code, now)


def _resolved(tx: Session, site: str, code: str) -> object:
    """Find what a code stands for; who types one may have typed it in small letters."""
    for typed in dict.fromkeys((code, code.upper(), code.lower())):
        try:
            event = resolve(tx, site, typed, ASKED)
        except Refused:
            return None
        if isinstance(event, Ambiguous | Badge | StationThing) or _named(event) is not None:
            return event
    return None


def _called(tx: Session, site: str, word: str, now: datetime) -> Details:
    """Open the one thing that is called so; of several, list them."""
    match things := called(tx, site, word.strip(" ")):
        case ():
            return _unknown(word)
        case (("worker", name),):
            return scans_of(tx, site, name, now)
        case ((("merchant" as kind), name),):
            return merchant_page(tx, site, kind, name, now)
        case ((("printer" as kind), name),):
            return details(tx, site, kind, name, now)
        case ((kind, name),):
            return about(tx, site, kind, name)
    rows = (
        (Word(f"board.head.{kind}"), Lead(kind, name), _told(tx, site, kind, name))
        for kind, name in things
    )
    return table(("what", "name", "facts"), rows)


def _told(tx: Session, site: str, kind: str, name: str) -> str:
    """Say in a line how a thing stands; of people and merchants, who they are."""
    if kind == "merchant":
        of_site = (Merchant.site == site, Merchant.code == name)
        return tx.scalar(select(Merchant.name).where(*of_site)) or ""
    if kind == "worker":
        return tx.scalar(select(Worker.name).where(Worker.site == site, Worker.code == name)) or ""
    return " · ".join(value for _, value in _seen(tx, site, kind, name).facts if value)


def about(tx: Session, site: str, kind: str, name: str) -> Details:
    """Say how a thing stands, and what was done with it, the latest first.

    Args:
        tx: An open transaction.
        site: The building.
        kind: One of `floorhand.domain.tracing.PAGES`.
        name: Which.
    """
    if kind == "operation":
        return histories.operation(tx, site, name)
    seen = _seen(tx, site, kind, name)
    held = [f"{row.pieces} × {row.code}" for row in seen.rows[:HELD_MAX]]
    named = () if kind == "order" else ((f"board.head.{kind}", name),)  # which names itself
    facts = (*named, *held_facts(tx, site, kind, name), *seen.facts)
    if held:
        more = ", …" if len(seen.rows) > HELD_MAX else ""
        facts = (*facts, ("details.held", ", ".join(held) + more))
    return histories.history(tx, site, kind, name, facts)


def _each(tx: Session, site: str, options: tuple[object, ...]) -> Details:
    """List what a code may mean: the same one stands for things of several merchants."""
    rows: list[tuple[Value, ...]] = []
    for one in options:
        if (named := _named(one)) is not None:
            rows.append((named[1], _told(tx, site, *named)))
    kind, _ = _named(options[0]) or ("subject", "")
    return Details((kind, "facts"), tuple(rows), len(rows))


def _unknown(code: str) -> Details:
    return Details((), (), 0, (("details.unknown", code),))


def _named(event: object) -> tuple[str, str] | None:
    """Name a thing by its kind and code; None for what is none."""
    match event:
        case Place(code=code):
            return "place", code
        case OrderCode(merchant=merchant, number=number):
            return "order", f"{merchant}/{number}"
        case Piece(merchant=merchant, sku=sku, serial=serial) if serial:
            return "serial", f"{merchant}/{sku}/{serial}"
        case Piece(merchant=merchant, sku=sku, lot=lot) if lot:
            return "lot", f"{merchant}/{sku}/{lot}"
        case Piece(merchant=merchant, sku=sku):
            return "sku", f"{merchant}/{sku}"
        case DeliveryCode(number=number):
            return "delivery", number
        case ReturnCode(number=number):
            return "return", number
        case _:
            return None


def _seen(tx: Session, site: str, kind: str, name: str) -> Seen:
    """Say how a thing stands."""
    match kind:
        case "place":
            return looking.place(tx, site, name)
        case "order":
            return _order(tx, site, name)
        case "sku" | "lot" | "serial":
            merchant, sku, mark = split_goods(tx, site, name)
            of = {kind: mark} if kind != "sku" else {}
            return looking.sku(tx, site, f"{merchant}/{sku}", **of)
        case "delivery":
            asked = select(Delivery.merchant, Delivery.state, Delivery.dock)
            row = tx.execute(asked.where(Delivery.site == site, Delivery.number == name)).first()
            return _paper("delivery_state", row)
        case "rule":
            merchant, _, rule = name.partition("/")
            if merchant == BUILDINGS:
                now = site_values(tx, site).get(rule)
            else:
                known = rule in NAMES
                now = value_of(merchant_rules(tx, site, merchant), rule) if known else None
            if now is None:
                return Seen("", (), ())
            return Seen("", ((f"rule.{rule}", in_words(rule, now)),), ())
        case _:
            asked = select(Return.merchant, Return.custody, Return.place)
            row = tx.execute(asked.where(Return.site == site, Return.number == name)).first()
            return _paper("custody", row)


def _order(tx: Session, site: str, name: str) -> Seen:
    """Say how an order stands, and until when it has to leave."""
    merchant, number = split_name(name)
    asked = select(Order.due_at).where(
        Order.site == site, Order.merchant == merchant, Order.number == number
    )
    seen = looking.order(tx, site, name)
    if (row := tx.execute(asked).first()) is None:
        return seen
    due = ("fact.due", f"{row.due_at.astimezone(site_zone(tx, site)):%Y-%m-%d %H:%M}")
    return replace(seen, facts=(*seen.facts, due))


def _paper(states: str, row: tuple[str | None, str, str] | None) -> Seen:
    if row is None:
        return Seen("", (), ())
    merchant, state, place = row
    owner = (("fact.merchant", merchant),) if merchant else ()  # nobody knows whose parcel it is
    stands = (("board.head.place", place),) if place else ()
    return Seen("", (*owner, (f"{states}.{state}", ""), *stands), ())
