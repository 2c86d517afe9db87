"""The confusion explorer: whose walks are taken for which, and what they look like."""

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

EVERYONE = "everyone"


def confusion_explorer(predictions: pd.DataFrame, series: np.ndarray, *, simulated: bool = False) -> Explorer:
    """Open a cell of a confusion matrix: who stands in it, and how they walked.

    Parameters
    ----------
    predictions : pandas.DataFrame
        One row a test cycle, columns `affectlib.evaluation.predictions.COLUMNS`, of the task label.
    series : numpy.ndarray
        Positions of all cycles in metres, shape (cycles, phases, 15, 3); ``cycle`` counts in it.
    simulated : bool
        Whether nobody real walks here.

    Returns
    -------
    Explorer
        Controls ``split model truth predicted person cycle``; views ``matrix people player``. Cells of the
        matrix and bars of people can be pointed at.
    """
    told = predictions.astype({"true": str, "predicted": str, "subject": str})
    by_model = {key: rows.reset_index(drop=True) for key, rows in told.groupby(["split", "model"])}
    nothing = told.iloc[:0]
    labels = in_order(pd.concat([told["true"], told["predicted"]]))
    colours = label_colours(labels)

    def redraw() -> None:
        own = by_model.get((split.value, model.value), nothing)
        true_rows = own[own["true"] == truth.value]
        cell = true_rows[true_rows["predicted"] == predicted.value]
        _offer(cell)
        matrix.panels = [_matrix(own, labels, (truth.value, predicted.value), model.value)]
        people.panels = [_people(true_rows, cell, predicted.value, person.value)]
        chosen = cell if person.value == EVERYONE else cell[cell["subject"] == person.value]
        number.max = max(len(chosen), 1)
        _walk(own, chosen, len(cell), len(true_rows))

    def _offer(cell: pd.DataFrame) -> None:
        found = [value for _, value in options(cell["subject"])]
        wanted = person.value if person.value in found else EVERYONE
        person.options = [EVERYONE, *found]
        person.value = wanted

    def _walk(own: pd.DataFrame, chosen: pd.DataFrame, n_cell: int, n_true: int) -> None:
        share = 100 * n_cell / max(n_true, 1)
        count = (
            f"{n_cell} of {n_true} {readable(truth.value)} test cycles ({share:.0f} %) "
            f"are taken for {readable(predicted.value)}"
        )
        if chosen.empty:
            explorer.say(f"{count}: nothing to play; the walker shown is the one before.")
            return
        row = chosen.iloc[number.value - 1]
        name = f"{row.subject}, {readable(row.true)}, taken for {readable(row.predicted)}"
        bodies, tint = {name: series[row.cycle]}, {name: colours[row.true]}
        # Beside it, what this person's walk should have looked like for the answer to be right.
        right = own[
            (own["subject"] == row.subject) & (own["true"] == row.predicted) & (own["cycle"] != row.cycle)
        ]
        right = right[right["predicted"] == row.predicted]
        if len(right):
            other = f"{row.subject}, {readable(row.predicted)}, recognised"
            bodies[other], tint[other] = series[right["cycle"].iloc[0]], colours[row.predicted]
        stage.show(bodies, colours=tint, simulated=simulated)
        explorer.say(f"{count}. Playing cycle {row.cycle} of {row.subject}.")

    def pointed_at(change: dict) -> None:
        new = change["new"]
        if new.get("what") == "cell":
            row, column = new["which"]
            explorer.answering = True  # one question, two controls
            truth.value = labels[row]
            explorer.answering = False
            before, predicted.value = predicted.value, labels[column]
            if before == predicted.value:
                explorer.answer(redraw)
        if new.get("what") == "person":
            person.value = new["which"] if new["which"] in person.options else EVERYONE

    split = dropdown("split", [(SPLIT_WORDS.get(name, name), name) for name in told["split"].unique()])
    model = dropdown("model", models_in_order(told["model"]))
    model.value = model.options[-1]
    truth = dropdown("true label", options(labels))
    predicted = dropdown("taken for", options(labels))
    person = dropdown("person", [EVERYONE])
    number = slider(ipw.IntSlider, "cycle", min=1, max=1)
    matrix = Chart(alt="Confusion matrix: true labels down, predicted labels across")
    people = Chart(alt="How many cycles of each person stand in the chosen cell")
    stage = player({"cycle": series[0]}, simulated=simulated)
    explorer = Explorer(
        "confusion-explorer",
        title="Who is taken for what",
        hint="Point at a cell of the matrix, then at a person: the cycle walks beside one that was right.",
        controls={
            "split": split,
            "model": model,
            "truth": truth,
            "predicted": predicted,
            "person": person,
            "cycle": number,
        },
        views={"matrix": matrix, "people": people, "player": stage},
        rows=[beside(ipw.VBox([matrix, people]), stage, widths=("380px 1", "380px 1"))],
        simulated=simulated,
    )
    _start_at_the_worst(told, split, model, truth, predicted)
    for control in explorer.controls.values():
        control.observe(lambda _: explorer.answer(redraw), "value")
    for chart in (matrix, people):
        chart.observe(pointed_at, "picked")
    explorer.answer(redraw)
    return explorer


def _start_at_the_worst(
    told: pd.DataFrame, split: ipw.Dropdown, model: ipw.Dropdown, truth: ipw.Dropdown, predicted: ipw.Dropdown
) -> None:
    own = told[(told["split"] == split.value) & (told["model"] == model.value)]
    wrong = own[own["true"] != own["predicted"]]
    if len(wrong):
        truth.value, predicted.value = wrong.groupby(["true", "predicted"]).size().idxmax()


def _counts(own: pd.DataFrame, labels: list[str]) -> np.ndarray:
    table = pd.crosstab(own["true"], own["predicted"])
    return table.reindex(index=labels, columns=labels, fill_value=0).to_numpy()


def _matrix(own: pd.DataFrame, labels: list[str], chosen: tuple[str, str], model: str) -> dict[str, object]:
    counts = _counts(own, labels)
    totals = np.maximum(counts.sum(axis=1, keepdims=True), 1)
    shares = 100 * counts / totals
    names = [readable(label) for label in labels]
    few = len(labels) <= 8
    texts = [
        [f"{count}\n{share:.0f} %" if count else "0" for count, share in zip(*rows, strict=True)]
        for rows in zip(counts, shares, strict=True)
    ]
    tips = [
        [f"{true}, taken for {taken}: {counts[row, column]}" for column, taken in enumerate(names)]
        for row, true in enumerate(names)
    ]
    right = 100 * np.trace(counts) / max(counts.sum(), 1)
    return panel(
        f"{model}: {right:.1f} % of {counts.sum()} right",
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
        xticks=[(place, name if few else "") for place, name in enumerate(names)],
        yticks=list(enumerate(names)),
        xlabel="predicted",
        ylabel="true",
        height=90 + 44 * len(labels) if few else 420,
    )


def _people(true_rows: pd.DataFrame, cell: pd.DataFrame, taken: str, person: str) -> dict[str, object]:
    who = sorted(true_rows["subject"].unique())
    of, within = (rows["subject"].value_counts().reindex(who, fill_value=0) for rows in (true_rows, cell))
    share = 100 * within / of
    return panel(
        f"Taken for {readable(taken)}, by person",
        bars(
            range(len(who)),
            share,
            colours=[MARK if name == person else FAINT for name in who],
            tips=[f"{name}: {within[name]} of {of[name]} cycles" for name in who],
            pick="person",
            ids=who,
        ),
        ylabel="cycles (%)",
        xlabel="person",
        xticks=[(place, name) for place, name in enumerate(who) if len(who) <= 10 or place % 4 == 0],
        height=170,
    )
