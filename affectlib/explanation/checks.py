"""Checks of relevance maps: whether they depend on the weights and are faithful to the network.

A map that looks the same for a network with random weights shows the inputs and not what was learnt:
Adebayo et al. (2018), "Sanity Checks for Saliency Maps", arXiv:1810.03292, whose cascading randomisation
is implemented here. They found that Guided Grad-CAM hardly changes while only the upper layers are random,
so every step is reported. And a map of the decisive joints must name those without which the network fails.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
import torch
from scipy.stats import spearmanr
from torch import nn

from affectlib.explanation.gradcam import Explanation, guided_grad_cam
from affectlib.models.cnn import FittedCnn
from affectlib.models.cnn_networks import SeriesCnn
from affectlib.models.fitted import run
from affectlib.models.machine import steady
from affectlib.skeleton import AXES, JOINTS

MOST_CYCLES = 40
"""Maximum of cycles per label in the randomisation check; more would only cost time."""

INTERVAL = (2.5, 97.5)
"""Percentiles of all intervals."""


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
    moving = np.nansum(first, axis=(0, 1)) > 0
    values = [
        spearmanr(first[label][:, moving].ravel(), second[label][:, moving].ravel()).statistic
        for label in np.flatnonzero(present)
    ]
    return float(np.mean(values)) if values else float("nan")


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
    chosen = _some_of_each(np.where(fitted.predict(x) == true, true.astype(str), ""))
    x, true = x[chosen], true[chosen]
    trained = _maps(fitted, x, true)
    rows = [_row("trained again", 0, [agreement(trained, _maps(other, x, true)) for other in again])]
    correlations: dict[str, list[float]] = {}
    for number in range(n_seeds):
        for name, network in _cascade(fitted, seed=seed * n_seeds + number):
            correlations.setdefault(name, []).append(agreement(trained, _maps(network, x, true)))
    rows += [
        _row(f"random: {name}", step, values) for step, (name, values) in enumerate(correlations.items(), 1)
    ]
    return pd.DataFrame(rows[0 if again else 1 :])


def deletion_test(
    fitted: FittedCnn,
    x: np.ndarray,
    true: np.ndarray,
    explanation: Explanation,
    *,
    n_orders: int = 20,
    seed: int = 0,
) -> pd.DataFrame:
    """Remove joints in several orders and measure the decrease of accuracy.

    A removed joint follows the average cycle of the training data (z-scores of zero). The order follows
    the map of the label that the network predicts from the whole cycle, so that true labels have no
    influence. Joints that never move are not removed.

    Parameters
    ----------
    x : numpy.ndarray
        Positions of test cycles in metres, shape (cycles, phases, 15, 3).
    true : numpy.ndarray
        True labels, shape (cycles,).
    n_orders : int
        Number of random orders.

    Returns
    -------
    pandas.DataFrame
        Rows ``order`` ("most relevant first", "least relevant first", "random"), ``joints_gone``,
        ``accuracy_percent``, and for random orders the interval ``low`` to ``high`` (`INTERVAL`).
        Cycles with a predicted label without a map are excluded; ``n_cycles`` are tested.
    """
    relevance = explanation.relevance.mean("phase").transpose("label", "joint").values
    predicted = np.searchsorted(fitted.classes, fitted.predict(x))
    mapped = np.isfinite(relevance).all(axis=1)[predicted]
    inputs, true, predicted = fitted.prepare(x[mapped]), np.asarray(true)[mapped], predicted[mapped]
    candidates = np.flatnonzero(np.nansum(relevance, axis=0) > 0)
    ranked = candidates[np.argsort(-relevance[:, candidates], axis=1, kind="stable")]
    rng = np.random.default_rng(seed)
    shuffled = [rng.permuted(ranked, axis=1) for _ in range(n_orders)]
    curves = {
        "most relevant first": [_accuracy_curve(fitted, inputs, true, ranked[predicted])],
        "least relevant first": [_accuracy_curve(fitted, inputs, true, ranked[predicted, ::-1])],
        "random": [_accuracy_curve(fitted, inputs, true, order[predicted]) for order in shuffled],
    }
    frames = []
    for order, accuracies in curves.items():
        low, high = np.percentile(accuracies, INTERVAL, axis=0) if order == "random" else (np.nan, np.nan)
        accuracy = {"accuracy_percent": np.mean(accuracies, axis=0), "low": low, "high": high}
        gone = {"order": order, "joints_gone": np.arange(len(candidates) + 1)}
        frames.append(pd.DataFrame(gone | accuracy | {"n_cycles": len(true)}))
    return pd.concat(frames, ignore_index=True)


def _maps(fitted: FittedCnn, x: np.ndarray, true: np.ndarray) -> np.ndarray:
    """Return average maps by true label, whatever the network predicts: shape (labels, phases, 15)."""
    relevance = guided_grad_cam(fitted, x, true)
    total = relevance.mean(axis=(1, 2), keepdims=True)
    shares = np.divide(relevance, total, out=np.full_like(relevance, np.nan), where=total > 0)
    has_map = np.isfinite(shares).all(axis=(1, 2))
    rows = [has_map & (true == label) for label in fitted.classes]
    empty = np.full(relevance.shape[1:], np.nan)
    return np.stack([shares[row].mean(axis=0) if row.any() else empty for row in rows])


def _some_of_each(label: np.ndarray) -> np.ndarray:
    """Return at most `MOST_CYCLES` indices per label, evenly spread; none of the empty label."""
    by_label = [np.flatnonzero(label == name) for name in np.unique(label) if name]
    thinned = [cycles[:: -(-len(cycles) // MOST_CYCLES)] for cycles in by_label]
    return np.sort(np.concatenate([*thinned, np.zeros(0, dtype=int)]))


def _cascade(fitted: FittedCnn, *, seed: int) -> Iterator[tuple[str, FittedCnn]]:
    """Iterate over networks with more and more random layers, from the classes down to the joints."""
    network = copy.deepcopy(fitted.network)
    assert isinstance(network, SeriesCnn)
    layers: list[tuple[str, nn.Module]] = [("classes", network.head)]
    numbered = [(f"convolution {number}", block) for number, block in enumerate(network.convolutions, 1)]
    layers += reversed(numbered)
    for count, (_, layer) in enumerate(layers, 1):
        with steady(fitted.settings.schedule.threads):
            torch.manual_seed(seed * len(layers) + count)
            layer.apply(_randomise)
        names = ", ".join(name for name, _ in layers[:count])
        yield names, replace(fitted, network=copy.deepcopy(network))


def _randomise(module: nn.Module) -> None:
    if isinstance(module, nn.Conv1d | nn.Linear | nn.BatchNorm1d):
        module.reset_parameters()


def _row(network: str, random_layers: int, values: Sequence[float]) -> dict[str, object]:
    finite = np.array([value for value in values if np.isfinite(value)])
    low, high = np.percentile(finite, INTERVAL) if len(finite) else (np.nan, np.nan)
    return {
        "network": network,
        "random_layers": random_layers,
        "rank_correlation": finite.mean() if len(finite) else np.nan,
        "low": low,
        "high": high,
        "n_networks": len(finite),
    }


def _accuracy_curve(fitted: FittedCnn, inputs: np.ndarray, true: np.ndarray, order: np.ndarray) -> np.ndarray:
    """Return the accuracy in per cent with 0, 1, ... joints removed; `order` has one row per cycle."""
    remaining = inputs.reshape(len(inputs), len(JOINTS), len(AXES), inputs.shape[2]).copy()
    accuracies = [_accuracy(fitted, remaining, true)]
    for joint in order.T:
        remaining[np.arange(len(remaining)), joint] = 0
        accuracies.append(_accuracy(fitted, remaining, true))
    return np.array(accuracies)


def _accuracy(fitted: FittedCnn, inputs: np.ndarray, true: np.ndarray) -> float:
    if not len(inputs):
        return float("nan")
    scores = run(
        fitted.network,
        inputs.reshape(len(inputs), -1, inputs.shape[-1]),
        threads=fitted.settings.schedule.threads,
    )
    return 100 * float(np.mean(fitted.classes[scores.argmax(axis=1)] == true))
