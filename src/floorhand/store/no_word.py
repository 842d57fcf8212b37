"""Labels of which their spool has said nothing for long: in doubt, for all who look at them.

Whoever sends a label writes down what became of it at once, or when the database is back. Where he
cannot for longer than any printer takes, somebody has to look.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, cast

from sqlalchemy import TableClause, bindparam, case, or_, update
from sqlalchemy.orm import Session

from floorhand.domain.printing import SENDING_MAX_S
from floorhand.store.asking import ask
from floorhand.store.print_queue import NOT_NOTED
from floorhand.store.schema import PrintJob
from floorhand.store.was import keep

AHEAD: Final = timedelta(seconds=30)
"""How far clocks may differ. What happened later was noted by a clock that was ahead."""

_JOB = cast(TableClause, PrintJob.__table__)
_TIME = _JOB.c.begun_at.type

NO_WORD: Final = (_JOB.c.state == "sending") & or_(
    _JOB.c.begun_at < bindparam("long_ago", type_=_TIME),
    _JOB.c.begun_at > bindparam("ahead", type_=_TIME),
)
"""Whether there is no word of a label; bind `moments`."""

STATE: Final = case((NO_WORD, "doubt"), else_=_JOB.c.state)
"""The state of a label for whoever looks at it; bind `moments`."""

MAYBE_DOUBT: Final = ("doubt", "sending")
"""States on file of labels that may be in doubt by `STATE`: an index finds these, of all labels
that were ever printed."""

UNFINISHED: Final = ("waiting", "sending", "doubt", "failed")
"""States of labels that have not come out, as far as anybody knows."""

_DOUBT = (
    update(_JOB)
    .where(_JOB.c.site == bindparam("at_site"), NO_WORD)
    .values(state="doubt", error=NOT_NOTED, sent_at=_JOB.c.begun_at)
)


def moments(now: datetime) -> dict[str, datetime]:
    """Give what `NO_WORD` and `STATE` need to know of a moment."""
    return {"long_ago": now - timedelta(seconds=SENDING_MAX_S), "ahead": now + AHEAD}


def doubt_where_no_word(tx: Session, site: str, now: datetime) -> None:
    """Write down as in doubt what is so, before somebody decides about it."""
    at = moments(now)
    keep(tx, "print_job", now, PrintJob.site == site, NO_WORD, **at)
    ask(tx, _DOUBT, at_site=site, **at)
