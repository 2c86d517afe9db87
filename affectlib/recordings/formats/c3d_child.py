"""The process that holds ezc3d: reads file names, writes back what each file holds.

Run as a script, by `affectlib.recordings.formats.c3d` alone. ezc3d is C++ and can die on a broken
file; it dies here, where nothing else is lost.
"""

from __future__ import annotations

import io
import json
import os
import struct
import sys
from contextlib import suppress
from typing import Any, BinaryIO

MAX_MEMORY = 4 * 2**30
QUANTITIES = ("ANGLES", "FORCES", "MOMENTS", "POWERS", "SCALARS", "REACTIONS")
NO_GROUPS = ("LABELS", "DESCRIPTIONS", "UNITS")


def read(file: str) -> dict[str, Any]:
    """Read points, residuals, labels, rate, unit and groups of one file.

    Parameters
    ----------
    file : str
        A C3D file.

    Returns
    -------
    dict
        Arrays to send back; only ``error`` (text) where ezc3d refuses the file.
    """
    import ezc3d
    import numpy as np

    try:
        content = ezc3d.c3d(file)
        parameters = content["parameters"]["POINT"]
        position = np.moveaxis(content["data"]["points"][:3], 0, -1).transpose(1, 0, 2)
        groups = _groups(parameters)
        return {
            "position": position.astype(np.float64),
            "residual": content["data"]["meta_points"]["residuals"][0].T,
            "labels": np.array(_texts(parameters, "LABELS"), dtype=np.str_),
            "rate": np.array([*_numbers(parameters, "RATE"), content["header"]["points"]["frame_rate"]]),
            "unit": np.array(_texts(parameters, "UNITS"), dtype=np.str_),
            "groups": np.array(list(groups), dtype=np.str_),
            **{f"group {name}": np.array(members, dtype=np.str_) for name, members in groups.items()},
        }
    except Exception as error:  # whatever the C++ side raises, the parent tells it
        return {"error": np.array(f"{type(error).__name__}: {error}"[:300])}


def _texts(parameters: dict[str, Any], name: str) -> list[str]:
    """Read a list of names; it goes on in ``LABELS2`` and so on, since one list ends at 255."""
    keys = [name, *(f"{name}{number}" for number in range(2, 100))]
    return [str(text) for key in keys if key in parameters for text in parameters[key]["value"]]


def _numbers(parameters: dict[str, Any], name: str) -> list[float]:
    values = parameters[name]["value"] if name in parameters else ()
    return [float(value) for value in values][:1] or [0.0]


def _groups(parameters: dict[str, Any]) -> dict[str, list[str]]:
    """Read which points are no positions: Vicon lists the names of angles in ``POINT:ANGLES``."""
    stated = _texts(parameters, "TYPE_GROUPS")
    names = {*QUANTITIES, *(name for name in stated if "MARKER" not in name.upper())}
    listed = {name: _texts(parameters, name) for name in sorted(names) if name not in NO_GROUPS}
    return {name: members for name, members in listed.items() if members}


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer one request a line until the other side closes.

    Parameters
    ----------
    requests : binary stream
        JSON strings, one file name a line.
    answers : binary stream
        For each: eight bytes of length, then an npz archive.
    """
    import numpy as np

    for line in requests:
        buffer = io.BytesIO()
        np.savez(buffer, **read(json.loads(line)))
        answers.write(struct.pack("<Q", buffer.tell()) + buffer.getvalue())
        answers.flush()


if __name__ == "__main__":
    with suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    # The C++ side prints warnings to standard output; they must not mix with the answers.
    answers_fd = os.dup(1)
    os.dup2(2, 1)
    serve(sys.stdin.buffer, os.fdopen(answers_fd, "wb"))
