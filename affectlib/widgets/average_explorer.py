"""The average-cycle explorer: comparison of two labels, joint by joint."""

from __future__ import annotations

import numpy as np

from affectlib.figures.cycles import DIRECTIONS
from affectlib.figures.style import label_colours, readable
from affectlib.gait import Average
from affectlib.skeleton import AXES, JOINTS
from affectlib.widgets.chart import Chart, Mark, band, line, panel, rules
from affectlib.widgets.explorer import Explorer, beside, dropdown, options
from affectlib.widgets.player import player


def average_explorer(average: Average, *, simulated: bool = False) -> Explorer:
    """Return an explorer that compares the average cycles of two labels.

    Controls are ``joint axis label against``; views are ``chart player``.
    """
    colours = label_colours(average.labels)
    percent = 100 * average.mean["phase"].values

    def course(label: str) -> tuple[np.ndarray, np.ndarray]:
        where = {"label": label, "joint": joint.value, "axis": axis.value}
        return 100 * average.mean.sel(where).values, 100 * average.spread.sel(where).values

    def redraw() -> None:
        # The same label twice is shown once.
        shown = list(dict.fromkeys([first.value, second.value]))
        # All bands before all lines, which would be covered otherwise.
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
            difference = course(shown[0])[0] - course(shown[1])[0]
            title = f"{readable(shown[0])} minus {readable(shown[1])}"
            zero = rules([0], axis="y", colour="soft", counts=True)
            panels.append(panel(title, zero, line(percent, difference, colour="ink"), **cycle, height=130))
        chart.panels = panels
        bodies = {readable(label): average.mean.sel(label=label).values for label in shown}
        stage.show(bodies, colours={readable(label): colours[label] for label in shown}, simulated=simulated)

    joint = dropdown("joint", [(readable(name), name) for name in JOINTS], value="l_wrist")
    axis = dropdown("direction", [(f"{name}, {DIRECTIONS[name]}", name) for name in AXES])
    labels = options(average.labels)
    first = dropdown("label", labels)
    second = dropdown("compared with", labels, value=labels[-1][1])
    chart = Chart(alt="Mean position of one joint over the gait cycle for two labels")
    stage = player({"average": average.mean.values[0]}, simulated=simulated)
    explorer = Explorer(
        "average-explorer",
        title="Average cycle",
        hint="Choose a joint and two labels; where bands overlap, a single cycle does not distinguish them.",
        controls={"joint": joint, "axis": axis, "label": first, "against": second},
        views={"chart": chart, "player": stage},
        rows=[beside(chart, stage, widths=("420px 3", "320px 2"))],
        simulated=simulated,
    )
    explorer.update_with(explorer.controls.values(), redraw)
    redraw()
    return explorer
