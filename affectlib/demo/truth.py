"""True parameters of every simulated stride, as a table beside the recordings.

Columns of ``truth.csv``, one row a stride:

``file subject gender label take``
    The recording.
``stride start_s end_s steady``
    Number within the take; start and end, exclusive, in seconds since the first frame; 1 where
    the stride lies after gait initiation, 0 where it began before the steps were full. A stride
    begins where the left gait phase is an integer: the left ankle is furthest ahead of the pelvis, just
    before heel strike.
``speed_m_s stride_hz stride_length_m``
    The take's mean over its steady strides, in the turns as well as between them.
``arm_swing elbow_swing twist sway shoulder_lift bounce variability``
    The take's gains, relative to the average walker.
``elbow_deg trunk_pitch_deg head_pitch_deg elevation_deg thigh_deg knee_deg``
    The take's changes of posture, relative to the person's habit.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from affectlib.demo.affects import MANNER
from affectlib.demo.people import Person
from affectlib.demo.simulate import SimulatedTake

_STYLE = tuple(name for name in MANNER if name not in ("stride_hz", "stride_length_m"))


def truth_rows(simulated: SimulatedTake, *, person: Person, label: str, take: int, file: str) -> pd.DataFrame:
    """Return the strides of one take, one row a stride; the module describes the columns."""
    start_s, end_s = simulated.stride_s[:-1], simulated.stride_s[1:]
    steady = start_s >= simulated.steady_s
    stride_hz = steady.sum() / (end_s[steady][-1] - start_s[steady][0])
    return pd.DataFrame(
        {
            "file": file,
            "subject": person.code,
            "gender": person.gender,
            "label": label,
            "take": take,
            "stride": np.arange(1, len(start_s) + 1),
            "start_s": start_s.round(4),
            "end_s": end_s.round(4),
            "steady": steady.astype(int),
            "speed_m_s": round(simulated.speed_m_s, 4),
            "stride_hz": round(float(stride_hz), 4),
            "stride_length_m": round(simulated.speed_m_s / float(stride_hz), 4),
            **{name: round(getattr(simulated.manner, name), 4) for name in _STYLE},
        }
    )
