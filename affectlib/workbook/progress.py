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
"""Where there is no terminal, a word at least this often within one notebook."""


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
        own = self.running[notebook] = _Running(begun=time.monotonic())
        if self.stream.isatty():
            own.bar = tqdm(
                total=self.cells[notebook],
                desc=self._which(notebook),
                file=self.stream,
                leave=False,
                bar_format="{desc} |{bar:20}| cell {n_fmt} of {total_fmt}, {elapsed}{postfix}",
            )
        else:
            self._line(self._which(notebook) + self._outlook(", "))
        threading.Thread(target=self._tick, args=(notebook, own), daemon=True).start()

    def at_cell(self, notebook: str, number: int) -> None:
        """Report that a cell starts; cells count from 1."""
        own = self.running[notebook]
        own.cell = number
        if own.bar is not None:
            own.bar.n = number
            own.bar.set_postfix_str(self._outlook(""), refresh=True)

    def end(self, notebook: str, outcome: str) -> None:
        """Report that a notebook has ended, with its outcome ("done", "stopped", "left out")."""
        own = self.running.pop(notebook)
        own.ended.set()
        self.taken_s[notebook] = time.monotonic() - own.begun
        if own.bar is not None:
            own.bar.close()
        self._write_event(notebook, outcome)
        self._line(f"{self._which(notebook)}  {outcome} in {span(self.taken_s[notebook])}")

    def keep(self, notebook: str) -> None:
        """Report that a notebook need not run."""
        self.taken_s[notebook] = 0.0
        self._write_event(notebook, "kept")
        self._line(f"{self._which(notebook)}  kept: nothing it depends on has changed")

    def left_s(self) -> float | None:
        """Estimate the seconds until the run ends; None without any basis for it."""
        waiting = [name for name in self.cells if name not in self.taken_s]
        pace = self._pace()
        if pace is None and not set(waiting) <= set(self.expected_s):
            return None
        left = 0.0
        for name in waiting:
            expected = self.expected_s.get(name, (pace or 0.0) * self.cells[name])
            own = self.running.get(name)
            left += max(0.0, expected - (time.monotonic() - own.begun if own else 0.0))
        return left / min(self.at_once, max(1, len(waiting)))

    def _pace(self) -> float | None:
        """Return the mean seconds per cell of the notebooks that have run."""
        ran = {name: seconds for name, seconds in self.taken_s.items() if seconds > 0}
        return sum(ran.values()) / sum(self.cells[name] for name in ran) if ran else None

    def _which(self, notebook: str) -> str:
        names: Sequence[str] = list(self.cells)
        return f"[{names.index(notebook) + 1}/{len(names)}] {notebook}"

    def _outlook(self, separator: str) -> str:
        left = self.left_s()
        return "" if left is None else f"{separator}about {span(left)} left"

    def _tick(self, notebook: str, own: _Running) -> None:
        wait_s = 1.0 if own.bar is not None else LINE_EVERY_S
        while not own.ended.wait(wait_s):
            if own.bar is not None:
                own.bar.refresh()
            else:
                gone = span(time.monotonic() - own.begun)
                place = f"cell {own.cell} of {self.cells[notebook]}"
                self._line(f"{self._which(notebook)}  {place}, {gone}{self._outlook(', ')}")

    def _write_event(self, notebook: str, outcome: str) -> None:
        events.write_event(events.NOTEBOOK, name=notebook, outcome=outcome, of=len(self.cells))

    def _line(self, text: str) -> None:
        # Above the bars of notebooks that still run.
        tqdm.write(text, file=self.stream)
        self.stream.flush()
