"""Let PostgreSQL's standby take over from its primary under a crew at work, again and again.

As a command, ``python tests/crash/failovers.py [FAILOVERS]`` does it 12 times. Two servers of our
own hold the warehouse, and robots and a real screen know both by one address. At a moment drawn by
chance the link between the two is cut; a little later all processes of the primary are killed, and
the standby is promoted. Then the old primary is made anew, as the standby of the other.

Invariant: as in ``servers.py``. Every commit waits for the standby, so what the primary wrote
behind the cut was never answered. With ``--asynchronous`` none waits, and the run must find scans
that were answered and are lost. With ``--frozen`` the primary is not killed but goes silent, as a
machine that hangs: its lines stay, and nothing ever comes on them.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "src"))

from floors import PostgresqlFloors, tell
from servers import WORKERS, crash_many, figures
from twins import Twins, twins

CUT_MAX_S = 0.3
"""So long before the primary dies its link is cut, at most."""


class Pair:
    """The two servers, as one that crashes and is there again."""

    def __init__(self, servers: Twins, rng: Random, *, frozen: bool) -> None:
        self._twins = servers
        self._rng = rng
        self._frozen = frozen

    def crash(self) -> None:
        """Cut the primary off from its standby, and then from everybody."""
        self._twins.link.cut()
        time.sleep(self._rng.uniform(0, CUT_MAX_S))
        if self._frozen:
            self._twins.primary.freeze()
        else:
            self._twins.primary.die()

    def start(self) -> None:
        """Let the standby take over."""
        self._twins.fail_over()

    def mend(self) -> None:
        """Make a standby of what is left of the other."""
        self._twins.rebuild()


def main() -> int:
    """Fail over, prove, and print the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("failovers", nargs="?", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--asynchronous", action="store_true", help="let no commit wait")
    parser.add_argument("--frozen", action="store_true", help="let it go silent instead of dying")
    args = parser.parse_args()
    began = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="crash-pg-") as folder,
        twins(Path(folder), waits=not args.asynchronous) as servers,
    ):
        supply = PostgresqlFloors(servers.address, WORKERS + 1)
        pair = Pair(servers, Random(args.seed), frozen=args.frozen)
        found = crash_many(pair, supply, args.failovers, args.seed)
        supply.close()
    rows = [("seed", args.seed), *figures(found), ("took", f"{time.monotonic() - began:.0f} s")]
    how = "an asynchronous" if args.asynchronous else "a synchronous"
    return tell(f"failovers to {how} standby", rows, found.faults)


if __name__ == "__main__":
    sys.exit(main())
