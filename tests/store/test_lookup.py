"""What a scan is taken for: rules that no flow can see."""

from __future__ import annotations

import pytest
from conftest import SITE
from warehouses import returns

from floorhand.domain.things import Text, Unknown
from floorhand.errors import Code, Refused
from floorhand.flows.turn import Prompt, Wants
from floorhand.store.lookup import resolve

PARCEL = Prompt("returns.scan_return", wants=Wants(kinds=("return", "order", "unknown")))
TEXT = Prompt("returns.carrier", wants=Wants(kinds=("text",), text=True))


@pytest.fixture
def tx(transactions):
    returns.build(transactions)
    with transactions.begin() as open_tx:
        yield open_tx


def test_an_empty_code_finds_no_paper_that_lacks_a_tracking_number(tx) -> None:
    assert isinstance(resolve(tx, SITE, "\t\r\n", PARCEL), Unknown)


def test_a_product_barcode_is_free_text_where_free_text_is_asked(tx) -> None:
    assert resolve(tx, SITE, "9506000134352", TEXT) == Text("9506000134352")


@pytest.mark.parametrize(
    "garbled", ["Po\u2400st", "\ufffd", "\x1b[31mPost", "\u202ePost", "A\x1dB"]
)
def test_text_of_which_something_was_lost_or_hidden_is_refused(tx, garbled: str) -> None:
    with pytest.raises(Refused) as refused:
        resolve(tx, SITE, garbled, TEXT)
    assert refused.value.code is Code.TEXT_UNREADABLE
