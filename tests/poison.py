"""Make a warehouse of the tests hostile: every name, note and code in it tries to do harm.

Codes keep what they begin with and get harm behind it, in all tables at once, so that everything
still fits together; what barcodes hold stays, so that floor scripts can be played as they are.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import cycle
from pathlib import Path

from hostile import PAYLOADS

TEXTS = tuple(payload.text for payload in PAYLOADS if payload.kind != "surrogates")
"""No database takes halves of surrogate pairs; they come by scans and are replaced on the road."""

TAILS = (
    *("[/b]", "[red]", "\x1b[2J", "\x1b]52;c;Zm9v\x07", "\x9b1m", "\u202e", "\u200b\ufeff"),
    *("\x08\x08", "[@click=app.quit]", "{0}%s", "水壶", "e\u0301\u0301\u0301\u0301", "\r", "\x0b"),
)

NAMES = {
    "site": ("name",),
    "merchant": ("name",),
    "sku": ("name",),
    "worker": ("name",),
    "station": ("name", "printer"),
    "box_type": ("name",),
    "orders": ("customer", "instruction", "hold_reason", "carrier", "service", "platform_state"),
    "delivery": ("carrier",),
    "returns": ("customer", "sender", "reason"),
    "return_line": ("reason",),
}
"""Columns of free text."""

CODES = {
    "merchant": "",
    "worker": "",
    "station": "",
    "sku": "",
    "box_type": "",
    "orders": "",
    "delivery": "",
    "returns": "",
    "place": "kind IN ('bin', 'tote', 'cart', 'dock', 'bench')",
}
"""Tables whose codes are renamed, and which of their rows."""

MARKS = ("lot", "serial")

OURS = "a word of ours, out of a closed list"
DAY = "a date, or moments"
BARS = "what bars or a carrier's label hold: scripts scan it, and screens show the scan"
PLATFORM = "what a shop's platform calls it: on no screen"
NUMBERED = "a number that we draw"
SET_UP = "set up by who runs the building, and checked on its way in"
NO_HARM = {
    OURS: """
        barcode.pack delivery.state guess.kind inspection.disposition
        inspection.disposition_rule inspection.outcome inspection.reason move.condition
        operation.kind order_line.short_reason orders.channel orders.state outbox.kind
        outbox.platform outbox.state parcel.state parked.flow pick.condition pick.missed
        pick.state place.blocked place.kind place.state print_job.state
        print_job.template receipt.condition returns.custody returns.kind returns.money
        returns.platform scan.fate scan.job scan.source seat.flow sequence.name sku.abc
        sku.source slot.was station.jobs stock.condition task.kind task.state trouble.kind
        undo_step.flow undo_step.kind worker.language worker.roles worker.theme
        delivery_line.reason imported.format print_form.form print_job.reason
        printer.condition carrier_label.form
    """,
    DAY: """
        checked.expiry delivery.expected_on delivery_line.expiry guess.times
        inspection.expiry move.expiry pick.expiry receipt.expiry stock.expiry
    """,
    BARS: """
        barcode.code delivery.tracking carrier_code.code place.check_digits
        place.old_check place.old_scan_code place.scan_code returns.plate
        returns.tracking station.scan_code worker.badge
    """,
    PLATFORM: """
        order_line.platform_ids orders.platform_id return_line.platform_ids
        returns.combined_id returns.platform_id returns.platform_state
    """,
    NUMBERED: """
        delivery.paper_no parcel.carton print_job.subject returns.paper_no seat.device
        seat.home imported.sha256 worker.pin_hash print_form.job carrier_label.sha256
        parked.redo_step
    """,
    SET_UP: """
        merchant.rules place.storage place.zone seat.scanner site.gs1_prefix site.rules
        site.time_zone sku.storage station.scanner printer.address printer.code
        printer.neighbour spooler.host
    """,
    "a copy of what is harmful in its own table, while it is at work": """
        checked.lot checked.merchant checked.place checked.serial checked.sku
        inspection.lot imported.merchant operation.station parcel.box_type parked.by
        pick.order pick.serial pick.tote print_job.printer returns.place seat.station
        print_job.confirmed_by print_job.rerouted_from print_job.station carrier_label.merchant
        carrier_label.order carrier_code.merchant carrier_code.order
        slot.order slot.tote
    """,
    "told by a command, see `commands.test_hostile_output`": """
        imported.result print_job.error carrier_label.file
    """,
    "told by a printer, see `tui.test_printer`": """
        printer.told
    """,
    "told by a terminal that has lost its seat, which is made up": """
        seat.device_name
    """,
}
LEFT_OUT = {name: why for why, names in NO_HARM.items() for name in names.split()}
"""Text columns that hold no harm when the scripts have been played, and why."""


def poison(file: Path) -> dict[str, str]:
    """Fill a database with harm; returns the new name of each code."""
    texts, tails = cycle(TEXTS), cycle(TAILS)
    with closing(sqlite3.connect(file)) as db:
        db.execute("PRAGMA foreign_keys = OFF")
        triggers = db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        kept = triggers.fetchall()
        for name, _ in kept:
            db.execute(f'DROP TRIGGER "{name}"')
        renamed = {code: code + next(tails) for code in dict.fromkeys(_codes(db))}
        orders = {
            old: new for old, new in renamed.items() if old in _column(db, "orders", "number")
        }
        for merchant in _column(db, "merchant", "code"):
            now = renamed[merchant]
            renamed |= {f"{merchant}/{old}": f"{now}/{new}" for old, new in orders.items()}
        db.executemany("INSERT INTO renamed VALUES (?, ?)", _ready(db, renamed))
        for table, column in _text_columns(db):
            new = f'SELECT new FROM renamed WHERE old = "{table}"."{column}"'
            db.execute(
                f'UPDATE "{table}" SET "{column}" = ({new})'
                f' WHERE "{column}" IN (SELECT old FROM renamed)'
            )
        db.execute("DROP TABLE renamed")
        for table, columns in NAMES.items():
            for column in columns:
                for (row,) in db.execute(f'SELECT rowid FROM "{table}"').fetchall():
                    harm = (next(texts), row)
                    db.execute(f'UPDATE "{table}" SET "{column}" = ? WHERE rowid = ?', harm)
        _poison_rules(db, texts)
        for _, sql in kept:
            db.execute(sql)
        db.commit()
    return renamed


def harmed(file: Path) -> set[str]:
    """Name the columns, as ``table.column``, that hold harm by now."""
    found: set[str] = set()
    with closing(sqlite3.connect(file)) as db:
        for table, column in _text_columns(db, bars=True):
            values = (str(value) for (value,) in db.execute(f'SELECT "{column}" FROM "{table}"'))
            if any(harm in value for value in values for harm in HARM):
                found.add(f"{table}.{column}")
    return found


HARM = (*TAILS, *(text for text in TEXTS if len(text) > 3))
"""What is looked for; in JSON it is written otherwise, but some of it as it is."""


def _ready(db: sqlite3.Connection, renamed: dict[str, str]) -> list[tuple[str, str]]:
    db.execute("CREATE TEMP TABLE renamed (old TEXT PRIMARY KEY, new TEXT)")
    return list(renamed.items())


def _codes(db: sqlite3.Connection) -> Iterator[str]:
    for table, which in CODES.items():
        column = "number" if table in ("orders", "delivery", "returns") else "code"
        yield from _column(db, table, column, which)
    for table, column in _text_columns(db):
        if column in MARKS:
            yield from _column(db, table, column)


def _column(db: sqlite3.Connection, table: str, column: str, which: str = "") -> list[str]:
    where = f" WHERE {which}" if which else ""
    rows = db.execute(f'SELECT DISTINCT "{column}" FROM "{table}"{where}')
    return sorted(code for (code,) in rows if code)


def _text_columns(db: sqlite3.Connection, *, bars: bool = False) -> list[tuple[str, str]]:
    tables = db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    return [
        (table, column)
        for (table,) in tables
        if table not in ("alembic_version", "barcode_codes")
        for _, column, kind, *_ in db.execute(f'PRAGMA table_info("{table}")')
        if kind.startswith("VARCHAR") and (bars or not _holds_bars(table, column))
    ]


def _holds_bars(table: str, column: str) -> bool:
    """Say whether barcodes are in a column, which stay as they are."""
    bars = {"scan_code", "old_scan_code", "badge", "plate", "tracking"}
    return column in bars or (table, column) == ("barcode", "code")


def _poison_rules(db: sqlite3.Connection, texts: Iterator[str]) -> None:
    """Put harm into what merchants want to be read at the bench, and on labels."""
    for code, rules in db.execute("SELECT code, rules FROM merchant").fetchall():
        told = {**json.loads(rules), "sender": next(texts)}
        if told.get("pack_instruction"):
            told["pack_instruction"] = next(texts)
        db.execute("UPDATE merchant SET rules = ? WHERE code = ?", (json.dumps(told), code))
    for row, at in db.execute("SELECT rowid, ship_to FROM orders").fetchall():
        told = {name: next(texts) for name in json.loads(at)}
        db.execute("UPDATE orders SET ship_to = ? WHERE rowid = ?", (json.dumps(told), row))
