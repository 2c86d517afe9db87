"""The library browser: each take with its path, its joint positions over time and its repairs."""

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
"""Longer recordings are decimated before they are sent to the browser."""

AXIS_COLOURS = dict(zip(AXES, ("#0072B2", "#009E73", "#CC79A7"), strict=True))


def library_browser(loaded: Loaded) -> Explorer:
    """Return an explorer of the takes of a library.

    Controls are ``subject label take piece joint relative``; views are ``player path traces repairs``.
    """
    colours = label_colours(loaded.takes["label"].astype(str))
    simulated = loaded.library.simulated

    def redraw() -> None:
        walk = takes.recording
        shown, rate_hz = thinned(walk)
        colour = colours[walk.label]
        name = f"{walk.subject}, {readable(walk.label)}"
        stage.show({name: shown}, rate_hz=rate_hz, colours={name: colour}, simulated=simulated)
        path.panels = [_path(walk, colour)]
        traces.panels = _traces(takes.pieces, joint.value, relative=relative.value)
        repairs.value = table_html(_facts(walk, str(takes.row["file"])))

    takes = Takes(loaded, lambda: explorer.update(redraw))
    joint = dropdown("joint", [(readable(name), name) for name in JOINTS], value="l_ankle")
    relative = ipw.Checkbox(value=True, description="relative to the pelvis", indent=False)
    relative.layout.width = "max-content"
    walk = takes.recording
    shown, rate_hz = thinned(walk)
    stage = player({walk.subject: shown}, rate_hz=rate_hz, simulated=simulated)
    path = Chart(alt="Path of the pelvis seen from above, in metres")
    traces = Chart(alt="Position of one joint along three axes over time")
    repairs = ipw.HTML()
    explorer = Explorer(
        "library-browser",
        title="Library browser",
        hint="Choose a take to play it, and to see its path from above and its repairs.",
        controls={**takes.controls, "joint": joint, "relative": relative},
        views={"player": stage, "path": path, "traces": traces, "repairs": repairs},
        rows=[
            beside(stage, repairs, widths=("420px 3", "220px 1")),
            beside(path, traces, widths=("300px 2", "420px 3")),
        ],
        simulated=simulated,
    )
    explorer.update_with((joint, relative), redraw)
    redraw()
    return explorer


def thinned(walk: Recording) -> tuple[np.ndarray, float]:
    """Return every n-th frame of a recording, at most `MOST_FRAMES` frames.

    Returns
    -------
    tuple of (numpy.ndarray, float)
        Positions in metres, shape (frames, 15, 3), and frames per second.
    """
    # Rounded up.
    step = -(-walk.n_frames // MOST_FRAMES)
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
    gaps = [(before.start_s + before.duration_s, after.start_s) for before, after in pairwise(pieces)]
    panels = []
    for number, axis in enumerate(AXES):
        marks: list[Mark] = []
        if gaps:
            starts, ends = zip(*gaps, strict=True)
            marks.append(spans(starts, ends, colour=OTHER_COLOURS[3], hatched=True, name="lost"))
        for piece in pieces:
            position, rate_hz = thinned(piece)
            course = position[:, INDEX[joint], number]
            # Relative to itself the pelvis would stand still.
            if relative and joint != ROOT:
                course = course - position[:, INDEX[ROOT], number]
            time_s = piece.start_s + np.arange(len(course)) / rate_hz
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


def _facts(walk: Recording, file: str) -> dict[str, object]:
    repairs = walk.repairs
    return {
        "file": file,
        "length": f"{walk.duration_s:.1f} s at {walk.rate_hz:g} Hz",
        "frames interpolated": repairs.interpolated_frames,
        "frames lost": repairs.lost_frames,
        "pieces": repairs.pieces,
        "notes": "; ".join(repairs.notes) or "none",
    }
