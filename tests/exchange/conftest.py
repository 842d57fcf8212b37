"""Import a file into an empty warehouse, as the command does, and say what came of it."""

from __future__ import annotations

import csv
import io
import json
from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from conftest import NOW, SITE
from shell import shell
from sqlalchemy import URL, Select, inspect, select, text

from floorhand.exchange.command import add_arguments, carry_out
from floorhand.store.db import Transactions, engine_of


@dataclass
class Taken:
    code: int
    result: Any
    err: str
    path: Path

    @property
    def rejected(self) -> dict[int, str]:
        """Line and reason of each rejected row, as FILE.rejected.csv has them."""
        file = self.path.with_name(self.path.name + ".rejected.csv")
        if not file.exists():
            return {}
        with file.open(encoding="utf-8", newline="") as lines:
            return {
                int(row["rejected_line"]): row["rejected_reason"] for row in csv.DictReader(lines)
            }


def everything(home: str | URL) -> dict[str, list[str]]:
    """All rows of all tables."""
    with shell(home) as connection:
        return {
            name: sorted(map(repr, connection.execute(text(f'SELECT * FROM "{name}"'))))
            for name in inspect(connection).get_table_names()
        }


@dataclass
class Importer:
    transactions: Transactions
    folder: Path
    opened: list[Transactions] = field(default_factory=list)

    def __call__(self, content: str | bytes | Path, *words: str, name: str = "file.csv") -> Taken:
        if isinstance(content, Path):
            path = content
        else:
            path = self.folder / name
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        code, out, err = self.run(str(path), "--json", *words)
        return Taken(code, json.loads(out) if out else None, err, path)

    def run(self, *words: str) -> tuple[int, str, str]:
        parser = ArgumentParser()
        add_arguments(parser)
        out, err = io.StringIO(), io.StringIO()
        code = carry_out(
            parser.parse_args(words),
            transactions=self._open,
            site=SITE,
            now=NOW,
            out=out,
            err=err,
        )
        return code, out.getvalue(), err.getvalue()

    def _open(self) -> Transactions:
        self.opened.append(self.transactions)
        return self.transactions

    def all(self, query: Select[Any]) -> list[tuple[Any, ...]]:
        with self.transactions.begin() as tx:
            return [tuple(row) for row in tx.execute(query)]

    def one(self, *columns: Any) -> tuple[Any, ...]:
        (row,) = self.all(select(*columns))
        return row

    def everything(self) -> dict[str, list[str]]:
        """All rows of all tables, to see that nothing changed."""
        return everything(engine_of(self.transactions).url)


@pytest.fixture
def take(transactions: Transactions, tmp_path: Path) -> Importer:
    return Importer(transactions, tmp_path)


@pytest.fixture
def real(shared_data: Path, tmp_path: Path) -> Callable[[str], Path]:
    """Copy a file of the real data here, so that what is rejected can be written beside it."""

    def copied(name: str) -> Path:
        target = tmp_path / Path(name).name
        target.write_bytes((shared_data / name).read_bytes())
        return target

    return copied
