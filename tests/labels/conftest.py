"""What tests of labels share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from labels.renderer import Renderer


@pytest.fixture(scope="session")
def render_zpl() -> Iterator[Renderer]:
    """Print ZPL with an independent renderer; skip where there is none."""
    with Renderer() as made:
        yield made
