"""From the address of a printer to the printer."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from floorhand.errors import BadSetting
from floorhand.labels.ipp import IppPrinter
from floorhand.labels.ipp_wire import SCHEMES
from floorhand.labels.printers import FolderPrinter, Form, Printer, pdf_printer
from floorhand.store.masters import DEFAULT_PRINTER
from floorhand.store.printers import PrinterInfo

FORMS = "ipp://HOST/PATH, ipp://HOST/PATH#zpl, pdf:FOLDER or folder:FOLDER"
"""Addresses that there are, for messages."""


def printer_at(address: str, dpi: int) -> Printer:
    """Give the printer at an address; nothing is opened yet.

    Raises:
        BadSetting: If it is no address of a printer, saying what one looks like.
    """
    kind, _, rest = address.partition(":")
    if kind == "folder" and rest:
        return FolderPrinter(Path(rest), dpi=dpi)
    if kind == "pdf" and rest:
        return pdf_printer(Path(rest), dpi)
    if kind in SCHEMES:
        return _ipp_printer(address, dpi)
    raise BadSetting(f"{address!a} is no address of a printer. Write {FORMS}.")


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


def _ipp_printer(address: str, dpi: int) -> IppPrinter:
    """Give a printer that speaks IPP; ``#zpl``, ``#png`` or ``#pdf`` says what it is sent."""
    uri, _, form = address.partition("#")
    if form not in ("", *Form):
        known = ", ".join(f"#{one}" for one in Form)
        raise BadSetting(f"{address!a} ends in what no label is sent as. Write one of {known}.")
    return IppPrinter(uri, Form(form or Form.PDF), dpi)
