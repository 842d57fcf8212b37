"""``floorhand rules``: what a merchant wants, and who changed it, at a desk or by a file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import NOW, SITE
from warehouses import packing

from floorhand.cli import main
from floorhand.domain.rules import MerchantRules
from floorhand.domain.ruling import NAMES, SetRule, changed, value_of
from floorhand.errors import Code, Refused
from floorhand.ops.settling import from_office
from floorhand.store.db import Transactions, engine_of
from floorhand.store.masters import merchant_rules


def floorhand(transactions: Transactions, *words: str) -> int:
    url = engine_of(transactions).url.render_as_string(hide_password=False)
    with pytest.raises(SystemExit) as ended:
        main([*words, "--database", url])
    return int(ended.value.code or 0)


def test_the_history_tells_what_was_changed_at_a_desk_and_by_a_file(
    transactions: Transactions, tmp_path: Path, capsys
) -> None:
    packing.build(transactions)
    with transactions.begin() as tx:
        from_office(tx, SITE, SetRule("BOLT", "short_policy", "hold", "ship_partial"), NOW)
    file = tmp_path / "merchants.csv"
    file.write_text("merchant,return_days,typed_quantity\nBOLT,30,no\n")
    assert floorhand(transactions, "import", str(file)) == 0
    capsys.readouterr()
    assert floorhand(transactions, "rules", "BOLT", "--history", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert [(one["rule"], one["from"], one["to"], one["who"]) for one in told] == [
        ("return_days", "60", "30", "office"),
        ("short_policy", "hold", "ship_partial", "office"),
    ]
    assert floorhand(transactions, "rules", "BOLT") == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["return_days", "30"] in lines


def test_a_rule_that_others_have_changed_meanwhile_is_not_changed(
    transactions: Transactions,
) -> None:
    packing.build(transactions)
    with transactions.begin() as tx, pytest.raises(Refused) as refused:
        from_office(tx, SITE, SetRule("BOLT", "return_days", "90", "30"), NOW)
    assert refused.value.code is Code.EXCEPTION_CHANGED
    with transactions.begin() as tx:
        assert merchant_rules(tx, SITE, "BOLT").return_days == 60


@pytest.mark.parametrize(
    ("name", "text"),
    [
        *(("short_policy", "keep"), ("typed_quantity", "maybe"), ("grade_3", "eat")),
        *(("over_tolerance_pct", "101"), ("return_days", "0"), ("return_days", "x")),
        ("sender", "x" * 301),
    ],
)
def test_a_rule_cannot_be_what_a_file_could_not_say(name: str, text: str) -> None:
    assert changed(MerchantRules(), name, text) is None


@pytest.mark.parametrize("name", NAMES)
def test_each_rule_is_what_it_is_as_text(name: str) -> None:
    rules = MerchantRules()
    assert changed(rules, name, value_of(rules, name) or "-") == rules
