"""The report by itself: opened as a file, without a kernel and without a network."""

from __future__ import annotations

from pathlib import Path

import hands
import pytest

from affectlib.workbook.report import MOST_BYTES


@pytest.fixture
def opened(report: Path, watched):
    page, watch = watched
    page.context.set_offline(True)
    page.goto(report.as_uri())
    page.wait_for_timeout(500)
    yield page
    watch.assert_quiet()


def test_it_is_small_enough_to_send(report: Path, measured: dict) -> None:
    measured["report"] = {**measured.get("report", {}), "megabytes": round(report.stat().st_size / 1e6, 2)}
    assert report.stat().st_size < MOST_BYTES


def test_walkers_walk_without_a_kernel(opened, shots: Path) -> None:
    players = opened.locator(".affectlib-player")
    assert players.count() > 0
    for number in range(players.count()):
        hands.use_player(players.nth(number))
    players.first.screenshot(path=shots / "report-player.png")


def test_a_walk_is_smooth(opened, measured: dict) -> None:
    player = opened.locator(".affectlib-player").first
    player.scroll_into_view_if_needed()
    player.get_by_role("button", name="Play").click()
    smooth = player.evaluate(hands.SMOOTHNESS)
    measured["report"] = {**measured.get("report", {}), "smoothness": smooth}
    # A frame has 16.7 ms at 60 a second. What a busy machine leaves over is not ours to test; our share is.
    assert smooth["ms_a_draw"] < 8
    assert smooth["draws"] >= smooth["frames"] - 2, "drawn less often than the screen was"


def test_tables_sort_and_unfold(opened) -> None:
    table = opened.locator("table.sorts").filter(has=opened.locator("th.n")).first
    head = table.locator("th.n").first
    column = head.evaluate("head => head.cellIndex")

    def values() -> list[float]:
        cells = table.locator(f"tbody tr td:nth-child({column + 1})").all_text_contents()
        return [float(cell) for cell in cells if cell.strip()]

    for direction, reverse in (("ascending", False), ("descending", True)):
        head.get_by_role("button").click()
        assert head.get_attribute("aria-sort") == direction
        assert values() == sorted(values(), reverse=reverse)
    folded = opened.locator("table.folded").first
    rows = folded.locator("tbody tr")
    before = rows.locator("visible=true").count()
    folded.evaluate("table => table.parentElement.nextElementSibling.click()")
    assert before < opened.locator("table.sorts tbody tr").locator("visible=true").count()


def test_contents_lead_to_every_figure(opened, shots: Path) -> None:
    links = opened.locator("nav a")
    lost = links.evaluate_all(
        "links => links.filter(link => !document.getElementById(link.hash.slice(1))).length"
    )
    assert links.count() > 10
    assert lost == 0
    assert opened.locator("img:not([alt])").count() == 0
    opened.screenshot(path=shots / "report-top.png")


def test_it_prints(opened, shots: Path) -> None:
    # A4 less its margins, at the browser's 96 dots an inch.
    opened.set_viewport_size({"width": 680, "height": 1010})
    opened.emulate_media(media="print")
    opened.wait_for_timeout(300)
    assert opened.evaluate("document.documentElement.scrollWidth") <= 690, "wider than the paper"
    assert opened.locator(".affectlib-player").locator("visible=true").count() == 0
    still = opened.locator(".affectlib-player-page .afp-still svg")
    assert still.first.is_visible()
    still.first.screenshot(path=shots / "report-print-player.png")
    opened.screenshot(path=shots / "report-print.png", full_page=True)
    opened.pdf(path=shots / "report.pdf", format="A4")
