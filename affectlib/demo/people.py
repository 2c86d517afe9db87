"""Simulated people: body, habitual gait and personal effects of affect."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from affectlib.demo.affects import (
    EFFECTS,
    LABELS,
    NEUTRAL_SD,
    PERSON_SD,
    Manner,
    draw_deviations,
)
from affectlib.demo.anthropometry import Body, draw_body
from affectlib.demo.curves import (
    ANGLE,
    ANGLES,
    N_HARMONICS,
    POSTURE_SD_DEG,
    WAVEFORM_SD_DEG,
    kind_of,
    normative,
    per_angle,
)
from affectlib.demo.settings import Settings

_SYLLABLES = tuple(vowel + consonant for vowel in "aeiou" for consonant in "bdfgkl")

MANNER_KINDS = (
    "elbow_flexion",
    "trunk_pitch",
    "head_pitch",
    "girdle_elevation",
    "hip_flexion",
    "knee_flexion",
)
"""Kinds of joint angles whose mean belongs to the manner."""

PERSON_STREAM, TAKE_STREAM = 0, 1
"""First spawn keys of the random generators of people and takes."""


@dataclass(frozen=True, kw_only=True)
class Person:
    """One simulated person.

    Parameters
    ----------
    manner : Manner
        Neutral manner.
    series : numpy.ndarray
        Joint-angle Fourier series in degrees, shape (27, 7).
    effects : dict of str to numpy.ndarray
        Effect of each affect on the manner, shape (11,) each.
    affect_series : dict of str to numpy.ndarray
        Change of `series` in each affect, in degrees, shape (27, 7) each.
    """

    code: str
    number: int
    gender: str
    body: Body
    manner: Manner
    series: np.ndarray
    effects: dict[str, np.ndarray]
    affect_series: dict[str, np.ndarray]


def subject_code(number: int) -> str:
    """Return the code of a simulated person: ``zab`` to ``zul`` for 0 to 29, then ``zabab`` and so on.

    All begin with z, as no code of the real library does.
    """
    code = ""
    while number >= 0:
        number, syllable = divmod(number, len(_SYLLABLES))
        code = _SYLLABLES[syllable] + code
        number -= 1
    return f"z{code}"


def draw_person(number: int, *, seed: int, settings: Settings) -> Person:
    """Draw the person of a number, from 0, independently of all others; women and men alternate."""
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(PERSON_STREAM, number)))
    gender = "FM"[number % 2]
    body = draw_body(rng, gender)
    deviation, *deviations = draw_deviations(rng)
    return Person(
        code=subject_code(number),
        number=number,
        gender=gender,
        body=body,
        manner=_neutral_manner(body, deviation, settings=settings),
        series=_series(rng, settings=settings),
        effects=_effects(deviations, settings=settings),
        affect_series={label: _affect_series(rng, label, settings=settings) for label in LABELS},
    )


def _neutral_manner(body: Body, deviation: np.ndarray, *, settings: Settings) -> Manner:
    # Dynamic similarity: at equal effort stride length grows with the leg and rate falls with its root.
    legs = body.leg_m / 0.82
    average = Manner(
        stride_hz=float(settings.stride_hz / np.sqrt(legs)),
        stride_length_m=float(settings.speed_m_s / settings.stride_hz * legs),
        # Feet that roll from heel to toe reduce the rise that stiff legs would cause.
        bounce=0.8,
    )
    return average.changed_by(settings.person_manner * NEUTRAL_SD * deviation)


def _series(rng: np.random.Generator, *, settings: Settings) -> np.ndarray:
    series = normative()
    series[:, 1:] *= np.exp(settings.person_gain * _sided_normal(rng))[:, None]
    series += _waveform(rng, strength=settings.person_harmonics)
    series[:, 0] += settings.person_posture * per_angle(POSTURE_SD_DEG) * _sided_normal(rng)
    return series


def _effects(deviations: list[np.ndarray], *, settings: Settings) -> dict[str, np.ndarray]:
    """Return the effect of each affect on a person's manner, shape (16,) each."""
    effects = {
        label: settings.affect_scale * EFFECTS[label] + settings.affect_own * PERSON_SD[label] * deviation
        for label, deviation in zip(PERSON_SD, deviations, strict=True)
    }
    return effects | {"neutral": EFFECTS["neutral"]}


def _affect_series(rng: np.random.Generator, label: str, *, settings: Settings) -> np.ndarray:
    change = _waveform(rng, strength=settings.affect_harmonics)
    # The manner has the spread of what it changes already, but for differences between the sides.
    common = np.array([kind_of(name) not in MANNER_KINDS for name in ANGLES])
    change[:, 0] = settings.affect_posture * per_angle(POSTURE_SD_DEG) * _sided_normal(rng, common=common)
    return np.zeros_like(change) if label == "neutral" else change


def _waveform(rng: np.random.Generator, *, strength: float) -> np.ndarray:
    # Higher harmonics are smaller in any movement, so they also differ less between people.
    decay = np.concatenate([[0.0], 1.0 / np.arange(1, N_HARMONICS + 1)])
    real, imaginary = rng.standard_normal((2, len(ANGLES), N_HARMONICS + 1))
    size_deg = strength * per_angle(WAVEFORM_SD_DEG)[:, None]
    return size_deg * decay * (real + 1j * imaginary) / np.sqrt(2)


def _sided_normal(rng: np.random.Generator, *, common: np.ndarray | float = 1.0) -> np.ndarray:
    # The sides of a person resemble each other: four fifths of the variance is common to both.
    both, separate = rng.standard_normal((2, len(ANGLES)))
    left = [ANGLE["l" + name[1:] if name.startswith("r_") else name] for name in ANGLES]
    return np.clip(np.sqrt(0.8) * common * both[left] + np.sqrt(0.2) * separate, -2.5, 2.5)
