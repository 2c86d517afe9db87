"""The autoencoder trained on simulated walkers, applied to recorded people: what its codes tell of them.

    OMP_NUM_THREADS=1 python benchmarks/autoencoder_across.py [--seeds 3] [--subjects 30]

Each seed writes a demo library, trains on all its cycles and encodes the first cycle of each take of
``paper_cycles`` below ``AFFECTLIB_TEST_DATA`` (one cycle in each of four affects). Series and codes of either
library are z-scored by themselves. Label: logistic regression on the codes of simulated walkers, macro F1
with a 95 % interval over people. Subject: the cycles of three affects are enrolled, the cycle of the fourth
is identified by the nearest code (rank 1), for each affect in turn. The rows "joint series" do the same
without an autoencoder: an SVM for the label, the nearest series for the subject.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from demo_transfer import read_cycles
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import pairwise_distances
from sklearn.preprocessing import StandardScaler

from affectlib.demo import write_demo
from affectlib.evaluation.cross_library import SVM, first_cycles, macro_f1, predict_across
from affectlib.models.baselines import as_vectors
from affectlib.models.scaling import as_series, fit_scaling
from affectlib.models.training import fit_autoencoder


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--subjects", type=int, default=30)
    options = parser.parse_args()
    default = Path(__file__).parents[2] / "shared" / "data"
    recorded = first_cycles(
        read_cycles(Path(os.environ.get("AFFECTLIB_TEST_DATA", default)) / "paper_cycles")
    )
    people, label = (recorded[name].values.astype(str) for name in ("subject", "label"))
    print(f"{len(set(people))} people, {len(label)} cycles; chance of a subject {1 / len(set(people)):.3f}")
    for seed in range(options.seeds):
        with tempfile.TemporaryDirectory() as scratch:
            demo = read_cycles(write_demo(Path(scratch) / "demo", subjects=options.subjects, seed=seed))
        simulated = demo["position"].values
        names = [demo[name].values.astype(str) for name in ("subject", "label", "recording")]
        fitted = fit_autoencoder(simulated, *names[:2], groups=names[2], seed=seed)
        x = recorded["position"].values
        scaling = fit_scaling(as_series(x), n_phases=len(fitted.scaling.mean_m))
        applied = replace(fitted, scaling=scaling)
        pairs = {
            "affect code": (fitted.affect_code(simulated), applied.affect_code(x)),
            "subject code": (fitted.subject_code(simulated), applied.subject_code(x)),
        }
        across = predict_across(demo, recorded)
        across = across[across["model"] == SVM]
        rows = [("joint series", macro_f1(across), rank_one(as_vectors(x), people, label))]
        for name, (of_demo, of_people) in pairs.items():
            train, test = (StandardScaler().fit_transform(codes) for codes in (of_demo, of_people))
            predicted = LogisticRegression(max_iter=3000).fit(train, names[1]).predict(test)
            frame = pd.DataFrame({"subject": people, "true": label, "predicted": predicted})
            rows.append((name, macro_f1(frame), rank_one(of_people, people, label)))
        for name, f1, rate in rows:
            print(
                f"seed {seed} {name:<13} label F1 {f1['macro_f1']:.3f} [{f1['low']:.3f}, {f1['high']:.3f}]"
                f"  subject {rate:.3f}",
                flush=True,
            )


def rank_one(x: np.ndarray, subject: np.ndarray, label: np.ndarray) -> float:
    """Identification rate of single cycles by the nearest one in another affect, x of shape (cycles, ...)."""
    distance = pairwise_distances(StandardScaler().fit_transform(x))
    distance[label[:, None] == label] = np.inf
    return float(np.mean(subject[distance.argmin(axis=1)] == subject))


if __name__ == "__main__":
    main()
