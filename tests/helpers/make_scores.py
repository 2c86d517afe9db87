"""Compute the scores of a library into a file, as a process of its own that a test can kill.

python tests/make_scores.py LIBRARY SCORES.csv
"""

from __future__ import annotations

import sys

import pandas as pd
from small_world import cnn_settings, settings

from affectlib.evaluation.scores import score, write_scores
from affectlib.stages import experiment, open_experiment, predict_labels, predict_subjects, side_by_side
from affectlib.study import Study


def main(library: str, scores: str) -> None:
    # Everything as in a run, only that trainings are short and the folds stay in this process.
    experiment.AUTOENCODERS = {"quick": settings(n_steps=40)}
    experiment.CNNS = {"quick": cnn_settings()}
    side_by_side.MOST_PROCESSES = 1
    opened = open_experiment(Study(library=library, folds=2))
    frames = [score(predict_labels(opened, ["cycles"])), score(predict_subjects(opened, ["cycles"]))]
    write_scores(pd.concat(frames, ignore_index=True), scores)


if __name__ == "__main__":
    main(*sys.argv[1:])
