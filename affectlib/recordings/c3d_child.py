"""The process that holds ezc3d: reads file names, writes back what each file holds.

Run as a script, by `affectlib.recordings.c3d` alone. ezc3d is C++ and can die on a broken
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


def read(file: str) -> dict[str, Any]:
    """Read points, residuals, labels, rate and unit of one file.

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
        return {
            "position": position.astype(np.float64),
            "residual": content["data"]["meta_points"]["residuals"][0].T,
            "labels": np.array([str(name) for name in parameters["LABELS"]["value"]], dtype=np.str_),
            "rate": np.ravel(parameters["RATE"]["value"]).astype(np.float64),
            "unit": np.array(
                [str(name) for name in parameters.get("UNITS", {"value": []})["value"]], dtype=np.str_
            ),
        }
    except Exception as error:  # whatever the C++ side raises, the parent tells it
        return {"error": np.array(f"{type(error).__name__}: {error}"[:300])}


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
