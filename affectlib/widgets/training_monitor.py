"""The training monitor: a small autoencoder learns while one looks on."""

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
from affectlib.widgets.explorer import Explorer, slider

MOST_CYCLES = 480
"""Training cycles that are used, evenly chosen: few, so that an epoch takes a second or less."""

SHOWN = ("reconstruction", "cross", "triplet_affect", "triplet_subject")


def training_monitor(
    series: np.ndarray,
    subject: np.ndarray,
    label: np.ndarray,
    *,
    take: np.ndarray | None = None,
    seed: int = 0,
    simulated: bool = False,
    work: Work | None = None,
) -> Explorer:
    """Train a small autoencoder at the press of a button, with its losses, its progress and a stop.

    What it learns is thrown away: results of the workbook come from the stages alone.

    Parameters
    ----------
    series : numpy.ndarray
        Positions of a fold's training cycles in metres, shape (cycles, phases, 15, 3).
    subject : numpy.ndarray
        Subject of each cycle, shape (cycles,).
    label : numpy.ndarray
        Label of each cycle, shape (cycles,).
    take : numpy.ndarray, optional
        Take of each cycle, shape (cycles,), so that whole takes are set aside.
    seed : int
        Seed of the training.
    simulated : bool
        Whether nobody real walks here.
    work : callable, optional
        What trains, in a process of its own; `learn` by default.

    Returns
    -------
    Explorer
        Controls ``train stop steps width affect_size pull``; views ``progress chart``.
    """
    few = np.unique(np.linspace(0, len(series) - 1, min(MOST_CYCLES, len(series))).round().astype(int))
    data = (series[few], subject[few], label[few], None if take is None else take[few])
    rows: list[dict[str, float]] = []
    running: list[Background] = []
    begun: list[float] = []

    def press(_: object) -> None:
        if any(one.running for one in running):
            return
        rows.clear()
        running.clear()
        begun[:] = [time.monotonic()]
        _busy(True)
        progress.value, progress.max, progress.bar_style = 0, 1, "info"
        chart.panels = _curves([])
        explorer.say("Starting the process that trains; the first epoch takes some seconds.")
        settings = small_settings(steps.value, width.value, affect_size.value, pull.value)
        arguments = (*data, settings, seed)
        running.append(Background(work or learn, *arguments, heard=hear, ended=end))

    def hear(told: tuple[int, int, dict[str, float]]) -> None:
        done, total, row = told
        rows.append(row)
        progress.value, progress.max = done, total
        chart.panels = _curves(rows)
        explorer.say(f"Epoch {done} of {total}, {time.monotonic() - begun[0]:.0f} s.")

    def end(outcome: str) -> None:
        progress.bar_style = {DONE: "success", STOPPED: "warning"}.get(outcome, "danger")
        explorer.say({DONE: _summary(rows), STOPPED: f"Stopped after {_epochs(rows)}."}.get(outcome, outcome))
        _busy(False)

    def halt(_: object) -> None:
        stop.disabled = True
        for one in running:
            one.stop()

    def _busy(busy: bool) -> None:
        train.disabled, stop.disabled = busy, not busy
        for control in (steps, width, affect_size, pull):
            control.disabled = busy

    train, stop = (
        ipw.Button(description=text, icon=icon, button_style=style, layout=ipw.Layout(width="110px"))
        for text, icon, style in (("Train", "play", "primary"), ("Stop", "stop", ""))
    )
    stop.disabled = True
    steps = slider(ipw.IntSlider, "steps", min=100, max=1000, step=50, value=300)
    width = slider(ipw.IntSlider, "width of the network", min=8, max=32, step=8, value=16)
    affect_size = slider(ipw.IntSlider, "affect code", min=2, max=32, value=8)
    pull = slider(ipw.FloatSlider, "weight of triplets", min=0.0, max=4.0, step=0.25, value=1.0)
    progress = ipw.IntProgress(value=0, max=1, layout=ipw.Layout(width="auto", margin="0 10px"))
    chart = Chart(columns=2, alt="Terms of the loss epoch by epoch, in training and on cycles set aside")
    chart.panels = _curves([])
    explorer = Explorer(
        "training-monitor",
        title="Training, live",
        hint=f"A small network learns from {len(few)} training cycles; what it learns is not kept.",
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
    explorer.say("Nothing is trained yet.")
    return explorer


def small_settings(steps: int, width: int, affect_size: int, pull: float) -> AutoencoderSettings:
    """Set up the small network.

    Parameters
    ----------
    steps : int
        Optimiser steps.
    width : int
        Channels of the first convolution.
    affect_size : int
        Numbers in the affect code.
    pull : float
        Weight of both triplet losses.

    Returns
    -------
    AutoencoderSettings
        Everything else as in the workbook.
    """
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
    take: np.ndarray | None,
    settings: AutoencoderSettings,
    seed: int,
) -> None:
    """Train, and send each epoch.

    Parameters
    ----------
    send : callable
        Takes (epochs done, epochs at most, terms of the loss by name).
    series : numpy.ndarray
        Positions in metres, shape (cycles, phases, 15, 3).
    subject : numpy.ndarray
        Subject of each cycle, shape (cycles,).
    label : numpy.ndarray
        Label of each cycle, shape (cycles,).
    take : numpy.ndarray or None
        Take of each cycle, shape (cycles,).
    settings : AutoencoderSettings
        The network and its training.
    seed : int
        Seed.
    """
    fit_autoencoder(
        series,
        subject,
        label,
        take=take,
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
        for key, colour, told in (
            (name, SIGNAL, "training"),
            (f"validation_{name}", MARK, "cycles set aside"),
        ):
            values = [row.get(key, np.nan) for row in rows]
            marks.append(line(epoch, values, colour=colour, name=told, width=1.8))
            if best is not None:
                marks.append(dots(epoch[best : best + 1], values[best : best + 1], colour=colour, ring=True))
        axes = {"xlabel": "epoch", "ylabel": unit.partition(" (")[2].rstrip(")") or unit}
        panels.append(panel(title, *marks, **axes, height=170, xlim=[0, max([10, *epoch]) + 0.5]))
    return panels


def _best(rows: list[dict[str, float]]) -> int | None:
    held = [row.get("validation", np.nan) for row in rows]
    return int(np.nanargmin(held)) if np.isfinite(held).any() else None


def _epochs(rows: list[dict[str, float]]) -> str:
    return f"{len(rows)} epoch{'' if len(rows) == 1 else 's'}"


def _summary(rows: list[dict[str, float]]) -> str:
    best = _best(rows)
    kept = "" if best is None else f"; epoch {best + 1} (ringed) would be kept"
    return f"Done: {_epochs(rows)}{kept}."
