"""A job in plain lines."""

from __future__ import annotations

import io
import shutil
import threading
from collections import namedtuple
from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest
from conftest import NOW, SITE, new_warehouse
from crash.wire import Way, Wire
from homes import home_of
from sqlalchemy import make_url, select
from tui.screens import MENU, PICK, REFUSED
from warehouses import people, picking

from floorhand.cli import main
from floorhand.domain.keymap import Key
from floorhand.errors import DatabaseAway, DatabaseUnusable, NoRoom
from floorhand.flows.turn import Said
from floorhand.flows.waiting import SCANS_WAITING_MAX
from floorhand.ops import floor
from floorhand.ops.devices import ANYBODY
from floorhand.store.db import engine_of, open_database
from floorhand.store.schema import Scan, Seat
from floorhand.talk import Talk, render_keys, render_lines
from floorhand.text.catalog import catalog
from floorhand.typed import LINE_BYTES_MAX, read_scan, typed_lines


def talk(
    transactions, source: bytes, job: str = "", who=("", ""), echo: bool = True, now=lambda: NOW
) -> list[str]:
    target = io.StringIO()
    told = Talk(
        transactions,
        site=SITE,
        seat="T1",
        station="",
        catalogs=catalog,
        lines=typed_lines(io.BytesIO(source)),
        target=target,
        echo=echo,
        now=now,
        device=ANYBODY,
        pause=lambda _s: None,
    )
    assert told.run(job, *who) == 0
    return target.getvalue().splitlines()


def without_keys(lines: list[str]) -> list[str]:
    return [line for line in lines if not line.startswith("  (")]


def test_a_turn_is_written_in_one_line_with_everything_to_act_on() -> None:
    assert render_lines(PICK, catalog("en")) == [
        f"  {catalog('en').say('picking.scan_place')} | A-12-04-3 | 2 | Tote T-0017"
        " | ▶ 2 × MUG-BLUE-330 Mug, blue, 330 ml, dishwasher-safe (lot L7)"
        " | 1 × CAP-RED Cap, red | 3/8"
    ]


@pytest.mark.parametrize(("tone", "sign"), [("ok", "*"), ("look", "~"), ("refused", "!")])
def test_how_the_last_scan_went_comes_first(tone: str, sign: str) -> None:
    turn = replace(PICK, said=replace(REFUSED, tone=tone))
    assert render_lines(turn, catalog("en"))[0].startswith(f"{sign} 99 is not what stands")


def test_choices_are_numbered_and_keys_are_what_to_type() -> None:
    assert render_lines(MENU, catalog("en"))[1].endswith(
        "1 Receiving | 2 Put-away | 3 Picking | 4 Packing | 5 Returns"
    )
    prompt = replace(PICK.prompt, keys=((Key.SKIP, "key.skip"), (Key.DONE, "key.done")))
    assert render_keys(prompt, catalog("it")) == "  (*SKIP Salta, *DONE Fatto)"


def test_hostile_data_stays_on_its_line_and_sends_nothing_to_the_terminal() -> None:
    said = Said("refusal.unknown_barcode", {"code": "a\x1b[2J\r\n* done\x07"}, "refused")
    lines = render_lines(replace(PICK, said=said, prompt=replace(PICK.prompt, place="\x9b2J\n")),
                         catalog("en"))  # fmt: skip
    assert len(lines) == 2
    assert all(line.isprintable() for line in lines)


def test_a_line_is_a_scan() -> None:
    assert read_scan("> T-1") == "T-1"
    assert read_scan("T-1") == "T-1"
    assert read_scan("> ]d201<GS>10L") == "]d201\x1d10L"
    assert read_scan("> > x") == "> x"
    assert read_scan("F3") == "*BACK"
    assert read_scan("> f12") == "*OUT"


def test_a_job_is_done_in_lines_and_the_seat_keeps_its_place(transactions) -> None:
    picking.build(transactions)
    with transactions.begin() as tx:
        from floorhand.store.masters import badge_of

        badge = badge_of(tx, SITE, picking.WORKER)
    lines = talk(transactions, b"> CART-1\nT-1\r\n\nNOPE\n", "picking", ("W1", badge))
    assert without_keys(lines)[-9:] == [
        "> CART-1",
        "* New walk. Orders: 2. Scan a tote for each.",
        "  Scan an empty tote | 1 | Slot 1/2 | Order ACME/1001 | 0/2",
        "> T-1",
        "* Tote T-1 is for order ACME/1001.",
        "  Scan an empty tote | 2 | Slot 2/2 | Order ACME/1002 | 1/2",
        "> NOPE",
        "! NOPE is not known here. Scan an empty tote.",
        "  Scan an empty tote | 2 | Slot 2/2 | Order ACME/1002 | 1/2",
    ]
    again = without_keys(talk(transactions, b""))
    assert again[-1] == "  Scan an empty tote | 2 | Slot 2/2 | Order ACME/1002 | 1/2"


def test_the_job_opens_once_somebody_has_signed_in(transactions) -> None:
    people.build(transactions)
    lines = without_keys(talk(transactions, b"W3\n471108\n", "packing", echo=False))
    assert lines[-1] == f"  {catalog('en').say('packing.scan_tote')}"
    assert "> W3" not in lines


def test_a_job_that_is_not_the_workers_is_not_opened(transactions) -> None:
    people.build(transactions)
    lines = talk(transactions, b"", "packing", ("W2", "BADGE-BEN"))
    assert "Scegli o leggi" in lines[-2] + lines[-1]


def test_a_pin_is_not_echoed(transactions) -> None:
    people.build(transactions)
    lines = talk(transactions, b"W3\n837261\n")
    assert "837261" not in "\n".join(lines)
    assert "> •" in lines


def test_lines_may_end_in_cr_and_may_hold_bytes_that_are_no_text(transactions) -> None:
    people.build(transactions)
    lines = talk(transactions, b"A\xff1\rB\x002\r\n\x1bC\n")
    assert [line for line in lines if line.startswith("> ")] == ["> A\ufffd1", "> B␀2", "> ␛C"]
    assert sum(line.startswith("! ") for line in lines) == 3


def test_a_line_too_long_is_refused_once(transactions) -> None:
    people.build(transactions)
    lines = talk(transactions, b"x" * (5 * LINE_BYTES_MAX) + b"\nW3\n")
    (refusal,) = (line for line in lines if line.startswith("! "))
    assert f"{LINE_BYTES_MAX}+ characters" in refusal
    assert "> W3" in lines


def test_a_scan_keeps_its_number_while_the_database_is_away(transactions, monkeypatch) -> None:
    people.build(transactions)
    real, tries, waited = floor.take_turn, [], []
    minutes = count()

    def away_twice(transactions, site, seat, scan_no, scanned, *rest, **named):
        tries.append((scan_no, scanned))
        waited.append(named["waited_s"])
        if len(tries) < 3:
            raise DatabaseAway
        return real(transactions, site, seat, scan_no, scanned, *rest, **named)

    monkeypatch.setattr(floor, "take_turn", away_twice)
    lines = talk(transactions, b"W3\n", now=lambda: NOW + timedelta(minutes=next(minutes)))
    assert tries == [(1, "W3")] * 3
    assert waited[0] == 0 < waited[1] < waited[2]
    assert sum(line.startswith("~ Not yet saved") for line in lines) == 1


def test_a_site_that_is_not_there_is_one_sentence(transactions) -> None:
    with pytest.raises(DatabaseUnusable, match="There is no site NOPE in this database"):
        floor.take_seat(transactions, "NOPE", "T1", now=NOW)


def test_talk_takes_no_terminal_its_seat(tmp_path, monkeypatch) -> None:
    transactions = new_warehouse(tmp_path)
    people.build(transactions)
    floor.take_seat(transactions, SITE, "T1", now=NOW)
    floor.take_turn(transactions, SITE, "T1", 1, "BADGE-ANA", NOW)
    engine_of(transactions).dispose()
    database = home_of(tmp_path / "floor.db")
    for typed in ([], ["--seat", "T1"]):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"BADGE-BEN\n")))
        monkeypatch.setattr("sys.stdout", io.StringIO())
        with pytest.raises(SystemExit) as ended:
            main(["--database", database, "talk", *typed])
        assert ended.value.code == 0
        transactions = open_database(database)
        with transactions.begin() as tx:
            worker = tx.scalar(select(Seat.worker).where(Seat.code == "T1"))
        assert worker == ("W2" if typed else "W1")
        engine_of(transactions).dispose()


class Typed:
    """What somebody types into a terminal while the program is busy."""

    def __init__(self, *lines: bytes) -> None:
        self.lines = list(lines)
        self.all_read = threading.Event()

    def readline(self, _limit: int) -> bytes:
        if self.lines:
            return self.lines.pop(0) + b"\n"
        self.all_read.set()
        return b""


def talk_live(transactions, monkeypatch, *lines: bytes, before=lambda: None) -> list[str]:
    """Type lines, all of them before the first one is answered."""
    source, target, real = Typed(*lines), io.StringIO(), floor.take_turn

    def slowly(*args, **named):
        assert source.all_read.wait(10)
        before()
        return real(*args, **named)

    monkeypatch.setattr(floor, "take_turn", slowly)
    talk = Talk(
        transactions, site=SITE, seat="T1", station="", catalogs=catalog,
        lines=typed_lines(source),
        target=target, echo=False, live=True, now=lambda: NOW, device=ANYBODY,
        pause=lambda _s: None,
    )  # fmt: skip
    assert talk.run() == 0
    return without_keys(target.getvalue().splitlines())


def test_what_was_typed_before_a_refusal_was_seen_is_not_taken(transactions, monkeypatch) -> None:
    people.build(transactions)
    lines = talk_live(transactions, monkeypatch, b"BADGE-ANA", b"NOPE", b"1", b"2", b"3")
    assert lines[-2] == "! 3 scans after this were NOT taken."
    assert lines[-3].startswith("! NOPE is not known here.")
    assert floor.take_seat(transactions, SITE, "T1", now=NOW).scan_no == 2


def test_the_lines_of_a_script_are_all_taken(transactions) -> None:
    people.build(transactions)
    talk(transactions, b"BADGE-ANA\nNOPE\n1\n2\n")
    assert floor.take_seat(transactions, SITE, "T1", now=NOW).scan_no == 4


def test_more_than_can_wait_is_refused_aloud_and_counted(transactions, monkeypatch) -> None:
    people.build(transactions)
    typed = [b"*HELP"] * (1 + SCANS_WAITING_MAX + 3)
    lines = talk_live(transactions, monkeypatch, *typed)
    assert sum(line.startswith("! 64 scans are waiting.") for line in lines) == 1
    taken = floor.take_seat(transactions, SITE, "T1", now=NOW).scan_no
    assert taken in (SCANS_WAITING_MAX, SCANS_WAITING_MAX + 1)
    missed = len(typed) - taken
    assert lines[-2] == f"! {missed} scans were NOT taken. Scan them again."


def test_who_waits_for_an_answer_is_told_before_it_comes(transactions, monkeypatch) -> None:
    people.build(transactions)
    told, tell = threading.Event(), Talk._tell_away

    def told_away(self: Talk, text: str) -> None:
        tell(self, text)
        told.set()

    def wait_for_it() -> None:
        told.clear()
        assert told.wait(10)

    monkeypatch.setattr("floorhand.talk.PATIENCE_S", 0.05)
    monkeypatch.setattr(Talk, "_tell_away", told_away)
    lines = talk_live(transactions, monkeypatch, b"BADGE-ANA", before=wait_for_it)
    at = lines.index("* Hello Ana.")
    assert lines[at - 1].startswith("~ Not yet saved.")


def test_a_server_that_falls_silent_is_left_for_a_new_line(
    postgresql_warehouse, monkeypatch
) -> None:
    silent: list[bool] = []
    ways = iter([Way.SILENT])
    wire = Wire(postgresql_warehouse, lambda _request: next(ways, None) if silent else None)
    monkeypatch.setattr("floorhand.talk.ANSWER_MAX_S", 0.2)
    transactions = open_database(wire.named(make_url(postgresql_warehouse).database or ""))
    people.build(transactions)
    lines = talk_live(transactions, monkeypatch, b"BADGE-ANA", before=lambda: silent.append(True))
    assert "* Hello Ana." in lines
    assert next(ways, None) is None
    assert floor.take_seat(transactions, SITE, "T1", now=NOW).scan_no == 1
    engine_of(transactions).dispose()
    wire.close()


@pytest.mark.sqlite("the disk of its file")
def test_little_room_on_the_disk_is_told_once_between_two_pieces_of_work(tmp_path, monkeypatch):
    disk = namedtuple("Disk", "total used free")(8 << 30, 7 << 30, 700 << 20)
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: disk)
    made = new_warehouse(tmp_path)
    people.build(made)
    lines = talk(made, b"BADGE-ANA\n*HELP\n")
    told = "~ The disk of the database has 700 MB left. Tell your supervisor."
    assert lines.count(told) == 1
    assert lines.index(told) < lines.index("> BADGE-ANA")
    engine_of(made).dispose()


def test_an_outage_tells_what_is_saved_and_what_waits(transactions, monkeypatch) -> None:
    people.build(transactions)
    outage = iter([None, DatabaseAway, NoRoom, NoRoom, None, None])

    def before() -> None:
        if (away := next(outage)) is not None:
            raise away

    lines = talk_live(transactions, monkeypatch, b"BADGE-ANA", b"*HELP", b"*HELP", before=before)
    told = [line for line in lines if "saved" in line]
    at = f"{NOW.astimezone():%H:%M:%S}"
    assert told == [
        f"~ Not yet saved. Last saved: {at}. 1 waiting.",
        "! STOP: not saved. The database has no room on its disk. Call your supervisor."
        f" Last saved: {at}. 1 waiting.",
    ]
    assert floor.take_seat(transactions, SITE, "T1", now=NOW).scan_no == 3


def test_the_last_scans_are_listed_and_no_badge_among_them(tmp_path) -> None:
    transactions = new_warehouse(tmp_path)
    picking.build(transactions)
    walk = b"CART-1\nT-1\nT-2\nBIN-A-01\nNOTHING\nMUG-1\nMUG-1\nT-1\nF11\n*11\n"
    lines = talk(transactions, walk, "picking", ("W1", "BADGE-ANA"))
    listed = lines[lines.index("> F11") + 1 : lines.index("> *11")]
    assert "    1 09:00:00 •  taken" in listed
    assert "    7 09:00:00 NOTHING  refused" in listed
    assert "   10 09:00:00 T-1  taken · +2" in listed
    assert "~ This shift: scans 9, pieces booked 2. Scan to go on." in listed
    assert lines[lines.index("> *11") + 1 :] == listed
    engine_of(transactions).dispose()


@pytest.mark.parametrize("job", ["", "packing"])
def test_a_pin_typed_twice_is_neither_shown_nor_kept(transactions, job: str) -> None:
    people.build(transactions)
    lines = talk(transactions, b"W3\n471108\n471108\n471180\nNOPE\n", job)
    assert "47110" not in "\n".join(lines)
    assert "47118" not in "\n".join(lines)
    assert sum(line.startswith("! • is not known here.") for line in lines) == 2
    with transactions.begin() as tx:
        kept = tx.scalars(select(Scan.scanned).order_by(Scan.scan_no)).all()
    assert [one for one in kept if not one.startswith("*")] == ["W3", "•", "•", "•", "NOPE"]


def test_an_unknown_code_of_goods_behind_the_sign_in_is_told_and_kept(transactions) -> None:
    people.build(transactions)
    assert "! 40170725 is not known here." in "\n".join(
        talk(transactions, b"BADGE-ANA\n40170725\n")
    )
