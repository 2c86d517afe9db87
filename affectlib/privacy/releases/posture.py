"""Releases that make bodies alike: sizes, the average pose, missing parts, the amplitude of motion.

The perturbations are those of Hanisch, Muschter, Hatzipanayioti, Li & Strufe (2023), "Understanding Person
Identification Through Gait", arXiv:2203.04179, applied to gait cycles instead of whole recordings. Where a
change has an inverse, an attacker who trains on the release loses nothing by it. Positions are in metres.
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
    {"head": HEAD, "arms": ARMS, "legs": LEGS, "head and arms": HEAD + ARMS, "arms and legs": ARMS + LEGS}
)
"""Joints of body parts."""


def unchanged(x: np.ndarray) -> np.ndarray:
    """Return positions as they are, float32, same shape.

    Parameters
    ----------
    x : numpy.ndarray
        Shape (cycles, phases, 15, 3).
    """
    return np.asarray(x, dtype=np.float32)


def resize(x: np.ndarray, *, lengths_m: Mapping[tuple[str, str], float]) -> np.ndarray:
    """Scale bones to common lengths, same shape.

    Parameters
    ----------
    x : numpy.ndarray
        Shape (cycles, phases, 15, 3).
    """
    frames = np.asarray(x, dtype=np.float64).reshape(-1, *x.shape[2:])
    return normalise_bones(frames, lengths_m=lengths_m).reshape(x.shape).astype(np.float32)


def blend(x: np.ndarray, *, towards_m: np.ndarray, share: float) -> np.ndarray:
    """Move every cycle towards a common cycle, same shape; below a share of 1 this has an inverse.

    Parameters
    ----------
    x : numpy.ndarray
        Shape (cycles, phases, 15, 3).
    towards_m : numpy.ndarray
        The common cycle, shape (phases, 15, 3).
    share : float
        0 changes nothing, 1 leaves only `towards_m`.
    """
    return ((1 - share) * x + share * towards_m).astype(np.float32)


def leave_out(x: np.ndarray, *, part: str, average_m: np.ndarray) -> np.ndarray:
    """Replace a body part by that of an average cycle, same shape.

    Parameters
    ----------
    x : numpy.ndarray
        Shape (cycles, phases, 15, 3).
    part : str
        One of `PARTS`.
    average_m : numpy.ndarray
        The average cycle, shape (phases, 15, 3).
    """
    joints = [INDEX[joint] for joint in PARTS[part]]
    released = np.array(x, dtype=np.float32)
    released[:, :, joints] = average_m[:, joints]
    return released


def swing_m(x: np.ndarray) -> np.ndarray:
    """Return the standard deviation over phases in metres, shape (cycles, 15, 3).

    Parameters
    ----------
    x : numpy.ndarray
        Shape (cycles, phases, 15, 3).
    """
    return np.asarray(x, dtype=np.float64).std(axis=1)


def equalise_swing(x: np.ndarray, *, target_m: np.ndarray, share: float) -> np.ndarray:
    """Scale the motion of every joint axis about its mean towards a common size, same shape.

    Parameters
    ----------
    x : numpy.ndarray
        Shape (cycles, phases, 15, 3).
    target_m : numpy.ndarray
        Target of `swing_m`, shape (15, 3). Joint axes without motion stay as they are.
    share : float
        Share of the difference in logarithms that is removed.
    """
    x = np.asarray(x, dtype=np.float64)
    size_m, mean = swing_m(x), x.mean(axis=1, keepdims=True)
    moving = (size_m > STILL_M) & (target_m > STILL_M)
    factor = np.where(moving, target_m / np.where(moving, size_m, 1.0), 1.0) ** share
    return (mean + (x - mean) * factor[:, None]).astype(np.float32)


def _fit_resize(train: Walks, value: Any, seed: int) -> Function:
    by_cycle = bone_lengths_m(train.x.astype(np.float64)).mean(axis=1)
    # Every subject has the same weight, however many cycles were recorded.
    by_subject = [by_cycle[train.subject == subject].mean(axis=0) for subject in np.unique(train.subject)]
    return partial(resize, lengths_m=dict(zip(BONES, np.mean(by_subject, axis=0).tolist(), strict=True)))


def _average_m(train: Walks) -> np.ndarray:
    return train.x.mean(axis=0, dtype=np.float64)


POSTURE = (
    Release(
        name="raw",
        kind="series",
        fit=lambda train, value, seed: unchanged,
        description="Everything, as it is.",
    ),
    Release(
        name="size-normalised",
        kind="series",
        fit=_fit_resize,
        description="Bones of the training subjects' average length; no change where the cycles are of one "
        "size already.",
    ),
    Release(
        name="average pose",
        parameter="share of the average cycle",
        values=(0.5, 0.75, 0.9, 0.99),
        kind="series",
        fit=lambda train, value, seed: partial(blend, towards_m=_average_m(train), share=value),
        description="Blended with the training subjects' average cycle; inverted if the share is known.",
    ),
    Release(
        name="body parts removed",
        parameter="part",
        values=tuple(PARTS),
        kind="series",
        fit=lambda train, value, seed: partial(leave_out, part=value, average_m=_average_m(train)),
        description="A part of the body replaced by the training subjects' average.",
    ),
    Release(
        name="amplitude equalised",
        parameter="share of the difference",
        values=(0.5, 0.75, 1.0),
        kind="series",
        fit=lambda train, value, seed: partial(
            equalise_swing, target_m=swing_m(train.x).mean(axis=0), share=value
        ),
        description="Each joint's motion about its mean scaled to the training subjects' average size.",
    ),
)
"""Raw, and releases that make bodies alike."""
