"""Scenes of the skeleton player as plain JSON: positions as 16-bit millimetres, and the skeleton."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

import numpy as np

from affectlib.figures.style import INK
from affectlib.skeleton import AXES, BONES, INDEX, JOINTS, ROOT, side

MOST_WALKERS = 4
"""More bodies side by side would be too small."""

CYCLE_S = 1.1
"""Default duration of a gait cycle in seconds: that of a comfortable walk."""

UNKNOWN = np.iinfo(np.int16).min
"""Code of a coordinate that was not recorded."""

_MOST_MM = np.iinfo(np.int16).max

BODY: dict[str, Any] = {
    "bones": [[INDEX[parent], INDEX[child], side(child)] for parent, child in BONES],
    "joints": len(JOINTS),
    "head": INDEX["head"],
    "root": INDEX[ROOT],
    "across": [[INDEX[f"l_{part}"], INDEX[f"r_{part}"]] for part in ("hip", "shoulder")],
}
"""The skeleton, by index of the joints."""


def make_scene(
    walkers: Mapping[str, np.ndarray],
    *,
    rate_hz: float | None = None,
    cycle_s: float = CYCLE_S,
    colours: Mapping[str, str] | None = None,
    ghosts: Mapping[str, np.ndarray] | None = None,
    ghost_name: str = "ground truth",
    caption: str = "",
    simulated: bool = False,
) -> dict[str, Any]:
    """Return the scene of one to four walkers, about 12 kB for a cycle of 100 phases.

    Parameters
    ----------
    walkers : mapping of str to numpy.ndarray
        Positions in metres by displayed name, each of shape (phases, 15, 3) or (frames, 15, 3); NaN where a
        joint was not recorded.
    rate_hz : float, optional
        Frame rate of recordings. Without it, each array is one gait cycle, and all walkers are shown at the
        same phase.
    cycle_s : float
        Duration of a gait cycle at speed 1.
    colours : mapping of str to str, optional
        Colours (``"#rrggbb"``) by walker; dark grey by default.
    ghosts : mapping of str to numpy.ndarray, optional
        A second motion by walker, of the same shape, shown pale behind it.
    ghost_name : str
        Legend entry of the pale motions.
    caption : str
        Text below the player.

    Raises
    ------
    ValueError
        For no walkers or more than `MOST_WALKERS`, or arrays that are no walks.
    """
    if not 1 <= len(walkers) <= MOST_WALKERS:
        raise ValueError(f"the player shows 1 to {MOST_WALKERS} walkers side by side, not {len(walkers)}")
    if unknown := sorted(set(ghosts or {}) - set(walkers)):
        raise ValueError(f"ghosts of walkers that are not shown: {', '.join(unknown)}")
    return {
        "body": BODY,
        "walkers": [
            _walker(name, position, (colours or {}).get(name, INK), (ghosts or {}).get(name))
            for name, position in walkers.items()
        ],
        "rate_hz": rate_hz,
        "cycle_s": cycle_s,
        "ghost_name": ghost_name if ghosts else "",
        "caption": caption,
        "simulated": simulated,
    }


def _walker(name: str, position: np.ndarray, colour: str, ghost: np.ndarray | None) -> dict[str, Any]:
    position = _checked(name, position)
    # The range of 16-bit millimetres is 32 m, so positions are relative to the middle of the walk.
    middle = np.zeros(3)
    middle[:2] = np.nan_to_num(np.nanmean(position[..., :2], axis=(0, 1)))
    walker = {
        "name": name,
        "colour": colour,
        "frames": len(position),
        "xyz": _packed(name, position - middle),
        "floor_m": round(_floor_m(position), 4),
    }
    if ghost is not None:
        ghost = _checked(name, ghost)
        if len(ghost) != len(position):
            raise ValueError(f"{name!r} has {len(position)} frames and its ghost {len(ghost)}")
        walker["ghost"] = _packed(name, ghost - middle)
    return walker


def _checked(name: str, position: np.ndarray) -> np.ndarray:
    position = np.asarray(position, dtype=float)
    if position.ndim != 3 or position.shape[1:] != (len(JOINTS), len(AXES)) or len(position) < 2:
        raise ValueError(
            f"{name!r} has the shape {position.shape}, wanted (phases, {len(JOINTS)}, {len(AXES)})"
        )
    if not np.isfinite(position).any():
        raise ValueError(f"{name!r} has no known position")
    return position


def _packed(name: str, position: np.ndarray) -> str:
    mm = np.round(1000 * position)
    if np.nanmax(np.abs(mm)) > _MOST_MM:
        raise ValueError(f"{name!r} walks further than {_MOST_MM / 1000:.0f} m; are these metres?")
    whole = np.where(np.isfinite(mm), mm, UNKNOWN).astype("<i2")
    return base64.b64encode(whole.tobytes()).decode()


def _floor_m(position: np.ndarray) -> float:
    """Height of the ground: a low percentile of the lowest joint, robust against outliers."""
    height_m = position[..., AXES.index("z")]
    lowest_m = np.nanmin(height_m[np.isfinite(height_m).any(axis=1)], axis=1)
    return float(np.percentile(lowest_m, 2))
