"""Figures: units on the axes, one colour a label, nothing lost or invented on the way."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from walkers import on_the_spot, recording

from affectlib import figures
from affectlib.figures.style import AFFECT_COLOURS, MOST_LABELS, few_labels, in_order, label_colours
from affectlib.gait import StrideAccuracy, average_cycle, make_cycles, segment, ssa

TIME_S = np.arange(0, 8, 1 / 60)
WALK = recording(on_the_spot(0.9 * TIME_S))
SEGMENTATION = segment(WALK).segmentation
LABELS = ["sad", "angry", "limping", "happy", "neutral", "bored", "drunk", "elated"]


def people(labels: list[str], subjects: int = 3) -> list:
    return [
        recording(on_the_spot(0.9 * TIME_S), subject=f"p{who}", label=label, name=f"p{who}/{label}")
        for who in range(subjects)
        for label in labels
    ]


def cycles(labels: list[str], subjects: int = 3):
    source = {"library_name": "closed form", "simulated": True, "library_fingerprint": ""}
    return make_cycles(people(labels, subjects), **source)


def visible(figure: Figure) -> list[Axes]:
    return [axes for axes in figure.axes if axes.get_visible()]


def texts(figure: Figure) -> str:
    parts = [axes.get_xlabel() + axes.get_ylabel() + axes.get_title(loc="left") for axes in figure.axes]
    legends = [text.get_text() for legend in figure.legends for text in legend.get_texts()]
    return "\n".join(parts + legends + [figure.get_supylabel()])


def test_affects_come_first_and_keep_their_colours_in_every_library() -> None:
    assert in_order(LABELS)[:4] == ["angry", "happy", "neutral", "sad"]
    for labels in (["sad"], LABELS, ["sad", "zombie"]):
        assert label_colours(labels)["sad"] == AFFECT_COLOURS["sad"]
    assert len(set(label_colours(LABELS).values())) == len(LABELS)


def test_few_labels_are_the_affects_and_then_the_commonest() -> None:
    chosen = few_labels(LABELS + ["bored"] * 5 + ["limping"] * 3)
    assert chosen == ["angry", "happy", "neutral", "sad", "bored", "limping"]
    assert len(chosen) == MOST_LABELS
    assert few_labels(["b", "a", "a"]) == ["a", "b"]


def test_counts_show_missing_cells_as_zero_and_add_up() -> None:
    table = pd.DataFrame({"subject": ["a", "a", "b"], "label": ["sad", "sad", "angry"]})
    axes = visible(figures.counts_per_cell(table, what="takes"))[0]
    assert sorted(text.get_text() for text in axes.texts) == ["0", "0", "1", "2"]
    weighted = figures.counts_per_cell(table.assign(n=[3, 4, 5]), what="cycles", values="n")
    assert sorted(text.get_text() for text in visible(weighted)[0].texts) == ["0", "0", "5", "7"]


@pytest.mark.parametrize("subjects", [1, 2, 9])
def test_paths_are_in_metres_one_panel_a_person(subjects: int) -> None:
    figure = figures.paths_from_above(people(["sad", "odd"], subjects))
    assert len(visible(figure)) == min(subjects, 6)
    assert "x (m)" in texts(figure)
    assert "y (m)" in texts(figure)


def test_spread_counts_people_and_not_takes() -> None:
    table = pd.DataFrame({"subject": list("aabc"), "label": ["sad"] * 4, "speed": [1.0, 2.0, 3.0, 4.0]})
    axes = visible(figures.spread_by_label(table, column="speed", unit="m/s", title="speed"))[0]
    assert axes.get_yticklabels()[0].get_text() == "sad (n = 3)"
    assert "(m/s)" in axes.get_xlabel()


def test_alignment_steps_and_heading_have_units() -> None:
    steps = {"before": WALK.position, "after": WALK.position}
    assert "x (m)" in texts(figures.alignment_steps(steps, rate_hz=60))
    assert "left ankle" in texts(figures.alignment_steps(steps, rate_hz=60))
    assert "°" in texts(figures.heading_over_time(TIME_S, TIME_S, rate_hz=60))


def test_ssa_figures_show_the_pair_and_every_cycle() -> None:
    parts = SEGMENTATION.decomposition
    assert parts is not None
    spectrum = figures.spectrum_and_w_correlation(SEGMENTATION, ssa.w_correlation(parts, n_components=2))
    assert "(%)" in texts(spectrum)
    series = np.stack([ssa.reconstruct(parts, (k,)) for k in range(2)])
    shares = parts.shares[:2]
    assert len(visible(figures.components(series, shares=shares, rate_hz=60))) == 2
    boundaries = figures.signal_with_boundaries(SEGMENTATION, start_s=3.0)
    spans = visible(boundaries)[0].patches
    assert len(spans) == len(SEGMENTATION.intervals)
    assert min(patch.get_x() for patch in spans) >= 3.0
    assert {"gait cycle", "gait signal", "SSA oscillation"} <= set(texts(boundaries).split("\n"))


@pytest.mark.parametrize(("labels", "subjects"), [(["sad"], 1), (["sad", "angry"], 3), (LABELS[:6], 2)])
def test_average_cycles_name_units_and_counts(labels: list[str], subjects: int) -> None:
    average = average_cycle(cycles(labels, subjects), labels=in_order(labels))
    figure = figures.average_cycles(average, traces=[("l_ankle", "x"), ("head", "z")])
    assert "x (cm)" in texts(figure)
    assert "gait cycle (%)" in texts(figure)
    unit = "cycles" if subjects == 1 else f"{subjects} subjects"
    assert unit in texts(figure)
    strips = figures.stick_figures(average, n_postures=4)
    assert len(visible(strips)) == len(labels)
    assert visible(strips)[-1].get_xticklabels()[1].get_text() == "25 %"


def test_the_reference_is_a_hundred_per_cent() -> None:
    table = pd.DataFrame({"speed": [0.5, 1.0, 1.5]})
    axes = visible(figures.against_reference(table, reference={"speed": 0.5}, near=0.25))[0]
    points = next(line for line in axes.lines if len(line.get_xdata()) == 3)
    np.testing.assert_allclose(np.sort(points.get_xdata()), [100, 200, 300])


def test_jitter_is_in_frames() -> None:
    matches = pd.DataFrame(
        {"recording": "a", "true_s": [0.0, 1.0], "found_s": [0.1, 1.2], "late_s": [0.1, 0.2]}
    )
    figure = figures.stride_jitter(StrideAccuracy(recall=1, precision=1, matches=matches), rate_hz=60)
    assert "mean +9.00, standard deviation 3.00 frames" in texts(figure)
    assert "frames of 16.7 ms" in texts(figure)
