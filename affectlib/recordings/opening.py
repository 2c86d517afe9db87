"""Opening of a library in either of its two layouts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from affectlib.errors import LibraryError
from affectlib.recordings.library import LIBRARY_CSV, Library
from affectlib.recordings.library_json import read_library_json
from affectlib.recordings.listing import join_first
from affectlib.recordings.manifest import open_manifest
from affectlib.recordings.ptd_folders import SUFFIX, open_ptd_folders


def open_library(path: str | Path) -> Library:
    """Open a folder with ``library.csv`` or with ``<code>_pt`` folders, without reading its motion files.

    Raises
    ------
    LibraryError
        If there is no such folder, it is empty or has neither layout, or its ``library.csv`` cannot be read.
        Other problems are those of the result.
    """
    root = Path(path).expanduser().absolute()
    try:
        if not root.is_dir():
            raise LibraryError(
                "not a folder" if root.exists() else "no such folder",
                file=root,
                remedy="Name the folder that holds library.csv or the <code>_pt folders.",
            )
        entries = sorted(entry.name for entry in root.iterdir() if not entry.name.startswith("."))
    except OSError as error:
        raise LibraryError(
            "folder cannot be read", file=root, found=error.strerror, remedy="Check that you may read it."
        ) from None
    if not entries:
        raise LibraryError("empty folder", file=root, remedy="Put takes and a library.csv into it.")
    facts, problems = read_library_json(root)
    if LIBRARY_CSV in entries:
        library = open_manifest(root, facts, problems)
    elif any(name.endswith(SUFFIX) and (root / name).is_dir() for name in entries):
        library = open_ptd_folders(root, facts, problems)
    else:
        raise LibraryError(
            "no library of walks: neither library.csv nor a <code>_pt folder",
            file=root,
            found=join_first(entries, 8),
            remedy="Add library.csv with the columns file,subject,label,take,rate_hz,unit,up,gender.",
        )
    if facts.get("level_floor"):
        return replace(library, takes=tuple(replace(take, level_floor=True) for take in library.takes))
    return library
