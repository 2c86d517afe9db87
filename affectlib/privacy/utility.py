"""What a release is still good for: naming the label of what was released."""

from __future__ import annotations

import numpy as np
import pandas as pd

from affectlib.models.baselines import fit_baseline
from affectlib.privacy.releases.posterior import Posterior
from affectlib.privacy.walks import Walks

RETRAINED, UNCHANGED = "trained on the release", "as it was"


def recognise(
    given: np.ndarray,
    asked: np.ndarray,
    train: Walks,
    test: Walks,
    *,
    kind: str,
    posterior: Posterior,
    groups: np.ndarray | None,
    seed: int,
) -> pd.DataFrame:
    """Name the labels of released test walks, in two ways.

    A classifier may be trained anew on what is released of the training walks; or a recipient has one
    already, trained on raw series, and asks it about a released series. Of a released posterior or label
    the highest probability is the answer that was there before.

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
    kind : str
        Kind of the release, see `affectlib.privacy.releases.release.KINDS`.
    posterior : Posterior
        The classifier trained on raw series of the training walks.
    groups : numpy.ndarray or None
        What inner splits of the training walks keep together, shape (training cycles,).
    seed : int
        Seed of the inner splits.

    Returns
    -------
    pandas.DataFrame
        One row a test cycle and way: ``classifier`` (`RETRAINED` or `UNCHANGED`), ``cycle``, ``subject``,
        ``true``, ``predicted``.
    """
    retrained = fit_baseline("SVM-xyz", given, train.label, groups=groups, seed=seed)
    answers = {RETRAINED: retrained.predict(asked)}
    if kind == "series":
        answers[UNCHANGED] = posterior.classes[posterior.probabilities(asked).argmax(axis=1)]
    elif kind in ("posterior", "label"):
        answers[UNCHANGED] = posterior.classes[asked.argmax(axis=1)]
    frames = [
        pd.DataFrame(
            {
                "classifier": name,
                "cycle": np.arange(len(test)),
                "subject": test.subject,
                "true": test.label,
                "predicted": predicted,
            }
        )
        for name, predicted in answers.items()
    ]
    return pd.concat(frames, ignore_index=True)
