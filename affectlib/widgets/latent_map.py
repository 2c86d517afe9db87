"""The latent map: point at a cycle's code and see that cycle walk."""

from __future__ import annotations

from collections.abc import Mapping

import ipywidgets as ipw
import numpy as np
import pandas as pd
import seaborn as sns
from sklearn.decomposition import PCA

from affectlib.figures.style import in_order, label_colours, readable
from affectlib.widgets.chart import Chart, Mark, dots, panel
from affectlib.widgets.explorer import Explorer, beside, dropdown, options, slider
from affectlib.widgets.player import player

EVERYONE = "everyone"
WHEN = {"after": "after training", "before": "before training"}


def latent_map(
    maps: pd.DataFrame,
    series: np.ndarray,
    *,
    codes: Mapping[str, np.ndarray] | None = None,
    simulated: bool = False,
) -> Explorer:
    """Explore maps of the codes.

    Parameters
    ----------
    maps : pandas.DataFrame
        As `affectlib.stages.latent_maps` gives it: t-SNE places of cycles, ``code when x y cycle subject
        label``.
    series : numpy.ndarray
        Positions of all cycles in metres, shape (cycles, phases, 15, 3); ``cycle`` counts in it.
    codes : mapping of str to numpy.ndarray, optional
        Trained codes of all cycles by name (``"affect"``, ``"subject"``), each of shape (cycles, size):
        with them there is a principal component analysis beside t-SNE.
    simulated : bool
        Whether nobody real walks here.

    Returns
    -------
    Explorer
        Controls ``map code colour only cycle``; views ``chart player``. The chart's dots can be pointed at.
    """
    maps = maps.astype({"subject": str, "label": str}).assign(name=_names(maps))
    first = maps[(maps["code"] == maps["code"].iloc[0]) & (maps["when"] == maps["when"].iloc[0])]
    place_of = {int(cycle): row for row, cycle in enumerate(first["cycle"])}
    looks = {"label": label_colours(maps["label"]), "subject": person_colours(maps["subject"])}
    by_map = dict(list(maps.groupby(["code", "when"])))
    shown: list[int] = []
    flat: dict[str, np.ndarray] = {}

    def plane() -> pd.DataFrame:
        method, when = which.value
        own = by_map[code.value, when]
        if method == "t-SNE":
            return own
        if code.value not in flat:
            flat[code.value] = PCA(2).fit_transform((codes or {})[code.value][own["cycle"]])
        return own.assign(x=flat[code.value][:, 0], y=flat[code.value][:, 1])

    def redraw() -> None:
        method, when = which.value
        chosen = int(first["cycle"].iloc[number.value - 1])
        if chosen not in shown[:1]:
            shown[:] = [chosen, *shown[:1]]
        own = plane()
        title = f"{method} of {code.value} codes {WHEN[when]}, {len(own)} cycles"
        marks = _marks(own, colour.value, looks[colour.value], only.value, shown)
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
        _walk(own)

    def _walk(own: pd.DataFrame) -> None:
        rows = [own[own["cycle"] == cycle].iloc[0] for cycle in shown]
        names = [row["name"] for row in rows]
        bodies = {name: series[row.cycle] for name, row in zip(names, rows, strict=True)}
        tint = {name: looks["label"][row.label] for name, row in zip(names, rows, strict=True)}
        stage.show(bodies, colours=tint, simulated=simulated)
        before = f"; beside it the one before, {names[1]}" if len(names) > 1 else ""
        explorer.say(f"Walking: {names[0]}{before}.")

    def pointed_at(change: dict) -> None:
        if change["new"].get("what") == "cycle":
            number.value = place_of[int(change["new"]["which"])] + 1

    whens = [when for when in WHEN if when in set(maps["when"])]
    offered = [(f"t-SNE {WHEN[when]}", ("t-SNE", when)) for when in whens]
    if codes and "after" in whens:
        offered.insert(1, (f"PCA {WHEN['after']}", ("PCA", "after")))
    which = dropdown("map", offered)
    code = dropdown("code of", [(name, name) for name in ("affect", "subject") if name in set(maps["code"])])
    colour = dropdown("colour by", [("label", "label"), ("person", "subject")])
    only = dropdown("bring out", [(EVERYONE, EVERYONE), *options(maps["subject"])])
    number = slider(ipw.IntSlider, "cycle", min=1, max=len(first))
    chart = Chart(alt="Map of codes: one dot a cycle")
    stage = player({"cycle": series[int(first["cycle"].iloc[0])]}, simulated=simulated)
    explorer = Explorer(
        "latent-map",
        title="Map of the codes",
        hint="Point at a dot: that cycle walks, beside the one pointed at before.",
        controls={"map": which, "code": code, "colour": colour, "only": only, "cycle": number},
        views={"chart": chart, "player": stage},
        rows=[beside(chart, stage, widths=("420px 3", "320px 2"))],
        simulated=simulated,
    )
    for control in explorer.controls.values():
        control.observe(lambda _: explorer.answer(redraw), "value")
    chart.observe(pointed_at, "picked")
    redraw()
    return explorer


def _names(maps: pd.DataFrame) -> list[str]:
    told = zip(maps["subject"], maps["label"], maps["cycle"], strict=True)
    return [f"{subject}, {readable(str(label))} (cycle {cycle})" for subject, label, cycle in told]


def person_colours(subjects: pd.Series) -> dict[str, str]:
    """Give each person a colour; neighbours on the circle of hues differ in lightness.

    Parameters
    ----------
    subjects : pandas.Series
        People, repeated or not.

    Returns
    -------
    dict of str to str
        Colours by person.
    """
    people = in_order(subjects)
    dark, light = (sns.husl_palette(len(people), l=part, s=0.9).as_hex() for part in (0.45, 0.72))
    return {who: (dark, light)[number % 2][number] for number, who in enumerate(people)}


def _marks(own: pd.DataFrame, by: str, colours: Mapping[str, str], only: str, shown: list[int]) -> list[Mark]:
    size = float(np.clip(140 / np.sqrt(len(own)), 4, 9))
    marks: list[Mark] = []
    pale = own["subject"] != only if only != EVERYONE else pd.Series(False, index=own.index)
    # What is brought out is drawn last, above the rest.
    for faint in (True, False):
        parts = dict(list(own[pale == faint].groupby(by)))
        for name, colour in colours.items():
            if name in parts:
                rows = parts[name]
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
    for cycle in reversed(shown):
        row = own[own["cycle"] == cycle]
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
