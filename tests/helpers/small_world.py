"""Cycles of a small made-up world in which subject and affect add up, and networks small enough for tests."""

from __future__ import annotations

import numpy as np

from affectlib.models.autoencoder import Architecture
from affectlib.models.cnn_networks import CnnSettings
from affectlib.models.schedule import Schedule
from affectlib.models.training import AutoencoderSettings

SUBJECTS, LABELS = 8, 3


def cycles(
    *, takes: int = 2, repeats: int = 1, noise_m: float = 0.002, seed: int = 0
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Positions (cycles, 16, 15, 3), subject, label and take: a stride, plus a person, plus an affect."""
    rng = np.random.default_rng(seed)
    angle = 2 * np.pi * np.arange(16) / 16
    waves = np.stack([np.ones(16), np.cos(angle), np.sin(angle), np.cos(2 * angle)])
    person = 0.03 * rng.normal(size=(SUBJECTS, 2)) @ rng.normal(size=(2, 4 * 45))
    affect = 0.03 * np.array([[1, 0], [-1, 1], [-1, -1]]) @ rng.normal(size=(2, 4 * 45))
    person, affect = person.reshape(-1, 4, 45), affect.reshape(-1, 4, 45)
    stride = 0.2 * rng.normal(size=(4, 45))
    i, j, take, _ = (axis.ravel() for axis in np.indices((SUBJECTS, LABELS, takes, repeats)))
    position = np.einsum("np,knc->kpc", waves, stride + person[i] + affect[j])
    position += noise_m * rng.normal(size=position.shape)
    names = np.array([f"s{number}" for number in range(SUBJECTS)]), np.array(["angry", "happy", "sad"])
    return position.reshape(len(i), 16, 15, 3).astype(np.float32), names[0][i], names[1][j], take


def take_groups(*names: np.ndarray) -> np.ndarray:
    """Names of takes that are unique in the library, of subject, label and take."""
    return np.array(["/".join(map(str, parts)) for parts in zip(*names, strict=True)])


def settings(**schedule: object) -> AutoencoderSettings:
    """An autoencoder that trains in a second or two."""
    return AutoencoderSettings(
        architecture=Architecture(
            affect_size=4, subject_size=6, width=8, n_phases=8, dropout=0.0, code_dropout=0.0
        ),
        schedule=Schedule(**({"n_steps": 40, "batch_size": 16} | schedule)),
    )


def cnn_settings(**schedule: object) -> CnnSettings:
    """A CNN that trains in a second or two."""
    return CnnSettings(
        width=8, n_phases=8, schedule=Schedule(**({"n_steps": 60, "batch_size": 16} | schedule))
    )
