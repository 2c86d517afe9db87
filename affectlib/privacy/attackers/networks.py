"""Networks as attackers, each trained for as long as it improves on takes held out."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from sklearn.neural_network import MLPClassifier

from affectlib.models.cnn import fit_cnn
from affectlib.models.cnn_networks import CnnSettings
from affectlib.models.schedule import Schedule
from affectlib.privacy.attackers.attacker import (
    Enrolment,
    FittedAttacker,
    identification_rate,
    ignored_convergence,
    log_prior,
)

MLP_EPOCHS = (5, 10, 20, 40)
"""Candidate lengths of training of the multi-layer perceptron."""

CNN = CnnSettings(width=24, schedule=Schedule(n_steps=300, batch_size=64, learning_rate=5e-3))
"""The CNN as an attacker: CNN-xyz, somewhat smaller and quicker."""


def perceptron(enrolment: Enrolment, seed: int) -> FittedAttacker:
    """Fit a multi-layer perceptron; scores are log-probabilities less the log prior."""
    x, classes = enrolment.x, enrolment.classes
    # One scale for all components: those of little variance stay small.
    scale = float(np.sqrt(x.var(axis=0).max())) or 1.0
    x = x / scale

    def stages(index: np.ndarray) -> Iterator[MLPClassifier]:
        """Train one model and yield it after each of `MLP_EPOCHS`."""
        # About eight batches an epoch; never stopped early, as validation cycles select the length.
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
        for more in np.diff(MLP_EPOCHS, prepend=0):
            yield model.set_params(max_iter=int(more)).fit(x[index], classes[index])

    with ignored_convergence():
        rates = [
            [
                identification_rate(
                    _log_probability(model.predict_proba(x[validation])) - log_prior(classes[train]),
                    classes[validation],
                )
                for model in stages(train)
            ]
            for train, validation in enrolment.rounds
        ]
        mean = np.mean(rates, axis=0) if rates else np.full(len(MLP_EPOCHS), np.nan)
        best = int(mean.argmax()) if rates else len(MLP_EPOCHS) - 1
        fitted = next(model for stage, model in enumerate(stages(np.arange(len(x)))) if stage == best)
    prior = log_prior(classes)
    return FittedAttacker(
        scores=lambda probes: _log_probability(fitted.predict_proba(probes / scale)) - prior,
        inner_accuracy=float(mean[best]),
        settings=f"epochs {MLP_EPOCHS[best]}",
    )


def series_cnn(enrolment: Enrolment, seed: int) -> FittedAttacker:
    """Fit the CNN to series with early stopping on whole takes; scores as of `perceptron`."""
    fitted = fit_cnn(enrolment.x, enrolment.classes, groups=enrolment.groups, settings=CNN, seed=seed)
    errors, prior = fitted.history.get("validation_error"), log_prior(enrolment.classes)
    return FittedAttacker(
        scores=lambda probes: _log_probability(fitted.predict_proba(probes)) - prior,
        inner_accuracy=float("nan") if errors is None else float(1 - errors.min()),
        settings=f"epochs {len(fitted.history)}",
    )


def _log_probability(probability: np.ndarray) -> np.ndarray:
    # Networks round small probabilities to 0, which would exclude a subject for good.
    return np.log(np.maximum(probability, 1e-12))
