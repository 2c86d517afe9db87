"""A small library of closed-form walkers on disk, for tests of what stands above reading."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from walkers import in_the_room, on_the_spot

from affectlib.recordings.formats.ptd import write_ptd


def write_library(
    folder: Path,
    *,
    people: tuple[str, ...] = ("ada", "bob"),
    seconds: float = 8.0,
    takes: int = 1,
    posture_m: float = 0.0,
) -> Path:
    """Neutral and happy takes of each person, walking straight on at different paces.

    Takes of one person and label differ by noise of a millimetre alone; people hold their joints
    differently by `posture_m` (standard deviation).
    """
    time_s = np.arange(0, seconds, 1 / 60)
    random = np.random.default_rng(0)
    for number, code in enumerate(people):
        posture = random.normal(scale=posture_m, size=(15, 3))
        for label, stride_hz in (("nu", 0.8 + 0.05 * number), ("ha", 0.95 + 0.05 * number)):
            position = on_the_spot(stride_hz * time_s)
            path_m = np.column_stack([time_s * 1.1, np.zeros_like(time_s)])
            home = folder / f"{code}_pt"
            home.mkdir(parents=True, exist_ok=True)
            walk = posture + in_the_room(position, heading=np.zeros_like(time_s), path_m=path_m)
            for take in range(1, takes + 1):
                noise_m = random.normal(scale=0.001, size=walk.shape) if take > 1 else 0
                write_ptd(home / f"{code}_walk_{label}_{take}_fin.ptd", walk + noise_m)
    return folder
