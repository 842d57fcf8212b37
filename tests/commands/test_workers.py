"""``floorhand workers``: who works here, new PINs, and PINs that are locked."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from conftest import NOW, SITE
from sqlalchemy import select
from warehouses import people

from floorhand.cli import main
from floorhand.domain.guessing import GUESSES_MAX, Guesses
from floorhand.domain.pins import is_fit, verify_pin
from floorhand.store.db import Transactions, engine_of
from floorhand.store.guesses import WORKER, guesses_at, keep_guesses
from floorhand.store.schema import Operation, Worker


@pytest.fixture
def at_work(transactions: Transactions) -> Transactions:
    people.build(transactions)
    return transactions


def workers(transactions: Transactions, *words: str) -> int:
    url = engine_of(transactions).url.render_as_string(hide_password=False)
    with pytest.raises(SystemExit) as ended:
        main(["workers", *words, "--database", url])
    return int(ended.value.code or 0)


def test_the_list_tells_nothing_secret(at_work, capsys) -> None:
    lock(at_work)
    assert workers(at_work) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[:2] for line in lines[1:]] == [["W1", "Ana"], ["W2", "Ben"], ["W3", "Cai"]]
    assert [line.split()[-4] for line in lines[2:]] == ["-", "locked"]
    assert "BADGE" not in "".join(lines)
    assert "$" not in "".join(lines)


def test_a_drawn_pin_is_shown_once_and_works_at_once(at_work, capsys, tmp_path: Path) -> None:
    lock(at_work)
    slip = tmp_path / "slip.pdf"
    assert workers(at_work, "pin", "W3", "--slip", str(slip)) == 0
    pin = capsys.readouterr().out.split()[-1]
    assert is_fit(pin)
    assert slip.read_bytes().startswith(b"%PDF")
    assert not slip.stat().st_mode & 0o077
    with at_work.begin() as tx:
        assert verify_pin(pin, tx.scalar(select(Worker.pin_hash).where(Worker.code == "W3")) or "")
        assert not guesses_at(tx, SITE, WORKER, "W3").locked
        assert pin not in str(tx.execute(select(Operation.command, Operation.facts)).all())


def test_unlocking_keeps_the_pin(at_work) -> None:
    lock(at_work)
    assert workers(at_work, "unlock", "W3") == 0
    with at_work.begin() as tx:
        assert not guesses_at(tx, SITE, WORKER, "W3").locked
        kept = tx.scalar(select(Worker.pin_hash).where(Worker.code == "W3")) or ""
        assert verify_pin(people.PIN, kept)
        assert tx.scalars(select(Operation.kind)).all() == ["Unlock"]


def test_nobody_is_helped_who_is_not_there(at_work, capsys) -> None:
    assert workers(at_work, "pin", "W9") == 1
    assert "There is no worker W9 at MAIN." in capsys.readouterr().err
    assert workers(at_work, "unlock") == 1
    assert "floorhand workers unlock CODE" in capsys.readouterr().err


def lock(transactions: Transactions) -> None:
    guesses = Guesses()
    for minute in range(GUESSES_MAX):
        guesses = guesses.wrong(NOW + timedelta(minutes=minute))
    with transactions.begin() as tx:
        keep_guesses(tx, SITE, WORKER, "W3", guesses)
