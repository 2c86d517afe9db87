"""How far the quick profile's predictions depend on the processor's instruction set.

    python benchmarks/agreement_of_instruction_sets.py [--seed 0] [--only SSE,AVX2] [--out TABLE.csv]

Each setting has a process and a cache of its own, in which the demo library is written and cut into cycles,
and every model and probe predicts. Instruction sets of this processor are disabled by environment variables
of torch, oneDNN, MKL, OpenBLAS and numpy, as on an older processor, and by one that keeps
`affectlib.instructions` from changing these. The table compares each setting with the processor as it is:
share of equal predictions, largest difference of a score (macro F1 and accuracy of a fold), and whether the
library and the gait cycles are equal byte for byte. All settings take half an hour on two cores.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pandas as pd

from affectlib import instructions, stages
from affectlib.evaluation.predictions import KEYS
from affectlib.evaluation.scores import score
from affectlib.stages.frames import read_frame
from affectlib.study import Study

SPLITS = ("cycles", "takes", "subjects")

SSE = {
    "ATEN_CPU_CAPABILITY": "default",
    "ONEDNN_MAX_CPU_ISA": "SSE41",
    "MKL_CBWR": "COMPATIBLE",
    "OPENBLAS_CORETYPE": "Nehalem",
    "NPY_DISABLE_CPU_FEATURES": "X86_V3",
}
AVX = SSE | {"ONEDNN_MAX_CPU_ISA": "AVX", "OPENBLAS_CORETYPE": "Sandybridge"}
AS_SET = {instructions.VARIABLE: "any"}

SETTINGS: dict[str, dict[str, str]] = {
    "as it is": {},
    "held to AVX2 although SSE is set": SSE,
    "SSE": SSE | AS_SET,
    "AVX": AVX | AS_SET,
    "AVX2": dict(instructions.AVX2) | AS_SET,
    "SSE in torch alone": {"ATEN_CPU_CAPABILITY": "default"} | AS_SET,
    "SSE in oneDNN alone": {"ONEDNN_MAX_CPU_ISA": "SSE41"} | AS_SET,
    "SSE in BLAS alone": {"OPENBLAS_CORETYPE": "Nehalem"} | AS_SET,
    "SSE in numpy alone": {"NPY_DISABLE_CPU_FEATURES": "X86_V3"} | AS_SET,
    "two threads": {"OPENBLAS_NUM_THREADS": "2", "OMP_NUM_THREADS": "2", "MKL_NUM_THREADS": "2"},
}
"""Environment variables by setting. The last is no instruction set, but also changes the order of sums."""


def main() -> None:
    """Compare the settings and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--subjects", type=int, help="subjects of the demo library (default: the profile's)")
    parser.add_argument("--only", default="", help="settings besides 'as it is', separated by commas")
    parser.add_argument("--out", type=Path, help="write the table as CSV")
    parser.add_argument("--into", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.into:
        predict_all(options.into, options)
        return
    only = [name.strip() for name in options.only.split(",") if name.strip()]
    chosen = {name: SETTINGS[name] for name in SETTINGS if not only or name in (*only, "as it is")}
    with tempfile.TemporaryDirectory() as scratch:
        folders = {name: Path(scratch) / name.replace(" ", "_") for name in chosen}
        for name, variables in chosen.items():
            predict_elsewhere(folders[name], variables)
        table = pd.concat(
            [compared(folders["as it is"], folders[name]).assign(setting=name) for name in list(chosen)[1:]]
        )
    table = table[["setting", *table.columns.drop("setting")]]
    print(table.to_string(index=False))
    if options.out:
        table.to_csv(options.out, index=False)


def predict_elsewhere(folder: Path, variables: dict[str, str]) -> None:
    """Predict in a process with other environment variables."""
    folder.mkdir()
    one_thread = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    environment = os.environ | one_thread | variables | {"AFFECTLIB_CACHE": str(folder / "cache")}
    subprocess.run(
        [sys.executable, __file__, *sys.argv[1:], "--into", str(folder)], env=environment, check=True
    )


def predict_all(folder: Path, options: argparse.Namespace) -> None:
    """Write predictions and digests of one setting."""
    study = Study(profile="quick", seed=options.seed, demo_subjects=options.subjects)
    experiment = stages.open_experiment(study)
    predictions = [stages.predict_labels(experiment, SPLITS), stages.predict_subjects(experiment, SPLITS)]
    pd.concat(predictions).to_csv(folder / "predictions.csv", index=False)
    library = sorted(path for path in stages.library_folder(study).rglob("*") if path.is_file())
    (folder / "digests.csv").write_text(
        "what,digest\n"
        f"library,{hashlib.sha256(b''.join(path.read_bytes() for path in library)).hexdigest()}\n"
        f"cycles,{hashlib.sha256(experiment.cycles['position'].values.tobytes()).hexdigest()}\n"
    )


def compared(usual: Path, other: Path) -> pd.DataFrame:
    """Compare two settings: one row per split, task, features and model, and one for all of them."""
    first, second = (read_frame(folder / "predictions.csv") for folder in (usual, other))
    both = first.merge(second, on=[*KEYS, "cycle"], suffixes=("", "_other"))
    both["equal"] = both["predicted"] == both["predicted_other"]
    what = ["split", "task", "features", "model"]
    grouped = both.groupby(what)["equal"]
    table = pd.DataFrame({"predictions": grouped.size(), "equal_percent": 100 * grouped.mean()})
    table["largest_difference_of_score"] = differences(first, second).groupby(what).max()
    whole = pd.DataFrame(
        {
            **dict.fromkeys(what, "all"),
            "predictions": [len(both)],
            "equal_percent": [100 * both["equal"].mean()],
            "largest_difference_of_score": [table["largest_difference_of_score"].max()],
        }
    )
    digests = [pd.read_csv(folder / "digests.csv", index_col="what")["digest"] for folder in (usual, other)]
    equal = digests[0] == digests[1]
    table = pd.concat([table.reset_index(), whole], ignore_index=True).round(3)
    return table.assign(**{f"{name}_equal": bool(value) for name, value in equal.items()})


def differences(first: pd.DataFrame, second: pd.DataFrame) -> pd.Series:
    """Return absolute differences of the scores of single folds, in percentage points."""
    keys = [*KEYS, "metric", "label"]
    values = [score(predictions).set_index(keys)["value"] for predictions in (first, second)]
    overall = (values[0] - values[1]).abs().mul(100).reset_index()
    return overall[overall["metric"].isin(("accuracy", "macro_f1"))].set_index(
        ["split", "task", "features", "model"]
    )["value"]


if __name__ == "__main__":
    main()
