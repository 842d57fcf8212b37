"""A printer that speaks IPP and does what a test tells it, on a port of its own."""

from __future__ import annotations

import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from floorhand.labels.ipp_message import Answer, Operation, read_answer

TAGS = {str: 0x44, int: 0x21, bool: 0x22, type(None): 0x13}
END = 0x03


def answered(status: int, *groups: tuple[int, Mapping[str, Any]]) -> bytes:
    """Write an answer; a value is text, a number, a truth, None, or a list of them."""
    out = struct.pack(">BBHi", 1, 1, status, 1) + b"\x01"
    for tag, group in groups:
        out += bytes([tag])
        for name, value in group.items():
            key = name.encode()
            for one in value if isinstance(value, list) else [value]:
                raw = b"" if one is None else one.encode() if isinstance(one, str) else None
                if raw is None:
                    raw = struct.pack(">?" if isinstance(one, bool) else ">i", one)
                out += bytes([TAGS[type(one)]]) + struct.pack(">H", len(key)) + key
                out += struct.pack(">H", len(raw)) + raw
                key = b""
    return out + bytes([END])


class FakePrinter:
    """Answers like an IPP printer.

    ``printer`` are its attributes; ``print_job`` is the status of its answer to a job, or what
    happens instead; ``states`` are what a job becomes, one a question, the last one for ever.
    """

    def __init__(self) -> None:
        self.printer: dict[str, Any] = {"printer-state": 3, "printer-state-reasons": "none"}
        self.print_job: int | Callable[[BaseHTTPRequestHandler], bytes | None] = 0
        self.states: list[dict[str, Any] | int] = [{"job-state": 9}]
        self.asked: list[tuple[int, Answer]] = []
        self.documents: list[bytes] = []
        self.jobs: list[str] = []
        self.http = 200
        self.uri = ""

    def answer(self, handler: BaseHTTPRequestHandler, raw: bytes) -> bytes | None:
        """Answer one request; None hangs up."""
        request = read_answer(raw[: raw.index(b"\x03", 8) + 1]) or _whole(raw)
        assert request is not None, raw
        operation = request.status
        self.asked.append((operation, request))
        match operation:
            case Operation.GET_PRINTER_ATTRIBUTES:
                return answered(0, (4, self.printer))
            case Operation.PRINT_JOB:
                self.documents.append(_document(raw))
                self.jobs.append(request.text("job-name"))
                if callable(self.print_job):
                    return self.print_job(handler)
                return answered(self.print_job, (2, {"job-id": len(self.jobs)}))
            case Operation.GET_JOBS:
                listed = [(2, {"job-id": n, "job-name": name}) for n, name in enumerate(self.jobs)]
                return answered(0, *listed)
            case Operation.GET_JOB_ATTRIBUTES:
                state = self.states.pop(0) if len(self.states) > 1 else self.states[0]
                return answered(state) if isinstance(state, int) else answered(0, (2, state))
        return answered(0x0501)


def _whole(raw: bytes) -> Answer | None:
    """Read a request in which a length happens to be 3: the end is where all before it parses."""
    for end in range(9, len(raw) + 1):
        if raw[end - 1] == END and (found := read_answer(raw[:end])) is not None:
            return found
    return None


def _document(raw: bytes) -> bytes:
    for end in range(9, len(raw) + 1):
        if raw[end - 1] == END and read_answer(raw[:end]) is not None:
            return raw[end:]
    raise AssertionError(raw)


@contextmanager
def running(fake: FakePrinter) -> Iterator[FakePrinter]:
    """Let a printer answer at ``fake.uri``."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            answer = fake.answer(self, raw)
            if answer is None:
                self.close_connection = True
                return
            self.send_response(fake.http)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        fake.uri = f"ipp://127.0.0.1:{server.server_port}/ipp/print"
        try:
            yield fake
        finally:
            server.shutdown()
            thread.join()
