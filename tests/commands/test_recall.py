"""``floorhand recall``: a lot is blocked at once, and where it is and went to is told."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime, timedelta

import pytest
from conftest import NOW, SITE
from sqlalchemy import event, insert, select
from warehouses import packing
from warehouses.picker import Picker

from floorhand.cli import main
from floorhand.domain.holds import Subject
from floorhand.store.cells import Word
from floorhand.store.check import violations
from floorhand.store.db import Transactions, engine_of
from floorhand.store.desk_tables import desk_table
from floorhand.store.recalls import traced
from floorhand.store.schema import CarrierCode, Hold, Operation

MILK, MUG = "09506000134369", "09506000134376"


@pytest.fixture
def sent(transactions: Transactions) -> Transactions:
    """One piece of milk A left in a parcel, another one is in the tote of the same order."""
    packing.build(transactions)
    with transactions.begin() as tx:
        code = {"site": SITE, "merchant": "ACME", "order": "1002", "code": "1Z9", "label_no": 0}
        tx.execute(insert(CarrierCode).values(**code))
    ana = Picker(transactions, job="packing")
    ana.scan("T-2", MILK, "1", MILK, "1", MILK, MUG, "14")
    assert ana.said.startswith("packing.shipped"), ana.turn
    with transactions.begin() as tx:
        lines = {"T-20": ("2 MILK A",)}
        packing.picked_order(tx, 20, "ACME/1020", 2, (("MILK", 2),), lines)
    return transactions


def recall(transactions: Transactions, *words: str) -> int:
    url = engine_of(transactions).url.render_as_string(hide_password=False)
    with pytest.raises(SystemExit) as ended:
        main(["recall", *words, "--database", url])
    return int(ended.value.code or 0)


MILK_A = ("ACME/MILK", "A", "--reason", "glass in it")


def test_it_tells_who_has_pieces_and_to_whom_they_went_and_the_same_again(sent, capsys) -> None:
    answers = []
    for _ in range(2):
        assert recall(sent, *MILK_A, "--json") == 3
        answers.append(json.loads(capsys.readouterr().out))
    told = answers[0]
    assert answers[1] == told
    assert (told["reason"], told["by"], told["stored"]) == ("glass in it", "office", [])
    assert [(one["place"], one["order"], one["pieces"]) for one in told["in_hand"]] == [
        ("T-20", "ACME/1020", 2)
    ]
    assert {one["condition"] for one in told["in_hand"]} == {"hold"}
    (parcel,) = told["shipped"]
    assert (parcel["order"], parcel["tracking"], parcel["pieces"]) == ("ACME/1002", "1Z9", 2)
    with sent.begin() as tx:
        assert len(tx.scalars(select(Hold.id)).all()) == 1
        assert (
            len(tx.scalars(select(Operation.id).where(Operation.kind == "HoldSubject")).all()) == 1
        )
        assert violations(tx, SITE) == ()


def test_the_table_has_a_row_for_each_place_and_parcel(sent, capsys) -> None:
    assert recall(sent, *MILK_A) == 3
    told = capsys.readouterr().out.splitlines()
    assert told[0].startswith("ACME/MILK A is blocked since")
    assert told[1] == "Pieces: 0 stored, 2 in hand, 2 shipped."
    assert [line.split()[0] for line in told[3:]] == ["in", "shipped"]
    assert recall(sent, *MILK_A, "--csv") == 3
    in_hand, gone = csv.DictReader(io.StringIO(capsys.readouterr().out))
    assert (in_hand["what"], in_hand["place"], in_hand["shipped_at"]) == ("in_hand", "T-20", "")
    assert (gone["what"], gone["tracking"], gone["pieces"]) == ("shipped", "1Z9", "2")
    assert not any(" " in head for head in gone)
    assert recall(sent, *MILK_A, "--json") == 3
    (parcel,) = json.loads(capsys.readouterr().out)["shipped"]
    at = datetime.fromisoformat(gone["shipped_at"])
    assert (at, at.utcoffset()) == (datetime.fromisoformat(parcel["shipped_at"]), timedelta(0))


def test_the_desk_has_the_same_as_a_table(sent) -> None:
    assert recall(sent, *MILK_A) == 3
    with sent.begin() as tx:
        found = desk_table(tx, SITE, "out", "ACME/MILK/A", NOW)
    in_hand, gone = (dict(zip(found.heads, row, strict=True)) for row in found.rows)
    assert list(in_hand.values())[:4] == [Word("desk.in_hand"), "T-20", 2, "ACME/1020"]
    assert list(gone.values())[:4] == [Word("desk.sent"), "", 2, "ACME/1002"]
    assert gone["tracking"] == "1Z9"


def test_all_of_a_lot_is_found_by_two_questions_however_much_there_is(sent) -> None:
    asked: list[str] = []

    def count(*told: object) -> None:
        asked.append(str(told[2]))

    with sent.begin() as tx:
        code = {"site": SITE, "merchant": "ACME", "order": "1002", "code": "1Z8", "label_no": 0}
        tx.execute(insert(CarrierCode).values(**code))
        for number in (21, 22):
            order, tote = f"ACME/10{number}", {f"T-{number}": ("2 MILK A",)}
            packing.picked_order(tx, number, order, 2, (("MILK", 2),), tote)
        event.listen(engine_of(sent), "before_cursor_execute", count)
        found = traced(tx, SITE, Subject("lot", "ACME", "MILK", "A"))
        event.remove(engine_of(sent), "before_cursor_execute", count)
    assert [one.place for one in found.in_hand] == ["T-20", "T-21", "T-22"]
    assert [(one.order, one.tracking) for one in found.sent] == [("ACME/1002", "1Z8 1Z9")]
    assert len(asked) == 2


def test_a_slip_of_the_hand_blocks_nothing(sent, capsys) -> None:
    for words, told in (
        (("ACME/NOSUCH", "A"), "There is no product ACME/NOSUCH."),
        (("ACME/HAT", "A"), "ACME/HAT has no lots here."),
        (("ACME/MILK", "AA"), "lots in the house: A"),
    ):
        assert recall(sent, *words, "--reason", "glass") == 1
        assert told in capsys.readouterr().err
    assert recall(sent, "ACME/MILK", "A", "--reason", "1") == 1
    with sent.begin() as tx:
        assert tx.scalars(select(Hold.id)).all() == []


def test_a_lot_that_was_never_here_can_be_blocked_for_when_it_comes(sent) -> None:
    assert recall(sent, "ACME/MILK", "Z", "--reason", "glass", "--unseen") == 0
