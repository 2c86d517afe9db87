"""The library browser: who walks here, along which path, and what had to be repaired."""

from __future__ import annotations

from itertools import pairwise

import ipywidgets as ipw
import numpy as np

from affectlib.figures.style import OTHER_COLOURS, label_colours, readable
from affectlib.recordings import Recording
from affectlib.skeleton import AXES, INDEX, JOINTS, ROOT
from affectlib.stages import Loaded
from affectlib.widgets.chart import Chart, Mark, dots, line, panel, spans
from affectlib.widgets.explorer import Explorer, beside, dropdown, table_html
from affectlib.widgets.player import player
from affectlib.widgets.takes import Takes

MOST_FRAMES = 1800
"""Longer stretches are thinned, evenly, before they are sent to be looked at."""

AXIS_COLOURS = dict(zip(AXES, ("#0072B2", "#009E73", "#CC79A7"), strict=True))


def library_browser(loaded: Loaded) -> Explorer:
    """Look at every take of a library: walker, path, course of each joint, repairs.

    Parameters
    ----------
    loaded : affectlib.stages.Loaded
        The library, looked through; takes are read when they are chosen.

    Returns
    -------
    Explorer
        Controls ``subject label take piece joint relative``; views ``player path traces repairs``.
    """
    colours = label_colours(loaded.takes["label"].astype(str))
    simulated = loaded.library.simulated

    def redraw() -> None:
        walk, row = takes.recording, takes.row
        shown, rate_hz = thinned(walk)
        colour = colours[walk.label]
        name = f"{walk.subject}, {readable(walk.label)}"
        stage.show({name: shown}, rate_hz=rate_hz, colours={name: colour}, simulated=simulated)
        path.panels = [_path(walk, colour)]
        traces.panels = _traces(takes.pieces, joint.value, relative=relative.value)
        repairs.value = table_html(_facts(walk, row))

    takes = Takes(loaded, lambda: explorer.answer(redraw))
    joint = dropdown("joint", [(readable(name), name) for name in JOINTS], value="l_ankle")
    relative = ipw.Checkbox(value=True, description="relative to the pelvis", indent=False)
    relative.layout.width = "max-content"
    walk = takes.recording
    shown, rate_hz = thinned(walk)
    stage = player({walk.subject: shown}, rate_hz=rate_hz, simulated=simulated)
    path = Chart(alt="Path of the pelvis seen from above, in metres")
    traces = Chart(alt="Course of one joint along three axes over time")
    repairs = ipw.HTML()
    explorer = Explorer(
        "library-browser",
        title="Library browser",
        hint="Choose a take: it walks, its path is drawn from above, and what was repaired is told.",
        controls={**takes.controls, "joint": joint, "relative": relative},
        views={"player": stage, "path": path, "traces": traces, "repairs": repairs},
        rows=[
            beside(stage, repairs, widths=("420px 3", "220px 1")),
            beside(path, traces, widths=("300px 2", "420px 3")),
        ],
        simulated=simulated,
    )
    for control in (joint, relative):
        control.observe(lambda _: explorer.answer(redraw), "value")
    redraw()
    return explorer


def thinned(walk: Recording, *, most: int = MOST_FRAMES) -> tuple[np.ndarray, float]:
    """Thin a long stretch so that it is light to send.

    Parameters
    ----------
    walk : Recording
        A stretch.
    most : int
        Frames at most.

    Returns
    -------
    tuple of (numpy.ndarray, float)
        Positions in metres, shape (frames, 15, 3), and frames per second.
    """
    step = -(-walk.n_frames // most)
    return walk.position[::step], walk.rate_hz / step


def _path(walk: Recording, colour: str) -> dict[str, object]:
    x, y = thinned(walk)[0][:, INDEX[ROOT], :2].T
    return panel(
        "Path of the pelvis, from above",
        line(x, y, colour=colour, name=readable(walk.label)),
        dots(x[:1], y[:1], colour=colour, name="start", size=9, tips=["start"]),
        xlabel="x (m)",
        ylabel="y (m)",
        equal=True,
        height=300,
        loose=True,
    )


def _traces(pieces: tuple[Recording, ...], joint: str, *, relative: bool) -> list[dict[str, object]]:
    about = "from the pelvis" if relative and joint != ROOT else "in the room"
    bounds = [(one.start_s, one.start_s + one.duration_s) for one in pieces]
    lost = [(end, start) for (_, end), (start, _) in pairwise(bounds)]
    panels = []
    for number, axis in enumerate(AXES):
        marks: list[Mark] = []
        if lost:
            starts, ends = zip(*lost, strict=True)
            marks.append(spans(starts, ends, colour=OTHER_COLOURS[3], hatched=True, name="lost"))
        for one in pieces:
            step = -(-one.n_frames // MOST_FRAMES)
            course = one.position[::step, INDEX[joint], number]
            if relative and joint != ROOT:
                course = course - one.position[::step, INDEX[ROOT], number]
            time_s = one.start_s + np.arange(len(course)) * step / one.rate_hz
            marks.append(line(time_s, course, colour=AXIS_COLOURS[axis], width=1.2))
        last = axis == AXES[-1]
        panels.append(
            panel(
                f"{readable(joint)}, {axis}, {about}",
                *marks,
                ylabel=f"{axis} (m)",
                xlabel="time (s)" if last else "",
                height=126 if last else 108,
                zoom=pieces[0].name,
            )
        )
    return panels


def _facts(walk: Recording, row: object) -> dict[str, object]:
    repairs = walk.repairs
    return {
        "file": row["file"],  # type: ignore[index]
        "length": f"{walk.duration_s:.1f} s at {walk.rate_hz:g} Hz",
        "frames interpolated": repairs.interpolated_frames,
        "frames lost": repairs.lost_frames,
        "pieces": repairs.pieces,
        "notes": "; ".join(repairs.notes) or "none",
    }
