"""A warehouse to measure in is there whole, or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from conftest import NOW
from sqlalchemy import create_engine, make_url, text

from floorhand.robots import ground
from floorhand.robots.demo import build_demo
from floorhand.store.check import violations
from floorhand.store.db import Transactions, engine_of, open_database


class Ended(BaseException):
    """The run is ended, as by a signal."""


def end_while_it_is_built(monkeypatch: pytest.MonkeyPatch, *asked: Any) -> None:
    def half(transactions: Transactions, *_: object) -> None:
        build_demo(transactions, ground.SITE, NOW)
        raise Ended

    with monkeypatch.context() as patch:
        patch.setattr(ground, "build_demo", half)
        with pytest.raises(Ended):
            ground.two_databases(*asked).__enter__()


def must_be_whole(url: str) -> None:
    transactions = open_database(url, create=False)
    with transactions.begin() as tx:
        assert tx.scalar(text("SELECT count(*) FROM worker WHERE code = 'ROBOT-01'"))
        assert violations(tx, ground.SITE) == ()
    engine_of(transactions).dispose()


@pytest.mark.sqlite("about its file; the same is tried on PostgreSQL below")
def test_a_file_that_was_half_built_is_built_anew(tmp_path: Path, monkeypatch) -> None:
    keep = tmp_path / "kept.db"
    end_while_it_is_built(monkeypatch, tmp_path, 0, keep, "")
    assert not keep.exists()
    with ground.two_databases(tmp_path, 0, keep, "") as urls:
        for url in urls:
            must_be_whole(url)
    assert [path.name for path in tmp_path.iterdir()] == ["kept.db"]


def test_a_database_that_was_half_built_is_built_anew(postgresql_server: str, monkeypatch) -> None:
    url = make_url(postgresql_server).set(drivername="postgresql+psycopg")
    server = url.render_as_string(hide_password=False)
    end_while_it_is_built(monkeypatch, None, 0, None, server)
    with ground.two_databases(None, 0, None, server) as urls:
        for one in urls:
            must_be_whole(one)
    engine = create_engine(url)
    with engine.connect() as connection:
        left = text("SELECT datname FROM pg_database WHERE datname LIKE 'floorhand_bench%'")
        assert connection.scalars(left).all() == []
    engine.dispose()
