"""Folds beside each other: one process a core, each leaving what it makes in the store."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from joblib import Parallel, cpu_count, delayed, parallel_config

from affectlib.stages.progress import follow
from affectlib.stages.store import Store
from affectlib.study import Study

if TYPE_CHECKING:
    from affectlib.stages.experiment import Experiment

MOST_PROCESSES = 4
"""Each has its own copy of the cycles and of the libraries, some 600 MB."""

WORTH_IT_CYCLES = 8000
"""A process needs seconds to start: fewer cycles times jobs than this are done in this one."""


def side_by_side(
    experiment: Experiment, do: Callable[..., object], jobs: Sequence[tuple], *, what: str
) -> None:
    """Do the jobs of an experiment, in several processes where that is faster.

    What they make depends neither on the number of processes nor on who is first.

    Parameters
    ----------
    experiment : Experiment
        The experiment; other processes open it anew, from the same store.
    do : callable
        Function of a module, called as ``do(experiment, *job)``; leaves what it makes in the store.
    jobs : sequence of tuple
        Independent of each other, the longest first for the shortest wait.
    what : str
        What is being done, for the progress.
    """
    processes = min(MOST_PROCESSES, cpu_count(), len(jobs))
    if len(jobs) * len(experiment.labels) < WORTH_IT_CYCLES or processes < 2:
        done = (_done(experiment, do, job) for job in jobs)
    else:
        study, root = experiment.study, experiment.store.root
        with parallel_config("loky", inner_max_num_threads=1):
            pool = Parallel(processes, return_as="generator_unordered", batch_size=1)
            done = pool(delayed(_elsewhere)(study, root, do, job) for job in jobs)
    with follow(what) as progress:
        for number, name in enumerate(done):
            progress(number + 1, len(jobs), name)


def _elsewhere(study: Study, root: Path, do: Callable[..., object], job: tuple) -> str:
    return _done(_opened(study, root), do, job)


@lru_cache(maxsize=1)
def _opened(study: Study, root: Path) -> Experiment:
    from affectlib.stages.experiment import open_experiment

    return open_experiment(study, store=Store(root))


def _done(experiment: Experiment, do: Callable[..., object], job: tuple) -> str:
    do(experiment, *job)
    return " ".join(part if isinstance(part, str) else repr(part) for part in job)
