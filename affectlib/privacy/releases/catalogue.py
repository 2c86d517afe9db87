"""All releases that are compared."""

from __future__ import annotations

from affectlib.privacy.releases.coarse import COARSE
from affectlib.privacy.releases.course import COURSE
from affectlib.privacy.releases.linear import LINEAR
from affectlib.privacy.releases.networks import network_releases
from affectlib.privacy.releases.posture import POSTURE
from affectlib.privacy.releases.release import Release
from affectlib.privacy.releases.trained import Trained


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
