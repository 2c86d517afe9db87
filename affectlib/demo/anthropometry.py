"""Anthropometry of simulated people: bone lengths of young women and men."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

STATURE_M = {"F": (1.65, 0.060), "M": (1.77, 0.065)}
"""Mean and standard deviation of stature in metres (round values for young adults, an assumption)."""

PROPORTIONS = {
    "F": {
        "trunk": 0.292,
        "head": 0.098,
        "shoulder": 0.086,
        "upper_arm": 0.169,
        "forearm": 0.156,
        "hip": 0.069,
        "thigh": 0.252,
        "shank": 0.228,
        "ankle": 0.061,
    },
    "M": {
        "trunk": 0.292,
        "head": 0.098,
        "shoulder": 0.092,
        "upper_arm": 0.172,
        "forearm": 0.160,
        "hip": 0.065,
        "thigh": 0.252,
        "shank": 0.230,
        "ankle": 0.063,
    },
}
"""Lengths between joint centres as fractions of stature.

Round values near the segment tables of biomechanics textbooks, shortened where a joint centre
of the fifteen lies inside the landmark of the tables; an assumption.
"""

PROPORTION_SD = 0.035
"""Relative standard deviation of each proportion between people of one gender (an assumption)."""


@dataclass(frozen=True, kw_only=True)
class Body:
    """Bone lengths of one person in metres; left and right are equal.

    Parameters
    ----------
    trunk_m, head_m : float
        Pelvis to neck, neck to head.
    shoulder_m, hip_m : float
        Neck to either shoulder, pelvis to either hip.
    ankle_m : float
        Height of the ankle over the floor when the foot stands flat.
    """

    stature_m: float
    trunk_m: float
    head_m: float
    shoulder_m: float
    upper_arm_m: float
    forearm_m: float
    hip_m: float
    thigh_m: float
    shank_m: float
    ankle_m: float

    @property
    def leg_m(self) -> float:
        """Length of the stretched leg, hip to ankle."""
        return self.thigh_m + self.shank_m


def draw_body(rng: np.random.Generator, gender: str) -> Body:
    """Draw stature and proportions of a woman (``"F"``) or a man (``"M"``)."""
    mean_m, sd_m = STATURE_M[gender]
    stature_m = mean_m + sd_m * _bounded(rng)
    lengths = {
        f"{segment}_m": stature_m * fraction * (1 + PROPORTION_SD * _bounded(rng))
        for segment, fraction in PROPORTIONS[gender].items()
    }
    return Body(stature_m=stature_m, **lengths)


def _bounded(rng: np.random.Generator) -> float:
    # In a group of thirty, none is four standard deviations off.
    return float(np.clip(rng.standard_normal(), -2.2, 2.2))
