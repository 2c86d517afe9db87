"""How much processor time `affectlib cycles` uses as a user calls it, against one thread.

    python benchmarks/threads_of_cycles.py [--subjects 30] [--folder DIR] [--command cycles] [--rounds 2]

Numerical libraries start one thread a core unless told otherwise, and threads that wait for each other
use processor time as if they worked. Each round runs the command twice, with the environment as a user has
it and with one thread for everything, each with a cache of its own. The last line is the ratio of both,
least of the rounds; other work on the machine raises it.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from affectlib.demo import write_demo

VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--subjects", type=int, default=30)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--command", choices=("cycles", "check"), default="cycles")
    parser.add_argument("--rounds", type=int, default=2)
    options = parser.parse_args()
    as_called = {name: value for name, value in os.environ.items() if name not in VARIABLES}
    one_thread = as_called | dict.fromkeys(VARIABLES, "1")
    ratios = []
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.folder or write_demo(Path(scratch) / "demo", subjects=options.subjects)
        for _ in range(options.rounds):
            usual, least = (cpu_s(options.command, folder, each) for each in (as_called, one_thread))
            ratios.append(usual / least)
            print(f"{usual:7.2f} s of CPU as called {least:7.2f} s with one thread {ratios[-1]:6.2f} times")
    print(f"affectlib {options.command}: {min(ratios):.2f} times the CPU time of one thread")


def cpu_s(command: str, folder: Path, environment: dict[str, str]) -> float:
    """Seconds of processor time of one call, its start included."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with tempfile.TemporaryDirectory() as scratch:
        more = [str(Path(scratch) / "cycles.nc")] if command == "cycles" else []
        subprocess.run(
            [sys.executable, "-m", "affectlib", command, str(folder), *more],
            env=environment | {"AFFECTLIB_CACHE": str(Path(scratch) / "cache"), "TQDM_DISABLE": "1"},
            check=True,
            stdout=subprocess.DEVNULL,
        )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    main()
