"""Jobs of an experiment in several processes, which pass their results on through the store."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from pathlib import Path

from joblib import Parallel, cpu_count, delayed, parallel_config
from joblib.externals.loky import get_reusable_executor

from affectlib.stages.experiment import Experiment, open_experiment
from affectlib.stages.progress import follow
from affectlib.stages.store import Store
from affectlib.study import Study

MOST_PROCESSES = 4
"""Each process has a copy of the cycles and of the libraries, about 600 MB."""

IDLE_S = 10
"""How long a process waits for the next stage of its notebook before it frees its memory."""

WORTH_IT_CYCLES = 20000
"""A process takes seconds to start: fewer cycles times jobs than this are done in the calling process."""


def notebooks_at_once() -> int:
    """Return how many notebooks a run executes at a time: 2, or 1 on a single processor."""
    # Each takes half a gigabyte, and one of them may have processes of its own.
    return min(2, cpu_count())


def side_by_side(
    experiment: Experiment,
    function: Callable[..., object],
    jobs: Sequence[tuple],
    *,
    what: str,
    weight: float = 1.0,
) -> None:
    """Run the jobs of an experiment, in several processes where that is faster.

    Results depend neither on the number of processes nor on the order in which jobs finish.

    Parameters
    ----------
    function : callable
        Module-level function, called as ``function(experiment, *job)``; leaves its result in the store.
    jobs : sequence of tuple
        Arguments of independent calls, the longest first for the shortest wait.
    what : str
        Description for the progress.
    weight : float
        Duration of a job relative to a shallow model on as many cycles.
    """
    processes = min(MOST_PROCESSES, cpu_count(), len(jobs))
    if weight * len(jobs) * len(experiment.labels) < WORTH_IT_CYCLES or processes < 2:
        _follow((_run(experiment, function, job) for job in jobs), len(jobs), what)
        return
    # Of several notebooks that run at the same time, one has the processors and the memory for itself.
    with experiment.store.alone("processes"), parallel_config("loky", inner_max_num_threads=1):
        pool = Parallel(processes, return_as="generator_unordered", batch_size=1, idle_worker_timeout=IDLE_S)
        study, root = experiment.study, experiment.store.root
        try:
            _follow(pool(delayed(_run_opened)(study, root, function, job) for job in jobs), len(jobs), what)
        except BaseException:
            # Otherwise the processes would continue with jobs whose results nobody waits for.
            get_reusable_executor(reuse=True).shutdown(kill_workers=True)
            raise


def _follow(finished: Iterable[str], total: int, what: str) -> None:
    with follow(what) as progress:
        for number, name in enumerate(finished):
            progress(number + 1, total, name)


def _run_opened(study: Study, root: Path, function: Callable[..., object], job: tuple) -> str:
    return _run(_opened(study, root), function, job)


@lru_cache(maxsize=1)
def _opened(study: Study, root: Path) -> Experiment:
    return open_experiment(study, store=Store(root))


def _run(experiment: Experiment, function: Callable[..., object], job: tuple) -> str:
    function(experiment, *job)
    return " ".join(map(str, job))
