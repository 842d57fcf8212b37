"""A parcel gets the label that its order brought, byte for byte, and nobody else gets it."""

from __future__ import annotations

import hashlib
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from conftest import NOW, SITE
from ops.test_packing import HAT, MUG, ana, one, rows, scan
from sqlalchemy import insert
from warehouses import packing as warehouse

from floorhand.labels.carrier import codes_of, read_label
from floorhand.labels.printers import FolderPrinter, Form, pdf_printer
from floorhand.labels.spool import send_all
from floorhand.labels.zebra import CANCEL_PARTIAL, TcpPrinter
from floorhand.store.carrier_labels import Brought, OrderNamed, bring
from floorhand.store.check import violations
from floorhand.store.db import Transactions
from floorhand.store.ledger import Cause
from floorhand.store.masters import DEFAULT_PRINTER
from floorhand.store.print_jobs import queue_label, reprint_label
from floorhand.store.schema import Order, Parcel, Place, PrintJob, Trouble

FIRST = b"^XA^FO9,9^BCN,90^FD>:1Z680RA4DL08720000^FS^XZ"
SECOND = b"^XA^FO9,9^BCN,90^FD>:1Z680RA4DL08720001^FS^XZ"


@pytest.fixture
def floor(transactions: Transactions) -> Iterator[Transactions]:
    warehouse.build(transactions)
    yield transactions
    with transactions.begin() as tx:
        assert violations(tx, SITE) == ()


def order_brings(transactions: Transactions, number: str, *contents: bytes) -> None:
    with transactions.begin() as tx:
        for count, content in enumerate(contents, 1):
            label = read_label(content)
            sha256 = hashlib.sha256(content).hexdigest()
            codes = codes_of(label)
            name = f"{number}-{count}"
            one = Brought(name, str(label.form), content, sha256, label.labels, codes)
            assert bring(tx, SITE, OrderNamed("ACME", number, ""), one, NOW)[0] == "taken"


def printed(transactions: Transactions, printer: FolderPrinter, folder: Path) -> dict[str, bytes]:
    later = NOW + timedelta(minutes=5)
    assert send_all(transactions, SITE, {DEFAULT_PRINTER: printer}, lambda: later) == 1
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_the_label_that_the_order_brought_is_printed_in_place_of_ours(floor, tmp_path) -> None:
    order_brings(floor, "1001", FIRST)
    turn = ana(floor, "T-1", HAT, MUG, "3")
    sscc = turn.said.facts["carton"]
    assert one(floor, Parcel.label_no, carton=sscc) == 1
    assert printed(floor, FolderPrinter(tmp_path / "out"), tmp_path / "out") == {
        f"000001-shipping-{sscc}.zpl": FIRST
    }
    assert one(floor, PrintJob.state) == "sent"
    assert rows(floor, Trouble.kind) == []


def test_an_order_that_brought_none_gets_ours(floor, tmp_path) -> None:
    order_brings(floor, "1002", FIRST)
    ana(floor, "T-1", HAT, MUG, "3")
    assert one(floor, Parcel.label_no) == 0
    out = printed(floor, FolderPrinter(tmp_path / "out"), tmp_path / "out")
    assert [name[-4:] for name in out] == [".png", ".zpl"]


def test_a_parcel_without_address_needs_none_if_it_has_its_carriers_label(floor) -> None:
    with floor.begin() as tx:
        tx.execute(Order.__table__.update().values(ship_to="{}"))
    order_brings(floor, "1001", FIRST)
    ana(floor, "T-1", HAT, MUG, "3")
    assert rows(floor, Trouble.kind) == []


def test_each_parcel_gets_a_label_of_its_own_and_too_few_are_told(floor, tmp_path) -> None:
    order_brings(floor, "1001", FIRST)
    ana(floor, "T-1", HAT, "*FULL", "*DONE", MUG, "3")
    assert sorted(n for (n,) in rows(floor, Parcel.label_no)) == [0, 1]
    ((kind, facts),) = rows(floor, Trouble.kind, Trouble.facts)
    assert (kind, json.loads(facts)) == ("no_carrier_label", {"order": "1001", "brought": 1})


def test_a_label_that_no_parcel_got_is_told(floor) -> None:
    order_brings(floor, "1001", FIRST, SECOND)
    ana(floor, "T-1", HAT, MUG, "3")
    assert one(floor, Trouble.kind) == "carrier_label_left"


def test_a_reprint_is_the_same_label(floor, tmp_path) -> None:
    order_brings(floor, "1001", FIRST)
    sscc = ana(floor, "T-1", HAT, MUG, "3").said.facts["carton"]
    printed(floor, FolderPrinter(tmp_path / "out"), tmp_path / "out")
    with floor.begin() as tx:
        assert reprint_label(tx, Cause(SITE, "S9:1", "ana", "S9", "", NOW), sscc) == 2
    out = printed(floor, FolderPrinter(tmp_path / "out"), tmp_path / "out")
    assert list(out.values()) == [FIRST, FIRST]


@pytest.mark.parametrize(
    ("scanned", "said"),
    [
        ("1Z680RA4DL08720000", "labelling.confirmed"),
        ("4210210001Z680RA4DL08720000", "labelling.confirmed"),
        ("1Z680RA4DL08720001", "refusal.label_too_early"),
        ("1Z680RA4DL08729999", "refusal.unknown_barcode"),
    ],
)
def test_the_carriers_barcode_confirms_the_label_of_its_own_parcel_only(
    floor, tmp_path, scanned: str, said: str
) -> None:
    order_brings(floor, "1001", FIRST)
    order_brings(floor, "1002", SECOND)
    ana(floor, "T-1", HAT, MUG, "3")
    printed(floor, FolderPrinter(tmp_path / "out"), tmp_path / "out")
    assert scan(floor, scanned).said.text == said
    assert one(floor, PrintJob.state) == ("confirmed" if said[0] == "l" else "sent")


def test_zpl_at_a_printer_of_another_kind_is_a_failure_that_is_seen(floor, tmp_path) -> None:
    order_brings(floor, "1001", FIRST)
    ana(floor, "T-1", HAT, MUG, "3")
    send_all(floor, SITE, {DEFAULT_PRINTER: pdf_printer(tmp_path)}, lambda: NOW)
    assert rows(floor, PrintJob.state, PrintJob.error) == [
        ("failed", "A carrier's label of ZPL cannot be printed where PDF is needed.")
    ]


def test_a_scan_that_is_taken_back_gives_its_label_back(floor) -> None:
    order_brings(floor, "1001", FIRST, SECOND)
    ana(floor, "T-1", HAT, "*FULL", "*DONE")
    assert [n for (n,) in rows(floor, Parcel.label_no)] == [1]
    scan(floor, "*UNDO", "*DONE", MUG, "3")
    assert sorted(n for (n,) in rows(floor, Parcel.label_no)) == [1, 2]


@contextmanager
def port() -> Iterator[tuple[int, list[bytes]]]:
    """A port that keeps what each connection brings."""
    got: list[bytes] = []

    def listen(server: socket.socket) -> None:
        while True:
            line, _ = server.accept()
            with line:
                received = b""
                while piece := line.recv(65536):
                    received += piece
            if not received:
                return
            got.append(received)

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=listen, args=(server,))
        thread.start()
        try:
            yield server.getsockname()[1], got
        finally:
            socket.create_connection(server.getsockname()).close()
            thread.join()


def test_every_real_label_goes_through_the_spool_to_a_socket_unchanged(
    transactions: Transactions, shared_data: Path
) -> None:
    floor = transactions
    warehouse.build(floor)
    files = sorted((shared_data / "zpl").glob("*.zpl"))
    assert len(files) == 22
    contents = [path.read_bytes() for path in files]
    order_brings(floor, "1002", *contents)
    with floor.begin() as tx:
        for n in range(1, len(files) + 1):
            carton = f"C-{n}"
            place = {"site": SITE, "code": carton, "kind": "carton", "scan_code": carton}
            tx.execute(insert(Place).values(place))
            parcel = {"merchant": "ACME", "order": "1002", "label_no": n, "state": "closed"}
            tx.execute(insert(Parcel).values(site=SITE, carton=carton, closed_at=NOW, **parcel))
            cause = Cause(SITE, f"S9:{n}", "ana", "S9", "", NOW)
            data = {"ship_to": ["x"], "order": "1002", "merchant": "A", "sscc": carton}
            queue_label(tx, cause, "shipping", carton, data)
    with port() as (number, got):
        printer = TcpPrinter("127.0.0.1", number, answers=False)
        assert send_all(floor, SITE, {DEFAULT_PRINTER: printer}, lambda: NOW) == len(files)
    assert [received.removeprefix(CANCEL_PARTIAL) for received in got] == contents
    assert {state for (state,) in rows(floor, PrintJob.state)} == {"sent"}
    assert Form.ZPL in printer.takes
