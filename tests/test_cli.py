"""The command line: one sentence and the right exit code, whatever goes wrong."""

from __future__ import annotations

import gc
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import new_warehouse
from homes import home_of
from sqlalchemy import create_engine, event, inspect
from sqlalchemy.pool import Pool

from floorhand import __main__, cli
from floorhand.cli import COMMANDS, main
from floorhand.store.db import engine_of


def run(capsys, *words: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(words)
    told = capsys.readouterr()
    return ended.value.code, told.out, told.err


def test_help_names_every_command(capsys) -> None:
    code, out, _ = run(capsys, "--help")
    assert code == 0
    assert all(f"  {name} " in out for name in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(capsys, command: str) -> None:
    code, out, _ = run(capsys, command, "--help")
    assert code == 0
    assert "--database" in out


@pytest.mark.parametrize("words", [[], ["nonsense"], ["check", "--nonsense"], ["check", "that"]])
def test_a_command_written_wrongly_is_code_two(capsys, words: list[str]) -> None:
    code, _, err = run(capsys, *words)
    assert code == 2
    assert "usage: floorhand" in err


@pytest.mark.sqlite("a file that is not there")
@pytest.mark.parametrize("command", ["check", "summary", "terminal", "talk", "simulate", "board"])
def test_a_missing_database_is_one_sentence(capsys, tmp_path: Path, command: str) -> None:
    file = tmp_path / "none.db"
    code, out, err = run(capsys, command, "--database", str(file))
    assert (code, out) == (1, "")
    assert err.count("\n") == 1
    assert f"There is no database {file}" in err
    assert not file.exists()


@pytest.mark.sqlite("a file without anything")
@pytest.mark.parametrize(
    "words",
    [["check"], ["summary"], ["terminal"], ["talk"], ["simulate"], ["label", "totes"]],
    ids=str,
)
def test_an_empty_file_is_left_empty(capsys, tmp_path: Path, words: list[str]) -> None:
    file = tmp_path / "empty.db"
    file.touch()
    code, out, err = run(capsys, *words, "--database", str(file))
    assert (code, out) == (1, "")
    assert err.count("\n") == 1
    assert f"{file} is empty: there is no warehouse in it." in err
    assert [(each, each.stat().st_size) for each in tmp_path.iterdir()] == [(file, 0)]


@pytest.mark.parametrize("command", ["check", "summary", "talk", "simulate"])
def test_an_empty_database_of_a_server_is_left_empty(capsys, postgresql_url, command: str) -> None:
    code, out, err = run(capsys, command, "--database", postgresql_url)
    assert (code, out) == (1, "")
    assert err.count("\n") == 1
    assert "is empty: there is no warehouse in it." in err
    engine = create_engine(postgresql_url)
    assert inspect(engine).get_table_names() == []
    engine.dispose()


@pytest.mark.parametrize("words", [["check"], ["check", "--json"], ["summary"], ["label", "totes"]])
def test_a_site_that_is_not_there_proves_nothing(capsys, transactions, tmp_path, words) -> None:
    code, out, err = run(
        capsys, *words, "--site", "TYPO", "--database", home_of(tmp_path / "floor.db")
    )
    assert (code, out) == (1, "")
    assert err == "floorhand: There is no site TYPO in this database. Known: MAIN.\n"


@pytest.mark.parametrize("site", [[], ["--site", "TURIN"]])
def test_a_database_that_took_nothing_yet_has_nothing_to_check(capsys, tmp_path, site) -> None:
    file = tmp_path / "orders.csv"
    file.write_text("order,sku,quantity\n1,MUG,1\n")
    at = ["--database", home_of(tmp_path / "floor.db"), *site]
    assert run(capsys, "import", str(file), *at)[0] == 3
    code, out, err = run(capsys, "check", *at)
    assert (code, err) == (0, "")
    assert out == "There is no warehouse in this database yet, so there is nothing to check.\n"
    code, out, _ = run(capsys, "check", "--json", *at)
    told = json.loads(out)
    assert (code, told["ok"], told["moves"], told["violations"]) == (0, True, 0, [])


@pytest.mark.parametrize("words", [["--shift", "noon"], ["--day", "x"], ["--from", "x"]])
def test_a_period_that_is_none_is_one_sentence(capsys, transactions, tmp_path, words) -> None:
    code, _, err = run(capsys, "summary", "--database", home_of(tmp_path / "floor.db"), *words)
    assert code == 1
    assert err.startswith("floorhand: ")
    assert err.count("\n") == 1


def test_an_empty_warehouse_has_a_summary(capsys, transactions, tmp_path: Path) -> None:
    code, out, _ = run(capsys, "summary", "--database", home_of(tmp_path / "floor.db"))
    assert code == 0
    assert "Orders shipped: 0" in out
    assert "Stock proved" in out


def test_common_options_may_stand_before_the_command(capsys, transactions, tmp_path) -> None:
    code, out, _ = run(capsys, "--database", home_of(tmp_path / "floor.db"), "check")
    assert code == 0
    assert out.startswith("ledger = balances")


def test_what_stays_is_not_looked_through_at_the_start_and_at_the_end(monkeypatch) -> None:
    done = []
    monkeypatch.setattr(gc, "set_threshold", lambda *young: done.append(young))
    monkeypatch.setattr(gc, "freeze", lambda: done.append("frozen"))
    monkeypatch.setattr(cli, "main", lambda: done.append("run") or sys.exit(3))
    monkeypatch.setattr(sys, "argv", ["floorhand", "check"])
    with pytest.raises(SystemExit) as ended:
        __main__.main()
    assert ended.value.code == 3
    assert done == [(__main__.YOUNG_MAX,), "run", "frozen"]


LATE = ("alembic", "biip", "barcode", "PIL", "zxingcpp", "psycopg", "hypothesis")


def test_the_first_screen_does_not_wait_for_what_it_does_not_need() -> None:
    script = "import sys, floorhand.ops.floor; print(*sys.modules)"
    told = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    loaded = set(told.stdout.split())
    assert loaded & set(LATE) == set()
    assert not [name for name in loaded if name.startswith("textual")]


def test_files_may_be_named_before_and_after_an_option(tmp_path, capsys) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.csv").write_text(f"sku\n{name}\n")
    first, second = (str(tmp_path / f"{name}.csv") for name in ("a", "b"))
    database = home_of(tmp_path / "x.db")
    code, out, _ = run(capsys, "import", "-d", database, first, "--merchant", "M", second)
    assert code == 0
    assert "a.csv: recognised" in out
    assert "b.csv: recognised" in out


@pytest.mark.parametrize("url", ["://x", "postgresql://h:port/db"])
@pytest.mark.parametrize("extra", [(), ("--dry-run",)])
def test_an_import_says_what_is_wrong_with_an_address(tmp_path, capsys, url, extra) -> None:
    file = tmp_path / "a.csv"
    file.write_text("sku\nA\n")
    code, _, err = run(capsys, "import", "-d", url, str(file), *extra)
    assert code == 1
    assert "is no address of a database" in err


@pytest.fixture
def still_open() -> Iterator[list[object]]:
    """The connections to databases that were opened since and not closed."""
    found: list[object] = []
    listened = {
        "connect": lambda driver, _record: found.append(driver),
        "close": lambda driver, _record: found.remove(driver),
        "close_detached": found.remove,
    }
    for name, note in listened.items():
        event.listen(Pool, name, note)
    yield found
    for name, note in listened.items():
        event.remove(Pool, name, note)


@pytest.mark.parametrize("words", [["check"], ["label", "bins"], ["seats", "free", "NOBODY"]])
def test_a_command_closes_its_database_however_it_ends(
    capsys, tmp_path: Path, still_open: list[object], words: list[str]
) -> None:
    engine_of(new_warehouse(tmp_path)).dispose()
    before = [*still_open]
    run(capsys, *words, "--database", home_of(tmp_path / "floor.db"))
    assert still_open == before
