"""Cycles whose label is planted at one joint and one phase, and the settings of a CNN that finds it."""

from __future__ import annotations

import numpy as np
from walkers import on_the_spot

from affectlib.models.cnn import CnnSettings
from affectlib.models.schedule import Schedule
from affectlib.skeleton import INDEX

N_PHASES = 50
PLANTED = {"angry": ("l_wrist", 0.25), "happy": ("head", 0.6), "sad": ("r_knee", 0.9)}
SETTINGS = CnnSettings(width=16, schedule=Schedule(n_steps=250, batch_size=64))


def planted_cycles(per_label: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Cycles of one walker; a label is nothing but one joint that rises around one phase.

    Every joint but the pelvis varies from cycle to cycle, smoothly along the cycle, by 1 cm.
    """
    rng = np.random.default_rng(seed)
    phase = np.arange(N_PHASES) / N_PHASES
    label = np.repeat(list(PLANTED), per_label)
    x = np.tile(on_the_spot(phase), (len(label), 1, 1, 1))
    harmonics = np.exp(2j * np.pi * np.outer(np.arange(4), phase))
    drawn = rng.normal(size=(2, len(label), 15, 3, 4)) @ harmonics
    x += 0.005 * np.moveaxis(drawn[0].real + drawn[1].imag, -1, 1)
    for name, (joint, where) in PLANTED.items():
        bump = np.exp(8 * (np.cos(2 * np.pi * (phase - where)) - 1))
        x[label == name, :, INDEX[joint], 2] += 0.04 * bump
    x[:, :, INDEX["pelvis"]] = 0
    return x.astype(np.float32), label
