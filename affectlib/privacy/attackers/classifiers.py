"""The attackers that name walkers, with the settings that each tries."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from affectlib.privacy.attackers.enrolment import Attacker, tuned
from affectlib.privacy.attackers.networks import perceptron, series_cnn
from affectlib.privacy.attackers.on_vectors import discriminant, logistic, neighbours, support_vectors

ATTACKERS: Mapping[str, Attacker] = MappingProxyType(
    {
        one.name: one
        for one in (
            Attacker(
                name="logistic regression",
                sees="vector",
                fit=tuned(
                    logistic,
                    (
                        {"C": 1.0, "whitened": True},
                        {"C": 30.0, "whitened": True},
                        {"C": 0.03, "whitened": True},
                        {"C": 1.0, "whitened": False},
                    ),
                ),
            ),
            Attacker(
                name="linear discriminant",
                sees="vector",
                fit=tuned(discriminant, ({"shrinkage": 0.1}, {"shrinkage": 0.001}, {"shrinkage": 0.5})),
            ),
            Attacker(
                name="nearest neighbours",
                sees="vector",
                fit=tuned(
                    neighbours,
                    tuple(
                        {"k": k, "space": space} for space in ("plain", "discriminant") for k in (1, 5, 25)
                    ),
                ),
            ),
            Attacker(
                name="RBF SVM",
                sees="vector",
                fit=tuned(
                    support_vectors,
                    (
                        {"C": 10.0, "gamma": 0.25},
                        {"C": 1.0, "gamma": 0.25},
                        {"C": 10.0, "gamma": 1.0},
                    ),
                ),
            ),
            Attacker(name="MLP", sees="vector", fit=perceptron),
            Attacker(name="CNN", sees="series", fit=series_cnn),
        )
    }
)
"""The attackers by name, quick ones first."""
