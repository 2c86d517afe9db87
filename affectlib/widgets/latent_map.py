"""The latent map: maps of the codes whose points play the gait cycle."""

from __future__ import annotations

from collections.abc import Mapping

import ipywidgets as ipw
import numpy as np
import pandas as pd
from matplotlib.colors import to_hex
from sklearn.decomposition import PCA

from affectlib.figures.latent import subject_colours
from affectlib.figures.style import label_colours, readable
from affectlib.widgets.chart import Chart, Mark, dots, panel
from affectlib.widgets.explorer import Explorer, beside, dropdown, options, slider
from affectlib.widgets.player import player

ALL = "all"
WHEN = {"after": "after training", "before": "before training"}


def latent_map(
    maps: pd.DataFrame,
    series: np.ndarray,
    *,
    codes: Mapping[str, np.ndarray] | None = None,
    simulated: bool = False,
) -> Explorer:
    """Return an explorer of maps of the codes, whose points can be clicked.

    Controls are ``map code colour only cycle``; views are ``chart player``.

    Parameters
    ----------
    maps : pandas.DataFrame
        From `affectlib.stages.latent_maps`: t-SNE coordinates of cycles, columns ``code when x y cycle
        subject label``.
    series : numpy.ndarray
        Positions of all cycles in metres, shape (cycles, phases, 15, 3); indexed by ``cycle``.
    codes : mapping of str to numpy.ndarray, optional
        Trained codes of all cycles by name (``"affect"``, ``"subject"``), each of shape (cycles, size), for
        a principal component analysis beside t-SNE.
    """
    maps = maps.astype({"subject": str, "label": str}).assign(name=_names(maps))
    first = maps[(maps["code"] == maps["code"].iloc[0]) & (maps["when"] == maps["when"].iloc[0])]
    number_of = {int(cycle): number for number, cycle in enumerate(first["cycle"], start=1)}
    colours = {
        "label": label_colours(maps["label"]),
        "subject": {name: to_hex(colour) for name, colour in subject_colours(maps["subject"]).items()},
    }
    by_map = dict(list(maps.groupby(["code", "when"])))
    shown: list[int] = []
    components: dict[str, np.ndarray] = {}

    def points() -> pd.DataFrame:
        method, when = which.value
        rows = by_map[code.value, when]
        if method == "t-SNE":
            return rows
        # Computed when first asked for, since most users look at t-SNE only.
        if code.value not in components:
            components[code.value] = PCA(2).fit_transform((codes or {})[code.value][rows["cycle"]])
        return rows.assign(x=components[code.value][:, 0], y=components[code.value][:, 1])

    def redraw() -> None:
        method, when = which.value
        chosen = int(first["cycle"].iloc[number.value - 1])
        # The chosen cycle and the previous one.
        if chosen not in shown[:1]:
            shown[:] = [chosen, *shown[:1]]
        rows = points()
        title = f"{method} of {code.value} codes {WHEN[when]}, {len(rows)} cycles"
        marks = _marks(rows, colour.value, colours[colour.value], only.value, shown)
        unit = "principal component {}" if method == "PCA" else "t-SNE {}"
        chart.panels = [
            panel(
                title,
                *marks,
                xlabel=unit.format(1),
                ylabel=unit.format(2),
                height=420,
                loose=True,
                noticks=method == "t-SNE",
            )
        ]
        play(rows)

    def play(points: pd.DataFrame) -> None:
        rows = [points[points["cycle"] == cycle].iloc[0] for cycle in shown]
        names = [row["name"] for row in rows]
        bodies = {name: series[row.cycle] for name, row in zip(names, rows, strict=True)}
        tints = {name: colours["label"][row.label] for name, row in zip(names, rows, strict=True)}
        stage.show(bodies, colours=tints, simulated=simulated)
        previous = f"; beside it, the previous one: {names[1]}" if len(names) > 1 else ""
        explorer.set_message(f"Playing: {names[0]}{previous}.")

    def point_clicked(change: dict) -> None:
        if change["new"].get("what") == "cycle":
            number.value = number_of[int(change["new"]["which"])]

    whens = [when for when in WHEN if when in set(maps["when"])]
    offered = [(f"t-SNE {WHEN[when]}", ("t-SNE", when)) for when in whens]
    if codes and "after" in whens:
        offered.insert(1, (f"PCA {WHEN['after']}", ("PCA", "after")))
    which = dropdown("map", offered)
    code = dropdown("code of", [(name, name) for name in ("affect", "subject") if name in set(maps["code"])])
    colour = dropdown("colour by", ["label", "subject"])
    only = dropdown("highlight", [(ALL, ALL), *options(maps["subject"])])
    number = slider(ipw.IntSlider, "cycle", min=1, max=len(first))
    chart = Chart(alt="Map of codes: one point per cycle")
    stage = player({"cycle": series[int(first["cycle"].iloc[0])]}, simulated=simulated)
    explorer = Explorer(
        "latent-map",
        title="Map of the codes",
        hint="Click a point to play that cycle beside the previous one.",
        controls={"map": which, "code": code, "colour": colour, "only": only, "cycle": number},
        views={"chart": chart, "player": stage},
        rows=[beside(chart, stage, widths=("420px 3", "320px 2"))],
        simulated=simulated,
    )
    explorer.update_with(explorer.controls.values(), redraw)
    chart.observe(point_clicked, "picked")
    redraw()
    return explorer


def _names(maps: pd.DataFrame) -> list[str]:
    rows = zip(maps["subject"], maps["label"], maps["cycle"], strict=True)
    return [f"{subject}, {readable(str(label))} (cycle {cycle})" for subject, label, cycle in rows]


def _marks(
    points: pd.DataFrame, by: str, colours: Mapping[str, str], only: str, shown: list[int]
) -> list[Mark]:
    # Smaller points in larger libraries, where they would cover each other.
    size = float(np.clip(140 / np.sqrt(len(points)), 4, 9))
    marks: list[Mark] = []
    pale = points["subject"] != only if only != ALL else pd.Series(False, index=points.index)
    # Highlighted points last, above the rest.
    for faint in (True, False):
        groups = dict(list(points[pale == faint].groupby(by)))
        for name, colour in colours.items():
            if name in groups:
                rows = groups[name]
                legend = {"name": readable(name)} if by == "label" else {}
                marks.append(
                    dots(
                        rows["x"],
                        rows["y"],
                        colour=colour,
                        size=size,
                        faint=faint,
                        tips=rows["name"].tolist(),
                        pick="cycle",
                        ids=rows["cycle"].tolist(),
                        **legend,
                    )
                )
    # Rings last, the chosen cycle above the previous one.
    for cycle in reversed(shown):
        row = points[points["cycle"] == cycle]
        marks.append(
            dots(
                row["x"],
                row["y"],
                colour="ink" if cycle == shown[0] else "soft",
                fill=colours[row[by].iloc[0]],
                size=size + 4,
                ring=True,
                silent=True,
            )
        )
    return marks
