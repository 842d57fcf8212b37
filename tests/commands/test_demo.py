"""What the demo says before it opens the terminal."""

from __future__ import annotations

from floorhand.commands.demo import wrapped


def test_a_handheld_breaks_lines_between_words() -> None:
    told = "The demo warehouse is floorhand.db: 300 bins, 40 products.\n\n  FHPCTGTXTCJL  Ana (en)"
    assert wrapped(told, 40).split("\n") == [
        "The demo warehouse is floorhand.db: 300",
        "bins, 40 products.",
        "",
        "  FHPCTGTXTCJL  Ana (en)",
    ]
