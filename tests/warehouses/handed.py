"""Work of every job that somebody is in the middle of, and a lead who gives it to somebody else."""

from __future__ import annotations

from collections.abc import Callable

from conftest import SITE
from sqlalchemy import insert, select, update

from floorhand.domain.things import Goods
from floorhand.store.db import Transactions
from floorhand.store.schema import Worker
from warehouses import counted, inbound, packing, refilled, returns
from warehouses.picker import Picker
from warehouses.walk import received

CAP = Goods("ACME", "CAP")


def staff(transactions: Transactions) -> None:
    """Ana and Cai do any job, and Bob leads."""
    with transactions.begin() as tx:
        for code, name, roles in (
            *(("W1", "Ana", "worker"), ("W2", "Bob", "lead"), ("W3", "Cai", "worker")),
        ):
            who = (Worker.site == SITE, Worker.code == code)
            if tx.scalar(select(Worker.code).where(*who)):
                tx.execute(update(Worker).where(*who).values(name=name, roles=roles))
            else:
                row = {"site": SITE, "code": code, "name": name, "badge": f"BADGE-{name}"}
                tx.execute(insert(Worker).values(**row, roles=roles))


def shelve(transactions: Transactions) -> tuple[str, list[str], str]:
    """Give the job, what begins it, and the first question of whoever goes on with it."""
    inbound.build(transactions)
    with transactions.begin() as tx:
        received(tx, 10, CAP, 5)
    return "putaway", [inbound.CAP], "putaway.fetch_piece"


def inspect(transactions: Transactions) -> tuple[str, list[str], str]:
    returns.build(transactions)
    return "returns", ["RMA-1"], "returns.scan_piece"


def count(transactions: Transactions) -> tuple[str, list[str], str]:
    counted.build(transactions)
    return "counting", ["*DONE", "BIN-A-01", "MUG-1"], "counting.scan_bin"


def fill_up(transactions: Transactions) -> tuple[str, list[str], str]:
    refilled.build(transactions)
    return "refill", ["*DONE", "BIN-B-01", "MUG-1", "30", "T-1"], "refill.bring"


def pack(transactions: Transactions) -> tuple[str, list[str], str]:
    packing.build(transactions)
    return "packing", ["T-1"], "packing.scan_piece"


def receive(transactions: Transactions) -> tuple[str, list[str], str]:
    inbound.build(transactions)
    return "receiving", ["D-100", "LD1", inbound.MUG], "receiving.scan_piece"


Begun = Callable[[Transactions], tuple[str, list[str], str]]


def at_work(transactions: Transactions, *choices: str) -> Picker:
    """Bob, where he has chosen the first work that is listed, and these choices."""
    bob = Picker(transactions, "W2", job="leading")
    for area in ("control", "work"):
        codes = [choice.code for choice in bob.prompt.choices]
        bob.scan(str(codes.index(area) + 1))
    bob.scan("1", *choices)
    return bob


def given(transactions: Transactions) -> Picker:
    """Bob, who has given the first work to Cai."""
    bob = at_work(transactions, "1")
    return to_cai(bob)


def to_cai(bob: Picker) -> Picker:
    codes = [choice.code for choice in bob.prompt.choices]
    bob.scan(str(codes.index("W3") + 1))
    return bob
