"""Cycle boundaries against strides that are known, as in a simulated library."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True, kw_only=True)
class StrideAccuracy:
    """How well found cycles match true strides.

    Parameters
    ----------
    recall : float
        Part of the true steady strides that a found cycle matches.
    precision : float
        Part of the found cycles that match a true stride, steady or not.
    matches : pandas.DataFrame
        One row a matched cycle: ``recording true_s found_s late_s``, moments of the start in seconds
        since the take began and found minus true.
    """

    recall: float
    precision: float
    matches: pd.DataFrame

    @property
    def bias_s(self) -> float:
        """Mean of found minus true."""
        return float(self.matches["late_s"].mean())

    @property
    def jitter_s(self) -> float:
        """Standard deviation of found minus true over all matches, the bias of each take included."""
        return float(self.matches["late_s"].std(ddof=0))

    @property
    def jitter_within_takes_s(self) -> float:
        """The same once every take's own mean is taken off."""
        own = self.matches.groupby("recording")["late_s"].transform("mean")
        return float((self.matches["late_s"] - own).std(ddof=0))

    def table(self) -> pd.DataFrame:
        """Sum the comparison up.

        Returns
        -------
        pandas.DataFrame
            Columns ``measure`` and ``value``; units in the names.
        """
        values = {
            "recall of steady strides": self.recall,
            "precision": self.precision,
            "strides matched": len(self.matches),
            "mean difference_s": self.bias_s,
            "jitter_s": self.jitter_s,
            "jitter within takes_s": self.jitter_within_takes_s,
        }
        return pd.DataFrame({"measure": values.keys(), "value": values.values()})


def stride_accuracy(found: pd.DataFrame, truth: pd.DataFrame, *, tolerance: float = 0.25) -> StrideAccuracy:
    """Match found cycles with true strides, recording by recording.

    A cycle and a stride match where both their starts and their ends lie within a part of the
    stride's length of each other; the tolerance is under one half, so no cycle matches two strides.

    Parameters
    ----------
    found : pandas.DataFrame
        Columns ``recording start_s end_s``.
    truth : pandas.DataFrame
        Columns ``recording start_s end_s steady``; strides that are not steady may be found or not.
    tolerance : float
        Part of the true stride's length, under 0.5.

    Returns
    -------
    StrideAccuracy
        Recall, precision and the matches.
    """
    rows, recalled, wanted = [], 0, int(truth["steady"].sum())
    by_recording = dict(list(found.groupby("recording")))
    for recording, strides in truth.groupby("recording"):
        own = by_recording.get(recording)
        if own is None:
            continue
        start_s, end_s = (strides[column].to_numpy()[:, None] for column in ("start_s", "end_s"))
        room_s = tolerance * (end_s - start_s)
        late_s = own["start_s"].to_numpy() - start_s
        near = (np.abs(late_s) < room_s) & (np.abs(own["end_s"].to_numpy() - end_s) < room_s)
        stride, cycle = np.nonzero(near)
        recalled += int(strides["steady"].to_numpy()[np.unique(stride)].sum())
        rows.append(
            pd.DataFrame(
                {
                    "recording": recording,
                    "true_s": start_s[stride, 0],
                    "found_s": own["start_s"].to_numpy()[cycle],
                    "late_s": late_s[stride, cycle],
                }
            )
        )
    columns = ["recording", "true_s", "found_s", "late_s"]
    matches = pd.concat(rows, ignore_index=True) if rows else pd.DataFrame(columns=columns, dtype=float)
    return StrideAccuracy(
        recall=recalled / wanted if wanted else float("nan"),
        precision=len(matches) / len(found) if len(found) else float("nan"),
        matches=matches,
    )
