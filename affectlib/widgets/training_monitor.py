"""The training monitor: live loss curves of a small autoencoder."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import ipywidgets as ipw
import numpy as np

from affectlib.figures.style import MARK, SIGNAL
from affectlib.figures.training import TERMS
from affectlib.models.autoencoder import Architecture
from affectlib.models.schedule import Schedule
from affectlib.models.training import AutoencoderSettings, LossWeights, fit_autoencoder
from affectlib.widgets.background import DONE, STOPPED, Background, Work
from affectlib.widgets.chart import Chart, dots, line, panel
from affectlib.widgets.explorer import Explorer, run_buttons, slider

MOST_CYCLES = 480
"""Training cycles, evenly chosen: few enough for an epoch to take a second or less."""

SHOWN = ("reconstruction", "cross", "triplet_affect", "triplet_subject")


def training_monitor(
    series: np.ndarray,
    subject: np.ndarray,
    label: np.ndarray,
    *,
    groups: np.ndarray | None = None,
    seed: int = 0,
    simulated: bool = False,
    work: Work | None = None,
) -> Explorer:
    """Return an explorer that trains a small autoencoder, whose weights are discarded.

    Controls are ``train stop steps width affect_size pull``; views are ``progress chart``.

    Parameters
    ----------
    series : numpy.ndarray
        Positions of a fold's training cycles in metres, shape (cycles, phases, 15, 3).
    subject, label : numpy.ndarray
        Subject and label of each cycle, shape (cycles,).
    groups : numpy.ndarray, optional
        Takes or subjects that validation has whole, shape (cycles,).
    work : callable, optional
        The training, in a process of its own; `learn` by default.
    """
    chosen = np.unique(np.linspace(0, len(series) - 1, min(MOST_CYCLES, len(series))).round().astype(int))
    data = (series[chosen], subject[chosen], label[chosen], None if groups is None else groups[chosen])
    rows: list[dict[str, float]] = []
    running: list[Background] = []
    started_s = [0.0]

    def press(_: object) -> None:
        if any(training.running for training in running):
            return
        rows.clear()
        started_s[0] = time.monotonic()
        set_running(True)
        progress.value, progress.max, progress.bar_style = 0, 1, "info"
        chart.panels = _curves([])
        explorer.set_message("Starting a process for the training; the first epoch takes some seconds.")
        settings = small_settings(steps.value, width.value, affect_size.value, pull.value)
        arguments = (*data, settings, seed)
        running[:] = [Background(work or learn, *arguments, on_message=add_epoch, on_end=end)]

    def add_epoch(message: tuple[int, int, dict[str, float]]) -> None:
        done, total, row = message
        rows.append(row)
        progress.value, progress.max = done, total
        chart.panels = _curves(rows)
        explorer.set_message(f"Epoch {done} of {total}, {time.monotonic() - started_s[0]:.0f} s.")

    def end(outcome: str) -> None:
        progress.bar_style = {DONE: "success", STOPPED: "warning"}.get(outcome, "danger")
        explorer.set_message(
            {DONE: _summary(rows), STOPPED: f"Stopped after {_epochs(rows)}."}.get(outcome, outcome)
        )
        set_running(False)

    def halt(_: object) -> None:
        stop.disabled = True
        for training in running:
            training.stop()

    def set_running(is_running: bool) -> None:
        train.disabled, stop.disabled = is_running, not is_running
        for control in (steps, width, affect_size, pull):
            control.disabled = is_running

    train, stop = run_buttons("Train")
    steps = slider(ipw.IntSlider, "steps", min=100, max=1000, step=50, value=300)
    width = slider(ipw.IntSlider, "width of the network", min=8, max=32, step=8, value=16)
    affect_size = slider(ipw.IntSlider, "affect code", min=2, max=32, value=8)
    pull = slider(ipw.FloatSlider, "weight of triplets", min=0.0, max=4.0, step=0.25, value=1.0)
    progress = ipw.IntProgress(value=0, max=1, layout=ipw.Layout(width="auto", margin="0 10px"))
    chart = Chart(columns=2, alt="Terms of the loss over epochs, in training and validation")
    chart.panels = _curves([])
    explorer = Explorer(
        "training-monitor",
        title="Live training",
        hint=f"Trains a small network on {len(chosen)} training cycles; its weights are discarded.",
        controls={
            "train": train,
            "stop": stop,
            "steps": steps,
            "width": width,
            "affect_size": affect_size,
            "pull": pull,
        },
        views={"progress": progress, "chart": chart},
        simulated=simulated,
    )
    train.on_click(press)
    stop.on_click(halt)
    explorer.set_message("Not trained yet.")
    return explorer


def small_settings(steps: int, width: int, affect_size: int, pull: float) -> AutoencoderSettings:
    """Return the settings of the small network; `pull` is the weight of both triplet losses."""
    return AutoencoderSettings(
        architecture=Architecture(width=width, affect_size=affect_size),
        schedule=Schedule(n_steps=steps),
        weights=LossWeights(triplet_affect=pull, triplet_subject=pull),
    )


def learn(
    send: Callable[[Any], None],
    series: np.ndarray,
    subject: np.ndarray,
    label: np.ndarray,
    groups: np.ndarray | None,
    settings: AutoencoderSettings,
    seed: int,
) -> None:
    """Train an autoencoder, and send after each epoch the epochs done, their maximum and the losses by name.

    Parameters
    ----------
    series : numpy.ndarray
        Positions in metres, shape (cycles, phases, 15, 3).
    subject, label : numpy.ndarray
        Subject and label of each cycle, shape (cycles,).
    groups : numpy.ndarray or None
        Takes or subjects that validation has whole, shape (cycles,).
    """
    fit_autoencoder(
        series,
        subject,
        label,
        groups=groups,
        settings=settings,
        seed=seed,
        progress=lambda done, total, row: send((done, total, dict(row))),
    )


def _curves(rows: list[dict[str, float]]) -> list[dict[str, object]]:
    epoch = [row["epoch"] for row in rows]
    best = _best(rows)
    panels = []
    for name in SHOWN:
        title, unit = TERMS[name]
        marks = []
        for key, colour, text in ((name, SIGNAL, "training"), (f"validation_{name}", MARK, "validation")):
            values = [row.get(key, np.nan) for row in rows]
            marks.append(line(epoch, values, colour=colour, name=text, width=1.8))
            if best is not None:
                marks.append(dots(epoch[best : best + 1], values[best : best + 1], colour=colour, ring=True))
        # Panels are too narrow for the quantity: only its unit, if there is one.
        axes = {"xlabel": "epoch", "ylabel": unit.partition(" (")[2].rstrip(")") or unit}
        panels.append(panel(title, *marks, **axes, height=170, xlim=[0, max([10, *epoch]) + 0.5]))
    return panels


def _best(rows: list[dict[str, float]]) -> int | None:
    criterion = [row.get("validation", np.nan) for row in rows]
    return int(np.nanargmin(criterion)) if np.isfinite(criterion).any() else None


def _epochs(rows: list[dict[str, float]]) -> str:
    return f"{len(rows)} epoch{'' if len(rows) == 1 else 's'}"


def _summary(rows: list[dict[str, float]]) -> str:
    best = _best(rows)
    selected = "" if best is None else f"; epoch {best + 1} (ringed) is the best"
    return f"Done: {_epochs(rows)}{selected}."
