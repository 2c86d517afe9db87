"""The way from a file's joints to the canonical ones: ``joints.json`` first, then what is recognised."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np

from affectlib.errors import RecordingError
from affectlib.recordings.hints import propose
from affectlib.recordings.known import Fit, Sources, fits
from affectlib.recordings.lost import mark_lost
from affectlib.recordings.motion import DOUBLED, Motion
from affectlib.recordings.names import find, namespace, quantity
from affectlib.skeleton import INDEX, JOINTS

_SHOWN = 80


def to_canonical(motion: Motion, *, joint_map: Mapping[str, Sources], file: Path) -> np.ndarray:
    """Pick the canonical joints out of a motion.

    Parameters
    ----------
    motion : Motion
        A file's contents.
    joint_map : mapping
        What ``joints.json`` says: canonical joint to source names; it goes before what is
        recognised, and may be empty. A prefix, such as the subject's name up to a colon, does
        not count where the file lacks the whole name.
    file : Path
        The file, for messages.

    Returns
    -------
    numpy.ndarray
        Positions, unit and axes as in `motion`, shape (frames, 15, 3); midpoints where a
        joint has several sources, NaN where one of them was not seen.

    Raises
    ------
    RecordingError
        If a canonical joint cannot be found, is mapped to what is no position, or may be
        that of several subjects; the message lists the file's names and a ``joints.json``
        to fill in.
    """
    if motion.joints == JOINTS and not joint_map:
        return mark_lost(motion.position, root=INDEX["pelvis"])
    sources = _sources(motion, joint_map, file=file)
    index = {name: number for number, name in enumerate(motion.joints)}
    return _midpoints(motion.position, [[index[name] for name in sources[joint]] for joint in JOINTS])


def _midpoints(position: np.ndarray, columns: list[list[int]]) -> np.ndarray:
    """Average the sources of each joint; a joint is lost where one of its sources is."""
    used = sorted({number for numbers in columns for number in numbers})
    place = {number: new for new, number in enumerate(used)}
    pelvis = columns[INDEX["pelvis"]]
    seen = mark_lost(position[:, used], root=place[pelvis[0]] if len(pelvis) == 1 else None)
    if all(len(numbers) == 1 for numbers in columns):
        return seen[:, [place[numbers[0]] for numbers in columns]]
    picked = [seen[:, [place[number] for number in numbers]].mean(axis=1) for numbers in columns]
    return np.stack(picked, axis=1)


def _sources(motion: Motion, joint_map: Mapping[str, Sources], *, file: Path) -> dict[str, Sources]:
    """Find the names in the file of each canonical joint."""
    wanted = {name for names in joint_map.values() for name in names}
    found = find(sorted(wanted), motion.joints)
    _hold_positions(wanted, found, motion, file=file)
    _hold_one_subject(joint_map, found, file=file)
    absent = [name for name in sorted(wanted) if not found[name]]
    mapped = {
        joint: tuple(found[name][0] for name in names)
        for joint, names in joint_map.items()
        if not set(names) & set(absent)
    }
    fit = _recognised(motion.joints, joint_map, mapped, file=file)
    sources = {**fit.sources, **mapped} if fit else mapped
    missing = [joint for joint in JOINTS if joint not in sources and joint not in joint_map]
    if missing or absent:
        raise _unknown_joints(motion, mapped, missing=missing, absent=absent, file=file)
    return sources


def _recognised(
    joints: Sources, joint_map: Mapping[str, Sources], mapped: Mapping[str, Sources], *, file: Path
) -> Fit | None:
    """Find the known skeleton of the joints that ``joints.json`` leaves out."""
    found = fits(joints, besides=joint_map)
    if len(found) > 1:
        prefixes = {namespace(name) for names in mapped.values() for name in names}
        found = [fit for fit in found if fit.prefix in prefixes] if len(prefixes) == 1 else found
    if len(found) > 1:
        joint, names = next(iter(found[0].sources.items()))
        raise _several_subjects([fit.prefix for fit in found], joint, names[0], file=file)
    return found[0] if found else None


def _hold_positions(
    wanted: Iterable[str], found: Mapping[str, Sources], motion: Motion, *, file: Path
) -> None:
    """Hold that ``joints.json`` maps nothing that is an angle, a force, or a name of several points."""
    reasons = {name: _reason(name, found[name], motion) for name in sorted(wanted)}
    faults: dict[str, list[str]] = {}
    for name, reason in reasons.items():
        if reason:
            faults.setdefault(reason, []).append(name)
    if faults:
        remark, template = propose(motion)
        raise RecordingError(
            "joints.json names what has no position of its own",
            file=file,
            where="joints.json",
            found="; ".join(f"{_listed(names, 4)}: {reason}" for reason, names in faults.items()),
            remedy=f"{remark}Name joints or markers instead; fill in what is empty here (a list means the "
            f"midpoint of its joints) and check the rest: {template}",
        )


def _reason(name: str, found: Sources, motion: Motion) -> str:
    """Return why a name of ``joints.json`` cannot be a joint; empty where it may be one."""
    others = () if found else find([name], list(motion.unusable))[name]
    kind = quantity(name)
    return motion.unusable[others[0]] if others else f"no position, the name says {kind!r}" if kind else ""


def _hold_one_subject(joint_map: Mapping[str, Sources], found: Mapping[str, Sources], *, file: Path) -> None:
    """Hold that names found without their prefix belong to one subject."""
    loose = {name: names for name, names in found.items() if names and name not in names}
    prefixes = {namespace(names[0]) for names in found.values() if names}
    for joint, wanted in joint_map.items():
        for name in wanted:
            if name in loose and len(loose[name]) > 1:
                prefixes = {namespace(other) for other in loose[name]}
            if name in loose and (len(loose[name]) > 1 or len(prefixes) > 1):
                raise _several_subjects(sorted(prefixes), joint, loose[name][0], file=file)


def _several_subjects(prefixes: list[str], joint: str, name: str, *, file: Path) -> RecordingError:
    return RecordingError(
        "the joints of several subjects",
        file=file,
        where="joint names",
        found=" and ".join(repr(prefix) if prefix else "names without a prefix" for prefix in prefixes),
        remedy="Export each subject to a file of its own, or name the joints of one of them in full in "
        f'joints.json, such as {{"{joint}": "{name}"}}.',
    )


def _unknown_joints(
    motion: Motion, mapped: Mapping[str, Sources], *, missing: list[str], absent: list[str], file: Path
) -> RecordingError:
    remark, template = propose(motion, mapped)
    shown = _listed(list(motion.joints), _SHOWN)
    doubled = [f"{name}: {reason}" for name, reason in motion.unusable.items() if DOUBLED in reason]
    return RecordingError(
        "unknown joint names" if missing else "joints.json names joints that are not in the file",
        file=file,
        where="joint names" if missing else f"joints.json: {_listed(absent, 10)}",
        found=shown + (f"; {_listed(doubled, 5)}" if doubled else ""),
        remedy=f"{remark}Put a file joints.json beside library.csv; fill in what is empty (a list means the "
        f"midpoint of its joints) and check the rest: {template}",
    )


def _listed(names: list[str], most: int) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
