"""Simulated people: body, habitual gait and personal effects of affect."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from affectlib.demo.affects import EFFECTS, LABELS, PERSON_SD, Manner
from affectlib.demo.anthropometry import Body, draw_body
from affectlib.demo.curves import ANGLE, ANGLES, N_HARMONICS, POSTURE_SD_DEG, normative, per_angle
from affectlib.demo.settings import Settings

CODES = (
    *("zab", "zad", "zaf", "zag", "zak", "zal", "zeb", "zed", "zef", "zeg"),
    *("zek", "zel", "zib", "zid", "zif", "zig", "zik", "zil", "zob", "zod"),
    *("zof", "zog", "zok", "zol", "zub", "zud", "zuf", "zug", "zuk", "zul"),
)
"""Codes of the simulated people; all begin with z, as no code of the real library does."""

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


def draw_person(number: int, *, seed: int, settings: Settings) -> Person:
    """Draw the person of a number, from 0, independently of all others; women and men alternate."""
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(PERSON_STREAM, number)))
    gender = "FM"[number % 2]
    body = draw_body(rng, gender)
    series = _series(rng, settings=settings)
    return Person(
        code=CODES[number],
        number=number,
        gender=gender,
        body=body,
        manner=_neutral_manner(rng, body, settings=settings),
        series=series,
        effects={label: _effect(rng, label, settings=settings) for label in LABELS},
        affect_series={label: _affect_series(rng, series, label, settings=settings) for label in LABELS},
    )


def _neutral_manner(rng: np.random.Generator, body: Body, *, settings: Settings) -> Manner:
    # Dynamic similarity: at equal effort stride length grows with the leg and rate falls with its root.
    legs = body.leg_m / 0.82
    rate, length, bounce, variability = np.clip(rng.standard_normal(4), -2.2, 2.2)
    rate, length = rate * settings.person_pace, length * settings.person_pace
    return Manner(
        stride_hz=float(settings.stride_hz / np.sqrt(legs) * np.exp(rate)),
        stride_length_m=float(settings.speed_m_s / settings.stride_hz * legs * np.exp(length)),
        # Feet that roll from heel to toe reduce the rise that stiff legs would cause.
        bounce=float(0.8 * np.exp(0.15 * bounce)),
        variability=float(np.exp(0.20 * variability)),
    )


def _series(rng: np.random.Generator, *, settings: Settings) -> np.ndarray:
    series = normative()
    posture_deg = settings.person_posture * per_angle(POSTURE_SD_DEG) * _sided_normal(rng)
    gain = np.exp(settings.person_gain * _sided_normal(rng))
    series[:, 1:] *= gain[:, None]
    series[:, 0] += posture_deg
    return series + _waveform(rng, series, strength=settings.person_harmonics)


def _effect(rng: np.random.Generator, label: str, *, settings: Settings) -> np.ndarray:
    strength = np.exp(0.3 * rng.standard_normal())
    personal = PERSON_SD * rng.standard_normal(PERSON_SD.shape)
    if label == "neutral":
        return np.zeros_like(personal)
    return settings.affect_scale * (strength * EFFECTS[label] + settings.affect_own * personal)


def _affect_series(
    rng: np.random.Generator, series: np.ndarray, label: str, *, settings: Settings
) -> np.ndarray:
    change = _waveform(rng, series, strength=settings.affect_harmonics)
    change[:, 0] = settings.affect_posture_deg * _sided_normal(rng)
    # The posture of the legs follows from stride length for the most part.
    change[[name[2:5] in ("hip", "kne") for name in ANGLES], 0] *= 0.3
    return np.zeros_like(change) if label == "neutral" else change


def _waveform(rng: np.random.Generator, series: np.ndarray, *, strength: float) -> np.ndarray:
    # Higher harmonics are smaller in any movement, so they also differ less between people.
    decay = np.concatenate([[0.0], 1.0 / np.arange(1, N_HARMONICS + 1)])
    size = np.linalg.norm(series[:, 1:], axis=1)[:, None]
    real, imaginary = rng.standard_normal((2, len(series), N_HARMONICS + 1))
    return strength * size * decay * (real + 1j * imaginary) / np.sqrt(2)


def _sided_normal(rng: np.random.Generator) -> np.ndarray:
    # The sides of a person resemble each other: four fifths of the variance is common to both.
    common, separate = rng.standard_normal((2, len(ANGLES)))
    left = [ANGLE["l" + name[1:] if name.startswith("r_") else name] for name in ANGLES]
    return np.clip(np.sqrt(0.8) * common[left] + np.sqrt(0.2) * separate, -2.5, 2.5)
