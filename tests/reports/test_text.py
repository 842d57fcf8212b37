"""A report as text: in any width, with few characters, in any language, and never harmful."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hostile import PAYLOADS
from reports.figures import START, done, hostile, report, sample

from floorhand.domain.correcting import REASONS
from floorhand.domain.packing import MISSING_REASONS
from floorhand.reports.bars import chart_lines
from floorhand.reports.goods import adjustments
from floorhand.reports.making import Making
from floorhand.reports.model import Bar, Chart
from floorhand.reports.orders import in_time
from floorhand.reports.page_of_text import MAIL_COLUMNS, mail_of, text_of
from floorhand.text.catalog import catalog, languages
from floorhand.text.columns import width

ENGLISH = catalog("en")
UNSAFE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
PACE = Chart(
    "picking",
    "Picking",
    (Bar("06:00", 40), Bar("07:00", 80.5), Bar("08:00", None)),
    60,
    "target 60",
)


def below(title: str, page: str) -> list[str]:
    """The lines of a section."""
    return page.split(f"\n{title}\n", 1)[1].split("\n\n", 1)[0].splitlines()[1:]


def test_a_page_begins_with_what_the_next_hour_needs() -> None:
    page = text_of(report(), 80).splitlines()
    assert page[0] == "MAIN Shift early: 2026-03-02 06:00 to 14:00 (Europe/Rome)"
    assert page[2] == "Will we make it?"
    assert "Orders whose deadline passed in this shift: 40. Of these in time: 37." in page


def test_the_hour_that_clocks_show_twice_is_told_apart() -> None:
    night = datetime(2026, 10, 24, 23, tzinfo=UTC)  # clocks go back at 01:00
    of = {"pieces": 60, "units": 60, "lines": 60, "active_s": 3600, "target": None, "usual": None}
    hours = [{**of, "start": (night + timedelta(hours=n)).isoformat()} for n in range(4)]
    pace = {"target": None, "target_of": None, "unit": "lines", "hours": hours}
    end = (night + timedelta(hours=8)).isoformat()
    period = {**sample()["period"], "start": night.isoformat(), "end": end}
    stock = {**sample()["stock"], "as_of": end}
    told = report(period=period, stock=stock, pace={"picking": pace})
    section = next(one for one in told.sections if one.name == "pace")
    clocks = ["01:00", "02:00A", "02:00B", "03:00"]
    assert [bar.label for bar in section.charts[0].bars] == clocks
    page = text_of(told, 80)
    assert [line.split()[0] for line in page.splitlines() if line.lstrip()[:6] in clocks] == [
        "02:00A",
        "02:00B",
    ] * 2


def test_who_worked_for_less_than_half_an_hour_is_not_ranked() -> None:
    workers = sample()["workers"]
    workers["8"]["picking"] = done(200, 1799)
    for told, order in (
        (report(), ["8 Ben", "7 Ana"]),
        (report(workers=workers), ["7 Ana", "8 Ben"]),
    ):
        rows = next(one.table for one in told.sections if one.name == "work").rows
        assert [row[1] for row in rows] == order


def test_the_time_of_a_person_is_split_without_a_rest() -> None:
    head, ana, *_ = below("People", text_of(report(), 120))
    assert "Signed in  Active   Gap  Other  Busy  Scans  Refused  Undone  Accuracy" in head
    cells = ["7", "Ana", "2:00", "1:00", "0:15", "0:45", "50%", "200", "0", "2", "97%"]
    assert ana.split() == cells


def test_what_we_reach_stands_beside_last_time_and_what_the_field_reaches() -> None:
    page = text_of(report(), 120)
    lines = below("This shift beside others", page)
    assert any(
        line.split() == ["Orders", "in", "time", "92.5%", "97.5%", "98%", "99.7%", "–"]
        for line in lines
    )
    assert any(
        line.split()[:4] == ["Dock", "to", "stock,", "half"] and "3:30" in line for line in lines
    )


def test_an_outlook_tells_the_held_orders_that_it_sets_aside() -> None:
    one = {"due_at": "2026-03-02T16:00:00+00:00", "needed_per_hour": 2.0, "ends_at": None}
    one |= {"outlook": "in_time", "blocked": 3, "open": 9, "gone": 0}
    figures = sample() | {"now": {"cut_offs": [one]}}
    section = in_time(Making(figures, ENGLISH, ZoneInfo("UTC")))
    assert section.table is not None
    assert section.table.rows[0][1] == "in time, 3 held"


def test_scans_are_refused_in_words() -> None:
    page = text_of(report(), 120)
    assert "place_missed" not in page
    assert ENGLISH.outline("refusal.place_missed")[:20] in page


@pytest.mark.parametrize("language", languages())
def test_whatever_puts_the_stock_right_is_told_in_words(language: str) -> None:
    figures = sample()
    by_reason = {name: {"plus": 1, "minus": 2} for name in (*REASONS, *MISSING_REASONS, "EndCount")}
    figures["adjustments"] = figures["adjustments"] | {"by_reason": by_reason}
    section = adjustments(Making(figures, catalog(language), ZoneInfo("UTC")))
    assert section is not None
    assert section.table is not None
    assert not {row[1] for row in section.table.rows} & {*by_reason}


def test_a_gap_says_what_the_rows_prove_of_it() -> None:
    assert "Break of everybody" in text_of(report(), 120)


def test_columns_give_way_on_a_narrow_page_and_are_named() -> None:
    page = text_of(report(), 60)
    assert "Refused %" not in below("Work by job", page)[0]
    assert "Wider pages and files show too: " in page.replace("\n", " ")


def test_a_bar_ends_in_eighths_of_a_column_and_has_a_mark_at_the_target() -> None:
    assert chart_lines(PACE, ENGLISH, 26) == [
        "Picking (target 60)",
        "  06:00 ██████▌   │     40",
        "  07:00 ██████████┃██ 80.5",
        "  08:00           │      –",
    ]


def test_a_target_of_an_active_hour_is_drawn_for_as_much_as_was_worked() -> None:
    hours = [
        {"start": (START + timedelta(hours=nth)).isoformat(), "lines": lines, "target": target}
        for nth, (lines, target) in enumerate([(30, 20.0), (10, 40.0)])
    ]
    pace = {"target": 60, "target_of": "site", "unit": "lines"}
    for one in hours:
        one["pieces"] = 1
    told = report(pace={"picking": {**pace, "hours": hours}})
    (chart,) = next(one.charts for one in told.sections if one.name == "pace")
    assert chart_lines(chart, ENGLISH, 25) == [
        "Picking: lines in each hour (target 60 an active hour)",
        "  06:00 ███████┃██▌    30",
        "  07:00 ███▌         │ 10",
    ]


def test_what_a_site_wants_of_a_job_stands_beside_what_was_reached() -> None:
    wanted = {"target_per_hour": 250, "target_unit": "pieces", "target_pct": 80.0}
    page = text_of(report(jobs=sample()["jobs"] | {"picking": done(300, 5400, **wanted)}), 120)
    _, row, *_ = below("Work by job", page)
    assert row.split()[-2:] == ["250", "80%"]


def test_a_chart_needs_no_more_than_ascii() -> None:
    assert chart_lines(PACE, ENGLISH, 26, plain=True) == [
        "Picking (target 60)",
        "  06:00 #######   |     40",
        "  07:00 ##########|## 80.5",
        "  08:00           |      –",
    ]


@pytest.mark.parametrize("columns", [26, 40, 80, 120])
@pytest.mark.parametrize("language", languages())
def test_no_line_is_wider_than_the_page(language: str, columns: int) -> None:
    for line in text_of(report(language), columns).splitlines():
        assert width(line) <= columns, line


@pytest.mark.parametrize("language", languages())
def test_every_word_is_told_in_every_language(language: str) -> None:
    page = text_of(report(language), 120)
    assert re.findall(r"\b(?:report|board|job|waits)\.[a-z_.]+", page) == []
    assert "{" not in page


def test_tenths_are_written_as_people_write_them() -> None:
    assert "92,5 %" in text_of(report("de"), 80)
    assert "92,5\u202f%" not in text_of(report("fr"), 80)


def test_a_page_of_ascii_has_nothing_else() -> None:
    assert text_of(report("pl"), 80, "ascii").isascii()


def test_names_are_never_more_than_names() -> None:
    told = hostile(*(payload.text for payload in PAYLOADS))
    for page, columns in ((text_of(told, 40), 40), (text_of(told, 120), 120), (mail_of(told), 200)):
        assert UNSAFE.findall(page) == []
        assert max(map(width, page.splitlines())) <= columns


def test_a_mail_has_its_subject_in_one_line_and_fits_every_program() -> None:
    period = sample()["period"] | {"name": "early\nBcc: all@example.com"}
    subject, rest = mail_of(report(period=period)).split("\n\n", 1)
    assert subject.startswith("Subject: MAIN Shift early␊Bcc: all@example.com, 2026-03-02 06:00")
    assert max(map(width, rest.splitlines())) <= MAIL_COLUMNS


def test_stock_that_is_not_proved_is_no_proof() -> None:
    stock = sample()["stock"] | {"ok": False, "violations": 2}
    assert "STOCK NOT PROVED at 2026-03-02 14:00. Violations: 2." in text_of(
        report(stock=stock), 80
    )
