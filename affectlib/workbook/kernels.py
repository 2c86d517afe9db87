"""The kernels of a run, and how they are ended where the run ends early."""

from __future__ import annotations

import os
import signal
import threading
from contextlib import suppress
from typing import Any


class Halted(Exception):
    """The run was ended before this notebook; the message says why."""


class Kernel:
    """The process that executes a notebook's cells, with its child processes."""

    def __init__(self, manager: Any) -> None:
        self._process = manager.provisioner.process
        self._group = manager.provisioner.pgid

    def end(self) -> None:
        """Terminate the processes; results on disk are complete at any time."""
        with suppress(OSError):
            if self._group and self._group != os.getpgrp():
                os.killpg(self._group, signal.SIGTERM)
            else:
                self._process.terminate()


class Kernels:
    """The kernels of all notebooks that run at the moment."""

    def __init__(self) -> None:
        self._working: dict[str, Kernel] = {}
        self._lock = threading.Lock()
        self.reason = ""

    def enter(self, notebook: str, kernel: Kernel) -> None:
        """Register a kernel before it executes a cell.

        Raises
        ------
        Halted
            Where all kernels were ended meanwhile.
        """
        with self._lock:
            if self.reason:
                raise Halted(self.reason)
            self._working[notebook] = kernel

    def leave(self, notebook: str) -> None:
        """Unregister the kernel of a notebook."""
        with self._lock:
            self._working.pop(notebook, None)

    def end_all(self, reason: str) -> None:
        """End all kernels and start no further ones; unfinished notebooks are recorded with the reason."""
        with self._lock:
            self.reason = self.reason or reason
            for kernel in self._working.values():
                kernel.end()
