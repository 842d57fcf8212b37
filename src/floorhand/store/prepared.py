"""Make of a statement what a driver takes: SQL, values in order, and rows with names.

It is made once for each kind of database, and for lists of each length: ``IN (?, ?)`` is other SQL
than ``IN (?)``.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache, lru_cache, partial
from operator import itemgetter
from typing import Any, ClassVar, TypeVar, cast

from sqlalchemy import Column, Dialect, SelectBase, UpdateBase
from sqlalchemy.schema import ColumnDefault
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import NullType

from floorhand.store.schema.base import UtcTime, moments_of_texts

Statement = SelectBase | UpdateBase
Question = Statement | dict[str, Statement]
"""One statement for all databases, or one for each by name: ``sqlite``, ``postgresql``."""

Made = TypeVar("Made", bound=Callable[..., Any])

COMPILED_MAX = 3_000
"""Statements that are kept as a driver takes them: more than all jobs together have."""

TIMES_MAX = 16
"""Moments that are kept as the driver takes them."""

LENGTHS_MAX = 100
"""Lengths of lists for which a statement's SQL is kept."""

JOINS_DEAR = 2
"""With so many joins a plan takes a server 2 to 20 ms, and 0.3 MB of its memory; with fewer it is
hardly felt."""

UNNAMED = "unnamed"
"""An option of a statement whose rows are read by the ten thousand: they stay plain tuples, for to
give their columns names each would have to be made anew."""

LENGTHS_USUAL = (1, 2)
"""How long most lists are: a code as it was scanned and as it is read, a merchant."""


class Row(tuple[Any, ...]):
    """One row of an answer: a tuple whose columns have the names that the statement gives them."""

    __slots__ = ()
    columns: ClassVar[tuple[str, ...]] = ()

    def __getattr__(self, name: str) -> Any:
        """Say that there is no such column; those that there are, are properties."""
        raise AttributeError(f"{name} is not among {', '.join(self.columns)}")

    def _asdict(self) -> dict[str, Any]:
        return dict(zip(self.columns, self, strict=True))


class Prepared:
    """A statement as the driver takes it, for lists of certain lengths."""

    __slots__ = (
        "_compiled",
        "_fixed",
        "_lists",
        "_ordered",
        "_read",
        "_to_driver",
        "bound",
        "gives_rows",
        "sql",
    )

    def __init__(self, compiled: _Compiled, named: Mapping[str, Any]) -> None:
        expanded = compiled.compiler.construct_expanded_state({**compiled.fixed, **named})
        self.sql = expanded.statement
        self.gives_rows = bool(compiled.columns)
        """Whether there is something to read when it was run."""
        self._compiled = compiled
        self._fixed = compiled.fixed
        self._to_driver = tuple(compiled.to_driver.items())
        self._lists = tuple(expanded.parameter_expansion.items())
        self._ordered = _in_order(expanded.positiontup)
        as_they_are = not (self._fixed or self._to_driver or self._lists)
        self.bound: Callable[[Mapping[str, Any]], Any] = (
            self._ordered if as_they_are else self._processed
        )
        """Puts parameters into the form and the order that the driver takes."""
        self._read: Callable[[list[Any]], Iterator[Any]] | None = None
        """Makes of rows of the driver some with names; None until there were any."""

    def _processed(self, named: Mapping[str, Any]) -> Any:
        values = {**self._fixed, **named}
        for name, process in self._to_driver:
            values[name] = process(values[name])
        for name, parts in self._lists:
            values.update(zip(parts, values.pop(name), strict=True))
        return self._ordered(values)

    def rows(self, cursor: Any) -> Iterator[Any]:
        """Give the rows as they are read."""
        if self._read is None:
            self._read = self._compiled.reader([column[1] for column in cursor.description])
        return self._read(cursor.fetchall())


class _Compiled:
    """A statement compiled for one driver, to be run with parameters of certain names.

    ``fixed`` are the values that stand in the statement itself, and the defaults of columns that an
    insert leaves out; ``to_driver`` what types do to values on their way. Parameters that it has no
    use for are left aside, as SQLAlchemy does.
    """

    __slots__ = (
        "_dialect",
        "_prepared",
        "columns",
        "compiler",
        "fixed",
        "lists",
        "statement",
        "to_driver",
    )

    def __init__(self, statement: Any, dialect: Dialect, names: tuple[str, ...]) -> None:
        compiler = statement.compile(dialect=dialect, column_keys=names, for_executemany=True)
        assert isinstance(compiler, SQLCompiler), statement
        binds = {name: bind for bind, name in compiler.bind_names.items()}
        assert not compiler.isinsert or binds.keys() >= set(names), (compiler.string, names)
        self._dialect = dialect
        self.statement = statement
        self.lists = tuple(name for name, bind in binds.items() if bind.expanding and bind.required)
        self._prepared: dict[tuple[int, ...], Prepared] = {}
        self.columns = tuple(statement.exported_columns)
        self.compiler = compiler
        self.fixed = {
            **{name: bind.value for name, bind in binds.items() if not bind.required},
            **{column.key: _default(column) for column in compiler.insert_prefetch},
        }
        self.to_driver = {
            name: _each(process) if bind.expanding else process
            for name, bind in binds.items()
            if (process := _to_driver(bind.type, dialect))
        }

    def about_nothing(self) -> Iterator[tuple[Prepared, Any]]:
        """Give it with parameters that find nothing, and with lists of the usual lengths."""
        required = {name: bind for bind, name in self.compiler.bind_names.items() if bind.required}
        for length in LENGTHS_USUAL if self.lists else (1,):
            named = {
                name: [_nothing(bind.type)] * length if bind.expanding else _nothing(bind.type)
                for name, bind in required.items()
            }
            prepared = self.prepared(named)
            yield prepared, prepared.bound(named)

    def prepared(self, named: Mapping[str, Any]) -> Prepared:
        """Give it for lists as long as these."""
        lengths = tuple([len(named[name]) for name in self.lists])
        found = self._prepared.get(lengths)
        if found is None:
            if len(self._prepared) >= LENGTHS_MAX:
                self._prepared.clear()
            found = self._prepared[lengths] = Prepared(self, named)
        return found

    @property
    def is_dear(self) -> bool:
        """Whether it takes a server long to plan it, and harms nothing to ask it."""
        return self.statement.is_select and self.compiler.string.count(" JOIN ") >= JOINS_DEAR

    def is_for(self, dialect: Dialect) -> bool:
        """Say whether it was compiled for the driver of a dialect."""
        return self._dialect.driver == dialect.driver

    def reader(self, coltypes: Sequence[Any]) -> Callable[[list[Any]], Iterator[Any]]:
        """Make what turns rows of the driver, with columns of these types, into ours."""
        names = tuple(column.key or "" for column in self.columns)
        row = type("Row", (Row,), {"__slots__": (), "columns": names})
        for index, name in enumerate(names):
            setattr(row, name, property(itemgetter(index)))
        named: Callable[[Iterable[Any]], Iterator[Any]] = partial(map, row)
        give = iter if self.statement.get_execution_options().get(UNNAMED) else named
        processors = [
            (index, process)
            for index, (column, coltype) in enumerate(zip(self.columns, coltypes, strict=True))
            if (process := _from_driver(column.type, self._dialect, coltype))
        ]
        if not processors:
            return give

        def read(rows: list[Any]) -> Iterator[Any]:
            """Column by column: of tens of thousands, rows one by one take twice as long."""
            if not rows:
                return iter(rows)
            columns = list(zip(*rows, strict=True))
            for index, process in processors:
                columns[index] = process(columns[index])
            return give(zip(*columns, strict=True))

        return read


def _in_order(names: Sequence[str] | None) -> Callable[[Mapping[str, Any]], Any]:
    """Give what puts values in the order of these names; None: the driver takes them by name."""
    if names is None:
        return lambda values: values
    if len(names) > 1:
        return itemgetter(*names)
    return lambda values: tuple([values[name] for name in names])


def _nothing(kind: Any) -> Any:
    """Give a value of a type that no row has; what has none, such as ``:a = ''``, is a text."""
    if isinstance(kind, UtcTime):
        return datetime.min.replace(tzinfo=UTC)
    return "" if isinstance(kind, NullType) else kind.python_type()


def _default(column: Column[Any]) -> Any:
    assert isinstance(column.default, ColumnDefault), column
    return column.default.arg


def _each(process: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda values: [process(value) for value in values]


def _to_driver(kind: Any, dialect: Dialect) -> Callable[[Any], Any] | None:
    """Give what turns a value of a type into one of the driver's; None if it takes it as it is."""
    if isinstance(kind, UtcTime):
        return _time_to_driver(dialect)
    process: Callable[[Any], Any] | None = kind.dialect_impl(dialect).bind_processor(dialect)
    return process


@cache
def _time_to_driver(dialect: Dialect) -> Callable[[Any], Any]:
    """Give the same of a moment: all that a scan writes bears the same one."""
    process = UtcTime().dialect_impl(dialect).bind_processor(dialect)
    assert process is not None, dialect
    return lru_cache(TIMES_MAX)(process)


def _from_driver(kind: Any, dialect: Dialect, coltype: Any) -> Callable[[Any], Any] | None:
    """Give the reverse, of a whole column.

    Lines to a server say moments in UTC by themselves (`get_line_ready`).
    """
    if isinstance(kind, UtcTime):
        return None if dialect.name == "postgresql" else moments_of_texts
    process: Callable[[Any], Any] | None
    process = kind.dialect_impl(dialect).result_processor(dialect, coltype)
    return process and partial(map, process)


_COMPILED: dict[tuple[Any, ...], _Compiled] = {}
"""What was compiled, by the statement itself and the driver; what writes, also by the names of its
parameters, which say which columns."""

_PREPARED: dict[tuple[Any, ...], Prepared] = {}
"""What takes no lists, by the same, as the driver takes it."""

_READY: dict[str, dict[int, Prepared]] = {}
"""What of that only reads, by the driver and then by the `id` of the statement, which it keeps."""


def ready_for(dialect: Dialect) -> Mapping[int, Prepared]:
    """Give what reads and takes no lists, as far as it was prepared, by the statement's `id`."""
    return _READY.setdefault(dialect.driver, {})


def prepare(statement: Question, dialect: Dialect, named: Mapping[str, Any]) -> Prepared:
    """Give a statement as the driver takes it, for parameters of these names."""
    one = statement[dialect.name] if isinstance(statement, dict) else statement
    names = () if one.is_select else tuple(named)
    key = (one, dialect.driver, *names)
    found = _PREPARED.get(key)
    if found is not None:
        return found
    compiled = _compiled(one, dialect, names)
    found = compiled.prepared(named)
    if not compiled.lists:
        _PREPARED[key] = found
        if one.is_select:
            _READY.setdefault(dialect.driver, {})[id(one)] = found
    return found


def _compiled(statement: Statement, dialect: Dialect, names: tuple[str, ...] = ()) -> _Compiled:
    key = (statement, dialect.driver, *names)
    compiled = _COMPILED.get(key)
    if compiled is None:
        if len(_COMPILED) >= COMPILED_MAX:
            _COMPILED.clear()
            _PREPARED.clear()
            for ready in _READY.values():
                ready.clear()
        compiled = _COMPILED[key] = _Compiled(statement, dialect, names)
    return compiled


def about_nothing(
    dialect: Dialect, after: int, count: int
) -> tuple[list[tuple[Prepared, Any]], int]:
    """Give what was compiled, only reads, and joins tables, each with parameters that find nothing.

    Args:
        dialect: For which driver.
        after: How many of all that was compiled are left out.
        count: How many are given, or one more where the last one takes lists.

    Returns:
        Those, and after how many of all that was compiled the next ones come; -1 if there are none.
    """
    found: list[tuple[Prepared, Any]] = []
    everything = tuple(_COMPILED.values())
    for at, compiled in enumerate(everything[after:], after):
        if len(found) >= count:
            return found, at
        if compiled.is_for(dialect) and compiled.is_dear:
            found += compiled.about_nothing()
    return found, -1


_MADE: list[tuple[Callable[..., Any], tuple[Any, ...]]] = []


def made_once(*variants: tuple[Any, ...]) -> Callable[[Made], Made]:
    """Have a statement made at its first use, or by `warm_up`, and kept.

    Args:
        variants: Arguments that it may be made for, as many of them as are usual; none: it takes
            none.
    """

    def decorate(make: Made) -> Made:
        kept: Any = cache(make)
        _MADE.extend((kept, arguments) for arguments in variants or ((),))
        return cast(Made, kept)

    return decorate


def warm_up(dialect: Dialect) -> None:
    """Compile what modules that are loaded may ask, so that no scan waits for it.

    What a scan asks is a constant of a module, see `floorhand.store.asking`, or `made_once`.
    """
    for make, arguments in tuple(_MADE):
        if (made := make(*arguments)).is_select:
            _compiled(made, dialect)
    for name, module in sys.modules.copy().items():  # others may load some meanwhile
        if name.startswith("floorhand."):
            for value in tuple(vars(module).values()):
                one = value.get(dialect.name) if type(value) is dict else value
                if isinstance(one, SelectBase):
                    _compiled(one, dialect)
