"""Progress of a run: notebook, cell, time passed, time left."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TextIO

from tqdm import tqdm

from affectlib.stages import events
from affectlib.stages.progress import span

LINE_EVERY_S = 60.0
"""Interval of progress lines where there is no terminal."""


@dataclass
class _Running:
    """A notebook that runs."""

    begun: float
    bar: tqdm | None = None
    cell: int = 0
    ended: threading.Event = field(default_factory=threading.Event)


class RunProgress:
    """Reports which notebooks run, at which cells, and the time left.

    Parameters
    ----------
    cells : mapping of str to int
        Number of cells of each notebook, in order.
    expected_s : mapping of str to float
        Seconds that a notebook took before, where known.
    at_once : int
        Notebooks that run in parallel.
    stream : file, optional
        Standard error by default.
    """

    def __init__(
        self,
        cells: Mapping[str, int],
        *,
        expected_s: Mapping[str, float],
        at_once: int = 1,
        stream: TextIO | None = None,
    ) -> None:
        self.cells = dict(cells)
        self.expected_s = dict(expected_s)
        self.at_once = at_once
        self.stream = stream or sys.stderr
        self.taken_s: dict[str, float] = {}
        self.running: dict[str, _Running] = {}

    def start(self, notebook: str) -> None:
        """Report that a notebook starts."""
        entry = self.running[notebook] = _Running(begun=time.monotonic())
        if self.stream.isatty():
            entry.bar = tqdm(
                total=self.cells[notebook],
                desc=self._label(notebook),
                file=self.stream,
                leave=False,
                bar_format="{desc} |{bar:20}| cell {n_fmt} of {total_fmt}, {elapsed}{postfix}",
            )
        else:
            self._line(self._label(notebook) + self._time_left(", "))
        threading.Thread(target=self._tick, args=(notebook, entry), daemon=True).start()

    def at_cell(self, notebook: str, number: int) -> None:
        """Report that a cell starts; cells count from 1."""
        entry = self.running[notebook]
        entry.cell = number
        if entry.bar is not None:
            entry.bar.n = number
            entry.bar.set_postfix_str(self._time_left(""), refresh=True)

    def end(self, notebook: str, outcome: str) -> None:
        """Report that a notebook has ended, with its outcome ("done", "stopped", "left out")."""
        entry = self.running.pop(notebook)
        entry.ended.set()
        self.taken_s[notebook] = time.monotonic() - entry.begun
        if entry.bar is not None:
            entry.bar.close()
        self._write_event(notebook, outcome)
        self._line(f"{self._label(notebook)}  {outcome} in {span(self.taken_s[notebook])}")

    def keep(self, notebook: str) -> None:
        """Report that a notebook need not run."""
        self.taken_s[notebook] = 0.0
        self._write_event(notebook, "kept")
        self._line(f"{self._label(notebook)}  kept: nothing it depends on has changed")

    def left_s(self) -> float | None:
        """Estimate the seconds until the run ends; None without any basis for it."""
        waiting = [name for name in self.cells if name not in self.taken_s]
        pace = self._pace()
        if pace is None and not set(waiting) <= set(self.expected_s):
            return None
        left = 0.0
        for name in waiting:
            expected = self.expected_s.get(name, (pace or 0.0) * self.cells[name])
            entry = self.running.get(name)
            left += max(0.0, expected - (time.monotonic() - entry.begun if entry else 0.0))
        return left / min(self.at_once, max(1, len(waiting)))

    def _pace(self) -> float | None:
        """Return the mean seconds per cell of the notebooks that have run."""
        ran = {name: seconds for name, seconds in self.taken_s.items() if seconds > 0}
        return sum(ran.values()) / sum(self.cells[name] for name in ran) if ran else None

    def _label(self, notebook: str) -> str:
        names: Sequence[str] = list(self.cells)
        return f"[{names.index(notebook) + 1}/{len(names)}] {notebook}"

    def _time_left(self, separator: str) -> str:
        left = self.left_s()
        return "" if left is None else f"{separator}about {span(left)} left"

    def _tick(self, notebook: str, entry: _Running) -> None:
        wait_s = 1.0 if entry.bar is not None else LINE_EVERY_S
        while not entry.ended.wait(wait_s):
            if entry.bar is not None:
                entry.bar.refresh()
            else:
                gone = span(time.monotonic() - entry.begun)
                cell = f"cell {entry.cell} of {self.cells[notebook]}"
                self._line(f"{self._label(notebook)}  {cell}, {gone}{self._time_left(', ')}")

    def _write_event(self, notebook: str, outcome: str) -> None:
        events.write_event(events.NOTEBOOK, name=notebook, outcome=outcome, of=len(self.cells))

    def _line(self, text: str) -> None:
        # Above the bars of notebooks that still run.
        tqdm.write(text, file=self.stream)
        self.stream.flush()
