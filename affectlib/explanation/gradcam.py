"""Relevance of joints and phases for a trained CNN-xyz: Guided Grad-CAM.

Grad-CAM (Selvaraju et al. 2017, arXiv:1610.02391) weights the feature maps of the last convolution by the
gradient of a class's score: it shows *when* in the cycle, and is coarse. Guided back-propagation
(Springenberg et al. 2015, arXiv:1412.6806) propagates the score to the inputs and lets only positive
evidence pass each ReLU: it shows *where*, on which joint. Their product is Guided Grad-CAM. Both are
computed by captum. The way back to phases and joints is added here:

- A feature map has few phases. Each stands for the input phase in the middle of its receptive field, and
  the cycle is closed; captum's interpolation would shift every map by half a cell and break it at the end
  of the cycle.
- Filters see six phases at a stride of two, so that every phase is seen equally often. Other sizes leave a
  pattern in the maps of all networks, random ones too (the checkerboard of Odena et al. 2016,
  "Deconvolution and Checkerboard Artifacts", Distill).
- A joint axis that never moves (the pelvis, which is the origin) can decide nothing, but its weights
  were never trained and batch normalisation enlarges them: its relevance is set to zero.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch
import xarray as xr
from captum.attr import GuidedGradCam

from affectlib.errors import ParameterError
from affectlib.models.cnn import FittedCnn
from affectlib.models.cnn_networks import SeriesCnn
from affectlib.models.machine import steady
from affectlib.models.scaling import N_CHANNELS, Scaling, as_series
from affectlib.skeleton import AXES, JOINTS

_CHUNK = 256  # cycles at a time, which bounds memory


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """Relevance maps by label, averaged over correctly classified cycles.

    Parameters
    ----------
    relevance : xarray.DataArray
        Dimensions (label, phase, joint), dimensionless, with a mean of 1 per label: 1 everywhere if all
        joints mattered equally at all phases. NaN for a label without a map.
    counts : pandas.DataFrame
        One row per label: ``label``, cycles ``tested``, ``recognised`` (correctly classified) and
        ``averaged``. For the other recognised cycles Grad-CAM shows no evidence for the label.
    """

    relevance: xr.DataArray
    counts: pd.DataFrame

    @property
    def labels(self) -> list[str]:
        """The labels in the order of the CNN's classes."""
        return [str(label) for label in self.relevance["label"].values]

    def per_joint(self) -> pd.DataFrame:
        """Sum the maps by joint.

        Returns
        -------
        pandas.DataFrame
            One row per label and joint, most relevant first within a label: ``share_percent`` of the
            label's relevance, ``peak_percent``, the phase of the gait cycle at its maximum.
        """
        rows = []
        for label in self.labels:
            relevance = self.relevance.sel(label=label).transpose("phase", "joint")
            if np.isnan(relevance).any():
                continue
            # The map has a mean of 1, so that these are per cent of its sum.
            share = 100 * relevance.mean("phase").values / relevance.sizes["joint"]
            peak = 100 * relevance["phase"].values[relevance.values.argmax(axis=0)]
            for joint in np.argsort(-share, kind="stable"):
                rows.append((label, JOINTS[joint], share[joint], peak[joint] if share[joint] else np.nan))
        return pd.DataFrame(rows, columns=["label", "joint", "share_percent", "peak_percent"])


def guided_grad_cam(fitted: FittedCnn, x: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Compute how much each joint at each phase of each cycle supports a class.

    Parameters
    ----------
    x : numpy.ndarray
        Positions in metres, shape (cycles, phases, 15, 3).
    target : numpy.ndarray
        One of the CNN's `classes` for each cycle, shape (cycles,).

    Returns
    -------
    numpy.ndarray
        Relevance at the phases of `x`, shape (cycles, phases, 15): the length of the Guided Grad-CAM
        vector of the three axes (change of the class's score per standard deviation of the axis,
        times Grad-CAM), not normalised. All zero if Grad-CAM finds no evidence for the class.

    Raises
    ------
    ParameterError
        For a CNN on codes, which have neither joints nor phases, or an unknown class.
    """
    network, scaling = fitted.network, fitted.scaling
    if not isinstance(network, SeriesCnn) or not isinstance(scaling, Scaling):
        raise ParameterError(
            "only a CNN on joint series has joints and phases to explain",
            found="a CNN on codes",
            remedy="Explain CNN-xyz.",
        )
    unknown = sorted(set(map(str, target)) - set(map(str, fitted.classes)))
    if unknown:
        raise ParameterError("the CNN does not know this class", found=", ".join(unknown))
    n_phases = as_series(x).shape[1]
    inputs = fitted.prepare(x)
    classes = np.searchsorted(fitted.classes, target)
    with steady(fitted.settings.schedule.threads):
        chunks = [
            _attribution(network, inputs[start : start + _CHUNK], classes[start : start + _CHUNK])
            for start in range(0, len(inputs), _CHUNK)
        ]
    if not chunks:
        return np.zeros((0, n_phases, len(JOINTS)), dtype=np.float32)
    moving = scaling.scale_m > 0  # `Scaling` has 0 for an axis that never moves
    # Channels after the joint axes, such as the timing of the cycle, have no place on the body.
    by_channel = (np.concatenate(chunks) * moving[:, None])[:, :N_CHANNELS]
    by_axis = by_channel.reshape(len(inputs), len(JOINTS), len(AXES), inputs.shape[2])
    # Over axes, so that relevance does not depend on the direction of movement.
    by_joint = np.linalg.norm(by_axis, axis=2)
    return np.einsum("op,cjp->coj", closed_interpolation(inputs.shape[2], n_phases), by_joint)


def explain_labels(fitted: FittedCnn, x: np.ndarray, true: np.ndarray) -> Explanation:
    """Average the maps of correctly classified cycles by label, each map scaled to a mean of 1.

    Parameters
    ----------
    x : numpy.ndarray
        Positions of test cycles in metres, shape (cycles, phases, 15, 3).
    true : numpy.ndarray
        True labels, shape (cycles,).
    """
    true = np.asarray(true)
    correct = fitted.predict(x) == true
    n_phases = as_series(x).shape[1]
    maps, counts = [], []
    for label in fitted.classes:
        recognised = correct & (true == label)
        relevance = guided_grad_cam(fitted, x[recognised], true[recognised])
        mean = relevance.mean(axis=(1, 2))
        # A mean of 0: Grad-CAM shows no evidence, and there is nothing to scale.
        scaled = relevance[mean > 0] / mean[mean > 0, None, None]
        maps.append(scaled.mean(axis=0) if len(scaled) else np.full((n_phases, len(JOINTS)), np.nan))
        counts.append((str(label), int((true == label).sum()), int(recognised.sum()), len(scaled)))
    by_label = xr.DataArray(
        np.stack(maps).astype(np.float64),
        dims=("label", "phase", "joint"),
        coords={
            "label": [str(label) for label in fitted.classes],
            "phase": np.arange(n_phases) / n_phases,
            "joint": list(JOINTS),
        },
        name="relevance",
    )
    columns = ["label", "tested", "recognised", "averaged"]
    return Explanation(relevance=by_label, counts=pd.DataFrame(counts, columns=columns))


def closed_interpolation(n_from: int, n_to: int, *, offset: float = 0.0) -> np.ndarray:
    """Return weights of linear interpolation along a closed cycle, shape (n_to, n_from).

    Parameters
    ----------
    offset : float
        Position of the first of `n_from` values, in steps of them.
    """
    from_phase, to_phase = (np.arange(n_from) + offset) / n_from, np.arange(n_to) / n_to
    columns = [np.interp(to_phase, from_phase, unit, period=1) for unit in np.eye(n_from)]
    return np.stack(columns, axis=1)


def _attribution(network: SeriesCnn, inputs: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """Return Guided Grad-CAM at the network's inputs, shape (cycles, 45, phases inside).

    captum's steps are called one by one, since it multiplies them as if the cycle were open.
    """
    explainer = GuidedGradCam(network, network.convolutions)
    series, target = torch.from_numpy(inputs).requires_grad_(), torch.from_numpy(classes)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*hooks.*")  # captum warns that it sets hooks
        cam = explainer.grad_cam.attribute(series, target=target, relu_attributions=True)
        guided = explainer.guided_backprop.attribute(series, target=target)
    # The first feature map stands for the middle of the phases that it is computed from.
    n_cells, n_phases = cam.shape[2], inputs.shape[2]
    weights = closed_interpolation(n_cells, n_phases, offset=0.5 - 0.5 * n_cells / n_phases)
    return guided.detach().numpy() * (cam.detach().numpy() @ weights.T)
