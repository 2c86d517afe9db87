"""The SSA explorer: effect of window and components on the cycle boundaries."""

from __future__ import annotations

from dataclasses import replace

import ipywidgets as ipw
import numpy as np

from affectlib.figures.style import FAINT, MARK, SIGNAL, readable
from affectlib.gait import Aligned, Preprocessing, align_recording, ssa
from affectlib.gait.oscillation import N_COMPONENTS
from affectlib.recordings import Recording
from affectlib.stages import Loaded
from affectlib.widgets.chart import Chart, bars, cells, line, panel, rules, spans
from affectlib.widgets.explorer import Explorer, dropdown, slider
from affectlib.widgets.ssa_analysis import GAIT, OTHER_SIGNALS, Analysis, analyse
from affectlib.widgets.takes import Takes


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
            # One recording at a time: only the window and components change often.
            aligned_by_name.clear()
            aligned_by_name[walk.name] = align_recording(walk, preprocessing)
        return aligned_by_name[walk.name]

    def redraw() -> None:
        walk = takes.recording
        parameters = replace(preprocessing, window_strides=window.value)
        chosen = None if automatic.value else tuple(sorted(components.value))
        analysis = analyse(aligned(walk), parameters, signal.value, chosen)
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
    names = [(f"{GAIT} (segmentation)", GAIT), *((name, name) for name in OTHER_SIGNALS)]
    signal = dropdown("signal", names)
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


def _panels(analysis: Analysis, walk: Recording, signal: str) -> list[dict[str, object]]:
    return [_spectrum(analysis, walk.rate_hz), _correlation(analysis), _signal(analysis, walk, signal)]


def _spectrum(analysis: Analysis, rate_hz: float) -> dict[str, object]:
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


def _correlation(analysis: Analysis) -> dict[str, object]:
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


def _signal(analysis: Analysis, walk: Recording, signal: str) -> dict[str, object]:
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
