"""Labels through a real CUPS to the printer that comes with it, where they are installed."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from labels.ipp_real import WAIT_S, cups_queue, ippeveprinter

from floorhand.domain.labels import KINDS
from floorhand.labels.ipp import IppPrinter
from floorhand.labels.printers import Fate, Form, InDoubt
from floorhand.labels.render import lay_out_named, render

ATTRIBUTES = Path(__file__).with_name("label_printer.conf")
PAGE = re.compile(rb"/MediaBox\s*\[\s*0 0 (\d+) (\d+)\s*\]")


@pytest.fixture
def queue(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A queue of CUPS, and the folder into which its printer puts what comes out."""
    with (
        ippeveprinter(tmp_path / "out", "-a", str(ATTRIBUTES)) as printer,
        cups_queue(printer) as uri,
    ):
        yield uri, tmp_path / "out"


def test_a_pdf_comes_out_of_a_queue_on_paper_of_its_own_size(queue: tuple[str, Path]) -> None:
    uri, out = queue
    layout = lay_out_named("shipping", KINDS["shipping"].sample, 203)
    label = render(layout, 7, "X", [Form.PDF])
    assert IppPrinter(uri, Form.PDF, 203, follow_s=0.1).send(label) is Fate.SENT
    until = time.monotonic() + WAIT_S
    while not (files := list(out.glob("*.pdf"))):
        assert time.monotonic() < until, "CUPS took the label, and nothing came out"
        time.sleep(0.05)
    (page,) = PAGE.findall(files[0].read_bytes())
    assert page == (b"288", b"432")


def test_zpl_that_the_printer_behind_cups_refuses_is_in_doubt(queue: tuple[str, Path]) -> None:
    """CUPS calls that job done, too."""
    uri, out = queue
    label = render(lay_out_named("bin", KINDS["bin"].sample, 203), 7, "X", [Form.ZPL])
    with pytest.raises(InDoubt, match="CUPS says: Unable to add document"):
        IppPrinter(uri, Form.ZPL, 203, follow_s=WAIT_S).send(label)
    assert list(out.iterdir()) == []
