"""The same imports on PostgreSQL."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from floorhand.store.check import violations
from floorhand.store.db import engine_of, open_database
from floorhand.store.schema import Order, OrderLine, Place, Sku


@pytest.fixture
def transactions(postgresql_url):
    made = open_database(postgresql_url)
    yield made
    engine_of(made).dispose()


def test_files_of_all_kinds_are_taken_and_taken_again(take, real):
    files = {
        "bins.csv": "place,kind,parent\nT-1,tote,C-1\nC-1,cart,\nA-1,bin,\n",
        "products.csv": "sku,name,barcode,case_barcode,case_pieces\nMUG,Mug,A1,A2,12\n",
        "workers.csv": "worker,name,pin,roles\n17,Ana,471108,picking\n",
        "orders.csv": "order,sku,quantity\n1,mug,2\n2,NOPE,1\n",
        "deliveries.csv": "delivery,sku,quantity\nD-1,MUG,12\n",
        "returns.csv": "return,sku,quantity,order\nR-1,MUG,1,1\n",
    }
    for _ in range(2):
        for name, content in files.items():
            assert take(content, name=name).code == (3 if name == "orders.csv" else 0)
    day = real("uci_online_retail/day_2011-05-10.csv")
    assert take(day).result["order_lines"] == 2506
    assert take(day).result["order_lines"] == 0
    for table, rows in ((Order, 96), (OrderLine, 2507), (Sku, 921), (Place, 7)):
        assert take.all(select(func.count()).select_from(table)) == [(rows,)]
    with take.transactions.begin() as tx:
        assert violations(tx, "MAIN") == ()
