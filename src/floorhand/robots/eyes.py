"""Read a prompt and say what a worker for whom all goes well would scan or type now.

Robots use it to work, and the hint line of demo screens to show a newcomer without a scanner what
to type. Nothing else does: no rule may lean on it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random

from sqlalchemy.orm import Session

from floorhand.domain.signing_in import JOBS
from floorhand.flows.turn import Prompt
from floorhand.ops.registry import FLOWS
from floorhand.ops.seats import Turn
from floorhand.ops.showing import shown
from floorhand.robots import counting, sight
from floorhand.store.db import Transactions
from floorhand.store.lookup import CODE_DIGITS_MIN

CARRIER = "Demopost"
SENDER = "A. Buyer, Long Street 1"
COMMENT = "damaged by the buyer, see picture"

SHELF_LIFE_DAYS = 365
"""Of goods whose expiry nobody announced: somebody has to read one from the box."""

GRADES = ("1", "2", "3", "4")
GRADE_WEIGHTS = (60, 25, 10, 5)

SKIP, DONE, BACK = "*SKIP", "*DONE", "*BACK"

FINDS = {"counting.find_bin": "counting", "refill.find": "refill"}
"""Questions at which the next work of a job is asked for."""

NUMBER = "@number"
"""Stands for the hinted number among what was refused and is to be avoided."""


class Eyes:
    """A worker's eyes in one building.

    Args:
        transactions: The database, asked only for what the prompt does not show.
        site: The building.
        worker: Whose eyes they are; for the one question that wants somebody else's badge.
        typed: Answer with what a person can type instead of what a scanner sends.
        rng: Decides between answers that are equally right; None: always the first.
        slips: Probability of counting some goods of a bin wrong, 0 to 1.
    """

    def __init__(
        self,
        transactions: Transactions,
        site: str,
        worker: str = "",
        *,
        typed: bool = False,
        rng: Random | None = None,
        slips: float = 0.0,
    ) -> None:
        self._transactions = transactions
        self._site = site
        self._worker = worker
        self._typed = typed
        self._rng = rng
        self._counting = counting.Counting(transactions, site, rng, slips)
        self._labels: dict[str, str] = {}
        self.seen = ""
        """Code of the place or paper behind the last answer, to be avoided if it was refused."""

    def answer(self, prompt: Prompt, now: datetime, avoid: Collection[str] = ()) -> str | None:
        """Say what to scan or type, or None if nothing that fits stands around.

        Args:
            prompt: The question.
            now: For dates on goods that have none in the papers.
            avoid: Codes of places and papers that were refused before, or `NUMBER`.
        """
        self.seen = ""
        if prompt.ask in counting.ASKS and not self._typed:
            return self._counting.answer(prompt)
        if prompt.choices and "choice" in prompt.wants.kinds:
            return self._choose(prompt)
        for kind in prompt.wants.kinds:
            if kind == "done":
                if "pallet" in prompt.wants.kinds and not self._work_to_fetch(avoid):
                    continue
                if prompt.ask in FINDS and not self._is_waiting(FINDS[prompt.ask]):
                    continue
                return DONE
            if kind == "number":
                if prompt.wants.number_hint > 0 and NUMBER not in avoid:
                    self.seen = NUMBER
                    return _quantity(prompt.wants.number_hint)
                continue
            if kind == "text":
                return self._asked(lambda tx: self._text(tx, prompt, now))
            if found := self._see(kind, prompt, avoid):
                return found
        return None

    def _see(self, kind: str, prompt: Prompt, avoid: Collection[str]) -> str:
        wants = prompt.wants
        counts = "number" in wants.kinds and wants.number_hint > 0 and NUMBER not in avoid
        if counts and kind == "piece":
            self.seen = NUMBER
            return _quantity(wants.number_hint)  # counting is quicker than scanning each
        match kind:
            case "piece":
                return self._piece(prompt)
            case "insert":
                return prompt.goods[0].code
            case "badge":
                return self._asked(lambda tx: sight.badge_of(tx, self._site, not_of=self._worker))
            case "delivery":
                self.seen = self._asked(
                    lambda tx: sight.delivery_waiting(tx, self._site, avoid, self._worker)
                )
                return self.seen
            case "return":
                self.seen = self._asked(
                    lambda tx: sight.return_waiting(tx, self._site, avoid, self._worker)
                )
                return self.seen
            case "place" | "bin" | "tote" | "pallet" | "carton" | "cart" | "dock" | "bench":
                return self._place(kind, prompt, avoid)
        return ""

    def _is_waiting(self, job: str) -> bool:
        with self._transactions.begin() as tx:
            return job in sight.upkeep_waiting(tx, self._site, self._worker)

    def _work_to_fetch(self, avoid: Collection[str]) -> str:
        return self._asked(lambda tx: sight.container_to_put_away(tx, self._site, avoid))

    def _place(self, kind: str, prompt: Prompt, avoid: Collection[str]) -> str:
        wanted = prompt.wants.place
        if wanted:
            return self._label(wanted)
        site = self._site
        if kind == "tote" and "order" in prompt.wants.kinds:
            code = self._asked(lambda tx: self._any(sight.totes_to_pack(tx, site, avoid)))
        elif kind in ("pallet", "tote") and "pallet" in prompt.wants.kinds:
            code = self._work_to_fetch(avoid)
        elif kind == "tote":
            code = self._asked(lambda tx: self._any(sight.empty_totes(tx, site, avoid)))
        elif kind == "cart":
            carts = sight.free_carts
            code = self._asked(lambda tx: self._any(carts(tx, site, avoid, self._worker)))
        elif kind in ("place", "bin"):
            code = ""  # any bin would do, and eyes alone cannot tell which
        else:
            code = self._asked(lambda tx: sight.place_of_kind(tx, site, kind, avoid))
        self.seen = code
        return self._label(code, typed_code=True) if code else ""

    def _label(self, place: str, *, typed_code: bool = False) -> str:
        """Give what to scan at a place, or to type: digits where presence counts, else its code."""
        if self._typed and typed_code:
            return place
        if place not in self._labels:
            see = sight.label_of if typed_code else sight.proof_at
            if self._typed:
                see = sight.to_type_at
            self._labels[place] = self._asked(lambda tx: see(tx, self._site, place))
        return self._labels[place]

    def _piece(self, prompt: Prompt) -> str:
        merchant, _, sku = prompt.wants.sku.partition("/")
        if not sku:
            return ""
        if prompt.wants.sku not in self._labels:
            self._labels[prompt.wants.sku] = self._asked(
                lambda tx: sight.barcode_of(tx, self._site, merchant, sku, short=self._typed)
            )
        return self._labels[prompt.wants.sku]

    def _any(self, codes: Sequence[str]) -> str:
        if not codes:
            return ""
        return self._rng.choice(codes) if self._rng else codes[0]

    def _choose(self, prompt: Prompt) -> str:
        if self._rng is not None and prompt.ask == "returns.grade":
            return self._rng.choices(GRADES, GRADE_WEIGHTS)[0]
        return str(next((n for n, one in enumerate(prompt.choices, 1) if one.fits), 1))

    def _text(self, tx: Session, prompt: Prompt, now: datetime) -> str:
        """Read what is printed on the goods in hand, or write what nobody can read off."""
        facts = dict(prompt.facts)
        item = prompt.goods[0] if prompt.goods else None
        sku = prompt.wants.sku.partition("/")[2] or (item.code if item else "")
        merchant = prompt.wants.sku.partition("/")[0] or next(iter(prompt.wants.merchants), "")
        job, _, question = prompt.ask.partition(".")
        match job, question:
            case "receiving", "lot" | "expiry":
                lot, expiry = sight.announced(tx, self._site, merchant, sku)
                if question == "lot":
                    return lot or f"L{now:%y%m%d}"
                return self._date(expiry, facts.get("fact.date_order_text", ""), now.date())
            case "receiving", "serial":
                return f"SN{now:%y%m%d%H%M%S%f}"
            case "returns", "lot" | "expiry" | "serial":
                lot, expiry, serial = sight.sent_out(tx, self._site, merchant, sku)
                order = str(dict(prompt.ask_facts).get("order_text", ""))
                told = {"lot": lot, "serial": serial}.get(question, "")
                if question == "expiry" and expiry:
                    told = self._date(expiry, order, now.date())
                return told or ("" if self._typed else SKIP)
            case "returns", "carrier":
                return CARRIER
            case "returns", "sender":
                return SENDER
            case "returns", "comment":
                return COMMENT
            case "returns", _:
                return SKIP
            case _, "scan_serial":
                return facts.get("fact.serial", "") or (item.code if item else "")
        return SKIP

    def _date(self, iso: str, order: str, today: date) -> str:
        day = date.fromisoformat(iso) if iso else today + timedelta(days=SHELF_LIFE_DAYS)
        return day.strftime("%d%m%y" if order.endswith("DDMMYY") else "%y%m%d")

    def _asked(self, question: Callable[[Session], str]) -> str:
        with self._transactions.begin() as tx:
            return question(tx)


def _quantity(pieces: int) -> str:
    """Write a quantity so that it is not taken for a short product code."""
    digits = str(pieces)
    return digits if len(digits) < CODE_DIGITS_MIN else f"*QTY {digits}"


def hint(transactions: Transactions, site: str, turn: Turn, now: datetime) -> str:
    """Say what to type next, for the hint line of demo screens; empty if nothing can be said.

    That a mark cannot be read is never hinted: such a piece is not sold again.

    A key is given as its command barcode. At the menu it is the number of the job for which work
    waits most. A job that was chosen is done first; after that the hint leads back to the menu if
    another job has become more urgent, so that who follows the hints sees goods through to the
    door. Picking begins with one order, without a cart: that is the shortest way to a parcel.
    """
    if turn.job == "sign_in":
        with transactions.begin() as tx:
            return sight.badge_of(tx, site) if "badge" in turn.prompt.wants.kinds else ""
    if turn.job == "menu":
        return job_number(transactions, site, turn.prompt, turn.worker)
    if _at_start(turn):
        waiting = _jobs_waiting(transactions, site, turn.worker)
        just_finished = turn.said is not None and turn.said.tone != "refused"
        if turn.job not in (waiting[:1] if just_finished else waiting):
            return BACK
        if turn.job == "picking":
            return DONE
    answer = Eyes(transactions, site, turn.worker, typed=True).answer(turn.prompt, now)
    return BACK if answer is None else answer


def _at_start(turn: Turn) -> bool:
    """Say whether a job is at its first question, with nothing open."""
    if turn.job not in JOBS:
        return False
    start = shown(turn.job, FLOWS[turn.job].START)
    return replace(turn.prompt, keys=()) == replace(start, keys=())  # F2 may be there, too


def _jobs_waiting(transactions: Transactions, site: str, worker: str) -> tuple[str, ...]:
    with transactions.begin() as tx:
        return sight.jobs_waiting(tx, site, worker)


def job_number(transactions: Transactions, site: str, prompt: Prompt, worker: str) -> str:
    """Give the number, in the menu, of the job for which work waits; empty if none does."""
    waiting = _jobs_waiting(transactions, site, worker)
    codes = [choice.code for choice in prompt.choices]
    return next((str(codes.index(job) + 1) for job in waiting if job in codes), "")
