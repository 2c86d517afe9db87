"""Explorers of libraries, and what all explorers stand on: driven as a hand would, without a browser."""

from __future__ import annotations

from pathlib import Path

import background_work
import ipywidgets as ipw
import numpy as np
import pandas as pd
import pytest
from explorers import marks
from walkers import in_the_room, on_the_spot
from walking_library import write_library

from affectlib import stages
from affectlib.errors import CyclesError, ParameterError
from affectlib.figures.style import AFFECT_COLOURS, MARK
from affectlib.gait import Preprocessing, segment
from affectlib.skeleton import INDEX, JOINTS
from affectlib.study import Study
from affectlib.widgets.background import DONE, STOPPED, Background, Work
from affectlib.widgets.chart import line, numbers
from affectlib.widgets.explorer import Chain, Explorer
from affectlib.widgets.library_browser import library_browser
from affectlib.widgets.ssa_analysis import GAIT
from affectlib.widgets.ssa_explorer import ssa_explorer
from affectlib.widgets.still import unpacked

RATE_HZ = 60.0


def walker(scene: dict, number: int = 0) -> np.ndarray:
    return unpacked(scene["walkers"][number]["xyz"])


# --- charts and the frame around them -----------------------------------------------------------


def test_numbers_keep_five_digits_of_the_largest_and_tell_what_is_unknown():
    assert numbers([123456.789, 1.5]) == [123457.0, 2.0]
    assert numbers(np.array([1.2345678, np.nan, np.inf])) == [1.2346, None, None]
    assert numbers([]) == []


def test_line_is_plain_json():
    mark = line(range(3), np.array([0, 1, 4], dtype=np.float32), colour="ink", name="n")
    assert mark == {"kind": "line", "x": [0, 1, 2], "y": [0, 1, 4], "colour": "ink", "name": "n"}


@pytest.fixture
def chain() -> tuple[Chain, list[int]]:
    table = pd.DataFrame(
        [("ada", "sad", "1"), ("ada", "angry", "1"), ("ada", "angry", "2"), ("bob", "sad", "3")],
        columns=["subject", "label", "take"],
    )
    calls: list[int] = []
    made = Chain(table, {"subject": "subject", "label": "label", "take": "take"}, lambda: calls.append(1))
    return made, calls


def values(box: ipw.Dropdown) -> list[str]:
    return [value for _, value in box.options]


def test_chain_offers_what_is_left_in_the_order_of_all_figures(chain: tuple[Chain, list[int]]):
    made, _ = chain
    assert values(made.boxes["label"]) == ["angry", "sad"]
    assert values(made.boxes["take"]) == ["1", "2"]
    made.boxes["subject"].value = "bob"
    assert values(made.boxes["label"]) == ["sad"]
    assert made.rows["take"].tolist() == ["3"]


def test_chain_answers_once_a_choice_and_keeps_what_still_exists(chain: tuple[Chain, list[int]]):
    made, calls = chain
    made.boxes["label"].value = "sad"
    made.boxes["subject"].value = "bob"
    assert calls == [1, 1]
    assert made.boxes["label"].value == "sad"
    made.choose(subject="ada", label="angry", take="2")
    assert calls == [1, 1, 1]
    assert made.rows.index.tolist() == [2]


@pytest.mark.parametrize("error", [CyclesError("too <short>"), ParameterError("too <short>")])
def test_what_a_user_causes_is_said_in_words(error: Exception):
    def redraw() -> None:
        raise error

    explorer = Explorer("x", title="X", hint="", controls={}, views={})
    explorer.update(redraw)
    assert "too &lt;short&gt;" in explorer.message.value
    assert not explorer.updating


def test_explorer_has_its_class_and_says_that_walkers_are_simulated():
    told = [
        " ".join(child.value for child in made.children if isinstance(child, ipw.HTML))
        for made in (
            Explorer("x", title="X & Y", hint="", controls={}, views={}, simulated=simulated)
            for simulated in (True, False)
        )
    ]
    assert "X &amp; Y" in told[0]
    assert ["simulated walkers" in text for text in told] == [True, False]
    assert "affectlib-x" in Explorer("x", title="X", hint="", controls={}, views={})._dom_classes


# --- the library ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> stages.Loaded:
    return stages.load(Study(library=str(write_library(tmp_path_factory.mktemp("walks") / "walks"))))


@pytest.fixture(scope="module")
def gappy(tmp_path_factory: pytest.TempPathFactory) -> stages.Loaded:
    """One take of 12 s whose sensor was blind from second 5 to 7 and blinked once at second 2."""
    folder = tmp_path_factory.mktemp("gaps")
    time_s = np.arange(0, 12, 1 / RATE_HZ)
    path_m = np.column_stack([time_s, np.zeros_like(time_s)])
    position = in_the_room(on_the_spot(0.9 * time_s), heading=np.zeros_like(time_s), path_m=path_m)
    position[(time_s >= 5) & (time_s < 7)] = np.nan
    position[120:122] = np.nan
    np.savez(folder / "walk.npz", position=position, joints=np.array(JOINTS))
    header = "file,subject,label,take,rate_hz,unit,up,gender\n"
    (folder / "library.csv").write_text(f"{header}walk.npz,ada,sad,1,{RATE_HZ},m,z,\n")
    return stages.load(Study(library=str(folder)))


def test_browser_shows_the_chosen_take_in_its_label_s_colour(loaded: stages.Loaded):
    browser = library_browser(loaded)
    browser.controls["subject"].value = "bob"
    browser.controls["label"].value = "happy"
    scene = browser.views["player"].scene
    assert [one["name"] for one in scene["walkers"]] == ["bob, happy"]
    assert scene["walkers"][0]["colour"] == AFFECT_COLOURS["happy"]
    assert scene["rate_hz"] == RATE_HZ
    (path,) = marks(browser.views["path"].panels[0], "line")
    assert path["colour"] == AFFECT_COLOURS["happy"]
    # Straight on along one axis at 1.1 m/s for 8 s.
    assert np.ptp(path["x"]) + np.ptp(path["y"]) == pytest.approx(8 * 1.1, rel=0.01)
    assert "bob_walk_ha_1_fin" in browser.views["repairs"].value


def test_browser_draws_the_joint_that_is_asked_for(loaded: stages.Loaded):
    browser = library_browser(loaded)
    browser.controls["joint"].value = "head"
    upward = browser.views["traces"].panels[2]
    (course,) = marks(upward, "line")
    # 0.68 m above the pelvis, which itself is at 0.9 m.
    assert course["y"] == pytest.approx([0.68] * len(course["y"]), abs=1e-3)
    browser.controls["relative"].value = False
    (course,) = marks(browser.views["traces"].panels[2], "line")
    assert np.ptp(course["y"]) < 1e-3
    assert course["y"][0] > 0.68 + 0.5


def test_browser_tells_repairs_and_marks_what_is_lost(gappy: stages.Loaded):
    browser = library_browser(gappy)
    assert values(browser.controls["piece"]) == [0, 1]
    told = browser.views["repairs"].value
    assert ">120<" in told  # frames lost
    assert ">2<" in told  # pieces, and frames interpolated
    lost = marks(browser.views["traces"].panels[0], "spans", name="lost")[0]
    assert lost["starts"] == pytest.approx([5.0], abs=0.02)
    assert lost["ends"] == pytest.approx([7.0], abs=0.02)
    frames = []
    for piece in (0, 1):
        browser.controls["piece"].value = piece
        frames.append(browser.views["player"].scene["walkers"][0]["frames"])
    assert frames == [300, 300]


# --- singular spectrum analysis --------------------------------------------------------------------


def boundaries_s(explorer: Explorer) -> list[float]:
    return marks(explorer.views["chart"].panels[2], "spans", name="gait cycle")[0]["starts"]


def test_ssa_explorer_begins_with_what_the_workbook_cuts(loaded: stages.Loaded):
    explorer = ssa_explorer(loaded)
    walk = stages.recordings(Study(library=str(loaded.library.root)), names=[loaded.takes["name"][0]])[0]
    found = segment(walk).segmentation
    assert boundaries_s(explorer) == pytest.approx(
        [one.start_frames / RATE_HZ for one in found.cycles], abs=1e-3
    )
    assert explorer.controls["components"].value == found.pair
    coloured = marks(explorer.views["chart"].panels[0], "bars")[0]["colours"]
    assert [place for place, colour in enumerate(coloured) if colour == MARK] == sorted(found.pair or ())


def test_ssa_window_follows_the_slider(loaded: stages.Loaded):
    explorer = ssa_explorer(loaded)
    explorer.controls["window"].value = 2.0
    walk = stages.recordings(Study(library=str(loaded.library.root)), names=[loaded.takes["name"][0]])[0]
    found = segment(walk, preprocessing=Preprocessing(window_strides=2.0)).segmentation
    assert found.decomposition is not None
    title = explorer.views["chart"].panels[0]["title"]
    assert f"window {len(found.decomposition.left)} frames" in title


def test_ssa_reconstruction_is_of_the_components_that_are_chosen(loaded: stages.Loaded):
    explorer = ssa_explorer(loaded)
    explorer.controls["components"].value = (0,)
    assert not explorer.controls["automatic"].value
    assert not marks(explorer.views["chart"].panels[2], "spans")
    assert "no boundaries" in explorer.message.value
    explorer.controls["components"].value = (0, 1)
    drawn = marks(explorer.views["chart"].panels[2], "line")
    signal, part = (np.array(one["y"]) for one in drawn)
    # A pure sine of 56 cm is its first pair, but for what the mean of no whole number of strides leaves.
    assert np.abs(signal - part).max() < 2
    # The happy take has 0.95 strides a second.
    assert np.diff(boundaries_s(explorer)) == pytest.approx(1 / 0.95, abs=0.01)


def test_pointing_at_a_bar_takes_a_component_in_and_out(loaded: stages.Loaded):
    explorer = ssa_explorer(loaded)
    before = set(explorer.controls["components"].value)
    other = max(before) + 1
    for times, expected in ((1, before | {other}), (2, before)):
        explorer.views["chart"].picked = {"what": "component", "which": other, "times": times}
        assert set(explorer.controls["components"].value) == expected


def test_ssa_explorer_takes_other_signals(loaded: stages.Loaded):
    explorer = ssa_explorer(loaded, Preprocessing(normalise_bones=False))
    explorer.controls["signal"].value = "left ankle, forward"
    signal = marks(explorer.views["chart"].panels[2], "line", name="signal")[0]["y"]
    # The ankle swings 0.3 m to each side; the two ankles together would swing 0.6 m.
    assert np.ptp(signal) == pytest.approx(60, abs=2)
    explorer.controls["signal"].value = GAIT
    signal = marks(explorer.views["chart"].panels[2], "line", name="signal")[0]["y"]
    assert np.ptp(signal) == pytest.approx(120, abs=4)


def test_a_still_joint_is_said_in_words(loaded: stages.Loaded):
    explorer = ssa_explorer(loaded)
    explorer.controls["signal"].value = "head, upward"
    assert (
        "too short" in explorer.message.value
        or "Nothing" in explorer.message.value
        or ("no boundaries" in explorer.message.value)
    )


def test_player_gets_the_pelvis_path(loaded: stages.Loaded):
    shown = walker(library_browser(loaded).views["player"].scene)
    assert np.ptp(shown[:, INDEX["pelvis"], :2], axis=0).max() == pytest.approx(8 * 1.1, rel=0.01)


# --- work beside the notebook ---------------------------------------------------------------------


@pytest.mark.slow
def test_background_tells_what_was_sent_and_how_it_ended():
    heard: dict[str, list] = {"counts": [], "sleeps": [], "fails": [], "cannot": []}
    ended: dict[str, str] = {}

    def start(name: str, work: Work, *arguments: object) -> Background:
        def hear(told: object) -> None:
            heard[name].append(told)
            if name == "sleeps":
                running["sleeps"].stop()

        return Background(work, *arguments, on_message=hear, on_end=lambda how: ended.update({name: how}))

    running: dict[str, Background] = {}
    running["sleeps"] = start("sleeps", background_work.sleeps)
    running["counts"] = start("counts", background_work.counts, 5)
    running["fails"] = start("fails", background_work.fails, ValueError("no"))
    running["cannot"] = start("cannot", background_work.fails, CyclesError("nobody walks", found="0"))
    assert all(one.wait(120) for one in running.values())
    assert heard == {"counts": [0, 1, 2, 3, 4], "sleeps": ["awake"], "fails": [], "cannot": []}
    assert ended == {
        "counts": DONE,
        "sleeps": STOPPED,
        "fails": "ValueError: no",
        "cannot": "nobody walks (found: 0)",
    }


def test_widgets_bring_their_drawing_along():
    static = Path(__file__).parents[2] / "affectlib" / "widgets" / "static"
    assert {"chart.js", "chart.css"} <= {file.name for file in static.iterdir()}
    assert "http" not in (static / "chart.js").read_text().replace("http://www.w3.org/2000/svg", "")


def test_ssa_explorer_rejects_turns_as_the_segmentation_does(tmp_path: Path):
    time_s = np.arange(0, 12, 1 / RATE_HZ)
    heading = np.radians(10) * time_s
    path_m = np.cumsum(np.column_stack([np.cos(heading), np.sin(heading)]), axis=0) / RATE_HZ
    position = in_the_room(on_the_spot(0.9 * time_s), heading=heading, path_m=path_m)
    np.savez(tmp_path / "walk.npz", position=position, joints=np.array(JOINTS))
    header = "file,subject,label,take,rate_hz,unit,up,gender\n"
    (tmp_path / "library.csv").write_text(f"{header}walk.npz,ada,sad,1,{RATE_HZ},m,z,\n")
    loaded = stages.load(Study(library=str(tmp_path)))
    assert "rejected" not in ssa_explorer(loaded).message.value
    turns = ssa_explorer(loaded, Preprocessing(max_turn_deg=5.0))
    assert "turn of more than max_turn_deg" in turns.message.value
