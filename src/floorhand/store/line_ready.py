"""Have a line to a server plan what scans ask while nobody scans.

A server plans a question when it is first asked on a line, which takes many times as long as to
answer it, and all others wait for the turn of the scan that came upon it. So those that join many
tables are asked once, about nothing, outside of any turn. SQLite has nothing of the kind.
"""

from __future__ import annotations

from typing import Final

from floorhand.store.asking import Door
from floorhand.store.db import Transactions, engine_of
from floorhand.store.prepared import about_nothing
from floorhand.store.server import untried_line

AT_ONCE_MAX: Final = 2
"""Questions that are planned at once: a scan that comes meanwhile waits so long at most."""

ASKED: Final = "floorhand_asked"
"""Where a line keeps how far this has come on it; a new line is at the beginning."""


def get_line_ready(transactions: Transactions) -> bool:
    """Have some more questions planned on the line that the next scan takes.

    It may be called again and again; once all are planned that takes no time.

    Args:
        transactions: The database; nobody else in this program uses it meanwhile.

    Returns:
        Whether there are more.

    Raises:
        DatabaseAway: If the database did not answer.
    """
    engine = engine_of(transactions)
    if engine.dialect.name == "sqlite":
        return False
    with untried_line(engine) as connection:
        after: int = connection.info.get(ASKED, 0)
        if after < 0:
            return False
        questions, after = about_nothing(engine.dialect, after, AT_ONCE_MAX)
        door = Door(connection)
        for prepared, values in questions:
            door.run(prepared, values)
        connection.info[ASKED] = after
        return after >= 0
