"""Write printers. Every function takes an open transaction and never ends it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import select, update

from floorhand.exchange.cells import shown
from floorhand.exchange.records import PrinterRecord, StationRecord
from floorhand.exchange.written import Writing
from floorhand.store.masters import DEFAULT_PRINTER
from floorhand.store.schema import PrinterRow


def write_printers(w: Writing, records: Sequence[PrinterRecord]) -> None:
    """Add printers, and change those that are there; a neighbour may stand further down."""
    rows = w.tx.execute(select(PrinterRow.__table__).where(PrinterRow.site == w.site))
    there: dict[str, dict[str, Any]] = {row.code: dict(row._mapping) for row in rows}
    for record in _fitting(w, records, set(there)):
        said = {name: value for name in ("address", "dpi") if (value := getattr(record, name))}
        said |= {} if record.neighbour is None else {"neighbour": record.neighbour}
        old = there.get(record.code)
        if old is None:
            there[record.code] = row = {"dpi": record.usual_dpi, "neighbour": "", **said}
            w.insert(PrinterRow, [{"site": w.site, "code": record.code, **row}])
            w.counts["printers"] += 1
        elif changed := {name: value for name, value in said.items() if old[name] != value}:
            mine = (PrinterRow.site == w.site, PrinterRow.code == record.code)
            w.tx.execute(update(PrinterRow).where(*mine).values(changed))
            old.update(changed)
            w.counts["updated"] += 1
        else:
            w.counts["unchanged"] += 1


def _fitting(
    w: Writing, records: Sequence[PrinterRecord], there: set[str]
) -> Iterator[PrinterRecord]:
    """Give the rows that can be taken; one whose neighbour is put aside is put aside, too."""
    fitting = list(records)
    while True:
        known = there | {record.code for record in fitting if record.address} | {DEFAULT_PRINTER}
        wrong = {record.line: why for record in fitting if (why := _wrong(record, known))}
        if not wrong:
            return iter(fitting)
        for line, why in wrong.items():
            w.reject(line, why)
        fitting = [record for record in fitting if record.line not in wrong]


def _wrong(record: PrinterRecord, known: set[str]) -> str:
    """Say why a printer cannot be so; empty if it can."""
    if record.code not in known or (record.code == DEFAULT_PRINTER and not record.address):
        return f"address is missing, and there is no printer {shown(record.code)} yet"
    if record.neighbour and record.neighbour not in known:
        there = ", ".join(sorted(known - {record.code}))
        return (
            f"there is no printer {shown(record.neighbour)} to be the neighbour of "
            f"{shown(record.code)}; known: {there}"
        )
    return ""


def name_unknown_printers(w: Writing, records: Sequence[StationRecord]) -> None:
    """Say which printers of stations nobody has told of: their labels wait until somebody does."""
    known = set(w.tx.scalars(select(PrinterRow.code).where(PrinterRow.site == w.site)))
    stations: dict[str, list[str]] = {}
    for record in records:
        if record.printer and record.printer not in known | {DEFAULT_PRINTER}:
            stations.setdefault(record.printer, []).append(record.code)
    for printer, codes in stations.items():
        w.notes.append(
            f"There is no printer {shown(printer)} yet; the labels of {', '.join(codes)} wait "
            "until a file of printers names it."
        )
