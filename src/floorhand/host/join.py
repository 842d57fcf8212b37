"""``floorhand join``: hand one's terminal over to the host, and wait until it is given back.

It imports next to nothing, not even the rest of floorhand, and can be run as a file
(``python -I -S join.py``): a worker waits for it. Once the line is handed over, what is left to do
needs no Python, so `/bin/sh` does it, in a thirtieth of the memory, as long as the terminal lasts:
it passes signals on, and ends as the terminal ends. Only if that was no good end, or if the
terminal moves to a newer host, does it call for this program again.

A client and a host speak over a stream socket. The client begins with `HELLO` and fields, each
ended by NUL, and an empty field after the last; the three descriptors of its terminal come along,
and maybe a fourth, of a pipe that nobody writes to and that ends when the client does. The host
answers with a line: ``open`` and the number of the terminal's process, or ``no`` and why. After
that the client sends single letters, `RESIZED`, `HUNG_UP`, `TOLD_TO_END`, and the other side one
line: ``end`` and an exit code, or ``killed``. Both may say ``again`` instead, when the terminal is
to be had from another host. The line ends with the process.
"""

from __future__ import annotations

import _socket  # all that `socket` adds takes longer to load than the rest of a start
import os
import sys
import termios

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing takes as long to load as all of the above
    from typing import Any

HELLO = "floorhand 1"
TAKE_OVER = "floorhand takes over 1"
"""A newer host begins so."""

REQUEST_BYTES_MAX = 65_536
ANSWER_BYTES_MAX = 1_024
ANSWER_MAX_S = 45
"""How long a host may take to fork. One that is stopped never does; one that takes over from a host
of another schema does so only when all terminals have left that."""

AGAIN_MAX = 10
"""Hosts that may send us on to a newer one."""

RESIZED, HUNG_UP, TOLD_TO_END = b"w", b"h", b"t"

SOCKET_NAME = "host.sock"
ENVIRONMENT = ("TERM", "COLORTERM", "TERM_PROGRAM", "NO_COLOR", "LANG", "LANGUAGE", "TZ")
ENVIRONMENT_BEGIN = ("FLOORHAND_", "LC_")
"""What of its environment a client sends: a terminal has no use for anything else."""

LINE, LIFE = 3, 4
"""The descriptors of the socket, and of our end of the pipe, while the shell waits."""

TIMEVAL_BYTES = 16 if sys.maxsize > 2**32 else 8
"""Of a time in the system's own terms: seconds and microseconds, a long each."""

FLAGS, NUMBERS_MAX = 6, 64
"""Attributes of a terminal begin with flags and speeds (termios.tcgetattr); and how many numbers
there are at most, special characters included."""

MOVED, BROKEN = 201, 202
"""How the part of the shell that listens ends, if not as the terminal did."""

MOVES = 75
"""Exit code of a terminal that goes on at a newer host ("temporary failure", sysexits.h), and of
its client if that does not follow it by itself."""

KILLED = 1
"""Exit code if nobody is left to tell that of the terminal."""

WAITING = f"""
trap 'printf {RESIZED.decode()} >&{LINE}' WINCH
trap 'printf {HUNG_UP.decode()} >&{LINE}' HUP
trap 'printf {TOLD_TO_END.decode()} >&{LINE}' TERM
trap '' INT QUIT TSTP TTIN TTOU PIPE
{{
    trap '' WINCH TERM
    read -r said code <&{LINE}
    case $said in
    end) exit "$code" ;;
    again) exit {MOVED} ;;
    *) exit {BROKEN} ;;
    esac
}} {LIFE}>&- &
printf {RESIZED.decode()} >&{LINE}
while
    kill -0 $! 2>/dev/null
    ended=$?
    wait $!
    said=$?
    [ $said -eq 127 ] || code=$said
    [ $said -gt 128 ] && [ $ended -eq 0 ]
do :; done
exec {LINE}<&- {LIFE}>&-
case $code in
{MOVED}) exec "$@" ;;
{BROKEN}) exec "$@" --mend ;;
*) exit $code ;;
esac
"""
"""What waits. A signal interrupts ``wait``, which is not so of ``read`` in every shell (POSIX,
Shell Command Language, 2.11): so the line is listened to beside it, and waited for again after any
code above 128 unless that part had ended before, which some shells notice by themselves (dash);
127 says that its code was given already. The size is told once more at
the beginning, for it may have changed before there was anybody to notice. The pipe is held by the
first one alone: when that is killed, the terminal ends although the other one holds the line."""

MEND = "\x1b[?2004l\x1b[?7h\x1b[?1000l\x1b[?1006l\x1b[<u\x1b[?1049l\x1b[?25h\x1b[?1004l\x1b[0m"
"""Takes back what a terminal program asks of a terminal: pastes in brackets, no line wrap, to be
told of clicks, the other screen, no cursor, to be told of focus."""

NO_HOST = "No host for terminals answers{where}: {why}."


class NoHost(Exception):
    """Nobody will open a terminal for us; says why."""


def main(words: list[str]) -> int:
    """Join the host; without one, be a terminal of one's own.

    Args:
        words: ``--socket PATH``; ``--only``: open no terminal of one's own if no host answers;
            ``--once``: do not follow a terminal to a newer host; all else is for the terminal, as
            ``--seat P1``.

    Returns:
        The exit code, if it was not the terminal's own.
    """
    typed = _Typed(words)
    if typed.mend:
        _mend(typed.attributes)
        return KILLED
    if typed.once and typed.attributes:
        return MOVES
    if not all(map(os.isatty, range(3))):
        print("floorhand: This is no terminal. Use floorhand talk.", file=sys.stderr)
        return 1
    attributes = typed.attributes or _attributes()
    life, held = os.pipe()
    try:
        line = join(typed.path, typed.rest, attributes, life)
    except NoHost as error:
        if typed.attributes:  # the terminal that moved has left its line to the next one
            restore(attributes)
        print(f"floorhand: {error}", end="\r\n", file=sys.stderr, flush=True)
        if typed.only:
            return 1
        os.execv(sys.executable, [sys.executable, "-m", "floorhand", "terminal", *typed.rest])
    os.close(life)
    _wait(line, held, [*typed.own, *typed.rest, "--mended-by", attributes])
    return 0


class _Typed:
    """Our own words, and the rest.

    Attributes:
        path: Where the host listens; empty: wherever there is one.
        only: Whether to open no terminal of one's own.
        once: Whether somebody else follows a terminal that moves, and knows better where we are.
        attributes: Those of the terminal before the first program took it over; empty: as now.
        mend: Whether to put it right, and no more.
        own: Our own that count for the next call, too.
        rest: For the terminal.
    """

    def __init__(self, words: list[str]) -> None:
        self.path, self.attributes = os.environ.get("FLOORHAND_SOCKET", ""), ""
        self.only = self.once = self.mend = False
        self.rest: list[str] = []
        left = iter(words)
        for word in left:
            if word == "--socket":
                self.path = next(left, "")
            elif word.startswith("--socket="):
                self.path = word.partition("=")[2]
            elif word == "--only":
                self.only = True
            elif word == "--once":
                self.once = True
            elif word == "--mended-by":
                self.attributes = next(left, "")
            elif word == "--mend":
                self.mend = True
            else:
                self.rest.append(word)

    @property
    def own(self) -> list[str]:
        path = ["--socket", self.path] if self.path else []
        kept = {"--only": self.only, "--once": self.once}
        return [*path, *(word for word, is_typed in kept.items() if is_typed)]


def is_sent(name: str) -> bool:
    """Say whether a terminal has a use for something of its client's environment."""
    return name in ENVIRONMENT or name.startswith(ENVIRONMENT_BEGIN)


def socket_paths(path: str = "") -> list[str]:
    """Say where a host may listen: that of a service first."""
    if path:
        return [path]
    folders = [os.environ.get("RUNTIME_DIRECTORY", "") or "/run/floorhand"]
    if own := os.environ.get("XDG_RUNTIME_DIR", ""):
        folders.append(f"{own}/floorhand")
    return [f"{folder}/{SOCKET_NAME}" for folder in folders]


def join(path: str, words: list[str], attributes: str, life: int, act: str = "") -> _socket.socket:
    """Hand this program's terminal over.

    Args:
        path: Where the host listens; empty: wherever there is one.
        words: For the terminal.
        attributes: What the terminal has to be like in the end.
        life: The end of a pipe whose other end closes when we end.
        act: What is wanted instead of a terminal: see `floorhand.host.request`.

    Returns:
        The line to the terminal.

    Raises:
        NoHost: If there is none, or it opens no terminal.
    """
    said = why = ""
    for _ in range(AGAIN_MAX):
        line = _connected(path)
        kept = {name: value for name, value in os.environ.items() if is_sent(name)}
        encoding = sys.stdout.encoding or "utf-8"
        try:
            ask(line, kept, words, encoding, (0, 1, 2, life), attributes, act)
            answer = line.recv(ANSWER_BYTES_MAX).decode("utf-8", "replace")
        except BlockingIOError as error:
            why = f"it says nothing for {ANSWER_MAX_S} s"
            raise NoHost(NO_HOST.format(where=f" at {line.getpeername()}", why=why)) from error
        except OSError as error:
            raise NoHost(NO_HOST.format(where=f" at {line.getpeername()}", why=error)) from error
        said, _, why = answer.rstrip("\n").partition(" ")
        if said == "open":
            line.setsockopt(_socket.SOL_SOCKET, _socket.SO_RCVTIMEO, bytes(TIMEVAL_BYTES))
            return line
        line.close()
        if said != "again":
            break
    raise NoHost(f"The host opens no terminal: {why or said or 'it has ended'}.")


def ask(
    line: _socket.socket,
    environ: dict[str, str],
    words: list[str],
    encoding: str,
    streams: tuple[int, ...],
    attributes: str = "",
    act: str = "",
) -> None:
    """Ask for a terminal on three streams, and maybe with a pipe; or for another act."""
    fields = [
        HELLO,
        f"encoding={encoding}",
        *(f"env={name}={value}" for name, value in environ.items()),
        *(f"word={word}" for word in words),
        *([f"attributes={attributes}"] if attributes else []),
        *([f"act={act}"] if act else []),
        "",
        "",
    ]
    request = "\0".join(fields).encode("utf-8", "surrogateescape")
    descriptors = b"".join(one.to_bytes(4, sys.byteorder) for one in streams)
    sent = line.sendmsg([request], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, descriptors)])
    if sent < len(request):  # sending nothing fails, too, where the host has refused already
        line.sendall(request[sent:])


def _connected(path: str) -> _socket.socket:
    """Call a host. Where more call than may wait, the system lets us wait for that, too."""
    tried: OSError | None = None
    for one in socket_paths(path):
        line = _socket.socket(_socket.AF_UNIX)
        for limit in (_socket.SO_SNDTIMEO, _socket.SO_RCVTIMEO):
            longest = ANSWER_MAX_S.to_bytes(TIMEVAL_BYTES // 2, sys.byteorder)
            line.setsockopt(_socket.SOL_SOCKET, limit, longest + bytes(TIMEVAL_BYTES // 2))
        try:
            line.connect(one)
        except OSError as error:
            line.close()
            tried = error
        else:
            return line
    where = f" at {path}" if path else ""
    raise NoHost(NO_HOST.format(where=where, why=tried))


def _wait(line: _socket.socket, held: int, words: list[str]) -> None:
    """Become the shell that waits; ``words`` are those of the next call, if there is one."""
    us = [sys.executable, "-I", "-S", os.path.abspath(__file__)]
    for each, kept in ((line.fileno(), LINE), (held, LIFE)):  # opened later, so not below these
        os.dup2(each, kept)
        os.set_inheritable(kept, True)
    os.execve(
        "/bin/sh",
        ["floorhand", "-c", WAITING, "floorhand", *us, *words],
        {**os.environ, "ENV": ""},
    )


def _attributes() -> str:
    """Say how the terminal is now: flags, speeds and special characters, as numbers."""
    *numbers, characters = termios.tcgetattr(0)  # two of these are numbers if no line is edited
    codes = (one if isinstance(one, int) else ord(one) for one in characters)
    return ",".join(map(str, [*numbers, *codes]))


def is_attributes(saved: str) -> bool:
    """Say whether a terminal can be told to be so."""
    numbers = saved.split(",")
    if not all(one.isascii() and one.isdecimal() for one in numbers):
        return False
    flags, characters = [*map(int, numbers[:FLAGS])], [*map(int, numbers[FLAGS:])]
    enough = len(numbers) > FLAGS + max(termios.VMIN, termios.VTIME)
    return enough and max(flags) < 2**32 and max(characters) < 256 and len(numbers) <= NUMBERS_MAX


def restore(saved: str) -> None:
    """Make the terminal what it was.

    Raises:
        termios.error: If it is gone.
    """
    numbers = [int(one) for one in saved.split(",")]
    attributes: list[Any] = [*numbers[:FLAGS], [bytes((one,)) for one in numbers[FLAGS:]]]
    termios.tcsetattr(0, termios.TCSANOW, attributes)


def _mend(saved: str) -> None:
    """Put a terminal right that was left as it was, and say so."""
    restore(saved)
    sys.stdout.write(MEND)
    sys.stdout.flush()
    said = "The terminal was ended from outside. What was answered is saved."
    print(f"floorhand: {said}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
