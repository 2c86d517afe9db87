"""What a code offers that the bare posterior does not: shades within an affect, and labels yet unknown.

Whoever wants nothing but the label releases the label. A code has to show what else it is good for, and
that it is not the person by another name: shades are measured after each person's own mean in each label
is taken away.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.linear_model import RidgeCV
from sklearn.metrics import f1_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from affectlib.models.baselines import fit_baseline
from affectlib.privacy.releases.release import Release
from affectlib.privacy.walks import Walks


def residual_variation(
    given: np.ndarray,
    asked: np.ndarray,
    train: Walks,
    test: Walks,
    *,
    train_features: np.ndarray,
    test_features: np.ndarray,
) -> float:
    """Tell how much of the variation from walk to walk a release carries.

    Released numbers and manual features are taken as departures from their mean over one person's walks in
    one label. What can be predicted of these is neither who walks nor in which label.

    Parameters
    ----------
    given : numpy.ndarray
        What is released of the training walks, shape (training cycles, ...).
    asked : numpy.ndarray
        What is released of the test walks, shape (test cycles, ...).
    train : Walks
        The training walks.
    test : Walks
        The test walks.
    train_features : numpy.ndarray
        Manual features of the training walks, shape (training cycles, features).
    test_features : numpy.ndarray
        Of the test walks, shape (test cycles, features).

    Returns
    -------
    float
        Share of the features' variance that a ridge regression predicts on test walks, averaged over
        features; 0 where it predicts none.
    """
    inputs, targets = _departures(given, train), _departures(train_features, train)
    asked_inputs, truth = _departures(asked, test), _departures(test_features, test)
    moving = (targets.std(axis=0) > 0) & (truth.std(axis=0) > 0)
    scale = targets[:, moving].std(axis=0)
    model = make_pipeline(StandardScaler(), RidgeCV(np.logspace(-1, 5, 7)))
    predicted = model.fit(inputs, targets[:, moving] / scale).predict(asked_inputs)
    left = ((predicted - truth[:, moving] / scale) ** 2).sum(axis=0)
    share = 1 - left / ((truth[:, moving] / scale) ** 2).sum(axis=0)
    return float(np.maximum(share, 0).mean())


def unseen_label_f1(
    release: Release, value: object, train: Walks, test: Walks, *, left_out: str, seed: int
) -> float:
    """Tell how well a label is recognised from a release that was fitted without it.

    Parameters
    ----------
    release : Release
        The release.
    value : object
        Value of its parameter.
    train : Walks
        Training walks; the release sees those of other labels, the classifier all.
    test : Walks
        Test walks.
    left_out : str
        The label.
    seed : int
        Seed.

    Returns
    -------
    float
        F1 of that label among all labels.
    """
    function = release.fit(train.at(train.label != left_out), value, seed)
    groups = np.unique(train.recording_groups(), return_inverse=True)[1]
    fitted = fit_baseline("SVM-xyz", function(train.x), train.label, groups=groups, seed=seed)
    answers = fitted.predict(function(test.x))
    return float(f1_score(test.label, answers, labels=[left_out], average="macro", zero_division=0.0))


def _departures(values: np.ndarray, walks: Walks) -> np.ndarray:
    flat = pd.DataFrame(np.asarray(values, dtype=np.float64).reshape(len(values), -1))
    means = flat.groupby([walks.subject, walks.label]).transform("mean")
    return (flat - means).to_numpy()
