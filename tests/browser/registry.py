"""The widgets that the browser test must find, and where each stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Locator


@dataclass(frozen=True, kw_only=True)
class Expected:
    """One widget: what stands where, and what need not answer.

    Parameters
    ----------
    notebook : str
        Number of the notebook ("02").
    still : mapping of str to str
        Controls, by what stands before them, that need not change what is shown, and why.
    before : callable, optional
        What a person does first, such as pressing a button; takes the widget's root.
    """

    notebook: str
    still: Mapping[str, str] = field(default_factory=dict)
    before: Callable[[Locator], None] | None = None


def train_and_stop(root: Locator) -> None:
    """Press the button that trains, see curves grow, stop, and find it ready again."""
    begin = root.get_by_role("button").first
    stop = root.get_by_role("button").nth(1)
    # Charts are drawn anew, so that the lines are looked for each time. The first epoch waits for a process
    # to start, which on a busy machine takes a minute.
    lines = "root => [...root.querySelectorAll('svg path')].map(path => path.getAttribute('d')).join()"
    before = root.evaluate(lines)
    begin.click()
    root.page.wait_for_function(
        f"([root, before]) => ({lines})(root) !== before",
        arg=[root.element_handle(), before],
        timeout=180_000,
    )
    stop.click()
    root.page.wait_for_function("button => !button.disabled", arg=begin.element_handle(), timeout=30_000)


_SETS = "sets up the next training and shows nothing by itself"

WIDGETS: dict[str, Expected] = {
    "run-panel": Expected(notebook="00"),
    "library-browser": Expected(notebook="01"),
    "ssa-explorer": Expected(
        notebook="02",
        still={"find the stride's pair": "leaves the pair that was found until others are chosen"},
    ),
    "average-explorer": Expected(notebook="02"),
    "training-monitor": Expected(
        notebook="04",
        still=dict.fromkeys(("steps", "width of the network", "affect code", "weight of triplets"), _SETS),
        before=train_and_stop,
    ),
    "transfer-explorer": Expected(notebook="04"),
    "latent-map": Expected(notebook="05"),
    "confusion-explorer": Expected(notebook="06"),
    "relevance-explorer": Expected(notebook="08"),
    "tradeoff-explorer": Expected(notebook="09"),
}
"""By name: the CSS class of a widget's root is ``affectlib-<name>``."""


def standing_in(notebook: Path) -> dict[str, Expected]:
    """Give the widgets that stand in a notebook, by name."""
    return {name: each for name, each in WIDGETS.items() if each.notebook == notebook.name[:2]}
