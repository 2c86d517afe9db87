"""C3D: points by name, read by ezc3d in a process of its own.

ezc3d is C++: on a broken file it may take its whole process down, which must not be the one
that holds a person's notebook. One child process serves all files and is started anew after
a death.
"""

from __future__ import annotations

import io
import json
import os
import struct
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import numpy as np

from affectlib.errors import RecordingError
from affectlib.recordings.formats import c3d_child, c3d_names
from affectlib.recordings.formats.c3d_bigendian import is_bigendian, to_intel
from affectlib.recordings.formats.c3d_layout import check_layout, told
from affectlib.recordings.formats.c3d_parameters import Fault
from affectlib.recordings.motion import Motion, decode_text, read_bytes

TIME_LIMIT_S = 60.0
"""A file that takes longer than this is given up."""

_UNITS = {
    "m": "m",
    "cm": "cm",
    "mm": "mm",
    "in": "in",
    "inch": "in",
    "inches": "in",
    "meters": "m",
    "metres": "m",
}


def read_motion(file: Path) -> Motion:
    """Read the points of one file.

    Points without a name are left unused; so are those that are no positions, and points that
    share a name are told apart by a number (``LKNE#1``, ``LKNE#2``).

    Parameters
    ----------
    file : Path
        A ``.c3d`` file.

    Returns
    -------
    Motion
        Points in the order of ``POINT:LABELS``; rate from ``POINT:RATE`` or else the header,
        unit from ``POINT:UNITS``; NaN where a point is marked invalid (residual -1).

    Raises
    ------
    RecordingError
        If the header, the parameters and the data do not fit one another, or there are no
        points with a name.
    """
    held = _read(file)
    if "error" in held:
        raise _broken(file, "whole file", " ".join(str(held["error"]).split()) or "no reason given")
    if not held["position"].size:
        raise _broken(file, "whole file", f"points of shape {held['position'].shape}")
    position = np.where((held["residual"] < 0)[..., None], np.nan, held["position"])
    named = c3d_names.name_points(
        _texts(held["labels"]),
        {str(name): set(_texts(held[f"group {name}"])) for name in held["groups"]},
        position,
    )
    if not named.joints:
        raise RecordingError(
            "no point has a name that can be used",
            file=file,
            where="POINT:LABELS",
            found=f"{position.shape[1]} points",
            remedy="Label the markers and export the take again.",
        )
    rates_hz = [float(rate) for rate in held["rate"] if np.isfinite(rate) and rate > 0]
    return Motion(
        position=position[:, list(named.joints.values())],
        joints=tuple(named.joints),
        rate_hz=rates_hz[0] if rates_hz else None,
        unit=_UNITS.get(str(held["unit"][0]).strip().casefold()) if held["unit"].size else None,
        notes=named.notes,
        unusable=named.unusable,
    )


def _texts(names: np.ndarray) -> list[str]:
    """Return names without blanks around them; ezc3d reads those in Latin-1 as broken UTF-8."""
    return [decode_text(str(name).encode("utf-8", "surrogateescape")).strip() for name in names]


def _read(file: Path) -> dict[str, np.ndarray]:
    """Let the child read a file whose layout is sound, turned round where a machine wrote it so."""
    data = read_bytes(file)
    if not is_bigendian(data):
        check_layout(data, file=file)
        return _CHILD.read(file)
    try:
        turned = to_intel(data)
    except Fault as fault:
        raise told(fault, file=file) from None
    check_layout(turned, file=file)
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "turned.c3d"
        copy.write_bytes(turned)
        return _CHILD.read(copy)


class _Child:
    """The one process with ezc3d in it; requests from several threads queue up."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = os.getpid()

    def read(self, file: Path) -> dict[str, np.ndarray]:
        with self._lock:
            answer = self._ask(self._running(), file)
            if answer is None:
                assert self._process is not None
                self._process.kill()
                self._process.wait()
                self._process = None
        if answer is None:
            raise _broken(file, "whole file", "it stops the C3D library")
        with np.load(io.BytesIO(answer), allow_pickle=False) as arrays:
            return dict(arrays)

    def _running(self) -> subprocess.Popen[bytes]:
        # After a fork the pipes belong to two processes, whose answers would mix.
        forked = self._owner != os.getpid()
        if forked or self._process is None or self._process.poll() is not None:
            self._owner = os.getpid()
            self._process = subprocess.Popen(
                [sys.executable, "-P", str(Path(c3d_child.__file__))],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        return self._process

    def _ask(self, process: subprocess.Popen[bytes], file: Path) -> bytes | None:
        """Give the answer, or None if the process died or took too long over it."""
        assert process.stdin is not None
        assert process.stdout is not None
        watch = threading.Timer(TIME_LIMIT_S, process.kill)
        watch.start()
        try:
            process.stdin.write(json.dumps(str(file.absolute())).encode() + b"\n")
            process.stdin.flush()
            head = process.stdout.read(8)
            length = struct.unpack("<Q", head)[0] if len(head) == 8 else 0
            answer = process.stdout.read(length)
        except OSError:
            return None
        finally:
            watch.cancel()
        return answer if length and len(answer) == length else None


_CHILD = _Child()


def _broken(file: Path, where: str, found: str) -> RecordingError:
    return RecordingError(
        "not a sound C3D file", file=file, where=where, found=found, remedy="Export the take again as C3D."
    )
