"""Reading of one take: from its file to recordings in metres, z up, without gaps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from affectlib.errors import RecordingError
from affectlib.recordings.canonical import to_canonical
from affectlib.recordings.formats import FORMATS
from affectlib.recordings.gaps import MIN_PIECE_S, describe_gaps, repair
from affectlib.recordings.joint_map import joint_map_warnings
from affectlib.recordings.library import Take
from affectlib.recordings.lost import always_lost, runs, sample_whole_frames
from affectlib.recordings.measured import keep_measured
from affectlib.recordings.plausibility import take_warnings
from affectlib.recordings.proportions import check_proportions
from affectlib.recordings.rate_and_unit import resolve_rate, resolve_unit
from affectlib.recordings.recording import Recording, Repairs
from affectlib.recordings.speed import check_speed
from affectlib.recordings.timeline import read_timeline
from affectlib.recordings.vertical import level
from affectlib.recordings.world import check_person, to_world
from affectlib.skeleton import JOINTS

STATIC_M = 0.05
"""A take in which no joint leaves its median position by more than this is a pose and not a walk."""

_ODD_SHARE = 0.01  # of the frames of a joint: a pose with a few tracking errors is a pose
_ENOUGH_FRAMES = 300  # show a walk
_FARTHEST = 1e7  # in any unit: 10 km in millimetres
_MAX_LISTED_NOTES = 3


def read_take(take: Take, *, joint_map: Mapping[str, tuple[str, ...]] | None = None) -> list[Recording] | str:
    """Read one take: its unbroken stretches or, for a pose, the reason why it is left out.

    Parameters
    ----------
    joint_map : mapping, optional
        Entries of ``joints.json``: canonical joint to source names.

    Raises
    ------
    RecordingError
        If the file is broken, cannot be a walking person, or has no unbroken stretch of
        `gaps.MIN_PIECE_S`.
    """
    joint_map = joint_map or {}

    # What the file holds, at even steps in time.
    motion = FORMATS[take.file.suffix.lower()].read_motion(take.file)
    timeline = read_timeline(motion, take)
    motion = replace(motion, rate_hz=timeline.rate_hz)
    rate_hz, rate_notes = resolve_rate(take, motion)
    unit, unit_notes = resolve_unit(take, motion)
    position = timeline.to_frames(to_canonical(motion, joint_map=joint_map, file=take.file))
    _check_tracked(position, take, unit=unit)

    # An upright person in metres, who moves.
    position_m = to_world(position, unit=unit, up=take.up)
    check_proportions(position_m, file=take.file)
    check_person(position_m, unit=unit, up=take.up, file=take.file)
    if len(position_m) >= MIN_PIECE_S * rate_hz and _is_static(position_m):
        return f"{take.name}: a static pose (no joint moves by more than {STATIC_M * 100:g} cm)"

    # What was measured, in pieces without gaps.
    measured_m, measured_notes = keep_measured(position_m, rate_hz)
    _check_moving(measured_m, take)
    if take.level_floor:
        measured_m, level_notes = level(measured_m)
        measured_notes = (*measured_notes, *level_notes)
    pieces = repair(measured_m, rate_hz)
    if not pieces:
        raise _too_short(measured_m, rate_hz, take, measured_notes)
    speed_notes = [note for piece in pieces if (note := check_speed(piece.position, rate_hz, take))]

    repairs = Repairs(
        interpolated_frames=sum(piece.interpolated_frames for piece in pieces),
        lost_frames=len(position_m) - sum(piece.stop - piece.start for piece in pieces),
        pieces=len(pieces),
        notes=(
            *motion.notes,
            *timeline.notes,
            *rate_notes,
            *unit_notes,
            *measured_notes,
            *describe_gaps(measured_m, rate_hz),
            *speed_notes[:1],
        ),
        warnings=(
            *motion.warnings,
            *timeline.warnings,
            *joint_map_warnings(motion, joint_map=joint_map, file=take.file),
            *take_warnings(position_m, pieces, rate_hz, take),
        ),
    )
    return [
        Recording(
            position=piece.position,
            rate_hz=rate_hz,
            subject=take.subject,
            label=take.label,
            take=take.take,
            name=take.name + (f"#{number}" if number > 1 else ""),
            gender=take.gender,
            start_s=piece.start / rate_hz,
            repairs=repairs,
        )
        for number, piece in enumerate(pieces, start=1)
    ]


def _check_tracked(position: np.ndarray, take: Take, *, unit: str) -> None:
    """Refuse a take with a joint that is lost throughout, or with a position too far off for any unit."""
    untracked = always_lost(position)
    farthest = np.nanmax(np.abs(position), initial=0)
    if untracked or farthest > _FARTHEST:
        raise RecordingError(
            "joint without a single position" if untracked else "positions out of range",
            file=take.file,
            where=", ".join(untracked) or "all frames",
            found="only zeros or nan" if untracked else f"{farthest:.3g} {unit}",
            remedy="Name another source in joints.json, or remove the take.",
        )


def _check_moving(position_m: np.ndarray, take: Take) -> None:
    """Refuse a take with a joint that stands still throughout while the body walks away from it."""
    still = always_lost(position_m)
    if still:
        raise RecordingError(
            "joint that never moves",
            file=take.file,
            where=", ".join(still),
            found="the same position in all frames while the body moves, or none near the body",
            remedy="Name another source in joints.json, or remove the take.",
        )


def _is_static(position_m: np.ndarray) -> bool:
    """Decide whether every joint stays near its median position; a few odd frames do not count."""
    sample = position_m[:: max(len(position_m) // _ENOUGH_FRAMES, 1)]
    if np.isfinite(sample).all():
        return _stays(sample)
    return all(
        _stays(sample_whole_frames(position_m[:, [joint]], _ENOUGH_FRAMES)) for joint in range(len(JOINTS))
    )


def _stays(position_m: np.ndarray) -> bool:
    distance_m = np.linalg.norm(position_m - np.median(position_m, axis=0), axis=-1)
    return bool((distance_m > STATIC_M).mean(axis=0).max() <= _ODD_SHARE)


def _too_short(position_m: np.ndarray, rate_hz: float, take: Take, notes: Sequence[str]) -> RecordingError:
    seen = np.isfinite(position_m).all(axis=-1)
    longest = max((stop - start for start, stop in runs(seen.all(axis=1))), default=0)
    worst = JOINTS[int(seen.mean(axis=0).argmin())]
    return RecordingError(
        f"no unbroken stretch of {MIN_PIECE_S:g} s",
        file=take.file,
        where="all frames",
        found=f"{len(position_m) / rate_hz:.2f} s in all, {longest / rate_hz:.2f} s without a lost joint "
        f"(most often lost: {worst}), jumps apart"
        + "".join(f"; {note}" for note in notes[:_MAX_LISTED_NOTES]),
        remedy="Remove the take; it is too short or was tracked too badly.",
    )
