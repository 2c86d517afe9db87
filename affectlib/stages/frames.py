"""Kept tables, read back as they were written."""

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
    "true",
    "unseen_labels",
    "without_cycles",
)
"""Columns that hold names, whatever these look like: NA is negative affect, a take may be called 01, and a
person None."""


def read_frame(path: Path, *, text: Sequence[str] = ()) -> pd.DataFrame:
    """Read a table that a stage wrote, names as text and empty numbers as NaN.

    Parameters
    ----------
    path : Path
        A CSV file with a line of column names.
    text : sequence of str
        Columns that are text besides `NAMES`.

    Returns
    -------
    pandas.DataFrame
        The table. In columns of names nothing is taken for a missing value, an empty name neither.
    """
    columns = pd.read_csv(path, nrows=0, dtype=str).columns
    names = [name for name in columns if name in (*NAMES, *text)]
    return pd.read_csv(
        path,
        dtype=dict.fromkeys(names, str),
        keep_default_na=False,
        na_values={name: [""] for name in columns if name not in names},
    )
