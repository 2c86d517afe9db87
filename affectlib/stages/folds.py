"""A study's cycles, the folds they are dealt to, and what names a result computed on one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from affectlib.errors import NotApplicableError, ParameterError
from affectlib.evaluation.copies import find_copies
from affectlib.evaluation.splits import Fold, Split, make_folds
from affectlib.gait.features import manual_features
from affectlib.parameters import read_value
from affectlib.stages.methods import AUTOENCODERS, CNNS
from affectlib.stages.store import Store
from affectlib.study import Study


@dataclass(frozen=True, kw_only=True)
class Folds:
    """A study's cycles, and the folds of each split.

    Parameters
    ----------
    study : Study
        The study.
    store : Store
        Where results are kept.
    cycles : xarray.Dataset
        Its gait cycles.
    key : str
        Hex digest of everything the cycles were made of.
    """

    study: Study
    store: Store
    cycles: xr.Dataset
    key: str

    @cached_property
    def labels(self) -> pd.DataFrame:
        """One row a cycle: ``subject label take recording gender``."""
        names = ["subject", "label", "take", "recording", "gender"]
        return pd.DataFrame({name: self.cycles[name].values.astype(str) for name in names})

    @cached_property
    def series(self) -> np.ndarray:
        """Positions in metres, shape (cycles, phases, 15, 3)."""
        return self.cycles["position"].values

    @cached_property
    def copies(self) -> np.ndarray:
        """For each cycle the first one that equals it byte for byte, shape (cycles,)."""
        return find_copies(self.series)

    @cached_property
    def manual(self) -> np.ndarray:
        """Manual features, shape (cycles, features)."""
        return manual_features(self.cycles).to_numpy()

    def folds(self, split: str) -> tuple[Fold, ...]:
        """Divide the cycles.

        Parameters
        ----------
        split : str
            ``"cycles"``, ``"takes"`` or ``"subjects"``.

        Returns
        -------
        tuple of Fold
            As many as the study has folds.
        """
        return make_folds(
            self.labels,
            split=split,
            n_folds=self.study.folds or 2,
            seed=self.study.seed,
            copies=self.copies,
        )

    def possible(self, splits: Sequence[str] | str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Find which ways to divide the cycles this library allows.

        Parameters
        ----------
        splits : sequence of str
            Splits that are wanted, each counted once; or their text, as on the command line.

        Returns
        -------
        tuple of (tuple of str, tuple of str)
            The splits that can be made, and why the others cannot.

        Raises
        ------
        ParameterError
            For an unknown split, or no split at all.
        NotApplicableError
            Where none can be made.
        """
        wanted = dict.fromkeys(read_value("splits", splits, tuple[Split, ...]))
        made, objections = [], []
        for split in wanted:
            try:
                self.folds(split)
                made.append(split)
            except ParameterError as error:
                objections.append(f"{split}: {error}")
        if not made:
            raise NotApplicableError("no way to divide the cycles into folds", found="; ".join(objections))
        return tuple(made), tuple(objections)

    def first_fold(self, split: str) -> Fold:
        """Divide the cycles, and take the first fold.

        Parameters
        ----------
        split : str
            Which split.

        Returns
        -------
        Fold
            The fold.

        Raises
        ------
        ParameterError
            For an unknown split.
        NotApplicableError
            Where the library does not allow this split.
        """
        read_value("split", split, Split)
        try:
            return self.folds(split)[0]
        except ParameterError as error:
            raise NotApplicableError(f"no way to divide the cycles by {split}", found=str(error)) from error

    def inputs(self, fold: Fold) -> dict[str, Any]:
        """Name what everything computed on a fold depends on.

        Parameters
        ----------
        fold : Fold
            The fold.

        Returns
        -------
        dict of str to object
            For `Store.keep`.
        """
        return {
            "cycles": self.key,
            "split": fold.split,
            "fold": fold.number,
            "folds": self.study.folds,
            "seed": self.study.seed,
            "autoencoder": asdict(AUTOENCODERS[self.study.profile]),
            "cnn": asdict(CNNS[self.study.profile]),
        }
