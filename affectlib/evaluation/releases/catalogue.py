"""All releases that are compared."""

from __future__ import annotations

from affectlib.evaluation.releases.coarse import COARSE
from affectlib.evaluation.releases.course import COURSE
from affectlib.evaluation.releases.linear import LINEAR
from affectlib.evaluation.releases.networks import network_releases
from affectlib.evaluation.releases.posture import POSTURE
from affectlib.evaluation.releases.release import Release
from affectlib.evaluation.releases.trained import Trained


def all_releases(*, cache: Trained | None = None) -> tuple[Release, ...]:
    """List all releases.

    Parameters
    ----------
    cache : Trained, optional
        Where releases get trained models from; it keeps them on disk if it has a folder. By default a
        new one, in memory.

    Returns
    -------
    tuple of Release
        Raw first, then what changes bodies, courses along the cycle, and sharpness, then codes by
        straight lines and what networks and classifiers make.
    """
    return (*POSTURE, *COURSE, *COARSE, *LINEAR, *network_releases(cache or Trained()))
