"""Reading of a whole library, with all its problems at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from affectlib.errors import AffectlibError, LibraryError, LibraryWarning
from affectlib.recordings.findings import Findings
from affectlib.recordings.library import Library, Take
from affectlib.recordings.recording import Recording
from affectlib.recordings.takes import read_take
from affectlib.threads import one_blas_thread

Progress = Callable[[int, int, str], None]
_MAX_LISTED = 3


@dataclass(frozen=True, kw_only=True)
class Reading:
    """The recordings of a library in the order of its takes, and what was found while they were read."""

    recordings: tuple[Recording, ...]
    findings: Findings


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
    skip_bad : bool
        Continue without broken takes. By default they are an error: a study should not silently rest on
        fewer takes than its library has.
    progress : callable, optional
        Called as ``progress(done, total, name)`` after each take, in order.
    workers : int
        Number of threads. More than there are processors only cost memory.

    Raises
    ------
    LibraryError
        If anything is wrong and `skip_bad` is false, with a list of all problems; in any case
        if no recording is left.
    """
    reading = read_all(library, progress=progress, workers=workers)
    findings = reading.findings
    if findings.problems and not skip_bad:
        raise findings.to_error(library.root)
    if not reading.recordings:
        raise LibraryError(
            "no usable take",
            file=library.root,
            found=f"{len(findings.problems)} problems, {len(findings.left_out)} left out",
            remedy="`affectlib check` lists what is there and what is wrong.",
        )
    return reading


def read_all(library: Library, *, progress: Progress | None = None, workers: int = 2) -> Reading:
    """Read all takes of a library, but return problems instead of raising them (see `read_recordings`)."""
    recordings: list[Recording] = []
    problems = list(library.problems)
    left_out = list(library.left_out)
    warnings: list[LibraryWarning] = []
    takes_by_note: dict[str, list[str]] = {}
    joint_map = dict(library.joint_map)
    with one_blas_thread(), ThreadPoolExecutor(max(workers, 1)) as pool:
        outcomes = pool.map(lambda take: _try_to_read(take, joint_map), library.takes)
        for done, (take, outcome) in enumerate(zip(library.takes, outcomes, strict=True), start=1):
            if isinstance(outcome, AffectlibError):
                problems.append(outcome)
            elif isinstance(outcome, str):
                left_out.append(outcome)
            else:
                recordings += outcome
                warnings += outcome[0].repairs.warnings
                for note in outcome[0].repairs.notes:
                    takes_by_note.setdefault(note, []).append(take.name)
            if progress is not None:
                progress(done, len(library.takes), take.name)
    findings = Findings(
        problems=tuple(problems),
        warnings=tuple(warnings),
        left_out=tuple(left_out),
        notes=(*library.notes, *(f"{_first_names(takes)}: {note}" for note, takes in takes_by_note.items())),
    )
    return Reading(recordings=tuple(recordings), findings=findings)


def _first_names(takes: Sequence[str]) -> str:
    names = ", ".join(takes[:_MAX_LISTED])
    return f"{names}, ... ({len(takes)} takes)" if len(takes) > _MAX_LISTED else names


def _try_to_read(
    take: Take, joint_map: Mapping[str, tuple[str, ...]]
) -> list[Recording] | str | AffectlibError:
    """Return the recordings of a take, the reason why it is left out, or its error."""
    try:
        return read_take(take, joint_map=joint_map)
    except AffectlibError as error:
        return error
