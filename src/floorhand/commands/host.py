"""``floorhand host``: keeps one warm program that forks a terminal for each session."""

from __future__ import annotations

import argparse
import fcntl
import grp
import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

from floorhand.commands.office import say
from floorhand.config import Settings, load
from floorhand.errors import BadSetting, FloorhandError, Moves
from floorhand.host.join import socket_paths
from floorhand.host.request import MOVED, Request

EPILOG = """\
floorhand join opens a terminal from it, for an SSH session or any other line, in a fraction of the
time and memory that one on its own takes. A host that is started where another one listens takes
over from it, and so does one that this one starts when it is told to by SIGHUP: no terminal ends,
and nobody is turned away. See packaging/host.md.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    from floorhand.commands.terminal import add_manner
    from floorhand.host.hosting import SESSIONS_MAX

    parser.epilog = EPILOG
    parser.add_argument(
        "--socket",
        metavar="PATH",
        help="listen there (default: host.sock in the folder floorhand of the runtime folder)",
    )
    parser.add_argument(
        "--group", metavar="NAME", help="members of this group may call, too, not only this user"
    )
    parser.add_argument(
        "--sessions",
        type=int,
        default=SESSIONS_MAX,
        metavar="N",
        help=f"terminals at once at most (default: {SESSIONS_MAX})",
    )
    parser.add_argument(
        "--tied", action="store_true", help="end when the input ends: for whoever keeps a host"
    )
    parser.add_argument("--state", metavar="DIR", help="folder of what terminals are known by")
    parser.add_argument("--labels", metavar="DIR", help="folder of the embedded printer")
    parser.add_argument("--language", metavar="CODE", help="language until somebody signs in")
    parser.add_argument("--log", metavar="FILE", help="file for unexpected errors")
    add_manner(parser)


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Load all that terminals need, take over or begin to listen, and fork."""
    from floorhand.commands.warming import warm_up
    from floorhand.host.hosting import Host
    from floorhand.host.listening import listen, tell_manager
    from floorhand.host.merging import merge_memory
    from floorhand.store.db import HEAD

    group = _group(args.group)
    path = _path(args.socket)
    if args.tied:
        _end_with_input()
    merge_memory()
    warm_up(settings)
    listening = listen(path, group, HEAD, os.environ)
    listening.wait_for_older()
    program = _Program(args, listening.path)
    host = Host(listening, program, HEAD, group=group, sessions_max=args.sessions)
    if not args.tied:  # nobody else is to call that one
        say(f"Terminals for floorhand join at {listening.path} (SIGHUP starts a newer host)")
    tell_manager(os.environ, "READY=1", f"MAINPID={os.getpid()}")
    host.serve()
    return 0


class _Program:
    """What the host needs of the command.

    Args:
        args: What was typed; it counts for all terminals, unless theirs say otherwise.
        path: Where the host listens.
    """

    def __init__(self, args: argparse.Namespace, path: str) -> None:
        file = getattr(args, "config", None) or os.environ.get("FLOORHAND_CONFIG")
        self._file = Path(file) if file else None
        self._path = path
        self._pid = os.getpid()
        self._typed: dict[str, Any] = {
            one.name: value
            for one in fields(Settings)
            if (value := getattr(args, one.name, None)) is not None
        }

    def tell(self, what: str) -> None:
        """Print what happened."""
        say(what)

    def renew(self) -> int:
        """Start this command once more: it takes over from us."""
        say("Starting a newer host.")
        environ = {**os.environ, "FLOORHAND_SOCKET": self._path}
        newer = subprocess.Popen([sys.executable, *sys.orig_argv[1:]], env=environ)
        newer.returncode = 0  # the host itself waits for its processes
        return newer.pid

    def spool(self) -> int:
        """Send labels, in a fork."""
        from floorhand.commands.spool import serve_host
        from floorhand.host.forked import name_process

        name_process("spool")
        return self._done(lambda: serve_host(load(self._file, typed=self._typed), self._pid))

    def run(self, request: Request) -> int:
        """Run a terminal, in a fork; or what is wanted instead."""
        from floorhand.commands.identity import state_folder
        from floorhand.commands.terminal import open_terminal
        from floorhand.host.forked import name_process

        typed = {**self._typed, **request.typed}

        def has_spool() -> bool:
            return os.getppid() == self._pid

        def opened() -> int:
            settings = load(self._file, typed=typed)
            if request.stranger is not None:
                own = state_folder(settings) / f"user-{request.stranger}"
                settings = load(self._file, typed={**typed, "state": str(own)})
            if request.act == MOVED:
                from floorhand.commands.device_moved import tell

                return 0 if tell(settings) else 1
            name_process(f"floor {settings.seat}")
            return open_terminal(settings, may_move=True, has_spool=has_spool)

        return self._done(opened)

    def _done(self, work: Callable[[], int]) -> int:
        """Do what a fork is for; give its exit code."""
        from floorhand.host.join import MOVES
        from floorhand.store.closing import closing_databases
        from floorhand.text.visible import visible_lines

        try:
            with closing_databases():
                return work()
        except Moves:
            return MOVES
        except FloorhandError as error:
            print(visible_lines(f"floorhand: {error}"), file=sys.stderr)
            return 1


def _end_with_input() -> None:
    """Be told to end when the other end of the input is closed, if only by the end of who has it.

    The system sends the signal, which is otherwise that of input that is there (fcntl(2)); nobody
    writes any.
    """
    fcntl.fcntl(0, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(0, fcntl.F_SETSIG, signal.SIGTERM)
    fcntl.fcntl(0, fcntl.F_SETFL, fcntl.fcntl(0, fcntl.F_GETFL) | os.O_ASYNC)
    if select.select([0], [], [], 0)[0]:  # it has ended already
        os.kill(os.getpid(), signal.SIGTERM)


def _path(typed: str | None) -> str:
    if typed:
        return typed
    paths = socket_paths(os.environ.get("FLOORHAND_SOCKET", ""))
    for path in paths:
        folder = Path(path).parent
        if os.access(folder if folder.exists() else folder.parent, os.W_OK):
            return path
    raise BadSetting(f"{' and '.join(paths)} cannot be made here. Name a socket with --socket.")


def _group(name: str | None) -> int | None:
    if name is None:
        return None
    try:
        return grp.getgrnam(name).gr_gid
    except KeyError:
        raise BadSetting(f"There is no group {name}. Make it, or name another one.") from None
