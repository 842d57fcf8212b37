"""From the address of a printer to the printer."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from floorhand.errors import BadSetting
from floorhand.labels.printers import FolderPrinter, Printer
from floorhand.store.masters import DEFAULT_PRINTER
from floorhand.store.printers import PrinterInfo

FORMS = "folder:PATH"
"""Addresses that there are, for messages."""


def printer_at(address: str, dpi: int) -> Printer:
    """Give the printer at an address; nothing is opened yet.

    Raises:
        BadSetting: If it is no address of a printer, saying what one looks like.
    """
    kind, _, rest = address.partition(":")
    if kind == "folder" and rest:
        return FolderPrinter(Path(rest), dpi=dpi)
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
