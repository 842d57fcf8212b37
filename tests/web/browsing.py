"""A server on a port of its own, and a browser made of nothing but its cookie and its line."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from floorhand.config import Settings
from floorhand.web.browsers import Browsers
from floorhand.web.server import FloorServer
from floorhand.web.sessions import Limits
from floorhand.web.visitors import Door

WAIT_MAX_S = 60.0
"""Far longer than anything takes: how quick the machine is decides nothing."""


def children() -> set[int]:
    """The terminals that run, as the system lists them among all that this process has begun."""
    begun = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    return {int(pid) for pid in begun if "terminal" in _words(pid)}


def _words(pid: str) -> list[str]:
    """How a process was begun; nothing if it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    except OSError:
        return []


async def gone(*pids: int) -> None:
    """Wait until processes have ended."""
    async with asyncio.timeout(WAIT_MAX_S):
        while any(Path(f"/proc/{pid}").exists() for pid in pids):
            await asyncio.sleep(0.05)


class Served:
    """A server that can be stopped, and started again on the same port."""

    def __init__(self, home: str, folder: Path, door: Door, limits: Limits) -> None:
        self._make = lambda: FloorServer(
            Settings(database=home, labels=str(folder / "labels")),
            Browsers(folder / "browsers"),
            door,
            limits,
        )
        self.port = 0
        self.server: FloorServer
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        self.server = self._make()
        self._runner = web.AppRunner(self.server.application(), shutdown_timeout=0.5)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None


@asynccontextmanager
async def served(
    home: str, folder: Path, *, door: Door | None = None, limits: Limits | None = None
) -> AsyncIterator[Served]:
    """Serve the terminals of a warehouse."""
    made = Served(home, folder, door or Door(), limits or Limits())
    before = children()
    await made.start()
    try:
        yield made
    finally:
        await made.stop()
        await gone(*children() - before)


class Tab:
    """A page's end of the line."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket
        self.seen = bytearray()
        self.told: list[Any] = []

    async def until(self, word: bytes) -> None:
        """Read until the terminal has shown a word."""
        end = asyncio.get_running_loop().time() + WAIT_MAX_S
        while word not in self.seen:
            try:
                left = end - asyncio.get_running_loop().time()
                message = await asyncio.wait_for(self.socket.receive(), left)
            except TimeoutError:
                raise AssertionError(f"{word!r} did not come: {self.seen[-300:]!r}") from None
            else:
                match message.type:
                    case aiohttp.WSMsgType.BINARY:
                        self.seen += message.data
                    case aiohttp.WSMsgType.TEXT:
                        self.told.append(json.loads(message.data))
                    case _:
                        raise AssertionError(
                            f"closed ({self.socket.close_code}): {self.seen[-300:]!r}"
                        )

    async def closed(self) -> int:
        """Read until the line is closed, and say why it was."""
        async with asyncio.timeout(WAIT_MAX_S):
            while True:
                message = await self.socket.receive()
                match message.type:
                    case aiohttp.WSMsgType.CLOSE:
                        return int(message.data)
                    case aiohttp.WSMsgType.BINARY:
                        self.seen += message.data
                    case aiohttp.WSMsgType.CLOSED | aiohttp.WSMsgType.CLOSING:
                        return self.socket.close_code or 0

    async def type(self, text: str) -> None:
        """Type; what was seen before is forgotten."""
        self.seen.clear()
        await self.tell("stdin", text)

    async def tell(self, *words: Any) -> None:
        await self.socket.send_json([*words])


@asynccontextmanager
async def browser(
    at: Served, seat: str = "P1", station: str = ""
) -> AsyncIterator[aiohttp.ClientSession]:
    """A browser that has been given a seat; an empty one: it has none yet."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        if seat:
            asked = {"seat": seat, "station": station}
            async with session.get(f"{at.url}/", params=asked) as answer:
                assert answer.status == 200, await answer.text()
        yield session


@asynccontextmanager
async def tab(
    at: Served,
    session: aiohttp.ClientSession,
    *,
    columns: int = 80,
    lines: int = 24,
    **headers: str,
) -> AsyncIterator[Tab]:
    """Open the line, as the page does."""
    headers = {"Origin": at.url, **headers}
    address = f"{at.url}/ws?width={columns}&height={lines}"
    async with session.ws_connect(address, headers=headers) as socket:
        yield Tab(socket)
