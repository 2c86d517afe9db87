"""Scores of what was predicted from releases, in the frame that all scores of a run share."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import pandas as pd

from affectlib.evaluation.predictions import COLUMNS
from affectlib.evaluation.scores import score
from affectlib.evaluation.splits import make_folds
from affectlib.privacy.attackers import gallery_and_probes
from affectlib.privacy.walks import Walks
from affectlib.stages.experiment import Experiment
from affectlib.stages.privacy import released_walks

_PREDICTED: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "labels": ("label", "classifier"),
        "closed_set": ("subject", "attacker"),
        "new_subjects": ("subject", "attacker"),
        "gender": ("gender", "attacker"),
    }
)
"""Task, and column of the model, of the frames that hold predictions."""

_FOLD = ("split", "fold", "n_folds", "seed")


def release_scores(experiment: Experiment, frames: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Score classifiers and attackers on releases, fold by fold.

    Parameters
    ----------
    experiment : Experiment
        The experiment.
    frames : mapping of str to pandas.DataFrame
        As `affectlib.stages.attack_releases` gives them.

    Returns
    -------
    pandas.DataFrame
        The columns `affectlib.evaluation.scores.SCORES`. `features` is the release with its parameter;
        `n_train` of subjects enrolled after fitting is the number of cycles that they were enrolled with.
    """
    walks = released_walks(experiment)
    library = experiment.cycles.attrs["library"]
    parts = [
        _predictions(frames[name], name, walks).assign(library=library)
        for name in _PREDICTED
        if len(frames[name])
    ]
    return score(pd.concat(parts, ignore_index=True)[list(COLUMNS)])


def _predictions(frame: pd.DataFrame, name: str, walks: Walks) -> pd.DataFrame:
    task, model = _PREDICTED[name]
    bare = frame["value"] == "None"
    own = frame.assign(
        task=task,
        model=frame[model],
        features=frame["release"].where(bare, frame["release"] + " " + frame["value"]),
        true=frame["subject"] if task == "subject" else frame["true"],
    )
    sizes = pd.DataFrame(
        [(*fold, _n_train(name, walks, *fold)) for fold in own[[*_FOLD]].drop_duplicates().to_numpy()],
        columns=[*_FOLD, "n_train"],
    )
    own = own.merge(sizes.astype({"fold": int, "n_folds": int, "seed": int}), on=[*_FOLD])
    tested = own.groupby([*_FOLD, "features", "model"])["cycle"].transform("size")
    return own.assign(n_test=tested)


def _n_train(name: str, walks: Walks, split: str, fold: int, n_folds: int, seed: int) -> int:
    dealt = make_folds(walks.rows(), split=split, n_folds=n_folds, seed=seed)[fold]
    if name == "new_subjects":
        test = walks.at(dealt.test)
        return len(gallery_and_probes(test.subject, test.recording_groups(), seed=seed)[0])
    if name == "gender":
        return int((walks.gender[dealt.train] != "").sum())
    return len(dealt.train)
