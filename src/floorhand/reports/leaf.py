"""A report on one page A4, to be pinned up: figures large, charts, then what fits of the rest.

There is always one page: tables lose their last rows until all of it fits, and say how many.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from floorhand.reports.leaf_parts import Block, Box, blocks_of
from floorhand.reports.lettering import Lettering
from floorhand.reports.model import Bar, Chart, Report
from floorhand.reports.writing import number, written
from floorhand.text.visible import visible

WIDTH, HEIGHT = 595.28, 841.89
"""A4, in points (ISO 216: 210 mm × 297 mm)."""

MARGIN: Final = 30.0
GUTTER: Final = 14.0
TILES_MAX: Final = 6
TILE_HEIGHT: Final = 61.0
CHARTS_MAX: Final = 6
CHARTS_ABREAST: Final = 3
CHART_HEIGHT: Final = 92.0
ROWS_TRIED: Final = (60, 30, 20, 14, 10, 8, 6, 5, 4, 3, 2, 1)
"""So many rows of each table at most, until all fit."""

INK, FAINT, ACCENT, PALE = "#101418", "#5a6672", "#1f4f80", "#dfe8f1"
LOW: Final = "#b34700"
"""Bars that do not reach the target; a dashed line shows that, too, for those who see no colour."""

ENOUGH: Final = "#2f7d4f"


def write_leaf(report: Report, file: Path) -> str:
    """Write a report as PDF.

    Returns:
        The letters that no font here has: a hollow box stands in place of each.

    Raises:
        ModuleNotFoundError: If reportlab is not installed.
        OSError: If the file cannot be written.
    """
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas(str(file), pagesize=(WIDTH, HEIGHT), invariant=1)
    canvas.setTitle(visible(report.title))
    leaf = _Leaf(report, canvas, Lettering(canvas))
    leaf.draw()
    canvas.showPage()
    canvas.save()
    return "".join(sorted(leaf.letters.missing))


@dataclass(slots=True)
class _Leaf:
    report: Report
    canvas: Any
    letters: Lettering

    def draw(self) -> None:
        """Draw from the top down; the proof of the stock stands at the bottom."""
        top = self._head(HEIGHT - MARGIN)
        top = self._tiles(top)
        top = self._charts(top)
        bottom = self._foot()
        self._rest(top, bottom)

    def _head(self, top: float) -> float:
        room = WIDTH - 2 * MARGIN
        self.letters.colour(ACCENT)
        self.canvas.rect(MARGIN, top - 28, room, 28, stroke=0, fill=1)
        self.letters.colour("#ffffff")
        self.letters.write(MARGIN + 8, top - 19, self.report.title, 12, bold=True, room=room - 16)
        return top - 28 - 8

    def _tiles(self, top: float) -> float:
        """Show the figures that the shift is known by, large, with those of earlier shifts."""
        tiles = list(self._figures())[:TILES_MAX]
        if not tiles:
            return top
        wide = (WIDTH - 2 * MARGIN + 6) / len(tiles)
        for nth, (name, value, before, best) in enumerate(tiles):
            left, room = MARGIN + nth * wide, wide - 14
            self.letters.colour(PALE)
            self.canvas.rect(left, top - TILE_HEIGHT, wide - 6, TILE_HEIGHT, stroke=0, fill=1)
            self.letters.colour(INK)
            self.letters.write(left + 5, top - 26, value, 17, bold=True, room=room)
            for line, text in enumerate(before):
                self.letters.write(left + 5, top - 50.5 - 6.5 * line, text, 5.5, room=room)
            self.letters.colour(FAINT)
            for line, text in enumerate(self.letters.wrapped(name, 6, room)[:2]):
                self.letters.write(left + 5, top - 36 - 7 * line, text, 6)
            self.letters.write_to_right(left + wide - 11, top - 9, best, 6)
        return top - TILE_HEIGHT - 10

    def _figures(self) -> Iterator[tuple[str, str, list[str], str]]:
        """Give name, value, what it was before, and what the best reach; the last two if known."""
        tables = (table for section, table in self.report.tables if section.name == "headline")
        pairs = ((table.across, row) for table in tables for row in table.rows)
        for across, row in pairs:
            known = {
                column.name: (column.head, written(self.report, cell))
                for column, cell in zip(across, row, strict=True)
                if cell is not None
            }
            if "ours" in known:
                told = {name: " ".join(pair) for name, pair in known.items()}
                before = [told[name] for name in ("last", "mean") if name in told]
                yield str(row[0]), known["ours"][1], before, told.get("best", "")

    def _charts(self, top: float) -> float:
        charts = [chart for section in self.report.sections for chart in section.charts]
        wide = (WIDTH - 2 * MARGIN + GUTTER) / CHARTS_ABREAST
        for nth, chart in enumerate(charts[:CHARTS_MAX]):
            column, line = nth % CHARTS_ABREAST, nth // CHARTS_ABREAST
            box = Box(
                MARGIN + column * wide,
                top - line * (CHART_HEIGHT + 8),
                wide - GUTTER,
                CHART_HEIGHT,
            )
            self._chart(chart, box)
        lines = -(-len(charts[:CHARTS_MAX]) // CHARTS_ABREAST)
        return top - lines * (CHART_HEIGHT + 8)

    def _chart(self, chart: Chart, box: Box) -> None:
        """Draw bars from a base line up, each with its number, and the target as a dashed line."""
        self.letters.colour(INK)
        self.letters.write(box.left, box.top - 8, chart.title, 6.5, bold=True, room=box.width)
        base, room = box.top - box.height + 10, box.height - 30
        if chart.aim:
            self.letters.write(box.left, box.top - 15, chart.aim, 6, room=box.width)
            room -= 7
        step = box.width / max(len(chart.bars), 1)
        talls = [room * (bar.value or 0.0) / chart.scale for bar in chart.bars]
        for nth, (bar, tall) in enumerate(zip(chart.bars, talls, strict=True)):
            target = chart.target_of(bar)
            reached = target is None or (bar.value or 0.0) >= target
            self.letters.colour(ACCENT if target is None else ENOUGH if reached else LOW)
            self.canvas.rect(box.left + nth * step, base, step * 0.8, tall, stroke=0, fill=1)
        for nth, bar in enumerate(chart.bars):
            if (target := chart.target_of(bar)) is not None:
                left = box.left + nth * step
                self._dashed(left, left + step, base + room * target / chart.scale)
        size = min(6.0, step / 2.2)
        for nth, (bar, tall) in enumerate(zip(chart.bars, talls, strict=True)):
            self._number(bar, box.left + nth * step, base + tall + 1.5, size)
            self.letters.colour(FAINT)
            self.letters.write(box.left + nth * step, base - 7, bar.label, size)

    def _dashed(self, left: float, right: float, y: float) -> None:
        self.canvas.saveState()
        self.canvas.setDash(3, 2)
        self.canvas.setStrokeColor(INK)
        self.canvas.line(left, y, right, y)
        self.canvas.restoreState()

    def _number(self, bar: Bar, left: float, y: float, size: float) -> None:
        """Write how much a bar is, on white: the line of the target would strike it out."""
        if bar.value is None:
            return
        told = number(self.report.words, bar.value)
        self.letters.colour("#ffffff")
        self.canvas.rect(left, y - 0.5, self.letters.width(told, size), size, stroke=0, fill=1)
        self.letters.colour(INK)
        self.letters.write(left, y, told, size)

    def _foot(self) -> float:
        """Tell the proof of the stock in a frame at the bottom."""
        room = WIDTH - 2 * MARGIN
        said = next((one.said for one in self.report.sections if one.name == "stock"), ())
        lines = [
            part for text in said for part in self.letters.wrapped(visible(text), 7, room - 12)
        ]
        tall = 9 * len(lines) + 7
        self.canvas.setStrokeColor(ACCENT)
        self.canvas.rect(MARGIN, MARGIN, room, tall, stroke=1, fill=0)
        self.letters.colour(INK)
        for nth, line in enumerate(lines):
            self.letters.write(MARGIN + 6, MARGIN + tall - 10 - 9 * nth, line, 7)
        return MARGIN + tall + 8

    def _rest(self, top: float, bottom: float) -> None:
        """Fill two columns with the sections, with as many rows of each as fit."""
        wide = (WIDTH - 2 * MARGIN - GUTTER) / 2
        for rows, about in ((rows, about) for rows in ROWS_TRIED for about in (True, False)):
            blocks = blocks_of(self.report, self.letters, wide, rows, about=about)
            placed = _placed(blocks, top - bottom)
            if len(placed) == len(blocks):
                break
        for block, column, down in placed:
            block.draw(self.canvas, MARGIN + column * (wide + GUTTER), top - down)


def _placed(blocks: list[Block], tall: float) -> list[tuple[Block, int, float]]:
    """Put blocks into two columns, in their order; those that fit into none are left out."""
    found: list[tuple[Block, int, float]] = []
    used = [0.0, 0.0]
    for block in blocks:
        column = next((n for n in (0, 1) if used[n] + block.height <= tall), None)
        if column is not None:
            found.append((block, column, used[column]))
            used[column] += block.height
    return found
