"""Files that are empty, binary, cut off, in another encoding, or not what they seem."""

from __future__ import annotations

import gzip
import lzma
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from floorhand.exchange.rejecting import safe, unguarded
from floorhand.store.schema import Order, OrderLine, ReturnLine, Sku

PRODUCTS = "sku,name,barcode\nMUG,Mug blue,4006381333931\nCAP,Cap red,96385074\n"


def names(take):
    return [name for (name,) in take.all(select(Sku.name).order_by(Sku.code))]


UNUSABLE = {
    "empty": (b"", "is empty"),
    "only blank lines": (b"\n\n \n", "is empty"),
    "only a byte order mark": (b"\xef\xbb\xbf", "is empty"),
    "a picture": (b"\x89PNG\r\n\x1a\n\x00\x00", "is a picture"),
    "a workbook": (b"PK\x03\x04rest", "is an Excel workbook"),
    "a database": (b"SQLite format 3\x00", "is a database"),
    "noise": (bytes(range(256)) * 40, "is not text"),
    "a NUL": (PRODUCTS.encode() + b"BAD,na\x00me,\n", "NUL byte on line 4"),
    "damage half-way": (
        PRODUCTS.encode() * 3 + b"\x81\x02\xff\xfe\x03" * 9,
        "is not text in UTF-8",
    ),
    "cut in a row": (PRODUCTS[:-20].encode(), "is cut off in the middle of line 3"),
    "cut in a quote": (PRODUCTS.encode() + b'X,"no end, and\nmore', "quote opened on line 4"),
    "cut in a character": ("sku,name\nA,é\nB,é".encode()[:-1], "cut off in the middle of a char"),
    "packed and cut": (lzma.compress(PRODUCTS.encode() * 99)[:-30], "cut off or damaged"),
    "zipped and cut": (gzip.compress(PRODUCTS.encode() * 99)[:-9], "cut off or damaged"),
    "JSON and cut": (b'{"data": {"orders": [{"id": "57', "is cut off"),
    "JSON with a mistake": (b'{"data": {"orders": [}}', "is not JSON"),
    "JSON too deep": (b"[" * 100_000, "cannot be read as JSON"),
    "foreign JSON": (b'{"order": {"id": 1}}', "is JSON, but no body of TikTok Shop"),
    "prose": (b"Dear warehouse,\nplease send it all.\n", "is no known format"),
    "a huge cell": (b'sku,name\nA,"' + b"x" * 1_100_000 + b'"\n', "never closed"),
}


@pytest.mark.parametrize("case", UNUSABLE)
def test_what_cannot_be_used_is_refused_in_one_sentence_and_changes_nothing(take, case):
    content, words = UNUSABLE[case]
    before = take.everything()
    taken = take(content)
    assert taken.code == 1
    assert words in taken.err
    assert taken.err.count("\n") == 1
    assert taken.result["error"] == taken.err.strip()
    assert take.everything() == before


def test_a_file_that_breaks_half_way_leaves_nothing_half_written(take):
    rows = "".join(f"SKU-{n},Name {n},\n" for n in range(3000))
    taken = take("sku,name,barcode\n" + rows + 'LAST,"open')
    assert taken.code == 1
    assert take.one(func.count(Sku.code)) == (0,)


def test_a_missing_file_and_a_folder_are_told(take, tmp_path):
    assert "There is no file" in take(tmp_path / "nowhere.csv").err
    assert "is a folder" in take(tmp_path).err


@pytest.mark.parametrize(
    ("encoding", "words"),
    [
        ("utf-8", ()),
        ("utf-8-sig", ()),
        ("utf-16", ()),
        ("utf-32", ()),
        ("cp1252", ()),
        ("latin-1", ("--encoding", "latin-1")),
        ("cp850", ("--encoding", "cp850")),
    ],
)
def test_an_encoding_is_found_or_said(take, encoding, words):
    taken = take("sku,name\nA,Crème brûlée £5\n".encode(encoding), *words)
    assert taken.code == 0, taken.err
    assert names(take) == ["Crème brûlée £5"]


@pytest.mark.parametrize("encoding", ["utf-32-le", "utf-32-be"])
def test_utf_32_is_known_by_its_mark_whatever_the_bytes_order(take, encoding):
    taken = take("\ufeffsku,name\nA,Crème\n".encode(encoding))
    assert (taken.code, taken.result["encoding"], names(take)) == (0, "utf-32", ["Crème"])
    assert taken.result["notes"] == []


def test_a_guessed_encoding_is_told(take):
    assert "Windows-1252" in take("sku,name\nA,Crème\n".encode("cp1252")).result["notes"][0]
    assert take("sku,name\nB,Crème\n").result["notes"] == []


def test_a_wrong_encoding_is_told(take):
    taken = take("sku,name\nA,Crème\n".encode("cp1252"), "--encoding", "utf-8")
    assert "is not text in utf-8" in taken.err
    assert "There is no encoding 'klingon'" in take(PRODUCTS, "--encoding", "klingon").err


def test_headings_may_be_in_any_case_order_and_quotes_behind_a_byte_order_mark(take):
    taken = take('\ufeff"NAME";" Sku ";"Bar_Code"\n"Mug";MUG;4006381333931\n')
    assert taken.code == 0
    assert names(take) == ["Mug"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_any_usual_delimiter_is_found(take, delimiter):
    assert take(PRODUCTS.replace(",", delimiter)).result["products"] == 2


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_line_ends_are_taken(take, end):
    taken = take((PRODUCTS + "BAD,x,*DONE\n").replace("\n", end))
    assert taken.result["products"] == 2
    assert list(taken.rejected) == [4]


def test_a_last_line_without_its_end_is_taken(take):
    assert take(PRODUCTS.rstrip("\n")).result["products"] == 2


def test_missing_headings_are_named_with_what_was_found(take):
    taken = take("name,colour\nMug,blue\n", "--format", "products")
    assert taken.err == "file.csv lacks the heading 'sku' of products; found: 'name', 'colour'.\n"


def test_the_nearest_format_is_named_with_what_it_lacks(take):
    taken = take("order,sku\n1,MUG\n", "--format", "orders")
    assert "lacks the heading 'quantity' of orders" in taken.err
    taken = take("order,amount\n1,MUG\n")
    assert "is no known format: as orders it lacks 'sku' and 'quantity'" in taken.err
    taken = take("order,sku\n1,MUG\n")
    assert "is no known format: as orders it lacks 'quantity'" in taken.err


def test_a_heading_that_stands_twice_is_not_guessed(take):
    taken = take("sku,name,SKU\nA,Mug,B\n")
    assert "has the heading 'sku' twice (columns 1 and 3)" in taken.err


def test_other_headings_may_stand_twice(take):
    assert take("sku,tax,tax\nA,1,2\n").code == 0


def test_ragged_rows_are_put_aside_and_the_rest_is_taken(take):
    taken = take("sku,name\nA,Mug\nB\nC,Cap,what\nD,Pen,\n")
    assert taken.code == 3
    assert taken.rejected == {
        3: "the row has 1 cell, the headings are 2",
        4: "the row has 3 cells, the headings are 2",
        5: "the row has 3 cells, the headings are 2",
    }
    assert taken.result["products"] == 1


@pytest.mark.parametrize("rows", ["", "8,A,1,Al,Rome,\n"])
def test_a_separator_too_many_shifts_no_cells(take, rows):
    take("sku\nA\n", name="products.csv")
    taken = take("order,sku,quantity,name,city,postcode\n" + rows + "9,A,1,Ann, Bee,Rome,\n")
    assert "the row has 7 cells, the headings are 6" in taken.rejected.values()


def test_empty_cells_that_a_spreadsheet_adds_to_every_row_or_heading_are_let_pass(take):
    assert take("sku,name\nA,Mug,,\nB,Cap,,\n").code == 0
    assert take("sku,name,,\nC,Mug\nD,Cap,,\n").code == 0
    assert names(take) == ["Mug", "Cap", "Mug", "Cap"]


def test_lines_are_counted_as_an_editor_does(take):
    taken = take('# comment\n\nsku,name\nA,"two\nlines"\n\nB,x,y\n')
    assert list(taken.rejected) == [7]
    assert names(take) == ["two lines"]


def test_a_cell_of_200_kilobytes_is_put_aside_where_it_would_be_used(take):
    taken = take(f"sku,name,notes\nA,{'x' * 200_000},\nB,Cap,{'x' * 200_000}\n")
    assert taken.rejected == {2: "name has 200000 characters; at most 1000 are taken"}
    assert taken.result["products"] == 1


def test_quotes_in_tab_separated_text_are_text(take, real):
    taken = take('ID\tUPCEAN\tName\n1\t652947019821\t3" pipe "short"\n2\t4006381333931\t"x\n')
    assert taken.code == 0
    assert names(take) == ['3" pipe "short"', '"x']


def test_quoted_tab_separated_cells_are_unquoted(take):
    take('"sku"\t"name"\nA\t"3"" pipe"\n')
    assert names(take) == ['3" pipe']


def test_formula_looking_cells_stay_text_here_and_harmless_in_what_we_write(take):
    taken = take("sku,name,pieces\nA,=1+1,1\nB,\"=cmd|' /C calc'!A0\",x\nC,-5,x\n")
    assert names(take) == ["=1+1"]
    file = taken.path.with_name("file.csv.rejected.csv")
    written = file.read_text()
    assert "B,'=cmd|" in written
    assert ",C,-5,x" in written
    file.write_text(written.replace(",x", ",1"))
    assert take(file).code == 0
    assert names(take) == ["=1+1", "=cmd|' /C calc'!A0", "-5"]


@given(st.text(alphabet="'=+-@a1.\t", max_size=6))
def test_what_is_guarded_against_formulas_comes_back_as_it_was(cell):
    assert unguarded(safe(cell)) == cell


def test_a_rejected_file_of_returns_is_read_without_our_reasons(take):
    take("sku\nMUG\n", name="products.csv")
    taken = take("return,sku,quantity,reason\nR1,MUG,x,too small\n", name="returns.csv")
    file = taken.path.with_name("returns.csv.rejected.csv")
    assert file.read_text().startswith("rejected_line,rejected_reason,return,")
    again = take(file)
    assert file.with_name(f"{file.name}.rejected.csv").read_text().count("rejected_line") == 1
    assert again.code == 3
    file.write_text(file.read_text().replace(",x,", ",1,"))
    assert take(file).code == 0
    assert take.one(ReturnLine.reason) == ("too small",)


def test_a_paper_with_a_ragged_row_is_put_aside_whole(take):
    take("sku\nMUG\nCAP\n", name="products.csv")
    rows = "order,sku,quantity,name\n1,MUG,1,Ann\n1,CAP,1,Ann, Bee\n2,MUG,1,Al\n,CAP,1,x\n"
    taken = take(rows, name="orders.csv")
    assert taken.rejected == {
        2: "left out with the rest of order 1; line 3: the row has 5 cells, the headings are 4",
        3: "the row has 5 cells, the headings are 4",
        5: "order is missing",
    }
    assert take.all(select(Order.number)) == [("2",)]
    file = taken.path.with_name("orders.csv.rejected.csv")
    file.write_text(file.read_text().replace("Ann, Bee", "Ann Bee"))
    assert take(file).rejected == {4: "order is missing"}
    lines = select(OrderLine.sku).where(OrderLine.order == "1").order_by(OrderLine.line_no)
    assert take.all(lines) == [("MUG",), ("CAP",)]


@pytest.mark.parametrize("cell", ["5.76461E+17", "1,23e+17", "4E+12"])
def test_a_number_that_a_spreadsheet_rounded_is_no_code(take, cell):
    take("sku\nMUG\n", name="p.csv")
    quoted = f'"{cell}"'
    for text in (
        f"sku,name\n{quoted},Mug\n",
        f"sku,barcode\nMUG,{quoted}\n",
        f"order,sku,quantity\n{quoted},MUG,1\n",
        f"order,sku,quantity,line_id\n1,MUG,1,{quoted}\n",
        f"place,scan_code\nA-1,{quoted}\n",
    ):
        assert "a spreadsheet rounded a long number" in take(text, name="f.csv").rejected[2]


def test_a_number_of_thousands_of_digits_is_told(take):
    take("sku\nMUG\n", name="p.csv")
    taken = take(f"order,sku,quantity\n1,MUG,{'9' * 5000}\n", name="o.csv")
    assert "a number of 5000 digits; at most 999999 are taken" in taken.rejected[2]
    taken = take('{"data": {"orders": [' + "9" * 5000 + "]}}", name="o.json")
    assert "holds a number of thousands of digits" in taken.err


def test_json_lines_are_told_what_to_become(take):
    assert "several JSON values one after another" in take('{"a": 1}\n{"a": 2}\n').err


def test_the_rejected_file_can_be_put_right_and_imported(take):
    taken = take("sku,name,pieces\nA,Mug,1\nB,Cap,x\n")
    file = taken.path.with_name("file.csv.rejected.csv")
    file.write_text(file.read_text().replace(",x", ",1"))
    assert take(file).code == 0
    assert names(take) == ["Mug", "Cap"]


def test_the_rejected_file_goes_when_everything_was_taken(take):
    taken = take("sku,name,pieces\nA,Mug,x\n")
    assert taken.rejected
    assert take("sku,name,pieces\nA,Mug,1\n").rejected == {}


def test_a_file_in_a_folder_that_cannot_be_written_is_still_imported(take, tmp_path, monkeypatch):
    from floorhand.exchange import rejecting

    real_write = rejecting._write

    def read_only(target, source, rejected):
        if target.is_absolute():
            raise PermissionError(13, "Permission denied")
        real_write(target, source, rejected)

    monkeypatch.setattr(rejecting, "_write", read_only)
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    taken = take("sku,name,pieces\nA,Mug,1\nB,Cap,x\n")
    assert taken.result["rejected_file"] == "file.csv.rejected.csv"
    assert (here / "file.csv.rejected.csv").exists()


def test_rejected_rows_that_no_folder_takes_undo_nothing(take, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file.csv.rejected.csv").mkdir()
    path = tmp_path / "file.csv"
    path.write_text("sku,name,pieces\nA,Mug,1\nB,Cap,x\n")
    code, out, _ = take.run(str(path))
    assert code == 3
    assert "could not be written to file.csv.rejected.csv: Is a directory" in out
    assert names(take) == ["Mug"]
    assert take("sku\nC\n").code == 0


def test_a_pipe_is_refused_at_once(take, tmp_path):
    os.mkfifo(tmp_path / "pipe.csv")
    taken = take(tmp_path / "pipe.csv")
    assert taken.code == 1
    assert "is no file but a pipe or device; save what comes from it" in taken.err


def test_a_name_that_a_terminal_obeys_is_shown_harmless(take, tmp_path):
    path = tmp_path / "a\x1b[2Jb.csv"
    path.write_text("sku,pieces\nA,x\n")
    _, out, _ = take.run(str(path))
    _, _, err = take.run(str(tmp_path / "no\x1b.csv"))
    assert "\x1b" not in out + err
    assert "a␛[2Jb.csv" in out
    path.write_text("")
    assert "\x1b" not in take.run(str(path))[2]


@pytest.mark.parametrize("encoding", ["utf16", "utf_16_le", "UTF-16BE", "utf32"])
def test_an_encoding_has_many_names(take, encoding):
    taken = take("sku,name\nA,Crème\n".encode(encoding), "--encoding", encoding)
    assert (taken.code, names(take)) == (0, ["Crème"])


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_its_mark_is_guessed(take, encoding):
    taken = take("sku,name\nA,Crème brûlée\n".encode(encoding))
    assert names(take) == ["Crème brûlée"]
    assert "it was read as UTF-16 (a guess" in taken.result["notes"][0]
