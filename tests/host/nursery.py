"""Become hosts: a program that has loaded all that they load, and forks one whenever it is asked.

Run as a program. It reads one JSON object a line, the arguments of `become_host`, and answers with
the number of the new process; it ends at the end of its input.
"""

from __future__ import annotations

import functools
import json
import os
import signal
import socket
import sys
from pathlib import Path

from floorhand import cli
from floorhand.commands.warming import warm_up
from floorhand.config import load
from floorhand.host import hosting, listening
from floorhand.host.listening import FIRST_PASSED
from floorhand.store import db, migrations

NEWER = "0002"
NEWER_MIGRATIONS = Path(__file__).parent / "newer"


def become_host(
    words: list[str],
    out: str,
    *,
    newer_schema: bool = False,
    schema: str = "",
    moving_max_s: float = hosting.MOVING_MAX_S,
    spool_again_s: float = hosting.SPOOL_AGAIN_S,
    passed: str = "",
) -> None:
    """Run the command.

    Args:
        words: ``host`` and its options.
        out: File for what it says.
        newer_schema: Whether to be a version with one migration more.
        schema: What it says of itself to other hosts; empty: the truth.
        moving_max_s: How long a terminal may take to leave for such a one.
        spool_again_s: How long after a spool has ended the next one begins.
        passed: Where a manager of services has made the socket; empty: there is none.
    """
    at = os.open(out, os.O_WRONLY | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(at, stream)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    sys.orig_argv = [sys.executable, "-m", "floorhand", *words]
    times = {"moving_max_s": moving_max_s, "spool_again_s": spool_again_s}
    hosting.Host = functools.partial(hosting.Host, **times)
    if schema:
        _say(schema)
    if newer_schema:
        _be_newer()
    if passed:
        _pass_on(passed)
    cli.main(words)


def _be_newer() -> None:
    db.HEAD = NEWER
    usual = migrations.config

    def config(connection: object | None = None):
        settings = usual(connection)
        own = f"{settings.get_main_option('script_location')}/versions"
        settings.set_main_option("path_separator", "newline")
        settings.set_main_option("version_locations", f"{own}\n{NEWER_MIGRATIONS}")
        return settings

    migrations.config = config


def _say(schema: str) -> None:
    host, listen = hosting.Host, listening.listen
    hosting.Host = lambda at, outside, _, **named: host(at, outside, schema, **named)
    listening.listen = lambda path, group, _, environ: listen(path, group, schema, environ)


def _pass_on(path: str) -> None:
    """Do as systemd does for a service with a socket (sd_listen_fds(3))."""
    made = socket.socket(socket.AF_UNIX)
    made.bind(path)
    made.listen()
    os.dup2(made.detach(), FIRST_PASSED)
    os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="1")


def main(home: str) -> None:
    """Fork what is asked for."""
    warm_up(load(None, typed={"database": home}))
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # whoever asked for it watches it
    for line in sys.stdin:
        if not (pid := os.fork()):
            try:
                become_host(**json.loads(line))
            finally:
                failed = sys.exc_info()
                if not isinstance(failed[1], SystemExit):
                    sys.excepthook(*failed)
                sys.stdout.flush()
                os._exit(1)  # an interpreter takes its time to end
        print(pid, flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
