"""Libraries of walks: files in, recordings out, and a plain account of what is wrong.

A library is opened (`open_library`), looked through (`check_library`) and read
(`read_recordings`). Every reader gives a `Motion` in the file's own terms; it is mapped to the
canonical joints (`known`), turned and scaled to metres with z up (`world`), and repaired
(`gaps`).
"""

from affectlib.recordings.check import Check, check_library
from affectlib.recordings.fingerprints import fingerprint
from affectlib.recordings.library import Library, Take
from affectlib.recordings.opening import open_library
from affectlib.recordings.reading import Reading, read_recordings
from affectlib.recordings.recording import Recording, Repairs

__all__ = [
    "Check",
    "Library",
    "Reading",
    "Recording",
    "Repairs",
    "Take",
    "check_library",
    "fingerprint",
    "open_library",
    "read_recordings",
]
