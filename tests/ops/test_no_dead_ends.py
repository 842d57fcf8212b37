"""Whatever stands in the way of taking something back can be taken back itself, or be found.

All conversations are played: they do all that can be taken back. Then a lead takes back each of
their scans and does again each that a lead took back, and does what the screen says until it is
done, or something else than a scan is in the way.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from importlib import import_module
from pathlib import Path

import pytest
from conftest import NOW, SITE, new_warehouse
from ops.test_deeds_told import ASK, UNTOLD
from scripts.test_scripts import SCRIPTS, Stage
from sqlalchemy import select
from sqlalchemy.orm import Session

from floorhand.domain.reversing import DoAgain, FindDeeds, InTheWay, TakeBack
from floorhand.errors import Code, Refused
from floorhand.ops.registry import CARRIED_OUT_IN, HANDLERS
from floorhand.store import notes
from floorhand.store.check import violations
from floorhand.store.db import Transactions, engine_of
from floorhand.store.ledger import Cause
from floorhand.store.schema import Operation, UndoStep

STEPS_MAX = 100
"""Whoever has more to take back first goes round in circles."""

NO_SCAN = frozenset(
    {
        *(Code.UNDO_CHANGED, Code.UNDO_PRINTED, Code.UNDO_HELD),
        *(Code.REVERSE_STOCK, Code.REVERSE_MOVED),
    }
)
"""What is said where something else is in the way than a scan, goods must be brought back, or a
hold must end first, of which it says whose it is."""

MET_ELSEWHERE = frozenset(
    {
        *("SignIn", "SignOut", "SetPin", "Unlock", "FreeSeat", "TakeSeat", "StoreProfile"),
        *("PausePrinter", "ResumePrinter", "RemovePrinter", "ReprintLabel", "VoidLabels"),
        *("PrintLabels", "ConfirmLabels", "SetKind", "GiveUp", "GradePieces"),
        *("PlanRefills", "BookCorrection", "BookCount"),
    }
)
"""Kinds of operations that no conversation does, or that another one does on its way."""


def played(script: Path, folder: Path) -> tuple[Transactions, Stage]:
    """Play a script in a warehouse of its own."""
    lines = script.read_text("utf-8").splitlines()
    warehouse = import_module(f"warehouses.{lines[0].removeprefix('@ ')}")
    transactions = new_warehouse(folder, f"{script.stem}.db")
    warehouse.build(transactions)
    stage = Stage(transactions)
    stage.times = 1
    if not any(line.startswith("@ worker ") for line in lines):
        stage.sign_in(warehouse.WORKER)
    for line in lines:
        if line.startswith(("@", "> ")):
            stage.follow(line)
    return transactions, stage


class Lead:
    """Who may take everything back, with one command after the other in one transaction."""

    def __init__(self, tx: Session, stage: Stage) -> None:
        self.tx, self.seconds, self.number = tx, stage.seconds + 1000, 0

    def does(self, command: object) -> object:
        self.number += 1
        at = NOW + timedelta(seconds=self.seconds + self.number)
        cause = Cause(
            SITE, f"L9:{self.number}", "W2", "L9", "", at, roles=frozenset({"supervisor"})
        )
        notes.begin(self.tx)
        return HANDLERS[type(command)](self.tx, cause, command)

    def deeds(self) -> Iterator[tuple[str, bool]]:
        """List all that was done, and whether it took something back."""
        for worker in self.tx.scalars(select(UndoStep.worker).distinct()):
            skip, more = 0, True
            while more:
                more = False
                with suppress(Refused):  # nothing was done that can be taken back
                    found = self.does(FindDeeds("worker", worker, skip))
                    yield from ((one.operation, one.back) for one in found.deeds)
                    skip, more = skip + len(found.deeds), found.more

    def takes_back(self, operation: str, back: bool) -> Refused | None:
        """Take something back, or do it again, after all that is in the way; give a refusal."""
        left = [(operation, back)]
        while left:
            operation, back = left[-1]
            try:
                done = self.does(DoAgain(operation) if back else TakeBack(operation, "other"))
            except Refused as refused:
                return refused
            assert self.number < STEPS_MAX, left
            if isinstance(done, InTheWay):
                left.append((done.deed.operation, done.deed.back))
            else:
                left.pop()
        return None


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_what_is_in_the_way_can_be_taken_back_first(tmp_path: Path, script: Path) -> None:
    transactions, stage = played(script, tmp_path)
    with transactions.begin() as tx:
        todo = {*Lead(tx, stage).deeds()}
    for operation, back in sorted(todo):
        with transactions() as tx:
            refused = Lead(tx, stage).takes_back(operation, back)
            assert refused is None or refused.code in NO_SCAN, (operation, refused)
            assert refused or violations(tx, SITE) == (), operation
            tx.rollback()
    engine_of(transactions).dispose()


def test_all_that_writes_is_done_in_some_conversation(tmp_path: Path) -> None:
    done: set[str] = set()
    for script in SCRIPTS:
        transactions, _ = played(script, tmp_path)
        with transactions.begin() as tx:
            ids = [
                one for row in tx.scalars(select(UndoStep.operations)) for one in json.loads(row)
            ]
            done |= {*tx.scalars(select(Operation.kind).where(Operation.id.in_(ids)))}
        engine_of(transactions).dispose()
    named = {
        command.__name__
        for name in CARRIED_OUT_IN
        for command in import_module(f"floorhand.ops.{name}").HANDLERS
    }
    writes = {name for name in named if not name.startswith(ASK)} - set(UNTOLD)
    assert writes - done == MET_ELSEWHERE
