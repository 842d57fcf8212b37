"""What tests of browsers share."""

from __future__ import annotations

import os
import sys

import pytest


@pytest.fixture(autouse=True)
def _terminals_run_this_source(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
