"""How far a run is, for a person: notebook, cell, time gone, time left."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Mapping, Sequence
from typing import TextIO

from tqdm import tqdm

from affectlib.stages.progress import span

LINE_EVERY_S = 60.0
"""Where there is no terminal, a word at least this often within one notebook."""


class RunProgress:
    """Tell which notebook of how many is at which cell, and for how long.

    Parameters
    ----------
    cells : mapping of str to int
        Number of cells of each notebook, in order.
    expected_s : mapping of str to float
        Seconds that a notebook took before, where known.
    stream : file, optional
        Where to tell; standard error by default.
    """

    def __init__(
        self, cells: Mapping[str, int], *, expected_s: Mapping[str, float], stream: TextIO | None = None
    ) -> None:
        self.cells = dict(cells)
        self.expected_s = dict(expected_s)
        self.stream = stream or sys.stderr
        self.taken_s: dict[str, float] = {}
        self.notebook, self.cell, self.begun = "", 0, time.monotonic()
        self.bar: tqdm | None = None
        self._ended = threading.Event()

    def start(self, notebook: str) -> None:
        """Begin a notebook.

        Parameters
        ----------
        notebook : str
            Its name.
        """
        self.notebook, self.cell, self.begun = notebook, 0, time.monotonic()
        self._ended = threading.Event()
        if self.stream.isatty():
            self.bar = tqdm(
                total=self.cells[notebook],
                desc=self._which(),
                file=self.stream,
                leave=False,
                bar_format="{desc} |{bar:20}| cell {n_fmt} of {total_fmt}, {elapsed}{postfix}",
            )
        else:
            self._line(self._which() + self._outlook(", "))
        threading.Thread(target=self._tick, args=(self._ended,), daemon=True).start()

    def at_cell(self, number: int, source: str) -> None:
        """Note that a cell begins.

        Parameters
        ----------
        number : int
            Its number, counting from 1.
        source : str
            What stands in it.
        """
        self.cell = number
        if self.bar is not None:
            self.bar.n = number
            self.bar.set_postfix_str(self._outlook(""), refresh=True)

    def end(self, outcome: str) -> None:
        """End the notebook.

        Parameters
        ----------
        outcome : str
            How it went ("done", "stopped", "left out").
        """
        self._ended.set()
        self.taken_s[self.notebook] = time.monotonic() - self.begun
        if self.bar is not None:
            self.bar.close()
            self.bar = None
        self._line(f"{self._which()}  {outcome} in {span(self.taken_s[self.notebook])}")

    def keep(self, notebook: str) -> None:
        """Note that a notebook need not run.

        Parameters
        ----------
        notebook : str
            Its name.
        """
        self.notebook = notebook
        self.taken_s[notebook] = 0.0
        self._line(f"{self._which()}  kept: nothing it depends on has changed")

    def left_s(self) -> float | None:
        """Estimate how long the run will still take.

        Returns
        -------
        float or None
            Seconds; None while there is nothing to go by.
        """
        waiting = [name for name in self.cells if name not in self.taken_s]
        pace = self._pace()
        expected = [
            self.expected_s.get(name, None if pace is None else pace * self.cells[name]) for name in waiting
        ]
        if any(seconds is None for seconds in expected):
            return None
        running = time.monotonic() - self.begun if self.notebook in waiting else 0.0
        own = expected[waiting.index(self.notebook)] if self.notebook in waiting else 0.0
        return max(
            sum(seconds for seconds in expected if seconds is not None) - min(running, own or 0.0), 0.0
        )

    def _pace(self) -> float | None:
        """Seconds a cell, over what has run."""
        ran = {name: seconds for name, seconds in self.taken_s.items() if seconds > 0}
        return sum(ran.values()) / sum(self.cells[name] for name in ran) if ran else None

    def _which(self) -> str:
        names: Sequence[str] = list(self.cells)
        return f"[{names.index(self.notebook) + 1}/{len(names)}] {self.notebook}"

    def _outlook(self, separator: str) -> str:
        left = self.left_s()
        return "" if left is None else f"{separator}about {span(left)} left"

    def _tick(self, ended: threading.Event) -> None:
        wait_s = 1.0 if self.bar is not None else LINE_EVERY_S
        while not ended.wait(wait_s):
            if self.bar is not None:
                self.bar.refresh()
            else:
                gone = span(time.monotonic() - self.begun)
                place = f"cell {self.cell} of {self.cells[self.notebook]}"
                self._line(f"{self._which()}  {place}, {gone}{self._outlook(', ')}")

    def _line(self, text: str) -> None:
        print(text, file=self.stream, flush=True)
