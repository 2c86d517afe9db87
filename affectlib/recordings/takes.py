"""From one take to recordings: read, mapped to the canonical joints, upright, repaired."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from affectlib.errors import RecordingError
from affectlib.recordings import gaps, lost, pace, plausibility, sides, speed, world
from affectlib.recordings.canonical import to_canonical
from affectlib.recordings.formats import READERS
from affectlib.recordings.joint_doubts import joint_map_doubts
from affectlib.recordings.library import Take
from affectlib.recordings.measured import keep_measured
from affectlib.recordings.recording import Recording, Repairs
from affectlib.recordings.stated import settle_rate, settle_unit
from affectlib.recordings.timeline import read_timeline
from affectlib.recordings.vertical import level
from affectlib.skeleton import JOINTS

STATIC_M = 0.05
"""A take in which no joint leaves its middle position by more than this is a pose, no walk."""

_ODD_SHARE = 0.01
_FARTHEST = 1e7  # in any unit: 10 km in millimetres


def read_take(take: Take, *, joint_map: Mapping[str, tuple[str, ...]] | None = None) -> list[Recording] | str:
    """Read one take.

    Parameters
    ----------
    take : Take
        The take.
    joint_map : mapping, optional
        What ``joints.json`` says: canonical joint to source names.

    Returns
    -------
    list of Recording or str
        Its unbroken stretches; or, where it is a pose and no walk, a word about that.

    Raises
    ------
    RecordingError
        If the file is broken, cannot be a walking person, or has no unbroken stretch of
        `gaps.MIN_PIECE_S`.
    """
    motion = READERS[take.file.suffix.lower()](take.file)
    timeline = read_timeline(motion, take)
    motion = replace(
        motion,
        rate_hz=timeline.rate_hz,
        notes=(*motion.notes, *timeline.notes),
        warnings=(*motion.warnings, *timeline.warnings),
    )
    rate_hz, rate_notes = settle_rate(take, motion)
    unit, unit_notes = settle_unit(take, motion)
    position = to_canonical(motion, joint_map=joint_map or {}, file=take.file)
    position = timeline.place(position)
    _hold_tracked(position, take, unit=unit)
    position_m = world.to_world(position, unit=unit, up=take.up)
    plausibility.check_proportions(position_m, file=take.file)
    world.check_person(position_m, unit=unit, up=take.up, file=take.file)
    if len(position_m) >= gaps.MIN_PIECE_S * rate_hz and _is_static(position_m):
        return f"{take.name}: a static pose (no joint moves by more than {STATIC_M * 100:g} cm)"
    measured_m, made_up = keep_measured(position_m, rate_hz)
    if measured_m is not position_m:
        _hold_moving(measured_m, take)
    if take.level_floor:
        measured_m, levelled = level(measured_m)
        made_up = (*made_up, *levelled)
    pieces = gaps.repair(measured_m, rate_hz)
    if not pieces:
        raise _no_stretch(measured_m, rate_hz, take, made_up)
    running = [note for piece in pieces if (note := speed.check_speed(piece.position, rate_hz, take))]
    longest = max(pieces, key=lambda piece: len(piece.position))
    # A whole take, as most are, needs no looking for gaps.
    whole = pieces[0].position is measured_m
    gap_notes = () if whole else lost.describe_gaps(measured_m, rate_hz, longer_than_s=gaps.SHORT_GAP_S)
    repairs = Repairs(
        interpolated_frames=sum(piece.interpolated_frames for piece in pieces),
        lost_frames=len(position_m) - sum(piece.stop - piece.start for piece in pieces),
        pieces=len(pieces),
        notes=(
            *motion.notes,
            *rate_notes,
            *unit_notes,
            *made_up,
            *gap_notes,
            *running[:1],
        ),
        warnings=(
            *motion.warnings,
            *joint_map_doubts(motion, joint_map=joint_map or {}, file=take.file),
            *plausibility.find_doubts(np.concatenate([piece.position for piece in pieces]), take),
            *sides.doubt_exchanges(position_m, rate_hz, take),
            *(
                doubt
                for piece in pieces
                for doubt in plausibility.doubt_torn_limbs(
                    piece.position, rate_hz, take, start_s=piece.start / rate_hz
                )
            ),
            *pace.doubt_rate(longest.position, rate_hz, take),
        ),
    )
    return _recordings(take, pieces, rate_hz=rate_hz, repairs=repairs)


def _hold_tracked(position: np.ndarray, take: Take, *, unit: str) -> None:
    """Hold that every joint was seen at some time, at some place on this earth."""
    untracked = world.never_tracked(position)
    farthest = np.nanmax(np.abs(position), initial=0)
    if untracked or farthest > _FARTHEST:
        raise RecordingError(
            "joint without a single position" if untracked else "positions beyond reason",
            file=take.file,
            where=", ".join(untracked) or "all frames",
            found="only zeros or nan" if untracked else f"{farthest:.3g} {unit}",
            remedy="Name another source in joints.json, or remove the take.",
        )


def _hold_moving(position_m: np.ndarray, take: Take) -> None:
    """Hold that no joint stands still throughout while the body walks away from it."""
    still = world.never_tracked(position_m)
    if still:
        raise RecordingError(
            "joint that never moves",
            file=take.file,
            where=", ".join(still),
            found="the same position in all frames while the body moves, or none near the body",
            remedy="Name another source in joints.json, or remove the take.",
        )


def _recordings(take: Take, pieces: list[gaps.Piece], *, rate_hz: float, repairs: Repairs) -> list[Recording]:
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


def _is_static(position_m: np.ndarray) -> bool:
    """Tell whether every joint stays near its middle position; single odd frames do not count."""
    # A walk shows in any three hundred frames.
    some = position_m[:: max(len(position_m) // 300, 1)]
    if np.isfinite(some).all():
        return _stays(some)
    return all(_stays(lost.thin_whole(position_m[:, [joint]], 300)) for joint in range(position_m.shape[1]))


def _stays(position_m: np.ndarray) -> bool:
    away_m = np.linalg.norm(position_m - np.median(position_m, axis=0), axis=-1)
    return bool((away_m > STATIC_M).mean(axis=0).max() <= _ODD_SHARE)


def _no_stretch(position_m: np.ndarray, rate_hz: float, take: Take, made_up: Sequence[str]) -> RecordingError:
    whole = np.isfinite(position_m).all(axis=(1, 2))
    longest = max((stop - start for start, stop in lost.runs(whole)), default=0)
    lossy = np.isfinite(position_m).all(axis=-1).mean(axis=0)
    worst = JOINTS[int(lossy.argmin())]
    return RecordingError(
        f"no unbroken stretch of {gaps.MIN_PIECE_S:g} s",
        file=take.file,
        where="all frames",
        found=f"{len(position_m) / rate_hz:.2f} s in all, {longest / rate_hz:.2f} s without a lost joint "
        f"(most often lost: {worst}), jumps apart" + "".join(f"; {note}" for note in made_up[:3]),
        remedy="Remove the take; it is too short or was tracked too badly.",
    )
