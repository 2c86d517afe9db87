"""Graded affect: which affect, and how much of the shade within it, with one parameter between them.

The paper's affect code keeps part of the person because nothing forbids it: what separates people within
an affect costs its losses little. The bare posterior forbids everything but the affect, shades within it
included. This release walks the line between the two. Of the affect code it keeps the linear
discriminants d of the labels, fewer numbers than there are labels, and draws every cycle in them towards
the place where its posterior p expects it:

    y(x) = m(p(x)) + shade * (d(x) - m(p(x))),    m(p) = sum_j p_j m_j,

with the label's means m_j. With shade 0 a function of the posterior is released, with shade 1 the
discriminants themselves. What a person adds outside of the discriminants is gone for any shade.

Autoencoders trained alike but from other weights agree on the affect and err each in its own way: the
discriminants are those of several codes side by side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

from affectlib.models.fitted import FittedAutoencoder

SHADES = (1.0, 0.5, 0.25, 0.0)
"""Values of the parameter, from weakest to strongest protection."""


@dataclass(frozen=True, kw_only=True)
class GradedAffect:
    """A fitted release.

    Parameters
    ----------
    autoencoders : tuple of FittedAutoencoder
        Give an affect code each.
    discriminants : sklearn LinearDiscriminantAnalysis
        From affect codes to discriminants and posterior.
    means : numpy.ndarray
        Mean of the discriminants of each label, shape (labels, discriminants).
    """

    autoencoders: tuple[FittedAutoencoder, ...]
    discriminants: LinearDiscriminantAnalysis
    means: np.ndarray

    def release(self, x: np.ndarray, *, shade: float) -> np.ndarray:
        """Release graded affects.

        Parameters
        ----------
        x : numpy.ndarray
            Positions in metres, shape (cycles, phases, 15, 3).
        shade : float
            From 0 (what the posterior says) to 1 (the discriminants).

        Returns
        -------
        numpy.ndarray
            Float32, shape (cycles, discriminants).
        """
        code = _codes(self.autoencoders, x)
        place = self.discriminants.transform(code)
        expected = self.discriminants.predict_proba(code) @ self.means
        return (expected + shade * (place - expected)).astype(np.float32)


def code_size(label: np.ndarray) -> int:
    """Choose the affect code's size: as many numbers as labels.

    Labels need one fewer, and every further one makes room for the person.

    Parameters
    ----------
    label : numpy.ndarray
        Label of each cycle, shape (cycles,).

    Returns
    -------
    int
        The size.
    """
    return len(np.unique(label))


def fit_graded_affect(
    autoencoders: Sequence[FittedAutoencoder], x: np.ndarray, label: np.ndarray
) -> GradedAffect:
    """Learn discriminants and means from training cycles.

    Parameters
    ----------
    autoencoders : sequence of FittedAutoencoder
        Trained on the same cycles, one or more.
    x : numpy.ndarray
        Positions of the training cycles in metres, shape (cycles, phases, 15, 3).
    label : numpy.ndarray
        Label of each, shape (cycles,).

    Returns
    -------
    GradedAffect
        The release.
    """
    code = _codes(autoencoders, x)
    # Shrunk (Ledoit and Wolf), as codes of training cycles lie closer together than those of others.
    discriminants = LinearDiscriminantAnalysis(solver="eigen", shrinkage="auto").fit(code, label)
    place = discriminants.transform(code)
    means = np.stack([place[label == one].mean(axis=0) for one in discriminants.classes_])
    return GradedAffect(autoencoders=tuple(autoencoders), discriminants=discriminants, means=means)


def _codes(autoencoders: Sequence[FittedAutoencoder], x: np.ndarray) -> np.ndarray:
    return np.concatenate([each.affect_code(x) for each in autoencoders], axis=1)
