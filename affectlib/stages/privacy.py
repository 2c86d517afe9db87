"""The stage that attacks releases, trial by trial; `attack_releases` is read from top to bottom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from affectlib.parameters import read_count
from affectlib.privacy.releases.catalogue import release_named
from affectlib.privacy.releases.graded import code_size
from affectlib.privacy.releases.release import Release
from affectlib.privacy.trial import FRAMES, Trial, attack
from affectlib.stages import releases
from affectlib.stages.code import code_digest
from affectlib.stages.experiment import Experiment
from affectlib.stages.frames import read_frame
from affectlib.stages.releases import release_inputs, released_walks, trained_models
from affectlib.stages.side_by_side import side_by_side
from affectlib.stages.sweeps import ADVERSARIAL, GRADED, ON_CODES

VERSION = 1
ROOMS = (*releases.ROOMS, "stages.privacy")

Frames = dict[str, pd.DataFrame]


def attack_releases(
    experiment: Experiment,
    values: Mapping[str, Sequence[Any]],
    *,
    splits: Sequence[str] = ("takes", "subjects"),
    n_folds: int = 2,
    tried_folds: int = 1,
    seeds: int = 1,
    custom: Iterable[Release] = (),
) -> Frames:
    """Attack releases at values of their parameters.

    Parameters
    ----------
    values : mapping of str to sequence
        Values of the privacy parameter to try, by name of the release.
    splits : sequence of str
        ``"takes"`` for known subjects, ``"subjects"`` for new ones.
    n_folds : int
        Number of folds.
    tried_folds : int
        Number of folds that are tried.
    seeds : int
        Number of repetitions with other folds and other random weights.
    custom : iterable of Release
        Releases of the user, tried at all their values. Their code has no digest, so results are
        computed anew each time.

    Returns
    -------
    dict of str to pandas.DataFrame
        The frames `FRAMES`, with the columns of `Trial` in front.

    Raises
    ------
    ParameterError
        For an impossible number of folds or seeds.
    """
    n_folds = read_count("n_folds", n_folds, least=2)
    tried_folds = read_count("tried_folds", tried_folds, least=1, most=n_folds)
    seeds = read_count("seeds", seeds, least=1)
    folds = [
        Trial(release="", value=None, split=split, fold=fold, n_folds=n_folds, seed=seed)
        for seed in range(experiment.study.seed, experiment.study.seed + seeds)
        for split in splits
        for fold in range(tried_folds)
    ]
    trials = [
        replace(fold, release=name, value=value)
        for fold in folds
        for name, tried in values.items()
        for value in tried
    ]
    missing = [trial for trial in trials if not experiment.store.holds(**_entry(experiment, trial))]
    jobs = _jobs(missing, graded_size=code_size(experiment.labels["label"].to_numpy()))
    # A trial takes about five times as long as fitting a shallow model.
    side_by_side(experiment, _keep_all, jobs, what="releases under attack", weight=5)
    results = [_with_trial(_read(experiment, trial), trial) for trial in trials]
    for release in custom:
        for fold in folds:
            for value in release.values:
                trial = replace(fold, release=release.name, value=value)
                results.append(_with_trial(_attack(experiment, release, trial), trial))
    return {name: _joined([frames[name] for frames in results]) for name in FRAMES}


def _entry(experiment: Experiment, trial: Trial) -> dict[str, Any]:
    """Return what identifies a trial's result in the store."""
    inputs = {
        "cycles": experiment.key,
        **release_inputs(experiment.study),
        **vars(trial),
        "version": VERSION,
    }
    return {"stage": "attacks", "inputs": inputs, "code": code_digest(*ROOMS)}


def _jobs(trials: Sequence[Trial], *, graded_size: int) -> list[tuple[tuple[Trial, ...]]]:
    """Group trials that share a trained model; those that train networks come first."""
    # One process for each group, as two would train the same network at the same time.
    groups: dict[tuple, list[Trial]] = {}
    for trial in trials:
        family = "codes" if trial.release in ON_CODES else trial.release
        size = (graded_size if trial.release == GRADED else trial.value) if family == "codes" else None
        groups.setdefault((trial.seed, trial.split, trial.fold, family, size), []).append(trial)
    order = sorted(groups.values(), key=lambda group: group[0].release not in (*ON_CODES, ADVERSARIAL))
    return [(tuple(group),) for group in order]


def _keep_all(experiment: Experiment, trials: Sequence[Trial]) -> None:
    for trial in trials:
        _keep(experiment, trial)


def _keep(experiment: Experiment, trial: Trial) -> Path:
    write = partial(_write, experiment, trial)
    return experiment.store.keep(**_entry(experiment, trial), write=write).folder


def _write(experiment: Experiment, trial: Trial, folder: Path) -> None:
    trained = trained_models(experiment.store.root, trial.split, experiment.study)
    release = release_named(trial.release, cache=trained)
    for name, frame in _attack(experiment, release, trial).items():
        if len(frame):
            frame.to_csv(folder / f"{name}.csv", index=False)


def _attack(experiment: Experiment, release: Release, trial: Trial) -> Frames:
    trained = trained_models(experiment.store.root, trial.split, experiment.study)
    return attack(released_walks(experiment), release, trial, trained=trained)


def _read(experiment: Experiment, trial: Trial) -> Frames:
    folder = _keep(experiment, trial)
    files = {name: folder / f"{name}.csv" for name in FRAMES}
    return {name: read_frame(file) if file.exists() else pd.DataFrame() for name, file in files.items()}


def _with_trial(frames: Frames, trial: Trial) -> Frames:
    columns = vars(trial) | {"value": str(trial.value)}
    return {
        name: frame.assign(**columns)[[*columns, *frame.columns]] if len(frame) else frame
        for name, frame in frames.items()
    }


def _joined(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    filled = [frame for frame in frames if len(frame)]
    return pd.concat(filled, ignore_index=True) if filled else pd.DataFrame()
