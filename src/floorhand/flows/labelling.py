"""Labels: print one again, let all come from another printer, say whether one came out.

This is no job: the road puts it between a question and its answer, the same in every job that
prints. Any other good scan leaves it, so that nobody who goes on working is held up by a label.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from floorhand.domain.keymap import Key
from floorhand.domain.labels import REASONS
from floorhand.domain.print_desk import Rerouted, ReroutePrinter
from floorhand.domain.printing import (
    SHIPPING,
    ConfirmLabel,
    LabelConfirmed,
    LabelSeen,
    LookAtLabel,
    Reprint,
    Reprinted,
    Stands,
)
from floorhand.domain.things import (
    Chosen,
    DeliveryCode,
    OrderCode,
    Piece,
    Place,
    Pressed,
    ReturnCode,
)
from floorhand.errors import Code
from floorhand.flows.turn import AnyState, Ask, Choice, Do, Facts, Prompt, Refuse, Reply, Wants
from floorhand.flows.which import Answered

NAME = "labelling"

LOST = "lost"
"""Why a label is printed again that did not come out."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The question that was asked before, as flow and frozen state.

    ``merchants`` and ``sku`` are those of that question: a piece is read as there.
    """

    flow: str
    state: str
    merchants: tuple[str, ...] = ()
    sku: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Somebody wants a label once more. Never stored."""

    asked: Asked
    template: str
    subject: str


@dataclass(frozen=True, slots=True)
class WhyAgain:
    """Why is it printed again?"""

    asked: Asked
    template: str
    subject: str


@dataclass(frozen=True, slots=True)
class WhichLabel:
    """Of which parcel?"""

    asked: Asked


@dataclass(frozen=True, slots=True)
class Down:
    """The printer cannot print: let its labels come from its neighbour?"""

    asked: Asked
    stands: Stands
    neighbour: str


@dataclass(frozen=True, slots=True)
class InDoubt:
    """Nobody knows whether a label came out: did it?"""

    asked: Asked
    template: str
    subject: str
    order: str


State = Wanted | WhyAgain | WhichLabel | Down | InDoubt
START = None
STATES: tuple[type, ...] = (Wanted, WhyAgain, WhichLabel, Down, InDoubt)
VALUES: tuple[type, ...] = (Asked, Stands)


def step(state: State, event: object) -> Reply:
    """Say what an event leads to. Pure: same state and event, same reply."""
    match state, event:
        case _, LabelSeen():
            return _seen(state.asked, event)
        case Wanted(), _:
            return Do(LookAtLabel(state.template, state.subject))
        case WhyAgain(), Chosen(code=reason):
            return Do(Reprint(state.template, state.subject, reason))
        case WhyAgain(template="shipping"), Pressed(key=Key.LIST):
            return Ask(WhichLabel(state.asked))
        case WhichLabel(), Place(kind="carton", code=code):
            return Do(LookAtLabel(SHIPPING, code))
        case WhichLabel(), OrderCode(merchant=merchant, number=number):
            return Do(LookAtLabel(SHIPPING, order=f"{merchant}/{number}"))
        case Down(neighbour=str(to)), Pressed(key=Key.DONE) if to:
            return Do(ReroutePrinter(state.stands.code, to))
        case InDoubt(), _ if (reply := _in_doubt(state, event)) is not None:
            return reply
        case _, LabelConfirmed() | Reprinted() | Rerouted():
            return _done(state.asked, event)
        case _, Piece() | Place() | OrderCode() | DeliveryCode() | ReturnCode():
            return _back(state.asked, event)
        case _, Pressed(key=Key.BACK):
            return _back(state.asked)
        case _, Pressed():
            return Refuse(Code.KEY_NOT_NOW)
        case _:
            return Refuse(Code.NOT_EXPECTED_NOW)


def _seen(asked: Asked, event: LabelSeen) -> Reply:
    """Ask what fits how the label stands; the job itself prints one that was never asked for."""
    if not event.state and event.subject:
        return _back(asked, Pressed(Key.PRINT))
    if not event.state:
        return Ask(WhichLabel(asked))
    stands = event.stands
    if stands.down and stands.waiting:
        return Ask(Down(asked, stands, event.neighbour))
    if event.state in ("waiting", "sending"):
        facts = {"code": event.subject, "printer": stands.code}
        return _back(asked, None, "labelling.on_its_way", facts)
    return Ask(WhyAgain(asked, event.template, event.subject))


def _in_doubt(state: InDoubt, event: object) -> Reply | None:
    """Take the label's own code as a yes."""
    match event:
        case Pressed(key=Key.PRINT):
            return Do(Reprint(state.template, state.subject, LOST))
        case Place(code=code) | ReturnCode(number=code) if code == state.subject:
            return Do(ConfirmLabel(state.template, state.subject))
        case _:
            return None


def _done(asked: Asked, event: object) -> Reply:
    match event:
        case LabelConfirmed():
            return confirmed(Answered(asked.flow, asked.state, None), event)
        case Reprinted(subject=subject, copy=copy, printer=printer):
            done = "labelling.copy" if copy > 1 else "labelling.first"
            facts: Facts = {"code": subject, "copy": copy, "printer": printer}
            return _back(asked, None, done, facts)
        case Rerouted(printer=printer, moved=0, before=0):
            return _back(asked, None, "labelling.rerouted_none", {"printer": printer})
        case Rerouted(printer=printer, to=to, moved=0, before=labels):
            facts = {"printer": printer, "to": to, "count": labels}
            return _back(asked, None, "labelling.rerouted_before", facts)
        case Rerouted(printer=printer, to=to, moved=labels):
            facts = {"printer": printer, "to": to, "count": labels}
            return _back(asked, None, "labelling.rerouted", facts)
    raise AssertionError(event)


def confirmed(state: AnyState, event: LabelConfirmed) -> Ask:
    """Say that a label is where it belongs."""
    facts = {"code": event.subject, "order": event.order.partition("/")[2]}
    if event.again:
        return Ask(state, "labelling.confirmed_before", facts, look=True)
    return Ask(state, "labelling.confirmed", facts)


def _back(
    asked: Asked, meant: object = None, done: str | None = None, facts: Facts | None = None
) -> Ask:
    return Ask(Answered(asked.flow, asked.state, meant), done, facts or {})


def _wants(state: State, *kinds: str) -> Wants:
    return Wants(kinds=kinds, merchants=state.asked.merchants, sku=state.asked.sku)


def prompt(state: State) -> Prompt:
    """Say what to show."""
    back = (Key.BACK, "key.back")
    match state:
        case WhyAgain(template=template, subject=subject):
            other = ((Key.LIST, "labelling.key_other"),) if template == SHIPPING else ()
            return Prompt(
                ask="labelling.why",
                facts=(("labelling.fact_label", subject),),
                keys=(*other, back),
                choices=tuple(Choice(one, f"labelling.reason.{one}") for one in REASONS),
                wants=_wants(state, "choice"),
            )
        case Down(stands=stands, neighbour=neighbour):
            done = ("done",) if neighbour else ()
            return replace(_down(stands, neighbour), wants=_wants(state, *done))
        case InDoubt(template=template, subject=subject, order=order):
            return Prompt(
                ask="labelling.doubt",
                facts=_told(("labelling.fact_label", subject), ("fact.order", order)),
                keys=((Key.PRINT, "labelling.key_not"), back),
                wants=_wants(state, "return")
                if template == "return"
                else replace(_wants(state, "carton", "label"), place=subject),
            )
        case _:
            return Prompt(
                ask="labelling.which",
                keys=(back,),
                wants=_wants(state, "label", "order"),
            )


def _down(stands: Stands, neighbour: str) -> Prompt:
    """Show what is wrong, in our words and in the printer's own."""
    text, _ = stands.words[0]
    return Prompt(
        ask="labelling.down" if neighbour else "labelling.down_alone",
        ask_facts=(("printer", stands.code), ("to", neighbour), ("state_text", text)),
        facts=_told(
            ("labelling.fact_told", stands.told),
            ("labelling.fact_waiting", str(stands.waiting)),
        ),
        keys=(
            *(((Key.DONE, "labelling.key_reroute"),) if neighbour else ()),
            (Key.BACK, "key.back"),
        ),
    )


def _told(*facts: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(fact for fact in facts if fact[1])
