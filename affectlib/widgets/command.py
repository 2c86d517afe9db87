"""A command in a process of its own, followed line by line and interrupted as by Ctrl-C on a terminal."""

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
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType

LINES_EVERY_S = 0.1
"""Least time between two calls with new lines, since a flood of them would freeze the browser."""

GRACE_S = 30.0
"""Seconds that an interrupted command has to clean up."""

# Set in a kernel, but not on a terminal.
_KERNEL_VARIABLES = ("MPLBACKEND", "JPY_PARENT_PID", "FORCE_COLOR", "CLICOLOR_FORCE")

# An idle kernel ignores interrupts, and its children inherit that. Only its main thread could change it, but
# JupyterLab calls widgets from other threads: so the child changes it, and then becomes the command.
_INTERRUPTIBLE = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execvp(sys.argv[1], sys.argv[1:])
"""


class Command:
    """A command that runs in another process.

    Parameters
    ----------
    arguments : sequence of str
        The program and its arguments.
    folder : Path
        Its working directory.
    on_lines : callable
        Called from a thread with new lines of standard output and standard error.
    on_end : callable
        Called once from that thread with the exit status, and whether the command was stopped.
    variables : mapping of str to str
        Additional environment variables.

    Raises
    ------
    OSError
        If it cannot be started.
    """

    def __init__(
        self,
        arguments: Sequence[str],
        *,
        folder: Path,
        on_lines: Callable[[list[str]], None],
        on_end: Callable[[int, bool], None],
        variables: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        environment = {name: value for name, value in os.environ.items() if name not in _KERNEL_VARIABLES}
        if shutil.which(arguments[0]) is None:
            raise FileNotFoundError(f"no such program: {arguments[0]}")
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _INTERRUPTIBLE, *arguments],
            cwd=folder,
            env=environment | dict(variables),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            # In its own process group: interrupting a cell must not interrupt the command.
            start_new_session=True,
        )
        self._stopped = threading.Event()
        # Without the kernel there is nobody to follow the command.
        atexit.register(self._interrupt)
        self._thread = threading.Thread(target=self._follow, args=(on_lines, on_end), daemon=True)
        self._thread.start()

    @property
    def running(self) -> bool:
        """Whether the command runs, or `on_end` has not returned yet."""
        return self._thread.is_alive()

    def stop(self) -> None:
        """Interrupt the command, and terminate it if it still runs after `GRACE_S`."""
        if not self._stopped.is_set():
            self._stopped.set()
            self._interrupt()
            timer = threading.Timer(GRACE_S, self._signal, [signal.SIGTERM])
            timer.daemon = True
            timer.start()

    def wait(self, seconds: float) -> bool:
        """Wait at most `seconds`, and return whether the command has ended."""
        self._thread.join(seconds)
        return not self.running

    def _interrupt(self) -> None:
        self._signal(signal.SIGINT)

    def _signal(self, number: signal.Signals) -> None:
        # The whole process group, as a terminal does.
        if self._process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, number)

    def _follow(self, on_lines: Callable[[list[str]], None], on_end: Callable[[int, bool], None]) -> None:
        for lines in self._lines():
            on_lines(lines)
            time.sleep(LINES_EVERY_S)
        status = self._process.wait()
        atexit.unregister(self._interrupt)
        on_end(status, self._stopped.is_set())

    def _lines(self) -> Iterator[list[str]]:
        stream = self._process.stdout
        assert stream is not None
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        rest = ""
        with stream:
            while True:
                # A child of the command may hold the pipe open after the command has ended.
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
    """Return what a terminal shows of a line with carriage returns."""
    return line.rstrip().rpartition("\r")[2]
