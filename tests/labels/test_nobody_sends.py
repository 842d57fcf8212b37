"""Where a program may not send labels, and nobody else does, all who wait for some are told."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from conftest import NOW, SITE
from labels.test_spool import WAIT_S, Signals, ask, spool_of

from floorhand.domain.printing import Stands
from floorhand.store.db import Transactions, engine_of
from floorhand.store.single import is_held, lock_file, single
from floorhand.store.stands import printer_stands
from floorhand.store.troubles import path_of


def lock_of(transactions: Transactions) -> Path:
    return Path(lock_file(path_of(engine_of(transactions).url), SITE))


def stands(transactions: Transactions) -> Stands:
    with transactions.begin() as tx:
        return printer_stands(tx, SITE, "folder", NOW)


@pytest.fixture
def forbidden(transactions: Transactions, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Forbid this program to write the lock file; undo it, and it may."""
    lock = lock_of(transactions)
    lock.touch()
    may = os.access
    monkeypatch.setattr(
        os, "access", lambda path, *how, **more: Path(path) != lock and may(path, *how, **more)
    )
    return monkeypatch


@pytest.mark.sqlite("the lock file beside its file")
def test_labels_that_nobody_can_send_are_told_until_somebody_can(
    transactions: Transactions, forbidden: pytest.MonkeyPatch
) -> None:
    printer, until = Signals(), time.monotonic() + WAIT_S
    ask(transactions)
    spool = spool_of(transactions, printer)
    spool.start()
    try:
        while stands(transactions).down != "unsent":
            assert time.monotonic() < until
            time.sleep(0.01)
        assert "cannot be written" in stands(transactions).told
        forbidden.undo()
        spool.wake()
        assert printer.came.wait(WAIT_S)
        assert stands(transactions).down == ""
    finally:
        spool.stop(WAIT_S)


@pytest.mark.sqlite("the lock file beside its file")
def test_who_may_not_send_says_nothing_while_another_one_does(
    transactions: Transactions, forbidden: pytest.MonkeyPatch
) -> None:
    told = spool_of(transactions, Signals())
    forbidden.undo()
    with single(transactions, SITE, NOW):
        assert is_held(transactions, SITE)
        told._tell_stuck("the lock cannot be written")
        assert stands(transactions).down == ""
    told._tell_stuck("the lock cannot be written")
    assert stands(transactions).down == "unsent"
