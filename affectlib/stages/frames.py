"""Tables of the store, loaded with the values that they were written with."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

NAMES = (
    "attacker",
    "classifier",
    "features",
    "file",
    "gender",
    "label",
    "library",
    "might_help",
    "model",
    "network",
    "order",
    "predicted",
    "recording",
    "rejected",
    "settings",
    "split",
    "subject",
    "take",
    "task",
    "true",
    "unseen_labels",
    "without_cycles",
)
"""Columns of names, whatever these look like: NA is negative affect, a take may be called 01, and a subject
None."""


def read_frame(path: Path, *, text: Sequence[str] = ()) -> pd.DataFrame:
    """Load a CSV table that a stage wrote, with names as text and empty numbers as NaN.

    Parameters
    ----------
    text : sequence of str
        Columns of text besides `NAMES`. In these no value counts as missing, not even an empty one.
    """
    columns = pd.read_csv(path, nrows=0, dtype=str).columns
    names = [name for name in columns if name in (*NAMES, *text)]
    return pd.read_csv(
        path,
        dtype=dict.fromkeys(names, str),
        keep_default_na=False,
        na_values={name: [""] for name in columns if name not in names},
    )
