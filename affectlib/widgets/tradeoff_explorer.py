"""The trade-off explorer: recognition of the label against identification of the subject, by release."""

from __future__ import annotations

import ipywidgets as ipw
import numpy as np
import pandas as pd

from affectlib.figures.results import SPLIT_WORDS
from affectlib.figures.style import MARK, OTHER_COLOURS, SIGNAL
from affectlib.widgets.chart import Chart, Mark, band, dots, errors, line, panel, rules
from affectlib.widgets.explorer import Explorer, dropdown, slider

RATES = ("utility", "identification", "low", "high")
COLUMNS = ("release", "parameter", "value", "attacker", "split", *RATES)


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
    frame = frame.assign(**{name: 100 * frame[name] for name in RATES})
    settings = map(_setting, frame["parameter"], frame["value"])
    frame["setting"] = frame["release"].astype(str) + ", " + list(settings)
    attacks = {key: rows.reset_index(drop=True) for key, rows in frame.groupby(["attacker", "split"])}
    releases = list(dict.fromkeys(frame["release"].astype(str)))
    colours = {name: OTHER_COLOURS[number % len(OTHER_COLOURS)] for number, name in enumerate(releases)}

    def redraw() -> None:
        rows = attacks.get((attacker.value, split.value), frame.iloc[:0])
        selected = rows[rows["release"] == release.value].reset_index(drop=True)
        update_values(selected["value"])
        if selected.empty:
            explorer.set_message(f"{attacker.value} was not tried on {release.value} with this split.")
            return
        row = selected.iloc[value.value]
        chart.panels = [_trade_off(rows, colours, row), _rates_by_value(selected, value.value)]
        explorer.set_message(
            f"{row.setting}: the label is recognised at {row.utility:.1f} %, the walker "
            f"identified by {row.attacker} at {row.identification:.1f} % ({row.low:.1f} to {row.high:.1f})."
        )

    def update_values(values: pd.Series) -> None:
        options = [(_short(text), index) for index, text in enumerate(values)] or [("none", 0)]
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
            rows = attacks[attacker.value, split.value]
            update_values(rows.loc[rows["release"] == name, "value"])
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


def _setting(parameter: str, value: object) -> str:
    return f"{parameter} {_short(value)}" if parameter else "without a parameter"


def _short(value: object) -> str:
    if value is None or value != value:
        return "as it is"
    return f"{value:g}" if isinstance(value, int | float | np.number) else str(value)


def _trade_off(rows: pd.DataFrame, colours: dict[str, str], row: pd.Series) -> dict[str, object]:
    """Plot all releases, and mark the release and value of `row`."""
    marks: list[Mark] = []
    releases = {str(name): values for name, values in rows.groupby("release", sort=False)}
    # Other releases are grey, as a dozen hues look alike; the pointer names them. The selected one is last.
    for name in sorted(releases, key=lambda name: name == row.release):
        values = releases[name]
        x, y = values["utility"], values["identification"]
        is_selected = name == row.release
        colour = colours[name] if is_selected else "soft"
        if is_selected:
            marks.append(errors(x, values["low"], values["high"], colour=colour))
        marks.append(line(x, y, colour=colour, width=2 if is_selected else 1, silent=True))
        marks.append(
            dots(
                x,
                y,
                colour=colour,
                name=name if is_selected else "other releases",
                size=9 if is_selected else 6,
                faint=not is_selected,
                tips=values["setting"].tolist(),
                pick="setting",
                ids=[[name, index] for index in range(len(x))],
            )
        )
    fill = colours[str(row.release)]
    ring = dots([row.utility], [row.identification], colour="ink", fill=fill, size=13, ring=True)
    marks.append(ring | {"silent": True})
    return panel(
        "All releases; the chosen one in colour",
        *marks,
        xlabel="label recognised (%)",
        ylabel="walker identified (%)",
        height=330,
        loose=True,
    )


def _rates_by_value(rows: pd.DataFrame, index: int) -> dict[str, object]:
    """Plot both rates of one release by the value of its parameter, and mark the value at `index`."""
    x = np.arange(len(rows))
    marks = [
        rules([index], colour="soft", dash="3 3"),
        band(x, rows["low"], rows["high"], colour=MARK),
        line(x, rows["identification"], colour=MARK, name="walker identified", width=2),
        dots(x, rows["identification"], colour=MARK, silent=True),
        line(x, rows["utility"], colour=SIGNAL, name="label recognised", width=2),
        dots(x, rows["utility"], colour=SIGNAL, silent=True),
    ]
    return panel(
        str(rows["release"].iloc[0]),
        *marks,
        xlabel=str(rows["parameter"].iloc[0]),
        ylabel="%",
        xticks=[(position, _short(value)) for position, value in enumerate(rows["value"])],
        height=330,
        loose=True,
    )
