"""GS1's own vectors, every one: read as they say, or the exception stands here with its reason.

What a vector must lead to is worked out from GS1's syntax dictionary and not with biip, so that two
readings that know nothing of each other have to agree. An exception that is no longer needed fails
its test like one that is missing.
"""

from __future__ import annotations

import json
import lzma
import re
from calendar import monthrange
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

import pytest
from biip import gs1_prefixes
from conftest import SHARED_DATA

from floorhand.domain.barcodes import GS, Scanned, read
from floorhand.domain.gs1 import check_is_good, gs1_check_digit

Told = dict[str, str | int]

FIELDS = (
    ("02", "gtin"), ("03", "gtin"), ("01", "gtin"), ("00", "sscc"), ("10", "lot"), ("21", "serial")
)  # fmt: skip
"""Where the value of an identifier belongs; of goods and contents the goods come last, and stay."""

FOLDER = SHARED_DATA / "gs1"
GTIN = "09506000134352"


def load(name: str) -> Any:
    file = FOLDER / name
    if not file.exists():
        pytest.skip("the real data sets are not beside this checkout")
    data = file.read_bytes()
    return json.loads(lzma.decompress(data) if file.suffix == ".xz" else data)


@cache
def dictionary() -> dict[str, tuple[bool, tuple[str, ...]]]:
    """For each identifier: whether its length is fixed beforehand, and its components."""
    file = FOLDER / "gs1-syntax-dictionary.txt"
    if not file.exists():
        pytest.skip("the real data sets are not beside this checkout")
    known = {}
    for line in file.read_text("utf-8").splitlines():
        if not line[:1].isdigit():
            continue
        name, *rest = line.partition("#")[0].split()
        flags = rest.pop(0) if rest[0][0] in "*?" else ""
        parts = tuple(word for word in rest if re.fullmatch(r"\[?[NXYZ].*", word))
        first, _, last = name.partition("-")
        for number in range(int(first), int(last or first) + 1):
            known[f"{number:0{len(first)}d}"] = ("*" in flags, parts)
    return known


def split(fnc1_form: str) -> Iterator[tuple[str, str]]:
    """Take a message apart in which ``^`` stands for FNC1, by the dictionary alone."""
    for part in filter(None, fnc1_form.split("^")):
        rest = part
        while rest:
            name = next((rest[:n] for n in (2, 3, 4) if rest[:n] in dictionary()), "")
            if not name:
                break
            fixed, components = dictionary()[name]
            end = len(rest)
            if fixed:
                end = len(name) + sum(int(re.sub(r"\D.*", "", one[1:])) for one in components)
            yield name, rest[len(name) : end]
            rest = rest[end:]


def day_of(yymmdd: str) -> str:
    year, month, day = 2000 + int(yymmdd[:2]), int(yymmdd[2:4]), int(yymmdd[4:])
    return f"{year}-{month:02d}-{day or monthrange(year, month)[1]:02d}"


def meant(elements: Iterable[tuple[str, str]]) -> Told:
    """What a message must fill in here."""
    told = dict(elements)
    if told.keys() & {"8006", "8026"}:
        return {}
    found: Told = {}
    for name, field in FIELDS:
        if name in told:
            found[field] = told[name]
    for name in ("15", "17"):
        if name in told:
            found["expiry"] = day_of(told[name])
    for name in ("30", "37"):
        if name in told:
            found["count"] = int(told[name])
    for name in (one for one in told if one.startswith("310")):
        found["weight_g"] = int(told[name]) * 1000 // 10 ** int(name[3])
    return found


def filled(scan: Scanned) -> Told:
    """What a scan did fill in; nothing if it was found to be damaged."""
    names = ("gtin", "sscc", "lot", "serial", "expiry", "count", "weight_g")
    told = {name: getattr(scan, name) for name in names}
    return {
        name: value
        for name, value in told.items()
        if value not in ("", None) and (name, value) != ("weight_g", 0)
    }


def texts(vector: dict[str, Any]) -> tuple[str, ...]:
    """What a scanner sends for a vector: the same message in each way that it is written there."""
    if "data" in vector:
        return ("]C1" + vector["data"].removeprefix("^").replace("^", GS),)
    if vector["kind"].endswith("ScanData"):
        return ((vector["scan"] or "").partition("|")[0],)  # behind it is a second scan
    return tuple(vector[name] for name in ("bracketed", "uri") if vector.get(name) is not None)


def form_of(vector: dict[str, Any]) -> str:
    """The message that a good vector holds, with ``^`` for FNC1."""
    form: str = vector.get("fnc1_form") or vector.get("data") or vector.get("dataStr") or ""
    if "bracketed" in vector and not form:
        form = "".join(f"^{one}" for one in re.findall(r"\(\d+\)[^(]*", vector["bracketed"]))
        form = form.replace("(", "").replace(")", "")
    return form


def engine() -> dict[str, dict[str, Any]]:
    """The vectors of the syntax engine, by where they stand in it."""
    return {f"{one['file']}:{one['line']}": one for one in load("gs1_syntax_engine_vectors.json")}


def wrong(vector: dict[str, Any], right: Told) -> bool:
    return any(filled(read(text)) != right for text in texts(vector))


# ---- what is good is read as GS1's dictionary says


GOOD_BUT = {
    "biip does not know names for identifiers, which GS1 withdrew with Digital Link 1.2": (
        "dl.c:1438",
    ),
    "biip takes the first identifier in an address for its key, the engine the last": (
        "dl.c:1426",
    ),
    "biip wants 14 digits for a GTIN that is not the key of its address": ("dl.c:1484",),
    "the engine was told to make no scan of it": ("scandata.c:764",),
}
"""Good vectors that are left as plain codes, so that the worker is told: not known here."""


def good(vector: dict[str, Any]) -> bool:
    return bool(vector.get("ok")) or vector["kind"] == "test_testGenerateScanData"


def expected(vector: dict[str, Any]) -> Told:
    form = form_of(vector).partition("|")[0]
    if form.startswith("https://"):
        form = "".join(f"^01{gtin}" for gtin in re.findall(r"/01/(\d+)", form))
    if not form.startswith("^"):
        digits = form if form.isdecimal() and len(form) in (8, 12, 13, 14) else ""
        return {"gtin": digits.zfill(14)} if check_is_good(digits) else {}
    return meant(split(form))


def test_every_good_vector_of_the_syntax_engine_fills_what_its_dictionary_says() -> None:
    vectors = {name: one for name, one in engine().items() if good(one)}
    differ = {name for name, one in vectors.items() if wrong(one, expected(one))}
    assert len(vectors) == 124
    assert differ == {name for names in GOOD_BUT.values() for name in names}


# ---- what is bad fills in nothing


BAD_BUT = {
    "goods may carry product, lot, serial and count in several codes: what must go with what is "
    "asked of all of them together (syntax dictionary, note on pairings)": ("ai.c:2104",),
    "a count beside the goods' own number is how suppliers write how many are in the box; taken "
    "where it cannot be read in two ways, see floorhand.store.lookup": ("ai.c:2076",),
    "an address with a zone is none, yet its path tells the goods": ("dl.c:1392",),
    "the goods' number without leading zeros; the engine can be told to take it, too": (
        "dl.c:1474",
    ),
    "goods and lot stand in the path; that something not used here behind them is empty, unknown "
    "or told twice does not make them wrong": (
        "dl.c:1550",
        "dl.c:1553",
        "dl.c:1740",
        "dl.c:1748",
        "dl.c:1757",
        "dl.c:1763",
    ),
    "good element strings of which the engine makes no address": ("dl.c:2195",),
}
"""Bad vectors that are read all the same."""


def test_every_bad_vector_of_the_syntax_engine_fills_in_nothing() -> None:
    vectors = {name: one for name, one in engine().items() if one.get("ok") is False}
    filling = {name for name, one in vectors.items() if wrong(one, {})}
    assert len(vectors) == 93
    assert filling == {name for names in BAD_BUT.values() for name in names}


def test_a_lot_in_an_address_is_unescaped_as_the_syntax_engine_does_it() -> None:
    vectors = [one for one in engine().values() if one["kind"] == "test_URIunescape"]
    assert len(vectors) == 10
    for one in vectors:
        lot = one["path"] if re.fullmatch(r"[!-~]{1,20}", one["path"]) else ""
        assert read(f"https://example.com/01/{GTIN}/10/{one['in']}").lot == lot, one


# ---- scans that biip has read


BIIP_BUT = {
    "six and seven digits are numbers that people type, and never UPC-E": (
        "0425261 060999 100329 120230 123456 139999 1425261 701999 990229"
    ),
    "a wrong check digit: no element string, and perhaps the number of some paper": (
        "00376130321109103421 0105901234123458"
    ),
    "nothing proves that it is GS1 and no number with a check digit leads: a plain code": (
        "10222--15210526"
    ),
}
"""Scans that biip reads, and we leave as plain codes."""


def biips(vector: dict[str, Any]) -> Told:
    """What a reading of biip must fill in; a GTIN goes before an element string."""
    if vector["value"].startswith("("):  # biip leaves the form for people to its caller
        return meant(split(form_of({"bracketed": vector["value"]})))
    told = meant((name, value) for name, value in vector.get("ais") or vector.get("dl") or ())
    if "gtin" in vector and not vector.get("dl") and told.get("gtin") is None:
        told = {"gtin": vector["gtin"]["gtin14"]}
    if "dl" in vector and "gtin" in vector:
        told["gtin"] = vector["gtin"]["gtin14"]
    if "sscc" in vector:
        told["sscc"] = vector["sscc"]
    return told


def test_biips_own_readings_are_ours() -> None:
    vectors = load("biip_5.2.0_scan_results.json")
    differ = {one["value"] for one in vectors if filled(read(one["value"])) != biips(one)}
    assert len(vectors) == 159
    assert differ == set(" ".join(BIIP_BUT.values()).split())
    assert not any(filled(read(value)) for value in differ)


# ---- lint: what a value of an identifier may be


LOT = "LOT-7"
OURS = {"00", "01", "02", "03", "10", "15", "17", "21", "30", "37", "3103"}
OTHERS_MAX = 1
"""Identifiers that we do not read, at which one linter's values are tried."""

COMPANY_PREFIXES = ("gcppos1", "gcppos2")
"""Which company prefixes GS1 has given out is in a table of its own, and no matter here."""


@cache
def identifiers(linter: str) -> list[str]:
    """Identifiers that this linter is for; ours first, then those whose whole value it looks at."""
    kind = {"cset82": "X", "csetnumeric": "N", "cset39": "Y", "cset64": "Z"}.get(linter, "?")
    found = [
        (name not in OURS, len(parts), name)
        for name, (_, parts) in dictionary().items()
        if any(linter in part.split(",") or part.startswith(kind) for part in parts)
    ]
    ours = sum(not other for other, _, _ in found)
    return [name for _, _, name in sorted(found)[: ours + OTHERS_MAX]]


def fits(name: str, value: str) -> bool:
    """Say whether a value is as long as an identifier's may be."""
    part = dictionary()[name][1][0].partition(",")[0][1:]
    most = int(part.lstrip("."))
    return 0 < len(value) <= most if part.startswith("..") else len(value) == most


def beside(name: str, value: str) -> Scanned:
    """Read a value beside a product and a lot, or in their stead."""
    head = "" if name in ("00", "01", "02", "03") else f"01{GTIN}"
    tail = "" if name == "10" else f"10{LOT}"
    return read(f"]C1{head}{name}{value}{GS}{tail}")


def right(name: str, value: str, *, passes: bool) -> bool:
    """Say whether a good value filled its own field and no other, and a bad one filled nothing.

    A value of an identifier that we do not read may make the whole code unreadable, and no more.
    """
    told = filled(beside(name, value))
    without: Told = {} if name == "10" else {"lot": LOT}
    without |= {} if name in ("00", "01", "02", "03") else {"gtin": GTIN}
    if name not in OURS:
        return told in ({}, without)
    if passes and fits(name, value):
        return told == without | meant([(name, value)])
    if name in ("15", "17") and fits(name, value) and value.isdecimal():
        return told in ({}, without)  # product and lot are told, the date is asked for
    return told == {}


def test_every_lint_vector_fills_its_own_field_or_nothing() -> None:
    vectors = load("gs1_lint_vectors.json.xz")
    looked_at = [one for one in vectors if one["linter"] not in COMPANY_PREFIXES]
    wrong_ones = [
        (one["linter"], name, one["value"], one["pass"])
        for one in looked_at
        for name in identifiers(one["linter"]) or ["91"]
        if not right(name, one["value"], passes=one["pass"])
    ]
    assert (len(vectors), len(looked_at)) == (2878, 2876)
    assert wrong_ones == []


def test_the_table_of_all_companies_is_not_kept_in_memory() -> None:
    assert gs1_check_digit("629104150021") == "3"
    assert gs1_prefixes._GS1_COMPANY_PREFIX_TRIE == {}
