"""``floorhand printers``: how they are, and what an office decides about their labels."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import NOW, SITE
from sqlalchemy import insert, select, update

from floorhand.cli import main
from floorhand.labels.simulator.printer import PrinterSimulator
from floorhand.store.check import violations
from floorhand.store.db import Transactions, engine_of, open_database
from floorhand.store.ledger import Cause
from floorhand.store.print_desk import queue_on
from floorhand.store.printers import note_condition
from floorhand.store.schema import Operation, PrinterRow, PrintJob, Station
from floorhand.store.single import is_held, single

TOTE = json.dumps({"code": "T-0117", "scan_code": "FHTFSJTPHTKV"})


@pytest.fixture
def office(
    transactions: Transactions, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> Transactions:
    """Two neighbours, a lonely one, and a station that prints where nobody knows of."""
    monkeypatch.chdir(tmp_path)
    rows = [("z-1", "z-2"), ("z-2", "z-1"), ("alone", "")]
    with transactions.begin() as tx:
        for code, neighbour in rows:
            tx.execute(
                insert(PrinterRow).values(
                    site=SITE, code=code, address="tcp://127.0.0.1:1", neighbour=neighbour
                )
            )
        for code, printer in (("B-1", "z-1"), ("B-2", "laser"), ("B-3", "folder")):
            tx.execute(
                insert(Station).values(
                    site=SITE, code=code, name="", scan_code=code, printer=printer
                )
            )
        note_condition(tx, SITE, "z-1", "paper", "Out of labels.", NOW)
    return transactions


def ask(transactions: Transactions, scan: int, subject: str, printer: str, **values: Any) -> None:
    with transactions.begin() as tx:
        cause = Cause(SITE, f"S1:{scan}", "ana", "S1", "", NOW)
        queue_on(tx, cause, printer, [(subject, "tote", TOTE)])
        if values:
            here = (PrintJob.site == SITE, PrintJob.subject == subject)
            tx.execute(update(PrintJob).where(*here).values(values))


def printers(transactions: Transactions, *words: str) -> int:
    url = engine_of(transactions).url.render_as_string(hide_password=False)
    with pytest.raises(SystemExit) as ended:
        main(["printers", *words, "--database", url])
    with transactions.begin() as tx:
        assert violations(tx, SITE) == ()
    return int(ended.value.code or 0)


def jobs(transactions: Transactions) -> list[tuple[Any, ...]]:
    with transactions.begin() as tx:
        columns = (PrintJob.subject, PrintJob.printer, PrintJob.state, PrintJob.copy_no)
        return [tuple(row) for row in tx.execute(select(*columns).order_by(PrintJob.id))]


def recorded(transactions: Transactions) -> list[tuple[str, Any]]:
    with transactions.begin() as tx:
        rows = tx.execute(select(Operation.kind, Operation.facts, Operation.seat)).all()
    assert {row.seat for row in rows} <= {"office"}
    return [(row.kind, json.loads(row.facts)) for row in rows]


def test_the_list_says_how_each_printer_is_and_who_sends(office, capsys) -> None:
    ask(office, 1, "T-1", "z-1")
    ask(office, 2, "T-2", "z-1", state="doubt", sent_at=NOW)
    ask(office, 3, "T-3", "gone", state="failed")
    assert printers(office) == 0
    out = capsys.readouterr().out.splitlines()
    assert [line.split("  ")[0] for line in out[1:7]] == [
        "alone", "folder", "gone", "laser", "z-1", "z-2",
    ]  # fmt: skip
    assert " ".join(out[3].split()) == "gone nobody has told where it is - 0 0 1 - -"
    assert " ".join(out[5].split()) == "z-1 out of labels 2026-03-02 09:00 1 1 0 z-2 B-1"
    assert "z-1: tcp://127.0.0.1:1, 203 dpi; Out of labels." in out
    assert out[-1].startswith("Spool: none runs, so labels wait")
    with single(office, SITE, NOW):
        assert printers(office, "list") == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("Spool: runs on ")
    assert printers(office, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    (mine,) = [one for one in told["printers"] if one["printer"] == "z-1"]
    assert (mine["condition"], mine["waiting"], mine["doubt"]) == ("paper", 1, 1)
    assert (mine["oldest_waits_since"], mine["stations"]) == (NOW.isoformat(), ["B-1"])
    assert told["spool"]["runs"] is False


def test_who_asks_whether_somebody_sends_takes_nothing_away(office) -> None:
    assert not is_held(office, SITE)
    with single(office, SITE, NOW) as hold:
        assert hold is not None
        assert is_held(office, SITE)
        assert hold.is_mine()
    free(office)
    with single(office, SITE, NOW) as hold:
        assert hold is not None
        assert hold.epoch == 2


def free(transactions: Transactions) -> None:
    """Wait until nobody sends; a server notices a moment later that a line was closed."""
    until = time.monotonic() + 20
    while is_held(transactions, SITE):
        assert time.monotonic() < until
        time.sleep(0.01)


def test_a_server_says_whether_somebody_sends(postgresql_warehouse: str) -> None:
    made = open_database(postgresql_warehouse)
    test_who_asks_whether_somebody_sends_takes_nothing_away(made)
    engine_of(made).dispose()


def test_a_printer_is_paused_once_and_resumed_once_and_both_are_recorded(office, capsys) -> None:
    for words in (("pause", "Z-1"), ("pause", "z-1"), ("resume", "z-1"), ("resume", "z-1")):
        assert printers(office, *words) == 0
    told = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in told] == [
        "z-1 is paused", "z-1 was paused already", "z-1 prints again.", "z-1 was not paused.",
    ]  # fmt: skip
    assert recorded(office) == [
        ("PausePrinter", {"job": "printing", "printer": "z-1", "paused": 1}),
        ("ResumePrinter", {"job": "printing", "printer": "z-1", "paused": 0}),
    ]
    assert printers(office, "pause", "z-9") == 1
    assert "There is no printer z-9. Known: alone, folder, z-1, z-2." in capsys.readouterr().err
    assert printers(office, "pause", "folder") == 1
    assert "writes files" in capsys.readouterr().err


def test_what_waits_goes_to_the_neighbour_and_what_is_in_doubt_stays(office, capsys) -> None:
    ask(office, 1, "T-1", "z-1")
    ask(office, 2, "T-2", "z-1", state="doubt", sent_at=NOW)
    ask(office, 3, "T-3", "z-1", state="sending")
    ask(office, 4, "T-4", "z-1")
    assert printers(office, "reroute", "z-1") == 0
    assert capsys.readouterr().out.splitlines() == [
        "2 labels that waited for z-1 now come from z-2.",
        "1 label stays there: going out now.",
        "1 label stays there: in doubt, so they may have come out. Look; then floorhand printers "
        "confirm, reprint or void.",
    ]
    assert [job[1] for job in jobs(office)] == ["z-2", "z-1", "z-1", "z-2"]
    assert recorded(office) == [
        ("ReroutePrinter", {"job": "printing", "printer": "z-1", "to": "z-2", "rerouted": 2})
    ]


def test_labels_can_leave_a_printer_that_is_not_there(office, capsys) -> None:
    ask(office, 1, "T-1", "laser")
    assert printers(office, "reroute", "laser") == 1
    assert "laser has no neighbour. Say which printer: --to OTHER." in capsys.readouterr().err
    assert printers(office, "reroute", "laser", "--to", "ALONE") == 0
    assert printers(office, "reroute", "alone", "--to", "alone") == 1
    assert "Say another printer" in capsys.readouterr().err
    assert printers(office, "reroute", "alone", "--to", "laser") == 1
    assert "There is no printer laser" in capsys.readouterr().err
    assert jobs(office) == [("T-1", "alone", "waiting", 1)]


def test_jobs_lists_what_is_not_out(office, capsys) -> None:
    assert printers(office, "jobs") == 0
    assert capsys.readouterr().out == "All labels are out.\n"
    ask(office, 1, "T-1", "z-1", error="Out of labels.", tries=3, number=7)
    ask(office, 2, "T-2", "z-2", state="doubt", sent_at=NOW, rerouted_from="z-1")
    ask(office, 3, "T-3", "z-1", state="sent", sent_at=NOW)
    assert printers(office, "jobs") == 0
    rows = capsys.readouterr().out.splitlines()[1:]
    assert rows[0].split()[:5] == ["7", "z-1", "waiting", "tote", "T-1"]
    assert rows[0].endswith("3      Out of labels.")
    assert "z-2 (from z-1)  in doubt" in rows[1]
    assert len(rows) == 2
    assert printers(office, "jobs", "z-1", "--json") == 0
    (one,) = json.loads(capsys.readouterr().out)
    assert (one["id"], one["number"], one["created_at"]) == ("S1:1/1", 7, NOW.isoformat())


def test_void_means_what_is_not_out_unless_a_label_is_named_by_itself(office, capsys) -> None:
    ask(office, 1, "T-1", "z-1", state="confirmed", sent_at=NOW, number=4)
    assert printers(office, "void", "T-1") == 1
    assert "All labels of T-1 are out." in capsys.readouterr().err
    assert printers(office, "void", "4") == 0
    assert printers(office, "void", "4") == 1
    assert "The label 4 is void already." in capsys.readouterr().err
    ask(office, 2, "T-2", "z-1")
    assert printers(office, "void", "T-2") == 0
    ask(office, 3, "T-3", "z-1", state="sending")
    assert printers(office, "void", "S1:3/1") == 1
    assert "is going out now" in capsys.readouterr().err
    assert printers(office, "void", "T-9") == 1
    assert [job[2] for job in jobs(office)] == ["voided", "voided", "sending"]
    assert recorded(office) == [("VoidLabels", {"job": "printing", "voided": 1})] * 2


def test_who_has_looked_says_that_a_label_in_doubt_came_out(office, capsys) -> None:
    ask(office, 1, "T-1", "z-1", state="doubt", sent_at=NOW, error="lost")
    assert printers(office, "confirm", "T-1") == 0
    assert jobs(office) == [("T-1", "z-1", "confirmed", 1)]
    assert printers(office, "confirm", "T-1") == 1
    assert "No label T-1 is in doubt: confirmed." in capsys.readouterr().err


def test_what_was_voided_before_it_came_out_is_printed_as_no_copy(office, capsys) -> None:
    ask(office, 1, "T-0117", "z-1")
    assert printers(office, "void", "T-0117") == 0
    capsys.readouterr()
    assert printers(office, "reprint", "T-0117", "--reason", "lost") == 0
    assert capsys.readouterr().out == "The label of T-0117 comes from z-1.\n"
    assert [(state, copy) for *_, state, copy in jobs(office)] == [("voided", 1), ("waiting", 1)]


def test_a_reprint_is_a_copy_where_the_label_came_from_and_settles_a_doubt(office, capsys) -> None:
    ask(office, 1, "T-1", "z-1", state="doubt", sent_at=NOW)
    assert printers(office, "reprint", "T-1", "--reason", "lost") == 0
    assert printers(office, "reprint", "T-1", "--reason", "lost", "--printer", "z-2") == 1
    assert "has not come out yet: it waits at z-1" in capsys.readouterr().out
    found = {(state, copy, printer) for _, printer, state, copy in jobs(office)}
    assert found == {("voided", 1, "z-1"), ("waiting", 2, "z-1")}
    with office.begin() as tx:
        assert tx.scalar(select(PrintJob.reason).where(PrintJob.copy_no == 2)) == "lost"
    ask(office, 2, "T-2", "z-1", state="failed", error="no room")
    assert printers(office, "reprint", "T-2", "--reason", "jam", "--printer", "z-2") == 0
    assert "had failed; it is tried again at z-2" in capsys.readouterr().out
    assert printers(office, "reprint", "T-9", "--reason", "jam") == 1
    assert [kind for kind, _ in recorded(office)] == ["ReprintLabel", "ReprintLabel"]


@pytest.fixture
def machine(office: Transactions) -> Iterator[PrinterSimulator]:
    with PrinterSimulator() as simulator:
        with office.begin() as tx:
            at = f"tcp://127.0.0.1:{simulator.port}"
            tx.execute(update(PrinterRow).where(PrinterRow.code == "z-1").values(address=at))
        yield simulator


def test_a_test_label_comes_out_and_is_told(office, machine, capsys) -> None:
    assert printers(office, "test", "z-1", "--label") == 0
    assert capsys.readouterr().out.splitlines() == [
        "z-1: ready",
        "The test label is printed: the printer says so.",
    ]
    assert len(machine.printed) == 1


def test_a_printer_that_cannot_is_told_and_gets_no_test_label(office, machine, capsys) -> None:
    machine.pause()
    assert printers(office, "test", "z-1", "--label") == 1
    assert capsys.readouterr().out.startswith("z-1: paused at the printer")
    machine.resume()
    assert printers(office, "pause", "z-1") == 0
    assert printers(office, "test", "z-1", "--label") == 1
    assert "It is paused here" in capsys.readouterr().out
    assert printers(office, "test", "z-2") == 1
    assert "z-2: cannot be reached" in capsys.readouterr().out
    assert jobs(office) == []


def test_a_relative_folder_begins_beside_the_database(office, tmp_path, monkeypatch, capsys):
    set_to = update(PrinterRow).where(PrinterRow.code == "alone").values(address="folder:tags")
    with office.begin() as tx:
        tx.execute(set_to)
    ask(office, 1, "T-0117", "alone")
    ask(office, 2, "T-0118", "folder")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    url = engine_of(office).url.render_as_string(hide_password=False)
    with pytest.raises(SystemExit):
        main(["spool", "--once", "--database", url])
    begins = Path(url.partition("///")[2]).parent if url.startswith("sqlite") else elsewhere
    assert len(list((begins / "tags").iterdir())) == 2
    assert len(list((begins / "labels").iterdir())) == 2
    capsys.readouterr()
    printers(office)
    assert f"folder:{begins / 'tags'}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("z-1", "z-1 is not removed: station B-1 prints there."),
        ("alone", "alone is not removed: 1 label still to come out."),
        ("z-3", "z-3 is not removed: it is the neighbour of z-1."),
        ("laser", "There is no printer laser."),
        ("folder", "folder is not removed: no file of printers has named it."),
    ],
)
def test_a_printer_that_something_names_is_not_removed(office, capsys, name, why) -> None:
    with office.begin() as tx:
        tx.execute(update(PrinterRow).where(PrinterRow.code == "z-1").values(neighbour="z-3"))
        tx.execute(insert(PrinterRow).values(site=SITE, code="z-3", address="folder:z"))
    ask(office, 1, "T-1", "alone", state="doubt", sent_at=NOW)
    assert printers(office, "remove", name) == 1
    assert why in capsys.readouterr().err
    assert recorded(office) == []


def test_a_printer_that_is_no_more_is_removed(office, capsys) -> None:
    assert printers(office, "remove", "Alone") == 0
    assert capsys.readouterr().out.startswith("alone is removed.")
    noted = {"job": "printing", "printer": "alone", "removed": 1}
    assert recorded(office) == [("RemovePrinter", noted)]
    assert printers(office, "remove", "alone") == 1
