"""A server on a port of its own, and a browser made of nothing but its cookie and its line."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web
from host.hosts import Hosted, children, terminals_of, words_of

from floorhand.config import Settings
from floorhand.web.browsers import Browsers
from floorhand.web.hosts import Hosts
from floorhand.web.server import FloorServer
from floorhand.web.sessions import Limits, environment
from floorhand.web.visitors import Door

WAIT_MAX_S = 60.0
"""Far longer than anything takes: how quick the machine is decides nothing."""


@dataclass(frozen=True)
class Floor:
    """A warehouse, a folder for what its terminals keep, and the host that forks them."""

    home: str
    folder: Path
    host: Hosted


async def gone(*pids: int) -> None:
    """Wait until processes have ended."""
    async with asyncio.timeout(WAIT_MAX_S):
        while any(Path(f"/proc/{pid}").exists() for pid in pids):
            await asyncio.sleep(0.05)


class Served:
    """A server that can be stopped, and started again on the same port."""

    def __init__(self, floor: Floor, door: Door, limits: Limits, path: str = "") -> None:
        self._floor = floor
        settings = Settings(database=floor.home, labels=str(floor.folder / "labels"))
        self.told: list[str] = []
        self._make = lambda: FloorServer(
            settings,
            Browsers(floor.folder / "browsers"),
            door,
            Hosts(path or floor.host.socket, environment(settings), 10, self.told.append),
            limits,
        )
        self.port = 0
        self.server: FloorServer
        self._runner: web.AppRunner | None = None

    def terminals(self) -> list[int]:
        """The numbers of the terminals that run, at whichever host."""
        mine = self.own_host()
        return self._floor.host.terminals() + (terminals_of(mine) if mine else [])

    def terminal(self) -> int:
        """The number of the only one."""
        (pid,) = self.terminals()
        return pid

    def own_host(self) -> int:
        """The number of the host that the server has begun; 0 if there is none."""
        hosts = [pid for pid in children(os.getpid()) if "--tied" in words_of(pid)]
        return hosts[0] if hosts else 0

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
    floor: Floor, *, door: Door | None = None, limits: Limits | None = None, path: str = ""
) -> AsyncIterator[Served]:
    """Serve the terminals of a warehouse; ``path``: of another host than the usual one."""
    made = Served(floor, door or Door(), limits or Limits(), path)
    await made.start()
    try:
        yield made
    finally:
        left = made.terminals()
        await made.stop()
        await gone(*left)


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

    async def told_of(self, kind: str) -> tuple[Any, ...]:
        """Read until the server has told something of a kind, and give what."""
        async with asyncio.timeout(WAIT_MAX_S):
            while not (found := [tuple(rest) for one, *rest in self.told if one == kind]):
                message = await self.socket.receive()
                if message.type is aiohttp.WSMsgType.TEXT:
                    self.told.append(json.loads(message.data))
        return found[-1]

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
