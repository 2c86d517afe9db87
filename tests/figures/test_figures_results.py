"""Figures of results: counts right, units there, nothing lost, models in the paper's order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations, pairwise

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from walkers import on_the_spot

from affectlib import figures
from affectlib.errors import ParameterError
from affectlib.evaluation.comparison import compare_models
from affectlib.evaluation.identification import identification_table
from affectlib.evaluation.paper import AFFECTS, TEXT
from affectlib.evaluation.scores import confusion, score
from affectlib.figures.accuracy import p_text
from affectlib.figures.joint_errors import KINDS
from affectlib.figures.results import rows_of
from affectlib.figures.scheme import CODES, EXCHANGE, PAIRS
from affectlib.figures.style import FAINT, MODEL_COLOURS, label_colours, model_colour, models_in_order
from affectlib.skeleton import JOINTS

TABLE_ONE_MODELS = ["KNN-man", "SVM-man", "SVM-xyz", "CNN-xyz", "AE-xyz"]
SEES = {"SVM-enc": "affect code", "CNN-enc": "affect code", "SVM-enc-S": "subject code"}
TWENTY = [f"condition_{number}" for number in range(20)]


def predictions(
    *,
    labels: Sequence[str] = AFFECTS,
    models: Sequence[str] = TABLE_ONE_MODELS,
    splits: Sequence[str] = ("cycles",),
    people: int = 4,
    folds: int = 3,
    seeds: int = 1,
    task: str = "label",
    library: str = "closed form",
) -> pd.DataFrame:
    """Two cycles a person, label and fold; of the model at place m every (m + 2)th is taken for another."""
    rows = []
    for split in splits:
        for place, model in enumerate(models):
            for seed in range(seeds):
                for fold in range(folds):
                    cells = [(f"p{who:02d}", label) for who in range(people) for label in labels] * 2
                    for cycle, (subject, label) in enumerate(cells):
                        truth = label if task == "label" else subject
                        choices = (
                            list(labels) if task == "label" else [f"p{who:02d}" for who in range(people)]
                        )
                        other = choices[(choices.index(truth) + 1) % len(choices)]
                        wrong = (cycle + fold + seed) % (place + 2) == 0
                        rows.append(
                            {
                                "library": library,
                                "split": split,
                                "task": task,
                                "features": SEES.get(model, "xyz"),
                                "model": model,
                                "seed": seed,
                                "fold": fold,
                                "cycle": cycle,
                                "subject": subject,
                                "true": truth,
                                "predicted": other if wrong else truth,
                                "n_train": 4 * len(cells),
                                "n_test": len(cells),
                            }
                        )
    return pd.DataFrame(rows)


def history(epochs: int, *, best: int, terms: Sequence[str], validation: bool = True) -> pd.DataFrame:
    epoch = np.arange(1, epochs + 1)
    table = pd.DataFrame({"epoch": epoch, "learning_rate": 0.001 * epoch, "best": epoch == best})
    for number, term in enumerate(terms, start=1):
        table[term] = number * 0.5**epoch
        if validation:
            table[f"validation_{term}"] = 1.1 * table[term]
    table["loss"] = table[list(terms)].sum(axis=1)
    return table.assign(validation=2 * table[terms[0]]) if validation else table


def maps(*, people: int, labels: Sequence[str], codes: Sequence[str] = ("affect", "subject")) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    cells = [(f"p{who:02d}", label) for who in range(people) for label in labels] * 2
    parts = []
    for code in codes:
        for when in ("before", "after"):
            x, y = rng.normal(size=(2, len(cells)))
            parts.append(
                pd.DataFrame(cells, columns=["subject", "label"]).assign(code=code, when=when, x=x, y=y)
            )
    return pd.concat(parts, ignore_index=True)


def motions() -> dict[str, np.ndarray]:
    turns = np.arange(20) / 20
    by_label = {"j": 1.0, "l": 0.4}
    by_subject = {"i": 1.0, "k": 0.9}
    return {
        who + what: size * on_the_spot(turns, swing)
        for who, size in by_subject.items()
        for what, swing in by_label.items()
    }


def exchange(*, shift_m: float = 0.0, without: str = "", **names: Sequence[str]) -> Figure:
    real = motions()
    chosen = {"subjects": ("ada", "bob"), "labels": ("angry", "sad")} | names
    return figures.exchange_motions(
        {name: real[name] for name in ("ij", "kl")},
        {name: motion + np.array([0, 0, shift_m]) for name, motion in real.items()},
        {name: real[name] for name in ("kj", "il") if name != without},
        **chosen,
    )


def errors(people: int, kinds: Sequence[str]) -> pd.DataFrame:
    rows = [
        {"joint": joint, "kind": kind, "error_mm": 10.0 * (place + 1) + who + JOINTS.index(joint)}
        for joint in reversed(JOINTS)
        for place, kind in enumerate(kinds)
        for who in range(people)
    ]
    return pd.DataFrame(rows)


def identification(people: int = 4, **more: object) -> Figure:
    frame = predictions(
        models=["SVM-enc-S", "CNN-enc", "SVM-enc", "SVM-xyz"], task="subject", people=people, **more
    )
    return figures.identification_bars(identification_table(frame), folds=score(frame))


def visible(figure: Figure) -> list[Axes]:
    return [axes for axes in figure.axes if axes.get_visible()]


def texts(figure: Figure) -> str:
    parts = []
    for axes in figure.axes:
        parts += [axes.get_xlabel(), axes.get_ylabel(), axes.get_title(loc="left")]
        parts += [text.get_text() for text in [*axes.texts, *axes.get_xticklabels(), *axes.get_yticklabels()]]
    parts += [text.get_text() for legend in figure.legends for text in legend.get_texts()]
    return "\n".join([*parts, figure.get_suptitle(), figure.get_supxlabel()])


def points(axes: Axes, marker: str = "o") -> list[np.ndarray]:
    """Heights of each group of points, from left to right."""
    lines = [line for line in axes.lines if line.get_marker() == marker]
    lines.sort(key=lambda line: np.mean(line.get_xdata()))
    return [np.asarray(line.get_ydata(), dtype=float) for line in lines]


# What every figure owes its reader.

FIGURES: dict[str, Callable[[], Figure]] = {
    "accuracy": lambda: figures.accuracy_boxes(
        score(predictions()), compare_models(predictions(), against="AE-xyz")
    ),
    "accuracy, one model and fold": lambda: figures.accuracy_boxes(
        score(predictions(models=["AE-xyz"], folds=1))
    ),
    "F1, three splits": lambda: figures.f1_by_split(
        score(predictions(splits=("subjects", "takes", "cycles")))
    ),
    "F1, one of all": lambda: figures.f1_by_split(
        score(predictions(models=["AE-xyz"], folds=1, labels=["a", "b"]))
    ),
    "confusion": lambda: figures.confusion_matrices(confusion(predictions())),
    "confusion, 20 labels": lambda: figures.confusion_matrices(
        confusion(predictions(labels=TWENTY, people=1))
    ),
    "confusion, long names": lambda: figures.confusion_matrices(
        confusion(predictions(labels=["abnormal_left", "abnormal_right", "normal"], people=2))
    ),
    "confusion, one model": lambda: figures.confusion_matrices(
        confusion(predictions(labels=["a", "b"])), models=("AE-xyz",)
    ),
    "identification": lambda: identification(30, splits=("takes", "cycles"), labels=["a"]),
    "identification, two people": lambda: identification(2, folds=1),
    "latent, 30 people": lambda: figures.latent_maps(maps(people=30, labels=AFFECTS)),
    "latent, 20 labels": lambda: figures.latent_maps(maps(people=2, labels=TWENTY)),
    "latent, one person and code": lambda: figures.latent_maps(
        maps(people=1, labels=["a", "b"], codes=["affect"])
    ),
    "learning": lambda: figures.learning_curves(
        history(9, best=7, terms=["reconstruction", "cross", "triplet_affect", "triplet_subject"])
    ),
    "learning, one epoch": lambda: figures.learning_curves(
        history(1, best=1, terms=["cross_entropy"], validation=False)
    ),
    "scheme": figures.exchange_scheme,
    "exchange": exchange,
    "exchange, long names": lambda: exchange(
        subjects=("kinect_07", "kinect_12"), labels=("abnormal_left", "normal"), without="il"
    ),
    "errors": lambda: figures.error_per_joint(errors(3, [*KINDS])),
    "errors, one kind": lambda: figures.error_per_joint(errors(1, ["transfer"])),
}


@pytest.mark.parametrize("draw", FIGURES.values(), ids=FIGURES.keys())
def test_nothing_is_cut_off_and_no_ticks_overlap(draw: Callable[[], Figure]) -> None:
    figure = draw()
    figure.draw_without_rendering()
    drawn, (width, height) = figure.get_tightbbox(), figure.get_size_inches()
    assert drawn.x0 > -0.01
    assert drawn.y0 > -0.01
    assert drawn.x1 < width + 0.01
    assert drawn.y1 < height + 0.01
    for axes in visible(figure):
        for axis in (axes.xaxis, axes.yaxis):
            for ticks in (axis.get_ticklabels(minor=False), axis.get_ticklabels(minor=True)):
                boxes = [tick.get_window_extent() for tick in ticks if tick.get_visible() and tick.get_text()]
                for one, next_one in pairwise(boxes):
                    assert not one.overlaps(next_one), f"{axes.get_title(loc='left')}: ticks overlap"


def test_the_look_does_not_depend_on_settings_outside() -> None:
    with mpl.rc_context({"font.size": 30, "axes.spines.top": True}):
        figure = figures.learning_curves(history(3, best=2, terms=["cross_entropy"]))
    assert figure.axes[0].xaxis.label.get_size() == 8


# Colours and order.


def test_models_stand_in_the_papers_order_and_keep_their_colours() -> None:
    shuffled = ["AE-xyz", "zoo", "SVM-xyz", "KNN-man", "ant", "AE-xyz"]
    assert models_in_order(shuffled) == ["KNN-man", "SVM-xyz", "AE-xyz", "ant", "zoo"]
    assert model_colour("zoo") == FAINT
    assert list(MODEL_COLOURS)[:5] == TABLE_ONE_MODELS


SEEN_AS = {
    # Machado, Oliveira & Fernandes 2009, severity 1.0.
    "all colours": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.01182, 0.04294, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.3039],
    ],
}


@pytest.mark.parametrize("eyes", SEEN_AS)
def test_models_are_told_apart_by_colour_blind_eyes(eyes: str) -> None:
    places = [_lab(np.clip(SEEN_AS[eyes] @ _linear(colour), 0, 1)) for colour in MODEL_COLOURS.values()]
    # Some 2.3 is what an eye can just tell apart side by side (CIE 1976).
    assert min(np.linalg.norm(one - other) for one, other in combinations(places, 2)) > 12


def _linear(colour: str) -> np.ndarray:
    value = np.array(to_rgb(colour))
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def _lab(linear: np.ndarray) -> np.ndarray:
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    x, y, z = np.cbrt(to_xyz @ linear / [0.9505, 1, 1.089])
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


# Scores.


def test_confusion_shows_counts_and_their_share_of_the_true_label() -> None:
    truth, predicted = list("aaaab") + ["b"] * 300, list("aaabb") + ["b"] * 299 + ["a"]
    frame = predictions(labels=["a", "b"], models=["AE-xyz"], folds=1).head(1)
    frame = pd.concat([frame.assign(true=t, predicted=p) for t, p in zip(truth, predicted, strict=True)])
    axes = visible(figures.confusion_matrices(confusion(frame), models=("AE-xyz",)))[0]
    assert [text.get_text() for text in axes.texts] == ["3\n75 %", "1\n25 %", "1\n<1 %", "300\n100 %"]
    assert [tick.get_text() for tick in axes.get_yticklabels()] == ["a (4)", "b (301)"]
    assert "accuracy 99.3 % (n = 305)" in axes.get_title(loc="left")


def test_confusion_adds_up_folds_and_seeds_and_leaves_no_cell_out() -> None:
    frame = predictions(labels=TWENTY, people=2, folds=2, seeds=2)
    figure = figures.confusion_matrices(confusion(frame))
    assert [axes.get_title(loc="left").split(":")[0] for axes in visible(figure)] == ["CNN-xyz", "AE-xyz"]
    for axes, model in zip(visible(figure), ("CNN-xyz", "AE-xyz"), strict=True):
        cells = [int(text.get_text().split("\n")[0]) for text in axes.texts]
        assert len(cells) == 400
        assert sum(cells) == (frame["model"] == model).sum()
    assert "2 folds, 2 seeds" in texts(figure).replace("\n", " ")


def test_absent_results_and_mixed_libraries_are_refused_in_words() -> None:
    table = confusion(predictions(models=["CNN-xyz"]))
    with pytest.raises(ParameterError, match="no model 'AE-xyz'"):
        figures.confusion_matrices(table)
    with pytest.raises(ParameterError, match="no split 'takes'"):
        figures.accuracy_boxes(score(predictions()), split="takes")
    with pytest.raises(ParameterError, match="one library"):
        rows_of(pd.concat([table, table.assign(library="another")]))


def test_accuracy_has_a_point_a_fold_in_percent() -> None:
    scores = score(predictions(folds=4)).sample(frac=1, random_state=0)
    figure = figures.accuracy_boxes(scores)
    axes = visible(figure)[0]
    assert [tick.get_text() for tick in axes.get_xticklabels()] == TABLE_ONE_MODELS
    own = scores[scores["metric"] == "accuracy"]
    for model, drawn in zip(TABLE_ONE_MODELS, points(axes), strict=True):
        np.testing.assert_allclose(np.sort(drawn), 100 * np.sort(own.loc[own["model"] == model, "value"]))
    assert axes.get_ylabel() == "accuracy (%)"
    assert "(n = 4)" in axes.get_xlabel()


def test_every_test_is_named_and_its_adjusted_p_stands_above_its_model() -> None:
    frame = predictions(splits=("cycles", "takes"))
    comparison = compare_models(frame, against="AE-xyz")
    comparison.loc[:2, "p_holm"] = [0.0004, 0.04, 0.5]
    figure = figures.accuracy_boxes(score(frame), comparison, split="cycles")
    top = visible(figure)[0]
    own = comparison[comparison["split"] == "cycles"]
    assert {tick.get_text().replace("\n", " ") for tick in top.get_yticklabels()} == set(own["test"])
    assert "P against AE-xyz, Holm-adjusted" in top.get_title(loc="left")
    tests = list(own["test"].unique())
    drawn = {(round(text.get_position()[0]), text.get_position()[1]): text for text in top.texts}
    for row in own.itertuples():
        text = drawn[TABLE_ONE_MODELS.index(row.model), tests.index(row.test)]
        assert text.get_text() == p_text(row.p_holm)
        assert (text.get_weight() == "bold") == (row.p_holm < 0.05)
    assert drawn[4, 1].get_text() == "reference"


def test_p_values_are_written_as_journals_do() -> None:
    assert [p_text(p) for p in (0.0, 0.00099, 0.012, 0.05, 0.5, 1.0)] == [
        "< 0.001",
        "< 0.001",
        "0.012",
        "0.050",
        "0.50",
        "1.00",
    ]


@pytest.mark.parametrize(
    ("labels", "split", "marks"), [(AFFECTS, "cycles", 1), (AFFECTS, "takes", 0), (["a", "b"], "cycles", 0)]
)
def test_the_papers_accuracy_stands_only_beside_its_own_split_and_affects(
    labels: Sequence[str], split: str, marks: int
) -> None:
    figure = figures.accuracy_boxes(score(predictions(labels=labels, splits=(split,))), split=split)
    drawn = [line for line in visible(figure)[0].lines if line.get_marker() == "D"]
    assert len(drawn) == marks
    if marks:
        stand = dict(zip(np.round(drawn[0].get_xdata()), drawn[0].get_ydata(), strict=True))
        assert stand == {3: TEXT["CNN-xyz"]["accuracy"], 4: TEXT["AE-xyz"]["accuracy"]}


def test_f1_has_a_bar_a_split_the_papers_number_and_the_level_of_guessing() -> None:
    scores = score(predictions(splits=("subjects", "cycles", "takes")))
    figure = figures.f1_by_split(scores)
    axes = visible(figure)[0]
    figure.draw_without_rendering()
    told = [tick.get_text() for tick in axes.get_xticklabels(minor=True)]
    assert told == ["cycles", "takes", "subjects"] * 5
    means = scores[scores["metric"] == "macro_f1"].groupby(["model", "split"])["value"].mean()
    expected = [100 * means[model, split] for model in TABLE_ONE_MODELS for split in told[:3]]
    np.testing.assert_allclose([bar.get_height() for bar in axes.patches], expected)
    # Means of Table I's rows, by hand; the CNN's is not the 92 of the text.
    np.testing.assert_allclose(np.concatenate(points(axes, "D")), [78, 78, 79.75, 82, 92.5])
    guessing = [line.get_ydata()[0] for line in axes.lines if line.get_linestyle() == "--"]
    assert guessing == [25]


def test_f1_leaves_out_the_papers_numbers_for_other_labels() -> None:
    axes = visible(figures.f1_by_split(score(predictions(labels=TWENTY, people=1))))[0]
    assert not points(axes, "D")
    assert [line.get_ydata()[0] for line in axes.lines if line.get_linestyle() == "--"] == [5]


def test_guessing_in_proportion_has_the_f1_that_is_drawn() -> None:
    rng = np.random.default_rng(0)
    truth, predicted = rng.choice(["a", "b", "c"], size=(2, 50_000), p=[0.7, 0.2, 0.1])
    frame = pd.DataFrame({"true": truth, "predicted": predicted})
    cells = predictions(labels=["a"], models=["AE-xyz"], folds=1, people=1).drop(columns=list(frame)).head(1)
    scores = score(cells.merge(frame, how="cross"))
    f1 = 100 * scores.loc[scores["metric"] == "macro_f1", "value"].item()
    axes = visible(figures.f1_by_split(scores))[0]
    drawn = next(line.get_ydata()[0] for line in axes.lines if line.get_linestyle() == "--")
    assert f1 == pytest.approx(drawn, abs=1)


def test_identification_goes_from_raw_data_to_the_subject_code() -> None:
    frame = predictions(models=["SVM-enc-S", "CNN-enc", "SVM-enc", "SVM-xyz"], task="subject", people=4)
    table = identification_table(frame)
    axes = visible(figures.identification_bars(table, folds=score(frame)))[0]
    order = ["SVM-xyz", "SVM-enc", "CNN-enc", "SVM-enc-S"]
    assert [tick.get_text().split("\n")[0] for tick in axes.get_xticklabels()] == order
    assert "subject\ncode" in axes.get_xticklabels()[3].get_text()
    values = 100 * table.set_index("model").loc[order, ["balanced_accuracy", "low", "high"]]
    np.testing.assert_allclose([bar.get_height() for bar in axes.patches], values["balanced_accuracy"])
    whiskers = [segment[:, 1] for errorbar in axes.containers for segment in _segments(errorbar)]
    np.testing.assert_allclose(whiskers, values[["low", "high"]])
    assert all(len(drawn) == 3 for drawn in points(axes))
    assert any(np.allclose(line.get_ydata(), 25) for line in axes.lines)
    assert "%" in axes.get_ylabel()
    assert "n = 4 subjects" in axes.get_title(loc="left")


def test_one_probe_on_everything_is_ordered_by_what_it_sees() -> None:
    frame = predictions(models=["SVM-xyz"], task="subject")
    seen = ["subject code", "xyz", "affect code"]
    table = identification_table(pd.concat([frame.assign(features=features) for features in seen]))
    axes = visible(figures.identification_bars(table))[0]
    told = [tick.get_text().split("\n", 1)[1] for tick in axes.get_xticklabels()]
    assert told == ["joint\nseries", "affect\ncode", "subject\ncode"]


def _segments(container: object) -> list[np.ndarray]:
    bars = container[2] if isinstance(container, mpl.container.ErrorbarContainer) else ()
    return [segment for collection in bars for segment in collection.get_segments()]


def test_identification_has_a_panel_a_split_and_says_what_was_not_tried() -> None:
    both = predictions(models=["SVM-xyz", "CNN-enc"], task="subject", splits=("takes", "cycles"))
    table = identification_table(both)
    table = table[(table["split"] != "takes") | (table["model"] != "CNN-enc")]
    first, second = visible(figures.identification_bars(table))
    assert "cycles" in first.get_title(loc="left")
    assert len(first.patches) == 2
    assert len(second.patches) == 1
    assert "not\nrun" in [text.get_text() for text in second.texts]


# Codes and training.


@pytest.mark.parametrize(("people", "labels"), [(30, AFFECTS), (1, TWENTY), (5, ["a", "b"])])
def test_maps_lose_no_cycle_and_tell_labels_apart(people: int, labels: Sequence[str]) -> None:
    frame = maps(people=people, labels=labels)
    figure = figures.latent_maps(frame)
    assert len(visible(figure)) == 8
    each = len(frame) // 4
    for axes in visible(figure):
        drawn = np.concatenate([np.asarray(part.get_offsets()) for part in axes.collections])
        assert len(drawn) == each
        assert not len(axes.get_xticks())
    keys = {(handle.get_color(), handle.get_marker()) for handle in figure.legends[0].get_lines()}
    assert len(keys) == len(labels)
    assert f"{each} test cycles per map" in texts(figure)
    assert ("one subject" if people == 1 else f"{people} subjects, one colour each") in texts(figure)


def test_maps_show_each_cycle_where_it_lies_in_its_colour() -> None:
    frame = maps(people=3, labels=["angry", "sad"])
    figure = figures.latent_maps(frame)
    axes = visible(figure)[4]
    assert "after" in axes.get_ylabel()
    own = frame[(frame["code"] == "affect") & (frame["when"] == "after")]
    colour = {"angry": to_rgb("#D55E00"), "sad": to_rgb("#0072B2")}
    wanted = {(round(row.x, 6), round(row.y, 6)): colour[row.label] for row in own.itertuples()}
    (drawn,) = axes.collections
    for place, face in zip(np.asarray(drawn.get_offsets()), drawn.get_facecolors(), strict=True):
        np.testing.assert_allclose(face[:3], wanted[round(place[0], 6), round(place[1], 6)])


def test_maps_have_a_colour_a_person_whatever_their_number() -> None:
    axes = visible(figures.latent_maps(maps(people=30, labels=["sad"])))[1]
    assert len({tuple(face) for face in axes.collections[0].get_facecolors()}) == 30


def test_maps_of_nothing_known_are_refused() -> None:
    with pytest.raises(ParameterError, match="no maps"):
        figures.latent_maps(maps(people=1, labels=["a"]).assign(code="else"))


def test_learning_shows_every_term_and_marks_the_epoch_that_is_kept() -> None:
    table = history(9, best=7, terms=["reconstruction", "cross", "triplet_affect", "triplet_subject"])
    table.loc[8, "triplet_subject"] = 0.0
    figure = figures.learning_curves(table)
    first, *_, subject, validation, pace = visible(figure)
    assert len(visible(figure)) == 6
    assert first.get_yscale() == "log"
    assert subject.get_yscale() == "linear"
    assert "(z²)" in first.get_ylabel()
    training, held = (line for line in first.lines if len(line.get_xdata()) == 9)
    np.testing.assert_allclose(training.get_ydata(), table["reconstruction"])
    np.testing.assert_allclose(held.get_ydata(), table["validation_reconstruction"])
    np.testing.assert_allclose(np.concatenate(points(validation)), table.loc[6, "validation"])
    np.testing.assert_allclose(pace.lines[0].get_ydata(), 1000 * table["learning_rate"])
    assert "selected: epoch 7" in texts(figure)


def test_learning_without_cycles_set_aside_and_of_several_folds() -> None:
    alone = figures.learning_curves(history(5, best=5, terms=["cross_entropy"], validation=False))
    assert len(visible(alone)) == 2
    assert "validation" not in texts(alone)
    folds = [history(5 + fold, best=3 + fold, terms=["cross_entropy"]).assign(fold=fold) for fold in range(3)]
    together = figures.learning_curves(pd.concat(folds))
    assert len([line for line in visible(together)[0].lines if len(line.get_xdata()) > 1]) == 6
    assert "selected: epochs 3 to 5" in texts(together)


# The exchange.


def test_the_scheme_pairs_every_generated_motion_with_its_own_subject_and_affect() -> None:
    for (affect, subject), (name, loss, equation) in zip(PAIRS, EXCHANGE, strict=True):
        assert (CODES[affect][0], CODES[subject][0]) == ("affect", "subject")
        assert name == CODES[subject][1] + CODES[affect][1]
        # The upper two codes are of x_ij, the lower two of x_kl.
        crossed = (affect < 2) != (subject < 2)
        assert (loss, equation) == (("cross", 3) if crossed else ("rec", 2))
    told = [text.get_text() for text in figures.exchange_scheme().axes[0].texts]
    for name in ("ij", "kj", "il", "kl"):
        assert rf"$\hat{{x}}_{{{name}}}$" in told
        assert f"$x_{{{name}}}$" in told


def test_the_four_motions_say_who_walks_how_and_how_far_from_the_truth() -> None:
    figure = exchange(shift_m=0.03)
    titles = [axes.get_title(loc="left") for axes in visible(figure)]
    assert titles[:2] == ["Input $x_{ij}$: ada, angry", "Input $x_{kl}$: bob, sad"]
    assert titles[4] == r"$\hat{x}_{kj}$: bob, angry; 30 mm from $x_{kj}$"
    assert titles[5] == r"$\hat{x}_{il}$: ada, sad; 30 mm from $x_{il}$"
    for axes in visible(figure):
        assert axes.get_aspect() == 1
        (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()
        for line in axes.lines:
            assert left <= np.min(line.get_xdata()) <= np.max(line.get_xdata()) <= right
            assert low <= np.min(line.get_ydata()) <= np.max(line.get_ydata()) <= high
    assert "50 cm" in texts(figure)
    assert "gait cycle" in texts(figure)


def test_labels_of_an_exchange_keep_the_colours_of_their_library() -> None:
    library = ["abnormal_left", "abnormal_right", "normal"]
    figure = exchange(labels=("normal", "abnormal_right"), among=library)
    drawn = {line.get_label(): line.get_color() for line in figure.legends[0].get_lines()}
    colours = label_colours(library)
    assert drawn["normal"] == colours["normal"]
    assert drawn["abnormal right"] == colours["abnormal_right"]
    assert "abnormal left" not in drawn
    assert {line.get_color() for line in visible(figure)[0].lines} == {colours["normal"]}


def test_a_motion_nobody_recorded_has_no_truth_behind_it() -> None:
    with_truth, without = (visible(exchange(without=name)) for name in ("", "il"))
    assert without[5].get_title(loc="left").endswith("no ground truth")
    assert 2 * len(without[5].lines) == len(with_truth[5].lines)
    assert len(without[4].lines) == len(with_truth[4].lines)


def test_errors_are_means_in_millimetres_from_head_to_ankle() -> None:
    kinds = ["odd", "natural", "transfer"]
    figure = figures.error_per_joint(errors(3, kinds))
    axes = visible(figure)[0]
    assert [tick.get_text() for tick in axes.get_yticklabels()][:3] == ["head", "neck", "left shoulder"]
    assert "(mm)" in axes.get_xlabel()
    assert "n = 3 subjects" in axes.get_xlabel()
    uneven = errors(3, kinds).drop(index=0)
    assert "n = 2 to 3 subjects" in visible(figures.error_per_joint(uneven))[0].get_xlabel()
    drawn = {line.get_label(): line for line in axes.lines if not line.get_label().startswith("_")}
    assert list(drawn) == ["transfer, single source cycles", "another recorded cycle of the same cell", "odd"]
    for line, mean in zip(drawn.values(), (31, 21, 11), strict=True):
        np.testing.assert_allclose(line.get_xdata(), mean + np.arange(len(JOINTS)))
        np.testing.assert_allclose(line.get_ydata(), np.arange(len(JOINTS)), atol=0.33)
