"""``floorhand label KIND --printer P``: many labels by the spool, each once."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import SITE
from sqlalchemy import delete, func, insert, select, update
from warehouses import people

from floorhand.cli import main
from floorhand.domain.print_desk import LABELS_AT_ONCE_MAX
from floorhand.labels import printing_run
from floorhand.labels.simulator.console import texts_of
from floorhand.labels.simulator.printer import PrinterSimulator
from floorhand.store.check import violations
from floorhand.store.db import Transactions, engine_of
from floorhand.store.schema import Operation, Place, PrinterRow, PrintJob, Worker

BINS = 230


@pytest.fixture
def bins(
    transactions: Transactions, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> Transactions:
    """More bins than one operation asks for, and a printer that is not there."""
    monkeypatch.chdir(tmp_path)
    assert BINS > LABELS_AT_ONCE_MAX
    with transactions.begin() as tx:
        here = {"site": SITE, "kind": "bin"}
        codes = [f"A-{n:03}" for n in range(BINS)]
        rows = [{**here, "code": c, "scan_code": f"FHB{c}", "check_digits": "17"} for c in codes]
        tx.execute(insert(Place), rows)
        tx.execute(insert(PrinterRow).values(site=SITE, code="z-1", address="tcp://127.0.0.1:1"))
    return transactions


def label(transactions: Transactions, *words: str) -> int:
    url = engine_of(transactions).url.render_as_string(hide_password=False)
    with pytest.raises(SystemExit) as ended:
        main(["label", *words, "--database", url])
    with transactions.begin() as tx:
        assert violations(tx, SITE) == ()
    return int(ended.value.code or 0)


def asked_for(transactions: Transactions) -> list[str]:
    """Subjects in the order in which the spool sends them."""
    with transactions.begin() as tx:
        order = (PrintJob.created_at, func.length(PrintJob.id), PrintJob.id)
        return list(tx.scalars(select(PrintJob.subject).order_by(*order)))


def test_labels_are_asked_for_in_order_and_in_parts_once_a_day(bins, capsys) -> None:
    assert label(bins, "bins", "--printer", "Z-1") == 0
    out = capsys.readouterr().out
    assert out.startswith(f"{BINS} labels asked of z-1. Run ")
    assert "Nobody sends labels now" in out
    assert asked_for(bins) == [f"A-{n:03}" for n in range(BINS)]
    with bins.begin() as tx:
        rows = tx.execute(select(Operation.kind, Operation.seat, Operation.command)).all()
    assert [row[:2] for row in rows] == [("PrintLabels", "office")] * 2
    assert label(bins, "bins", "--printer", "z-1") == 0
    assert f"0 labels asked of z-1; {BINS} were asked for before" in capsys.readouterr().out
    assert len(asked_for(bins)) == BINS


def test_a_run_that_was_interrupted_goes_on_where_it_was(bins, monkeypatch, capsys) -> None:
    class Killed(Exception):
        pass

    def killed(*_: object) -> None:
        raise Killed

    monkeypatch.setattr(printing_run, "_progress", killed)
    with pytest.raises(Killed):
        label(bins, "bins", "--printer", "z-1")
    assert len(asked_for(bins)) == LABELS_AT_ONCE_MAX
    monkeypatch.undo()
    with bins.begin() as tx:  # what is new, and what has changed, comes out as well
        tx.execute(update(Place).where(Place.code == "A-007").values(check_digits="71"))
    assert label(bins, "bins", "--printer", "z-1") == 0
    assert len(asked_for(bins)) == BINS + 1
    assert asked_for(bins).count("A-007") == 2


def test_again_prints_all_once_more_and_is_gone_on_with(bins, monkeypatch) -> None:
    few = ("bins", "A-001", "A-002", "--printer", "z-1")
    label(bins, *few)
    label(bins, *few, "--again")
    label(bins, *few)
    assert asked_for(bins) == ["A-001", "A-002"] * 2
    label(bins, "bins", "A-002", "A-001", "--printer", "z-1")  # the same labels
    label(bins, "bins", "A-001", "--printer", "z-1")  # others
    label(bins, "bins", "A-001", "--printer", "folder")
    assert asked_for(bins) == [*["A-001", "A-002"] * 2, "A-001", "A-001"]


def test_who_waits_is_told_when_all_are_out(bins, capsys) -> None:
    with PrinterSimulator() as simulator:
        with bins.begin() as tx:
            tx.execute(update(PrinterRow).values(address=f"tcp://127.0.0.1:{simulator.port}"))
        assert label(bins, "bins", "A-001", "A-002", "--printer", "z-1", "--wait") == 0
        printed = [texts_of(out.zpl) for out in simulator.printed]
    assert capsys.readouterr().out.endswith("\n2 labels out.\n")
    assert [any("A-001" in text for text in texts) for texts in printed] == [True, False]


def test_who_waits_is_told_of_labels_that_never_come(bins, capsys) -> None:
    label(bins, "bins", "A-001", "A-002", "--printer", "folder")
    with bins.begin() as tx:
        tx.execute(update(PrintJob).where(PrintJob.subject == "A-001").values(state="failed"))
    assert label(bins, "bins", "A-001", "A-002", "--printer", "folder", "--wait") == 3
    told = capsys.readouterr().out.splitlines()[-1]
    assert told == "1 label out, 1 failed, see floorhand printers jobs."


def test_badges_go_to_a_printer_and_into_no_record(transactions, capsys) -> None:
    people.build(transactions)
    assert label(transactions, "badges", "--printer", "folder") == 0
    with transactions.begin() as tx:
        badges = tx.scalars(select(Worker.badge)).all()
        (record,) = tx.scalars(select(Operation.command))
        assert badges
        assert not any(badge in record for badge in badges)
        tx.execute(delete(PrintJob))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--printer", "nope"), "There is no printer nope. Known: folder, z-1."),
        (("--wait",), "--wait and --again go with --printer."),
        (("--printer", "z-1", "--zpl", "a.zpl"), "Either --printer or --zpl, not both."),
    ],
)
def test_what_cannot_be_is_refused(bins, capsys, words, told) -> None:
    assert label(bins, "bins", *words) == 1
    assert told in capsys.readouterr().err
    assert asked_for(bins) == []
