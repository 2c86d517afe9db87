"""Seeds of trainings that differ in nothing but their random weights."""

from __future__ import annotations

_APART = 1_000_003
"""Further than anybody counts the seeds of studies: the next study's training is none of this one's."""


def another_seed(seed: int, number: int) -> int:
    """Name the seed of one of several trainings.

    Parameters
    ----------
    seed : int
        The study's.
    number : int
        0 for the training whose results are told, 1, 2, ... for others.

    Returns
    -------
    int
        `seed` itself for 0.
    """
    return seed + _APART * number
