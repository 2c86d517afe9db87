"""Folds beside each other: one process a core, each leaving what it makes in the store."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from joblib import Parallel, cpu_count, delayed, parallel_config
from joblib.externals.loky import get_reusable_executor

from affectlib.stages.progress import follow
from affectlib.stages.store import Store
from affectlib.study import Study

if TYPE_CHECKING:
    from affectlib.stages.experiment import Experiment

MOST_PROCESSES = 4
"""Each has its own copy of the cycles and of the libraries, some 600 MB."""

IDLE_S = 10
"""How long a process waits for the next stage of its notebook before it gives its memory back."""

WORTH_IT_CYCLES = 20000
"""A process needs seconds to start: fewer cycles times jobs than this are done in this one."""


def notebooks_at_once() -> int:
    """Choose how many notebooks of a run work beside each other.

    Returns
    -------
    int
        2, or 1 where there is one processor: each takes half a gigabyte, and one of them may have
        processes of its own.
    """
    return min(2, cpu_count())


def side_by_side(
    experiment: Experiment,
    do: Callable[..., object],
    jobs: Sequence[tuple],
    *,
    what: str,
    weight: float = 1.0,
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
    weight : float
        How long a job takes, compared to a shallow model on as many cycles.
    """
    processes = min(MOST_PROCESSES, cpu_count(), len(jobs))
    if weight * len(jobs) * len(experiment.labels) < WORTH_IT_CYCLES or processes < 2:
        _follow((_done(experiment, do, job) for job in jobs), len(jobs), what)
        return
    # Of several notebooks that run at a time one has the processors, and the memory, for itself.
    with experiment.store.alone("processes"), parallel_config("loky", inner_max_num_threads=1):
        pool = Parallel(processes, return_as="generator_unordered", batch_size=1, idle_worker_timeout=IDLE_S)
        study, root = experiment.study, experiment.store.root
        try:
            _follow(pool(delayed(_elsewhere)(study, root, do, job) for job in jobs), len(jobs), what)
        except BaseException:
            # They would go on with what nobody waits for.
            get_reusable_executor(reuse=True).shutdown(kill_workers=True)
            raise


def _follow(done: Iterable[str], total: int, what: str) -> None:
    with follow(what) as progress:
        for number, name in enumerate(done):
            progress(number + 1, total, name)


def _elsewhere(study: Study, root: Path, do: Callable[..., object], job: tuple) -> str:
    return _done(_opened(study, root), do, job)


@lru_cache(maxsize=1)
def _opened(study: Study, root: Path) -> Experiment:
    from affectlib.stages.experiment import open_experiment

    return open_experiment(study, store=Store(root))


def _done(experiment: Experiment, do: Callable[..., object], job: tuple) -> str:
    do(experiment, *job)
    return " ".join(part if isinstance(part, str) else repr(part) for part in job)
