"""The relevance explorer: which joint at which phase, and what it does there."""

from __future__ import annotations

import ipywidgets as ipw
import numpy as np

from affectlib.explanation.gradcam import Explanation
from affectlib.figures.style import MARK, label_colours, readable
from affectlib.gait import Average
from affectlib.skeleton import AXES, JOINTS
from affectlib.widgets.chart import Chart, Mark, band, cells, line, panel, rules
from affectlib.widgets.explorer import Explorer, beside, dropdown, options, slider
from affectlib.widgets.player import player


def relevance_explorer(explanation: Explanation, average: Average, *, simulated: bool = False) -> Explorer:
    """Point at a cell of the relevance map and see what the joint does there.

    Parameters
    ----------
    explanation : affectlib.explanation.gradcam.Explanation
        Relevance over joints and phases, label by label.
    average : affectlib.gait.Average
        Average cycles of the same labels.
    simulated : bool
        Whether nobody real walks here.

    Returns
    -------
    Explorer
        Controls ``label against joint axis phase``; views ``map course player``. Cells of the map can be
        pointed at.
    """
    labels = [label for label in average.labels if label in explanation.labels]
    colours = label_colours(average.labels)
    n_phases = explanation.relevance.sizes["phase"]

    def redraw() -> None:
        heat = explanation.relevance.sel(label=label.value).transpose("joint", "phase").values
        row, column = JOINTS.index(joint.value), round(phase.value * n_phases / 100) % n_phases
        here = heat[row, column]
        chart.panels = [_map(heat, readable(label.value), (row, column))]
        course.panels = [_course()]
        bodies = {readable(name): average.mean.sel(label=name).values for name in _both()}
        stage.show(bodies, colours={readable(name): colours[name] for name in _both()}, simulated=simulated)
        stage.phase = min(phase.value / 100, 0.999)
        told = "was not recognised in any cycle" if not np.isfinite(here) else f"{here:.1f} times the mean"
        explorer.say(f"{readable(joint.value)} at {phase.value} % of the cycle: {told}.")

    def _both() -> list[str]:
        return list(dict.fromkeys([label.value, against.value]))

    def _course() -> dict[str, object]:
        percent = 100 * average.mean["phase"].values
        marks: list[Mark] = [rules([phase.value], colour=MARK)]
        for name in _both():
            where = {"label": name, "joint": joint.value, "axis": axis.value}
            mean, spread = (100 * part.sel(where).values for part in (average.mean, average.spread))
            marks.append(band(percent, mean - spread, mean + spread, colour=colours[name]))
            marks.append(line(percent, mean, colour=colours[name], name=readable(name), width=2))
        title = f"{readable(joint.value)}, {axis.value}: average course"
        return panel(title, *marks, xlabel="gait cycle (%)", ylabel=f"{axis.value} (cm)", height=200)

    def pointed_at(change: dict) -> None:
        if change["new"].get("what") == "cell":
            row, column = change["new"]["which"]
            explorer.answering = True  # one question, two controls
            joint.value, phase.value = JOINTS[row], round(100 * column / n_phases)
            explorer.answering = False
            explorer.answer(redraw)

    label, against = dropdown("label", options(labels)), dropdown("against", options(average.labels))
    against.value = average.labels[-1] if average.labels[-1] != label.value else average.labels[0]
    joint = dropdown("joint", [(readable(name), name) for name in JOINTS], value="l_wrist")
    axis = dropdown("direction", list(AXES))
    phase = slider(ipw.IntSlider, "phase (%)", min=0, max=99)
    chart = Chart(alt="Heat map of relevance over joints and phases of the gait cycle")
    course = Chart(alt="Average course of the chosen joint for two labels")
    stage = player({"average": average.mean.values[0]}, simulated=simulated)
    explorer = Explorer(
        "relevance-explorer",
        title="What decides",
        hint="Point at a cell of the map: the walkers go to that phase, and the joint's course is drawn.",
        controls={"label": label, "against": against, "joint": joint, "axis": axis, "phase": phase},
        views={"map": chart, "course": course, "player": stage},
        rows=[beside(ipw.VBox([chart, course]), stage, widths=("420px 3", "320px 2"))],
        simulated=simulated,
    )
    for control in explorer.controls.values():
        control.observe(lambda _: explorer.answer(redraw), "value")
    chart.observe(pointed_at, "picked")
    explorer.answer(redraw)
    return explorer


def _map(heat: np.ndarray, label: str, chosen: tuple[int, int]) -> dict[str, object]:
    n_phases = heat.shape[1]
    names = [readable(joint) for joint in JOINTS]
    tips = [
        [f"{name}, {100 * column / n_phases:.0f} %: {value:.1f}" for column, value in enumerate(row)]
        for name, row in zip(names, heat, strict=True)
    ]
    ticks = [(n_phases * part / 100, str(part)) for part in range(0, 100, 20)]
    return panel(
        f"Relevance for {label}; 1 if all counted the same",
        cells(heat, colour="#08306B", tips=tips, pick="cell", chosen=list(chosen)),
        down=True,
        yticks=list(enumerate(names)),
        xticks=ticks,
        xlabel="gait cycle (%)",
        height=300,
    )
