"""What a check reports, and what a rule of it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CursorResult,
    SQLColumnExpression,
    String,
    bindparam,
    case,
    cast,
    literal,
)
from sqlalchemy.dialects import registry
from sqlalchemy.orm import Session
from sqlalchemy.sql.selectable import SelectBase

SITE: BindParameter[str] = bindparam("site", "", String)
"""The site that a rule's question is about."""

ROWS_AT_ONCE = 1_000
"""So many rows of an answer are fetched at a time: there are millions of operations in a year."""

DIALECTS = {
    "sqlite": registry.load("sqlite.pysqlite")(paramstyle="named"),
    "postgresql": registry.load("postgresql.psycopg")(),
}


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing that must not be: the rule it breaks, what it is about, and the figures."""

    rule: str
    subject: str
    detail: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.subject}: {self.detail}"


@dataclass(frozen=True, slots=True)
class Rule:
    """One question to the database, whose rows are what must not be, and the words for a row.

    ``subject`` and ``detail`` name columns of the question in braces. The question takes the site
    as its only parameter; one that takes long to make is made, once, when it is asked.
    """

    name: str
    question: SelectBase | Callable[[], SelectBase]
    subject: str
    detail: str

    def __call__(self, tx: Session, site: str) -> Iterator[Violation]:
        """List what breaks the rule."""
        question = self.question if isinstance(self.question, SelectBase) else self.question()
        for row in rows_of(tx, question, site):
            told = {name: "-" if value is None else value for name, value in row._mapping.items()}
            yield Violation(self.name, self.subject.format_map(told), self.detail.format_map(told))


def rows_of(
    tx: Session, question: SelectBase, site: str, *, many: bool = False
) -> CursorResult[*tuple[Any, ...]]:
    """Ask a question about a site, whose answer may be of many rows.

    It is put into words once for each kind of database. SQLAlchemy would do that once for each
    database that is opened, which for a hundred questions takes longer than all the answers.
    """
    sql, named = _in_words(question, tx.get_bind().dialect.name)
    options = {"yield_per": ROWS_AT_ONCE} if many else {}
    filled = {**named, SITE.key: site}
    return tx.connection().exec_driver_sql(sql, filled, execution_options=options)


@cache
def _in_words(question: SelectBase, database: str) -> tuple[str, dict[str, Any]]:
    words = {"render_postcompile": True}
    compiled = question.compile(dialect=DIALECTS[database], compile_kwargs=words)
    return str(compiled), dict(compiled.params)


def named(first: SQLColumnExpression[Any], *others: SQLColumnExpression[Any]) -> ColumnElement[str]:
    """Join columns with slashes, empty ones left out: ``ACME/MUG/L1``."""
    text: ColumnElement[str] = cast(first, String)
    for other in others:
        more = cast(other, String)
        text = text.concat(case((more == "", ""), else_=literal("/").concat(more)))
    return text


def order_no(
    merchant: SQLColumnExpression[Any], number: SQLColumnExpression[Any]
) -> ColumnElement[str]:
    """Name an order as places are bound to it: ``merchant/number``."""
    return merchant.concat("/").concat(number)
