"""``floorhand serve``: terminals for browsers."""

from __future__ import annotations

import argparse
import asyncio
import ipaddress
import signal
from pathlib import Path

from floorhand.commands.office import opened, say
from floorhand.commands.terminal import add_manner
from floorhand.config import Settings
from floorhand.errors import BadSetting
from floorhand.store.db import engine_of, sqlite_file

PORT = 8100
SESSIONS, PER_ADDRESS = 200, 50

EPILOG = """\
Each browser gets a terminal of its own, which resumes where it was left. It keeps its seat by a
cookie; the first visit asks for it, or a bookmark names it:
http://HOST:PORT/?seat=PACK-1&station=PACK-1. Only this machine is answered unless --host says
otherwise. Encryption is the business of a proxy in front of it: see packaging/browser.md.
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
    parser.add_argument("--state", metavar="DIR", help="folder of what browsers are known by")
    parser.add_argument("--language", metavar="CODE", help="language until somebody signs in")
    add_manner(parser)


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Serve terminals until told to end."""
    try:
        from floorhand.web.server import FloorServer, serve
    except ModuleNotFoundError as error:
        raise BadSetting(
            f"{error.name} is not installed; the extra brings it: pip install 'floorhand[web]'"
        ) from error
    from floorhand.web.browsers import Browsers
    from floorhand.web.sessions import Limits
    from floorhand.web.visitors import Door

    if sqlite_file(settings.database) is not None:  # a server may be away, and come back
        engine_of(opened(settings)).dispose()
    door = Door(frozenset(map(str.lower, args.name)), frozenset(args.proxy))
    server = FloorServer(
        settings, Browsers(_state(settings)), door, Limits(args.sessions, args.per_address)
    )

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


def _state(settings: Settings) -> Path:
    if settings.state:
        return Path(settings.state) / "browsers"
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
