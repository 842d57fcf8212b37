"""What is essential is on the screen at every size; names give way first."""

import re
from dataclasses import replace

import pytest
from tui.screens import MENU, PICK, PIN, REFUSED, SIGN_IN

from floorhand.domain.keymap import KEYS, named
from floorhand.flows.turn import Choice, Item, Prompt, Said, Wants
from floorhand.text.catalog import ASSETS, catalog, languages
from floorhand.text.visible import visible
from floorhand.tui.large import PICTURES, huge, large, lettering
from floorhand.tui.layout import lay_out
from floorhand.tui.rows import width_of
from floorhand.tui.view import View

SIZES = [(26, 12), (30, 20), (40, 20), (80, 24), (120, 40)]
LONG = "Hochwertiger Edelstahl-Thermobecher mit Deckel, 水壶 " * 5


def view(turn, language="en", **more) -> View:
    return View(
        turn.prompt,
        (turn.said,) if turn.said else (),
        catalog(language),
        job=turn.job,
        worker=turn.worker_name,
        clock="09:41",
        **more,
    )


def texts(rows) -> str:
    return "\n".join("".join(part.text for part in row) for row in rows)


def shows_place(drawn: str, code: str = "A-12-04-3") -> bool:
    return code in drawn or large(code)[1] in drawn or huge(code)[0] in drawn


def loaded(**changes) -> Prompt:
    """A prompt with more of everything than a small screen can hold."""
    return replace(
        PICK.prompt,
        goods=tuple(
            Item(f"SKU-{n:05}-LONG", LONG, n + 1, "lot 20261130-A", "now" if n == 0 else "")
            for n in range(20)
        ),
        keys=tuple((key, f"key.{key}") for key in KEYS),
        **changes,
    )


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("turn", [SIGN_IN, PIN, MENU, PICK, replace(PICK, said=REFUSED)])
def test_a_screen_has_exactly_its_rows_and_columns(turn, size) -> None:
    for prompt in (turn.prompt, loaded()):
        rows = lay_out(view(replace(turn, prompt=prompt)), *size)
        assert len(rows) == size[1]
        assert {width_of(row) for row in rows} == {size[0]}


def test_the_smallest_window_breaks_nothing() -> None:
    for width in range(1, 30):
        for height in range(1, 14):
            assert len(lay_out(view(replace(PICK, said=REFUSED)), width, height)) == height


@pytest.mark.parametrize("size", SIZES)
def test_place_number_code_keys_and_refusal_are_whole(size) -> None:
    prompt = loaded() if size[1] > 12 else replace(loaded(), keys=PICK.prompt.keys)
    turn = replace(PICK, prompt=prompt, said=REFUSED)
    drawn = texts(lay_out(view(turn), *size))
    assert shows_place(drawn)
    assert "SKU-00000-LONG" in drawn
    assert "2 × " in drawn or large("2")[0] in drawn
    assert "T-0017" in drawn
    for key in dict(turn.prompt.keys):
        assert named(key) in drawn
    said = " ".join(drawn.replace("\n", " ").split())
    for words in ("99 is not", "stands on", "A-12-04-3. Go"):
        assert words in said


def test_the_handheld_shows_place_and_number_in_large_letters() -> None:
    drawn = texts(lay_out(view(PICK), 40, 20))
    assert all(line.strip() in drawn for line in large("A-12-04-3"))
    assert all(line.strip() in drawn for line in large("2"))


def test_a_place_too_long_for_large_letters_is_written_whole() -> None:
    place = "HALL-7-AISLE-12-BAY-04-LEVEL-3-POSITION-2"
    for size in SIZES:
        drawn = texts(lay_out(view(replace(PICK, prompt=replace(PICK.prompt, place=place))), *size))
        assert place in "".join(part.strip() for part in drawn.split("\n"))


def test_small_letters_and_accents_are_not_drawn_as_others() -> None:
    assert large("a-1") == ()
    assert large("É-1") == ()
    assert huge("a-1") == ()


@pytest.mark.parametrize("language", [one for one in languages() if one != "zh"])
def test_every_question_can_be_drawn_in_large_letters(language: str) -> None:
    helps = (ASSETS / "text" / "en.po").read_text("utf-8")
    for ask in re.findall(r'(?m)^msgid "help\.(.+)"', helps):
        for word in catalog(language).say(ask).split(" "):
            assert lettering(visible(re.sub("{.*?}", "1", word)), language), (ask, word)


def test_no_two_letters_look_alike() -> None:
    assert len(set(PICTURES.values())) == len(PICTURES)
    assert len({large(letter) for letter in PICTURES}) == len(PICTURES)
    for letter, picture in PICTURES.items():
        assert len({len(row) for row in picture}) == 1, letter


def test_each_choice_can_be_seen_or_paged_to() -> None:
    choices = tuple(Choice(f"C{n}", label=f"Choice {n}") for n in range(30))
    prompt = Prompt("which.whose", choices=choices)
    turn = replace(PICK, prompt=prompt)
    for size in SIZES:
        seen = ""
        for first in range(0, 30, 2):
            seen += texts(lay_out(view(turn, first=first), *size))
        for n in range(30):
            assert f"Choice {n} " in seen, (size, n)


def test_a_pin_is_masked_and_other_characters_are_shown() -> None:
    assert "••••" in texts(lay_out(view(PIN, typed="4711"), 40, 20))
    assert "4711" not in texts(lay_out(view(PIN, typed="4711"), 40, 20))
    assert "4711" in texts(lay_out(view(PICK, typed="4711"), 40, 20))


def test_of_a_long_scan_the_end_is_shown() -> None:
    drawn = texts(lay_out(view(PICK, typed="x" * 300 + "END"), 40, 20))
    assert "xEND▁" in drawn


def test_the_header_says_what_waits_and_how_it_went_in_words_and_signs() -> None:
    drawn = texts(lay_out(view(replace(PICK, said=REFUSED), waiting=2), 80, 24))
    assert "▮▮ 2 waiting" in drawn.split("\n")[0]
    assert "✗" in drawn.split("\n")[0]
    assert "✗ NOT TAKEN:" in drawn


def test_the_frame_takes_the_worst_tone() -> None:
    ok, look = (Said("key.back", {}, tone) for tone in ("ok", "look"))
    tones = [((), "calm"), ((ok,), "ok"), ((ok, look), "look"), ((look, REFUSED), "refused")]
    for saids, tone in tones:
        rows = lay_out(replace(view(PICK), said=saids), 40, 20)
        for row in rows:
            assert row[0].role.startswith(f"frame-{tone}")
            assert row[-1].role.startswith(f"frame-{tone}")


def test_keys_without_effect_are_not_shown() -> None:
    drawn = texts(lay_out(view(PICK), 80, 24))
    for key in ("F1 ", "F3 ", "F5 ", "F7 ", "F11 ", "F12 "):
        assert key in drawn
    for key in ("F2 ", "F4 ", "F6 ", "F8", "F9 ", "F10"):
        assert key not in drawn
    assert "F3 " not in texts(lay_out(view(MENU), 80, 24))


def test_a_hint_stands_where_nothing_is_typed_and_its_code_is_never_cut() -> None:
    hint = ("No scanner? Type: FHPCTGTXTCJL", "FHPCTGTXTCJL")
    assert "No scanner? Type: FHPCTGTXTCJL" in texts(lay_out(view(PICK, hint=hint), 40, 20))
    assert "▸ FHPCTGTXTCJL" in texts(lay_out(view(PICK, hint=hint), 26, 12))
    assert "FHP" not in texts(lay_out(view(PICK, hint=hint, typed="4"), 40, 20))


def test_a_long_answer_leaves_room_for_what_to_act_on() -> None:
    long = Said("refusal.unknown_barcode", {"code": "W" * 400}, "refused")
    for size in SIZES:
        drawn = texts(lay_out(view(replace(PICK, said=long)), *size))
        assert shows_place(drawn)


def test_wants_are_not_needed_to_draw() -> None:
    assert lay_out(view(replace(PICK, prompt=Prompt("x.y", wants=Wants()))), 40, 20)


def test_a_hint_in_words_never_looks_like_something_typed() -> None:
    words = "damaged by the buyer, see picture"
    hint = (f"No scanner? Type: {words}", words)
    narrow = lay_out(view(PICK, hint=hint), 40, 20)
    assert "▸ No scanner? Type: damaged by the" in texts(narrow)
    assert "  buyer, see picture" in texts(narrow)
    assert "damaged" not in texts(lay_out(view(PICK, hint=hint), 26, 12))


def test_a_refusal_repeats_the_question_only_where_there_is_room_for_both() -> None:
    facts = {"code": "SOCK-1", "ask_text": PICK.prompt.ask}
    said = Said("refusal.unknown_barcode", facts, "refused")
    asked = catalog("en").say(PICK.prompt.ask)
    for size, times in (((20, 16), 1), ((40, 8), 1), ((80, 24), 2)):
        drawn = " ".join(texts(lay_out(view(replace(PICK, said=said)), *size)).split())
        assert drawn.count(asked) == times, (size, drawn)
        assert "SOCK-1 is not known" in drawn


@pytest.mark.parametrize("language", languages())
def test_no_row_is_spent_on_a_full_stop(language: str) -> None:
    facts = {"order": "A-5025", "pieces": 4, "carton": "340123450000000018"}
    shown = view(replace(PICK, said=Said("packing.shipped", facts, "finished")), language)
    rows = texts(lay_out(shown, 20, 16)).splitlines()
    assert any("340123450000000018" in row for row in rows)
    assert not [row for row in rows if row.strip() in (".", "。")]


def test_a_list_of_deeds_tells_them_apart_on_a_handheld() -> None:
    done = (("done_at", "2026-03-01 09:05"), ("done_by", "Ana Bianchi"))
    facts = [(("order", f"A-502{n}"), ("pieces", 4), ("carton", "C-1"), *done) for n in range(2)]
    told = ("told_text", "packing.shipped")
    deeds = tuple(Choice(str(n), "leading.deed", facts=(*one, told)) for n, one in enumerate(facts))
    turn = replace(PICK, job="leading", prompt=Prompt("leading.deeds", choices=deeds))
    drawn = texts(lay_out(view(turn), 40, 20))
    assert "A-5020" in drawn
    assert "A-5021" in drawn


@pytest.mark.parametrize("language", languages())
def test_why_something_cannot_be_approved_is_read_whole_on_40_columns(language: str) -> None:
    words = catalog(language)
    facts = (("fact.believed", "4"), ("fact.approve_text", "exceptions.overtaken"))
    turn = replace(PICK, prompt=Prompt("exceptions.decide", facts=facts))
    drawn = texts(lay_out(view(turn, language), 40, 20))
    told = "".join(drawn.split())
    assert "".join(words.say("exceptions.overtaken").split()) in told
