"""The average gait cycle of each label, with every subject weighted equally."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import xarray as xr


@dataclass(frozen=True, kw_only=True)
class Average:
    """Mean and spread of the gait cycle of each label.

    Parameters
    ----------
    mean : xarray.DataArray
        Mean position in metres, dimensions (label, phase, joint, axis).
    spread : xarray.DataArray
        Standard deviation over the units in metres, same dimensions.
    counts : dict of str to int
        Units of each label.
    unit : str
        What was averaged and counted: ``"subjects"``, or ``"cycles"`` where a label has one subject only.
    """

    mean: xr.DataArray
    spread: xr.DataArray
    counts: dict[str, int]
    unit: str

    @property
    def labels(self) -> list[str]:
        """The labels in order."""
        return [str(label) for label in self.mean["label"].values]


def average_cycle(cycles: xr.Dataset, *, labels: Iterable[str] | None = None) -> Average:
    """Compute the average gait cycle of each label over the averages of its subjects.

    Where a label has one subject only, all averages are over cycles instead, so that each has a spread.

    Parameters
    ----------
    labels : iterable of str, optional
        Labels in the wanted order; by default all, sorted.
    """
    present = sorted({str(label) for label in cycles["label"].values})
    chosen = [label for label in (present if labels is None else labels) if label in present]
    masks = {label: cycles["label"].values == label for label in chosen}
    by_cycle = any(len(set(cycles["subject"].values[mask])) == 1 for mask in masks.values())
    units = {label: _units(cycles["position"], mask, by_cycle) for label, mask in masks.items()}
    return Average(
        mean=_along_label({label: unit.mean("unit") for label, unit in units.items()}),
        spread=_along_label({label: unit.std("unit") for label, unit in units.items()}),
        counts={label: unit.sizes["unit"] for label, unit in units.items()},
        unit="cycles" if by_cycle else "subjects",
    )


def _units(position: xr.DataArray, mask: np.ndarray, by_cycle: bool) -> xr.DataArray:
    chosen = position.isel(cycle=mask)
    if by_cycle:
        of_cycles = [name for name in chosen.coords if "cycle" in chosen[name].dims]
        return chosen.drop_vars(of_cycles).rename(cycle="unit")
    return chosen.groupby("subject").mean("cycle").rename(subject="unit")


def _along_label(parts: dict[str, xr.DataArray]) -> xr.DataArray:
    return xr.concat([part.expand_dims(label=[label]) for label, part in parts.items()], dim="label")
