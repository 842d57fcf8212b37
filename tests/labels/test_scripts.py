"""Letters that no font here has: wherever labels are made it is said which, and what to install."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from conftest import NOW, SITE
from labels.nasty import forget_fonts, only_own_fonts
from sqlalchemy import select

from floorhand.cli import main
from floorhand.labels import font_files, fonts
from floorhand.labels.printers import FolderPrinter
from floorhand.labels.scripts import JOINING, SCRIPTS, advice, by_script, language_advice
from floorhand.labels.spool import send_all
from floorhand.store.db import Transactions, engine_of
from floorhand.store.ledger import Cause
from floorhand.store.print_jobs import queue_label
from floorhand.store.schema import PrintJob, Trouble

CJK = "pip install 'floorhand[cjk]' or apt install fonts-noto-cjk"
TOTE = {"code": "T-1", "scan_code": "FHTFSJTPHTKV"}


@pytest.fixture(autouse=True)
def own_fonts() -> Iterator[None]:
    """As on a machine without fonts of its own."""
    with only_own_fonts():
        yield


def floorhand(*words: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(list(words))
    return int(ended.value.code or 0)


@pytest.mark.parametrize(
    ("letters", "cure"),
    [
        ("茶杯", f"Chinese, Japanese, Korean: {CJK}"),
        ("カップ", f"Chinese, Japanese, Korean: {CJK}"),
        ("머그컵", f"Chinese, Japanese, Korean: {CJK}"),
        ("ถ้วย", "Thai: pip install 'floorhand[fonts]' or apt install fonts-noto-core"),
        ("कप", "Hindi: pip install 'floorhand[fonts]' or apt install fonts-noto-core"),
        ("ספל", "Hebrew: pip install 'floorhand[fonts]' or apt install fonts-noto-core"),
        ("கோப்பை", "other letters: apt install fonts-noto-core fonts-unifont"),
        ("🧋", "signs: apt install fonts-symbola fonts-unifont"),
    ],
)
def test_every_script_has_a_cure(letters: str, cure: str) -> None:
    assert advice(f"Mug {letters} 0.3 l") == [cure]


def test_letters_that_are_there_need_none() -> None:
    assert advice(fonts.printable("Łódź Ελληνικά Кириллица Nguyễn شركة")) == []
    assert by_script("Tasse à thé …") == {}
    assert by_script("Чашка") == {"other letters": ""}


def test_letters_that_cannot_be_joined_need_a_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "joins_letters", lambda: False)
    forget_fonts()
    assert advice("شركة") == [f"Arabic: {JOINING}"]


def test_every_extra_that_is_named_is_one_of_ours() -> None:
    project = Path(__file__, "../../../pyproject.toml").resolve().read_text("utf-8")
    extras = {script.extra for script in SCRIPTS} - {""}
    assert extras
    assert all(f"\n{extra} = [" in project for extra in extras)


def test_a_language_whose_letters_are_not_there_says_why_labels_are_english() -> None:
    assert language_advice("zh").endswith(f"Chinese, Japanese, Korean: {CJK}")
    assert [language_advice(one) for one in ("en", "tr", "pl")] == ["", "", ""]


@pytest.fixture
def fonts_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Let a folder be where people put their fonts."""
    monkeypatch.setattr(font_files, "FONT_FOLDERS", (str(tmp_path / "fonts"),))
    (tmp_path / "fonts").mkdir()
    yield tmp_path / "fonts"
    monkeypatch.undo()


def test_fonts_that_somebody_put_into_the_folder_of_fonts_are_used(fonts_folder: Path) -> None:
    own = files("barcode") / "fonts" / "DejaVuSansMono.ttf"
    (fonts_folder / "mine").mkdir()
    (fonts_folder / "mine" / "Mine.TTF").write_bytes(own.read_bytes())
    (fonts_folder / "broken.otf").write_bytes(own.read_bytes()[:100])
    (fonts_folder / "readme.txt").write_text("none")
    forget_fonts()
    assert [face.getname()[0] for face in fonts._faces()[2:]] == ["DejaVu Sans Mono"]


def test_a_font_that_was_taken_away_fails_the_label_and_says_so(
    transactions: Transactions, fonts_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = fonts_folder / "mine.ttf"
    mine.write_bytes((files("barcode") / "fonts" / "DejaVuSansMono.ttf").read_bytes())
    forget_fonts()
    face = len(fonts._faces()) - 1
    monkeypatch.setattr(fonts, "leading_font", lambda _: face)
    mine.unlink()
    ask(transactions, 1, "Чашка")
    send(transactions, tmp_path)
    with transactions.begin() as tx:
        state, error = tx.execute(select(PrintJob.state, PrintJob.error)).one()
    assert state == "failed"
    assert error == "The font DejaVu Sans Mono was taken away: start anew what sends labels."


def test_the_preview_says_what_to_install(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "tote.json").write_text(json.dumps({**TOTE, "title": "茶杯"}))
    words = ("--data", str(tmp_path / "tote.json"), "--language", "zh")
    floorhand("label", "preview", "tote", *words, "--database", str(tmp_path / "none.db"))
    told = capsys.readouterr().out.splitlines()
    assert "letters that no font here has: 茶杯" in told
    assert f"  Chinese, Japanese, Korean: {CJK}" in told
    assert any(line.startswith("Words on paper are English") for line in told)


def ask(transactions: Transactions, scan_no: int, title: str) -> None:
    with transactions.begin() as tx:
        cause = Cause(SITE, f"S1:{scan_no}", "ana", "S1", "", NOW)
        queue_label(tx, cause, "tote", f"T-{scan_no}", {**TOTE, "title": title})


def send(transactions: Transactions, folder: Path) -> None:
    send_all(transactions, SITE, {"folder": FolderPrinter(folder)}, lambda: NOW)


def troubles(transactions: Transactions) -> list[tuple[str, str, dict[str, str]]]:
    with transactions.begin() as tx:
        told = select(Trouble.kind, Trouble.subject, Trouble.facts)
        rows = tx.execute(told.where(Trouble.closed_at.is_(None))).all()
    return [(row.kind, row.subject, json.loads(row.facts)) for row in rows]


def test_a_label_that_came_out_without_letters_says_which_and_what_to_install(
    transactions: Transactions, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    ask(transactions, 1, "茶杯")
    ask(transactions, 2, "酒杯")
    with caplog.at_level("INFO"):
        send(transactions, tmp_path)
    assert f"is sent, but no font here has: 茶杯; Chinese, Japanese, Korean: {CJK}" in caplog.text
    with transactions.begin() as tx:
        first = tx.scalar(select(PrintJob.error).where(PrintJob.subject == "T-1"))
    assert first == f"no font here has: 茶杯; Chinese, Japanese, Korean: {CJK}"
    facts = {"letters": "茶杯", "cure": CJK, "template": "tote", "label": "T-1"}
    assert troubles(transactions) == [("letters_missing", "Chinese, Japanese, Korean", facts)]


def test_it_is_no_trouble_any_more_once_a_label_came_out_whole(
    transactions: Transactions, tmp_path: Path
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fonts, "joins_letters", lambda: False)
        forget_fonts()
        ask(transactions, 1, "شركة")
        send(transactions, tmp_path)
    assert [kind for kind, *_ in troubles(transactions)] == ["letters_missing"]
    forget_fonts()
    ask(transactions, 2, "Tazza")
    send(transactions, tmp_path)
    assert len(troubles(transactions)) == 1
    ask(transactions, 3, "شركة")
    send(transactions, tmp_path)
    assert troubles(transactions) == []


def test_an_office_is_told_which_letters_labels_lack(
    transactions: Transactions, tmp_path: Path, monkeypatch: Any, capsys: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    ask(transactions, 1, "茶杯")
    send(transactions, tmp_path)
    database = ("--database", engine_of(transactions).url.render_as_string(hide_password=False))
    floorhand("printers", *database)
    assert (
        "Labels lack letters (Chinese, Japanese, Korean): no font has 茶杯 where labels are "
        "drawn, first on tote T-1. Install there, then start anew what sends labels: " + CJK
    ) in capsys.readouterr().out.splitlines()
    floorhand("printers", "--json", *database)
    told = json.loads(capsys.readouterr().out)["letters_missing"]
    assert [(one["script"], one["cure"]) for one in told] == [("Chinese, Japanese, Korean", CJK)]
    monkeypatch.setenv("FLOORHAND_LANGUAGE", "zh")
    floorhand("printers", "test", "folder", *database)
    assert f"no font here has letters of zh. Chinese, Japanese, Korean: {CJK}" in (
        capsys.readouterr().out
    )
