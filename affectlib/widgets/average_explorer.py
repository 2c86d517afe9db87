"""The average-cycle explorer: one label against another, joint by joint."""

from __future__ import annotations

import numpy as np

from affectlib.figures.style import label_colours, readable
from affectlib.gait import Average
from affectlib.skeleton import AXES, JOINTS
from affectlib.widgets.chart import Chart, Mark, band, line, panel, rules
from affectlib.widgets.explorer import Explorer, beside, dropdown, options
from affectlib.widgets.player import player

DIRECTIONS = {"x": "forward", "y": "to the left", "z": "upward"}


def average_explorer(average: Average, *, simulated: bool = False) -> Explorer:
    """Hold the average cycle of one label against another's.

    Parameters
    ----------
    average : affectlib.gait.Average
        Mean and spread of every label.
    simulated : bool
        Whether nobody real walks here.

    Returns
    -------
    Explorer
        Controls ``joint axis label against``; views ``chart player``.
    """
    colours = label_colours(average.labels)
    percent = 100 * average.mean["phase"].values

    def course(label: str) -> tuple[np.ndarray, np.ndarray]:
        where = {"label": label, "joint": joint.value, "axis": axis.value}
        return 100 * average.mean.sel(where).values, 100 * average.spread.sel(where).values

    def redraw() -> None:
        shown = list(dict.fromkeys([first.value, second.value]))
        marks: list[Mark] = []
        for label in shown:
            mean, spread = course(label)
            marks.append(band(percent, mean - spread, mean + spread, colour=colours[label]))
        for label in shown:
            name = f"{readable(label)} ({average.counts[label]} {average.unit})"
            marks.append(line(percent, course(label)[0], colour=colours[label], name=name, width=2))
        cycle = {"xlabel": "gait cycle (%)", "ylabel": f"{axis.value} (cm)"}
        title = f"{readable(joint.value)}, {DIRECTIONS[axis.value]}: mean, one standard deviation shaded"
        panels = [panel(title, *marks, **cycle, height=230)]
        if len(shown) == 2:
            apart = course(shown[0])[0] - course(shown[1])[0]
            title = f"{readable(shown[0])} minus {readable(shown[1])}"
            nothing = rules([0], axis="y", colour="soft", counts=True)
            panels.append(panel(title, nothing, line(percent, apart, colour="ink"), **cycle, height=130))
        chart.panels = panels
        bodies = {readable(label): average.mean.sel(label=label).values for label in shown}
        stage.show(bodies, colours={readable(label): colours[label] for label in shown}, simulated=simulated)

    joint = dropdown("joint", [(readable(name), name) for name in JOINTS], value="l_wrist")
    axis = dropdown("direction", [(f"{name}, {DIRECTIONS[name]}", name) for name in AXES])
    offered = options(average.labels)
    first = dropdown("label", offered)
    second = dropdown("against", offered, value=offered[-1][1])
    chart = Chart(alt="Average course of one joint over the gait cycle for two labels")
    stage = player({"average": average.mean.values[0]}, simulated=simulated)
    explorer = Explorer(
        "average-explorer",
        title="Average cycle",
        hint="Choose a joint and two labels: the bands overlap where one cycle does not tell them apart.",
        controls={"joint": joint, "axis": axis, "label": first, "against": second},
        views={"chart": chart, "player": stage},
        rows=[beside(chart, stage, widths=("420px 3", "320px 2"))],
        simulated=simulated,
    )
    for control in explorer.controls.values():
        control.observe(lambda _: explorer.answer(redraw), "value")
    redraw()
    return explorer
