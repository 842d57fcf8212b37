"""Hostile data on every screen, read back through a real pseudo-terminal: it is inert.

The floor scripts are played, on the real road, in warehouses in which every name, note and code
tries to do harm; so every question of every job comes up, with hostile answers. Each different
screen is then painted by the real application in a pseudo-terminal.
"""

from __future__ import annotations

import pickle
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from importlib import import_module
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from conftest import NOW, SITE, new_warehouse
from homes import home_of
from hostile import PAYLOADS, naughty
from poison import LEFT_OUT, harmed, poison
from robots.test_bad_scans import RARE, add_order_of_two_lines, allow_everything
from scripts.test_scripts import SCRIPTS, Stage
from sqlalchemy import String, select
from tui.child import everywhere
from tui.flood import FORKED, Terminal
from tui.test_pty import unexpected
from warehouses import packing

from floorhand.errors import SeatTaken
from floorhand.ops.devices import about_taken
from floorhand.ops.floor import Turn, take_turn
from floorhand.store.check import violations
from floorhand.store.db import Transactions, engine_of
from floorhand.store.rotating import PROVEN_KINDS
from floorhand.store.schema import Place
from floorhand.store.schema.base import Table
from floorhand.talk import render_lines
from floorhand.text.catalog import catalog
from floorhand.text.visible import visible

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")

TEXT_COLUMNS = frozenset(
    f"{name}.{column.name}"
    for name, table in Table.metadata.tables.items()
    for column in table.columns
    if isinstance(column.type, String) and column.name != "site"
)
"""All text that is stored, but the code of the building: nobody sees that on a screen."""

SLIDESHOW = Path(__file__).with_name("slideshow.py")
SEQUENCE = re.compile(r"\x1b\[[0-9;:?]*[A-Za-z]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[=>]")


class Poisoned(Stage):
    """The stage of a floor script whose codes have other names; keeps every answer."""

    def __init__(self, transactions: Transactions, renamed: dict[str, str]) -> None:
        super().__init__(transactions)
        self.renamed = renamed
        self.seen: list[Turn] = []
        self.go_to(self.seat)

    def go_to(self, seat: str) -> None:
        super().go_to(seat + "[/b]{0}\x1b[2J")

    def sign_in(self, worker: str) -> None:
        super().sign_in(self.renamed.get(worker, worker))

    def give_role(self, worker: str, roles: str) -> None:
        super().give_role(self.renamed.get(worker, worker), roles)

    def change_books(self, statement: str) -> None:
        def renamed(quoted: re.Match[str]) -> str:
            now = self.renamed.get(quoted[1], quoted[1]).replace("'", "''")
            return f"'{now}'"

        super().change_books(re.sub(r"'([^']*)'", renamed, statement))

    def cancel(self, order: str) -> None:
        super().cancel(self.renamed.get(order, order))

    def open(self, job: str) -> None:
        """Choose a job by its number, though an order may have that number, too.

        Where harm has led a script elsewhere, the desk is opened first, or nothing.
        """
        renamed, self.renamed = self.renamed, {}
        for name in ("leading", job):
            codes = [choice.code for choice in self.turn.prompt.choices]
            if name in codes and (name == job or job not in codes):
                super().open(name)
        self.renamed = renamed

    def scan(self, scanned: str) -> Turn:
        self.seen.append(super().scan(self.renamed.get(scanned, scanned)))
        return self.turn


def played(folder: Path) -> tuple[list[Turn], set[str], set[str]]:
    """Play all scripts in hostile warehouses; gives screens, what bars hold, harmed columns."""
    seen: list[Turn] = []
    bars: set[str] = set()
    harm: set[str] = set()
    written = [(path.stem, path.read_text("utf-8").splitlines()) for path in SCRIPTS]
    for name, lines in (*written, *RARE.items()):
        builder: Any = import_module(f"warehouses.{lines[0].removeprefix('@ ')}")
        transactions = new_warehouse(folder, f"{name}.db")
        builder.build(transactions)
        if builder is packing:
            add_order_of_two_lines(transactions)
        if name in RARE:
            allow_everything(transactions)
        engine_of(transactions).dispose()
        renamed = poison(home := home_of(folder / f"{name}.db"))
        stage = Poisoned(transactions, renamed)
        if not any(line.startswith("@ worker ") or line == "@ nobody" for line in lines):
            stage.sign_in(builder.WORKER)
        for line in lines[1:]:
            stage.follow(line)
        seen += [*stage.seen, *after_hostile_scans(stage)]
        with transactions.begin() as tx:
            secret = (Place.kind.in_(PROVEN_KINDS), Place.scan_code != Place.code)
            labels = select(Place.scan_code).where(*secret)
            bars |= set(tx.scalars(labels)) - renamed.keys()
            assert violations(tx, SITE) == (), name
        engine_of(transactions).dispose()
        harm |= harmed(home, known=harm)
    return seen, bars, harm


def after_hostile_scans(stage: Stage) -> Iterator[Turn]:
    """Scan hostile texts where the script has ended."""
    for payload in PAYLOADS[stage.turn.scan_no % 4 :: 4]:
        number = stage.turn.scan_no + 1
        now = NOW + timedelta(seconds=number)
        stage.turn = take_turn(stage.transactions, SITE, stage.turn.seat, number, payload.text, now)
        yield stage.turn


def different(turns: list[Turn]) -> list[Turn]:
    """Keep the first of each kind of screen: a question, and an answer above it."""
    kinds: dict[Any, Turn] = {}
    for turn in turns:
        said = turn.said.text if turn.said else ""
        data = frozenset(turn.said.facts) if turn.said else frozenset()
        kinds.setdefault((turn.job, turn.prompt.ask, said, data, bool(turn.prompt.goods)), turn)
    return list(kinds.values())


def made_up() -> Iterator[Turn]:
    """Each payload in every field that there is; strings of the collection, several on a screen."""
    for payload in PAYLOADS:
        yield everywhere(payload.text)
        yield about_taken(
            SeatTaken(payload.text, payload.text, "09:41", payload.text), "en", "", "look"
        )
    strings = naughty()
    for at in range(0, len(strings), 6):
        some = strings[at : at + 6]
        texts = cycle(some)
        turn = everywhere(next(texts))
        goods = tuple(replace(turn.prompt.goods[1], code=text, name=text) for text in some)
        choices = tuple(replace(turn.prompt.choices[0], label=text) for text in some)
        prompt = replace(turn.prompt, goods=goods, choices=choices, place=next(texts))
        yield replace(turn, worker_name=next(texts), prompt=prompt)


def shown(turns: list[Turn], columns: int, rows: int, folder: Path) -> str:
    """Paint turns in a pseudo-terminal, and give all that came out of it."""
    file = folder / "turns"
    file.write_bytes(pickle.dumps(turns))
    size = {"columns": columns, "rows": rows}
    terminal = Terminal(str(SLIDESHOW), str(file), program=FORKED, **size)
    try:
        ended = any(terminal.until(lambda: terminal.process.poll() is not None) for _ in range(4))
        assert ended, terminal.written[-2000:]
    finally:
        terminal.close()
    assert terminal.process.returncode == 0, terminal.written[-2000:]
    return terminal.written.decode("utf-8")


def raw_harm(written: str) -> list[str]:
    """What came through as it was: control sequences and marks of the payloads."""
    controls = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
    return [
        payload.text
        for payload in PAYLOADS
        if len(payload.text) > 3 and controls.search(payload.text) and payload.text in written
    ]


def bars_in(said: str, bars: set[str]) -> list[str]:
    """What labels hold and nobody may read."""
    return sorted(code for code in bars if code in said)


def test_hostile_data_is_inert_on_every_screen(tmp_path: Path) -> None:
    """One test, as all of it looks at the same screens, which take long to come by."""
    turns, bars, harm = played(tmp_path)
    harmless = TEXT_COLUMNS - harm
    assert harmless <= LEFT_OUT.keys() <= TEXT_COLUMNS
    told = repr([(turn.prompt, turn.said) for turn in turns])
    assert len({turn.prompt.ask for turn in turns}) > 50
    for tail in ("[/b]", "[red]", "\\x1b[2J", "\\x9b1m", "\\u202e", "[@click=app.quit]"):
        assert tail in told, tail
    assert bars
    assert bars_in(told, bars) == []
    real = different(turns)
    for turn in real:
        for line in render_lines(turn, catalog("it")):
            assert line == visible(line), line
    synthetic = list(made_up())
    for slides, columns, rows in ((real, 26, 12), ([*real[::4], *synthetic], 120, 40)):
        written = shown(slides, columns, rows, tmp_path)
        assert unexpected(written.encode()) == []
        assert raw_harm(written) == []
        assert bars_in(written, bars) == []
    plain = SEQUENCE.sub("", written)
    for payload in PAYLOADS:
        if payload.kind in ("markup", "click", "template", "zpl", "formula", "csi"):
            assert visible(payload.text) in plain, payload
