"""A real Chromium without a window, driven by its own protocol over one WebSocket."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any

import aiohttp

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
WAIT_MAX_S = 60.0
"""Far longer than anything takes: how quick the machine is decides nothing."""

CELL_PX = (9, 21)
"""A character of the terminal at its usual size, in the font that it comes with."""

LOOK_S = 0.05
CONTROL = 2
"""The bit of Ctrl among `modifiers` of Input.dispatchKeyEvent (DevTools protocol)."""


def program() -> str | None:
    return next((found for name in NAMES if (found := shutil.which(name))), None)


class Page:
    """One tab, with the screen of the terminal in it."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._numbers = count(1)
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self.requested: list[str] = []
        self.wrong: list[str] = []
        self._reader = asyncio.create_task(self._read())

    async def _read(self) -> None:
        async for message in self._socket:
            told = json.loads(message.data)
            if (number := told.get("id")) is not None:
                self._answers.pop(number).set_result(told)
            elif told["method"] == "Network.requestWillBeSent":
                self.requested.append(told["params"]["request"]["url"])
            elif told["method"] == "Runtime.exceptionThrown":
                self.wrong.append(str(told["params"]["exceptionDetails"]))
            elif told["method"] == "Log.entryAdded":
                entry = told["params"]["entry"]
                if entry["source"] != "network":  # a server that is away is tried on purpose
                    self.wrong.append(entry["text"])

    async def do(self, method: str, **params: Any) -> dict[str, Any]:
        number = next(self._numbers)
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        await self._socket.send_json({"id": number, "method": method, "params": params})
        told = await answer
        assert "error" not in told, told
        return told["result"]

    async def run(self, script: str) -> Any:
        answer = await self.do(
            "Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    async def wait(self, script: str) -> Any:
        """Wait until a script gives something that is true."""
        async with asyncio.timeout(WAIT_MAX_S):
            while not (found := await self.run(script)):
                await asyncio.sleep(LOOK_S)
            return found

    async def until(self, true: Callable[[], bool]) -> None:
        """Wait until something is true outside the browser."""
        async with asyncio.timeout(WAIT_MAX_S):
            while not true():
                await asyncio.sleep(LOOK_S)

    async def tell_until(self, typed: str, shown: str) -> None:
        """Type, and wait until the terminal has shown something since."""
        await self.run("window.said = ''")
        await self.type(typed)
        await self.wait(f"window.said.includes({json.dumps(shown)})")

    async def go(self, url: str) -> None:
        await self.do("Page.navigate", url=url)

    async def type(self, text: str) -> None:
        """Type as a scanner does that is a keyboard; a control character is a key with Ctrl."""
        for letter in text:
            if letter == "\r":
                keys = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13, "text": "\r"}
            elif letter == "\x1d":
                keys = {"key": "]", "code": "BracketRight", "windowsVirtualKeyCode": 221}
                keys["modifiers"] = CONTROL
            else:
                keys = {"key": letter, "text": letter}
            await self.do("Input.dispatchKeyEvent", type="keyDown", **keys)
            keys.pop("text", None)
            await self.do("Input.dispatchKeyEvent", type="keyUp", **keys)

    async def press(self, key: str, number: int) -> None:
        for kind in ("keyDown", "keyUp"):
            await self.do(
                *("Input.dispatchKeyEvent",),
                type=kind,
                key=key,
                code=key,
                windowsVirtualKeyCode=number,
            )

    async def mouse(self, kind: str, column: int, line: int, **more: Any) -> None:
        """Do something with the mouse at a character of the terminal, both counted from 0."""
        x, y = (column + 0.5) * CELL_PX[0], (line + 0.5) * CELL_PX[1]
        await self.do("Input.dispatchMouseEvent", type=kind, x=x, y=y, **more)

    async def click(self, column: int, line: int) -> None:
        for kind in ("mousePressed", "mouseReleased"):
            await self.mouse(kind, column, line, button="left", clickCount=1)

    async def picture(self, file: Path) -> None:
        shot = await self.do("Page.captureScreenshot", format="png")
        file.write_bytes(base64.b64decode(shot["data"]))

    async def close(self) -> None:
        self._reader.cancel()
        await self._socket.close()


@asynccontextmanager
async def chromium(width: int, height: int) -> AsyncIterator[Page]:
    """Open one page in a browser with nothing kept from before."""
    home = Path(tempfile.mkdtemp(prefix="floorhand-chromium-"))
    found = program()
    assert found is not None
    process = await asyncio.create_subprocess_exec(
        found,
        *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"),
        *("--no-first-run", "--disable-background-networking", "--disable-component-update"),
        *("--remote-debugging-port=0", f"--user-data-dir={home}", "about:blank"),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        env={"HOME": str(home), "PATH": os.environ["PATH"]},
    )
    try:
        async with aiohttp.ClientSession() as session:
            port = await _port(home, process)
            async with session.get(f"http://127.0.0.1:{port}/json/list") as answer:
                tabs = await answer.json()
            tab = next(tab for tab in tabs if tab["type"] == "page")
            address = tab["webSocketDebuggerUrl"]
            socket = await session.ws_connect(address, max_msg_size=0)
            page = Page(socket)
            for domain in ("Page", "Runtime", "Network", "Log"):
                await page.do(f"{domain}.enable")
            await page.do(
                "Emulation.setDeviceMetricsOverride",
                width=width,
                height=height,
                deviceScaleFactor=1,
                mobile=False,
            )
            yield page
            await page.close()
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        shutil.rmtree(home, ignore_errors=True)


async def _port(home: Path, process: asyncio.subprocess.Process) -> int:
    """Wait until it listens, and say where."""
    told = home / "DevToolsActivePort"
    async with asyncio.timeout(WAIT_MAX_S):
        while not (told.exists() and told.read_text()):
            assert process.returncode is None, "Chromium has ended"
            await asyncio.sleep(LOOK_S)
    return int(told.read_text().split()[0])
