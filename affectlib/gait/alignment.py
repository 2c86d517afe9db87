"""Alignment: from a walk through a room to a walk on the spot facing along x.

The paper (Section IV-B) removes "global displacement", removes "rotation" and normalises "bone
length between subjects". Each is one function here, so that a notebook can show them one at a time.
z-scoring, the paper's fourth step, is fitted on training folds only (`affectlib.models.scaling`).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from affectlib.gait.heading import estimate_heading
from affectlib.gait.preprocessing import Preprocessing
from affectlib.skeleton import BONES, INDEX, ROOT, bone_lengths_m

REFERENCE_STATURE_M = 1.70

_OF_STATURE = {
    ("pelvis", "neck"): 0.288,
    ("neck", "head"): 0.100,
    ("neck", "l_shoulder"): 0.1295,
    ("l_shoulder", "l_elbow"): 0.186,
    ("l_elbow", "l_wrist"): 0.146,
    ("neck", "r_shoulder"): 0.1295,
    ("r_shoulder", "r_elbow"): 0.186,
    ("r_elbow", "r_wrist"): 0.146,
    ("pelvis", "l_hip"): 0.0955,
    ("l_hip", "l_knee"): 0.245,
    ("l_knee", "l_ankle"): 0.246,
    ("pelvis", "r_hip"): 0.0955,
    ("r_hip", "r_knee"): 0.245,
    ("r_knee", "r_ankle"): 0.246,
}

REFERENCE_BONES_M: Mapping[tuple[str, str], float] = MappingProxyType(
    {bone: REFERENCE_STATURE_M * share for bone, share in _OF_STATURE.items()}
)
"""One body for everyone: segment lengths as shares of stature after Drillis and Contini (1966), as
drawn in Winter, *Biomechanics and Motor Control of Human Movement*, Fig. 4.1 (neck to head: an
assumption). A constant, never an average of the data, so that no fold learns from another."""


def remove_displacement(position: np.ndarray) -> np.ndarray:
    """Return positions relative to the pelvis (the paper's "global displacement").

    Parameters
    ----------
    position : numpy.ndarray
        Positions in metres, shape (frames, 15, 3).

    Returns
    -------
    numpy.ndarray
        Positions in metres, same shape.
    """
    return position - position[:, [INDEX[ROOT]]]


def remove_heading(position: np.ndarray, heading: np.ndarray) -> np.ndarray:
    """Rotate every frame so that the walker faces along x (the paper's "rotation").

    Parameters
    ----------
    position : numpy.ndarray
        Positions in metres relative to the pelvis, shape (frames, 15, 3).
    heading : numpy.ndarray
        Heading in radians, shape (frames,).

    Returns
    -------
    numpy.ndarray
        Positions with x forward, y to the walker's left, z up, same shape.
    """
    cos, sin = np.cos(heading)[:, None], np.sin(heading)[:, None]
    x, y, z = np.moveaxis(position, -1, 0)
    return np.stack([x * cos + y * sin, y * cos - x * sin, z], axis=-1)


def normalise_bones(
    position: np.ndarray, *, lengths_m: Mapping[tuple[str, str], float] = REFERENCE_BONES_M
) -> np.ndarray:
    """Scale every bone to a reference length and keep its direction.

    Bone lengths alone can identify a person, so leaving this step out concerns privacy and not only
    scale.

    Parameters
    ----------
    position : numpy.ndarray
        Positions in metres, shape (frames, 15, 3).
    lengths_m : mapping of (str, str) to float
        Length of each bone of `affectlib.skeleton.BONES` in metres.

    Returns
    -------
    numpy.ndarray
        Positions with these bone lengths and an unmoved pelvis, same shape. A bone of length zero has no
        direction and keeps that length.
    """
    measured_m = bone_lengths_m(position)
    normalised = np.empty_like(position)
    normalised[:, INDEX[ROOT]] = position[:, INDEX[ROOT]]
    for bone, (parent, child) in enumerate(BONES):
        offset = position[:, INDEX[child]] - position[:, INDEX[parent]]
        scale = lengths_m[parent, child] / np.maximum(measured_m[:, bone], 1e-9)
        normalised[:, INDEX[child]] = normalised[:, INDEX[parent]] + offset * scale[:, None]
    return normalised


def align(
    position: np.ndarray,
    *,
    rate_hz: float,
    preprocessing: Preprocessing | None = None,
    heading: np.ndarray | None = None,
) -> np.ndarray:
    """Apply all steps of this module.

    Parameters
    ----------
    position : numpy.ndarray
        Positions in metres, shape (frames, 15, 3), world z up.
    heading : numpy.ndarray, optional
        Heading in radians where it is known already, shape (frames,); estimated otherwise.

    Returns
    -------
    numpy.ndarray
        Positions in metres on the spot, facing along x, shape (frames, 15, 3).
    """
    preprocessing = preprocessing or Preprocessing()
    if heading is None:
        heading = estimate_heading(position, rate_hz=rate_hz, preprocessing=preprocessing)
    aligned = remove_heading(remove_displacement(position), heading)
    return normalise_bones(aligned) if preprocessing.normalise_bones else aligned
