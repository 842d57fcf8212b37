"""The one shape that all flows share.

A flow is two pure functions in one module: ``step(state, event)`` says what a scan leads to, and
``prompt(state)`` says what to show and what is expected next. Nothing here knows the database or
the terminal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol, Self

from floorhand.domain.keymap import Key
from floorhand.errors import Code

AnyState = Any
"""A frozen dataclass of the flow; fields are str, int, bool, tuples and values listed in VALUES."""

Facts = Mapping[str, str | int]
"""Values for a text. A fact whose name ends in ``_text`` is itself a text key, and is translated
before it is put in (``kind_text="thing.bin"``). If there is a fact called ``pieces``, it chooses
between singular and plural where the text has both."""


@dataclass(frozen=True, slots=True)
class Ask:
    """Take this state and ask the worker its question.

    ``done`` names what was just achieved, a text key with ``facts`` for it. ``look`` marks an
    answer that is taken but not as usual ("different lot"), shown amber instead of green.
    """

    state: AnyState
    done: str | None = None
    facts: Facts = field(default_factory=dict)
    look: bool = False


@dataclass(frozen=True, slots=True)
class Refuse:
    """Stay where we are and say why. Nothing of this scan is written but the refusal.

    ``then`` is where to be instead, if what was on the screen is not so any more.
    """

    code: Code
    facts: Facts = field(default_factory=dict)
    then: AnyState | None = None


@dataclass(frozen=True, slots=True)
class Do:
    """Carry out a command; its outcome comes back to ``step`` as the next event."""

    command: object


@dataclass(frozen=True, slots=True)
class Open:
    """Leave this flow for another, from its start, with what was just achieved.

    ``event`` is handed to the other flow as its first event (a scanned delivery opens receiving).
    """

    flow: str
    event: object | None = None
    done: str | None = None
    facts: Facts = field(default_factory=dict)


Reply = Ask | Refuse | Do | Open


@dataclass(frozen=True, slots=True)
class Item:
    """One row of goods or places on the screen: how many, of what. Shown as it is, never parsed.

    ``pieces`` 0 means: no number. ``mark`` is one of ``""``, ``"done"``, ``"now"``.
    """

    code: str
    name: str = ""
    pieces: int = 0
    note: str = ""
    mark: str = ""


UNFIT = "(!)"
"""Stands behind a choice that does not seem right."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of a numbered list: the words of text key ``text``, then ``label`` as it is.

    Either may be empty. ``fits`` is False for what is offered though it does not seem right;
    ``facts`` are values for the words.
    """

    code: str
    text: str = ""
    label: str = ""
    fits: bool = True
    facts: tuple[tuple[str, str | int], ...] = ()

    def written(self, say: Callable[[str, Facts], str]) -> str:
        """Put it into words; ``say`` gives the text of a key with values for it."""
        words = say(self.text, dict(self.facts)) if self.text else ""
        shown = " ".join(part for part in (words, self.label) if part) or self.code
        return shown if self.fits else f"{shown} {UNFIT}"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a numbered list, for screens that are wide enough for a table.

    Attributes:
        head: Text key of its heading, without ``board.head.``.
        fact: Name of the fact of each choice that stands in it.
        way: How choosing its heading sorts, a way of `floorhand.domain.sorting`; empty: not at all.
        down: Whether the most, or the latest, comes first when the list is sorted by it.
        sorted: Whether the list is sorted by it now.
        name: Whether what stands in it may be cut.
    """

    head: str
    fact: str
    way: str = ""
    down: bool = False
    sorted: bool = False
    name: bool = False


@dataclass(frozen=True, slots=True)
class Wants:
    """What the question can be answered with; decides how a scan is read, and guides robots.

    Attributes:
        kinds: What to scan: any of ``badge pin delivery order return place bin tote pallet
            carton cart dock bench plate label piece box insert number text choice done``, in order
            of preference; ``label`` is that of a parcel, which may be its carrier's.
        place: Code of the one place wanted; its check digits may be typed. Empty: any, or none.
        sku: ``merchant/sku`` of the one product wanted. Empty: any, or none.
        number: A typed number of at most 5 digits is a quantity here.
        number_hint: What a worker for whom all goes well would type; 0 if no number is wanted.
        text: Anything scanned or typed is free text here, unless it is a key or a choice.
        merchants: Whose barcodes count; empty: everybody's.
        learns: An unknown code may be taught here, by those who have the role.
        delivery: Number of the delivery at hand; may be empty.
        told_count: How many a code scanned ahead of its product has told; None if none did.
        order: ``merchant/number`` of the order at hand, to break ties; may be empty.
        codes: What the question itself knows, whatever else it may stand for; comes as unknown.
    """

    kinds: tuple[str, ...] = ()
    place: str = ""
    sku: str = ""
    number: bool = False
    number_hint: int = 0
    text: bool = False
    merchants: tuple[str, ...] = ()
    order: str = ""
    told_count: int | None = None
    learns: bool = False
    delivery: str = ""
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Prompt:
    """What the worker sees: one question, what to act on, and the keys that work now.

    ``ask``, the first of each fact, the second of each key are text keys; places, goods and
    the values of facts are data and shown as they are.

    Attributes:
        ask: Text key of the question; ``help.<ask>`` is its help. ``ask_facts`` are values for it.
        place: The place to go to, in large letters; empty if there is none.
        count: The number to act on ("2"), in large letters beside the goods; empty if none.
        goods: What to handle, the current one first.
        facts: Further facts, (text key, value), most important first.
        progress: (done, total) of this job; None if there is no end in sight.
        keys: Keys that do something now, as (key, text key).
        choices: A numbered list; a typed n chooses the n-th.
        columns: Of that list, what matters most first; none if it is no table.
        wants: What answers the question.
        label: What the key for printing prints again, as template and subject; an empty subject
            is the last label asked for here. None: that key does nothing here.
    """

    ask: str
    ask_facts: tuple[tuple[str, str | int], ...] = ()
    place: str = ""
    count: str = ""
    goods: tuple[Item, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    progress: tuple[int, int] | None = None
    keys: tuple[tuple[Key, str], ...] = ()
    choices: tuple[Choice, ...] = ()
    columns: tuple[Column, ...] = ()
    wants: Wants = Wants()
    label: tuple[str, str] | None = None


FINISHED: Final = frozenset(
    {
        "receiving.closed",
        "receiving.closed_blind",
        "putaway.stored_last",
        "picking.walk_done",
        "labelling.confirmed",
        "packing.parcel_closed",
        "packing.shipped",
        "packing.shipped_one",
        "returns.closed",
        "counting.right",
        "refill.put",
    }
)
"""What tells that a delivery, source, walk, parcel, order or return is done as it should be."""


@dataclass(frozen=True, slots=True)
class Said:
    """How the last scan went: a text key, the values for it, and the tone.

    ``tone`` is ``ok`` (taken, as expected), ``finished`` (and with it a whole piece of work),
    ``look`` (taken, but look) or ``refused``.
    """

    text: str
    facts: Facts
    tone: str

    @classmethod
    def about(cls, reply: Ask | Refuse | Open) -> Self | None:
        """Sum up a reply; None if there is nothing to say but the next question."""
        match reply:
            case Refuse(code=code, facts=facts):
                return cls(f"refusal.{code}", facts, "refused")
            case Ask(done=str(done), facts=facts, look=look):
                return cls(done, facts, "look" if look else _tone(done))
            case Open(done=str(done), facts=facts):
                return cls(done, facts, _tone(done))
            case _:
                return None


def _tone(done: str) -> str:
    return "finished" if done in FINISHED else "ok"


class Flow(Protocol):
    """What a flow module offers. Modules satisfy this; there is nothing to inherit.

    ``VALUES`` are the frozen dataclasses that states may hold (besides those in
    `floorhand.domain.things`).
    """

    NAME: str
    START: AnyState
    STATES: tuple[type, ...]
    VALUES: tuple[type, ...]

    def step(self, state: AnyState, event: object) -> Reply:
        """Say what an event leads to. Pure: same state and event, same reply."""

    def prompt(self, state: AnyState) -> Prompt:
        """Say what to show."""
