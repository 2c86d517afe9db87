"""Delimited text as spreadsheets and programs save it: its encoding, line ends and delimiter."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from affectlib.errors import RecordingError

DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs"}
"""Characters that may separate fields, and their names."""

_SEP_LINE = re.compile(r"\s*\"?sep=(?P<delimiter>[,;\t])\"?,*;*[ \t]*\n", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Delimited:
    """The text of a table and how its fields are separated.

    Parameters
    ----------
    text : str
        All lines from the header on, with line feeds alone.
    delimiter : str
        One of `DELIMITERS`.
    first_line : int
        Line number of the header in the file.
    notes : tuple of str
        What is unusual about delimiter and encoding.
    """

    text: str
    delimiter: str
    first_line: int = 1
    notes: tuple[str, ...] = ()

    def lines(self) -> Iterator[tuple[int, list[str]]]:
        """Yield the line number in the file and the fields of each line, blank ones too.

        Raises
        ------
        csv.Error
            If quotes are not closed.
        """
        reader = csv.reader(io.StringIO(self.text), delimiter=self.delimiter, strict=True)
        for fields in reader:
            yield self.first_line - 1 + reader.line_num, fields


def read_delimited(data: bytes, *, file: Path) -> Delimited:
    """Decode a table and find its delimiter.

    The text is UTF-8, or UTF-16 as spreadsheets save "Unicode text", with any line ends. The
    delimiter is the one that separates most fields of the header, or that of a first line ``sep=;``.

    Raises
    ------
    RecordingError
        If the bytes are not such text.
    """
    text, notes = _decode(data, file=file)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    first_line = 1
    named = _SEP_LINE.match(text)
    if named:
        first_line, text = 2, text[named.end() :]
    start = len(text) - len(text.lstrip("\n"))
    first_line, text = first_line + start, text[start:]
    header = text.partition("\n")[0]
    delimiter = named["delimiter"] if named else max(DELIMITERS, key=header.count)
    if delimiter != ",":
        notes = (*notes, f"fields divided by {DELIMITERS[delimiter]}")
    return Delimited(text=text, delimiter=delimiter, first_line=first_line, notes=notes)


def _decode(data: bytes, *, file: Path) -> tuple[str, tuple[str, ...]]:
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        return data.decode("utf-16" if wide else "utf-8-sig"), ("UTF-16 text",) if wide else ()
    except UnicodeDecodeError as error:
        # The default of spreadsheets on Windows in western Europe.
        with suppress(UnicodeDecodeError):
            if not wide and b"\0" not in data:
                return data.decode("cp1252"), ("text in Windows-1252: look whether names are right",)
        raise RecordingError(
            "not UTF-8 text",
            file=file,
            where=f"byte {error.start}",
            found=f"0x{data[error.start]:02x}",
            remedy="Save the table as CSV in UTF-8.",
        ) from None
