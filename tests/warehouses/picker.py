"""A picker made of software, for tests: it reads the question and scans what is asked for."""

from __future__ import annotations

from datetime import datetime, timedelta

from conftest import NOW, SITE
from sqlalchemy import select

from floorhand.domain.keymap import Key
from floorhand.flows.turn import Prompt
from floorhand.ops.floor import Turn, take_seat, take_turn
from floorhand.store.db import Transactions, engine_of, open_database
from floorhand.store.schema import Barcode, Place, Worker

SCANS_MAX = 2_000


class Picker:
    """A worker at a seat of their own, in the picking job or another one."""

    def __init__(
        self,
        transactions: Transactions,
        worker: str = "W1",
        now: datetime = NOW,
        job: str = "picking",
        seat: str = "",
    ) -> None:
        self.transactions = transactions
        self.seat = seat or f"SEAT-{worker}"
        self.now = now
        self.turn: Turn = take_seat(transactions, SITE, self.seat, now=now)
        if not self.turn.worker:
            with transactions.begin() as tx:
                badge = tx.scalar(
                    select(Worker.badge).where(Worker.site == SITE, Worker.code == worker)
                )
            self.scan(str(badge))
        if self.turn.job == "menu":
            codes = [choice.code for choice in self.turn.prompt.choices]
            self.scan(str(codes.index(job) + 1))

    def scan(self, *scans: str) -> Turn:
        """Scan one after the other and give the last answer."""
        for scanned in scans:
            number = self.turn.scan_no + 1
            now = self.now + timedelta(seconds=number)
            self.turn = take_turn(self.transactions, SITE, self.seat, number, scanned, now)
        return self.turn

    @property
    def prompt(self) -> Prompt:
        """The question now."""
        return self.turn.prompt

    @property
    def said(self) -> str:
        """The text key of the last answer; empty if nothing was said."""
        return self.turn.said.text if self.turn.said else ""

    def start(self, cart: str = "CART-1") -> Turn:
        """Get work for a cart and bind a free tote to each slot."""
        self.scan(cart)
        while self.prompt.ask == "picking.scan_empty_tote":
            self.scan(self.free_tote())
        return self.turn

    def free_tote(self) -> str:
        """Name a tote that is nobody's."""
        with self.transactions.begin() as tx:
            held = select(Place.code).where(
                Place.site == SITE,
                Place.kind == "tote",
                Place.order_no.is_(None),
                Place.parent.is_(None),
            )
            return str(tx.scalars(held.order_by(Place.code)).first())

    def go_on(self, until: str = "picking.scan_cart") -> Turn:
        """Answer every question as it is meant, until a certain one is asked."""
        for _ in range(SCANS_MAX):
            if self.prompt.ask == until:
                return self.turn
            self.answer()
            if self.said != "refusal.tote_taken":  # a colleague was quicker: take another one
                assert self.turn.said is None or self.turn.said.tone != "refused", self.turn
        raise AssertionError(f"never asked: {until}")

    def answer(self) -> Turn:
        """Scan what the question asks for."""
        wants = self.prompt.wants
        if "number" in wants.kinds and wants.number_hint and "piece" in wants.kinds:
            return self.scan(str(wants.number_hint))
        if wants.kinds[0] == "piece":
            merchant, _, sku = wants.sku.partition("/")
            with self.transactions.begin() as tx:
                code = tx.scalar(
                    select(Barcode.code)
                    .where(Barcode.merchant == merchant, Barcode.sku == sku, Barcode.pieces == 1)
                    .order_by(Barcode.code.desc())
                )
            return self.scan(str(code))
        if wants.kinds[0] == "text":
            return self.scan(dict(self.prompt.facts)["fact.serial"])
        if wants.place:
            with self.transactions.begin() as tx:
                code = tx.scalar(
                    select(Place.scan_code).where(Place.site == SITE, Place.code == wants.place)
                )
            return self.scan(str(code))
        assert wants.kinds[0] == "tote", self.prompt
        return self.scan(self.free_tote())

    def offers(self, key: Key) -> bool:
        """Tell whether a key is shown."""
        return any(shown == key for shown, _ in self.prompt.keys)


def pick_all(url: str, worker: str) -> None:
    """Pick until there is no work left; runs in a process of its own."""
    transactions = open_database(url)
    picker = Picker(transactions, worker)
    while True:
        picker.scan("*DONE")
        if picker.prompt.ask == "picking.scan_cart":
            break
        picker.scan(f"TOTE-{worker}-{picker.turn.scan_no}")
        picker.go_on()
    engine_of(transactions).dispose()
