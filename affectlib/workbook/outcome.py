"""Outcome of a run: what was requested by name and not done, and the closing lines of its output."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from affectlib.recordings.findings import Findings
from affectlib.study import parameter_types
from affectlib.workbook.manifest import NotebookRecord

OF_THE_RUN = (*parameter_types(), "out")
"""Parameters of the run itself: those of a study. Setting one does not request any notebook by name."""


def not_done(records: Sequence[NotebookRecord], *, only: bool, parameters: Iterable[str]) -> tuple[str, ...]:
    """Return what was requested by name and could not be done, one line for each reason.

    A notebook is requested where it was chosen (``--only``), or where it declares a parameter that was set
    (``-p``) and is none of `OF_THE_RUN`. It is not done where it was left out. What a parameter
    requested of a completed notebook is not done where the notebook says so (`Outputs.left_out`).

    Parameters
    ----------
    only : bool
        Whether the notebooks were chosen one by one.
    parameters : iterable of str
        Names of the parameters that were set.
    """
    requested = [name for name in parameters if name not in OF_THE_RUN]
    notebooks: dict[tuple[str, str], list[str]] = {}
    for record in records:
        for how, reason in _of_notebook(record, only=only, requested=requested):
            notebooks.setdefault((how, reason), []).append(record.name)
    return tuple(f"{', '.join(names)} ({how}): {reason}" for (how, reason), names in notebooks.items())


def _of_notebook(record: NotebookRecord, *, only: bool, requested: Sequence[str]) -> list[tuple[str, str]]:
    if record.status == "left out":
        how = (["--only"] if only else []) + [f"-p {name}" for name in requested if name in record.parameters]
        return [(" ".join(how), record.error)] if how else []
    return [
        (f"-p {part['parameter']}", part["reason"])
        for part in record.left_out
        if part["parameter"] in requested
    ]


def closing_lines(library: Mapping[str, Any], records: Sequence[NotebookRecord]) -> list[str]:
    """Return the lines at the end of a run's output: doubts about the library, and what was left out."""
    lines = []
    for heading, text in Findings.from_json(library).paragraphs().items():
        lines += [f"{heading}:", *text.splitlines()]
    reasons: dict[str, list[str]] = {}
    for record in records:
        for reason in [record.error] * (record.status == "left out") + [p["reason"] for p in record.left_out]:
            reasons.setdefault(reason, []).append(record.name)
    if reasons:
        lines.append("This library cannot answer:")
        lines += [f"  - {', '.join(names)}: {reason}" for reason, names in reasons.items()]
    return lines
