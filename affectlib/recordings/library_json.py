"""What ``library.json`` says of a library, and JSON files that hold one object."""

from __future__ import annotations

import difflib
import json
from pathlib import Path
from typing import Any

from affectlib.errors import AffectlibError, LibraryError
from affectlib.recordings.library import LIBRARY_JSON
from affectlib.recordings.motion import RATES_HZ, read_bytes


def read_facts(root: Path) -> tuple[dict[str, Any], list[AffectlibError]]:
    """Read ``library.json``, if there is one, and check the types of its fields.

    Parameters
    ----------
    root : Path
        Folder of the library.

    Returns
    -------
    dict of str to object
        Its valid fields.
    list of AffectlibError
        What is wrong with the others.
    """
    file = root / LIBRARY_JSON
    if not file.is_file():
        return {}, []
    try:
        facts = read_json_object(file)
    except LibraryError as error:
        return {}, [error]
    genders = facts.get("genders", {})
    rate_hz = facts.get("rate_hz", 60.0)
    faults = {
        "simulated": "true or false" if not isinstance(facts.get("simulated", False), bool) else "",
        "level_floor": "true or false" if not isinstance(facts.get("level_floor", False), bool) else "",
        "name": "a text" if not isinstance(facts.get("name", ""), str) else "",
        "rate_hz": ""
        if isinstance(rate_hz, int | float)
        and not isinstance(rate_hz, bool)
        and RATES_HZ[0] <= rate_hz <= RATES_HZ[1]
        else f"frames per second between {RATES_HZ[0]:g} and {RATES_HZ[1]:g}",
        "genders": ""
        if isinstance(genders, dict) and all(value in ("F", "M", "") for value in genders.values())
        else "an object from subject to F or M",
    }
    problems: list[AffectlibError] = [
        LibraryError(
            "unknown field",
            file=file,
            where=f"field {key!r}",
            found=f"perhaps {near[0]!r}",
            remedy=f"Correct it; fields that are read are {', '.join(faults)}.",
        )
        for key in facts
        # What describes a demo library, or whatever else somebody notes, stays.
        if key not in faults and (near := difflib.get_close_matches(key, faults))
    ]
    for key, wanted in faults.items():
        if wanted:
            value = json.dumps(facts.pop(key))[:60]
            problems.append(
                LibraryError(
                    "wrong value",
                    file=file,
                    where=f"field {key!r}",
                    found=value,
                    remedy=f"It must be {wanted}.",
                )
            )
    return facts, problems


def read_json_object(file: Path) -> dict[str, Any]:
    """Read a JSON file that must hold one object.

    Parameters
    ----------
    file : Path
        The file.

    Returns
    -------
    dict
        The object.

    Raises
    ------
    LibraryError
        If the file cannot be read, is no JSON or holds something else.
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
            remedy="Mend the file at this place.",
        ) from None
    except (ValueError, RecursionError) as error:  # not UTF-8; numbers or nesting beyond reason
        raise LibraryError(
            "not JSON", file=file, found=str(error)[:80], remedy="Save it as JSON in UTF-8."
        ) from None
    if not isinstance(value, dict):
        raise LibraryError(
            "not a JSON object",
            file=file,
            where="line 1",
            found=text.strip()[:40],
            remedy="Put it in braces.",
        )
    return value
