"""Hang up on terminals over SSH, in the middle of scans, and lose nothing.

As a command, ``python tests/crash/hangups.py [HANGUPS]`` does it 1,000 times and prints what it
found; the test suite does the same with fewer.

Devices receive goods through a real sshd with the packaged files. Each scan is of a lot of its own,
with a GS behind it. At a moment drawn by chance, before, in or behind a scan, the client is killed,
the connection is reset, or nothing arrives any more while both ends believe in it. Then the device
connects again, and goes on; a scan that is not there is made again, as a worker does who looks.
With ``--hosted`` terminals are forked by a host.

Invariant: every scan is in the ledger once, whole and in the order of the scans; what a device has
seen counted is there; each connection finds the same terminal, at exactly its question.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "src"))
sys.path.insert(1, str(Path(__file__).resolve().parents[1]))

from floors import KINDS, SITE, Crew, floors, milliseconds, tell
from host.hosts import Hosted
from sqlalchemy import ColumnElement, String, cast, insert, select
from ssh.proxy import Proxy
from ssh.serving import Device, Sshd, missing, serving

from floorhand.store.check import violations
from floorhand.store.db import Transactions, engine_of, open_database
from floorhand.store.schema import (
    Barcode,
    Delivery,
    DeliveryLine,
    Merchant,
    Move,
    Place,
    Scan,
    Sku,
)

SKU, GTIN = "OATMILK", "09506000134352"
PIECES = 1_000_000
BACK_MAX_S = 1.0
"""From the first byte of a new connection to the question on its screen, beyond the longest that
SSH itself took beside it, on a machine that was as busy."""

AFTER_MAX_S = 0.15
"""How long after a scan the line is cut at most."""

SCANS_BETWEEN = 4
CONNECT_EVERY_S = 2.0
"""How often it is measured what SSH itself takes, on a machine that is as busy."""

WAYS = ("killed", "reset", "silent")

STYLE = re.compile(rb"\x1b\[[0-9;?]*[a-zA-Z]|\x1b[()][A-Z0-9]|\x1b[=>]")
COUNTED = re.compile(rb"(\d+)/%d" % PIECES)


@dataclass(slots=True)
class Findings:
    """What happened, on all devices."""

    hangups: int
    """How many are left to do."""
    counts: Counter[str] = field(default_factory=Counter)
    back_s: list[float] = field(default_factory=list)
    connect_s: list[float] = field(default_factory=list)
    """What SSH itself takes of that: to connect, and be refused a screen."""
    faults: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, what: str) -> None:
        """Count something that happened."""
        with self.lock:
            self.counts[what] += 1

    def one_more(self) -> bool:
        """Take one from those that are left."""
        with self.lock:
            self.hangups -= 1
            return self.hangups >= 0 and not self.faults


@dataclass(slots=True)
class Hand:
    """A worker who scans lot after lot, with a device that is lost again and again."""

    at: Sshd
    proxy: Proxy
    transactions: Transactions
    findings: Findings
    seat: str
    rng: Random
    counted: int = 0
    """Pieces that a screen has shown as counted."""
    begun: int = 0
    terminal: int = 0
    device: Device = field(init=False)
    told: list[str] = field(default_factory=list)
    """The lots that must be there, in their order."""

    def arrive(self, badge: str, dock: str) -> None:
        """Sign in, and open the delivery."""
        self._connect()
        self.at.shown(self.seat, "badge")
        for scanned, answer in ((badge, "Menu"), (self.seat, "dock"), (dock, f"0/{PIECES}")):
            self.device.type(f"{scanned}\r")
            self.at.shown(self.seat, answer)
        self.terminal = self.at.terminal_pid(self.seat)

    def work(self) -> None:
        """Scan, and be lost, until it was often enough."""
        while self.findings.one_more():
            for _ in range(self.rng.randrange(SCANS_BETWEEN)):
                self._scan(self._next())
            cut = self._next()
            self._come_back(self._scan_and_lose(cut))
            after = self._next()
            self._scan(after, maybe=cut)
            if cut in self.told:
                self.findings.count("scans that had arrived")
            else:
                self.findings.count("scans that had not, and were made again")
                self._scan(cut)
        self.device.close()

    def _next(self) -> str:
        self.begun += 1
        return f"{self.begun:06}"

    def _scan(self, lot: str, *, maybe: str = "") -> None:
        """Make a scan and see it counted; one that was lost on its way may be there before it."""
        self.device.type(code(lot))
        if not self.device.until(lambda: lot in self.taken()):
            self._fault(f"lot {lot} was not taken")
        self.told += [maybe, lot] if maybe in self.taken() else [lot]
        if not self.device.until(lambda: self._look() >= len(self.told)):
            self._fault(f"saw {self.counted} pieces of {len(self.told)}")
        if self.counted > len(self.taken()):
            self._fault(f"saw {self.counted} pieces, and there are {len(self.taken())}")

    def _look(self) -> int:
        """Say how many pieces the screen has shown at most."""
        self.counted = max([self.counted, *map(int, COUNTED.findall(self._text()))])
        return self.counted

    def _text(self) -> bytes:
        return STYLE.sub(b"", bytes(self.device.written))

    def _scan_and_lose(self, lot: str) -> str:
        """Send a part of a scan, or all of it, and be gone; gives how."""
        data = code(lot)
        end = self.rng.randrange(2 * len(data))
        self.device.type(data[:end])
        until = time.monotonic() + self.rng.uniform(0, AFTER_MAX_S)
        while time.monotonic() < until:
            self.device.turn_over()
        way = self.rng.choice(WAYS)
        match way:
            case "killed":
                self.device.process.kill()
            case "reset":
                self.proxy.reset()
            case "silent":
                self.proxy.fall_silent()
        self._look()
        self.findings.count(f"{way} {'in' if end < len(data) else 'behind'} a scan")
        return way

    def _come_back(self, way: str) -> None:
        """Connect anew, and find the question where it was."""
        before, began = self.device, time.monotonic()
        self._connect()
        if not self.device.until(lambda: COUNTED.search(self._text())):
            self._fault(f"did not come back, {way}")
            return
        self.findings.back_s.append(time.monotonic() - began)
        before.drop()
        self.proxy.forget()
        shown = max(map(int, COUNTED.findall(self._text())))
        if not self.counted <= shown <= len(self.taken()):
            self._fault(f"{shown} were shown on the return, {self.counted} before")
        if self.at.terminal_pid(self.seat) != self.terminal:
            self._fault("another terminal was there on the return")

    def _connect(self) -> None:
        self.device = self.at.device(self.seat, port=self.proxy.port)

    def taken(self) -> list[str]:
        """Give the lots that are in the ledger, in the order of their scans."""
        with self.transactions.begin() as tx:
            return [
                lot
                for lot, pieces in tx.execute(
                    select(Move.lot, Move.pieces)
                    .join(Scan, (Scan.site == Move.site) & (Move.operation == _operation()))
                    .where(Move.site == SITE, Scan.seat == self.seat, Move.sku == SKU)
                    .order_by(Scan.scan_no)
                )
                for _ in range(pieces)
            ]

    def prove(self) -> None:
        """See that all is there, once, in its order, and nothing else was heard."""
        if (taken := self.taken()) != self.told:
            self._fault(f"{len(taken)} lots are there, {len(self.told)} were scanned")
        with self.transactions.begin() as tx:
            scans = [*tx.scalars(select(Scan.scanned).where(Scan.seat == self.seat))]
        if len(scans) != len(self.told) + 3:
            self._fault(f"{len(scans)} scans were heard, {len(self.told) + 3} made")

    def _fault(self, what: str) -> None:
        screen = f"{self.at.screen(self.seat)}\n{bytes(self.device.written[-300:])!r}"
        self.findings.faults.append(f"{self.seat}: {what}\n{screen}")


def _operation() -> ColumnElement[str]:
    """Name the first operation of a scan."""
    return Scan.seat + ":" + cast(Scan.scan_no, String)


def code(lot: str) -> bytes:
    """Give what a scanner sends: the lot would go on to the end if its GS were lost."""
    return f"]C101{GTIN}10{lot}\x1d17491231\r".encode()


def prepare(transactions: Transactions, seats: list[str]) -> str:
    """Announce a delivery for each seat, called like it; gives the code of a dock."""
    with transactions.begin() as tx:
        at = {"site": SITE, "merchant": "HANG"}
        tx.execute(insert(Merchant).values(site=SITE, code="HANG", name="Hang & Up"))
        goods = {"lot_tracked": True, "expiry_tracked": True}
        tx.execute(insert(Sku).values(**at, code=SKU, name="Oat milk", **goods))
        tx.execute(insert(Barcode).values(**at, code=GTIN, sku=SKU, pieces=1))
        for seat in seats:
            tx.execute(insert(Delivery).values(**at, number=seat))
            line = {"delivery": seat, "line_no": 1, "sku": SKU, "expected": PIECES}
            tx.execute(insert(DeliveryLine).values(**at, **line))
        return tx.scalars(select(Place.scan_code).where(Place.kind == "dock").limit(1)).one()


def hang_up(
    database: str, crew: Crew, hangups: int, seed: int, host: Hosted | None = None
) -> Findings:
    """Let each of a crew work at a device of its own, and prove what they did."""
    findings = Findings(hangups)
    transactions = open_database(database, create=False)
    seats = [f"H-{number}" for number in range(1, len(crew) + 1)]
    dock = prepare(transactions, seats)
    home = engine_of(transactions).url.render_as_string(hide_password=False)
    with ExitStack() as open_, serving(home, *seats, host=host) as at:
        hands = []
        for seat in seats:
            open_.callback((proxy := Proxy(at.port)).close)
            rng = Random(f"{seed}/{seat}")
            hands.append(Hand(at, proxy, transactions, findings, seat, rng))
        with ThreadPoolExecutor(len(hands)) as pool:

            def live(hand: Hand, badge: str) -> None:
                hand.arrive(badge, dock)
                hand.work()
                hand.prove()

            badges = [badge for _, badge in crew]
            lives = [pool.submit(live, *one) for one in zip(hands, badges, strict=True)]
            while wait(lives, CONNECT_EVERY_S).not_done:
                began = time.monotonic()
                at.run(key=seats[0])
                findings.connect_s.append(time.monotonic() - began)
            for ended in lives:
                ended.result()
    with transactions.begin() as tx:
        findings.faults += map(str, violations(tx, SITE))
    findings.counts["scans that are there once"] = sum(len(hand.told) for hand in hands)
    engine_of(transactions).dispose()
    return findings


def main() -> int:
    """Hang up, prove, and print the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("hangups", nargs="?", type=int, default=1_000)
    parser.add_argument("--devices", type=int, default=2)
    parser.add_argument("--on", choices=KINDS, default="sqlite")
    parser.add_argument("--server", default="", help="address of a PostgreSQL server to use")
    parser.add_argument("--hosted", action="store_true", help="fork terminals from one host")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--back-max", type=float, default=BACK_MAX_S, metavar="SECONDS")
    args = parser.parse_args()
    if why := missing():
        print(f"no SSH here: {why}")
        return 1
    began = time.monotonic()
    with floors(args.on, args.devices, args.server) as supply, ExitStack() as ends:
        host = None
        if args.hosted:
            folder = Path(ends.enter_context(tempfile.TemporaryDirectory()))
            host = Hosted("", folder).ready()
            ends.callback(host.end)
        found = hang_up(supply.fresh(), supply.crew, args.hangups, args.seed, host)
    allowed_s = args.back_max + max(found.connect_s, default=0.0)
    late = sum(1 for seconds in found.back_s if seconds > allowed_s)
    if late:
        found.faults.append(f"{late} screens were not back within {allowed_s:.1f} s")
    rows = [
        ("seed", args.seed),
        ("hang-ups", args.hangups),
        ("terminals are", "forked by a host" if args.hosted else "programs of their own"),
        *sorted(found.counts.items()),
        ("from connecting to the question", milliseconds(found.back_s)),
        ("of that SSH itself, beside it", milliseconds(found.connect_s)),
        ("took", f"{time.monotonic() - began:.0f} s"),
    ]
    return tell(f"hung up on terminals over SSH, on {args.on}", rows, found.faults)


if __name__ == "__main__":
    sys.exit(main())
