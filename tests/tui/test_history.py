"""What was scanned at a terminal is listed there, but nothing that opens a door."""

from __future__ import annotations

from dataclasses import replace

import pytest
from conftest import NOW
from tui.screens import MENU, PICK, SIGN_IN

from floorhand.domain.barcodes import body_of, own_code
from floorhand.ops.seats import Turn
from floorhand.store.past import Lately, Past
from floorhand.text.catalog import catalog
from floorhand.tui.history import SECRET, History

BADGE = own_code("badge", body_of(4711))
BARS = own_code("bin", body_of(4711))


def listed(before: Turn, code: str, after: Turn) -> list[str]:
    history = History()
    history.offered(code, "scanned", NOW, taken=True)
    history.answered(before, after, NOW)
    return [fate.code for fate in history.all(catalog("en"), NOW.tzinfo)]


@pytest.mark.parametrize(
    ("before", "code", "after"),
    [
        (SIGN_IN, "BADGE-ANA", MENU),
        (SIGN_IN, "NO-BADGE", SIGN_IN),
        (PICK, BADGE, PICK),
        (PICK, "BADGE-BEN", replace(MENU, worker="W2")),
    ],
)
def test_no_badge_is_listed(before: Turn, code: str, after: Turn) -> None:
    assert listed(before, code, replace(after, scan_no=before.scan_no + 1)) == [SECRET]


def test_keys_and_goods_are_listed_as_they_are() -> None:
    after = replace(PICK, scan_no=PICK.scan_no + 1)
    assert listed(PICK, "MUG-BLUE-330", after) == ["MUG-BLUE-330"]
    assert listed(PICK, "*HELP", after) == ["F1"]


def test_a_badge_that_came_too_late_is_not_listed_either() -> None:
    history = History()
    history.offered(BADGE, "scanned", NOW, taken=False)
    history.offered(BADGE, "scanned", NOW, taken=True)
    history.dropped(NOW)
    assert [fate.code for fate in history.all(catalog("en"), NOW.tzinfo)] == [SECRET] * 2


@pytest.mark.parametrize(
    ("source", "note"),
    [("scanned", "taken · scanned"), ("typed", "taken · typed"), ("hint", "taken")],
)
def test_how_a_scan_came_is_told_where_that_is_certain(source: str, note: str) -> None:
    history = History()
    history.offered("CAP-RED", source, NOW, taken=True)
    history.answered(PICK, replace(PICK, scan_no=PICK.scan_no + 1), NOW)
    assert [fate.note for fate in history.all(catalog("en"), NOW.tzinfo)] == [note]


def test_a_label_of_a_place_is_listed_by_its_name_and_never_as_it_is() -> None:
    after = replace(PICK, scan_no=PICK.scan_no + 1, named="A-01")
    assert listed(PICK, BARS, after) == ["A-01"]
    assert listed(PICK, "47", after) == ["A-01"]
    assert listed(PICK, BARS, replace(after, named="")) == [f"FHL{SECRET}"]


def test_the_name_of_a_place_comes_from_the_database_where_nobody_told_it() -> None:
    history = History()
    history.offered(BARS, "scanned", NOW, taken=True)
    history.answered(PICK, replace(PICK, scan_no=PICK.scan_no + 1), NOW)
    history.recall(Lately((Past(PICK.scan_no + 1, NOW, "A-01", True, 0),)))
    assert [fate.code for fate in history.all(catalog("en"), NOW.tzinfo)] == ["A-01"]


def waiting(*codes: str, source: str = "scanned", door: bool = False) -> list[str]:
    history = History()
    for code in codes:
        history.offered(code, source, NOW, taken=True)
    fates = history.all(catalog("en"), NOW.tzinfo, door=door)
    assert all(fate.note.startswith("not saved yet") for fate in fates)
    return [fate.code for fate in fates]


def test_scans_that_wait_are_listed_as_not_saved_yet() -> None:
    assert waiting("MUG-BLUE-330", "*FULL", "471100") == ["MUG-BLUE-330", "F6", "471100"]


def test_of_scans_that_wait_none_that_may_open_a_door_is_listed() -> None:
    assert waiting("CAP-RED", BADGE, "471100") == ["CAP-RED", SECRET, SECRET]
    assert waiting("*OUT", "BADGE-ANA", "*HELP", "X") == ["F12", SECRET, "F1", SECRET]
    assert waiting("471100", "X", source="typed") == [SECRET, SECRET]
    assert waiting("BADGE-ANA", door=True) == [SECRET]
