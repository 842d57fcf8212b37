"""Say where a warehouse on PostgreSQL is, how it is written there, and who has a copy of it.

Source: PostgreSQL's manual, "System Administration Functions", "The Cumulative Statistics System"
(pg_stat_replication, pg_stat_wal_receiver), "Write Ahead Log" (synchronous_commit).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from floorhand.store.db import address_of
from floorhand.store.health import Held, about_schema, held_in
from floorhand.store.snapshot import snapshot
from floorhand.store.troubles import name_of

CONNECTIONS_PART: Final = 0.9
"""With more of its connections taken, a server is about to refuse terminals."""

ASKED: Final = """
SELECT current_setting('server_version') AS version,
       coalesce(host(inet_server_addr()) || ':' || inet_server_port(), 'a local socket') AS server,
       pg_database_size(current_database()) AS size,
       (SELECT count(*) FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid()
           AND usename IS NOT NULL) AS connections,
       (SELECT count(*) FROM pg_stat_activity
         WHERE datname IS NOT NULL AND usename IS NOT NULL) AS connections_of_all,
       current_setting('max_connections')::int
         - current_setting('superuser_reserved_connections')::int AS connections_max,
       current_setting('synchronous_commit') AS synchronous_commit,
       current_setting('synchronous_standby_names') AS synchronous_standbys,
       current_setting('fsync') AS fsync,
       current_setting('full_page_writes') AS full_page_writes,
       current_setting('server_encoding') AS encoding,
       pg_is_in_recovery() AS is_standby,
       (SELECT count(*) FROM pg_stat_wal_receiver) AS receivers,
       CASE WHEN pg_is_in_recovery()
            THEN extract(epoch FROM now() - pg_last_xact_replay_timestamp())::float END AS behind_s
"""
"""What any login is told; of connections it is told the names of their users, not what they are."""

TOLD: Final = (
    *("server", "version", "size", "connections", "connections_of_all", "connections_max"),
    *("synchronous_commit", "synchronous_standbys", "encoding", "is_standby", "behind_s"),
)

UNKNOWN: Final = "?"
"""What a login is not told that is no member of pg_monitor."""

STANDBYS: Final = """
SELECT application_name,
       CASE WHEN state IS NULL THEN '?' ELSE coalesce(host(client_addr), 'a local socket') END,
       coalesce(state, '?'),
       coalesce(sync_state, '?'),
       CASE WHEN NOT pg_is_in_recovery()
            THEN pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn)::bigint END
FROM pg_stat_replication ORDER BY application_name, 2
"""


@dataclass(frozen=True, slots=True)
class Standby:
    """A server that gets what this one writes; ``behind`` in bytes, None where it is not told."""

    name: str
    address: str
    state: str
    sync: str
    behind: int | None


@dataclass(frozen=True, slots=True)
class ServerHealth:
    """A database on PostgreSQL. ``problems`` are sentences; sizes are in bytes.

    ``behind_s`` is how long ago the last transaction was that a standby has; None on a primary.
    """

    address: str
    problems: tuple[str, ...]
    server: str
    version: str
    size: int
    connections: int
    connections_of_all: int
    connections_max: int
    synchronous_commit: str
    synchronous_standbys: str
    encoding: str
    is_standby: bool
    behind_s: float | None
    standbys: tuple[Standby, ...]
    held: Held


def server_health(url: str) -> ServerHealth:
    """Look at a database on a server.

    Raises:
        DatabaseUnusable, DatabaseAway: If it cannot be asked.
    """
    with snapshot(url) as connection:
        told = dict(connection.exec_driver_sql(ASKED).mappings().one())
        standbys = tuple(Standby(*row) for row in connection.exec_driver_sql(STANDBYS))
        held = held_in(connection)
    problems = (*problems_of(told, standbys), *about_schema(held.schema))
    return ServerHealth(
        address=name_of(address_of(url)),
        problems=problems,
        standbys=standbys,
        held=held,
        **{name: told[name] for name in TOLD},
    )


def problems_of(told: Mapping[str, Any], standbys: Sequence[Standby]) -> Iterator[str]:
    """Say what is wrong with a server, by what `ASKED` gives and its standbys."""
    for name in ("fsync", "full_page_writes"):
        if told[name] == "off":
            yield f"{name} is off: a power cut can damage the database. Turn it on."
    if told["synchronous_commit"] == "off":
        yield "synchronous_commit is off: a crash loses scans that were answered. Turn it on."
    elif told["synchronous_standbys"] and told["synchronous_commit"] == "local":
        yield "synchronous_commit is local: no scan waits for a standby. Turn it on."
    elif told["synchronous_standbys"] and not _is_confirmed(told, standbys):
        yield "No standby confirms what is written, so every scan waits. Start the standby."
    if told["is_standby"] and not told["receivers"]:
        yield "It is a standby that gets nothing from its primary now. Look at their connection."
    if told["encoding"] != "UTF8":
        yield (
            f"Its encoding is {told['encoding']}, which has not all letters. Make a database with: "
            "createdb --encoding=UTF8 --template=template0"
        )
    if told["connections_of_all"] >= told["connections_max"] * CONNECTIONS_PART:
        yield (
            f"{told['connections_of_all']} of {told['connections_max']} connections are taken. "
            "Raise max_connections."
        )


def _is_confirmed(told: Mapping[str, Any], standbys: Sequence[Standby]) -> bool:
    """Say whether a commit comes back; True where this login is not told how standbys are."""
    if told["is_standby"]:
        return True
    return any(one.sync in ("sync", "quorum", UNKNOWN) for one in standbys)
