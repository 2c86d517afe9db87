"""Clocks: columns with times or frame numbers of rows, recognised by their names, read in any form."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

TIME_S = "time_s"
"""Name of the column that holds times in seconds by definition."""

Kind = Literal["times", "frames", "perhaps frames", "unknown"]
"""What a column holds by its name; "perhaps frames" are row numbers of some kind."""

_TIME_WORDS = {
    *("time", "times", "timestamp", "timestamps", "stamp", "ts", "epoch", "clock", "elapsed", "unix", "utc"),
    *("datetime", "zeit", "zeitstempel", "temps", "horodatage", "tiempo", "tempo", "tijd", "tid"),
}
_UNITS = {
    1.0: "s sec secs second seconds sekunde sekunden seconde secondes segundo segundos secondi",
    1e-3: "ms msec msecs milli millis millisecond milliseconds millisekunden millisecondes",
    1e-6: "us μs usec usecs micro micros microsecond microseconds mikrosekunden microsecondes",
    1e-9: "ns nsec nsecs nano nanos nanosecond nanoseconds nanosekunden nanosecondes",
}
_SECONDS = {word: unit_s for unit_s, words in _UNITS.items() for word in words.split()}
_FRAME_WORDS = frozenset(["frame", "frames", "sample", "samples", "bild", "image", "trame", "fotograma"])
_NUMBER_WORDS = frozenset(["no", "nr", "num", "number", "id", "idx", "index", "count", "counter"])
_ROW_WORDS = frozenset(["index", "idx", "row", "rows", "rownum", "unnamed", "0", "nr", "no", "number"])
_JOINED = re.compile(rf"(timestamp|time|frame|sample)({'|'.join({*_SECONDS, *_NUMBER_WORDS})})")
_NO_TIME = 1e25  # in any unit: thousands of years in ns are 1e20
_FORMATS = ("%d.%m.%Y %H:%M:%S.%f", "%d.%m.%Y %H:%M:%S", "%m/%d/%Y %H:%M:%S.%f", "%m/%d/%Y %I:%M:%S.%f %p")


@dataclass(frozen=True, kw_only=True)
class Clock:
    """One column that may hold the time of each row.

    Parameters
    ----------
    name : str
        Name as it is written; empty for a first column without one.
    kind : str
        What the column holds by its name.
    unit_s : float, optional
        Length of its unit in seconds, where its name or form states it.
    values : numpy.ndarray
        float64, shape (rows,); NaN where there is no number.
    """

    name: str
    kind: Kind
    unit_s: float | None
    values: np.ndarray


def make_clock(name: str, values: np.ndarray | Sequence[str]) -> Clock:
    """Read a column as a clock, all NaN where no clock would write such cells.

    Parameters
    ----------
    values : numpy.ndarray or sequence of str
        Numbers, shape (rows,), or cells as text: numbers, dates or times of the day.
    """
    kind, unit_s = read_name(name)
    if not isinstance(values, np.ndarray) or values.dtype.kind not in "fiu":
        values, is_seconds = _numbers([str(cell).strip() for cell in values])
        unit_s = 1.0 if is_seconds else unit_s
    values = values.astype(np.float64)
    return Clock(
        name=name,
        kind="times" if unit_s is not None else kind,
        unit_s=unit_s,
        values=np.where(np.abs(values) < _NO_TIME, values, np.nan),
    )


def read_name(name: str) -> tuple[Kind, float | None]:
    """Return what a column holds by its name, and the unit of its times in seconds where the name has one.

    Names are such as ``timestamp_ms``, ``Time (Seconds)``, ``frameNo`` or ``t``.
    """
    words = _words(name)
    units = {_SECONDS[word] for word in words if word in _SECONDS}
    unit_s = units.pop() if len(units) == 1 else None
    others = [word for word in words if word not in _SECONDS]
    # A unit alone names times too, except for "s", which ends other units: speed_m_s.
    has_unit = unit_s is not None and words[-1] != "s"
    if _TIME_WORDS.intersection(others) or others == ["t"] or has_unit or (words and not others):
        return "times", unit_s
    if _FRAME_WORDS.intersection(words) and not set(words) - _FRAME_WORDS - _NUMBER_WORDS:
        return "frames", None
    return ("perhaps frames" if set(words) <= _ROW_WORDS else "unknown"), None


def _words(name: str) -> list[str]:
    plain = unicodedata.normalize("NFKC", name)
    words: list[str] = []
    for word in re.findall(r"[^\W\d_]+|\d+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", plain)):
        joined = _JOINED.fullmatch(word.casefold())
        words += joined.groups() if joined else [word.casefold()]
    return words


def _numbers(cells: list[str]) -> tuple[np.ndarray, bool]:
    """Return cells as numbers, and whether they are seconds: dates and times of the day, since the first."""
    column = pd.Series([cell.replace(",", ".") for cell in cells], dtype=object)
    numbers = pd.to_numeric(column, errors="coerce").to_numpy(dtype=np.float64)
    filled = column != ""
    if not filled.any() or np.isfinite(numbers[filled]).mean() > 0.5:
        return numbers, False
    if column.nunique() <= 2 or sum(map(str.isdigit, column[filled].iloc[0])) < 3:  # words, no dates
        return numbers, False
    for read in (_as_dates, _as_times_of_day, *(lambda c, f=form: _as_dates(c, f) for form in _FORMATS)):
        seconds = read(column)
        if np.isfinite(seconds[filled]).mean() > 0.5:
            return seconds, True
    return numbers, False


def _as_dates(column: pd.Series, form: str = "ISO8601") -> np.ndarray:
    try:
        dates = pd.to_datetime(column, format=form, errors="coerce", utc=True)
    except (ValueError, OverflowError, TypeError):
        return np.full(len(column), np.nan)
    return _since_first(dates)


def _as_times_of_day(column: pd.Series) -> np.ndarray:
    # Rows are frames, so one colon separates minutes and seconds, not hours and minutes.
    with_hours = column.where(column.str.count(":") != 1, "00:" + column)
    try:
        return _since_first(
            pd.to_timedelta(with_hours.where(column.str.contains(":"), None), errors="coerce")
        )
    except (ValueError, OverflowError, TypeError):
        return np.full(len(column), np.nan)


def _since_first(times: pd.Series) -> np.ndarray:
    known = times.dropna()
    if known.empty:
        return np.full(len(times), np.nan)
    return (times - known.iloc[0]).dt.total_seconds().to_numpy(dtype=np.float64)
