"""Tell by ear how a scan went: bells that differ in number and rhythm."""

from __future__ import annotations

from typing import Final

GAP_S: Final = 0.15
"""Terminals hear bells closer together than this as one."""

PAUSE_S: Final = 0.5
"""After the first bell of finished work: one, and then two."""

BELLS: Final = {"ok": 0, "look": 1, "refused": 2, "finished": 3}
"""Nobody listens to what goes well; what must be looked at is heard."""


def bells(tone: str, *, also_ok: bool = False, mute: bool = False) -> tuple[float, ...]:
    """Say after how many seconds each bell rings; none if there is nothing to hear.

    Args:
        tone: How the scan went.
        also_ok: A scan that was taken rings once as well; all others once more, to be told apart.
        mute: The worker wants no sound.
    """
    if mute or tone not in BELLS:
        return ()
    count = BELLS[tone] + (1 if also_ok else 0)
    pause = PAUSE_S - GAP_S if tone == "finished" else 0.0
    return tuple(n * GAP_S + (pause if n else 0.0) for n in range(count))
