"""One take of one person, as every later room sees it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from affectlib.errors import LibraryWarning
from affectlib.skeleton import JOINTS


@dataclass(frozen=True, kw_only=True)
class Repairs:
    """What was mended or lost between the file and the recording.

    Parameters
    ----------
    interpolated_frames : int
        Frames filled by interpolation over short gaps.
    lost_frames : int
        Frames of long gaps and unusable edges, left out.
    pieces : int
        Pieces the take fell into at long gaps (1: whole).
    notes : tuple of str
        What a person should know besides ("one row more than the header says").
    warnings : tuple of LibraryWarning
        What makes the take doubtful although it is usable ("the floor is not level").
    """

    interpolated_frames: int = 0
    lost_frames: int = 0
    pieces: int = 1
    notes: tuple[str, ...] = ()
    warnings: tuple[LibraryWarning, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Recording:
    """One unbroken stretch of one take of one person.

    Parameters
    ----------
    position : numpy.ndarray
        Joint positions in metres, world z up, float64, shape (frames, 15, 3), joints in the
        order of `affectlib.skeleton.JOINTS`; finite everywhere.
    rate_hz : float
        Frames per second.
    subject : str
        Who walks.
    label : str
        Affect or walking condition.
    take : str
        Which of the takes of this subject and label.
    name : str
        Unique within the library: the file's path without suffix, and ``#2`` and so on for
        the later pieces of a take that a long gap divides.
    gender : str
        ``"F"``, ``"M"`` or empty where it is not known.
    start_s : float
        Time of the first frame since the take began.
    repairs : Repairs
        What was repaired or dropped on the way here.
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
        """Length in seconds."""
        return self.n_frames / self.rate_hz
