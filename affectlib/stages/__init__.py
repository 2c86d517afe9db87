"""What a study computes, stage by stage, each kept on disk and made once.

A stage is one function of a `Study`: it names what its result depends on (`inputs`), the rooms
whose code makes it (`code`), and how to write it into an empty folder (`write`), and hands these
to `Store.keep`. Everything else (finding, resuming, damage, timing) is the store's.
"""

from __future__ import annotations

from affectlib.stages.code import code_digest
from affectlib.stages.progress import Progress, follow
from affectlib.stages.store import CACHE_VARIABLE, LOG_VARIABLE, Kept, Store, open_store
from affectlib.stages.walks import Loaded, cycles, demo, library_folder, load, recordings

__all__ = [
    "CACHE_VARIABLE",
    "LOG_VARIABLE",
    "Kept",
    "Loaded",
    "Progress",
    "Store",
    "code_digest",
    "cycles",
    "demo",
    "follow",
    "library_folder",
    "load",
    "open_store",
    "recordings",
]
