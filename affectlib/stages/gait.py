"""The stage from recordings to gait cycles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

import pandas as pd
import xarray as xr

from affectlib.errors import ParameterError
from affectlib.gait import collect, load_cycles, save_cycles, segment_all, segmentation_table
from affectlib.recordings import Library, Recording, read_recordings
from affectlib.stages.code import code_digest
from affectlib.stages.frames import read_frame
from affectlib.stages.progress import follow
from affectlib.stages.store import Entry, Store, open_store
from affectlib.stages.walks import Loaded, load
from affectlib.study import Study

VERSION = 1
ROOMS = ("recordings", "gait", "stages.gait")


def recordings(
    study: Study, *, names: Sequence[str] = (), store: Store | None = None
) -> tuple[Recording, ...]:
    """Read the usable recordings of the study's library.

    Parameters
    ----------
    names : sequence of str
        Names of takes to read; all if empty.

    Raises
    ------
    ParameterError
        For a name that no take has.
    """
    library = load(study, store=store).library
    if names:
        library = _only(library, names)
    with follow("reading takes") as progress:
        return read_recordings(library, skip_bad=study.skip_bad, progress=progress).recordings


def cycles(study: Study, *, store: Store | None = None) -> xr.Dataset:
    """Return the gait cycles of the study: ``position (cycle, phase, joint, axis)`` in metres."""
    return load_cycles(_segmented(study, store).folder / "cycles.nc")


def cycles_key(study: Study, *, store: Store | None = None) -> str:
    """Return the hex digest of everything that the study's cycles depend on."""
    return _segmented(study, store).key


def segmentation(study: Study, *, store: Store | None = None) -> pd.DataFrame:
    """Return the table of how recordings were cut into cycles, see `affectlib.gait.segmentation_table`."""
    return read_frame(_segmented(study, store).folder / "segmentation.csv")


def first_takes(loaded: Loaded, *, subjects: int = 1, labels: int = 1) -> tuple[str, ...]:
    """Return names of takes to show: the first of each label, for the first subjects and labels."""
    usable = loaded.takes[["subject", "label", "file"]].drop_duplicates(["subject", "label"])
    shown = (
        usable[usable["subject"].isin(usable["subject"].unique()[:subjects])].groupby("subject").head(labels)
    )
    return tuple(str(Path(file).with_suffix("").as_posix()) for file in shown["file"])


def _only(library: Library, names: Sequence[str]) -> Library:
    unknown = sorted(set(names) - {take.name for take in library.takes})
    if unknown:
        raise ParameterError(
            "no such take in the library",
            file=library.root,
            found=", ".join(unknown),
            remedy=f"Takes are named by their files, such as {library.takes[0].name!r}.",
        )
    return replace(library, takes=tuple(take for take in library.takes if take.name in names))


def _segmented(study: Study, store: Store | None) -> Entry:
    store = store or open_store()
    loaded = load(study, store=store)

    def write(folder: Path) -> None:
        walks = recordings(study, store=store)
        with follow("cutting cycles") as progress:
            segmented = segment_all(walks, preprocessing=study.preprocessing, progress=progress)
        dataset = collect(
            segmented,
            preprocessing=study.preprocessing,
            library_name=loaded.library.name,
            simulated=loaded.library.simulated,
            library_fingerprint=loaded.fingerprint,
        )
        save_cycles(dataset, folder / "cycles.nc")
        segmentation_table(segmented).to_csv(folder / "segmentation.csv", index=False)

    return store.keep(
        "cycles",
        inputs={
            "fingerprint": loaded.fingerprint,
            "library": loaded.library.name,
            "skip_bad": study.skip_bad,
            "preprocessing": asdict(study.preprocessing),
            "version": VERSION,
        },
        code=code_digest(*ROOMS),
        write=write,
    )
