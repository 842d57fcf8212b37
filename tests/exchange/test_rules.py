"""Our own files about how we work: merchants, stations, the site."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from floorhand.domain.barcodes import read
from floorhand.domain.rules import MerchantRules, SiteRules
from floorhand.store.masters import merchant_rules, site_rules
from floorhand.store.schema import Merchant, SiteRow, Station

ALL_OF_A_MERCHANT = (
    "merchant,name,short_policy,typed_quantity,over_tolerance_pct,expiry_order,dispositions,"
    "return_days,verdicts,pack_instruction,inserts,sender\n"
    "ALFA,Alfa Shop,hold,no,5,ddmmyy,restock|repack|repack|liquidate|destroy,30,"
    "tiktok.buyer_fault=REJECT_RECEIVED_PACKAGE|own.good=ok,Add a card,Card; code=C-1; first|"
    "Flyer; from=2; until=2026-12-24,Alfa|Via Roma 1\n"
)


def rules_of(take, merchant):
    with take.transactions.begin() as tx:
        return merchant_rules(tx, "MAIN", merchant)


def test_all_rules_of_a_merchant_can_be_set(take):
    taken = take(ALL_OF_A_MERCHANT)
    assert (taken.code, taken.result["format"], taken.result["merchants"]) == (0, "merchants", 1)
    assert rules_of(take, "ALFA") == MerchantRules(
        short_policy="hold",
        typed_quantity=False,
        over_tolerance_pct=5,
        expiry_order="DDMMYY",
        dispositions=("restock", "repack", "repack", "liquidate", "destroy"),
        return_days=30,
        verdicts={"tiktok.buyer_fault": "REJECT_RECEIVED_PACKAGE", "own.good": "ok"},
        pack_instruction="Add a card",
        inserts=("Card; code=C-1; first", "Flyer; from=2; until=2026-12-24"),
        sender="Alfa|Via Roma 1",
    )
    before = take.everything()
    assert take(ALL_OF_A_MERCHANT + "\n").result["unchanged"] == 1
    assert take.everything()["merchant"] == before["merchant"]


def test_an_empty_cell_leaves_a_rule_and_a_dash_takes_a_text_away(take):
    take(ALL_OF_A_MERCHANT)
    taken = take(
        "merchant,return_days,pack_instruction,verdicts\nALFA,90,-,-\nBETA,,,\n", name="b.csv"
    )
    assert (taken.result["updated"], taken.result["merchants"]) == (1, 1)
    alfa = rules_of(take, "ALFA")
    assert (alfa.return_days, alfa.pack_instruction, alfa.verdicts) == (90, "", {})
    assert (alfa.short_policy, alfa.sender) == ("hold", "Alfa|Via Roma 1")
    assert rules_of(take, "BETA") == MerchantRules()
    names = select(Merchant.code, Merchant.name).where(Merchant.code.in_(["ALFA", "BETA"]))
    assert take.all(names.order_by(Merchant.code)) == [("ALFA", "Alfa Shop"), ("BETA", "BETA")]


def test_boxes_must_be_there_and_an_insert_is_no_product(take):
    take("box,length_mm,width_mm,height_mm\nS,200,150,100\nM,300,270,200\n", name="boxes.csv")
    products = "merchant,sku,name,barcode\nALFA,TEA,Tea,TEA-1\n"
    take(products, name="products.csv")
    assert take("merchant,boxes\nALFA,S|M\n", name="a.csv").code == 0
    assert rules_of(take, "ALFA").boxes == ("S", "M")
    wrong = "merchant,boxes,inserts\nALFA,S|XL,\nALFA,,Tea bag; code=TEA-1\n"
    rejected = take(wrong, name="b.csv").result["rejected"]
    assert rejected == 2
    assert take("merchant,boxes\nALFA,-\n", name="c.csv").code == 0
    assert (rules_of(take, "ALFA").boxes, rules_of(take, "ALFA").inserts) == ((), ())


@pytest.mark.parametrize(
    ("heading", "cell", "reason"),
    [
        ("short_policy", "perhaps", "expected one of: ship_partial, hold, cancel_line"),
        ("typed_quantity", "perhaps", "expected yes or no"),
        ("over_tolerance_pct", "101", "over_tolerance_pct is 101; expected 0 to 100"),
        ("expiry_order", "YYYY", "expected YYMMDD or DDMMYY"),
        ("dispositions", "restock|burn", "dispositions has 'burn'; known: restock"),
        ("dispositions", "restock", "dispositions has 1 words; expected 5"),
        ("return_days", "0", "return_days is 0; expected 1 to 3650"),
        ("verdicts", "tiktok.nothing=X", "expected platform and kind such as tiktok.good"),
        ("verdicts", "tiktok.good", "expected pairs such as A=B"),
    ],
)
def test_rules_of_a_merchant_that_cannot_be(take, heading, cell, reason):
    taken = take(f"merchant,{heading}\nALFA,{cell}\n")
    assert reason in taken.rejected[2]
    assert take.all(select(Merchant.code).where(Merchant.code == "ALFA")) == []


def test_stations_stand_at_benches_and_docks(take):
    take("place,kind\nPACK-1,bench\nDOCK-1,dock\nA-1,bin\n", name="bins.csv")
    file = "station,name,place,printer\nb-1,Bench 1,pack-1,zebra\nGATE,,DOCK-1,\n"
    taken = take(file)
    assert (taken.code, taken.result["format"], taken.result["stations"]) == (0, "stations", 2)
    columns = (Station.code, Station.name, Station.place, Station.printer, Station.scan_code)
    bench, gate = take.all(select(*columns).order_by(Station.code))
    assert bench[:4] == ("B-1", "Bench 1", "PACK-1", "zebra")
    assert gate[:4] == ("GATE", "GATE", "DOCK-1", "folder")
    assert read(bench[4]).own_kind == read(gate[4]).own_kind == "station"
    assert take(file + "\n").result["unchanged"] == 2
    take("station,printer\nGATE,laser\n", name="b.csv")
    assert take.all(select(*columns).where(Station.code == "GATE"))[0][2:] == (
        "DOCK-1", "laser", gate[4],
    )  # fmt: skip


def test_stations_are_for_some_jobs_or_for_all(take):
    def jobs() -> list[str]:
        return [row[0] for row in take.all(select(Station.jobs).order_by(Station.code))]

    take("station,jobs\nB-1,returns packing\nB-2,\nB-3,Picking|putaway\n")
    assert jobs() == ["packing returns", "", "putaway picking"]
    take("station,jobs\nB-1,\nB-2,packing\nB-3,-\n", name="b.csv")
    assert jobs() == ["packing returns", "packing", ""]
    wrong = take("station,jobs\nB-1,baking\n", name="c.csv")
    assert "jobs has 'baking'; known: receiving, putaway" in wrong.rejected[2]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("B-2,NOWHERE,", "there is no place 'NOWHERE' for B-2; import bins first"),
        ("B-2,A-1,", "A-1 is a bin; a station has a bench or dock"),
        ("B-2,,S-1", "scan_code of B-2 is that of B-1 already"),
        ("B-2,,*DONE", "begins like a command barcode"),
        (",,", "station is missing"),
    ],
)
def test_stations_that_cannot_be(take, row, reason):
    take("place,kind\nA-1,bin\n", name="bins.csv")
    taken = take(f"station,place,scan_code\nB-1,,S-1\n{row}\n" if row != ",," else
                 "station,place,scan_code,x\nB-1,,S-1,\n,,,x\n")  # fmt: skip
    assert reason in taken.rejected[3]
    assert taken.result["stations"] == 1


SITE = (
    "site_name;time_zone;gs1_prefix;cut_off;shifts;default_place_policy;place_policy;"
    "orders_per_walk_max;language\n"
    "Torino;Europe/Rome;8012345;15:30;early 06:00-14:00|late 14:00-22:00;check;"
    "COLD=scan|Z=none;8;it\n"
)


def test_all_rules_of_the_site_can_be_set(take):
    taken = take(SITE)
    assert (taken.code, taken.result["format"], taken.result["updated"]) == (0, "site", 1)
    assert take.one(SiteRow.name, SiteRow.time_zone, SiteRow.gs1_prefix) == (
        "Torino",
        "Europe/Rome",
        "8012345",
    )
    wanted = SiteRules(
        place_policy={"COLD": "scan", "Z": "none"},
        default_place_policy="check",
        orders_per_walk_max=8,
        cut_off="15:30",
        shifts=("early 06:00-14:00", "late 14:00-22:00"),
        language="it",
    )
    with take.transactions.begin() as tx:
        assert site_rules(tx, "MAIN") == wanted
    assert take(SITE + "\n").result["unchanged"] == 1
    take("cut_off,place_policy\n17:00,-\n", name="b.csv")
    with take.transactions.begin() as tx:
        changed = site_rules(tx, "MAIN")
    assert (changed.cut_off, changed.place_policy, changed.language) == ("17:00", {}, "it")


@pytest.mark.parametrize(
    ("heading", "cell", "reason"),
    [
        ("cut_off", "25:00", "expected a time such as 16:00"),
        ("shifts", "early 06:00", "expected name and times: early 06:00-14:00"),
        ("default_place_policy", "trust", "expected one of: scan, check, either, none"),
        ("place_policy", "A=trust", "place_policy of 'A' is 'trust'"),
        ("orders_per_walk_max", "0", "expected 1 to 24"),
        ("time_zone", "Mars/North", "expected a name such as Europe/Rome"),
        ("gs1_prefix", "12", "expected 6 to 12 digits"),
        ("language", "xx", "expected one of: de, en"),
        ("refill_below_hours", "25", "refill_up_to_hours is 24, but what lasts less than 25 hours"),
        ("refill_up_to_hours", "7", "refill_up_to_hours is 7, but what lasts less than 8 hours"),
    ],
)
def test_rules_of_the_site_that_cannot_be(take, heading, cell, reason):
    taken = take(f"cut_off,{heading}\n16:00,{cell}\n" if heading != "cut_off" else
                 f"cut_off\n{cell}\n")  # fmt: skip
    assert reason in taken.rejected[2]


def test_a_site_has_one_row(take):
    assert take("cut_off\n16:00\n17:00\n").rejected == {3: "a site has one row, and that is line 2"}


def test_a_set_of_files_makes_a_warehouse(take, tmp_path):
    files = {
        "stations.csv": "station,place\nB-1,P-1\n",
        "bins.csv": "place,kind,merchant\nP-1,bench,ALFA\n",
        "merchants.csv": "merchant,return_days\nALFA,10\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    code, _, err = take.run(*(str(tmp_path / name) for name in files))
    assert (code, err) == (0, "")
    assert rules_of(take, "ALFA").return_days == 10
