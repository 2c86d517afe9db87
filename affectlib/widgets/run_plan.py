"""What a run will be: the arguments of the command that starts it, where it goes, how long it may take."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from affectlib.errors import ParameterError
from affectlib.parameters import to_text
from affectlib.stages.progress import span
from affectlib.stages.side_by_side import notebooks_at_once
from affectlib.study import PROFILES, Study

OWN_OPTIONS = ("library", "profile", "skip_bad")
"""Parameters that are options of the command; all others are given with ``-p``."""


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a committed notebook says about itself.

    Parameters
    ----------
    title : str
        First heading.
    seconds : mapping of str to float
        Run time in seconds by profile, as its metadata have it.
    """

    title: str
    seconds: Mapping[str, float]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """One run of the workbook.

    Parameters
    ----------
    study : Study
        Library, profile and the rest.
    chosen : tuple of str
        Names of the notebooks that shall run.
    every : bool
        Whether these are all there are.
    out : Path
        Folder for the results, absolute.
    notebooks : Path
        Folder of the notebooks, absolute.
    """

    study: Study
    chosen: tuple[str, ...]
    every: bool
    out: Path
    notebooks: Path

    def arguments(self) -> list[str]:
        """Write the plan as the command line takes it.

        Returns
        -------
        list of str
            What stands after ``affectlib``.
        """
        library, profile = self.study.library_folder, self.study.profile
        return [
            "run",
            *([f"--library={library}"] if library else []),
            f"--profile={profile}",
            f"--out={self.out}",
            f"--notebooks={self.notebooks}",
            *([] if self.every else [f"--only={','.join(name[:2] for name in self.chosen)}"]),
            *(["--skip-bad"] if self.study.skip_bad else []),
            *(
                part
                for name, value in self.study.differences().items()
                if name not in OWN_OPTIONS
                for part in ("-p", f"{name}={to_text(value)}")
            ),
        ]


def make_plan(
    study: Study, values: Mapping[str, Any], *, chosen: Sequence[str], out: str, notebooks: Path, every: int
) -> Plan:
    """Turn what stands in a form into a run.

    Parameters
    ----------
    study : Study
        What does not stand in the form keeps the value that it has here.
    values : mapping of str to object
        Parameters from the form, values or their text.
    chosen : sequence of str
        Names of notebooks.
    out : str
        Folder for the results; empty for the one that the command would take, beside `notebooks`.
    notebooks : Path
        Folder of the notebooks.
    every : int
        How many notebooks there are.

    Returns
    -------
    Plan
        The run.

    Raises
    ------
    ParameterError
        For a value of the wrong type or one that the parameter may not have, or no notebook.
    """
    others = {name: value for name, value in study.differences().items() if name not in OWN_OPTIONS}
    planned = Study.from_parameters(others | dict(values))
    if not chosen:
        raise ParameterError("no notebook is chosen", where="notebooks", remedy="Choose at least one.")
    folder = Path(out).expanduser() if out else notebooks.parent / planned.usual_out
    return Plan(
        study=planned,
        chosen=tuple(chosen),
        every=len(chosen) == every,
        out=folder.resolve(),
        notebooks=notebooks,
    )


def read_told(folder: Path) -> dict[str, Told]:
    """Read what the notebooks in a folder say about themselves.

    Parameters
    ----------
    folder : Path
        Where they lie.

    Returns
    -------
    dict of str to Told
        By name, in order; empty where there are none.
    """
    told = {}
    for path in sorted(folder.glob("[0-9][0-9]_*.ipynb")):
        # Not with nbformat, whose validators take two seconds to import while somebody waits for a form.
        node = json.loads(path.read_text(encoding="utf-8"))
        first = "".join(node["cells"][0]["source"]) if node["cells"] else ""
        heading = re.match(r"# +(.+)", first)
        seconds = node.get("metadata", {}).get("affectlib", {}).get("run_time_s", {})
        told[path.stem] = Told(
            title=heading[1] if heading else path.stem,
            seconds={name: seconds[name] for name in PROFILES if name in seconds},
        )
    return told


def earlier_seconds(plan: Plan) -> dict[str, float]:
    """Look up how long notebooks took in the run that lies in the plan's folder.

    Parameters
    ----------
    plan : Plan
        The run; only an earlier one on the same library with the same profile counts.

    Returns
    -------
    dict of str to float
        Seconds by name, of the notebooks that ran to their end.
    """
    try:
        whole = json.loads((plan.out / "manifest.json").read_text(encoding="utf-8"))
        same = (
            whole["study"]["profile"] == plan.study.profile
            and whole["library"]["folder"] == str(plan.study.library_folder or "")
        )  # fmt: skip
        return {row["name"]: row["seconds"] for row in whole["notebooks"] if same and row["status"] == "done"}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def estimate(plan: Plan, told: Mapping[str, Told]) -> str:
    """Say how long a run may take, and how that is known.

    Parameters
    ----------
    plan : Plan
        The run.
    told : mapping of str to Told
        What the notebooks say about themselves.

    Returns
    -------
    str
        As in "about 5 min 20 s: 2 notebooks as the run before took, 8 as they say".
    """
    earlier, profile = earlier_seconds(plan), plan.study.profile
    said = {name: told[name].seconds.get(profile) for name in plan.chosen if name not in earlier}
    known = {name: seconds for name, seconds in said.items() if seconds is not None}
    before = {name: seconds for name, seconds in earlier.items() if name in plan.chosen}
    parts = [
        (len(before), "as in the run that lies in this folder, of which nothing unchanged runs again"),
        (len(known), "as they say for simulated walkers"),
        (len(said) - len(known), "of unknown time"),
    ]
    words = "; ".join(f"{n} notebook{'' if n == 1 else 's'} {how}" for n, how in parts if n)
    if not before and not known:
        return f"unknown: {words}"
    how_sure = "about" if len(known) == len(said) else "at least"
    seconds = [*before.values(), *known.values()]
    return f"{how_sure} {span(max(*seconds, 0.0, sum(seconds) / notebooks_at_once()))}: {words}"
