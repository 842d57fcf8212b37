"""The terminals that are open now: one for each browser, and no more than the machine carries."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from enum import IntEnum
from typing import Any, Final

from aiohttp import WSMsgType, web

from floorhand.config import Settings
from floorhand.host.join import NoHost
from floorhand.web.browsers import Browser
from floorhand.web.hosts import Hosts
from floorhand.web.kept import FOLDER, Kept
from floorhand.web.line import Line

MESSAGE_BYTES_MAX: Final = 65_536
HEARTBEAT_S: Final = 15.0
CLOSE_S: Final = 0.2
"""How long a browser may take to say goodbye; one that is out of reach never does."""

USUAL_SIZE: Final = (80, 24)

PASSED_ON: Final = ("HOME", "PATH", "PYTHONPATH", "TZ", "TMPDIR")
PASSED_ON_BEGIN: Final = "PG"
"""What says how to reach PostgreSQL."""


class Closed(IntEnum):
    """Why a line was closed; the page knows what to do then."""

    RESTARTS = 1012
    TAKEN_OVER = 4001
    ENDED = 4002
    FULL = 4003
    NO_SEAT = 4004
    TOO_MUCH = 4005


@dataclass(frozen=True, slots=True)
class Limits:
    """How many terminals may be open at once.

    Attributes:
        sessions: In all.
        per_address: For browsers at one address; those behind a proxy that is not told of share it.
    """

    sessions: int = 200
    per_address: int = 50


@dataclass(eq=False, slots=True)
class Session:
    """A browser at its terminal; ``words`` say which one that is."""

    address: str
    socket: web.WebSocketResponse
    line: Line
    words: Sequence[str]
    kept: Kept

    async def carry(self, hosts: Hosts) -> Closed:
        """Carry bytes both ways until one side ends, and say how."""
        show = asyncio.create_task(self._show(hosts))
        try:
            return await self._type(show)
        finally:
            show.cancel()
            with contextlib.suppress(asyncio.CancelledError, ConnectionError):
                await show

    async def _show(self, hosts: Hosts) -> None:
        """Show what the terminal says; it waits while the browser does not take it."""
        how = Closed.ENDED
        try:
            await self.line.join(hosts, self.words)
            while (data := await self.line.read()) or await self.line.moves():
                if data:
                    await self.socket.send_bytes(data)
                    for name in self.kept.news():
                        await self.socket.send_json(["kept", name])
                else:
                    await self.line.join(hosts, self.words)
        except NoHost:  # the page comes again
            how = Closed.RESTARTS
        await self._close(how)

    async def _type(self, show: asyncio.Task[None]) -> Closed:
        """Type what the browser sends."""
        async for message in self.socket:
            if message.type is not WSMsgType.TEXT or not await self._obey(message.data):
                await self._close(Closed.TOO_MUCH)
                return Closed.TOO_MUCH
        return Closed.ENDED if show.done() else Closed.RESTARTS

    async def _obey(self, frame: str) -> bool:
        """Do what one frame says; False if it cannot be done."""
        match _read(frame):
            case ["stdin", str(text)]:
                return self.line.write(text.encode("utf-8", "replace"))
            case ["resize", {"width": int(columns), "height": int(lines)}]:
                self.line.resize(columns, lines)
            case ["ping", str(mark)]:
                await self.socket.send_json(["pong", mark])
            case ["focus"] | ["blur"]:
                pass
            case _:
                return False
        return True

    async def _close(self, why: Closed) -> None:
        await close(self.socket, why)


class Sessions:
    """All that are open.

    Args:
        settings: Those of all terminals.
        hosts: Open them.
        limits: How many there may be.
        version: Told to each page, which loads itself anew if it is of another one.
    """

    def __init__(self, settings: Settings, hosts: Hosts, limits: Limits, version: str) -> None:
        self._settings = settings
        self._hosts = hosts
        self._limits = limits
        self._version = version
        self._open: dict[str, Session] = {}
        self._leaving: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        return len(self._open)

    async def serve(
        self, browser: Browser, address: str, socket: web.WebSocketResponse, size: tuple[int, int]
    ) -> None:
        """Open a terminal for a browser, and stay until it is left.

        A browser that has one open already gets the new one, and the old page is told: what is
        half-open because the radio was lost must not lock anybody out.
        """
        seat = browser.folder.name
        if (older := self._open.pop(seat, None)) is not None:
            self._drop(older)
            await close(older.socket, Closed.TAKEN_OVER)
        if self._is_full(address):
            await close(socket, Closed.FULL)
            return
        if seat in self._open:  # a third page was quicker
            await close(socket, Closed.TAKEN_OVER)
            return
        words = words_for(self._settings, browser, address)
        session = Session(address, socket, Line(*size), words, Kept(browser.folder / FOLDER))
        self._open[seat] = session
        try:
            await socket.send_json(["floorhand", self._version])
            await session.carry(self._hosts)
        except ConnectionError:
            pass
        finally:
            if self._open.get(seat) is session:
                del self._open[seat]
            self._drop(session)

    async def end(self) -> None:
        """Hang up on all, and tell their pages that this server will be back."""
        sessions = [*self._open.values()]
        self._open.clear()
        for session in sessions:
            self._drop(session)
        await asyncio.gather(*(close(one.socket, Closed.RESTARTS) for one in sessions))

    def _is_full(self, address: str) -> bool:
        here = sum(one.address == address for one in self._open.values())
        return len(self._open) >= self._limits.sessions or here >= self._limits.per_address

    def _drop(self, session: Session) -> None:
        """Hang up; the terminal may finish what it has in hand."""
        if session.line.hang_up():
            leaving = asyncio.create_task(session.line.ended())
            self._leaving.add(leaving)
            leaving.add_done_callback(self._leaving.discard)


def environment(settings: Settings) -> dict[str, str]:
    """Say all that a host of our own finds in its environment: nothing that it does not need."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in PASSED_ON or name.startswith(PASSED_ON_BEGIN)
    }
    told = {
        f"FLOORHAND_{field.name.upper()}": "1" if value is True else str(value)
        for field in fields(Settings)
        if (value := getattr(settings, field.name)) != field.default
    }
    return {**kept, **told}


def words_for(settings: Settings, browser: Browser, address: str) -> list[str]:
    """Say all settings of a browser's terminal: what its host has for others does not count."""
    own = replace(
        settings,
        seat=browser.seat,
        station=browser.station,
        state=str(browser.folder),
        kept=str(browser.folder / FOLDER),
        log=str(browser.folder / "floorhand.log"),
        remote=address,
    )
    return [
        f"--{field.name.replace('_', '-')}={getattr(own, field.name)}" for field in fields(Settings)
    ]


async def close(socket: web.WebSocketResponse, why: Closed) -> None:
    """Close a line, and wait no longer for the other end than it takes one that listens."""
    with contextlib.suppress(ConnectionError, TimeoutError):
        await asyncio.wait_for(socket.close(code=why), CLOSE_S)


def _read(frame: str) -> Any:
    try:
        return json.loads(frame)
    except ValueError:
        return None
