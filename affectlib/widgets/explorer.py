"""What all explorers have in common: a title, controls, a line of words, and what they show."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape
from typing import Any

import ipywidgets as ipw
import pandas as pd

from affectlib.errors import AffectlibError
from affectlib.figures.style import in_order, readable

SIMULATED = "simulated walkers"
"""What everything that shows simulated walkers says."""


class Explorer(ipw.VBox):
    """A widget that answers one question.

    Parameters
    ----------
    name : str
        Short name; the root has the CSS class ``affectlib-<name>``.
    title : str
        What it is.
    hint : str
        What one can do, in a sentence.
    controls : mapping of str to ipywidgets.Widget
        What is turned, by name.
    views : mapping of str to ipywidgets.Widget
        What answers, by name.
    rows : sequence of ipywidgets.Widget
        What stands below the controls; all views one below the other by default.
    simulated : bool
        Whether nobody real walks here.
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
        self.answering = False
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

    def say(self, text: str) -> None:
        """Set the line of words below the controls.

        Parameters
        ----------
        text : str
            Plain text.
        """
        self.message.value = escape(text)

    def answer(self, redraw: Callable[[], None]) -> None:
        """Draw anew, and say it in words where the data do not allow it.

        Parameters
        ----------
        redraw : callable
            Sets the views.
        """
        # Drawing may set controls, as the end of a slider; that is no new question.
        if self.answering:
            return
        self.answering = True
        try:
            redraw()
        except AffectlibError as error:
            self.say(str(error))
        finally:
            self.answering = False

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is not None:
            data = bundle[0] if isinstance(bundle, tuple) else bundle
            data["text/plain"] = f"{self.title}: to be used in JupyterLab; a figure beside it needs none."
        return bundle


class Chain:
    """Dropdowns of which each offers what the ones before it leave of a table.

    Parameters
    ----------
    table : pandas.DataFrame
        What there is; text in the columns that are asked for.
    columns : mapping of str to str
        What stands before each dropdown, by column.
    changed : callable, optional
        Called once after each choice of the user's.
    """

    def __init__(
        self, table: pd.DataFrame, columns: Mapping[str, str], changed: Callable[[], None] | None = None
    ) -> None:
        self.table, self.changed = table.reset_index(drop=True), changed
        self.boxes = {column: dropdown(text, []) for column, text in columns.items()}
        self._filling = True
        self._fill(0)
        self._filling = False
        for place, box in enumerate(self.boxes.values()):
            box.observe(lambda _, place=place: self._chosen(place), "value")

    @property
    def rows(self) -> pd.DataFrame:
        """The rows of the table that the choices leave."""
        return self._left(len(self.boxes))

    def choose(self, **values: str) -> None:
        """Set several dropdowns at once.

        Parameters
        ----------
        **values : str
            Choices by column.
        """
        self._filling = True
        for place, (column, box) in enumerate(self.boxes.items()):
            if column in values:
                box.value = values[column]
                self._fill(place + 1)
        self._filling = False
        if self.changed is not None:
            self.changed()

    def _chosen(self, place: int) -> None:
        # Filling the later ones changes their values; the user chose once and gets one answer.
        if self._filling:
            return
        self._filling = True
        self._fill(place + 1)
        self._filling = False
        if self.changed is not None:
            self.changed()

    def _left(self, n_columns: int) -> pd.DataFrame:
        rows = self.table
        for column, box in list(self.boxes.items())[:n_columns]:
            rows = rows[rows[column] == box.value]
        return rows

    def _fill(self, first: int) -> None:
        for place, (column, box) in enumerate(self.boxes.items()):
            if place >= first:
                offered, before = options(self._left(place)[column]), box.value
                box.options = offered
                box.value = before if before in [value for _, value in offered] else offered[0][1]


def options(values: Iterable[str]) -> list[tuple[str, str]]:
    """Offer names as a reader would write them, in the order of every figure.

    Parameters
    ----------
    values : iterable of str
        Names, repeated or not.

    Returns
    -------
    list of (str, str)
        What is shown and what it stands for.
    """
    return [(readable(value), value) for value in in_order(values)]


def dropdown(description: str, choices: Sequence[Any], **traits: Any) -> ipw.Dropdown:
    """Make a dropdown whose words are not cut off.

    Parameters
    ----------
    description : str
        What stands before it.
    choices : sequence of object
        What it offers.
    **traits : object
        Of `ipywidgets.Dropdown`.

    Returns
    -------
    ipywidgets.Dropdown
        The control.
    """
    return ipw.Dropdown(options=choices, description=description, **_wide(), **traits)


def slider(kind: type[ipw.Widget], description: str, **traits: Any) -> Any:
    """Make a slider whose words are not cut off.

    Parameters
    ----------
    kind : type
        `ipywidgets.IntSlider`, `ipywidgets.FloatSlider` or `ipywidgets.SelectionSlider`.
    description : str
        What stands before it.
    **traits : object
        Of that slider.

    Returns
    -------
    ipywidgets.Widget
        The control.
    """
    return kind(description=description, **_wide("300px"), **traits)


def beside(*children: ipw.Widget, widths: Sequence[str]) -> ipw.Box:
    """Put widgets side by side; where there is no room, below each other.

    Parameters
    ----------
    *children : ipywidgets.Widget
        From left to right.
    widths : sequence of str
        Least width and share of each, as in ``"360px 2"``.

    Returns
    -------
    ipywidgets.Box
        The row.
    """
    held = []
    for child, width in zip(children, widths, strict=True):
        least, share = width.split()
        held.append(
            ipw.Box(
                [child], layout=ipw.Layout(flex=f"{share} {share} {least}", min_width="0", overflow="hidden")
            )
        )
    return ipw.Box(held, layout=ipw.Layout(flex_flow="row wrap", width="100%", align_items="flex-start"))


def table_html(rows: Mapping[str, object]) -> str:
    """Write names and values as a small table.

    Parameters
    ----------
    rows : mapping of str to object
        Values by name.

    Returns
    -------
    str
        HTML.
    """
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
