"""How far a stage is, for a person: a bar on a terminal, now and then a line in a log."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tqdm.auto import tqdm

LINE_EVERY_S = 20.0
"""Where there is no terminal, at most one line in this many seconds."""

Progress = Callable[[int, int, str], None]
"""Called with steps done, steps in all, and the name of what was just done."""


@contextmanager
def follow(what: str) -> Iterator[Progress]:
    """Show the progress of something while the context lasts.

    Parameters
    ----------
    what : str
        What is being done ("reading takes").

    Yields
    ------
    callable
        To be called as ``(done, total, name)`` after each step.
    """
    if os.environ.get("TQDM_DISABLE"):
        yield lambda done, total, name: None
    elif sys.stderr.isatty() or _in_lab():
        with tqdm(desc=what, leave=False) as bar:
            yield lambda done, total, name: _advance(bar, done, total, name)
    else:
        yield _Lines(what)


class _Lines:
    """Lines for a log: quiet for what is quickly done."""

    def __init__(self, what: str) -> None:
        self.what = what
        self.begun = self.told = time.monotonic()

    def __call__(self, done: int, total: int, name: str) -> None:
        now = time.monotonic()
        if now - self.told >= LINE_EVERY_S:
            self.told = now
            print(f"{self.what}: {done} of {total}, {now - self.begun:.0f} s", file=sys.stderr, flush=True)


def _advance(bar: tqdm, done: int, total: int, name: str) -> None:
    bar.total = total
    bar.set_postfix_str(name, refresh=False)
    bar.update(done - bar.n)


def _in_lab() -> bool:
    shell = sys.modules.get("IPython")
    return shell is not None and type(shell.get_ipython()).__name__ == "ZMQInteractiveShell"


def span(seconds: float) -> str:
    """Write a length of time as a person would.

    Parameters
    ----------
    seconds : float
        The time.

    Returns
    -------
    str
        "8 s", "2 min 5 s", "1 h 3 min".
    """
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
