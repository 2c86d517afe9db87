"""Walks in which people differ by one known thing, or by nothing."""

from __future__ import annotations

import numpy as np

from affectlib.privacy.walks import Walks

N_PHASES = 32


def planted_walks(
    kind: str, *, people: int = 8, takes: int = 4, cycles: int = 4, noise_m: float = 0.01, seed: int = 0
) -> Walks:
    """Cycles of one gait, told apart by ``size``, ``offset``, ``phase``, or ``nothing``."""
    rng = np.random.default_rng(seed)
    phase = np.arange(N_PHASES) / N_PHASES
    base = 0.3 * rng.normal(size=(15, 3))
    amplitude, shift = 0.1 * rng.random((2, 15, 3)), rng.random((2, 15, 3))
    trait = rng.permutation(np.linspace(-1, 1, people))
    rows = []
    for person in range(people):
        for take in range(takes):
            for _ in range(cycles):
                own = shift.copy()
                if kind == "phase":
                    own[1] += 0.3 * trait[person]  # the second harmonic alone, its amplitude untouched
                turns = np.arange(1, 3)[:, None, None, None] * phase[:, None, None] + own[:, None]
                x = base + (amplitude[:, None] * np.sin(2 * np.pi * turns)).sum(axis=0)
                if kind == "size":
                    x = x * (1 + 0.2 * trait[person])
                if kind == "offset":
                    x[:, 4, 1] += 0.2 * trait[person]  # one wrist, sidewards
                rows.append((x + noise_m * rng.normal(size=x.shape), f"p{person}", f"{take}"))
    positions, subject, take = zip(*rows, strict=True)
    half = np.array([int(name[1:]) % 2 for name in subject])
    return Walks(
        x=np.stack(positions),
        subject=np.array(subject),
        label=np.where(np.array([int(name) % 2 for name in take]), "sad", "happy"),
        take=np.array(take),
        gender=np.where(half, "f", "m"),
    )


def enrolled_and_attacked(walks: Walks) -> tuple[np.ndarray, np.ndarray]:
    """The last two takes of everybody, one a label, are attacked."""
    late = np.isin(walks.take, np.unique(walks.take)[-2:])
    return np.flatnonzero(~late), np.flatnonzero(late)
