"""Scores of predictions from releases, in the frame that all scores of a run share."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import pandas as pd

from affectlib.evaluation.predictions import COLUMNS
from affectlib.evaluation.scores import score
from affectlib.stages.experiment import Experiment

_PREDICTED: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "labels": ("label", "classifier"),
        "closed_set": ("subject", "attacker"),
        "new_subjects": ("subject", "attacker"),
        "gender": ("gender", "attacker"),
    }
)
"""Task, and column of the model, of the frames with predictions."""


def release_scores(experiment: Experiment, frames: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Score classifiers and attackers on releases, fold by fold.

    Parameters
    ----------
    frames : mapping of str to pandas.DataFrame
        See `affectlib.stages.attack_releases`.

    Returns
    -------
    pandas.DataFrame
        The columns `affectlib.evaluation.scores.SCORES`. ``features`` is the release with its value;
        ``n_train`` of new subjects is the number of enrolled cycles.
    """
    parts = [
        _predictions(frames[name], *columns) for name, columns in _PREDICTED.items() if len(frames[name])
    ]
    predictions = pd.concat(parts, ignore_index=True).assign(library=experiment.cycles.attrs["library"])
    return score(predictions[list(COLUMNS)])


def _predictions(frame: pd.DataFrame, task: str, model: str) -> pd.DataFrame:
    named = frame["release"] + " " + frame["value"]
    predictions = frame.assign(
        task=task,
        model=frame[model],
        features=frame["release"].where(frame["value"] == "None", named),
        true=frame["subject"] if task == "subject" else frame["true"],
    )
    fold = predictions.groupby(["split", "fold", "n_folds", "seed", "features", "model"])
    return predictions.assign(n_test=fold["cycle"].transform("size"))
