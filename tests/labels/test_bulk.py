"""Many labels: interrupted and gone on with, progress, sheets of stickers."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from labels.nasty import read_back
from labels.test_label_command import here, label, read_pdf, warehouse  # noqa: F401  # a fixture
from PIL import Image

from floorhand.cli import main
from floorhand.domain.gs1 import gs1_check_digit
from floorhand.domain.labels import KINDS
from floorhand.errors import BadFile, BadLabel
from floorhand.labels import bulk
from floorhand.labels.bulk import RUN_FILE, Progress, unfinished
from floorhand.labels.picture import draw
from floorhand.labels.placed import DOTS_PER_MM
from floorhand.labels.printers import FolderPrinter, Form, Rendered
from floorhand.labels.render import lay_out_named
from floorhand.labels.sheet_file import Sheet, load_sheet, parse_sheet, sheet_names
from floorhand.labels.sheets import SHEET_DPI, sheet_pages
from floorhand.store.label_data import LabelWanted

pytestmark = pytest.mark.usefixtures("warehouse")


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


class Stopped:
    """Stops a run at a label, as Ctrl-C or a kill does; notes which were written."""

    def __init__(self, patch: pytest.MonkeyPatch, at: int, error: type[BaseException]) -> None:
        self.written: list[int] = []
        self.at, self.error = at, error
        self._send = FolderPrinter.send
        patch.setattr(FolderPrinter, "send", self._of_printer())

    def _of_printer(self) -> Callable[[FolderPrinter, Rendered], object]:
        def send(printer: FolderPrinter, one: Rendered) -> object:
            return self.send(printer, one)

        return send

    def send(self, printer: FolderPrinter, one: Rendered) -> object:
        if one.number == self.at:
            raise self.error
        self.written.append(one.number)
        return self._send(printer, one)


WORDS = ("bins", "--folder", "out", "--as", "zpl")


def test_an_interrupted_run_goes_on_where_it_was(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stopped = Stopped(monkeypatch, 8, KeyboardInterrupt)
    assert label(*WORDS) == 130
    told = "Interrupted: 7 of 24 are in out. The same command goes on there."
    assert told in capsys.readouterr().err
    stopped.at, stopped.written = 0, []
    assert label(*WORDS) == 0
    assert "24 labels as ZPL in out, the first 7 of them from before" in capsys.readouterr().out
    assert stopped.written == list(range(8, 25))
    whole = files(Path("out"))
    assert len(whole) == 24
    assert label("bins", "--folder", "again", "--as", "zpl") == 0
    assert files(Path("again")) == whole


def test_a_killed_process_leaves_whole_files_and_a_run_to_go_on_with(tmp_path: Path) -> None:
    program = (
        "import os; from floorhand.labels.printers import FolderPrinter as F; send = F.send\n"
        "F.send = lambda self, one: os._exit(9) if one.number == 5 else send(self, one)\n"
        f"from floorhand.cli import main; main(['label', *{WORDS!r}, '--database', {here()!r}])"
    )
    source = str(Path(bulk.__file__).parents[2])
    environ = {**os.environ, "PYTHONPATH": source}
    ended = subprocess.run([sys.executable, "-c", program], env=environ, check=False, timeout=60)
    assert ended.returncode == 9
    half = Path("out/.000005-bin-A-01-5.zpl.77.part")
    half.write_bytes(b"^XA^FO")
    assert label(*WORDS) == 0
    names = [name for name in files(Path("out")) if name.startswith(".")]
    assert names == []
    assert len(files(Path("out"))) == 24


@pytest.mark.parametrize("more", [("--dpi", "300"), ("--as", "png"), ("A-01-1", "A-01-2")])
def test_another_run_begins_with_the_first_label(
    monkeypatch: pytest.MonkeyPatch, more: tuple[str, ...]
) -> None:
    stopped = Stopped(monkeypatch, 8, KeyboardInterrupt)
    label(*WORDS)
    stopped.at, stopped.written = 0, []
    assert label(*WORDS, *more) == 0
    assert stopped.written[0] == 1


def test_new_digits_of_a_bin_begin_the_run_anew() -> None:
    def run(digits: str) -> bulk.Run:
        one = LabelWanted("bin", "A", {**KINDS["bin"].sample, "check_digits": digits})
        return unfinished(Path("out"), [one], 203, [Form.ZPL])

    with run("47").going_on() as notes:
        notes.write("1\n")
        notes.flush()
        assert (run("47").done, run("48").done) == (1, 0)
    assert run("47").done == 0


@pytest.mark.parametrize(
    ("written", "done"),
    [("", 0), ("1\n2\n3\n", 3), ("1\n2\n17", 2), ("1\n\x00\x00\n", 1), ("x\n", 0)],
)
def test_a_torn_note_does_not_count(tmp_path: Path, written: str, done: int) -> None:
    (tmp_path / RUN_FILE).write_text(f"key\n{written}", "ascii")
    assert bulk.Run(tmp_path, "key").done == done
    assert bulk.Run(tmp_path, "other").done == 0


def test_an_interrupted_rotation_is_not_repeated_but_printed_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Stopped(monkeypatch, 3, KeyboardInterrupt)
    assert label("rotate", "--zone", "B", "--folder", "out") == 130
    assert "To print them again: floorhand label bins" in capsys.readouterr().err


class Terminal(io.StringIO):
    """Where a bar is shown."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


def test_the_bar_counts_to_the_end_and_only_where_it_is_seen() -> None:
    terminal, file = Terminal(), io.StringIO()
    for out in (terminal, file):
        progress = Progress("labels", 200, out, done=100)
        for _ in range(100):
            progress.step()
    assert file.getvalue() == ""
    assert terminal.getvalue().endswith("\x1b[K\n")
    assert "█" * bulk.BAR_CHARACTERS + " 200 of 200 labels" in terminal.getvalue()
    few = Terminal()
    Progress("labels", 99, few).step()
    assert few.getvalue() == ""


def test_the_bar_says_how_long_it_still_takes() -> None:
    progress = Progress("labels", 400, Terminal(), done=100)
    for _ in range(100):
        progress.step()
    assert progress.line(2.0) == "█" * 12 + "░" * 12 + " 200 of 400 labels, 50/s  4 s left"


@pytest.mark.parametrize("name", sheet_names())
def test_every_sheet_is_good_and_full_of_readable_labels(name: str) -> None:
    sheet = load_sheet(name)
    small = {"a4-70x37": "sku", "letter-67x25": "sku", "a4-99x38": "grade"}
    template = small.get(name, "pallet" if sheet.sticker_mm[0] > 200 else "slot")
    count = sheet.stickers or 3
    layouts = []
    for n in range(count):
        sscc = f"39521234000000{n:03}"
        own = {"scan_code": f"FH{n:04}", "barcode": "", "sku": f"S-{n:03}"}
        own["sscc"] = sscc + gs1_check_digit(sscc)
        layouts.append(lay_out_named(template, {**KINDS[template].sample, **own}, SHEET_DPI))
    (page,) = sheet_pages(map(draw, layouts), sheet)
    scale = DOTS_PER_MM[SHEET_DPI]
    assert page.size == tuple(int(side * scale) for side in sheet.page_mm)
    assert read_back(page) == sorted(one.symbols[0].symbol.reads for one in layouts)


def test_each_label_stands_in_the_middle_of_its_own_sticker() -> None:
    sheet = Sheet("own", (210, 297), (2, 3), (100, 60), (5, 10), (102, 70))
    scale = DOTS_PER_MM[SHEET_DPI]
    blot = Image.new("1", (round(40 * scale), round(20 * scale)), 0)
    pages = list(sheet_pages([blot] * 5, sheet, first=4))
    assert len(pages) == 2
    first = pages[0].convert("L").point(lambda dot: 255 - dot)
    for at in range(6):
        left, top = 5 + at % 2 * 102, 10 + at // 2 * 70
        box = tuple(round(side * scale) for side in (left, top, left + 100, top + 60))
        seen = first.crop(box).getbbox()
        if at < 3:
            assert seen is None
        else:
            wanted = (30 * scale, 20 * scale, 70 * scale, 40 * scale)
            assert seen == pytest.approx(wanted, abs=2)


def test_a_label_is_turned_but_never_made_smaller_or_cut() -> None:
    layout = lay_out_named("shipping", KINDS["shipping"].sample, SHEET_DPI)
    (page,) = sheet_pages([draw(layout)], load_sheet("a4-210x148"))
    assert read_back(page) == [layout.symbols[0].symbol.reads]
    with pytest.raises(
        BadLabel, match=r"101\.6 x 152\.4 mm does not fit the stickers of a4-105x57"
    ):
        list(sheet_pages([draw(layout)], load_sheet("a4-105x57")))


GOOD = """\
page_mm = [210, 297]
columns = 2
rows = 5
sticker_mm = [100, 50]
first_mm = [5, 10]
pitch_mm = [100, 55]
"""


@pytest.mark.parametrize(
    ("good", "bad", "says"),
    [
        ("page_mm = [210, 297]", "", "own.toml: sheet: page_mm is missing"),
        ("rows = 5\n", "", "own.toml: sheet: rows is missing"),
        ("rows = 5", "rows = 50", "own.toml: sheet: rows must be 1 to 40, is 50"),
        ("rows = 5", "rows = 6", "own.toml: sheet: the rows end at 335 mm, the page at 297 mm"),
        ("[100, 55]", "[90, 55]", "own.toml: sheet: pitch_mm: the columns overlap: 90 < 100 mm"),
        ("rows = 5", "rows = 5\ncolour = 1", "own.toml: sheet: no such setting: colour"),
        ("rows", "rows!", "own.toml: not TOML"),
    ],
)
def test_a_bad_sheet_is_refused_by_file_and_setting(good: str, bad: str, says: str) -> None:
    assert parse_sheet("own.toml", GOOD).stickers == 10
    with pytest.raises(BadFile) as refused:
        parse_sheet("own.toml", GOOD.replace(good, bad, 1))
    assert says in str(refused.value)


def test_own_sheets_and_a_started_one(tmp_path: Path) -> None:
    Path("own.toml").write_text(GOOD, "utf-8")
    words = ("bins", "--zone", "A", "--pdf", "a.pdf", "--sheet", "./own.toml", "--first", "9")
    assert label(*words) == 0
    assert [len(page) for page in read_pdf(Path("a.pdf"))] == [2, 10]
    assert label("sku", "--pdf", "l.pdf", "--sheet", "letter") == 0


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--sheet", "a5"], "There is no sheet 'a5'; there are: a4, "),
        (["--sheet", "./no.toml"], "no.toml: cannot be read"),
        (["--sheet", "a4-105x57", "--first", "11"], "--first 11: a sheet of a4-105x57 has 10."),
        (["--first", "2"], "--first 2: a sheet of a4 has 0."),
        (["--sheet", "a4", "--first", "0"], "--first counts from 1."),
        (["--sheet", "a4", "--one-per-page"], "Either --sheet or --one-per-page, not both."),
        (["--sheet", "a4", "--zpl", "x.zpl"], "--sheet goes with --pdf."),
        (["--as", "zpl"], "--as goes with --folder."),
        (["--sheet", "a4-70x37"], "does not fit the stickers of a4-70x37"),
    ],
)
def test_what_has_no_meaning_is_refused_and_nothing_is_written(
    words: list[str], says: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    before = sorted(path.name for path in tmp_path.iterdir())
    assert label("bins", *words) == 1
    assert says in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == before


def test_a_form_that_is_none_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["label", "bins", "--folder", "out", "--as", "gif"])
    assert ended.value.code == 2
    assert "--as" in capsys.readouterr().err
