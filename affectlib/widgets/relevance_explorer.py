"""The relevance explorer: relevance of joints and phases beside the motion itself."""

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
    """Return an explorer of relevance maps, whose cells can be clicked.

    Controls are ``label against joint axis phase``; views are ``map course player``.

    Parameters
    ----------
    average : affectlib.gait.Average
        Average cycles of the same labels.
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
        # The end of the loop would be its beginning.
        stage.phase = min(phase.value / 100, 0.999)
        value = f"{here:.1f} times the mean" if np.isfinite(here) else "not recognised in any cycle"
        explorer.set_message(f"{readable(joint.value)} at {phase.value} % of the cycle: {value}.")

    def _both() -> list[str]:
        return list(dict.fromkeys([label.value, against.value]))

    def _course() -> dict[str, object]:
        percent = 100 * average.mean["phase"].values
        marks: list[Mark] = [rules([phase.value], colour=MARK)]
        for name in _both():
            where = {"label": name, "joint": joint.value, "axis": axis.value}
            mean, spread = (100 * values.sel(where).values for values in (average.mean, average.spread))
            marks.append(band(percent, mean - spread, mean + spread, colour=colours[name]))
            marks.append(line(percent, mean, colour=colours[name], name=readable(name), width=2))
        title = f"{readable(joint.value)}, {axis.value}: mean, one standard deviation shaded"
        return panel(title, *marks, xlabel="gait cycle (%)", ylabel=f"{axis.value} (cm)", height=200)

    def cell_clicked(change: dict) -> None:
        if change["new"].get("what") == "cell":
            row, column = change["new"]["which"]
            explorer.updating = True  # two controls, one update
            joint.value, phase.value = JOINTS[row], round(100 * column / n_phases)
            explorer.updating = False
            explorer.update(redraw)

    label, against = dropdown("label", options(labels)), dropdown("compared with", options(average.labels))
    against.value = average.labels[-1] if average.labels[-1] != label.value else average.labels[0]
    joint = dropdown("joint", [(readable(name), name) for name in JOINTS], value="l_wrist")
    axis = dropdown("direction", list(AXES))
    phase = slider(ipw.IntSlider, "phase (%)", min=0, max=99)
    chart = Chart(alt="Heat map of relevance over joints and phases of the gait cycle")
    course = Chart(alt="Mean position of the chosen joint for two labels")
    stage = player({"average": average.mean.values[0]}, simulated=simulated)
    explorer = Explorer(
        "relevance-explorer",
        title="Relevance",
        hint="Click a cell of the map: the walkers move to that phase, and the joint's position is plotted.",
        controls={"label": label, "against": against, "joint": joint, "axis": axis, "phase": phase},
        views={"map": chart, "course": course, "player": stage},
        rows=[beside(ipw.VBox([chart, course]), stage, widths=("420px 3", "320px 2"))],
        simulated=simulated,
    )
    explorer.update_with(explorer.controls.values(), redraw)
    chart.observe(cell_clicked, "picked")
    explorer.update(redraw)
    return explorer


def _map(heat: np.ndarray, label: str, chosen: tuple[int, int]) -> dict[str, object]:
    n_phases = heat.shape[1]
    names = [readable(joint) for joint in JOINTS]
    tips = [
        [f"{name}, {100 * column / n_phases:.0f} %: {value:.1f}" for column, value in enumerate(row)]
        for name, row in zip(names, heat, strict=True)
    ]
    ticks = [(n_phases * percent / 100, str(percent)) for percent in range(0, 100, 20)]
    return panel(
        f"Relevance for {label} (1 = uniform)",
        cells(heat, colour="#08306B", tips=tips, pick="cell", chosen=list(chosen)),
        down=True,
        yticks=list(enumerate(names)),
        xticks=ticks,
        xlabel="gait cycle (%)",
        height=300,
    )
