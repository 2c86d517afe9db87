"""Accuracy of found cycles against known strides, as in a simulated library."""

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
        Share of the true steady strides that match a found cycle.
    precision : float
        Share of the found cycles that match a true stride, steady or not.
    matches : pandas.DataFrame
        One row a matched cycle: ``recording true_s found_s late_s``, start times in seconds since the take
        began, and found minus true.
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
        """Standard deviation of found minus true over all matches, including the bias of each take."""
        return float(self.matches["late_s"].std(ddof=0))

    @property
    def jitter_within_takes_s(self) -> float:
        """Standard deviation of found minus true after subtracting each take's mean."""
        means = self.matches.groupby("recording")["late_s"].transform("mean")
        return float((self.matches["late_s"] - means).std(ddof=0))

    def table(self) -> pd.DataFrame:
        """Return the comparison as a table with the columns ``measure`` and ``value``."""
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

    A cycle and a stride match where both their starts and their ends differ by less than a fraction of the
    stride's length.

    Parameters
    ----------
    found : pandas.DataFrame
        Columns ``recording start_s end_s``.
    truth : pandas.DataFrame
        Columns ``recording start_s end_s steady``; strides that are not steady do not count for recall.
    tolerance : float
        Fraction of the true stride's length; under 0.5, so that no cycle matches two strides.
    """
    matched, n_recalled, n_steady = [], 0, int(truth["steady"].sum())
    by_recording = dict(list(found.groupby("recording")))
    for recording, strides in truth.groupby("recording"):
        cycles = by_recording.get(recording)
        if cycles is None:
            continue
        start_s, end_s = (strides[column].to_numpy()[:, None] for column in ("start_s", "end_s"))
        tolerance_s = tolerance * (end_s - start_s)
        late_s = cycles["start_s"].to_numpy() - start_s
        near = (np.abs(late_s) < tolerance_s) & (np.abs(cycles["end_s"].to_numpy() - end_s) < tolerance_s)
        stride, cycle = np.nonzero(near)
        n_recalled += int(strides["steady"].to_numpy()[np.unique(stride)].sum())
        matched.append(
            pd.DataFrame(
                {
                    "recording": recording,
                    "true_s": start_s[stride, 0],
                    "found_s": cycles["start_s"].to_numpy()[cycle],
                    "late_s": late_s[stride, cycle],
                }
            )
        )
    columns = ["recording", "true_s", "found_s", "late_s"]
    matches = pd.concat(matched, ignore_index=True) if matched else pd.DataFrame(columns=columns, dtype=float)
    return StrideAccuracy(
        recall=n_recalled / n_steady if n_steady else float("nan"),
        precision=len(matches) / len(found) if len(found) else float("nan"),
        matches=matches,
    )
