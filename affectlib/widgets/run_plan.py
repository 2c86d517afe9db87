"""What a run will be: the arguments of the command that starts it, where it goes, how long it may take."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from affectlib.errors import ParameterError
from affectlib.stages.progress import span
from affectlib.stages.side_by_side import notebooks_at_once
from affectlib.study import PROFILES, Study

OWN_OPTIONS = ("library", "profile", "skip_bad")
"""Parameters that are options of the command; all others are given with ``-p``."""

_UNIT_S = {"s": 1.0, "m": 60.0, "h": 3600.0}
_WORDS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "ten": 10}
_COUNT = rf"\b(\d+(?:\.\d+)?|{'|'.join(_WORDS)})"
# "15 s", "15s", "a minute"; in "as" no second of anything.
_LENGTH = re.compile(rf"{_COUNT}(?:(?<=\d)|\s)\s*(s|sec|seconds?|min|minutes?|h|hours?)\b")
_HELP = re.compile(r"^(\w+): .*?  # (.+)$", flags=re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a committed notebook says about itself.

    Parameters
    ----------
    title : str
        First heading.
    seconds : mapping of str to float
        Run time in seconds by profile, as its first cell tells it.
    help : mapping of str to str
        What stands behind each of its parameters.
    """

    title: str
    seconds: Mapping[str, float]
    help: Mapping[str, str]


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
                for name, value in turned(self.study).items()
                if name not in OWN_OPTIONS
                for part in ("-p", f"{name}={value}")
            ),
        ]


def turned(study: Study) -> dict[str, Any]:
    """Give the parameters of a study that are not as its profile has them.

    Parameters
    ----------
    study : Study
        The study.

    Returns
    -------
    dict of str to object
        Values by name.
    """
    usual = Study(profile=study.profile).parameters()
    return {name: value for name, value in study.parameters().items() if value != usual[name]}


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
    others = {name: value for name, value in turned(study).items() if name not in OWN_OPTIONS}
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
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        text = ["".join(cell["source"]) for cell in cells]
        first = text[0] if text else ""
        heading = re.match(r"# +(.+)", first)
        declared = [
            source
            for cell, source in zip(cells, text, strict=True)
            if "parameters" in cell["metadata"].get("tags", [])
        ]
        told[path.stem] = Told(
            title=heading[1] if heading else path.stem,
            seconds=run_times_s(first),
            help=dict(_HELP.findall("\n".join(declared))),
        )
    return told


def run_times_s(text: str) -> dict[str, float]:
    """Read the run time of each profile from the first cell of a notebook.

    Parameters
    ----------
    text : str
        As in "**Run time** about 15 s with the quick profile, 3 min with the full one".

    Returns
    -------
    dict of str to float
        Seconds by profile; a profile is absent where nothing is said of it.
    """
    _, _, said = " ".join(text.split()).partition("**Run time**")
    clauses = re.split(rf"with the ({'|'.join(PROFILES)})\b", said)
    seconds, unit = {}, ""
    for clause, profile in zip(clauses[::2], clauses[1::2], strict=False):
        lengths = _LENGTH.findall(clause)
        if not lengths and unit:
            # "a minute with the quick profile, two with the full one"
            lengths = [(count, unit) for count in re.findall(rf"{_COUNT}\s*$", clause)]
        if lengths:
            unit = lengths[-1][1]
            seconds[profile] = sum(float(_WORDS.get(count, count)) * _UNIT_S[of[0]] for count, of in lengths)
    return seconds


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
        As in "about 5 min 20 s: 2 notebooks as the run before took, 8 as their first cells say".
    """
    earlier, profile = earlier_seconds(plan), plan.study.profile
    said = {name: told[name].seconds.get(profile) for name in plan.chosen if name not in earlier}
    known = {name: seconds for name, seconds in said.items() if seconds is not None}
    before = {name: seconds for name, seconds in earlier.items() if name in plan.chosen}
    parts = [
        (len(before), "as in the run that lies in this folder, of which nothing unchanged runs again"),
        (len(known), "as their first cells say for simulated walkers"),
        (len(said) - len(known), "of unknown time"),
    ]
    words = "; ".join(f"{n} notebook{'' if n == 1 else 's'} {how}" for n, how in parts if n)
    if not before and not known:
        return f"unknown: {words}"
    how_sure = "about" if len(known) == len(said) else "at least"
    seconds = [*before.values(), *known.values()]
    return f"{how_sure} {span(max(*seconds, 0.0, sum(seconds) / notebooks_at_once()))}: {words}"
