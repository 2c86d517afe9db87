"""The stages before gait cycles: the demo library, and the check of all takes."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from affectlib.demo import DEMO_VERSION, write_demo
from affectlib.errors import LibraryError, ParameterError
from affectlib.parameters import split_items
from affectlib.recordings import Library, check_library, fingerprint, open_library
from affectlib.recordings.check import EQUAL_FILES, warn_of_equal_files
from affectlib.recordings.findings import Findings
from affectlib.stages.code import code_digest
from affectlib.stages.progress import follow
from affectlib.stages.store import Entry, Store, open_store
from affectlib.study import Study

VERSION = 1
ROOMS = ("demo", "recordings", "stages.walks")


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """A library whose takes were checked.

    Parameters
    ----------
    library : affectlib.recordings.Library
        Layout and manifest.
    fingerprint : str
        Hex digest over all its files.
    takes : pandas.DataFrame
        One row per usable take, columns `affectlib.recordings.check.COLUMNS`.
    findings : affectlib.recordings.findings.Findings
        Without problems unless the study skips broken takes; subjects that it excludes are left out.
    subjects_left_out : tuple of str
        Subjects that the study excludes, sorted.
    entry : affectlib.stages.Entry
        Entry of the store.
    """

    library: Library
    fingerprint: str
    takes: pd.DataFrame
    findings: Findings
    subjects_left_out: tuple[str, ...]
    entry: Entry

    def overview(self) -> pd.DataFrame:
        """Return a summary with the columns ``what`` and ``value``, both text."""
        takes = self.takes
        value = {
            "subjects": takes["subject"].nunique(),
            "labels": ", ".join(sorted(takes["label"].unique())),
            "takes": len(takes),
            "minutes recorded": f"{takes['duration_s'].sum() / 60:.1f}",
            "frames per second": ", ".join(f"{rate:g}" for rate in sorted(takes["rate_hz"].unique())),
            "frames interpolated": int(takes["interpolated_frames"].sum()),
            "frames lost": int(takes["lost_frames"].sum()),
            "walkers": "simulated" if self.library.simulated else "recorded",
            **self.findings.summary(),
        }
        return pd.DataFrame({"what": value.keys(), "value": [str(entry) for entry in value.values()]})


def library_folder(study: Study, *, store: Store | None = None) -> Path:
    """Return the folder of the study's library; the demo library is written if the study has none."""
    return study.library_folder or demo(study, store=store).folder / "demo"


def demo(study: Study, *, store: Store | None = None) -> Entry:
    """Write the library of simulated walkers, into the folder ``demo`` of the entry that is returned."""

    def write(folder: Path) -> None:
        with follow("writing simulated walkers") as progress:
            write_demo(folder / "demo", subjects=study.demo_subjects or 0, seed=study.seed, progress=progress)

    return (store or open_store()).keep(
        "demo",
        inputs={"subjects": study.demo_subjects, "seed": study.seed, "version": DEMO_VERSION},
        code=code_digest(*ROOMS),
        write=write,
    )


def load(study: Study, *, store: Store | None = None) -> Loaded:
    """Check all takes of the study's library.

    Raises
    ------
    LibraryError
        If there is no usable library, or takes have problems and the study does not skip them; names all
        problems.
    ParameterError
        If the library does not have an excluded subject.
    """
    store = store or open_store()
    library = open_library(library_folder(study, store=store))
    unreadable = {take.name for take in library.takes if not os.access(take.file, os.R_OK)}
    readable = tuple(take for take in library.takes if take.name not in unreadable)
    digest = fingerprint(replace(library, takes=readable))
    entry = store.keep(
        "load",
        # Messages name files, so a library that moved is checked again; files that the layout refuses
        # are in its problems but not in the fingerprint.
        inputs={
            "fingerprint": digest,
            "folder": str(library.root),
            "problems": [str(problem) for problem in library.problems],
            "unreadable": sorted(unreadable),
            "left_out": library.left_out,
            "version": VERSION,
        },
        code=code_digest(*ROOMS),
        write=lambda folder: _write_check(library, folder),
    )
    takes = pd.read_json(entry.folder / "takes.json", orient="table", precise_float=True)
    findings = Findings.from_json(json.loads((entry.folder / "findings.json").read_text(encoding="utf-8")))
    excluded = subjects_left_out(study, library)
    if excluded:
        library, findings = _without(excluded, library, findings)
        digest = fingerprint(library)
        takes = takes[~takes["subject"].isin(excluded)].reset_index(drop=True)
    if findings.problems and not study.skip_bad:
        raise findings.to_error(library.root)
    if takes.empty:
        raise LibraryError(
            "no usable take",
            file=library.root,
            found=f"left out as asked: {'; '.join(excluded)}" if excluded else None,
            remedy="Leave out fewer subjects." if excluded else "`affectlib check` shows more.",
        )
    return Loaded(
        library=library,
        fingerprint=digest,
        takes=takes,
        findings=findings,
        subjects_left_out=excluded,
        entry=entry,
    )


def subjects_left_out(study: Study, library: Library) -> tuple[str, ...]:
    """Return the subjects of a library that a study excludes, sorted.

    An entry that is not the name of a subject as a whole is several names, separated by commas.

    Raises
    ------
    ParameterError
        If the library has no subject of such a name.
    """
    known = {take.subject for take in library.takes}
    names = {
        name for entry in study.leave_out for name in ([entry] if entry in known else split_items(entry))
    }
    if not names <= known:
        raise ParameterError(
            "no subject of this name in the library",
            file=library.root,
            where="parameter 'leave_out'",
            found="; ".join(sorted(names - known)),
            remedy=f"There are: {'; '.join(sorted(known))}. Names are separated by commas, and a name that "
            "has a comma itself stands between double quotes.",
        )
    return tuple(sorted(names))


def _without(excluded: tuple[str, ...], library: Library, findings: Findings) -> tuple[Library, Findings]:
    """Return a library and its findings without some subjects."""
    files = {take.file for take in library.takes if take.subject in excluded}
    takes = tuple(take for take in library.takes if take.subject not in excluded)
    library = replace(library, takes=takes)
    # Of two equal takes one may have been excluded for that reason, so that they are compared again.
    warnings = [warning for warning in findings.warnings if warning.problem != EQUAL_FILES]
    return library, replace(
        findings,
        problems=tuple(problem for problem in findings.problems if problem.file not in files),
        warnings=(
            *(warning for warning in warnings if warning.file not in files),
            *warn_of_equal_files(library),
        ),
        left_out=(*findings.left_out, *(f"{name} (asked for)" for name in excluded)),
    )


def _write_check(library: Library, folder: Path) -> None:
    with follow("looking through takes") as progress:
        check = check_library(library.root, progress=progress)
    check.takes.to_json(folder / "takes.json", orient="table", index=False, double_precision=15)
    text = json.dumps(check.findings.to_json(), indent=1)
    (folder / "findings.json").write_text(text, encoding="utf-8")
