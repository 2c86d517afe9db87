"""Which joints at which phase decide: Guided Grad-CAM of a trained CNN-xyz.

Grad-CAM (Selvaraju et al. 2017, arXiv:1610.02391) weights the maps of the last convolution by how the
score of a class hangs on them: it says *when* in the cycle, and is coarse. Guided back-propagation
(Springenberg et al. 2015, arXiv:1412.6806) carries the score back to the inputs and lets only positive
evidence pass each ReLU: it says *where*, on which joint. Their product is Guided Grad-CAM. Both come
from captum. What is own here is the way back to phases and joints:

- A map of the last convolution has few phases. Each stands for the input phase in the middle of what
  its filters see, and the cycle is closed; captum's own enlargement would put every map half a cell
  late and break it at the cycle's end.
- Convolutions of stride 2 see every other phase more often than its neighbour, whatever their weights
  (the checkerboard of Odena et al. 2016, "Deconvolution and Checkerboard Artifacts", Distill). Random
  networks have this pattern too, and with it their maps resemble those of trained ones. It lies in the
  harmonics n/2 and n/4 of the n phases inside, to which a walk hardly rises: guided back-propagation
  keeps only the harmonics below them.
- A joint axis that never moves (the pelvis, which is the origin) can decide nothing, but its weights
  were never trained either and batch normalisation enlarges them: its relevance is set to zero.
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
from affectlib.models.scaling import Scaling, as_series
from affectlib.skeleton import AXES, JOINTS

_CHUNK = 256


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """What decides for each label, averaged over the cycles that were rightly recognised.

    Parameters
    ----------
    relevance : xarray.DataArray
        Dimensions (label, phase, joint), without unit: 1 is what every joint had at every phase if all
        mattered the same, and the mean over phases and joints of a label is 1. NaN for a label of
        which no cycle could be explained.
    counts : pandas.DataFrame
        One row a label: ``label``, cycles ``tested``, rightly ``recognised``, and ``averaged``. Of a
        recognised cycle that is not averaged Grad-CAM shows no evidence for the label.
    """

    relevance: xr.DataArray
    counts: pd.DataFrame

    @property
    def labels(self) -> list[str]:
        """The labels in the order of the CNN's classes."""
        return [str(label) for label in self.relevance["label"].values]

    def per_joint(self) -> pd.DataFrame:
        """Sum up the maps joint by joint.

        Returns
        -------
        pandas.DataFrame
            One row per label and joint, most relevant first within a label: ``share_percent`` of the
            label's relevance, ``peak_percent``, the phase of the gait cycle at which it is highest.
        """
        rows = []
        for label in self.labels:
            part = self.relevance.sel(label=label).transpose("phase", "joint")
            if np.isnan(part).any():
                continue
            share = 100 * part.mean("phase").values / part.sizes["joint"]
            peak = 100 * part["phase"].values[part.values.argmax(axis=0)]
            for joint in np.argsort(-share, kind="stable"):
                rows.append((label, JOINTS[joint], share[joint], peak[joint] if share[joint] else np.nan))
        return pd.DataFrame(rows, columns=["label", "joint", "share_percent", "peak_percent"])


def guided_grad_cam(fitted: FittedCnn, x: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Tell for each cycle how much each joint at each phase speaks for a class.

    Parameters
    ----------
    fitted : FittedCnn
        A trained CNN-xyz.
    x : numpy.ndarray
        Positions in metres, shape (cycles, phases, 15, 3).
    target : numpy.ndarray
        The class asked about, one of the CNN's `classes` for each cycle, shape (cycles,).

    Returns
    -------
    numpy.ndarray
        Relevance at the phases of `x`, shape (cycles, phases, 15): the length of the Guided Grad-CAM
        vector of the three axes (change of the class's score per standard deviation of the axis,
        times Grad-CAM), not normalised. All zero where Grad-CAM finds no evidence for the class.

    Raises
    ------
    ParameterError
        For a CNN on codes, which have neither joints nor phases, or a class it does not know.
    """
    network, scaling = fitted.network, fitted.scaling
    if not isinstance(network, SeriesCnn) or not isinstance(scaling, Scaling):
        raise ParameterError(
            "only a CNN on joint series has joints and phases to point at",
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
    moving = scaling.scale_m > 0  # 0 is `Scaling`'s word for an axis that never moves
    vectors = (np.concatenate(chunks) * moving[:, None]).reshape(
        len(inputs), len(JOINTS), len(AXES), inputs.shape[2]
    )
    lengths = np.linalg.norm(vectors, axis=2)
    return np.einsum("op,cjp->coj", closed_interpolation(inputs.shape[2], n_phases), lengths)


def explain_labels(fitted: FittedCnn, x: np.ndarray, truth: np.ndarray) -> Explanation:
    """Average the maps of the cycles that a CNN recognises rightly, label by label.

    Every cycle counts the same: its map is brought to a mean of 1 first.

    Parameters
    ----------
    fitted : FittedCnn
        A trained CNN-xyz.
    x : numpy.ndarray
        Positions of test cycles in metres, shape (cycles, phases, 15, 3).
    truth : numpy.ndarray
        Their labels, shape (cycles,).

    Returns
    -------
    Explanation
        For the labels that the CNN knows.
    """
    truth = np.asarray(truth)
    right = fitted.predict(x) == truth
    n_phases = as_series(x).shape[1]
    maps, counts = [], []
    for label in fitted.classes:
        recognised = right & (truth == label)
        own = guided_grad_cam(fitted, x[recognised], truth[recognised])
        total = own.mean(axis=(1, 2))
        told = own[total > 0] / total[total > 0, None, None]
        maps.append(told.mean(axis=0) if len(told) else np.full((n_phases, len(JOINTS)), np.nan))
        counts.append((str(label), int((truth == label).sum()), int(recognised.sum()), len(told)))
    relevance = xr.DataArray(
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
    return Explanation(relevance=relevance, counts=pd.DataFrame(counts, columns=columns))


def closed_interpolation(n_from: int, n_to: int) -> np.ndarray:
    """Weights that interpolate linearly along a closed cycle.

    Parameters
    ----------
    n_from : int
        Phases there are, at 0, 1/n_from, ...
    n_to : int
        Phases wanted, at 0, 1/n_to, ...

    Returns
    -------
    numpy.ndarray
        Weights of the present phases in the wanted ones; every row sums to 1. Shape (n_to, n_from).
    """
    wanted, present = np.arange(n_to) / n_to, np.arange(n_from) / n_from
    columns = [np.interp(wanted, present, unit, period=1) for unit in np.eye(n_from)]
    return np.stack(columns, axis=1)


def _attribution(network: SeriesCnn, inputs: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """Guided Grad-CAM in the network's own form: shape (cycles, 45, phases inside)."""
    explainer = GuidedGradCam(network, network.convolutions)
    series, target = torch.from_numpy(inputs).requires_grad_(), torch.from_numpy(classes)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*hooks.*")  # captum announces how it works
        cam = explainer.grad_cam.attribute(series, target=target, relu_attributions=True)
        guided = explainer.guided_backprop.attribute(series, target=target)
    weights = closed_interpolation(cam.shape[2], inputs.shape[2])
    return _without_checkerboard(guided.detach().numpy()) * (cam.detach().numpy() @ weights.T)


def _without_checkerboard(series: np.ndarray) -> np.ndarray:
    """Keep the harmonics below a quarter of the phases, which are last."""
    spectrum = np.fft.rfft(series, axis=-1)
    spectrum[..., series.shape[-1] // 4 :] = 0
    return np.fft.irfft(spectrum, n=series.shape[-1], axis=-1)
