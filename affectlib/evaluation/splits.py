"""Splits named for their claim: new cycles, new takes, or new people.

What is told apart in training and test decides what a score means. Splitting cycles, as the paper
does, puts cycles of one take on both sides: the model has seen this person walk this way a second
earlier. Splitting takes asks for another walk of a known person, splitting subjects for somebody new.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np
import pandas as pd

from affectlib.errors import ParameterError

Split = Literal["cycles", "takes", "subjects"]
"""What a split keeps apart."""

CELL = ["subject", "label"]
TAKE = ["subject", "label", "take"]


@dataclass(frozen=True, kw_only=True)
class Fold:
    """One division of cycles into training and test.

    Parameters
    ----------
    split : str
        ``"cycles"``, ``"takes"`` or ``"subjects"``.
    number : int
        Of the fold, from 0.
    train : numpy.ndarray
        Positions of training cycles in ascending order, shape (n_train,).
    test : numpy.ndarray
        Positions of test cycles in ascending order, shape (n_test,).
    inner_groups : numpy.ndarray or None
        For each training cycle an integer that names what must stay together when the training
        cycles are split once more (hyper-parameters, early stopping), shape (n_train,): its take or
        its subject as in the outer split; None where cycles are split freely.
    """

    split: str
    number: int
    train: np.ndarray
    test: np.ndarray
    inner_groups: np.ndarray | None


def make_folds(labels: pd.DataFrame, *, split: str, n_folds: int = 5, seed: int = 0) -> tuple[Fold, ...]:
    """Divide cycles into folds.

    ``cycles``
        The paper's stratified K-fold: every cycle is tested once; the cycles of each (subject,
        label) pair, of each label, and all cycles are dealt evenly, to within one.
    ``takes``
        A take, with all its pieces, is either trained on or tested. The takes of one (subject,
        label) pair are dealt to different folds, so that of every tested pair another take is in
        the training data, and two takes a pair suffice for any number of folds: what changes against
        ``cycles`` is only whether the same walk was seen, not how much is trained on. Takes of each
        label, and all takes, are dealt evenly, to within one. A pair with a single take cannot be
        asked this question; its cycles are always trained on and never tested.
    ``subjects``
        A person is either trained on or tested. Every cycle is tested once; people are dealt evenly,
        to within one, and their cycles as evenly as that allows. A label that only one person shows
        is unknown to training when that person is tested.

    Parameters
    ----------
    labels : pandas.DataFrame
        One row a cycle with the columns ``subject label take``; ``recording`` and others are not
        needed, since pieces of a take share its name.
    split : str
        Which claim: ``"cycles"``, ``"takes"`` or ``"subjects"``.
    n_folds : int
        How many folds, at least 2. More folds train on more and take longer.
    seed : int
        Seed of the dealing.

    Returns
    -------
    tuple of Fold
        The folds; equal arguments give equal folds.

    Raises
    ------
    ParameterError
        For an unknown split, or a library on which the split cannot be made: too few cycles or
        people, or no pair with two takes.
    """
    if split not in SPLITS:
        raise ParameterError(
            "unknown split",
            where="parameter 'split'",
            found=repr(split),
            remedy=f"Choose from: {', '.join(SPLITS)}.",
        )
    if n_folds < 2:
        raise ParameterError("at least two folds are needed", where="parameter 'n_folds'", found=str(n_folds))
    random = np.random.default_rng(seed)
    rows = labels.reset_index(drop=True)
    fold_of = SPLITS[split](rows, n_folds, random)
    groups = _inner_groups(rows, split)
    return tuple(
        Fold(
            split=split,
            number=number,
            train=np.flatnonzero(fold_of != number),
            test=np.flatnonzero(fold_of == number),
            inner_groups=None if groups is None else groups[fold_of != number],
        )
        for number in range(n_folds)
    )


def _deal_cycles(rows: pd.DataFrame, n_folds: int, random: np.random.Generator) -> np.ndarray:
    if len(rows) < n_folds:
        raise ParameterError(
            f"{n_folds} folds need at least as many cycles",
            where="parameter 'n_folds'",
            found=f"{len(rows)} cycles",
            remedy="Ask for fewer folds, or give more recordings.",
        )
    return _deal(rows, n_folds, random)


def _deal_takes(rows: pd.DataFrame, n_folds: int, random: np.random.Generator) -> np.ndarray:
    takes = rows[TAKE].drop_duplicates().reset_index(drop=True)
    repeated = takes[takes.groupby(CELL)["take"].transform("size") > 1].reset_index(drop=True)
    if len(repeated) < n_folds:
        raise ParameterError(
            f"{n_folds} take-disjoint folds need at least {n_folds} takes of (subject, label) pairs that "
            "were recorded more than once",
            where="parameter 'split'",
            found=f"{len(repeated)} such takes among {len(takes)} takes",
            remedy="Record people at least twice for each label, or take another split.",
        )
    dealt = repeated.assign(fold=_deal(repeated, n_folds, random))
    # Never tested: a number that no fold has.
    return rows[TAKE].merge(dealt, on=TAKE, how="left")["fold"].fillna(-1).to_numpy(dtype=int)


def _deal_subjects(rows: pd.DataFrame, n_folds: int, random: np.random.Generator) -> np.ndarray:
    sizes = rows["subject"].value_counts().sort_index()
    if len(sizes) < n_folds:
        raise ParameterError(
            f"{n_folds} subject-disjoint folds need at least as many people",
            where="parameter 'n_folds'",
            found=f"{len(sizes)} people",
            remedy="Ask for fewer folds, give more people, or take another split.",
        )
    # People of like numbers of cycles are dealt together, one to each fold: even, and still drawn.
    by_size = sizes.iloc[random.permutation(len(sizes))].sort_values(ascending=False, kind="stable").index
    rounds = [random.permutation(n_folds) for _ in range(-(-len(by_size) // n_folds))]
    fold_of = dict(zip(by_size, np.concatenate(rounds), strict=False))
    return rows["subject"].map(fold_of).to_numpy(dtype=int)


SPLITS: MappingProxyType[str, Callable[[pd.DataFrame, int, np.random.Generator], np.ndarray]] = (
    MappingProxyType({"cycles": _deal_cycles, "takes": _deal_takes, "subjects": _deal_subjects})
)
"""How each split deals its units to folds: from rows to the fold in which each row is tested."""


def _deal(rows: pd.DataFrame, n_folds: int, random: np.random.Generator) -> np.ndarray:
    """Deal rows like cards: sorted by label and pair, shuffled within a pair, one fold after another.

    Neighbours in a row of cards go to different folds, so whatever is contiguous (a pair, a label,
    everything) is dealt to within one.
    """
    subjects, subject = np.unique(rows["subject"], return_inverse=True)
    _, label = np.unique(rows["label"], return_inverse=True)
    order = np.lexsort([random.permutation(len(rows)), random.permutation(len(subjects))[subject], label])
    fold_of = np.empty(len(rows), dtype=int)
    fold_of[order] = (np.arange(len(rows)) + random.integers(n_folds)) % n_folds
    return fold_of


def _inner_groups(rows: pd.DataFrame, split: str) -> np.ndarray | None:
    units = {"takes": TAKE, "subjects": ["subject"]}.get(split)
    return None if units is None else rows.groupby(units, sort=True).ngroup().to_numpy()
