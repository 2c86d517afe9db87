"""Whether a relevance map can be believed: drawn from the weights, and faithful to the network.

A map that looks the same for a network with random weights shows the inputs and not what was learnt:
Adebayo et al. (2018), "Sanity Checks for Saliency Maps", arXiv:1810.03292, whose cascading
randomisation is done here. They found that Guided Grad-CAM hardly changes while only the upper layers
are random; so every step is told, not only the last. And a map that names the joints that decide must
name those without which the network fails.
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
"""Cycles per label that the randomisation check looks at; more would only cost time."""

INTERVAL = (2.5, 97.5)
"""Percentiles of every interval here."""


def agreement(first: np.ndarray, second: np.ndarray) -> float:
    """Rank correlation of two relevance maps.

    Parameters
    ----------
    first : numpy.ndarray
        Relevance by label, shape (labels, phases, 15).
    second : numpy.ndarray
        Of the same labels by another network, same shape.

    Returns
    -------
    float
        Spearman's coefficient over phases and joints, averaged over the labels that both maps have;
        joints that have no relevance in the first map at all (those that never move) do not count.
        NaN where no label is left.
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
    truth: np.ndarray,
    *,
    again: Sequence[FittedCnn] = (),
    n_seeds: int = 20,
    seed: int = 0,
) -> pd.DataFrame:
    """Draw the weights anew, layer by layer from the classes down, and compare the maps.

    Parameters
    ----------
    fitted : FittedCnn
        A trained CNN-xyz.
    x : numpy.ndarray
        Positions of test cycles in metres, shape (cycles, phases, 15, 3).
    truth : numpy.ndarray
        Their labels, shape (cycles,).
    again : sequence of FittedCnn
        The same CNN trained again from other random weights: how alike maps can be at best.
    n_seeds : int
        Random networks of each kind. More make the interval steadier and cost time in proportion.
    seed : int
        Seed of the weights.

    Returns
    -------
    pandas.DataFrame
        One row a kind of ``network``: trained again, then each step of the cascade with its number of
        ``random_layers``; ``rank_correlation`` with the maps of the trained network (mean over the
        networks of the kind), its interval ``low`` to ``high`` (`INTERVAL`), and ``n_networks`` that
        gave a map. The cycles are those that the trained network recognises, at most `MOST_CYCLES` a
        label.
    """
    truth = np.asarray(truth)
    chosen = _some_of_each(np.where(fitted.predict(x) == truth, truth.astype(str), ""))
    x, truth = x[chosen], truth[chosen]
    trained = _maps(fitted, x, truth)
    rows = [_row("trained again", 0, [agreement(trained, _maps(other, x, truth)) for other in again])]
    found: dict[str, list[float]] = {}
    for number in range(n_seeds):
        for name, network in _cascade(fitted, seed=seed * n_seeds + number):
            found.setdefault(name, []).append(agreement(trained, _maps(network, x, truth)))
    rows += [_row(f"random: {name}", step, values) for step, (name, values) in enumerate(found.items(), 1)]
    return pd.DataFrame(rows[0 if again else 1 :])


def deletion_test(
    fitted: FittedCnn,
    x: np.ndarray,
    truth: np.ndarray,
    explanation: Explanation,
    *,
    n_orders: int = 20,
    seed: int = 0,
) -> pd.DataFrame:
    """Take joints away, in several orders, and see how accuracy falls.

    A joint is taken away by letting it follow the average cycle of the training data (z-scores of
    zero). The order is that of the map of the label that the network saw in the whole cycle, so that
    nothing is learnt from the truth. Joints that never move are left alone.

    Parameters
    ----------
    fitted : FittedCnn
        A trained CNN-xyz.
    x : numpy.ndarray
        Positions of test cycles in metres, shape (cycles, phases, 15, 3).
    truth : numpy.ndarray
        Their labels, shape (cycles,).
    explanation : Explanation
        The maps.
    n_orders : int
        Random orders to compare with.
    seed : int
        Seed of the random orders.

    Returns
    -------
    pandas.DataFrame
        Rows ``order`` ("most relevant first", "least relevant first", "random"), ``joints_gone``,
        ``accuracy_percent``, and for random orders the interval ``low`` to ``high`` (`INTERVAL`).
        Cycles in which the network saw a label without a map are not tested; ``n_cycles`` are.
    """
    relevance = explanation.relevance.mean("phase").transpose("label", "joint").values
    seen = np.searchsorted(fitted.classes, fitted.predict(x))
    mapped = np.isfinite(relevance).all(axis=1)[seen]
    inputs, truth, seen = fitted.prepare(x[mapped]), np.asarray(truth)[mapped], seen[mapped]
    candidates = np.flatnonzero(np.nansum(relevance, axis=0) > 0)
    ranked = candidates[np.argsort(-relevance[:, candidates], axis=1, kind="stable")]
    rng = np.random.default_rng(seed)
    shuffled = [rng.permuted(ranked, axis=1) for _ in range(n_orders)]
    curves = {
        "most relevant first": [_falling(fitted, inputs, truth, ranked[seen])],
        "least relevant first": [_falling(fitted, inputs, truth, ranked[seen, ::-1])],
        "random": [_falling(fitted, inputs, truth, order[seen]) for order in shuffled],
    }
    frames = []
    for order, found in curves.items():
        low, high = np.percentile(found, INTERVAL, axis=0) if order == "random" else (np.nan, np.nan)
        accuracy = {"accuracy_percent": np.mean(found, axis=0), "low": low, "high": high}
        gone = {"order": order, "joints_gone": np.arange(len(candidates) + 1)}
        frames.append(pd.DataFrame(gone | accuracy | {"n_cycles": len(truth)}))
    return pd.concat(frames, ignore_index=True)


def _maps(fitted: FittedCnn, x: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Average maps of given cycles, whatever the network makes of them: shape (labels, phases, 15)."""
    relevance = guided_grad_cam(fitted, x, truth)
    total = relevance.mean(axis=(1, 2), keepdims=True)
    shares = np.divide(relevance, total, out=np.full_like(relevance, np.nan), where=total > 0)
    told = np.isfinite(shares).all(axis=(1, 2))
    rows = [told & (truth == label) for label in fitted.classes]
    empty = np.full(relevance.shape[1:], np.nan)
    return np.stack([shares[row].mean(axis=0) if row.any() else empty for row in rows])


def _some_of_each(label: np.ndarray) -> np.ndarray:
    """At most `MOST_CYCLES` of each label, evenly spread over the cycles; none of the empty label."""
    parts = [np.flatnonzero(label == name) for name in np.unique(label) if name]
    thinned = [part[:: -(-len(part) // MOST_CYCLES)] for part in parts]
    return np.sort(np.concatenate([*thinned, np.zeros(0, dtype=int)]))


def _cascade(fitted: FittedCnn, *, seed: int) -> Iterator[tuple[str, FittedCnn]]:
    """Networks of which ever more layers are random, from the classes down to the joints."""
    network = copy.deepcopy(fitted.network)
    assert isinstance(network, SeriesCnn)
    layers: list[tuple[str, nn.Module]] = [("classes", network.head)]
    numbered = [(f"convolution {place}", block) for place, block in enumerate(network.convolutions, 1)]
    layers += reversed(numbered)
    for count, (_, layer) in enumerate(layers, 1):
        with steady(fitted.settings.schedule.threads):
            torch.manual_seed(seed * len(layers) + count)
            layer.apply(_draw_anew)
        names = ", ".join(name for name, _ in layers[:count])
        yield names, replace(fitted, network=copy.deepcopy(network))


def _draw_anew(module: nn.Module) -> None:
    if isinstance(module, nn.Conv1d | nn.Linear | nn.BatchNorm1d):
        module.reset_parameters()


def _row(network: str, random_layers: int, values: Sequence[float]) -> dict[str, object]:
    known = np.array([value for value in values if np.isfinite(value)])
    mean, (low, high) = (
        (known.mean(), np.percentile(known, INTERVAL)) if len(known) else (np.nan, [np.nan] * 2)
    )
    told = {"rank_correlation": mean, "low": low, "high": high, "n_networks": len(known)}
    return {"network": network, "random_layers": random_layers} | told


def _falling(fitted: FittedCnn, inputs: np.ndarray, truth: np.ndarray, order: np.ndarray) -> np.ndarray:
    """Accuracy in per cent with 0, 1, ... joints gone; `order` has one row of joints a cycle."""
    left = inputs.reshape(len(inputs), len(JOINTS), len(AXES), inputs.shape[2]).copy()
    found = [_accuracy(fitted, left, truth)]
    for joint in order.T:
        left[np.arange(len(left)), joint] = 0
        found.append(_accuracy(fitted, left, truth))
    return np.array(found)


def _accuracy(fitted: FittedCnn, inputs: np.ndarray, truth: np.ndarray) -> float:
    if not len(inputs):
        return float("nan")
    scores = run(
        fitted.network,
        inputs.reshape(len(inputs), -1, inputs.shape[-1]),
        threads=fitted.settings.schedule.threads,
    )
    return 100 * float(np.mean(fitted.classes[scores.argmax(axis=1)] == truth))
