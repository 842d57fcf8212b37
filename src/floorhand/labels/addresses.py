"""From the address of a printer to the printer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Books:
    """Where relative folders of printers begin, and whose labels go there, if it is a file."""

    folder: Path
    database: Path | None = None


def books_of(transactions: Transactions) -> Books:
    """Give where the folders of printers begin, and the file of the database, if it is one."""
    where = engine_of(transactions).url
    is_file = where.get_backend_name() == "sqlite"
    return Books(_beside(where), Path(path_of(where)).absolute() if is_file else None)


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


def printer_at(address: str, dpi: int, books: Books) -> Printer:
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
            return pdf_printer(books.folder / folder, dpi, books.database)
        case Files(folder=folder):
            return FolderPrinter(books.folder / folder, dpi=dpi, database=books.database)


def printers_at(infos: Iterable[PrinterInfo], folder: Path, books: Books) -> dict[str, Printer]:
    """Give the printers of a site by name; the embedded one writes to ``folder``.

    One whose address nobody understands is left out: its labels wait, and it is named.
    """
    embedded = FolderPrinter(books.folder / folder, database=books.database)
    printers: dict[str, Printer] = {DEFAULT_PRINTER: embedded}
    for info in infos:
        try:
            printers[info.code] = printer_at(info.address, info.dpi, books)
        except BadSetting:
            printers.pop(info.code, None)
    return printers
