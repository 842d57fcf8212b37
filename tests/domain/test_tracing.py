"""What an operation was about is read from what its command names."""

from __future__ import annotations

import pytest

from floorhand.domain.tracing import things_of

GOODS = {"merchant": "ACME", "sku": "TEA", "lot": "L1", "expiry": "", "serial": "S1"}


@pytest.mark.parametrize(
    ("command", "job", "things"),
    [
        ({"task": "T:1", "tote": "T-1", "pieces": 2}, "picking", {"place:T-1"}),
        ({"order": "ACME/1001", "box": "S"}, "packing", {"order:ACME/1001"}),
        ({"merchant": "ACME", "order": "1001"}, "returns", {"order:ACME/1001"}),
        ({"merchant": "ACME", "order": "ACME/1001"}, "packing", {"order:ACME/1001"}),
        ({"merchant": "ACME", "number": "1001"}, "packing", {"order:ACME/1001"}),
        ({"number": "D-1", "dock": "DOCK-1"}, "receiving", {"delivery:D-1", "place:DOCK-1"}),
        ({"number": "R-1", "merchant": "ACME"}, "returns", {"return:R-1"}),
        (
            {"delivery": "D-1", "place": "P-1", "goods": GOODS},
            "receiving",
            {
                "delivery:D-1",
                "place:P-1",
                "sku:ACME/TEA",
                "lot:ACME/TEA/L1",
                "serial:ACME/TEA/S1",
            },
        ),
        ({"order": "", "cart": "", "pieces": 0}, "picking", set()),
    ],
)
def test_things_are_read_from_a_command(
    command: dict[str, object], job: str, things: set[str]
) -> None:
    assert set(things_of(command, job)) == things
