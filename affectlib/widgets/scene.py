"""What the skeleton player is told: walkers as sixteen-bit millimetres, and the body they share."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

import numpy as np

from affectlib.figures.style import INK
from affectlib.skeleton import AXES, BONES, INDEX, JOINTS, ROOT, side

MOST_WALKERS = 4
"""More bodies side by side would be too small to look at."""

CYCLE_S = 1.1
"""Seconds of a gait cycle at speed 1 where nothing better is known: a comfortable walk's."""

UNKNOWN = np.iinfo(np.int16).min
"""Stands for a coordinate that was not recorded."""

_MOST = np.iinfo(np.int16).max

BODY: dict[str, Any] = {
    "bones": [[INDEX[parent], INDEX[child], side(child)] for parent, child in BONES],
    "joints": len(JOINTS),
    "head": INDEX["head"],
    "root": INDEX[ROOT],
    "across": [[INDEX[f"l_{part}"], INDEX[f"r_{part}"]] for part in ("hip", "shoulder")],
}
"""Joints and bones by number, so that the skeleton is written down in one place only."""


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
    """Write walkers down for the player, as plain JSON.

    Parameters
    ----------
    walkers : mapping of str to numpy.ndarray
        One to four walkers by the name that stands above them: positions in metres, each of shape
        (phases, 15, 3) or (frames, 15, 3); NaN where a joint was not recorded.
    rate_hz : float, optional
        Frames per second of unbroken pieces. None says that each array is one gait cycle: all
        walkers are then shown at the same phase, whatever their number of phases.
    cycle_s : float
        Seconds that a gait cycle takes at speed 1; unbroken pieces have their own time.
    colours : mapping of str to str, optional
        Colours (``"#rrggbb"``) by walker, such as its label's; the others are dark grey. More colours
        than walkers do no harm.
    ghosts : mapping of str to numpy.ndarray, optional
        By walker, a second motion of the same shape that is shown pale behind it.
    ghost_name : str
        What the pale motions are.
    caption : str
        What is to be seen, below the player.
    simulated : bool
        Whether nobody real walks here; the player then says so.

    Returns
    -------
    dict of str to object
        The scene: about 12 kB for a cycle of 100 phases.

    Raises
    ------
    ValueError
        For no walkers or too many, or arrays that are no walks.
    """
    if not 1 <= len(walkers) <= MOST_WALKERS:
        raise ValueError(f"the player shows 1 to {MOST_WALKERS} walkers side by side, not {len(walkers)}")
    if strangers := sorted(set(ghosts or {}) - set(walkers)):
        raise ValueError(f"ghosts of walkers that are not shown: {', '.join(strangers)}")
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
    # Sixteen bits of millimetres reach 32 m: from the middle of the walk, not from a room's corner.
    middle = np.zeros(3)
    middle[:2] = np.nan_to_num(np.nanmean(position[..., :2], axis=(0, 1)))
    told = {"name": name, "colour": colour, "frames": len(position), "xyz": _packed(name, position - middle)}
    told["floor_m"] = round(_floor_m(position), 4)
    if ghost is not None:
        ghost = _checked(name, ghost)
        if len(ghost) != len(position):
            raise ValueError(f"{name!r} has {len(position)} frames and its ghost {len(ghost)}")
        told["ghost"] = _packed(name, ghost - middle)
    return told


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
    if np.nanmax(np.abs(mm)) > _MOST:
        raise ValueError(f"{name!r} walks further than {_MOST / 1000:.0f} m; are these metres?")
    whole = np.where(np.isfinite(mm), mm, UNKNOWN).astype("<i2")
    return base64.b64encode(whole.tobytes()).decode()


def _floor_m(position: np.ndarray) -> float:
    """Height of the ground: what feet come down to, whatever a sensor's rare jumps."""
    height_m = position[..., AXES.index("z")]
    lowest_m = np.nanmin(height_m[np.isfinite(height_m).any(axis=1)], axis=1)
    return float(np.percentile(lowest_m, 2))
