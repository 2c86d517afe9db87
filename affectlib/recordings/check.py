"""A check of a library: its contents and problems, before anything long starts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from affectlib.errors import AffectlibError, LibraryError, LibraryWarning
from affectlib.recordings.findings import Findings
from affectlib.recordings.fingerprints import file_digests
from affectlib.recordings.library import Library
from affectlib.recordings.listing import count_problems, join_first, list_problems
from affectlib.recordings.opening import open_library
from affectlib.recordings.reading import Progress, read_all
from affectlib.recordings.recording import Recording

EQUAL_FILES = "takes that are equal byte for byte"

_MAX_LINES = 20

COLUMNS = (
    "name", "subject", "label", "take", "duration_s", "rate_hz", "frames",
    "interpolated_frames", "lost_frames", "pieces", "notes", "file",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Check:
    """The contents and problems of a library; ``str()`` renders them for a terminal.

    Parameters
    ----------
    library : Library or None
        None if it could not be opened.
    takes : pandas.DataFrame
        One row for each usable take, columns `COLUMNS`; frames and seconds are those that are used.
    """

    library: Library | None
    takes: pd.DataFrame
    findings: Findings

    @property
    def ok(self) -> bool:
        """Whether there is a usable take and no problem."""
        return not self.findings.problems and len(self.takes) > 0

    @property
    def cells(self) -> pd.DataFrame:
        """Number of usable takes, subjects as rows, labels as columns."""
        if self.takes.empty:
            return pd.DataFrame()
        return pd.crosstab(self.takes["subject"], self.takes["label"])

    @property
    def missing_cells(self) -> tuple[tuple[str, str], ...]:
        """Pairs of subject and label without a usable take."""
        return tuple(
            (str(subject), str(label))
            for subject, row in self.cells.iterrows()
            for label, count in row.items()
            if not count
        )

    def to_json(self) -> str:
        """Return everything as the text of one JSON object."""
        library, findings = self.library, self.findings
        content = {
            "library": None if library is None else {"name": library.name, "root": str(library.root)},
            "simulated": None if library is None else library.simulated,
            "ok": self.ok,
            "takes": json.loads(self.takes.to_json(orient="records")),
            "cells": json.loads(self.cells.to_json(orient="index")),
            "missing_cells": self.missing_cells,
            "left_out": findings.left_out,
            "notes": findings.notes,
            "warnings": [warning.to_dict() for warning in findings.warnings],
            "problems": [problem.to_dict() for problem in findings.problems],
        }
        # json.dumps escapes letters beyond ASCII, which a terminal or pipe may lack.
        return json.dumps(content, indent=1)

    def __str__(self) -> str:
        findings = self.findings
        paragraphs = [_heading(self.library)]
        if len(self.takes):
            columns = self.takes.drop(columns=["name", "notes"])
            paragraphs.append(columns.to_string(index=False, float_format=lambda value: f"{value:.5g}"))
            paragraphs.append(_totals(self.takes))
            paragraphs.append("Usable takes, subjects x labels:\n" + self.cells.to_string())
        if self.missing_cells:
            cells = [f"{subject} x {label}" for subject, label in self.missing_cells]
            paragraphs.append(f"Missing cells: {join_first(cells, _MAX_LINES)}")
        if findings.left_out:
            paragraphs.append(f"Left out:\n{_itemise(findings.left_out)}")
        if findings.notes:
            paragraphs.append(f"Notes:\n{_itemise(findings.notes)}")
        warning_count = count_problems(findings.warnings, "warning")
        if findings.warnings:
            paragraphs.append(f"{warning_count}:\n{list_problems(findings.warnings)}")
        if findings.problems:
            paragraphs.append(f"{count_problems(findings.problems)}:\n{list_problems(findings.problems)}")
        elif not self.ok:
            paragraphs.append("No usable take.")
        else:
            paragraphs.append(f"Usable, with {warning_count}." if findings.warnings else "Nothing is wrong.")
        return "\n\n".join(paragraphs)


def _itemise(lines: Sequence[str]) -> str:
    items = [f"  - {line}" for line in lines[:_MAX_LINES]]
    if len(lines) > _MAX_LINES:
        items.append(f"  - and {len(lines) - _MAX_LINES} more, all of them with --json")
    return "\n".join(items)


def _heading(library: Library | None) -> str:
    if library is None:
        return "No library could be opened."
    kind = "simulated walkers" if library.simulated else "recordings"
    return f"{library.name} ({kind}), {library.root}"


def _totals(takes: pd.DataFrame) -> str:
    seconds = takes["duration_s"]
    return (
        f"{len(takes)} usable takes of {takes['subject'].nunique()} subjects, "
        f"{seconds.min():.1f} to {seconds.max():.1f} s ({seconds.sum() / 60:.1f} min in all), "
        f"{takes['interpolated_frames'].sum()} frames interpolated, {takes['lost_frames'].sum()} lost, "
        f"{(takes['pieces'] > 1).sum()} takes in pieces"
    )


def check_library(path: str | Path, *, progress: Progress | None = None, workers: int = 2) -> Check:
    """Check a library; a folder that cannot be opened as one is a problem of the result.

    Parameters
    ----------
    progress : callable, optional
        Called as ``progress(done, total, name)`` after each take.
    workers : int
        Number of threads.
    """
    try:
        library = open_library(path)
    except LibraryError as error:
        no_takes = pd.DataFrame(columns=list(COLUMNS))
        return Check(library=None, takes=no_takes, findings=Findings(problems=(error,)))
    reading = read_all(library, progress=progress, workers=workers)
    warnings = (*reading.findings.warnings, *warn_of_equal_files(library))
    return Check(
        library=library,
        takes=_take_table(library, reading.recordings),
        findings=replace(reading.findings, warnings=warnings),
    )


def _take_table(library: Library, recordings: Sequence[Recording]) -> pd.DataFrame:
    recordings_by_take: dict[tuple[str, str, str], list[Recording]] = {}
    for recording in recordings:
        key = (recording.subject, recording.label, recording.take)
        recordings_by_take.setdefault(key, []).append(recording)
    rows = []
    for take in library.takes:
        pieces = recordings_by_take.get((take.subject, take.label, take.take))
        if pieces:
            repairs = pieces[0].repairs
            rows.append((
                take.name, take.subject, take.label, take.take,
                sum(piece.duration_s for piece in pieces), pieces[0].rate_hz,
                sum(piece.n_frames for piece in pieces),
                repairs.interpolated_frames, repairs.lost_frames, repairs.pieces,
                "; ".join(repairs.notes), take.file.relative_to(library.root).as_posix(),
            ))  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS))


def warn_of_equal_files(library: Library) -> tuple[LibraryWarning, ...]:
    """Return a warning for each group of takes with equal bytes, which would leak from training to test."""
    try:
        digests = file_digests(library)
    except AffectlibError:
        return ()  # reading reports that file
    names_by_digest: dict[str, list[str]] = {}
    for name, digest in digests.items():
        names_by_digest.setdefault(digest, []).append(name)
    return tuple(
        LibraryWarning(
            EQUAL_FILES,
            file=library.root,
            found=", ".join(names),
            remedy="Remove all but one; if they belong to two subjects, leave one subject out "
            "(-p leave_out=NAME).",
        )
        for names in names_by_digest.values()
        if len(names) > 1
    )
