"""How long the demo library takes from files to gait cycles, and how right the strides are.

    OMP_NUM_THREADS=1 python benchmarks/cycles_of_demo.py [--subjects 30] [--folder DIR] [--workers 2]

Prints seconds for reading, cutting and saving, the same as multiples of one plain pass of
`numpy.loadtxt` over a tenth of the files (scaled up), the peak memory of the process, and recall, precision
and jitter of the stride boundaries against the library's truth. The library is written to a
temporary folder unless one is named.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from pathlib import Path

import numpy as np

from affectlib import stages
from affectlib.demo import write_demo
from affectlib.gait import Preprocessing, collect, save_cycles, segment_all
from affectlib.recordings import fingerprint, open_library, read_recordings
from affectlib.study import Study


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--subjects", type=int, default=30)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.folder or write_demo(Path(scratch) / "demo", subjects=options.subjects)
        seconds = measure(folder, Path(scratch) / "cycles.nc", workers=options.workers)
        for name, value in (seconds | {"in all": sum(seconds.values())}).items():
            print(f"{name:>12} {value:7.2f} s {value / plain_pass_s(folder):7.2f} plain passes")
        print(f"{'memory':>12} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:7.0f} MB at most")
        accuracy = stages.stride_accuracy(Study(library=str(folder)), store=stages.Store(Path(scratch)))
        print(accuracy.table().to_string(index=False))


def measure(folder: Path, out: Path, *, workers: int) -> dict[str, float]:
    """Seconds of each step from files to a Cycles file."""
    moments = [time.perf_counter()]
    library = open_library(folder)
    digest = fingerprint(library)
    moments.append(time.perf_counter())
    recordings = read_recordings(library, workers=workers).recordings
    moments.append(time.perf_counter())
    preprocessing = Preprocessing()
    segmented = segment_all(recordings, preprocessing=preprocessing, workers=workers)
    moments.append(time.perf_counter())
    cycles = collect(
        segmented,
        preprocessing=preprocessing,
        library_name=library.name,
        simulated=library.simulated,
        library_fingerprint=digest,
    )
    save_cycles(cycles, out)
    moments.append(time.perf_counter())
    print(f"{len(library.takes)} takes, {cycles.sizes['cycle']} cycles")
    return dict(zip(("fingerprint", "reading", "cutting", "saving"), np.diff(moments).tolist(), strict=True))


def plain_pass_s(folder: Path) -> float:
    """Seconds that numpy's own reader would need for all files, from every tenth."""
    files = sorted(folder.rglob("*.ptd"))
    begun = time.perf_counter()
    for file in files[::10]:
        np.loadtxt(file, skiprows=1)
    return (time.perf_counter() - begun) * len(files) / len(files[::10])


if __name__ == "__main__":
    main()
