"""Labels as a bench asks for them: the last one of a seat, that of a parcel, one in doubt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, cast

from sqlalchemy import Row, TableClause, and_, bindparam, func, select, update
from sqlalchemy.orm import Session

from floorhand.store.asking import among, ask
from floorhand.store.no_word import MAYBE_DOUBT, STATE, moments
from floorhand.store.schema import Parcel, PrinterRow, PrintJob

LATELY: Final = timedelta(hours=1)
"""A label that was asked for earlier is not the one that somebody has in hand."""

_JOB, _PARCEL = cast(TableClause, PrintJob.__table__), cast(TableClause, Parcel.__table__)
_PRINTER = cast(TableClause, PrinterRow.__table__)
_ORDER = _PARCEL.c.merchant + "/" + _PARCEL.c.order
_LABEL = select(
    _JOB.c.id,
    _JOB.c.template,
    _JOB.c.subject,
    STATE.label("state"),
    _JOB.c.printer,
    _JOB.c.copy_no,
    (_JOB.c.confirmed_by != "").label("scanned"),
    func.coalesce(_ORDER, "").label("order"),
).outerjoin_from(
    _JOB, _PARCEL, and_(_PARCEL.c.site == _JOB.c.site, _PARCEL.c.carton == _JOB.c.subject)
)
_HERE = _JOB.c.site == bindparam("site")
_NEWEST = (_JOB.c.copy_no.desc(), _JOB.c.created_at.desc(), _JOB.c.id.desc())
_ANY = select(_JOB.c.id).where(_HERE, _JOB.c.template == bindparam("template")).limit(1)
_OF_SUBJECT = (
    _LABEL.where(_HERE, _JOB.c.template == bindparam("template"))
    .where(_JOB.c.subject == bindparam("subject"))
    .order_by(_JOB.c.state == "voided", *_NEWEST)  # a copy that was taken back counts no more
    .limit(1)
)
_OF_ORDER = (
    _LABEL.where(_HERE, _JOB.c.template == bindparam("template"), _JOB.c.state != "voided")
    .where(_PARCEL.c.merchant == bindparam("merchant"), _PARCEL.c.order == bindparam("number"))
    .order_by(_PARCEL.c.closed_at.desc(), *_NEWEST)
    .limit(1)
)
_OF_SEAT = (
    _LABEL.where(_HERE, _JOB.c.template == bindparam("template"))
    .where(_JOB.c.state != "voided")
    .where(_JOB.c.created_at > bindparam("since"), _JOB.c.created_at <= bindparam("ahead"))
    .where(func.substr(_JOB.c.id, 1, func.length(bindparam("mine"))) == bindparam("mine"))
    .order_by(_JOB.c.created_at.desc(), func.length(_JOB.c.id).desc(), _JOB.c.id.desc())
    .limit(1)
)
_OF_SEAT_UNSCANNED = _OF_SEAT.where(_JOB.c.confirmed_by == "")
_IN_DOUBT = (
    _LABEL.where(_HERE, among(_JOB.c.state, *MAYBE_DOUBT), STATE == "doubt")
    .where(
        (_JOB.c.printer == bindparam("printer"))
        | ((_JOB.c.station != "") & (_JOB.c.station == bindparam("station")))
    )
    .order_by(_JOB.c.created_at, _JOB.c.id)
    .limit(1)
)
_CONFIRM = (
    update(_JOB)
    .where(_JOB.c.site == bindparam("at_site"), _JOB.c.id == bindparam("at_id"))
    .values(
        state="confirmed",
        sent_at=func.coalesce(_JOB.c.sent_at, bindparam("now", type_=_JOB.c.sent_at.type)),
        confirmed_at=func.coalesce(
            _JOB.c.confirmed_at, bindparam("now", type_=_JOB.c.sent_at.type)
        ),
        confirmed_by=bindparam("by"),
    )
)
_NEIGHBOUR = select(_PRINTER.c.neighbour).where(
    _PRINTER.c.site == bindparam("site"), _PRINTER.c.code == bindparam("printer")
)


@dataclass(frozen=True, slots=True)
class Label:
    """A print job as a bench sees it; ``order`` is ``merchant/number``, empty if it has none.

    That it came out may be known from its printer; that it is ``scanned``, from a worker alone, who
    holds it.
    """

    id: str
    template: str
    subject: str
    state: str
    printer: str
    copy_no: int
    scanned: bool
    order: str

    def is_of(self, seat: str) -> bool:
        """Say whether it was asked for at that seat."""
        return self.id.startswith(f"{seat}:")


def _label(row: Row[*tuple[object, ...]] | None) -> Label | None:
    return None if row is None else Label(**row._asdict())


def is_any(tx: Session, site: str, template: str) -> bool:
    """Say whether a label of a kind was ever asked for."""
    return ask(tx, _ANY, site=site, template=template).first() is not None


def label_of(tx: Session, site: str, template: str, subject: str, now: datetime) -> Label | None:
    """Give the newest label of something that may be used; if there is none, the newest."""
    named = {"template": template, "subject": subject}
    return _label(ask(tx, _OF_SUBJECT, site=site, **named, **moments(now)).first())


def label_of_order(
    tx: Session, site: str, template: str, order: str, now: datetime
) -> Label | None:
    """Give the label of an order's last parcel; the order is ``merchant/number``."""
    merchant, _, number = order.partition("/")
    named = {"template": template, "merchant": merchant, "number": number}
    return _label(ask(tx, _OF_ORDER, site=site, **named, **moments(now)).first())


def last_label(
    tx: Session, site: str, template: str, seat: str, now: datetime, *, unscanned: bool = False
) -> Label | None:
    """Give the label that was asked for last at a seat, or the last one that nobody has scanned.

    None if that was long ago: it is not the one that somebody has in hand.
    """
    named = {"template": template, "mine": f"{seat}:"}
    times = {"since": now - LATELY, **moments(now)}
    question = _OF_SEAT_UNSCANNED if unscanned else _OF_SEAT
    return _label(ask(tx, question, site=site, **named, **times).first())


def label_in_doubt(
    tx: Session, site: str, station: str, printer: str, now: datetime
) -> Label | None:
    """Give the oldest label of a station, or of its printer, that may have come out or not."""
    asked = {"station": station, "printer": printer, **moments(now)}
    return _label(ask(tx, _IN_DOUBT, site=site, **asked).first())


def confirm(tx: Session, site: str, label: Label, worker: str, now: datetime) -> None:
    """Record that somebody scanned a label where it belongs."""
    ask(tx, _CONFIRM, at_site=site, at_id=label.id, now=now, by=worker)


def neighbour_of(tx: Session, site: str, printer: str) -> str:
    """Name the printer that takes over for one that is down; empty: none."""
    return ask(tx, _NEIGHBOUR, site=site, printer=printer).scalar() or ""
