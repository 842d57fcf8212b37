"""Once a terminal has got ready, no scan waits for a question to be put into words."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from conftest import new_warehouse
from scripts.test_scripts import Stage
from sqlalchemy import SelectBase

from floorhand.ops import registry
from floorhand.ops.registry import get_ready
from floorhand.store import prepared
from floorhand.store.db import engine_of


@pytest.mark.parametrize("job", ["receiving", "putaway", "picking", "packing", "returns"])
def test_all_that_is_asked_was_compiled_before(
    job: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "_READY_FOR", set())
    monkeypatch.setattr(prepared, "_COMPILED", {})
    monkeypatch.setattr(prepared, "_PREPARED", {})
    script = (Path(__file__).parent / f"{job}_smooth.floor").read_text("utf-8").splitlines()
    transactions = new_warehouse(tmp_path)
    warehouse = import_module(f"warehouses.{script[0].removeprefix('@ ')}")
    warehouse.build(transactions)
    get_ready(transactions)
    before = len(prepared._COMPILED)
    stage = Stage(transactions)
    if not any(line.startswith("@ worker ") for line in script):
        stage.sign_in(warehouse.WORKER)
    for line in script:
        stage.follow(line)
    engine_of(transactions).dispose()
    asked = [statement for statement, *_ in list(prepared._COMPILED)[before:]]
    assert asked, "scans write, which is compiled at first use"
    assert [str(one) for one in asked if isinstance(one, SelectBase)] == []


def test_no_thread_makes_the_columns_of_places_under_other_names() -> None:
    look = (
        "from floorhand.store.shelves import Inner, Outer as all; print(*map(vars, (Inner, *all)))"
    )
    told = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert told.stdout.count("'walk_no': ") == told.stdout.count("'inner_height_mm': ") == 4
