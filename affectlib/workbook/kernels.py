"""The kernels of a run: which work at the moment, and how all are ended where the run ends early."""

from __future__ import annotations

import os
import signal
import threading
from contextlib import suppress
from typing import Any


class Halted(Exception):
    """The run has ended before this notebook; its words say why."""


class Kernel:
    """The process that runs a notebook's cells, with all that it has started.

    Parameters
    ----------
    manager : jupyter_client.KernelManager
        Who started it.
    """

    def __init__(self, manager: Any) -> None:
        self._process = manager.provisioner.process
        self._group = manager.provisioner.pgid

    def end(self) -> None:
        """End all of them, whatever they are at: what is kept is whole at any moment."""
        with suppress(OSError):
            if self._group and self._group != os.getpgrp():
                os.killpg(self._group, signal.SIGTERM)
            else:
                self._process.terminate()


class Kernels:
    """The kernels of all notebooks that run."""

    def __init__(self) -> None:
        self._working: dict[str, Kernel] = {}
        self._lock = threading.Lock()
        self.why = ""

    def enter(self, notebook: str, kernel: Kernel) -> None:
        """Note a kernel that is about to work.

        Parameters
        ----------
        notebook : str
            Name of its notebook.
        kernel : Kernel
            The kernel.

        Raises
        ------
        Halted
            Where all were ended meanwhile.
        """
        with self._lock:
            if self.why:
                raise Halted(self.why)
            self._working[notebook] = kernel

    def leave(self, notebook: str) -> None:
        """Note that a notebook needs its kernel no more.

        Parameters
        ----------
        notebook : str
            Its name.
        """
        with self._lock:
            self._working.pop(notebook, None)

    def end_all(self, why: str) -> None:
        """End all kernels, and let none begin.

        Parameters
        ----------
        why : str
            For the record of the notebooks that did not come to their end.
        """
        with self._lock:
            self.why = self.why or why
            for kernel in self._working.values():
                kernel.end()
