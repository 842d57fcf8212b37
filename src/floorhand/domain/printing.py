"""How the printer of a station stands, and what becomes of its labels: the words of the floor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

PRINTING_JOBS: Final = ("packing", "receiving", "returns")
"""Jobs that ask for labels: whoever does one sees how the printer is."""

SHIPPING: Final = "shipping"
"""The template of the label that a parcel travels with."""

WITHOUT_PRINTER: Final = frozenset(
    {"picking", "putaway", "leading", "handing_over", "settings", "scanner"}
)
"""Conversations in which nobody waits for a label, and no word is lost about the printer."""

ABLE: Final = frozenset({"", "ready", "busy"})
"""Conditions in which a printer prints, as far as anybody knows."""

MISSING: Final = "missing"
"""The condition of a printer that a station names and that is not there."""

UNSENT: Final = "unsent"
"""The condition of every printer while nobody can send labels."""

LABEL_LATE_S: Final = 30
"""A label that waits longer turns the header red."""

SENDING_MAX_S: Final = 180
"""No printer takes longer for a label. Of one that is longer on its way nobody knows whether it
came out: whoever sent it cannot tell."""

LABEL_SOON_S: Final = 3
"""A label that has waited no longer is about to come out: no word is lost about it."""


TONES: Final = ("calm", "look", "refused")
"""How bad it is with a printer, the worst last."""


@dataclass(frozen=True, slots=True)
class Stands:
    """How a printer stands.

    ``condition`` is one of `floorhand.labels.printers.Condition`, ``MISSING``, ``UNSENT``, or empty
    if it was never asked; ``told`` is what it said itself. ``waiting``, ``doubt`` and ``failed``
    count its labels in those states; ``late`` says that one waits longer than `LABEL_LATE_S`.
    ``elsewhere``: labels of a station wait there that prints at another one by now; only these are
    counted.
    """

    code: str
    condition: str = ""
    told: str = ""
    paused: bool = False
    waiting: int = 0
    late: bool = False
    doubt: int = 0
    failed: int = 0
    elsewhere: bool = False

    @property
    def down(self) -> str:
        """Name what keeps it from printing; empty if nothing does."""
        if self.condition in ABLE:
            return "paused" if self.paused else ""
        return self.condition

    @property
    def tone(self) -> str:
        """Say how bad it is, as one of `TONES`."""
        if self.late or self.failed:
            return "refused"
        return "look" if self.down or self.waiting or self.doubt else "calm"

    def is_worse_than(self, before: Stands | None) -> bool:
        """Say whether something has gone wrong since, which is worth a signal."""
        if before is None or before.code != self.code:
            return bool(self.down or self.failed or self.doubt)
        newly_down = bool(self.down) and self.down != before.down
        return newly_down or self.failed > before.failed or self.doubt > before.doubt

    @property
    def words(self) -> tuple[tuple[str, dict[str, str | int]], ...]:
        """Say it as text keys with facts, what matters most first.

        One key if all is well, none if nobody has asked the printer yet.
        """
        told: list[tuple[str, dict[str, str | int]]] = []
        if self.down:
            told.append((f"printer.{self.down}", {"printer": self.code}))
        counts = (("failed", self.failed), ("doubt", self.doubt), ("waiting", self.waiting))
        told += [(f"printer.{name}", {"count": count}) for name, count in counts if count]
        if not told and self.condition:
            return (("printer.ready", {}),)
        return tuple(told)


# Commands and outcomes


@dataclass(frozen=True, slots=True)
class LookAtLabel:
    """Look how the label of something stands; without a subject, the last one asked for here.

    ``order`` is ``merchant/number``: the label of its last parcel.
    """

    template: str
    subject: str = ""
    order: str = ""


@dataclass(frozen=True, slots=True)
class LabelSeen:
    """How a label stands. ``state`` is empty if none was ever asked for.

    ``stands`` is the printer that it waits for, or else the one here; ``neighbour`` takes over.
    """

    template: str
    subject: str
    state: str
    stands: Stands
    neighbour: str = ""


@dataclass(frozen=True, slots=True)
class Reprint:
    """Print a label once more, for one of `floorhand.domain.labels.REASONS`."""

    template: str
    subject: str
    reason: str


@dataclass(frozen=True, slots=True)
class Reprinted:
    """It is queued as copy number ``copy``; 1: nothing of it had come out."""

    subject: str
    copy: int
    printer: str


@dataclass(frozen=True, slots=True)
class ConfirmLabel:
    """Say that the label of ``subject`` came out and sticks where it belongs: it was scanned."""

    template: str
    subject: str


@dataclass(frozen=True, slots=True)
class LabelConfirmed:
    """It is confirmed; ``again`` says that it was before. ``order`` is empty if it has none."""

    subject: str
    order: str
    again: bool = False
