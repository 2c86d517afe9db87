"""Whether what maps show was learnt: networks trained again beside networks that cannot know the labels.

A map that is found again by another training could still be one that any network gives for these walks. So
the same statistics are computed for networks with random weights, and for networks trained on labels that
were permuted among takes (the data randomisation test of Adebayo et al. 2018, arXiv:1810.03292). A statistic
shows learning only if training again exceeds both.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
import torch
from torch import nn

from affectlib.explanation.checks import INTERVAL, agreement, maps_by_label, randomise, sample_by_label
from affectlib.explanation.deletion import deletion_gap
from affectlib.models.cnn import FittedCnn
from affectlib.models.machine import steady

AGAIN, PERMUTED, RANDOM = "trained again", "permuted labels", "random weights"
"""Kinds of networks whose maps are compared with that of the trained network."""

STATISTICS = ("map", "label-specific map", "deletion gap")
"""Rank correlation of the maps; that of what is left without their mean over labels; and the deletion gap of
the trained network with joints ranked by the other network's map, in points of accuracy."""


def reproduction_check(
    fitted: FittedCnn,
    x: np.ndarray,
    true: np.ndarray,
    *,
    again: Sequence[FittedCnn],
    permuted: Sequence[FittedCnn] = (),
    n_random: int = 20,
    seed: int = 0,
) -> pd.DataFrame:
    """Compare the maps of other networks with that of the trained one, by each of `STATISTICS`.

    Uses cycles that the trained network classifies correctly, at most
    `affectlib.explanation.checks.MOST_CYCLES` per label.

    Parameters
    ----------
    x : numpy.ndarray
        Positions of test cycles in metres, shape (cycles, phases, 15, 3).
    true : numpy.ndarray
        True labels, shape (cycles,).
    again : sequence of FittedCnn
        The CNN trained again from other random weights.
    permuted : sequence of FittedCnn
        CNNs trained on permuted labels.
    n_random : int
        Number of networks with random weights.

    Returns
    -------
    pandas.DataFrame
        One row per statistic and kind of network: ``statistic network value low high n_networks``, mean and
        `affectlib.explanation.checks.INTERVAL` over networks.
    """
    true = np.asarray(true)
    sample = sample_by_label(np.where(fitted.predict(x) == true, true.astype(str), ""))
    x, true = x[sample], true[sample]
    trained = maps_by_label(fitted, x, true)
    networks: Mapping[str, Sequence[FittedCnn]] = {
        AGAIN: again,
        PERMUTED: permuted,
        RANDOM: [random_network(fitted, x, seed=seed * n_random + number) for number in range(n_random)],
    }
    rows = []
    for kind, others in networks.items():
        maps = [maps_by_label(other, x, true) for other in others]
        values = {
            "map": [agreement(trained, other) for other in maps],
            "label-specific map": [
                agreement(_label_specific(trained), _label_specific(other)) for other in maps
            ],
            "deletion gap": [deletion_gap(fitted, x, true, other) for other in maps],
        }
        rows += [_summary(statistic, kind, values[statistic]) for statistic in STATISTICS]
    table = pd.DataFrame(rows)
    return table.sort_values("statistic", key=lambda names: names.map(STATISTICS.index), kind="stable")


def exceeds(table: pd.DataFrame, statistic: str) -> bool:
    """Return whether every network trained again exceeds all networks that cannot know the labels.

    Parameters
    ----------
    table : pandas.DataFrame
        From `reproduction_check`. Intervals are compared: the lower end of training again with the upper
        ends of the others.
    """
    rows = table[table["statistic"] == statistic].set_index("network").dropna(subset=["value"])
    others = rows.drop(index=AGAIN, errors="ignore")["high"]
    return AGAIN in rows.index and bool(len(others)) and bool(rows.loc[AGAIN, "low"] > others.max())


def random_network(fitted: FittedCnn, x: np.ndarray, *, seed: int) -> FittedCnn:
    """Return the network with random weights, and with the batch statistics of cycles.

    Without these its layers would be as unequally scaled as no trained network, and its maps differ for that
    reason alone.

    Parameters
    ----------
    x : numpy.ndarray
        Positions in metres, shape (cycles, phases, 15, 3).
    """
    network = copy.deepcopy(fitted.network)
    with steady(fitted.settings.schedule.threads), torch.no_grad():
        torch.manual_seed(seed)
        network.apply(randomise)
        for layer in network.modules():
            if isinstance(layer, nn.BatchNorm1d):
                # Statistics of exactly these cycles instead of a running mean.
                layer.momentum = None
        network.train()(torch.from_numpy(fitted.prepare(x)))
    return replace(fitted, network=network.eval())


def _label_specific(maps: np.ndarray) -> np.ndarray:
    """Return maps without their mean over the labels that have one, shape (labels, phases, 15)."""
    present = np.isfinite(maps).all(axis=(1, 2))
    return maps - maps[present].mean(axis=0) if present.sum() > 1 else np.full_like(maps, np.nan)


def _summary(statistic: str, network: str, values: Sequence[float]) -> dict[str, object]:
    finite = np.array([value for value in values if np.isfinite(value)])
    low, high = np.percentile(finite, INTERVAL) if len(finite) else (np.nan, np.nan)
    value = finite.mean() if len(finite) else np.nan
    named = {"statistic": statistic, "network": network}
    return named | {"value": value, "low": low, "high": high, "n_networks": len(finite)}
