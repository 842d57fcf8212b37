"""``floorhand rules``: what a merchant wants, and who changed it, at a desk or by a file."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from conftest import NOW, SITE
from sqlalchemy import select, update
from warehouses import packing
from warehouses.picker import Picker

from floorhand.cli import main
from floorhand.domain.pace_targets import PaceTarget
from floorhand.domain.rules import MerchantRules
from floorhand.domain.ruling import BUILDING, NAMES, SetRule, changed, value_of
from floorhand.domain.shifts import Period
from floorhand.errors import Code, Refused
from floorhand.exchange.own_site import read_rule
from floorhand.exchange.records import Context
from floorhand.exchange.writing_rules import write_site
from floorhand.exchange.written import Writing
from floorhand.ops.settling import from_office
from floorhand.store.cells import Lead, Word
from floorhand.store.db import Transactions, engine_of
from floorhand.store.desk_tables import TABLES
from floorhand.store.found import about
from floorhand.store.masters import merchant_rules, site_rules
from floorhand.store.schema import Operation, SiteRow, Worker
from floorhand.store.shift_pace import targets_at_end


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


def test_a_rule_of_the_building_is_set_as_its_file_would_say_it(
    transactions: Transactions, capsys
) -> None:
    packing.build(transactions)
    for said in ("picking = 60 lines|packing=90", "picking=70 lines"):
        assert floorhand(transactions, "rules", "--set", "pace_targets", said) == 0
    assert capsys.readouterr().out.splitlines() == [
        "pace_targets is now packing=90 pieces|picking=60 lines",
        "pace_targets is now picking=70 lines",
    ]
    assert floorhand(transactions, "rules", "--history", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert [(one["rule"], one["from"], one["to"], one["who"]) for one in told] == [
        ("pace_targets", "packing=90 pieces|picking=60 lines", "picking=70 lines", "office"),
        ("pace_targets", "", "packing=90 pieces|picking=60 lines", "office"),
    ]
    assert floorhand(transactions, "rules") == 0
    assert ["stuck_minutes", "30"] in [one.split() for one in capsys.readouterr().out.splitlines()]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("pace_targets", "picking=0 lines"), "expected 1 to 99999 and pieces or lines"),
        (("pace_targets", "sweeping=5"), "known: receiving"),
        (("pace", "picking=5"), "There is no rule 'pace'"),
        (("stuck_minutes", ""), "the row says nothing"),
    ],
)
def test_a_rule_of_the_building_cannot_be_what_its_file_could_not_say(
    transactions: Transactions, capsys, words: tuple[str, str], told: str
) -> None:
    packing.build(transactions)
    assert floorhand(transactions, "rules", "--set", *words) == 1
    assert told in capsys.readouterr().err


def test_what_is_set_at_the_desk_keeps_other_rules_at_their_defaults_and_has_a_history(
    transactions: Transactions, capsys
) -> None:
    packing.build(transactions)
    with transactions.begin() as tx:
        from_office(tx, SITE, SetRule(BUILDING, "stuck_minutes", "30", "45"), NOW)
        with pytest.raises(Refused) as refused:
            from_office(tx, SITE, SetRule(BUILDING, "stuck_minutes", "30", "50"), NOW)
        assert refused.value.code is Code.EXCEPTION_CHANGED
    with transactions.begin() as tx:
        assert json.loads(tx.scalar(select(SiteRow.rules)) or "") == {"stuck_minutes": 45}
        page = about(tx, SITE, "rule", "*/stuck_minutes")
        assert ("rule.stuck_minutes", "45") in page.facts
        assert len(page.rows) == 1
    assert floorhand(transactions, "rules", "--history", "--json") == 0
    (told,) = json.loads(capsys.readouterr().out)
    assert (told["rule"], told["from"], told["to"]) == ("stuck_minutes", "30", "45")
    assert told["when"] == NOW.isoformat()


def test_days_between_counts_are_changed_only_of_classes_that_are_named(
    transactions: Transactions, tmp_path: Path, capsys
) -> None:
    packing.build(transactions)

    def days() -> dict[str, int]:
        with transactions.begin() as tx:
            return site_rules(tx, SITE).count_days

    assert floorhand(transactions, "rules", "--set", "count_days", "A=14|B=60|C=0") == 0
    assert floorhand(transactions, "rules", "--set", "count_days", "B=45") == 0
    assert days() == {"A": 14, "B": 45, "C": 0}
    file = tmp_path / "site.csv"
    file.write_text("site_name,count_days\nHere,C=365\n")
    assert floorhand(transactions, "import", str(file)) == 0
    assert days() == {"A": 14, "B": 45, "C": 365}
    capsys.readouterr()
    assert floorhand(transactions, "rules", "--history", "--json") == 0
    (last, *_) = json.loads(capsys.readouterr().out)
    assert (last["from"], last["to"]) == ("A=14|B=45|C=0", "A=14|B=45|C=365")


def test_a_change_of_the_time_zone_is_in_the_history_of_the_building(
    transactions: Transactions, tmp_path: Path, capsys
) -> None:
    packing.build(transactions)
    file = tmp_path / "site.csv"
    for zone, stuck in (("Europe/Rome", 30), ("Europe/Rome", 45), ("America/Lima", 45)):
        file.write_text(f"site_name,time_zone,stuck_minutes\nHere,{zone},{stuck}\n")
        assert floorhand(transactions, "import", str(file)) == 0
    assert floorhand(transactions, "rules", "--set", "time_zone", "Europe/Paris") == 0
    assert "time_zone is now Europe/Paris" in capsys.readouterr().out
    assert floorhand(transactions, "rules", "--history", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert [(one["rule"], one["from"], one["to"]) for one in told] == [
        ("time_zone", "America/Lima", "Europe/Paris"),
        ("time_zone", "Europe/Rome", "America/Lima"),
        ("stuck_minutes", "30", "45"),
        ("time_zone", "UTC", "Europe/Rome"),
    ]
    assert floorhand(transactions, "rules") == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["time_zone", "Europe/Paris"] in lines
    with transactions.begin() as tx:
        page = about(tx, SITE, "rule", "*/time_zone")
        table = TABLES["site_rules"](tx, SITE, "", NOW)
    assert ("rule.time_zone", "Europe/Paris") in page.facts
    changed_so = Word("rule.words", (("value", "America/Lima → Europe/Paris"),))
    assert changed_so in page.rows[0]
    (row,) = [row for row in table.rows if row[0] == Word("rule.time_zone")]
    assert row[-1] == Lead("rule", "*/time_zone", "→")


def test_a_rule_that_others_contradict_is_not_set(transactions: Transactions, capsys) -> None:
    packing.build(transactions)
    assert floorhand(transactions, "rules", "--set", "refill_below_hours", "25") == 1
    assert "refill_up_to_hours is 24" in capsys.readouterr().err
    with transactions.begin() as tx:
        assert site_rules(tx, SITE).refill_below_hours == 8


def test_a_report_that_is_made_again_has_the_targets_of_its_day(
    transactions: Transactions,
) -> None:
    packing.build(transactions)
    shift = Period("early", NOW, NOW + timedelta(hours=8))
    with transactions.begin() as tx:
        for hours, said in ((1, "picking=60 lines"), (9, "picking=70"), (10, "picking=80")):
            context = Context(now=NOW + timedelta(hours=hours))
            write_site(Writing(tx, SITE, context), [read_rule("pace_targets", said)])
        then = targets_at_end(tx, SITE, shift)
        now = targets_at_end(tx, SITE, Period("late", shift.end, shift.end + timedelta(hours=8)))
    assert (then, now) == (
        {"picking": PaceTarget(60, "lines")},
        {"picking": PaceTarget(80, "pieces")},
    )


def test_a_target_that_is_taken_back_or_done_again_later_stays_that_of_a_shift_that_was_over(
    transactions: Transactions,
) -> None:
    packing.build(transactions)
    with transactions.begin() as tx:
        tx.execute(update(Worker).where(Worker.code == "W2").values(roles="supervisor"))
        write_site(
            Writing(tx, SITE, Context(now=NOW)), [read_rule("pace_targets", "picking=50 lines")]
        )
    bob = Picker(transactions, "W2", job="leading")
    desk = [choice.code for choice in bob.prompt.choices]
    bob.scan(str(desk.index("control") + 1), "5", "*LIST", "*LIST")
    rules = [choice.code for choice in bob.prompt.choices]
    bob.scan(str(rules.index("pace_targets") + 1))
    jobs = [choice.code for choice in bob.prompt.choices]
    bob.scan(str(jobs.index("picking lines") + 1), "60", "*UNDO", "*REDO")
    with transactions.begin() as tx:
        asked = select(Operation.kind, Operation.at).where(Operation.at > NOW)
        done = tx.execute(asked.order_by(Operation.at)).all()
        ends = [*(row.at for row in done if row.kind in ("SetRule", "Undo")), NOW + timedelta(1)]
        per_hour = [
            targets_at_end(tx, SITE, Period("early", NOW - timedelta(1), end))["picking"].per_hour
            for end in ends
        ]
    assert per_hour == [50, 60, 50, 60]


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
