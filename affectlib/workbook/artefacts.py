"""Figures and tables of an executed notebook, and the cells that made them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat

from affectlib.errors import RunError
from affectlib.stages.store import file_digest
from affectlib.workbook.engine import source_number
from affectlib.workbook.outputs import METADATA_KEY


@dataclass(frozen=True, kw_only=True)
class Artefact:
    """A figure or table and its origin.

    Parameters
    ----------
    kind : str
        ``"figure"``, ``"table"``, or ``"scores"`` for the scores that a notebook contributes to the run.
    name : str
        File name without suffix.
    files : dict of str to str
        Digests of its files, by path relative to the run's folder.
    cell : int
        Number of the cell in the committed notebook, counting from 1.
    cell_id : str
        The cell's identifier, the same in the executed copy.
    library : str
        The library it is made from; empty where it depends on none.
    text : str
        The reading of a figure, the caption of a table.
    rows : int
        Number of rows of a table.
    parameters : dict of str to object
        All parameters that the notebook ran with.
    """

    kind: str
    name: str
    files: dict[str, str]
    notebook: str
    cell: int
    cell_id: str
    library: str
    simulated: bool
    text: str
    alt: str = ""
    rows: int = 0
    parameters: dict[str, Any] = field(default_factory=dict)

    def is_whole(self, folder: Path) -> bool:
        """Return whether its files exist unchanged in the run's folder."""
        return all(
            (folder / file).is_file() and file_digest(folder / file) == digest
            for file, digest in self.files.items()
        )


def collect(
    executed: nbformat.NotebookNode, *, notebook: str, folder: Path, parameters: dict[str, Any]
) -> tuple[Artefact, ...]:
    """Return the artefacts of an executed notebook, by the metadata that `Outputs` adds to cell outputs.

    Parameters
    ----------
    folder : Path
        The run's folder.
    parameters : dict of str to object
        All parameters that the notebook ran with.

    Raises
    ------
    RunError
        Where two cells made artefacts of the same kind and name.
    """
    found: dict[tuple[str, str], Artefact] = {}
    for index, cell_id, facts in _marks(executed):
        if facts["kind"] == "left out":
            continue
        artefact = Artefact(
            kind=facts["kind"],
            name=facts["name"],
            files={file: file_digest(folder / file) for file in facts["files"] if (folder / file).is_file()},
            notebook=notebook,
            cell=source_number(executed, index),
            cell_id=cell_id,
            library=facts["library"],
            simulated=facts["simulated"],
            text=facts.get("reading") or facts.get("caption", ""),
            alt=facts.get("alt", ""),
            rows=facts.get("rows", 0),
            parameters=parameters,
        )
        check_unique(artefact, found.get((artefact.kind, artefact.name)))
        found[artefact.kind, artefact.name] = artefact
    return tuple(artefact for artefact in found.values() if artefact.files)


def parts_left_out(executed: nbformat.NotebookNode) -> tuple[dict[str, str], ...]:
    """Return ``reason`` and ``parameter`` of what a notebook left out (`Outputs.left_out`)."""
    return tuple(
        {"reason": facts["reason"], "parameter": facts["parameter"]}
        for _, _, facts in _marks(executed)
        if facts["kind"] == "left out"
    )


def check_unique(artefact: Artefact, earlier: Artefact | None) -> None:
    """Check that an artefact does not replace an earlier one of the same kind and name.

    Raises
    ------
    RunError
        If there is an earlier one.
    """
    if earlier is not None:
        raise RunError(
            f"two cells make the {artefact.kind} {artefact.name!r}",
            where=f"{artefact.notebook}, cell {artefact.cell}",
            found=f"made before in {earlier.notebook}, cell {earlier.cell}",
            remedy="Give one of them another name.",
        )


def _marks(executed: nbformat.NotebookNode) -> Iterator[tuple[int, str, dict[str, Any]]]:
    for index, cell in enumerate(executed.cells):
        for output in cell.get("outputs", ()):
            facts = output.get("metadata", {}).get(METADATA_KEY)
            if facts:
                yield index, cell.get("id", ""), facts
