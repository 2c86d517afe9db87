"""Rate and unit of a take, from ``library.csv`` and from the file."""

from __future__ import annotations

from affectlib.errors import RecordingError
from affectlib.recordings.library import Take
from affectlib.recordings.motion import RATES_HZ, Motion
from affectlib.recordings.world import metres_of

_TOLERANCE = 0.02  # a frame time of 0.0333 s, as in BVH, is 30.03 Hz


def resolve_rate(take: Take, motion: Motion) -> tuple[float, tuple[str, ...]]:
    """Return the rate of a take in Hz, and a note where ``library.csv`` overrules the file.

    The rate of ``library.csv`` is used where the two agree, since files round their frame time.

    Raises
    ------
    RecordingError
        If neither has a rate, if it is beyond `RATES_HZ`, or if the two differ by more than 2 %
        and the take does not overrule the file.
    """
    nominal, in_file = take.rate_hz, motion.rate_hz
    differ = bool(nominal and in_file and abs(in_file - nominal) > _TOLERANCE * nominal)
    if nominal and differ and take.rate_overrules:
        return nominal, (f"rate_hz of library.csv, {nominal:.4g} Hz, overrules the file's {in_file:.4g} Hz",)
    rate_hz = in_file or nominal
    if rate_hz is None or not RATES_HZ[0] <= rate_hz <= RATES_HZ[1]:
        raise RecordingError(
            "rate that cannot be right" if rate_hz else "no rate",
            file=take.file,
            where="frame rate",
            found=f"{rate_hz:g} Hz" if rate_hz else "neither in the file nor in library.csv",
            remedy="Correct it in the file, or state the true rate with an exclamation mark in rate_hz "
            "of library.csv (120!)."
            if in_file
            else "State rate_hz in library.csv.",
        )
    if nominal and differ:
        raise RecordingError(
            "the file's rate is not that of library.csv",
            file=take.file,
            where="rate_hz",
            found=f"{rate_hz:.4g} Hz in the file, {nominal:.4g} Hz in library.csv",
            remedy="If the file is right, correct rate_hz or leave it empty; if library.csv is right, "
            f"write {nominal:g}! there, which overrules the file.",
        )
    return nominal or rate_hz, ()


def resolve_unit(take: Take, motion: Motion) -> tuple[str, tuple[str, ...]]:
    """Return the unit of a take, and a note where ``library.csv`` overrules the file.

    Raises
    ------
    RecordingError
        If neither has a unit, or if they differ and the take does not overrule the file.
    """
    unit = take.unit or motion.unit
    if unit is None:
        raise RecordingError(
            "no unit",
            file=take.file,
            where="unit",
            found="neither in the file nor in library.csv",
            remedy="State unit in library.csv.",
        )
    if motion.unit is None or abs(metres_of(unit) / metres_of(motion.unit) - 1) < 1e-6:
        return unit, ()
    if take.unit_overrules:
        return unit, (f"unit of library.csv, {unit}, overrules the file's {motion.unit}",)
    raise RecordingError(
        "the file's unit is not that of library.csv",
        file=take.file,
        where="unit",
        found=f"{motion.unit} in the file, {unit} in library.csv",
        remedy="If the file is right, correct unit in library.csv or leave it empty; if library.csv is "
        f"right, write {unit}! there, which overrules the file.",
    )
