"""Findings about a library: problems, warnings, takes left out and notes, as text and as JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import affectlib.errors
from affectlib.errors import AffectlibError, LibraryError, LibraryWarning
from affectlib.recordings.listing import count_problems, list_problems

_MAX_LISTED = 3


@dataclass(frozen=True, kw_only=True)
class Findings:
    """What was found while the takes of a library were read, in the order of the takes.

    Parameters
    ----------
    problems : tuple of AffectlibError
        Errors of the layout, then of single takes, which are skipped if the study continues.
    warnings : tuple of LibraryWarning
        Possible faults of usable takes: equal files, an uneven floor.
    left_out : tuple of str
        Takes and files that were left out although nothing is wrong with them, with the reason.
    notes : tuple of str
        Remarks on the layout, then on takes; a note that several takes share appears once, with their names.
    """

    problems: tuple[AffectlibError, ...] = ()
    warnings: tuple[LibraryWarning, ...] = ()
    left_out: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def to_error(self, root: Path) -> LibraryError:
        """Return one error that lists all problems of the library in the folder `root`."""
        return LibraryError(
            f"{count_problems(self.problems)} in the library:\n{list_problems(self.problems)}",
            file=root,
            remedy="\nCorrect them, or skip the takes concerned (--skip-bad; skip_bad = True in a notebook).",
        )

    def paragraphs(self) -> dict[str, str]:
        """Return lists of all findings as text by their headings, worst first."""
        count = count_problems(self.problems)
        return {
            heading: text
            for heading, text in (
                (f"Skipped: takes with {count}", list_problems(self.problems)),
                (count_problems(self.warnings, "warning"), list_problems(self.warnings)),
                ("Left out", _listed(self.left_out)),
                ("Notes", _listed(self.notes)),
            )
            if text
        }

    def summary(self) -> dict[str, str]:
        """Return one line for each kind of finding: the number, and the first few."""
        return {
            "skipped for problems": _first([_brief(problem) for problem in self.problems]),
            "warnings": _first([_brief(warning) for warning in self.warnings]),
            "left out": _first(self.left_out),
            "notes": _first(self.notes),
        }

    def to_json(self, *, root: Path | None = None, name: str = "") -> dict[str, Any]:
        """Return the findings as JSON values.

        Parameters
        ----------
        root : Path, optional
            The library's folder. If given, paths are relative to it and it is replaced by `name`.
        """

        def relative(text: str) -> str:
            return text if root is None else text.replace(f"{root}/", "").replace(str(root), name)

        return {
            "problems": [_error_to_json(problem, relative) for problem in self.problems],
            "warnings": [_error_to_json(warning, relative) for warning in self.warnings],
            "left_out": [relative(line) for line in self.left_out],
            "notes": [relative(line) for line in self.notes],
        }

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Findings:
        """Load findings from the result of `to_json`; absent fields are empty."""
        return cls(
            problems=tuple(_error_from_json(row) for row in content.get("problems", ())),
            warnings=tuple(_error_from_json(row) for row in content.get("warnings", ())),
            left_out=tuple(content.get("left_out", ())),
            notes=tuple(content.get("notes", ())),
        )


def _listed(lines: Sequence[str]) -> str:
    return "\n".join(f"  - {line}" for line in lines)


def _brief(error: AffectlibError) -> str:
    place = ", ".join(part for part in (error.file and error.file.name, error.where) if part)
    text = error.problem if isinstance(error, LibraryWarning) and error.found else f"{place}: {error.problem}"
    return f"{text} ({error.found})" if error.found else text


def _first(lines: Sequence[str]) -> str:
    if not lines:
        return "none"
    more = f"; and {len(lines) - _MAX_LISTED} more" if len(lines) > _MAX_LISTED else ""
    return f"{len(lines)}: {'; '.join(lines[:_MAX_LISTED])}{more}"


def _error_to_json(error: AffectlibError, relative: Callable[[str], str]) -> dict[str, str | None]:
    texts = {"problem": error.problem} | error.to_dict()
    return {"kind": type(error).__name__} | {
        name: None if text is None else relative(text) for name, text in texts.items()
    }


def _error_from_json(row: Mapping[str, Any]) -> Any:
    fields = dict(row)
    kind = getattr(affectlib.errors, fields.pop("kind"))
    return kind(fields.pop("problem"), **fields)
