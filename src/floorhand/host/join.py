"""``floorhand join``: hand one's terminal over to the host, and wait until it is given back.

It imports next to nothing, not even the rest of floorhand, and can be run as a file
(``python -I -S join.py``): a worker waits for it. Once the line is handed over, what is left to do
needs no Python, so `/bin/sh` does it, in a thirtieth of the memory, as long as the terminal lasts:
it passes signals on, and ends as the terminal ends. Only if that was no good end, or if the
terminal moves to a newer host, does it call for this program again.

A client and a host speak over a stream socket. The client begins with `HELLO` and fields, each
ended by NUL, and an empty field after the last; the three descriptors of its terminal come along.
The host answers with a line: ``open`` and the number of the terminal's process, or ``no`` and why.
After that the client sends single letters, `RESIZED`, `HUNG_UP`, `TOLD_TO_END`, and the other side
one line: ``end`` and an exit code, ``killed``, or ``again``, when the terminal is to be had from
another host. The line ends with the process.
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
ANSWER_MAX_S = 10.0
"""How long a host may take to fork; one that is stopped never does."""

RESIZED, HUNG_UP, TOLD_TO_END = b"w", b"h", b"t"

SOCKET_NAME = "host.sock"
ENVIRONMENT = ("TERM", "COLORTERM", "TERM_PROGRAM", "NO_COLOR", "LANG", "LANGUAGE", "TZ")
ENVIRONMENT_BEGIN = ("FLOORHAND_", "LC_")
"""What of its environment a client sends: a terminal has no use for anything else."""

LINE = 3
"""The descriptor of the socket while the shell waits."""

MOVED, BROKEN = 201, 202
"""How the part of the shell that listens ends, if not as the terminal did."""

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
}} &
printf {RESIZED.decode()} >&{LINE}
while kill -0 $!; do
    wait $!
    code=$?
done
exec {LINE}<&-
case $code in
{MOVED}) exec "$@" ;;
{BROKEN}) exec "$@" --mend ;;
*) exit $code ;;
esac
"""
"""What waits. A signal interrupts ``wait``, which is not so of ``read`` in every shell (POSIX,
Shell Command Language, 2.11): so the line is listened to beside it, until a hang-up, which the
system tells both when the first one is killed. The size is told once more at the beginning, for it
may have changed before there was anybody to notice."""

MEND = "\x1b[?2004l\x1b[?7h\x1b[<u\x1b[?1049l\x1b[?25h\x1b[?1004l\x1b[0m"
"""Takes back what a terminal program asks of a terminal: pastes in brackets, no line wrap, the
other screen, no cursor, to be told of focus."""

NO_HOST = "No host for terminals answers{where}: {why}."


class NoHost(Exception):
    """Nobody will open a terminal for us; says why."""


def main(words: list[str]) -> int:
    """Join the host; without one, be a terminal of one's own.

    Args:
        words: ``--socket PATH``; ``--only``: open no terminal of one's own if no host answers; all
            else is for the terminal, as ``--seat P1``.

    Returns:
        The exit code, if it was not the terminal's own.
    """
    path, only, mend, words = _read(words)
    if mend:
        _mend(mend)
        return KILLED
    if not all(map(os.isatty, range(3))):
        print("floorhand: This is no terminal. Use floorhand talk.", file=sys.stderr)
        return 1
    try:
        line = join(path, words)
    except NoHost as error:
        print(f"floorhand: {error}", end="\r\n", file=sys.stderr, flush=True)
        if only:
            return 1
        os.execv(sys.executable, [sys.executable, "-m", "floorhand", "terminal", *words])
    _wait(line, path, only, words)
    return 0


def _read(words: list[str]) -> tuple[str, bool, str, list[str]]:
    """Take out our own words."""
    path, only, mend = os.environ.get("FLOORHAND_SOCKET", ""), False, ""
    rest: list[str] = []
    left = iter(words)
    for word in left:
        if word == "--socket":
            path = next(left, "")
        elif word.startswith("--socket="):
            path = word.partition("=")[2]
        elif word == "--only":
            only = True
        elif word == "--mended-by":
            mend = next(left, "")
        elif word == "--mend":
            return path, only, mend, rest
        else:
            rest.append(word)
    return path, only, "", rest


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


def join(path: str, words: list[str]) -> _socket.socket:
    """Hand this program's terminal over.

    Args:
        path: Where the host listens; empty: wherever there is one.
        words: For the terminal.

    Returns:
        The line to the terminal.

    Raises:
        NoHost: If there is none, or it opens no terminal.
    """
    line = _connected(path)
    line.settimeout(ANSWER_MAX_S)
    kept = {name: value for name, value in os.environ.items() if is_sent(name)}
    try:
        ask(line, kept, words, sys.stdout.encoding or "utf-8", (0, 1, 2))
        answer = line.recv(ANSWER_BYTES_MAX).decode("utf-8", "replace")
    except OSError as error:
        raise NoHost(NO_HOST.format(where=f" at {line.getpeername()}", why=error)) from error
    said, _, why = answer.rstrip("\n").partition(" ")
    if said != "open":
        raise NoHost(f"The host opens no terminal: {why or 'it has ended'}.")
    line.settimeout(None)
    return line


def ask(
    line: _socket.socket,
    environ: dict[str, str],
    words: list[str],
    encoding: str,
    streams: tuple[int, ...],
) -> None:
    """Ask for a terminal on three streams."""
    fields = [
        HELLO,
        f"encoding={encoding}",
        *(f"env={name}={value}" for name, value in environ.items()),
        *(f"word={word}" for word in words),
        "",
        "",
    ]
    request = "\0".join(fields).encode("utf-8", "surrogateescape")
    descriptors = b"".join(one.to_bytes(4, sys.byteorder) for one in streams)
    sent = line.sendmsg([request], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, descriptors)])
    if sent < len(request):  # sending nothing fails, too, where the host has refused already
        line.sendall(request[sent:])


def _connected(path: str) -> _socket.socket:
    tried: OSError | None = None
    for one in socket_paths(path):
        line = _socket.socket(_socket.AF_UNIX)
        line.settimeout(ANSWER_MAX_S)
        try:
            line.connect(one)
        except OSError as error:
            line.close()
            tried = error
        else:
            return line
    where = f" at {path}" if path else ""
    raise NoHost(NO_HOST.format(where=where, why=tried))


def _wait(line: _socket.socket, path: str, only: bool, words: list[str]) -> None:
    """Become the shell that waits."""
    own = [*(["--socket", path] if path else []), *(["--only"] if only else [])]
    us = [sys.executable, "-I", "-S", os.path.abspath(__file__), *own]
    saved = [1, *termios.tcgetattr(0)]
    mended = ",".join([*map(str, saved[1:7]), *(str(ord(one)) for one in saved[7])])
    os.dup2(line.fileno(), LINE)
    os.set_inheritable(LINE, True)
    os.execve(
        "/bin/sh",
        ["floorhand", "-c", WAITING, "floorhand", *us, *words, "--mended-by", mended],
        {**os.environ, "ENV": ""},
    )


def _mend(saved: str) -> None:
    """Put a terminal right that was left as it was, and say so."""
    numbers = [int(one) for one in saved.split(",")]
    attributes: list[Any] = [*numbers[:6], [bytes((one,)) for one in numbers[6:]]]
    termios.tcsetattr(0, termios.TCSANOW, attributes)
    sys.stdout.write(MEND)
    sys.stdout.flush()
    said = "The terminal was ended from outside. What was answered is saved."
    print(f"floorhand: {said}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
