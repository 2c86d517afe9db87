"""A study's gait cycles and the folds they are divided into: what every model of an experiment works on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from types import MappingProxyType
from typing import Any, TypeVar

import numpy as np
import pandas as pd
import xarray as xr

from affectlib.errors import NotApplicableError, ParameterError
from affectlib.evaluation.copies import find_copies
from affectlib.evaluation.splits import Fold, Split, make_folds
from affectlib.gait.features import manual_features
from affectlib.models.cnn import CnnSettings
from affectlib.models.machine import find_device
from affectlib.models.scaling import with_timing
from affectlib.models.schedule import Schedule
from affectlib.models.seeds import another_seed
from affectlib.models.stgcn_network import StgcnSettings
from affectlib.models.training import AutoencoderSettings
from affectlib.parameters import read_value
from affectlib.stages.gait import cycles, cycles_key
from affectlib.stages.store import Store, open_store
from affectlib.study import Study

Settings = TypeVar("Settings", AutoencoderSettings, CnnSettings, StgcnSettings)

AUTOENCODERS: Mapping[str, AutoencoderSettings] = MappingProxyType(
    {
        "quick": AutoencoderSettings(
            schedule=Schedule(n_steps=60, n_passes=1, batch_size=32, learning_rate=4e-3)
        ),
        "full": AutoencoderSettings(),
    }
)
"""Settings of the autoencoder by profile; far fewer steps show that everything works."""

CNNS: Mapping[str, CnnSettings] = MappingProxyType(
    {"quick": CnnSettings(schedule=Schedule(n_steps=120, batch_size=64)), "full": CnnSettings()}
)
"""Settings of CNN-xyz by profile."""


@dataclass(frozen=True, kw_only=True)
class Experiment:
    """A study's gait cycles and the folds of each split.

    Parameters
    ----------
    study : Study
        The study.
    store : Store
        Store of the results.
    cycles : xarray.Dataset
        Gait cycles of the study's library.
    key : str
        Hex digest of everything that the cycles depend on.
    """

    study: Study
    store: Store
    cycles: xr.Dataset
    key: str

    @property
    def autoencoder_settings(self) -> AutoencoderSettings:
        """Settings of the autoencoder in the study's profile."""
        return autoencoder_settings(self.study)

    @property
    def cnn_settings(self) -> CnnSettings:
        """Settings of CNN-xyz in the study's profile."""
        return on_device(CNNS[self.study.profile], self.study)

    @cached_property
    def labels(self) -> pd.DataFrame:
        """One row per cycle: ``subject label take recording gender``."""
        names = ["subject", "label", "take", "recording", "gender"]
        return pd.DataFrame({name: self.cycles[name].values.astype(str) for name in names})

    @cached_property
    def series(self) -> np.ndarray:
        """Positions in metres, shape (cycles, phases, 15, 3)."""
        return self.cycles["position"].values

    @cached_property
    def model_input(self) -> np.ndarray:
        """Series that models learn from, in metres, shape (cycles, phases, 15, 3).

        With the study's ``timing`` the shape is (cycles, phases, 47): 45 joint axes, the cycle time in s and
        the walking speed in m/s.
        """
        if not self.study.timing:
            return self.series
        timing = self.manual_table[["cycle_time_s", "walking_speed_m_s"]]
        return with_timing(self.series, timing.to_numpy())

    @cached_property
    def copies(self) -> np.ndarray:
        """For each cycle the index of the first one that equals it byte for byte, shape (cycles,)."""
        return find_copies(self.series)

    @cached_property
    def manual_table(self) -> pd.DataFrame:
        """Manual features by name, one row per cycle."""
        return manual_features(self.cycles)

    @property
    def manual(self) -> np.ndarray:
        """Manual features, shape (cycles, features)."""
        return self.manual_table.to_numpy()

    def folds(self, split: str, *, repeat: int = 0) -> tuple[Fold, ...]:
        """Split the cycles into folds.

        Parameters
        ----------
        split : str
            ``"cycles"``, ``"takes"`` or ``"subjects"``.
        repeat : int
            0 for the folds of the study's seed; 1, 2, ... for repetitions with other folds and weights.
        """
        return make_folds(
            self.labels,
            split=split,
            n_folds=self.study.folds or 2,
            seed=another_seed(self.study.seed, repeat),
            copies=self.copies,
        )

    def possible(self, splits: Sequence[str] | str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the splits that the library allows, and one line for each that it does not.

        Parameters
        ----------
        splits : sequence of str
            Requested splits, or their text as on the command line; duplicates count once.

        Raises
        ------
        ParameterError
            For an unknown split, or no split at all.
        NotApplicableError
            If the library allows none of the splits.
        """
        requested = dict.fromkeys(read_value("splits", splits, tuple[Split, ...]))
        possible, objections = [], []
        for split in requested:
            try:
                self.folds(split)
                possible.append(split)
            except ParameterError as error:
                objections.append(f"{split}: {error}")
        if not possible:
            raise NotApplicableError("no way to divide the cycles into folds", found="; ".join(objections))
        return tuple(possible), tuple(objections)

    def first_fold(self, split: str) -> Fold:
        """Return the first fold of a split.

        Raises
        ------
        ParameterError
            For an unknown split.
        NotApplicableError
            If the library does not allow the split.
        """
        read_value("split", split, Split)
        try:
            return self.folds(split)[0]
        except ParameterError as error:
            raise NotApplicableError(f"no way to divide the cycles by {split}", found=str(error)) from error

    def inputs(self, fold: Fold) -> dict[str, Any]:
        """Return everything that results on a fold depend on, as `Store.keep` takes it."""
        return {
            "cycles": self.key,
            "split": fold.split,
            "fold": fold.number,
            "folds": self.study.folds,
            "seed": fold.seed,
            "timing": self.study.timing,
            "autoencoder": asdict(self.autoencoder_settings),
            "cnn": asdict(self.cnn_settings),
        }


def autoencoder_settings(study: Study) -> AutoencoderSettings:
    """Return the settings of the autoencoder in a study's profile, on its device."""
    return on_device(AUTOENCODERS[study.profile], study)


def on_device(settings: Settings, study: Study) -> Settings:
    """Return settings of a network whose schedule names the study's device."""
    return replace(settings, schedule=replace(settings.schedule, device=find_device(study.device)))


def open_experiment(study: Study, *, store: Store | None = None) -> Experiment:
    """Return the experiment of a study; computes its cycles if the store does not have them.

    Raises
    ------
    NotApplicableError
        If the library has a single label or a single subject.
    """
    store = store or open_store()
    dataset = cycles(study, store=store)
    for coordinate in ("label", "subject"):
        present = sorted(set(dataset[coordinate].values))
        if len(present) < 2:
            raise NotApplicableError(
                f"this question needs at least two {coordinate}s",
                file=study.library_folder,
                found=", ".join(present),
                remedy="Add recordings; notebooks 00 to 02 work without.",
            )
    return Experiment(study=study, store=store, cycles=dataset, key=cycles_key(study, store=store))
