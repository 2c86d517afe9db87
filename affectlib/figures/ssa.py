"""Singular spectrum analysis: spectrum, components, oscillation and cycle boundaries."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from affectlib.figures.style import FAINT, INK, MARK, SIGNAL, new_figure, styled
from affectlib.gait.segmentation import Segmentation

_REJECTED = {"facecolor": "none", "edgecolor": FAINT, "hatch": "///", "lw": 0}


@styled
def spectrum_and_w_correlation(segmentation: Segmentation, w_correlation: np.ndarray) -> Figure:
    """Plot the eigenvalue spectrum, with the pair of the stride marked, and the w-correlation.

    Parameters
    ----------
    segmentation : Segmentation
        A segmented recording with a decomposition.
    w_correlation : numpy.ndarray
        From `affectlib.gait.ssa.w_correlation`, shape (components, components).
    """
    assert segmentation.decomposition is not None
    count = len(w_correlation)
    shares = 100 * segmentation.decomposition.shares[:count]
    number = np.arange(1, count + 1)
    pair = segmentation.pair or ()
    figure = new_figure(height_in=2.6)
    left, right = figure.subplots(1, 2, width_ratios=(1.35, 1))
    colours = [MARK if component in pair else FAINT for component in range(count)]
    left.bar(number, shares, color=colours)
    left.set_yscale("log")
    left.set_xlabel("eigentriple")
    left.set_ylabel("share of the signal (%)")
    left.set_title(f"Eigenvalue spectrum, window {len(segmentation.decomposition.left)} frames")
    left.xaxis.set_major_locator(MaxNLocator(integer=True))
    if pair:
        left.annotate(
            f"stride: {segmentation.stride_hz:.2f} Hz",
            (max(pair) + 1.6, shares[list(pair)].max()),
            va="top",
            color=MARK,
        )
    # Eigentriples count from 1, from the top.
    edges = (0.5, count + 0.5, count + 0.5, 0.5)
    image = right.imshow(np.abs(w_correlation), cmap="Greys", vmin=0, vmax=1, extent=edges)
    right.set_title("w-correlation")
    right.set_xlabel("eigentriple")
    right.set_ylabel("eigentriple")
    for axis in (right.xaxis, right.yaxis):
        axis.set_major_locator(MaxNLocator(integer=True))
    figure.colorbar(image, ax=right, label="|w-correlation|", shrink=0.9)
    return figure


@styled
def components(parts_m: np.ndarray, *, shares: np.ndarray, rate_hz: float, start_s: float = 0.0) -> Figure:
    """Plot the elementary reconstructed components, each on its own scale.

    Parameters
    ----------
    parts_m : numpy.ndarray
        Reconstructed components in metres, shape (components, frames).
    shares : numpy.ndarray
        Share of each component in the signal, shape (components,).
    """
    figure = new_figure(height_in=0.5 + 0.75 * len(parts_m))
    grid = figure.subplots(len(parts_m), 1, sharex=True, squeeze=False)[:, 0]
    time_s = start_s + np.arange(parts_m.shape[1]) / rate_hz
    for number, (axes, component, share) in enumerate(zip(grid, 100 * parts_m, shares, strict=True), start=1):
        axes.plot(time_s, component, color=SIGNAL, lw=0.9)
        axes.set_title(f"{number}: {100 * share:.2g} %", fontweight="normal")
        axes.yaxis.set_major_locator(MaxNLocator(3))
    figure.supylabel("reconstructed component (cm)", fontsize=8)
    grid[-1].set_xlabel("time (s)")
    return figure


@styled
def signal_with_boundaries(segmentation: Segmentation, *, start_s: float = 0.0) -> Figure:
    """Plot the gait signal with its oscillation, the accepted and rejected cycles, and the phase."""
    rate_hz = segmentation.rate_hz
    time_s = start_s + np.arange(len(segmentation.signal_m)) / rate_hz
    figure = new_figure(height_in=3.0)
    top, bottom = figure.subplots(2, 1, sharex=True, height_ratios=(2.2, 1))
    top.plot(time_s, 100 * segmentation.signal_m, color=INK, lw=0.9, label="gait signal")
    # The decomposition is of the centred signal.
    centre_m = segmentation.signal_m.mean()
    top.plot(
        time_s,
        100 * (segmentation.analytic.real + centre_m),
        color=MARK,
        lw=0.9,
        ls="--",
        label="SSA oscillation",
    )
    # One legend entry for each kind, popped when it is first used.
    labels = {True: "gait cycle", False: "rejected interval"}
    for number, interval in enumerate(segmentation.intervals):
        accepted = not interval.rejected
        span = (start_s + interval.start_frames / rate_hz, start_s + interval.end_frames / rate_hz)
        # Two alternating tones distinguish adjacent cycles.
        style = {"color": SIGNAL, "alpha": 0.10 + 0.12 * (number % 2), "lw": 0}
        top.axvspan(*span, label=labels.pop(accepted, None), **(style if accepted else _REJECTED))
        bottom.axvline(span[0], color=SIGNAL if accepted else FAINT, lw=0.6)
    top.set_ylabel("left minus right\nankle, forward (cm)")
    figure.legend(*top.get_legend_handles_labels(), loc="outside upper center", ncols=4)
    bottom.plot(time_s, np.angle(segmentation.analytic) / (2 * np.pi), color=MARK, lw=0.8)
    bottom.axhline(segmentation.start_phase, color=FAINT, lw=0.8, ls=":")
    bottom.set_ylabel("phase (turns)")
    bottom.set_yticks([-0.5, 0, 0.5])
    bottom.set_xlabel("time (s)")
    return figure
