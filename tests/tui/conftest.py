"""What the tests of screens share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tui.watch import watched


@pytest.fixture(autouse=True)
def nothing_goes_past_the_door(
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[list[str]]:
    """Fail where anything is painted that did not come through the door."""
    with watched(monkeypatch) as passed:
        yield passed
    if "offends" not in request.keywords:
        assert passed == []
