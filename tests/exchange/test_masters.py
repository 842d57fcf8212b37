"""Our own files of places, boxes, products and workers."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select, update

from floorhand.domain.barcodes import read
from floorhand.domain.pins import verify_pin
from floorhand.store.check import violations
from floorhand.store.schema import Barcode, BoxType, Merchant, Place, Sku, Worker


def barcodes(take):
    return take.all(
        select(Barcode.code, Barcode.sku, Barcode.pieces, Barcode.pack).order_by(Barcode.code)
    )


def test_a_product_has_barcodes_on_pieces_inners_and_cases(take):
    take(
        "sku,name,barcode,inner_barcode,inner_pieces,case_barcode,case_pieces\n"
        "MUG,Mug,4006381333931|MUG-B,IN-6,6,14006381333938,12\n"
    )
    assert barcodes(take) == [
        ("04006381333931", "MUG", 1, "each"),
        ("14006381333938", "MUG", 12, "case"),
        ("IN-6", "MUG", 6, "inner"),
        ("MUG-B", "MUG", 1, "each"),
    ]


def test_further_rows_of_a_sku_add_barcodes(take):
    taken = take("sku,name,barcode,pieces,pack\nMUG,Mug,A1,,\nMUG,,A2,6,inner\nMUG,,A3,12,\n")
    assert (taken.result["products"], taken.result["barcodes"]) == (1, 3)
    assert barcodes(take)[1:] == [("A2", "MUG", 6, "inner"), ("A3", "MUG", 12, "case")]


def test_gtins_of_8_12_13_and_14_digits_are_kept_as_14(take):
    codes = ("96385074", "036000291452", "4006381333931", "14006381333938")
    take("sku,barcode\n" + "".join(f"S{n},{code}\n" for n, code in enumerate(codes)))
    assert sorted(code for code, *_ in barcodes(take)) == sorted(c.zfill(14) for c in codes)


def test_a_number_with_a_wrong_check_digit_is_a_code_as_printed(take):
    take("sku,barcode\nMUG,4006381333932\n")
    assert barcodes(take) == [("4006381333932", "MUG", 1, "each")]


def test_a_product_without_barcode_carries_its_own_code(take):
    take("sku\nMUG-1\n")
    assert barcodes(take) == [("MUG-1", "MUG-1", 1, "each")]


def test_a_barcode_belongs_to_one_product_of_a_merchant(take):
    taken = take("sku,barcode\nMUG,A1\nCAP,A1\n")
    assert taken.rejected == {3: "barcode 'A1' belongs to SKU 'MUG' already"}
    assert take("sku,barcode\nCAP,A1\n", "--merchant", "OTHER").code == 0


def test_a_command_is_no_barcode(take):
    assert "command barcode" in take("sku,barcode\nMUG,*DONE\n").rejected[2]


def test_products_differ_by_more_than_case(take):
    taken = take("sku,name\n85099B,Bag\n85099b,\n")
    assert taken.result["products"] == 1
    take("sku,name\n85099b,Jumbo bag\n", name="later.csv")
    assert take.one(Sku.code, Sku.name) == ("85099B", "Jumbo bag")


def test_two_products_with_one_sku_are_not_merged(take):
    file = "sku,name,weight_g\nMUG,Mug,\nmug,Cap,\nMUG,,350\nMUG,Mug,360\n"
    taken = take(file)
    assert taken.rejected == {
        3: "sku 'mug' stands on line 2 with another name; give each product a SKU of its own",
        5: "sku 'MUG' stands on line 2 with another weight_g; give each product a SKU of its own",
    }
    assert take.one(Sku.name, Sku.weight_g) == ("Mug", 350)
    assert take(file).result.get("updated", 0) == 0


@pytest.mark.parametrize("head", ["id,email", "item,price", "product,note", "id,name"])
def test_a_list_of_anything_is_no_list_of_products(take, head):
    taken = take(f"{head}\n1,a\n2,b\n")
    assert taken.code == 1
    assert "a heading that tells" in taken.err
    assert "say --format products" in taken.err
    assert take(f"{head}\n1,a\n2,b\n", "--format", "products").result["products"] == 2


@pytest.mark.parametrize("head", ["id,upc", "item,weight_g", "product,name,barcode", "sku"])
def test_one_more_heading_tells_a_list_of_products(take, head):
    assert take(f"{head}\n").result["format"] == "products"


def test_a_later_file_changes_what_it_says_and_nothing_else(take):
    take("sku,name,weight_g,lot_tracked\nMUG,Mug,350,yes\n")
    taken = take("sku,name,weight_g,height_cm\nMUG,,360,9.5\n", name="later.csv")
    assert taken.result["updated"] == 1
    columns = (Sku.name, Sku.weight_g, Sku.height_mm, Sku.lot_tracked)
    assert take.one(*columns) == ("Mug", 360, 95, True)


def test_measures_are_taken_in_small_or_large_units(take):
    take("sku,weight_kg,length_cm\nA,0.35,12.5\n")
    take("sku;weight_kg;length_cm\nB;0,35;12,5\n", name="comma.csv")
    rows = take.all(select(Sku.weight_g, Sku.length_mm))
    assert rows == [(350, 125), (350, 125)]


@pytest.mark.parametrize("cell", ["1e3", "-5", '"1,000"', "five", "99999999999", "٣", "0x10"])
def test_measures_that_could_mean_something_else_are_put_aside(take, cell):
    taken = take(f"sku,weight_g\nA,{cell}\nB,10\n")
    assert "weight_g is" in taken.rejected[2]
    assert taken.result["products"] == 1


def test_weights_of_0_and_missing_sizes_are_not_known(take, real):
    taken = take(real("olist/olist_products_half0.csv.xz"))
    assert taken.code == 0
    assert taken.result["products"] == taken.result["rows"]
    assert take.one(func.count(Sku.code).filter(Sku.weight_g == 0))[0] >= 1
    assert take.one(func.count(Sku.code).filter(Sku.length_mm == 0))[0] >= 1
    row = select(Sku.weight_g, Sku.length_mm, Sku.height_mm, Sku.width_mm)
    found = take.all(row.where(Sku.code == "3aa071139cb16b67ca9e5dea641aaa2f"))
    assert found == [(1000, 300, 180, 200)]


def test_real_gtins_with_quotes_in_their_names(take, real):
    taken = take(real("barcodes_uhtt/uhtt_barcode_ref_0250.tsv.xz"))
    assert taken.result["format"] == "products"
    assert taken.result["products"] + taken.result["rejected"] == taken.result["rows"]
    assert set(taken.rejected.values()) <= {
        reason for reason in taken.rejected.values() if "belongs to SKU" in reason
    }
    lengths = {len(code) for code, *_ in barcodes(take) if code.isdecimal()}
    assert 14 in lengths
    assert take.one(func.count(Sku.code).filter(Sku.name.contains('"')))[0] > 0


def test_places_of_all_kinds(take):
    taken = take(
        "place,kind,parent,zone,walk_no,level,capacity_l,slots,storage\n"
        "a-01-1,bin,,A,10,1,60,,\n"
        "T-1,tote,CART-1,,,,,,\n"
        "CART-1,cart,,,,,,12,\n"
        "DOCK-1,dock,,,,,,,\n"
        "BENCH-1,bench,,,,,,,\n"
        "PAL-1,pallet,A-01-1,,,,,,\n"
        "COLD-1,,,C,20,,,,chilled\n"
    )
    assert taken.code == 0
    assert taken.result["places"] == 7
    columns = (Place.kind, Place.parent, Place.zone, Place.level, Place.capacity_ml, Place.slots)
    rows = {code: rest for code, *rest in take.all(select(Place.code, *columns))}
    assert rows["A-01-1"] == ["bin", None, "A", 1, 60_000, 0]
    assert rows["T-1"][:2] == ["tote", "CART-1"]
    assert rows["CART-1"][5] == 12
    assert rows["COLD-1"][0] == "bin"
    with take.transactions.begin() as tx:
        assert violations(tx, "MAIN") == ()


def test_labels_are_drawn_that_nobody_can_derive_from_the_code(take):
    take("place,kind,walk_no\n" + "".join(f"A-{n:02},bin,{n}\n" for n in range(60)) + "T-1,tote,\n")
    rows = take.all(
        select(Place.code, Place.scan_code, Place.check_digits)
        .where(Place.kind == "bin")
        .order_by(Place.walk_no)
    )
    assert all(read(scan_code).own_kind == "bin" for _, scan_code, _ in rows)
    assert len({scan_code for _, scan_code, _ in rows}) == 60
    checks = [check for _, _, check in rows]
    assert all(len(check) == 2 and check != "00" for check in checks)
    near = [checks[max(0, n - 2) : n] for n in range(60)]
    assert not any(check in before for check, before in zip(checks, near, strict=True))
    tote = take.all(select(Place.scan_code, Place.check_digits).where(Place.kind == "tote"))
    assert (read(tote[0][0]).own_kind, tote[0][1]) == ("tote", "")


def test_labels_that_a_file_gives_are_kept(take):
    take("place,scan_code,check_digits\nA-1,QX7,4711\n")
    take("place,zone\nA-1,B\n", name="later.csv")
    row = select(Place.scan_code, Place.check_digits, Place.zone).where(Place.code == "A-1")
    assert take.all(row) == [("QX7", "4711", "B")]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("@supplier,bin,,,", "begins with a sign that is not for places"),
        ("A-1,shelf,,,", "kind is 'shelf'; expected one of: bin, dock"),
        ("A-1,bin,A-1,,", "A-1 would stand in itself: A-1 in A-1"),
        ("A-1,bin,NOWHERE,,", "A-1 should stand in 'NOWHERE', which does not exist"),
        ("A-1,bin,,00,", "check_digits is '00'"),
        ("A-1,cart,,,99", "at most 24 totes fit a cart"),
        (",bin,,,", "place is missing"),
    ],
)
def test_places_that_cannot_be(take, row, reason):
    taken = take(f"place,kind,parent,check_digits,slots\nGOOD,bin,,,\n{row}\n")
    assert reason in taken.rejected[3]
    assert taken.result["places"] == 1


def test_places_in_a_circle_or_too_deep_are_put_aside(take):
    deep = "".join(f"P{n},pallet,P{n - 1}\n" for n in range(1, 6))
    taken = take("place,kind,parent\nA,tote,B\nB,tote,A\nP0,bin,\n" + deep)
    assert "would stand in itself" in taken.rejected[2]
    assert "would stand in itself" in taken.rejected[3]
    assert taken.rejected[8] == "P4 would stand more than 4 deep"
    assert taken.result["places"] == 4


def test_where_a_tote_stands_belongs_to_the_floor(take):
    file = "place,kind,parent,zone\nC-1,cart,,\nC-2,cart,,\nT-1,tote,C-1,\n"
    take(file)
    with take.transactions.begin() as tx:
        tx.execute(update(Place).where(Place.code == "T-1").values(parent="C-2"))
    take(file + "A-1,bin,,Z\n", name="more.csv")
    assert take.all(select(Place.parent).where(Place.code == "T-1")) == [("C-2",)]


def test_a_place_keeps_its_kind(take):
    take("place,kind\nA-1,bin\n")
    assert take("place,kind\nA-1,tote\n", name="b.csv").rejected == {
        2: "A-1 is a bin already, not a tote"
    }


def test_workers_sign_in_with_badge_or_pin(take):
    file = "worker,name,pin,roles,language\n17,Ana,471108,picking;packing,IT\n18,Bo,,returns,\n"
    taken = take(file)
    assert taken.result["workers"] == 2
    ana, bo = take.all(select(Worker.badge, Worker.pin_hash, Worker.roles, Worker.language))
    assert read(ana[0]).own_kind == read(bo[0]).own_kind == "badge"
    assert verify_pin("471108", ana[1])
    assert ana[2:] == ("picking packing", "it")
    assert bo[1:] == ("", "returns", "en")


def test_a_worker_keeps_badge_and_pin_when_the_file_comes_again(take):
    take("worker,name,pin\n17,Ana,471108\n")
    before = take.all(select(Worker.badge, Worker.pin_hash))
    taken = take("worker,name,pin\n17,Ana,471108\n18,Bo,\n", name="more.csv")
    assert take.all(select(Worker.badge, Worker.pin_hash).where(Worker.code == "17")) == before
    assert (taken.result["unchanged"], taken.result["workers"]) == (1, 1)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("17,Ana,12,,", "pin is not 6 to 12 digits"),
        ("17,Ana,,driving,", "roles has 'driving'; known: receiving"),
        ("17,Ana,,,B-1", "badge 'B-1' is another worker's"),
        (",Ana,,,", "worker is missing"),
    ],
)
def test_workers_that_cannot_be(take, row, reason):
    taken = take(f"worker,name,pin,roles,badge\n1,Zoe,,,B-1\n{row}\n")
    assert reason in taken.rejected[3]


def test_a_pin_never_stands_in_a_rejected_rows_reason_or_the_database(take):
    taken = take("worker,name,pin\n17,Ana,4711089x\n18,Bo,271828\n")
    assert "47119" not in taken.rejected[2]
    assert "271828" not in str(take.everything())


def test_boxes(take):
    taken = take(
        "box,name,length_mm,width_mm,height_mm,tare_g\nS,Small,200,150,100,90\nM,,0,1,1,\n"
    )
    columns = (BoxType.name, BoxType.length_mm, BoxType.tare_g, BoxType.carries_g)
    assert take.one(*columns) == ("Small", 200, 90, 30_000)
    assert "must all be above 0" in taken.rejected[3]


def test_merchants_are_made_when_goods_of_theirs_come(take):
    take("sku,merchant\nA,BETA\nB,\n", "--merchant", "ALFA")
    codes = take.all(select(Merchant.code).order_by(Merchant.code))
    assert codes == [("ACME",), ("ALFA",), ("BETA",)]
    skus = take.all(select(Sku.code, Sku.merchant).order_by(Sku.code))
    assert skus == [("A", "BETA"), ("B", "ALFA")]


def test_a_place_does_not_get_the_digits_of_its_neighbour(take):
    head = "place,kind,walk_no,check_digits\n"
    taken = take(head + "A-1,bin,10,47\nA-2,bin,20,47\nA-3,bin,30,12\n")
    assert taken.rejected == {
        3: "check_digits of A-2 are 47, as those of A-1 beside it;"
        " give others, or none: then they are drawn"
    }
    later = take(head + "A-1,bin,10,47\nA-4,bin,40,12\n", name="later.csv")
    assert "check_digits of A-4 are 12, as those of A-3 beside it" in later.rejected[3]
    moved = take(head + "A-1,bin,29,13\nA-3,bin,,13\n", name="moved.csv")
    assert "check_digits of A-3 are 13, as those of A-1 beside it" in moved.rejected[3]


def test_digits_that_come_again_nearby_are_told_with_both_places(take):
    rows = "place,kind,walk_no,check_digits\nA-1,bin,10,47\nA-2,bin,20,13\nA-3,bin,30,47\n"
    taken = take(rows)
    assert not taken.rejected
    assert taken.result["notes"] == [
        "The same check digits near each other on the walk: A-1 and A-3 (47)."
        " floorhand label rotate draws others."
    ]
    assert take(rows + "B-1,bin,90,55\n", name="later.csv").result["notes"] == []
