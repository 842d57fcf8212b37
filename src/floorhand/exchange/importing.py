"""Import a file: read it whole, then write it in steps between which scans get their turn.

Reading comes first and holds no lock, and a file that is broken anywhere is found out by then:
nothing of it is written. Writing goes in steps of whole papers, each one transaction, because
SQLite lets one write at a time and the floor would stand still for all of a large file. A step of
`STEP_SIZE` takes about 0.1 s of one core; a paper that is larger is one step all the same: a
delivery of 200,000 lines takes about 6 s, and so do as many places, which belong together.

The same file again changes nothing that is so already: papers and products are known by their own
keys, and a file of papers that was taken whole is known by its content. So an import that was
stopped in the middle has left whole papers, and goes on where it stopped when the file is imported
again. Settings are compared each time: another file, or somebody, may have changed them since.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import insert, select, update

from floorhand.domain.rules import SiteRules
from floorhand.exchange import writing_papers as papers
from floorhand.exchange.later_words import write_cancellations
from floorhand.exchange.reading import Source, open_source
from floorhand.exchange.recognise import Format, recognise
from floorhand.exchange.records import (
    BoxRecord,
    CancelRecord,
    Context,
    DeliveryRecord,
    MerchantRecord,
    OrderRecord,
    Parsed,
    PlaceRecord,
    PrinterRecord,
    ProductRecord,
    Progress,
    Record,
    Rejected,
    ReturnRecord,
    ScannerRecord,
    SiteRecord,
    StationRecord,
    WorkerRecord,
)
from floorhand.exchange.rejecting import write_rejected
from floorhand.exchange.result import ENCODING_NAMES, Result
from floorhand.exchange.writing_alarms import raise_alarms
from floorhand.exchange.writing_masters import (
    Codes,
    ensure_merchants,
    ensure_site,
    write_boxes,
    write_products,
    write_workers,
)
from floorhand.exchange.writing_names import settle_names
from floorhand.exchange.writing_places import write_places
from floorhand.exchange.writing_printers import write_printers
from floorhand.exchange.writing_rules import write_merchants, write_site, write_stations
from floorhand.exchange.written import Writing
from floorhand.store.db import Transactions, take_turn_in
from floorhand.store.schema import Imported, SiteRow
from floorhand.store.statistics import count_new_tables

STEP_SIZE = 1_000
"""Records and lines written in one transaction: few enough that no scan waits long."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Options:
    """What the caller says about the files; empty means: find out, or the default."""

    format: str = ""
    merchant: str = ""
    encoding: str = ""
    dates: str = ""
    names: dict[tuple[str, str], tuple[str, int]] = field(default_factory=dict)
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Opened:
    """A file that was looked through and recognised."""

    source: Source
    format: Format
    recognised: bool


def open_file(path: Path, options: Options) -> Opened:
    """Look a file through and recognise it; touches no database.

    Raises:
        BadFile: If it cannot be used.
    """
    source = open_source(path, options.encoding)
    return Opened(source, recognise(source, options.format), not options.format)


@dataclass(frozen=True, slots=True)
class Ready:
    """A file that was read whole and waits to be written. Nothing can be wrong with it any more."""

    opened: Opened
    context: Context
    parsed: Parsed
    before: dict[str, Any] | None


def import_file(
    transactions: Transactions,
    site: str,
    opened: Opened,
    options: Options,
    *,
    now: datetime,
    progress: Progress,
) -> Result:
    """Import one file.

    Raises:
        BadFile: If the file turns out to be broken; nothing is written then.
    """
    ready = read_file(transactions, site, opened, options, now=now, progress=progress)
    if isinstance(ready, Result):
        return ready
    w = _write_all(transactions, site, ready, options)
    source = opened.source
    rejected_file, trouble = write_rejected(source, _rejected(ready, w))
    result = _result(ready, w, rejected_file, False)
    result = replace(result, notes=(*result.notes, *([trouble] if trouble else ())))
    return replace(result, already=ready.before["at"]) if ready.before is not None else result


def try_files(transactions: Transactions, site: str, ready: Sequence[Ready]) -> list[Result]:
    """Say what files would do, one after the other, and undo all of it.

    They share a transaction, so that orders find the products of the file before.
    """
    with transactions() as tx:
        results = []
        for item in ready:
            w = Writing(tx, site, item.context)
            write(w, item.parsed.records, item.parsed.merchants, Codes(w))
            raise_alarms(w, item.parsed.alarms)
            results.append(_result(item, w, "", True))
        tx.rollback()
    return results


def read_file(
    transactions: Transactions,
    site: str,
    opened: Opened,
    options: Options,
    *,
    now: datetime,
    progress: Progress,
) -> Ready | Result:
    """Read a file whole; writes nothing, and holds no lock while reading.

    Returns:
        What waits to be written; the result of before if the same papers were taken whole already.

    Raises:
        BadFile: If the file turns out to be broken.
    """
    source = opened.source
    context, before = _prepare(transactions, site, opened, options, now, progress)
    taken = before if opened.format.once and not options.dry_run else None
    if taken is not None and taken["rejected"] == 0:
        return _again(opened, taken)
    parsed = opened.format.read(replace(source, on_read=_reading(progress, source)), context)
    if source.guessed:
        name = ENCODING_NAMES.get(source.encoding, source.encoding)
        parsed.notes.insert(
            0, f"The file is not UTF-8; it was read as {name} (a guess; see --encoding)."
        )
    return Ready(opened, context, parsed, before)


def _write_all(transactions: Transactions, site: str, ready: Ready, options: Options) -> Writing:
    """Write a file step by step, and remember it with the last word."""
    parsed = ready.parsed
    done, total = 0, len(parsed.records)
    with transactions() as tx:
        w = Writing(tx, site, ready.context)
        codes = Codes(w)
        for step in steps(parsed.records):
            before = w.counts.copy()
            take_turn_in(tx)
            write(w, step, parsed.merchants, codes)
            if set(w.counts - before) <= {"merchants"} and w.rejected:
                w.counts = before  # a merchant of whom nothing could be taken is none of ours
                tx.rollback()
            tx.commit()
            done += len(step)
            ready.context.progress("writing", done, total)
        if w.counts.total() or parsed.alarms or not (w.rejected or parsed.rejected):
            take_turn_in(tx)
            ensure_site(w)
            raise_alarms(w, parsed.alarms)
            _remember(w, ready.opened, options, _result(ready, w, "", False))
            tx.commit()
        count_new_tables(tx.connection())
        tx.commit()
    return w


def steps(records: Sequence[Record]) -> Iterator[list[Record]]:
    """Part records into what is written at a time, what others refer to first.

    Places, workers and the like are compared with each other, so they are never parted. Products
    that are only names come after those that they may mean.
    """
    records = sorted(records, key=lambda r: isinstance(r, ProductRecord) and r.by_name)
    step: list[Record] = [r for r in records if not isinstance(r, _IN_ORDER)]
    size = len(step)
    for kind in _IN_ORDER:
        for record in records:
            if not isinstance(record, kind):
                continue
            step.append(record)
            size += 1 + len(getattr(record, "lines", ()))
            if size >= STEP_SIZE:
                yield step
                step, size = [], 0
    if step:
        yield step


_IN_ORDER = (ProductRecord, DeliveryRecord, OrderRecord, CancelRecord, ReturnRecord)


def write(w: Writing, records: Sequence[Record], merchants: dict[str, str], codes: Codes) -> None:
    """Write records, what others refer to first; ``merchants`` are names of new ones."""
    ensure_site(w)
    write_site(w, _of(records, SiteRecord))
    write_boxes(w, _of(records, BoxRecord))
    write_merchants(w, _of(records, MerchantRecord))
    owners = [r.merchant for r in records if isinstance(r, ProductRecord | PlaceRecord)]
    ensure_merchants(w, filter(None, owners), merchants)
    write_places(w, _of(records, PlaceRecord))
    write_printers(w, _of(records, PrinterRecord))
    write_stations(w, _of(records, StationRecord), _of(records, ScannerRecord))
    write_workers(w, _of(records, WorkerRecord))
    products = _of(records, ProductRecord)
    write_products(w, [record for record in products if not record.by_name], codes)
    named = settle_names(w, [record for record in products if record.by_name], codes)
    write_products(w, list(named), codes)
    papers.write_deliveries(w, _of(records, DeliveryRecord), codes)
    papers.write_orders(w, _of(records, OrderRecord), codes)
    write_cancellations(w, _of(records, CancelRecord))
    papers.write_returns(w, _of(records, ReturnRecord), codes)
    raise_alarms(w, w.alarms)
    w.alarms.clear()


def _of(records: Iterable[Record], kind: type[T]) -> list[T]:
    return [record for record in records if isinstance(record, kind)]


def _prepare(
    transactions: Transactions,
    site: str,
    opened: Opened,
    options: Options,
    now: datetime,
    progress: Progress,
) -> tuple[Context, dict[str, Any] | None]:
    """Read what the file's reader must know, and what came of the same file before."""
    with transactions() as tx:
        row = tx.execute(
            select(SiteRow.time_zone, SiteRow.rules).where(SiteRow.site == site)
        ).one_or_none()
        before = tx.execute(
            select(Imported.result, Imported.at).where(*_same(site, opened, options))
        ).one_or_none()
    context = Context(
        now=now,
        merchant=options.merchant,
        time_zone=row.time_zone if row else "UTC",
        rules=SiteRules.of_json(row.rules) if row else SiteRules(),
        date_order=options.dates,
        names=options.names,
        progress=progress,
    )
    if before is None:
        return context, None
    at = f"{before.at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    return context, {**json.loads(before.result), "at": at}


def _identity(opened: Opened, options: Options) -> str:
    """Name a file by its content and by what was said about how to read it.

    A file that comes again with a name map or another order of dates says something else.
    """
    said = (options.encoding, options.dates, sorted(options.names.items()))
    if not any(said):
        return opened.source.sha256
    return hashlib.sha256(f"{opened.source.sha256} {said}".encode()).hexdigest()


def _same(site: str, opened: Opened, options: Options) -> tuple[Any, ...]:
    return (
        Imported.site == site,
        Imported.sha256 == _identity(opened, options),
        Imported.merchant == options.merchant,
        Imported.format == opened.format.name,
    )


def _again(opened: Opened, before: dict[str, Any]) -> Result:
    """Tell of a file that was taken whole before: the same facts, and nothing written."""
    counts = {"unchanged": sum(before["counts"].values())}
    return Result(
        str(opened.source.path),
        opened.format.name,
        opened.recognised,
        opened.source.encoding,
        before["facts"],
        counts,
        notes=tuple(before["notes"]),
        already=before["at"],
    )


def _rejected(ready: Ready, w: Writing) -> tuple[Rejected, ...]:
    both = {*ready.parsed.rejected, *w.rejected}
    return tuple(sorted(both, key=lambda item: (item.line, item.reason)))


def _result(ready: Ready, w: Writing, rejected_file: str, dry_run: bool) -> Result:
    opened, parsed, rejected = ready.opened, ready.parsed, _rejected(ready, w)
    return Result(
        str(opened.source.path),
        opened.format.name,
        opened.recognised,
        opened.source.encoding,
        parsed.facts,
        dict(w.counts + Counter(unchanged=parsed.repeated)),
        rejected,
        len(rejected),
        rejected_file,
        (*parsed.notes, *w.notes),
        dry_run,
    )


def _remember(w: Writing, opened: Opened, options: Options, result: Result) -> None:
    """Keep what came of the file, the latest word if it is imported once more."""
    kept = json.dumps(
        {
            "facts": result.facts,
            "counts": result.counts,
            "rejected": result.rejected_rows,
            "notes": list(result.notes),
        },
        ensure_ascii=False,
    )
    key = _same(w.site, opened, options)
    stored = w.tx.execute(select(Imported.result).where(*key)).scalar_one_or_none()
    if stored is None:
        w.tx.execute(
            insert(Imported).values(
                site=w.site,
                sha256=_identity(opened, options),
                merchant=w.context.merchant,
                format=opened.format.name,
                at=w.now,
                result=kept,
            )
        )
    elif json.loads(stored)["rejected"] != result.rejected_rows:
        w.tx.execute(update(Imported).where(*key).values(result=kept))


def _reading(progress: Progress, source: Source) -> Any:
    return lambda done: progress("reading", min(done, source.bytes_), source.bytes_)
