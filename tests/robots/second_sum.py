"""The figures of a shift a second time: rows in, plain loops, nothing of the program's arithmetic.

Only the tables are shared. Each operation is followed by what it moved; each undo takes off what
it moved back, in the period in which it was made.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from floorhand.domain.shifts import Period
from floorhand.store.schema import (
    Inspection,
    Move,
    Operation,
    Order,
    Place,
    PrintJob,
    Return,
    Scan,
)

INBOUND = ("dock", "pallet")


class Books:
    """All that happened in a building, read once."""

    def __init__(self, tx: Session) -> None:
        def read(table: Any, *order: Any) -> list[Any]:
            return list(tx.execute(select(*table.__table__.columns).order_by(*order)))

        self.operations = {one.id: one for one in read(Operation, Operation.at)}
        self.moves = read(Move, Move.at, Move.operation, Move.row)
        self.scans = read(Scan, Scan.at)
        self.kinds = {place.code: place.kind for place in read(Place)}
        self.order_of = {place.code: place.order_no for place in read(Place)}
        self.orders = {f"{one.merchant}/{one.number}": one for one in read(Order)}
        self.returns = {one.number: one for one in read(Return)}
        self.inspections = {one.id: one for one in read(Inspection)}
        self.labels = read(PrintJob)

    def _end(self, place: str) -> str:
        return place if place.startswith("@") else self.kinds[place]

    def _first(self, operation: str) -> tuple[Any, int]:
        """Give the operation whose figures these are, and whether they are taken off."""
        row = self.operations[operation]
        return (self.operations[row.undoes], -1) if row.undoes else (row, 1)

    def flow(self, period: Period, ways: set[tuple[str, str]], not_kind: str = "") -> Counter[str]:
        """Add up the pieces that went one of these ways, less those that went back, by worker."""
        found: Counter[str] = Counter()
        for move in self._moves(period):
            whose, _ = self._first(move.operation)
            way = self._end(move.source), self._end(move.target)
            if whose.kind != not_kind:
                found[whose.worker] += move.pieces * (way in ways)
                found[whose.worker] -= move.pieces * (way[::-1] in ways)
        return found

    def _moves(self, period: Period) -> list[Any]:
        return [one for one in self.moves if period.start <= one.at < period.end]

    def undone(self, period: Period) -> Counter[tuple[str, str]]:
        """Count what was taken back, by who did it and the job it was of."""
        return Counter(
            (one.worker, json.loads(self.operations[one.undoes].facts).get("job", ""))
            for one in self.operations.values()
            if one.undoes and period.start <= one.at < period.end
        )

    def left(self, period: Period) -> Counter[str]:
        """Count the orders whose goods went to customers, less those that came back from there."""
        found: Counter[str] = Counter()
        seen = set()
        for move in self._moves(period):
            for carton, other, sign in (
                (move.source, move.target, 1),
                (move.target, move.source, -1),
            ):
                if other == "@customer" and self.kinds.get(carton) == "carton":
                    order = self.order_of[carton]
                    if (move.operation, order) not in seen:
                        seen.add((move.operation, order))
                        found[order] += sign
        return found

    def due(self, period: Period) -> tuple[int, int]:
        """Count the orders due, and those that had left by then, by the moves of their goods."""
        due = [
            name
            for name, one in self.orders.items()
            if period.start <= one.due_at < period.end
            and one.released_at is not None
            and one.released_at <= one.due_at
        ]
        start = min(one.at for one in self.operations.values())
        gone = {name: self.left(Period("", start, self.orders[name].due_at))[name] for name in due}
        return len(due), sum(count > 0 for count in gone.values())

    def active_s(self, period: Period) -> Counter[tuple[str, str]]:
        """Add up the time between scans, for the job of the later one, in whole seconds."""
        own = defaultdict(list)
        for scan in self.scans:
            if scan.worker and period.start <= scan.at < period.end:
                own[scan.worker].append(scan)
        found: Counter[tuple[str, str]] = Counter()
        for worker, scans in own.items():
            for before, after in pairwise(scans):
                length_s = (after.at - before.at).total_seconds()
                found[worker, after.job] += int(length_s) if length_s <= 300 else 0
        return found

    def active_in_hour(self, period: Period, hour: Period, job: str) -> int:
        """Add up the time before the scans of an hour, back to the scan before, by anybody."""
        scans = [one for one in self.scans if one.worker and period.start <= one.at < hour.end]
        found = 0.0
        for nth, scan in enumerate(scans):
            if scan.at < hour.start or scan.job != job:
                continue
            before = [one.at for one in scans[:nth] if one.worker == scan.worker]
            if before and (scan.at - before[-1]).total_seconds() <= 300:
                found += (scan.at - before[-1]).total_seconds()
        return round(found)

    def idle_whys(self, period: Period) -> dict[tuple[str, datetime], str]:
        """Say of each pause of more than five minutes whether it was for want of work or database.

        For want of work: the scan before it asked for a walk in vain, or in most of its seconds
        whoever had asked last and whoever asked next did, with no walk given out in between.
        """
        scans = [one for one in self.scans if one.worker and period.start <= one.at < period.end]
        asked = [one.at for one in scans if one.no_work]
        walks = [
            one.at
            for one in self.operations.values()
            if one.kind == "GetWork" and json.loads(one.facts).get("claimed")
        ]
        found = {}
        for worker in {one.worker for one in scans}:
            own = [one for one in scans if one.worker == worker]
            for before, after in pairwise(own):
                length_s = int((after.at - before.at).total_seconds())
                if length_s <= 300:
                    continue
                empty = 0
                for second in range(length_s):
                    now = before.at + timedelta(seconds=second)
                    last = max((at for at in asked if at <= now), default=None)
                    following = min((at for at in asked if at > now), default=None)
                    if last and following and not any(last < at <= following for at in walks):
                        empty += 1
                picks = "picking" in (before.job, after.job)
                why = "unexplained"
                if 2 * after.waited_s >= length_s:
                    why = "away"
                elif before.no_work or (picks and 2 * empty >= length_s):
                    why = "no_work"
                found[worker, before.at] = why
        return found

    def lines_picked(self, period: Period) -> int:
        """Count the lines that picks finished, less those that were taken back."""
        found = 0
        for one in self.operations.values():
            whose, sign = self._first(one.id)
            facts = json.loads(whose.facts)
            if period.start <= one.at < period.end and facts.get("job") == "picking":
                found += sign * int(facts.get("lines", 0))
        return found

    def corrections(self, period: Period) -> tuple[int, int]:
        """Add up by how many pieces stock grew and shrank, less what was taken back of that."""
        net: Counter[tuple[str, str, str]] = Counter()
        for move in self._moves(period):
            key = move.operation, move.merchant, move.sku
            net[key] += move.pieces * (
                (move.source == "@correction") - (move.target == "@correction")
            )
        plus = minus = 0
        for (operation, *_), pieces in net.items():
            _, sign = self._first(operation)
            plus += sign * max(0, sign * pieces)
            minus += sign * max(0, -sign * pieces)
        return plus, minus

    def deliveries(self, period: Period) -> dict[str, tuple[str, int]]:
        """Say of each delivery that was open in a period how it stood at its end.

        Returns:
            By number its state, and how many pieces had come in for it, damaged ones as well.
        """
        back = {one.undoes: one.at for one in self.operations.values() if one.undoes}
        came: Counter[str] = Counter()
        for move in self.moves:
            row, _ = self._first(move.operation)
            inward = (move.source == "@supplier") - (move.target == "@supplier")
            if move.at < period.end and (number := json.loads(row.facts).get("delivery")):
                came[number] += move.pieces * inward
        opened: set[str] = set()
        closed: dict[str, datetime] = {}
        for one in sorted(self.operations.values(), key=lambda one: one.at):
            stood = one.at < period.end and back.get(one.id, period.end) >= period.end
            number = json.loads(one.facts).get("delivery")
            if stood and one.kind in ("OpenDelivery", "OpenBlind"):
                opened.add(number)
            if stood and one.kind == "CloseDelivery":
                closed[number] = one.at
        return {
            number: ("closed" if number in closed else "receiving", came[number])
            for number in opened
            if closed.get(number, period.start) >= period.start
        }

    def printed(self, period: Period) -> tuple[int, int]:
        """Count the labels asked for in a period, and how many of them came out in it.

        One whose scan was taken back before it came out is none.
        """
        back = {one.undoes: one.at for one in self.operations.values() if one.undoes}
        mine = [one for one in self.labels if period.start <= one.created_at < period.end]
        out = [one for one in mine if one.sent_at is not None and one.sent_at < period.end]
        asked_in_vain = sum(
            back.get(one.id.rpartition("/")[0], period.end) < period.end
            for one in mine
            if one not in out
        )
        return len(mine) - asked_in_vain, len(out)

    def dock_to_stock(self, period: Period) -> tuple[list[int], int]:
        """Follow each piece from its delivery to a bin, first in first out.

        Returns:
            Seconds of each piece that was put away in the period and stayed, sorted; and how many
            pieces stood where they had come in at its end.
        """
        opened: dict[str, datetime] = {}
        for one in self.operations.values():
            delivery = json.loads(one.facts).get("delivery")
            opened.setdefault(delivery, one.at)
        stands: dict[tuple[str, ...], list[datetime | None]] = defaultdict(list)
        took: dict[str, list[int]] = defaultdict(list)
        for move in self.moves:
            if move.at >= period.end:
                break
            row, goods = self.operations[move.operation], (move.sku, move.lot, move.expiry)
            here, there = stands[move.source, *goods], stands[move.target, *goods]
            if move.source.startswith("@") and move.source != "@correction":
                delivery = json.loads(row.facts).get("delivery")
                here[:] = [opened[delivery] if delivery else None] * move.pieces
            if row.undoes:
                gone, here[len(here) - move.pieces :] = here[len(here) - move.pieces :], []
                there[:0] = gone
                took.pop(row.undoes, None)
            else:
                gone, here[: move.pieces] = here[: move.pieces], []
                there += gone
            if row.kind == "PutAway":
                took[row.id] += [int((move.at - at).total_seconds()) for at in gone if at]
        inside = [
            seconds
            for operation, times in took.items()
            if self.operations[operation].at >= period.start
            for seconds in times
        ]
        waiting = sum(
            at is not None
            for (place, *_), times in stands.items()
            if self._end(place) in INBOUND
            for at in times
        )
        return sorted(inside), waiting
