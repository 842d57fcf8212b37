"""What tests of SSH share: a real sshd, or why there is none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from homes import home_of
from ssh.serving import Sshd, missing, serving
from warehouses import inbound

from floorhand.store.db import Transactions


@pytest.fixture(params=["host"])
def at(
    request: pytest.FixtureRequest, transactions: Transactions, tmp_path: Path
) -> Iterator[Sshd]:
    """An sshd before a warehouse with deliveries; a device has a key for the seat H-1.

    Its terminals come from the host; with the parameter ``alone`` each is a program of its own.
    """
    if why := missing():
        pytest.skip(why)
    inbound.build(transactions)
    host = None if request.param == "alone" else request.getfixturevalue("host")
    with serving(home_of(tmp_path / "floor.db"), host=host) as made:
        skip_if_locked(made)
        yield made


def skip_if_locked(made: Sshd) -> None:
    """Skip where the account of who runs the tests is closed to everybody."""
    made.run()
    told = made.log.read_text()
    if "account is locked" in told or "not allowed because" in told:
        pytest.skip(f"sshd lets in nobody with this account: {told.splitlines()[-1]}")
