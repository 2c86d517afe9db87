"""Common parts of all explorers: title, controls, message and views."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape
from typing import Any

import ipywidgets as ipw
import pandas as pd

from affectlib.errors import AffectlibError
from affectlib.figures.style import in_order, readable

SIMULATED = "simulated walkers"
"""Stamp of everything that is made from simulated walkers."""


class Explorer(ipw.VBox):
    """A widget with controls that change what its views show.

    Parameters
    ----------
    name : str
        Short name; the root has the CSS class ``affectlib-<name>``.
    hint : str
        How to use it, in a sentence.
    controls, views : mapping of str to ipywidgets.Widget
        Inputs and outputs, by name.
    rows : sequence of ipywidgets.Widget
        Content below the controls; by default the views, one below the other.
    """

    def __init__(
        self,
        name: str,
        *,
        title: str,
        hint: str,
        controls: Mapping[str, ipw.Widget],
        views: Mapping[str, ipw.Widget],
        rows: Sequence[ipw.Widget] = (),
        simulated: bool = False,
    ) -> None:
        self.name, self.title = name, title
        self.updating = False
        self.controls, self.views = dict(controls), dict(views)
        self.message = ipw.HTML(layout=ipw.Layout(min_height="1.6em", margin="0 8px"))
        badge = f' <span style="opacity:.75;font-style:italic">({SIMULATED})</span>' if simulated else ""
        head = ipw.HTML(f"<b>{escape(title)}</b>{badge}<br><span style='opacity:.8'>{escape(hint)}</span>")
        head.layout.margin = "2px 8px"
        bar = ipw.Box([*controls.values()], layout=ipw.Layout(flex_flow="row wrap", margin="0 4px"))
        super().__init__([head, bar, self.message, *(rows or views.values())])
        self.add_class(f"affectlib-{name}")
        self.layout.border = "1px solid var(--jp-border-color2, #dddddd)"
        self.layout.padding = "4px"
        self.layout.max_width = "1080px"

    def set_message(self, text: str) -> None:
        """Set the line of plain text below the controls."""
        self.message.value = escape(text)

    def update(self, redraw: Callable[[], None]) -> None:
        """Call a function that sets the views; errors of the package become the message."""
        # Drawing may set controls, such as the end of a slider, which must not draw again.
        if self.updating:
            return
        self.updating = True
        try:
            redraw()
        except AffectlibError as error:
            self.set_message(str(error))
        finally:
            self.updating = False

    def update_with(self, controls: Iterable[ipw.Widget], redraw: Callable[[], None]) -> None:
        """Update whenever the value of one of these controls changes."""
        for control in controls:
            control.observe(lambda _: self.update(redraw), "value")

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is not None:
            data = bundle[0] if isinstance(bundle, tuple) else bundle
            data["text/plain"] = f"{self.title}: interactive in JupyterLab only; see the figure beside it."
        return bundle


class Chain:
    """Dependent dropdowns: each offers the values that remain in a table after the choices before it.

    Parameters
    ----------
    table : pandas.DataFrame
        Text in the columns of the dropdowns.
    columns : mapping of str to str
        Description of each dropdown, by column.
    changed : callable, optional
        Called once after each choice of the user.
    """

    def __init__(
        self, table: pd.DataFrame, columns: Mapping[str, str], changed: Callable[[], None] | None = None
    ) -> None:
        self.table, self.changed = table.reset_index(drop=True), changed
        self.boxes = {column: dropdown(text, []) for column, text in columns.items()}
        self._filling = True
        self._fill(0)
        self._filling = False
        for number, box in enumerate(self.boxes.values()):
            box.observe(lambda _, number=number: self._refill(number + 1), "value")

    @property
    def rows(self) -> pd.DataFrame:
        """The rows of the table that match all choices."""
        return self._matching(len(self.boxes))

    def choose(self, **values: str) -> None:
        """Set several dropdowns, by column."""
        self._filling = True
        for number, (column, box) in enumerate(self.boxes.items()):
            if column in values:
                box.value = values[column]
                self._fill(number + 1)
        self._filling = False
        if self.changed is not None:
            self.changed()

    def _refill(self, first: int) -> None:
        # Filling dropdowns changes their values, which is no choice of the user.
        if self._filling:
            return
        self._filling = True
        self._fill(first)
        self._filling = False
        if self.changed is not None:
            self.changed()

    def _matching(self, n_columns: int) -> pd.DataFrame:
        rows = self.table
        for column, box in list(self.boxes.items())[:n_columns]:
            rows = rows[rows[column] == box.value]
        return rows

    def _fill(self, first: int) -> None:
        for number, (column, box) in list(enumerate(self.boxes.items()))[first:]:
            choices, before = options(self._matching(number)[column]), box.value
            box.options = choices
            # A choice that still exists is kept.
            box.value = before if before in [value for _, value in choices] else choices[0][1]


def options(values: Iterable[str]) -> list[tuple[str, str]]:
    """Return text and value of dropdown entries, unique and in the order of every figure."""
    return [(readable(value), value) for value in in_order(values)]


def dropdown(description: str, choices: Sequence[Any], **traits: Any) -> ipw.Dropdown:
    """Return a dropdown wide enough for its texts."""
    return ipw.Dropdown(options=choices, description=description, **_wide(), **traits)


def slider(kind: type[ipw.Widget], description: str, **traits: Any) -> Any:
    """Return a slider wide enough for its description; `kind` is one of the sliders of ipywidgets."""
    return kind(description=description, **_wide("300px"), **traits)


def beside(*children: ipw.Widget, widths: Sequence[str]) -> ipw.Box:
    """Return a row of widgets, which wraps where there is no room.

    Parameters
    ----------
    widths : sequence of str
        Minimal width and share of each, such as ``"360px 2"``.
    """
    boxes = []
    for child, width in zip(children, widths, strict=True):
        minimum, share = width.split()
        layout = ipw.Layout(flex=f"{share} {share} {minimum}", min_width="0", overflow="hidden")
        boxes.append(ipw.Box([child], layout=layout))
    return ipw.Box(boxes, layout=ipw.Layout(flex_flow="row wrap", width="100%", align_items="flex-start"))


def run_buttons(text: str) -> tuple[ipw.Button, ipw.Button]:
    """Return a button to start something, named `text`, and a disabled button to stop it."""
    start, stop = (
        ipw.Button(description=name, icon=icon, button_style=style, layout=ipw.Layout(width="110px"))
        for name, icon, style in ((text, "play", "primary"), ("Stop", "stop", ""))
    )
    stop.disabled = True
    return start, stop


def table_html(rows: Mapping[str, object]) -> str:
    """Return names and values as an HTML table."""
    body = "".join(
        f"<tr><td style='padding-right:12px;opacity:.75'>{escape(name)}</td>"
        f"<td>{escape(str(value))}</td></tr>"
        for name, value in rows.items()
    )
    return f"<table style='line-height:1.35;font-size:12px'>{body}</table>"


def _wide(width: str = "max-content") -> dict[str, Any]:
    return {
        "style": {"description_width": "initial"},
        "layout": ipw.Layout(width=width, min_width="120px", max_width="420px", margin="2px 8px"),
    }
