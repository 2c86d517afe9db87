"""The manner of a walk, and the effects of affect on it.

A `Manner` is the part of a walk that affects change. The directions of the effects below come
from the literature; every size is an assumption, scaled as a whole by the calibration
(`Settings.affect_scale`).

Sources, each read as its abstract:

- Halovic and Kroos (2018), *Human Movement Science* 57: happy and angry walkers take long strides
  with increased arm movement, angry ones at a faster cadence; sad walkers take slow short strides
  and are the slowest; observers report a bouncing gait for happiness, slouching for sadness.
- Michalak et al. (2009), *Psychosomatic Medicine* 71: sadness goes with reduced walking speed, arm
  swing and vertical head movement, larger lateral sway of the upper body, more slumped posture.
- Alvarez et al. (2025), *Sensors* 25, 6222: longer strides and faster walking with anger and joy,
  slower walking and lower cadence with sadness; no significant effect on gait variability.

Elbow, head and shoulder effects other than a slumped posture are assumptions in direction too.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np

LABELS = ("angry", "happy", "neutral", "sad")
"""Affects in the order of tables and random seeds."""


@dataclass(frozen=True, kw_only=True)
class Manner:
    """The part of a walk that affect, person and take determine.

    Parameters
    ----------
    stride_length_m : float
        Length of a stride on a straight line.
    arm_swing : float
        Gain of the swing of shoulders and elbows, relative to the person's habit.
    bounce : float
        Gain of the vertical movement of the pelvis, relative to what follows from the legs.
    sway : float
        Gain of the lateral sway of trunk and head.
    variability : float
        Gain of all variation from cycle to cycle.
    elbow_deg, trunk_pitch_deg, head_pitch_deg, protraction_deg, elevation_deg : float
        Changes of elbow flexion, of the forward inclination of trunk and head, and of the shoulders'
        forward position and height.
    """

    stride_hz: float
    stride_length_m: float
    arm_swing: float = 1.0
    bounce: float = 1.0
    sway: float = 1.0
    variability: float = 1.0
    elbow_deg: float = 0.0
    trunk_pitch_deg: float = 0.0
    head_pitch_deg: float = 0.0
    protraction_deg: float = 0.0
    elevation_deg: float = 0.0

    @property
    def speed_m_s(self) -> float:
        """Walking speed on a straight line in m/s."""
        return self.stride_hz * self.stride_length_m

    def changed_by(self, effect: np.ndarray) -> Manner:
        """Return the manner after an effect.

        Parameters
        ----------
        effect : numpy.ndarray
            One number per field, in the order of `MANNER`: for gains, rates and lengths the
            change of their logarithm, for angles the change in degrees, shape (11,).
        """
        changed = {}
        for name, change in zip(MANNER, effect, strict=True):
            value = getattr(self, name)
            changed[name] = float(value + change if name.endswith("_deg") else value * np.exp(change))
        return replace(self, **changed)


MANNER = tuple(field.name for field in fields(Manner))
"""Names of the fields of a manner, in the order of every effect."""


def _effect(**changes: float) -> np.ndarray:
    return np.array([changes.get(name, 0.0) for name in MANNER])


EFFECTS = {
    "angry": _effect(
        stride_hz=0.09,
        stride_length_m=0.09,
        arm_swing=0.22,
        bounce=0.08,
        elbow_deg=8.0,
        trunk_pitch_deg=3.5,
        head_pitch_deg=3.0,
        protraction_deg=2.0,
        elevation_deg=3.0,
    ),
    "happy": _effect(
        stride_hz=0.05,
        stride_length_m=0.06,
        arm_swing=0.25,
        bounce=0.25,
        elbow_deg=5.0,
        trunk_pitch_deg=-2.0,
        head_pitch_deg=-4.0,
        protraction_deg=-2.0,
        elevation_deg=1.0,
    ),
    "neutral": _effect(),
    "sad": _effect(
        stride_hz=-0.09,
        stride_length_m=-0.10,
        arm_swing=-0.30,
        bounce=-0.20,
        sway=0.20,
        elbow_deg=-3.0,
        trunk_pitch_deg=3.0,
        head_pitch_deg=7.0,
        protraction_deg=3.0,
        elevation_deg=-2.0,
    ),
}
"""Effects that all people share, relative to neutral; see the module for the sources."""

PERSON_SD = _effect(
    stride_hz=0.05,
    stride_length_m=0.05,
    arm_swing=0.15,
    bounce=0.12,
    sway=0.10,
    variability=0.10,
    elbow_deg=5.0,
    trunk_pitch_deg=2.0,
    head_pitch_deg=4.0,
    protraction_deg=2.0,
    elevation_deg=1.5,
)
"""Standard deviation between people of the effects of an affect (an assumption)."""

TAKE_SD = _effect(
    stride_hz=0.020,
    stride_length_m=0.020,
    arm_swing=0.08,
    bounce=0.06,
    sway=0.06,
    variability=0.08,
    elbow_deg=1.5,
    trunk_pitch_deg=0.7,
    head_pitch_deg=1.5,
    protraction_deg=0.8,
    elevation_deg=0.6,
)
"""Standard deviation between takes of one person and affect (an assumption)."""
