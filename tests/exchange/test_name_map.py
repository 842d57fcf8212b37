"""The name map: which product a shop's name means, never a second product beside the right one."""

from __future__ import annotations

import pytest
from feeds import ORDER, ORDERS, body, order
from sqlalchemy import func, select

from floorhand.store.schema import OrderLine, Sku

NO_SKU = {"Lineitem sku": ""}
PRODUCTS = "sku,name\nMUG_BLUE.01,Mug, blue\nTÉ 1/2,Tea half\n".replace("Mug, blue", '"Mug, blue"')


@pytest.fixture
def names(tmp_path):
    def written(*rows, head="name,product,quantity,store"):
        path = tmp_path / "map.csv"
        path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
        return ("--map", str(path))

    return written


def ordered(take):
    columns = (OrderLine.merchant, OrderLine.sku, OrderLine.ordered)
    return take.all(select(*columns).order_by(OrderLine.order, OrderLine.line_no))


@pytest.mark.parametrize("product", ["MUG_BLUE.01", "mug_blue.01", '"mug,  BLUE"'])
def test_the_product_of_a_map_is_a_sku_as_it_stands_or_a_products_name(take, names, product):
    take(PRODUCTS, "--merchant", "M", name="products.csv")
    taken = take(ORDERS + order(**NO_SKU), "--merchant", "M", *names(f"Mug - Blue,{product},2,"))
    assert taken.result["products"] == 0
    assert ordered(take) == [("M", "MUG_BLUE.01", 2)]
    assert take.one(func.count(Sku.code)) == (2,)


def test_a_sku_with_letters_and_signs_of_any_kind_is_found(take, names):
    take(PRODUCTS, "--merchant", "M", name="products.csv")
    items = [{"id": "1", "product_name": "Tea - 1 pcs"}]
    page = body("orders", {**ORDER, "line_items": items})
    taken = take(page, "--merchant", "M", *names("Tea - 1 pcs,TÉ 1/2,3,"))
    assert (taken.result["products"], ordered(take)) == (0, [("M", "TÉ 1/2", 3)])


def test_a_sku_that_the_same_file_brings_is_found_too(take, names):
    file = ORDERS + order(**NO_SKU) + order("#2", **{"Lineitem sku": "MUG_BLUE.01"})
    taken = take(file, "--merchant", "M", *names("Mug - Blue,MUG_BLUE.01,1,"))
    assert taken.result["products"] == 1
    assert ordered(take) == [("M", "MUG_BLUE.01", 1)] * 2


def test_a_line_without_map_means_the_product_of_its_name(take):
    take("sku,name\nX-1,mug -  blue\n", "--merchant", "M", name="products.csv")
    taken = take(ORDERS + order(**NO_SKU), "--merchant", "M")
    assert (taken.result["products"], ordered(take)) == (0, [("M", "X-1", 1)])


def test_a_name_that_two_products_have_is_not_guessed(take, names):
    take("sku,name\nX-1,Blue mug\nX-2,Blue mug\n", "--merchant", "M", name="products.csv")
    file = ORDERS + order(**NO_SKU)
    taken = take(file, "--merchant", "M", *names("Mug - Blue,Blue mug,1,"))
    assert taken.code == 3
    assert taken.rejected == {
        2: "merchant M has several products with the name 'Blue mug' (X-1 and X-2); "
        "write the SKU into the map (--map)"
    }
    assert take.one(func.count(Sku.code)) == (2,)


def test_what_is_neither_sku_nor_name_becomes_a_product(take, names):
    taken = take(ORDERS + order(**NO_SKU), "--merchant", "M", *names("Mug - Blue,Blue mug,1,"))
    assert (taken.result["products"], ordered(take)) == (1, [("M", "BLUE-MUG", 1)])
    assert take.one(Sku.name) == ("Blue mug",)


def test_a_store_column_tells_the_merchants_of_one_file_apart(take, names):
    file = ORDERS + order(**NO_SKU) + order("#2", Vendor="Stacks", **NO_SKU)
    words = names("Mug - Blue,MUG,1,Glow Care BD", "Mug - Blue,CUP,2,STACKS")
    assert take(file, *words).code == 0
    assert ordered(take) == [("GLOW-CARE-BD", "MUG", 1), ("STACKS", "CUP", 2)]


def test_a_store_column_knows_a_merchant_that_is_said_as_people_write_it(take, names):
    words = names("Mug - Blue,MUG,1,Glow Care BD", "Mug - Blue,CUP,2,STACKS")
    assert take(ORDERS + order(**NO_SKU), "--merchant", "Glow care bd", *words).code == 0
    assert ordered(take) == [("Glow care bd", "MUG", 1)]


def test_a_merchant_that_the_map_lacks_is_named(take, names):
    words = names("Mug - Blue,MUG,1,A", "Mug - Blue,CUP,2,B")
    taken = take(ORDERS + order(**NO_SKU), *words)
    assert (
        "the map knows this name for several stores (A, B) and not for GLOW-CARE-BD: "
        "add a row for it to the map ('Mug - Blue')"
    ) in taken.rejected[2]


@pytest.mark.parametrize("other", ["Mug - Blue,CUP,1,", "mug -  blue,MUG,2,"])
def test_a_map_that_contradicts_itself_is_refused_with_both_lines(take, names, other):
    taken = take(ORDERS + order(), *names("Mug - Blue,MUG,1,", "Cap,CAP,1,", other))
    assert taken.code == 1
    assert "map.csv, line 4: line 2 says something else about" in taken.err
    assert take(ORDERS + order(), *names("Mug - Blue,MUG,1,", "mug - blue,mug,,")).code == 0


def test_a_template_of_the_map_can_be_filled_in(take, tmp_path):
    _, out, _ = take.run("--template", "name-map")
    assert out.splitlines()[-1] == "name,product,quantity,store"
    (tmp_path / "map.csv").write_text(out + "Mug - Blue,MUG,2,\n")
    taken = take(ORDERS + order(**NO_SKU), "--map", str(tmp_path / "map.csv"))
    assert ordered(take) == [("GLOW-CARE-BD", "MUG", 2)]
    assert taken.code == 0


@pytest.mark.parametrize(
    "head", ["name,product,quantity,store", "Store,Lineitem name,Product,Quantity"]
)
def test_a_map_among_the_files_is_no_list_of_products(take, head):
    taken = take(f"{head}\na,b,c,1\n", name="names.csv")
    assert (taken.code, taken.err) == (
        1,
        "names.csv is a name map, which says what a shop's lines mean. "
        "Give it with --map, together with the shop's orders.\n",
    )
    assert take("product,name,barcode\nA,Mug,\n").result["format"] == "products"
