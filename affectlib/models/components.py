"""Principal components, exact and quick for few long rows as for many short ones.

scikit-learn's exact solver for fewer rows than columns decomposes the rows themselves, at twice the cost
of decomposing their scalar products, and it cannot stop both at a share of the variance and at a number.
"""

from __future__ import annotations

import numpy as np
from scipy.linalg import eigh
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import validate_data


class LeadingComponents(TransformerMixin, BaseEstimator):
    """Project rows on the directions along which they vary most.

    Parameters
    ----------
    share : float
        Part of the variance that is kept, from 0 to 1; 1 for all that is not rounding.
    most : int or None
        Components that are kept at most.

    Attributes
    ----------
    mean_ : numpy.ndarray
        Mean row, shape (columns,).
    components_ : numpy.ndarray
        Orthonormal directions, the most varying first, each with its largest entry positive, shape
        (components, columns).
    """

    def __init__(self, share: float = 1.0, most: int | None = None) -> None:
        self.share = share
        self.most = most

    def fit(self, X: np.ndarray, y: object = None) -> LeadingComponents:
        """Learn mean and directions.

        Parameters
        ----------
        X : numpy.ndarray
            Rows, shape (rows, columns).
        y : object
            Not looked at.

        Returns
        -------
        LeadingComponents
            Itself.
        """
        X = validate_data(self, X, dtype=np.float64, ensure_min_samples=2)
        self.mean_ = X.mean(axis=0)
        centred = X - self.mean_
        wide = X.shape[0] < X.shape[1]
        # With X = U S V', the rows' scalar products are U S^2 U', the columns' V S^2 V'.
        variance, vectors = eigh(centred @ centred.T if wide else centred.T @ centred)
        variance, vectors = variance[::-1].clip(min=0), vectors[:, ::-1]
        real = variance > variance[0] * np.finfo(float).eps * max(X.shape)
        part = np.cumsum(variance) / (variance.sum() or 1.0)
        kept = max(1, min(1 + int(np.searchsorted(part, self.share)), int(real.sum())))
        kept = kept if self.most is None else min(kept, self.most)
        directions = vectors[:, :kept].T
        if wide:
            directions = directions @ centred / np.sqrt(variance[:kept, None] + (variance[0] == 0))
        largest = directions[np.arange(kept), np.abs(directions).argmax(axis=1)]
        self.components_ = directions * np.where(largest < 0, -1.0, 1.0)[:, None]
        return self

    def transform(self, X: np.ndarray) -> np.ndarray:
        """Project rows.

        Parameters
        ----------
        X : numpy.ndarray
            Rows, shape (rows, columns).

        Returns
        -------
        numpy.ndarray
            Shape (rows, components).
        """
        X = validate_data(self, X, dtype=np.float64, reset=False)
        return (X - self.mean_) @ self.components_.T
