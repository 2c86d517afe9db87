"""Simulated people: who they are before they feel anything."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from affectlib.demo.affects import EFFECTS, LABELS, OWN_WAY, Manner
from affectlib.demo.anthropometry import Body, draw_body
from affectlib.demo.curves import ANGLES, N_HARMONICS, POSTURE_SD_DEG, normative, per_angle
from affectlib.demo.settings import Settings

CODES = (
    *("zab", "zad", "zaf", "zag", "zak", "zal", "zeb", "zed", "zef", "zeg"),
    *("zek", "zel", "zib", "zid", "zif", "zig", "zik", "zil", "zob", "zod"),
    *("zof", "zog", "zok", "zol", "zub", "zud", "zuf", "zug", "zuk", "zul"),
)
"""Codes of the simulated people; all begin with z, so that none is taken for a real one."""

# Streams of chance below the seed: people first, then takes.
PERSON_STREAM, TAKE_STREAM = 0, 1


@dataclass(frozen=True, kw_only=True)
class Person:
    """One simulated person.

    Parameters
    ----------
    code : str
        Three letters.
    number : int
        Place among the people, from 0.
    gender : str
        ``"F"`` or ``"M"``.
    body : Body
        Bone lengths.
    manner : Manner
        Neutral pace.
    series : numpy.ndarray
        Own joint-angle Fourier series in degrees, shape (27, 7).
    effects : dict of str to numpy.ndarray
        What each affect does to this person's manner, shape (11,) each.
    affect_series : dict of str to numpy.ndarray
        What each affect adds to this person's series in degrees, shape (27, 7) each.
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
    """Draw one person, the same whoever else is drawn.

    Parameters
    ----------
    number : int
        Place among the people, from 0; women and men alternate.
    seed : int
        Seed of the library.
    settings : Settings
        Strengths of the variation between people.

    Returns
    -------
    Person
        Body, habits and own ways of showing each affect.
    """
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(PERSON_STREAM, number)))
    gender = "FM"[number % 2]
    body = draw_body(rng, gender)
    series = _own_series(rng, settings=settings)
    return Person(
        code=CODES[number],
        number=number,
        gender=gender,
        body=body,
        manner=_own_pace(rng, body, settings=settings),
        series=series,
        effects={label: _own_effect(rng, label, settings=settings) for label in LABELS},
        affect_series={label: _own_affect_series(rng, series, label, settings=settings) for label in LABELS},
    )


def _own_pace(rng: np.random.Generator, body: Body, *, settings: Settings) -> Manner:
    # Dynamic similarity: at one effort stride length grows with the leg and rate falls with its root.
    legs = body.leg_m / 0.82
    rate, length, bounce, variability = np.clip(rng.standard_normal(4), -2.2, 2.2)
    rate, length = rate * settings.person_pace, length * settings.person_pace
    return Manner(
        stride_hz=float(settings.stride_hz / np.sqrt(legs) * np.exp(rate)),
        stride_length_m=float(settings.speed_m_s / settings.stride_hz * legs * np.exp(length)),
        # Feet that roll from heel to toe take off some of the rise that stiff legs would give.
        bounce=float(0.8 * np.exp(0.15 * bounce)),
        variability=float(np.exp(0.20 * variability)),
    )


def _own_series(rng: np.random.Generator, *, settings: Settings) -> np.ndarray:
    series = normative()
    posture_deg = settings.person_posture * per_angle(POSTURE_SD_DEG) * _sided_normal(rng)
    gain = np.exp(settings.person_gain * _sided_normal(rng))
    series[:, 1:] *= gain[:, None]
    series[:, 0] += posture_deg
    return series + _own_waveform(rng, series, strength=settings.person_harmonics)


def _own_effect(rng: np.random.Generator, label: str, *, settings: Settings) -> np.ndarray:
    strength = np.exp(0.3 * rng.standard_normal())
    own = OWN_WAY * rng.standard_normal(OWN_WAY.shape)
    if label == "neutral":
        return np.zeros_like(own)
    return settings.affect_scale * (strength * EFFECTS[label] + settings.affect_own * own)


def _own_affect_series(
    rng: np.random.Generator, series: np.ndarray, label: str, *, settings: Settings
) -> np.ndarray:
    change = _own_waveform(rng, series, strength=settings.affect_harmonics)
    change[:, 0] = settings.affect_posture_deg * _sided_normal(rng)
    # Posture of the legs follows from stride length; leave them to it.
    change[[name[2:5] in ("hip", "kne") for name in ANGLES], 0] *= 0.3
    return np.zeros_like(change) if label == "neutral" else change


def _own_waveform(rng: np.random.Generator, series: np.ndarray, *, strength: float) -> np.ndarray:
    # Higher harmonics carry less of any movement, so they also differ less between people.
    fall = np.concatenate([[0.0], 1.0 / np.arange(1, N_HARMONICS + 1)])
    size = np.linalg.norm(series[:, 1:], axis=1)[:, None]
    chance = rng.standard_normal((2, len(series), N_HARMONICS + 1))
    return strength * size * fall * (chance[0] + 1j * chance[1]) / np.sqrt(2)


def _sided_normal(rng: np.random.Generator) -> np.ndarray:
    # The sides of a person resemble each other: four fifths of the variance is common to both.
    shared, own = rng.standard_normal((2, len(ANGLES)))
    partner = np.array([_left_partner(name) for name in ANGLES])
    return np.clip(np.sqrt(0.8) * shared[partner] + np.sqrt(0.2) * own, -2.5, 2.5)


def _left_partner(name: str) -> int:
    return ANGLES.index("l" + name[1:]) if name.startswith("r_") else ANGLES.index(name)
