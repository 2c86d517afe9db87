"""The manifest of a run: what it was computed from and what it made, as a file beside its results."""

from __future__ import annotations

import json
import platform
import re
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Any

import pandas as pd

from affectlib import __version__
from affectlib.workbook.artefacts import Artefact
from affectlib.workbook.files import write_whole

MANIFEST = "manifest.json"

_FORM = 1
_KINDS = {"figures": "figure", "tables": "table", "scores": "scores"}


@dataclass(frozen=True, kw_only=True)
class NotebookRecord:
    """How one notebook ran.

    Parameters
    ----------
    title : str
        Its first heading.
    key : str
        Hex digest of what its results depend on: cells, parameters, library, code.
    status : str
        ``"done"``, ``"stopped"``, or ``"left out"`` where the library cannot answer its question.
    parameters : dict of str to object
        All parameters that it ran with.
    cells : int
        Number of cells of the committed notebook.
    stages : tuple of dict
        Results that it requested from the stages: stage, key, seconds to compute, whether reused.
    error : str
        Why it stopped or was left out.
    left_out : tuple of dict
        Questions that the library cannot answer: ``reason``, and the ``parameter`` that requested it.
    """

    name: str
    title: str
    key: str
    status: str
    parameters: dict[str, Any]
    cells: int
    seconds: float
    stages: tuple[dict[str, Any], ...] = ()
    artefacts: tuple[Artefact, ...] = ()
    error: str = ""
    left_out: tuple[dict[str, str], ...] = ()

    @property
    def executed(self) -> str:
        """Path of the executed copy, relative to the run's folder."""
        return f"notebooks/{self.name}.ipynb"

    def is_whole(self, folder: Path) -> bool:
        """Return whether it ran to its end and all its files exist unchanged in the run's folder."""
        return (
            self.status == "done"
            and (folder / self.executed).is_file()
            and all(artefact.is_whole(folder) for artefact in self.artefacts)
        )


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """The record of one run.

    Parameters
    ----------
    library : dict of str to object
        Name, folder, fingerprint, whether simulated; problems, warnings, notes and what was left out, as
        `affectlib.recordings.findings.Findings.to_json` returns them.
    study : dict of str to object
        Parameters of the study that the run was started with.
    started : str
        ISO 8601 with the offset from UTC.
    stages : tuple of dict
        Results that were computed or found before the first notebook.
    notebooks : tuple of NotebookRecord
        In the order of the workbook.
    versions : dict of str to str
        Versions of Python and of the packages.
    not_done : tuple of str
        What was requested by name and could not be done, with the reason.
    machine : dict of str to object
        See `affectlib.workbook.machine.describe`; empty before the first run.
    """

    library: dict[str, Any]
    study: dict[str, Any]
    started: str
    stages: tuple[dict[str, Any], ...] = ()
    notebooks: tuple[NotebookRecord, ...] = ()
    versions: dict[str, str] = field(default_factory=lambda: versions())
    not_done: tuple[str, ...] = ()
    machine: dict[str, Any] = field(default_factory=dict)

    @property
    def artefacts(self) -> tuple[Artefact, ...]:
        """The artefacts of all notebooks."""
        return tuple(artefact for record in self.notebooks for artefact in record.artefacts)

    def record(self, name: str) -> NotebookRecord | None:
        """Return the record of a notebook, or None if it has not run."""
        return next((record for record in self.notebooks if record.name == name), None)

    def with_record(self, record: NotebookRecord) -> Manifest:
        """Return a manifest with the record of a notebook, which replaces an earlier one."""
        others = [other for other in self.notebooks if other.name != record.name]
        return replace(self, notebooks=tuple(sorted([*others, record], key=lambda each: each.name)))

    def write(self, folder: Path) -> None:
        """Write ``manifest.json`` and ``results/timings.csv`` into the run's folder."""
        # Artefacts once, at the top level, where readers look for them.
        rows = [asdict(record) for record in self.notebooks]
        for row in rows:
            del row["artefacts"]
        whole = {
            "form": _FORM,
            "affectlib_version": __version__,
            "started": self.started,
            "library": self.library,
            "study": self.study,
            "stages": self.stages,
            "notebooks": rows,
            **{
                key: [asdict(artefact) for artefact in self.artefacts if artefact.kind == kind]
                for key, kind in _KINDS.items()
            },
            "not_done": self.not_done,
            "versions": self.versions,
            "machine": self.machine,
        }
        write_whole(folder / MANIFEST, json.dumps(whole, indent=1) + "\n")
        timings = _timings(self)
        write_whole(folder / "results" / "timings.csv", timings.to_csv(index=False, lineterminator="\n"))


def read_manifest(folder: Path) -> Manifest | None:
    """Read the manifest of an earlier run; None where there is none that can be read."""
    try:
        whole = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if whole["form"] != _FORM:
            return None
        artefacts = [Artefact(**row) for kind in _KINDS for row in whole.get(kind, ())]
        artefacts.sort(key=lambda each: each.cell)
        records = [
            NotebookRecord(
                **row | {"stages": tuple(row["stages"]), "left_out": tuple(row.get("left_out", ()))},
                artefacts=tuple(each for each in artefacts if each.notebook == row["name"]),
            )
            for row in whole["notebooks"]
        ]
        return Manifest(
            library=whole["library"],
            study=whole["study"],
            started=whole["started"],
            stages=tuple(whole["stages"]),
            notebooks=tuple(records),
            versions=whole["versions"],
            not_done=tuple(whole.get("not_done", ())),
            machine=whole.get("machine", {}),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def versions() -> dict[str, str]:
    """Return the versions of Python and of the package's dependencies by name."""
    found = {"python": platform.python_version()}
    with suppress(PackageNotFoundError):
        lines = [line for line in requires("affectlib") or [] if "extra ==" not in line]
        # "h5netcdf>=1.3; python_version > '3'" -> "h5netcdf"
        for name in sorted({re.split(r"[^\w.-]", line)[0] for line in lines}):
            with suppress(PackageNotFoundError):
                found[name] = version(name)
    return found


def _timings(manifest: Manifest) -> pd.DataFrame:
    uses: list[tuple[str, dict[str, Any]]] = [("", use) for use in manifest.stages]
    for record in manifest.notebooks:
        uses.append((record.name, {"stage": "", "seconds": record.seconds, "reused": False}))
        uses += [(record.name, use) for use in record.stages]
    rows = [(notebook, use["stage"], use["seconds"], use["reused"]) for notebook, use in uses]
    table = pd.DataFrame(rows, columns=["notebook", "stage", "seconds", "reused"])
    table.insert(0, "library", manifest.library.get("name", ""))
    return table
