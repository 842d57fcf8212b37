"""Test modules as pytest rewrites them, made once for all processes of a run.

Each would do that by itself in a fresh checkout, and all of them the same at the same time. What
fails here is tried again, and told, by whoever collects it.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from _pytest.assertion import rewrite

TESTS = Path(__file__).parent


def rewrite_all(config: pytest.Config) -> None:
    """Rewrite what is new in as many processes as there are processors, and wait for them."""
    if rewrite.assertstate_key not in config.stash:  # told to leave asserts as they are
        return
    left = [module for module in sorted(TESTS.rglob("test_*.py")) if _is_new(module)]
    processes = len(os.sched_getaffinity(0))
    begun = []
    for number in range(processes):
        if pid := os.fork():
            begun.append(pid)
            continue
        try:
            for module in left[number::processes]:
                _rewrite(module, config)
        finally:
            os._exit(0)
    for pid in begun:
        os.waitpid(pid, 0)


def _kept(module: Path) -> Path:
    return rewrite.get_cache_dir(module) / f"{module.stem}{rewrite.PYC_TAIL}"


def _is_new(module: Path) -> bool:
    kept = _kept(module)
    return not kept.exists() or kept.stat().st_mtime < module.stat().st_mtime


def _rewrite(module: Path, config: pytest.Config) -> None:
    kept = _kept(module)
    kept.parent.mkdir(parents=True, exist_ok=True)
    stat, code = rewrite._rewrite_test(module, config)
    rewrite._write_pyc(config.stash[rewrite.assertstate_key], code, stat, kept)
