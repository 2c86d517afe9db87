"""Utility of a release: recognition of the label from released walks."""

from __future__ import annotations

import numpy as np
import pandas as pd

from affectlib.models.baselines import fit_baseline
from affectlib.privacy.releases.posterior import Posterior
from affectlib.privacy.walks import Released

RETRAINED, UNCHANGED = "trained on the release", "as it was"


def classify_labels(
    train: Released,
    test: Released,
    *,
    kind: str,
    posterior: Posterior,
    groups: np.ndarray | None,
    seed: int,
) -> pd.DataFrame:
    """Predict the labels of released test walks by up to two classifiers.

    One classifier is trained on the release. The other is that of raw series, applied to a released series;
    of a released posterior or label the highest probability is its prediction.

    Parameters
    ----------
    train, test : Released
        Released training and test walks.
    kind : str
        Kind of the release, one of `affectlib.privacy.releases.release.KINDS`.
    posterior : Posterior
        Classifier trained on raw series of the training walks.
    groups : numpy.ndarray or None
        Groups that hyper-parameter selection keeps whole, shape (training cycles,).

    Returns
    -------
    pandas.DataFrame
        One row a test cycle and classifier: ``classifier`` (`RETRAINED` or `UNCHANGED`), ``cycle``,
        ``subject``, ``true``, ``predicted``, ``n_train``.
    """
    retrained = fit_baseline("SVM-xyz", train.x, train.label, groups=groups, seed=seed)
    # The release may help or harm either classifier; the better one counts.
    predictions = {RETRAINED: retrained.predict(test.x)}
    if kind == "series":
        predictions[UNCHANGED] = posterior.classes[posterior.probabilities(test.x).argmax(axis=1)]
    elif kind in ("posterior", "label"):
        predictions[UNCHANGED] = posterior.classes[test.x.argmax(axis=1)]
    columns = {"cycle": np.arange(len(test)), "subject": test.subject, "true": test.label}
    frames = [
        pd.DataFrame({"classifier": name, **columns, "predicted": predicted, "n_train": len(train)})
        for name, predicted in predictions.items()
    ]
    return pd.concat(frames, ignore_index=True)
