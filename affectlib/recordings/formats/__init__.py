"""Readers of motion files, one module a format, all with one signature (`motion.Reader`)."""

from collections.abc import Mapping
from types import MappingProxyType

from affectlib.recordings.formats import bvh, c3d, npz, ptd, tables
from affectlib.recordings.motion import Reader

READERS: Mapping[str, Reader] = MappingProxyType(
    {
        ".bvh": bvh.read_motion,
        ".c3d": c3d.read_motion,
        ".csv": tables.read_motion,
        ".npz": npz.read_motion,
        ".ptd": ptd.read_motion,
    }
)
"""Reader of each format, by suffix."""
