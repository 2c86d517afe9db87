"""All scores of a run in one tidy frame."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from affectlib.errors import RunError
from affectlib.evaluation.predictions import KEYS
from affectlib.evaluation.scores import read_scores, scores_csv
from affectlib.workbook.files import write_whole
from affectlib.workbook.manifest import Manifest

SCORES_FILE = "results/scores.csv"

_NAMED_BY = [*KEYS, "metric", "label"]


def join_scores(manifest: Manifest, folder: Path) -> int:
    """Write ``results/scores.csv`` from the scores of all notebooks, each once, and return their number.

    Scores that an earlier run into the folder computed with another profile, seed or other left-out subjects
    are not included. Without any scores there is no file.

    Raises
    ------
    RunError
        Where two notebooks computed different values of one score.
    """
    parts = [
        read_scores(folder / file).assign(notebook=record.name)
        for record in manifest.notebooks
        if record.status == "done" and _is_of_the_study(record.parameters, manifest.study)
        for artefact in record.artefacts
        if artefact.kind == "scores"
        for file in artefact.files
    ]
    if not parts:
        (folder / SCORES_FILE).unlink(missing_ok=True)
        return 0
    # In the order of the notebooks, whichever ended first.
    scores = pd.concat(parts, ignore_index=True)
    unique = scores.drop_duplicates([name for name in scores if name != "notebook"])
    _refuse_contradictions(unique)
    write_whole(folder / SCORES_FILE, scores_csv(unique))
    return len(unique)


def _is_of_the_study(parameters: Mapping[str, Any], study: Mapping[str, Any]) -> bool:
    # The folder of one library may be written in several ways.
    common = (parameters.keys() & study.keys()) - {"library"}
    return all(parameters[name] == study[name] for name in common)


def _refuse_contradictions(scores: pd.DataFrame) -> None:
    doubled = scores[scores.duplicated(_NAMED_BY, keep=False)]
    if len(doubled):
        rows = doubled[(doubled[_NAMED_BY] == doubled[_NAMED_BY].iloc[0]).all(axis=1)].iloc[:2]
        first, second = rows.iloc[0], rows.iloc[1]
        raise RunError(
            "two notebooks computed different values of one score",
            where=f"{first['notebook']} and {second['notebook']}",
            found=f"{', '.join(str(first[name]) for name in _NAMED_BY if first[name] != '')}: "
            f"{first['value']} and {second['value']}",
            remedy="Give the models or features of one of them another name.",
        )
