"""Addresses of printers, as people write them."""

from __future__ import annotations

import pytest

from floorhand.domain.printers import (
    DPIS,
    FORMS,
    Address,
    Files,
    Ipp,
    RawPort,
    parse_address,
    usual_dpi,
)
from floorhand.errors import BadSetting
from floorhand.labels.placed import DOTS_PER_MM
from floorhand.labels.printers import Form


@pytest.mark.parametrize(
    ("text", "address", "dpi"),
    [
        ("tcp://192.0.2.7", RawPort("192.0.2.7", 9100), 203),
        ("TCP://Zebra-1.local:6101/", RawPort("zebra-1.local", 6101), 203),
        ("tcp://[2001:db8::7]:9101", RawPort("2001:db8::7", 9101), 203),
        ("tcp://zebra?status=no", RawPort("zebra", 9100, answers=False), 203),
        ("tcp://zebra:9100/?status=YES", RawPort("zebra"), 203),
        ("ipp://office.local/ipp/print", Ipp("ipp://office.local/ipp/print"), 300),
        ("IPPS://h:8631/printers/p#ZPL", Ipp("ipps://h:8631/printers/p", "zpl"), 203),
        ("ipp://h#png", Ipp("ipp://h", "png"), 300),
        ("folder:/srv/labels of bench 1", Files("/srv/labels of bench 1"), 203),
        ("pdf: labels/pdf", Files("labels/pdf", pdf=True), 300),
    ],
)
def test_an_address_says_where_a_printer_is(text: str, address: Address, dpi: int) -> None:
    assert parse_address(text) == address
    assert usual_dpi(address) == dpi


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "printer. An address"),
        ("192.0.2.7", "printer. An address"),
        ("zebra:9100", "printer. An address"),
        ("http://printer/", "printer. An address"),
        ("tcp:zebra", "it names no host"),
        ("tcp://", "it names no host"),
        ("tcp://ze bra", "it names no host"),
        ("tcp://zebra:70000", "its host or port cannot be read; ports are 1 to 65535"),
        ("tcp://zebra:0", "its port is 0"),
        ("tcp://zebra:port", "its host or port cannot be read"),
        ("tcp://me:secret@zebra", "a user has no place in it"),
        ("tcp://zebra/labels", "nothing but ?status=no can stand behind the port"),
        ("tcp://zebra?status=maybe", "all that can be said behind the ? is status=no"),
        ("tcp://zebra?state=no", "all that can be said behind the ? is status=no"),
        ("ipp://h/p#gif", "it ends in what no label is sent as; known: #pdf, #png, #zpl"),
        ("folder: ", "it names no folder"),
        ("folder:a\x1b[2J", "there are control characters in it"),
        ("folder:" + "x" * 300, "it has more than 300 characters"),
    ],
)
def test_what_is_no_address_is_told_with_what_one_looks_like(text: str, what: str) -> None:
    with pytest.raises(BadSetting) as wrong:
        parse_address(text)
    assert what in str(wrong.value)
    assert "An address looks like tcp://192.0.2.7:9100" in str(wrong.value)
    assert str(wrong.value).isprintable()


def test_there_are_the_resolutions_and_forms_that_labels_are_made_in() -> None:
    assert tuple(DOTS_PER_MM) == DPIS
    assert tuple(sorted(Form)) == FORMS
