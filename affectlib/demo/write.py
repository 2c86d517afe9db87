"""The demo library on disk: recordings as the paper's library has them, and their true parameters."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict
from functools import partial
from pathlib import Path

import pandas as pd
from joblib import Parallel, delayed, parallel_config
from joblib.externals.loky import get_reusable_executor

from affectlib.demo.affects import LABELS, SOURCE
from affectlib.demo.people import draw_person, subject_code
from affectlib.demo.settings import DEMO_VERSION, Settings
from affectlib.demo.simulate import simulate_take
from affectlib.demo.truth import truth_rows
from affectlib.disk import writing
from affectlib.errors import LibraryError, ParameterError
from affectlib.recordings.formats.ptd import write_ptd

TAKES = (1, 2)

_ABBREVIATION = {"angry": "an", "happy": "ha", "neutral": "nu", "sad": "sa"}


def write_demo(
    folder: str | Path,
    *,
    subjects: int = 30,
    seed: int = 0,
    progress: Callable[[int, int, str], None] | None = None,
    workers: int = 2,
    settings: Settings | None = None,
) -> Path:
    """Write a library of simulated walks; on an error nothing is left.

    Parameters
    ----------
    folder : str or Path
        A new or empty folder.
    subjects : int
        Number of subjects, women and men alternating. A subject is the same in a library of any size.
    progress : callable, optional
        Called as ``progress(done, total, name)`` after each subject's takes, counting takes.
    workers : int
        Number of processes; the files do not depend on it.
    settings : Settings, optional
        Parameters of the simulation, such as shorter takes; ``library.json`` states them.

    Returns
    -------
    Path
        The folder, with ``<code>_pt/<code>_walk_<an|ha|nu|sa>_<1|2>_fin.ptd``, ``truth.csv`` (see
        `affectlib.demo.truth`) and ``library.json``.

    Raises
    ------
    ParameterError
        If the number of subjects or the seed is out of range.
    LibraryError
        If the folder is not empty.
    """
    folder = Path(folder).absolute()
    settings = settings or Settings()
    _check(folder, subjects=subjects, seed=seed)
    folder.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        with writing(folder):
            write = partial(_write_person, scratch, seed=seed, settings=settings)
            truth = _write_takes(write, subjects, progress=progress, workers=workers)
            truth.to_csv(scratch / "truth.csv", index=False, lineterminator="\n")
            description = _description(subjects, seed=seed, settings=settings)
            (scratch / "library.json").write_text(description, encoding="utf-8")
        scratch.chmod(0o755)
        if folder.exists():
            folder.rmdir()
        scratch.rename(folder)
    except BaseException:
        shutil.rmtree(scratch, ignore_errors=True)
        raise
    return folder


def _check(folder: Path, *, subjects: int, seed: int) -> None:
    if subjects < 1:
        raise ParameterError(
            "a library needs a simulated person",
            where="subjects",
            found=str(subjects),
            remedy="Choose 1 or more.",
        )
    if seed < 0:
        raise ParameterError(
            "negative seed", where="seed", found=str(seed), remedy="Choose a seed of 0 or more."
        )
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise LibraryError(
            "the demo library needs a folder of its own",
            file=folder,
            found="something is there already",
            remedy="Name a new or empty folder.",
        )


def _write_takes(
    write: Callable[[int], tuple[int, pd.DataFrame]],
    subjects: int,
    *,
    progress: Callable[[int, int, str], None] | None,
    workers: int,
) -> pd.DataFrame:
    per_person = len(LABELS) * len(TAKES)
    truths: dict[int, pd.DataFrame] = {}
    for number, truth in _in_processes(write, subjects, workers=min(workers, subjects)):
        truths[number] = truth
        if progress is not None:
            progress(len(truths) * per_person, subjects * per_person, subject_code(number))
    return pd.concat([truths[number] for number in range(subjects)], ignore_index=True)


def _in_processes(
    write: Callable[[int], tuple[int, pd.DataFrame]], subjects: int, *, workers: int
) -> Iterator[tuple[int, pd.DataFrame]]:
    if workers <= 1:
        yield from map(write, range(subjects))
        return
    # joblib's processes are not forked, which may hang where threads run, as in a notebook, and need no
    # guarded main module, which a user's script would have to have.
    with parallel_config("loky", inner_max_num_threads=1):
        pool = Parallel(workers, return_as="generator_unordered", batch_size=1)
        try:
            yield from pool(delayed(write)(number) for number in range(subjects))
        finally:
            # Idle processes would keep their memory for minutes.
            get_reusable_executor(reuse=True).shutdown(kill_workers=True)


def _write_person(folder: Path, number: int, *, seed: int, settings: Settings) -> tuple[int, pd.DataFrame]:
    """Write the takes of one person, and return the person's number and true parameters."""
    person = draw_person(number, seed=seed, settings=settings)
    takes = folder / f"{person.code}_pt"
    takes.mkdir()
    rows = []
    for label in LABELS:
        for take in TAKES:
            simulated = simulate_take(person, label, take, seed=seed, settings=settings)
            file = takes / f"{person.code}_walk_{_ABBREVIATION[label]}_{take}_fin.ptd"
            write_ptd(file, simulated.position)
            name = file.relative_to(folder).as_posix()
            rows.append(truth_rows(simulated, person=person, label=label, take=take, file=name))
    return number, pd.concat(rows, ignore_index=True)


def _description(subjects: int, *, seed: int, settings: Settings) -> str:
    people = [draw_person(number, seed=seed, settings=settings) for number in range(subjects)]
    description = {
        "simulated": True,
        "name": "demo (simulated)",
        "version": DEMO_VERSION,
        "seed": seed,
        "subjects": subjects,
        "rate_hz": settings.rate_hz,
        "effects": SOURCE,
        "genders": {person.code: person.gender for person in people},
        "parameters": asdict(settings),
    }
    return json.dumps(description, indent=2) + "\n"
