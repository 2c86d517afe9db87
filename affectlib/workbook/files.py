"""Files that are whole at any time."""

from __future__ import annotations

import os
from pathlib import Path

from affectlib.disk import writing


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file so that a reader sees the old one or the new one, never half of it.

    Parameters
    ----------
    path : Path
        The file.
    content : str or bytes
        What shall stand in it; text becomes UTF-8, its line ends left as they are.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with writing(path):
            partial.write_bytes(content.encode() if isinstance(content, str) else content)
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)
