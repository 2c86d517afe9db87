"""A library of walks and its takes, as its layout describes them; no file is opened here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from affectlib.errors import AffectlibError

LIBRARY_CSV = "library.csv"
JOINTS_JSON = "joints.json"
LIBRARY_JSON = "library.json"


@dataclass(frozen=True, kw_only=True)
class Take:
    """One take as the library's layout or manifest describes it.

    Parameters
    ----------
    file : Path
        Absolute path.
    name : str
        Path inside the library without suffix, with ``/``.
    label, take : str
        Affect or walking condition, and identifier among its takes.
    rate_hz, unit : optional
        Frames per second, and unit of length (a name or a number of metres); None if only the file has it.
    up : str
        Axis that points up, one of `world.UPS`.
    gender : str
        ``"F"``, ``"M"`` or empty.
    rate_overrules, unit_overrules : bool
        Whether `rate_hz` and `unit` are used even if the file has others.
    """

    file: Path
    name: str
    subject: str
    label: str
    take: str
    rate_hz: float | None
    unit: str | None
    up: str
    gender: str = ""
    rate_overrules: bool = False
    unit_overrules: bool = False
    level_floor: bool = False


@dataclass(frozen=True, kw_only=True)
class Library:
    """A folder of walks, opened but not yet read.

    Parameters
    ----------
    root : Path
        Absolute path of the folder.
    takes : tuple of Take
        Takes in the order of their names.
    problems : tuple of AffectlibError
        What is wrong with single takes or with files beside them.
    left_out : tuple of str
        What was left out although nothing is wrong with it.
    joint_map : tuple of (str, tuple of str)
        Entries of ``joints.json``: canonical joint and its sources.
    """

    name: str
    root: Path
    simulated: bool
    takes: tuple[Take, ...]
    problems: tuple[AffectlibError, ...] = ()
    left_out: tuple[str, ...] = ()
    joint_map: tuple[tuple[str, tuple[str, ...]], ...] = ()
    notes: tuple[str, ...] = ()
