"""Timing of a simulated take: standing, gait initiation and strides."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.interpolate import PchipInterpolator

from affectlib.demo.settings import Settings
from affectlib.demo.variation import autoregressive

_INITIATION_STRIDES = 0.9  # from standing to full steps


@dataclass(frozen=True, kw_only=True)
class Clock:
    """The left gait phase through one take.

    Parameters
    ----------
    phase : numpy.ndarray
        Left gait phase in cycles, an integer where the left ankle is furthest ahead, shape (frames,).
    gate : numpy.ndarray
        From 0 (standing) to 1 (walking), shape (frames,).
    frequency_hz : numpy.ndarray
        Strides per second, shape (frames,).
    stride_s : numpy.ndarray
        Times at which the phase is an integer, from the first after setting off to the last within
        the take, shape (strides + 1,).
    steady_s : float
        Time at which gait initiation ends.
    """

    phase: np.ndarray
    gate: np.ndarray
    frequency_hz: np.ndarray
    stride_s: np.ndarray
    steady_s: float


def draw_clock(
    rng: np.random.Generator, stride_hz: float, variability: float, *, settings: Settings
) -> Clock:
    """Draw the timing of one take from its mean stride rate and the gain of its variation."""
    time_s = np.arange(settings.n_frames) / settings.rate_hz
    set_off_s = settings.stand_s + 0.15 * float(np.clip(rng.standard_normal(), -2, 2))
    # The walk begins just after toe-off of either the left or the right foot.
    first_phase = 0.62 if rng.random() < 0.5 else 0.12
    n_strides = int(np.ceil(time_s[-1] * stride_hz * 1.5)) + 2
    memory = autoregressive(rng, n_strides, 1, correlation=settings.cycle_correlation)[:, 0]
    duration_s = np.exp(settings.cycle_time * variability * np.clip(memory, -3, 3)) / stride_hz
    boundary_s = set_off_s + np.concatenate([[0.0], np.cumsum(duration_s)]) - first_phase * duration_s[0]
    curve = PchipInterpolator(boundary_s, np.arange(n_strides + 1.0))
    # Before the first boundary nothing moves, so the rate there is arbitrary.
    before = np.minimum(time_s - boundary_s[0], 0) / duration_s[0]
    inside_s = np.maximum(time_s, boundary_s[0])
    initiation_s = _INITIATION_STRIDES * duration_s[0]
    ramp = np.clip((time_s - set_off_s) / initiation_s, 0, 1)
    return Clock(
        phase=curve(inside_s) + before,
        gate=ramp**3 * (10 - 15 * ramp + 6 * ramp**2),
        frequency_hz=curve.derivative()(inside_s),
        stride_s=boundary_s[(boundary_s > set_off_s) & (boundary_s <= time_s[-1])],
        steady_s=set_off_s + initiation_s,
    )
