"""The canonical joints of a file: those of ``joints.json``, then those of a known skeleton."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import numpy as np

from affectlib.errors import RecordingError
from affectlib.recordings.joint_map_template import propose_joint_map
from affectlib.recordings.known_skeletons import SkeletonMatch, match_skeletons
from affectlib.recordings.listing import join_first
from affectlib.recordings.lost import mark_lost
from affectlib.recordings.motion import DOUBLED, Motion
from affectlib.recordings.names import Sources, find, namespace, quantity
from affectlib.skeleton import INDEX, JOINTS

_MAX_LISTED = 80


def to_canonical(motion: Motion, *, joint_map: Mapping[str, Sources], file: Path) -> np.ndarray:
    """Return the positions of the canonical joints, in the file's unit and axes, shape (frames, 15, 3).

    A joint with several sources is their midpoint, and NaN where one of them is lost.

    Parameters
    ----------
    joint_map : mapping
        Entries of ``joints.json``, if any: canonical joint to source names, with precedence over a known
        skeleton. A prefix, such as the subject's name up to a colon, does not count where the file lacks the
        whole name.

    Raises
    ------
    RecordingError
        If a canonical joint cannot be found, is mapped to what is no position, or may be
        that of several subjects; the message lists the file's names and a ``joints.json``
        to complete.
    """
    if motion.joints == JOINTS and not joint_map:
        return mark_lost(motion.position, root=INDEX["pelvis"])
    sources = _find_sources(motion, joint_map, file=file)
    columns = [[motion.joints.index(name) for name in sources[joint]] for joint in JOINTS]
    return _midpoints(motion.position, columns)


def _midpoints(position: np.ndarray, columns: list[list[int]]) -> np.ndarray:
    used = sorted({column for sources in columns for column in sources})
    columns = [[used.index(column) for column in sources] for sources in columns]
    pelvis = columns[INDEX["pelvis"]]
    seen = mark_lost(position[:, used], root=pelvis[0] if len(pelvis) == 1 else None)
    if all(len(sources) == 1 for sources in columns):
        return seen[:, [sources[0] for sources in columns]]
    return np.stack([seen[:, sources].mean(axis=1) for sources in columns], axis=1)


def _find_sources(motion: Motion, joint_map: Mapping[str, Sources], *, file: Path) -> dict[str, Sources]:
    """Find the names in the file of each canonical joint."""
    wanted = sorted({name for names in joint_map.values() for name in names})
    found = find(wanted, motion.joints)
    _check_positions(wanted, found, motion, file=file)
    _check_one_subject(joint_map, found, file=file)
    absent = [name for name in wanted if not found[name]]
    mapped = {
        joint: tuple(found[name][0] for name in names)
        for joint, names in joint_map.items()
        if not set(names) & set(absent)
    }
    match = _match_skeleton(motion.joints, joint_map, mapped, file=file)
    sources = {**match.sources, **mapped} if match else mapped
    missing = [joint for joint in JOINTS if joint not in sources and joint not in joint_map]
    if missing or absent:
        remarks, template = propose_joint_map(motion, mapped)
        doubled = [f"{name}: {reason}" for name, reason in motion.unusable.items() if DOUBLED in reason]
        raise RecordingError(
            "unknown joint names" if missing else "joints.json names joints that are not in the file",
            file=file,
            where="joint names" if missing else f"joints.json: {join_first(absent, 10)}",
            found=join_first(motion.joints, _MAX_LISTED) + (f"; {join_first(doubled, 5)}" if doubled else ""),
            remedy=f"{remarks}Put a file joints.json beside library.csv; fill in what is empty (a list means "
            f"the midpoint of its joints) and check the rest: {template}",
        )
    return sources


def _match_skeleton(
    joints: Sources, joint_map: Mapping[str, Sources], mapped: Mapping[str, Sources], *, file: Path
) -> SkeletonMatch | None:
    """Find the known skeleton of the joints that ``joints.json`` leaves out."""
    matches = match_skeletons(joints, except_joints=joint_map)
    if len(matches) > 1:
        prefixes = {namespace(name) for names in mapped.values() for name in names}
        if len(prefixes) == 1:
            matches = [match for match in matches if match.prefix in prefixes]
    if len(matches) > 1:
        joint, names = next(iter(matches[0].sources.items()))
        raise _several_subjects([match.prefix for match in matches], joint, names[0], file=file)
    return matches[0] if matches else None


def _check_positions(
    wanted: Sequence[str], found: Mapping[str, Sources], motion: Motion, *, file: Path
) -> None:
    """Refuse a ``joints.json`` that names an angle, a force, or a name of several points."""
    names_by_reason: dict[str, list[str]] = {}
    for name in wanted:
        unusable = () if found[name] else find([name], list(motion.unusable))[name]
        word = quantity(name)
        if unusable or word:
            reason = motion.unusable[unusable[0]] if unusable else f"no position, the name says {word!r}"
            names_by_reason.setdefault(reason, []).append(name)
    if names_by_reason:
        remarks, template = propose_joint_map(motion)
        raise RecordingError(
            "joints.json names what has no position of its own",
            file=file,
            where="joints.json",
            found="; ".join(f"{join_first(names, 4)}: {reason}" for reason, names in names_by_reason.items()),
            remedy=f"{remarks}Name joints or markers instead; fill in what is empty here (a list means the "
            f"midpoint of its joints) and check the rest: {template}",
        )


def _check_one_subject(joint_map: Mapping[str, Sources], found: Mapping[str, Sources], *, file: Path) -> None:
    """Refuse names that were found without their prefix but belong to several subjects."""
    prefixes = {namespace(names[0]) for names in found.values() if names}
    for joint, wanted in joint_map.items():
        for name in wanted:
            names = found[name]
            if not names or name in names:
                continue
            if len(names) > 1:
                prefixes = {namespace(other) for other in names}
            if len(names) > 1 or len(prefixes) > 1:
                raise _several_subjects(sorted(prefixes), joint, names[0], file=file)


def _several_subjects(prefixes: Collection[str], joint: str, name: str, *, file: Path) -> RecordingError:
    return RecordingError(
        "the joints of several subjects",
        file=file,
        where="joint names",
        found=" and ".join(repr(prefix) if prefix else "names without a prefix" for prefix in prefixes),
        remedy="Export each subject to a file of its own, or name the joints of one of them in full in "
        f'joints.json, such as {{"{joint}": "{name}"}}.',
    )
