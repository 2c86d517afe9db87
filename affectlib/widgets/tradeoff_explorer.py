"""The trade-off explorer: what each release reveals of the label and of the subject."""

from __future__ import annotations

import ipywidgets as ipw
import numpy as np
import pandas as pd

from affectlib.figures.results import SPLIT_WORDS
from affectlib.figures.style import MARK, OTHER_COLOURS, SIGNAL
from affectlib.widgets.chart import Chart, Mark, band, dots, errors, line, panel, rules
from affectlib.widgets.explorer import Explorer, dropdown, slider

COLUMNS = (
    *("release", "parameter", "value", "attacker", "split"),
    *("utility", "identification", "low", "high"),
)


def tradeoff_explorer(frame: pd.DataFrame, *, simulated: bool = False) -> Explorer:
    """Return a widget that plots identification against utility for each release and value.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a release, value of its parameter, attacker and split, with the columns `COLUMNS`.
        ``parameter`` is the name of what ``value`` sets, weakest protection first; ``utility`` and
        ``identification`` are fractions, ``low`` to ``high`` the interval of the identification.

    Returns
    -------
    Explorer
        Controls ``release attacker split value``; view ``chart``, in which values can be picked.
    """
    percent = ("utility", "identification", "low", "high")
    frame = frame.assign(**{name: 100 * frame[name] for name in percent})
    frame["tip"] = [f"{row.release}, {_setting(row)}" for row in frame.itertuples()]
    by_attacker = {key: rows.reset_index(drop=True) for key, rows in frame.groupby(["attacker", "split"])}
    releases = list(dict.fromkeys(frame["release"].astype(str)))
    colours = {name: OTHER_COLOURS[number % len(OTHER_COLOURS)] for number, name in enumerate(releases)}

    def redraw() -> None:
        rows = by_attacker.get((attacker.value, split.value), frame.iloc[:0])
        chosen = rows[rows["release"] == release.value].reset_index(drop=True)
        update_values(chosen)
        if chosen.empty:
            explorer.set_message(f"{attacker.value} was not tried on {release.value} with this split.")
            return
        at = value.value if value.value < len(chosen) else 0
        chart.panels = [_plane(rows, colours, release.value, at), _along(chosen, at)]
        row = chosen.iloc[at]
        explorer.set_message(
            f"{row.release}, {_setting(row)}: the label is recognised at {row.utility:.1f} %, the walker "
            f"identified by {row.attacker} at {row.identification:.1f} % ({row.low:.1f} to {row.high:.1f})."
        )

    def update_values(chosen: pd.DataFrame) -> None:
        options = [(_short(label), index) for index, label in enumerate(chosen["value"])] or [("none", 0)]
        if list(value.options) != options:
            before = value.value
            value.options = options
            value.value = before if before < len(options) else 0

    def pick(change: dict) -> None:
        if change["new"].get("what") == "setting":
            name, index = change["new"]["which"]
            # Two controls change at once; without the flag each would redraw.
            explorer.updating = True
            release.value = name
            rows = by_attacker[attacker.value, split.value]
            update_values(rows[rows["release"] == name])
            value.value = index
            explorer.updating = False
            explorer.update(redraw)

    release = dropdown("release", releases)
    attacker = dropdown("attacker", list(dict.fromkeys(frame["attacker"])))
    split = dropdown("split", [(SPLIT_WORDS.get(name, name), name) for name in dict.fromkeys(frame["split"])])
    value = slider(ipw.SelectionSlider, "value", options=[("none", 0)])
    chart = Chart(columns=2, alt="Recognition of the label against identification of the walker")
    explorer = Explorer(
        "tradeoff-explorer",
        title="Privacy-utility trade-off",
        hint="Choose a release and a value of its privacy parameter, or point at one. Lower right is better.",
        controls={"release": release, "attacker": attacker, "split": split, "value": value},
        views={"chart": chart},
        simulated=simulated,
    )
    explorer.update_with(explorer.controls.values(), redraw)
    chart.observe(pick, "picked")
    explorer.update(redraw)
    return explorer


def _setting(row: object) -> str:
    parameter, value = row.parameter, row.value  # type: ignore[attr-defined]
    return f"{parameter} {_short(value)}" if str(parameter) else "without a parameter"


def _short(value: object) -> str:
    if value is None or value != value:
        return "as it is"
    return f"{value:g}" if isinstance(value, int | float | np.number) else str(value)


def _plane(rows: pd.DataFrame, colours: dict[str, str], chosen: str, at: int) -> dict[str, object]:
    marks: list[Mark] = []
    groups = {str(name): group for name, group in rows.groupby("release", sort=False)}
    # Others are grey: a dozen hues could not be told apart, and the pointer names them. The chosen one last.
    for name in sorted(groups, key=lambda name: name == chosen):
        x, y = groups[name]["utility"], groups[name]["identification"]
        strong = name == chosen
        colour = colours[name] if strong else "soft"
        if strong:
            marks.append(errors(x, groups[name]["low"], groups[name]["high"], colour=colour))
        marks.append(line(x, y, colour=colour, width=2 if strong else 1, silent=True))
        marks.append(
            dots(
                x,
                y,
                colour=colour,
                name=name if strong else "other releases",
                size=9 if strong else 6,
                faint=not strong,
                tips=groups[name]["tip"].tolist(),
                pick="setting",
                ids=[[name, index] for index in range(len(x))],
            )
        )
    here = groups[chosen].iloc[[at]]
    marks.append(
        dots(here["utility"], here["identification"], colour="ink", fill=colours[chosen], size=13, ring=True)
        | {"silent": True}
    )
    return panel(
        "All releases; the chosen one in colour",
        *marks,
        xlabel="label recognised (%)",
        ylabel="walker identified (%)",
        height=330,
        loose=True,
    )


def _along(chosen: pd.DataFrame, at: int) -> dict[str, object]:
    x = np.arange(len(chosen))
    marks = [
        rules([at], colour="soft", dash="3 3"),
        band(x, chosen["low"], chosen["high"], colour=MARK),
        line(x, chosen["identification"], colour=MARK, name="walker identified", width=2),
        dots(x, chosen["identification"], colour=MARK, silent=True),
        line(x, chosen["utility"], colour=SIGNAL, name="label recognised", width=2),
        dots(x, chosen["utility"], colour=SIGNAL, silent=True),
    ]
    return panel(
        str(chosen["release"].iloc[0]),
        *marks,
        xlabel=str(chosen["parameter"].iloc[0]),
        ylabel="%",
        xticks=[(index, _short(value)) for index, value in enumerate(chosen["value"])],
        height=330,
        loose=True,
    )
