"""The SSA explorer: effect of window and components on the cycle boundaries."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import ipywidgets as ipw
import numpy as np

from affectlib.errors import CyclesError
from affectlib.figures.style import FAINT, MARK, SIGNAL, readable
from affectlib.gait import Aligned, Preprocessing, align_recording, ssa
from affectlib.gait.segmentation import (
    N_COMPONENTS,
    Segmentation,
    boundaries_frames,
    choose_window_frames,
    find_cycles,
    gait_signal,
    start_phase,
)
from affectlib.recordings import Recording
from affectlib.skeleton import AXES, INDEX
from affectlib.stages import Loaded
from affectlib.widgets.chart import Chart, bars, cells, line, panel, rules, spans
from affectlib.widgets.explorer import Explorer, dropdown, slider
from affectlib.widgets.takes import Takes

GAIT = "left minus right ankle, forward"
"""The signal of the segmentation."""

STILL_M = 1e-6
"""A signal that moves less than this is constant up to rounding."""

OTHER_SIGNALS = {
    "left ankle, forward": ("l_ankle", "x"),
    "left wrist, forward": ("l_wrist", "x"),
    "head, upward": ("head", "z"),
}


@dataclass(frozen=True, kw_only=True)
class _Analysis:
    """Analysis of one signal; intervals in frames, as in `Segmentation`."""

    signal_m: np.ndarray
    decomposition: ssa.Decomposition
    components: tuple[int, ...]
    reconstruction_m: np.ndarray
    accepted: list[tuple[float, float]]
    rejected: list[tuple[float, float]]
    message: str


def ssa_explorer(loaded: Loaded, preprocessing: Preprocessing | None = None) -> Explorer:
    """Return an explorer of the singular spectrum analysis of each take.

    Controls are ``subject label take piece signal window automatic components``; the view is ``chart``.

    Parameters
    ----------
    preprocessing : affectlib.gait.Preprocessing, optional
        Initial parameters.
    """
    preprocessing = preprocessing or Preprocessing()
    aligned_by_name: dict[str, Aligned] = {}

    def aligned(walk: Recording) -> Aligned:
        if walk.name not in aligned_by_name:
            aligned_by_name.clear()
            aligned_by_name[walk.name] = align_recording(walk, preprocessing)
        return aligned_by_name[walk.name]

    def redraw() -> None:
        walk = takes.recording
        parameters = replace(preprocessing, window_strides=window.value)
        chosen = None if automatic.value else tuple(sorted(components.value))
        analysis = _analyse(aligned(walk), parameters, signal.value, chosen)
        if automatic.value:
            components.value = analysis.components
        chart.panels = _panels(analysis, walk, signal.value)
        explorer.set_message(analysis.message)

    def components_chosen(_: object) -> None:
        if not explorer.updating:
            automatic.value = False
            explorer.update(redraw)

    def bar_clicked(change: dict) -> None:
        if change["new"].get("what") == "component":
            components.value = tuple(sorted({int(change["new"]["which"])} ^ set(components.value)))

    takes = Takes(loaded, lambda: explorer.update(redraw))
    signal = dropdown("signal", [f"{GAIT} (segmentation)", *OTHER_SIGNALS])
    signal.options = [(text, text.removesuffix(" (segmentation)")) for text in signal.options]
    window = slider(
        ipw.FloatSlider,
        "window (strides)",
        min=0.5,
        max=4.0,
        step=0.05,
        value=float(np.clip(preprocessing.window_strides, 0.5, 4.0)),
    )
    automatic = ipw.Checkbox(value=True, description="find the stride's pair", indent=False)
    automatic.layout.width = "max-content"
    components = ipw.SelectMultiple(
        options=[(str(number + 1), number) for number in range(N_COMPONENTS)],
        description="components",
        rows=4,
        layout=ipw.Layout(width="160px", margin="2px 8px 2px 16px"),
        style={"description_width": "initial"},
    )
    chart = Chart(columns=2, alt="Spectrum, w-correlation, gait signal with its reconstruction and cycles")
    explorer = Explorer(
        "ssa-explorer",
        title="Singular spectrum analysis",
        hint="Set the window; choose components, also by clicking bars; drag over the signal to zoom.",
        controls={
            **takes.controls,
            "signal": signal,
            "window": window,
            "automatic": automatic,
            "components": components,
        },
        views={"chart": chart},
        simulated=loaded.library.simulated,
    )
    explorer.update_with((signal, window, automatic), redraw)
    components.observe(components_chosen, "value")
    chart.observe(bar_clicked, "picked")
    explorer.update(redraw)
    return explorer


def _analyse(
    aligned: Aligned, preprocessing: Preprocessing, name: str, chosen: tuple[int, ...] | None
) -> _Analysis:
    """Segment a recording, or apply the same steps to another signal or other components."""
    position, rate_hz = aligned.position, aligned.recording.rate_hz
    if name == GAIT and chosen is None:
        segmentation = find_cycles(position, rate_hz=rate_hz, preprocessing=preprocessing, path=aligned.path)
        if segmentation.decomposition is None:
            raise CyclesError("the take is too short for this window", remedy="Choose a shorter one.")
        return _of_segmentation(segmentation)
    joint, axis = OTHER_SIGNALS.get(name, ("l_ankle", "x"))
    signal_m = gait_signal(position) if name == GAIT else position[:, INDEX[joint], AXES.index(axis)]
    frames = choose_window_frames(signal_m, rate_hz=rate_hz, preprocessing=preprocessing)
    if not np.ptp(signal_m) > STILL_M:
        raise CyclesError("this signal is constant in this take", remedy="Choose another.")
    if not frames:
        raise CyclesError("the take is too short for this window", remedy="Choose a shorter one.")
    decomposition = ssa.decompose(signal_m - signal_m.mean(), window_frames=frames, n_components=N_COMPONENTS)
    which = "detected" if chosen is None else "chosen"
    if chosen is None:
        chosen = ssa.oscillatory_pair(decomposition, rate_hz=rate_hz, band_hz=preprocessing.band_hz) or ()
    components = tuple(number for number in chosen if number < decomposition.n_components)
    intervals: list[tuple[float, float]] = []
    message = f"{len(components)} components: only a pair has a phase, so there are no boundaries."
    if len(components) == 2:
        pair = (components[0], components[1])
        analytic = ssa.analytic_signal(decomposition, pair)
        phase = start_phase(position[:, INDEX["l_ankle"], 0], analytic)
        intervals = list(pairwise(boundaries_frames(analytic, phase=phase)))
        hz = ssa.pair_frequency_hz(decomposition, pair, rate_hz=rate_hz)
        oscillates = f"oscillates at {hz:.2f} Hz" if np.isfinite(hz) else "does not oscillate"
        message = f"The {which} pair {oscillates}; {len(intervals)} intervals, before rejection."
    return _Analysis(
        signal_m=signal_m,
        decomposition=decomposition,
        components=components,
        reconstruction_m=(
            ssa.reconstruct(decomposition, components) if components else np.zeros(len(signal_m))
        ),
        accepted=intervals,
        rejected=[],
        message=message,
    )


def _of_segmentation(segmentation: Segmentation) -> _Analysis:
    assert segmentation.decomposition is not None
    bounds: dict[bool, list[tuple[float, float]]] = {False: [], True: []}
    for interval in segmentation.intervals:
        bounds[bool(interval.rejected)].append((interval.start_frames, interval.end_frames))
    reasons = sorted({interval.rejected for interval in segmentation.intervals} - {""})
    message = "No oscillation found"
    if segmentation.pair:
        message = f"{len(segmentation.cycles)} cycles at {segmentation.stride_hz:.2f} Hz"
    if reasons:
        message += f"; {len(bounds[True])} intervals rejected: {', '.join(reasons)}"
    return _Analysis(
        signal_m=segmentation.signal_m,
        decomposition=segmentation.decomposition,
        components=segmentation.pair or (),
        reconstruction_m=segmentation.analytic.real,
        accepted=bounds[False],
        rejected=bounds[True],
        message=f"{message}.",
    )


def _panels(analysis: _Analysis, walk: Recording, signal: str) -> list[dict[str, object]]:
    return [_spectrum(analysis, walk.rate_hz), _correlation(analysis), _signal(analysis, walk, signal)]


def _spectrum(analysis: _Analysis, rate_hz: float) -> dict[str, object]:
    numbers = range(1, analysis.decomposition.n_components + 1)
    shares = 100 * analysis.decomposition.shares
    frames = len(analysis.decomposition.left)
    return panel(
        f"Spectrum, window {frames} frames ({frames / rate_hz:.2f} s)",
        bars(
            numbers,
            shares,
            colours=[MARK if number - 1 in analysis.components else FAINT for number in numbers],
            tips=[
                f"component {number}: {share:.2g} %" for number, share in zip(numbers, shares, strict=True)
            ],
            pick="component",
            ids=[number - 1 for number in numbers],
        ),
        log=True,
        ylabel="share of the signal (%)",
        xlabel="component",
        xticks=[(number, str(number)) for number in numbers],
        height=190,
    )


def _correlation(analysis: _Analysis) -> dict[str, object]:
    correlation = ssa.w_correlation(analysis.decomposition)
    ticks = [(index, str(index + 1)) for index in range(len(correlation))]
    return panel(
        "w-correlation (absolute; black: 1)",
        cells(np.abs(correlation), colour="ink", top=1.0),
        down=True,
        xticks=ticks,
        yticks=ticks,
        xlabel="component",
        ylabel="component",
        height=190,
    )


def _signal(analysis: _Analysis, walk: Recording, signal: str) -> dict[str, object]:
    time_s = walk.start_s + np.arange(walk.n_frames) / walk.rate_hz
    marks = []
    for bounds, colour, options in (
        (analysis.accepted, SIGNAL, {"name": "gait cycle"}),
        (analysis.rejected, FAINT, {"name": "rejected interval", "hatched": True}),
    ):
        bounds_s = walk.start_s + np.array(bounds).reshape(-1, 2) / walk.rate_hz
        if len(bounds_s):
            marks.append(spans(bounds_s[:, 0], bounds_s[:, 1], colour=colour, **options))
            marks.append(rules(bounds_s[:, 0], colour=colour))
    reconstruction_cm = 100 * analysis.reconstruction_m + 100 * analysis.signal_m.mean()
    return panel(
        f"{readable(walk.subject)}, {readable(walk.label)}: {signal}",
        *marks,
        line(time_s, 100 * analysis.signal_m, colour="ink", name="signal", width=1.2),
        line(time_s, reconstruction_cm, colour=MARK, name="chosen components", dash="5 3"),
        span=2,
        height=220,
        xlabel="time (s)",
        ylabel="cm",
        zoom=f"{walk.name} {signal}",
    )
