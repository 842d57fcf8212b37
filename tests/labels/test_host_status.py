"""What a printer answers is read whole, or there is no answer yet; nothing makes reading fail."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floorhand.labels.host_status import HostStatus, fault_of, status_of, take_answer
from floorhand.labels.printers import Condition, Status

FINE = (
    b"\x02030,0,0,1245,000,0,0,0,000,0,0,0\x03\r\n"
    b"\x02000,0,0,0,0,2,4,0,00000000,1,000\x03\r\n"
    b"\x021234,0\x03\r\n"
)
"""What a 4x6 printer says that is ready, with the separators of ZPL's guide."""


def answer(first: str = "", second: str = "") -> bytes:
    """An answer with fields of the first two strings set, as ``b=1 eee=003``."""
    names = (
        ["aaa", "b", "c", "dddd", "eee", "f", "g", "h", "iii", "j", "k", "l"],
        ["mmm", "n", "o", "p", "q", "r", "s", "t", "uuuuuuuu", "v", "www"],
    )
    usual = ("030,0,0,1245,000,0,0,0,000,0,0,0", "000,0,0,0,0,2,4,0,00000000,1,000")
    strings = []
    for keys, values, changes in zip(names, usual, (first, second), strict=True):
        fields = dict(zip(keys, values.split(","), strict=True))
        for change in changes.split():
            key, value = change.split("=")
            assert key in fields
            fields[key] = value
        strings.append(",".join(fields.values()))
    return "".join(f"\x02{text}\x03\r\n" for text in (*strings, "1234,0")).encode()


def test_a_printer_that_is_fine_is_ready() -> None:
    assert take_answer(FINE) == (HostStatus(), b"\r\n")
    assert status_of(HostStatus()) == Status(Condition.READY)


@pytest.mark.parametrize(
    ("said", "condition", "held"),
    [
        (answer("b=1"), Condition.PAPER, 0),
        (answer("b=1 c=1 eee=002"), Condition.PAPER, 2),
        (answer("c=1"), Condition.PAUSED, 0),
        (answer("", "o=1"), Condition.HEAD, 0),
        (answer("b=1 c=1", "o=1 p=1"), Condition.HEAD, 0),
        (answer("c=1", "p=1"), Condition.RIBBON, 0),
        (answer("g=1"), Condition.BUSY, 0),
        (answer("l=1"), Condition.BUSY, 0),
        (answer("f=1"), Condition.BUSY, 0),
        (answer("h=1"), Condition.BUSY, 0),
        (answer("eee=012"), Condition.BUSY, 12),
        (answer("", "uuuuuuuu=00000003"), Condition.BUSY, 3),
        (answer("eee=001", "uuuuuuuu=00000003"), Condition.BUSY, 4),
        (answer("", "t=1"), Condition.BUSY, 0),
    ],
)
def test_each_field_means_what_the_guide_says(said: bytes, condition: Condition, held: int) -> None:
    found, _ = take_answer(said)
    assert found is not None
    status = status_of(found)
    assert (status.condition, status.held) == (condition, held)
    assert status.told.endswith(".")


def test_only_what_somebody_has_to_mend_is_a_fault() -> None:
    for said in ("h=1", "eee=012", "f=1"):
        found, _ = take_answer(answer(said))
        assert found is not None
        assert fault_of(found) is None
        assert not found.idle
    for said in ("b=1", "c=1", "g=1", "l=1"):
        found, _ = take_answer(answer(said))
        assert found is not None
        assert fault_of(found) is not None


def test_a_label_that_waits_to_be_peeled_off_is_printed() -> None:
    found, _ = take_answer(answer("", "t=1"))
    assert found is not None
    assert found.idle


@pytest.mark.parametrize(
    "said",
    [
        FINE.replace(b"\x03\r\n", b"\x03"),
        FINE.replace(b"\x03\r\n", b"\r\n").replace(b"\x02", b""),
        FINE.replace(b"\x03\r\n", b"\n").replace(b"\x02", b""),
        FINE.replace(b"\x03\r\n", b"\x03\r\n\r\n"),
        FINE.replace(b",", b", "),
        b"PAPER OUT\r\n" + FINE,
        FINE[:30] + FINE,
        FINE[:70] + FINE,
        b"\x00\xff\x02\x02garbage,1,2,3\x03" + FINE,
    ],
)
def test_other_separators_and_noise_before_it_are_understood(said: bytes) -> None:
    assert take_answer(said)[0] == HostStatus()


def test_of_two_answers_the_first_comes_first() -> None:
    first, rest = take_answer(answer("eee=001") + answer("eee=002"))
    second, rest = take_answer(rest)
    assert (first, second) == (HostStatus(formats=1), HostStatus(formats=2))
    assert take_answer(rest)[0] is None


def test_half_an_answer_is_none_wherever_it_is_cut() -> None:
    whole = len(FINE) - len(b"\r\n")
    for cut in range(whole):
        found, kept = take_answer(FINE[:cut])
        assert found is None, cut
        assert take_answer(kept + FINE[cut:])[0] == HostStatus(), cut


@given(st.binary(max_size=300) | st.text("0123456789,\x02\x03\r\n ", max_size=300).map(str.encode))
def test_nothing_makes_reading_fail(noise: bytes) -> None:
    _, rest = take_answer(noise)
    assert noise.endswith(rest)
    found, _ = take_answer(noise + b"\x03\r\n" + FINE)
    assert found is not None
