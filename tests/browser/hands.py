"""What a person does with widgets: turn every control, play, drag, zoom; and what they then see."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

ANSWER_S = 8.0
"""Longest to wait for a picture to change; how fast it should be is measured elsewhere."""

# Everything that shows something: canvases by their pixels, charts, pictures, tables and words.
PICTURE = """root => {
  const parts = [];
  for (const each of root.querySelectorAll("canvas")) parts.push(each.toDataURL());
  for (const each of root.querySelectorAll("svg")) if (!each.closest("button")) parts.push(each.outerHTML);
  for (const each of root.querySelectorAll("img")) parts.push(each.src);
  for (const each of root.querySelectorAll(".widget-html-content, .afp-time")) parts.push(each.innerHTML);
  let hash = 5381;
  for (const letter of parts.join("|")) hash = (hash * 33 + letter.codePointAt(0)) >>> 0;
  return `${parts.length}:${hash}`;
}"""

CANVAS = "canvas => canvas.toDataURL()"

SMOOTHNESS = """async root => {
  const meter = root.affectlibMeter;
  const [draws, ms] = [meter.draws, meter.ms];
  const times = [];
  await new Promise(done => {
    const meet = now => { times.push(now); times.length < 150 ? requestAnimationFrame(meet) : done(); };
    requestAnimationFrame(meet);
  });
  const gaps = times.slice(1).map((time, at) => time - times[at]).sort((one, two) => one - two);
  const frames = times.length - 1;
  return {
    frames, draws: meter.draws - draws, ms_a_draw: (meter.ms - ms) / (meter.draws - draws),
    gap_ms_median: gaps[Math.floor(frames / 2)], gap_ms_p95: gaps[Math.floor(frames * 0.95)],
    fps: 1000 * frames / (times[frames] - times[0]),
  };
}"""


def picture(root: Locator) -> str:
    """A short word for everything that a widget shows."""
    return root.evaluate(PICTURE)


def wait_for_change(root: Locator, before: str) -> float | None:
    """Seconds until a widget shows something else; None where it does not."""
    begun = time.monotonic()
    while time.monotonic() - begun < ANSWER_S:
        if picture(root) != before:
            return time.monotonic() - begun
        root.page.wait_for_timeout(15)
    return None


def settle(root: Locator) -> str:
    """Wait until what is shown stays the same, and give it."""
    last = picture(root)
    for _ in range(40):
        root.page.wait_for_timeout(150)
        now = picture(root)
        if now == last:
            return now
        last = now
    raise AssertionError("what the widget shows does not come to rest")


def turn_every_control(root: Locator) -> Iterator[tuple[str, float | None]]:
    """Change each slider, list and box that can be; give what stands before it and seconds to the answer."""
    kinds = ".widget-dropdown, .widget-slider, .widget-checkbox, .widget-select-multiple, .widget-select"
    for number in range(root.locator(kinds).count()):
        control = root.locator(kinds).nth(number)
        if not control.is_visible():
            continue
        # A box's words stand behind it, before it an empty label with a space of no width.
        words = control.inner_text().replace("\u200b", "").strip().splitlines() or [f"control {number}"]
        name = words[0].strip()
        before = settle(root)
        if _turn(control):
            yield name, wait_for_change(root, before)


def _turn(control: Locator) -> bool:
    """Change one control as a person would; False where it offers no choice."""
    kind = control.get_attribute("class") or ""
    if "slider" in kind:
        handle = control.locator("[role=slider]").first
        low, high, now = (
            float(handle.get_attribute(f"aria-value{name}") or 0) for name in ("min", "max", "now")
        )
        if low >= high:
            return False
        handle.focus()
        handle.press("ArrowLeft" if now >= high else "ArrowRight")
        return True
    if "checkbox" in kind:
        control.locator("input").first.click()
        return True
    choices = control.locator("select")
    count = choices.locator("option").count()
    if count < 2 or not choices.is_enabled():
        return False
    chosen = choices.evaluate("list => list.selectedIndex")
    choices.select_option(index=(chosen + 1) % count)
    return True


def use_player(player: Locator) -> None:
    """Play, pause, scrub, step, turn and zoom a skeleton player, and see each in its pixels."""
    page: Page = player.page
    player.scroll_into_view_if_needed()
    canvas = player.locator("canvas")
    look = lambda: canvas.evaluate(CANVAS)  # noqa: E731
    first = look()
    player.get_by_role("button", name="Play").click()
    seen = {first}
    for _ in range(4):
        page.wait_for_timeout(200)
        seen.add(look())
    assert len(seen) >= 4, "pressed play and the walker stands still"
    player.get_by_role("button", name="Pause").click()
    page.wait_for_timeout(200)
    rest = look()
    page.wait_for_timeout(300)
    assert look() == rest, "pressed pause and the walker goes on"

    def changes(what: str, act) -> None:
        before = look()
        act()
        page.wait_for_timeout(250)
        assert look() != before, f"{what}, and nothing is different"

    changes("scrubbed", lambda: player.get_by_role("slider").fill("613"))
    canvas.focus()
    changes("stepped by key", lambda: canvas.press("ArrowRight"))
    changes("turned", lambda: _drag(canvas))
    changes("zoomed by wheel", lambda: page.mouse.wheel(0, -240))
    changes("zoomed by key", lambda: canvas.press("-"))
    changes("looked from above", lambda: player.get_by_label("View").select_option("from above"))
    changes("went home", lambda: canvas.dblclick())


def _drag(canvas: Locator) -> None:
    box = canvas.bounding_box()
    assert box is not None
    mouse = canvas.page.mouse
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    mouse.move(x, y)
    mouse.down()
    mouse.move(x + 60, y + 15, steps=4)
    mouse.up()
