"""What the protocol of SSH lets a client ask for beside a terminal; no usual client asks for it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from ssh.serving import Sshd

asyncssh = pytest.importorskip("asyncssh", reason="asyncssh, which can send signals, is not here")

SIGNALS = ("INT", "TERM", "KILL", "QUIT", "HUP", "STOP", "TSTP", "USR1", "SEGV")


async def test_a_client_can_neither_end_nor_stop_its_terminal_by_signals(at: Sshd) -> None:
    key = str(at.folder / "device")
    named = {"username": at.user, "client_keys": [key], "known_hosts": None}
    async with asyncssh.connect("127.0.0.1", at.port, config=None, **named) as line:
        device = await line.create_process("id", term_type="xterm-256color", env={"LC_ALL": "/x"})
        await asyncio.to_thread(at.shown, "H-1", "badge")
        terminal = at.terminal_pid("H-1")
        for signal in SIGNALS:
            device.send_signal(signal)
        device.send_break(1000)
        device.stdin.write("STILL-HERE")
        await asyncio.to_thread(at.shown, "H-1", "STILL-HERE")
        told = at.log.read_text()
        assert told.count("refusing to send") + told.count("unsupported") == len(SIGNALS)
        assert at.terminal_pid("H-1") == terminal
        assert at.devices("H-1") == 1
        state = Path(f"/proc/{terminal}/stat").read_text().rsplit(")", 1)[1].split()[0]
        assert state in "RSD"
        with pytest.raises(asyncssh.ChannelOpenError):
            await line.create_process("id")
        with pytest.raises(asyncssh.ChannelOpenError):
            await line.open_connection("127.0.0.1", at.port)
