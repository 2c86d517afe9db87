"""Walks of the small made-up world, and releases whose networks train in a second."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from small_world import cycles, settings

from affectlib.models.schedule import Schedule
from affectlib.privacy.releases.adversary_network import AdversarialSettings
from affectlib.privacy.releases.trained import Trained
from affectlib.privacy.walks import Walks


def small_walks(**options: int) -> Walks:
    """Cycles of eight people in three labels."""
    x, subject, label, take = cycles(**options)
    return Walks(x=x, subject=subject, label=label, take=take, gender=np.full(len(x), ""))


def small_adversarial(*, n_steps: int = 20, weight: float = 1.0) -> AdversarialSettings:
    """An adversarially trained code that trains in a second or two."""
    schedule = Schedule(n_steps=n_steps, batch_size=24, held_out=0.0)
    return AdversarialSettings(architecture=settings().architecture, weight=weight, schedule=schedule)


def small_trained(folder: Path | None = None) -> Trained:
    """Short trainings, kept in memory or in a folder."""
    return Trained(folder=folder, autoencoder=settings(n_steps=20), adversarial=small_adversarial())
