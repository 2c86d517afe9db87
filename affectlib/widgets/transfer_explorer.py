"""The transfer explorer: motions with the subject of one cycle and the affect of another (Fig. 1, live)."""

from __future__ import annotations

import ipywidgets as ipw
import numpy as np
import pandas as pd

from affectlib.figures.style import INK, label_colours, readable
from affectlib.models.fitted import FittedAutoencoder
from affectlib.skeleton import AXES, INDEX, JOINTS, ROOT
from affectlib.widgets.chart import Chart, line, panel
from affectlib.widgets.explorer import Chain, Explorer, beside, dropdown, slider
from affectlib.widgets.player import player

MOVING = [index for joint, index in INDEX.items() if joint != ROOT]
"""All joints but the root, which is the origin."""


def transfer_explorer(
    fitted: FittedAutoencoder,
    series: np.ndarray,
    labels: pd.DataFrame,
    *,
    shown: np.ndarray,
    simulated: bool = False,
) -> Explorer:
    """Return an explorer that transfers the affect of one cycle to the subject of another.

    Controls are ``body body_label body_cycle affect affect_subject affect_cycle joint``; views are ``player
    chart``.

    Parameters
    ----------
    series : numpy.ndarray
        Positions of all cycles in metres, shape (cycles, phases, 15, 3).
    labels : pandas.DataFrame
        Columns ``subject`` and ``label``, one row per cycle.
    shown : numpy.ndarray
        Indices of the cycles to choose from, such as test cycles, shape (chosen,).
    """
    table = labels.iloc[shown][["subject", "label"]].astype(str).assign(cycle=shown)
    colours = label_colours(labels["label"])

    def pick(chain: Chain, number: ipw.IntSlider) -> int:
        return int(chain.rows["cycle"].iloc[(number.value - 1) % len(chain.rows)])

    def redraw() -> None:
        for chain, number in ((body, body_cycle), (affect, affect_cycle)):
            number.max = len(chain.rows)
        ij, kl = pick(affect, affect_cycle), pick(body, body_cycle)
        subject, label = labels["subject"].iloc[kl], labels["label"].iloc[ij]
        body_label = labels["label"].iloc[kl]
        decoded = fitted.transfer(series[[ij]], series[[kl]])[0]
        # Any other recorded cycle of the subject with that label is a ground truth.
        matching = (table["subject"] == subject) & (table["label"] == label)
        recorded = table[matching & ~table["cycle"].isin([ij, kl])]["cycle"]
        truth = series[recorded.iloc[(body_cycle.value - 1) % len(recorded)]] if len(recorded) else None
        walkers = {
            f"body: {subject}, {readable(body_label)}": (series[kl], colours[body_label]),
            f"affect: {labels['subject'].iloc[ij]}, {readable(label)}": (series[ij], colours[label]),
            f"decoded: {subject}, {readable(label)}": (decoded, colours[label]),
        }
        if truth is not None:
            walkers[f"recorded: {subject}, {readable(label)}"] = (truth, INK)
        stage.show(
            {name: motion for name, (motion, _) in walkers.items()},
            colours={name: colour for name, (_, colour) in walkers.items()},
            simulated=simulated,
        )
        colour_pair = colours[body_label], colours[label]
        chart.panels = _courses(joint.value, series[kl], decoded, truth, colour_pair)
        explorer.set_message(_distances(series[kl], decoded, truth, subject, readable(label)))

    body_columns = {"subject": "body of", "label": "label"}
    body = Chain(table, body_columns, lambda: explorer.update(redraw))
    affect = Chain(table, {"label": "affect", "subject": "affect of"}, lambda: explorer.update(redraw))
    body_cycle, affect_cycle = (
        slider(ipw.IntSlider, text, min=1, max=1) for text in ("body: cycle", "affect: cycle")
    )
    joint = dropdown("joint", [(readable(name), name) for name in JOINTS], value="l_wrist")
    stage = player({"body": series[int(shown[0])]}, simulated=simulated)
    chart = Chart(columns=3, alt="Position of one joint: decoded, recorded, and before the transfer")
    explorer = Explorer(
        "transfer-explorer",
        title="Transfer of affect",
        hint="Choose a body and an affect; the decoded motion is shown beside a recorded one.",
        controls={
            "body": body.boxes["subject"],
            "body_label": body.boxes["label"],
            "body_cycle": body_cycle,
            "affect": affect.boxes["label"],
            "affect_subject": affect.boxes["subject"],
            "affect_cycle": affect_cycle,
            "joint": joint,
        },
        views={"player": stage, "chart": chart},
        rows=[beside(stage, widths=("420px 1",)), chart],
        simulated=simulated,
    )
    _choose_different(table, body, affect)
    explorer.update_with((body_cycle, affect_cycle, joint), redraw)
    redraw()
    return explorer


def _choose_different(table: pd.DataFrame, body: Chain, affect: Chain) -> None:
    """Begin with two subjects and two labels where there are, so that something is transferred."""
    first = body.rows.iloc[0]
    others = table[(table["subject"] != first["subject"]) & (table["label"] != first["label"])]
    if len(others):
        # The explorer draws for the first time after this.
        changed, affect.changed = affect.changed, None
        affect.choose(label=others["label"].iloc[0], subject=others["subject"].iloc[0])
        affect.changed = changed


def _courses(
    joint: str, body: np.ndarray, decoded: np.ndarray, truth: np.ndarray | None, colours: tuple[str, str]
) -> list[dict[str, object]]:
    percent = 100 * np.arange(len(decoded)) / len(decoded)
    panels = []
    for number, axis in enumerate(AXES):
        at = (slice(None), INDEX[joint], number)
        marks = [line(percent, 100 * body[at], colour=colours[0], dash="2 4", name="body, before transfer")]
        if truth is not None:
            marks.append(line(percent, 100 * truth[at], colour="ink", name="recorded"))
        marks.append(line(percent, 100 * decoded[at], colour=colours[1], width=2.2, name="decoded"))
        title = f"{readable(joint)}, {axis}"
        panels.append(panel(title, *marks, xlabel="gait cycle (%)", ylabel=f"{axis} (cm)", height=190))
    return panels


def _distances(
    body: np.ndarray, decoded: np.ndarray, truth: np.ndarray | None, subject: str, label: str
) -> str:
    if truth is None:
        return f"No other test cycle has {subject} walking {label}: nothing recorded to compare with."
    decoded_mm, body_mm = (
        1000 * np.linalg.norm(motion - truth, axis=-1)[:, MOVING].mean() for motion in (decoded, body)
    )
    return (
        f"Mean distance over joints to the recorded cycle: decoded {decoded_mm:.0f} mm, body before transfer "
        f"{body_mm:.0f} mm. The recorded cycle is one of several of {subject}."
    )
