"""Cells as people read them."""

from __future__ import annotations

import pytest

from floorhand.reports.writing import number
from floorhand.text.catalog import catalog


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (0, "0"),
        (-5, "-5"),
        (97.5, "97.5"),
        (999_999.9, "1000000"),
        (1_234_567, "1234567"),
        (-1_234_567, "-1234567"),
    ],
)
def test_no_number_is_written_with_powers(value: float, told: str) -> None:
    assert number(catalog("en"), value) == told
