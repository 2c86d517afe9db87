"""Files of a run: complete at any time, and named as papermill expects."""

from __future__ import annotations

import os
from pathlib import Path

from affectlib.disk import writing


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file atomically: a reader sees the old content or the new, never a part of it.

    Parameters
    ----------
    content : str or bytes
        Text is written as UTF-8, with its line ends unchanged.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with writing(path):
            partial.write_bytes(content.encode() if isinstance(content, str) else content)
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)


def papermill_path(path: Path) -> str:
    """Return a path with escaped braces, as papermill fills in ``{names}`` in paths."""
    return str(path).replace("{", "{{").replace("}", "}}")
