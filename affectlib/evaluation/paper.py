"""The paper's published results, for comparison with ours.

Malek-Podjaski & Deligianni, "Preserving Privacy in Human-Motion Affect Recognition", Table I and
Section IV-C/D. In percent. Stratified 5-fold cross-validation over gait cycles of 30 people.
"""

from __future__ import annotations

from types import MappingProxyType

import pandas as pd

AFFECTS = ("angry", "happy", "neutral", "sad")
METRICS = ("precision", "recall", "f1")

TABLE_ONE = MappingProxyType(
    {
        "KNN-man": ((82, 80, 81), (71, 68, 70), (72, 75, 74), (86, 88, 87)),
        "SVM-man": ((80, 81, 80), (71, 69, 70), (72, 75, 74), (88, 87, 88)),
        "SVM-xyz": ((83, 87, 85), (72, 70, 71), (76, 76, 76), (88, 85, 87)),
        "CNN-xyz": ((87, 88, 88), (78, 69, 73), (74, 84, 78), (90, 88, 89)),
        "AE-xyz": ((95, 93, 94), (88, 90, 89), (92, 91, 91), (96, 97, 96)),
    }
)
"""Table I: for each model (precision, recall, F1) of each of `AFFECTS`, in percent."""

MODELS = tuple(TABLE_ONE)
"""The paper's models in its order."""

TEXT = MappingProxyType(
    {
        "AE-xyz": MappingProxyType({"accuracy": 92.6, "macro_f1": 93.0}),
        "CNN-xyz": MappingProxyType({"accuracy": 84.6, "macro_f1": 92.0}),
    }
)
"""Means in the text of Section IV-C, in percent. The CNN's F1 of 92 contradicts Table I (mean 82)."""


def table_one_rows() -> pd.DataFrame:
    """Return Table I as a tidy frame, ``model label metric value``, in percent."""
    rows = [
        (model, affect, metric, value)
        for model, of_model in TABLE_ONE.items()
        for affect, of_affect in zip(AFFECTS, of_model, strict=True)
        for metric, value in zip(METRICS, of_affect, strict=True)
    ]
    return pd.DataFrame(rows, columns=["model", "label", "metric", "value"])
