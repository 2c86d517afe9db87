"""A command beside the notebook: told line by line, and stopped as Ctrl-C stops it on a terminal."""

from __future__ import annotations

import atexit
import codecs
import os
import select
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

TOLD_EVERY_S = 0.1
"""Lines are passed on together, at most once in so many seconds: a flood must not stop the browser."""

LEAVING_S = 30.0
"""Seconds that an interrupted command has for leaving things in order."""

# What a notebook's process sets for itself, and a terminal would not.
_OF_THE_NOTEBOOK = ("MPLBACKEND", "JPY_PARENT_PID", "FORCE_COLOR", "CLICOLOR_FORCE")

# A notebook's process ignores interrupts while it is idle, and what it starts would inherit that. Only its
# main thread could change it, and JupyterLab calls widgets from others: so the new process does, and then
# becomes the command.
_INTERRUPTIBLE = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execvp(sys.argv[1], sys.argv[1:])
"""


class Command:
    """One command in another process.

    Parameters
    ----------
    arguments : sequence of str
        The program and what it gets.
    folder : Path
        Its working directory.
    heard : callable
        Called from a thread with each few lines that it wrote, on either stream.
    ended : callable
        Called once from that thread with the exit status, and whether it was stopped.

    Raises
    ------
    OSError
        Where it cannot be started.
    """

    def __init__(
        self,
        arguments: Sequence[str],
        *,
        folder: Path,
        heard: Callable[[list[str]], None],
        ended: Callable[[int, bool], None],
    ) -> None:
        environment = {name: value for name, value in os.environ.items() if name not in _OF_THE_NOTEBOOK}
        if shutil.which(arguments[0]) is None:
            raise FileNotFoundError(f"no such program: {arguments[0]}")
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _INTERRUPTIBLE, *arguments],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            # In a group of its own: interrupting a cell must not interrupt the command.
            start_new_session=True,
        )
        self._stopped = threading.Event()
        # Nobody would see it go on once the notebook's process is gone.
        atexit.register(self._interrupt)
        self._thread = threading.Thread(target=self._follow, args=(heard, ended), daemon=True)
        self._thread.start()

    @property
    def running(self) -> bool:
        """Whether it still works, or its end is still being told."""
        return self._thread.is_alive()

    def stop(self) -> None:
        """Interrupt it; what does not leave within `LEAVING_S` is ended."""
        if not self._stopped.is_set():
            self._stopped.set()
            self._interrupt()
            last = threading.Timer(LEAVING_S, self._signal, [signal.SIGTERM])
            last.daemon = True
            last.start()

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

    def _interrupt(self) -> None:
        self._signal(signal.SIGINT)

    def _signal(self, number: signal.Signals) -> None:
        # Its whole group, as a terminal does.
        if self._process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, number)

    def _follow(self, heard: Callable[[list[str]], None], ended: Callable[[int, bool], None]) -> None:
        for lines in self._lines():
            heard(lines)
            time.sleep(TOLD_EVERY_S)
        status = self._process.wait()
        atexit.unregister(self._interrupt)
        ended(status, self._stopped.is_set())

    def _lines(self) -> Iterator[list[str]]:
        stream = self._process.stdout
        assert stream is not None
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        rest = ""
        with stream:
            while True:
                # A process that it left behind may hold the pipe open: its own end is the end.
                alive = self._process.poll() is None
                if not select.select([stream], [], [], 0.5 if alive else 0)[0]:
                    if alive:
                        continue
                    break
                chunk = os.read(stream.fileno(), 1 << 16)
                if not chunk:
                    break
                *whole, rest = (rest + decoder.decode(chunk)).split("\n")
                if whole:
                    yield [_last_state(line) for line in whole]
        if rest:
            yield [_last_state(rest)]


def _last_state(line: str) -> str:
    """Give what a terminal would show of a line that goes back to its beginning."""
    return line.rstrip().rpartition("\r")[2]
