"""The attackers that identify subjects, with their hyper-parameter grids."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from affectlib.privacy.attackers.attacker import Attacker, tuned
from affectlib.privacy.attackers.networks import perceptron, series_cnn
from affectlib.privacy.attackers.on_vectors import discriminant, logistic, neighbours, support_vectors

_LOGISTIC = (
    {"C": 1.0, "whitened": True},
    {"C": 30.0, "whitened": True},
    {"C": 0.03, "whitened": True},
    {"C": 1.0, "whitened": False},
)
_DISCRIMINANT = ({"shrinkage": 0.1}, {"shrinkage": 0.001}, {"shrinkage": 0.5})
_NEIGHBOURS = tuple({"k": k, "space": space} for space in ("plain", "discriminant") for k in (1, 5, 25))
_SVM = ({"C": 10.0, "gamma": 0.25}, {"C": 1.0, "gamma": 0.25}, {"C": 10.0, "gamma": 1.0})

ATTACKERS: Mapping[str, Attacker] = MappingProxyType(
    {
        attacker.name: attacker
        for attacker in (
            Attacker(name="logistic regression", sees="vector", fit=tuned(logistic, _LOGISTIC)),
            Attacker(name="linear discriminant", sees="vector", fit=tuned(discriminant, _DISCRIMINANT)),
            Attacker(name="nearest neighbours", sees="vector", fit=tuned(neighbours, _NEIGHBOURS)),
            Attacker(name="RBF SVM", sees="vector", fit=tuned(support_vectors, _SVM)),
            Attacker(name="MLP", sees="vector", fit=perceptron),
            Attacker(name="CNN", sees="series", fit=series_cnn),
        )
    }
)
"""Attackers by name, quick ones first."""
