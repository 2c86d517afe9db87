"""Work beside the notebook: in a process of its own, that can be stopped at any moment.

In a process and not a thread: a training in the notebook's own process would share torch's chance with
whatever cell is run meanwhile, and change its results.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

from affectlib.errors import AffectlibError

Work = Callable[..., None]
"""Called in the other process with a function that sends anything back, then the arguments; importable by
its name."""

DONE, STOPPED = "done", "stopped"

LEAVING_S = 2.0
"""Seconds that a process which has said its last word may take to leave."""


class Background:
    """One piece of work in another process.

    Parameters
    ----------
    work : callable
        See `Work`.
    *arguments : object
        What it gets.
    heard : callable
        Called here, from a thread, with each thing that was sent.
    ended : callable
        Called once, from that thread, with `DONE`, `STOPPED`, or what went wrong.
    """

    def __init__(
        self, work: Work, *arguments: Any, heard: Callable[[Any], None], ended: Callable[[str], None]
    ) -> None:
        processes = get_context("spawn")
        self._receiver, self._sender = processes.Pipe(duplex=False)
        self._stopped = threading.Event()
        self._process = processes.Process(target=_run, args=(self._sender, work, arguments), daemon=True)
        self._thread = threading.Thread(target=self._follow, args=(heard, ended), daemon=True)
        self._thread.start()

    @property
    def running(self) -> bool:
        """Whether it still works."""
        return self._thread.is_alive()

    def stop(self) -> None:
        """End the work at once; what was sent stays."""
        self._stopped.set()
        if self._process.pid is not None:
            self._process.terminate()

    def wait(self, seconds: float) -> bool:
        """Wait for the end.

        Parameters
        ----------
        seconds : float
            How long at most.

        Returns
        -------
        bool
            Whether it has ended.
        """
        self._thread.join(seconds)
        return not self.running

    def _follow(self, heard: Callable[[Any], None], ended: Callable[[str], None]) -> None:
        outcome = "the process ended without a word"
        # Here and not at once: starting waits until the other process has taken its arguments.
        self._process.start()
        self._sender.close()  # so that the pipe ends when the other process does
        if self._stopped.is_set():
            self._process.terminate()
        while True:
            try:
                kind, content = self._receiver.recv()
            except (EOFError, OSError):
                break
            if kind == "end":
                outcome = content
                break
            heard(content)
        self._process.join(LEAVING_S)
        if self._process.is_alive():
            self._process.kill()
        ended(STOPPED if self._stopped.is_set() and outcome != DONE else outcome)


def _run(sender: Connection, work: Work, arguments: tuple[Any, ...]) -> None:
    try:
        work(lambda content: sender.send(("told", content)), *arguments)
        sender.send(("end", DONE))
    except AffectlibError as error:
        sender.send(("end", str(error)))
    except Exception as error:
        sender.send(("end", f"{type(error).__name__}: {error}"))
