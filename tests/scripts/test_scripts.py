"""Play floor scripts: what a worker scans and what the terminal answers, line by line.

Each .floor file is the expected conversation. After an intended change, run with UPDATE=1 and
read the diff: it is the change that workers will see. Lines:

    @ inbound           the warehouse: tests/warehouses/inbound.py, its build(transactions)
    @ worker W1         who signs in first (by badge); the default is the warehouse's WORKER
    @ role W2 lead      what a worker may do from now on; the default is the warehouse's
    @ rule FERN short_life lead    what a merchant wants from now on
    @ seat H2           the terminal at which it goes on; the first is H1
    @ job receiving     the job opened from the menu
    @ restart           the terminal is killed and its seat taken again
    @ cancel ACME/1001  the shop cancels an order behind the worker's back
    @ books DELETE ...  what an office or a printer did meanwhile, as SQL
    @ later 900         so many seconds pass
    # a remark
    > scan              <GS> stands for the group separator
"""

from __future__ import annotations

import os
import pickle
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from importlib import import_module
from pathlib import Path

import pytest
from conftest import NOW, SITE, new_warehouse
from sqlalchemy import select, update

from floorhand.domain.rules import MerchantRules
from floorhand.domain.ruling import changed
from floorhand.ops.floor import Turn, take_seat, take_turn
from floorhand.store.cancelling import undo_order
from floorhand.store.check import violations
from floorhand.store.db import Transactions, engine_of
from floorhand.store.ledger import Cause
from floorhand.store.schema import Merchant, Order, Worker
from floorhand.talk import render_lines
from floorhand.text.catalog import catalog

SCRIPTS = sorted(Path(__file__).parent.glob("*.floor"))
SEAT = "H1"
ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d")
"""How no German writes a date; no code in these conversations looks like one."""


class Stage:
    """A terminal on which a script is played."""

    times = 2
    """So often each scan is sent."""

    def __init__(self, transactions: Transactions) -> None:
        self.transactions = transactions
        self.seconds = 0
        self.seat = SEAT
        self.turn: Turn = take_seat(transactions, SITE, SEAT, now=NOW)

    def scan(self, scanned: str) -> Turn:
        """Make the next scan; sent again, as after an answer that was lost, it tells the same."""
        self.seconds += 1
        raw, at = scanned.replace("<GS>", "\x1d"), NOW + timedelta(seconds=self.seconds)
        number = self.turn.scan_no + 1
        self.turn, *again = (
            take_turn(self.transactions, SITE, self.seat, number, raw, at)
            for _ in range(self.times)
        )
        assert all(one == self.turn for one in again), (scanned, again, self.turn)
        return self.turn

    def follow(self, line: str) -> None:
        """Do what a line of a script says, if it says anything to do."""
        word, _, rest = line.partition(" ")
        match word, rest.split(" "):
            case ">", _:
                self.scan(rest)
            case "@", ["worker", worker]:
                self.sign_in(worker)
            case "@", ["role", worker, *roles]:
                self.give_role(worker, " ".join(roles))
            case "@", ["rule", merchant, name, *value]:
                self.set_rule(merchant, name, " ".join(value))
            case "@", ["seat", seat]:
                self.go_to(seat)
            case "@", ["job", job]:
                self.open(job)
            case "@", ["cancel", order]:
                self.cancel(order)
            case "@", ["books", *statement]:
                self.change_books(" ".join(statement))
            case "@", ["later", seconds]:
                self.seconds += int(seconds)
            case "@", ["restart"]:
                self.restart()

    def change_books(self, statement: str) -> None:
        with self.transactions.begin() as tx:
            tx.connection().exec_driver_sql(statement)

    def restart(self) -> Turn:
        self.turn = take_seat(self.transactions, SITE, self.seat, now=NOW)
        return self.turn

    def go_to(self, seat: str) -> None:
        self.seat = seat
        self.restart()

    def give_role(self, worker: str, roles: str) -> None:
        with self.transactions.begin() as tx:
            tx.execute(
                update(Worker).where(Worker.site == SITE, Worker.code == worker).values(roles=roles)
            )

    def set_rule(self, merchant: str, name: str, value: str) -> None:
        here = (Merchant.site == SITE, Merchant.code == merchant)
        with self.transactions.begin() as tx:
            rules = MerchantRules.of_json(tx.scalar(select(Merchant.rules).where(*here)) or "{}")
            after = changed(rules, name, value)
            assert after is not None, value
            tx.execute(update(Merchant).where(*here).values(rules=after.to_json()))

    def sign_in(self, worker: str) -> None:
        with self.transactions.begin() as tx:
            badge = tx.scalar(
                select(Worker.badge).where(Worker.site == SITE, Worker.code == worker)
            )
        assert badge, worker
        self.scan(badge)

    def open(self, job: str) -> None:
        codes = [choice.code for choice in self.turn.prompt.choices]
        self.scan(str(codes.index(job) + 1))

    def cancel(self, order: str) -> None:
        merchant, _, number = order.partition("/")
        with self.transactions.begin() as tx:
            tx.execute(
                update(Order)
                .where(Order.site == SITE, Order.merchant == merchant, Order.number == number)
                .values(state="cancelled")
            )
            undo_order(tx, Cause(SITE, f"cancelled:{order}", "", "", "", NOW), merchant, number)


@dataclass(slots=True)
class Seen:
    """What a script led to: all that was told, and each question and answer in its turn."""

    told: list[str] = field(default_factory=list)
    turns: list[Turn] = field(default_factory=list)


def seen_once(script: Path, own: Path) -> Seen:
    """Play a script, or take what was seen when another test of this run did.

    Args:
        script: Which one.
        own: The folder of this process for temporary files; those of a run stand side by side.
    """
    kept = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / f"{script.stem}.seen"
    with alone(kept.with_suffix(".lock")):
        if not kept.exists():
            kept.write_bytes(pickle.dumps(seen(script, own)))
    found: Seen = pickle.loads(kept.read_bytes())
    return found


@contextmanager
def alone(file: Path) -> Iterator[None]:
    """Wait until no other process of this run is here; where there are no locks, go on."""
    with file.open("w") as lock:
        with suppress(ImportError):
            import fcntl

            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def seen(script: Path, folder: Path) -> Seen:
    """Play a script in a warehouse of its own."""
    lines = script.read_text("utf-8").splitlines()
    warehouse = import_module(f"warehouses.{lines[0].removeprefix('@ ')}")
    transactions = new_warehouse(folder, f"{script.stem}.db")
    warehouse.build(transactions)
    stage, found = Stage(transactions), Seen()
    if not any(line.startswith("@ worker ") for line in lines):
        stage.sign_in(warehouse.WORKER)
    for line in play(stage, lines):
        found.told.append(line)
        found.turns.append(stage.turn)
    engine_of(transactions).dispose()
    return found


def play(stage: Stage, lines: list[str]) -> Iterator[str]:
    """Repeat the script's own lines, with what the terminal really answers."""
    words = catalog("en")
    for line in lines:
        if line.startswith(("@", "#", "> ")) or not line:
            stage.follow(line)
            yield line
        if line.startswith("> ") or line == "@ restart":
            yield from render_lines(stage.turn, words)
            german = "\n".join(render_lines(stage.turn, catalog("de")))
            assert not ISO_DATE.search(german), german
            with stage.transactions.begin() as tx:
                assert violations(tx, SITE) == (), line


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_the_conversation_is_as_written(tmp_path_factory, script: Path) -> None:
    lines = script.read_text("utf-8").splitlines()
    told = seen_once(script, tmp_path_factory.getbasetemp()).told
    if os.environ.get("UPDATE"):
        script.write_text("\n".join(told) + "\n", "utf-8")
    assert told == lines
