"""What went wrong in services of the night is told to whoever looks."""

from __future__ import annotations

import json
import os
import shutil
from datetime import datetime

import pytest
from homes import empty_warehouse

from floorhand.cli import main
from floorhand.commands.nightly import BYTES_MAX, WORDS_MAX, failed_services

AT = datetime(2026, 3, 2, 3, 41)

JOURNAL = """\
2026-03-02T03:40:12+0100 floor systemd[1]: Starting floorhand-check.service …
2026-03-02T03:41:02+0100 floor floorhand[771]: stock \x1b[31m of A-1-1: 3 pieces, moves say 4
2026-03-02T03:41:02+0100 floor floorhand[771]: 1 violations. Nobody should write.
2026-03-02T03:41:02+0100 floor systemd[1]: floorhand-check.service: Failed with result 'exit-code'.
"""

TOLD = (
    "floorhand-check.service failed at 2026-03-02 03:41: 1 violations. Nobody should write. "
    "See: journalctl -u floorhand-check.service"
)


@pytest.fixture
def night(tmp_path):
    """A folder in which one service has left word."""
    folder = tmp_path / "nightly"
    folder.mkdir()
    word = folder / "floorhand-check.service"
    word.write_text(JOURNAL, "utf-8")
    (folder / ".floorhand-backup.service").write_text("not whole yet")
    os.utime(word, (AT.timestamp(), AT.timestamp()))
    return folder


def test_a_service_that_failed_is_told_with_the_last_line_that_it_wrote(night) -> None:
    assert failed_services(str(night)) == (TOLD,)


def test_nothing_is_told_where_nothing_failed(tmp_path) -> None:
    assert failed_services("") == ()
    assert failed_services(str(tmp_path / "nothing ever did")) == ()


def test_a_folder_that_cannot_be_read_is_no_good_news(tmp_path) -> None:
    (tmp_path / "file").touch()
    (told,) = failed_services(str(tmp_path / "file"))
    assert "how the night was is not known" in told


def test_much_word_is_told_in_part(night) -> None:
    (night / "floorhand-check.service").write_text("x" * BYTES_MAX + JOURNAL, "utf-8")
    for number in range(WORDS_MAX):
        (night / f"z{number}").touch()
    told = failed_services(str(night))
    assert len(told) == WORDS_MAX
    assert told[0].startswith("floorhand-check.service failed at ")
    assert ": 1 violations. Nobody" in told[0]


@pytest.mark.sqlite("it is told beside any database")
def test_it_is_told_by_the_state_of_the_database_and_in_a_summary(
    night, tmp_path, capsys, monkeypatch
) -> None:
    shutil.copyfile(empty_warehouse(), tmp_path / "floor.db")
    monkeypatch.setenv("FLOORHAND_NIGHTLY", str(night))
    monkeypatch.setenv("FLOORHAND_DATABASE", str(tmp_path / "floor.db"))

    def ran(*words: str) -> tuple[object, str]:
        with pytest.raises(SystemExit) as ended:
            main(list(words))
        return ended.value.code, capsys.readouterr().out

    code, page = ran("db", "--quick")
    assert (code, f"! {TOLD}" in page.splitlines()) == (1, True)
    assert TOLD in json.loads(ran("db", "--quick", "--json")[1])["problems"]
    assert TOLD in " ".join(ran("summary")[1].split())
    assert json.loads(ran("summary", "--json")[1])["nightly"] == [TOLD]
