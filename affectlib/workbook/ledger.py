"""The manifest while notebooks run, several at a time."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from affectlib.workbook.artefacts import Artefact, refuse_twice
from affectlib.workbook.manifest import Manifest, NotebookRecord


class Ledger:
    """Enters records into a run's manifest, one after another.

    Parameters
    ----------
    manifest : Manifest
        The run so far.
    folder : Path
        The run's folder.
    """

    def __init__(self, manifest: Manifest, folder: Path) -> None:
        self.manifest = manifest
        self._folder = folder
        self._claimed = {(each.kind, each.name): each for each in manifest.artefacts}
        self._lock = threading.Lock()

    def claim(self, artefacts: Sequence[Artefact], *, notebook: str) -> None:
        """Note what a notebook made, before it is entered.

        Parameters
        ----------
        artefacts : sequence of Artefact
            What it made.
        notebook : str
            Its name.

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
                refuse_twice(artefact, other if other and other.notebook != notebook else None)
                self._claimed[artefact.kind, artefact.name] = artefact

    def conclude(self, *, not_done: Sequence[str]) -> None:
        """Note what was asked for and could not be done, when all notebooks have come to their end.

        Parameters
        ----------
        not_done : sequence of str
            What, and why not.
        """
        with self._lock:
            self.manifest = replace(self.manifest, not_done=tuple(not_done))
            self.manifest.write(self._folder)

    def enter(self, record: NotebookRecord) -> None:
        """Put in the record of a notebook, and write the manifest.

        Parameters
        ----------
        record : NotebookRecord
            The record.
        """
        with self._lock:
            self.manifest = self.manifest.with_record(record)
            self.manifest.write(self._folder)

    def note_machine(self, machine: dict[str, Any]) -> None:
        """Note what the run was computed on, and write the manifest.

        Parameters
        ----------
        machine : dict of str to object
            Facts; where there are none, those of an earlier run stay.
        """
        if machine:
            with self._lock:
                self.manifest = replace(self.manifest, machine=machine)
                self.manifest.write(self._folder)
