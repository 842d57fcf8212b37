"""Bad scans at every question of every job: one clear sentence each, and nothing is changed.

Robots work through the demo, and the floor scripts are played again. Whenever a question comes up
that was not met before, everything in `bad_scans` is thrown at it before it is answered.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module
from pathlib import Path
from random import Random

import pytest
from bad_scans import CONTROLS, NUMBERS, RUBBISH, Met, Notes, barrage, question_of
from conftest import NOW, SITE, new_warehouse
from homes import home_of
from scripts.test_scripts import SCRIPTS, Stage
from sqlalchemy import insert, select, update
from warehouses import packing

from floorhand.domain.signing_in import JOBS
from floorhand.ops.floor import Turn
from floorhand.robots.crew import Robot
from floorhand.robots.demo import build_demo
from floorhand.store.db import Transactions, engine_of, open_database
from floorhand.store.schema import Barcode, Sku, Worker
from floorhand.text.catalog import ASSETS

STEPS_MAX = 5_000

ANY = frozenset({"*"})
TEXTS = frozenset(
    {
        *("unknown", "markup", "markup_click", "markup_html", "zpl", "formula", "sql", "braces"),
        *("path", "link", "emoji", "own_mark_alone", "typed_worker", "choice_typed"),
        *(kind for kind in NUMBERS if kind.startswith("number_")),
    }
)
"""What is odd, but can be printed, read and typed again."""

SEPARATED = frozenset(f"control_{number:02x}" for number in (0x04, *range(0x1C, 0x20)))
TOTALS = frozenset({"number_large", "command_large", "choice_typed", "typed_worker"})
ZEROS = frozenset({"number_zero", "command_zero"})
PARCEL = frozenset({"return", "order", "wrong_carton", "wrong_piece"})


@dataclass(frozen=True, slots=True)
class Taken:
    """Scans that are bad elsewhere and an answer here, and why."""

    asks: frozenset[str]
    kinds: frozenset[str]
    why: str


def taken(asks: str, kinds: frozenset[str] | str, why: str) -> Taken:
    named = frozenset(kinds.split()) if isinstance(kinds, str) else kinds
    return Taken(frozenset(asks.split()), named, why)


TAKEN = (
    Taken(ANY, frozenset({"key_lock"}), "F12 signs out wherever one is; the work is parked"),
    Taken(ANY, frozenset({"other_badge"}), "a colleague signs in; what is open is parked"),
    Taken(ANY, frozenset({"key_back"}), "F3 leads to the menu where a flow has no step back"),
    taken(
        "sign_in.scan_badge sign_in.type_pin sign_in.locked",
        "other_badge",
        "every badge signs in",
    ),
    taken("sign_in.scan_badge", "typed_worker", "the number of a worker, who types the PIN next"),
    taken(
        "menu.choose",
        "order delivery return other_badge typed_bin wrong_piece wrong_bin wrong_tote wrong_dock"
        " wrong_bench wrong_cart wrong_carton wrong_pallet",
        "any known thing opens its job or is looked up",
    ),
    taken(
        "receiving.scan_delivery receiving.choose receiving.scan_dock",
        "delivery",
        "another delivery may be opened instead",
    ),
    taken(
        "handing_over.note",
        TEXTS | {"number_huge", "order", "wrong_piece", "wrong_tote", "wrong_cart", "wrong_bench"},
        "a note may say anything, and is read again before it is handed over",
    ),
    taken("receiving.whose", "wrong_piece", "a piece tells whose delivery it is"),
    taken(
        "learning.offer",
        "wrong_piece wrong_dock wrong_pallet order delivery return",
        "whatever is known goes on with the work, and nothing is taught",
    ),
    taken(
        "receiving.scan_piece receiving.all_counted",
        TEXTS | {"number_huge"},
        "who may teach a barcode is asked whether to; nothing is taught by that",
    ),
    taken(
        "learning.how_many_inner learning.how_many_case",
        "choice_typed",
        "so many pieces may be in a pack",
    ),
    taken(
        "labelling.doubt labelling.down labelling.down_alone labelling.which labelling.why",
        "order wrong_bench wrong_tote",
        "whoever goes on working is not held up by a label",
    ),
    taken(
        "labelling.down labelling.down_alone labelling.why",
        "wrong_carton",
        "the label of the parcel that was packed last: it did come out",
    ),
    taken("labelling.which", "wrong_carton", "the parcel whose label is wanted: any that has one"),
    taken(
        "labelling.doubt labelling.down labelling.why",
        "wrong_piece",
        "a piece is counted as at the question before, by whoever goes on working",
    ),
    taken("learning.which", "wrong_piece", "a product may be scanned; nothing is bound by that"),
    taken(
        "receiving.scan_dock receiving.scan_piece receiving.all_counted",
        "wrong_dock",
        "goods may stand at any dock",
    ),
    taken(
        "receiving.scan_piece receiving.all_counted receiving.scan_again receiving.close"
        " receiving.lines",
        "wrong_piece",
        "a piece of the merchant that nobody announced is asked about",
    ),
    taken(
        "receiving.scan_piece receiving.all_counted",
        TOTALS | ZEROS,
        "a typed total; one beyond what was announced is asked for twice",
    ),
    taken(
        "receiving.lot receiving.serial returns.lot returns.serial",
        TEXTS,
        "suppliers print what they like; it is data wherever it is shown",
    ),
    taken(
        "receiving.lot receiving.serial returns.lot returns.serial returns.carrier returns.sender"
        " returns.comment returns.picture",
        "delivery return order typed_bin wrong_tote wrong_bench wrong_carton",
        "what is typed is text, whatever else is called so; labels with our own mark are not",
    ),
    taken("receiving.expiry returns.expiry", "typed_worker order", "1001 is October 2001"),
    taken(
        "packing.take_over picking.take_over returns.take_over",
        "order station wrong_tote wrong_cart wrong_bench wrong_piece wrong_carton",
        "other work, which nobody has",
    ),
    taken("putaway.no_bin", "wrong_bin", "a bin that the worker knows to have room"),
    taken("receiving.scan_number_again", "wrong_piece", "another piece is counted instead"),
    taken(
        "putaway.scan_bin putaway.why_other",
        "wrong_bin",
        "another legal bin takes a reason",
    ),
    taken("putaway.scan_source", "wrong_pallet wrong_piece", "goods that wait for put-away"),
    taken(
        "counting.which_lot counting.which_serial",
        TEXTS
        | {"number_huge"}
        | frozenset(
            ["order", "typed_bin", "wrong_bench", "wrong_cart", "wrong_pallet", "wrong_tote"]
        ),
        "suppliers print what they like; what it is called here may be called so there",
    ),
    taken("counting.which_expiry", "order", "four digits are a month and a year"),
    taken("refill.how_many refill.how_many_fit", ZEROS, "none is there, or none fits"),
    taken("refill.scan_tote", ZEROS, "counts again from none"),
    taken("refill.scan_tote", "wrong_tote", "any empty tote will do"),
    taken("counting.find_bin", "wrong_bin", "any bin may be counted"),
    taken("counting.count", "wrong_piece", "whatever is in the bin is counted"),
    taken("counting.how_many_damaged", ZEROS, "none is damaged after all"),
    taken("planning.counts", "wrong_bin", "any bin can be counted"),
    taken("picking.scan_cart", "wrong_cart", "any free cart will do"),
    taken("picking.scan_empty_tote", "wrong_tote", "any empty tote will do"),
    taken("picking.bring_tote", "wrong_dock wrong_bench", "any bench or dock will do"),
    taken("picking.scan_piece", ZEROS, "counts again from none"),
    taken("picking.how_many", ZEROS, "none could be taken"),
    taken("packing.scan_tote", "wrong_tote order", "another order that is ready"),
    taken("packing.scan_tote", "station wrong_bench", "says at which bench one packs"),
    taken("menu.choose sign_in.scan_badge", "station", "says where the terminal stands"),
    taken(
        "leading.desk leading.deeds leading.read leading.read_back leading.why",
        "order delivery return wrong_bench wrong_carton wrong_tote wrong_bin wrong_dock wrong_cart"
        " wrong_pallet wrong_piece typed_bin",
        "asks what was done with it last; nothing is changed by that",
    ),
    taken(
        "correcting.place correcting.goods correcting.empty exceptions.which",
        "order delivery return wrong_bench wrong_carton wrong_tote wrong_bin wrong_dock wrong_cart"
        " wrong_pallet wrong_piece typed_bin",
        "asks what the books have there, or what is open about it; nothing is changed by that",
    ),
    taken(
        "correcting.count",
        TOTALS | ZEROS | {"choice_typed", "number_negative", "order", "wrong_bin"},
        "any number; it is booked after a reason, and a large one by another person",
    ),
    taken("correcting.expiry", "typed_worker order", "1001 is October 2001"),
    taken(
        "correcting.lot correcting.serial",
        TEXTS
        | {"delivery", "return", "order", "typed_bin", "choice_typed", "wrong_piece", "wrong_tote"}
        | {"wrong_bench", "wrong_cart", "wrong_pallet", "wrong_carton", "typed_worker"},
        "suppliers print what they like; it is data wherever it is shown",
    ),
    taken("exceptions.owner", "typed_worker", "the number of who shall look after it"),
    taken("menu.choose", TEXTS | {"number_large"}, "a lead may teach what is not known"),
    taken(
        "control.desk control.list_held control.list_order control.list_merchant control.list_lot"
        " control.list_out control.list_sku control.list_empty control.at_order"
        " control.at_merchant control.at_sku control.at_lot control.at_bin",
        "order wrong_bin typed_bin wrong_tote wrong_carton wrong_piece",
        "shows how it stands; nothing is changed by that",
    ),
    taken(
        "control.why control.why_recall",
        TEXTS | {"delivery", "return", "typed_bin", "wrong_tote", "wrong_bench", "wrong_cart"},
        "the reason in words of one's own; it is data wherever it is shown",
    ),
    taken(
        "control.at_rule",
        TEXTS
        | TOTALS
        | ZEROS
        | frozenset(
            ["delivery", "return", "order", "typed_bin", "wrong_tote", "wrong_bench", "wrong_cart"]
        ),
        "a number or words, as the rule wants; they are data wherever they are shown",
    ),
    taken("control.at_part", TOTALS | ZEROS | {"order"}, "a number, as the part is one"),
    taken(
        "control.insert_name control.insert_code control.insert_until",
        TEXTS
        | SEPARATED
        | TOTALS
        | ZEROS
        | frozenset(
            ["delivery", "return", "order", "typed_bin", "wrong_tote", "wrong_bench", "wrong_cart"]
        )
        | {"wrong_pallet", "wrong_carton", "wrong_piece", "typed_worker", "choice_typed"},
        "merchants call their inserts as they like; nothing holds before it is kept",
    ),
    taken("control.insert_from", TOTALS, "so many pieces; nothing holds before it is kept"),
    taken("control.due", TOTALS | ZEROS | {"order"}, "a time of day that is looked at first"),
    taken("packing.scan_piece", ZEROS, "counts again from none"),
    taken(
        "returns.scan_return returns.unknown_parcel returns.which_kind",
        TEXTS | SEPARATED | {"longest"},
        "nobody knows the parcel, which is asked about next",
    ),
    taken(
        "returns.scan_return returns.unknown_parcel returns.which_kind",
        PARCEL,
        "another parcel, by any of its codes",
    ),
    taken("returns.scan_piece", "return", "another parcel, as nothing of this one is counted"),
    taken(
        "returns.scan_piece returns.next_or_close returns.all_found returns.what_else"
        " returns.confirm_missing returns.which_sku",
        "wrong_piece",
        "what is in the parcel is in it, announced or not",
    ),
    taken(
        "returns.scan_piece returns.next_or_close returns.all_found returns.decide",
        "wrong_tote",
        "restocked pieces go into any free tote",
    ),
    taken("picking.scan_tote", "wrong_bin", "the place just picked from: look, go on to the tote"),
    taken(
        "returns.how_many returns.grade",
        TOTALS | {"order"},
        "a typed total; ten times what was announced is asked for twice",
    ),
    taken("returns.how_many returns.grade", ZEROS, "takes the count back"),
    taken("returns.second_badge", "other_badge", "any other worker may be the witness"),
    taken(
        "returns.carrier returns.sender returns.comment returns.picture",
        TEXTS | {"order", "wrong_piece"},
        "free text; it is data wherever it is shown",
    ),
)

KNOWS_A_SECRET = frozenset({"sign_in.type_pin", "sign_in.scan_badge", "sign_in.locked"})
"""Here wrong answers are counted, so that nobody can try them all."""

MET_ELSEWHERE = frozenset({"seat.taken"})
"""Asked by a terminal alone: see `tests/ops`."""


class Teased(Robot):
    """A robot that answers each question only after all that is no answer was tried."""

    notes: Notes

    def send(self, scan_no: int, scanned: str) -> Turn:
        tease(self.notes, self._transactions, self.turn, self._now())
        return super().send(scan_no, scanned)


class TeasedStage(Stage):
    """The stage of a floor script; the same."""

    def __init__(self, transactions: Transactions, notes: Notes) -> None:
        super().__init__(transactions)
        self.notes = notes

    def scan(self, scanned: str) -> Turn:
        now = NOW + timedelta(seconds=self.seconds + 1)
        tease(self.notes, self.transactions, self.turn, now)
        return super().scan(scanned)


def tease(notes: Notes, transactions: Transactions, turn: Turn, now: datetime) -> None:
    if question_of(turn.prompt) not in notes.questions:
        counted = frozenset({"guess"}) if turn.prompt.ask in KNOWS_A_SECRET else frozenset()
        barrage(transactions, turn, now, notes, may_change=counted)


def robots_work(folder: Path, notes: Notes) -> None:
    """Let two robots do all there is to do in the demo."""
    transactions = open_database(home_of(folder / "floor.db"))
    build_demo(transactions, SITE, NOW)
    seconds = iter(range(0, 1_000_000, 4))
    with transactions.begin() as tx:
        crew = tx.execute(select(Worker.code, Worker.badge).order_by(Worker.code).limit(2)).all()
    robots = [
        Teased(
            transactions,
            SITE,
            seat=f"R{number}",
            badge=badge,
            worker=worker,
            now=lambda: NOW + timedelta(seconds=next(seconds)),
            rng=Random(number),
        )
        for number, (worker, badge) in enumerate(crew)
    ]
    for robot in robots:
        robot.notes = notes
    for _ in range(STEPS_MAX):
        if not any([robot.step() for robot in robots]):
            for robot in robots:
                robot.wake()
            if not any([robot.step() for robot in robots]):
                break
    else:
        pytest.fail("the robots did not finish")
    assert all(robot.tally.stuck == [] for robot in robots)
    engine_of(transactions).dispose()


def scripts_are_played(folder: Path, notes: Notes) -> None:
    """Play what the floor scripts scan, and what leads to the rarer questions."""
    played = [(path.stem, path.read_text("utf-8").splitlines()) for path in SCRIPTS]
    for name, lines in (*played, *RARE.items()):
        warehouse = import_module(f"warehouses.{lines[0].removeprefix('@ ')}")
        transactions = new_warehouse(folder, f"{name}.db")
        warehouse.build(transactions)
        if warehouse is packing:
            add_order_of_two_lines(transactions)
        if name in RARE:
            allow_everything(transactions)
        stage = TeasedStage(transactions, notes)
        if not any(line.startswith("@ worker ") or line == "@ nobody" for line in lines):
            stage.sign_in(warehouse.WORKER)
        for line in lines[1:]:
            stage.follow(line)
        engine_of(transactions).dispose()


def allow_everything(transactions: Transactions) -> None:
    with transactions.begin() as tx:
        tx.execute(update(Worker).values(roles=f"blind {' '.join(JOBS)}"))


def add_order_of_two_lines(transactions: Transactions) -> None:
    with transactions.begin() as tx:
        tx.execute(insert(Sku).values(site=SITE, merchant="FERN", code="CUP", name="Cup"))
        tx.execute(insert(Barcode).values(site=SITE, merchant="FERN", code="CUP-1", sku="CUP"))
        lines, totes = (("TEA", 3), ("CUP", 1)), {"T-50": ("3 TEA", "1 CUP")}
        packing.picked_order(tx, 50, "FERN/8", 1, lines, totes)


MILK, MUG = "09506000134406", "09506000134352"
NO_OTHER_ORDER = "DELETE FROM order_line WHERE \"order\" <> '1001' OR line_no > 1"
RARE = {
    "serial_of_a_stop": [
        *("@ picking", f"@ books {NO_OTHER_ORDER}", "@ books UPDATE order_line SET sku = 'CAM'"),
        "@ books DELETE FROM orders WHERE number <> '1001'",
        *("@ job picking", "> CART-1", "> T-1", "> BIN-C-01", "> CAM-1", "> *BACK"),
    ],
    "long_idle": [
        *("@ people", "@ books UPDATE seat SET locks_after_s = 60"),
        *("@ later 120", "> 1", "> BADGE-ANA"),
    ],
    "pin": ["@ people", "@ nobody", "> W3", "> 471108"],
    "whose": ["@ people", f"> {MUG}", "> 1"],
    "cancelled_line": [
        *("@ packing", "@ job packing"),
        *("> T-50", "> *DONE", "> CUP-1", "> TEA-1", "> *SHORT", "> 1", "> 1", "> *DONE"),
    ],
    "two_lots": [
        *("@ inbound", "@ job receiving"),
        *("> D-200", "> LD1", f"> {MILK}", "> L7", "> 311227"),
        *("> *LIST", "> 1", f"> {MILK}", "> L8", "> 301127", "> *DONE", "> *DONE", "> *BACK"),
        *("@ job putaway", f"> {MILK}", "> 1"),
    ],
    "all_bins_full": [
        *("@ inbound", "@ job receiving"),
        *("> D-100", "> LD1", f"> {MUG}", "> *DONE", "> *DONE", "> *BACK"),
        *("@ job putaway", f"> {MUG}", "> 1", *(["> *SHORT"] * 6), "> *DONE"),
    ],
    "more_than_announced": [
        *("@ inbound", "@ job receiving", "> D-100", "> LD1", f"> ]C101{MUG}30500", "> *BACK"),
    ],
    "two_papers": ["@ packing", "@ job packing", "> 1001", "> *BACK"],
    "taken_over_at_the_bench": [
        *("@ packing", "@ worker W1", "@ job packing", "> T-1", "> *OUT"),
        *("@ worker W2", "@ job packing", "> T-1", "> *BACK"),
    ],
    "taken_over_on_a_walk": [
        *("@ picking", "@ worker W1", "@ job picking", "> CART-1", "> *OUT"),
        *("@ worker W2", "@ job picking", "> CART-1", "> *BACK"),
    ],
    "put_back": [
        *("@ packing", "@ job packing", "> T-1", f"> {MUG}", "> *FULL", "> *DONE"),
        *("@ cancel ACME/1001", "> *BACK", "> *BACK"),
        *("@ job putaway", "> *DONE", "> T-1", "> *DONE", "> *DONE", "> *BACK"),
    ],
    "into_a_tote": [
        *("@ returns", "@ job returns"),
        *("> TRK-1", "> *LIST", "> *BACK", "> TOTE-1", f"> {MUG}", "> 2", "> 1", "> *DONE"),
    ],
}
"""Questions that no floor script comes to; written like one."""


def named_asks() -> frozenset[str]:
    """All questions there are: each has a help text."""
    texts = (ASSETS / "text" / "en.po").read_text("utf-8")
    helps = (line[12:-1] for line in texts.splitlines() if line.startswith('msgid "help.'))
    return frozenset(one.removeprefix(".") for one in helps)


TOLD_FIRST = frozenset({"picking.gone_order_held", "refusal.work_freed"})
"""Whatever is scanned, it is told first that the order was held meanwhile, or the work freed."""


def without_reason(notes: Notes) -> Iterator[Met]:
    for met in notes.taken:
        if met.said not in TOLD_FIRST and not any(
            (one.asks is ANY or met.ask in one.asks) and met.kind in one.kinds for one in TAKEN
        ):
            yield met


@pytest.mark.parametrize("work", [robots_work, scripts_are_played])
def test_a_bad_scan_gets_one_clear_sentence_and_changes_nothing(tmp_path: Path, work) -> None:
    notes = Notes()
    work(tmp_path, notes)
    met_by_none = named_asks() - notes.asks
    if work is robots_work:
        assert {ask.partition(".")[0] for ask in notes.asks} >= {"receiving", "putaway", "picking"}
    else:
        assert met_by_none == MET_ELSEWHERE
    assert notes.thrown > len(notes.asks) * len(RUBBISH | CONTROLS | NUMBERS)
    assert notes.faults == []
    assert list(without_reason(notes)) == []
