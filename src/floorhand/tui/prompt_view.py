"""The screen of a worker. One widget shows every job; it decides nothing and takes no focus."""

from __future__ import annotations

from floorhand.tui.layout import lay_out, turned
from floorhand.tui.rows_view import RowsView
from floorhand.tui.view import View


class PromptView(RowsView[View]):
    """The whole screen of a worker, for all flows."""

    def __init__(self) -> None:
        super().__init__(lay_out)

    def turned(self, view: View, key: str) -> int:
        """Say how far a paging key leads from a view."""
        return turned(view, self.size.width, self.size.height, key)
