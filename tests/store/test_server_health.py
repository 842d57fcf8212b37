"""What a server risks is said in a sentence; one that does what it should gets none."""

from __future__ import annotations

import pytest

from floorhand.store.server_health import Standby, problems_of

WELL = {
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "synchronous_standbys": "",
    "is_standby": False,
    "receivers": 0,
    "encoding": "UTF8",
    "connections_of_all": 12,
    "connections_max": 97,
}


def standby(sync: str) -> Standby:
    return Standby("twin", "192.0.2.2", "streaming", sync, 0)


@pytest.mark.parametrize(
    ("told", "standbys"),
    [
        ({}, ()),
        ({}, (standby("async"),)),
        ({"synchronous_standbys": "twin"}, (standby("sync"),)),
        ({"synchronous_standbys": "ANY 1 (a, b)"}, (standby("potential"), standby("quorum"))),
        ({"synchronous_standbys": "twin"}, (standby("?"),)),
        ({"is_standby": True, "receivers": 1, "synchronous_standbys": "twin"}, ()),
    ],
)
def test_a_server_that_does_what_it_should_has_no_problem(told, standbys) -> None:
    assert list(problems_of({**WELL, **told}, standbys)) == []


@pytest.mark.parametrize(
    ("told", "standbys", "problem"),
    [
        ({"fsync": "off"}, (), "fsync is off"),
        ({"full_page_writes": "off"}, (), "full_page_writes is off"),
        ({"synchronous_commit": "off"}, (), "a crash loses scans"),
        (
            {"synchronous_commit": "local", "synchronous_standbys": "twin"},
            (standby("sync"),),
            "no scan waits for a standby",
        ),
        ({"synchronous_standbys": "twin"}, (), "No standby confirms"),
        ({"synchronous_standbys": "twin"}, (standby("async"),), "No standby confirms"),
        ({"is_standby": True}, (), "gets nothing from its primary"),
        ({"encoding": "SQL_ASCII"}, (), "encoding is SQL_ASCII"),
        ({"connections_of_all": 90}, (), "90 of 97 connections are taken"),
    ],
)
def test_what_a_server_risks_is_said(told, standbys, problem: str) -> None:
    (said,) = problems_of({**WELL, **told}, standbys)
    assert problem in said
