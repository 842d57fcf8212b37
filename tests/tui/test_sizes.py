"""Every question of every job is complete on every screen, in every language.

Complete means: the question whole, the place and the codes whole, the number, every key that the
question offers, and how the last scan went, whole or marked where it is cut. The rest is a page
further. Questions come from the floor scripts; those that no script asks are made up.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache, lru_cache
from importlib import import_module
from pathlib import Path
from string import Formatter

import pytest
from conftest import SHARED_DATA, new_warehouse
from rich.cells import cell_len
from scripts.test_scripts import SCRIPTS, Stage
from tui.pseudo import Pseudo
from tui.screens import PICK

from floorhand.domain.keymap import Key, named
from floorhand.flows.turn import Item, Prompt, Said
from floorhand.ops.floor import Turn
from floorhand.store.db import engine_of
from floorhand.text.catalog import ASSETS, Catalog, catalog, languages
from floorhand.text.visible import visible
from floorhand.tui.document import document
from floorhand.tui.keys_row import all_keys
from floorhand.tui.large import huge, large, lettering
from floorhand.tui.layout import _inner, _large_ask, lay_out, turned
from floorhand.tui.rows import Row, width_of
from floorhand.tui.view import View, question, sentence

SIZES = [(20, 16), (40, 8), (26, 12), (40, 20), (80, 24), (120, 40)]
SHORT_AND_LONG = ("en", Pseudo().language)
WORDS_MIN = 12
"""Columns of a cut answer that are always there: its sign and its first words."""

NAME_127 = ("Hochwertiger Edelstahl-Thermobecher mit Deckel 水壶 Ñandú " * 3)[:127]


def tongues() -> list[Catalog]:
    return [*map(catalog, languages()), Pseudo()]


@cache
def names() -> tuple[str, ...]:
    """The longest names there are: invented ones, and those of real goods if they are here."""
    found = [NAME_127, "👩‍🚀" * 40 + "x" * 7, "שלום עולם " * 12, "W" * 127]
    real = SHARED_DATA / "online_retail"
    for file in sorted(real.glob("*.csv"))[:1]:
        with file.open(encoding="utf-8", errors="replace") as text:
            rows = [row for _, row in zip(range(20_000), csv.reader(text), strict=False)]
        cells = {cell for row in rows for cell in row if len(cell) > 30}
        found += sorted(cells, key=len)[-3:]
    return tuple(found)


@cache
def played(folder: Path) -> tuple[Turn, ...]:
    """Each question and answer of the floor scripts once."""
    turns: dict[tuple[object, ...], Turn] = {}
    for script in SCRIPTS:
        lines = script.read_text("utf-8").splitlines()
        warehouse = import_module(f"warehouses.{lines[0].removeprefix('@ ')}")
        transactions = new_warehouse(folder, f"{script.stem}.db")
        warehouse.build(transactions)
        stage = Stage(transactions)
        if not any(line.startswith("@ worker ") for line in lines):
            stage.sign_in(warehouse.WORKER)
        for line in lines:
            stage.follow(line)
            turn = stage.turn
            said = turn.said.text if turn.said else ""
            turns.setdefault((turn.prompt.ask, said, len(turn.prompt.choices)), turn)
        engine_of(transactions).dispose()
    return tuple(turns.values())


def made_up() -> Iterator[Turn]:
    """Every question that has a help text, with more of everything than is ever there."""
    words = catalog("en")
    text = (ASSETS / "text" / "en.po").read_text("utf-8")
    for number, ask in enumerate(re.findall(r'msgid "help\.([^"]+)"', text)):
        named = [name for _, name, _, _ in Formatter().parse(words.say(ask)) if name]
        facts = tuple(
            (name, "job.picking" if name.endswith("_text") else f"FH-{name[:8].upper()}-0017")
            for name in named
        )
        prompt = replace(PICK.prompt, ask=ask, ask_facts=facts, progress=(127, 128))
        said = Said("refusal.pick_wrong_piece", LONG_FACTS, ("refused", "look")[number % 2])
        yield replace(PICK, prompt=prompt, said=said)


LONG_FACTS = {
    "sku": "SKU-00000-LONG-1",
    "name": NAME_127,
    "wanted": "SKU-00000-LONG-2",
    "wanted_name": NAME_127,
}


def long_named(turn: Turn, name: str) -> Turn:
    """The same turn, with a long name wherever there is a name."""
    goods = tuple(replace(item, name=name) for item in turn.prompt.goods)
    return replace(turn, worker_name=name, prompt=replace(turn.prompt, goods=goods))


def view(turn: Turn, words: Catalog, **more) -> View:
    said = (turn.said,) if turn.said else ()
    return View(
        turn.prompt, said, words, job=turn.job, worker=turn.worker_name, clock="09:41", **more
    )


@lru_cache(maxsize=20_000)
def squeezed(text: str) -> str:
    return "".join(visible(text).split())


def text_of(rows: list[Row], *roles: str) -> str:
    return "".join(
        part.text for row in rows for part in row if not _roles(part.role).isdisjoint(roles)
    )


@cache
def _roles(role: str) -> frozenset[str]:
    return frozenset(role.split())


def faults(shown: View, rows: list[Row]) -> Iterator[str]:
    """Say what essential is missing on a screen."""
    prompt, asked = shown.prompt, question(shown)
    assert prompt is not None
    drawn = text_of(rows, "place", "count", "ask")
    whole = "".join(part.text for row in rows for part in row)
    enlarged = text_of(_large_ask(shown, _inner(width_of(rows[0]))), "ask") if shown.large else ""
    if squeezed(text_of(rows, "ask")) not in (squeezed(asked), squeezed(enlarged)):
        yield f"question {asked!r}: {text_of(rows, 'ask')!r}"
    for code, role in ((prompt.place, "place"), (prompt.count, "count")):
        big = {large(code), huge(code)} - {()}
        if squeezed(code) not in squeezed(text_of(rows, role)) and not any(
            all(line in drawn or line in whole for line in one) for one in big
        ):
            yield f"{role} {code!r}"
    if prompt.count and prompt.goods:
        now = next((item for item in prompt.goods if item.mark == "now"), prompt.goods[0])
        if squeezed(now.code) not in squeezed(text_of(rows, "code", "now", "value")):
            yield f"code {now.code!r}"
    for key, _ in prompt.keys:
        if f" {named(key)} " not in f"{text_of(rows, 'key')} ":
            yield f"key {key}"
    for said in shown.said:
        told = squeezed(text_of(rows, f"said-{said.tone}")).rstrip(".。")
        width = width_of(rows[0]) - 4
        whole = squeezed(sentence(said, shown.words, width)).rstrip(".。")
        brief = squeezed(sentence(said, shown.words, width, asked=prompt.ask)).rstrip(".。")
        cut = told.endswith("…") and brief.startswith(told.rstrip("…")[:-1])
        long_enough = cell_len(told) >= min(WORDS_MIN, cell_len(brief))
        if told not in (whole, brief) and not (cut and long_enough):
            yield f"answer {whole!r}: {told!r}"


@pytest.fixture(scope="module")
def turns(tmp_path_factory) -> tuple[Turn, ...]:
    asked = [*played(tmp_path_factory.getbasetemp()), *made_up()]
    return tuple(long_named(turn, names()[n % len(names())]) for n, turn in enumerate(asked))


@pytest.mark.parametrize("words", tongues(), ids=lambda words: words.language)
@pytest.mark.parametrize("size", SIZES, ids=lambda size: "x".join(map(str, size)))
def test_nothing_essential_is_missing(turns, size, words) -> None:
    tight = size in SIZES[:2] or (size[0] < 80 and words.language in SHORT_AND_LONG)
    step = 1 if tight else 3  # where there is room for everything, some of them will do
    for number, turn in enumerate(turns[::step]):
        for big in (False, True) if number % 3 == 0 else (False,):
            shown = view(turn, words, large=big)
            rows = lay_out(shown, *size)
            drawn = "\n".join("".join(part.text for part in row) for row in rows)
            assert [width_of(row) for row in rows] == [size[0]] * size[1], drawn
            assert list(faults(shown, rows)) == [], drawn


@pytest.mark.parametrize("size", SIZES[:3], ids=lambda size: "x".join(map(str, size)))
def test_the_rest_is_a_page_further(turns, size) -> None:
    words = catalog("en")
    for turn in turns:
        shown, seen = view(turn, words), ""
        pages = 0
        while (first := turned(shown, *size, "pagedown")) != shown.first:
            shown, pages = replace(shown, first=first), pages + 1
            assert pages < 60
            seen += "".join(part.text for row in lay_out(shown, *size) for part in row)
        everything = squeezed(seen)
        for _, name, word in all_keys(shown):
            assert squeezed(name + word) in everything
        for choice in turn.prompt.choices:
            assert squeezed(words.written(choice.written(words.say)))[:10] in everything
        for label, value in (words.fact(*fact) for fact in turn.prompt.facts):
            assert squeezed(label + value)[: size[0] - 4] in everything
        for _ in range(pages):
            shown = replace(shown, first=turned(shown, *size, "pageup"))
        assert shown.first == 0


def test_what_is_paged_through_holds_everything_uncut(turns) -> None:
    words = Pseudo()
    for turn in turns:
        shown = view(turn, words)
        rows = document(shown, _inner(20))
        told = squeezed("".join(part.text for row in rows for part in row))
        assert squeezed(question(shown)) in told
        assert squeezed(turn.prompt.place) in told
        for item in turn.prompt.goods:
            assert squeezed(item.name)[:120] in told
        for said in shown.said:
            assert squeezed(sentence(said, words, 18)) in told


def test_what_is_typed_is_seen_on_the_smallest_screens(turns) -> None:
    for size in SIZES[:3]:
        for turn in turns:
            shown = view(turn, catalog("en"), typed="4711")
            drawn = text_of(lay_out(shown, *size), "typed")
            assert drawn.startswith(("4711", "••••")), (size, turn.prompt.ask)


def test_large_letters_come_before_names_and_facts() -> None:
    words = catalog("en")
    goods = (Item("MUG-1", NAME_127, 2, "lot L7", "now"),)
    turn = replace(PICK, prompt=replace(PICK.prompt, goods=goods))
    rows = lay_out(view(turn, words, large=True), 40, 20)
    drawn = "\n".join("".join(part.text for part in row) for row in rows)
    for line in (*large("A-12-04-3"), *large("2"), *lettering("Go and")):
        assert line.rstrip() in drawn, line
    assert "GO AND" not in drawn


def test_small_letters_in_a_code_are_never_drawn_as_capitals() -> None:
    prompt = Prompt(
        "picking.bring_tote", ask_facts=(("tote", "t-1"),), keys=((Key.DONE, "key.done"),)
    )
    rows = lay_out(view(replace(PICK, prompt=prompt), catalog("en"), large=True), 80, 24)
    assert "t-1" in text_of(rows, "ask")
