"""The key that leads back is called by what it does."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import new_warehouse
from warehouses import inbound
from warehouses.walk import Obedient

from floorhand.domain.keymap import Key


@pytest.fixture
def ana(tmp_path: Any) -> Obedient:
    transactions = new_warehouse(tmp_path)
    inbound.build(transactions)
    return Obedient(transactions, "H1", "BADGE-ANA")


def test_back_leads_to_the_menu_one_question_back_or_parks(ana: Obedient) -> None:
    ana.open("receiving")
    assert _back(ana) == "key.menu"
    ana.scan("D-100")
    assert _back(ana) == "key.back"
    ana.scan("LD1")
    assert _back(ana) == "key.park"
    assert ana.scan("*BACK").job == "menu"
    assert ana.turn.prompt.choices[0].text == "parked.receiving"


def _back(worker: Obedient) -> str:
    return dict(worker.turn.prompt.keys)[Key.BACK]
