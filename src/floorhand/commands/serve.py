"""``floorhand serve``: terminals for browsers."""

from __future__ import annotations

import argparse
import asyncio
import ipaddress
import os
import signal
import sys
from dataclasses import replace
from pathlib import Path

from floorhand.commands.office import opened, say
from floorhand.commands.terminal import add_manner
from floorhand.config import Settings
from floorhand.errors import BadSetting
from floorhand.store.db import address_of, engine_of, sqlite_file
from floorhand.store.troubles import path_of

PORT = 8100
SESSIONS, PER_ADDRESS = 200, 50

EPILOG = """\
Each browser gets a terminal of its own, which resumes where it was left. It keeps its seat by a
cookie; the first visit asks for it, or a bookmark names it:
http://HOST:PORT/?seat=PACK-1&station=PACK-1. Only this machine is answered unless --host says
otherwise. Encryption is the business of a proxy in front of it: see packaging/browser.md.
Terminals are forked by the host of this machine (floorhand host), if it is this user's; where none
answers, by one that is begun for that, and ends with this program.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.epilog = EPILOG
    parser.add_argument(
        "--host", default="127.0.0.1", metavar="ADDRESS", help="listen there (default: 127.0.0.1)"
    )
    parser.add_argument(
        "--port", type=_port, default=PORT, metavar="N", help=f"on this port (default: {PORT})"
    )
    parser.add_argument(
        "--name", action="append", default=[], metavar="NAME", help="a name that browsers call"
    )
    parser.add_argument(
        "--proxy",
        action="append",
        default=[],
        type=_address,
        metavar="ADDRESS",
        help="believe this proxy, too, who asks (X-Forwarded-For, X-Forwarded-Proto)",
    )
    parser.add_argument(
        "--sessions", type=_count, default=SESSIONS, metavar="N", help="terminals at once at most"
    )
    parser.add_argument(
        "--per-address", type=_count, default=PER_ADDRESS, metavar="N", help="of one address"
    )
    parser.add_argument(
        "--host-socket", default="", metavar="PATH", help="where the host for terminals listens"
    )
    parser.add_argument("--state", metavar="DIR", help="folder of what browsers are known by")
    parser.add_argument("--language", metavar="CODE", help="language until somebody signs in")
    add_manner(parser)


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Serve terminals until told to end."""
    if sys.platform != "linux":
        raise BadSetting("Terminals for browsers are forked by a host, which only Linux has.")
    try:
        from floorhand.web.server import FloorServer, serve
    except ModuleNotFoundError as error:
        raise BadSetting(
            f"{error.name} is not installed; the extra brings it: pip install 'floorhand[web]'"
        ) from error
    from floorhand.web.browsers import Browsers
    from floorhand.web.hosts import Hosts
    from floorhand.web.sessions import Limits, environment
    from floorhand.web.visitors import Door

    if sqlite_file(settings.database) is not None:  # a server may be away, and come back
        engine_of(opened(settings)).dispose()
    settings = _in_full(settings)
    door = Door(frozenset(map(str.lower, args.name)), frozenset(args.proxy))
    path = args.host_socket or os.environ.get("FLOORHAND_SOCKET", "")
    # Those that are about to end have their place, too.
    hosts = Hosts(path, environment(settings), 2 * args.sessions, say)
    limits = Limits(args.sessions, args.per_address)
    server = FloorServer(settings, Browsers(_state(settings)), door, hosts, limits)

    async def work() -> None:
        ending = asyncio.Event()
        for one in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(one, ending.set)
        await serve(server, args.host, args.port, ending, started)

    def started(port: int) -> None:
        say(f"Terminals for browsers at http://{_shown(args.host)}:{port}/ (Ctrl+C ends)")

    try:
        asyncio.run(work())
    except OSError as error:
        raise BadSetting(f"{args.host}:{args.port} cannot be listened to: {error}") from error
    return 0


def _in_full(settings: Settings) -> Settings:
    """Name files in full: a host may work in another folder."""
    where = address_of(settings.database)
    file = sqlite_file(settings.database)
    if file is None:
        return replace(settings, labels=str(Path(settings.labels).absolute()))
    if file.is_absolute():
        return settings
    if "://" not in settings.database:
        return replace(settings, database=str(file.resolve()))
    before = (where.database or "").removesuffix(path_of(where))
    named = where.set(database=f"{before}{file.resolve()}")
    return replace(settings, database=named.render_as_string(hide_password=False))


def _state(settings: Settings) -> Path:
    if settings.state:
        return Path(settings.state).absolute() / "browsers"
    from platformdirs import user_state_path

    return user_state_path("floorhand", appauthor=False) / "browsers"


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _port(text: str) -> int:
    if not text.isdecimal() or not int(text) < 65_536:
        raise argparse.ArgumentTypeError(f"{text} is no port; it can be 1 to 65535, 0: any free")
    return int(text)


def _count(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) <= 10_000:
        raise argparse.ArgumentTypeError(f"{text} is no number of terminals")
    return int(text)


def _address(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is no address, as 192.0.2.7") from None
