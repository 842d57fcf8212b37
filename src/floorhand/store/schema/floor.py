"""What happens on the floor: seats, scans, operations, moves, stock, tasks, picks, print jobs."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, text

from floorhand.store.schema.base import Key, Mapped, Site, Table, mapped_column, where

OUTSIDE_LIKE = "place LIKE '@%'"


class Seat(Table):
    """One terminal with whoever works at it, and the exact question it is at."""

    __tablename__ = "seat"
    site: Mapped[Site]
    code: Mapped[Key]
    station: Mapped[str] = mapped_column(default="")
    worker: Mapped[str | None]
    flow: Mapped[str]
    state: Mapped[str]
    """The flow's state as JSON."""
    scan_no: Mapped[int] = mapped_column(default=0)
    scanned: Mapped[str | None]
    """The last scan, to tell a repeat after a lost reply from a new scan."""
    said: Mapped[str | None]
    """The last answer as JSON, so that a repeated scan gets the same one."""
    scanner: Mapped[str] = mapped_column(default="")
    """`floorhand.domain.scanners.Profile` as JSON; empty: that of the station."""
    at: Mapped[datetime | None]
    undo_step: Mapped[str] = mapped_column(default="")
    """``SEAT:17``, the scan that an undo takes back now; empty if there is none."""
    redo_step: Mapped[str] = mapped_column(default="")
    """The undo that can itself be undone now; empty if there is none."""
    locks_after_s: Mapped[int] = mapped_column(default=0)
    """Without a scan for so long it asks for the badge again; 0: it never does."""
    device: Mapped[str] = mapped_column(default="")
    """What the program that holds the seat proves itself by; empty: nobody has taken it yet."""
    device_name: Mapped[str] = mapped_column(default="")
    held_since: Mapped[datetime | None]
    home: Mapped[str] = mapped_column(default="")
    """The station it was set up with; ``station`` is where it stands now."""
    __table_args__ = (ForeignKeyConstraint(["site"], ["site.site"]),)


class Parked(Table):
    """Work that a worker left in the middle, to be resumed at its exact question."""

    __tablename__ = "parked"
    site: Mapped[Site]
    worker: Mapped[Key]
    flow: Mapped[Key]
    state: Mapped[str]
    at: Mapped[datetime]
    seat: Mapped[str] = mapped_column(default="")
    by: Mapped[str] = mapped_column(default="")
    """Who took that seat from the worker; empty if the worker left it."""
    undo_step: Mapped[str] = mapped_column(default="")
    redo_step: Mapped[str] = mapped_column(default="")
    """As those of a seat: what can be taken back once the work is taken up again."""


class Scan(Table):
    """Every scan and key, taken or refused. Append-only: shift figures count these rows."""

    __tablename__ = "scan"
    site: Mapped[Site]
    seat: Mapped[Key]
    scan_no: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    worker: Mapped[str | None]
    job: Mapped[str]
    """The flow that was open when it was made."""
    scanned: Mapped[str]
    named: Mapped[str] = mapped_column(default="")
    """What it is shown as, if that is not what was scanned: bars and digits prove a place."""
    fate: Mapped[str]
    """``taken`` or the refusal's code."""
    source: Mapped[str] = mapped_column(default="typed")
    """How it came, one of `floorhand.domain.scanners.SOURCES`."""
    waited_s: Mapped[int] = mapped_column(default=0)
    """So long the terminal tried to send it, because the database did not answer."""
    no_work: Mapped[bool] = mapped_column(default=False)
    """It asked for work, and was told that there is none."""
    __table_args__ = (
        Index(
            "ix_scan_idle",
            "site",
            "at",
            sqlite_where=text("waited_s > 0 OR no_work"),
            postgresql_where=text("waited_s > 0 OR no_work"),
        ),
        Index("ix_scan_site_at", "site", "at", "worker", "job", "fate"),
        Index(
            "ix_scan_refused",
            "site",
            "at",
            sqlite_where=text("fate <> 'taken'"),
            postgresql_where=text("fate <> 'taken'"),
        ),
    )


class Operation(Table):
    """One command carried out: the audit trail, and the source of every figure. Append-only."""

    __tablename__ = "operation"
    site: Mapped[Site]
    id: Mapped[Key]
    """``<seat>:<scan number>``, with ``.2`` and so on for further commands of one scan."""
    kind: Mapped[str]
    """The command's name, such as ``ConfirmPick``."""
    command: Mapped[str]
    """The command as JSON, in codes that stand on labels."""
    facts: Mapped[str] = mapped_column(default="{}")
    """Figures of the outcome (pieces, lines, orders) as JSON, so that they need not be derived."""
    worker: Mapped[str]
    seat: Mapped[str]
    station: Mapped[str] = mapped_column(default="")
    device: Mapped[str] = mapped_column(default="")
    """The device that held the seat: its name, or the address from which it works here."""
    at: Mapped[datetime]
    undoes: Mapped[str | None]
    """The operation that this one takes back; each is taken back once at most."""
    __table_args__ = (
        Index(None, "site", "at"),
        Index(None, "site", "kind", "at"),
        Index(
            "uq_operation_undoes",
            "site",
            "undoes",
            unique=True,
            sqlite_where=text("undoes IS NOT NULL"),
            postgresql_where=text("undoes IS NOT NULL"),
        ),
    )


class Move(Table):
    """One append-only ledger row: pieces went from one place to another.

    From and to are in one row, so the books balance by construction and nothing has to add up
    legs. ``condition`` is that of the pieces; changing it is two moves through ``@correction``.
    """

    __tablename__ = "move"
    site: Mapped[Site]
    operation: Mapped[Key]
    row: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str]
    target: Mapped[str]
    merchant: Mapped[str]
    sku: Mapped[str]
    lot: Mapped[str]
    expiry: Mapped[str]
    serial: Mapped[str]
    condition: Mapped[str]
    pieces: Mapped[int]
    worker: Mapped[str]
    at: Mapped[datetime]
    __table_args__ = (
        ForeignKeyConstraint(
            ["site", "source"], ["place.site", "place.code"], name="fk_move_source"
        ),
        ForeignKeyConstraint(
            ["site", "target"], ["place.site", "place.code"], name="fk_move_target"
        ),
        ForeignKeyConstraint(
            ["site", "merchant", "sku"],
            ["sku.site", "sku.merchant", "sku.code"],
            name="fk_move_sku",
        ),
        ForeignKeyConstraint(
            ["site", "operation"],
            ["operation.site", "operation.id"],
            name="fk_move_operation",
            deferrable=True,
            initially="DEFERRED",
        ),
        CheckConstraint("pieces > 0", name="pieces_positive"),
        CheckConstraint("source <> target", name="must_move"),
        Index(None, "site", "at"),
        Index(
            "ix_move_correction",
            "site",
            "at",
            sqlite_where=text("source = '@correction' OR target = '@correction'"),
            postgresql_where=text("source = '@correction' OR target = '@correction'"),
        ),
        Index(
            "ix_move_serial",
            "site",
            "serial",
            sqlite_where=text("serial <> ''"),
            postgresql_where=text("serial <> ''"),
        ),
    )


class Stock(Table):
    """What is where: a projection of the moves, written in the same transaction as they are.

    ``reserved`` is promised to open picks. Only outside places may be below zero.
    """

    __tablename__ = "stock"
    site: Mapped[Site]
    place: Mapped[Key]
    merchant: Mapped[Key]
    sku: Mapped[Key]
    lot: Mapped[Key]
    expiry: Mapped[Key]
    serial: Mapped[Key]
    condition: Mapped[Key]
    pieces: Mapped[int]
    reserved: Mapped[int] = mapped_column(default=0)
    arrived_at: Mapped[datetime]
    """When the first of these pieces came to this place; for first-in first-out."""
    __table_args__ = (
        ForeignKeyConstraint(["site", "place"], ["place.site", "place.code"]),
        ForeignKeyConstraint(["site", "merchant", "sku"], ["sku.site", "sku.merchant", "sku.code"]),
        CheckConstraint(f"pieces >= 0 OR {OUTSIDE_LIKE}", name="not_below_zero"),
        CheckConstraint(
            f"reserved >= 0 AND (reserved <= pieces OR {OUTSIDE_LIKE})", name="reserved_on_hand"
        ),
        CheckConstraint("serial = '' OR pieces <= 1", name="serial_is_one"),
        Index(None, "site", "merchant", "sku"),
    )


class Task(Table):
    """Work to do: put-away of a container, a pick walk, packing, a count, a put-back, a refill."""

    __tablename__ = "task"
    site: Mapped[Site]
    id: Mapped[Key]
    """The operation that raised it, plus ``/n``."""
    kind: Mapped[str]
    """``putaway``, ``pick``, ``pack``, ``count``, ``putback`` or ``refill``."""
    state: Mapped[str] = mapped_column(default="open")
    """``open``, ``claimed``, ``parked``, ``done`` or ``cancelled``."""
    place: Mapped[str] = mapped_column(default="")
    """What it is about: the container to put away, the bin to count, the cart of a walk."""
    merchant: Mapped[str] = mapped_column(default="")
    sku: Mapped[str] = mapped_column(default="")
    lot: Mapped[str] = mapped_column(default="")
    pieces: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str] = mapped_column(default="")
    worker: Mapped[str | None]
    created_at: Mapped[datetime]
    claimed_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    __table_args__ = (
        Index(None, "site", "kind", "state"),
        Index(None, "site", "place", "state"),
        Index("ix_task_ended", "site", "worker", "done_at", **where("done_at IS NOT NULL")),
        Index(
            "uq_task_count_open",
            "site",
            "place",
            "merchant",
            "sku",
            "lot",
            unique=True,
            **where("kind = 'count' AND state IN ('open', 'claimed')"),
        ),
        CheckConstraint(
            "state IN ('open', 'claimed', 'parked', 'done', 'cancelled')", name="state_known"
        ),
    )


class Pick(Table):
    """One stop of a pick walk: take reserved pieces from a place for one order line.

    While ``open``, ``pieces - picked`` is reserved in `Stock` at ``place``.
    """

    __tablename__ = "pick"
    site: Mapped[Site]
    id: Mapped[Key]
    task: Mapped[str]
    merchant: Mapped[str]
    order: Mapped[str]
    line_no: Mapped[int]
    sku: Mapped[str]
    lot: Mapped[str] = mapped_column(default="")
    expiry: Mapped[str] = mapped_column(default="")
    serial: Mapped[str] = mapped_column(default="")
    condition: Mapped[str] = mapped_column(default="available")
    place: Mapped[str]
    tote: Mapped[str | None]
    walk_no: Mapped[int]
    """Order on the walk; skipped stops get a higher one."""
    pieces: Mapped[int]
    picked: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(default="open")
    """``open``, ``picked``, ``short`` or ``cancelled``."""
    skips: Mapped[int] = mapped_column(default=0)
    missed: Mapped[str] = mapped_column(default="")
    """Why these pieces were not where the walk took them to before; empty if this is the first."""
    __table_args__ = (
        ForeignKeyConstraint(["site", "task"], ["task.site", "task.id"]),
        ForeignKeyConstraint(
            ["site", "merchant", "order", "line_no"],
            ["order_line.site", "order_line.merchant", "order_line.order", "order_line.line_no"],
            name="fk_pick_order_line",
        ),
        Index(None, "site", "task", "state", "walk_no"),
        Index(None, "site", "place", "state"),
        Index(None, "site", "merchant", "order"),
        CheckConstraint("pieces > 0 AND picked >= 0 AND picked <= pieces", name="counts_fit"),
        CheckConstraint("state IN ('open', 'picked', 'short', 'cancelled')", name="state_known"),
    )


class Slot(Table):
    """A cart slot of a pick walk: which order it serves, and the tote that stands in it."""

    __tablename__ = "slot"
    site: Mapped[Site]
    task: Mapped[Key]
    slot_no: Mapped[int] = mapped_column(primary_key=True)
    merchant: Mapped[str]
    order: Mapped[str]
    tote: Mapped[str | None]
    settled: Mapped[bool] = mapped_column(default=False)
    """The walk has done with the order: if it waits for stock, another walk may have it by now."""
    was: Mapped[str] = mapped_column(default="released")
    """State of the order before it was claimed; it goes back to it if it is given back."""
    __table_args__ = (
        ForeignKeyConstraint(["site", "task"], ["task.site", "task.id"]),
        UniqueConstraint("site", "task", "tote"),
        Index(None, "site", "merchant", "order"),
    )


class Checked(Table):
    """What a bench has verified of a tote's goods and not yet put into a closed parcel.

    Rows live from the piece's scan until its parcel is closed or the order is put aside, so that
    a scan at the bench costs the same for an order of one line and of a thousand.
    """

    __tablename__ = "checked"
    site: Mapped[Site]
    place: Mapped[Key]
    """The tote that holds the pieces; they leave it when the parcel is closed."""
    merchant: Mapped[Key]
    sku: Mapped[Key]
    lot: Mapped[Key]
    expiry: Mapped[Key]
    serial: Mapped[Key]
    pieces: Mapped[int]
    __table_args__ = (
        ForeignKeyConstraint(["site", "place"], ["place.site", "place.code"]),
        CheckConstraint("pieces > 0", name="pieces_positive"),
    )


class Handover(Table):
    """A lead has handed the building over at the end of a shift; the next one takes it on."""

    __tablename__ = "handover"
    site: Mapped[Site]
    id: Mapped[Key]
    """The operation that wrote it."""
    shift: Mapped[str]
    began_at: Mapped[datetime]
    """When the shift began that it is about."""
    at: Mapped[datetime]
    worker: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    left_over: Mapped[str]
    """What was left over, as JSON: ``counts`` by kind, and ``rows`` with owner and age."""
    proof: Mapped[str] = mapped_column(default="")
    """The last proof of the stock before it, in one line; empty: there was none."""
    taken_by: Mapped[str] = mapped_column(default="")
    """Who has taken it on, never who has made it; empty: nobody has yet."""
    taken_at: Mapped[datetime | None]
    __table_args__ = (
        Index(None, "site", "at"),
        CheckConstraint("taken_by <> worker", name="by_another"),
    )


class Imported(Table):
    """A file that was imported, by content and options: importing it again changes nothing."""

    __tablename__ = "imported"
    site: Mapped[Site]
    sha256: Mapped[Key]
    merchant: Mapped[Key]
    format: Mapped[Key]
    at: Mapped[datetime]
    result: Mapped[str]
    """The result as JSON, told again when the same file comes again."""
    __table_args__ = (Index(None, "site", "at"),)
