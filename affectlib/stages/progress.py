"""Progress of a stage: a bar on a terminal, occasional lines in a log."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tqdm.auto import tqdm

LINE_EVERY_S = 20.0
"""Minimum of seconds between two lines where there is no terminal."""

Progress = Callable[[int, int, str], None]
"""Called with steps done, steps in total, and the name of the step."""


@contextmanager
def follow(what: str) -> Iterator[Progress]:
    """Report progress; yields a function to call as ``(done, total, name)`` after each step.

    Parameters
    ----------
    what : str
        Description, such as "reading takes".
    """
    if os.environ.get("TQDM_DISABLE"):
        yield lambda done, total, name: None
    elif sys.stderr.isatty() or _in_lab():
        with tqdm(desc=what, leave=False) as bar:
            yield lambda done, total, name: _advance(bar, done, total, name)
    else:
        yield _Lines(what)


class _Lines:
    """Lines for a log, none for short work."""

    def __init__(self, what: str) -> None:
        self.what = what
        self.start = self.last = time.monotonic()

    def __call__(self, done: int, total: int, name: str) -> None:
        now = time.monotonic()
        if now - self.last >= LINE_EVERY_S:
            self.last = now
            print(f"{self.what}: {done} of {total}, {now - self.start:.0f} s", file=sys.stderr, flush=True)


def _advance(bar: tqdm, done: int, total: int, name: str) -> None:
    bar.total = total
    bar.set_postfix_str(name, refresh=False)
    bar.update(done - bar.n)


def _in_lab() -> bool:
    shell = sys.modules.get("IPython")
    return shell is not None and type(shell.get_ipython()).__name__ == "ZMQInteractiveShell"


def span(seconds: float) -> str:
    """Return a duration as text: "8 s", "2 min 5 s", "1 h 3 min"."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
