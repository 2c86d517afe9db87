"""A small library of closed-form walkers on disk, for tests of what stands above reading."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from walkers import in_the_room, on_the_spot

from affectlib.recordings.ptd import write_ptd


def write_library(folder: Path, *, people: tuple[str, ...] = ("ada", "bob"), seconds: float = 8.0) -> Path:
    """One neutral and one happy take each, walking straight on at different paces."""
    time_s = np.arange(0, seconds, 1 / 60)
    for number, code in enumerate(people):
        for label, stride_hz in (("nu", 0.8 + 0.05 * number), ("ha", 0.95 + 0.05 * number)):
            position = on_the_spot(stride_hz * time_s)
            path_m = np.column_stack([time_s * 1.1, np.zeros_like(time_s)])
            home = folder / f"{code}_pt"
            home.mkdir(parents=True, exist_ok=True)
            write_ptd(
                home / f"{code}_walk_{label}_1_fin.ptd",
                in_the_room(position, heading=np.zeros_like(time_s), path_m=path_m),
            )
    return folder
