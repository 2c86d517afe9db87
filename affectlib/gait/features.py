"""Manual features of gait cycles: posture, movement, time and space, symmetry, bounce.

The paper's KNN-man and SVM-man use "manually extracted features" that it does not list; these follow
the families of the survey it cites (Deligianni, Guo & Yang 2019).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr

from affectlib.errors import CyclesError
from affectlib.gait.body import Body
from affectlib.gait.feature_list import FEATURES, Feature

__all__ = ["FEATURES", "Feature", "feature_table", "manual_features"]


def manual_features(cycles: xr.Dataset) -> pd.DataFrame:
    """Compute the manual features of gait cycles.

    Returns
    -------
    pandas.DataFrame
        One row a cycle in the dataset's order, one column a feature in the order of `FEATURES`.

    Raises
    ------
    CyclesError
        Where positions are not finite or a cycle has no duration.
    """
    body = Body(
        cycles["position"].transpose("cycle", "phase", "joint", "axis").values,
        (cycles["end_s"] - cycles["start_s"]).values,
    )
    if not np.isfinite(body.position).all() or not (body.duration_s > 0).all():
        raise CyclesError(
            "features need finite positions and cycles of positive duration",
            found=f"shortest cycle {body.duration_s.min(initial=np.inf):g} s",
            remedy="Cut the recordings into cycles again.",
        )
    return pd.DataFrame({feature.name: feature.measure(body) for feature in FEATURES})


def feature_table() -> pd.DataFrame:
    """Return a table of the manual features with the columns ``name unit group meaning source``."""
    return pd.DataFrame(FEATURES).drop(columns="measure")
