"""Every question of every job is complete on every screen, in every language.

Complete means: the question whole, the place and the codes whole, the number, every key that the
question offers, and how the last scan went, whole or marked where it is cut. The rest is a page
further. Questions come from the floor scripts; those that no script asks are made up.
"""

from __future__ import annotations

import csv
import lzma
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache, lru_cache
from pathlib import Path
from string import Formatter

import pytest
from conftest import SHARED_DATA
from rich.cells import cell_len
from scripts.test_scripts import SCRIPTS, seen_once
from tui.pseudo import Pseudo
from tui.screens import MENU, PICK

from floorhand.domain.keymap import Key, named
from floorhand.flows.turn import Choice, Item, Prompt, Said
from floorhand.ops.floor import Turn
from floorhand.text.catalog import ASSETS, Catalog, catalog, languages
from floorhand.text.visible import visible
from floorhand.tui.document import document
from floorhand.tui.keys_row import MORE_KEY, all_keys
from floorhand.tui.large import huge, large, lettering
from floorhand.tui.layout import _inner, _large_ask, lay_out, turned
from floorhand.tui.listing import NUMBER_COLUMNS
from floorhand.tui.rows import Part, Row, width_of
from floorhand.tui.view import SIGNS, Fate, View, question, sentence

SIZES = [(20, 16), (40, 8), (26, 12), (40, 20), (80, 24), (120, 40)]
SHORT_AND_LONG = ("en", Pseudo().language)
WORDS_MIN = 12
"""Columns of a cut answer that are always there: its sign and its first words."""

CODE = re.compile(r"\S*\d{3}\S*")
LATELY = (
    Fate(8, "09:40:58", "4006381333931", "ok"),
    Fate(9, "09:40:59", "FJ-MUG", "refused"),
    Fate(10, "09:41:01", "A-12-04-3", "look"),
)

NAME_127 = ("Hochwertiger Edelstahl-Thermobecher mit Deckel 水壶 Ñandú " * 3)[:127]


def tongues() -> list[Catalog]:
    return [*map(catalog, languages()), Pseudo()]


@cache
def names() -> tuple[str, ...]:
    """The longest names there are: invented ones, and those of real goods if they are here."""
    return (NAME_127, "👩‍🚀" * 40 + "x" * 7, "שלום עולם " * 12, "W" * 127, *real_names())


@cache
def real_names() -> tuple[str, ...]:
    """The longest names of real goods; none if the real data is not here."""
    if not SHARED_DATA.is_dir():
        return ()
    goods = SHARED_DATA / "uci_online_retail" / "day_2011-05-10.csv"
    with goods.open(encoding="utf-8") as text:
        shop = sorted({row["Description"] for row in csv.DictReader(text)}, key=len)
    labelled = SHARED_DATA / "barcodes_uhtt" / "uhtt_barcode_ref_0005.tsv.xz"
    lines = lzma.decompress(labelled.read_bytes()).decode().split("\n")[1:-1]
    return (*shop[-2:], *sorted((line.split("\t")[2] for line in lines), key=len)[-2:])


def long_coded(turn: Turn) -> Turn:
    """The same turn, with codes as long as those of TikTok wherever there is one in a list."""
    prompt = turn.prompt
    choices = tuple(
        replace(choice, label=CODE.sub(f"576461413038785{n:02}552", choice.label))
        for n, choice in enumerate(prompt.choices)
    )
    goods = tuple(
        replace(item, code=f"576461413038785{n:02}552") for n, item in enumerate(prompt.goods)
    )
    return replace(turn, prompt=replace(prompt, choices=choices, goods=goods))


def played(own: Path) -> tuple[Turn, ...]:
    """Each question and answer of the floor scripts once."""
    seen = {script: seen_once(script, own) for script in reversed(SCRIPTS)}  # others begin in front
    turns: dict[tuple[object, ...], Turn] = {}
    for script in SCRIPTS:
        for turn in seen[script].turns:
            said = turn.said.text if turn.said else ""
            turns.setdefault((turn.prompt.ask, said, len(turn.prompt.choices)), turn)
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
    returns = (
        Choice(str(n), label=f"576461413038785{n:02}552 · ALMA HOME & LIVING · ! 27.11.2026")
        for n in range(1, 9)
    )
    yield replace(MENU, prompt=replace(MENU.prompt, choices=tuple(returns)))


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
    more = {"recent": LATELY, "clock": "09:41"} | more
    return View(turn.prompt, said, words, job=turn.job, worker=turn.worker_name, **more)


@lru_cache(maxsize=20_000)
def squeezed(text: str) -> str:
    return "".join(visible(text).split())


def picture(rows: list[Row]) -> str:
    return "\n".join("".join(part.text for part in row) for row in rows)


def text_of(rows: list[Row], *roles: str) -> str:
    return "".join(
        [part.text for row in rows for part in row if part.role and _has_one(part.role, roles)]
    )


@cache
def _has_one(role: str, roles: tuple[str, ...]) -> bool:
    return not set(role.split()).isdisjoint(roles)


def faults(shown: View, rows: list[Row]) -> Iterator[str]:
    """Say what essential is missing on a screen."""
    prompt, asked = shown.prompt, question(shown)
    assert prompt is not None
    marked = [tuple(part for row in rows for part in row if part.role)]
    drawn = text_of(marked, "place", "count", "ask")
    whole = "".join(part.text for row in rows for part in row)
    enlarged = text_of(_large_ask(shown, _inner(width_of(rows[0]))), "ask") if shown.large else ""
    if squeezed(text_of(marked, "ask")) not in (squeezed(asked), squeezed(enlarged)):
        yield f"question {asked!r}: {text_of(marked, 'ask')!r}"
    for code, role in ((prompt.place, "place"), (prompt.count, "count")):
        big = {large(code), huge(code)} - {()}
        if squeezed(code) not in squeezed(text_of(marked, role)) and not any(
            all(line in drawn or line in whole for line in one) for one in big
        ):
            yield f"{role} {code!r}"
    if prompt.count and prompt.goods:
        now = next((item for item in prompt.goods if item.mark == "now"), prompt.goods[0])
        if squeezed(now.code) not in squeezed(text_of(marked, "code", "now", "value")):
            yield f"code {now.code!r}"
    yield from listed_faults(shown, rows)
    if width_of(rows[0]) >= 40 and len(rows) >= 20:
        for fate in shown.recent:
            if f"{SIGNS[fate.tone]} {fate.code[:6]}" not in whole:
                yield f"recent {fate.code!r}"
    keys = f"{text_of(marked, 'key')} "
    for key, _ in prompt.keys:
        if f" {named(key)} " not in keys:
            yield f"key {key}"
    for said in shown.said:
        told = squeezed(text_of(marked, f"said-{said.tone}")).rstrip(".。")
        width = width_of(rows[0]) - 4
        whole = squeezed(sentence(said, shown.words, width)).rstrip(".。")
        brief = squeezed(sentence(said, shown.words, width, asked=prompt.ask)).rstrip(".。")
        cut = told.endswith("…") and brief.startswith(told.rstrip("…")[:-1])
        long_enough = cell_len(told) >= min(WORDS_MIN, cell_len(brief))
        if told not in (whole, brief) and not (cut and long_enough):
            yield f"answer {whole!r}: {told!r}"


def listed_faults(shown: View, rows: list[Row]) -> Iterator[str]:
    """Say what of lists is neither there nor paged to, and what cannot be told apart."""
    assert shown.prompt is not None
    paged = f" {MORE_KEY} " in f"{text_of(rows, 'key')} "
    drawn = squeezed("".join(part.text for row in rows for part in row))
    for item in shown.prompt.goods:
        if squeezed(item.code) not in drawn and not paged:
            yield f"goods {item.code!r}"
    say = shown.words.say
    told = [squeezed(shown.words.written(one.written(say))) for one in shown.prompt.choices]
    entries = dict(numbered_entries(rows))
    if told and not entries:
        yield "no choice"
    if any(map(is_heading, (part for row in rows for part in row))):
        yield from table_faults(shown, entries, paged=paged)
        return
    for number, whole in enumerate(told, 1):
        entry = squeezed(entries.get(number, ""))
        if entry == whole:
            continue
        if not paged:
            yield f"choice {whole!r}: {entry!r}, and no key to the rest"
        stem = entry.removesuffix("…")
        if number in entries and (entry == stem or not whole.startswith(stem)):
            yield f"choice {whole!r}: {entry!r} is not marked as cut"
        if number in entries and any(
            other.startswith(stem) for other in told[: number - 1] + told[number:]
        ):
            yield f"choice {whole!r}: {entry!r} may be another one"
        if re.search(r"\d{5}$", stem) and re.match(r"\d", whole[len(stem) :]):
            yield f"choice {whole!r}: {entry!r} has a code that is cut"


def is_heading(part: Part) -> bool:
    """Say whether it is the heading of a column, by which the list may be sorted or not."""
    of_table = part.click == "-" or part.click.startswith("sort:")
    return of_table and part.role == "muted" and bool(part.text.strip())


def table_faults(shown: View, entries: dict[int, str], *, paged: bool) -> Iterator[str]:
    """Say what of a list that is a table is not there, or cut though it is no name."""
    assert shown.prompt is not None
    drawn = [squeezed(entries.get(n, "")) for n, _ in enumerate(shown.prompt.choices, 1)]
    if len(set(drawn)) < len(drawn):
        yield f"entries that look the same: {drawn}"
    for choice, entry in zip(shown.prompt.choices, drawn, strict=True):
        facts, at, is_whole = dict(choice.facts), 0, True
        for column in shown.prompt.columns:
            value = str(facts[column.fact])
            written = shown.words.fact(column.fact, value)[1]
            if column.fact.endswith("_text"):
                written = shown.words.say(value, facts)
            cell = squeezed(written)
            stem = entry[at:].partition("…")[0]
            if entry.startswith(cell, at):
                at += len(cell)
            elif column.name and stem and "…" in entry[at:] and cell.startswith(stem):
                at, is_whole = at + len(stem) + 1, False
            else:
                is_whole = False
        if at != len(entry):
            yield f"row {entry!r} has {entry[at:]!r} too much or cut"
        if not is_whole and not paged:
            yield f"row {entry!r} is not whole, and no key to the rest"


def numbered_entries(rows: list[Row]) -> Iterator[tuple[int, str]]:
    """Give the entries of a numbered list as they are shown, put together from their rows."""
    number, text = 0, ""
    for row in rows:
        in_list = False
        for role, part in ((part.role, part.text) for part in row):
            if role == "choice":
                if number:
                    yield number, text
                number, text, in_list = int(part), "", True
            elif number and (in_list or part == " " * NUMBER_COLUMNS):
                text, in_list = text + part, True
            if role.startswith("frame") and part != " ":
                break
        if number and not in_list:
            yield number, text
            number = 0
    if number:
        yield number, text


@pytest.fixture(scope="module")
def turns(tmp_path_factory) -> tuple[Turn, ...]:
    asked = [*played(tmp_path_factory.getbasetemp()), *made_up()]
    named = [long_named(turn, names()[n % len(names())]) for n, turn in enumerate(asked)]
    return tuple(long_coded(turn) if n % 2 else turn for n, turn in enumerate(named))


def test_the_names_of_real_goods_are_among_the_long_ones(shared_data) -> None:
    assert {len(name) > 30 for name in names()} == {True}
    assert len(real_names()) == 4


@pytest.mark.parametrize("words", tongues(), ids=lambda words: words.language)
@pytest.mark.parametrize("size", SIZES, ids=lambda size: "x".join(map(str, size)))
def test_nothing_essential_is_missing(turns, size, words) -> None:
    tight = size in SIZES[:2] or (size[0] < 80 and words.language in SHORT_AND_LONG)
    step = 1 if tight else 3  # where there is room for everything, some of them will do
    for number, turn in enumerate(turns[::step]):
        for big in (False, True) if number % 3 == 0 else (False,):
            shown = view(turn, words, large=big)
            rows = lay_out(shown, *size)
            assert [width_of(row) for row in rows] == [size[0]] * size[1], picture(rows)
            assert list(faults(shown, rows)) == [], picture(rows)


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
    drawn = picture(rows)
    for line in (*large("A-12-04-3"), *large("2"), *lettering("Go and")):
        assert line.rstrip() in drawn, line
    assert "GO AND" not in drawn


def test_small_letters_in_a_code_are_never_drawn_as_capitals() -> None:
    prompt = Prompt(
        "picking.bring_tote", ask_facts=(("tote", "t-1"),), keys=((Key.DONE, "key.done"),)
    )
    rows = lay_out(view(replace(PICK, prompt=prompt), catalog("en"), large=True), 80, 24)
    assert "t-1" in text_of(rows, "ask")
