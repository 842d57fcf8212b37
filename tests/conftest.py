"""What all tests share: where the real data lies, a fixed moment, a database of their own."""

from __future__ import annotations

import compileall
import gc
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import homes
import hypothesis
import pytest
from compiled import keep_compiled
from frozen import prove_frozen
from homes import NOW, ON_POSTGRESQL, SITE, new_warehouse
from rewritten import rewrite_all

from floorhand.store.db import Transactions, engine_of
from floorhand.text.catalog import ASSETS, INSTALLED, compiled_of

if TYPE_CHECKING:
    from host.hosts import Hosted, Nursery

__all__ = ["NOW", "SHARED_DATA", "SITE", "new_warehouse"]

hypothesis.settings.register_profile(
    "untimed", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.register_profile(
    "same", hypothesis.settings.get_profile("untimed"), derandomize=True
)
# No test is timed: a machine that stands still for a moment proves nothing.
hypothesis.settings.load_profile("untimed")
if "FLOORHAND_EXPLORE" not in os.environ:
    # The same examples every time: a run says something about the change, not about its luck.
    hypothesis.settings.load_profile("same")

SOURCE = Path(__file__).resolve().parents[1] / "src"
BYTECODE = Path(__file__).resolve().parents[1] / ".pytest_cache" / "bytecode"


YOUNG_MAX = 20_000
"""New objects after which the collector looks at them; it usually does after 700 (Python 3.11),
which takes about a tenth of a run. So many are a few megabytes."""


def pytest_configure(config: pytest.Config) -> None:
    """Rewrite tests for all processes of a run, before there are any."""
    shared = sys.pycache_prefix == str(BYTECODE) and "PYTEST_XDIST_WORKER" not in os.environ
    if shared and sys.platform == "linux":
        rewrite_all(config)


def pytest_collectstart() -> None:
    """Let the collector rest while tests are found: all of that stays, and it is a fifth of it."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Keep the collector away from all that stays: its looks at it took a twentieth of a run."""
    gc.enable()
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_MAX)


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


def _keep_bytecode() -> None:
    """Let the many processes of a run share compiled code, where it may not lie beside the code.

    Each would compile all of the program anew, which takes longer than most of what is tried.
    """
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", "") and "PYTHONPYCACHEPREFIX" not in os.environ:
        os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix = str(BYTECODE)
        sys.dont_write_bytecode = False
        if "PYTEST_XDIST_WORKER" not in os.environ:  # before there are any: each would do it
            if os.name == "posix":
                _take_over_bytecode()
            compileall.compile_dir(SOURCE, quiet=1, workers=0)


def _take_over_bytecode() -> None:
    """Find what lies beside the code of libraries there, too; it would be compiled once more."""
    made = f"__pycache__/*.{sys.implementation.cache_tag}.pyc"
    for folder in {Path(place).resolve() for place in sys.path if place}:
        if SOURCE.parent not in (folder, *folder.parents):
            for compiled in folder.rglob(made):
                if "site-packages" in compiled.relative_to(folder).parts:
                    continue  # those of another environment
                target = BYTECODE / compiled.parents[1].relative_to("/") / compiled.name
                if not target.is_symlink() and not target.exists():
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.symlink_to(compiled)


def _compile_texts() -> None:
    """Compile the catalogs that are older than their texts, as a wheel has them.

    Each of the many processes of a run would read the texts anew, with a library that it has to
    load for that.
    """
    for source in (ASSETS / "text").glob("*.po"):
        compiled = source.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime:
            begun = compiled.with_name(f"{source.stem}.{os.getpid()}.begun")
            begun.write_bytes(compiled_of(source))
            begun.replace(compiled)  # at once: others may read it


_work_in_memory()
_keep_bytecode()
if "PYTEST_XDIST_WORKER" not in os.environ and not INSTALLED:
    _compile_texts()
keep_compiled()
prove_frozen()
if ON_POSTGRESQL:
    homes.watch_sqlite()

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
"""Real data beside the project; tests that read it skip where it is absent."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Run one process more than there are processors: some tests wait for other programs."""
    return len(os.sched_getaffinity(0)) + 1 if sys.platform == "linux" else (os.cpu_count() or 1)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """Give each process a row of neighbours, and who is done half of what another has left.

    Neighbours share what is made once for a module; and no core is idle while work is left.
    """
    from xdist.scheduler import WorkStealingScheduling

    return WorkStealingScheduling(config, log)


@pytest.fixture(autouse=True, scope="session")
def _server_ends() -> Iterator[None]:
    yield
    homes.stop_server()


@pytest.fixture(autouse=True, scope="module")
def _homes_of_a_module_end() -> Iterator[None]:
    with homes.homes_end():
        yield


@pytest.fixture(autouse=True)
def _homes_of_a_test_end(request: pytest.FixtureRequest) -> Iterator[None]:
    """Drop what a test made, and see that it worked on the kind of database that was asked for.

    What it made in a folder is dropped before that is; most tests have none, and need not wait for
    one to be made.
    """
    if ON_POSTGRESQL or "tmp_path" in request.fixturenames:
        tmp_path = request.getfixturevalue("tmp_path")
    with homes.homes_end():
        if ON_POSTGRESQL:
            with homes.nothing_on_sqlite(tmp_path):
                yield
        else:
            yield


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip elsewhere what is about SQLite itself."""
    if ON_POSTGRESQL and (mark := item.get_closest_marker("sqlite")):
        pytest.skip(f"about SQLite: {mark.args[0]}")


@pytest.fixture
def transactions(tmp_path: Path) -> Iterator[Transactions]:
    """An empty warehouse, fresh for each test."""
    made = new_warehouse(tmp_path)
    yield made
    engine_of(made).dispose()


@pytest.fixture(scope="session")
def nursery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    """Forks hosts for all tests that need one, of this kind of database."""
    from host.hosts import Nursery

    kind = "postgresql+psycopg://" if ON_POSTGRESQL else "sqlite://"
    made = Nursery(kind, tmp_path_factory.mktemp("nursery"))
    yield made
    made.close()


@pytest.fixture(scope="session")
def host(nursery: Nursery, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hosted]:
    """One for all tests: it has no warehouse of its own, as whoever joins it names theirs."""
    from host.hosts import Forked

    made = Forked(nursery, "", tmp_path_factory.mktemp("host"))
    try:
        yield made.ready()
    finally:
        made.end()


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
def postgresql_server() -> str:
    """The address of a PostgreSQL server of the test run's own."""
    return homes.admin().url.set(drivername="postgresql").render_as_string(hide_password=False)


@pytest.fixture
def postgresql_warehouse() -> Iterator[str]:
    """An empty warehouse on PostgreSQL."""
    yield (made := homes.create_warehouse(homes.unique_name()))
    homes.drop(made)


@pytest.fixture
def postgresql_url() -> Iterator[str]:
    """An empty PostgreSQL database."""
    yield (made := homes.create(homes.unique_name()))
    homes.drop(made)
