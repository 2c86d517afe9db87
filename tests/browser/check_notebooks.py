"""Every notebook in real JupyterLab: runs to its end, its widgets answer, its walkers walk."""

from __future__ import annotations

from pathlib import Path

import hands
import pytest
from conftest import LIMIT_S, ROOT
from registry import WIDGETS, standing_in

NOTEBOOKS = sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))

ROOTS = """panel => [...panel.querySelectorAll(".jp-OutputArea [class*='affectlib-']")].flatMap(
  each => [...each.classList].filter(name => name.startsWith("affectlib-")).map(name => name.slice(10)))"""

PARTS = ("player", "chart")
"""Parts of widgets that have such a class too."""


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda notebook: notebook.stem)
def test_notebook(notebook: Path, lab, watched, shots: Path, measured: dict) -> None:
    page, watch = watched
    panel = lab.open(page, notebook.name)
    try:
        seconds = lab.run_all(page, limit_s=LIMIT_S)
        measured.setdefault(notebook.stem, {})["seconds"] = round(seconds, 1)
        expected = standing_in(notebook)
        page.wait_for_timeout(500)
        found = set(panel.evaluate(ROOTS)) - set(PARTS)
        assert found == set(expected), "found, against what the registry says"
        for name, widget in expected.items():
            root = panel.locator(f".jp-OutputArea .affectlib-{name}").first
            root.scroll_into_view_if_needed()
            page.wait_for_timeout(300)
            root.screenshot(path=shots / f"{notebook.stem}-{name}.png")
            _try(name, widget, root, shots / f"{notebook.stem}-{name}-turned.png", measured[notebook.stem])
        players = panel.locator(".affectlib-player")
        for number in range(players.count()):
            if players.nth(number).is_visible():
                hands.use_player(players.nth(number))
                players.nth(number).screenshot(path=shots / f"{notebook.stem}-player-{number}.png")
        page.screenshot(path=shots / f"{notebook.stem}.png")
        watch.assert_quiet()
    finally:
        lab.close(page)


def _try(name: str, widget, root, shot: Path, numbers: dict) -> None:
    if widget.before is not None:
        widget.before(root)
    answers = dict(hands.turn_every_control(root))
    numbers[name] = {label: seconds and round(seconds, 3) for label, seconds in answers.items()}
    root.screenshot(path=shot)
    assert answers, f"{name} has nothing to turn"
    silent = [label for label, seconds in answers.items() if seconds is None and label not in widget.still]
    assert not silent, f"{name}: turned {', '.join(silent)} and saw no difference"


def test_every_registered_widget_has_its_notebook() -> None:
    numbers = {notebook.name[:2] for notebook in NOTEBOOKS}
    lost = {name for name, widget in WIDGETS.items() if widget.notebook not in numbers}
    assert not lost
