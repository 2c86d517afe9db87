"""The deletion test: accuracy must decrease without relevant joints."""

from __future__ import annotations

import numpy as np
import pandas as pd

from affectlib.explanation.checks import INTERVAL
from affectlib.explanation.gradcam import Explanation
from affectlib.models.cnn import FittedCnn
from affectlib.models.fitted import run
from affectlib.skeleton import AXES, JOINTS


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
    # Rows of `relevance`, whose labels are in the order of the classes.
    predicted = np.searchsorted(fitted.classes, fitted.predict(x))
    mapped = np.isfinite(relevance).all(axis=1)[predicted]
    inputs, true, predicted = fitted.prepare(x[mapped]), np.asarray(true)[mapped], predicted[mapped]
    ranked = _ranked(relevance)
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
        columns = {
            "order": order,
            "joints_gone": np.arange(ranked.shape[1] + 1),
            "accuracy_percent": np.mean(accuracies, axis=0),
            "low": low,
            "high": high,
            "n_cycles": len(true),
        }
        frames.append(pd.DataFrame(columns))
    return pd.concat(frames, ignore_index=True)


def deletion_gap(fitted: FittedCnn, x: np.ndarray, true: np.ndarray, relevance: np.ndarray) -> float:
    """Return how much more accuracy is lost when joints are removed from the most relevant on, in points.

    The accuracy with the least relevant joints removed first minus that with the most relevant removed first,
    both averaged over the numbers of removed joints. NaN without cycles. The map may be of another network.

    Parameters
    ----------
    x : numpy.ndarray
        Positions of test cycles in metres, shape (cycles, phases, 15, 3).
    true : numpy.ndarray
        True labels, shape (cycles,).
    relevance : numpy.ndarray
        Relevance by label, in the order of the network's classes, shape (labels, phases, 15). Cycles whose
        predicted label has no map are excluded.
    """
    by_joint = relevance.mean(axis=1)
    predicted = np.searchsorted(fitted.classes, fitted.predict(x))
    mapped = np.isfinite(by_joint).all(axis=1)[predicted]
    inputs, true, predicted = fitted.prepare(x[mapped]), np.asarray(true)[mapped], predicted[mapped]
    ranked = _ranked(by_joint)[predicted]
    least, most = (_accuracy_curve(fitted, inputs, true, order).mean() for order in (ranked[:, ::-1], ranked))
    return float(least - most)


def _ranked(by_joint: np.ndarray) -> np.ndarray:
    """Return the joints of each label from the most relevant on, without those that never move."""
    moving = np.flatnonzero(np.nansum(by_joint, axis=0) > 0)
    return moving[np.argsort(-by_joint[:, moving], axis=1, kind="stable")]


def _accuracy_curve(fitted: FittedCnn, inputs: np.ndarray, true: np.ndarray, order: np.ndarray) -> np.ndarray:
    """Return the accuracy in per cent with 0, 1, ... joints removed, shape (joints + 1,).

    Parameters
    ----------
    inputs : numpy.ndarray
        z-scores, shape (cycles, 45, phases inside).
    order : numpy.ndarray
        Indices of joints in the order of removal, shape (cycles, joints).
    """
    remaining = inputs.reshape(len(inputs), len(JOINTS), len(AXES), inputs.shape[2]).copy()
    accuracies = [_accuracy(fitted, remaining, true)]
    for joint in order.T:
        # In z-scores, 0 is the mean of the training cycles.
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
