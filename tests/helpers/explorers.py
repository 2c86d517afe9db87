"""Contents of explorers: marks of a panel."""

from __future__ import annotations


def marks(panel: dict, kind: str, **wanted: object) -> list[dict]:
    """Return the marks of one kind whose fields have the wanted values."""
    return [
        mark
        for mark in panel["marks"]
        if mark["kind"] == kind and all(mark.get(key) == value for key, value in wanted.items())
    ]
