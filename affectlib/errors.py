"""The exceptions for everything that a user can cause and correct."""

from __future__ import annotations

from functools import partial
from pathlib import Path


class AffectlibError(Exception):
    """An error with its place, what was found there, and a remedy.

    Parameters
    ----------
    problem : str
        What is wrong, in one clause ("wrong number of columns"). A full stop at its end is dropped.
    where : str, optional
        Line or field inside the file ("line 17", "column 'label'").
    remedy : str, optional
        An instruction; a missing full stop is added.
    """

    def __init__(
        self,
        problem: str,
        *,
        file: str | Path | None = None,
        where: str | None = None,
        found: str | None = None,
        remedy: str | None = None,
    ) -> None:
        self.problem = problem
        self.file = None if file is None else Path(file)
        self.where = where
        self.found = found
        self.remedy = remedy
        super().__init__(str(self))

    def __str__(self) -> str:
        place = ", ".join(str(part) for part in (self.file, self.where) if part is not None)
        text = _clause(f"{place}: {self.problem}" if place else self.problem)
        if self.found is not None:
            text += f" (found: {_clause(self.found)})"
        if self.remedy:
            # A remedy for a list of problems begins on a line of its own.
            text += f".{'' if self.remedy[:1].isspace() else ' '}{_sentence(self.remedy)}"
        return text

    def __reduce__(self) -> tuple:
        """Pickle with all fields, as needed to return from a worker process."""
        fields = {key: getattr(self, key) for key in ("file", "where", "found", "remedy")}
        return partial(type(self), self.problem, **fields), ()

    def to_dict(self) -> dict[str, str | None]:
        """Return the fields as JSON values."""
        return {
            "file": None if self.file is None else str(self.file),
            "where": self.where,
            "problem": self.problem,
            "found": self.found,
            "remedy": self.remedy,
        }


def _clause(text: str) -> str:
    """Drop one full stop from the end: quoted messages of other libraries often have one."""
    text = text.rstrip()
    return text[:-1] if text.endswith(".") and not text.endswith("..") else text


def _sentence(text: str) -> str:
    text = text.rstrip()
    return text if text.endswith((".", "!", "?", ":", "…")) else f"{text}."


class RecordingError(AffectlibError):
    """A motion file that cannot be read or cannot be a walking person."""


class LibraryError(AffectlibError):
    """A folder that is not a usable library of walks: layout, manifest or joint map."""


class LibraryWarning(AffectlibError):
    """A possible fault in a take or library that stays usable: collected and reported, never raised."""


class CyclesError(AffectlibError):
    """Recordings without gait cycles, or a file that is not a Cycles file."""


class ParameterError(AffectlibError):
    """An unknown parameter, or a value outside its range."""


class RunError(AffectlibError):
    """A notebook that failed."""


class NotApplicableError(AffectlibError):
    """A question that this library cannot answer; the rest of the workbook runs without it."""
