"""What a person has to know of a library that is used although not all of it is well."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import affectlib.errors
from affectlib.errors import AffectlibError, LibraryWarning
from affectlib.recordings.listing import count_problems, list_problems

_TOLD = 3


@dataclass(frozen=True, kw_only=True)
class Findings:
    """What was found while a library was looked through.

    Parameters
    ----------
    problems : tuple of AffectlibError
        What is wrong with single takes, which are skipped where the study goes on.
    warnings : tuple of LibraryWarning
        What makes the library doubtful although it is usable.
    left_out : tuple of str
        What was left out although nothing is wrong with it.
    notes : tuple of str
        What a person should know besides.
    """

    problems: tuple[AffectlibError, ...] = ()
    warnings: tuple[LibraryWarning, ...] = ()
    left_out: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def paragraphs(self) -> dict[str, str]:
        """Write all findings out, worst first.

        Returns
        -------
        dict of str to str
            Lists as text by their headings; what is alike stands together. Empty where nothing was found.
        """
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
        """Sum the findings up, one line each.

        Returns
        -------
        dict of str to str
            ``skipped``, ``warnings``, ``left out`` and ``notes``: how many, and the first of them.
        """
        return {
            "skipped for problems": _first([_brief(problem) for problem in self.problems]),
            "warnings": _first([_brief(warning) for warning in self.warnings]),
            "left out": _first(self.left_out),
            "notes": _first(self.notes),
        }

    def to_json(self, *, root: Path | None = None, name: str = "") -> dict[str, Any]:
        """Put the findings into values that JSON has.

        Parameters
        ----------
        root : Path, optional
            The library's folder; where given, files are named from there and the folder itself by `name`.
        name : str
            The library's name.

        Returns
        -------
        dict of str to object
            What `from_json` takes.
        """

        def placed(text: str) -> str:
            return text if root is None else text.replace(f"{root}/", "").replace(str(root), name)

        return {
            "problems": [_fields(problem, placed) for problem in self.problems],
            "warnings": [_fields(warning, placed) for warning in self.warnings],
            "left_out": [placed(line) for line in self.left_out],
            "notes": [placed(line) for line in self.notes],
        }

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Findings:
        """Read what `to_json` gave.

        Parameters
        ----------
        content : mapping of str to object
            Its values; what is missing was not found.

        Returns
        -------
        Findings
            The findings.
        """
        return cls(
            problems=tuple(_error(row) for row in content.get("problems", ())),
            warnings=tuple(_error(row) for row in content.get("warnings", ())),
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
    more = f"; and {len(lines) - _TOLD} more" if len(lines) > _TOLD else ""
    return f"{len(lines)}: {'; '.join(lines[:_TOLD])}{more}"


def _fields(error: AffectlibError, placed: Any) -> dict[str, str | None]:
    texts = {
        "problem": error.problem,
        "file": None if error.file is None else str(error.file),
        "where": error.where,
        "found": error.found,
        "remedy": error.remedy,
    }
    return {"kind": type(error).__name__} | {
        name: None if text is None else placed(text) for name, text in texts.items()
    }


def _error(row: Mapping[str, Any]) -> Any:
    fields = dict(row)
    kind = getattr(affectlib.errors, fields.pop("kind"))
    return kind(fields.pop("problem"), **fields)
