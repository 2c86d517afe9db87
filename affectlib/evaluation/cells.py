"""Folds that hold out cells, (subject, label) pairs: the transfers that a training has never seen.

In the splits by cycles and takes, the training data hold every cell, so that a decoder could have learnt each
subject's motion in each affect. Here every subject keeps all labels but one and every label most subjects.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from affectlib.errors import ParameterError
from affectlib.evaluation.copies import join_copied
from affectlib.evaluation.splits import TAKE, Fold

CELLS = "cells"
"""Name of this split in `Fold.split`."""

LEAST_PERIOD = 4
"""Least folds in which every cell is held out once. With fewer labels than that, some subjects keep all of
them: two subjects with one label each would leave nothing to exchange."""


def make_cell_folds(
    labels: pd.DataFrame, *, n_folds: int, seed: int = 0, copies: np.ndarray | None = None
) -> tuple[Fold, ...]:
    """Split off one label of each subject, another one in every fold.

    Subjects are dealt at random to as many groups as there are labels, `LEAST_PERIOD` at least; a fold holds
    out the label of each group, and the next fold the next one. Over as many folds as groups every cell is
    held out once. A cell stays in training where its subject has no other label there, or its label no other
    subject.

    Parameters
    ----------
    labels : pandas.DataFrame
        One row per cycle with the columns ``subject label take``.
    n_folds : int
        Number of folds, at most that of groups.
    copies : numpy.ndarray, optional
        For each cycle the first that equals it, shape (cycles,). Copies of held-out cycles are in neither
        part.

    Raises
    ------
    ParameterError
        If no cell can be held out.
    """
    subjects, row = np.unique(labels["subject"].to_numpy(dtype=str), return_inverse=True)
    names, column = np.unique(labels["label"].to_numpy(dtype=str), return_inverse=True)
    copies = np.arange(len(labels)) if copies is None else np.asarray(copies)
    takes = join_copied(labels.groupby(TAKE).ngroup().to_numpy(), copies)
    recorded = np.zeros((len(subjects), len(names)), dtype=bool)
    recorded[row, column] = True
    period = max(len(names), LEAST_PERIOD)
    group = np.random.default_rng([seed, 5]).permutation(len(subjects)) % period
    folds = []
    for number in range(min(n_folds, period)):
        held_out = recorded & ((group[:, None] + number) % period == np.arange(len(names)))
        training = recorded & ~held_out
        held_out &= training.any(axis=1, keepdims=True) & training.any(axis=0, keepdims=True)
        test = held_out[row, column]
        train = np.flatnonzero(~test & ~np.isin(copies, copies[test]))
        if test.any():
            folds.append(
                Fold(
                    split=CELLS,
                    number=number,
                    train=train,
                    test=np.flatnonzero(test),
                    inner_groups=takes[train],
                    seed=seed,
                )
            )
    if not folds:
        raise ParameterError(
            "no cell can be held out",
            found=f"{len(subjects)} subject(s) and {len(names)} label(s)",
            remedy="A transfer needs two subjects and two labels of which three combinations were recorded.",
        )
    return tuple(folds)
