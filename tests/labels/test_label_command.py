"""``floorhand label``: from the database to paper that a scanner reads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest
from conftest import NOW, SITE, new_warehouse
from homes import home_of
from labels.nasty import read_back
from sqlalchemy import insert, select, update

from floorhand.cli import main
from floorhand.domain.keymap import BARCODES_ONLY, KEYS, Key
from floorhand.domain.scanner_test import ELEMENTS, LETTERS, is_test
from floorhand.domain.things import SUPPLIER, Goods, Line
from floorhand.flows import turn
from floorhand.labels.addresses import beside
from floorhand.labels.placed import PlacedText
from floorhand.labels.render import lay_out_named
from floorhand.labels.template import template_folder
from floorhand.store.db import Transactions, engine_of
from floorhand.store.label_data import place_labels
from floorhand.store.ledger import Cause, move
from floorhand.store.places import new_place
from floorhand.store.schema import Barcode, Merchant, Operation, Place, Sku, Station, Worker

PALLET = "395212340000000250"


@pytest.fixture
def warehouse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Transactions]:
    """A few of everything that has a label, and a current folder that holds nothing else."""
    made = new_warehouse(tmp_path)
    with made.begin() as tx:
        bins = [
            {"code": f"{zone}-01-{n}", "kind": "bin", "zone": zone, "level": n % 3}
            | {"scan_code": f"FHLFSJTP{zone}{n:03}", "check_digits": f"{n:02}", "walk_no": n}
            for zone in "AB"
            for n in range(1, 13)
        ]
        others = [
            {"code": "T-01", "kind": "tote", "scan_code": "FHTFSJTPHTKV"},
            {"code": "CART-1", "kind": "cart", "scan_code": "FHKFSJTPHTKX"},
            {"code": PALLET, "kind": "pallet", "scan_code": PALLET},
            {"code": "PAL-7", "kind": "pallet", "scan_code": "PAL-7"},
            {"code": "T-99", "kind": "tote", "scan_code": "FHTFSJTPGONE", "state": "void"},
        ]
        for row in bins + others:
            tx.execute(insert(Place).values(site=SITE, **row))
        tx.execute(insert(Station).values(site=SITE, code="P1", scan_code="FHSFSJTPHTKG"))
        tx.execute(
            insert(Worker).values(
                site=SITE, code="4711", name="Željka Đurić", badge="FHPFSJTPHTKJ", language="en"
            )
        )
        tx.execute(insert(Merchant).values(site=SITE, code="FERN", name="Fern Pantry"))
        for merchant, sku in (("ACME", "MUG"), ("FERN", "OAT"), ("FERN", "TEA")):
            tx.execute(insert(Sku).values(site=SITE, merchant=merchant, code=sku, name=f"A {sku}"))
        for code, pieces in (("09521234000013", 1), ("19521234000010", 12)):
            row = {"site": SITE, "merchant": "FERN", "code": code, "sku": "OAT", "pieces": pieces}
            tx.execute(insert(Barcode).values(**row))
        tx.execute(
            insert(Operation).values(
                site=SITE, id="S1:1", kind="Receive", command="{}", worker="4711", seat="S1", at=NOW
            )
        )
        goods = Goods("FERN", "OAT", lot="L1", expiry="2027-10-31")
        why = Cause(SITE, "S1:1", "4711", "S1", "", NOW)
        move(tx, why, SUPPLIER, PALLET, [Line(goods, 480)])
    monkeypatch.chdir(tmp_path)
    yield made
    engine_of(made).dispose()


def here() -> str:
    """The address of the warehouse of the current folder."""
    return home_of(Path.cwd() / "floor.db")


def label(*words: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["label", *words, "--database", here()])
    return int(ended.value.code or 0)


def read_pdf(path: Path) -> list[list[str]]:
    """What a scanner reads on each page."""
    pdf = pypdfium2.PdfDocument(path)
    try:
        return [read_back(page.render(scale=300 / 72).to_pil()) for page in pdf]
    finally:
        pdf.close()


def test_all_bins_come_on_sheets_in_walking_order(
    warehouse: Transactions, capsys: pytest.CaptureFixture[str]
) -> None:
    assert label("bins") == 0
    assert capsys.readouterr().out == "24 labels on 3 pages in labels-bins.pdf\n"
    pages = read_pdf(Path("labels-bins.pdf"))
    assert [len(page) for page in pages] == [10, 10, 4]
    assert pages[0] == [f"FHLFSJTPA{n:03}" for n in range(1, 11)]


def test_a_zone_and_single_codes_can_be_asked_for(warehouse: Transactions) -> None:
    assert label("bins", "--zone", "B", "--pdf", "b.pdf", "--one-per-page") == 0
    assert read_pdf(Path("b.pdf")) == [[f"FHLFSJTPB{n:03}"] for n in range(1, 13)]
    assert label("bins", "A-01-2", "B-01-3", "--pdf", "two.pdf") == 0
    assert read_pdf(Path("two.pdf")) == [["FHLFSJTPA002", "FHLFSJTPB003"]]


def test_codes_may_stand_before_and_after_options(warehouse: Transactions) -> None:
    words = "label bins A-01-2 --pdf two.pdf B-01-3 --one-per-page --database"
    with pytest.raises(SystemExit) as ended:
        main([*words.split(), here(), "A-01-1"])
    assert not ended.value.code
    read = read_pdf(Path("two.pdf"))
    assert read == [["FHLFSJTPA001"], ["FHLFSJTPA002"], ["FHLFSJTPB003"]]
    assert label("sku", "--dpi", "300", "OAT", "--folder", "out") == 0
    assert sorted(path.name for path in Path("out").iterdir()) == [
        "000001-sku-OAT.png",
        "000001-sku-OAT.zpl",
    ]


@pytest.mark.parametrize("words", [["bins", "--zone", "A", "--nope", "A-01-1"], ["bins", "--nope"]])
def test_an_option_that_is_none_is_no_code(
    warehouse: Transactions, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert label(*words) == 2
    assert f"unrecognized arguments: {' '.join(words[words.index('--nope') :])}" in (
        capsys.readouterr().err
    )


def test_the_label_of_the_scanner_test_holds_what_the_test_looks_for(
    warehouse: Transactions,
) -> None:
    assert label("scanner-test", "--pdf", "test.pdf") == 0
    (codes,) = read_pdf(Path("test.pdf"))
    assert sorted(map(is_test, codes)) == [True, True]
    assert LETTERS in codes
    (elements,) = set(codes) - {LETTERS}
    assert all(f"{ai}{value}" in elements for ai, value in ELEMENTS)


def test_the_code_of_a_bin_is_in_bars_only(warehouse: Transactions) -> None:
    assert label("bins", "A-01-2", "--zpl", "bins.zpl") == 0
    zpl = Path("bins.zpl").read_text("ascii")
    assert "^FDA_2D01_2D2^FS" in zpl
    assert zpl.count("FHLFSJTPA") == 1
    assert "^BC" in zpl.split("FHLFSJTPA")[0].splitlines()[-1]


def test_arrows_point_to_the_bin_above_or_below_the_beam(warehouse: Transactions) -> None:
    with warehouse.begin() as tx:
        arrows = [one.data["arrow"] for one in place_labels(tx, SITE, "bin", zone="A")]
    assert arrows[:3] == ["down", "up", ""]


def test_docks_and_benches_carry_the_digits_that_may_be_typed_there(
    warehouse: Transactions,
) -> None:
    with warehouse.begin() as tx:
        for code, kind, digits in (("DOCK-1", "dock", "47"), ("PACK-1", "bench", "83")):
            new_place(tx, SITE, code=code, kind=kind, scan_code=f"FH{code}", check_digits=digits)
            (wanted,) = place_labels(tx, SITE, kind)
            assert (wanted.template, wanted.data["check_digits"]) == ("bin", digits)
            laid = lay_out_named(wanted.template, wanted.data, 203).placed
            texts = [item for item in laid if isinstance(item, PlacedText)]
            shown = " ".join(line.text for text in texts for line in text.lines)
            assert digits in shown
            assert f"FH{code}" not in shown
    assert label("docks", "--folder", "out") == 0
    assert label("benches", "--folder", "out") == 0


@pytest.mark.parametrize(
    ("words", "reads"),
    [
        (["totes"], ["FHTFSJTPHTKV"] * 2),
        (["carts"], ["FHKFSJTPHTKX"] * 2),
        (["stations"], ["FHSFSJTPHTKG"] * 2),
        (["badges"], ["FHPFSJTPHTKJ"]),
        (["pallets"], ["00" + PALLET, "PAL-7", "PAL-7"]),
        (["sku"], ["9521234000013", "MUG", "TEA"]),
        (["sku", "--merchant", "FERN"], ["9521234000013", "TEA"]),
        (["sku", "OAT"], ["9521234000013"]),
        (["sku", "9521234000013"], ["9521234000013"]),
    ],
)
def test_everything_that_has_a_label_reads(
    warehouse: Transactions, words: list[str], reads: list[str]
) -> None:
    assert label(*words, "--pdf", "out.pdf") == 0
    assert sorted(code for page in read_pdf(Path("out.pdf")) for code in page) == reads


def test_a_pallet_says_what_stands_on_it(warehouse: Transactions) -> None:
    with warehouse.begin() as tx:
        (pallet,) = place_labels(tx, SITE, "pallet", codes=[PALLET])
    assert pallet.data == {
        "sscc": PALLET,
        "merchant": "Fern Pantry",
        "pieces": 480,
        "sku": "OAT",
        "name": "A OAT",
        "lot": "L1",
        "expiry": "2027-10-31",
    }


def test_a_house_without_pallets_says_when_they_get_their_labels(
    warehouse: Transactions, capsys: pytest.CaptureFixture[str]
) -> None:
    with warehouse.begin() as tx:
        tx.execute(update(Place).where(Place.kind == "pallet").values(state="void"))
    assert label("pallets") == 1
    said = "Receiving prints the label of a pallet when it makes one."
    assert f"There are no such pallets. {said}" in capsys.readouterr().err


def test_the_staff_number_is_not_on_the_badge(warehouse: Transactions) -> None:
    assert label("badges", "--zpl", "badge.zpl") == 0
    assert "4711" not in Path("badge.zpl").read_text("ascii")


def test_the_command_sheet_has_every_key_and_needs_no_database(tmp_path: Path) -> None:
    pdf = tmp_path / "commands.pdf"
    with pytest.raises(SystemExit) as ended:
        main(["label", "commands", "--pdf", str(pdf), "--database", str(tmp_path / "none.db")])
    assert not ended.value.code
    keys = {code for _, code in KEYS.values()} | set(BARCODES_ONLY.values())
    choices = {f"*CHOOSE {n}" for n in range(1, 10)}
    numbers = {f"*QTY {n}" for n in range(10)}
    assert {code for page in read_pdf(pdf) for code in page} == keys | choices | numbers


def test_only_keys_that_a_screen_offers_are_on_the_command_sheet() -> None:
    flows = "".join(file.read_text("utf-8") for file in Path(turn.__file__).parent.glob("*.py"))
    offered = {key for key in Key if f"Key.{key.name}" in flows}
    always = {Key.HELP, Key.LOCK, Key.SCANS, Key.UNDO, *BARCODES_ONLY}
    assert set(Key) <= offered | always


def test_the_words_on_the_command_sheet_follow_the_language(tmp_path: Path) -> None:
    with pytest.raises(SystemExit):
        main(["label", "commands", "--language", "it", "--zpl", str(tmp_path / "c.zpl")])
    assert "^FDRistampa^FS" in (tmp_path / "c.zpl").read_text("ascii")


def test_a_folder_gets_a_picture_and_zpl_of_each(warehouse: Transactions) -> None:
    assert label("totes", "--folder", "out", "--dpi", "300") == 0
    assert sorted(path.name for path in Path("out").iterdir()) == [
        "000001-tote-T-01.png",
        "000001-tote-T-01.zpl",
    ]


def test_templates_beside_the_database_are_used_and_told(
    warehouse: Transactions, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ours = (template_folder() / "tote.toml").read_text("utf-8")
    folder = beside(warehouse) / "templates"
    folder.mkdir()
    (folder / "far.toml").write_text(ours.replace('"{code}"', '"FAR {code}"', 1), "utf-8")
    assert label("totes", "--template", "far", "--zpl", "far.zpl") == 0
    assert b"FAR T_2D01" in Path("far.zpl").read_bytes()
    assert label("preview", "far", "--zpl", "seen.zpl") == 0
    assert b"^FDFAR " in Path("seen.zpl").read_bytes()
    assert label("totes", "--template", "near") == 1
    assert f"more can be put into {folder}" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["bins", "--zone", "Q"], "There are no such bins in zone Q."),
        (["bins", "A-01-1", "NOPE"], "There are no such bins: NOPE. Nothing was printed."),
        (["totes", "T-99"], "There are no such totes: T-99."),
        (["totes", "--template", "bni"], "There is no label template 'bni'"),
        (["badges", "--zone", "A"], "--zone is not for badges, only for: bins, totes,"),
        (["bins", "--merchant", "FERN"], "--merchant is not for bins, only for: sku,"),
        (["sku", "--merchant", "NOPE"], "There is no merchant NOPE at MAIN. Known: ACME, FERN."),
        (["returns", "--merchant", "NOPE", "R-1"], "There is no merchant NOPE at MAIN."),
        (["totes", "--language", "xx"], "There are no words in the language xx, only in: "),
        (["badges", "--language", "it"], "--language is not for badges, only for: bins,"),
        (["work", "A-01-1"], "CODE is not for work, only for: bins,"),
        (["work", "--template", "bin"], "--template is not for work, only for: bins,"),
        (["bins", "--dpi", "300"], "--dpi is for label printers: it goes with --zpl or --folder."),
        (["bins", "--zpl", "x", "--one-per-page"], "--one-per-page goes with --pdf."),
        (["carts", "NO"], "There are no such carts: NO."),
        (["deliveries"], "There are no such deliveries. None is announced or open: import some"),
        (["returns", "R-1"], "There are no such returns: R-1."),
        (["bins", "--site", "NOPE"], "There is no site NOPE in this database. Known: MAIN."),
        (["totes", "--pdf", "no/such/folder.pdf"], "The labels cannot be written: No such file"),
    ],
)
def test_what_cannot_be_printed_is_said_in_a_sentence_and_nothing_is_written(
    warehouse: Transactions,
    words: list[str],
    says: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    before = sorted(path.name for path in tmp_path.iterdir())
    assert label(*words) == 1
    assert says in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == before


def test_new_labels_of_a_zone_are_drawn_and_printed(
    warehouse: Transactions, capsys: pytest.CaptureFixture[str]
) -> None:
    def labels() -> dict[str, tuple[str, str]]:
        with warehouse.begin() as tx:
            asked = select(Place.code, Place.scan_code, Place.check_digits)
            return {code: (bars, digits) for code, bars, digits in tx.execute(asked)}

    def run(*words: str) -> int:
        with pytest.raises(SystemExit) as ended:
            main(["label", "rotate", *words, "--database", here()])
        return ended.value.code

    before = labels()
    assert run() == 1
    assert "--zone" in capsys.readouterr().err
    assert run("B-01-1", "NOSUCH") == 1
    assert "NOSUCH" in capsys.readouterr().err
    assert labels() == before
    assert run("--zone", "B", "--zpl", "new.zpl") == 0
    assert "old label" in capsys.readouterr().out
    printed, after = Path("new.zpl").read_text("utf-8"), labels()
    for code, (bars, digits) in after.items():
        assert (before[code] != (bars, digits)) == code.startswith("B-"), code
        assert (bars in printed) == code.startswith("B-"), code
