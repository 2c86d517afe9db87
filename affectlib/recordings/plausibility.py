"""Warnings about a take that can be read but may not be a person who walks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from affectlib.errors import LibraryWarning
from affectlib.recordings import proportions, sides
from affectlib.recordings.body import extent_m
from affectlib.recordings.gaps import Piece
from affectlib.recordings.library import Take
from affectlib.recordings.lost import sample_whole_frames
from affectlib.recordings.speed import rate_warnings
from affectlib.recordings.vertical import describe_tilt
from affectlib.skeleton import bone_lengths_m

_FRAMES = 120
_FEWEST_FRAMES = 10


def take_warnings(
    position_m: np.ndarray, pieces: Sequence[Piece], rate_hz: float, take: Take
) -> tuple[LibraryWarning, ...]:
    """Return all warnings about a take.

    Parameters
    ----------
    position_m : numpy.ndarray
        Positions in metres before repair, z up, NaN where a joint is lost, shape (frames, 15, 3).
    pieces : sequence of Piece
        Its repaired pieces, at least one.
    """
    longest = max(pieces, key=lambda piece: len(piece.position))
    findings = [
        (
            "left and right change places within the take",
            sides.describe_exchanges(position_m, rate_hz),
            "Swap them back between those times, or remove the take.",
        )
    ]
    for piece in pieces:
        torn = proportions.describe_torn(piece.position, rate_hz, start_s=piece.start / rate_hz)
        remedy = "Empty the joint's cells there, so that it counts as lost, or remove the take."
        findings.append(("limbs that are torn or collapse", torn, remedy))
    return (
        *body_warnings(np.concatenate([piece.position for piece in pieces]), take),
        *_warnings(findings, take),
        *rate_warnings(longest.position, rate_hz, take),
    )


def body_warnings(position_m: np.ndarray, take: Take) -> tuple[LibraryWarning, ...]:
    """Return warnings about proportions, sides and the vertical; none below ten whole frames.

    Parameters
    ----------
    position_m : numpy.ndarray
        Positions in metres, z up, NaN where a joint is lost, shape (frames, 15, 3).
    """
    sample = sample_whole_frames(position_m, _FRAMES)
    if len(sample) < _FEWEST_FRAMES:
        return ()
    length_m = bone_lengths_m(sample)
    median_m = proportions.median_lengths_m(length_m)
    body_m = extent_m(sample)
    findings = [
        (
            "joints that coincide",
            "; ".join(proportions.describe_coinciding(sample, median_m, body_m)),
            "Name other sources in joints.json; a collar bone is no shoulder.",
        ),
        (
            "proportions that no body has",
            "; ".join(proportions.describe_disproportionate(median_m, body_m)),
            "Check that joints.json names the right joints, and that the file holds joint positions.",
        ),
        (
            "left and right limbs of different lengths",
            "; ".join(proportions.describe_unequal(median_m)),
            "Check that joints.json names the same joint on both sides.",
        ),
        (
            "limbs that change their length",
            "; ".join(proportions.describe_variable(length_m, median_m)),
            "Look at the take in notebook 01, and remove it if it was tracked too badly.",
        ),
        (
            "left and right of single joints are swapped",
            "; ".join(sides.describe_crossed(sample)),
            "Swap them in joints.json.",
        ),
        (
            "the floor is not level",
            "; ".join(describe_tilt(sample)),
            'Level it by a file library.json in the library\'s folder with {"level_floor": true}, or correct '
            "the vertical in the file; otherwise the tilt counts as posture.",
        ),
    ]
    return _warnings(findings, take)


def _warnings(findings: list[tuple[str, str, str]], take: Take) -> tuple[LibraryWarning, ...]:
    """Build warnings from problem, what was found (nothing if empty) and remedy."""
    return tuple(
        LibraryWarning(problem, file=take.file, found=found, remedy=remedy)
        for problem, found, remedy in findings
        if found
    )
