"""Who asks: by which name, from where, encrypted or not. Whoever has no business here is refused.

A page of a stranger can make a browser inside the building send requests here. Its ``Origin`` tells
on it; and where it had its own name point to our address, ``Host`` does.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web

LOOPBACK_NAMES: Final = ("localhost", "127.0.0.1", "::1")
HOPS_MAX: Final = 16
"""Proxies that are looked through on the way to a visitor."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """One who asks.

    Attributes:
        host: The name, with its port, that we were called by.
        secure: Whether the browser's end of the line is encrypted.
        address: Where the browser is, as far as it is known.
    """

    host: str
    secure: bool
    address: str

    @property
    def origin(self) -> str:
        """Name our own pages as a browser does."""
        return f"{'https' if self.secure else 'http'}://{self.host}"


@dataclass(frozen=True, slots=True)
class Door:
    """Knows by which names we are called, and which proxies tell the truth.

    Attributes:
        names: Names that are ours, beside those of the loopback and the address that was called.
        proxies: Addresses of proxies, beside the loopback, whose word about a visitor counts.
    """

    names: frozenset[str] = frozenset()
    proxies: frozenset[str] = frozenset()

    def let_in(self, request: web.Request) -> Visitor:
        """Say who asks.

        Raises:
            web.HTTPMisdirectedRequest: If we were called by a name that is not ours.
        """
        host = request.headers.get("Host", "")
        if not self._is_ours(request, _name(host)):
            raise web.HTTPMisdirectedRequest(
                text="This server does not go by that name; floorhand serve --name tells it to."
            )
        peer = request.remote or ""
        if not self._is_proxy(peer):
            return Visitor(host, request.secure, peer)
        proto = request.headers.get("X-Forwarded-Proto", "")
        secure = proto.strip().lower() == "https" if proto else request.secure
        hops = ",".join(request.headers.getall("X-Forwarded-For", ())).split(",")[-HOPS_MAX:]
        return Visitor(host, secure, self._behind(hops) or peer)

    def own_page(self, request: web.Request) -> Visitor:
        """Let in only what a page of ours asks for.

        Raises:
            web.HTTPForbidden: If another page asks, or none.
        """
        visitor = self.let_in(request)
        if request.headers.get("Origin") != visitor.origin:
            raise web.HTTPForbidden(text="Only pages of this server may ask for that.")
        return visitor

    def _is_ours(self, request: web.Request, name: str) -> bool:
        if name in LOOPBACK_NAMES or name in self.names:
            return True
        assert request.transport is not None
        called = request.transport.get_extra_info("sockname")
        return bool(name) and isinstance(called, tuple) and called[0] == name

    def _is_proxy(self, address: str) -> bool:
        return address in LOOPBACK_NAMES or address in self.proxies

    def _behind(self, hops: Collection[str]) -> str:
        """Give the nearest address that is no proxy; what stands before it, anybody can write."""
        for hop in reversed([*hops]):
            address = hop.strip()
            if not _is_address(address):
                return ""
            if not self._is_proxy(address):
                return address
        return ""


def _name(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
