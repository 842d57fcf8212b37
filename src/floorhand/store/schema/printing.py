"""Labels on their way to printers, and the printers."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index

from floorhand.store.schema.base import Key, Mapped, Site, Table, mapped_column


class PrintJob(Table):
    """A label to print; written with the moves, sent afterwards.

    It is ``waiting`` until the spool has it in hand, ``sending`` while its bytes go out, ``sent``
    when the printer took all of them, ``confirmed`` when the printer said that it is printed or
    somebody scanned it, ``doubt`` when nobody can know without a look at the printer, ``failed``
    when it can never be made, ``voided`` when nobody may use it any more.
    """

    __tablename__ = "print_job"
    site: Mapped[Site]
    id: Mapped[Key]
    """The operation that asked for it, plus ``/n``."""
    printer: Mapped[str]
    station: Mapped[str] = mapped_column(default="")
    """Where somebody asked for it; empty: at no station."""
    rerouted_from: Mapped[str] = mapped_column(default="")
    """The printer that it was asked of first, if it went to another one."""
    template: Mapped[str]
    data: Mapped[str]
    """The template's fields as JSON; only fields that the template names are read."""
    subject: Mapped[str]
    """What it labels: a place code, a return's number."""
    state: Mapped[str] = mapped_column(default="waiting")
    copy_no: Mapped[int] = mapped_column(default=1)
    reason: Mapped[str] = mapped_column(default="")
    """Why a copy was asked for, one of `floorhand.domain.labels.REASONS`."""
    number: Mapped[int] = mapped_column(default=0)
    """Given when it is first sent, and kept at every further try."""
    tries: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime | None]
    """It waits after a failure until then."""
    error: Mapped[str] = mapped_column(default="")
    """Why the last try failed; on a sent label, what could not be shown on it."""
    created_at: Mapped[datetime]
    begun_at: Mapped[datetime | None]
    """When its bytes were about to go out for the last time."""
    sent_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[str] = mapped_column(default="")
    """The worker who scanned it; empty if the printer said so."""
    __table_args__ = (
        Index(None, "site", "state", "created_at"),
        Index(None, "site", "subject"),
        Index(None, "site", "template", "created_at"),
        CheckConstraint(
            "state IN ('waiting', 'sending', 'sent', 'confirmed', 'doubt', 'failed', 'voided')",
            name="state_known",
        ),
    )


class PrintForm(Table):
    """What is sent of a label: written when it is first drawn, and the same at every try."""

    __tablename__ = "print_form"
    site: Mapped[Site]
    job: Mapped[Key]
    form: Mapped[Key]
    """One of `floorhand.labels.printers.Form`."""
    dpi: Mapped[int] = mapped_column(primary_key=True)
    """The resolution that it was drawn for; 0: any."""
    content: Mapped[bytes]
    __table_args__ = (ForeignKeyConstraint(["site", "job"], ["print_job.site", "print_job.id"]),)


class PrinterRow(Table):
    """A printer, and how it said it is when it was last asked."""

    __tablename__ = "printer"
    site: Mapped[Site]
    code: Mapped[Key]
    address: Mapped[str]
    """Such as ``tcp://192.0.2.7:9100``; see `floorhand.labels.addresses`."""
    dpi: Mapped[int] = mapped_column(default=203)
    neighbour: Mapped[str] = mapped_column(default="")
    """The printer that takes its labels when it is down; empty: none."""
    paused: Mapped[bool] = mapped_column(default=False)
    """Somebody wants nothing to be sent to it."""
    condition: Mapped[str] = mapped_column(default="")
    """One of `floorhand.labels.printers.Condition`; empty: it was never asked."""
    told: Mapped[str] = mapped_column(default="")
    since: Mapped[datetime | None]
    """When it became so."""


class Spooler(Table):
    """Who sends a site's labels: counted up whenever another spool takes over."""

    __tablename__ = "spooler"
    site: Mapped[Site]
    epoch: Mapped[int] = mapped_column(default=0)
    host: Mapped[str] = mapped_column(default="")
    since: Mapped[datetime | None]
    stuck: Mapped[str] = mapped_column(default="")
    """Why nobody can send any, as the last one found who wanted to; empty: nobody found that."""
    condition: Mapped[str] = mapped_column(default="")
    """How the embedded printer is, the folder that it writes to; as `PrinterRow.condition`."""
    told: Mapped[str] = mapped_column(default="")


class CarrierLabel(Table):
    """A label that an order brought from its carrier: printed in place of ours, as it came.

    Each parcel of the order gets one of them, in the order of their numbers; `Parcel.label_no`
    says which.
    """

    __tablename__ = "carrier_label"
    site: Mapped[Site]
    merchant: Mapped[Key]
    order: Mapped[Key]
    number: Mapped[int] = mapped_column(primary_key=True)
    file: Mapped[str]
    """Name of the file that it came in; the same name again replaces it, until it is used."""
    form: Mapped[str]
    """One of `floorhand.labels.printers.Form`."""
    content: Mapped[bytes]
    sha256: Mapped[str]
    labels: Mapped[int]
    """How many come out of the printer."""
    brought_at: Mapped[datetime]
    __table_args__ = (
        ForeignKeyConstraint(
            ["site", "merchant", "order"], ["orders.site", "orders.merchant", "orders.number"]
        ),
        Index(None, "site", "sha256", unique=True),
        Index(None, "site", "merchant", "order", "file", unique=True),
    )


class CarrierCode(Table):
    """What is read on a carrier's label: tracking numbers that an order came with, and all bars.

    Nothing is unique about it: a postcode stands on the labels of many orders, and orders that a
    platform combines have one tracking number.
    """

    __tablename__ = "carrier_code"
    site: Mapped[Site]
    code: Mapped[Key]
    """Letters and digits only, see `floorhand.domain.barcodes.bare_code`."""
    merchant: Mapped[Key]
    order: Mapped[Key]
    label_no: Mapped[int] = mapped_column(primary_key=True)
    """Of which label of the order, as in `CarrierLabel.number`; 0: the order came with it."""
    __table_args__ = (
        ForeignKeyConstraint(
            ["site", "merchant", "order"], ["orders.site", "orders.merchant", "orders.number"]
        ),
        Index(None, "site", "merchant", "order"),
    )
