"""A recording of one subject, as the rest of the package uses it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from affectlib.errors import LibraryWarning
from affectlib.skeleton import JOINTS


@dataclass(frozen=True, kw_only=True)
class Repairs:
    """What was repaired or lost between the file and the recordings of a take.

    Parameters
    ----------
    interpolated_frames : int
        Frames of short gaps, filled by interpolation.
    lost_frames : int
        Frames of long gaps and unusable edges, left out.
    pieces : int
        Number of recordings into which long gaps divide the take.
    notes : tuple of str
        Further remarks ("one row more than the header says").
    warnings : tuple of LibraryWarning
        Possible faults of the take ("the floor is not level").
    """

    interpolated_frames: int = 0
    lost_frames: int = 0
    pieces: int = 1
    notes: tuple[str, ...] = ()
    warnings: tuple[LibraryWarning, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Recording:
    """One unbroken stretch of one take of one subject.

    Parameters
    ----------
    position : numpy.ndarray
        Joint positions in metres, world z up, float64, shape (frames, 15, 3), joints in the
        order of `affectlib.skeleton.JOINTS`; finite everywhere.
    label : str
        Affect or walking condition.
    take : str
        Identifier among the takes of this subject and label.
    name : str
        Unique within the library: the file's path without suffix, and ``#2`` and so on for
        the later pieces of a take that a long gap divides.
    gender : str
        ``"F"``, ``"M"`` or empty if unknown.
    start_s : float
        Time of the first frame since the start of the take.
    """

    position: np.ndarray
    rate_hz: float
    subject: str
    label: str
    take: str
    name: str
    gender: str = ""
    start_s: float = 0.0
    repairs: Repairs = field(default_factory=Repairs)

    def __post_init__(self) -> None:
        if self.position.ndim != 3 or self.position.shape[1:] != (len(JOINTS), 3):
            raise ValueError(f"position must be (frames, {len(JOINTS)}, 3), not {self.position.shape}")

    @property
    def n_frames(self) -> int:
        """Number of frames."""
        return len(self.position)

    @property
    def duration_s(self) -> float:
        """Duration in seconds."""
        return self.n_frames / self.rate_hz
