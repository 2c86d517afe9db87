"""Events of a run as JSON lines, for programs that start it: its text on standard error is for people."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

VARIABLE = "AFFECTLIB_EVENTS"
"""Environment variable with the file to which events are appended."""

ERROR, NOTEBOOK = "error", "notebook"
"""Kinds of events: an error of the command, with ``text``; a notebook that has ended, with its ``name`` and
``outcome`` and the number ``of`` notebooks."""


def write_event(kind: str, **values: Any) -> None:
    """Append an event to the file named in `VARIABLE`; do nothing where it is not set."""
    # A file that cannot be written must not end the run, nor hide an error.
    if file := os.environ.get(VARIABLE):
        with suppress(OSError), open(file, "a", encoding="utf-8") as stream:
            stream.write(json.dumps({"kind": kind, **values}) + "\n")


def read_events(file: Path, kind: str) -> list[dict[str, Any]]:
    """Return the events of one kind, in order of time."""
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    # The last line may be only half written.
    events = [json.loads(line) for line in lines if line.endswith("\n")]
    return [event for event in events if event["kind"] == kind]
