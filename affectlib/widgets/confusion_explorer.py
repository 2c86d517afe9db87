"""The confusion explorer: the cycles behind each cell of a confusion matrix."""

from __future__ import annotations

import ipywidgets as ipw
import numpy as np
import pandas as pd

from affectlib.figures.results import SPLIT_WORDS
from affectlib.figures.style import (
    FAINT,
    MARK,
    in_order,
    label_colours,
    model_colour,
    models_in_order,
    readable,
)
from affectlib.widgets.chart import Chart, bars, cells, panel
from affectlib.widgets.explorer import Explorer, beside, dropdown, options, slider
from affectlib.widgets.player import player

ALL = "all"


def confusion_explorer(predictions: pd.DataFrame, series: np.ndarray, *, simulated: bool = False) -> Explorer:
    """Return an explorer of confusion matrices, whose cells and subjects can be clicked.

    Controls are ``split model true predicted subject cycle``; views are ``matrix subjects player``.

    Parameters
    ----------
    predictions : pandas.DataFrame
        One row per test cycle, columns `affectlib.evaluation.predictions.COLUMNS`, of the task label.
    series : numpy.ndarray
        Positions of all cycles in metres, shape (cycles, phases, 15, 3); indexed by ``cycle``.
    """
    predictions = predictions.astype({"true": str, "predicted": str, "subject": str})
    by_model = {key: rows.reset_index(drop=True) for key, rows in predictions.groupby(["split", "model"])}
    labels = in_order(pd.concat([predictions["true"], predictions["predicted"]]))
    colours = label_colours(labels)

    def redraw() -> None:
        rows = by_model.get((split.value, model.value), predictions.iloc[:0])
        true_rows = rows[rows["true"] == true.value]
        cell = true_rows[true_rows["predicted"] == predicted.value]
        subjects_in_cell = [value for _, value in options(cell["subject"])]
        # Setting the options resets the value.
        before = subject.value
        subject.options = [ALL, *subjects_in_cell]
        subject.value = before if before in subjects_in_cell else ALL
        matrix.panels = [_matrix(rows, labels, (true.value, predicted.value), model.value)]
        subjects.panels = [_subjects(true_rows, cell, predicted.value, subject.value)]
        chosen = cell if subject.value == ALL else cell[cell["subject"] == subject.value]
        number.max = max(len(chosen), 1)
        count = (
            f"{len(cell)} of {len(true_rows)} {readable(true.value)} test cycles "
            f"({100 * len(cell) / max(len(true_rows), 1):.0f} %) are predicted as {readable(predicted.value)}"
        )
        if chosen.empty:
            explorer.set_message(f"{count}: nothing to play; the player still has the previous cycle.")
            return
        cycle = chosen.iloc[number.value - 1]
        play(cycle, rows)
        explorer.set_message(f"{count}. Playing cycle {cycle['cycle']} of {cycle['subject']}.")

    def play(cycle: pd.Series, rows: pd.DataFrame) -> None:
        subject_name, true_label, predicted_label = cycle[["subject", "true", "predicted"]]
        name = f"{subject_name}, {readable(true_label)}, predicted {readable(predicted_label)}"
        bodies, tints = {name: series[cycle["cycle"]]}, {name: colours[true_label]}
        # For comparison, a cycle of the subject whose label is the predicted one, and was recognised.
        correct = rows[
            (rows["subject"] == subject_name)
            & (rows["true"] == predicted_label)
            & (rows["predicted"] == predicted_label)
            & (rows["cycle"] != cycle["cycle"])
        ]
        if len(correct):
            other = f"{subject_name}, {readable(predicted_label)}, recognised"
            bodies[other], tints[other] = series[correct["cycle"].iloc[0]], colours[predicted_label]
        stage.show(bodies, colours=tints, simulated=simulated)

    def clicked(change: dict) -> None:
        new = change["new"]
        if new.get("what") == "cell":
            row, column = new["which"]
            explorer.updating = True  # two controls, one update
            true.value, predicted.value = labels[row], labels[column]
            explorer.updating = False
            explorer.update(redraw)
        if new.get("what") == "subject":
            subject.value = new["which"] if new["which"] in subject.options else ALL

    split = dropdown("split", [(SPLIT_WORDS.get(name, name), name) for name in predictions["split"].unique()])
    model = dropdown("model", models_in_order(predictions["model"]))
    model.value = model.options[-1]
    true, predicted = dropdown("true label", options(labels)), dropdown("predicted label", options(labels))
    subject = dropdown("subject", [ALL])
    number = slider(ipw.IntSlider, "cycle", min=1, max=1)
    matrix = Chart(alt="Confusion matrix: true labels down, predicted labels across")
    subjects = Chart(alt="Share of each subject's cycles that are in the chosen cell")
    stage = player({"cycle": series[0]}, simulated=simulated)
    explorer = Explorer(
        "confusion-explorer",
        title="Confusion matrix",
        hint="Click a cell, then a subject: the cycle is played beside one that was recognised.",
        controls={
            "split": split,
            "model": model,
            "true": true,
            "predicted": predicted,
            "subject": subject,
            "cycle": number,
        },
        views={"matrix": matrix, "subjects": subjects, "player": stage},
        rows=[beside(ipw.VBox([matrix, subjects]), stage, widths=("380px 1", "380px 1"))],
        simulated=simulated,
    )
    rows = by_model.get((split.value, model.value), predictions)
    errors = rows[rows["true"] != rows["predicted"]]
    if len(errors):
        # Begin with the most frequent confusion.
        most_frequent: tuple[str, str] = errors.groupby(["true", "predicted"]).size().idxmax()  # type: ignore[assignment]
        true.value, predicted.value = most_frequent
    explorer.update_with(explorer.controls.values(), redraw)
    for chart in (matrix, subjects):
        chart.observe(clicked, "picked")
    explorer.update(redraw)
    return explorer


def _matrix(rows: pd.DataFrame, labels: list[str], chosen: tuple[str, str], model: str) -> dict[str, object]:
    table = pd.crosstab(rows["true"], rows["predicted"])
    counts = table.reindex(index=labels, columns=labels, fill_value=0).to_numpy()
    shares = 100 * counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    names = [readable(label) for label in labels]
    # Cells for more labels are too small for text, which is in their tips then.
    few = len(labels) <= 8
    texts = [
        [f"{count}\n{share:.0f} %" if count else "0" for count, share in zip(*row, strict=True)]
        for row in zip(counts, shares, strict=True)
    ]
    tips = [
        [f"{true}, predicted {predicted}: {counts[row, column]}" for column, predicted in enumerate(names)]
        for row, true in enumerate(names)
    ]
    return panel(
        f"{model}: accuracy {100 * np.trace(counts) / max(counts.sum(), 1):.1f} % (n = {counts.sum()})",
        cells(
            shares,
            colour=model_colour(model),
            top=100.0,
            tips=tips,
            pick="cell",
            chosen=[labels.index(label) for label in chosen],
            **({"texts": texts} if few else {}),
        ),
        down=True,
        xticks=[(x, name if few else "") for x, name in enumerate(names)],
        yticks=list(enumerate(names)),
        xlabel="predicted label",
        ylabel="true label",
        height=90 + 44 * len(labels) if few else 420,
    )


def _subjects(true_rows: pd.DataFrame, cell: pd.DataFrame, predicted: str, chosen: str) -> dict[str, object]:
    names = sorted(true_rows["subject"].unique())
    total, in_cell = (
        rows["subject"].value_counts().reindex(names, fill_value=0) for rows in (true_rows, cell)
    )
    return panel(
        f"Predicted {readable(predicted)}, by subject",
        bars(
            range(len(names)),
            100 * in_cell / total,
            colours=[MARK if name == chosen else FAINT for name in names],
            tips=[f"{name}: {in_cell[name]} of {total[name]} cycles" for name in names],
            pick="subject",
            ids=names,
        ),
        ylabel="cycles (%)",
        xlabel="subject",
        xticks=[(x, name) for x, name in enumerate(names) if len(names) <= 10 or x % 4 == 0],
        height=170,
    )
