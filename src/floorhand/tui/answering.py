"""Get an answer to a scan whatever goes wrong: wait for the database, and survive failures."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from floorhand.errors import Code, DatabaseAway
from floorhand.flows.away import ANSWER_MAX_S, PATIENCE_S, RETRY_AFTER_S
from floorhand.flows.turn import Said

if TYPE_CHECKING:
    from floorhand.ops.seats import Turn

log = logging.getLogger("floorhand.terminal")


async def surely(
    attempt: Callable[[], Awaitable[Turn]], before: Turn | None, away: Callable[[str], None]
) -> Turn | Exception:
    """Answer a scan; whatever goes wrong, the worker keeps a screen that says so.

    Repeating is safe because the scan keeps its number.

    Args:
        attempt: Sends the scan.
        before: The turn that was answered; None while the seat is being taken.
        away: Told what is wrong, each time that the database does not answer.

    Returns:
        The answer; the same turn with a refusal if the scan failed; the failure itself if there
        was no turn before.
    """
    tries = 0
    while True:
        loop = asyncio.get_running_loop()
        late = loop.call_later(PATIENCE_S, away, DatabaseAway.told)
        never = asyncio.create_task(_hang_up_if_silent())
        try:
            return await attempt()
        except DatabaseAway as error:
            late.cancel()
            never.cancel()
            away(error.told)
            await asyncio.sleep(RETRY_AFTER_S[min(tries, len(RETRY_AFTER_S) - 1)])
            tries += 1
        except Exception as error:  # noqa: BLE001  (the one place: a terminal must never go dark)
            _log(error, before)
            if before is None:
                return error
            return replace(before, said=Said(f"refusal.{Code.SYSTEM_FAILED}", {}, "refused"))
        finally:
            late.cancel()
            never.cancel()


async def _hang_up_if_silent() -> None:
    """Give up the line that is waited on; the scan is then sent again on another one.

    That one may lead nowhere, too.
    """
    while True:
        await asyncio.sleep(ANSWER_MAX_S)
        from floorhand.store.server import hang_up

        hang_up()


def _log(error: Exception, before: Turn | None) -> None:
    """Log what went wrong, but not what was thrown while a PIN was asked for."""
    where = "".join(traceback.format_tb(error.__traceback__))
    secret = before is not None and "pin" in before.prompt.wants.kinds
    what = type(error).__name__ if secret else f"{type(error).__name__}: {error}"
    number = before.scan_no + 1 if before is not None else 0
    log.error("scan %d not taken: %s\n%s", number, what, where)
