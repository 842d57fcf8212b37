"""From the address of a printer to the printer."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import URL, make_url

from floorhand.domain.printers import Files, Ipp, RawPort, parse_address
from floorhand.errors import BadSetting
from floorhand.labels.printers import FolderPrinter, Form, Printer, pdf_printer
from floorhand.labels.zebra import TcpPrinter
from floorhand.store.db import Transactions, engine_of
from floorhand.store.masters import DEFAULT_PRINTER
from floorhand.store.printers import PrinterInfo
from floorhand.store.troubles import path_of

OWN_TEMPLATES = "templates"
"""Folder beside the database with the label templates of a site; they go before the program's."""


def beside(transactions: Transactions) -> Path:
    """Give the folder in which relative folders of printers begin, whoever sends and from where.

    It is that of an SQLite database; else the one in which this program was started.
    """
    return _beside(engine_of(transactions).url)


def own_templates(database: Transactions | str) -> Path:
    """Give the folder of a site's own templates, which need not be there.

    Args:
        database: The database, or its address.
    """
    if not isinstance(database, str):
        return beside(database) / OWN_TEMPLATES
    where = make_url(database) if "://" in database else make_url(f"sqlite:///{database}")
    return _beside(where) / OWN_TEMPLATES


def _beside(where: URL) -> Path:
    if where.get_backend_name() == "sqlite":
        return Path(path_of(where)).absolute().parent
    return Path.cwd()


def printer_at(address: str, dpi: int, books: Path) -> Printer:
    """Give the printer at an address; nothing is opened yet. Relative folders begin at ``books``.

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
            return pdf_printer(books / folder, dpi)
        case Files(folder=folder):
            return FolderPrinter(books / folder, dpi=dpi)


def printers_at(infos: Iterable[PrinterInfo], folder: Path, books: Path) -> dict[str, Printer]:
    """Give the printers of a site by name; the embedded one writes to ``folder``.

    Relative folders begin at ``books``, which `beside` gives.

    One whose address nobody understands is left out: its labels wait, and it is named.
    """
    printers: dict[str, Printer] = {DEFAULT_PRINTER: FolderPrinter(books / folder)}
    for info in infos:
        try:
            printers[info.code] = printer_at(info.address, info.dpi, books)
        except BadSetting:
            printers.pop(info.code, None)
    return printers
