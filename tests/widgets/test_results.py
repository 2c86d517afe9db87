"""Explorers of results: planted arrays and frames, driven as a hand would, without a browser."""

from __future__ import annotations

import time
from types import SimpleNamespace

import background_work
import numpy as np
import pandas as pd
import pytest
import xarray as xr
from explorers import marks

from affectlib.explanation.gradcam import Explanation
from affectlib.figures.style import AFFECT_COLOURS, INK, MARK
from affectlib.gait import Average
from affectlib.skeleton import AXES, INDEX, JOINTS
from affectlib.widgets.average_explorer import average_explorer
from affectlib.widgets.confusion_explorer import confusion_explorer
from affectlib.widgets.explorer import Explorer
from affectlib.widgets.latent_map import latent_map
from affectlib.widgets.relevance_explorer import relevance_explorer
from affectlib.widgets.still import unpacked
from affectlib.widgets.tradeoff_explorer import tradeoff_explorer
from affectlib.widgets.training_monitor import MOST_CYCLES, training_monitor
from affectlib.widgets.transfer_explorer import transfer_explorer

PHASES = 20
PEOPLE, LABELS = ("ada", "bob", "cid"), ("angry", "sad")


def posture(height_m: float) -> np.ndarray:
    """A cycle of which every joint but the pelvis stands at one height: easily known again."""
    position = np.zeros((PHASES, len(JOINTS), len(AXES)))
    position[:, :, 2] = height_m
    position[:, INDEX["pelvis"]] = 0
    return position


def walkers(explorer: Explorer) -> dict[str, float]:
    """Return name and height of all walkers."""
    scene = explorer.views["player"].scene
    return {walker["name"]: round(float(unpacked(walker["xyz"])[0, 0, 2]), 3) for walker in scene["walkers"]}


@pytest.fixture(scope="module")
def world() -> SimpleNamespace:
    """Two cycles of each person and label; cycle n stands at n tenths of a metre."""
    rows = [(who, label) for who in PEOPLE for label in LABELS for _ in range(2)]
    labels = pd.DataFrame(rows, columns=["subject", "label"])
    series = np.stack([posture(number / 10) for number in range(len(rows))]).astype(np.float32)
    return SimpleNamespace(labels=labels, series=series, cycles=np.arange(len(rows)))


# --- average cycles --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def average() -> Average:
    """Angry stands 1 m high, sad 0.6 m, with a spread of 5 cm."""
    coords = {
        "label": list(LABELS),
        "phase": np.arange(PHASES) / PHASES,
        "joint": list(JOINTS),
        "axis": list(AXES),
    }
    mean = xr.DataArray(
        np.stack([posture(1.0), posture(0.6)]), dims=("label", "phase", "joint", "axis"), coords=coords
    )
    return Average(mean=mean, spread=xr.full_like(mean, 0.05), counts={"angry": 3, "sad": 2}, unit="subjects")


def test_average_explorer_draws_both_labels_with_spread_and_difference(average: Average):
    explorer = average_explorer(average)
    explorer.controls["joint"].value = "head"
    explorer.controls["axis"].value = "z"
    course, difference = explorer.views["chart"].panels
    angry, sad = marks(course, "line")
    assert (angry["name"], sad["name"]) == ("angry (3 subjects)", "sad (2 subjects)")
    assert (angry["colour"], sad["colour"]) == (AFFECT_COLOURS["angry"], AFFECT_COLOURS["sad"])
    assert (set(angry["y"]), set(sad["y"])) == ({100.0}, {60.0})
    assert [(set(one["low"]), set(one["high"])) for one in marks(course, "band")] == [
        ({95.0}, {105.0}),
        ({55.0}, {65.0}),
    ]
    assert set(marks(difference, "line")[0]["y"]) == {40.0}
    assert walkers(explorer) == {"angry": 1.0, "sad": 0.6}


def test_average_explorer_with_one_label_twice_has_no_difference(average: Average):
    explorer = average_explorer(average)
    explorer.controls["against"].value = "angry"
    assert len(explorer.views["chart"].panels) == 1
    assert walkers(explorer) == {"angry": 1.0}


# --- transfer ---------------------------------------------------------------------------------------


class Adder:
    """Stands for a decoder: the body's height, ten metres higher for what gives the affect."""

    def transfer(self, x_affect: np.ndarray, x_subject: np.ndarray) -> np.ndarray:
        return x_subject + 10 * x_affect


def choose(explorer: Explorer, **values: object) -> None:
    for name, value in values.items():
        explorer.controls[name].value = value


def test_transfer_takes_the_body_from_one_and_the_affect_from_the_other(world: SimpleNamespace):
    explorer = transfer_explorer(Adder(), world.series, world.labels, shown=world.cycles)  # type: ignore[arg-type]
    choose(explorer, body="bob", body_label="angry", affect="sad", affect_subject="cid")
    # bob angry is cycle 4, cid sad cycle 10, and what bob sad really looked like, cycle 6.
    assert walkers(explorer) == pytest.approx(
        {
            "body: bob, angry": 0.4,
            "affect: cid, sad": 1.0,
            "decoded: bob, sad": 0.4 + 10 * 1.0,
            "recorded: bob, sad": 0.6,
        }
    )
    choose(explorer, body_cycle=2, affect_cycle=2)
    assert walkers(explorer) == pytest.approx(
        {
            "body: bob, angry": 0.5,
            "affect: cid, sad": 1.1,
            "decoded: bob, sad": 0.5 + 10 * 1.1,
            "recorded: bob, sad": 0.7,
        }
    )
    # 11.5 m to 0.7 m; without any exchange 0.5 m to 0.7 m. The pelvis does not count.
    assert "10800 mm" in explorer.message.value
    assert "200 mm" in explorer.message.value


def test_transfer_draws_the_joint_before_after_and_recorded(world: SimpleNamespace):
    explorer = transfer_explorer(Adder(), world.series, world.labels, shown=world.cycles)  # type: ignore[arg-type]
    choose(explorer, body="bob", body_label="angry", affect="sad", affect_subject="cid", joint="head")
    upward = explorer.views["chart"].panels[2]
    drawn = {line["name"]: set(line["y"]) for line in marks(upward, "line")}
    assert drawn == {"body, before transfer": {40.0}, "recorded": {60.0}, "decoded": {1040.0}}


def test_transfer_says_when_nothing_was_recorded_to_compare_with(world: SimpleNamespace):
    known = world.cycles[~((world.labels["subject"] == "bob") & (world.labels["label"] == "sad"))]
    explorer = transfer_explorer(Adder(), world.series, world.labels, shown=known)  # type: ignore[arg-type]
    choose(explorer, body="bob", affect="sad", affect_subject="cid")
    assert "nothing recorded to compare with" in explorer.message.value
    assert [name.partition(":")[0] for name in walkers(explorer)] == ["body", "affect", "decoded"]


def test_transfer_never_compares_with_its_own_inputs(world: SimpleNamespace):
    explorer = transfer_explorer(Adder(), world.series, world.labels, shown=world.cycles)  # type: ignore[arg-type]
    choose(explorer, body="bob", body_label="sad", affect="sad", affect_subject="bob")
    choose(explorer, body_cycle=1, affect_cycle=2)
    assert "nothing recorded" in explorer.message.value


def test_transfer_offers_only_the_cycles_that_are_to_be_shown(world: SimpleNamespace):
    explorer = transfer_explorer(Adder(), world.series, world.labels, shown=world.cycles[4:])  # type: ignore[arg-type]
    assert [value for _, value in explorer.controls["body"].options] == ["bob", "cid"]


# --- the map of the codes -------------------------------------------------------------------------


@pytest.fixture
def map_explorer(world: SimpleNamespace) -> Explorer:
    parts = []
    for code in ("affect", "subject"):
        for when in ("before", "after"):
            part = world.labels.assign(code=code, when=when, cycle=world.cycles)
            offset = 100 * (code == "subject") + 1000 * (when == "after")
            parts.append(part.assign(x=offset + world.cycles, y=-world.cycles))
    rng = np.random.default_rng(0)
    # Codes on a line in eight dimensions: the first component is where on it, the second is nothing.
    codes = {"affect": np.outer(world.cycles, rng.normal(size=8)), "subject": rng.normal(size=(12, 4))}
    return latent_map(pd.concat(parts, ignore_index=True), world.series, codes=codes)


def places(explorer: Explorer) -> dict[int, tuple[float, float]]:
    found = {}
    for mark in marks(explorer.views["chart"].panels[0], "dots", pick="cycle"):
        found |= dict(zip(mark["ids"], zip(mark["x"], mark["y"], strict=True), strict=True))
    return found


def test_map_shows_the_code_and_time_that_are_asked_for(map_explorer: Explorer):
    assert places(map_explorer)[3] == (1003, -3)
    map_explorer.controls["code"].value = "subject"
    assert places(map_explorer)[3] == (1103, -3)
    map_explorer.controls["map"].value = ("t-SNE", "before")
    assert places(map_explorer)[3] == (103, -3)
    assert len(places(map_explorer)) == 12


def test_map_by_principal_components(map_explorer: Explorer):
    map_explorer.controls["map"].value = ("PCA", "after")
    x, y = np.array([places(map_explorer)[cycle] for cycle in range(12)]).T
    assert np.abs(np.diff(x)) == pytest.approx([np.abs(np.diff(x))[0]] * 11, rel=1e-3)
    assert np.ptp(y) < 1e-3 * np.ptp(x)


def test_map_is_coloured_by_label_or_person(map_explorer: Explorer):
    def groups() -> dict[str, set[int]]:
        dots = marks(map_explorer.views["chart"].panels[0], "dots", pick="cycle")
        return {mark["colour"]: set(mark["ids"]) for mark in dots}

    assert groups()[AFFECT_COLOURS["sad"]] == {2, 3, 6, 7, 10, 11}
    map_explorer.controls["colour"].value = "subject"
    assert sorted(map(sorted, groups().values())) == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]]


def test_bringing_out_a_person_pales_the_others(map_explorer: Explorer):
    map_explorer.controls["only"].value = "bob"
    pale = marks(map_explorer.views["chart"].panels[0], "dots", faint=True)
    assert {cycle for mark in pale for cycle in mark["ids"]} == {0, 1, 2, 3, 8, 9, 10, 11}


def test_pointing_at_a_dot_lets_that_cycle_walk_beside_the_one_before(map_explorer: Explorer):
    chart = map_explorer.views["chart"]
    chart.picked = {"what": "cycle", "which": 7, "times": 1}
    assert walkers(map_explorer) == {"bob, sad (cycle 7)": 0.7, "ada, angry (cycle 0)": 0.0}
    chart.picked = {"what": "cycle", "which": 10, "times": 2}
    assert walkers(map_explorer) == {"cid, sad (cycle 10)": 1.0, "bob, sad (cycle 7)": 0.7}
    assert map_explorer.controls["cycle"].value == 11
    ring = marks(chart.panels[0], "dots", ring=True, colour="ink")[0]
    assert (ring["x"], ring["y"]) == ([1010], [-10])


# --- confusions ------------------------------------------------------------------------------------


@pytest.fixture
def confused(world: SimpleNamespace) -> Explorer:
    """Bob's sad cycles (6 and 7) and cid's first (10) are taken for angry; on takes everything is right."""
    own = world.labels.assign(
        cycle=world.cycles, true=world.labels["label"], predicted=world.labels["label"], model="AE-xyz"
    )
    wrong = own.assign(split="cycles")
    wrong.loc[[6, 7, 10], "predicted"] = "angry"
    frame = pd.concat([wrong, own.assign(split="takes"), own.assign(split="cycles", model="KNN-man")])
    return confusion_explorer(frame.drop(columns="label"), world.series)


def test_confusion_explorer_begins_with_the_commonest_mistake(confused: Explorer):
    assert (confused.controls["true"].value, confused.controls["predicted"].value) == ("sad", "angry")
    (matrix,) = confused.views["matrix"].panels
    (cells,) = marks(matrix, "cells")
    assert cells["texts"] == [["6\n100 %", "0"], ["3\n50 %", "3\n50 %"]]
    assert cells["chosen"] == [1, 0]
    assert matrix["title"] == "AE-xyz: accuracy 75.0 % (n = 12)"
    assert "3 of 6 sad test cycles (50 %) are predicted as angry" in confused.message.value


def test_confusion_explorer_tells_who_and_lets_them_walk(confused: Explorer):
    (people,) = confused.views["subjects"].panels
    (bars,) = marks(people, "bars")
    assert dict(zip(bars["ids"], bars["y"], strict=True)) == {"ada": 0, "bob": 100, "cid": 50}
    confused.views["subjects"].picked = {"what": "subject", "which": "cid", "times": 1}
    assert confused.controls["subject"].value == "cid"
    # Cycle 10 beside cid's first angry cycle, which was recognised.
    assert walkers(confused) == {"cid, sad, predicted angry": 1.0, "cid, angry, recognised": 0.8}
    coloured = marks(confused.views["subjects"].panels[0], "bars")[0]["colours"]
    assert [place for place, colour in enumerate(coloured) if colour == MARK] == [2]


def test_confusion_explorer_goes_through_the_cycles_of_a_cell(confused: Explorer):
    assert confused.controls["cycle"].max == 3
    heights = []
    for number in (1, 2, 3):
        confused.controls["cycle"].value = number
        heights.append(next(iter(walkers(confused).values())))
    assert heights == [0.6, 0.7, 1.0]


def test_pointing_at_a_cell_opens_it(confused: Explorer):
    confused.views["matrix"].picked = {"what": "cell", "which": [0, 1], "times": 1}
    assert "0 of 6 angry test cycles (0 %) are predicted as sad: nothing to play" in confused.message.value
    confused.views["matrix"].picked = {"what": "cell", "which": [0, 0], "times": 2}
    assert "6 of 6 angry" in confused.message.value


def test_confusion_explorer_keeps_models_and_splits_apart(confused: Explorer):
    confused.controls["model"].value = "KNN-man"
    assert "0 of 6 sad" in confused.message.value
    confused.controls["model"].value = "AE-xyz"
    confused.controls["split"].value = "takes"
    assert "0 of 6 sad" in confused.message.value


# --- relevance -------------------------------------------------------------------------------------


@pytest.fixture
def relevance(average: Average) -> Explorer:
    """For angry the left knee at 25 % of the cycle counts 7 times the mean; nothing is known for sad."""
    heat = np.ones((2, PHASES, len(JOINTS)))
    heat[0, PHASES // 4, INDEX["l_knee"]] = 7
    heat[1] = np.nan
    coords = {"label": list(LABELS), "phase": np.arange(PHASES) / PHASES, "joint": list(JOINTS)}
    relevance = xr.DataArray(heat, dims=("label", "phase", "joint"), coords=coords)
    counts = pd.DataFrame({"label": LABELS, "tested": 2, "recognised": [2, 0], "averaged": [2, 0]})
    return relevance_explorer(Explanation(relevance=relevance, counts=counts), average)


def test_pointing_at_relevance_leads_to_joint_and_phase(relevance: Explorer):
    (cells,) = marks(relevance.views["map"].panels[0], "cells")
    assert np.argwhere(np.array(cells["values"]) > 2).tolist() == [[INDEX["l_knee"], PHASES // 4]]
    where = [INDEX["l_knee"], PHASES // 4]
    relevance.views["map"].picked = {"what": "cell", "which": where, "times": 1}
    assert (relevance.controls["joint"].value, relevance.controls["phase"].value) == ("l_knee", 25)
    assert relevance.views["player"].phase == 0.25
    assert "left knee at 25 % of the cycle: 7.0 times the mean" in relevance.message.value
    assert marks(relevance.views["course"].panels[0], "rules")[0]["at"] == [25]
    assert marks(relevance.views["map"].panels[0], "cells")[0]["chosen"] == where


def test_a_label_without_explanation_is_told(relevance: Explorer):
    relevance.controls["label"].value = "sad"
    assert "not recognised" in relevance.message.value
    (cells,) = marks(relevance.views["map"].panels[0], "cells")
    assert {value for row in cells["values"] for value in row} == {None}


# --- trade-offs ------------------------------------------------------------------------------------


@pytest.fixture
def tradeoff() -> Explorer:
    rows = [
        ("raw", "", None, "SVM", "takes", 0.9, 0.8, 0.7, 0.9),
        ("noise", "noise (mm)", 0, "SVM", "takes", 0.9, 0.8, 0.7, 0.9),
        ("noise", "noise (mm)", 20, "SVM", "takes", 0.6, 0.3, 0.2, 0.4),
        ("noise", "noise (mm)", 20, "CNN", "takes", 0.6, 0.5, 0.4, 0.6),
        ("noise", "noise (mm)", 20, "SVM", "cycles", 0.7, 0.55, 0.5, 0.6),
        ("pace", "kept", "half", "SVM", "takes", 0.5, 0.25, 0.2, 0.3),
    ]
    columns = [
        "release",
        "parameter",
        "value",
        "attacker",
        "split",
        "utility",
        "identification",
        "low",
        "high",
    ]
    return tradeoff_explorer(pd.DataFrame(rows, columns=columns))


def test_tradeoff_tells_the_setting_that_is_chosen(tradeoff: Explorer):
    tradeoff.controls["release"].value = "noise"
    tradeoff.controls["value"].value = 1
    assert "noise, noise (mm) 20" in tradeoff.message.value
    assert "60.0 %" in tradeoff.message.value
    assert "30.0 % (20.0 to 40.0)" in tradeoff.message.value
    plane, along = tradeoff.views["chart"].panels
    ring = marks(plane, "dots", ring=True)[0]
    assert (ring["x"], ring["y"]) == ([60.0], [30.0])
    assert marks(along, "line", name="walker identified")[0]["y"] == [80.0, 30.0]
    assert marks(along, "line", name="label recognised")[0]["y"] == [90.0, 60.0]
    assert marks(along, "band")[0]["low"] == [70.0, 20.0]


def test_tradeoff_shows_one_attacker_and_split_at_a_time(tradeoff: Explorer):
    tradeoff.controls["release"].value = "noise"
    tradeoff.controls["attacker"].value = "CNN"
    assert [name for name, _ in tradeoff.controls["value"].options] == ["20"]
    assert "50.0 %" in tradeoff.message.value
    tradeoff.controls["attacker"].value = "SVM"
    tradeoff.controls["split"].value = "cycles"
    assert "55.0 %" in tradeoff.message.value


def test_pointing_at_another_release_goes_there(tradeoff: Explorer):
    tradeoff.views["chart"].picked = {"what": "setting", "which": ["noise", 1], "times": 1}
    assert tradeoff.controls["release"].value == "noise"
    assert tradeoff.controls["value"].value == 1
    assert "30.0 %" in tradeoff.message.value
    tradeoff.views["chart"].picked = {"what": "setting", "which": ["pace", 0], "times": 2}
    assert "pace, kept half" in tradeoff.message.value


def test_releases_without_a_parameter_and_attackers_that_were_not_tried(tradeoff: Explorer):
    assert "raw, without a parameter" in tradeoff.message.value
    tradeoff.controls["attacker"].value = "CNN"
    assert "was not tried on raw" in tradeoff.message.value


# --- training --------------------------------------------------------------------------------------


def monitor(world: SimpleNamespace, work: object) -> Explorer:
    subject, label = (world.labels[name].to_numpy() for name in ("subject", "label"))
    return training_monitor(world.series, subject, label, work=work)  # type: ignore[arg-type]


def until(true: object, seconds: float = 120) -> None:
    begun = time.monotonic()
    while not true():  # type: ignore[operator]
        assert time.monotonic() - begun < seconds
        time.sleep(0.02)


def test_nothing_is_trained_before_the_button_is_pressed(world: SimpleNamespace):
    explorer = monitor(world, background_work.learns_on)
    assert not explorer.controls["train"].disabled
    assert explorer.controls["stop"].disabled
    assert all(not line["x"] for panel in explorer.views["chart"].panels for line in panel["marks"])


@pytest.mark.slow
def test_training_draws_each_epoch_and_says_which_was_best(world: SimpleNamespace):
    explorer = monitor(world, background_work.learns)
    explorer.controls["train"].click()
    assert explorer.controls["train"].disabled
    assert explorer.controls["steps"].disabled
    until(lambda: not explorer.controls["train"].disabled)
    panel = explorer.views["chart"].panels[0]
    assert [line["y"] for line in marks(panel, "line")] == [[1.0, 0.5], [2.0, 1.0]]
    assert marks(panel, "dots")[0]["x"] == [2]
    assert (explorer.views["progress"].value, explorer.views["progress"].bar_style) == (2, "success")
    assert "Done: 2 epochs; epoch 2" in explorer.message.value


@pytest.mark.slow
def test_stop_answers_and_what_was_learnt_stays_to_be_seen(world: SimpleNamespace):
    explorer = monitor(world, background_work.learns_on)
    explorer.controls["train"].click()
    until(lambda: explorer.views["progress"].value == 1)
    explorer.controls["stop"].click()
    until(lambda: not explorer.controls["train"].disabled, seconds=20)
    assert "Stopped after 1 epoch." in explorer.message.value
    assert marks(explorer.views["chart"].panels[0], "line")[0]["y"] == [1.0]
    assert explorer.controls["stop"].disabled


def test_training_takes_few_cycles_of_a_large_library(world: SimpleNamespace):
    many = np.tile(world.series, (100, 1, 1, 1))
    subject, label = (np.tile(world.labels[name].to_numpy(), 100) for name in ("subject", "label"))
    explorer = training_monitor(many, subject, label)
    assert f"on {MOST_CYCLES} training cycles" in explorer.children[0].value


@pytest.mark.slow
def test_the_small_network_really_learns() -> None:
    import small_world

    from affectlib.widgets.training_monitor import learn, small_settings

    x, subject, label, _ = small_world.cycles()
    told: list[tuple[int, int, dict[str, float]]] = []
    learn(told.append, x, subject, label, None, small_settings(100, 8, 4, 1.0), 0)
    assert [done for done, _, _ in told] == list(range(1, len(told) + 1))
    assert told[-1][2]["reconstruction"] < told[0][2]["reconstruction"]


def test_what_is_recorded_has_ink_s_colour(world: SimpleNamespace):
    explorer = transfer_explorer(Adder(), world.series, world.labels, shown=world.cycles)  # type: ignore[arg-type]
    scene = explorer.views["player"].scene["walkers"]
    assert {one["name"].partition(":")[0]: one["colour"] for one in scene}["recorded"] == INK
