"""Addresses of a PostgreSQL server, as other programs than ours read them.

No password is in them: the server's tools ask for it, or read it from ``~/.pgpass`` or PGPASSWORD.
Source: PostgreSQL's manual, "Connection URIs".
"""

from __future__ import annotations

import re

from sqlalchemy.engine import URL

from floorhand.store.troubles import SECRETS

_HOST = re.compile(r"(?P<name>[A-Za-z0-9.-]+):(?P<port>[0-9]*)")
"""One of several servers in an address, as SQLAlchemy reads it."""


def plain_address(where: URL) -> str:
    """Write an address as the server's own tools read it, who know no ``host=NAME:PORT``."""
    pairs = [_HOST.fullmatch(one) for one in where.normalized_query.get("host", ())]
    query = dict(where.query)
    if pairs and all(pairs):
        query["host"] = ",".join(pair["name"] for pair in pairs if pair)
        query["port"] = ",".join(pair["port"] or "" for pair in pairs if pair)
    return our_address(where.set(drivername="postgresql", query=query))


def our_address(where: URL) -> str:
    """Write an address without what nobody may see."""
    return URL.create(
        where.drivername,
        where.username,
        host=where.host,
        port=where.port,
        database=where.database,
        query={name: value for name, value in where.query.items() if name not in SECRETS},
    ).render_as_string()
