"""A report as files: numbers are numbers, data is never a formula, and nothing is overwritten."""

from __future__ import annotations

import csv
import re
import sys
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pypdfium2
import pytest
from conftest import SITE, new_warehouse
from homes import home_of
from hostile import PAYLOADS
from reports.figures import START, hostile, report, sample

from floorhand.cli import main
from floorhand.reports.leaf import write_leaf
from floorhand.reports.spreadsheet import write_workbook
from floorhand.reports.tables import write_figures, write_folder

PACE = {
    "picking": {
        "target": 60.0,
        "target_of": "mean",
        "unit": "pieces",
        "hours": [
            {"start": (START + timedelta(hours=hour)).isoformat(), "pieces": 50 + 10 * hour}
            for hour in range(8)
        ],
    }
}
HOSTILE = (
    *("=cmd|' /C calc'!A0", "@SUM(1)", "+1+1", "\t=1", "http://x.example/", "\u202eevil"),
    *(payload.text for payload in PAYLOADS),
)


def parts(file: Path) -> dict[str, str]:
    """The parts of a workbook, by name."""
    with zipfile.ZipFile(file) as book:
        return {name: book.read(name).decode() for name in book.namelist()}


def sheet(file: Path, title: str) -> str:
    """The rows of a sheet, as XML."""
    found = parts(file)
    names = re.findall(r'<sheet name="([^"]+)"', found["xl/workbook.xml"])
    return found[f"xl/worksheets/sheet{names.index(title) + 1}.xml"]


def page_of(file: Path) -> str:
    """The text of the only page of a PDF."""
    document = pypdfium2.PdfDocument(file)
    assert len(document) == 1
    return document[0].get_textpage().get_text_range()


def test_a_workbook_has_a_sheet_for_each_table_and_one_for_the_words(tmp_path: Path) -> None:
    told = report(pace=PACE)
    write_workbook(told, tmp_path / "shift.xlsx")
    found = parts(tmp_path / "shift.xlsx")
    assert found["xl/workbook.xml"].count("<sheet ") == len(told.tables) + 1
    assert "'Pace by hour'!$B$2:$B$9" in found["xl/charts/chart1.xml"]


def test_a_chart_in_a_workbook_has_the_line_of_its_target_from_cells_beside_the_table(
    tmp_path: Path,
) -> None:
    write_workbook(report(pace=PACE), tmp_path / "shift.xlsx")
    (chart,) = (text for name, text in parts(tmp_path / "shift.xlsx").items() if "/chart1" in name)
    assert "<c:lineChart>" in chart
    assert "'Pace by hour'!$C$2:$C$9" in chart
    pace = sheet(tmp_path / "shift.xlsx", "Pace by hour")
    assert re.findall(r'<c r="C\d" s="\d+"><v>([^<]+)</v>', pace) == ["60"] * 8
    without = {"picking": {**PACE["picking"], "target": None, "target_of": ""}}
    write_workbook(report(pace=without), tmp_path / "none.xlsx")
    (chart,) = (text for name, text in parts(tmp_path / "none.xlsx").items() if "/chart1" in name)
    assert "<c:lineChart>" not in chart


def test_numbers_shares_lengths_and_moments_are_numbers_in_a_workbook(tmp_path: Path) -> None:
    write_workbook(report(), tmp_path / "shift.xlsx")
    people = sheet(tmp_path / "shift.xlsx", "People")
    assert re.findall(r'<c r="(?:B|F|G)2" s="\d+"><v>([^<]+)</v>', people) == [
        str(2 / 24),
        "0.5",
        "200",
    ]
    gaps = sheet(tmp_path / "shift.xlsx", "Gaps of more than five minutes")
    (moment,) = re.findall(r'<c r="B2" s="\d+"><v>([^<]+)</v>', gaps)
    assert float(moment) % 1 == 9 / 24  # by the clock of the building


NIGHT = {
    "period": {
        "name": "night",
        "start": datetime(2026, 10, 25, 0, tzinfo=UTC).isoformat(),
        "end": datetime(2026, 10, 25, 3, tzinfo=UTC).isoformat(),
        "length_s": 10_800,
    },
    "stock": sample()["stock"] | {"as_of": datetime(2026, 10, 25, 3, tzinfo=UTC).isoformat()},
    "pace": {
        "picking": {
            **PACE["picking"],
            "hours": [
                {"start": datetime(2026, 10, 25, hour, tzinfo=UTC).isoformat(), "pieces": 50}
                for hour in (0, 1, 2)
            ],
        }
    },
}
"""The night in which clocks are put back: 2 o'clock comes twice."""


def test_a_workbook_tells_the_two_hours_that_a_clock_shows_alike(tmp_path: Path) -> None:
    write_workbook(report(**NIGHT), tmp_path / "night.xlsx")
    pace = sheet(tmp_path / "night.xlsx", "Pace by hour")
    cells = re.findall(r'<c r="A\d" s="(\d+)"><v>([^<]+)</v>', pace)
    assert len(cells) == 3
    assert cells[0][1] == cells[1][1]
    styles = parts(tmp_path / "night.xlsx")["xl/styles.xml"]
    forms = dict(re.findall(r'<numFmt numFmtId="(\d+)" formatCode="([^"]+)"', styles))
    used = re.findall(r'<xf numFmtId="(\d+)"', styles.partition("<cellXfs")[2])
    day = "yyyy-mm-dd hh:mm:ss"
    assert [forms[used[int(style)]].replace("&quot;", '"') for style, _ in cells] == [
        f'{day} "+02:00"',
        f'{day} "+01:00"',
        day,
    ]


def test_moments_in_a_folder_of_tables_have_their_offset(tmp_path: Path) -> None:
    files = write_folder(report(**NIGHT), tmp_path / "tables")
    (pace,) = (file for file in files if file.name.endswith("-pace.csv"))
    rows = list(csv.reader(pace.read_text("utf-8-sig").splitlines()))
    assert [row[0] for row in rows[1:]] == [
        "2026-10-25T02:00:00+02:00",
        "2026-10-25T02:00:00+01:00",
        "2026-10-25T03:00:00+01:00",
    ]


def test_nothing_in_a_workbook_is_a_formula_or_a_link(tmp_path: Path) -> None:
    write_workbook(hostile(*HOSTILE), tmp_path / "shift.xlsx")
    found = parts(tmp_path / "shift.xlsx")
    sheets = "".join(text for part, text in found.items() if "worksheets/sheet" in part)
    assert "<f>" not in sheets
    assert "<hyperlink" not in sheets
    assert "=cmd|' /C calc'!A0" in found["xl/sharedStrings.xml"]  # as it is, and a text


def test_a_folder_of_tables_calculates_nothing(tmp_path: Path) -> None:
    cells = [
        cell
        for file in write_folder(hostile(*HOSTILE), tmp_path / "tables")
        for row in csv.reader(file.read_text("utf-8-sig").splitlines())
        for cell in row
    ]
    assert "'=cmd|' /C calc'!A0" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t"))]


def test_a_line_of_the_file_of_figures_is_one_figure_with_its_unit(tmp_path: Path) -> None:
    write_figures(report(), tmp_path / "shift.csv")
    lines = (tmp_path / "shift.csv").read_text("utf-8-sig").splitlines()
    assert lines[0] == "section,row,about,figure,value,unit"
    assert "people,1,7 Ana,active,3600,s" in lines
    assert "people,1,7 Ana,busy,50,%" in lines
    gap = "7 Ana · Picking · Picking · Break of everybody"
    assert f"gaps,1,{gap},since,2026-03-02T09:00:00+01:00,moment" in lines


@pytest.mark.parametrize("language", ["pl", "tr"])
def test_a_page_lacks_no_letter_of_a_language(language: str, tmp_path: Path) -> None:
    assert write_leaf(report(language, pace=PACE), tmp_path / "shift.pdf") == ""


def test_there_is_one_page_however_many_worked(tmp_path: Path) -> None:
    workers = {str(n): sample()["workers"]["7"] | {"name": f"No. {n}"} for n in range(60)}
    write_leaf(report(pace=PACE, workers=workers), tmp_path / "shift.pdf")
    page = page_of(tmp_path / "shift.pdf")
    assert re.search(r"\d+ more", page)
    for title in ("Will we make it?", "People", "Returns", "Stock proved at 2026-03-02 14:00"):
        assert title in page


def test_letters_that_no_font_of_a_page_has_are_drawn_or_told(tmp_path: Path) -> None:
    file = tmp_path / "shift.pdf"
    assert write_leaf(report(name="Łukasz Şahin"), file) == ""
    assert "Łukasz Şahin" in page_of(file)
    assert write_leaf(report(name="\U0001f9ff𐎠"), file) == "𐎠\U0001f9ff"
    write_leaf(hostile(*HOSTILE), file)
    assert "=cmd|' /C calc'!A0" in page_of(file)


@pytest.fixture
def floor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    new_warehouse(tmp_path)
    monkeypatch.setenv("FLOORHAND_DATABASE", home_of(tmp_path / "floor.db"))
    monkeypatch.setenv("FLOORHAND_SITE", SITE)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def ran(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[object, str]:
    with pytest.raises(SystemExit) as ended:
        main(["summary", *words])
    told = capsys.readouterr()
    return ended.value.code, told.out + told.err


def test_files_are_written_whole_and_never_over_others(floor: Path, capsys) -> None:
    words = ("--pdf", "a.pdf", "--xlsx", "a.xlsx", "--csv", "tables")
    code, told = ran(capsys, *words)
    assert code == 0
    assert told.splitlines()[:3] == [
        "Written: a.pdf",
        "Written: a.xlsx",
        "Written: tables/01-in_time.csv"
        if "in_time" in told
        else "Written: tables/01-headline.csv",
    ]
    assert (floor / "a.pdf").read_bytes()[:5] == b"%PDF-"
    for name, file in (("--pdf", "a.pdf"), ("--xlsx", "a.xlsx"), ("--csv", "tables")):
        code, told = ran(capsys, name, file)
        assert (code, "is there already" in told) == (1, True), file
        assert ran(capsys, name, file, "--replace")[0] == 0
    assert not list(floor.rglob("*.part"))


def test_an_extra_that_is_missing_is_named(floor: Path, capsys, monkeypatch) -> None:
    for module, words in (("xlsxwriter", ("--xlsx", "a.xlsx")), ("reportlab", ("--pdf", "a.pdf"))):
        for name in [name for name in sys.modules if name.partition(".")[0] == module]:
            monkeypatch.delitem(sys.modules, name)
        monkeypatch.setitem(sys.modules, module, None)
        code, told = ran(capsys, *words)
        assert (code, f"{module} is not installed" in told) == (1, True)
        assert "pip install 'floorhand[reports]'" in told
    assert not list(floor.glob("a.*"))


def test_a_mail_is_printed_and_nothing_else(floor: Path, capsys) -> None:
    with pytest.raises(SystemExit):
        main(["summary", "--email", "--csv", "all.csv"])
    told = capsys.readouterr()
    assert (told.out.startswith("Subject: "), told.err) == (True, "Written: all.csv\n")
    code, told = ran(capsys, "--email")
    assert (code, told.startswith(f"Subject: {SITE} Shift ")) == (0, True)


def test_a_mail_of_ascii_has_nothing_else(floor: Path, capsys) -> None:
    assert not ran(capsys, "--email")[1].isascii()
    code, told = ran(capsys, "--email", "--theme", "ascii")
    assert (code, told.isascii()) == (0, True)
    assert told.startswith(f"Subject: {SITE} Shift ")


def test_files_have_every_row_however_many_there_are(tmp_path: Path) -> None:
    gaps = sample()["gaps"] * 700
    files = write_folder(report(gaps=gaps), tmp_path / "tables")
    (of_gaps,) = (file for file in files if file.name.endswith("-gaps.csv"))
    assert len(of_gaps.read_text("utf-8-sig").splitlines()) == 1 + 700
