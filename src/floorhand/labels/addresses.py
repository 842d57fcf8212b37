"""From the address of a printer to the printer."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from floorhand.domain.printers import Files, Ipp, RawPort, parse_address
from floorhand.errors import BadSetting
from floorhand.labels.printers import FolderPrinter, Form, Printer, pdf_printer
from floorhand.labels.zebra import TcpPrinter
from floorhand.store.masters import DEFAULT_PRINTER
from floorhand.store.printers import PrinterInfo


def printer_at(address: str, dpi: int) -> Printer:
    """Give the printer at an address; nothing is opened yet.

    Raises:
        BadSetting: If it is no address of a printer, saying what one looks like.
    """
    match parse_address(address):
        case RawPort(host=host, port=port, answers=answers):
            return TcpPrinter(host, port, dpi, answers=answers)
        case Ipp(uri=uri, form=form):
            from floorhand.labels.ipp import IppPrinter  # slow to import, and most have none

            return IppPrinter(uri, Form(form), dpi)
        case Files(folder=folder, pdf=True):
            return pdf_printer(Path(folder), dpi)
        case Files(folder=folder):
            return FolderPrinter(Path(folder), dpi=dpi)


def printers_at(infos: Iterable[PrinterInfo], folder: Path) -> dict[str, Printer]:
    """Give the printers of a site by name; the embedded one writes to ``folder``.

    One whose address nobody understands is left out: its labels wait, and it is named.
    """
    printers: dict[str, Printer] = {DEFAULT_PRINTER: FolderPrinter(folder)}
    for info in infos:
        try:
            printers[info.code] = printer_at(info.address, info.dpi)
        except BadSetting:
            printers.pop(info.code, None)
    return printers
