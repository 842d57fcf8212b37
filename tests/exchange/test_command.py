"""The command: dry runs, several files, templates, exit codes, progress."""

from __future__ import annotations

import csv
import io
import json
import os
from argparse import ArgumentParser
from pathlib import Path

import pytest
from conftest import NOW
from exchange.conftest import everything
from homes import ON_POSTGRESQL, create, drop, home_of, unique_name
from sqlalchemy import func, make_url, select, text

from floorhand.config import Settings
from floorhand.errors import DatabaseAway
from floorhand.exchange.command import _bar, add_arguments, carry_out, run
from floorhand.exchange.recognise import FORMATS
from floorhand.store.schema import Imported, Order, Place, Sku
from floorhand.store.snapshot import has_no_tables

OWN = [name for name, form in FORMATS.items() if form.own]


def test_a_dry_run_says_what_would_be_done_and_writes_nothing(take, tmp_path):
    before = take.everything()
    taken = take("sku,name,pieces\nA,Mug,1\nB,Cap,x\n", "--dry-run")
    assert (taken.code, taken.result["products"], taken.result["rejected"]) == (3, 1, 1)
    assert taken.result["dry_run"] is True
    assert take.everything() == before
    assert not list(tmp_path.glob("*.rejected.csv"))


def contents(home: str) -> object:
    """All that is in a database, which nobody has open."""
    return everything(home) if ON_POSTGRESQL else Path(make_url(home).database).read_bytes()


def test_a_dry_run_leaves_the_database_as_it_is(tmp_path, capsys):
    (tmp_path / "products.csv").write_text("sku\nA\n")
    (tmp_path / "orders.csv").write_text("order,sku,quantity\n1,A,2\n")
    parser = ArgumentParser()
    add_arguments(parser)
    settings = Settings(database=home_of(tmp_path / "there.db"))
    assert run(parser.parse_args([str(tmp_path / "products.csv")]), settings) == 0
    before = contents(settings.database)
    assert run(parser.parse_args([str(tmp_path / "orders.csv"), "--dry-run"]), settings) == 0
    assert "would write: 1 order," in capsys.readouterr().out
    assert contents(settings.database) == before


@pytest.mark.sqlite("a file that is not there")
def test_a_dry_run_makes_no_database(tmp_path, capsys):
    file = tmp_path / "products.csv"
    file.write_text("sku\nA\n")
    parser = ArgumentParser()
    add_arguments(parser)
    args = parser.parse_args([str(file), "--dry-run"])
    database = tmp_path / "none.db"
    assert run(args, Settings(database=str(database))) == 0
    assert "would write: 1 merchant, 1 product" in capsys.readouterr().out
    assert not database.exists()


@pytest.mark.sqlite("it is told of a file and of a server in any run")
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_dry_run_makes_no_tables_in_an_empty_database(tmp_path, capsys, kind):
    (tmp_path / "empty.db").touch()
    is_file = kind == "sqlite"
    database = f"sqlite:///{tmp_path / 'empty.db'}" if is_file else create(unique_name())
    (tmp_path / "products.csv").write_text("sku\nA\n")
    parser = ArgumentParser()
    add_arguments(parser)
    args = parser.parse_args([str(tmp_path / "products.csv"), "--dry-run"])
    assert run(args, Settings(database=database)) == 0
    assert "would write: 1 merchant, 1 product" in capsys.readouterr().out
    assert has_no_tables(database)
    if not is_file:
        drop(database)


def test_the_command_makes_the_database_the_site_and_the_merchant(tmp_path, capsys):
    file = tmp_path / "products.csv"
    file.write_text("sku\nA\n")
    parser = ArgumentParser()
    add_arguments(parser)
    args = parser.parse_args([str(file), "--merchant", "Shop 1"])
    assert run(args, Settings(database=home_of(tmp_path / "new.db"), site="ROMA")) == 0
    assert "recognised as products" in capsys.readouterr().out


def test_several_files_are_taken_in_a_useful_order(take, tmp_path):
    (tmp_path / "a_orders.csv").write_text("order,sku,quantity\n1,MUG,2\n")
    (tmp_path / "b_products.csv").write_text("sku,name\nMUG,Mug\n")
    (tmp_path / "c_bins.csv").write_text("place,zone\nA-1,A\n")
    files = [str(tmp_path / n) for n in ("a_orders.csv", "b_products.csv", "c_bins.csv")]
    code, out, _ = take.run(*files, "--json")
    assert code == 0
    assert [body["format"] for body in json.loads(out)] == ["orders", "products", "bins"]


def test_a_file_that_cannot_be_used_stops_no_other(take, tmp_path):
    (tmp_path / "bad.csv").write_text("")
    (tmp_path / "good.csv").write_text("sku\nA\n")
    code, out, err = take.run(str(tmp_path / "bad.csv"), str(tmp_path / "good.csv"), "--json")
    assert code == 1
    assert err == "bad.csv is empty.\n"
    assert json.loads(out)[1]["products"] == 1


def test_without_a_file_the_command_was_written_wrongly(take):
    code, _, err = take.run()
    assert code == 2
    assert "Name a file" in err


@pytest.mark.parametrize("name", OWN)
def test_a_template_is_recognised_as_its_own_format(take, name):
    _, out, _ = take.run("--template", name)
    taken = take(out)
    assert taken.code == 0
    assert taken.result["format"] == name
    assert taken.result["rows" if "rows" in taken.result else "rejected"] == 0


@pytest.mark.parametrize("name", OWN)
def test_every_heading_of_a_template_is_explained(name):
    layout = FORMATS[name].layout
    assert layout is not None
    assert [field.name for field in layout.fields if not field.about.strip()] == []


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
@pytest.mark.parametrize("name", OWN)
def test_a_template_that_a_spreadsheet_saved_is_recognised(take, name, encoding):
    _, out, _ = take.run("--template", name)
    rows = list(csv.reader(io.StringIO(out)))
    width = max(map(len, rows))
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";" if encoding == "utf-8-sig" else "\t")
    lines = out.splitlines()
    writer.writerow([lines[0], *[""] * (width - 1)])
    writer.writerow([""] * width)
    writer.writerows([line, *[""] * (width - 1)] for line in lines[1:-1])
    writer.writerow(lines[-1].split(","))
    taken = take(text.getvalue().encode(encoding))
    assert (taken.code, taken.result["format"]) == (0, name)


@pytest.mark.parametrize("name", OWN)
def test_every_heading_of_a_template_can_be_left_empty_but_the_required_ones(name):
    layout = FORMATS[name].layout
    assert layout is not None
    assert not layout.missing([field.name for field in layout.fields if field.required])


def test_the_format_can_be_said(take):
    taken = take("code,name\nW1,Ana\n", "--format", "workers")
    assert taken.result["workers"] == 1
    assert "so it cannot be tiktok" in take("sku\nA\n", "--format", "tiktok").err


def test_a_file_with_rejected_rows_can_be_tried_again_when_the_cause_is_gone(take, tmp_path):
    orders = tmp_path / "orders.csv"
    orders.write_text("order,sku,quantity\n1,MUG,2\n")
    assert take(orders).rejected == {2: "merchant MAIN has no product 'MUG'; import products first"}
    take("sku\nMUG\n", name="products.csv")
    taken = take(orders)
    assert (taken.code, taken.result["orders"]) == (0, 1)
    assert take(orders).result["already_imported"]
    assert take.one(func.count(Order.number)) == (1,)


def test_the_same_file_with_other_options_is_read_again(take, tmp_path):
    take("sku\nMUG\nCAP\n", name="products.csv")
    file = "order,sku,quantity,due_at\n1,MUG,1,04/05/2026\n"
    take(file)
    taken = take(file, "--dates", "mdy")
    assert (taken.result["already_imported"], taken.result["updated"]) == ("", 1)
    assert take.one(Order.due_at)[0].month == 4
    assert take(file, "--dates", "mdy").result["already_imported"]
    assert take(file, "--encoding", "utf-8").result["already_imported"] == ""


def test_scans_get_their_turn_between_the_steps_of_a_large_file(take, monkeypatch):
    from floorhand.exchange import importing

    take("sku\nMUG\n", name="products.csv")
    monkeypatch.setattr(importing, "STEP_SIZE", 5)
    seen, turns = [], []
    monkeypatch.setattr(importing, "take_turn_in", turns.append)

    def scan(what, done, total):
        if what == "writing":
            with take.transactions.begin() as tx:
                seen.append((done, tx.scalar(select(func.count(Order.number)))))

    path = take.folder / "orders.csv"
    rows = "".join(f"{n},MUG,1\n{n},MUG,2\n" for n in range(7))
    path.write_text("order,sku,quantity\n" + rows)
    options = importing.Options()
    file = importing.open_file(path, options)
    importing.import_file(take.transactions, "MAIN", file, options, now=NOW, progress=scan)
    assert seen == [(2, 2), (4, 4), (6, 6), (7, 7)]
    assert len(turns) == len(seen) + 1  # the file itself is remembered with the last one


@pytest.mark.sqlite("its file is full")
def test_a_disk_that_gets_full_during_an_import_is_told_with_both_files(take):
    with take.transactions() as tx:
        full = tx.scalar(text("PRAGMA page_count"))
        tx.execute(text(f"PRAGMA max_page_count = {full + 1}"))
    with pytest.raises(DatabaseAway) as told:
        take("sku\n" + "".join(f"MUG-{n}\n" for n in range(9000)), name="products.csv")
    assert str(told.value) == (
        f"{take.folder}/floor.db cannot be written (database or disk is full). "
        "Make room on its disk. products.csv may be written in part; import it again then."
    )


def test_an_import_that_was_stopped_goes_on_where_it_was(take, monkeypatch):
    from floorhand.exchange import importing

    take("sku\nMUG\n", name="products.csv")
    monkeypatch.setattr(importing, "STEP_SIZE", 2)
    path = take.folder / "orders.csv"
    path.write_text("order,sku,quantity\n1,MUG,1\n2,MUG,1\n3,MUG,1\n")
    options = importing.Options()
    file = importing.open_file(path, options)

    def stop(what, done, total):
        if what == "writing":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        importing.import_file(take.transactions, "MAIN", file, options, now=NOW, progress=stop)
    taken = take(path)
    assert (taken.code, taken.result["orders"], taken.result["unchanged"]) == (0, 2, 1)
    assert take.one(func.count(Order.number)) == (3,)


def test_a_map_given_later_is_told_where_it_differs(take, tmp_path):
    names = tmp_path / "map.csv"
    names.write_text("Lineitem name,Product,Quantity\nMug blue,MUG,2\n")
    take("sku\nMUG\n", name="products.csv")
    file = "Name,Lineitem quantity,Lineitem name\n#1,1,Mug blue\n"
    assert take(file).code == 0
    taken = take(file, "--map", str(names))
    assert taken.code == 3
    assert "is there already, without this line: 'MUG' x 2" in taken.rejected[2]


def test_a_name_map_is_recognised_and_sent_to_its_option(take):
    taken = take("Store,Lineitem name,Product,Quantity\nGC,Mug blue,Mug,1\n")
    assert taken.code == 1
    assert "is a name map" in taken.err
    assert "--map" in taken.err


def test_a_dry_run_of_a_set_knows_what_comes_before(take, tmp_path):
    (tmp_path / "orders.csv").write_text("order,sku,quantity\n1,MUG,2\n")
    (tmp_path / "products.csv").write_text("sku,name\nMUG,Mug\n")
    before = take.everything()
    files = [str(tmp_path / name) for name in ("orders.csv", "products.csv")]
    code, out, _ = take.run(*files, "--dry-run", "--json")
    assert code == 0
    assert [(body["orders"], body["products"]) for body in json.loads(out)] == [(1, 0), (0, 1)]
    assert take.everything() == before


def test_any_name_and_reason_is_said_in_any_encoding(take, tmp_path):
    path = tmp_path / os.fsdecode(b"caf\xe9.csv")
    path.write_text("sku,pieces\nA,é\n")
    parser = ArgumentParser()
    add_arguments(parser)
    for words in ([str(path)], [str(path), "--json"]):
        out = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
        code = carry_out(
            parser.parse_args(words),
            transactions=take._open,
            site="MAIN",
            now=NOW,
            out=out,
            err=out,
        )
        assert code == 3
        out.seek(0)
        told = out.read()
    assert json.loads(told)["rejected"] == 1


def test_the_same_file_for_another_merchant_is_another_import(take):
    for merchant in ("ONE", "TWO"):
        assert take("sku\nA\n", "--merchant", merchant).result["products"] == 1
    assert take.all(select(Sku.merchant).order_by(Sku.merchant)) == [("ONE",), ("TWO",)]
    assert take.one(func.count(Imported.sha256)) == (2,)


def test_what_was_done_is_said_in_words(take, tmp_path):
    file = tmp_path / "file.csv"
    file.write_text("sku,pieces\nA,1\nB,x\n")
    _, out, _ = take.run(str(file))
    assert out.splitlines()[:4] == [
        f"{file}: recognised as products (utf-8)",
        "  wrote: 1 merchant, 1 product, 1 barcode",
        f"  rejected: 1 row; see {file}.rejected.csv",
        "    line 3: pieces is 'x'; expected a whole number written in digits only",
    ]


class Screen(io.StringIO):
    def isatty(self):
        return True


def test_progress_is_drawn_on_a_terminal_and_wiped_away():
    screen = Screen()
    with _bar(screen, "orders.csv") as progress:
        progress("reading", 50, 100)
        progress("reading", 50, 100)
        progress("writing orders", 100, 100)
    drawn = screen.getvalue().split("\r\x1b[2K")
    assert len(drawn) == 4
    assert " 50%  reading" in drawn[1]
    assert "100%  writing orders" in drawn[2]
    assert drawn[3] == ""


@pytest.mark.parametrize("columns", [20, 40, 80])
def test_progress_fits_the_terminal(monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    screen = Screen()
    with _bar(screen, "a name \x1b of some length 注文 and more.csv") as progress:
        progress("writing products", 50, 100)
    drawn = screen.getvalue().split("\r\x1b[2K")[1]
    assert len(drawn) < columns
    assert "\x1b" not in drawn
    if columns > 20:
        assert " 50%  writing products" in drawn


def test_no_progress_is_drawn_into_a_file():
    out = io.StringIO()
    with _bar(out, "orders.csv") as progress:
        progress("reading", 50, 100)
    assert out.getvalue() == ""


def test_a_large_file_tells_its_progress(take, monkeypatch):
    told = []
    from floorhand.exchange import importing

    path = take.folder / "products.csv"
    path.write_text("sku\n" + "".join(f"S{n}\n" for n in range(9000)))
    options = importing.Options()
    importing.import_file(
        take.transactions,
        "MAIN",
        importing.open_file(path, options),
        options,
        now=NOW,
        progress=lambda what, done, total: told.append((what, done, total)),
    )
    assert {"reading", "writing"} == {what for what, _, _ in told}
    assert [done for what, done, _ in told if what == "writing"] == [*range(1000, 9001, 1000)]
    assert all(0 <= done <= total for _, done, total in told)
    assert take.one(func.count(Place.code)) == (4,)
