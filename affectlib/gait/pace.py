"""Walking speed, and variation between the cycles of a recording."""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr

from affectlib.gait.filters import low_pass
from affectlib.gait.segmentation import Segmentation
from affectlib.recordings.recording import Recording
from affectlib.skeleton import INDEX, JOINTS, ROOT


def walking_speed_m_s(recording: Recording, segmentation: Segmentation) -> float:
    """Compute the mean speed of the pelvis over the ground during the good cycles.

    The pelvis sways from side to side with every step, which is no progress; its path is smoothed
    with a Gaussian of a quarter of a stride first.

    Returns
    -------
    float
        Metres per second; NaN without cycles. Close to zero on a treadmill.
    """
    if not segmentation.cycles:
        return float("nan")
    path_m = recording.position[:, INDEX[ROOT], :2]
    quarter_frames = 0.25 * recording.rate_hz / segmentation.stride_hz
    smooth_m = low_pass(path_m, sigma_frames=quarter_frames)
    travelled_m = np.concatenate([[0], np.linalg.norm(np.diff(smooth_m, axis=0), axis=1).cumsum()])
    frames = np.arange(len(travelled_m))
    spans = np.array([(cycle.start_frames, cycle.end_frames) for cycle in segmentation.cycles])
    metres = np.diff(np.interp(spans, frames, travelled_m), axis=1).sum()
    return float(metres * recording.rate_hz / np.diff(spans, axis=1).sum())


def cycle_deviations_mm(cycles: xr.Dataset) -> pd.DataFrame:
    """Compute the standard deviation over cycles of each joint's position within each recording.

    Returns
    -------
    pandas.DataFrame
        One row a recording with at least two cycles: ``recording subject label``, then one column a joint in
        millimetres, averaged over phase and axis.
    """
    rows = []
    for name, group in cycles.groupby("recording"):
        if group.sizes["cycle"] < 2:
            continue
        spread_mm = 1000 * group["position"].std("cycle").mean(("phase", "axis")).values
        first = group.isel(cycle=0)
        rows.append(
            {
                "recording": str(name),
                "subject": str(first["subject"].values),
                "label": str(first["label"].values),
            }
            | dict(zip(JOINTS, spread_mm.tolist(), strict=True))
        )
    return pd.DataFrame(rows, columns=["recording", "subject", "label", *JOINTS])
