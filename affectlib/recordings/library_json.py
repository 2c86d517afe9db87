"""The optional ``library.json`` of a library, and JSON files that hold one object."""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from affectlib.errors import AffectlibError, LibraryError
from affectlib.recordings.library import LIBRARY_JSON
from affectlib.recordings.motion import RATES_HZ, read_bytes


def _is_rate(value: Any) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and RATES_HZ[0] <= value <= RATES_HZ[1]


def _is_genders(value: Any) -> bool:
    return isinstance(value, dict) and all(gender in ("F", "M", "") for gender in value.values())


_FIELDS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "simulated": (lambda value: isinstance(value, bool), "true or false"),
    "level_floor": (lambda value: isinstance(value, bool), "true or false"),
    "name": (lambda value: isinstance(value, str), "a text"),
    "rate_hz": (_is_rate, f"frames per second between {RATES_HZ[0]:g} and {RATES_HZ[1]:g}"),
    "genders": (_is_genders, "an object from subject to F or M"),
}
"""Whether a value is valid, and what it must be, by field."""


def read_library_json(root: Path) -> tuple[dict[str, Any], list[AffectlibError]]:
    """Read ``library.json``, if there is one: its valid fields, and what is wrong with the others."""
    file = root / LIBRARY_JSON
    if not file.is_file():
        return {}, []
    try:
        facts = read_json_object(file)
    except LibraryError as error:
        return {}, [error]
    problems: list[AffectlibError] = []

    def fault(key: str, problem: str, found: str, remedy: str) -> None:
        error = LibraryError(problem, file=file, where=f"field {key!r}", found=found, remedy=remedy)
        problems.append(error)

    for key in facts:
        # Other fields may describe the demo library, or be notes of the user: only misspelt ones are wrong.
        if key not in _FIELDS and (near := difflib.get_close_matches(key, _FIELDS)):
            remedy = f"Correct it; fields that are read are {', '.join(_FIELDS)}."
            fault(key, "unknown field", f"perhaps {near[0]!r}", remedy)
    for key, (is_valid, wanted) in _FIELDS.items():
        if key in facts and not is_valid(facts[key]):
            fault(key, "wrong value", json.dumps(facts.pop(key))[:60], f"It must be {wanted}.")
    return facts, problems


def read_json_object(file: Path) -> dict[str, Any]:
    """Read a JSON file that must hold one object.

    Raises
    ------
    LibraryError
        If the file cannot be read, is not JSON or holds something else.
    """
    try:
        text = read_bytes(file).decode("utf-8-sig")
        value = json.loads(text)
    except AffectlibError as error:
        raise LibraryError(error.problem, file=file, found=error.found, remedy=error.remedy) from None
    except json.JSONDecodeError as error:
        raise LibraryError(
            "not JSON",
            file=file,
            where=f"line {error.lineno}, column {error.colno}",
            found=error.msg,
            remedy="Correct the file at this place.",
        ) from None
    except (ValueError, RecursionError) as error:  # not UTF-8; numbers or nesting beyond the limits of Python
        raise LibraryError(
            "not JSON", file=file, found=str(error)[:80], remedy="Save it as JSON in UTF-8."
        ) from None
    if not isinstance(value, dict):
        found = text.strip()[:40]
        raise LibraryError(
            "not a JSON object", file=file, where="line 1", found=found, remedy="Put it in braces."
        )
    return value
