"""Joint arrays: ``.npz`` with positions and joint names."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np

from affectlib.errors import RecordingError
from affectlib.recordings.motion import Motion, check_joint_names, read_bytes


def read_motion(file: Path) -> Motion:
    """Read an archive with ``position`` (frames, joints, 3) and ``joints`` (names).

    Parameters
    ----------
    file : Path
        A ``.npz`` file as `numpy.savez` writes it, without pickled objects; it may also hold
        the scalar ``rate_hz``.

    Returns
    -------
    Motion
        What the archive holds.

    Raises
    ------
    RecordingError
        If it is no such archive, or an array is missing or of another type or shape.
    """
    data = read_bytes(file)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            arrays = {
                name: _array(archive, f"{name}.npy", file=file)
                for name in ("position", "joints", "rate_hz")
                if name != "rate_hz" or "rate_hz.npy" in archive.namelist()
            }
    except RecordingError:
        raise
    except Exception as error:  # zipfile, zlib and numpy raise many kinds on a broken archive
        raise _no_archive(file, "whole file", str(error) or type(error).__name__) from None
    position, joints = arrays["position"], arrays["joints"]
    if position.ndim != 3 or position.shape[2] != 3 or position.dtype.kind not in "fiu" or not len(position):
        raise _no_archive(file, "array 'position'", f"{position.dtype} of shape {position.shape}")
    if joints.dtype.kind != "U" or joints.shape != position.shape[1:2]:
        raise _no_archive(file, "array 'joints'", f"{joints.dtype} of shape {joints.shape}")
    names = tuple(str(name) for name in joints)
    check_joint_names(names, file=file, where="array 'joints'")
    return Motion(
        position=position.astype(np.float64),
        joints=names,
        rate_hz=_scalar_rate(arrays.get("rate_hz"), file=file),
    )


def _array(archive: zipfile.ZipFile, member: str, *, file: Path) -> np.ndarray:
    if member not in archive.namelist():
        held = ", ".join(name.removesuffix(".npy") for name in archive.namelist()[:8])
        raise _no_archive(file, f"array {member.removesuffix('.npy')!r}", f"only {held or 'nothing'}")
    info = archive.getinfo(member)
    if info.file_size > 2**31:
        raise _no_archive(file, member, f"{info.file_size} bytes unpacked")
    with archive.open(member) as stream:
        raw = stream.read(info.file_size + 1)
    # The header may promise any shape; memory is only reserved for what is really there.
    header = io.BytesIO(raw)
    version = np.lib.format.read_magic(header)
    read_header = (
        np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    )
    shape, _, dtype = read_header(header)
    n_bytes = dtype.itemsize
    for length in shape:
        n_bytes *= int(length)
    if dtype.hasobject or n_bytes != len(raw) - header.tell():
        kind = "pickled objects" if dtype.hasobject else f"{len(raw)} bytes for shape {shape}"
        raise _no_archive(file, f"array {member.removesuffix('.npy')!r}", kind)
    return np.lib.format.read_array(io.BytesIO(raw), allow_pickle=False)


def _scalar_rate(value: np.ndarray | None, *, file: Path) -> float | None:
    if value is None:
        return None
    if value.shape != () or value.dtype.kind not in "fiu" or not np.isfinite(value) or value <= 0:
        raise _no_archive(file, "array 'rate_hz'", f"{value.dtype} of shape {value.shape}")
    return float(value)


def _no_archive(file: Path, where: str, found: str) -> RecordingError:
    return RecordingError(
        "not the npz archive it should be",
        file=file,
        where=where,
        found=found[:120],
        remedy="Write it with numpy.savez(file, position=..., joints=...): (frames, joints, 3), no objects.",
    )
