"""Checks of relevance maps: whether they depend on the weights and are faithful to the network.

A map that looks the same for a network with random weights shows the inputs and not what was learnt:
Adebayo et al. (2018), "Sanity Checks for Saliency Maps", arXiv:1810.03292, whose cascading randomisation
is implemented here. They found that Guided Grad-CAM hardly changes while only the upper layers are random,
so every step is reported.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
import torch
from scipy.stats import spearmanr
from torch import nn

from affectlib.explanation.gradcam import guided_grad_cam
from affectlib.models.cnn import FittedCnn
from affectlib.models.cnn_networks import SeriesCnn
from affectlib.models.layers import DownBlock
from affectlib.models.machine import steady

MOST_CYCLES = 40
"""Maximum of cycles per label in the randomisation check; more would only cost time."""

INTERVAL = (2.5, 97.5)
"""Percentiles of all intervals, over random networks or random orders."""


def agreement(first: np.ndarray, second: np.ndarray) -> float:
    """Compute the rank correlation of two relevance maps.

    Spearman's coefficient over phases and joints, averaged over the labels that both maps have; NaN
    without any. Joints without relevance in the first map (those that never move) do not count.

    Parameters
    ----------
    first, second : numpy.ndarray
        Relevance by label, shape (labels, phases, 15).
    """
    present = np.isfinite(first).all(axis=(1, 2)) & np.isfinite(second).all(axis=(1, 2))
    moving = np.nansum(np.abs(first), axis=(0, 1)) > 0
    correlations = [
        spearmanr(first[label][:, moving].ravel(), second[label][:, moving].ravel()).statistic
        for label in np.flatnonzero(present)
    ]
    return float(np.mean(correlations)) if correlations else float("nan")


def randomisation_check(
    fitted: FittedCnn,
    x: np.ndarray,
    true: np.ndarray,
    *,
    again: Sequence[FittedCnn] = (),
    n_seeds: int = 20,
    seed: int = 0,
) -> pd.DataFrame:
    """Randomise the weights layer by layer, from the classes down, and compare the maps.

    Uses cycles that the trained network classifies correctly, at most `MOST_CYCLES` per label.

    Parameters
    ----------
    x : numpy.ndarray
        Positions of test cycles in metres, shape (cycles, phases, 15, 3).
    true : numpy.ndarray
        True labels, shape (cycles,).
    again : sequence of FittedCnn
        The CNN trained again from other random weights: the agreement that can be expected at best.
    n_seeds : int
        Random networks per step. More make the interval steadier and cost time in proportion.

    Returns
    -------
    pandas.DataFrame
        One row per kind of ``network``: trained again, then each step of the cascade with its number of
        ``random_layers``; ``rank_correlation`` with the maps of the trained network (mean over
        networks), its interval ``low`` to ``high`` (`INTERVAL`), and the number ``n_networks`` of
        networks with a map.
    """
    true = np.asarray(true)
    sample = sample_by_label(np.where(fitted.predict(x) == true, true.astype(str), ""))
    x, true = x[sample], true[sample]
    trained = maps_by_label(fitted, x, true)
    rows = []
    if again:
        correlations = [agreement(trained, maps_by_label(other, x, true)) for other in again]
        rows.append(_summary("trained again", 0, correlations))
    by_step: dict[str, list[float]] = {}
    for number in range(n_seeds):
        for layers, network in _cascade(fitted, seed=seed * n_seeds + number):
            by_step.setdefault(layers, []).append(agreement(trained, maps_by_label(network, x, true)))
    for step, (layers, correlations) in enumerate(by_step.items(), 1):
        rows.append(_summary(f"random: {layers}", step, correlations))
    return pd.DataFrame(rows)


def maps_by_label(fitted: FittedCnn, x: np.ndarray, true: np.ndarray) -> np.ndarray:
    """Return average maps by true label, whatever the network predicts: shape (labels, phases, 15).

    Each cycle's map is scaled to a mean of 1; those without relevance are left out, and labels without any
    map are NaN.

    Parameters
    ----------
    x : numpy.ndarray
        Positions in metres, shape (cycles, phases, 15, 3).
    true : numpy.ndarray
        True labels, shape (cycles,).
    """
    relevance = guided_grad_cam(fitted, x, true)
    mean = relevance.mean(axis=(1, 2), keepdims=True)
    scaled = np.divide(relevance, mean, out=np.full_like(relevance, np.nan), where=mean > 0)
    has_map = np.isfinite(scaled).all(axis=(1, 2))
    no_map = np.full(relevance.shape[1:], np.nan)
    by_label = [scaled[has_map & (true == label)] for label in fitted.classes]
    return np.stack([maps.mean(axis=0) if len(maps) else no_map for maps in by_label])


def sample_by_label(label: np.ndarray) -> np.ndarray:
    """Return at most `MOST_CYCLES` indices per label, evenly spaced; none of the empty label.

    Parameters
    ----------
    label : numpy.ndarray
        Shape (cycles,).
    """
    by_label = [np.flatnonzero(label == name) for name in np.unique(label) if name]
    sampled = [cycles[:: math.ceil(len(cycles) / MOST_CYCLES)] for cycles in by_label]
    # `concatenate` needs an array, also where no cycle was recognised.
    return np.sort(np.concatenate([*sampled, np.zeros(0, dtype=int)]))


def _cascade(fitted: FittedCnn, *, seed: int) -> Iterator[tuple[str, FittedCnn]]:
    """Iterate over networks with more and more random layers, from the classes down to the joints."""
    network = copy.deepcopy(fitted.network)
    assert isinstance(network, SeriesCnn)
    # From the output to the input, as in the paper.
    layers: list[tuple[str, nn.Module]] = [("classes", network.head)]
    blocks = [block for block in network.convolutions if isinstance(block, DownBlock)]
    numbered = [(f"convolution {number}", block) for number, block in enumerate(blocks, 1)]
    layers += reversed(numbered)
    for count, (_, layer) in enumerate(layers, 1):
        with steady(fitted.settings.schedule.threads):
            torch.manual_seed(seed * len(layers) + count)
            layer.apply(randomise)
        names = ", ".join(name for name, _ in layers[:count])
        # A copy, since the next step changes the network.
        yield names, replace(fitted, network=copy.deepcopy(network))


def randomise(module: nn.Module) -> None:
    """Draw the weights of a layer anew, and forget its batch statistics."""
    if isinstance(module, nn.Conv1d | nn.Linear | nn.BatchNorm1d):
        module.reset_parameters()


def _summary(network: str, random_layers: int, correlations: Sequence[float]) -> dict[str, object]:
    """Return a row of `randomisation_check`."""
    finite = np.array([correlation for correlation in correlations if np.isfinite(correlation)])
    low, high = np.percentile(finite, INTERVAL) if len(finite) else (np.nan, np.nan)
    return {
        "network": network,
        "random_layers": random_layers,
        "rank_correlation": finite.mean() if len(finite) else np.nan,
        "low": low,
        "high": high,
        "n_networks": len(finite),
    }
