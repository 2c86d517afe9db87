"""The motion files of a library's folder, and the one that a row of ``library.csv`` names."""

from __future__ import annotations

import difflib
import unicodedata
from functools import cached_property
from pathlib import Path, PurePosixPath, PureWindowsPath

from affectlib.errors import LibraryError
from affectlib.recordings.formats import FORMATS
from affectlib.recordings.library import LIBRARY_CSV
from affectlib.recordings.unsupported import explain

SUFFIXES = tuple(FORMATS)
"""Endings of motion files that can be read."""

_NO_MOTION = {LIBRARY_CSV, "truth.csv"}  # the second is written with the demo library


class Folder:
    """A library's folder, whose files are listed only if needed."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @cached_property
    def files(self) -> frozenset[str]:
        """Paths of motion files relative to the folder, with ``/``."""
        return frozenset(
            path
            for file in self.root.rglob("*")
            if file.suffix.lower() in SUFFIXES
            and (path := file.relative_to(self.root).as_posix()) not in _NO_MOTION
        )

    def spelled(self, text: str) -> str:
        r"""Return the path that the field ``file`` means, with ``/`` and in the spelling of the file system.

        It may come from Windows (``takes\\a.csv``), or from a Mac, which composes accented letters in
        another way.
        """
        if not text or self._is_file(text):
            return text
        path = text if PureWindowsPath(text).is_absolute() else text.replace("\\", "/")
        if path.isascii() or self._is_file(path):
            return path
        composed = unicodedata.normalize("NFC", path)
        equal = [file for file in self.files if unicodedata.normalize("NFC", file) == composed]
        return equal[0] if len(equal) == 1 else path

    def _is_file(self, path: str) -> bool:
        try:
            return (self.root / path).is_file()
        except (OSError, ValueError):  # a name too long, a null character, a loop of links
            return False

    def find(self, text: str) -> Path:
        """Return the absolute path of a row's file, by its path as `spelled` returns it.

        Raises
        ------
        LibraryError
            If it is no motion file inside the folder. The row is not named.
        """
        path = PurePosixPath(text)
        outside = path.is_absolute() or PureWindowsPath(text).is_absolute() or ".." in path.parts
        file = self.root / path
        try:
            if outside or not file.resolve().is_relative_to(self.root.resolve()):
                problem, remedy = "file lies outside the library folder", "Copy it into the library."
                raise LibraryError(problem, found=repr(text), remedy=remedy)
            if not file.is_file():
                found = "a folder" if file.is_dir() else repr(text)
                raise LibraryError("no such file", found=found, remedy=self._correction(text))
        except (OSError, ValueError) as error:
            found = f"{text[:60]!r}: {error}"[:160]
            raise LibraryError("unusable file name", found=found, remedy="Correct the name.") from None
        if path.suffix.lower() not in SUFFIXES:
            problem, remedy = explain(path.suffix, SUFFIXES)
            raise LibraryError(problem, found=repr(path.suffix), remedy=remedy)
        return file

    def _correction(self, text: str) -> str:
        files = {file.casefold(): file for file in self.files}
        match = difflib.get_close_matches(text.casefold()[:200], files, n=1, cutoff=0.8)
        if match:
            case = "upper and lower case count; " if match[0] == text.casefold() else ""
            return f"Write {files[match[0]]} if that is the one ({case}names are relative to {LIBRARY_CSV})."
        return f"Correct the name (it is relative to {LIBRARY_CSV}) or remove the row."

    def unlisted(self, listed: set[str]) -> tuple[str, ...]:
        """Return a sentence about the motion files that are not among the listed paths, or none."""
        extra = sorted(self.files - {PurePosixPath(name).as_posix() for name in listed})
        if not extra:
            return ()
        shown = ", ".join(extra[:3]) + (", ..." if len(extra) > 3 else "")
        noun = "motion file" if len(extra) == 1 else "motion files"
        return (f"{len(extra)} {noun} that {LIBRARY_CSV} does not list ({shown})",)
