"""Who forks the terminals of browsers: the host of this machine, or else one of our own.

A host of our own is a child that nobody else can call. It is begun when there is no other, and
again when it has ended, and it ends with us, whatever ends us. No terminal ends with a host.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from typing import Final

from floorhand.host.join import (
    AGAIN_MAX,
    ANSWER_BYTES_MAX,
    ANSWER_MAX_S,
    NO_HOST,
    SOCKET_NAME,
    NoHost,
    ask,
    socket_paths,
)
from floorhand.host.request import peer_of

ASKING_MAX: Final = 16
"""So many terminals are asked for at once: all browsers come at once after a lost network."""

BEGIN_MAX_S: Final = 60.0
"""How long a host of our own may take to load."""

END_MAX_S: Final = 5.0
ERRORS: Final = 2
"""Where a host of our own says what happened: who reads our output waits for our own words."""

READY_BYTES_MAX: Final = 1_024
SCREEN: Final = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}
"""What the page is, in the terms of a terminal's environment."""


class Terminal:
    """A terminal that a host has forked.

    Args:
        line: To it, and to its host, as long as both are there.
        pid: The number of its process; 0 if the host has not told.
    """

    def __init__(self, line: socket.socket, pid: int) -> None:
        self._line = line
        self._pid = pid
        self._listening = asyncio.create_task(self._listen())

    async def _listen(self) -> str:
        """Wait for the end of the line, which is that of the process; give the last word."""
        loop, said = asyncio.get_running_loop(), b""
        with self._line, suppress(OSError):
            while data := await loop.sock_recv(self._line, ANSWER_BYTES_MAX):
                said = data
        return said.decode("ascii", "replace").strip()

    async def last_word(self, wait_max_s: float) -> str | None:
        """Wait for its end, and say what was told of it: see `floorhand.host.join`.

        Returns:
            The word, empty if nobody could give it; None if the terminal goes on.
        """
        done, _ = await asyncio.wait({self._listening}, timeout=wait_max_s)
        return self._listening.result() if done else None

    def kill(self) -> None:
        """End it, if it has not ended yet."""
        if self._pid and not self._listening.done():
            with suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGKILL)

    def close(self) -> None:
        """Let go of it: it takes that for a hang-up, if it has not ended yet."""
        self._listening.cancel()


class Hosts:
    """Opens terminals.

    Args:
        path: Where the host of this machine listens; empty: at the usual place.
        environ: All that a host of our own finds in its environment.
        terminals_max: How many it may have.
        tell: Takes a sentence about what happened.
    """

    def __init__(
        self,
        path: str,
        environ: Mapping[str, str],
        terminals_max: int,
        tell: Callable[[str], None],
    ) -> None:
        self._paths = socket_paths(path)
        self._own = OwnHost(environ, terminals_max)
        self._tell = tell
        self._asking = asyncio.Semaphore(ASKING_MAX)
        self._readying = asyncio.Lock()

    async def get_ready(self) -> None:
        """Begin a host of our own, if there is no other: the first browser need not wait for it."""
        why = ""
        for path in self._paths:
            try:
                (await _called(path)).close()
            except NoHost as error:
                why = str(error)
            else:
                return
        with suppress(NoHost):  # the first browser will try again
            await self._begin_own(why)

    async def open(self, words: Sequence[str], stream: int) -> Terminal:
        """Open a terminal.

        Args:
            words: For the terminal, as ``--seat=P1``.
            stream: The line that it shall be on; the caller's to close.

        Raises:
            NoHost: If that cannot be had.
        """
        async with self._asking:
            why = ""
            for path in self._paths:
                try:
                    terminal = await _asked(path, words, stream)
                except NoHost as error:
                    why = str(error)
                else:
                    if not self._readying.locked():
                        self._own.let_go()  # it stood in for this one; its terminals go on
                    return terminal
            await self._begin_own(why)
            return await self._own.open(words, stream)

    async def _begin_own(self, why: str) -> None:
        async with self._readying:
            if self._own.is_there():
                return
            self._tell(f"{why} Starting a host of our own.".strip())
            try:
                await self._own.begin()
            except NoHost as error:
                self._tell(str(error))
                raise

    async def end(self) -> None:
        """End what is ours."""
        async with self._readying:
            await self._own.end()
            self._own.close()


class OwnHost:
    """A host that ends with this program.

    Args:
        environ: All that it finds in its environment.
        terminals_max: How many it may have.
    """

    def __init__(self, environ: Mapping[str, str], terminals_max: int) -> None:
        self._environ = environ
        self._terminals_max = terminals_max
        self._folder: Path | None = None
        self._process: asyncio.subprocess.Process | None = None
        self._tie: int | None = None

    def is_there(self) -> bool:
        """Say whether it runs."""
        return self._process is not None and self._process.returncode is None

    async def begin(self) -> None:
        """Begin it, and wait until it can be called.

        Raises:
            NoHost: If it cannot be begun.
        """
        await self.end()
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="floorhand-"))
        ready = self._folder / "ready"
        ready.unlink(missing_ok=True)
        with closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as told:
            told.setblocking(False)
            told.bind(str(ready))
            try:
                self._process = await self._started(ready)
                await self._until_ready(told, self._process)
            except OSError as error:
                self.let_go()
                raise NoHost(f"There is no host of our own: {error}.") from error
            except NoHost:
                await self.end()
                raise

    async def _started(self, ready: Path) -> asyncio.subprocess.Process:
        """Start it: it is tied to us by its input, which ends when we do."""
        tied, self._tie = os.pipe()
        try:
            return await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "floorhand", "host", "--tied"),
                *("--socket", self._path, "--sessions", str(self._terminals_max)),
                stdin=tied,
                stdout=ERRORS,
                env={**self._environ, "NOTIFY_SOCKET": str(ready)},
            )
        finally:
            os.close(tied)

    async def _until_ready(self, told: socket.socket, process: asyncio.subprocess.Process) -> None:
        loop = asyncio.get_running_loop()
        ready = asyncio.create_task(loop.sock_recv(told, READY_BYTES_MAX))
        ended = asyncio.create_task(process.wait())
        try:
            await asyncio.wait(
                (ready, ended), timeout=BEGIN_MAX_S, return_when=asyncio.FIRST_COMPLETED
            )
            if not ready.done():
                why = f"it ended ({process.returncode})" if ended.done() else "it does not load"
                raise NoHost(f"There is no host of our own: {why}.")
        finally:
            for one in (ready, ended):
                one.cancel()
            await asyncio.wait((ready, ended))

    async def open(self, words: Sequence[str], stream: int) -> Terminal:
        """Open a terminal; a host that cannot do that makes room for another one.

        Raises:
            NoHost: If it cannot.
        """
        try:
            return await _asked(self._path, words, stream)
        except NoHost:
            await self.end()
            raise

    @property
    def _path(self) -> str:
        return f"{self._folder}/{SOCKET_NAME}"

    def let_go(self) -> None:
        """Let it end, without waiting for that; its terminals go on."""
        self._process = None
        if self._tie is not None:
            os.close(self._tie)
            self._tie = None

    async def end(self) -> None:
        """End it, if it runs; its terminals go on."""
        process = self._process
        self.let_go()
        if process is None:
            return
        try:
            await asyncio.wait_for(process.wait(), END_MAX_S)
        except TimeoutError:
            process.kill()
            await process.wait()

    def close(self) -> None:
        """Leave nothing behind."""
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None


async def _asked(path: str, words: Sequence[str], stream: int) -> Terminal:
    """Ask a host for a terminal, and those that it sends us on to.

    Raises:
        NoHost: If none gives one.
    """
    for _ in range(AGAIN_MAX):
        if (terminal := await _asked_once(path, words, stream)) is not None:
            return terminal
    raise NoHost(f"The host at {path} sends us on again and again.")


async def _asked_once(path: str, words: Sequence[str], stream: int) -> Terminal | None:
    """Ask whoever listens now for a terminal; None if another one does so meanwhile."""
    with ExitStack() as undone:
        line = undone.enter_context(await _called(path))
        try:
            async with asyncio.timeout(ANSWER_MAX_S):
                # So small a request goes into a new line as a whole: nothing waits here.
                ask(line, SCREEN, [*words], "utf-8", (stream,) * 3)
                answer = await asyncio.get_running_loop().sock_recv(line, ANSWER_BYTES_MAX)
        except OSError as error:
            raise _none(path, error) from error
        said, _, told = answer.decode("utf-8", "replace").rstrip("\n").partition(" ")
        if said == "again":
            return None
        if said != "open":
            raise NoHost(f"The host at {path} opens no terminal: {told or 'it has ended'}.")
        undone.pop_all()
        return Terminal(line, int(told) if told.isdecimal() else 0)


async def _called(path: str) -> socket.socket:
    """Call a host. It must be of our own user: what the terminal is to know is told to it.

    Raises:
        NoHost: If there is none.
    """
    with ExitStack() as undone:
        line = undone.enter_context(socket.socket(socket.AF_UNIX))
        line.setblocking(False)
        try:
            async with asyncio.timeout(ANSWER_MAX_S):
                await asyncio.get_running_loop().sock_connect(line, path)
            user = peer_of(line).uid
        except OSError as error:
            raise _none(path, error) from error
        if user != os.getuid():
            raise NoHost(f"The host at {path} is that of another user, {user}.")
        undone.pop_all()
        return line


def _none(path: str, error: OSError) -> NoHost:
    return NoHost(NO_HOST.format(where=f" at {path}", why=str(error) or "it is too slow"))
