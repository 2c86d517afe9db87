"""The trade-off explorer: what a release still tells of the affect, and what of the walker."""

from __future__ import annotations

import ipywidgets as ipw
import numpy as np
import pandas as pd

from affectlib.figures.results import SPLIT_WORDS
from affectlib.figures.style import MARK, OTHER_COLOURS, SIGNAL
from affectlib.widgets.chart import Chart, Mark, band, dots, errors, line, panel, rules
from affectlib.widgets.explorer import Explorer, dropdown, slider

COLUMNS = ("release", "parameter", "value", "attacker", "split", "utility", "identification", "low", "high")


def tradeoff_explorer(frame: pd.DataFrame, *, simulated: bool = False) -> Explorer:
    """Turn the parameter of a release and see what its attackers are left with.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a release, value of its parameter, attacker and split: columns `COLUMNS`. ``parameter`` is the
        name of what ``value`` sets, weakest protection first; ``utility`` and ``identification`` are
        fractions, ``low`` to ``high`` the interval of the identification.
    simulated : bool
        Whether nobody real walks here.

    Returns
    -------
    Explorer
        Controls ``release attacker split value``; view ``chart``. Its dots can be pointed at.
    """
    frame = frame.assign(**{name: 100 * frame[name] for name in ("utility", "identification", "low", "high")})
    frame["told"] = [f"{row.release}, {_setting(row)}" for row in frame.itertuples()]
    by_attacker = {key: rows.reset_index(drop=True) for key, rows in frame.groupby(["attacker", "split"])}
    releases = list(dict.fromkeys(frame["release"].astype(str)))
    colours = {name: OTHER_COLOURS[place % len(OTHER_COLOURS)] for place, name in enumerate(releases)}

    def redraw() -> None:
        own = by_attacker.get((attacker.value, split.value), frame.iloc[:0])
        one = own[own["release"] == release.value].reset_index(drop=True)
        _offer(one)
        if one.empty:
            explorer.set_message(f"{attacker.value} was not let at {release.value} on this split.")
            return
        at = value.value if value.value < len(one) else 0
        chart.panels = [_plane(own, colours, release.value, one, at), _along(one, at)]
        row = one.iloc[at]
        explorer.set_message(
            f"{row.release}, {_setting(row)}: the label is recognised at {row.utility:.1f} %, the "
            f"walker named by {row.attacker} in {row.identification:.1f} % ({row.low:.1f} to {row.high:.1f})."
        )

    def _offer(one: pd.DataFrame) -> None:
        names = [(_short(each), place) for place, each in enumerate(one["value"])] or [("none", 0)]
        if list(value.options) != names:
            before = value.value
            value.options = names
            value.value = before if before < len(names) else 0

    def pointed_at(change: dict) -> None:
        if change["new"].get("what") == "setting":
            name, place = change["new"]["which"]
            explorer.updating = True  # one question, two controls
            release.value = name
            explorer.updating = False
            own = by_attacker[attacker.value, split.value]
            explorer.updating = True
            _offer(own[own["release"] == name])
            value.value = place
            explorer.updating = False
            explorer.update(redraw)

    release = dropdown("release", releases)
    attacker = dropdown("attacker", list(dict.fromkeys(frame["attacker"])))
    split = dropdown("split", [(SPLIT_WORDS.get(name, name), name) for name in dict.fromkeys(frame["split"])])
    value = slider(ipw.SelectionSlider, "setting", options=[("none", 0)])
    chart = Chart(columns=2, alt="Recognition of the label against identification of the walker")
    explorer = Explorer(
        "tradeoff-explorer",
        title="What a release tells",
        hint="Choose a release and turn its parameter, or point at a setting. Lower right is better.",
        controls={"release": release, "attacker": attacker, "split": split, "value": value},
        views={"chart": chart},
        simulated=simulated,
    )
    for control in explorer.controls.values():
        control.observe(lambda _: explorer.update(redraw), "value")
    chart.observe(pointed_at, "picked")
    explorer.update(redraw)
    return explorer


def _setting(row: object) -> str:
    parameter, value = row.parameter, row.value  # type: ignore[attr-defined]
    return f"{parameter} {_short(value)}" if str(parameter) else "without a parameter"


def _short(value: object) -> str:
    if value is None or value != value:
        return "as it is"
    return f"{value:g}" if isinstance(value, int | float | np.number) else str(value)


def _plane(
    own: pd.DataFrame, colours: dict[str, str], chosen: str, one: pd.DataFrame, at: int
) -> dict[str, object]:
    marks: list[Mark] = []
    # All others are grey: a dozen hues would tell nobody anything, and the pointer names them.
    groups = {str(name): rows for name, rows in own.groupby("release", sort=False)}
    for name in sorted(groups, key=lambda name: name == chosen):
        rows = groups[name]
        strong = name == chosen
        colour = colours[name] if strong else "soft"
        if strong:
            marks.append(errors(rows["utility"], rows["low"], rows["high"], colour=colour))
        marks.append(
            line(
                rows["utility"], rows["identification"], colour=colour, width=2 if strong else 1, silent=True
            )
        )
        marks.append(
            dots(
                rows["utility"],
                rows["identification"],
                colour=colour,
                name=name if strong else "other releases",
                size=9 if strong else 6,
                faint=not strong,
                tips=rows["told"].tolist(),
                pick="setting",
                ids=[[name, place] for place in range(len(rows))],
            )
        )
    here = one.iloc[[at]]
    marks.append(
        dots(here["utility"], here["identification"], colour="ink", fill=colours[chosen], size=13, ring=True)
        | {"silent": True}
    )
    return panel(
        "All releases; the chosen one is strong",
        *marks,
        xlabel="label recognised (%)",
        ylabel="walker identified (%)",
        height=330,
        loose=True,
    )


def _along(one: pd.DataFrame, at: int) -> dict[str, object]:
    place = np.arange(len(one))
    marks = [
        rules([at], colour="soft", dash="3 3"),
        band(place, one["low"], one["high"], colour=MARK),
        line(place, one["identification"], colour=MARK, name="walker identified", width=2),
        dots(place, one["identification"], colour=MARK, silent=True),
        line(place, one["utility"], colour=SIGNAL, name="label recognised", width=2),
        dots(place, one["utility"], colour=SIGNAL, silent=True),
    ]
    parameter = str(one["parameter"].iloc[0])
    return panel(
        str(one["release"].iloc[0]),
        *marks,
        xlabel=parameter,
        ylabel="%",
        xticks=[(int(each), _short(value)) for each, value in zip(place, one["value"], strict=True)],
        height=330,
        loose=True,
    )
