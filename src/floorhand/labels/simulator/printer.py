"""The printer simulator: a port with a machine behind it that prints."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Self

from floorhand.labels.simulator.machine import BUFFER_BYTES_MAX, Machine, Printed
from floorhand.labels.simulator.port import LOOPBACK, Moment, Port


class PrinterSimulator(Port):
    """A printer, until it is stopped; every method may be called from any thread.

    Args:
        port: Where it listens; 0 for any that is free.
        host: Only this machine can reach it, unless another address is given.
        labels: How many are on the roll; None if it never ends.
        buffer_bytes: How much of labels it holds before it stops reading.
        ms_per_label: How long it prints one.
        on_printed: Called with each label that came out, by the thread that prints.
    """

    def __init__(
        self,
        port: int = 0,
        *,
        host: str = LOOPBACK,
        labels: int | None = None,
        buffer_bytes: int = BUFFER_BYTES_MAX,
        ms_per_label: int = 0,
        on_printed: Callable[[Printed], None] | None = None,
    ) -> None:
        super().__init__(Machine(labels, buffer_bytes), host, port)
        self._roll = labels
        self._ms_per_label = ms_per_label
        self._on_printed = on_printed
        self._start(self._print)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def printed(self) -> tuple[Printed, ...]:
        """What came out, in order."""
        with self._changed:
            return tuple(self._machine.printed)

    @property
    def held(self) -> int:
        """Labels that are in it and have not come out."""
        with self._changed:
            return self._machine.held

    def state(self) -> str:
        """Say in a line how it is."""
        with self._changed:
            machine = self._machine
            faults = {
                "off the network": self._listener is None,
                "out of labels": machine.labels_left == 0,
                "out of ribbon": machine.ribbon_out,
                "head open": machine.head_open,
                "paused": machine.paused,
                "not reading": self._stalled,
                f"answers: {self._manner}": self._manner != "whole",
                f"answers {self._late_ms} ms late": self._late_ms > 0,
            }
            left = "" if machine.labels_left is None else f", {machine.labels_left} on the roll"
            words = ", ".join(word for word, true in faults.items() if true) or "ready"
            return f"{words}; printed: {machine.count}, waiting inside: {machine.held}{left}"

    def settle(self, within_s: float) -> bool:
        """Wait until all connections have ended and nothing comes out any more."""
        with self._changed:
            return self._changed.wait_for(
                lambda: not self._lines and not self._machine.can_print, within_s
            )

    def paper_out(self) -> None:
        """Let the roll end here."""
        self._change(labels_left=0)

    def reload(self, labels: int | None = None) -> None:
        """Put in a new roll of so many labels; None for one like the first."""
        self._change(labels_left=self._roll if labels is None else labels)

    def ribbon(self, out: bool) -> None:
        """Let the ribbon end, or put in a new one."""
        self._change(ribbon_out=out)

    def open_head(self) -> None:
        """Open its head."""
        self._change(head_open=True)

    def close_head(self) -> None:
        """Close its head."""
        self._change(head_open=False)

    def pause(self) -> None:
        """Press its pause key."""
        self._change(paused=True)

    def resume(self) -> None:
        """Press its pause key again."""
        self._change(paused=False)

    def power_cycle(self) -> None:
        """Switch it off and on: all that was in it is lost, the roll is where it was."""
        with self._changed:
            self.drop()
            self._machine.lose()
            self._change(paused=False)

    def slow(self, ms_per_label: int) -> None:
        """Let a label take so long."""
        self._set(_ms_per_label=ms_per_label)

    def mend(self) -> None:
        """Put everything right that somebody at the printer can; the roll never ends."""
        with self._changed:
            self._change(labels_left=None, head_open=False, ribbon_out=False, paused=False)
            self.manner("whole")
            self.go()
            self.accept()

    def _change(self, **changes: object) -> None:
        with self._changed:
            for name, value in changes.items():
                setattr(self._machine, name, value)
            self._changed.notify_all()

    def _print(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._ended or self._machine.can_print)
                if self._ended:
                    return
                if self._stopped_while_printing():
                    continue
                out = self._machine.print_one()
                self._strike(Moment.LABEL)
                self._changed.notify_all()
            if self._on_printed is not None:
                self._on_printed(out)

    def _stopped_while_printing(self) -> bool:
        """Take the time that a label takes; True if it did not come out in the end."""
        return self._changed.wait_for(
            lambda: self._ended or not self._machine.can_print, self._ms_per_label / 1000
        )
