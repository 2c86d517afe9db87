"""The stage that releases walks in every way and lets every attacker at what was released.

Two questions need two ways to divide people. Split by ``takes``, the attacker knows the people and has
other walks of theirs: it names them (closed set). But these walks are those the release was fitted to,
and what was fitted to them looks different from what comes later; an attacker may fail for that reason
alone. Split by ``subjects``, nobody has seen the people, neither the release nor the attacker: the
attacker enrols them with releases of some walks and names them in others (fresh enrolment), tells whether
two released walks are the same person's (open set), and links a released walk to a raw one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import lru_cache, partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from affectlib.errors import ParameterError
from affectlib.evaluation.attackers import (
    attack_attribute,
    attack_closed,
    attack_link,
    attack_open,
    gallery_and_probes,
)
from affectlib.evaluation.fronts import RAW
from affectlib.evaluation.releases.catalogue import all_releases
from affectlib.evaluation.releases.graded import code_size
from affectlib.evaluation.releases.realism import realism
from affectlib.evaluation.releases.release import Release
from affectlib.evaluation.releases.trained import Trained
from affectlib.evaluation.splits import Fold, make_folds
from affectlib.evaluation.utility import recognise
from affectlib.evaluation.walks import Walks, walks_of
from affectlib.stages.code import code_digest
from affectlib.stages.experiment import Experiment
from affectlib.stages.methods import AUTOENCODERS
from affectlib.stages.side_by_side import side_by_side
from affectlib.stages.store import Kept

CYCLES_PER_TAKE = MappingProxyType({"quick": 4, "full": 6})
"""Cycles of a take that are released, evenly spread over it: neighbours are almost copies, by profile."""

GRADED, ADVERSARIAL = "graded affect", "adversarial code"
ON_CODES = ("affect code", "average person", "another person", GRADED)
"""Releases that need an autoencoder; those with an affect code of one size share it."""

NAIVE_ATTACKERS = ("logistic regression", "nearest neighbours")
"""Those who enrol with raw walks, not knowing that what they attack was changed: two suffice to show it."""

ENOUGH = 0.95
"""Part of the walks that quick attackers name in tuning from which on the CNN need not be asked, but for raw
series, where each attacker has to show what it can."""

GENDER_ATTACKERS = ("logistic regression", "RBF SVM", "MLP")

SWEEPS: Mapping[str, Mapping[str, tuple[Any, ...]]] = MappingProxyType(
    {
        "quick": {
            "raw": (None,),
            "affect code": (8,),
            GRADED: (1.0, 0.0),
            "posterior": (2,),
            "label": (None,),
        },
        "short": {
            "raw": (None,),
            "size-normalised": (None,),
            "average pose": (0.9,),
            "frequency equalised": (1,),
            "Gaussian noise": (0.1,),
            "PCA": (8, 4),
            "LEACE": (48,),
            ADVERSARIAL: (0.3, 3.0),
            "affect code": (8, 4, 2),
            GRADED: (1.0, 0.5, 0.25, 0.0),
            "average person": (4,),
            "posterior": (4, 1),
            "label": (None,),
        },
    }
)
"""Releases and values of their knobs, by how much is to be tried; ``whole`` is everything there is."""

TEXT = dict.fromkeys(("subject", "predicted", "truth", "settings", "attacker"), str)

FRAMES = ("labels", "closed", "naive", "fresh", "open", "roc", "linkage", "gender", "realism")
"""What is known of a release after all attacks on one fold; a frame may be empty."""


@dataclass(frozen=True, kw_only=True)
class Trial:
    """One release at one value of its knob on one fold.

    Parameters
    ----------
    release : str
        Name of the release.
    value : object
        Value of its knob.
    split : str
        ``"takes"`` or ``"subjects"``.
    fold : int
        Number of the fold.
    n_folds : int
        How many there are.
    seed : int
        Seed of folds, releases and attackers.
    """

    release: str
    value: Any
    split: str
    fold: int
    n_folds: int
    seed: int


def sweep(extent: str) -> Mapping[str, tuple[Any, ...]]:
    """Choose releases and values of their knobs.

    Parameters
    ----------
    extent : str
        ``"quick"``, ``"short"`` or ``"whole"``.

    Returns
    -------
    mapping of str to tuple
        Values by name of the release, from weakest to strongest protection.

    Raises
    ------
    ParameterError
        For any other extent.
    """
    every = {release.name: release.values for release in all_releases()}
    if extent not in (*SWEEPS, "whole"):
        raise ParameterError(
            "unknown extent of a sweep",
            where="parameter 'extent'",
            found=repr(extent),
            remedy=f"Choose from: {', '.join(SWEEPS)}, whole.",
        )
    return every if extent == "whole" else SWEEPS[extent]


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


def _walks(experiment: Experiment) -> Walks:
    return walks_of(experiment.cycles).at(released_cycles(experiment))


def attack_releases(
    experiment: Experiment,
    releases: Mapping[str, Sequence[Any]],
    *,
    splits: Sequence[str] = ("takes", "subjects"),
    n_folds: int = 2,
    folds: int = 1,
    seeds: int = 1,
    own: Iterable[Release] = (),
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
    folds : int
        How many of them are tried.
    seeds : int
        How often everything is repeated with other folds and other random weights.
    own : iterable of Release
        Releases of one's own, tried at all their values. A function's code cannot be told from its name, so
        these are computed each time.

    Returns
    -------
    dict of str to pandas.DataFrame
        One frame each of `FRAMES`, with the columns of `Trial` in front.
    """
    first = experiment.study.seed
    places = [
        Trial(release="", value=None, split=split, fold=fold, n_folds=n_folds, seed=first + number)
        for number in range(seeds)
        for split in splits
        for fold in range(min(folds, n_folds))
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
    for release in own:
        trials = [
            replace(place, release=release.name, value=value) for place in places for value in release.values
        ]
        parts += [_with_trial(_attacked(experiment, release, trial), trial) for trial in trials]
    return {name: _joined([part[name] for part in parts]) for name in FRAMES}


def attack(walks: Walks, release: Release, trial: Trial, *, trained: Trained) -> dict[str, pd.DataFrame]:
    """Fit a release to the training walks of a fold and let everybody at what it makes of all walks.

    Parameters
    ----------
    walks : Walks
        All walks.
    release : Release
        The release.
    trial : Trial
        At which value and on which fold.
    trained : Trained
        Where the classifier of raw series comes from.

    Returns
    -------
    dict of str to pandas.DataFrame
        Frames by the names of `FRAMES`.
    """
    fold = _fold(walks.rows(), trial)
    train, test = walks.at(fold.train), walks.at(fold.test)
    function = release.fit(train, trial.value, trial.seed)
    given, attacked = function(train.x), function(test.x)
    enough = np.inf if release.name == RAW else ENOUGH
    frames = {
        "labels": recognise(
            given,
            attacked,
            train,
            test,
            kind=release.kind,
            posterior=trained.fit_posterior(train, seed=trial.seed),
            groups=fold.inner_groups,
            seed=trial.seed,
        )
    }
    if trial.split == "takes":
        frames["closed"] = attack_closed(
            given,
            train.subject,
            train.recording_groups(),
            attacked,
            test.subject,
            test_groups=test.recording_groups(),
            enough=enough,
            seed=trial.seed,
        )
        if release.kind == "series" and release.name != RAW:
            frames["naive"] = attack_closed(
                train.x,
                train.subject,
                train.recording_groups(),
                attacked,
                test.subject,
                test_groups=test.recording_groups(),
                attackers=NAIVE_ATTACKERS,
                seed=trial.seed,
            )
    else:
        frames |= _on_new_people(train, given, test, attacked, enough=enough, seed=trial.seed)
    if release.kind == "series" and release.name != RAW:
        frames["realism"] = realism(attacked, test.x)
    return {name: frames.get(name, pd.DataFrame()) for name in FRAMES}


def _on_new_people(
    train: Walks, given: np.ndarray, test: Walks, attacked: np.ndarray, *, enough: float, seed: int
) -> dict[str, pd.DataFrame]:
    groups = test.recording_groups()
    gallery, probes = gallery_and_probes(test.subject, groups, seed=seed)
    errors, curves = attack_open(
        given,
        train.subject,
        train.recording_groups(),
        attacked,
        test.subject,
        test_groups=groups,
        test_label=test.label,
        seed=seed,
    )
    return {
        "open": errors,
        "roc": curves,
        # The honest closed set: enrolled with releases of walks that the release was not fitted to.
        "fresh": attack_closed(
            attacked[gallery],
            test.subject[gallery],
            groups[gallery],
            attacked[probes],
            test.subject[probes],
            test_groups=groups[probes],
            enough=enough,
            seed=seed,
        ),
        "linkage": attack_link(
            train.x,
            given,
            train.subject,
            test.x[gallery],
            test.subject[gallery],
            groups[gallery],
            attacked[probes],
            test.subject[probes],
            probe_groups=groups[probes],
            gallery_release=attacked[gallery],
            seed=seed,
        ),
        "gender": attack_attribute(
            given,
            train.gender,
            train.subject,
            attacked,
            test.gender,
            test.subject,
            attackers=GENDER_ATTACKERS,
            seed=seed,
        ),
    }


def _fold(rows: pd.DataFrame, trial: Trial) -> Fold:
    return make_folds(rows, split=trial.split, n_folds=trial.n_folds, seed=trial.seed)[trial.fold]


def _kept(experiment: Experiment, trial: Trial) -> dict[str, Any]:
    inputs = {
        "cycles": experiment.key,
        "cycles_per_take": CYCLES_PER_TAKE[experiment.study.profile],
        "autoencoder": asdict(AUTOENCODERS[experiment.study.profile]),
        **vars(trial),
    }
    return {"stage": "attacks", "inputs": inputs, "code": _code()}


@lru_cache(maxsize=1)
def _code() -> str:
    return code_digest(
        "affectlib.evaluation.releases", "affectlib.evaluation.attackers", "affectlib.evaluation.utility",
        also=__name__,
    )  # fmt: skip


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
    return attack(_walks(experiment), release, trial, trained=trained)


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
    return Trained(folder=folder, autoencoder=AUTOENCODERS[profile], inner=split)


def _read(experiment: Experiment, trial: Trial) -> dict[str, pd.DataFrame]:
    folder, frames = _keep(experiment, trial).folder, {}
    for name in FRAMES:
        path = folder / f"{name}.csv"
        frames[name] = (
            pd.read_csv(path, dtype=TEXT, keep_default_na=False, na_values=[""])
            if path.exists()
            else pd.DataFrame()
        )
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
