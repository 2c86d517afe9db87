"""Digests of a library by the bytes of its files."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor

from affectlib.recordings.library import JOINTS_JSON, LIBRARY_CSV, LIBRARY_JSON, Library
from affectlib.recordings.motion import read_bytes


def file_digests(library: Library) -> dict[str, str]:
    """Return the BLAKE2 digest of every file of a library by its name inside the library, sorted.

    Raises
    ------
    RecordingError
        If a file cannot be read.
    """
    beside = [library.root / name for name in (LIBRARY_CSV, JOINTS_JSON, LIBRARY_JSON)]
    files = [*(file for file in beside if file.is_file()), *(take.file for take in library.takes)]
    names = [file.relative_to(library.root).as_posix() for file in files]
    with ThreadPoolExecutor(2) as pool:  # hashing releases the interpreter lock
        digests = pool.map(lambda file: hashlib.blake2b(read_bytes(file), digest_size=20).hexdigest(), files)
        return dict(sorted(zip(names, digests, strict=True)))


def fingerprint(library: Library) -> str:
    """Compute a hexadecimal digest over the relative names and bytes of all files of a library.

    It does not depend on the library's folder.

    Raises
    ------
    RecordingError
        If a file cannot be read.
    """
    lines = "".join(f"{digest}  {name}\n" for name, digest in file_digests(library).items())
    return hashlib.blake2b(lines.encode(), digest_size=20).hexdigest()
