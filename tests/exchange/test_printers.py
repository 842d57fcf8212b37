"""Our own file of printers."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from floorhand.store.schema import PrinterRow

FILE = (
    "printer,address,dpi,neighbour\n"
    "zebra-1,tcp://192.0.2.7,,zebra-2\n"
    "zebra-2,tcp://192.0.2.8:6101?status=no,300,zebra-1\n"
    "office,ipp://office.local/ipp/print,,folder\n"
    "archive,pdf:/srv/labels,600,\n"
)


def printers(take):
    columns = (PrinterRow.code, PrinterRow.address, PrinterRow.dpi, PrinterRow.neighbour)
    return {row[0]: row[1:] for row in take.all(select(*columns).order_by(PrinterRow.code))}


def test_printers_and_their_neighbours_come_from_a_file(take):
    taken = take(FILE)
    assert (taken.code, taken.result["format"], taken.result["printers"]) == (0, "printers", 4)
    assert printers(take) == {
        "zebra-1": ("tcp://192.0.2.7", 203, "zebra-2"),
        "zebra-2": ("tcp://192.0.2.8:6101?status=no", 300, "zebra-1"),
        "office": ("ipp://office.local/ipp/print", 300, "folder"),
        "archive": ("pdf:/srv/labels", 600, ""),
    }
    assert take(FILE + "\n").result["unchanged"] == 4


def test_a_file_that_was_taken_before_sets_again_what_another_one_changed(take):
    old = "printer,address\nzebra,tcp://192.0.2.7\n"
    take(old)
    take("printer,address\nzebra,tcp://192.0.2.8\n", name="new.csv")
    again = take(old)
    assert again.result["updated"] == 1
    assert printers(take)["zebra"][0] == "tcp://192.0.2.7"
    assert take(old).result["unchanged"] == 1


def test_an_empty_cell_leaves_what_is_set_and_a_dash_takes_the_neighbour_away(take):
    take(FILE)
    taken = take("code,address,dpi,neighbour\nzebra-1,,600,\nzebra-2,tcp://192.0.2.9,,-\n")
    assert taken.result["updated"] == 2
    found = printers(take)
    assert found["zebra-1"] == ("tcp://192.0.2.7", 600, "zebra-2")
    assert found["zebra-2"] == ("tcp://192.0.2.9", 300, "")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("z,zebra:9100,,", "'zebra:9100' is no address of a printer. An address looks like tcp"),
        ("z,,,", "address is missing, and there is no printer 'z' yet"),
        ("folder,,,old", "address is missing, and there is no printer 'folder' yet"),
        ("z,folder:z,250,", "dpi is 250; expected one of: 203, 300, 600"),
        ("z,folder:z,,z", "neighbour of 'z' is itself"),
        ("z,folder:z,,y", "there is no printer 'y' to be the neighbour of 'z'; known: folder, old"),
        (",folder:z,,", "printer is missing"),
    ],
)
def test_printers_that_cannot_be(take, row, reason):
    taken = take(f"printer,address,dpi,neighbour\nold,folder:old,,\n{row}\n")
    assert (taken.code, taken.result["printers"]) == (3, 1)
    assert reason in taken.rejected[3]


def test_who_is_a_neighbour_of_what_was_put_aside_is_put_aside(take):
    taken = take(
        "printer,address,dpi,neighbour\na,folder:a,,b\nb,folder:b,,c\nc,,,\nd,folder:d,,\n"
    )
    assert (taken.result["printers"], sorted(taken.rejected)) == (1, [2, 3, 4])
    assert list(printers(take)) == ["d"]


def test_a_station_whose_printer_is_not_known_is_taken_and_told(take):
    take(FILE)
    taken = take("station,printer\nB-1,zebra-1\nB-2,folder\nB-3,laser\nB-4,laser\n", name="s.csv")
    assert (taken.code, taken.result["stations"]) == (0, 4)
    assert taken.result["notes"] == [
        "There is no printer 'laser' yet; the labels of B-3, B-4 wait until a file of printers "
        "names it."
    ]


def test_the_template_explains_its_headings_and_is_recognised(take):
    code, out, _ = take.run("--template", "printers")
    assert code == 0
    assert "# * address    tcp://192.0.2.7:9100" in out
    assert out.endswith("printer,address,dpi,neighbour\n")
    assert take(out + "zebra-1,tcp://192.0.2.7,,\n").result["format"] == "printers"
