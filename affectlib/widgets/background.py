"""Work in a process of its own, which can be stopped at any time.

A process and not a thread, since training in the kernel's process would share torch's random generator with
cells that run at the same time, and change their results.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

from affectlib.errors import AffectlibError

Work = Callable[..., None]
"""Called in the other process with a function that sends an object back, then with the arguments; must be
importable by name."""

DONE, STOPPED = "done", "stopped"

GRACE_S = 2.0
"""Seconds that a process has to exit after its last message."""


class Background:
    """Work in another process.

    Parameters
    ----------
    on_message : callable
        Called from a thread with each object that was sent.
    on_end : callable
        Called once from that thread with `DONE`, `STOPPED` or the text of an error.
    """

    def __init__(
        self, work: Work, *arguments: Any, on_message: Callable[[Any], None], on_end: Callable[[str], None]
    ) -> None:
        processes = get_context("spawn")
        self._receiver, self._sender = processes.Pipe(duplex=False)
        self._stopped = threading.Event()
        self._process = processes.Process(target=_run, args=(self._sender, work, arguments), daemon=True)
        self._thread = threading.Thread(target=self._follow, args=(on_message, on_end), daemon=True)
        self._thread.start()

    @property
    def running(self) -> bool:
        """Whether the process runs, or `on_end` has not returned yet."""
        return self._thread.is_alive()

    def stop(self) -> None:
        """Terminate the process."""
        self._stopped.set()
        if self._process.pid is not None:
            self._process.terminate()

    def wait(self, seconds: float) -> bool:
        """Wait at most `seconds`, and return whether the work has ended."""
        self._thread.join(seconds)
        return not self.running

    def _follow(self, on_message: Callable[[Any], None], on_end: Callable[[str], None]) -> None:
        outcome = "the process ended without a result"
        # In the thread, since start() waits until the other process has received its arguments.
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
            on_message(content)
        self._process.join(GRACE_S)
        if self._process.is_alive():
            self._process.kill()
        on_end(STOPPED if self._stopped.is_set() and outcome != DONE else outcome)


def _run(sender: Connection, work: Work, arguments: tuple[Any, ...]) -> None:
    try:
        work(lambda content: sender.send(("message", content)), *arguments)
        sender.send(("end", DONE))
    except AffectlibError as error:
        sender.send(("end", str(error)))
    except Exception as error:
        sender.send(("end", f"{type(error).__name__}: {error}"))
