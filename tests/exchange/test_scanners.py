"""Our own file about how the scanners of stations and seats send."""

from __future__ import annotations

import pytest
from conftest import NOW

from floorhand.domain.scanners import Profile
from floorhand.ops.floor import take_seat
from floorhand.store.scanners import profile_at

HEAD = "station,seat,terminator,suffix,idle_ms,prefix,aim,separators,keyboard,caps_inverted\n"


def profile(take, seat, station=""):
    take_seat(take.transactions, "MAIN", seat, now=NOW, station=station)
    with take.transactions.begin() as tx:
        return profile_at(tx, "MAIN", seat)


def test_everything_about_the_scanner_of_a_station_can_be_said(take):
    take("place,kind\nBENCH-1,bench\n", name="bins.csv")
    take("station,place\nPACK-1,BENCH-1\n", name="stations.csv")
    taken = take(HEAD + "pack-1,,none,<ETX>,80,<STX>Q,on,~ |,qwertz_scanner,yes\n")
    assert (taken.code, taken.result["format"]) == (0, "scanners"), taken.rejected
    assert profile(take, "T1", "PACK-1") == Profile(
        ends="none",
        suffix="\x03",
        idle_ms=80,
        prefix="\x02Q",
        aim="on",
        separators=("~", "|"),
        keyboard="qwertz-scanner",
        caps=True,
    )
    take(HEAD + "PACK-1,,,-,,-,,,right,no\n", name="later.csv")
    later = profile(take, "T1", "PACK-1")
    assert (later.ends, later.suffix, later.prefix, later.keyboard) == ("none", "", "", "")
    assert (later.idle_ms, later.caps) == (80, False)


def test_a_seat_can_have_a_scanner_of_its_own(take):
    profile(take, "H1")
    assert take(HEAD + ",H1,TAB,,,,,,,\n").code == 0
    assert profile(take, "H1").ends == "tab"
    assert profile(take, "H2") == Profile()


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",,TAB,,,,,,,", "name one"),
        ("PACK-1,H1,TAB,,,,,,,", "name one"),
        (",H1,,,,,,,,", "the row says nothing about the scanner"),
        (",H1,BELL,,,,,,,", "terminator is 'BELL'; expected one of"),
        (",H1,,,5,,,,,", "idle_ms is 5; expected"),
        (",H1,,<XYZ>,,,,,,", "suffix has '<XYZ>', which is no control character"),
        (",H1,,123456789012345678901234567890123,,,,,,", "suffix has 33 characters; at most"),
        (",H1,,,,,,~ #,,", "separators has '#'; expected some of"),
        (",H1,,,,,,,dvorak,", "keyboard is 'dvorak'; expected one of"),
        ("NOWHERE,,TAB,,,,,,,", "NOWHERE"),
        (",H9,TAB,,,,,,,", "H9"),
    ],
)
def test_scanners_that_cannot_be(take, row, reason):
    profile(take, "H1")
    assert reason in take(HEAD + row + "\n").rejected[2]
