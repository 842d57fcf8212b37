"""The words: every key that the code uses exists, in every language, with the same facts."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.pofile import read_po
from conftest import NOW
from rich.cells import cell_len

from floorhand.domain.days import goods_words
from floorhand.domain.keymap import KEYS, Key
from floorhand.domain.packing import MISSING_REASONS
from floorhand.domain.picking import NO_STOCK, SHORT_REASONS
from floorhand.domain.reasons import NAMES as NAMES_OF_REASONS
from floorhand.domain.reasons import SHORT, reason_key
from floorhand.domain.signing_in import JOBS
from floorhand.domain.troubles import KINDS
from floorhand.errors import Code
from floorhand.exchange.later_words import CANCELLED, ELSEWHERE, NOT_ASKED
from floorhand.ops.holding import HELD
from floorhand.ops.registry import NAMES
from floorhand.store.exception_facts import facts_of
from floorhand.store.exceptions import Standing
from floorhand.text.catalog import ASSETS, COUNTED, Catalog, catalog, languages, shown_in

SOURCE = Path(__file__).parents[2] / "src" / "floorhand"
KEY_WORD_COLUMNS_MAX = 14
OTHERS = [language for language in languages() if language != "en"]
KEY = re.compile(r"(?:[a-z_]+)(?:\.[a-z_0-9]+)+")
NO_KEYS = frozenset(
    {"seat.json", "seat.html", "terminal.html", "report.section"}
    | {"report.outcome", "report.task", "report.label", "report.gap", "labelling.reason"}
)
"""Names of files and of a kind of table that look like keys, and beginnings of keys."""


def entries(language: str) -> dict[str, object]:
    with (ASSETS / "text" / f"{language}.po").open("rb") as file:
        return {_id(entry.id): entry for entry in read_po(file, locale=language) if entry.id}


def _id(found: object) -> str:
    return found[0] if isinstance(found, tuple) else str(found)


def texts(entry) -> list[str]:
    return list(entry.string) if isinstance(entry.string, tuple) else [entry.string]


def facts(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def used_keys() -> dict[str, str]:
    """Text keys that stand as string constants in the code, with where."""
    found = {}
    prefixes = {key.partition(".")[0] for key in entries("en")}
    for path in SOURCE.rglob("*.py"):
        if "migrations" in path.parts or "schema" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                prefix = node.value.partition(".")[0]
                whole = KEY.fullmatch(node.value) and not node.value.endswith("_")
                if whole and prefix in prefixes and node.value not in NO_KEYS:
                    found[node.value] = f"{path.name}:{node.lineno}"
    return found


def asked_keys() -> set[str]:
    """Keys given as ``ask=`` of a prompt: each needs a help text."""
    found = set()
    for path in (SOURCE / "flows").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == "ask":
                found |= {
                    part.value
                    for part in ast.walk(node.value)
                    if isinstance(part, ast.Constant)
                    and isinstance(part.value, str)
                    and KEY.fullmatch(part.value)
                }
    return found


def test_italian_is_there() -> None:
    assert "it" in languages()


def test_what_has_no_text_says_nothing() -> None:
    words = catalog("en")
    assert (words.say(""), words.fact("fact.reason_text", "")[1]) == ("", "")
    assert words.say("hold.words", {"reason": "x", "state_text": ""}) == "x"


def test_every_reason_has_its_word() -> None:
    english = entries("en")
    keys = [f"{where}{name}" for where, names in NAMES_OF_REASONS.items() for name in names]
    assert [key for key in keys if key not in english] == []


@pytest.mark.parametrize("language", languages())
def test_why_a_line_of_an_order_is_short_has_a_text_in_every_language(language: str) -> None:
    at_stops = (*SHORT_REASONS, NO_STOCK, HELD)
    reasons = {*at_stops, *MISSING_REASONS, ELSEWHERE, CANCELLED, NOT_ASKED}
    keys = {reason: reason_key(reason, SHORT) for reason in reasons}
    assert [reason for reason, key in keys.items() if key not in entries(language)] == []
    told = {facts_of(short_order(reason))[0] for reason in reasons}
    assert told == {("fact.reason_text", key) for key in keys.values()}


def short_order(reason: str) -> Standing:
    return Standing("1", "short_order", "ACME/1", "ACME", {"reason": reason}, 1, NOW)


def test_every_key_in_the_code_has_an_english_text() -> None:
    english = entries("en")
    missing = {key: at for key, at in used_keys().items() if key not in english}
    assert missing == {}


def test_every_refusal_job_and_key_has_a_text() -> None:
    english = entries("en").keys()
    assert {f"refusal.{code}" for code in Code} <= english
    assert {f"{word}.{job}" for job in JOBS for word in ("job", "parked")} <= english
    assert Key.HELP in KEYS


def test_every_exception_has_a_text() -> None:
    assert {f"trouble.{kind}" for kind in KINDS} <= entries("en").keys()


def test_every_question_has_a_help_text() -> None:
    english = entries("en").keys()
    assert {f"help.{key}" for key in asked_keys()} - english == set()


@pytest.mark.parametrize("language", OTHERS)
def test_a_language_has_the_same_keys_and_facts(language: str) -> None:
    english, other = entries("en"), entries(language)
    assert other.keys() == english.keys()
    for key, entry in english.items():
        named = set().union(*map(facts, texts(entry)))
        assert set().union(*map(facts, texts(other[key]))) == named, key


@pytest.mark.parametrize("language", languages())
def test_words_of_keys_fit_beside_their_keys_on_a_narrow_screen(language: str) -> None:
    for key, entry in entries(language).items():
        if re.match(r"key\.|(?!refusal)[a-z_]+\.key_", key):
            for text in texts(entry):
                assert cell_len(text) <= KEY_WORD_COLUMNS_MAX, (key, text)


@pytest.mark.parametrize("language", languages())
def test_each_text_has_one_entry(language: str) -> None:
    """A merge that keeps both sides may leave two; only the first would be shown."""
    text = (ASSETS / "text" / f"{language}.po").read_text("utf-8")
    named = Counter(re.findall(r'^msgid "(.+)"$', text, re.MULTILINE))
    assert [key for key, entries_of in named.items() if entries_of > 1] == []


@pytest.mark.parametrize("language", languages())
def test_plurals_are_those_of_the_language(language: str) -> None:
    with (ASSETS / "text" / f"{language}.po").open("rb") as file:
        forms = read_po(file, locale=language).num_plurals
    for key, entry in entries(language).items():
        if isinstance(entry.string, tuple):
            assert len(entry.string) == forms, key


@pytest.mark.parametrize("language", languages())
def test_a_language_names_itself(language: str) -> None:
    name = catalog(language).say("language.name")
    assert name != "language.name"
    assert [other for other in languages() if catalog(other).say("language.name") == name] == [
        language
    ]


@pytest.mark.parametrize("language", languages())
def test_no_text_is_empty_or_fuzzy(language: str) -> None:
    for key, entry in entries(language).items():
        assert all(texts(entry)), key
        assert not entry.fuzzy, key


@pytest.mark.parametrize("language", languages())
def test_singular_and_plural_follow_what_is_counted(language: str) -> None:
    words = Catalog(language)
    for key, entry in entries(language).items():
        if isinstance(entry.string, tuple):
            named = set().union(*map(facts, texts(entry)))
            counted = next(name for name in COUNTED if name in named)
            told = dict.fromkeys(named, "x")
            forms = {words.say(key, told | {counted: n}).replace(str(n), "") for n in (1, 2, 5)}
            assert len(forms) == len(set(texts(entry))), key


MANY = {
    "en": "pieces|days|lines|scans|orders|minutes",
    "de": "Tage|Tagen|Positionen|Scans|Aufträge|Minuten|kommen",
    "es": "unidades|días|líneas|lecturas|pedidos|minutos",
    "fr": "pièces|jours|lignes|scans|commandes|minutes",
    "it": "pezzi|giorni|righe|letture|ordini|minuti",
    "pl": "sztuki|sztuk|dni|wiersze|skany|zamówienia|minuty",
}
"""What follows no 1."""


@pytest.mark.parametrize("language", MANY)
def test_one_is_not_followed_by_a_plural(language: str) -> None:
    words = Catalog(language)
    for key, entry in entries(language).items():
        named = set().union(*map(facts, texts(entry)))
        told = words.say(key, {name: 1 if name in COUNTED else "x" for name in named})
        assert not re.search(rf"\b1 ({MANY[language]})\b", told), (key, told)


def test_a_text_without_a_plural_of_its_own_stays_in_its_language() -> None:
    facts = {"delivery": "D-1", "pieces": 1}
    assert catalog("fr").say("receiving.closed", facts).startswith("Livraison D-1 clôturée.")


@pytest.mark.parametrize(
    ("key", "one"),
    [
        ("picking.short_final", "all'ordine A/1 manca 1 pezzo."),
        ("picking.short_found", "1 in C-04: aggiunto al tuo giro."),
        ("picking.short_partly", "1 in C-04: aggiunto al tuo giro. Mancanti: 2."),
        ("packing.close_part", "con 1 pezzo su 3?"),
    ],
)
def test_italian_has_a_singular_for_one_piece(key: str, one: str) -> None:
    facts = {"pieces": 1, "order": "A/1", "place": "C-04", "short": 2, "of": 3}
    assert catalog("it").say(key, facts).endswith(one)
    assert "2 pezzo" not in catalog("it").say(key, facts | {"pieces": 2})


def test_italian_calls_a_serial_number_by_one_word() -> None:
    for key, entry in entries("it").items():
        for text in texts(entry):
            words = text.replace("{serial}", "").lower()
            assert "serial" not in words, key
            assert "numero di serie" not in words, key


def test_a_fact_that_is_a_key_is_translated() -> None:
    told = catalog("it").say("refusal.role_missing", {"job_text": "job.picking", "who": "Cai"})
    assert told == "Non sei abilitato a Prelievo. Chiedi a Cai."


def test_a_missing_text_shows_its_key_and_a_missing_fact_the_text() -> None:
    assert catalog("en").say("no.such.key") == "no.such.key"
    assert catalog("en").say("sign_in.welcome") == "Hello {name}."


def test_braces_in_data_are_data() -> None:
    said = catalog("en").say("sign_in.welcome", {"name": "{0.__class__}"})
    assert said == "Hello {0.__class__}."


def test_a_question_in_a_text_ends_with_its_own_mark() -> None:
    facts = {"thing_text": "thing.bin", "code": "A-1"}
    said = catalog("en").say("refusal.not_expected_now", {**facts, "ask_text": "returns.carrier"})
    assert said == "That is bin A-1. Which carrier?"
    said = catalog("en").say("refusal.not_expected_now", {**facts, "ask_text": "packing.scan_tote"})
    assert said == "That is bin A-1. Scan a tote."
    chinese = catalog("zh")
    said = chinese.say("refusal.not_expected_now", {**facts, "ask_text": "returns.carrier"})
    assert said == "这是货位 A-1。哪家承运商？"
    said = chinese.say("refusal.not_expected_now", {**facts, "ask_text": "packing.scan_tote"})
    assert said == "这是货位 A-1。扫描周转箱。"


@pytest.mark.parametrize("language", languages())
def test_the_question_in_a_refusal_is_a_sentence_that_can_be_left_out(language: str) -> None:
    words = catalog(language)
    facts = {"code": "C-1", "number": 7, "who": "Cai", "ask_text": "packing.scan_tote"}
    facts["thing_text"] = "thing.bin"
    told = [key for key in entries("en") if "{ask_text}" in catalog("en").say(key)]
    assert len(told) >= 5
    for key in told:
        brief = words.say(key, facts, without="ask_text")
        assert words.say("packing.scan_tote") in words.say(key, facts)
        assert words.say("packing.scan_tote") not in brief
        assert not re.search(r"[.。] ?[.。]|  |\{|^ | $", brief), brief


@pytest.mark.parametrize(
    ("language", "encoding", "shown"),
    [
        ("zh", "", "zh"),
        ("zh", "utf-8", "zh"),
        ("zh", "gb18030", "zh"),
        ("zh", "ascii", "en"),
        ("zh", "iso-8859-1", "en"),
        ("zh", "big5", "en"),
        ("it", "ascii", "it"),
    ],
)
def test_what_a_terminal_cannot_show_is_english(language: str, encoding: str, shown: str) -> None:
    assert shown_in(catalog(language), encoding).language == shown


def test_an_unknown_language_is_english() -> None:
    assert catalog("xx").language == "en"


def test_every_conversation_has_a_title() -> None:
    assert {f"job.{name}" for name in NAMES} <= entries("en").keys()


@pytest.mark.parametrize(
    ("language", "shown"),
    [
        ("en", "2027-10-03"),
        ("de", "03.10.2027"),
        ("es", "03/10/2027"),
        ("fr", "03/10/2027"),
        ("it", "03/10/2027"),
        ("pl", "03.10.2027"),
        ("tr", "03.10.2027"),
        ("zh", "2027-10-03"),
    ],
)
def test_a_date_is_told_as_people_write_dates_there(language: str, shown: str) -> None:
    words = catalog(language)
    assert words.fact("fact.expiry", "2027-10-03")[1] == shown
    assert words.fact("fact.since", "2027-10-03 14:05")[1] == f"{shown} 14:05"
    assert words.fact("fact.since", "14:05")[1] == "14:05"
    refused = words.say("refusal.pick_expired", {"sku": "MILK", "expiry": "2027-10-03"})
    assert shown in refused
    assert words.fact("fact.lot", "2027-10-03")[1] == "2027-10-03"
    both = goods_words("2027-10-03", "2027-10-03", "S1")  # the first is a lot, and stays a code
    assert words.written(both) == f"2027-10-03 {shown} S1"
    assert words.say("receiving.told", {"told": both}).count(shown) >= 1
    assert words.fact("fact.lot", both)[1] == f"2027-10-03 {shown} S1"
