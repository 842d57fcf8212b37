"""Make a warehouse of the tests hostile: every name, note and code in it tries to do harm.

Codes keep what they begin with and get harm behind it, in all tables at once, so that everything
still fits together; what barcodes hold stays, so that floor scripts can be played as they are.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from itertools import cycle
from typing import Any

from hostile import PAYLOADS
from shell import shell
from sqlalchemy import Column, Connection, RowMapping, String, select, text, update

from floorhand.domain.inserts import INSERTS_MAX
from floorhand.store.schema import Table

TEXTS = tuple(payload.text for payload in PAYLOADS if payload.kind != "surrogates")
"""No database takes halves of surrogate pairs; they come by scans and are replaced on the road.

PostgreSQL does not take NUL either."""

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
        barcode.pack delivery.state guess.kind hold.kind inspection.disposition
        inspection.disposition_rule inspection.outcome inspection.reason move.condition
        operation.kind order_line.short_reason orders.channel orders.state outbox.kind
        outbox.platform outbox.state parcel.state parked.flow pick.condition pick.missed
        pick.state place.blocked place.kind place.state print_job.state
        print_job.template receipt.condition returns.custody returns.kind returns.money
        returns.platform scan.fate scan.job scan.source seat.flow sequence.name sku.abc
        sku.source slot.was station.jobs stock.condition task.kind task.state trouble.kind
        trouble.decision trouble.reason
        undo_step.flow undo_step.kind handover.shift worker.language worker.roles worker.theme
        delivery_line.reason imported.format print_form.form print_job.reason
        printer.condition carrier_label.form count_sheet.result counted.condition
    """,
    DAY: """
        checked.expiry counted.expiry delivery.expected_on delivery_line.expiry guess.times
        refill.expiry inspection.expiry move.expiry pick.expiry receipt.expiry stock.expiry
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
        parked.redo_step count_sheet.first count_sheet.task counted.task refill.task
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
        slot.order slot.tote counted.lot counted.merchant counted.serial counted.sku
        count_sheet.differences count_sheet.merchant count_sheet.moves count_sheet.not_by
        count_sheet.place count_sheet.sku count_sheet.worker refill.source refill.tote
        handover.worker handover.taken_by handover.left_over
        delivery_was.merchant order_was.merchant print_job_was.printer print_job_was.rerouted_from
        trouble.decided_by trouble.proposal
    """,
    "told by a command, see `commands.test_hostile_output`": """
        imported.result print_job.error carrier_label.file
    """,
    "told by a printer, see `tui.test_printer`": """
        printer.told
    """,
    "told by the system of a folder or a file of ours, see `commands.test_hostile_output`": """
        spooler.condition spooler.stuck spooler.told
    """,
    "typed by a lead, see `reports.test_text`": """
        handover.note handover.proof
    """,
    "made of numbers and names of ours": """
        kept_figures.headlines kept_figures.pace kept_figures.waiting stock_proof.digest
        stock_proof.line print_job_was.state
    """,
    "told by a terminal that has lost its seat, which is made up": """
        seat.device_name operation.device
    """,
}
LEFT_OUT = {name: why for why, names in NO_HARM.items() for name in names.split()}
"""Text columns that hold no harm when the scripts have been played, and why."""


def poison(address: str) -> dict[str, str]:
    """Fill a database with harm; returns the new name of each code."""
    tails = cycle(TAILS)
    with shell(address) as db, _without_triggers(db):
        texts = cycle(text for text in TEXTS if db.dialect.name == "sqlite" or "\0" not in text)
        renamed = {code: code + next(tails) for code in dict.fromkeys(_codes(db))}
        orders = {
            old: new for old, new in renamed.items() if old in _column(db, "orders", "number")
        }
        for merchant in _column(db, "merchant", "code"):
            now = renamed[merchant]
            renamed |= {f"{merchant}/{old}": f"{now}/{new}" for old, new in orders.items()}
        _rename(db, renamed)
        for table, columns in NAMES.items():
            for column in columns:
                for row in _rows(db, table):
                    _set(db, table, row, column, next(texts))
        _poison_rules(db, texts)
    return renamed


def harmed(address: str, known: Collection[str] = ()) -> set[str]:
    """Name the columns, as ``table.column``, that hold harm by now; but those that are known."""
    found: set[str] = set()
    with shell(address) as db:
        for column in _text_columns(bars=True):
            table, name = column.table.name, column.name
            if f"{table}.{name}" in known:
                continue
            rows = db.exec_driver_sql(f'SELECT DISTINCT "{name}" FROM "{table}"')
            values = [str(value) for (value,) in rows]
            if any(harm in value for value in values for harm in HARM):
                found.add(f"{table}.{name}")
    return found


HARM = (*TAILS, *(text for text in TEXTS if len(text) > 3))
"""What is looked for; in JSON it is written otherwise, but some of it as it is."""


@contextmanager
def _without_triggers(db: Connection) -> Iterator[None]:
    """Take the triggers of SQLite away for a while; a shell of PostgreSQL fires none."""
    if db.dialect.name != "sqlite":
        yield
        return
    question = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
    kept = db.exec_driver_sql(question).all()
    for name, _ in kept:
        db.exec_driver_sql(f'DROP TRIGGER "{name}"')
    yield
    for _, statement in kept:
        db.exec_driver_sql(statement)


def _rename(db: Connection, renamed: dict[str, str]) -> None:
    """Give all codes their new names, in all tables at once."""
    db.exec_driver_sql("CREATE TEMP TABLE renamed (old TEXT PRIMARY KEY, new TEXT)")
    rows = [{"old": old, "new": new} for old, new in renamed.items()]
    db.execute(text("INSERT INTO renamed VALUES (:old, :new)"), rows)
    for column in _text_columns():
        table, name = column.table.name, column.name
        new = f'SELECT new FROM renamed WHERE old = "{table}"."{name}"'
        db.exec_driver_sql(
            f'UPDATE "{table}" SET "{name}" = ({new}) WHERE "{name}" IN (SELECT old FROM renamed)'
        )
    db.exec_driver_sql("DROP TABLE renamed")


def _codes(db: Connection) -> Iterator[str]:
    for table, which in CODES.items():
        column = "number" if table in ("orders", "delivery", "returns") else "code"
        yield from _column(db, table, column, which)
    for column in _text_columns():
        if column.name in MARKS:
            yield from _column(db, column.table.name, column.name)


def _column(db: Connection, table: str, column: str, which: str = "") -> list[str]:
    where = f" WHERE {which}" if which else ""
    rows = db.exec_driver_sql(f'SELECT DISTINCT "{column}" FROM "{table}"{where}')
    return sorted(code for (code,) in rows if code)


def _text_columns(*, bars: bool = False) -> list[Column[Any]]:
    return [
        column
        for table in Table.metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, String) and (bars or not _holds_bars(table.name, column.name))
    ]


def _holds_bars(table: str, column: str) -> bool:
    """Say whether barcodes are in a column, which stay as they are."""
    bars = {"scan_code", "old_scan_code", "badge", "plate", "tracking"}
    return column in bars or (table, column) == ("barcode", "code")


def _rows(db: Connection, table: str) -> list[RowMapping]:
    """List the rows of a table by their keys, in order."""
    keys = Table.metadata.tables[table].primary_key.columns
    return [*db.execute(select(*keys).order_by(*keys)).mappings()]


def _set(db: Connection, table: str, row: RowMapping, column: str, value: str) -> None:
    columns = Table.metadata.tables[table].columns
    this = [columns[name] == key for name, key in row.items()]
    db.execute(update(columns[column].table).where(*this).values({column: value}))


def _poison_rules(db: Connection, texts: Iterator[str]) -> None:
    """Put harm into what merchants want to be read at the bench, and on labels."""
    for code, rules in db.exec_driver_sql("SELECT code, rules FROM merchant").all():
        told = {**json.loads(rules), "sender": next(texts)}
        if told.get("pack_instruction"):
            told["pack_instruction"] = next(texts)
        if told.get("inserts"):
            told["inserts"] = [next(texts) for _ in range(INSERTS_MAX)]
        row = text("UPDATE merchant SET rules = :rules WHERE code = :code")
        db.execute(row, {"rules": json.dumps(told), "code": code})
    at = Table.metadata.tables["orders"].columns["ship_to"]
    for row in _rows(db, "orders"):
        this = [at.table.columns[name] == key for name, key in row.items()]
        told = json.loads(db.scalar(select(at).where(*this)) or "")
        _set(db, "orders", row, "ship_to", json.dumps({name: next(texts) for name in told}))
