"""Gait cycles with what is known of each, as plain arrays: what releases and attackers work on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr

from affectlib.errors import ParameterError
from affectlib.evaluation.copies import find_copies, join_take_names
from affectlib.skeleton import AXES, JOINTS

ROWS = ("subject", "label", "take", "gender")


@dataclass(frozen=True, kw_only=True)
class Walks:
    """Cycles and their labels, one row a cycle.

    Parameters
    ----------
    x : numpy.ndarray
        Positions in metres, float32, shape (cycles, phases, 15, 3).
    subject : numpy.ndarray
        Who walks, text, shape (cycles,).
    label : numpy.ndarray
        Affect or walking condition, text, shape (cycles,).
    take : numpy.ndarray
        Take, text, shape (cycles,). Its name is unique only within a person's label; for takes that
        can be compared see `recording_groups`.
    gender : numpy.ndarray
        Gender as the library spells it, empty where it is unknown, text, shape (cycles,).

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
        for name in ROWS:
            object.__setattr__(self, name, np.asarray(getattr(self, name), dtype=str))
        if self.x.ndim != 4 or self.x.shape[2:] != (len(JOINTS), len(AXES)):
            raise ParameterError(
                "not the positions of cycles",
                where="field 'x'",
                found=f"shape {self.x.shape}",
                remedy=f"Give (cycles, phases, {len(JOINTS)}, {len(AXES)}).",
            )
        for name in ROWS:
            if getattr(self, name).shape != (len(self.x),):
                raise ParameterError(
                    f"{len(self.x)} cycles need as many values",
                    where=f"field '{name}'",
                    found=f"shape {getattr(self, name).shape}",
                )

    def __len__(self) -> int:
        return len(self.x)

    def at(self, index: np.ndarray | slice) -> Walks:
        """Choose cycles.

        Parameters
        ----------
        index : numpy.ndarray or slice
            Positions of the cycles, or True for each that is wanted, shape (wanted,) or (cycles,).

        Returns
        -------
        Walks
            Those cycles, in the order asked for.
        """
        return Walks(x=self.x[index], **{name: getattr(self, name)[index] for name in ROWS})

    def recording_groups(self) -> np.ndarray:
        """Name the take of each cycle so that no two takes of the library share a name.

        Names stay the same when cycles are chosen, so that those of two choices can be compared.

        Returns
        -------
        numpy.ndarray
            Text, shape (cycles,).
        """
        # The separator is none that occurs in a file's or folder's name.
        parts = zip(self.subject, self.label, self.take, strict=True)
        return np.array(["\x1f".join(names) for names in parts], dtype=str)

    def rows(self) -> pd.DataFrame:
        """Give the labels as a table, as `affectlib.evaluation.splits.make_folds` takes them.

        Returns
        -------
        pandas.DataFrame
            One row a cycle: ``subject label take gender``.
        """
        return pd.DataFrame({name: getattr(self, name) for name in ROWS})


def walks_of(cycles: xr.Dataset) -> Walks:
    """Take from a `Cycles` dataset what releases and attackers need.

    Parameters
    ----------
    cycles : xarray.Dataset
        As `affectlib.gait.make_cycles` gives it.

    Returns
    -------
    Walks
        The same cycles in the same order. Takes of one subject and label that are copies of each other
        have one name, so that no attacker finds in a gallery what is asked for.
    """
    position = cycles["position"].transpose("cycle", "phase", "joint", "axis").values
    rows = {name: cycles[name].values.astype(str) for name in ROWS}
    copies = find_copies(position)
    take = join_take_names(rows["subject"], rows["label"], rows["take"], copies)
    return Walks(x=position, **(rows | {"take": take}))
