"""NPZ: arrays of positions and joint names."""

from __future__ import annotations

import io
import math
import zipfile
from pathlib import Path
from threading import Lock

import numpy as np

from affectlib.errors import RecordingError
from affectlib.recordings.motion import Motion, check_joint_names, decode_text, read_bytes

_REMEDY = (
    "Write it with numpy.savez(file, position=..., joints=...): (frames, joints, 3), no objects "
    "(names by numpy.array(names, dtype=str))."
)

# numpy evaluates headers with `ast`, which before Python 3.12.1 fails now and then when two threads do so at
# once ("AST constructor recursion depth mismatch", CPython issue 106905): a sound file would look broken.
_HEADERS = Lock()


def read_motion(file: Path) -> Motion:
    """Read a ``.npz`` archive, as `numpy.savez` writes it, without pickled objects.

    ``position`` has the shape (frames, joints, 3), or (frames, 3 joints) with x, y and z of one joint
    after the other; ``joints`` has their names, text or bytes; the scalar ``rate_hz`` may be missing.

    Raises
    ------
    RecordingError
        If it is no such archive, or an array is missing or of another type or shape.
    """
    data = read_bytes(file)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _refuse_body_models(archive, file=file)
            arrays = {
                name: _array(archive, f"{name}.npy", file=file)
                for name in ("position", "joints", "rate_hz")
                if name != "rate_hz" or "rate_hz.npy" in archive.namelist()
            }
    except RecordingError:
        raise
    except Exception as error:  # zipfile, zlib and numpy raise many kinds on a broken archive
        raise _no_archive(file, "whole file", str(error) or type(error).__name__) from None
    names = _names(arrays["joints"], file=file)
    position, notes = _position(arrays["position"], names, file=file)
    return Motion(
        position=position,
        joints=names,
        rate_hz=_scalar_rate(arrays.get("rate_hz"), file=file),
        notes=notes,
    )


def _refuse_body_models(archive: zipfile.ZipFile, *, file: Path) -> None:
    """Raise an error for parameters of a body model, from which positions have to be computed first."""
    arrays = {name.removesuffix(".npy") for name in archive.namelist()}
    poses = sorted(arrays & {"poses", "pose_body", "root_orient", "body_pose", "trans", "betas"})
    if "position" not in arrays and len(poses) > 1:
        raise RecordingError(
            "parameters of a body model (AMASS, SMPL) and no positions",
            file=file,
            where="whole file",
            found=", ".join(poses),
            remedy="Compute the joints with the body model that you have licensed (smplx: "
            "model(...).joints[:, :22]) and write them with numpy.savez(file, position=..., joints=[...], "
            "rate_hz=...), the rate from mocap_framerate or mocap_frame_rate.",
        )


def _names(joints: np.ndarray, *, file: Path) -> tuple[str, ...]:
    """Return the names, which MATLAB and h5py write as bytes, in a row or in a column."""
    if joints.dtype.kind not in "US" or joints.ndim < 1 or joints.size != max(joints.shape):
        raise _no_archive(file, "array 'joints'", f"{joints.dtype} of shape {joints.shape}")
    names = tuple(
        (decode_text(name) if isinstance(name, bytes) else str(name)).strip(" \0")
        for name in joints.ravel().tolist()
    )
    check_joint_names(names, file=file, where="array 'joints'")
    return names


def _position(
    position: np.ndarray, names: tuple[str, ...], *, file: Path
) -> tuple[np.ndarray, tuple[str, ...]]:
    """Return positions (frames, joints, 3), and a note where x, y and z of all joints were in one row."""
    shape, expected = position.shape, (len(names), 3)
    flat = position.ndim == 2 and shape[1] == 3 * len(names)
    numbers = position.dtype.kind in "fiu" and position.size > 0
    if not numbers or not (flat or shape[1:] == expected):
        transposed = position.ndim == 3 and shape[1:] == expected[::-1]
        other_names = numbers and position.ndim == 3 and shape[2] == 3
        raise _no_archive(
            file,
            "array 'joints'" if other_names else "array 'position'",
            f"{len(names)} names for {position.dtype} positions of shape {shape}",
            "Write position.transpose(0, 2, 1) instead." if transposed else _REMEDY,
        )
    notes = ("position in rows of x, y, z of one joint after the other",) if flat else ()
    return position.reshape(-1, *expected).astype(np.float64), notes


def _array(archive: zipfile.ZipFile, member: str, *, file: Path) -> np.ndarray:
    if member not in archive.namelist():
        arrays = ", ".join(name.removesuffix(".npy") for name in archive.namelist()[:8])
        raise _no_archive(file, f"array {member.removesuffix('.npy')!r}", f"only {arrays or 'nothing'}")
    info = archive.getinfo(member)
    if info.file_size > 2**31:
        raise _no_archive(file, member, f"{info.file_size} bytes unpacked")
    with archive.open(member) as stream:
        raw = stream.read(info.file_size + 1)
    # A broken header may promise any shape: compare it with the data before memory is reserved.
    header = io.BytesIO(raw)
    version = np.lib.format.read_magic(header)
    read_header = (
        np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    )
    with _HEADERS:
        shape, _, dtype = read_header(header)
    if dtype.hasobject or dtype.itemsize * math.prod(shape) != len(raw) - header.tell():
        kind = "pickled objects" if dtype.hasobject else f"{len(raw)} bytes for shape {shape}"
        raise _no_archive(file, f"array {member.removesuffix('.npy')!r}", kind)
    with _HEADERS:
        return np.lib.format.read_array(io.BytesIO(raw), allow_pickle=False)


def _scalar_rate(value: np.ndarray | None, *, file: Path) -> float | None:
    if value is None:
        return None
    rate_hz = float(value.ravel()[0]) if value.size == 1 and value.dtype.kind in "fiu" else np.nan
    if not (np.isfinite(rate_hz) and rate_hz > 0):
        raise _no_archive(file, "array 'rate_hz'", f"{value.dtype} of shape {value.shape}")
    return rate_hz


def _no_archive(file: Path, where: str, found: str, remedy: str = "") -> RecordingError:
    return RecordingError(
        "not the npz archive it should be",
        file=file,
        where=where,
        found=found[:120],
        remedy=remedy or _REMEDY,
    )
