"""What merchants announce and order: deliveries, orders, returns, and what we answer them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, text

from floorhand.store.schema.base import Key, Mapped, Site, Table, index_of_known, mapped_column


class Delivery(Table):
    """Goods that a merchant announced, or that came without (``blind``)."""

    __tablename__ = "delivery"
    site: Mapped[Site]
    number: Mapped[Key]
    paper_no: Mapped[str] = mapped_column(default="")
    """The number on the merchant's paper, which another merchant may use too; empty if none."""
    merchant: Mapped[str]
    state: Mapped[str] = mapped_column(default="announced")
    """``announced``, ``receiving`` or ``closed``."""
    blind: Mapped[bool] = mapped_column(default=False)
    carrier: Mapped[str] = mapped_column(default="")
    tracking: Mapped[str] = mapped_column(default="")
    expected_on: Mapped[str] = mapped_column(default="")
    """ISO date, or empty."""
    dock: Mapped[str] = mapped_column(default="")
    """Dock place where it is received; set when opened."""
    came_at: Mapped[datetime | None]
    """When a file brought it here; None if none did."""
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    __table_args__ = (
        ForeignKeyConstraint(["site", "merchant"], ["merchant.site", "merchant.code"]),
        index_of_known("paper_no"),
        index_of_known("tracking"),
        Index(None, "site", "opened_at"),
        Index(None, "site", "closed_at", "state"),
        CheckConstraint("state IN ('announced', 'receiving', 'closed')", name="state_known"),
    )


class DeliveryLine(Table):
    """One SKU of a delivery, with its counts in pieces. ``received`` counts good pieces only.

    ``over`` and ``short`` are final when the delivery is closed.
    """

    __tablename__ = "delivery_line"
    site: Mapped[Site]
    delivery: Mapped[Key]
    line_no: Mapped[int] = mapped_column(primary_key=True)
    merchant: Mapped[str]
    sku: Mapped[str]
    lot: Mapped[str] = mapped_column(default="")
    expiry: Mapped[str] = mapped_column(default="")
    expected: Mapped[int] = mapped_column(default=0)
    received: Mapped[int] = mapped_column(default=0)
    damaged: Mapped[int] = mapped_column(default=0)
    over: Mapped[int] = mapped_column(default=0)
    short: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    unexpected: Mapped[bool] = mapped_column(default=False)
    """The SKU was not on the note."""
    reason: Mapped[str] = mapped_column(default="")
    __table_args__ = (
        ForeignKeyConstraint(["site", "delivery"], ["delivery.site", "delivery.number"]),
        ForeignKeyConstraint(["site", "merchant", "sku"], ["sku.site", "sku.merchant", "sku.code"]),
        Index(None, "site", "delivery", "merchant", "sku"),
        CheckConstraint(
            "expected >= 0 AND received >= 0 AND damaged >= 0 AND over >= 0 AND short >= 0 "
            "AND refused >= 0",
            name="counts_not_negative",
        ),
    )


class Receipt(Table):
    """What was counted of a delivery, by goods and by the place it was put on.

    Kept beside `DeliveryLine`, whose lines need not know the lots that come: it answers "how many
    of this lot are on this pallet", and says what to put away when the delivery is closed.
    """

    __tablename__ = "receipt"
    site: Mapped[Site]
    delivery: Mapped[Key]
    place: Mapped[Key]
    merchant: Mapped[Key]
    sku: Mapped[Key]
    lot: Mapped[Key]
    expiry: Mapped[Key]
    condition: Mapped[Key]
    pieces: Mapped[int]
    net_g: Mapped[int] = mapped_column(BigInteger, default=0)
    """What their labels told to be their net weight (AI 310n); 0: nothing."""
    __table_args__ = (
        ForeignKeyConstraint(["site", "delivery"], ["delivery.site", "delivery.number"]),
        ForeignKeyConstraint(["site", "place"], ["place.site", "place.code"]),
        Index(None, "site", "merchant", "sku"),
        CheckConstraint("pieces >= 0", name="not_below_zero"),
        Index(None, "site", "place", "merchant", "sku"),
    )


class Order(Table):
    """A merchant's order. ``number`` is unique per merchant only."""

    __tablename__ = "orders"
    site: Mapped[Site]
    merchant: Mapped[Key]
    number: Mapped[Key]
    state: Mapped[str] = mapped_column(default="released")
    """``hold``, ``waiting`` (no stock), ``released`` (may be picked), ``picking``, ``picked``,
    ``packing``, ``shipped``, ``short`` (closed, nothing could be shipped) or ``cancelled``."""
    hold_reason: Mapped[str] = mapped_column(default="")
    channel: Mapped[str] = mapped_column(default="")
    platform_id: Mapped[str] = mapped_column(default="")
    platform_state: Mapped[str] = mapped_column(default="")
    placed_at: Mapped[datetime | None]
    came_at: Mapped[datetime | None]
    """When a file brought it here; None if none did."""
    due_at: Mapped[datetime]
    """Dispatch deadline (cut-off), UTC."""
    priority: Mapped[int] = mapped_column(default=0)
    customer: Mapped[str] = mapped_column(default="")
    """The shop's id of the buyer, for finding the order of a return."""
    ship_to: Mapped[str] = mapped_column(default="{}")
    """JSON of `floorhand.domain.rules.Address`. Never shown at a bench."""
    carrier: Mapped[str] = mapped_column(default="")
    service: Mapped[str] = mapped_column(default="")
    instruction: Mapped[str] = mapped_column(default="")
    """From the shop, shown once at the bench."""
    shipped_at: Mapped[datetime | None]
    released_at: Mapped[datetime | None]
    """When it might be worked on for the first time: it came in released, or its hold ended."""
    cancelled_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    """When this house was done with it: shipped, or nothing of it could be sent. None also for
    orders that came with the message that they are shipped already."""
    __table_args__ = (
        ForeignKeyConstraint(["site", "merchant"], ["merchant.site", "merchant.code"]),
        Index(None, "site", "state", "priority", "due_at"),
        Index(
            "ix_orders_due",
            "site",
            "due_at",
            sqlite_where=text("released_at IS NOT NULL"),
            postgresql_where=text("released_at IS NOT NULL"),
        ),
        Index(
            "ix_orders_closed",
            "site",
            "closed_at",
            "state",
            "due_at",  # boards count by it, each second, all that left today
            sqlite_where=text("closed_at IS NOT NULL"),
            postgresql_where=text("closed_at IS NOT NULL"),
        ),
        Index(None, "site", "number"),
        index_of_known("platform_id"),
        Index(None, "site", "customer"),
        CheckConstraint(
            "state IN ('hold', 'waiting', 'released', 'picking', 'picked', 'packing', 'shipped', "
            "'short', 'cancelled')",
            name="state_known",
        ),
    )


class OrderLine(Table):
    """One line of an order, in pieces. The same SKU may stand on several lines."""

    __tablename__ = "order_line"
    site: Mapped[Site]
    merchant: Mapped[Key]
    order: Mapped[Key]
    line_no: Mapped[int] = mapped_column(primary_key=True)
    sku: Mapped[str]
    ordered: Mapped[int]
    picked: Mapped[int] = mapped_column(default=0)
    packed: Mapped[int] = mapped_column(default=0)
    short: Mapped[int] = mapped_column(default=0)
    short_reason: Mapped[str] = mapped_column(default="")
    platform_ids: Mapped[str] = mapped_column(default="[]")
    """JSON list of the platform's line item ids, one per piece where the platform has that."""
    __table_args__ = (
        ForeignKeyConstraint(
            ["site", "merchant", "order"], ["orders.site", "orders.merchant", "orders.number"]
        ),
        ForeignKeyConstraint(["site", "merchant", "sku"], ["sku.site", "sku.merchant", "sku.code"]),
        Index(None, "site", "merchant", "sku"),
        CheckConstraint(
            "ordered > 0 AND packed >= 0 AND short >= 0 AND packed <= picked "
            "AND picked + short <= ordered",
            name="counts_fit",
        ),
    )


class Parcel(Table):
    """What leaves: one carton of one order. The carton is a place with the same code."""

    __tablename__ = "parcel"
    site: Mapped[Site]
    carton: Mapped[Key]
    """Place code of the carton: the SSCC."""
    merchant: Mapped[str]
    order: Mapped[str]
    box_type: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="open")
    """``open``, ``closed``, ``labelled``, ``handed_over``, ``unpacked`` or ``cancelled``."""
    weight_g: Mapped[int] = mapped_column(default=0)
    label_no: Mapped[int] = mapped_column(default=0)
    """Which of the labels that its order brought from the carrier is its label; 0: it is ours."""
    closed_at: Mapped[datetime | None]
    __table_args__ = (
        ForeignKeyConstraint(["site", "carton"], ["place.site", "place.code"]),
        ForeignKeyConstraint(
            ["site", "merchant", "order"], ["orders.site", "orders.merchant", "orders.number"]
        ),
        Index(None, "site", "merchant", "order"),
    )


class Return(Table):
    """Goods that a buyer sends back. One parcel may hold several returns (same ``tracking``)."""

    __tablename__ = "returns"
    site: Mapped[Site]
    number: Mapped[Key]
    """Our number; people read it on its plate."""
    paper_no: Mapped[str] = mapped_column(default="")
    """The number on the merchant's paper, which another merchant may use too; empty if none."""
    plate: Mapped[str] = mapped_column(default="")
    """What the barcode of its plate holds; empty as long as it has none of our own."""
    merchant: Mapped[str | None]
    """None until known (unknown parcels)."""
    order: Mapped[str] = mapped_column(default="")
    """Number of the order, or empty: many shops do not say."""
    customer: Mapped[str] = mapped_column(default="")
    kind: Mapped[str] = mapped_column(default="customer")
    """``customer``, ``undelivered``, ``recall`` or ``unknown``."""
    platform: Mapped[str] = mapped_column(default="")
    platform_id: Mapped[str] = mapped_column(default="")
    platform_state: Mapped[str] = mapped_column(default="")
    combined_id: Mapped[str] = mapped_column(default="")
    tracking: Mapped[str] = mapped_column(default="")
    sender: Mapped[str] = mapped_column(default="")
    custody: Mapped[str] = mapped_column(default="advised")
    """``advised``, ``in_transit``, ``received``, ``disposed`` or ``not_returned``."""
    money: Mapped[str] = mapped_column(default="none")
    """``none``, ``pending``, ``already_refunded``, ``approve_sent``, ``reject_sent``, ``settled``
    or ``in_doubt``."""
    reason: Mapped[str] = mapped_column(default="")
    came_at: Mapped[datetime | None]
    """When a file brought it here; None if none did."""
    asked_at: Mapped[datetime | None]
    deadline: Mapped[datetime | None]
    received_at: Mapped[datetime | None]
    disposed_at: Mapped[datetime | None]
    place: Mapped[str] = mapped_column(default="")
    """Where its parcel stands now, once received."""
    worker: Mapped[str | None]
    """Who has it on the bench or parked; None if nobody has."""
    claimed_at: Mapped[datetime | None]
    __table_args__ = (
        index_of_known("paper_no"),
        index_of_known("tracking"),
        index_of_known("plate"),
        index_of_known("platform_id"),
        index_of_known("combined_id"),
        Index(None, "site", "merchant", "order"),
        Index(None, "site", "merchant", "custody"),
        Index(None, "site", "custody", "deadline"),
        Index(
            "ix_returns_due",
            "site",
            "deadline",
            sqlite_where=text("received_at IS NOT NULL"),
            postgresql_where=text("received_at IS NOT NULL"),
        ),
    )


class ReturnLine(Table):
    """One SKU of a return: what was advised, and what was found, in pieces."""

    __tablename__ = "return_line"
    site: Mapped[Site]
    number: Mapped[Key]
    line_no: Mapped[int] = mapped_column(primary_key=True)
    merchant: Mapped[str]
    sku: Mapped[str]
    advised: Mapped[int] = mapped_column(default=0)
    received: Mapped[int] = mapped_column(default=0)
    restocked: Mapped[int] = mapped_column(default=0)
    scrapped: Mapped[int] = mapped_column(default=0)
    held: Mapped[int] = mapped_column(default=0)
    """Disposed otherwise: refurbish, back to merchant, liquidate, open-box."""
    reason: Mapped[str] = mapped_column(default="")
    platform_ids: Mapped[str] = mapped_column(default="[]")
    __table_args__ = (
        ForeignKeyConstraint(["site", "number"], ["returns.site", "returns.number"]),
        ForeignKeyConstraint(["site", "merchant", "sku"], ["sku.site", "sku.merchant", "sku.code"]),
        CheckConstraint(
            "restocked + scrapped + held <= received AND advised >= 0", name="counts_fit"
        ),
    )


class Inspection(Table):
    """One finding at return inspection: some pieces, one grade, one disposition.

    It is written when the pieces are counted; until they are judged, ``disposition`` is empty and
    ``grade`` 0.
    """

    __tablename__ = "inspection"
    site: Mapped[Site]
    id: Mapped[Key]
    """The operation that wrote it."""
    number: Mapped[str]
    merchant: Mapped[str]
    sku: Mapped[str]
    lot: Mapped[str] = mapped_column(default="")
    expiry: Mapped[str] = mapped_column(default="")
    serial: Mapped[str] = mapped_column(default="")
    pieces: Mapped[int]
    outcome: Mapped[str] = mapped_column(default="as_advised")
    """``as_advised``, ``extra``, ``wrong_piece``, ``other_merchant``, ``empty`` or ``no_code``."""
    grade: Mapped[int]
    reason: Mapped[str] = mapped_column(default="")
    disposition_rule: Mapped[str]
    """What the merchant's table says."""
    disposition: Mapped[str]
    """What the worker decided; differs from the rule if overridden."""
    worker: Mapped[str]
    at: Mapped[datetime]
    __table_args__ = (
        ForeignKeyConstraint(["site", "number"], ["returns.site", "returns.number"]),
        Index(None, "site", "number"),
        Index(None, "site", "at"),
    )


class Outbox(Table):
    """A message to a platform or merchant, written with what caused it and sent afterwards."""

    __tablename__ = "outbox"
    site: Mapped[Site]
    id: Mapped[Key]
    """Also the idempotency key."""
    kind: Mapped[str]
    """``return_verdict``, ``order_shipped``, ``delivery_report``."""
    platform: Mapped[str] = mapped_column(default="")
    subject: Mapped[str]
    body: Mapped[str]
    """JSON in the platform's vocabulary."""
    state: Mapped[str] = mapped_column(default="waiting")
    """``waiting``, ``incomplete`` (needs a comment or picture first), ``sent`` or ``failed``."""
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    __table_args__ = (Index(None, "site", "state"),)
