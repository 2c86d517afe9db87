"""The one family of errors that a user can cause."""

from __future__ import annotations

from pathlib import Path


class AffectlibError(Exception):
    """Something the user can mend: where it is, what was found there, what to do.

    Parameters
    ----------
    problem : str
        What is wrong, in one clause ("wrong number of columns"). A full stop at its end is dropped.
    file : str or Path, optional
        The file or folder concerned.
    where : str, optional
        Line or field inside the file ("line 17", "column 'label'").
    found : str, optional
        What stood there.
    remedy : str, optional
        What to do about it, as an instruction; it ends with a full stop, which is added where it is missing.
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
        """Survive the way back from a worker process."""
        fields = {key: getattr(self, key) for key in ("file", "where", "found", "remedy")}
        return _rebuild, (type(self), self.problem, fields)


def _clause(text: str) -> str:
    """Drop one full stop from the end; other libraries' messages, quoted here, often have one."""
    text = text.rstrip()
    return text[:-1] if text.endswith(".") and not text.endswith("..") else text


def _sentence(text: str) -> str:
    text = text.rstrip()
    return text if text.endswith((".", "!", "?", ":", "…")) else f"{text}."


def _rebuild(kind: type[AffectlibError], problem: str, fields: dict) -> AffectlibError:
    return kind(problem, **fields)


class RecordingError(AffectlibError):
    """A motion file that cannot be read or cannot be a walking person."""


class LibraryError(AffectlibError):
    """A folder that is not a usable library of walks: layout, manifest or joint map."""


class LibraryWarning(AffectlibError):
    """A doubt about a take or a library that stays usable: collected and reported, never raised."""


class CyclesError(AffectlibError):
    """Recordings that give no gait cycles, or a file that is no Cycles file."""


class ParameterError(AffectlibError):
    """An unknown parameter, or a value outside what it may be."""


class RunError(AffectlibError):
    """A notebook that stopped before its end."""


class NotApplicableError(AffectlibError):
    """A question that this library cannot answer; the rest of the workbook goes on without it."""
