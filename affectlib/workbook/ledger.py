"""The manifest of a run in progress, written by several notebooks at a time."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from affectlib.workbook.artefacts import Artefact, check_unique
from affectlib.workbook.manifest import Manifest, NotebookRecord


class Ledger:
    """Thread-safe access to the manifest of a run."""

    def __init__(self, manifest: Manifest, folder: Path) -> None:
        self.manifest = manifest
        self._folder = folder
        self._claimed = {(each.kind, each.name): each for each in manifest.artefacts}
        self._lock = threading.Lock()

    def claim(self, artefacts: Sequence[Artefact], *, notebook: str) -> None:
        """Register the artefacts of a notebook.

        Raises
        ------
        RunError
            Where another notebook made an artefact of the same kind and name.
        """
        with self._lock:
            for artefact in artefacts:
                if artefact.kind == "scores":
                    continue  # each notebook may have a part
                other = self._claimed.get((artefact.kind, artefact.name))
                check_unique(artefact, other if other and other.notebook != notebook else None)
                self._claimed[artefact.kind, artefact.name] = artefact

    def conclude(self, *, not_done: Sequence[str]) -> None:
        """Enter what was requested and could not be done, at the end of a run."""
        with self._lock:
            self.manifest = replace(self.manifest, not_done=tuple(not_done))
            self.manifest.write(self._folder)

    def enter(self, record: NotebookRecord) -> None:
        """Enter the record of a notebook, and write the manifest."""
        with self._lock:
            self.manifest = self.manifest.with_record(record)
            self.manifest.write(self._folder)

    def note_machine(self, machine: dict[str, Any]) -> None:
        """Enter the description of the machine; without one, that of an earlier run stays."""
        if machine:
            with self._lock:
                self.manifest = replace(self.manifest, machine=machine)
                self.manifest.write(self._folder)
