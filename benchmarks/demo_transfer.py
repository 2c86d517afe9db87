"""What the demo library is worth for recorded people: train on simulated walkers, test on the paper's own.

    python benchmarks/demo_transfer.py [--seeds 3] [--subjects 30] [--libraries DIR ...]

Trains on demo libraries (or the folders named) and tests on the people of ``paper_cycles`` in the folder that
``AFFECTLIB_TEST_DATA`` names: on the first cycle of each take, since a take is one cycle four times over.
Every third of the people by name took no part in the calibration of the demo library; they are scored alone,
too. Intervals are 95 % over people. The reference is trained on the other recorded people, leaving one out.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

from affectlib.demo import write_demo
from affectlib.evaluation.cross_library import first_cycles, leave_one_subject_out, macro_f1, predict_across
from affectlib.gait import make_cycles
from affectlib.recordings import open_library, read_recordings

HELD_OUT_STEP = 3  # the third, sixth, ... of the people by name


def read_cycles(folder: Path) -> xr.Dataset:
    library = open_library(folder)
    recordings = read_recordings(library, workers=1).recordings
    return make_cycles(
        recordings, library_name=library.name, simulated=False, library_fingerprint="", workers=1
    )


def score(predictions: pd.DataFrame, trained_on: str) -> pd.DataFrame:
    """Return one row a model and group of people."""
    names = np.unique(predictions["subject"])
    held_out = names[HELD_OUT_STEP - 1 :: HELD_OUT_STEP]
    groups = {"all": names, "calibration": np.setdiff1d(names, held_out), "held out": held_out}
    rows = []
    for (model, features), frame in predictions.groupby(["model", "features"]):
        for group, people in groups.items():
            scores = macro_f1(frame[frame["subject"].isin(people)])
            rows.append(
                {
                    "trained on": trained_on,
                    "model": model,
                    "features": features,
                    "people": group,
                    "n": len(people),
                    **scores,
                }
            )
    return pd.DataFrame(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--subjects", type=int, default=30)
    parser.add_argument("--libraries", type=Path, nargs="*", default=[])
    options = parser.parse_args()
    default = Path(__file__).parents[2] / "shared" / "data"
    people = Path(os.environ.get("AFFECTLIB_TEST_DATA", default)) / "paper_cycles"
    recorded = first_cycles(read_cycles(people))
    tables = [score(leave_one_subject_out(recorded), "other recorded people")]
    print(tables[0].round(3).to_string(index=False), flush=True)
    with tempfile.TemporaryDirectory() as scratch:
        folders = options.libraries or (
            write_demo(Path(scratch) / f"demo, seed {seed}", subjects=options.subjects, seed=seed)
            for seed in range(options.seeds)
        )
        for folder in folders:
            tables.append(score(predict_across(read_cycles(folder), recorded), folder.name))
            print(tables[-1].round(3).to_string(index=False, header=False), flush=True)
    simulated = pd.concat(tables[1:]).groupby(["model", "features", "people"])["macro_f1"]
    print(simulated.agg(["mean", "min", "max"]).round(3).to_string())


if __name__ == "__main__":
    main()
