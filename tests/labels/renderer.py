"""An independent ZPL renderer: one process for all labels, as it takes a second to begin."""

from __future__ import annotations

import base64
import io
import json
import os
import shutil
import subprocess
import threading
from pathlib import Path
from typing import Self

import pytest
from PIL import Image

from floorhand.labels.placed import Layout

RENDERER = "FLOORHAND_ZPL_RENDERER"
RENDER_MAX_S = 300
DOTS_PER_MM = {203: 8, 300: 12, 600: 24}
"""What printers of these resolutions are called; the renderer knows no others."""


class Renderer:
    """Prints ZPL, for as long as the block lasts; the process begins with the first label."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process:
            self._process.communicate(timeout=RENDER_MAX_S)

    def __call__(self, zpl: bytes, layout: Layout) -> list[Image.Image]:
        """Print labels as large as the layout; skip where there is no renderer."""
        self._process = self._process or begin()
        scale = DOTS_PER_MM[layout.dpi]
        size = {
            "width_mm": (layout.width_dots + 4) / scale,
            "height_mm": (layout.height_dots + 4) / scale,
            "dots_per_mm": scale,
        }
        answer = _ask(self._process, {"zpl": zpl.decode(), **size})
        assert "labels" in answer, answer
        labels = map(base64.b64decode, answer["labels"])
        return [Image.open(io.BytesIO(label)).convert("L") for label in labels]


def begin() -> subprocess.Popen[str]:
    """Start it; skip where there is none."""
    modules, node = os.environ.get(RENDERER), shutil.which("node")
    if not modules or not node:
        pytest.skip(f"{RENDERER} names no folder with zpl-renderer-js, or there is no node")
    return subprocess.Popen(
        [node, str(Path(__file__).with_name("render_zpl.cjs"))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "NODE_PATH": str(Path(modules) / "node_modules")},
    )


def _ask(process: subprocess.Popen[str], question: dict[str, object]) -> dict[str, list[str]]:
    assert process.stdin
    assert process.stdout
    deadline = threading.Timer(RENDER_MAX_S, process.kill)
    deadline.start()
    try:
        process.stdin.write(json.dumps(question) + "\n")
        process.stdin.flush()
        answer: dict[str, list[str]] = json.loads(process.stdout.readline() or "{}")
    finally:
        deadline.cancel()
    return answer
