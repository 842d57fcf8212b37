"""What a file may change in papers and places that are there, and what it must never pass over."""

from __future__ import annotations

import pytest
from conftest import NOW
from sqlalchemy import insert, select, update

from floorhand.store.schema import Merchant, Order, OrderLine, Pick, Place, Stock, Task

HEAD = "order,sku,quantity\n"
LINES = select(OrderLine.line_no, OrderLine.sku, OrderLine.ordered).order_by(OrderLine.line_no)


@pytest.fixture
def stocked(take):
    take("sku,name\nMUG,Mug\nCAP,Cap\nPEN,Pen\n", name="products.csv")
    return take


def test_lines_of_an_order_follow_the_file_until_somebody_begins(stocked):
    stocked(HEAD + "1,MUG,1\n")
    taken = stocked(HEAD + "1,mug,3\n1,CAP,2\n", name="b.csv")
    assert (taken.code, taken.result["updated"], taken.result["orders"]) == (0, 1, 0)
    assert taken.result.get("unchanged", 0) == 0
    assert stocked.all(LINES) == [(1, "MUG", 3), (2, "CAP", 2)]


def test_a_hold_that_a_file_set_is_ended_by_a_file_with_all_that_changed(stocked):
    head = "order,sku,quantity,state,hold_reason,city\n"
    stocked(head + "1,MUG,1,hold,no payment,Rome\n")
    stocked(head + "1,MUG,3,released,,Turin\n", name="b.csv")
    assert stocked.one(Order.state, Order.hold_reason) == ("released", "")
    assert "Turin" in stocked.one(Order.ship_to)[0]
    assert stocked.all(LINES) == [(1, "MUG", 3)]
    stocked(head + "1,MUG,3,hold,stop,Turin\n", name="c.csv")
    assert stocked.one(Order.state, Order.hold_reason) == ("hold", "stop")


def test_a_file_that_names_no_state_ends_no_hold(stocked):
    stocked("order,sku,quantity,state\n1,MUG,1,hold\n")
    stocked(HEAD + "1,MUG,2\n", name="b.csv")
    assert stocked.one(Order.state) == ("hold",)
    assert stocked.all(LINES) == [(1, "MUG", 2)]


@pytest.mark.parametrize(
    "begun",
    [
        {"state": "picking"},
        {"state": "shipped"},
        {"picked": 1},
        {"pick": "open"},
    ],
    ids=str,
)
def test_what_comes_too_late_is_told_and_changes_nothing(stocked, begun):
    stocked(HEAD + "1,MUG,2\n")
    begin(stocked, begun)
    taken = stocked("order,sku,quantity,state\n1,MUG,3,hold\n1,CAP,1,\n", name="b.csv")
    assert taken.code == 3
    assert "with 2 of 'MUG', which cannot become 3" in taken.rejected[2]
    assert "without this line: 'CAP' x 1" in taken.rejected[3]
    assert stocked.all(LINES) == [(1, "MUG", 2)]
    assert stocked.one(Order.state) != ("hold",)


def begin(stocked, begun):
    with stocked.transactions.begin() as tx:
        if "pick" in begun:
            tx.execute(insert(Task).values(site="MAIN", id="T1", kind="pick", created_at=NOW))
            tx.execute(insert(Pick).values(site="MAIN", id="P1", task="T1", **PICK))
        elif "picked" in begun:
            tx.execute(update(OrderLine).values(begun))
        else:
            tx.execute(update(Order).values(begun))


PICK = {
    "merchant": "MAIN", "order": "1", "line_no": 1, "sku": "MUG", "place": "A-1", "walk_no": 1,
    "pieces": 2,
}  # fmt: skip


def test_a_hold_that_comes_too_late_is_told(stocked):
    stocked(HEAD + "1,MUG,2\n")
    begin(stocked, {"picked": 1})
    taken = stocked("order,sku,quantity,state\n1,MUG,2,hold\n", name="b.csv")
    assert "so it cannot become hold" in taken.rejected[2]


def test_a_hold_that_a_bench_asked_for_ends_with_the_merchant_s_word(stocked):
    stocked(HEAD + "1,MUG,2\n")
    with stocked.transactions.begin() as tx:
        tx.execute(update(Order).values(state="hold", hold_reason="missing_at_bench"))
        tx.execute(update(OrderLine).values(picked=1))
    taken = stocked("order,sku,quantity,state\n1,MUG,2,released\n", name="b.csv")
    assert (taken.code, stocked.one(Order.state)) == (0, ("released",))


def test_a_line_alone_of_an_order_that_is_there_takes_nothing_from_it(stocked):
    stocked(HEAD + "1001,MUG,1\n1001,CAP,1\n")
    taken = stocked(HEAD + "1001,PEN,4\n", name="fixed.csv")
    assert taken.code == 3
    assert taken.rejected == {2: "order 1001 is there already, without this line: 'PEN' x 4"}
    assert stocked.all(LINES) == [(1, "MUG", 1), (2, "CAP", 1)]


def test_a_line_that_left_a_file_is_told(stocked):
    stocked(HEAD + "1,MUG,1\n1,CAP,1\n")
    taken = stocked(HEAD + "1,MUG,1\n", name="b.csv")
    assert "is there already with 'CAP' x 1, which the file does not have" in taken.rejected[2]


def test_as_many_pieces_on_other_lines_are_no_change(stocked):
    stocked(HEAD + "1,MUG,1\n1,MUG,2\n")
    taken = stocked(HEAD + "1,MUG,3\n", name="b.csv")
    assert (taken.code, taken.result["unchanged"]) == (0, 1)
    taken = stocked(HEAD + "1,MUG,5\n", name="c.csv")
    assert stocked.all(LINES) == [(1, "MUG", 3), (2, "MUG", 2)]


def test_a_new_line_of_an_unknown_product_is_told(stocked):
    stocked(HEAD + "1,MUG,1\n")
    taken = stocked(HEAD + "1,MUG,2\n1,NOPE,1\n", name="b.csv")
    assert taken.rejected == {3: "merchant MAIN has no product 'NOPE'; import products first"}
    assert stocked.all(LINES) == [(1, "MUG", 1)]


@pytest.mark.parametrize("paper", ["delivery", "return"])
def test_a_line_that_a_delivery_or_return_does_not_have_is_told(take, paper):
    take("sku,merchant\nMUG,ALFA\nMUG,BETA\nCAP,BETA\n", name="products.csv")
    for merchant in ("ALFA", "BETA"):
        take(f"{paper},sku,quantity\n7,MUG,1\n", "--merchant", merchant)
    more = f"{paper},sku,quantity\n7,MUG,1\n7,CAP,2\n"
    taken = take(more, "--merchant", "BETA", name="b.csv")
    assert taken.code == 3
    assert taken.rejected == {3: f"{paper} 7 is there already, without this line: 'CAP' x 2"}


def test_an_online_retail_line_of_a_known_invoice_is_told(take):
    head = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
    sale = "536365,85123A,Bag,6,2010-12-01 08:26:00,2.55,17850,UK\n"
    take(head + sale)
    taken = take(head + sale + sale.replace("85123A", "71053"), name="more.csv")
    assert taken.rejected == {3: "order 536365 is there already, without this line: '71053' x 6"}


def test_a_bin_gets_another_merchant_only_when_it_is_empty(stocked):
    stocked("place,merchant\nA-1,\nA-2,MAIN\n", name="bins.csv")
    with stocked.transactions.begin() as tx:
        blank = dict.fromkeys(("lot", "expiry", "serial"), "")
        goods = {"merchant": "MAIN", "sku": "MUG", "condition": "available", "pieces": 1}
        tx.execute(insert(Stock).values(site="MAIN", place="A-2", arrived_at=NOW, **goods, **blank))
    taken = stocked("place,merchant\nA-1,BETA\nA-2,BETA\n", name="more.csv")
    assert taken.rejected == {
        3: "A-2 holds goods and belongs to MAIN; empty it before it is BETA's"
    }
    merchants = select(Place.merchant).where(Place.code.like("A-%")).order_by(Place.code)
    assert stocked.all(merchants) == [("BETA",), ("MAIN",)]


def test_a_file_moves_no_bin_and_no_tote_and_says_so(take):
    take("place,kind,parent\nD-1,dock,\nD-2,dock,\nA-1,bin,D-1\nC-1,cart,\nT-1,tote,C-1\n")
    taken = take("place,kind,parent\nA-1,bin,D-2\nT-1,tote,D-1\n", name="b.csv")
    assert taken.rejected == {2: "A-1 stands in D-1, and is not moved by a file"}
    assert taken.result["notes"] == [
        "1 places stand elsewhere than in the file; they were left there."
    ]
    assert take.all(select(Place.parent).where(Place.code == "T-1")) == [("C-1",)]


def test_a_file_of_which_nothing_was_taken_makes_no_merchant(take):
    before = take.everything()
    assert take(HEAD + "1,NOPE,1\n", "--merchant", "GHOST").code == 3
    assert take.everything() == before
    assert take.all(select(Merchant.code).where(Merchant.code == "GHOST")) == []
