"""Python programs that tests start: forks of a process that has loaded what they load.

To load it takes a new interpreter a second, which is longer than most of what is tried. What is
about the start of a program, or about its memory, starts it by itself.
"""

from __future__ import annotations

import json
import os
import runpy
import signal
import socket
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from multiprocessing import forkserver, get_context, util
from pathlib import Path
from types import ModuleType
from typing import Any

ASKED_BYTES_MAX = 2**20


def _context() -> Any:
    context = get_context("forkserver")
    context.set_forkserver_preload(["loaded"])
    return context


class Program:
    """A program in a session of its own, as far as tests need what `subprocess.Popen` can do.

    Args:
        arguments: Those of the interpreter: a script, ``-c`` and its text, or ``-m`` and a module;
            and its own.
        place: The terminal that it is on, or a file for what it says.
        environ: Its environment.
    """

    def __init__(
        self, arguments: Sequence[str], place: str, environ: Mapping[str, str] = os.environ
    ) -> None:
        asked = (list(arguments), place, dict(environ), os.getcwd())
        self._process = _context().Process(target=_become, args=asked)
        usual = os.environ.get("PYTHONPATH")
        os.environ["PYTHONPATH"] = os.pathsep.join(sys.path)  # where the first finds what to load
        try:
            self._process.start()
        finally:
            if usual is None:
                del os.environ["PYTHONPATH"]
            else:
                os.environ["PYTHONPATH"] = usual
        self.pid: int = self._process.pid

    @property
    def returncode(self) -> int | None:
        """What it ended with; a signal as a negative number; None while it runs."""
        code: int | None = self._process.exitcode
        return code

    def poll(self) -> int | None:
        return self.returncode

    def wait(self, wait_max_s: float | None = None) -> int:
        self._process.join(wait_max_s)
        assert self.returncode is not None, f"{self.pid} has not ended"
        return self.returncode

    def send_signal(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


def outcome(arguments: Sequence[str], environ: Mapping[str, str] = os.environ) -> tuple[int, str]:
    """Let a program end by itself; gives what it ended with, and all that it said."""
    with tempfile.NamedTemporaryFile() as told:
        program = Program(arguments, told.name, environ)
        try:
            return program.wait(), Path(told.name).read_text("utf-8")
        finally:
            if program.poll() is None:
                program.kill()


def _become(arguments: list[str], place: str, environ: dict[str, str], folder: str) -> None:
    """Be the program, in a process that has just been forked."""
    forkserver._forkserver.__init__()  # one that it forks from must have its environment
    signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored if the tests were begun by &
    os.setsid()
    line = os.open(place, os.O_RDWR)  # the first of a session is at that terminal from then on
    for number in (0, 1, 2):
        os.dup2(line, number)
    os.close(line)
    sys.stdin = sys.__stdin__ = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stdout = sys.__stdout__ = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = sys.__stderr__ = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    os.environ.clear()
    os.environ.update(environ)
    os.chdir(folder)
    match arguments:
        case ["-m", module, *_]:
            sys.argv = arguments[1:]
            runpy.run_module(module, run_name="__main__", alter_sys=True)
        case ["-c", text, *own]:
            sys.argv = ["-c", *own]
            exec(text, {"__name__": "__main__"})
        case _:
            sys.argv = arguments
            _run(Path(arguments[0]))


def _run(script: Path) -> None:
    """Be a script, by the names of its module for itself and for processes that it starts."""
    main = ModuleType("__main__")
    main.__file__ = str(script)
    sys.path.insert(0, str(script.parent))
    _fork_ahead()
    sys.modules["__main__"] = sys.modules["__mp_main__"] = main
    exec(compile(script.read_bytes(), script, "exec"), main.__dict__)


def _fork_ahead() -> None:
    """Fork what the script may fork processes from, while nothing is open that it must not have.

    It would be a new interpreter, which loads what is loaded here. It still is where the system
    has to load something else first.
    """
    ours, theirs = socket.socketpair()
    pid = os.fork()
    if not pid:
        ours.close()
        _be_forked_from(theirs)
    theirs.close()
    start = util.spawnv_passfds

    def started(path: str, arguments: Sequence[str], files: Sequence[int]) -> int:
        if "forkserver import main" not in arguments[-1] or "LD_PRELOAD" in os.environ:
            return start(path, arguments, files)
        util.spawnv_passfds = start  # it is there once
        asked = {"call": arguments[-1].partition("; ")[2], "environ": dict(os.environ)}
        with ours:
            socket.send_fds(ours, [json.dumps(asked).encode()], list(files))
        return pid

    util.spawnv_passfds = started


def _be_forked_from(line: socket.socket) -> None:
    """Wait for what the new interpreter would be told, and do that; end if nothing comes."""
    with suppress(SystemExit):
        with line:
            asked, files, _, _ = socket.recv_fds(line, ASKED_BYTES_MAX, 2)
        if asked:
            told = json.loads(asked)
            os.environ.clear()
            os.environ.update(told["environ"])
            exec(told["call"], {"main": partial(_serve, files)})
    os._exit(0)


def _serve(files: Sequence[int], _listener: int, _alive: int, *more: Any, **named: Any) -> None:
    forkserver.main(*files, *more, **named)  # which have other numbers here
