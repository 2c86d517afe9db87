"""Residual utility of a code over the bare posterior: variation within a label, and unseen labels.

If only the label is wanted, releasing the label suffices. A code has to carry more than that, and more than
the subject: residual variation is measured after each subject's mean in each label is subtracted.
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
from affectlib.privacy.walks import Released, Walks


def residual_variation(
    train: Released, test: Released, *, train_features: np.ndarray, test_features: np.ndarray
) -> float:
    """Return the share of within-label variance of manual features that a ridge regression predicts.

    Releases and features are taken as deviations from a subject's mean in a label, which neither the subject
    nor the label can predict. The share is evaluated on test walks and averaged over features, 0 where
    nothing is predicted.

    Parameters
    ----------
    train, test : Released
        Released training and test walks.
    train_features : numpy.ndarray
        Manual features, shape (training cycles, features).
    test_features : numpy.ndarray
        Manual features, shape (test cycles, features).
    """
    targets, true = _deviations(train_features, train), _deviations(test_features, test)
    varying = (targets.std(axis=0) > 0) & (true.std(axis=0) > 0)
    scale = targets[:, varying].std(axis=0)
    targets, true = targets[:, varying] / scale, true[:, varying] / scale
    model = make_pipeline(StandardScaler(), RidgeCV(np.logspace(-1, 5, 7)))
    predicted = model.fit(_deviations(train.x, train), targets).predict(_deviations(test.x, test))
    # Not `r2_score`: deviations have mean 0 in each subject and label already.
    share = 1 - ((predicted - true) ** 2).sum(axis=0) / (true**2).sum(axis=0)
    return float(np.maximum(share, 0).mean())


def unseen_label_f1(
    release: Release, value: object, train: Walks, test: Walks, *, unseen: str, seed: int
) -> float:
    """Return the F1 score of a label that the release was fitted without.

    Parameters
    ----------
    train : Walks
        Training walks; the release is fitted to those of other labels, the classifier to all.
    unseen : str
        The label.
    """
    release_cycles = release.fit(train.at(train.label != unseen), value, seed)
    groups = np.unique(train.recording_groups(), return_inverse=True)[1]
    fitted = fit_baseline("SVM-xyz", release_cycles(train.x), train.label, groups=groups, seed=seed)
    predicted = fitted.predict(release_cycles(test.x))
    return float(f1_score(test.label, predicted, labels=[unseen], average="macro", zero_division=0.0))


def _deviations(values: np.ndarray, cycles: Released) -> np.ndarray:
    flat = pd.DataFrame(np.asarray(values, dtype=np.float64).reshape(len(values), -1))
    return (flat - flat.groupby([cycles.subject, cycles.label]).transform("mean")).to_numpy()
