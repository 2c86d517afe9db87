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
from affectlib.evaluation.copies import join_copied

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
        its subject as in the outer split; None where cycles are split freely, which they are unless some
        are copies of each other.
    """

    split: str
    number: int
    train: np.ndarray
    test: np.ndarray
    inner_groups: np.ndarray | None


def make_folds(
    labels: pd.DataFrame, *, split: str, n_folds: int = 5, seed: int = 0, copies: np.ndarray | None = None
) -> tuple[Fold, ...]:
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

    Copies stay on one side of every split: equal cycles count as one, so do takes with equal cycles, and
    so do people with equal takes. A take whose copy stands under another subject or label is tested only
    where every pair concerned keeps a take to train on. Without copies the folds are the same as if they
    were not asked for. Near copies are not found (see `affectlib.evaluation.copies`).

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
    copies : numpy.ndarray, optional
        For each cycle the first one that equals it (`affectlib.evaluation.copies.find_copies`), shape
        (cycles,); by default no cycle equals another.

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
    copies = np.arange(len(rows)) if copies is None else np.asarray(copies)
    fold_of = SPLITS[split](rows, copies, n_folds, random)
    groups = _inner_groups(rows, copies, split)
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


def _deal_cycles(
    rows: pd.DataFrame, copies: np.ndarray, n_folds: int, random: np.random.Generator
) -> np.ndarray:
    distinct, copy_of = np.unique(copies, return_inverse=True)
    if len(distinct) < n_folds:
        raise ParameterError(
            f"{n_folds} folds need at least as many cycles",
            where="parameter 'n_folds'",
            found=f"{len(distinct)} cycles",
            remedy="Ask for fewer folds, or give more recordings.",
        )
    return _deal(rows.iloc[distinct], n_folds, random)[copy_of]


def _deal_takes(
    rows: pd.DataFrame, copies: np.ndarray, n_folds: int, random: np.random.Generator
) -> np.ndarray:
    group = pd.Series(join_copied(rows.groupby(TAKE).ngroup().to_numpy(), copies), name="group")
    takes = rows[TAKE].assign(group=group).drop_duplicates().reset_index(drop=True)
    # Copies are one take: a pair needs another one besides.
    again = takes.groupby(CELL)["group"].transform("nunique") > 1
    repeated = takes[again.groupby(takes["group"]).transform("all")]
    dealt = repeated.drop_duplicates("group").reset_index(drop=True)
    if len(dealt) < n_folds:
        raise ParameterError(
            f"{n_folds} take-disjoint folds need at least {n_folds} takes of (subject, label) pairs that "
            "were recorded more than once",
            where="parameter 'split'",
            found=f"{len(dealt)} such takes among {takes['group'].nunique()} takes",
            remedy="Record people at least twice for each label, or take another split.",
        )
    # Never tested: a number that no fold has.
    fold_of = dict(zip(dealt["group"], _deal(dealt, n_folds, random), strict=True))
    takes["fold"] = takes["group"].map(fold_of).fillna(-1).astype(int)
    # A take that stands under two pairs is dealt as one of the first; the other one may be left with
    # nothing to train on.
    alone = takes.groupby(CELL)["fold"].transform("nunique").eq(1) & takes["fold"].ge(0)
    never = set(takes.loc[alone, "group"])
    return np.where(group.isin(never), -1, group.map(fold_of).fillna(-1)).astype(int)


def _deal_subjects(
    rows: pd.DataFrame, copies: np.ndarray, n_folds: int, random: np.random.Generator
) -> np.ndarray:
    unit = _people(rows, copies)
    sizes = unit.value_counts().sort_index()
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
    return unit.map(fold_of).to_numpy(dtype=int)


def _people(rows: pd.DataFrame, copies: np.ndarray) -> pd.Series:
    """Return the number of each cycle's subject, in the order of names; those with equal cycles are one."""
    return pd.Series(join_copied(rows["subject"].to_numpy(dtype=str), copies))


SPLITS: MappingProxyType[str, Callable[[pd.DataFrame, np.ndarray, int, np.random.Generator], np.ndarray]] = (
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


def _inner_groups(rows: pd.DataFrame, copies: np.ndarray, split: str) -> np.ndarray | None:
    if split == "takes":
        return join_copied(rows.groupby(TAKE).ngroup().to_numpy(), copies)
    if split == "subjects":
        return _people(rows, copies).to_numpy()
    return None if np.array_equal(copies, np.arange(len(rows))) else copies
