"""Libraries told apart by the bytes of their files."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor

from affectlib.recordings.library import JOINTS_JSON, LIBRARY_CSV, LIBRARY_JSON, Library
from affectlib.recordings.motion import read_bytes


def file_digests(library: Library) -> dict[str, str]:
    """Digest every file that reading the library reads.

    Parameters
    ----------
    library : Library
        An opened library.

    Returns
    -------
    dict
        File name inside the library to the BLAKE2 digest of its bytes, in the order of names.

    Raises
    ------
    AffectlibError
        If a file cannot be read.
    """
    beside = [library.root / name for name in (LIBRARY_CSV, JOINTS_JSON, LIBRARY_JSON)]
    files = [*(file for file in beside if file.is_file()), *(take.file for take in library.takes)]
    names = [file.relative_to(library.root).as_posix() for file in files]
    with ThreadPoolExecutor(2) as pool:  # hashing lets go of the interpreter
        digests = pool.map(lambda file: hashlib.blake2b(read_bytes(file), digest_size=20).hexdigest(), files)
        return dict(sorted(zip(names, digests, strict=True)))


def fingerprint(library: Library) -> str:
    """Tell a library by its contents: equal where every file read is equal byte for byte.

    Parameters
    ----------
    library : Library
        An opened library.

    Returns
    -------
    str
        Hexadecimal digest over the relative names and the bytes of all files read; it does
        not depend on where the library lies.

    Raises
    ------
    AffectlibError
        If a file cannot be read.
    """
    lines = "".join(f"{digest}  {name}\n" for name, digest in file_digests(library).items())
    return hashlib.blake2b(lines.encode(), digest_size=20).hexdigest()
