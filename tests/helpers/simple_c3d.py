"""C3D files written byte by byte, for what no library writes: other machines, missing parameters."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence

import numpy as np

from affectlib.skeleton import JOINTS

INTEL, DEC, MIPS = 84, 85, 86
Value = Sequence[str] | np.ndarray


def c3d_bytes(
    position: np.ndarray,
    *,
    labels: Sequence[str] = JOINTS,
    rate_hz: float = 60.0,
    header_rate_hz: float | None = None,
    machine: int = INTEL,
    more: Mapping[str, Value | None] | None = None,
    integers: bool = False,
) -> bytes:
    """Write points, shape (frames, points, 3); `more` adds, replaces or (None) removes parameters."""
    n_frames, n_points, _ = position.shape
    scale = 0.1 if integers else -0.1
    parameters: dict[str, Value | None] = {
        "POINT:USED": np.array([n_points], np.int16),
        "POINT:FRAMES": np.array([n_frames], np.int16),
        "POINT:SCALE": np.array([scale], np.float32),
        "POINT:RATE": np.array([rate_hz], np.float32),
        "POINT:DATA_START": np.array([0], np.int16),
        "POINT:UNITS": ["mm"],
        "POINT:LABELS": list(labels),
        **(more or {}),
    }
    records = _records({name: value for name, value in parameters.items() if value is not None}, machine)
    n_blocks = -(-(len(records) + 4) // 512)
    section = (bytes([1, 0x50, n_blocks, machine]) + records).ljust(512 * n_blocks, b"\0")
    header = bytes([2, 0x50]) + b"".join(
        [
            _numbers([n_points, 0, 1, n_frames, 10], "u2", machine),
            _numbers([scale], "f4", machine),
            _numbers([2 + n_blocks, 0], "u2", machine),
            _numbers([rate_hz if header_rate_hz is None else header_rate_hz], "f4", machine),
        ]
    )
    seen = np.isfinite(position).all(axis=-1, keepdims=True)
    values = np.concatenate([np.where(seen, position, 0), np.where(seen, 0, -1)], axis=-1)
    if integers:
        values[..., :3] = np.rint(values[..., :3] / scale)
    data = _numbers(values.ravel(), "i2" if integers else "f4", machine)
    return header.ljust(512, b"\0") + section + data.ljust(512, b"\0")


def _numbers(values: Sequence[float] | np.ndarray, kind: str, machine: int) -> bytes:
    if machine == DEC and kind == "f4":  # the exponent is two higher, the halves change places
        raw = (np.asarray(values, np.float32) * 4).astype("<f4").view("<u2").reshape(-1, 2)
        return raw[:, ::-1].tobytes()
    return np.asarray(values).astype((">" if machine == MIPS else "<") + kind).tobytes()


def _records(parameters: Mapping[str, Value], machine: int) -> bytes:
    groups = {
        name: number for number, name in enumerate(dict.fromkeys(key.split(":")[0] for key in parameters), 1)
    }
    out = b""
    for name, number in groups.items():
        out += struct.pack("bb", len(name), -number) + name.encode() + _numbers([3], "u2", machine) + b"\0"
    for key, value in parameters.items():
        group, name = key.split(":")
        body = _body(value, machine)
        out += struct.pack("bb", len(name), groups[group]) + name.encode()
        out += _numbers([2 + len(body)], "u2", machine) + body
    return out + b"\0\0"


def _body(value: Value, machine: int) -> bytes:
    if isinstance(value, np.ndarray):
        size = value.dtype.itemsize
        kind = "f4" if value.dtype.kind == "f" else f"i{size}"
        shape = () if value.size == 1 else value.shape[::-1]
        return (
            struct.pack("bB", size, len(shape))
            + bytes(shape)
            + _numbers(value.ravel(), kind, machine)
            + b"\0"
        )
    width = max([len(text) for text in value], default=0)
    raw = "".join(text.ljust(width) for text in value).encode()
    return struct.pack("bB", -1, 2) + bytes([width, len(value)]) + raw + b"\0"
