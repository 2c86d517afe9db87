"""Figures of relevance: nothing lost, one scale, units and counts; and the stage that feeds them."""

from __future__ import annotations

from pathlib import Path

import matplotlib.image
import numpy as np
import pandas as pd
import pytest
import xarray as xr
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from walkers import in_the_room, on_the_spot

from affectlib import figures
from affectlib.figures.gradcam import GROUPS, ROWS
from affectlib.gait.average import Average
from affectlib.models.cnn_networks import CnnSettings
from affectlib.models.schedule import Schedule
from affectlib.recordings.formats.ptd import write_ptd
from affectlib.skeleton import AXES, INDEX, JOINTS
from affectlib.stages import experiment, trainings
from affectlib.stages import explain as stage
from affectlib.stages.store import LOG_VARIABLE
from affectlib.study import Study

N_PHASES = 40
MANY = ["angry", "happy", "neutral", "sad", "a very long name of a walking style", *"abcdefghijklmno"]


def relevance(labels: list[str]) -> xr.DataArray:
    """The left knee of the first label at half of the cycle stands out; the pelvis has nothing."""
    values = np.full((len(labels), N_PHASES, len(JOINTS)), 0.5)
    values[0, N_PHASES // 2, INDEX["l_knee"]] = 4
    values[:, :, INDEX["pelvis"]] = 0
    coords = {"label": labels, "phase": np.arange(N_PHASES) / N_PHASES, "joint": list(JOINTS)}
    return xr.DataArray(values, dims=("label", "phase", "joint"), coords=coords)


def counts(labels: list[str]) -> pd.DataFrame:
    return pd.DataFrame({"label": labels, "tested": 9, "recognised": 8, "averaged": 7})


def average(labels: list[str]) -> Average:
    one = on_the_spot(np.arange(N_PHASES) / N_PHASES)
    coords = relevance(labels).coords
    mean = xr.DataArray(
        np.stack([one] * len(labels)),
        dims=("label", "phase", "joint", "axis"),
        coords={**coords, "axis": list(AXES)},
    )
    return Average(mean=mean, spread=0 * mean, counts=dict.fromkeys(labels, 3), unit="subjects")


def maps(figure: Figure) -> list:
    return [image for axes in figure.axes for image in axes.get_images()]


def drawn(figure: Figure, tmp_path: Path) -> np.ndarray:
    figure.savefig(tmp_path / "figure.png", dpi=60)
    return matplotlib.image.imread(tmp_path / "figure.png")


def test_rows_are_all_joints_once_by_side() -> None:
    assert sorted(ROWS) == sorted(JOINTS)
    assert [where for where, _ in GROUPS] == ["middle", "left", "right"]
    assert [joint[2:] for joint in GROUPS[1][1]] == [joint[2:] for joint in GROUPS[2][1]]


def test_a_heat_map_shows_every_value_where_it_belongs() -> None:
    figure = figures.relevance_maps(relevance(["sad", "angry"]), counts(["sad", "angry"]))
    assert [axes.get_title(loc="left") for axes in figure.axes[:2]] == ["angry", "sad"]
    shown = dict(zip(["angry", "sad"], maps(figure), strict=True))
    assert {image.get_clim() for image in shown.values()} == {(0, 4)}
    values = shown["sad"].get_array()
    assert values.shape == (15, N_PHASES)
    row, column = np.unravel_index(values.argmax(), values.shape)
    assert ROWS[row] == "l_knee"
    # The middle of the cell lies at the phase it stands for.
    left, right = shown["sad"].get_extent()[:2]
    assert left + (column + 0.5) * (right - left) / N_PHASES == pytest.approx(50)
    names = [text.get_text() for text in figure.axes[0].get_yticklabels()]
    assert names[row] == "left knee"
    assert figure.axes[0].get_xlabel() == "gait cycle (%)"
    assert [text.get_text() for text in figure.axes[0].texts] == ["n = 7 of 9 cycles"]


def test_a_label_without_a_map_is_said_to_have_none() -> None:
    values = relevance(["angry", "sad"])
    values.loc[{"label": "sad"}] = np.nan
    figure = figures.relevance_maps(values, counts(["angry", "sad"]))
    assert len(maps(figure)) == 1
    assert "no relevance map" in [text.get_text() for text in figure.axes[1].texts]


@pytest.mark.parametrize("number", [1, 2, 3, 6, 20])
def test_any_number_of_labels_fits_without_overlap(number: int, tmp_path: Path) -> None:
    labels = MANY[:number]
    figure = figures.relevance_maps(relevance(labels), counts(labels))
    drawn(figure, tmp_path)
    boxes = [axes.get_tightbbox() for axes in figure.axes if axes.get_visible()]
    titles = [axes.get_title(loc="left").replace("\n", " ") for axes in figure.axes]
    assert sorted(title for title in titles if title) == sorted(labels)
    for place, first in enumerate(boxes):
        for second in boxes[place + 1 :]:
            width = min(first.x1, second.x1) - max(first.x0, second.x0)
            height = min(first.y1, second.y1) - max(first.y0, second.y0)
            assert not (width > 2 and height > 2)


def test_bodies_mark_every_joint_at_its_phase() -> None:
    figure = figures.relevance_on_body(average(["angry", "sad"]), relevance(["angry", "sad"]), n_postures=4)
    upper = figure.axes[0]
    dots = [line for line in upper.lines if line.get_zorder() == 4]
    assert len(dots) == 4 * len(JOINTS)
    largest = max(dots, key=lambda line: line.get_markersize())
    same_colour = [line for line in dots if to_hex(line.get_mfc()) == to_hex(largest.get_mfc())]
    assert same_colour == [largest]
    # Third posture, half of the cycle: the knee hangs below the pelvis and to the left of the body.
    assert round(float(largest.get_xdata()[0]) / 1.2) == 2
    assert float(largest.get_ydata()[0]) == pytest.approx(-0.44 + 0.25 * 0.12)
    assert upper.get_title(loc="left") == "angry (average of 3 subjects)"
    ticks = [text.get_text() for text in figure.axes[1].get_xticklabels()]
    assert ticks == ["0 %", "25 %", "50 %", "75 %"]


def test_bodies_without_a_map_have_no_marks(tmp_path: Path) -> None:
    values = relevance(["angry", "sad"])
    values[:] = np.nan
    figure = figures.relevance_on_body(average(["angry", "sad"]), values)
    assert not [line for axes in figure.axes for line in axes.lines if line.get_zorder() == 4]
    assert drawn(figure, tmp_path).size


def randomisation() -> pd.DataFrame:
    rows = [("trained again", 0, 0.5, 0.4, 0.6, 4), ("random: classes", 1, 0.3, 0.1, 0.5, 20)]
    rows.append(("random: classes, convolution 3", 2, np.nan, np.nan, np.nan, 0))
    columns = ["network", "random_layers", "rank_correlation", "low", "high", "n_networks"]
    return pd.DataFrame(rows, columns=columns)


def deletion() -> pd.DataFrame:
    parts = []
    for order, slope in {"most relevant first": 9, "least relevant first": 2, "random": 5}.items():
        accuracy = 90.0 - slope * np.arange(6)
        around = 3 if order == "random" else np.nan
        parts.append(
            pd.DataFrame({"order": order, "joints_gone": range(6), "accuracy_percent": accuracy})
            .assign(low=accuracy - around, high=accuracy + around)
            .assign(n_cycles=12)
        )
    return pd.concat(parts)


def test_checks_show_each_kind_of_network_and_each_order() -> None:
    figure = figures.relevance_checks(randomisation(), deletion())
    left, right = figure.axes
    names = [text.get_text() for text in left.get_yticklabels()]
    assert names == ["retrained\n(n = 4)", "last layer random\n(n = 20)", "all layers random\n(n = 0)"]
    points = [line.get_xdata()[0] for line in left.lines if line.get_marker() == "o"]
    assert points == [0.5, 0.3]  # what is not known is not drawn
    assert {text.get_text() for text in right.get_legend().get_texts()} == set(deletion()["order"])
    assert right.get_ylabel() == "accuracy (%; n = 12 cycles)"
    assert len(right.collections) == 1


def write_walks(folder: Path) -> Path:
    """Two people, one take of either label each; the happy ones swing further."""
    time_s = np.arange(0, 14, 1 / 60)
    path_m = np.column_stack([time_s, np.zeros_like(time_s)])
    for number, code in enumerate(("ada", "bob")):
        for label, swing in (("nu", 0.8), ("ha", 1.4)):
            position = on_the_spot((0.85 + 0.1 * number) * time_s, amplitude=swing)
            (folder / f"{code}_pt").mkdir(parents=True, exist_ok=True)
            write_ptd(
                folder / f"{code}_pt" / f"{code}_walk_{label}_1_fin.ptd",
                in_the_room(position, heading=np.zeros_like(time_s), path_m=path_m),
            )
    return folder


def test_reproduction_has_a_panel_a_statistic_and_a_row_a_kind_of_network() -> None:
    rows = [
        {"statistic": statistic, "network": network, "value": value, "low": value - 0.1, "high": value + 0.1}
        for statistic in ("map", "label-specific map", "deletion gap")
        for network, value in (("trained again", 0.6), ("permuted labels", 0.2), ("random weights", np.nan))
    ]
    table = pd.DataFrame(rows).assign(n_networks=[4, 2, 0] * 3)
    figure = figures.reproduction_checks(table)
    assert len(figure.axes) == 3
    for axes in figure.axes:
        points = [line.get_xdata()[0] for line in axes.lines if line.get_marker() == "o"]
        assert points == [0.6, 0.2]
    names = [tick.get_text() for tick in figure.axes[0].get_yticklabels()]
    assert names == ["trained again\n(n = 4)", "permuted labels\n(n = 2)", "random weights\n(n = 0)"]
    assert figure.axes[2].get_xlabel() == "accuracy (points)"


def test_the_stage_explains_once_and_then_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library = write_walks(tmp_path / "library")
    monkeypatch.setattr(stage, "RANDOM_NETWORKS", {"quick": 1})
    monkeypatch.setattr(stage, "RANDOM_ORDERS", {"quick": 2})
    short = CnnSettings(schedule=Schedule(n_steps=80))
    monkeypatch.setattr(experiment, "CNNS", {"quick": short})
    study = Study(library=str(library), folds=2)
    first = stage.explain(study)
    assert set(first.explanation.labels) == {"happy", "neutral"}
    assert (first.explanation.counts["averaged"] > 0).any()
    assert first.explanation.relevance.dims == ("label", "phase", "joint")
    monkeypatch.setattr(trainings, "fit_cnn", None)
    monkeypatch.setattr(stage, "explain_labels", None)
    monkeypatch.setenv(LOG_VARIABLE, str(tmp_path / "log"))
    second = stage.explain(study)
    assert '"reused": false' not in (tmp_path / "log").read_text(encoding="utf-8")
    xr.testing.assert_identical(first.explanation.relevance, second.explanation.relevance)
    for name in ("randomisation", "deletion"):
        pd.testing.assert_frame_equal(getattr(first, name), getattr(second, name))
    assert (second.explanation.counts["averaged"] <= second.explanation.counts["tested"]).all()
    figures.relevance_maps(second.explanation.relevance, second.explanation.counts)
    figures.relevance_checks(second.randomisation, second.deletion)
