"""The stage that releases walks in every way and lets every attacker at what was released, trial by trial."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from functools import lru_cache, partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from affectlib.parameters import read_count
from affectlib.privacy.releases.catalogue import all_releases
from affectlib.privacy.releases.graded import code_size
from affectlib.privacy.releases.release import Release
from affectlib.privacy.releases.trained import Trained
from affectlib.privacy.trial import FRAMES, Trial, attack
from affectlib.privacy.walks import Walks, walks_of
from affectlib.stages import trainings
from affectlib.stages.code import code_digest
from affectlib.stages.experiment import AUTOENCODERS, Experiment
from affectlib.stages.frames import read_frame
from affectlib.stages.side_by_side import side_by_side
from affectlib.stages.store import Kept
from affectlib.stages.sweeps import ADVERSARIAL, GRADED, ON_CODES

ROOMS = (*trainings.ROOMS, "privacy", "stages.privacy")

CYCLES_PER_TAKE = MappingProxyType({"quick": 4, "full": 6})
"""Cycles of a take that are released, evenly spread over it: neighbours are almost copies, by profile."""

MEMBERS = MappingProxyType({"quick": 1, "full": 3})
"""Autoencoders whose affect codes graded affect joins, by profile."""


def released_cycles(experiment: Experiment) -> np.ndarray:
    """Choose the cycles that releases are tried on.

    Parameters
    ----------
    experiment : Experiment
        The experiment.

    Returns
    -------
    numpy.ndarray
        Positions of at most `CYCLES_PER_TAKE` cycles of each take, ascending, shape (chosen,).
    """
    walks = walks_of(experiment.cycles)
    most = CYCLES_PER_TAKE[experiment.study.profile]
    rows = pd.Series(np.arange(len(walks))).groupby(walks.recording_groups(), sort=False)
    kept = [
        own.to_numpy()[np.arange(min(most, len(own))) * len(own) // min(most, len(own))] for _, own in rows
    ]
    return np.sort(np.concatenate(kept))


def released_walks(experiment: Experiment) -> Walks:
    """Give the walks that releases are tried on.

    Parameters
    ----------
    experiment : Experiment
        The experiment.

    Returns
    -------
    Walks
        Those of `released_cycles`.
    """
    return walks_of(experiment.cycles).at(released_cycles(experiment))


def attack_releases(
    experiment: Experiment,
    releases: Mapping[str, Sequence[Any]],
    *,
    splits: Sequence[str] = ("takes", "subjects"),
    n_folds: int = 2,
    tried_folds: int = 1,
    seeds: int = 1,
    custom: Iterable[Release] = (),
) -> dict[str, pd.DataFrame]:
    """Try releases at values of their knobs.

    Parameters
    ----------
    experiment : Experiment
        The experiment.
    releases : mapping of str to sequence
        Names of catalogued releases with the values to try.
    splits : sequence of str
        ``"takes"`` for known people, ``"subjects"`` for new ones.
    n_folds : int
        Folds that are dealt.
    tried_folds : int
        How many of them are tried.
    seeds : int
        How often everything is repeated with other folds and other random weights.
    custom : iterable of Release
        Releases of one's own, tried at all their values. A function's code cannot be told from its name, so
        these are computed each time.

    Returns
    -------
    dict of str to pandas.DataFrame
        One frame each of `FRAMES`, with the columns of `Trial` in front.

    Raises
    ------
    ParameterError
        For a number of folds or seeds that cannot be.
    """
    n_folds = read_count("n_folds", n_folds, least=2)
    tried_folds = read_count("tried_folds", tried_folds, least=1, most=n_folds)
    seeds = read_count("seeds", seeds, least=1)
    first = experiment.study.seed
    places = [
        Trial(release="", value=None, split=split, fold=fold, n_folds=n_folds, seed=first + number)
        for number in range(seeds)
        for split in splits
        for fold in range(tried_folds)
    ]
    trials = [
        replace(place, release=name, value=value)
        for place in places
        for name, values in releases.items()
        for value in values
    ]
    missing = [trial for trial in trials if not experiment.store.holds(**_kept(experiment, trial))]
    jobs = _jobs(missing, graded_size=code_size(experiment.labels["label"].to_numpy()))
    side_by_side(experiment, _attack_all, jobs, what="releases under attack", weight=5)
    parts = [_read(experiment, trial) for trial in trials]
    for release in custom:
        trials = [
            replace(place, release=release.name, value=value) for place in places for value in release.values
        ]
        parts += [_with_trial(_attacked(experiment, release, trial), trial) for trial in trials]
    return {name: _joined([part[name] for part in parts]) for name in FRAMES}


def _kept(experiment: Experiment, trial: Trial) -> dict[str, Any]:
    inputs = {"cycles": experiment.key, **by_profile(experiment.study.profile), **vars(trial)}
    return {"stage": "attacks", "inputs": inputs, "code": _code()}


def by_profile(profile: str) -> dict[str, Any]:
    """Tell what of releases and their trial depends on the profile.

    Parameters
    ----------
    profile : str
        The study's.

    Returns
    -------
    dict of str to object
        For the inputs of a stage.
    """
    return {
        "cycles_per_take": CYCLES_PER_TAKE[profile],
        "members": MEMBERS[profile],
        "autoencoder": asdict(AUTOENCODERS[profile]),
    }


@lru_cache(maxsize=1)
def _code() -> str:
    return code_digest(*ROOMS)


def _jobs(trials: Sequence[Trial], *, graded_size: int) -> list[tuple[tuple[Trial, ...]]]:
    """Group trials that share what is trained for them; those that train networks come first."""
    groups: dict[tuple, list[Trial]] = {}
    for trial in trials:
        family = "codes" if trial.release in ON_CODES else trial.release
        size = (graded_size if trial.release == GRADED else trial.value) if family == "codes" else None
        groups.setdefault((trial.seed, trial.split, trial.fold, family, size), []).append(trial)
    order = sorted(groups.values(), key=lambda own: own[0].release not in (*ON_CODES, ADVERSARIAL))
    return [(tuple(own),) for own in order]


def _attack_all(experiment: Experiment, trials: Sequence[Trial]) -> None:
    for trial in trials:
        _keep(experiment, trial)


def _keep(experiment: Experiment, trial: Trial) -> Kept:
    return experiment.store.keep(**_kept(experiment, trial), write=partial(_write, experiment, trial))


def _attacked(experiment: Experiment, release: Release, trial: Trial) -> dict[str, pd.DataFrame]:
    trained = trained_models(experiment.store.root, trial.split, experiment.study.profile)
    return attack(released_walks(experiment), release, trial, trained=trained)


def _write(experiment: Experiment, trial: Trial, folder: Path) -> None:
    trained = trained_models(experiment.store.root, trial.split, experiment.study.profile)
    release = next(each for each in all_releases(cache=trained) if each.name == trial.release)
    for name, frame in _attacked(experiment, release, trial).items():
        if len(frame):
            frame.to_csv(folder / f"{name}.csv", index=False)


@lru_cache(maxsize=4)
def trained_models(root: Path, split: str, profile: str) -> Trained:
    """Open the trained models that releases share.

    Parameters
    ----------
    root : Path
        Folder of the store.
    split : str
        What the walks are split by.
    profile : str
        The study's.

    Returns
    -------
    Trained
        Kept in that folder, and in the memory of this process.
    """
    # The folder's name holds the code that trains, which the digests inside of it do not.
    folder = root / "trained" / _code()[:16]
    return Trained(folder=folder, autoencoder=AUTOENCODERS[profile], members=MEMBERS[profile], inner=split)


def _read(experiment: Experiment, trial: Trial) -> dict[str, pd.DataFrame]:
    folder, frames = _keep(experiment, trial).folder, {}
    for name in FRAMES:
        path = folder / f"{name}.csv"
        frames[name] = read_frame(path) if path.exists() else pd.DataFrame()
    return _with_trial(frames, trial)


def _with_trial(frames: Mapping[str, pd.DataFrame], trial: Trial) -> dict[str, pd.DataFrame]:
    columns = {name: str(value) if name == "value" else value for name, value in vars(trial).items()}
    return {
        name: frame.assign(**columns)[[*columns, *frame.columns]] if len(frame) else frame
        for name, frame in frames.items()
    }


def _joined(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    filled = [frame for frame in frames if len(frame)]
    return pd.concat(filled, ignore_index=True) if filled else pd.DataFrame()
