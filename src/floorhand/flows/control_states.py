"""Where the control of the work can be; see `floorhand.flows.control` for how it gets there."""

from __future__ import annotations

from dataclasses import dataclass

from floorhand.domain.control import (
    Counted,
    CutOffsFound,
    Held,
    Standing,
    SubjectRow,
    SubjectsListed,
    TakerRow,
    TakersListed,
    WorkListed,
    WorkRow,
)
from floorhand.domain.holds import Subject
from floorhand.domain.inserts import Insert
from floorhand.domain.ruling import RuleChange, RuleRow, RuleSeen, RulesListed
from floorhand.flows import tabled
from floorhand.flows.tabled import Tabled, TabledOver


@dataclass(frozen=True, slots=True)
class Desk:
    """The lead scans or types a thing, or chooses a list."""


@dataclass(frozen=True, slots=True)
class Listing:
    """Orders, merchants, lots or holds are listed: which one?"""

    listed: SubjectsListed


@dataclass(frozen=True, slots=True)
class At:
    """One of them: what about it?"""

    now: Standing


@dataclass(frozen=True, slots=True)
class Why:
    """It shall be held, or recalled: for which reason?"""

    now: Standing
    recall: bool = False


@dataclass(frozen=True, slots=True)
class Due:
    """The order shall have another cut-off: which?"""

    now: Standing
    found: CutOffsFound


@dataclass(frozen=True, slots=True)
class Working:
    """Who has which work is listed: which of it?"""

    listed: WorkListed


@dataclass(frozen=True, slots=True)
class AtWork:
    """One piece of work: what about it? The list that it is of is sorted so."""

    work: WorkRow
    sort: str = ""


@dataclass(frozen=True, slots=True)
class Giving:
    """It shall be somebody else's: whose?"""

    listed: TakersListed
    sort: str = ""


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of a merchant, or of the building, are listed: which one?"""

    listed: RulesListed


@dataclass(frozen=True, slots=True)
class AtRule:
    """One rule, and how it was changed: what shall it be?

    ``at`` is the first part that is shown, of a rule with many.
    """

    seen: RuleSeen
    at: int = 0


@dataclass(frozen=True, slots=True)
class AtPart:
    """One part of a rule of the building, by its key: what shall it be?"""

    seen: RuleSeen
    key: str
    at: int = 0


@dataclass(frozen=True, slots=True)
class AtInsert:
    """An insert as it shall be from now on, not kept yet; ``at`` is which one, -1 is a new one."""

    seen: RuleSeen
    at: int
    insert: Insert


@dataclass(frozen=True, slots=True)
class TellInsert:
    """One ``part`` of it is asked for: ``name``, ``code``, ``from`` or ``until``."""

    seen: RuleSeen
    at: int
    insert: Insert
    part: str


RuleState = Rules | AtRule | AtPart | AtInsert | TellInsert
State = (
    Desk | Listing | At | Why | Due | Working | AtWork | Giving | RuleState | Tabled | TabledOver
)
START = Desk()
STATES: tuple[type, ...] = (
    *(Desk, Listing, At, Why, Due, Working, AtWork, Giving, Rules, AtRule),
    *(AtPart, AtInsert, TellInsert, Tabled, TabledOver),
)
VALUES: tuple[type, ...] = (
    *tabled.VALUES,
    Subject,
    Standing,
    Held,
    Counted,
    SubjectRow,
    SubjectsListed,
    CutOffsFound,
    WorkListed,
    WorkRow,
    TakersListed,
    TakerRow,
    RulesListed,
    RuleRow,
    RuleSeen,
    RuleChange,
    Insert,
)
