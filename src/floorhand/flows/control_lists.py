"""The part of the control about a merchant's boxes, and about what goes into its parcels besides.

A box is allowed, or no longer, by its number or by a scan. An insert is put together first, and
kept as a whole: nobody at a bench meets half of one.
"""

from __future__ import annotations

from dataclasses import replace

from floorhand.domain import inserts
from floorhand.domain.counting import read_expiry
from floorhand.domain.days import day
from floorhand.domain.inserts import BETWEEN, INSERTS_MAX, Insert
from floorhand.domain.keymap import Key
from floorhand.domain.ruling import BOXES, INSERTS, NONE, RuleSeen, SetRule, entries
from floorhand.domain.things import BoxCode, Chosen, Number, Piece, Pressed, Text, Unknown
from floorhand.errors import Code
from floorhand.flows.control_states import AtInsert, AtRule, State, TellInsert
from floorhand.flows.marks import bad_date
from floorhand.flows.turn import Ask, Choice, Do, Prompt, Refuse, Reply, Wants

BACK = (Key.BACK, "key.back")
NEW = "new"
REMOVE = "remove"
NAME, CODE, FROM, UNTIL = "name", "code", "from", "until"
PARCELS = "parcels"
PARTS = (NAME, CODE, PARCELS, FROM, UNTIL)
"""What is told of an insert: the texts ``insert.part.<part>``."""


def step(state: State, event: object) -> Reply | None:
    """Say what an event about boxes or inserts leads to; None if it is about neither."""
    match state, event:
        case AtRule(seen=seen), Chosen(code=code) | BoxCode(code=code) if seen.rule.name == BOXES:
            return _turn(seen, code)
        case AtRule(seen=seen), Chosen(code=code) if seen.rule.name == INSERTS and code == NEW:
            return Ask(TellInsert(seen, -1, Insert(""), NAME))
        case AtRule(seen=seen), Chosen(code=number) if seen.rule.name == INSERTS:
            return Ask(AtInsert(seen, int(number), _inserts(seen)[int(number)]))
        case AtInsert(insert=insert), Chosen(code=code) if code == PARCELS:
            return Ask(replace(state, insert=replace(insert, first=not insert.first)))
        case AtInsert(seen=seen, at=at), Chosen(code=code) if code == REMOVE:
            left = [one for number, one in enumerate(_inserts(seen)) if number != at]
            return _keep(seen, left)
        case AtInsert(seen=seen, at=at, insert=insert), Chosen(code=part):
            return Ask(TellInsert(seen, at, insert, part))
        case AtInsert(seen=seen, at=at, insert=insert), Pressed(key=Key.DONE):
            others = list(_inserts(seen))
            each = [*others, insert] if at < 0 else [*others[:at], insert, *others[at + 1 :]]
            if not inserts.are_apart(each):
                return Refuse(Code.INSERT_TWICE, {"insert": insert.name})
            return _keep(seen, each)
        case AtInsert(seen=seen), Pressed(key=Key.BACK):
            return Ask(AtRule(seen))
        case TellInsert(seen=seen, insert=Insert(name="")), Pressed(key=Key.BACK):
            return Ask(AtRule(seen))
        case TellInsert(seen=seen, at=at, insert=insert), Pressed(key=Key.BACK):
            return Ask(AtInsert(seen, at, insert))
        case TellInsert(), _:
            return _tell(state, event)
    return None


def _tell(state: TellInsert, event: object) -> Reply | None:
    """Take what is told of an insert."""
    insert = state.insert
    match state.part, event:
        case "name", Text(value=text) if inserts.is_name(name := inserts.as_name(text)):
            return _told(state, replace(insert, name=name))
        case "name", Text(value=text) if len(text) > inserts.NAME_CHARACTERS_MAX:
            return Refuse(Code.RETURN_TEXT_LONG, {"limit": inserts.NAME_CHARACTERS_MAX})
        case "code", Unknown(code=text) if (code := inserts.as_code(text)) is not None:
            return _told(state, replace(insert, code=code))
        case "code", Unknown(shown=text):
            return Refuse(Code.NOT_EXPECTED_NOW, {"code": text})
        case "code", Piece(sku=sku):
            return Refuse(Code.INSERT_IS_STOCK, {"sku": sku})
        case "code", Pressed(key=Key.DONE):
            return _told(state, replace(insert, code=""))
        case "from", Number(value=pieces) if 1 <= pieces <= inserts.FROM_PIECES_MAX:
            return _told(state, replace(insert, from_pieces=pieces))
        case "from", Number(value=pieces):
            limit = inserts.FROM_PIECES_MAX
            return Refuse(Code.BAD_QUANTITY, {"number": pieces, "limit": limit})
        case "until", Text(value=text):
            last = read_expiry(text, state.seen.day_order)
            bad = bad_date(text, state.seen.day_order)
            return _told(state, replace(insert, until=last)) if last else bad
        case "until", Pressed(key=Key.DONE):
            return _told(state, replace(insert, until=""))
    return None


def _told(state: TellInsert, insert: Insert) -> Reply:
    return Ask(AtInsert(state.seen, state.at, insert))


def _turn(seen: RuleSeen, box: str) -> Reply:
    """Allow a box; or no longer, if it was allowed."""
    now = entries(BOXES, seen.rule.value) or ()
    after = tuple(one for one in now if one != box) if box in now else (*now, box)
    return _set(seen, BETWEEN.join(after))


def _keep(seen: RuleSeen, each: list[Insert]) -> Reply:
    return _set(seen, BETWEEN.join(insert.written() for insert in each))


def _set(seen: RuleSeen, value: str) -> Reply:
    return Do(SetRule(seen.merchant, seen.rule.name, seen.rule.value, value or NONE))


def _inserts(seen: RuleSeen) -> tuple[Insert, ...]:
    return inserts.of_texts(entries(INSERTS, seen.rule.value) or ())


def choices(seen: RuleSeen) -> tuple[Choice, ...]:
    """List what can be chosen at a rule about boxes or inserts."""
    if seen.rule.name == BOXES:
        now = entries(BOXES, seen.rule.value) or ()
        return tuple(
            Choice(code, "rule.box_allowed" if code in now else "", f"{code} {name}".strip())
            for code, name in seen.offered
        )
    each = _inserts(seen)
    listed = tuple(Choice(str(at), "", _in_words(one)) for at, one in enumerate(each))
    return (*listed, Choice(NEW, "insert.new")) if len(each) < INSERTS_MAX else listed


def in_words(name: str, value: str) -> str:
    """Write the entries of a rule for people: days as their language has them."""
    if name == BOXES:
        return value.replace(BETWEEN, ", ")
    return " · ".join(map(_in_words, inserts.of_texts(entries(INSERTS, value) or ())))


def _in_words(insert: Insert) -> str:
    return replace(insert, until=day(insert.until)).written()


def prompt(state: AtInsert | TellInsert) -> Prompt:
    """Say what to show."""
    if isinstance(state, TellInsert):
        return _telling(state)
    insert, rows = state.insert, _rows(state.insert)
    parts = tuple(Choice(part, "insert.row", facts=rows[part]) for part in PARTS)
    gone = (Choice(REMOVE, "insert.remove"),) if state.at >= 0 else ()
    return Prompt(
        "control.at_insert",
        ask_facts=(("merchant", state.seen.merchant), ("insert", insert.name)),
        keys=((Key.DONE, "control.key_keep"), BACK),
        choices=(*parts, *gone),
        wants=Wants(kinds=("choice", "done")),
    )


def _rows(insert: Insert) -> dict[str, tuple[tuple[str, str], ...]]:
    """Give the facts of each part of an insert, in words."""
    told = {
        NAME: ("rule.words", insert.name),
        CODE: ("rule.words" if insert.code else "insert.no_code", insert.code),
        PARCELS: ("insert.first" if insert.first else "insert.each", ""),
        FROM: ("rule.words", str(insert.from_pieces)),
        UNTIL: ("rule.words" if insert.until else "insert.no_end", day(insert.until)),
    }
    return {
        part: (("part_text", f"insert.part.{part}"), ("value_text", text), ("value", value))
        for part, (text, value) in told.items()
    }


def _telling(state: TellInsert) -> Prompt:
    """Ask for one part of an insert; F10 takes away what it may be without."""
    part = state.part
    none = {CODE: "insert.key_no_code", UNTIL: "insert.key_no_end"}
    keys = ((Key.DONE, none[part]), BACK) if part in none else (BACK,)
    wants = {
        NAME: Wants(kinds=("text",), text=True),
        CODE: Wants(kinds=("unknown", "piece", "done")),
        FROM: Wants(kinds=("number",), number=True),
        UNTIL: Wants(kinds=("text", "done"), text=True),
    }
    return Prompt(
        f"control.insert_{part}",
        ask_facts=(("insert", state.insert.name or "–"), ("merchant", state.seen.merchant)),
        keys=keys,
        wants=wants[part],
    )
