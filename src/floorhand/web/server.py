"""The web server: one page that is a terminal, one that asks which seat this is, and the line."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from html import escape
from importlib.metadata import version
from importlib.resources import files
from string import Template
from typing import Final

from aiohttp import web

from floorhand.config import Settings
from floorhand.text.catalog import ASSETS, Catalog, catalog, languages
from floorhand.web.browsers import (
    COOKIE,
    COOKIE_S,
    NAME_MAX,
    Browser,
    Browsers,
    BrowsersFull,
    is_cookie,
    is_name,
    new_cookie,
)
from floorhand.web.hosts import Hosts
from floorhand.web.kept import take
from floorhand.web.sessions import (
    CLOSE_S,
    HEARTBEAT_S,
    MESSAGE_BYTES_MAX,
    USUAL_SIZE,
    Closed,
    Limits,
    Sessions,
    close,
)
from floorhand.web.visitors import Door, Visitor

PAGES: Final = ASSETS / "web"
FORM_BYTES_MAX: Final = 4_096
SHUTDOWN_S: Final = 0.1
"""What is not answered by then has no terminal any more that could answer it."""

SEATINGS_MAX: Final = 30
SEATINGS_S: Final = 3_600
"""So many browsers at one address may be given a seat in this time: wrong badges are counted by
seat, and seats must not be had for the asking."""

ADDRESSES_MAX: Final = 10_000

FONT_SIZES: Final = range(8, 49)
USUAL_FONT_SIZE: Final = 16

POLICY: Final = "; ".join(
    (
        "default-src 'self'",
        "style-src 'self' 'unsafe-inline'",  # the terminal in the page sets colours and widths
        "img-src 'self' data:",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "object-src 'none'",
    )
)
HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), clipboard-read=()",
}

PAGE_WORDS: Final = (
    *("waits", "not_taken", "look", "elsewhere", "here", "ended", "again", "full", "too_much"),
)
"""What the page says by itself, each a text ``web.…``."""


@dataclass(slots=True)
class Seatings:
    """Counts by address how many browsers were given a seat."""

    _times: dict[str, deque[float]] = field(default_factory=dict)

    def allow(self, address: str) -> bool:
        """Count one more; False if there were too many."""
        now = time.monotonic()
        if len(self._times) >= ADDRESSES_MAX:
            self._times = {one: at for one, at in self._times.items() if at[-1] > now - SEATINGS_S}
        if len(self._times) >= ADDRESSES_MAX:
            return False
        times = self._times.setdefault(address, deque(maxlen=SEATINGS_MAX))
        if len(times) == SEATINGS_MAX and times[0] > now - SEATINGS_S:
            return False
        times.append(now)
        return True


class FloorServer:
    """Serves terminals to browsers.

    Args:
        settings: Those of all terminals.
        browsers: Knows which browser is which terminal.
        door: Knows who may ask.
        hosts: Open the terminals.
        limits: How many may be open.
    """

    def __init__(
        self, settings: Settings, browsers: Browsers, door: Door, hosts: Hosts, limits: Limits
    ) -> None:
        self._settings = settings
        self._browsers = browsers
        self._door = door
        self._version = version("floorhand")
        self._seatings = Seatings()
        self.hosts = hosts
        self.sessions = Sessions(settings, hosts, limits, self._version)

    def application(self) -> web.Application:
        """Make what answers requests."""
        app = web.Application(client_max_size=FORM_BYTES_MAX, middlewares=[self._only_by_our_names])
        app.add_routes(
            [
                web.get("/", self.show_terminal),
                web.get("/seat", self.ask_seat),
                web.post("/seat", self.take_seat),
                web.get("/ws", self.carry),
                web.post("/kept/{name}", self.give_kept),
                web.static("/own", PAGES / "static"),
                web.static("/static", str(files("textual_serve") / "static")),
            ]
        )
        app.on_response_prepare.append(_protect)
        app.on_shutdown.append(self._end)
        return app

    async def _end(self, _: web.Application) -> None:
        await self.sessions.end()
        await self.hosts.end()

    @web.middleware
    async def _only_by_our_names(
        self,
        request: web.Request,
        handler: Callable[[web.Request], Awaitable[web.StreamResponse]],
    ) -> web.StreamResponse:
        self._door.let_in(request)
        return await handler(request)

    async def show_terminal(self, request: web.Request) -> web.Response:
        """Show the terminal; or ask, at the first visit, which one this is.

        A bookmark that names a seat gives it to a browser that has none. One that has a seat is
        asked, since any page may have sent it here.
        """
        visitor = self._door.let_in(request)
        if request.headers.get("Sec-Fetch-Site") == "cross-site":
            return _come_again(request)  # a strict cookie is not sent along from a stranger's page
        cookie, browser = self._browser(request)
        seat, station = request.query.get("seat", ""), request.query.get("station", "")
        wanted = is_name(seat) and is_name(station, empty=True)
        if browser is None and wanted:
            return self._give(visitor, cookie, seat, station, self._words(request))
        if browser is None or (wanted and (seat, station) != (browser.seat, browser.station)):
            return self._seat_page(request, visitor, cookie, (seat, station))
        words = self._words(request)
        said = {name: words.say(f"web.{name}") for name in PAGE_WORDS}
        page = _page(
            "terminal.html",
            language=words.language,
            seat=browser.seat,
            version=self._version,
            font_size=str(_font_size(request)),
            socket=f"{'wss' if visitor.secure else 'ws'}://{visitor.host}/ws",
            **said,
        )
        return _with_cookie(page, visitor, cookie)

    async def ask_seat(self, request: web.Request) -> web.Response:
        """Ask which seat this is, also if it has one."""
        visitor = self._door.let_in(request)
        cookie, browser = self._browser(request)
        there = (browser.seat, browser.station) if browser else ("", "")
        return self._seat_page(request, visitor, cookie, there)

    async def take_seat(self, request: web.Request) -> web.Response:
        """Keep which seat this is."""
        visitor = self._door.own_page(request)
        cookie = request.cookies.get(COOKIE, "")
        form = await request.post()
        seat, station = (str(form.get(name, "")).strip() for name in ("seat", "station"))
        if not is_cookie(cookie):
            cookie = new_cookie()
            return self._seat_page(request, visitor, cookie, (seat, station), "web.no_cookie")
        if not (is_name(seat) and is_name(station, empty=True)):
            return self._seat_page(request, visitor, cookie, (seat, station), "web.bad_name")
        return self._give(visitor, cookie, seat, station, self._words(request))

    async def carry(self, request: web.Request) -> web.StreamResponse:
        """Carry a terminal to a page of ours."""
        visitor = self._door.own_page(request)
        socket = web.WebSocketResponse(
            heartbeat=HEARTBEAT_S, max_msg_size=MESSAGE_BYTES_MAX, timeout=CLOSE_S
        )
        await socket.prepare(request)
        _, browser = self._browser(request)
        if browser is None:
            await close(socket, Closed.NO_SEAT)
        else:
            await self.sessions.serve(browser, visitor.address, socket, _size(request))
        return socket

    async def give_kept(self, request: web.Request) -> web.Response:
        """Give a file that the browser's own terminal has kept; it is forgotten with that."""
        self._door.own_page(request)
        _, browser = self._browser(request)
        name = request.match_info["name"]
        data = take(browser.folder, name) if browser is not None else None
        if data is None:
            raise web.HTTPNotFound
        return web.Response(body=data, content_type="text/csv", charset="utf-8")

    def _browser(self, request: web.Request) -> tuple[str, Browser | None]:
        """Give the cookie of a browser, a new one if it has none, and which terminal it is."""
        cookie = request.cookies.get(COOKIE, "")
        if not is_cookie(cookie):
            return new_cookie(), None
        return cookie, self._browsers.known(cookie)

    def _give(
        self, visitor: Visitor, cookie: str, seat: str, station: str, words: Catalog
    ) -> web.Response:
        try:
            if not self._seatings.allow(visitor.address):
                raise BrowsersFull
            self._browsers.keep(cookie, seat, station)
        except BrowsersFull:
            raise web.HTTPTooManyRequests(text=words.say("web.too_many_seats")) from None
        return _with_cookie(web.Response(status=303, headers={"Location": "/"}), visitor, cookie)

    def _seat_page(
        self,
        request: web.Request,
        visitor: Visitor,
        cookie: str,
        there: tuple[str, str],
        wrong: str = "",
    ) -> web.Response:
        words = self._words(request)
        page = _page(
            "seat.html",
            language=words.language,
            title=words.say("web.which_seat"),
            seat_label=words.say("web.seat"),
            station_label=words.say("web.station"),
            go=words.say("web.go"),
            wrong=words.say(wrong) if wrong else "",
            seat=there[0],
            station=there[1],
            name_max=str(NAME_MAX),
        )
        if wrong:
            page.set_status(400)
        return _with_cookie(page, visitor, cookie)

    def _words(self, request: web.Request) -> Catalog:
        """Give the texts in the language of the terminals, or else of the browser."""
        if self._settings.language:
            return catalog(self._settings.language)
        asked = request.headers.get("Accept-Language", "").replace(";", ",").split(",")
        wanted = (one.strip()[:2].lower() for one in asked)
        return catalog(next((one for one in wanted if one in languages()), ""))


async def serve(
    server: FloorServer,
    host: str,
    port: int,
    ending: asyncio.Event,
    started: Callable[[int], None],
) -> None:
    """Answer requests until told to end; ``started`` is told the port."""
    runner = web.AppRunner(
        server.application(), access_log=None, shutdown_timeout=SHUTDOWN_S, handle_signals=False
    )
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        started(runner.addresses[0][1])
        async with asyncio.TaskGroup() as tasks:
            readying = tasks.create_task(server.hosts.get_ready())
            await ending.wait()
            readying.cancel()
    finally:
        await runner.cleanup()


async def _protect(request: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(HEADERS)
    kept = request.path.startswith(("/static/", "/own/"))
    response.headers["Cache-Control"] = "no-cache" if kept else "no-store"


def _page(name: str, **facts: str) -> web.Response:
    text = (PAGES / name).read_text("utf-8")
    filled = Template(text).substitute({one: escape(value) for one, value in facts.items()})
    return web.Response(text=filled, content_type="text/html")


def _come_again(request: web.Request) -> web.Response:
    return _page("again.html", address=request.path_qs)


def _with_cookie(response: web.Response, visitor: Visitor, cookie: str) -> web.Response:
    response.set_cookie(
        *(COOKIE, cookie),
        max_age=COOKIE_S,
        httponly=True,
        samesite="Strict",
        secure=visitor.secure,
    )
    return response


def _font_size(request: web.Request) -> int:
    return _number(request.query.get("fontsize", ""), FONT_SIZES, USUAL_FONT_SIZE)


def _size(request: web.Request) -> tuple[int, int]:
    columns, lines = USUAL_SIZE
    asked = request.query
    return (
        _number(asked.get("width", ""), range(1, 1000), columns),
        _number(asked.get("height", ""), range(1, 1000), lines),
    )


def _number(text: str, allowed: range, usual: int) -> int:
    number = int(text) if text.isdecimal() and len(text) <= 4 else usual
    return number if number in allowed else usual
