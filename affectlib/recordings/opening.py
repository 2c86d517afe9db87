"""Opening a library of walks: which of its two forms a folder has."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from affectlib.errors import LibraryError
from affectlib.recordings import manifest, ptd_folders
from affectlib.recordings.library import LIBRARY_CSV, Library
from affectlib.recordings.library_json import read_facts


def open_library(path: str | Path) -> Library:
    """Open a library of walks: a folder with ``library.csv``, or with ``<code>_pt`` folders.

    Parameters
    ----------
    path : str or Path
        The folder.

    Returns
    -------
    Library
        Its takes and the problems of its layout; no motion file is read.

    Raises
    ------
    LibraryError
        Only where nothing can be said: no such folder, an empty one, one of neither form, or
        a ``library.csv`` that cannot be read.
    """
    root = Path(path).expanduser().absolute()
    try:
        if not root.is_dir():
            raise LibraryError(
                "not a folder" if root.exists() else "no such folder",
                file=root,
                remedy="Give the folder that holds library.csv or the <code>_pt folders.",
            )
        entries = sorted(entry.name for entry in root.iterdir() if not entry.name.startswith("."))
    except OSError as error:
        raise LibraryError(
            "folder cannot be read", file=root, found=error.strerror, remedy="Check that you may read it."
        ) from None
    if not entries:
        raise LibraryError("empty folder", file=root, remedy="Put takes and a library.csv into it.")
    facts, problems = read_facts(root)
    library = None
    if LIBRARY_CSV in entries:
        library = manifest.open_manifest(root, facts, problems)
    elif any(name.endswith(ptd_folders.SUFFIX) and (root / name).is_dir() for name in entries):
        library = ptd_folders.open_folders(root, facts, problems)
    if library and facts.get("level_floor"):
        return replace(library, takes=tuple(replace(take, level_floor=True) for take in library.takes))
    if library:
        return library
    raise LibraryError(
        "no library of walks: neither library.csv nor a <code>_pt folder",
        file=root,
        found=", ".join(entries[:8]) + (f" and {len(entries) - 8} more" if len(entries) > 8 else ""),
        remedy="Add library.csv with the columns file,subject,label,take,rate_hz,unit,up,gender.",
    )
