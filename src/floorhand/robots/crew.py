"""A worker made of software: sits at a seat of its own and works until nothing is left to do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from floorhand.domain.keymap import Key, barcode_of
from floorhand.domain.signing_in import FROM_DOCK_TO_DOOR
from floorhand.errors import DatabaseAway
from floorhand.ops.devices import ROBOT
from floorhand.ops.floor import take_seat, take_turn
from floorhand.ops.seats import Turn
from floorhand.robots import sight
from floorhand.robots.eyes import NUMBER, Eyes
from floorhand.robots.mistakes import Mistakes
from floorhand.store.db import Transactions

LOOKS_MAX = 2
"""Times that the same question may come back with "look": some things are typed twice."""

FRUITLESS_MAX = 4
"""Scans in a row that lead nowhere, after which a job is left for another."""

STUCK_MAX = 20
"""Jobs left without having got anywhere, after which a worker does not try them again."""

IDLE_VISITS_MAX = 20
"""Visits in a row to a job, parked or not, in which nothing could be done, before it is left."""

BACKS_MAX = 8
"""Steps back to the menu; then the worker signs out and in again."""

WAITS_MAX = 100
"""Times that a picker looks for goods that come in while nobody works, before it picks without."""

AWAY_MAX = 50
"""Times that one scan is repeated while the database does not answer."""

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Stuck:
    """Where a worker gave up: the question, what was scanned, and what was said to it."""

    worker: str
    job: str
    ask: str
    scanned: str
    said: str
    facts: str


@dataclass(slots=True)
class Tally:
    """What a worker has scanned, and how it went."""

    scans: int = 0
    refusals: int = 0
    mistakes: int = 0
    undos: int = 0
    stuck: list[Stuck] = field(default_factory=list)


class Robot:
    """One worker at one seat.

    Args:
        transactions: The database.
        site: The building.
        seat: Name of its terminal.
        badge: What it signs in with.
        worker: Its number.
        jobs: The jobs it does, the ones it likes best first.
        now: The clock.
        rng: Source of chance.
        mistakes: Probability of a wrong scan before each right one.
        undo: Probability of taking the last scan back, or doing it again, before each right one.
        station: Where its terminal stands.
        slips: Probability of counting some goods of a bin wrong.
    """

    def __init__(
        self,
        transactions: Transactions,
        site: str,
        *,
        seat: str,
        badge: str,
        worker: str,
        now: Clock,
        rng: Random,
        jobs: tuple[str, ...] = FROM_DOCK_TO_DOOR,
        mistakes: float = 0.0,
        undo: float = 0.0,
        station: str = "",
        slips: float = 0.0,
    ) -> None:
        self._transactions = transactions
        self._site = site
        self._seat = seat
        self._badge = badge
        self._worker = worker
        self._jobs = jobs
        self._now = now
        self._eyes = Eyes(transactions, site, worker, rng=rng, slips=slips)
        self._mistakes = Mistakes(transactions, site, rng, mistakes)
        self._rng, self._undo = rng, undo
        self._resting: set[str] = set()
        self._given_up: dict[str, int] = {}
        self._idle_visits: dict[str, int] = {}
        self._avoid: set[str] = set()
        self._fruitless = 0
        self._fruits = 0
        self._leaving = 0
        self._waited = 0
        self._scans_seen = -1
        self._last = ""
        self.tally = Tally()
        self.turn: Turn = self.sit(station)

    def sit(self, station: str) -> Turn:
        """Take the seat; robots whose scans go through another program leave it to that one."""
        seat = self._transactions, self._site, self._seat
        return take_seat(*seat, now=self._now(), station=station, device=ROBOT)

    def step(self) -> bool:
        """Make one scan; False if there is nothing to do for this worker now."""
        turn = self.turn
        if turn.job == "sign_in":
            self._leaving = 0
            self._scan(self._badge)
            return True
        if turn.job == "menu":
            return self._take_up_job()
        if self._leaving:
            self._leave()
            return True
        if (wrong := self._mistakes.next(self._last)) is not None:
            self.tally.mistakes += 1
            self._scan(wrong)
            return True
        if self._rng.random() < self._undo and (key := self._regret()):
            self.tally.undos += 1
            self._scan(key)
            return True
        answer = self._eyes.answer(turn.prompt, self._now(), self._avoid)
        if answer is None:
            self._leave()
        else:
            self._work(answer)
        return True

    def _regret(self) -> str:
        """Take something back, or do it again; empty if neither is offered."""
        offered = [key for key, _ in self.turn.prompt.keys if key in (Key.UNDO, Key.REDO)]
        return barcode_of(self._rng.choice(offered)) if offered else ""

    def wake(self) -> None:
        """Try all jobs again, because something in the building has changed."""
        self._resting.clear()

    def close(self) -> None:
        """End the day; who leads has something to do then."""

    def send(self, scan_no: int, scanned: str) -> Turn:
        """Send one scan on its road; measuring robots look at the clock here."""
        here = self._transactions, self._site, self._seat
        faster_than_anybody_types = "hint"
        return take_turn(*here, scan_no, scanned, self._now(), faster_than_anybody_types, ROBOT)

    def _take_up_job(self) -> bool:
        """Open the first job that this worker may do and for which work stands around."""
        self._leaving = self._fruitless = self._fruits = 0
        self._avoid.clear()
        with self._transactions.begin() as tx:
            waiting = set(sight.work_for(tx, self._site, self._worker, self._jobs))
            coming_in = sight.inbound_going(tx, self._site)
            scans = sight.scans_made(tx, self._site)
        choices = self.turn.prompt.choices
        parked = {one.code for one in choices if one.text.startswith("parked.")}
        codes = [choice.code for choice in choices]
        for job in self._jobs:
            if job not in codes or job in self._resting or job not in waiting | parked:
                continue
            if job == "picking" and coming_in and self._waited < WAITS_MAX and job not in parked:
                continue  # what is still coming in would make orders short for no reason
            if self._given_up.get(job, 0) > STUCK_MAX:
                continue
            if self._idle_visits.get(job, 0) > IDLE_VISITS_MAX:
                continue
            self._waited = 0
            self._scan(str(codes.index(job) + 1))
            return True
        self._waited = (
            self._waited + 1 if coming_in and scans == self._scans_seen else int(coming_in)
        )
        self._scans_seen = scans
        return False

    @property
    def waits(self) -> bool:
        """Say whether this worker has nothing to do only because others are still at theirs."""
        return 0 < self._waited <= WAITS_MAX  # at the maximum it has yet to try picking

    def _work(self, answer: str) -> None:
        before = self.turn
        self._scan(answer)
        said = self.turn.said
        same = self.turn.prompt == before.prompt and self.turn.job == before.job
        if same and (said is None or said.tone not in ("ok", "finished")):
            self._fruitless += 1
            if self._eyes.seen and said is not None and said.tone == "refused":
                self._avoid.add(self._eyes.seen)
            looks = said is not None and said.tone == "look"
            if self._fruitless >= (LOOKS_MAX if looks else FRUITLESS_MAX):
                self._give_up(answer)
            return
        self._fruitless = 0
        self._fruits += 1
        self._avoid.discard(NUMBER)

    def _give_up(self, answer: str) -> None:
        """Leave a job that leads nowhere; where it was refused is noted."""
        said = self.turn.said
        job = self.turn.job
        if said is not None and said.tone == "refused":
            self._given_up[job] = self._given_up.get(job, 0) + 1
            if len(self.tally.stuck) < STUCK_MAX:
                facts = ", ".join(f"{name}={value}" for name, value in said.facts.items())
                ask = self.turn.prompt.ask
                self.tally.stuck.append(
                    Stuck(self.turn.worker, job, ask, answer[:60], said.text, facts)
                )
        self._leave()

    def _leave(self) -> None:
        """Go back to the menu, step by step; the road parks what is in the middle."""
        if self._fruits:
            self._resting.clear()  # what was done here may be what another job waited for
            self._idle_visits.clear()
            self._fruits = 0
        elif not self._leaving:
            self._idle_visits[self.turn.job] = self._idle_visits.get(self.turn.job, 0) + 1
        self._resting.add(self.turn.job)
        self._leaving += 1
        self._scan("*BACK" if self._leaving <= BACKS_MAX else "*OUT")

    def _scan(self, scanned: str) -> None:
        number = self.turn.scan_no + 1
        why = ""
        for _ in range(AWAY_MAX):
            try:
                turn = self.send(number, scanned)
                break
            except DatabaseAway as away:
                why = str(away)
        else:
            raise DatabaseAway(f"seat {self._seat}: no answer to scan {number} ({why})")
        self.tally.scans += 1
        if turn.said is not None and turn.said.tone == "refused":
            self.tally.refusals += 1
        self._last = scanned
        self.turn = turn
