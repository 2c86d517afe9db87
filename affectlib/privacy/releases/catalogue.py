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
    """Return all releases, raw first and trained ones last.

    Parameters
    ----------
    cache : Trained, optional
        Source of trained models; by default a new one, in memory.
    """
    return (*POSTURE, *COURSE, *COARSE, *LINEAR, *network_releases(cache or Trained()))


def release_named(name: str, *, cache: Trained) -> Release:
    """Return the release with a name."""
    return next(release for release in all_releases(cache=cache) if release.name == name)
