"""Readers of motion files: one module a format, each with a function ``read_motion`` (`motion.Reader`)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from affectlib.recordings.formats import bvh, c3d, npz, ptd, tables
from affectlib.recordings.motion import Reader


class Format(NamedTuple):
    """A file format: its reader, and whether its files state their rate and unit."""

    read_motion: Reader
    states_rate: bool = True
    states_unit: bool = False


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        ".bvh": Format(bvh.read_motion),
        ".c3d": Format(c3d.read_motion, states_unit=True),
        ".csv": Format(tables.read_motion),
        ".npz": Format(npz.read_motion),
        ".ptd": Format(ptd.read_motion, states_rate=False),
    }
)
"""Formats by suffix."""
