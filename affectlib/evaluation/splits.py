"""Splits by cycles, takes or subjects.

What is disjoint in training and test decides what a score means. Splitting cycles, as the paper does, puts
cycles of one take on both sides: the model has seen this person walk this way a second earlier. Splitting
takes tests other takes of known subjects, splitting subjects tests new ones.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np
import pandas as pd

from affectlib.errors import ParameterError
from affectlib.evaluation.copies import join_copied

Split = Literal["cycles", "takes", "subjects"]
"""What is disjoint in training and test."""

CELL = ["subject", "label"]
TAKE = ["subject", "label", "take"]


@dataclass(frozen=True, kw_only=True)
class Fold:
    """Training and test cycles of one fold.

    Parameters
    ----------
    split : str
        ``"cycles"``, ``"takes"`` or ``"subjects"``.
    number : int
        Number of the fold, from 0.
    train : numpy.ndarray
        Ascending indices of the training cycles, shape (n_train,).
    test : numpy.ndarray
        Ascending indices of the test cycles, shape (n_test,).
    inner_groups : numpy.ndarray or None
        Groups of training cycles that inner splits (hyper-parameters, early stopping) have to keep whole,
        as integers, shape (n_train,): takes or subjects as in the outer split. None for the split by
        cycles, unless some are copies of each other.
    seed : int
        Random seed that the cycles were divided by, and of what is trained on the fold.
    """

    split: str
    number: int
    train: np.ndarray
    test: np.ndarray
    inner_groups: np.ndarray | None
    seed: int = 0


def make_folds(
    labels: pd.DataFrame, *, split: str, n_folds: int = 5, seed: int = 0, copies: np.ndarray | None = None
) -> tuple[Fold, ...]:
    """Split cycles into folds.

    ``cycles``
        The paper's stratified K-fold: every cycle is tested once. The cycles of each (subject, label)
        pair, of each label, and all cycles are distributed evenly, to within one.
    ``takes``
        All cycles of a take are on one side. The takes of a (subject, label) pair are in different folds,
        so that another take of every tested pair is in the training data, and two takes per pair suffice
        for any number of folds: in contrast to ``cycles`` only that take is new, not the amount of
        training data. Takes of each label, and all takes, are distributed evenly, to within one. The
        cycles of a pair with a single take are always training cycles.
    ``subjects``
        All cycles of a subject are on one side, and every cycle is tested once. Subjects are distributed
        evenly, to within one, and their cycles as evenly as that allows. A label of a single subject is
        missing in the training data when that subject is tested.

    Copies stay on one side of every split: equal cycles count as one, and so do takes with equal cycles
    and subjects with equal takes. A take whose copy has another subject or label is tested only if every
    pair concerned keeps a take for training. Near copies are not found (`affectlib.evaluation.copies`).

    Parameters
    ----------
    labels : pandas.DataFrame
        One row per cycle with the columns ``subject label take``.
    split : str
        ``"cycles"``, ``"takes"`` or ``"subjects"``.
    n_folds : int
        Number of folds, at least 2. More folds have more training data and take longer.
    copies : numpy.ndarray, optional
        For each cycle the first that equals it (`affectlib.evaluation.copies.find_copies`), shape
        (cycles,); by default no cycles are equal.

    Raises
    ------
    ParameterError
        For an unknown split, or a library that does not allow it: too few cycles or subjects, or no
        pair with two takes.
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
    rng = np.random.default_rng(seed)
    rows = labels.reset_index(drop=True)
    copies = np.arange(len(rows)) if copies is None else np.asarray(copies)
    fold_of = SPLITS[split](rows, copies, n_folds, rng)
    groups = _inner_groups(rows, copies, split)
    return tuple(
        Fold(
            split=split,
            number=number,
            train=np.flatnonzero(fold_of != number),
            test=np.flatnonzero(fold_of == number),
            inner_groups=None if groups is None else groups[fold_of != number],
            seed=seed,
        )
        for number in range(n_folds)
    )


def permute_among_takes(labels: pd.DataFrame, *, seed: int) -> np.ndarray:
    """Return labels that were permuted among takes, one label a take as before, shape (cycles,).

    Parameters
    ----------
    labels : pandas.DataFrame
        One row per cycle with the columns ``subject label take``.
    """
    take = labels.groupby(TAKE, sort=True).ngroup().to_numpy()
    _, first = np.unique(take, return_index=True)
    return np.random.default_rng([seed, 7]).permutation(labels["label"].to_numpy()[first])[take]


def _deal_cycles(
    rows: pd.DataFrame, copies: np.ndarray, n_folds: int, rng: np.random.Generator
) -> np.ndarray:
    distinct, copy_of = np.unique(copies, return_inverse=True)
    if len(distinct) < n_folds:
        raise ParameterError(
            f"{n_folds} folds need at least as many cycles",
            where="parameter 'n_folds'",
            found=f"{len(distinct)} cycles",
            remedy="Use fewer folds or more recordings.",
        )
    return _deal(rows.iloc[distinct], n_folds, rng)[copy_of]


def _deal_takes(rows: pd.DataFrame, copies: np.ndarray, n_folds: int, rng: np.random.Generator) -> np.ndarray:
    group = pd.Series(join_copied(rows.groupby(TAKE).ngroup().to_numpy(), copies), name="group")
    takes = rows[TAKE].assign(group=group).drop_duplicates().reset_index(drop=True)
    # Copies count as one take: a pair needs another one.
    has_other = takes.groupby(CELL)["group"].transform("nunique") > 1
    repeated = takes[has_other.groupby(takes["group"]).transform("all")]
    tested = repeated.drop_duplicates("group").reset_index(drop=True)
    if len(tested) < n_folds:
        raise ParameterError(
            f"{n_folds} take-disjoint folds need at least {n_folds} takes of (subject, label) pairs that "
            "were recorded more than once",
            where="parameter 'split'",
            found=f"{len(tested)} such takes among {takes['group'].nunique()} takes",
            remedy="Record subjects at least twice for each label, or use another split.",
        )
    fold_of = dict(zip(tested["group"], _deal(tested, n_folds, rng), strict=True))
    takes["fold"] = takes["group"].map(fold_of).fillna(-1).astype(int)
    # A take in two pairs is distributed as one of the first; the other pair may have no training take left.
    # -1 is the number of no fold: such takes are never tested.
    alone = takes.groupby(CELL)["fold"].transform("nunique").eq(1) & takes["fold"].ge(0)
    never = set(takes.loc[alone, "group"])
    return np.where(group.isin(never), -1, group.map(fold_of).fillna(-1)).astype(int)


def _deal_subjects(
    rows: pd.DataFrame, copies: np.ndarray, n_folds: int, rng: np.random.Generator
) -> np.ndarray:
    unit = _subject_groups(rows, copies)
    sizes = unit.value_counts().sort_index()
    if len(sizes) < n_folds:
        raise ParameterError(
            f"{n_folds} subject-disjoint folds need at least as many subjects",
            where="parameter 'n_folds'",
            found=f"{len(sizes)} subjects",
            remedy="Use fewer folds, more subjects or another split.",
        )
    # Subjects with similar numbers of cycles go to different folds: even, and still random.
    by_size = sizes.iloc[rng.permutation(len(sizes))].sort_values(ascending=False, kind="stable").index
    rounds = [rng.permutation(n_folds) for _ in range(-(-len(by_size) // n_folds))]
    fold_of = dict(zip(by_size, np.concatenate(rounds), strict=False))
    return unit.map(fold_of).to_numpy(dtype=int)


def _subject_groups(rows: pd.DataFrame, copies: np.ndarray) -> pd.Series:
    """Return the number of each cycle's subject, by name; subjects with equal cycles are one."""
    return pd.Series(join_copied(rows["subject"].to_numpy(dtype=str), copies))


SPLITS: MappingProxyType[str, Callable[[pd.DataFrame, np.ndarray, int, np.random.Generator], np.ndarray]] = (
    MappingProxyType({"cycles": _deal_cycles, "takes": _deal_takes, "subjects": _deal_subjects})
)
"""From cycles to the fold in which each is tested, by split."""


def _deal(rows: pd.DataFrame, n_folds: int, rng: np.random.Generator) -> np.ndarray:
    """Assign rows to folds in turn, sorted by label and pair and shuffled within a pair.

    Whatever is contiguous in this order (a pair, a label, everything) is distributed evenly, to within one.
    """
    subjects, subject = np.unique(rows["subject"], return_inverse=True)
    _, label = np.unique(rows["label"], return_inverse=True)
    order = np.lexsort([rng.permutation(len(rows)), rng.permutation(len(subjects))[subject], label])
    fold_of = np.empty(len(rows), dtype=int)
    fold_of[order] = (np.arange(len(rows)) + rng.integers(n_folds)) % n_folds
    return fold_of


def _inner_groups(rows: pd.DataFrame, copies: np.ndarray, split: str) -> np.ndarray | None:
    if split == "takes":
        return join_copied(rows.groupby(TAKE).ngroup().to_numpy(), copies)
    if split == "subjects":
        return _subject_groups(rows, copies).to_numpy()
    return None if np.array_equal(copies, np.arange(len(rows))) else copies
