"""What a library of walks is: its takes, and what is wrong with its layout."""

from __future__ import annotations

import difflib
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from affectlib.errors import AffectlibError, LibraryError
from affectlib.recordings.motion import RATES_HZ, read_bytes

LIBRARY_CSV = "library.csv"
JOINTS_JSON = "joints.json"
LIBRARY_JSON = "library.json"


@dataclass(frozen=True, kw_only=True)
class Take:
    """One take as the library's layout or manifest tells of it; its file is not read yet.

    Parameters
    ----------
    file : Path
        Absolute path.
    name : str
        Path inside the library without suffix, with ``/``.
    subject : str
        Who walks.
    label : str
        Affect or walking condition.
    take : str
        Which of the takes of this subject and label.
    rate_hz : float, optional
        Frames per second; None where only the file says it.
    unit : str, optional
        Unit of length, a name or a number of metres; None where only the file says it.
    up : str
        Axis that points up.
    gender : str
        ``"F"``, ``"M"`` or empty.
    rate_overrules, unit_overrules : bool
        Whether `rate_hz` and `unit` hold even where the file says something else.
    level_floor : bool
        Whether the take is to be levelled, as ``library.json`` says.
    """

    file: Path
    name: str
    subject: str
    label: str
    take: str
    rate_hz: float | None
    unit: str | None
    up: str
    gender: str = ""
    rate_overrules: bool = False
    unit_overrules: bool = False
    level_floor: bool = False


@dataclass(frozen=True, kw_only=True)
class Library:
    """A folder of walks, opened: what is there, not yet read.

    Parameters
    ----------
    name : str
        Name for figures and tables.
    root : Path
        Absolute path of the folder.
    simulated : bool
        Whether the walkers are simulated.
    takes : tuple of Take
        Takes in the order of their names.
    problems : tuple of AffectlibError
        What is wrong with single takes or with files beside them.
    left_out : tuple of str
        What was left out although nothing is wrong with it.
    joint_map : tuple of (str, tuple of str)
        What ``joints.json`` says: canonical joint and its sources.
    notes : tuple of str
        What a person should know about the layout.
    """

    name: str
    root: Path
    simulated: bool
    takes: tuple[Take, ...]
    problems: tuple[AffectlibError, ...] = ()
    left_out: tuple[str, ...] = ()
    joint_map: tuple[tuple[str, tuple[str, ...]], ...] = ()
    notes: tuple[str, ...] = ()


def open_library(path: str | Path) -> Library:
    """Open a library of walks: a folder with ``library.csv``, or with ``<code>_pt`` folders.

    Parameters
    ----------
    path : str or Path
        The folder.

    Returns
    -------
    Library
        Its takes and the problems of its layout; no motion file is read.

    Raises
    ------
    LibraryError
        Only where nothing can be said: no such folder, an empty one, one of neither form, or
        a ``library.csv`` that cannot be read.
    """
    # Here, because the two forms build on what this module defines.
    from affectlib.recordings import manifest, ptd_folders

    root = Path(path).expanduser().absolute()
    try:
        if not root.is_dir():
            raise LibraryError(
                "not a folder" if root.exists() else "no such folder",
                file=root,
                remedy="Give the folder that holds library.csv or the <code>_pt folders.",
            )
        entries = sorted(entry.name for entry in root.iterdir() if not entry.name.startswith("."))
    except OSError as error:
        raise LibraryError(
            "folder cannot be read", file=root, found=error.strerror, remedy="Check that you may read it."
        ) from None
    if not entries:
        raise LibraryError("empty folder", file=root, remedy="Put takes and a library.csv into it.")
    facts, problems = _facts(root)
    library = None
    if LIBRARY_CSV in entries:
        library = manifest.open_manifest(root, facts, problems)
    elif any(name.endswith(ptd_folders.SUFFIX) and (root / name).is_dir() for name in entries):
        library = ptd_folders.open_folders(root, facts, problems)
    if library and facts.get("level_floor"):
        return replace(library, takes=tuple(replace(take, level_floor=True) for take in library.takes))
    if library:
        return library
    raise LibraryError(
        "no library of walks: neither library.csv nor a <code>_pt folder",
        file=root,
        found=", ".join(entries[:8]) + (f" and {len(entries) - 8} more" if len(entries) > 8 else ""),
        remedy="Add library.csv with the columns file,subject,label,take,rate_hz,unit,up,gender.",
    )


def _facts(root: Path) -> tuple[dict[str, Any], list[AffectlibError]]:
    """Read ``library.json``, if there is one, and hold its fields to their types."""
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
