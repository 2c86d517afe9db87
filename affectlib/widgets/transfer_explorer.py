"""The transfer explorer: this person's body with that person's affect (the paper's Fig. 1, live)."""

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


def transfer_explorer(
    fitted: FittedAutoencoder,
    series: np.ndarray,
    labels: pd.DataFrame,
    *,
    shown: np.ndarray,
    simulated: bool = False,
) -> Explorer:
    """Give one walker's body another walker's affect, beside what was really recorded.

    Parameters
    ----------
    fitted : FittedAutoencoder
        The trained autoencoder; its decoder answers while one looks.
    series : numpy.ndarray
        Positions of all cycles in metres, shape (cycles, phases, 15, 3).
    labels : pandas.DataFrame
        One row a cycle, with ``subject`` and ``label``.
    shown : numpy.ndarray
        The cycles to choose from, shape (chosen,): test cycles, which no training has seen.
    simulated : bool
        Whether nobody real walks here.

    Returns
    -------
    Explorer
        Controls ``body own body_cycle affect_of affect affect_cycle joint``; views ``player chart``.
    """
    table = labels.iloc[shown][["subject", "label"]].astype(str).assign(cycle=shown)
    colours = label_colours(labels["label"])

    def pick(chain: Chain, number: ipw.IntSlider) -> int:
        return int(chain.rows["cycle"].iloc[(number.value - 1) % len(chain.rows)])

    def redraw() -> None:
        for chain, number in ((body, body_cycle), (affect, affect_cycle)):
            number.max = len(chain.rows)
        kl, ij = pick(body, body_cycle), pick(affect, affect_cycle)
        who, mood = labels["subject"].iloc[kl], labels["label"].iloc[ij]
        made = fitted.transfer(series[[ij]], series[[kl]])[0]
        found = table[(table["subject"] == who) & (table["label"] == mood) & ~table["cycle"].isin([ij, kl])]
        truth = series[found["cycle"].iloc[(body_cycle.value - 1) % len(found)]] if len(found) else None
        name = {
            "own": f"body: {who}, {readable(labels['label'].iloc[kl])}",
            "affect": f"affect: {labels['subject'].iloc[ij]}, {readable(mood)}",
            "made": f"decoded: {who}, {readable(mood)}",
            "truth": f"recorded: {who}, {readable(mood)}",
        }
        walkers = {name["own"]: series[kl], name["affect"]: series[ij], name["made"]: made}
        tint = {name["own"]: colours[labels["label"].iloc[kl]], name["affect"]: colours[mood]}
        tint[name["made"]] = colours[mood]
        if truth is not None:
            walkers[name["truth"]], tint[name["truth"]] = truth, INK
        stage.show(walkers, colours=tint, simulated=simulated)
        tints = colours[labels["label"].iloc[kl]], colours[mood]
        chart.panels = _courses(joint.value, series[kl], made, truth, tints)
        explorer.say(_distances(series[kl], made, truth, who, readable(mood)))

    columns = {"subject": "body of", "label": "walking"}
    body = Chain(table, columns, lambda: explorer.answer(redraw))
    affect = Chain(table, {"label": "affect", "subject": "as shown by"}, lambda: explorer.answer(redraw))
    body_cycle, affect_cycle = (
        slider(ipw.IntSlider, text, min=1, max=1) for text in ("body's cycle", "affect's cycle")
    )
    joint = dropdown("joint", [(readable(each), each) for each in JOINTS], value="l_wrist")
    stage = player({"body": series[int(shown[0])]}, simulated=simulated)
    chart = Chart(columns=3, alt="Course of one joint: decoded, recorded, and before the exchange")
    explorer = Explorer(
        "transfer-explorer",
        title="Transfer of affect",
        hint="Choose a body and an affect: the decoder makes the motion; the recorded one stands beside it.",
        controls={
            "body": body.boxes["subject"],
            "own": body.boxes["label"],
            "body_cycle": body_cycle,
            "affect": affect.boxes["label"],
            "affect_of": affect.boxes["subject"],
            "affect_cycle": affect_cycle,
            "joint": joint,
        },
        views={"player": stage, "chart": chart},
        rows=[beside(stage, widths=("420px 1",)), chart],
        simulated=simulated,
    )
    _start_with_two(table, body, affect)
    for control in (body_cycle, affect_cycle, joint):
        control.observe(lambda _: explorer.answer(redraw), "value")
    redraw()
    return explorer


def _start_with_two(table: pd.DataFrame, body: Chain, affect: Chain) -> None:
    """Two people and two affects, where there are, so that something is exchanged."""
    own = body.rows.iloc[0]
    others = table[(table["subject"] != own["subject"]) & (table["label"] != own["label"])]
    if len(others):
        changed, affect.changed = affect.changed, None
        affect.choose(label=others["label"].iloc[0])
        affect.choose(subject=others["subject"].iloc[0])
        affect.changed = changed


def _courses(
    joint: str, own: np.ndarray, made: np.ndarray, truth: np.ndarray | None, colours: tuple[str, str]
) -> list[dict[str, object]]:
    percent = 100 * np.arange(len(made)) / len(made)
    panels = []
    for number, axis in enumerate(AXES):
        at = (slice(None), INDEX[joint], number)
        marks = [line(percent, 100 * own[at], colour=colours[0], dash="2 4", name="the body's own walk")]
        if truth is not None:
            marks.append(line(percent, 100 * truth[at], colour="ink", name="recorded"))
        marks.append(line(percent, 100 * made[at], colour=colours[1], width=2.2, name="decoded"))
        title = f"{readable(joint)}, {axis}"
        panels.append(panel(title, *marks, xlabel="gait cycle (%)", ylabel=f"{axis} (cm)", height=190))
    return panels


def _distances(own: np.ndarray, made: np.ndarray, truth: np.ndarray | None, who: str, mood: str) -> str:
    if truth is None:
        return f"No other test cycle shows {who} walking {mood}: there is nothing recorded to compare with."
    off, nothing = (
        1000 * np.linalg.norm(motion - truth, axis=-1)[:, MOVING].mean() for motion in (made, own)
    )
    return (
        f"Decoded to recorded: {off:.0f} mm on average over joints; the body's own walk to recorded, "
        f"without any exchange: {nothing:.0f} mm. The recorded cycle is one of many that {who} may walk."
    )
