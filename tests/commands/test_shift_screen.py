"""The report of a shift as tables of a board."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from conftest import NOW, SITE, new_warehouse
from sqlalchemy import insert
from warehouses import packing

from floorhand.commands.board import behind_line
from floorhand.commands.shift_screen import ALL, CHART, KINDS, SECTION, ShiftTables
from floorhand.config import Settings
from floorhand.domain.shifts import Period
from floorhand.reports.making import Making
from floorhand.reports.model import Report
from floorhand.reports.people import pace
from floorhand.store.cells import Details, Figure, Lead
from floorhand.store.db import Transactions, engine_of
from floorhand.store.schema import Trouble
from floorhand.text.catalog import catalog, languages
from floorhand.text.meanings import meanings
from floorhand.tui.board_details import (
    DetailsView,
    Order,
    for_file,
    lay_out_details,
    target_of,
    written,
)
from floorhand.tui.board_parts import Target
from floorhand.tui.opened import REPORTED
from floorhand.tui.rows import Row

AS_IT_IS = Order()
SHIFT = Period("day", NOW - timedelta(hours=12), NOW + timedelta(hours=12))


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Transactions]:
    transactions = new_warehouse(tmp_path)
    packing.build(transactions)
    yield transactions
    engine_of(transactions).dispose()


def view_of(details: Details, order: Order = AS_IT_IS) -> DetailsView:
    return DetailsView("", details, catalog("en"), SHIFT.start.tzinfo, NOW, order)


def text_of(rows: list[Row]) -> str:
    return "\n".join("".join(part.text for part in row) for row in rows)


def test_each_section_opens_from_the_list_of_sections(floor: Transactions) -> None:
    tables = ShiftTables(Settings(site=SITE), catalog("en"), lambda _tx, _now: SHIFT)
    with floor.begin() as tx:
        listed = tables.behind(tx, Target(ALL, ""), NOW)
        assert "Will we make it?" in text_of(lay_out_details(view_of(listed), 80, 24))
        for number, (section, count, _) in enumerate(listed.rows):
            target = target_of(view_of(listed), number)
            assert target == Target(section.kind, section.name)
            assert len(tables.behind(tx, target, NOW).rows) == (count or 0) or section.kind == CHART


def test_what_is_stuck_opens_as_it_does_at_the_board(floor: Transactions) -> None:
    with floor.begin() as tx:
        since = NOW - timedelta(minutes=75)
        row = {"kind": "suspect_stock", "subject": "A-1", "facts": "{}", "created_at": since}
        tx.execute(insert(Trouble).values(site=SITE, id="X:1/1", **row))
        tables = ShiftTables(Settings(site=SITE), catalog("en"), lambda _tx, _now: SHIFT)
        view = view_of(tables.behind(tx, Target(SECTION, "stuck"), NOW))
        leads = {row[0]: target_of(view, at) for at, row in enumerate(written(view))}
        assert ["Suspect stock", "1", "1:15"] in [
            [row[0], row[1], row[-1]] for row in written(view)
        ]
        assert leads["Suspect stock"] == Target("trouble", "suspect_stock")
        assert leads["Totes at the bench"] == Target("waits", "tote")
        for target in leads.values():
            assert behind_line(tx, SITE, target, NOW).rows


def test_a_report_is_made_again_when_it_is_old(floor: Transactions) -> None:
    asked = []

    def period_of(_tx: object, now: object) -> Period:
        asked.append(now)
        return SHIFT

    tables = ShiftTables(Settings(site=SITE), catalog("en"), period_of)
    later = NOW + timedelta(seconds=59), NOW + timedelta(seconds=60)
    with floor.begin() as tx:
        for now in (NOW, *later):
            tables.behind(tx, Target(ALL, ""), now)
    assert asked == [NOW, later[1]]


def test_figures_are_sorted_as_numbers_and_shown_as_they_are_written() -> None:
    rows = ((Lead("x", "a"), Figure(9.5, "9.5%")), (Lead("x", "b"), Figure(97.0, "97%")))
    details = Details(("section", "busy"), (*rows, (Lead("x", "c"), None)), 3)
    sorted_up = written(view_of(details, Order(1)))
    assert [row[1] for row in sorted_up] == ["9.5%", "97%", ""]


def test_what_is_said_stands_above_a_table() -> None:
    details = Details(("section",), (("x",),), 1, said=("As of now. " * 30, "Second."))
    rows = text_of(lay_out_details(view_of(details), 40, 20)).splitlines()
    assert rows[1].startswith(" As of now.")
    assert len([row for row in rows if "As of" in row]) <= 8


def report_of_pace(language: str = "en") -> Report:
    """The report of a shift in which orders were picked and packed for two hours."""
    hours = [
        {"start": (NOW + timedelta(hours=n)).isoformat(), "pieces": 5 + n, "lines": 2, "target": 4}
        for n in range(2)
    ]
    one = {"unit": "pieces", "target": 4, "target_of": "site", "hours": hours}
    as_of = (NOW + timedelta(hours=9)).isoformat()
    words, zone = catalog(language), ZoneInfo("Europe/Rome")
    figures = {"pace": {"picking": one, "packing": one}, "stock": {"as_of": as_of}}
    section = pace(Making(figures, words, zone))
    assert section is not None
    return Report("Shift", "Shift", SHIFT.start, NOW, (section,), words, zone)


@pytest.mark.parametrize("language", languages())
def test_columns_of_jobs_are_called_and_explained_as_jobs(
    floor: Transactions, language: str
) -> None:
    words = catalog(language)
    tables = ShiftTables(Settings(site=SITE), words, lambda _tx, _now: SHIFT)
    tables._made = report_of_pace(language)
    with floor.begin() as tx:
        shown = tables.behind(tx, Target(SECTION, "pace"), NOW)
    told = dict(meanings(words, shown.heads))
    finished = words.say("means.receiving")
    jobs = {words.say(f"job.{job}"): finished for job in ("picking", "packing")}
    assert {name: told[name] for name in jobs} == jobs
    assert [column.name for column in tables._made.tables[0][1].across[1:]] == [
        "picking",
        "packing",
    ]


def test_a_chart_is_kept_without_its_bars_and_with_whole_hours(floor: Transactions) -> None:
    tables = ShiftTables(Settings(site=SITE), catalog("en"), lambda _tx, _now: SHIFT)
    tables._made = report_of_pace()
    with floor.begin() as tx:
        shown = tables.behind(tx, Target(CHART, "picking"), NOW)
    view = replace(view_of(shown, Order("hour", down=True)), zone=ZoneInfo("Europe/Rome"))
    assert [(row[0], len(row)) for row in written(view)] == [("11:00", 3), ("10:00", 3)]
    assert for_file(view) == (
        ("Hour", "Pieces"),
        (("2026-03-02 11:00:00+01:00", "6"), ("2026-03-02 10:00:00+01:00", "5")),
    )


def test_what_a_board_knows_of_a_report_is_what_there_is() -> None:
    assert {ALL, SECTION, CHART} == KINDS == REPORTED
