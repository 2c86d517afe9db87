"""The average gait cycle of each label, every person counting the same."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import xarray as xr


@dataclass(frozen=True, kw_only=True)
class Average:
    """Mean and spread of the gait cycle, label by label.

    Parameters
    ----------
    mean : xarray.DataArray
        Mean position in metres, dimensions (label, phase, joint, axis).
    spread : xarray.DataArray
        Standard deviation over the units in metres, same dimensions.
    counts : dict of str to int
        Units behind each label.
    unit : str
        What was averaged and counted: ``"people"``, or ``"cycles"`` where some label has only one.
    """

    mean: xr.DataArray
    spread: xr.DataArray
    counts: dict[str, int]
    unit: str

    @property
    def labels(self) -> list[str]:
        """The labels in their order."""
        return [str(label) for label in self.mean["label"].values]


def average_cycle(cycles: xr.Dataset, *, labels: Iterable[str] | None = None) -> Average:
    """Average gait cycles per label over people, each person's own average first.

    Parameters
    ----------
    cycles : xarray.Dataset
        A `Cycles` dataset.
    labels : iterable of str, optional
        Which labels, in which order; all by default, by name.

    Returns
    -------
    Average
        Over people; over cycles where some label has one person only, so that it has a spread too.
    """
    present = sorted({str(label) for label in cycles["label"].values})
    chosen = [label for label in (present if labels is None else labels) if label in present]
    who = {label: cycles["label"].values == label for label in chosen}
    by_cycle = any(len(set(cycles["subject"].values[mask])) == 1 for mask in who.values())
    units = {label: _units(cycles["position"], mask, by_cycle) for label, mask in who.items()}
    return Average(
        mean=_along_label({label: unit.mean("unit") for label, unit in units.items()}),
        spread=_along_label({label: unit.std("unit") for label, unit in units.items()}),
        counts={label: unit.sizes["unit"] for label, unit in units.items()},
        unit="cycles" if by_cycle else "people",
    )


def _units(position: xr.DataArray, mask: np.ndarray, by_cycle: bool) -> xr.DataArray:
    own = position.isel(cycle=mask)
    if by_cycle:
        return own.drop_vars([name for name in own.coords if "cycle" in own[name].dims]).rename(cycle="unit")
    return own.groupby("subject").mean("cycle").rename(subject="unit")


def _along_label(parts: dict[str, xr.DataArray]) -> xr.DataArray:
    return xr.concat([part.expand_dims(label=[label]) for label, part in parts.items()], dim="label")
