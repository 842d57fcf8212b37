"""Rules of labels: whose they are, whether they came out, and the numbers that stand on them."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from floorhand.domain.barcodes import sscc
from floorhand.store.asking import ask
from floorhand.store.places import SSCC_SERIAL
from floorhand.store.schema import Parcel, Place, PrintJob, Return, Sequence, SiteRow
from floorhand.store.violation import SITE, Rule, Violation

SSCC_DIGITS = 18

OF_PLACES = ("shipping", "pallet")
"""Templates of labels that stand on a place with a code of our own."""

_LABELLED = select(PrintJob.subject).where(PrintJob.site == SITE, PrintJob.template == "shipping")
_PLACE_OF_LABEL = select(Place.code).where(
    Place.site == PrintJob.site, Place.code == PrintJob.subject
)
_RETURN_OF_LABEL = select(Return.number).where(
    Return.site == PrintJob.site, Return.number == PrintJob.subject
)
_DRAWN = (
    select(SiteRow.gs1_prefix, func.coalesce(Sequence.last, 0).label("last"))
    .outerjoin(Sequence, and_(Sequence.site == SiteRow.site, Sequence.name == SSCC_SERIAL))
    .where(SiteRow.site == SITE)
)
_NEWER = select(func.max(Place.code)).where(
    Place.site == SITE,
    Place.code > bindparam("newest"),
    Place.code <= bindparam("end"),
    func.length(Place.code) == SSCC_DIGITS,
)


def _no_sscc_is_ahead(tx: Session, site: str) -> Iterator[Violation]:
    """Compare the last number drawn with the highest in use: the next one must be a new one."""
    drawn = ask(tx, _DRAWN, site=site).one_or_none()
    if drawn is None:
        return
    try:
        newest = sscc(drawn.gs1_prefix, drawn.last)
    except ValueError as error:
        yield Violation("no_sscc_is_ahead", f"site {site}", f"no SSCC can be made: {error}")
        return
    end = newest[: 1 + len(drawn.gs1_prefix)] + "9" * SSCC_DIGITS
    used = ask(tx, _NEWER, site=site, newest=newest, end=end).scalar()
    if used:
        detail = f"in use, but the last number drawn makes {newest}: it would be given again"
        yield Violation("no_sscc_is_ahead", used, detail)


LABEL_CHECKS = (
    Rule(
        "parcels_have_a_label",
        select(Parcel.carton, Parcel.state).where(
            Parcel.site == SITE,
            Parcel.state.in_(("closed", "labelled")),
            Parcel.carton.not_in(_LABELLED),
        ),
        "parcel {carton}",
        "{state}, but no shipping label was asked for",
    ),
    Rule(
        "labels_are_of_something",
        select(PrintJob.id, PrintJob.template, PrintJob.subject).where(
            PrintJob.site == SITE,
            PrintJob.state != "voided",
            or_(
                and_(PrintJob.template.in_(OF_PLACES), ~_PLACE_OF_LABEL.exists()),
                and_(PrintJob.template == "return", ~_RETURN_OF_LABEL.exists()),
            ),
        ),
        "label {id}",
        "a {template} label of {subject}, which does not exist",
    ),
    Rule(
        "sent_labels_say_when",
        select(PrintJob.id, PrintJob.state).where(
            PrintJob.site == SITE,
            PrintJob.state.in_(("sent", "confirmed")),
            PrintJob.sent_at.is_(None),
        ),
        "label {id}",
        "{state}, but it does not say when",
    ),
    _no_sscc_is_ahead,
)
