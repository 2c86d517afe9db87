"""The motion files of a folder, and which of them a row of ``library.csv`` means."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Callable
from functools import cached_property
from pathlib import Path, PurePosixPath, PureWindowsPath

from affectlib.recordings import foreign
from affectlib.recordings.library import LIBRARY_CSV

SUFFIXES = (".bvh", ".c3d", ".csv", ".npz", ".ptd")
"""Kinds of motion files, by their endings."""

_OWN = {LIBRARY_CSV, "truth.csv"}

Fault = Callable[[str, str, str | None, str], None]
"""Takes down one fault of a row: column, problem, what was found, remedy."""


class Folder:
    """A library's folder, looked through only where a row's file is not where it says.

    Parameters
    ----------
    root : Path
        The folder.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    @cached_property
    def files(self) -> frozenset[str]:
        """Motion files inside, as paths with ``/`` relative to the folder."""
        return frozenset(
            path
            for file in self.root.rglob("*")
            if file.suffix.lower() in SUFFIXES
            and (path := file.relative_to(self.root).as_posix()) not in _OWN
        )

    def spelled(self, text: str) -> str:
        r"""Compute the path that a row means: with ``/``, and in the letters of the file system.

        Parameters
        ----------
        text : str
            The field ``file``, perhaps written on Windows (``takes\\a.csv``) or on a Mac, which
            composes accented letters in another way.

        Returns
        -------
        str
            The path; the text itself where nothing fits it better.
        """
        if not text or self._is_file(text):
            return text
        path = text if PureWindowsPath(text).is_absolute() else text.replace("\\", "/")
        if path.isascii() or self._is_file(path):
            return path
        composed = unicodedata.normalize("NFC", path)
        alike = [file for file in self.files if unicodedata.normalize("NFC", file) == composed]
        return alike[0] if len(alike) == 1 else path

    def _is_file(self, path: str) -> bool:
        try:
            return (self.root / path).is_file()
        except (OSError, ValueError):  # a name too long, a null character, a loop of links
            return False

    def find(self, text: str, fault: Fault) -> Path | None:
        """Find the file of a row; it must be a motion file inside the folder.

        Parameters
        ----------
        text : str
            The path, as `spelled` gives it.
        fault : callable
            Takes down what is wrong with it.

        Returns
        -------
        Path or None
            The file, absolute; None where something is wrong.
        """
        path = PurePosixPath(text)
        outside = path.is_absolute() or PureWindowsPath(text).is_absolute() or ".." in path.parts
        file = self.root / path
        try:
            if outside or not file.resolve().is_relative_to(self.root.resolve()):
                fault("file", "file lies outside the library folder", repr(text), "Copy it into the library.")
            elif not file.is_file():
                what = "a folder" if file.is_dir() else repr(text)
                fault("file", "no such file", what, self._correction(text))
            elif path.suffix.lower() not in SUFFIXES:
                problem, remedy = foreign.explain(path.suffix)
                fault("file", problem, repr(path.suffix), f"{remedy}{', '.join(SUFFIXES)}.")
            else:
                return file
        except (OSError, ValueError) as error:
            fault("file", "no usable file name", f"{text[:60]!r}: {error}"[:160], "Correct the name.")
        return None

    def _correction(self, text: str) -> str:
        near = {file.casefold(): file for file in self.files}
        match = difflib.get_close_matches(text.casefold()[:200], near, n=1, cutoff=0.8)
        if match:
            case = "upper and lower case count; " if match[0] == text.casefold() else ""
            return f"Write {near[match[0]]} if that is the one ({case}names are relative to {LIBRARY_CSV})."
        return f"Correct the name (it is relative to {LIBRARY_CSV}) or remove the row."

    def unlisted(self, listed: set[str]) -> tuple[str, ...]:
        """List motion files in the folder that the manifest does not name.

        Parameters
        ----------
        listed : set of str
            Paths that the rows mean.

        Returns
        -------
        tuple of str
            One sentence with their number and the first of them, or none.
        """
        extra = sorted(self.files - {PurePosixPath(name).as_posix() for name in listed})
        if not extra:
            return ()
        shown = ", ".join(extra[:3]) + (", ..." if len(extra) > 3 else "")
        noun = "motion file" if len(extra) == 1 else "motion files"
        return (f"{len(extra)} {noun} that {LIBRARY_CSV} does not list ({shown})",)
