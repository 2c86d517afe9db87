"""Sweeps: the releases that are tried, and the values of their privacy parameters."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal

from affectlib.parameters import read_value

Extent = Literal["quick", "short", "whole"]
"""Extent of a sweep."""

CODE, GRADED, ADVERSARIAL = "affect code", "graded affect", "adversarial code"
ON_CODES = (CODE, "average person", "another person", GRADED)
"""Releases of an autoencoder; those with an affect code of the same size share it."""

SWEEPS: Mapping[str, Mapping[str, tuple[Any, ...]]] = MappingProxyType(
    {
        "quick": {
            "raw": (None,),
            CODE: (4,),
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
            CODE: (8, 4, 2),
            GRADED: (1.0, 0.5, 0.25, 0.0),
            "average person": (4,),
            "posterior": (4, 1),
            "label": (None,),
        },
        "whole": {
            "raw": (None,),
            "size-normalised": (None,),
            "average pose": (0.75, 0.9, 0.99),
            "body parts removed": ("head", "arms", "legs"),
            "amplitude equalised": (0.75, 1.0),
            "heading and pace removed": (0.0, 1.0),
            "frame differences": (1, 2),
            "frequency equalised": (2, 1, 0),
            "coarser time": (5, 2),
            "coarser space": (0.1, 0.4),
            "rolling mean": (0.25, 0.9),
            "Gaussian noise": (0.1, 0.4),
            "PCA": (16, 8, 4, 2),
            "LEACE": (64, 48, 32),
            ADVERSARIAL: (0.3, 1.0, 3.0),
            CODE: (32, 16, 8, 4, 3, 2),
            GRADED: (1.0, 0.5, 0.25, 0.0),
            "average person": (8, 4, 2),
            "another person": (8, 4, 2),
            "posterior": (4, 2, 1),
            "label": (None,),
        },
    }
)
"""Values by extent and release, from weakest to strongest protection; ``whole`` has every release."""


def sweep(extent: str) -> Mapping[str, tuple[Any, ...]]:
    """Return the values of each release's parameter.

    Raises
    ------
    ParameterError
        For another extent than ``"quick"``, ``"short"`` and ``"whole"``.
    """
    return SWEEPS[read_value("extent", extent, Extent)]
