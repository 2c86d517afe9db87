"""The stages before gait cycles: the demo library, and the check of all takes."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from affectlib.demo import DEMO_VERSION, write_demo
from affectlib.errors import AffectlibError, LibraryError, LibraryWarning, ParameterError
from affectlib.parameters import split_items
from affectlib.recordings import Library, check_library, fingerprint, open_library
from affectlib.recordings.check import EQUAL_FILES, equal_files
from affectlib.recordings.findings import Findings
from affectlib.recordings.listing import count_problems, list_problems
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
        One row per take: subject, label, duration, repairs.
    problems : tuple of AffectlibError
        Errors of single takes; empty unless the study skips such takes.
    left_out : tuple of str
        What was excluded although nothing is wrong with it.
    subjects_left_out : tuple of str
        Subjects that the study excludes, sorted.
    notes : tuple of str
        Further remarks.
    warnings : tuple of LibraryWarning
        Doubts about usable takes.
    entry : affectlib.stages.Entry
        Entry of the store.
    """

    library: Library
    fingerprint: str
    takes: pd.DataFrame
    problems: tuple[AffectlibError, ...]
    left_out: tuple[str, ...]
    subjects_left_out: tuple[str, ...]
    notes: tuple[str, ...]
    warnings: tuple[LibraryWarning, ...]
    entry: Entry

    @property
    def findings(self) -> Findings:
        """Problems, warnings, exclusions and notes."""
        return Findings(
            problems=self.problems, warnings=self.warnings, left_out=self.left_out, notes=self.notes
        )

    def overview(self) -> pd.DataFrame:
        """Return a summary with the columns ``what`` and ``value``, both text."""
        takes = self.takes
        value = {
            "people": takes["subject"].nunique(),
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
    closed = tuple(take for take in library.takes if not os.access(take.file, os.R_OK))
    files = fingerprint(replace(library, takes=tuple(take for take in library.takes if take not in closed)))
    entry = store.keep(
        "load",
        # Messages name files, so a library that moved is checked again; files that the layout refuses
        # are in its problems but not in the fingerprint.
        inputs={
            "fingerprint": files,
            "folder": str(library.root),
            "problems": [str(problem) for problem in library.problems],
            "closed": [take.name for take in closed],
            "left_out": library.left_out,
            "version": VERSION,
        },
        code=code_digest(*ROOMS),
        write=lambda folder: _write_check(library, folder),
    )
    takes = pd.read_json(entry.folder / "takes.json", orient="table", precise_float=True)
    found = Findings.from_json(json.loads((entry.folder / "findings.json").read_text(encoding="utf-8")))
    excluded = subjects_left_out(study, library)
    if excluded:
        library, found = _without(excluded, library, found)
        files = fingerprint(library)
        takes = takes[~takes["subject"].isin(excluded)].reset_index(drop=True)
    if found.problems and not study.skip_bad:
        raise _one_error(library, found.problems)
    if takes.empty:
        raise LibraryError(
            "no usable take",
            file=library.root,
            found=f"left out as asked: {'; '.join(excluded)}" if excluded else None,
            remedy="Leave out fewer subjects." if excluded else "`affectlib check` shows more.",
        )
    return Loaded(
        library=library,
        fingerprint=files,
        takes=takes,
        problems=found.problems,
        left_out=(*found.left_out, *(f"{name} (asked for)" for name in excluded)),
        subjects_left_out=excluded,
        notes=found.notes,
        warnings=found.warnings,
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


def _without(excluded: tuple[str, ...], library: Library, found: Findings) -> tuple[Library, Findings]:
    """Return a library and its findings without some subjects."""
    files = {take.file for take in library.takes if take.subject in excluded}
    takes = tuple(take for take in library.takes if take.subject not in excluded)
    library = replace(library, takes=takes)
    warnings = [
        warning for warning in found.warnings if warning.file not in files and warning.problem != EQUAL_FILES
    ]
    return library, replace(
        found,
        problems=tuple(problem for problem in found.problems if problem.file not in files),
        # Of two equal takes one may have been excluded for that reason.
        warnings=(*warnings, *equal_files(library)),
    )


def _write_check(library: Library, folder: Path) -> None:
    with follow("looking through takes") as progress:
        check = check_library(library.root, progress=progress)
    takes = check.takes.reset_index(drop=True)
    takes.to_json(folder / "takes.json", orient="table", index=False, double_precision=15)
    findings = Findings(
        problems=check.problems, warnings=check.warnings, left_out=check.left_out, notes=check.notes
    )
    text = json.dumps(findings.to_json(), indent=1)
    (folder / "findings.json").write_text(text, encoding="utf-8")


def _one_error(library: Library, problems: tuple[AffectlibError, ...]) -> LibraryError:
    count = count_problems(problems)
    return LibraryError(
        f"{count} in the library:\n{list_problems(problems)}",
        file=library.root,
        remedy="\nMend them, or skip the takes concerned (--skip-bad; skip_bad = True in a notebook).",
    )
