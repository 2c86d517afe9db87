"""The committed notebooks and the parameters that each declares."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat

from affectlib.errors import ParameterError, RunError
from affectlib.parameters import refuse_unknown
from affectlib.workbook.declared import Declared, declared_parameters, passed_value


@dataclass(frozen=True, kw_only=True)
class Source:
    """A committed notebook.

    Parameters
    ----------
    path : Path
        Absolute path.
    title : str
        First heading.
    declared : mapping of str to Declared
        Its parameters by name.
    digest : str
        Hex digest of its cells without outputs and metadata.
    """

    path: Path
    title: str
    node: nbformat.NotebookNode = field(repr=False, compare=False)
    declared: Mapping[str, Declared]
    digest: str

    @property
    def name(self) -> str:
        """File name without suffix ("01_recordings")."""
        return self.path.stem

    def parameters(self, passed: Mapping[str, Any]) -> dict[str, Any]:
        """Return all parameters that the notebook runs with: those passed, otherwise the declared values."""
        return {name: each.default for name, each in self.declared.items()} | dict(passed)


def find_notebooks(folder: str | Path | None = None, *, only: Sequence[str] = ()) -> tuple[Source, ...]:
    """Read the workbook's notebooks, sorted by name.

    Parameters
    ----------
    folder : str or Path, optional
        By default ``notebooks`` beside the package in a checkout, otherwise in the working directory.
    only : sequence of str
        Numbers ("03"), names ("03_baselines") or both; empty for all.

    Raises
    ------
    RunError
        Where there are none, or one cannot be read.
    ParameterError
        Where `only` names one that does not exist.
    """
    root = Path(folder).expanduser().resolve() if folder else _default_folder()
    paths = sorted(path for path in root.glob("[0-9][0-9]_*.ipynb") if path.is_file())
    if not paths:
        raise RunError(
            "no notebooks here (NN_name.ipynb)",
            file=root,
            remedy="Run in a checkout of the project, or name their folder (--notebooks).",
        )
    return tuple(read_notebook(path) for path in _chosen(paths, only))


def read_notebook(path: Path) -> Source:
    """Read one notebook and the parameters that it declares.

    Raises
    ------
    RunError
        Where the file is not a notebook.
    ParameterError
        Where the parameters cell contains anything but typed literals, or there are two.
    """
    try:
        # Missing cell ids are added in memory only.
        node = nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)
    except Exception as error:  # nbformat raises all kinds of errors for other JSON
        first_line = next(iter(str(error).splitlines()), type(error).__name__)
        raise RunError("not a notebook", file=path, found=first_line[:200]) from error
    cells = [[cell.cell_type, cell.source, cell.metadata.get("tags", [])] for cell in node.cells]
    return Source(
        path=path.resolve(),
        title=_title(node) or path.stem,
        node=node,
        declared=declared_parameters(path.resolve(), node),
        digest=hashlib.sha256(json.dumps(cells).encode()).hexdigest(),
    )


def distribute_parameters(
    sources: Sequence[Source], *, parameters: Mapping[str, Any], common: Mapping[str, Any]
) -> dict[str, dict[str, Any]]:
    """Return the parameters to pass to each notebook, by its name: only those that it declares.

    Parameters
    ----------
    parameters : mapping of str to object
        Parameters of the user, values or their text; each must be declared somewhere.
    common : mapping of str to object
        Parameters of every run, passed where they are declared.

    Raises
    ------
    ParameterError
        For a name that none of the notebooks declares, or a value of the wrong type.
    """
    refuse_unknown(parameters, sorted({name for source in sources for name in source.declared}))
    values = {**common, **parameters}
    return {
        source.name: {
            name: passed_value(name, values[name], declared.kind)
            for name, declared in source.declared.items()
            if name in values
        }
        for source in sources
    }


def _default_folder() -> Path:
    beside_package = Path(__file__).resolve().parents[2] / "notebooks"
    return beside_package if beside_package.is_dir() else Path("notebooks").resolve()


def _chosen(paths: Sequence[Path], only: Sequence[str]) -> list[Path]:
    for name in only:
        if not any(_matches(path, name) for path in paths):
            raise ParameterError(
                "no such notebook",
                where="--only",
                found=repr(name),
                remedy=f"There are: {', '.join(path.stem for path in paths)}.",
            )
    return [path for path in paths if not only or any(_matches(path, name) for name in only)]


def _matches(path: Path, name: str) -> bool:
    return name in (path.stem, path.name) or (name.isdigit() and int(name) == int(path.stem[:2]))


def _title(node: nbformat.NotebookNode) -> str:
    lines = (line for cell in node.cells if cell.cell_type == "markdown" for line in cell.source.splitlines())
    return next((line.lstrip("# ").strip() for line in lines if line.startswith("# ")), "")
