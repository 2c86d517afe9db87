"""The autoencoder on recorded people, take-disjoint: labels from the affect code, subjects from both codes.

    OMP_NUM_THREADS=1 python benchmarks/autoencoder_on_real_walks.py [--library DIR] [--seeds 5]
        [--split takes] [--folds 5] [--workers 2] [-p affect_size=16 ...] [--only-fold N] [--without p10]

Each seed has other folds. Raw is SVM-xyz; the codes are classified by the same SVM, tuned in the same way,
and the label also by the small CNN (AE-xyz). F1 is the macro average over labels of all test cycles of a
seed, identification the accuracy over test cycles. The default library is ``kinect_walks`` below
``AFFECTLIB_TEST_DATA`` (``../shared/data``). ``-p`` sets any parameter of the architecture, the losses or
the schedule. ``--only-fold N`` uses the training cycles of fold N of seed 0 as the library: parameters can
be selected there without its test cycles. ``--without`` excludes subjects. Copies stay on one side of
every split; in ``kinect_walks`` the files of p10 are those of p04, byte for byte, and one of the two has
to be excluded before subjects are identified.
"""

from __future__ import annotations

import argparse
import ast
import os
import time
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import fields, replace
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import f1_score

from affectlib.evaluation.copies import find_copies
from affectlib.evaluation.splits import Fold, make_folds
from affectlib.gait import make_cycles
from affectlib.models.baselines import fit_baseline
from affectlib.models.cnn import fit_cnn
from affectlib.models.fitted import FittedAutoencoder
from affectlib.models.scaling import as_series
from affectlib.models.training import AutoencoderSettings, fit_autoencoder
from affectlib.recordings import fingerprint, open_library, read_recordings

DATA = Path(os.environ.get("AFFECTLIB_TEST_DATA", Path(__file__).parents[2] / "shared" / "data"))
ROWS = ["subject", "label", "take"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--library", type=Path, default=DATA / "kinect_walks")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--split", default="takes")
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--only-fold", type=int)
    parser.add_argument("--without", action="append", default=[], metavar="SUBJECT")
    parser.add_argument("-p", action="append", default=[], metavar="NAME=VALUE")
    options = parser.parse_args()
    x, rows = load(options.library)
    included = ~rows["subject"].isin(options.without).to_numpy()
    x, rows = x[included], rows[included].reset_index(drop=True)
    folds_of = partial(make_folds, split=options.split, n_folds=options.folds)
    if options.only_fold is not None:
        train = folds_of(rows, copies=find_copies(x))[options.only_fold].train
        x, rows = x[train], rows.iloc[train].reset_index(drop=True)
    settings = settings_of(
        {name: ast.literal_eval(value) for name, value in (p.split("=") for p in options.p)}
    )
    print(settings)
    copies = find_copies(x)
    jobs = [
        (seed, fold) for seed in range(options.seeds) for fold in folds_of(rows, seed=seed, copies=copies)
    ]
    with ProcessPoolExecutor(options.workers) as pool:
        predictions = pd.concat(pool.map(partial(one_fold, x, rows, settings), jobs), ignore_index=True)
    table = pd.DataFrame([scores(of_seed) | {"seed": seed} for seed, of_seed in predictions.groupby("seed")])
    table = table.set_index("seed")
    print(table.round(3).to_string())
    print("mean", table.mean().round(3).to_dict())


def load(folder: Path) -> tuple[np.ndarray, pd.DataFrame]:
    """Return the positions of all cycles of a library, and their subjects, labels and takes."""
    library = open_library(folder)
    cycles = make_cycles(
        read_recordings(library, skip_bad=True).recordings,
        library_name=library.name,
        simulated=library.simulated,
        library_fingerprint=fingerprint(library),
    )
    return cycles["position"].values, pd.DataFrame({name: cycles[name].values for name in ROWS})


def settings_of(parameters: Mapping[str, object]) -> AutoencoderSettings:
    """Return the default settings with some parameters of architecture, losses or schedule replaced."""

    def changed(group: object) -> object:
        names = [field.name for field in fields(group)]
        return replace(group, **{name: parameters[name] for name in names if name in parameters})

    defaults = AutoencoderSettings()
    names = [field.name for field in fields(defaults)]
    return AutoencoderSettings(**{name: changed(getattr(defaults, name)) for name in names})


def one_fold(
    x: np.ndarray, rows: pd.DataFrame, settings: AutoencoderSettings, job: tuple[int, Fold]
) -> pd.DataFrame:
    """Return the predictions for the test cycles of one fold, one column per model and target."""
    seed, fold = job
    subject, label = (rows[name].to_numpy() for name in ("subject", "label"))
    start, start_cpu = time.perf_counter(), time.process_time()
    fitted = fit_autoencoder(
        x[fold.train],
        subject[fold.train],
        label[fold.train],
        groups=fold.inner_groups,
        settings=settings,
        seed=seed,
    )
    seconds, cpu_s = time.perf_counter() - start, time.process_time() - start_cpu
    svm = partial(svm_predictions, fold=fold, seed=seed)
    affect_code, subject_code = fitted.affect_code(x), fitted.subject_code(x)
    head = fit_cnn(affect_code[fold.train], label[fold.train], groups=fold.inner_groups, seed=seed)
    return pd.DataFrame(
        {
            "seed": seed,
            "subject": subject[fold.test],
            "label": label[fold.test],
            "label_raw": svm(x, label),
            "label_E_A": svm(affect_code, label),
            "label_AE_xyz": head.predict(affect_code[fold.test]),
            "subject_raw": svm(x, subject),
            "subject_E_A": svm(affect_code, subject),
            "subject_E_S": svm(subject_code, subject),
            "error_mm": error_mm(fitted, x[fold.test]),
            "epochs": len(fitted.history),
            "fit_s": seconds,
            "fit_cpu_s": cpu_s,
        }
    )


def svm_predictions(inputs: np.ndarray, target: np.ndarray, *, fold: Fold, seed: int) -> np.ndarray:
    """Train the tuned SVM on a fold's training cycles and predict its test cycles."""
    fitted = fit_baseline(
        "SVM-xyz", inputs[fold.train], target[fold.train], groups=fold.inner_groups, seed=seed
    )
    return fitted.predict(inputs[fold.test])


def error_mm(fitted: FittedAutoencoder, x: np.ndarray) -> np.ndarray:
    """Return the mean distance of reconstructed from recorded joints, one value per cycle."""
    error = fitted.reconstruct(x) - as_series(x).reshape(*x.shape[:2], 15, 3)
    return 1000 * np.linalg.norm(error, axis=-1).mean(axis=(1, 2))


def scores(predictions: pd.DataFrame) -> dict[str, float]:
    """Return the scores of one seed."""
    labels = {
        name: f1_score(predictions["label"], predictions[name], average="macro")
        for name in ("label_raw", "label_E_A", "label_AE_xyz")
    }
    subjects = {
        name: float((predictions[name] == predictions["subject"]).mean())
        for name in ("subject_raw", "subject_E_A", "subject_E_S")
    }
    means = {name: float(predictions[name].mean()) for name in ("error_mm", "epochs", "fit_s", "fit_cpu_s")}
    return labels | subjects | means


if __name__ == "__main__":
    main()
