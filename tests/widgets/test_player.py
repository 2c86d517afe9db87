"""The skeleton player's Python side: what it is told, what it weighs, what a page without a kernel holds."""

from __future__ import annotations

import base64
import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from affectlib.figures.style import AFFECT_COLOURS, INK
from affectlib.skeleton import BONES, INDEX, JOINTS, side
from affectlib.widgets import Player, player, player_html
from affectlib.widgets.player import module_html
from affectlib.widgets.scene import UNKNOWN, make_scene
from affectlib.widgets.still import still_svg, unpacked


def walk(phases: int = 100, *, seed: int = 0) -> np.ndarray:
    """A motion with numbers of its own at every phase, joint and axis."""
    return np.random.default_rng(seed).uniform(-0.9, 0.9, (phases, len(JOINTS), 3)).round(3)


class Page(HTMLParser):
    """Elements with their attributes, and the text inside each."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict, list[str]]] = []
        self.open: list[list[str]] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs), []))

    def handle_data(self, data):
        if self.elements:
            self.elements[-1][2].append(data)

    def all(self, tag: str) -> list[tuple[dict, str]]:
        return [(attributes, "".join(text)) for name, attributes, text in self.elements if name == tag]


def test_positions_come_back_to_the_millimetre_from_the_middle_of_the_walk():
    x = walk() + np.array([10.0, -7.0, 0.5])  # a corner of some room
    (told,) = make_scene({"ada": x})["walkers"]
    back = unpacked(told["xyz"])
    shift = x - back
    np.testing.assert_allclose(shift, np.broadcast_to(shift[0, 0], shift.shape), atol=0.00101)
    np.testing.assert_allclose(back[..., :2].mean((0, 1)), 0, atol=0.001)
    np.testing.assert_allclose(back[..., 2], x[..., 2], atol=0.00051)


def test_bytes_are_little_endian_whatever_the_machine():
    x = np.zeros((2, 15, 3))
    x[..., 2] = 0.258  # 0x0102
    (told,) = make_scene({"ada": x})["walkers"]
    assert base64.b64decode(told["xyz"])[4:6] == b"\x02\x01"


def test_a_cycle_costs_tens_of_kilobytes():
    cycle = {"ada": walk(100)}
    assert len(json.dumps(make_scene(cycle))) < 14_000
    assert len(player_html(cycle, module=False)) < 24_000
    assert len(module_html()) < 40_000


def test_the_ground_is_where_feet_come_down_and_not_where_a_sensor_once_jumped():
    x = np.zeros((200, 15, 3))
    x[..., 2] = 1.0
    x[:, INDEX["l_ankle"], 2] = 0.08
    x[7, INDEX["r_wrist"], 2] = -1.0
    (told,) = make_scene({"ada": x})["walkers"]
    assert told["floor_m"] == pytest.approx(0.08, abs=0.002)


def test_unknown_joints_stay_unknown():
    x = walk(10)
    x[3, INDEX["head"]] = np.nan
    x[4] = np.nan
    (told,) = make_scene({"ada": x})["walkers"]
    back = unpacked(told["xyz"])
    np.testing.assert_array_equal(np.isnan(back), np.isnan(x))
    raw = np.frombuffer(base64.b64decode(told["xyz"]), "<i2").reshape(x.shape)
    assert (raw[3, INDEX["head"]] == UNKNOWN).all()
    still_svg(make_scene({"ada": x}))


def test_the_body_is_the_skeleton_s_own():
    body = make_scene({"ada": walk()})["body"]
    assert [(JOINTS[parent], JOINTS[child]) for parent, child, _ in body["bones"]] == list(BONES)
    assert all(where == side(JOINTS[child]) for _, child, where in body["bones"])
    assert [[JOINTS[joint] for joint in pair] for pair in body["across"]] == [
        ["l_hip", "r_hip"],
        ["l_shoulder", "r_shoulder"],
    ]


def test_walkers_have_their_names_in_order_and_their_colours():
    scene = make_scene({"b": walk(), "a": walk(50)}, colours={"a": AFFECT_COLOURS["sad"], "c": "#123456"})
    told = [(walker["name"], walker["colour"], walker["frames"]) for walker in scene["walkers"]]
    assert told == [("b", INK, 100), ("a", AFFECT_COLOURS["sad"], 50)]


@pytest.mark.parametrize(
    ("walkers", "options", "says"),
    [
        ({}, {}, "1 to 4"),
        ({str(number): walk() for number in range(5)}, {}, "1 to 4"),
        ({"ada": np.zeros((10, 45))}, {}, "'ada' has the shape"),
        ({"ada": np.zeros((1, 15, 3))}, {}, "'ada' has the shape"),
        ({"ada": np.full((10, 15, 3), np.nan)}, {}, "no known position"),
        ({"ada": 1000 * walk()}, {}, "metres"),
        ({"ada": walk()}, {"ghosts": {"bob": walk()}}, "bob"),
        ({"ada": walk()}, {"ghosts": {"ada": walk(50)}}, "its ghost"),
    ],
)
def test_what_is_no_walk_is_refused(walkers, options, says: str):
    with pytest.raises(ValueError, match=says):
        make_scene(walkers, **options)


def test_a_ghost_stands_where_it_stood_beside_the_walker():
    x = walk() + np.array([3.0, 2.0, 0.0])
    (told,) = make_scene({"ada": x}, ghosts={"ada": x + np.array([0.1, 0, 0])})["walkers"]
    apart = unpacked(told["ghost"]) - unpacked(told["xyz"])
    np.testing.assert_allclose(apart[..., 0], 0.1, atol=0.00101)
    np.testing.assert_allclose(apart[..., 1:], 0, atol=0.00101)


def test_widget_shows_other_walkers_and_keeps_how_it_is_steered():
    widget = player({"ada": walk()}, simulated=True, caption="Ada walks.")
    widget.speed, widget.phase, widget.playing = 0.5, 0.25, True
    seen = []
    widget.observe(lambda change: seen.append(change["new"]), "scene")
    widget.show({"bob": walk(), "eve": walk(seed=1)})
    assert [walker["name"] for walker in widget.scene["walkers"]] == ["bob", "eve"]
    assert len(seen) == 1  # one message to the browser, not one a walker
    assert widget.scene["simulated"]
    assert widget.scene["caption"] == ""
    assert (widget.speed, widget.phase, widget.playing) == (0.5, 0.25, True)


def test_showing_no_walk_leaves_the_stage_as_it_was():
    widget = player({"ada": walk()})
    before = widget.scene
    with pytest.raises(ValueError, match="1 to 4"):
        widget.show({})
    assert widget.scene is before


def test_a_notebook_s_output_has_the_widget_and_postures_for_pages_that_have_none():
    data, _ = player({"ada": walk()})._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in data
    page = Page(data["text/html"])
    assert "ada" in page.all("svg")[0][0]["aria-label"]
    assert [attributes["type"] for attributes, _ in page.all("script")] == ["application/json"]


def test_what_the_browser_is_given_is_what_the_widget_holds():
    widget = player({"ada": walk()})
    state = widget.get_state()
    assert state["scene"] == widget.scene
    assert "export function render" in state["_esm"]
    assert ".affectlib-player" in state["_css"]
    assert isinstance(widget, Player)


def test_names_cannot_break_out_of_the_page():
    name = '</script><img src=x onerror="alert(1)">'
    html = player_html({name: walk()}, caption=name, module=False)
    page = Page(html)
    assert not page.all("img")
    (_, told), *others = page.all("script")
    assert not others
    scene = json.loads(told)
    assert scene["walkers"][0]["name"] == scene["caption"] == name


def test_the_page_needs_nothing_from_elsewhere():
    html = player_html({"ada": walk()})
    assert not re.findall(r"(?:src|href)\s*=|\bimport\s*[({\"']|@import|url\(", html)
    addresses = set(re.findall(r"https?://[^\s\"')]+", html))
    assert addresses <= {"http://www.w3.org/2000/svg"}  # a name, not a place


def test_the_module_cannot_end_its_own_element():
    page = Page(module_html())
    assert [tag for tag, _, _ in page.elements] == ["style", "script"]
    assert page.all("script")[0][1].rstrip().endswith("mountAll(document);")


def test_still_postures_follow_the_cycle_from_the_walker_s_right():
    x = np.zeros((70, 15, 3))
    x[..., 2] = np.linspace(0, 1.5, 15)
    x[:, INDEX["l_ankle"], 0] = np.linspace(-0.3, 0.3, 70)
    scene = make_scene({"ada": x}, colours={"ada": "#0072B2"})
    svg = still_svg(scene)
    assert svg.count("<circle") == 7
    # The left leg is pale and swings from behind to ahead, to the right on paper.
    left = re.findall(r'<path d="([^"]*)" stroke="#0072B2" stroke-width="0.03" opacity="0.4"', svg)
    assert len(left) == 7
    ankles = [float(path.rpartition("L")[2].split()[0]) for path in left]
    from_pelvis = np.array(ankles) - 0.85 * (np.arange(7) + 0.5)
    np.testing.assert_allclose(np.diff(from_pelvis), 0.6 / 70 * 10, atol=0.012)
    assert from_pelvis[0] == pytest.approx(-0.3, abs=0.02)


def test_simulated_walkers_are_named_wherever_they_are_shown():
    for simulated in (True, False):
        html = player_html({"ada": walk()}, simulated=simulated, module=False)
        assert ("simulated walkers" in html) == simulated
        assert json.loads(Page(html).all("script")[0][1])["simulated"] == simulated


@pytest.mark.skipif(shutil.which("node") is None, reason="needs node")
def test_the_joined_scripts_are_a_module(tmp_path: Path):
    file = tmp_path / "player.mjs"
    file.write_text(player({"ada": walk()}).get_state()["_esm"], encoding="utf-8")
    checked = subprocess.run(["node", "--check", file], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
