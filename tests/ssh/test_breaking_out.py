"""Whoever has the key of a device gets its terminal, and nothing else of the machine."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from conftest import new_warehouse
from homes import home_of
from host.hosts import Hosted
from ssh.conftest import skip_if_locked
from ssh.serving import WAIT_MAX_S, Device, Sshd, missing, program, serving, until
from warehouses import inbound

from floorhand.store.db import engine_of

NO_SCREEN = "This is a terminal"

ENVIRONMENT = {
    *("HOME", "USER", "PATH", "TERM", "COLORTERM", "LANG", "PWD", "SHELL", "SHLVL", "_"),
    *("TMUX", "TMUX_PANE", "TERM_PROGRAM", "TERM_PROGRAM_VERSION", "PYTHONPATH"),
    *("FLOORHAND_PROGRAM", "FLOORHAND_CONFIG", "FLOORHAND_STATE", "FLOORHAND_LOG"),
    *("FLOORHAND_SEAT", "FLOORHAND_STATION", "FLOORHAND_REMOTE", "OLDPWD", "ENV"),
    *("FLOORHAND_SOCKET", "FLOORHAND_DATABASE"),
}
"""All that a client of the host finds there; the tests add PYTHONPATH and the database."""

KEYS = {
    "tmux's prefixes": b"\x02d\x02:kill-server\x02c\x01d\x02[\x02&y\x02s",
    "Ctrl with C, Z, \\, D, S, Y, O, V": b"\x03\x1a\x1c\x04\x13\x19\x0f\x16",
    "Alt and F13 to F20": b"\x1bx\x1b:\x1b[25~\x1b[26~\x1b[28~\x1b[29~\x1b[31~\x1b[34~",
    "the mouse": b"\x1b[<0;3;3M\x1b[<2;3;3M\x1b[<65;3;3M\x1b[M !!\x1b[<0;3;3m",
    "a client's own words": b"\x1b[?62;22c\x1b[>84;0;0c\x1bP>|tmux 3.4\x1b\\\x1b[8;9;9t",
    "the clipboard": b"\x1b]52;c;bHMK\x07\x1b]52;;?\x07",
    "a paste without an end": b"\x1b[200~\x02:kill-server\n\x1b[20",
    "focus": b"\x1b[I\x1b[O",
    "ssh's own": b"\n~?\n~#\n~R\n~B\n~V",
}
"""What people type who want out, by what they hope for."""


@pytest.fixture(scope="module")
def at(tmp_path_factory: pytest.TempPathFactory, host: Hosted) -> Iterator[Sshd]:
    if why := missing():
        pytest.skip(why)
    folder = tmp_path_factory.mktemp("floor")
    floor = new_warehouse(folder)
    inbound.build(floor)
    with serving(home_of(folder / "floor.db"), host=host) as made:
        skip_if_locked(made)
        # What a key's line takes away hides whether the configuration does.
        made.keys.write_text(made.keys.read_text().replace("restrict,pty", "pty"))
        yield made
    engine_of(floor).dispose()


@contextmanager
def connected(at: Sshd, *asks: str) -> Iterator[Device]:
    made = at.device("device", *asks)
    until(lambda: at.devices("H-1") == 1, lambda: bytes(made.written))
    at.shown("H-1", "badge")
    yield made
    made.close()


@contextmanager
def neighbour() -> Iterator[socket.socket]:
    """A service of the machine that nobody outside may reach."""
    with socket.create_server(("127.0.0.1", 0)) as made:
        made.setblocking(False)
        yield made


def nobody_came(made: socket.socket) -> bool:
    try:
        made.accept()
    except BlockingIOError:
        return True
    return False


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as made:
        return made.getsockname()[1]


@pytest.mark.parametrize("command", ["touch PROOF", "sh -c 'touch PROOF'"])
def test_a_command_is_not_run(at: Sshd, command: str) -> None:
    proof = at.folder / "proof"
    command = command.replace("PROOF", str(proof))
    assert NO_SCREEN in at.run("--", command)[1]
    with connected(at, command):
        assert not proof.exists()


def test_files_are_neither_fetched_nor_brought(at: Sshd) -> None:
    here, there = at.folder / "here", at.folder / "there"
    here.write_text("x")
    *options, host = at.words(asking="-q")
    options[options.index("-p")] = "-P"
    for way in ("-O", "-s"):
        for words in ([str(here), f"{host}:{there}"], [f"{host}:{here}", str(there)]):
            done = subprocess.run(
                [program("scp"), way, *options, *words], capture_output=True, check=False,
                timeout=WAIT_MAX_S,
            )  # fmt: skip
            assert done.returncode != 0
            assert not there.exists()
    assert NO_SCREEN in at.run("-s", "--", "sftp")[1]


@pytest.mark.parametrize("how", ["-L", "-D", "-L socket"])
def test_no_connection_goes_on_to_the_machine(at: Sshd, how: str) -> None:
    with neighbour() as service:
        target, port = service.getsockname()[1], free_port()
        if how == "-D":
            asks = ["-N", "-D", f"127.0.0.1:{port}"]
        else:
            end = f"127.0.0.1:{target}" if how == "-L" else f"{at.folder}/state/H-1/tmux"
            asks = ["-N", "-L", f"127.0.0.1:{port}:{end}"]
        *options, host = at.words(asking="-T")
        client = subprocess.Popen(
            [program("ssh"), *options, *asks, host],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        try:
            assert answered(client, port, target if how == "-D" else 0) == b""
        finally:
            client.kill()
            client.communicate()
        assert nobody_came(service)


def test_no_client_is_carried_on_to_the_machine(at: Sshd) -> None:
    with neighbour() as service:
        code, told = at.run("-W", f"127.0.0.1:{service.getsockname()[1]}")
        assert code == 255
        assert "stdio forwarding failed" in told
        assert nobody_came(service)


def answered(client: subprocess.Popen[bytes], port: int, socks: int) -> bytes:
    """Connect to a port of the client, through SOCKS if asked, and give what comes back."""

    def listens() -> bool:
        assert client.poll() is None
        with socket.socket() as line:
            return not line.connect_ex(("127.0.0.1", port))

    until(listens)
    with socket.create_connection(("127.0.0.1", port), WAIT_MAX_S) as line:
        if socks:
            line.sendall(b"\x04\x01" + socks.to_bytes(2) + bytes((127, 0, 0, 1)) + b"\0")
        return line.recv(100)


@pytest.mark.parametrize("end", ["127.0.0.1:9", "SOCKET"])
def test_the_machine_listens_for_nobody(at: Sshd, end: str) -> None:
    end = end.replace("SOCKET", str(at.folder / "listener"))
    mine = "0" if ":" in end else str(at.folder / "mine")
    asks = ["-N", "-o", "ExitOnForwardFailure=yes", "-R", f"{mine}:{end}"]
    code, told = at.run(*asks)
    assert code == 255
    assert "remote port forwarding failed" in told
    assert not (at.folder / "mine").exists()


def test_what_sshd_allows_others_it_allows_no_device(at: Sshd) -> None:
    told = subprocess.run(
        [program("sshd"), "-T", "-f", str(at.config), "-C", f"user={at.user},host=x,addr=::1"],
        capture_output=True, text=True, check=True,
    ).stdout.splitlines()  # fmt: skip
    allowed = {
        "disableforwarding yes", "permittunnel no", "permitopen none", "permitlisten none",
        "gatewayports no", "x11forwarding no", "allowagentforwarding no", "allowtcpforwarding no",
        "allowstreamlocalforwarding no", "permituserrc no", "permituserenvironment no",
        "authenticationmethods publickey", "passwordauthentication no", "trustedusercakeys none",
        "kbdinteractiveauthentication no", "authorizedkeyscommand none", "maxsessions 1",
        f"authorizedkeysfile {at.keys}",
    }  # fmt: skip
    assert allowed <= {*told}
    assert [one for one in told if one.startswith("acceptenv")] == [
        "acceptenv FLOORHAND_ACCEPTS_NOTHING"
    ]


def test_nothing_of_the_client_gets_into_the_environment(at: Sshd) -> None:
    agent = subprocess.run(
        [program("ssh-agent"), "-s"], capture_output=True, text=True, check=True
    ).stdout
    named = dict(part.split("=", 1) for part in agent.replace("\n", " ").split("; ") if "=" in part)
    hostile = "LD_PRELOAD=/x PYTHONSTARTUP=/x FLOORHAND_SEAT=H-2 FLOORHAND_DATABASE=/x LC_ALL=x"
    hostile += " FLOORHAND_SOCKET=/x FLOORHAND_CONFIG=/x FLOORHAND_LOG=/x"
    asks = ("-A", "-X", "-o", f"SetEnv={hostile}", "-o", "ForwardX11Trusted=yes", "x")
    os.environ |= {"SSH_AUTH_SOCK": named["SSH_AUTH_SOCK"], "DISPLAY": ":9"}
    try:
        at.tmux("H-1", "kill-server")
        with connected(at, *asks):
            told = Path(f"/proc/{at.client_pid('H-1')}/environ").read_text()
    finally:
        del os.environ["SSH_AUTH_SOCK"], os.environ["DISPLAY"]
        os.kill(int(named["SSH_AGENT_PID"]), 15)
    found = dict(line.split("=", 1) for line in told.split("\0") if line)
    assert found.keys() <= ENVIRONMENT
    assert found["FLOORHAND_SEAT"] == "H-1"
    assert "/x" not in told


def test_a_connection_has_one_terminal_and_no_second_session(at: Sshd) -> None:
    control = str(at.folder / "control")
    with connected(at, "-M", "-S", control, "x"):
        second = at.run("-S", control, "--", "id")[1]
    assert "Session open refused by peer" in second


def test_of_two_connections_with_one_key_the_newer_has_the_terminal(at: Sshd) -> None:
    with connected(at) as older, connected(at) as newer:
        assert older.end() == 1
        older.shows("The same key was used once more")
        newer.type("STILL-HERE")
        at.shown("H-1", "STILL-HERE")


def test_no_key_leads_out_of_the_terminal(at: Sshd) -> None:
    with connected(at) as device:
        terminal = at.terminal_pid("H-1")
        for name, typed in KEYS.items():
            device.type(typed)
            device.type(b"\x1b[201~" + b"\x7f" * 600 + b"STILL-HERE")
            at.shown("H-1", "STILL-HERE")
            panes = at.tmux("H-1", "list-panes", "-a", "-F", "#{pane_in_mode}#{pane_dead}")
            assert (name, panes) == (name, "00")
            assert at.terminal_pid("H-1") == terminal, name
            state = Path(f"/proc/{terminal}/stat").read_text().rsplit(")", 1)[1].split()[0]
            assert state in "RSD", name
            assert (at.devices("H-1"), device.ended) == (1, False), name
            device.type(b"\x7f" * 10)
            until(lambda: "STILL-HERE" not in at.screen("H-1"))


@pytest.mark.parametrize("term", ["x" * 60_000, "../../etc/passwd", "vt220", "$(id)"])
def test_any_kind_of_screen_is_served(at: Sshd, term: str) -> None:
    *options, host = at.words()
    device = Device(f"TERM={term}", program("ssh"), *options, host, program=shutil.which("env"))
    until(lambda: at.devices("H-1") == 1, lambda: bytes(device.written))
    known = at.tmux("H-1", "list-clients", "-F", "#{client_termname}")
    assert known == (term if term == "vt220" else "xterm-256color")
    device.close()


def test_a_screen_that_can_show_nothing_is_told_what_to_set(at: Sshd) -> None:
    *options, host = at.words()
    device = Device("TERM=dumb", program("ssh"), *options, host, program=shutil.which("env"))
    assert device.end() == 1
    device.shows("set its terminal type to xterm-256color")
    device.close()


@pytest.mark.parametrize(
    ("names", "told"),
    [
        ("", "has no seat"),
        ("../../tmp/x", "a name that is none"),
        ("$(touch${IFS}x)", "a name that is none"),
        ("-H", "a name that is none"),
    ],
)
def test_a_key_without_a_seat_opens_nothing(at: Sshd, names: str, told: str) -> None:
    before = at.keys.read_text()
    kind, key, _ = (at.folder / "other.pub").read_text().split()
    at.keys.write_text(f"{before}restrict,pty {kind} {key} {names}\n")
    device = at.device("other")
    assert device.end() == 1
    device.shows(told)
    device.close()
    at.keys.write_text(before)


def test_a_key_that_nobody_has_added_is_refused(at: Sshd) -> None:
    at.new_key("stranger")
    assert "Permission denied (publickey)" in at.run(key="stranger")[1]
