"""Seeds of trainings that differ only in their random weights."""

from __future__ import annotations

# Larger than the seeds of studies: repeats of one study never share a seed with another study.
_APART = 1_000_003


def another_seed(seed: int, number: int) -> int:
    """Return the seed of a repeated training; number 0 is the training whose results are reported."""
    return seed + _APART * number
