"""Releases that bring bodies together: sizes, the average pose, missing parts, the size of the swing.

The perturbations are those of Hanisch, Muschter, Hatzipanayioti, Li & Strufe (2023), "Understanding
Person Identification Through Gait", arXiv:2203.04179, brought to gait cycles: theirs work on whole
recordings. Where a change has an inverse, an attacker who trains on what is released loses nothing by it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType
from typing import Any

import numpy as np

from affectlib.gait.alignment import normalise_bones
from affectlib.models.scaling import STILL_M
from affectlib.privacy.releases.release import Function, Release
from affectlib.privacy.walks import Walks
from affectlib.skeleton import BONES, INDEX, bone_lengths_m

HEAD = ("head", "neck")
ARMS = ("l_shoulder", "l_elbow", "l_wrist", "r_shoulder", "r_elbow", "r_wrist")
LEGS = ("l_hip", "l_knee", "l_ankle", "r_hip", "r_knee", "r_ankle")

PARTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "head": HEAD,
        "arms": ARMS,
        "legs": LEGS,
        "head and arms": HEAD + ARMS,
        "arms and legs": ARMS + LEGS,
    }
)
"""Body parts that can be left out, by name."""


def unchanged(x: np.ndarray) -> np.ndarray:
    """Release everything.

    Parameters
    ----------
    x : numpy.ndarray
        Positions in metres, shape (cycles, phases, 15, 3).

    Returns
    -------
    numpy.ndarray
        The same, float32, same shape.
    """
    return np.asarray(x, dtype=np.float32)


def resize(x: np.ndarray, *, lengths_m: Mapping[tuple[str, str], float]) -> np.ndarray:
    """Give every walker the same bone lengths.

    Parameters
    ----------
    x : numpy.ndarray
        Positions in metres, shape (cycles, phases, 15, 3).
    lengths_m : mapping of (str, str) to float
        Length of each bone in metres.

    Returns
    -------
    numpy.ndarray
        Positions in metres, same shape. Cycles of one size already stay as they are.
    """
    frames = np.asarray(x, dtype=np.float64).reshape(-1, *x.shape[2:])
    return normalise_bones(frames, lengths_m=lengths_m).reshape(x.shape).astype(np.float32)


def blend(x: np.ndarray, *, towards_m: np.ndarray, share: float) -> np.ndarray:
    """Move every cycle towards one and the same cycle.

    Below a share of 1 this has an inverse.

    Parameters
    ----------
    x : numpy.ndarray
        Positions in metres, shape (cycles, phases, 15, 3).
    towards_m : numpy.ndarray
        The cycle in metres, shape (phases, 15, 3).
    share : float
        How far: 0 changes nothing, 1 leaves only `towards_m`.

    Returns
    -------
    numpy.ndarray
        Positions in metres, same shape.
    """
    return ((1 - share) * x + share * towards_m).astype(np.float32)


def leave_out(x: np.ndarray, *, part: str, average_m: np.ndarray) -> np.ndarray:
    """Replace a part of the body by the training people's average.

    Parameters
    ----------
    x : numpy.ndarray
        Positions in metres, shape (cycles, phases, 15, 3).
    part : str
        One of `PARTS`.
    average_m : numpy.ndarray
        Average cycle in metres, shape (phases, 15, 3).

    Returns
    -------
    numpy.ndarray
        Positions in metres, same shape.
    """
    joints = [INDEX[joint] for joint in PARTS[part]]
    released = np.array(x, dtype=np.float32)
    released[:, :, joints] = average_m[:, joints]
    return released


def swing_m(x: np.ndarray) -> np.ndarray:
    """Measure how far joints move about their mean.

    Parameters
    ----------
    x : numpy.ndarray
        Positions in metres, shape (cycles, phases, 15, 3).

    Returns
    -------
    numpy.ndarray
        Standard deviation over phases in metres, shape (cycles, 15, 3).
    """
    return np.asarray(x, dtype=np.float64).std(axis=1)


def equalise_swing(x: np.ndarray, *, target_m: np.ndarray, share: float) -> np.ndarray:
    """Scale the motion of every joint axis about its mean towards a common size.

    Parameters
    ----------
    x : numpy.ndarray
        Positions in metres, shape (cycles, phases, 15, 3).
    target_m : numpy.ndarray
        Size of the motion of each joint axis in metres, as `swing_m` measures it, shape (15, 3).
    share : float
        Part of the difference, in logarithms, that is taken away; at 1 all have the target's size.

    Returns
    -------
    numpy.ndarray
        Positions in metres, same shape. Joint axes that stand still stay so.
    """
    x = np.asarray(x, dtype=np.float64)
    own_m, middle = swing_m(x), x.mean(axis=1, keepdims=True)
    moving = (own_m > STILL_M) & (target_m > STILL_M)
    factor = np.where(moving, target_m / np.where(moving, own_m, 1.0), 1.0) ** share
    return (middle + (x - middle) * factor[:, None]).astype(np.float32)


def _fit_unchanged(train: Walks, value: Any, seed: int) -> Function:
    return unchanged


def _fit_resize(train: Walks, value: Any, seed: int) -> Function:
    by_cycle = bone_lengths_m(train.x.astype(np.float64)).mean(axis=1)
    # Every person counts the same, however many cycles they gave.
    by_person = [by_cycle[train.subject == person].mean(axis=0) for person in np.unique(train.subject)]
    return partial(resize, lengths_m=dict(zip(BONES, np.mean(by_person, axis=0).tolist(), strict=True)))


def _average_m(train: Walks) -> np.ndarray:
    return train.x.mean(axis=0, dtype=np.float64)


def _fit_blend(train: Walks, value: float, seed: int) -> Function:
    return partial(blend, towards_m=_average_m(train), share=value)


def _fit_leave_out(train: Walks, value: str, seed: int) -> Function:
    return partial(leave_out, part=value, average_m=_average_m(train))


def _fit_equalise(train: Walks, value: float, seed: int) -> Function:
    return partial(equalise_swing, target_m=swing_m(train.x).mean(axis=0), share=value)


POSTURE = (
    Release(name="raw", kind="series", fit=_fit_unchanged, description="Everything, as it is."),
    Release(
        name="size-normalised",
        kind="series",
        fit=_fit_resize,
        description="Bones of the training people's average length; changes nothing where the cycles are of "
        "one size already.",
    ),
    Release(
        name="average pose",
        parameter="share of the average cycle",
        values=(0.5, 0.75, 0.9, 0.99),
        kind="series",
        fit=_fit_blend,
        description="Blended with the training people's average cycle; whoever knows the share can undo it.",
    ),
    Release(
        name="body parts removed",
        parameter="part",
        values=tuple(PARTS),
        kind="series",
        fit=_fit_leave_out,
        description="A part of the body replaced by the training people's average.",
    ),
    Release(
        name="amplitude equalised",
        parameter="share of the difference",
        values=(0.5, 0.75, 1.0),
        kind="series",
        fit=_fit_equalise,
        description="Each joint's motion about its mean scaled to the training people's average size.",
    ),
)
"""Everything, and releases that bring bodies together."""
