"""Ways to walk through the inbound warehouse in tests: causes, and a worker who does as told."""

from __future__ import annotations

from datetime import datetime, timedelta

from conftest import NOW, SITE
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from floorhand.domain.receiving import CountPieces, OpenDelivery
from floorhand.domain.things import Goods
from floorhand.ops import receiving
from floorhand.ops.floor import Turn, take_seat, take_turn
from floorhand.store.db import Transactions
from floorhand.store.ledger import Cause
from floorhand.store.schema import Barcode, Operation, Place, Stock, Worker


def cause(tx: Session, number: int, worker: str = "W1", at: datetime = NOW) -> Cause:
    """Write an operation row and give the cause that handlers need."""
    roles = tx.scalar(select(Worker.roles).where(Worker.site == SITE, Worker.code == worker)) or ""
    made = Cause(SITE, f"T:{number}", worker, "T", "", at, frozenset(roles.split()))
    tx.execute(
        insert(Operation).values(
            site=SITE, id=made.operation, kind="Test", command="{}", worker=worker, seat="T", at=at
        )
    )
    return made


def received(tx: Session, number: int, goods: Goods, pieces: int, dock: str = "DOCK-1") -> None:
    """Receive pieces of the goods loose on a dock, with the first delivery of their merchant."""
    delivery = {"ACME": "D-100", "FERN": "D-200"}[goods.merchant]
    receiving.open_delivery(tx, cause(tx, number), OpenDelivery(delivery, dock))
    command = CountPieces(delivery, dock, goods, pieces, unexpected=True)
    receiving.count_pieces(tx, cause(tx, number + 1), command)


def pieces_at(tx: Session, place: str) -> dict[tuple[str, str], int]:
    """Give what is at a place, as pieces by (SKU, condition)."""
    rows = tx.execute(
        select(Stock.sku, Stock.condition, Stock.pieces).where(
            Stock.site == SITE, Stock.place == place, Stock.pieces != 0
        )
    )
    found: dict[tuple[str, str], int] = {}
    for sku, condition, pieces in rows:
        found[sku, condition] = found.get((sku, condition), 0) + pieces
    return found


class Obedient:
    """A worker who scans what the prompt wants and nothing else."""

    def __init__(
        self, transactions: Transactions, seat: str, badge: str, station: str = ""
    ) -> None:
        self._transactions = transactions
        self._seat = seat
        self.turn: Turn = take_seat(transactions, SITE, seat, now=NOW, station=station)
        self.scan(badge)

    def scan(self, scanned: str) -> Turn:
        """Scan something."""
        number = self.turn.scan_no + 1
        at = NOW + timedelta(seconds=number)
        self.turn = take_turn(self._transactions, SITE, self._seat, number, scanned, at)
        return self.turn

    def open(self, job: str) -> None:
        """Open a job from the menu."""
        codes = [choice.code for choice in self.turn.prompt.choices]
        self.scan(str(codes.index(job) + 1))

    def obey(self) -> Turn:
        """Scan the first thing that the prompt wants."""
        wants = self.turn.prompt.wants
        kind = wants.kinds[0]
        match kind:
            case "done":
                return self.scan("*DONE")
            case "number":
                return self.scan(str(wants.number_hint))
            case "piece":
                return self.scan(self._barcode(wants.sku))
            case "text":
                asked = self.turn.prompt.ask
                return self.scan("301227" if asked.endswith("expiry") else f"X{self.turn.scan_no}")
            case _:
                return self.scan(self._label(wants.place))

    def _barcode(self, sku: str) -> str:
        merchant, _, code = sku.partition("/")
        with self._transactions.begin() as tx:
            found = tx.scalar(
                select(Barcode.code).where(
                    Barcode.site == SITE,
                    Barcode.merchant == merchant,
                    Barcode.sku == code,
                    Barcode.pieces == 1,
                )
            )
        assert found, sku
        return found

    def _label(self, place: str) -> str:
        with self._transactions.begin() as tx:
            found = tx.scalar(
                select(Place.scan_code).where(Place.site == SITE, Place.code == place)
            )
        assert found, self.turn.prompt
        return found
