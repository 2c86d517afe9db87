"""Attackers that train a network, each for as long as it gets better at takes held out."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from sklearn.neural_network import MLPClassifier

from affectlib.models.cnn import fit_cnn
from affectlib.models.cnn_networks import CnnSettings
from affectlib.models.schedule import Schedule
from affectlib.privacy.attackers.enrolment import Enrolment, FittedAttacker, hit_rate, log_share, quiet

MLP_EPOCHS = (5, 10, 20, 40)
"""Lengths of training between which the multi-layer perceptron chooses."""


def perceptron(enrolment: Enrolment, seed: int) -> FittedAttacker:
    """Train a small multi-layer perceptron for as long as it gets better at takes held out.

    Parameters
    ----------
    enrolment : Enrolment
        What to learn from.
    seed : int
        Seed of weights and order.

    Returns
    -------
    FittedAttacker
        Giving log-probabilities, less the logarithm of each person's share of the cycles.
    """
    x, person = enrolment.x, enrolment.person
    scale = float(np.sqrt(x.var(axis=0).max())) or 1.0
    x = x / scale

    def stages(index: np.ndarray) -> Iterator[tuple[int, MLPClassifier]]:
        """Train on, and stop at every length in between."""
        model = MLPClassifier(
            (64,),
            batch_size=int(np.clip(len(index) // 8, 8, 128)),
            learning_rate_init=3e-3,
            alpha=1e-3,
            tol=0.0,
            n_iter_no_change=MLP_EPOCHS[-1],
            warm_start=True,
            random_state=seed,
        )
        done = 0
        for length in MLP_EPOCHS:
            yield length, model.set_params(max_iter=length - done).fit(x[index], person[index])
            done = length

    with quiet():
        rates = [
            [
                hit_rate(_log_proba(model, x[held]) - log_share(person[kept]), person[held])
                for _, model in stages(kept)
            ]
            for kept, held in enrolment.rounds
        ]
        mean = np.mean(rates, axis=0) if rates else np.full(len(MLP_EPOCHS), np.nan)
        best = int(mean.argmax()) if rates else len(MLP_EPOCHS) - 1
        fitted = next(model for length, model in stages(np.arange(len(x))) if length == MLP_EPOCHS[best])
    return FittedAttacker(
        scores=lambda asked: _log_proba(fitted, asked / scale) - log_share(person),
        inner_accuracy=float(mean[best]),
        settings=f"epochs {MLP_EPOCHS[best]}",
    )


CNN = CnnSettings(width=24, schedule=Schedule(n_steps=300, batch_size=64, learning_rate=5e-3))
"""The CNN as an attacker: CNN-xyz, somewhat smaller and quicker."""


def series_cnn(enrolment: Enrolment, seed: int) -> FittedAttacker:
    """Train the CNN on joint series; whole takes decide when it stops, and how good it is.

    Parameters
    ----------
    enrolment : Enrolment
        With series, shape (cycles, phases, 45), for `x`.
    seed : int
        Seed of weights, order and dropout.

    Returns
    -------
    FittedAttacker
        Giving log-probabilities, less the logarithm of each person's share of the cycles.
    """
    fitted = fit_cnn(enrolment.x, enrolment.person, take=enrolment.groups, settings=CNN, seed=seed)
    errors = fitted.history.get("validation_error")
    return FittedAttacker(
        scores=lambda asked: (
            np.log(np.maximum(fitted.predict_proba(asked), 1e-12)) - log_share(enrolment.person)
        ),
        inner_accuracy=float("nan") if errors is None else float(1 - errors.min()),
        settings=f"epochs {len(fitted.history)}",
    )


def _log_proba(model: MLPClassifier, x: np.ndarray) -> np.ndarray:
    return np.log(np.maximum(model.predict_proba(x), 1e-12))
