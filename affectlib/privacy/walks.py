"""Gait cycles with their labels as plain arrays: inputs of releases, and of attackers on them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr

from affectlib.errors import ParameterError
from affectlib.evaluation.copies import find_copies, join_take_names
from affectlib.skeleton import AXES, JOINTS

LABELS = ("subject", "label", "take", "gender")


@dataclass(frozen=True, kw_only=True)
class Walks:
    """Gait cycles and their labels.

    Parameters
    ----------
    x : numpy.ndarray
        Positions in metres, float32, shape (cycles, phases, 15, 3).
    subject, label : numpy.ndarray
        Text, shape (cycles,).
    take : numpy.ndarray
        Text, shape (cycles,); unique only within a subject's label, see `recording_groups`.
    gender : numpy.ndarray
        Text, empty where it is unknown, shape (cycles,).

    Raises
    ------
    ParameterError
        If the positions have another shape, or the arrays are not equally long.
    """

    x: np.ndarray
    subject: np.ndarray
    label: np.ndarray
    take: np.ndarray
    gender: np.ndarray

    def __post_init__(self) -> None:
        object.__setattr__(self, "x", np.asarray(self.x, dtype=np.float32))
        if self.x.ndim != 4 or self.x.shape[2:] != (len(JOINTS), len(AXES)):
            raise ParameterError(
                "not the positions of cycles",
                where="field 'x'",
                found=f"shape {self.x.shape}",
                remedy=f"Pass an array of shape (cycles, phases, {len(JOINTS)}, {len(AXES)}).",
            )
        _check_labels(self)

    def __len__(self) -> int:
        return len(self.x)

    def at(self, index: np.ndarray | slice) -> Walks:
        """Return the cycles at positions, in a mask or in a slice."""
        return Walks(x=self.x[index], **{name: getattr(self, name)[index] for name in LABELS})

    def recording_groups(self) -> np.ndarray:
        """Return names of takes that are unique in the library, text, shape (cycles,).

        A name does not depend on which cycles were selected.
        """
        # This separator occurs in no name of a file or folder.
        names = zip(self.subject, self.label, self.take, strict=True)
        return np.array(["\x1f".join(parts) for parts in names], dtype=str)

    def rows(self) -> pd.DataFrame:
        """Return one row a cycle: ``subject label take gender``."""
        return pd.DataFrame({name: getattr(self, name) for name in LABELS})

    def released(self, x: np.ndarray) -> Released:
        """Return what is released of these cycles, with their labels.

        Parameters
        ----------
        x : numpy.ndarray
            Released values, shape (cycles, ...).
        """
        labels = {"subject": self.subject, "label": self.label, "gender": self.gender}
        return Released(x=x, take=self.recording_groups(), **labels)


@dataclass(frozen=True, kw_only=True)
class Released:
    """Released cycles with their true labels, to enrol subjects with or to attack.

    Parameters
    ----------
    x : numpy.ndarray
        Released values, shape (cycles, ...).
    subject, label : numpy.ndarray
        Text, shape (cycles,).
    take : numpy.ndarray
        Takes with unique names, see `Walks.recording_groups`, shape (cycles,).
    gender : numpy.ndarray
        Text, empty where it is unknown, shape (cycles,).

    Raises
    ------
    ParameterError
        If the arrays are not equally long.
    """

    x: np.ndarray
    subject: np.ndarray
    label: np.ndarray
    take: np.ndarray
    gender: np.ndarray

    def __post_init__(self) -> None:
        object.__setattr__(self, "x", np.asarray(self.x))
        _check_labels(self)

    def __len__(self) -> int:
        return len(self.x)

    def at(self, index: np.ndarray | slice) -> Released:
        """Return the cycles at positions, in a mask or in a slice."""
        return Released(x=self.x[index], **{name: getattr(self, name)[index] for name in LABELS})


def _check_labels(cycles: Walks | Released) -> None:
    for name in LABELS:
        values = np.asarray(getattr(cycles, name), dtype=str)
        object.__setattr__(cycles, name, values)
        if values.shape != (len(cycles),):
            raise ParameterError(
                f"{len(cycles)} cycles need as many values",
                where=f"field '{name}'",
                found=f"shape {values.shape}",
            )


def evenly_spaced(take: np.ndarray, *, most: int) -> np.ndarray:
    """Return the positions of at most `most` evenly spaced cycles of each take, ascending, shape (chosen,).

    Parameters
    ----------
    take : numpy.ndarray
        Takes with unique names, shape (cycles,).
    """
    chosen = []
    for _, rows in pd.Series(np.arange(len(take))).groupby(take, sort=False):
        n_chosen = min(most, len(rows))
        chosen.append(rows.to_numpy()[np.arange(n_chosen) * len(rows) // n_chosen])
    return np.sort(np.concatenate(chosen))


def walks_of(cycles: xr.Dataset) -> Walks:
    """Return the cycles of a `Cycles` dataset (`affectlib.gait.make_cycles`) in the same order.

    Takes of one subject and label that are copies of each other get one name, so that no attacker has
    enrolled the very cycle it attacks.
    """
    position = cycles["position"].transpose("cycle", "phase", "joint", "axis").values
    labels = {name: cycles[name].values.astype(str) for name in LABELS}
    copies = find_copies(position)
    take = join_take_names(labels["subject"], labels["label"], labels["take"], copies)
    return Walks(x=position, **(labels | {"take": take}))
