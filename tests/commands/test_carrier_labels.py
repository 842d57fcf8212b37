"""``floorhand carrier-labels``: labels find their orders, and each file left over is told why."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import NOW, SITE
from sqlalchemy import select, update
from warehouses import packing as warehouse

from floorhand.cli import main
from floorhand.store.carrier_codes import keep_codes
from floorhand.store.carrier_labels import label_of
from floorhand.store.db import Transactions, engine_of
from floorhand.store.schema import CarrierLabel, Order, Parcel, Place


@pytest.fixture
def floor(transactions: Transactions) -> Transactions:
    warehouse.build(transactions)
    return transactions


def zpl(text: str) -> bytes:
    return f"^XA^FO0,0^BCN,90^FD{text}^FS^XZ".encode()


def take(transactions: Transactions, *words: str | Path) -> int:
    url = engine_of(transactions).url.render_as_string(hide_password=False)
    with pytest.raises(SystemExit) as ended:
        main(["carrier-labels", *map(str, words), "--database", url])
    return int(ended.value.code or 0)


def write(folder: Path, **files: bytes) -> Path:
    for name, content in files.items():
        path = folder / name.replace("__", "/").replace("_", "-").replace("-dot-", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def brought(transactions: Transactions) -> list[tuple[str, str, int, str, bytes]]:
    columns = (CarrierLabel.merchant, CarrierLabel.order, CarrierLabel.number)
    with transactions.begin() as tx:
        query = select(*columns, CarrierLabel.file, CarrierLabel.content)
        return [tuple(row) for row in tx.execute(query.order_by(*columns))]


def test_files_of_a_folder_find_their_orders(floor, tmp_path, capsys) -> None:
    folder = tmp_path / "got"
    folder.mkdir()
    for name, text in (
        ("1002-10.zpl", "TENTH-123"),
        ("1002-2.zpl", "SECOND-12"),
        ("1002.zpl", "FIRST-123"),
        ("gid-ACME-1003.zpl", "THIRD-123"),
        (".hidden.zpl", "HIDDEN-12"),
    ):
        (folder / name).write_bytes(zpl(text))
    (folder / "BOLT").mkdir()
    (folder / "BOLT" / "1001.zpl").write_bytes(zpl("BOLTS-123"))
    (folder / "link.zpl").symlink_to(folder / "1002.zpl")
    assert take(floor, folder) == 0
    assert brought(floor) == [
        ("ACME", "1002", 1, "1002.zpl", zpl("FIRST-123")),
        ("ACME", "1002", 2, "1002-2.zpl", zpl("SECOND-12")),
        ("ACME", "1002", 3, "1002-10.zpl", zpl("TENTH-123")),
        ("ACME", "1003", 1, "gid-ACME-1003.zpl", zpl("THIRD-123")),
        ("BOLT", "1001", 1, "1001.zpl", zpl("BOLTS-123")),
    ]
    assert capsys.readouterr().out == "5 files taken, for 3 orders.\n"
    assert take(floor, folder) == 0
    assert capsys.readouterr().out == "0 files taken, for 0 orders; 5 were here already.\n"


def test_what_is_not_taken_is_told_with_its_reason(floor, tmp_path, capsys) -> None:
    with floor.begin() as tx:
        shipped = update(Order).where(Order.merchant == "ACME", Order.number == "1004")
        tx.execute(shipped.values(state="shipped"))
    for name, content in (
        ("1001.zpl", zpl("OF-SEVERAL")),
        ("1002.pdf", b"<html>502 Bad Gateway</html>"),
        ("1003.zpl", zpl("ONCE-ONLY")),
        ("1004.zpl", zpl("TOO-LATE")),
        ("1006.zpl", zpl("ONCE-ONLY")),
        ("7777.zpl", zpl("NOBODYS")),
        ("empty.zpl", b""),
    ):
        (tmp_path / name).write_bytes(content)
    assert take(floor, *sorted(tmp_path.glob("*.zpl")), tmp_path / "1002.pdf") == 3
    told = [line.replace(f"{tmp_path}/", "") for line in capsys.readouterr().out.splitlines()]
    assert told == [
        "1 file taken, for 1 order.",
        "6 not taken:",
        "  1001.zpl: Order 1001 is one of several merchants: ACME, BOLT. Say --merchant.",
        "  1004.zpl: Order 1004 is shipped already.",
        "  1006.zpl: This label was brought for order ACME/1003.",
        "  7777.zpl: No order, parcel or tracking number is called 7777, and none of its barcodes "
        "is the tracking number of an order.",
        "  empty.zpl: It is empty.",
        "  1002.pdf: It is a web page or XML, perhaps an error message of the carrier. A carrier's "
        "label is ZPL, PDF or PNG.",
    ]
    assert [row[:3] for row in brought(floor)] == [("ACME", "1003", 1)]


def test_files_of_any_name_can_be_of_one_order(floor, tmp_path) -> None:
    (tmp_path / "label_77.zpl").write_bytes(zpl("ANY-NAME"))
    assert take(floor, tmp_path / "label_77.zpl", "--order", "1001", "--merchant", "BOLT") == 0
    assert [row[:3] for row in brought(floor)] == [("BOLT", "1001", 1)]


def test_a_new_file_of_the_same_name_replaces_the_label_until_a_parcel_has_it(
    floor, tmp_path, capsys
) -> None:
    path = tmp_path / "1003.zpl"
    path.write_bytes(zpl("WRONG-123"))
    assert take(floor, path) == 0
    path.write_bytes(zpl("RIGHT-123"))
    assert take(floor, path) == 0
    assert brought(floor) == [("ACME", "1003", 1, "1003.zpl", zpl("RIGHT-123"))]
    parcel = {"merchant": "ACME", "order": "1003", "label_no": 1, "state": "closed"}
    with floor.begin() as tx:
        tx.add(Place(site=SITE, code="C-1", kind="carton", scan_code="C-1"))
        tx.flush()
        tx.add(Parcel(site=SITE, carton="C-1", closed_at=NOW, **parcel))
    path.write_bytes(zpl("LATE-1234"))
    assert take(floor, path) == 3
    assert brought(floor) == [("ACME", "1003", 1, "1003.zpl", zpl("RIGHT-123"))]
    assert "in place of others" in capsys.readouterr().out


def test_a_folder_that_is_not_there_is_told(floor, tmp_path, capsys) -> None:
    assert take(floor, tmp_path / "nowhere") == 1
    assert "There is no file or folder" in capsys.readouterr().err


def came_with(transactions: Transactions, **orders: str) -> None:
    """Let orders of ACME have come with tracking numbers."""
    with transactions.begin() as tx:
        for order, codes in orders.items():
            keep_codes(tx, SITE, "ACME", order.removeprefix("no"), 0, codes.split())


def label(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_bytes(zpl(text))
    return path


def of_orders(transactions: Transactions) -> list[tuple[str, str]]:
    return [(row[1], row[3]) for row in brought(transactions)]


def test_a_label_finds_its_order_by_tracking_number_in_its_name_or_its_bars(
    floor, tmp_path, capsys
) -> None:
    came_with(floor, no1002="1Z999AA10123456784", no1003="9400111899223197428490 JX12345")
    got = tmp_path / "got"
    got.mkdir()
    label(got, "1Z 999 AA1 01 2345 6784.zpl", "NOT-READ-1")
    label(got, "jx12345.zpl", "NOT-READ-2")
    label(got, "label 17.zpl", "420210009400111899223197428490")
    assert take(floor, got) == 0
    assert capsys.readouterr().out == "3 files taken, for 2 orders.\n"
    assert of_orders(floor) == [
        ("1002", "1Z 999 AA1 01 2345 6784.zpl"),
        ("1003", "jx12345.zpl"),
        ("1003", "label 17.zpl"),
    ]


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("5011111111.zpl", "SHARED-123", "5011111111 is of several orders: ACME/1002, ACME/1003. "
         "Say --merchant and --order."),
        ("any.zpl", "5011111111", "5011111111 is of several orders: ACME/1002, ACME/1003. "
         "Say --merchant and --order."),
        ("1004.zpl", "1Z999AA10123456784", "Its barcode 1Z999AA10123456784 is the tracking number "
         "of order ACME/1002."),
        ("395212340000009999.zpl", "NOWHERE-12", "No order, parcel or tracking number is called "
         "395212340000009999, and none of its barcodes is the tracking number of an order."),
    ],
)  # fmt: skip
def test_a_label_of_nobody_or_of_several_is_told_and_changes_nothing(
    floor, tmp_path, capsys, name: str, text: str, told: str
) -> None:
    came_with(floor, no1002="1Z999AA10123456784 5011111111", no1003="5011111111")
    assert take(floor, label(tmp_path, name, text)) == 3
    assert capsys.readouterr().out.splitlines()[-1] == f"  {tmp_path / name}: {told}"
    assert brought(floor) == []


def test_a_label_that_was_fetched_twice_is_no_label_of_a_second_parcel(
    floor, tmp_path, capsys
) -> None:
    came_with(floor, no1002="1Z999AA10123456784")
    assert take(floor, label(tmp_path, "1002.zpl", "1Z999AA10123456784")) == 0
    again = tmp_path / "1Z999AA10123456784.zpl"
    again.write_bytes(zpl("1Z999AA10123456784").replace(b"^XA", b"^XA^FX fetched again^FS"))
    capsys.readouterr()
    assert take(floor, again) == 3
    assert (
        "The order has this label already, as 1002.zpl. A file of that name replaces it."
        in capsys.readouterr().out
    )
    assert of_orders(floor) == [("1002", "1002.zpl")]


def closed_parcel(transactions: Transactions, carton: str, **more: object) -> None:
    parcel = {"merchant": "ACME", "order": "1003", "state": "closed", **more}
    with transactions.begin() as tx:
        shipped = update(Order).where(Order.merchant == "ACME", Order.number == "1003")
        tx.execute(shipped.values(state="shipped"))
        tx.add(Place(site=SITE, code=carton, kind="carton", scan_code=carton))
        tx.flush()
        tx.add(Parcel(site=SITE, carton=carton, closed_at=NOW, **parcel))


def test_a_label_may_come_for_a_parcel_that_is_closed_already(floor, tmp_path, capsys) -> None:
    """Some carriers make it only when they know what the parcel weighs."""
    closed_parcel(floor, "395212340000000014")
    assert take(floor, label(tmp_path, "395212340000000014.zpl", "BY-PARCEL-1")) == 0
    assert "floorhand printers reprint 395212340000000014" in capsys.readouterr().out
    with floor.begin() as tx:
        assert tx.scalar(select(Parcel.label_no)) == 1
        assert label_of(tx, SITE, "395212340000000014") == zpl("BY-PARCEL-1")
    assert take(floor, label(tmp_path, "00395212340000000014.zpl", "ANOTHER-1")) == 3
    told = "Parcel 395212340000000014 has its carrier's label already."
    assert told in capsys.readouterr().out
    assert of_orders(floor) == [("1003", "395212340000000014.zpl")]


def test_a_parcel_that_was_unpacked_gets_no_label(floor, tmp_path, capsys) -> None:
    closed_parcel(floor, "395212340000000014", state="unpacked")
    assert take(floor, label(tmp_path, "395212340000000014.zpl", "BY-PARCEL-1")) == 3
    assert "Parcel 395212340000000014 does not travel any more." in capsys.readouterr().out
    assert brought(floor) == []
