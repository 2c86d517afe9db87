"""The run that a form describes: command line arguments, folder of results, expected time."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from affectlib.errors import ParameterError
from affectlib.parameters import to_text
from affectlib.stages.progress import span
from affectlib.stages.side_by_side import notebooks_at_once
from affectlib.study import PROFILES, Study

OPTIONS = ("library", "profile", "skip_bad")
"""Parameters that are options of the command; all others are passed with ``-p``."""


@dataclass(frozen=True, kw_only=True)
class NotebookFacts:
    """Title of a committed notebook and its run time by profile, from its metadata."""

    title: str
    seconds: Mapping[str, float]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """One run of the workbook.

    Parameters
    ----------
    chosen : tuple of str
        Names of the notebooks to run.
    all_chosen : bool
        Whether these are all notebooks in the folder.
    out : Path
        Folder of the results, absolute.
    notebooks : Path
        Folder of the notebooks, absolute.
    """

    study: Study
    chosen: tuple[str, ...]
    all_chosen: bool
    out: Path
    notebooks: Path

    def arguments(self) -> list[str]:
        """Return the arguments of the ``affectlib`` command."""
        study = self.study
        others = {name: value for name, value in study.differences().items() if name not in OPTIONS}
        return [
            "run",
            *([f"--library={study.library_folder}"] if study.library_folder else []),
            f"--profile={study.profile}",
            f"--out={self.out}",
            f"--notebooks={self.notebooks}",
            *([] if self.all_chosen else [f"--only={','.join(name[:2] for name in self.chosen)}"]),
            *(["--skip-bad"] if study.skip_bad else []),
            *(word for name, value in others.items() for word in ("-p", f"{name}={to_text(value)}")),
        ]


def make_plan(
    study: Study,
    values: Mapping[str, Any],
    *,
    chosen: Sequence[str],
    out: str,
    notebooks: Path,
    n_notebooks: int,
) -> Plan:
    """Return the run that a form describes.

    Parameters
    ----------
    study : Study
        Values of the parameters that are not in the form.
    values : mapping of str to object
        Parameters from the form, as values or text.
    out : str
        Folder of the results; empty for the command's own choice, beside `notebooks`.

    Raises
    ------
    ParameterError
        For a value that a parameter cannot have, or no notebook.
    """
    others = {name: value for name, value in study.differences().items() if name not in OPTIONS}
    planned = Study.from_parameters(others | dict(values))
    if not chosen:
        raise ParameterError("no notebook is chosen", where="notebooks", remedy="Choose at least one.")
    folder = Path(out).expanduser() if out else notebooks.parent / planned.usual_out
    return Plan(
        study=planned,
        chosen=tuple(chosen),
        all_chosen=len(chosen) == n_notebooks,
        out=folder.resolve(),
        notebooks=notebooks,
    )


def read_notebooks(folder: Path) -> dict[str, NotebookFacts]:
    """Return title and run times of the notebooks in a folder, by name and in order."""
    facts = {}
    for path in sorted(folder.glob("[0-9][0-9]_*.ipynb")):
        # Importing nbformat takes two seconds, during which a user would wait for the form.
        node = json.loads(path.read_text(encoding="utf-8"))
        first_line = "".join(node["cells"][0]["source"]).partition("\n")[0] if node["cells"] else ""
        seconds = node.get("metadata", {}).get("affectlib", {}).get("run_time_s", {})
        facts[path.stem] = NotebookFacts(
            title=first_line.removeprefix("# ").strip() if first_line.startswith("# ") else path.stem,
            seconds={profile: seconds[profile] for profile in PROFILES if profile in seconds},
        )
    return facts


def earlier_seconds(plan: Plan) -> dict[str, float]:
    """Return how long finished notebooks took in an earlier run in the plan's folder, by name.

    Only a run on the same library with the same profile counts.
    """
    try:
        manifest = json.loads((plan.out / "manifest.json").read_text(encoding="utf-8"))
        if (
            manifest["study"]["profile"] != plan.study.profile
            or manifest["library"]["folder"] != str(plan.study.library_folder or "")
        ):  # fmt: skip
            return {}
        return {row["name"]: row["seconds"] for row in manifest["notebooks"] if row["status"] == "done"}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def estimate(plan: Plan, facts: Mapping[str, NotebookFacts]) -> str:
    """Return the expected time of a run in words, and its sources."""
    earlier = {name: seconds for name, seconds in earlier_seconds(plan).items() if name in plan.chosen}
    others = [facts[name].seconds.get(plan.study.profile) for name in plan.chosen if name not in earlier]
    documented = [seconds for seconds in others if seconds is not None]
    sources = [
        (len(earlier), "as in the earlier run in this folder, of which nothing unchanged runs again"),
        (len(documented), "as documented for simulated walkers"),
        (len(others) - len(documented), "of unknown time"),
    ]
    words = "; ".join(f"{n} notebook{'' if n == 1 else 's'} {source}" for n, source in sources if n)
    seconds = [*earlier.values(), *documented]
    if not seconds:
        return f"unknown: {words}"
    bound = "about" if len(documented) == len(others) else "at least"
    # Parallel notebooks share the time, but none is faster than it is alone.
    return f"{bound} {span(max(*seconds, 0.0, sum(seconds) / notebooks_at_once()))}: {words}"
