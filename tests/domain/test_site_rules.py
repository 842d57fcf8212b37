"""Rules of the building as text: each is what it is, and nothing that its file could not say."""

from __future__ import annotations

import pytest

from floorhand.domain.rules import SiteRules
from floorhand.domain.ruling import SITE_NAMES, site_value_of
from floorhand.domain.site_rules import site_changed
from floorhand.errors import BadSetting, Code, Refused
from floorhand.exchange.own_site import read_rule

RULES = SiteRules(place_policy={"A": "scan", "B": "none"}, pace_targets={"picking": "60 lines"})


@pytest.mark.parametrize("name", SITE_NAMES)
def test_each_rule_is_what_it_is_as_text_at_the_desk_and_in_its_file(name: str) -> None:
    text = site_value_of(RULES, name)
    assert site_changed(RULES, name, text) == RULES
    assert read_rule(name, text).rules == {name: getattr(RULES, name)}


@pytest.mark.parametrize(
    ("name", "text", "code", "facts"),
    [
        ("stuck_minutes", "0", Code.RULE_NUMBER, {"typed": "0", "least": 1, "most": 1440}),
        ("stuck_minutes", "30 min", Code.RULE_NUMBER, {"typed": "30 min"}),
        ("overrides_max", "٣", Code.RULE_NUMBER, {"typed": "٣"}),
        ("idle_minutes", "lead=15|packer=x", Code.RULE_NUMBER, {"typed": "x"}),
        ("idle_minutes", "boss=15", Code.NOT_EXPECTED_NOW, {}),
        ("count_days", "A=3651|B=1", Code.RULE_NUMBER, {"typed": "3651", "least": 0}),
        ("pace_targets", "picking=6 0 lines", Code.RULE_NUMBER, {"typed": "6 0"}),
        ("pace_targets", "picking=60 miles", Code.NOT_EXPECTED_NOW, {}),
        ("cut_off", "24:00", Code.BAD_CLOCK, {"number": "24:00"}),
        ("shifts", "early 06:00-14:00|late", Code.RULE_SHIFT, {"typed": "late"}),
        ("shifts", "early 06:00-25:00", Code.RULE_SHIFT, {"typed": "early 06:00-25:00"}),
        ("place_policy", "A=trust", Code.NOT_EXPECTED_NOW, {}),
        ("default_place_policy", "trust", Code.NOT_EXPECTED_NOW, {}),
        ("four_eyes", "adjustment|gossip", Code.NOT_EXPECTED_NOW, {}),
    ],
)
def test_a_rule_cannot_be_what_its_file_could_not_say(
    name: str, text: str, code: Code, facts: dict[str, str | int]
) -> None:
    with pytest.raises(Refused) as refused:
        site_changed(RULES, name, text)
    assert refused.value.code is code
    assert refused.value.facts.items() >= facts.items()
    with pytest.raises(BadSetting):
        read_rule(name, text)


@pytest.mark.parametrize(
    ("name", "text", "least", "most"),
    [("refill_below_hours", "25", 1, 24), ("refill_up_to_hours", "7", 8, 672)],
)
def test_no_pick_face_is_filled_up_to_less_than_it_has(
    name: str, text: str, least: int, most: int
) -> None:
    with pytest.raises(Refused) as refused:
        site_changed(RULES, name, text)
    assert refused.value.facts == {"typed": text, "least": least, "most": most}


@pytest.mark.parametrize(
    "text",
    [
        "early 06:00-14:00|Early 14:00-22:00",
        f"{'x' * 30} 06:00-14:00",
        "early\u202e 06:00-14:00",
    ],
)
def test_shifts_have_short_names_of_their_own_that_can_be_seen(text: str) -> None:
    with pytest.raises(Refused) as refused:
        site_changed(RULES, "shifts", text)
    assert refused.value.code is Code.RULE_SHIFT
    with pytest.raises(BadSetting):
        read_rule("shifts", text)
