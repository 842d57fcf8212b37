"""The Debian package: what can be seen of it without building it (`packaging/debian/test` does)."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from floorhand.cli import COMMANDS
from floorhand.config import load

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "packaging" / "debian"
SCRIPTS = ("postinst", "prerm", "postrm")


def pinned(lock: Path) -> dict[str, str]:
    return dict(re.findall(r"^([\w.-]+)==([^\s;]+)", lock.read_text("utf-8"), re.MULTILINE))


def facts() -> dict[str, str]:
    return dict(re.findall(r"^([\w-]+): (.+)$", (PACKAGE / "control").read_text("utf-8"), re.M))


def test_the_package_has_what_is_tested_here() -> None:
    own = pinned(PACKAGE / "requirements.lock")
    tested = {**pinned(ROOT / "requirements-dev.lock"), **pinned(ROOT / "requirements.lock")}
    assert {name: tested[name] for name in own if name in tested} == {
        name: own[name] for name in own if name in tested
    }
    assert pinned(ROOT / "requirements.lock").items() <= own.items()
    assert {"psycopg", "aiohttp", "textual-serve", "zebrafy", "fontpkg-heebo"} <= own.keys()


def test_it_wants_the_python_that_it_is_compiled_for() -> None:
    assert 'PYTHON = "/usr/bin/python3.11"' in (PACKAGE / "build").read_text("utf-8")
    assert "python3 (>= 3.11), python3 (<< 3.12)" in facts()["Depends"]


def test_its_settings_can_be_read_and_a_site_edits_them_once() -> None:
    settings = load(PACKAGE / "site.toml", environ={})
    assert settings.database == "/var/lib/floorhand/floorhand.db"
    units = (ROOT / "packaging" / "systemd").glob("*")
    told = "".join(unit.read_text("utf-8") for unit in units if unit.is_file())
    assert settings.nightly in told
    assert (PACKAGE / "conffiles").read_text("utf-8") == (
        "/etc/floorhand/site.toml\n/etc/floorhand/tmux.conf\n"
    )


@pytest.mark.parametrize("name", SCRIPTS)
def test_its_scripts_are_written_for_a_plain_shell(name: str) -> None:
    shell = shutil.which("dash") or shutil.which("sh")
    if shell is None:
        pytest.skip("there is no shell here")
    done = subprocess.run([shell, "-n", PACKAGE / name], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert "set -e\n" in (PACKAGE / name).read_text("utf-8")


def test_its_manual_names_every_command() -> None:
    page = (PACKAGE / "floorhand.1").read_text("utf-8").replace("\\-", "-")
    named = set(re.findall(r"^\.TP\n\.B ([a-z-]+)$", page, re.MULTILINE))
    assert named == set(COMMANDS)


def test_it_says_plainly_that_there_is_no_licence() -> None:
    assert "No licence has been granted" in (PACKAGE / "copyright").read_text("utf-8")
    assert facts()["Section"].startswith("non-free/")
    assert not list(ROOT.glob("LICEN[CS]E*")), "there is one now: say so in the package"


def test_the_page_about_services_tells_of_every_unit() -> None:
    page = (ROOT / "packaging" / "services.md").read_text("utf-8")
    for unit in (ROOT / "packaging" / "systemd").glob("*.*[re]"):
        service = unit.with_suffix(".timer")
        assert unit.name in page or service.name in page, unit.name
