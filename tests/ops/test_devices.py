"""One seat, one device: copies, older runs and others are refused before anything is written."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from conftest import NOW, SITE
from sqlalchemy import func, select
from warehouses import inbound, people

from floorhand.commands.identity import TOKENS_KEPT, TOKENS_MAX, identify
from floorhand.config import Settings
from floorhand.errors import BadSetting, Code, SeatTaken
from floorhand.ops.devices import ANYBODY, ROBOT, Device
from floorhand.ops.floor import Turn, take_seat, take_turn
from floorhand.store.db import Transactions, engine_of
from floorhand.store.schema import Operation, Scan
from floorhand.tui.road import FloorRoad

FIRST = Device("one", name="gun-1")
SECOND = Device("two", name="gun-2")


@pytest.fixture
def at_work(transactions: Transactions) -> Transactions:
    people.build(transactions)
    return transactions


def sit(transactions: Transactions, device: Device, *, take: bool = False) -> Turn:
    return take_seat(transactions, SITE, "H1", now=NOW, device=device, take=take)


def scan(transactions: Transactions, turn: Turn, scanned: str, device: Device) -> Turn:
    return take_turn(transactions, SITE, "H1", turn.scan_no + 1, scanned, NOW, device=device)


def test_another_device_cannot_take_a_seat_without_meaning_it(at_work: Transactions) -> None:
    turn = scan(at_work, sit(at_work, FIRST), "BADGE-ANA", FIRST)
    with pytest.raises(SeatTaken, match="Seat H1 is in use by gun-1 since 09:00; Ana sits there"):
        sit(at_work, SECOND)
    with pytest.raises(SeatTaken):
        sit(at_work, ANYBODY)
    assert scan(at_work, turn, "3", FIRST).job == "picking"


def test_a_copy_of_a_device_is_refused_at_its_first_scan(at_work: Transactions) -> None:
    turn = sit(at_work, FIRST)
    newer = replace(FIRST, token="one-again", known=("one",))
    assert sit(at_work, newer).scan_no == 0
    with pytest.raises(SeatTaken):
        scan(at_work, turn, "BADGE-ANA", FIRST)
    copy = Device("three", known=("zero", "one"), name="gun-1")
    with pytest.raises(SeatTaken):
        sit(at_work, copy)
    with at_work.begin() as tx:
        assert tx.scalar(select(func.count()).select_from(Scan)) == 0


def test_a_restarted_device_goes_on_at_its_exact_question(transactions: Transactions) -> None:
    inbound.build(transactions)
    turn = sit(transactions, FIRST)
    for scanned in ("BADGE-ANA", "1", "D-100", "LD1", inbound.MUG):
        turn = scan(transactions, turn, scanned, FIRST)
    again = sit(transactions, Device("later", known=("one",), name="gun-1"))
    assert (again.worker, again.prompt, again.scan_no) == ("W1", turn.prompt, turn.scan_no)


def test_every_operation_names_the_device_it_came_from(transactions: Transactions) -> None:
    inbound.build(transactions)
    turn = sit(transactions, FIRST)
    for scanned in ("BADGE-ANA", "1", "D-100", "LD1", inbound.MUG, "2", "*UNDO"):
        turn = scan(transactions, turn, scanned, FIRST)
    afar = Device("later", known=("one",), name="192.0.2.7")
    turn = scan(transactions, sit(transactions, afar), "*UNDO", afar)
    with transactions.begin() as tx:
        rows = tx.execute(select(Operation.kind, Operation.device).where(Operation.seat == "H1"))
        told = [*rows]
    assert {device for _, device in told} == {"gun-1", "192.0.2.7"}
    assert ("Undo", "gun-1") in told


def test_a_device_that_works_from_afar_is_called_by_its_address(tmp_path: Path) -> None:
    here = Settings(database=str(tmp_path / "floor.db"), state=str(tmp_path))
    assert identify(replace(here, remote="192.0.2.7")).name == "192.0.2.7"
    assert identify(here).name not in ("", "192.0.2.7")


def test_a_seat_that_is_taken_over_asks_who_is_there_and_parks_the_work(
    transactions: Transactions,
) -> None:
    inbound.build(transactions)
    turn = sit(transactions, FIRST)
    for scanned in ("BADGE-ANA", "1", "D-100", "LD1", inbound.MUG):
        turn = scan(transactions, turn, scanned, FIRST)
    new = sit(transactions, SECOND, take=True)
    assert (new.worker, new.prompt.ask) == ("", "sign_in.scan_badge")
    with pytest.raises(SeatTaken):
        scan(transactions, turn, inbound.MUG, FIRST)
    new = scan(transactions, new, "BADGE-ANA", SECOND)
    assert new.said is not None
    assert (new.said.text, new.said.facts["by"]) == ("sign_in.ousted", "gun-2")
    back = scan(transactions, new, "1", SECOND).prompt
    assert (back.ask, back.goods, back.count) == (
        turn.prompt.ask,
        turn.prompt.goods,
        turn.prompt.count,
    )
    with transactions.begin() as tx:
        facts = tx.scalar(select(Operation.facts).where(Operation.kind == "TakeSeat"))
    assert facts is not None
    assert "gun-1" in facts
    assert "W1" in facts


@pytest.mark.parametrize("device", [FIRST, ANYBODY])
def test_a_seat_that_a_robot_left_is_taken_without_asking(
    transactions: Transactions, device: Device
) -> None:
    inbound.build(transactions)
    turn = sit(transactions, ROBOT)
    for scanned in ("BADGE-ANA", "1", "D-100", "LD1", inbound.MUG):
        turn = scan(transactions, turn, scanned, ROBOT)
    new = sit(transactions, device)
    assert (new.worker, new.prompt.ask) == ("", "sign_in.scan_badge")
    assert scan(transactions, new, "BADGE-BEA", device).worker == "W2"
    with pytest.raises(SeatTaken):
        scan(transactions, turn, inbound.MUG, ROBOT)


class Process:
    """``floorhand talk`` as a program of its own, at the seat T1."""

    def __init__(self, transactions: Transactions, state: Path) -> None:
        url = engine_of(transactions).url.render_as_string(hide_password=False)
        named = ("--database", url, "--site", SITE, "--seat", "T1", "--state", str(state))
        self.process = subprocess.Popen(
            [sys.executable, "-m", "floorhand", "talk", *named],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def scan(self, scanned: str) -> str:
        """Scan, and give the line that answers."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{scanned}\n")
        self.process.stdin.flush()
        return self.until(f"> {scanned}")

    def until(self, words: str) -> str:
        """Give the line after the one with these words; the last one, if there is none."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if words in line:
                break
        return self.process.stdout.readline().strip()

    def end(self) -> str:
        """Close the input; gives all that was still said."""
        return self.process.communicate(timeout=60)[0]


def test_a_copy_of_a_device_and_the_device_are_never_both_at_work(
    at_work: Transactions, tmp_path: Path
) -> None:
    disk, copied = tmp_path / "disk", tmp_path / "copy"
    before = Process(at_work, disk)
    before.end()
    shutil.copytree(disk, copied)
    first = Process(at_work, disk)
    assert first.scan("BADGE-ANA").startswith("* Hello Ana")
    clone = Process(at_work, copied)
    assert "Seat T1 is in use by" in clone.end()
    assert clone.process.returncode == 1
    assert first.scan("*HELP").startswith("~")

    shutil.copytree(disk, copied, dirs_exist_ok=True)
    newer = Process(at_work, copied)
    assert newer.scan("*HELP").startswith("~")
    assert "Seat T1 is in use by" in first.scan("*HELP")
    assert newer.scan("*HELP").startswith("~")
    for process in (first, newer):
        process.end()


def test_a_terminal_that_lost_its_seat_says_so_and_can_take_it_back(at_work: Transactions) -> None:
    def clock() -> datetime:
        return NOW

    road = FloorRoad(
        lambda: at_work, site=SITE, seat="H1", station="", now=clock, identify=lambda: FIRST
    )
    road.sit()
    there = sit(at_work, SECOND, take=True)
    lost = road.take(1, "BADGE-ANA", "")
    assert lost.said is not None
    assert (lost.said.text, lost.prompt.ask) == (f"refusal.{Code.SEAT_LOST}", "seat.taken")
    assert road.take(1, "*DONE", "").prompt.ask == "sign_in.scan_badge"
    with pytest.raises(SeatTaken):
        scan(at_work, there, "BADGE-ANA", SECOND)


def test_a_token_is_written_down_before_it_is_used_and_the_last_ones_are_kept(
    tmp_path: Path,
) -> None:
    settings = Settings(state=str(tmp_path / "state"))
    first = identify(settings)
    assert identify(settings).had(first.token)
    other = identify(replace(settings, seat="T2"))
    assert not other.had(first.token)
    drawn = [identify(settings).token for _ in range(TOKENS_MAX)]
    last = identify(settings)
    assert last.known == tuple(drawn[-TOKENS_KEPT:])
    assert not last.had(first.token)
    files = sorted((tmp_path / "state").iterdir())
    assert len(files) == 2
    assert all(not file.stat().st_mode & 0o077 for file in files)


def test_a_device_that_cannot_keep_its_identity_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BadSetting, match="Name another folder with --state"):
        identify(Settings(state=str(tmp_path / "file" / "below")))
