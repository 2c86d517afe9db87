"""Parameters of the simulation in one place, so that a library can state how it was made.

The tables in ``affects`` and ``curves`` that these values scale are statistics over recorded people.
Variation from cycle to cycle is calibrated to one genuine recording (``benchmarks/calibrate_demo.py``). The
other values are assumptions.
"""

from __future__ import annotations

from dataclasses import dataclass

DEMO_VERSION = 2
"""Version of the demo library, raised by any change that moves a number in its files."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Strengths of all sources of variation, and length and rate of a take.

    Parameters
    ----------
    n_frames : int
        Frames of a take (25 s at 60 Hz, counted as in the genuine library).
    stand_s : float
        Mean duration of standing before the walk.
    speed_m_s : float
        Mean walking speed over people, neutral.
    stride_hz : float
        Mean stride rate over people, neutral.
    person_manner : float
        Scale of the neutral manner over people (1: the table in ``affects``).
    person_posture : float
        Scale of habitual posture over people (1: the table in ``curves``).
    person_gain : float
        Standard deviation over people of the log amplitude of each joint angle.
    person_harmonics : float
        Scale of personal waveforms (1: the table in ``curves``).
    affect_scale : float
        Scale of the mean effects of affect (1: the table in ``affects``).
    affect_own : float
        Scale of the spread of these effects over people (1: the table in ``affects``).
    affect_posture, affect_harmonics : float
        Personal change with an affect of posture and waveform that is no part of the manner, relative to the
        differences between people.
    take_scale : float
        Scale of the differences between takes of one person and affect.
    cycle_offset : float
        Scale of the variation of mean joint angles from cycle to cycle.
    cycle_gain : float
        Standard deviation of log amplitude of each joint angle from cycle to cycle.
    cycle_phase : float
        Standard deviation of the lag of each joint from cycle to cycle, in cycles.
    cycle_time : float
        Coefficient of variation of stride time.
    cycle_correlation : float
        Correlation of neighbouring cycles in the four above.
    noise_deg : float
        Standard deviation of the noise of each joint angle.
    """

    rate_hz: float = 60.0
    n_frames: int = 1501
    stand_s: float = 1.7
    speed_m_s: float = 0.82
    stride_hz: float = 0.80
    person_manner: float = 1.0
    person_posture: float = 1.0
    person_gain: float = 0.10
    person_harmonics: float = 1.0
    affect_scale: float = 1.0
    affect_own: float = 1.0
    affect_posture: float = 0.5
    affect_harmonics: float = 0.5
    take_scale: float = 0.45
    cycle_offset: float = 0.76
    cycle_gain: float = 0.08
    cycle_phase: float = 0.02
    cycle_time: float = 0.025
    cycle_correlation: float = 0.5
    noise_deg: float = 0.35
