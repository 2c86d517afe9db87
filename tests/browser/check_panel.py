"""The parameter panel under a hand: a run is started, stopped, started again, and its report opened."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import hands
from conftest import LIMIT_S

if TYPE_CHECKING:
    from playwright.sync_api import Locator


def test_a_run_from_start_to_report(lab, watched, shots: Path) -> None:
    page, watch = watched
    # Where JupyterLab serves it, so that the link leads through the browser.
    out = lab.root / "results"
    panel = lab.open(page, "00_start_here.ipynb")
    try:
        lab.run_all(page, limit_s=LIMIT_S)
        root = panel.locator(".jp-OutputArea .affectlib-run-panel").first
        root.scroll_into_view_if_needed()
        # By what is written on them: to the browser their pictures are part of their names.
        run, stop = (root.locator("button", has_text=name) for name in ("Run", "Stop"))
        assert stop.is_disabled()
        field = root.locator(".widget-text", has_text="results").locator("input")
        field.fill(str(out))
        field.press("Enter")
        choose(root, "01", "04")
        run.click()
        wait_for(root, r"\[\d/2\] 0[14]_\w+", limit_s=90)
        assert run.is_disabled()
        root.screenshot(path=shots / "run-panel-running.png")
        stop.click()
        wait_for(root, r"Stopped after .*; finished work is kept", limit_s=60)
        assert stop.is_disabled()
        root.screenshot(path=shots / "run-panel-stopped.png")
        choose(root, "01")
        run.click()
        wait_for(root, r"Done in \d+ s", limit_s=LIMIT_S)
        root.screenshot(path=shots / "run-panel-done.png")
        with page.context.expect_page() as opened:
            root.get_by_role("link", name="Open the report").click()
        report = opened.value
        report.wait_for_load_state()
        assert report.locator("h1").first.is_visible()
        hands.use_player(report.locator(".affectlib-player").first)
        report.screenshot(path=shots / "run-panel-report.png")
        watch.assert_quiet()
    finally:
        lab.close(page)


def choose(root: Locator, *numbers: str) -> None:
    """Mark some notebooks in the list."""
    names = root.locator(".widget-select-multiple option").all_text_contents()
    chosen = [name for name in names if name.strip()[:2] in numbers]
    assert len(chosen) == len(numbers), names
    root.locator(".widget-select-multiple select").select_option(label=chosen)


def wait_for(root: Locator, pattern: str, *, limit_s: float) -> None:
    """Wait until the panel says something."""
    root.get_by_text(re.compile(pattern)).first.wait_for(timeout=1000 * limit_s)
