"""From a library to recordings, with all problems in one go."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from affectlib.errors import AffectlibError, LibraryError, LibraryWarning
from affectlib.recordings.library import Library, Take
from affectlib.recordings.listing import count_problems, list_problems
from affectlib.recordings.recording import Recording
from affectlib.recordings.takes import read_take
from affectlib.threads import one_blas_thread

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What came of reading a library.

    Parameters
    ----------
    recordings : tuple of Recording
        Usable stretches, in the order of the takes.
    problems : tuple of AffectlibError
        What was wrong, layout first.
    left_out : tuple of str
        Takes and files that were left out although nothing is wrong with them, with the reason.
    warnings : tuple of LibraryWarning
        What makes takes doubtful although they are usable, in the order of the takes.
    notes : tuple of str
        What a person should know besides, of the layout first; a note that several takes share
        stands once, with their names.
    """

    recordings: tuple[Recording, ...]
    problems: tuple[AffectlibError, ...] = ()
    left_out: tuple[str, ...] = ()
    warnings: tuple[LibraryWarning, ...] = ()
    notes: tuple[str, ...] = ()


def read_recordings(
    library: Library,
    *,
    skip_bad: bool = False,
    progress: Progress | None = None,
    workers: int = 2,
) -> Reading:
    """Read all takes of a library.

    Parameters
    ----------
    library : Library
        An opened library.
    skip_bad : bool
        Go on without what is broken. By default anything broken is an error: a study should
        not silently rest on fewer takes than its library has.
    progress : callable, optional
        Called as ``progress(done, total, name)`` after each take, in order.
    workers : int
        Threads that read. More than the processors only costs memory.

    Returns
    -------
    Reading
        Recordings, problems, and what was left out.

    Raises
    ------
    LibraryError
        If anything is wrong and `skip_bad` is false, listing all of it at once; in any case
        if no recording is left.
    """
    reading = read_all(library, progress=progress, workers=workers)
    if reading.problems and not skip_bad:
        raise LibraryError(
            f"{count_problems(reading.problems)} in the library:\n" + list_problems(reading.problems),
            file=library.root,
            remedy="\nMend them, or skip the takes concerned (--skip-bad).",
        )
    if not reading.recordings:
        raise LibraryError(
            "no usable take",
            file=library.root,
            found=f"{len(reading.problems)} problems, {len(reading.left_out)} left out",
            remedy="`affectlib check` lists what is there and what is wrong.",
        )
    return reading


def read_all(library: Library, *, progress: Progress | None = None, workers: int = 2) -> Reading:
    """Read what can be read, and raise nothing.

    Parameters
    ----------
    library : Library
        An opened library.
    progress : callable, optional
        Called as ``progress(done, total, name)`` after each take, in order.
    workers : int
        Threads that read.

    Returns
    -------
    Reading
        Recordings, which may be none, and all problems.
    """
    recordings: list[Recording] = []
    problems = list(library.problems)
    left_out = list(library.left_out)
    warnings: list[LibraryWarning] = []
    notes: dict[str, list[str]] = {}
    joint_map = dict(library.joint_map)
    with one_blas_thread(), ThreadPoolExecutor(max(workers, 1)) as pool:
        outcomes = pool.map(lambda take: _attempt(take, joint_map), library.takes)
        for done, (take, outcome) in enumerate(zip(library.takes, outcomes, strict=True), start=1):
            if isinstance(outcome, AffectlibError):
                problems.append(outcome)
            elif isinstance(outcome, str):
                left_out.append(outcome)
            else:
                recordings += outcome
                warnings += outcome[0].repairs.warnings
                for note in outcome[0].repairs.notes:
                    notes.setdefault(note, []).append(take.name)
            if progress is not None:
                progress(done, len(library.takes), take.name)
    return Reading(
        recordings=tuple(recordings),
        problems=tuple(problems),
        left_out=tuple(left_out),
        warnings=tuple(warnings),
        notes=(*library.notes, *(f"{_names(takes)}: {note}" for note, takes in notes.items())),
    )


def _names(takes: Sequence[str]) -> str:
    shown = ", ".join(takes[:3])
    return f"{shown}, ... ({len(takes)} takes)" if len(takes) > 3 else shown


def _attempt(take: Take, joint_map: Mapping[str, tuple[str, ...]]) -> list[Recording] | str | AffectlibError:
    try:
        return read_take(take, joint_map=joint_map)
    except AffectlibError as error:
        return error
