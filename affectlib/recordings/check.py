"""What is in a library and what is wrong with it, told before anything long starts."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from affectlib.errors import AffectlibError, LibraryError, LibraryWarning
from affectlib.recordings.fingerprints import file_digests
from affectlib.recordings.library import Library
from affectlib.recordings.listing import count_problems, list_problems
from affectlib.recordings.opening import open_library
from affectlib.recordings.reading import Progress, read_all
from affectlib.recordings.recording import Recording

EQUAL_FILES = "takes that are equal byte for byte"

_MOST_LINES = 20

COLUMNS = (
    "name", "subject", "label", "take", "duration_s", "rate_hz", "frames",
    "interpolated_frames", "lost_frames", "pieces", "notes", "file",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Check:
    """The findings about one library; ``str()`` renders them for a terminal.

    Parameters
    ----------
    library : Library or None
        The opened library; None where it could not be opened.
    takes : pandas.DataFrame
        One row a usable take, columns `COLUMNS`; frames and seconds are those that are kept.
    problems : tuple of AffectlibError
        All that is wrong.
    left_out : tuple of str
        What was left out although nothing is wrong with it.
    notes : tuple of str
        What a person should know besides.
    warnings : tuple of LibraryWarning
        What makes the library doubtful although it is usable: equal files, an uneven floor.
    """

    library: Library | None
    takes: pd.DataFrame
    problems: tuple[AffectlibError, ...]
    left_out: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    warnings: tuple[LibraryWarning, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether the library is usable as it is: something in it, nothing wrong."""
        return not self.problems and len(self.takes) > 0

    @property
    def cells(self) -> pd.DataFrame:
        """Number of usable takes, subjects down, labels across; 0 where a cell is missing."""
        if self.takes.empty:
            return pd.DataFrame()
        return pd.crosstab(self.takes["subject"], self.takes["label"])

    @property
    def missing_cells(self) -> tuple[tuple[str, str], ...]:
        """Pairs of subject and label without a usable take."""
        cells = self.cells
        return tuple(
            (str(cells.index[row]), str(cells.columns[column]))
            for row, column in np.argwhere(cells.to_numpy() == 0)
        )

    def to_json(self) -> str:
        """Render as JSON.

        Returns
        -------
        str
            An object with ``library``, ``simulated``, ``ok``, ``takes``, ``cells``,
            ``missing_cells``, ``left_out``, ``notes``, ``warnings`` and ``problems``.
        """
        library = self.library
        content = {
            "library": None if library is None else {"name": library.name, "root": str(library.root)},
            "simulated": None if library is None else library.simulated,
            "ok": self.ok,
            "takes": json.loads(self.takes.to_json(orient="records")),
            "cells": json.loads(self.cells.to_json(orient="index")),
            "missing_cells": self.missing_cells,
            "left_out": self.left_out,
            "notes": self.notes,
            "warnings": [_fields(warning) for warning in self.warnings],
            "problems": [_fields(problem) for problem in self.problems],
        }
        # Letters as escapes, which JSON has itself: a terminal or pipe may lack them.
        return json.dumps(content, indent=1)

    def __str__(self) -> str:
        parts = [_heading(self.library)]
        if len(self.takes):
            shown = self.takes.drop(columns=["name", "notes"])
            parts.append(shown.to_string(index=False, float_format=lambda value: f"{value:.5g}"))
            parts.append(_sums(self.takes))
            parts.append("Usable takes, subjects x labels:\n" + self.cells.to_string())
        if self.missing_cells:
            gone = ", ".join(f"{subject} x {label}" for subject, label in self.missing_cells[:20])
            more = f" and {len(self.missing_cells) - 20} more" if len(self.missing_cells) > 20 else ""
            parts.append(f"Missing cells: {gone}{more}")
        parts += _paragraph("Left out:", self.left_out)
        parts += _paragraph("Notes:", self.notes)
        if self.warnings:
            parts.append(f"{count_problems(self.warnings, 'warning')}:\n{list_problems(self.warnings)}")
        if self.problems:
            parts.append(f"{count_problems(self.problems)}:\n{list_problems(self.problems)}")
        else:
            parts.append(self._verdict())
        return "\n\n".join(parts)

    def _verdict(self) -> str:
        if not self.ok:
            return "No usable take."
        if self.warnings:
            return f"Usable, with {count_problems(self.warnings, 'warning')}."
        return "Nothing is wrong."


def _fields(error: AffectlibError) -> dict[str, str | None]:
    return {
        "file": None if error.file is None else str(error.file),
        "where": error.where,
        "problem": error.problem,
        "found": error.found,
        "remedy": error.remedy,
    }


def _paragraph(title: str, lines: Sequence[str]) -> list[str]:
    shown = [f"  - {line}" for line in lines[:_MOST_LINES]]
    if len(lines) > _MOST_LINES:
        shown.append(f"  - and {len(lines) - _MOST_LINES} more, all of them with --json")
    return ["\n".join([title, *shown])] if lines else []


def _heading(library: Library | None) -> str:
    if library is None:
        return "No library could be opened."
    kind = "simulated walkers" if library.simulated else "recordings"
    return f"{library.name} ({kind}), {library.root}"


def _sums(takes: pd.DataFrame) -> str:
    seconds = takes["duration_s"]
    return (
        f"{len(takes)} usable takes of {takes['subject'].nunique()} subjects, "
        f"{seconds.min():.1f} to {seconds.max():.1f} s ({seconds.sum() / 60:.1f} min in all), "
        f"{takes['interpolated_frames'].sum()} frames interpolated, {takes['lost_frames'].sum()} lost, "
        f"{(takes['pieces'] > 1).sum()} takes in pieces"
    )


def check_library(path: str | Path, *, progress: Progress | None = None, workers: int = 2) -> Check:
    """Look through a library: what is there, what is wrong. Nothing is written.

    Parameters
    ----------
    path : str or Path
        The library's folder.
    progress : callable, optional
        Called as ``progress(done, total, name)`` after each take.
    workers : int
        Threads that read.

    Returns
    -------
    Check
        All findings in one go, also where the folder is no library at all.
    """
    nothing = pd.DataFrame(columns=list(COLUMNS))
    try:
        library = open_library(path)
    except LibraryError as error:
        return Check(library=None, takes=nothing, problems=(error,))
    reading = read_all(library, progress=progress, workers=workers)
    return Check(
        library=library,
        takes=_table(library, reading.recordings),
        problems=reading.problems,
        left_out=reading.left_out,
        notes=reading.notes,
        warnings=(*reading.warnings, *equal_files(library)),
    )


def _table(library: Library, recordings: Sequence[Recording]) -> pd.DataFrame:
    pieces: dict[tuple[str, str, str], list[Recording]] = {}
    for recording in recordings:
        pieces.setdefault((recording.subject, recording.label, recording.take), []).append(recording)
    rows = [
        (
            take.name, take.subject, take.label, take.take,
            sum(part.duration_s for part in parts), parts[0].rate_hz, sum(part.n_frames for part in parts),
            parts[0].repairs.interpolated_frames, parts[0].repairs.lost_frames, parts[0].repairs.pieces,
            "; ".join(parts[0].repairs.notes), take.file.relative_to(library.root).as_posix(),
        )
        for take in library.takes
        if (parts := pieces.get((take.subject, take.label, take.take)))
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS))


def equal_files(library: Library) -> tuple[LibraryWarning, ...]:
    """Warn of takes with the same bytes: one walk under two names leaks from training to test.

    Parameters
    ----------
    library : Library
        The library.

    Returns
    -------
    tuple of LibraryWarning
        One for all takes that are the same file.
    """
    try:
        digests = file_digests(library)
    except AffectlibError:
        return ()  # reading has told of this file already
    counts = Counter(digests.values())
    groups: dict[str, list[str]] = {}
    for name, digest in digests.items():
        if counts[digest] > 1:
            groups.setdefault(digest, []).append(name)
    return tuple(
        LibraryWarning(
            EQUAL_FILES,
            file=library.root,
            found=", ".join(names),
            remedy="Remove all but one; where they go by two subjects' names, leave one subject out "
            "(-p leave_out=NAME).",
        )
        for names in groups.values()
    )
