"""``floorhand devices``: keys that sshd reads, written so that nothing else can be in them."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import NOW, SITE

from floorhand.cli import main
from floorhand.commands.device_keys import changing, device_key, devices, read
from floorhand.commands.identity import identify
from floorhand.config import Settings
from floorhand.ops.devices import seat_holder
from floorhand.ops.floor import take_seat
from floorhand.store.db import Transactions, engine_of

pytestmark = pytest.mark.skipif(
    shutil.which("ssh-keygen") is None, reason="there is no ssh-keygen here"
)


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    return tmp_path / "authorized_keys"


def new_key(folder: Path, name: str, *how: str) -> Path:
    file = folder / name
    how = how or ("-t", "ed25519")
    words = ["ssh-keygen", "-q", *how, "-N", "", "-C", f"{name} of {name}", "-f", str(file)]
    subprocess.run(words, check=True)
    return file.with_suffix(".pub")


def run(keys: Path, *words: str | Path) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["devices", "--keys", str(keys), "--sessions", str(keys.parent), *map(str, words)])
    return int(ended.value.code or 0)


def test_a_device_is_added_listed_and_removed(keys: Path, tmp_path: Path, capsys) -> None:
    public = new_key(tmp_path, "tablet")
    assert run(keys, "add", "PACK-1", "--station", "Bench 1", public) == 0
    kind, key = public.read_text().split()[:2]
    assert keys.read_text() == f"restrict,pty {kind} {key} PACK-1 Bench 1\n"
    assert keys.stat().st_mode & 0o777 == 0o644
    told = ["ssh-keygen", "-l", "-f", str(public)]
    fingerprint = subprocess.run(told, capture_output=True, text=True, check=True).stdout.split()[1]
    assert f"PACK-1 is opened by the key {fingerprint}." in capsys.readouterr().out
    assert run(keys) == 0
    row = capsys.readouterr().out.splitlines()[1].split("  ")
    assert [cell.strip() for cell in row if cell] == [
        *("PACK-1", "Bench 1", "-", "-", "-", "ssh-ed25519", fingerprint)
    ]
    assert run(keys, "--csv") == 0
    assert capsys.readouterr().out.splitlines()[1] == (
        f"PACK-1,Bench 1,,,,ssh-ed25519,{fingerprint}"
    )
    assert run(keys, "list", "--json") == 0
    (told_of,) = json.loads(capsys.readouterr().out)
    assert (told_of["seat"], told_of["since"], told_of["key"]) == ("PACK-1", None, fingerprint)
    assert run(keys, "remove", "PACK-1") == 0
    assert keys.read_text() == ""


def test_a_key_from_stdin_is_taken(keys: Path, tmp_path: Path, monkeypatch) -> None:
    public = new_key(tmp_path, "tablet")
    monkeypatch.setattr(sys, "stdin", io.StringIO(public.read_text()))
    assert run(keys, "add", "H-1", "-") == 0
    assert [one.seat for one in devices(read(keys))] == ["H-1"]


def test_lines_of_others_stay_as_they_are(keys: Path, tmp_path: Path) -> None:
    keys.write_text("# ours\n\nssh-ed25519 AAAA somebody\n")
    assert run(keys, "add", "H-1", new_key(tmp_path, "one")) == 0
    assert run(keys, "add", "H-1", new_key(tmp_path, "two"), "--replace") == 0
    assert run(keys, "remove", "H-1") == 0
    assert keys.read_text() == "# ours\n\nssh-ed25519 AAAA somebody\n"


def test_one_key_is_one_seat_and_one_seat_has_one_key(keys: Path, tmp_path: Path, capsys) -> None:
    one, two = new_key(tmp_path, "one"), new_key(tmp_path, "two")
    assert run(keys, "add", "H-1", one) == 0
    assert run(keys, "add", "H-2", one) == 1
    assert "This key is that of H-1." in capsys.readouterr().err
    assert run(keys, "add", "H-1", two) == 1
    assert "--replace" in capsys.readouterr().err
    assert run(keys, "add", "H-1", two, "--replace") == 0
    (left,) = devices(read(keys))
    assert left.key == two.read_text().split()[1]
    assert run(keys, "remove", "H-9") == 1
    assert "No key opens H-9. Known: H-1." in capsys.readouterr().err


@pytest.mark.parametrize(
    "seat", ["", "a b", "../x", ".ssh", "-x", "x\ny", "a/b", "office", "x" * 41, "é", 'a"b', "a,b"]
)
def test_a_seat_has_no_name_that_a_line_or_a_folder_could_misread(
    keys: Path, tmp_path: Path, seat: str
) -> None:
    public = new_key(tmp_path, "one")
    assert run(keys, "add", "--", seat, public) == 1
    assert not keys.exists()
    assert run(keys, "add", "--", "x" * 40, public) == 0


@pytest.mark.parametrize("station", ["a\nssh-ed25519 AAAA", " x", "a#b", "$(x)", "x" * 41])
def test_a_station_with_a_hostile_name_is_refused(keys: Path, tmp_path: Path, station: str) -> None:
    assert run(keys, "add", "H-1", new_key(tmp_path, "one"), "--station", station) == 1
    assert not keys.exists()


@pytest.mark.parametrize(
    "made",
    [
        "",
        "ssh-ed25519",
        "ssh-ed25519 AAAA",
        "ssh-ed25519 {other}",
        "ssh-rsa {key}",
        'command="/bin/sh" ssh-ed25519 {key}',
        "ssh-ed25519 {key} x\nssh-ed25519 {other} y",
        "ssh-ed25519 {key}\rssh-ed25519 {other}",
        "ssh-ed25519-cert-v01@openssh.com {key}",
        "-----BEGIN OPENSSH PRIVATE KEY-----",
        "ssh-ed25519 {key}" + " " * 20_000,
        "\x00ssh-ed25519 {key}",
    ],
)
def test_what_is_no_single_public_key_is_refused(
    keys: Path, tmp_path: Path, made: str, capsys
) -> None:
    key = new_key(tmp_path, "one").read_text().split()[1]
    other = new_key(tmp_path, "two", "-t", "ecdsa").read_text().split()[1]
    file = tmp_path / "given"
    file.write_text(made.format(key=key, other=other))
    assert run(keys, "add", "H-1", file) == 1
    assert "public key" in capsys.readouterr().err
    assert not keys.exists()


def test_a_weak_key_is_refused(keys: Path, tmp_path: Path, capsys) -> None:
    assert run(keys, "add", "H-1", new_key(tmp_path, "one", "-t", "rsa", "-b", "1024")) == 1
    assert "too weak" in capsys.readouterr().err


def test_two_that_add_at_once_forget_nobody(keys: Path, tmp_path: Path) -> None:
    text = new_key(tmp_path, "one").read_text()
    made = device_key("H-1", "", text)

    def add(number: int) -> None:
        with changing(keys) as lines:
            lines.append(made.line.replace("H-1", f"H-{number}"))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, range(40)))
    assert {one.seat for one in devices(read(keys))} == {f"H-{number}" for number in range(40)}
    assert [file.name for file in tmp_path.glob(".authorized*")] == []


def test_a_folder_that_is_not_there_is_told(tmp_path: Path, capsys) -> None:
    public = new_key(tmp_path, "one")
    assert run(tmp_path / "no" / "keys", "add", "H-1", public) == 1
    assert "is no folder for the keys" in capsys.readouterr().err


def test_where_a_device_is_now_is_told_by_the_one_that_holds_the_seat(
    transactions: Transactions, tmp_path: Path, capsys, monkeypatch
) -> None:
    home = engine_of(transactions).url.render_as_string(hide_password=False)
    here = Settings(database=home, seat="H-1", state=str(tmp_path / "a"), remote="192.0.2.7")
    monkeypatch.setenv("FLOORHAND_STATE", here.state)
    monkeypatch.setenv("FLOORHAND_SEAT", "H-1")
    told = ("moved", "--database", home)
    assert run(tmp_path, *told) == 1
    assert "FLOORHAND_REMOTE does not say" in capsys.readouterr().err
    monkeypatch.setenv("FLOORHAND_REMOTE", "192.0.2.99")
    assert run(tmp_path, *told) == 1
    take_seat(transactions, SITE, "H-1", now=NOW, device=identify(here))
    assert run(tmp_path, *told) == 0
    with transactions.begin() as tx:
        assert seat_holder(tx, SITE, "H-1") == "192.0.2.99"
    other = replace(here, state=str(tmp_path / "b"), remote="192.0.2.8")
    take_seat(transactions, SITE, "H-1", now=NOW, device=identify(other), take=True)
    assert run(tmp_path, *told) == 1
    assert "This device does not hold H-1." in capsys.readouterr().err
    with transactions.begin() as tx:
        assert seat_holder(tx, SITE, "H-1") == "192.0.2.8"
