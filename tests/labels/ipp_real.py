"""The printer and the print server of CUPS, each on a port of its own, for as long as a test."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from floorhand.labels.ipp import IppPrinter
from floorhand.labels.printers import Condition, Form

WAIT_S = 20
QUEUE = "labels"

_CUPSD = """\
Listen 127.0.0.1:{port}
ServerAlias *
LogLevel debug
WebInterface No
Browsing No
DefaultAuthType None
<Location />
  Order allow,deny
  Allow all
</Location>
<Location /admin>
  Order allow,deny
  Allow all
</Location>
<Policy default>
  <Limit All>
    Order allow,deny
    Allow all
  </Limit>
</Policy>
"""
_FOLDERS = {
    **{"ServerRoot": "etc", "RequestRoot": "jobs", "CacheDir": "cache", "StateDir": "state"},
    **{"TempDir": "tmp", "AccessLog": "access.log", "ErrorLog": "error.log"},
    "PageLog": "page.log",
}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as held:
        port: int = held.getsockname()[1]
        return port


def program(name: str, package: str) -> str:
    """Find a program of CUPS; where daemons are kept, too."""
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if found is None:
        pytest.skip(f"there is no {name} here (Debian: {package})")
    return found


@contextmanager
def running(*words: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(WAIT_S)


def wait_for(uri: str, process: subprocess.Popen[bytes], why_not: str) -> None:
    """Wait until a printer answers; skip if it ends before."""
    printer = IppPrinter(uri, Form.PDF, 203)
    until = time.monotonic() + WAIT_S
    while printer.status().condition not in (Condition.READY, Condition.BUSY):
        if process.poll() is not None or time.monotonic() > until:
            pytest.skip(why_not)
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.05)


@contextmanager
def ippeveprinter(spool: Path, *more: str) -> Iterator[str]:
    """A printer that keeps what it prints; gives its address."""
    printer = program("ippeveprinter", "cups-ipp-utils")
    port = free_port()
    spool.mkdir()
    named = ("-p", str(port), "-d", str(spool), "-k", "-n", "localhost", f"floorhand {port}")
    uri = f"ipp://localhost:{port}/ipp/print"
    with running(printer, *more, *named) as process:
        wait_for(
            uri, process, "ippeveprinter does not start: it needs dbus-daemon and avahi-daemon"
        )
        yield uri


@contextmanager
def cups_queue(printer: str) -> Iterator[str]:
    """A print server with one queue ``everywhere`` to a printer; gives the queue's address.

    Its folder can be looked into by everybody: a server that was started by root lets its filters
    run as another user, who would find no document in a private one, and print nothing.
    """
    with tempfile.TemporaryDirectory(prefix="floorhand-cups-") as made:
        Path(made).chmod(0o755)
        with _cups_queue(Path(made), printer) as uri:
            yield uri


@contextmanager
def _cups_queue(folder: Path, printer: str) -> Iterator[str]:
    cupsd, lpadmin = program("cupsd", "cups"), program("lpadmin", "cups-client")
    if not Path("/usr/lib/cups/filter/pdftopdf").exists():
        pytest.skip("CUPS has no filter for PDF here (Debian: cups-filters)")
    for name in ("etc/ppd", "jobs", "cache", "state", "tmp"):
        (folder / name).mkdir(parents=True)
    port, files, settings = free_port(), folder / "files.conf", folder / "cupsd.conf"
    files.write_text("".join(f"{key} {folder / name}\n" for key, name in _FOLDERS.items()))
    settings.write_text(_CUPSD.format(port=port))
    uri = f"ipp://127.0.0.1:{port}/printers/{QUEUE}"
    server = f"127.0.0.1:{port}"
    add = [lpadmin, "-h", server, "-p", QUEUE, "-E", "-v", printer, "-m", "everywhere"]
    with running(cupsd, "-f", "-c", str(settings), "-s", str(files)) as process:
        until = time.monotonic() + WAIT_S
        while subprocess.run(add, capture_output=True, check=False, timeout=WAIT_S).returncode:
            if process.poll() is not None or time.monotonic() > until:
                pytest.skip("cupsd does not start here, or takes no queue")
        wait_for(uri, process, "the queue of CUPS does not answer")
        yield uri
