"""``floorhand check``: the signed line of a proof, kept for summaries, and verified later."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from conftest import NOW, SITE
from homes import home_of
from sqlalchemy import select, update
from warehouses import picking as house
from warehouses.picking import MUG, put

from floorhand.cli import main
from floorhand.domain.shifts import Period
from floorhand.domain.things import CORRECTION, Line
from floorhand.store import ledger, proofs
from floorhand.store.db import Transactions
from floorhand.store.ledger import Cause
from floorhand.store.schema import Operation, ProofRow, Stock
from floorhand.store.summary import summarise

LATER = NOW + timedelta(days=1)


@pytest.fixture(autouse=True)
def at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The warehouse of the test is the one that commands are about, and all of theirs is in it."""
    monkeypatch.setenv("FLOORHAND_DATABASE", home_of(tmp_path / "floor.db"))
    monkeypatch.setenv("FLOORHAND_SITE", SITE)
    monkeypatch.setenv("FLOORHAND_STATE", str(tmp_path / "state"))


@pytest.fixture
def floor(transactions: Transactions) -> Transactions:
    """The furnished house with three mugs."""
    with transactions.begin() as tx:
        house.furnish(tx)
        put(tx, "A-01", MUG, 3)
    return transactions


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[object, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(words)
    told = capsys.readouterr()
    return ended.value.code, told.out, told.err


def proved_line(capsys: pytest.CaptureFixture[str]) -> str:
    code, out, _ = run(capsys, "check")
    assert code == 0
    return out.splitlines()[-1]


def keys(folder: Path) -> list[Path]:
    return [*folder.glob("*.key"), *(folder / "state").glob("*.key")]


def lose_a_mug(floor: Transactions, operation: str = "S:9") -> None:
    cause = Cause(SITE, operation, "W1", "S", "", NOW)
    with floor.begin() as tx:
        tx.add(
            Operation(
                site=SITE, id=operation, kind="Correct", command="{}", facts="{}", worker="W1",
                seat="S", at=NOW,
            )
        )  # fmt: skip
        tx.flush()
        ledger.move(tx, cause, "A-01", CORRECTION, [Line(MUG, 1)])


def stock(floor: Transactions) -> dict:
    with floor.begin() as tx:
        return summarise(tx, SITE, Period("late", NOW, LATER), LATER)["stock"]


def test_a_proof_is_one_line_that_can_be_verified(capsys, floor, tmp_path) -> None:
    line = proved_line(capsys)
    assert "ledger = balances, nothing negative, nothing orphaned" in line
    (key,) = keys(tmp_path)
    assert key.stat().st_mode & 0o777 == 0o600
    for words in (line, line.replace(" ", "\n  ", 7)):  # as a mail may break it
        code, out, _ = run(capsys, "check", "--verify", words)
        assert (code, out.startswith("Genuine: Stock of MAIN proved at ")) == (0, True)


def test_a_line_that_was_changed_is_not_genuine(capsys, floor) -> None:
    line = proved_line(capsys)
    code, out, _ = run(capsys, "check", "--verify", line.replace("3 pieces", "4 pieces"))
    assert code == 1
    assert out.startswith("NOT GENUINE")


def test_what_is_no_line_or_of_another_key_is_said_so(capsys, floor, tmp_path) -> None:
    code, _, err = run(capsys, "check", "--verify", "all is well")
    assert (code, "This is no line of a proof" in err) == (1, True)
    line = proved_line(capsys)
    (key,) = keys(tmp_path)
    key.write_text("00" * 32)
    code, _, err = run(capsys, "check", "--verify", line)
    assert (code, "was signed with the key" in err) == (1, True)
    key.write_text("00")
    assert "is no key" in run(capsys, "check", "--verify", line)[2]
    key.unlink()
    assert "no key here to verify with" in run(capsys, "check", "--verify", line)[2]


def test_a_large_building_shows_the_last_proof_and_what_came_after_it(
    capsys, floor, monkeypatch
) -> None:
    monkeypatch.setattr(proofs, "AT_ONCE_MOVES_MAX", 0)
    assert (stock(floor)["ok"], stock(floor)["proved_at"]) == (None, None)
    line = proved_line(capsys)
    told = stock(floor)
    assert (told["ok"], told["line"], told["moves"], told["moves_since"]) == (True, line, 1, 0)
    lose_a_mug(floor)
    told = stock(floor)
    assert (told["line"], told["moves"], told["moves_since"]) == (line, 1, 1)
    assert proved_line(capsys) != line
    assert (stock(floor)["moves"], stock(floor)["moves_since"]) == (2, 0)


def test_what_is_broken_is_never_signed(capsys, floor, monkeypatch) -> None:
    with floor.begin() as tx:
        tx.execute(update(Stock).where(Stock.place == "A-01").values(pieces=4))
    code, out, err = run(capsys, "check")
    assert (code, "key" in out) == (1, False)
    assert "moves say 3, stock says 4" in err
    with floor.begin() as tx:
        kept = tx.execute(select(ProofRow.line, ProofRow.violations)).one()
    assert (kept.line, kept.violations > 0) == ("", True)
    for moves in (0, 10_000):
        monkeypatch.setattr(proofs, "AT_ONCE_MOVES_MAX", moves)
        assert (stock(floor)["ok"], stock(floor)["line"]) == (False, "")


def test_the_digest_is_of_what_is_where(capsys, floor) -> None:
    told = [json.loads(run(capsys, "check", "--json")[1]) for _ in range(2)]
    assert told[0]["digest"] == told[1]["digest"]
    lose_a_mug(floor)
    assert json.loads(run(capsys, "check", "--json")[1])["digest"] != told[0]["digest"]


def test_a_summary_signs_what_it_proves_itself(capsys, floor) -> None:
    told = json.loads(run(capsys, "summary", "--json")[1])["stock"]
    assert told["ok"]
    assert run(capsys, "check", "--verify", told["line"])[0] == 0
