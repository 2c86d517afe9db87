"""The manner of a walk, and how affects change it.

A `Manner` is the part of a walk that affects change. Its differences from neutral have the means, standard
deviations and correlations that recorded people have, all of them statistics over people:

- "Ten": ten actors of the library of Ma, Paterson & Pollick (2006), *Behavior Research Methods* 38, one gait
  cycle in each affect. Joint angles and amplitudes were measured on each cycle, left and right averaged, and
  their statistics are over the ten. Five more actors were held out to test what the simulation is worth
  (``benchmarks/demo_transfer.py``).
- "Thirty": means and standard deviations over all thirty actors of that library, where they are known.

Differences are between single cycles, so their standard deviations include some variation between cycles
of one person. Directions agree with the literature: Halovic & Kroos (2018), *Human Movement Science* 57 (long
strides and more arm movement in happy and angry walkers, short slow strides in sad ones); Michalak et al.
(2009), *Psychosomatic Medicine* 71 (reduced speed and arm swing, slumped posture in sadness); Alvarez et al.
(2025), *Sensors* 25, 6222. A bouncing gait in happiness is not among them, since the actors do not show it.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np

LABELS = ("angry", "happy", "neutral", "sad")
"""Affects in the order of tables and random seeds."""


SOURCE = (
    "statistics over 10 to 30 actors of Ma, Paterson & Pollick (2006), Behavior Research Methods 38; "
    "affectlib.demo.affects says which"
)
"""Source of the effects of affect, for descriptions of simulated libraries."""

MOST_GAIN = 3.3
"""Largest factor by which a swing differs from the average; hardly any of the ten exceeds it."""


@dataclass(frozen=True, kw_only=True)
class Manner:
    """The part of a walk that affect, person and take determine.

    Parameters
    ----------
    stride_length_m : float
        Length of a stride on a straight line.
    arm_swing, elbow_swing : float
        Gains of the swing of the upper arm and of the elbow, relative to the average walker.
    trunk_swing : float
        Gain of the forward and backward swing of the trunk.
    twist : float
        Gain of the counter-rotation of pelvis and shoulders.
    sway : float
        Gain of the lateral sway of trunk and head.
    shoulder_lift : float
        Gain of the rise and fall of the shoulders.
    bounce : float
        Gain of the vertical movement of the pelvis, relative to what follows from the legs.
    variability : float
        Gain of all variation from cycle to cycle.
    elbow_deg, trunk_pitch_deg, head_pitch_deg, elevation_deg, thigh_deg, knee_deg : float
        Changes of the mean flexion of the elbows, the forward inclination of trunk and head, the height of
        the shoulders, and the mean flexion of hips and knees.
    """

    stride_hz: float
    stride_length_m: float
    arm_swing: float = 1.0
    elbow_swing: float = 1.0
    trunk_swing: float = 1.0
    twist: float = 1.0
    sway: float = 1.0
    shoulder_lift: float = 1.0
    bounce: float = 1.0
    variability: float = 1.0
    elbow_deg: float = 0.0
    trunk_pitch_deg: float = 0.0
    head_pitch_deg: float = 0.0
    elevation_deg: float = 0.0
    thigh_deg: float = 0.0
    knee_deg: float = 0.0

    @property
    def speed_m_s(self) -> float:
        """Walking speed on a straight line in m/s."""
        return self.stride_hz * self.stride_length_m

    def changed_by(self, effect: np.ndarray) -> Manner:
        """Return the manner after an effect; gains stay within a factor of `MOST_GAIN`.

        Parameters
        ----------
        effect : numpy.ndarray
            One number per field, in the order of `MANNER`: for gains, rates and lengths the
            change of their logarithm, for angles the change in degrees, shape (16,).
        """
        changed = {}
        for name, change in zip(MANNER, effect, strict=True):
            value = getattr(self, name)
            if name.endswith("_deg"):
                changed[name] = float(value + change)
            elif name.startswith("stride_"):
                changed[name] = float(value * np.exp(change))
            else:
                changed[name] = float(np.clip(value * np.exp(change), 1 / MOST_GAIN, MOST_GAIN))
        return replace(self, **changed)


MANNER = tuple(field.name for field in fields(Manner))
"""Names of the fields of a manner, in the order of every effect."""


def _effect(**changes: float) -> np.ndarray:
    return np.array([changes.get(name, 0.0) for name in MANNER])


DIFFERENCES = {
    #                    angry            happy            sad
    "stride_hz": ((0.16, 0.09), (0.08, 0.08), (-0.13, 0.13)),  # thirty
    "stride_length_m": ((0.13, 0.09), (0.08, 0.09), (-0.10, 0.10)),  # thirty
    "arm_swing": ((0.31, 0.40), (0.30, 0.29), (-0.47, 0.46)),  # ten and thirty
    "elbow_swing": ((0.54, 0.47), (0.43, 0.47), (-0.51, 0.34)),  # ten and thirty
    "trunk_swing": ((0.38, 0.38), (-0.04, 0.39), (-0.18, 0.53)),  # ten
    "twist": ((0.17, 0.27), (0.19, 0.40), (-0.48, 0.38)),  # ten
    "sway": ((0.08, 0.29), (0.25, 0.30), (0.08, 0.34)),  # ten and thirty
    "shoulder_lift": ((0.03, 0.15), (0.20, 0.30), (-0.49, 0.39)),  # ten
    "elbow_deg": ((6.5, 6.7), (3.0, 4.5), (-1.3, 2.7)),  # ten and thirty
    "trunk_pitch_deg": ((0.8, 1.4), (-0.3, 1.8), (1.6, 4.3)),  # ten
    "head_pitch_deg": ((2.6, 6.5), (1.1, 5.5), (10.7, 8.2)),  # thirty
    "elevation_deg": ((0.8, 0.8), (0.3, 0.8), (-1.0, 1.0)),  # ten
    "thigh_deg": ((3.7, 2.4), (1.0, 1.1), (-0.5, 1.7)),  # ten
    "knee_deg": ((2.8, 1.6), (0.5, 1.6), (-2.6, 2.2)),  # ten
}
"""Mean and standard deviation over people of the difference from neutral, in the units of effects."""

EFFECTS = {
    label: _effect(**{name: row[column][0] for name, row in DIFFERENCES.items()})
    for column, label in enumerate(("angry", "happy", "sad"))
} | {"neutral": _effect()}
"""Mean differences of each affect from neutral."""

PERSON_SD = {
    label: _effect(**{name: row[column][1] for name, row in DIFFERENCES.items()})
    for column, label in enumerate(("angry", "happy", "sad"))
}
"""Standard deviations between people of the differences of each affect from neutral."""

NEUTRAL_SD = _effect(
    stride_hz=0.09,
    stride_length_m=0.06,
    arm_swing=0.42,
    elbow_swing=0.45,
    trunk_swing=0.40,
    twist=0.40,
    sway=0.43,
    shoulder_lift=0.22,
    bounce=0.15,
    variability=0.20,
)
"""Standard deviations between people of the neutral manner (ten; bounce and variability are assumptions)."""

EXPRESSIVITY = _effect(
    stride_hz=0.70,
    stride_length_m=0.79,
    arm_swing=0.44,
    elbow_swing=0.67,
    trunk_swing=-0.05,
    twist=0.71,
    sway=0.27,
    shoulder_lift=0.74,
    elbow_deg=0.38,
    trunk_pitch_deg=-0.32,
    head_pitch_deg=-0.41,
    elevation_deg=0.53,
    thigh_deg=0.24,
    knee_deg=0.30,
)
"""Correlations of each difference with one factor, the liveliness that the differences share (ten)."""

CORRELATION = np.array(
    [[1.0, -0.09, -0.23, -0.29], [-0.09, 1.0, 0.51, 0.22], [-0.23, 0.51, 1.0, 0.26], [-0.29, 0.22, 0.26, 1.0]]
)
"""Correlations over people of the neutral manner and the differences in angry, happy and sad walks (ten)."""

TAKE_SD = _effect(
    stride_hz=0.020,
    stride_length_m=0.020,
    arm_swing=0.08,
    elbow_swing=0.08,
    trunk_swing=0.08,
    twist=0.08,
    sway=0.06,
    shoulder_lift=0.06,
    bounce=0.06,
    variability=0.08,
    elbow_deg=1.5,
    trunk_pitch_deg=0.7,
    head_pitch_deg=1.5,
    elevation_deg=0.6,
    thigh_deg=0.5,
    knee_deg=0.5,
)
"""Standard deviation between takes of one person and affect (an assumption)."""


def draw_deviations(rng: np.random.Generator) -> np.ndarray:
    """Draw how one person differs from the average person.

    Returns
    -------
    numpy.ndarray
        In standard deviations, shape (4, 16): of the neutral manner, and of the differences in angry, happy
        and sad walks. All fields share one factor (`EXPRESSIVITY`); walks are correlated (`CORRELATION`).
    """
    between = np.linalg.cholesky(CORRELATION)
    shared = between @ rng.standard_normal((len(CORRELATION), 1))
    separate = between @ rng.standard_normal((len(CORRELATION), len(MANNER)))
    # In a group of thirty, none is four standard deviations off.
    return np.clip(EXPRESSIVITY * shared + np.sqrt(1 - EXPRESSIVITY**2) * separate, -2.5, 2.5)
