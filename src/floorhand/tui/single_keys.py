"""Take keys from drivers that hand over single keys, such as the browser's."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Awaitable, Callable
from contextlib import suppress
from time import monotonic
from typing import Any

from textual import events
from textual.timer import Timer

from floorhand.domain.scanners import Profile
from floorhand.errors import DatabaseAway, DatabaseUnusable
from floorhand.tui.scan import Heard, ScanReader
from floorhand.tui.telling import Floor, TellingScreen
from floorhand.tui.whole import WholeReader


class SingleKeys(TellingScreen, inherit_bindings=False):
    """A screen that makes scans of the keys that reach it, if its driver makes none."""

    def __init__(self, floor: Floor) -> None:
        super().__init__(floor)
        self._hearing = floor.hearing
        self._fitted: tuple[str, bool] | None = None
        self._silence: Timer | None = None
        self.reader: ScanReader | WholeReader = ScanReader()

    @abstractmethod
    def hear(self, heard: tuple[Any, ...]) -> None:
        """Take what was heard, in order."""

    async def fit(
        self, scanner: Callable[[], Awaitable[Profile]], station: str, *, testing: bool
    ) -> None:
        """Read as the scanner of a station sends; or, for the scanner test, all as it is."""
        if (station, testing) != self._fitted:
            with suppress(DatabaseAway, DatabaseUnusable):  # the next turn tries again
                self._use(await scanner(), testing=testing)
                self._fitted = (station, testing)

    def _use(self, profile: Profile, *, testing: bool) -> None:
        self._hearing.use(profile, testing=testing)
        if testing != isinstance(self.reader, WholeReader):
            self.reader = WholeReader() if testing else ScanReader()
        if isinstance(self.reader, ScanReader):
            self.reader.profile = profile
        self._await_silence()

    def on_key(self, event: events.Key) -> None:
        """Take one key."""
        event.stop()
        event.prevent_default()
        if event.character is not None and event.key != "escape":
            self._came(event.character)
        else:
            self._heard(self.reader.press(event.key))

    def on_paste(self, event: events.Paste) -> None:
        """Take pasted scans."""
        event.stop()
        self._came(event.text)

    def _came(self, text: str) -> None:
        self._heard(self.reader.feed(text.encode("utf-8", "replace"), monotonic()))

    def _heard(self, heard: list[Heard]) -> None:
        self.hear(tuple(heard))
        self._await_silence()

    def _await_silence(self) -> None:
        """Wait for the silence that may end a scan."""
        if self._silence is not None:
            self._silence.stop()
        patience_s = self.reader.patience_s
        self._silence = None if patience_s is None else self.set_timer(patience_s, self._quiet)

    def _quiet(self) -> None:
        self._heard(self.reader.quiet())
