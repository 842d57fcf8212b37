"""What supervisors have to look at and decide."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index

from floorhand.store.schema.base import Key, Mapped, Site, Table, mapped_column


class Trouble(Table):
    """Something a supervisor must look at: the exceptions list."""

    __tablename__ = "trouble"
    site: Mapped[Site]
    id: Mapped[Key]
    kind: Mapped[str]
    """``short_order``, ``suspect_stock``, ``over_delivery``, ``unknown_return``, …"""
    subject: Mapped[str]
    merchant: Mapped[str] = mapped_column(default="")
    facts: Mapped[str] = mapped_column(default="{}")
    pieces: Mapped[int] = mapped_column(default=0)
    """What it is about in pieces; 0 where that says nothing."""
    owner: Mapped[str] = mapped_column(default="")
    """The worker who looks after it; empty: nobody does yet."""
    raised_by: Mapped[str] = mapped_column(default="")
    """The workers who caused it or asked for it, one a line; empty: nobody did."""
    proposal: Mapped[str] = mapped_column(default="")
    """The command that is carried out if it is approved, as JSON; empty: there is none."""
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    decision: Mapped[str] = mapped_column(default="")
    """One of `floorhand.domain.exceptions.ACTIONS`; empty while it is open, or if whatever put it
    right closed it."""
    decided_by: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")
    __table_args__ = (Index(None, "site", "closed_at", "kind"),)
