"""The SSA explorer: what the window and the choice of components do to the cycle boundaries."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import ipywidgets as ipw
import numpy as np

from affectlib.errors import CyclesError
from affectlib.figures.style import FAINT, MARK, SIGNAL, readable
from affectlib.gait import Preprocessing, ssa
from affectlib.gait.alignment import align
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

GAIT = "left ankle ahead of the right"
"""The signal that cycles are really cut by."""

STILL_M = 1e-6
"""A signal that moves less than this is rounding."""

OTHERS = {
    "left ankle, forward": ("l_ankle", "x"),
    "left wrist, forward": ("l_wrist", "x"),
    "head, upward": ("head", "z"),
}


@dataclass(frozen=True, kw_only=True)
class _Analysis:
    """What the analysis of one signal gives; frames as in `Segmentation`."""

    signal_m: np.ndarray
    parts: ssa.Decomposition
    group: tuple[int, ...]
    part_m: np.ndarray
    good: list[tuple[float, float]]
    rejected: list[tuple[float, float]]
    told: str


def ssa_explorer(loaded: Loaded, preprocessing: Preprocessing | None = None) -> Explorer:
    """Turn the window and the components of the singular spectrum analysis and see the cycles move.

    Parameters
    ----------
    loaded : affectlib.stages.Loaded
        The library, looked through; takes are read when they are chosen.
    preprocessing : affectlib.gait.Preprocessing, optional
        Parameters to begin with; the defaults otherwise.

    Returns
    -------
    Explorer
        Controls ``subject label take piece signal window automatic components``; view ``chart``.
    """
    preprocessing = preprocessing or Preprocessing()
    aligned_by_name: dict[str, np.ndarray] = {}

    def aligned(walk: Recording) -> np.ndarray:
        if walk.name not in aligned_by_name:
            aligned_by_name.clear()
            aligned_by_name[walk.name] = align(
                walk.position, rate_hz=walk.rate_hz, preprocessing=preprocessing
            )
        return aligned_by_name[walk.name]

    def redraw() -> None:
        walk = takes.recording
        turned = replace(preprocessing, window_strides=window.value)
        chosen = None if automatic.value else tuple(sorted(components.value))
        found = _analyse(aligned(walk), walk.rate_hz, turned, signal.value, chosen)
        if automatic.value:
            components.value = found.group
        chart.panels = _panels(found, walk, signal.value)
        explorer.say(found.told)

    def chosen_by_hand(_: object) -> None:
        if not explorer.answering:
            automatic.value = False
            explorer.answer(redraw)

    def pointed_at(change: dict) -> None:
        if change["new"].get("what") == "component":
            components.value = tuple(sorted({int(change["new"]["which"])} ^ set(components.value)))

    takes = Takes(loaded, lambda: explorer.answer(redraw))
    signal = dropdown("signal", [f"{GAIT} (cuts cycles)", *OTHERS])
    signal.options = [(text, text.removesuffix(" (cuts cycles)")) for text in signal.options]
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
        hint="Turn the window; choose components, also by pointing at bars; drag over the signal to zoom.",
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
    for control in (signal, window, automatic):
        control.observe(lambda _: explorer.answer(redraw), "value")
    components.observe(chosen_by_hand, "value")
    chart.observe(pointed_at, "picked")
    explorer.answer(redraw)
    return explorer


def _analyse(
    aligned: np.ndarray,
    rate_hz: float,
    preprocessing: Preprocessing,
    name: str,
    chosen: tuple[int, ...] | None,
) -> _Analysis:
    """Call the steps of `find_cycles` with the signal and the components that were chosen."""
    if name == GAIT and chosen is None:
        found = find_cycles(aligned, rate_hz=rate_hz, preprocessing=preprocessing)
        if found.decomposition is None:
            raise CyclesError("the take is too short for this window", remedy="Choose a shorter one.")
        return _from(found)
    joint, axis = OTHERS.get(name, ("l_ankle", "x"))
    signal_m = gait_signal(aligned) if name == GAIT else aligned[:, INDEX[joint], AXES.index(axis)]
    frames = choose_window_frames(signal_m, rate_hz=rate_hz, preprocessing=preprocessing)
    if not np.ptp(signal_m) > STILL_M:
        raise CyclesError("this signal stands still in this take", remedy="Choose another.")
    if not frames:
        raise CyclesError("the take is too short for this window", remedy="Choose a shorter one.")
    parts = ssa.decompose(signal_m - signal_m.mean(), window_frames=frames, n_components=N_COMPONENTS)
    which = "found" if chosen is None else "chosen"
    if chosen is None:
        chosen = ssa.oscillatory_pair(parts, rate_hz=rate_hz, band_hz=preprocessing.band_hz) or ()
    group = tuple(number for number in chosen if number < parts.n_components)
    part_m = ssa.reconstruct(parts, group) if group else np.zeros(len(signal_m))
    good: list[tuple[float, float]] = []
    told = f"{len(group)} components: only a pair has a phase, so there are no boundaries."
    if len(group) == 2:
        analytic = ssa.analytic_signal(parts, (group[0], group[1]))
        phase = start_phase(aligned[:, INDEX["l_ankle"], 0], analytic)
        bounds = boundaries_frames(analytic, phase=phase)
        good = list(pairwise(bounds))
        hz = ssa.pair_frequency_hz(parts, (group[0], group[1]), rate_hz=rate_hz)
        turning = f"turns at {hz:.2f} Hz" if np.isfinite(hz) else "does not turn into itself"
        told = (
            f"The {which} pair {turning}; {len(good)} intervals, to which no rule of rejection was applied."
        )
    return _Analysis(
        signal_m=signal_m, parts=parts, group=group, part_m=part_m, good=good, rejected=[], told=told
    )


def _from(found: Segmentation) -> _Analysis:
    assert found.decomposition is not None
    spans_of = {
        bad: [(one.start_frames, one.end_frames) for one in found.intervals if bool(one.rejected) == bad]
        for bad in (False, True)
    }
    reasons = sorted({one.rejected for one in found.intervals if one.rejected})
    told = f"{len(found.cycles)} cycles at {found.stride_hz:.2f} Hz" if found.pair else "Nothing oscillates"
    if reasons:
        told += f"; {len(spans_of[True])} intervals rejected: {', '.join(reasons)}"
    return _Analysis(
        signal_m=found.signal_m,
        parts=found.decomposition,
        group=found.pair or (),
        part_m=found.analytic.real,
        good=spans_of[False],
        rejected=spans_of[True],
        told=f"{told}.",
    )


def _panels(found: _Analysis, walk: Recording, name: str) -> list[dict[str, object]]:
    number = range(1, found.parts.n_components + 1)
    shares = 100 * found.parts.shares
    time_s = walk.start_s + np.arange(walk.n_frames) / walk.rate_hz
    frames = len(found.parts.left)
    marks = []
    for pairs, colour, options in (
        (found.good, SIGNAL, {"name": "gait cycle"}),
        (found.rejected, FAINT, {"name": "rejected", "hatched": True}),
    ):
        at = walk.start_s + np.array(pairs).reshape(-1, 2) / walk.rate_hz
        if len(at):
            marks.append(spans(at[:, 0], at[:, 1], colour=colour, **options))
            marks.append(rules(at[:, 0], colour=colour))
    centre_cm = 100 * found.signal_m.mean()
    marks.append(line(time_s, 100 * found.signal_m, colour="ink", name="signal", width=1.2))
    part = line(time_s, 100 * found.part_m + centre_cm, colour=MARK, name="chosen components", dash="5 3")
    correlation = ssa.w_correlation(found.parts)
    shown = [(place, str(place + 1)) for place in range(len(correlation))]
    return [
        panel(
            f"Spectrum, window {frames} frames ({frames / walk.rate_hz:.2f} s)",
            bars(
                number,
                shares,
                colours=[MARK if one - 1 in found.group else FAINT for one in number],
                tips=[f"component {one}: {share:.2g} %" for one, share in zip(number, shares, strict=True)],
                pick="component",
                ids=[one - 1 for one in number],
            ),
            log=True,
            ylabel="share of the signal (%)",
            xlabel="component",
            xticks=[(one, str(one)) for one in number],
            height=190,
        ),
        panel(
            "w-correlation: dark belongs together",
            cells(np.abs(correlation), colour="ink", top=1.0),
            down=True,
            xticks=shown,
            yticks=shown,
            xlabel="component",
            ylabel="component",
            height=190,
        ),
        panel(
            f"{readable(walk.subject)}, {readable(walk.label)}: {name}",
            *marks,
            part,
            span=2,
            height=220,
            xlabel="time (s)",
            ylabel="cm",
            zoom=f"{walk.name} {name}",
        ),
    ]
