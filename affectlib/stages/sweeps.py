"""Which releases are tried, and at which values of their knobs."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from affectlib.errors import ParameterError
from affectlib.evaluation.releases.catalogue import all_releases

GRADED, ADVERSARIAL = "graded affect", "adversarial code"
ON_CODES = ("affect code", "average person", "another person", GRADED)
"""Releases that need an autoencoder; those with an affect code of one size share it."""

SWEEPS: Mapping[str, Mapping[str, tuple[Any, ...]]] = MappingProxyType(
    {
        "quick": {
            "raw": (None,),
            "affect code": (4,),
            GRADED: (1.0, 0.0),
            "posterior": (2,),
            "label": (None,),
        },
        "short": {
            "raw": (None,),
            "size-normalised": (None,),
            "average pose": (0.9,),
            "frequency equalised": (1,),
            "Gaussian noise": (0.1,),
            "PCA": (8, 4),
            "LEACE": (48,),
            ADVERSARIAL: (0.3, 3.0),
            "affect code": (8, 4, 2),
            GRADED: (1.0, 0.5, 0.25, 0.0),
            "average person": (4,),
            "posterior": (4, 1),
            "label": (None,),
        },
    }
)
"""Releases and values of their knobs, by how much is to be tried; ``whole`` is everything there is."""


def sweep(extent: str) -> Mapping[str, tuple[Any, ...]]:
    """Choose releases and values of their knobs.

    Parameters
    ----------
    extent : str
        ``"quick"``, ``"short"`` or ``"whole"``.

    Returns
    -------
    mapping of str to tuple
        Values by name of the release, from weakest to strongest protection.

    Raises
    ------
    ParameterError
        For any other extent.
    """
    every = {release.name: release.values for release in all_releases()}
    if extent not in (*SWEEPS, "whole"):
        raise ParameterError(
            "unknown extent of a sweep",
            where="parameter 'extent'",
            found=repr(extent),
            remedy=f"Choose from: {', '.join(SWEEPS)}, whole.",
        )
    return every if extent == "whole" else SWEEPS[extent]
