"""The stages before any gait cycle: the demo library, and a look through all takes."""

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
from affectlib.stages.store import Kept, Store, open_store
from affectlib.study import Study

VERSION = 1
ROOMS = ("demo", "recordings", "stages.walks")


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """A library that was looked through.

    Parameters
    ----------
    library : affectlib.recordings.Library
        Layout and manifest.
    fingerprint : str
        Hex digest over all its files.
    takes : pandas.DataFrame
        One row a take: who, what, how long, what was repaired.
    problems : tuple of AffectlibError
        What is wrong with single takes; empty unless the study goes on without them.
    left_out : tuple of str
        What was left out although nothing is wrong with it.
    subjects_left_out : tuple of str
        Subjects that were left out as the study asks, sorted.
    notes : tuple of str
        What a person should know besides.
    warnings : tuple of LibraryWarning
        What makes the library doubtful although it is usable.
    kept : affectlib.stages.Kept
        Where this lies on disk.
    """

    library: Library
    fingerprint: str
    takes: pd.DataFrame
    problems: tuple[AffectlibError, ...]
    left_out: tuple[str, ...]
    subjects_left_out: tuple[str, ...]
    notes: tuple[str, ...]
    warnings: tuple[LibraryWarning, ...]
    kept: Kept

    @property
    def findings(self) -> Findings:
        """What was skipped or left out, and what is doubtful in what was not."""
        return Findings(
            problems=self.problems, warnings=self.warnings, left_out=self.left_out, notes=self.notes
        )

    def overview(self) -> pd.DataFrame:
        """Sum the library up for a person.

        Returns
        -------
        pandas.DataFrame
            Columns ``what`` and ``value``, both text.
        """
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
    """Find the study's library; the demo library is written where there is none.

    Parameters
    ----------
    study : Study
        The study.
    store : Store, optional
        Where results are kept.

    Returns
    -------
    Path
        Absolute path of the library's folder.
    """
    return study.library_folder or demo(study, store=store).folder / "demo"


def demo(study: Study, *, store: Store | None = None) -> Kept:
    """Write the library of simulated walkers, once.

    Parameters
    ----------
    study : Study
        Its `demo_subjects` and `seed` count.
    store : Store, optional
        Where results are kept.

    Returns
    -------
    Kept
        The library is the folder ``demo`` in it.
    """

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
    """Look through all takes of the study's library.

    Parameters
    ----------
    study : Study
        Its library, `skip_bad` and `leave_out` count.
    store : Store, optional
        Where results are kept.

    Returns
    -------
    Loaded
        Library, takes, repairs.

    Raises
    ------
    LibraryError
        Where there is no usable library, or where takes have problems and the study does not
        skip them: all of them in one error.
    ParameterError
        Where the library does not have somebody who is to be left out.
    """
    store = store or open_store()
    library = open_library(library_folder(study, store=store))
    closed = tuple(take for take in library.takes if not os.access(take.file, os.R_OK))
    files = fingerprint(replace(library, takes=tuple(take for take in library.takes if take not in closed)))
    kept = store.keep(
        "load",
        # Messages name files, so a library that moved is looked through again; and files that the
        # layout already refuses are in its problems but not in the fingerprint.
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
    takes = pd.read_json(kept.folder / "takes.json", orient="table", precise_float=True)
    found = Findings.from_json(json.loads((kept.folder / "findings.json").read_text(encoding="utf-8")))
    problems, warnings = found.problems, found.warnings
    people = subjects_left_out(study, library)
    if people:
        spared = tuple(take for take in library.takes if take.subject in people)
        library = replace(library, takes=tuple(take for take in library.takes if take not in spared))
        files = fingerprint(library)
        spared_files = {take.file for take in spared}
        problems = tuple(problem for problem in problems if problem.file not in spared_files)
        warnings = tuple(
            warning
            for warning in warnings
            if warning.file not in spared_files and warning.problem != EQUAL_FILES
        )
        # Of two equal takes one may have been left out for that reason.
        warnings += equal_files(library)
        takes = takes[~takes["subject"].isin(people)].reset_index(drop=True)
    if problems and not study.skip_bad:
        raise _in_one(library, problems)
    if takes.empty:
        raise LibraryError(
            "no usable take",
            file=library.root,
            found=f"left out as asked: {'; '.join(people)}" if people else None,
            remedy="Leave out fewer subjects." if people else "`affectlib check` tells more.",
        )
    return Loaded(
        library=library,
        fingerprint=files,
        takes=takes,
        problems=problems,
        left_out=(*found.left_out, *(f"{name} (asked for)" for name in people)),
        subjects_left_out=people,
        notes=found.notes,
        warnings=warnings,
        kept=kept,
    )


def subjects_left_out(study: Study, library: Library) -> tuple[str, ...]:
    """Find the subjects of a library that a study does without.

    Parameters
    ----------
    study : Study
        Its `leave_out` counts. What is no subject's name as a whole is taken for several names that are
        separated by commas.
    library : affectlib.recordings.Library
        The library.

    Returns
    -------
    tuple of str
        Names, sorted.

    Raises
    ------
    ParameterError
        Where the library has no subject of such a name.
    """
    known = {take.subject for take in library.takes}
    names = {
        name for entry in study.leave_out for name in ([entry] if entry in known else split_items(entry))
    }
    if not names <= known:
        raise ParameterError(
            "nobody of this name in the library",
            file=library.root,
            where="parameter 'leave_out'",
            found="; ".join(sorted(names - known)),
            remedy=f"There are: {'; '.join(sorted(known))}. Names are separated by commas, and a name that "
            "has a comma itself stands between double quotes.",
        )
    return tuple(sorted(names))


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


def _in_one(library: Library, problems: tuple[AffectlibError, ...]) -> LibraryError:
    count = count_problems(problems)
    return LibraryError(
        f"{count} in the library:\n{list_problems(problems)}",
        file=library.root,
        remedy="\nMend them, or skip the takes concerned (--skip-bad; skip_bad = True in a notebook).",
    )
