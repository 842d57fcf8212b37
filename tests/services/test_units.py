"""The services: that systemd takes them, and how little it lets them do."""

from __future__ import annotations

import re
import shutil
import subprocess
from configparser import ConfigParser
from pathlib import Path

import pytest

UNITS = Path(__file__).parents[2] / "packaging" / "systemd"
SERVICES = sorted(file.name for file in UNITS.glob("*.service"))
TIMERS = sorted(file.name for file in UNITS.glob("*.timer"))

EXPOSURE_MAX = 1.5
"""What systemd-analyze calls the exposure of a service that may do little."""

ANALYZE = shutil.which("systemd-analyze")
needs_systemd = pytest.mark.skipif(ANALYZE is None, reason="systemd-analyze is not here")


@pytest.fixture(scope="module")
def units(tmp_path_factory) -> Path:
    """The units in a folder of their own, as if the program were installed."""
    folder = tmp_path_factory.mktemp("units")
    shutil.copytree(UNITS, folder, dirs_exist_ok=True)
    for unit in folder.glob("*.service"):
        unit.write_text(unit.read_text("utf-8").replace("/usr/bin/floorhand", "/bin/true"))
    return folder


def analyze(*words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(ANALYZE), *map(str, words)], capture_output=True, text=True, timeout=60, check=False
    )


@needs_systemd
def test_systemd_finds_nothing_wrong_with_the_units(units) -> None:
    done = analyze("verify", "--man=no", *sorted(units.glob("*.*[re]")))
    assert (done.returncode, done.stderr) == (0, "")


@needs_systemd
def test_systemd_would_say_what_is_wrong_with_a_unit(units, tmp_path) -> None:
    broken = tmp_path / "floorhand-spool.service"
    text = (units / "floorhand-spool.service").read_text("utf-8")
    broken.write_text(text.replace("Restart=always", "Restart=ever"))
    assert "restart specifier" in analyze("verify", "--man=no", broken).stderr


@needs_systemd
@pytest.mark.parametrize("name", SERVICES)
def test_a_service_may_do_little(units, name: str) -> None:
    unit = units / name.replace("@", "@x")
    if unit.name != name:
        shutil.copyfile(units / name, unit)
    done = analyze("security", "--no-pager", "--offline=yes", unit)
    found = re.search(r"exposure level for \S+ (\d+\.\d)", done.stdout)
    assert found, done.stderr
    assert float(found[1]) <= EXPOSURE_MAX


@pytest.mark.parametrize("name", TIMERS)
def test_a_timer_starts_a_service_that_is_there_and_whose_failure_is_told(name: str) -> None:
    unit = ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment, method-assign]  # names of settings are kept
    unit.read(UNITS / name.replace(".timer", ".service"))
    assert unit["Unit"]["OnFailure"] == "floorhand-failed@%n.service"
    assert unit["Service"]["ExecStartPost"].endswith("/var/lib/floorhand/nightly/%n")


def test_timers_do_not_all_go_off_at_once() -> None:
    times = [
        re.findall(r"^OnCalendar=(.+)$", (UNITS / name).read_text("utf-8"), re.M) for name in TIMERS
    ]
    assert len({time for (time,) in times}) == len(TIMERS) == 2


def test_every_service_runs_the_program_as_it_is_installed() -> None:
    for name in SERVICES:
        (command,) = re.findall(r"^ExecStart=(\S+)", (UNITS / name).read_text("utf-8"), re.M)
        assert command in ("/usr/bin/floorhand", "/bin/sh"), name
