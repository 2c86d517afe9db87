"""Libraries of walks: from motion files to recordings, with a list of all problems.

A library is opened (`open_library`), checked (`check_library`) and read (`read_recordings`). How one take is
read, from its file to recordings, is in `takes.read_take`.
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
