"""Graded affect: a release between the posterior and linear discriminants of affect codes.

The paper's affect code contains part of the subject because its losses do not forbid it. The bare posterior
contains nothing but the affect, without residual variation within it. This release lies on the line between
the two. It keeps the linear discriminants d of the labels, fewer numbers than labels, and moves every cycle
in them towards the point that its posterior p expects:

    y(x) = m(p(x)) + residual * (d(x) - m(p(x))),    m(p) = sum_j p_j m_j,

with the label's means m_j. With residual 0 a function of the posterior is released, with residual 1 the
discriminants themselves. What a subject adds outside of the discriminants is removed for any value.

Autoencoders trained alike but from other weights agree on the affect and have independent errors: the
discriminants are those of several codes side by side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

from affectlib.models.fitted import FittedAutoencoder

RESIDUALS = (1.0, 0.5, 0.25, 0.0)
"""Shares of the residual variation that are released."""


@dataclass(frozen=True, kw_only=True)
class GradedAffect:
    """A fitted release.

    Parameters
    ----------
    discriminants : sklearn LinearDiscriminantAnalysis
        From affect codes to discriminants and posterior.
    means : numpy.ndarray
        Mean discriminants of each label, shape (labels, discriminants).
    """

    autoencoders: tuple[FittedAutoencoder, ...]
    discriminants: LinearDiscriminantAnalysis
    means: np.ndarray

    def release(self, x: np.ndarray, *, residual: float) -> np.ndarray:
        """Return graded affects, float32, shape (cycles, discriminants).

        Parameters
        ----------
        x : numpy.ndarray
            Positions in metres, shape (cycles, phases, 15, 3).
        residual : float
            From 0 (what the posterior expects) to 1 (the discriminants).
        """
        code = _codes(self.autoencoders, x)
        projected = self.discriminants.transform(code)
        expected = self.discriminants.predict_proba(code) @ self.means
        return (expected + residual * (projected - expected)).astype(np.float32)


def code_size(label: np.ndarray) -> int:
    """Return the size of the affect code: as many numbers as labels.

    Labels need one fewer, and every further one makes room for the subject.

    Parameters
    ----------
    label : numpy.ndarray
        Shape (cycles,).
    """
    return len(np.unique(label))


def fit_graded_affect(
    autoencoders: Sequence[FittedAutoencoder], x: np.ndarray, label: np.ndarray
) -> GradedAffect:
    """Fit discriminants and means to training cycles.

    Parameters
    ----------
    x : numpy.ndarray
        Positions in metres, shape (cycles, phases, 15, 3).
    label : numpy.ndarray
        Shape (cycles,).
    """
    code = _codes(autoencoders, x)
    # Shrunk (Ledoit and Wolf), as codes of training cycles are closer together than those of others.
    discriminants = LinearDiscriminantAnalysis(solver="eigen", shrinkage="auto").fit(code, label)
    projected = discriminants.transform(code)
    means = np.stack([projected[label == name].mean(axis=0) for name in discriminants.classes_])
    return GradedAffect(autoencoders=tuple(autoencoders), discriminants=discriminants, means=means)


def _codes(autoencoders: Sequence[FittedAutoencoder], x: np.ndarray) -> np.ndarray:
    return np.concatenate([autoencoder.affect_code(x) for autoencoder in autoencoders], axis=1)
