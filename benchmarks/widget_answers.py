"""Response times of the explorers: from the change of a control to all views set, in the kernel.

    python benchmarks/widget_answers.py [--library DIR] [--people 30] [--changes 8]

Results have the size of the full profile. Cycles are those of the library; an untrained autoencoder, which
takes as long, replaces the trained one, and maps, predictions, relevance and trade-offs are random. Drawing
in the browser takes additional time. On a busy machine the wall-clock time includes other work; the
processor time is given beside it.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator

import ipywidgets as ipw
import numpy as np
import pandas as pd
import xarray as xr

from affectlib import stages
from affectlib.explanation.gradcam import Explanation
from affectlib.gait import average_cycle
from affectlib.models.untrained import untrained_autoencoder
from affectlib.skeleton import JOINTS
from affectlib.stages.latents import LATENT_CYCLES
from affectlib.stages.methods import AFFECT_MODELS
from affectlib.study import Study
from affectlib.widgets.average_explorer import average_explorer
from affectlib.widgets.confusion_explorer import confusion_explorer
from affectlib.widgets.explorer import Explorer
from affectlib.widgets.latent_map import latent_map
from affectlib.widgets.library_browser import library_browser
from affectlib.widgets.relevance_explorer import relevance_explorer
from affectlib.widgets.ssa_explorer import ssa_explorer
from affectlib.widgets.tradeoff_explorer import tradeoff_explorer
from affectlib.widgets.transfer_explorer import transfer_explorer

LIMIT_MS = 200.0
CODE = ("_esm", "_css", "_anywidget_id")


def explorers(study: Study) -> Iterator[tuple[Explorer, float]]:
    """Iterate over explorers on results as large as the full profile's, with the seconds to create each."""
    rng = np.random.default_rng(0)
    loaded = stages.load(study)
    cycles = stages.cycles(study)
    series = cycles["position"].values
    labels = pd.DataFrame({name: cycles[name].values.astype(str) for name in ("subject", "label")})
    average = average_cycle(cycles)
    fitted = untrained_autoencoder(series[:512], seed=0, threads=1)
    kinds = labels["label"].unique()
    print(f"{len(loaded.takes)} takes, {len(series)} cycles, {labels['subject'].nunique()} people")

    shown = np.sort(rng.permutation(len(series))[: min(LATENT_CYCLES["full"], len(series) // 5)])
    maps = pd.concat(
        labels.iloc[shown].assign(code=code, when=when, cycle=shown, x=rng.normal(size=len(shown)), y=0.0)
        for code in ("affect", "subject")
        for when in ("before", "after")
    )
    maps["y"] = rng.normal(size=len(maps))
    codes = {"affect": rng.normal(size=(len(series), 8)), "subject": rng.normal(size=(len(series), 32))}
    predictions = pd.concat(
        labels.assign(
            split=split,
            model=model,
            cycle=np.arange(len(series)),
            true=labels["label"],
            predicted=np.where(
                rng.random(len(series)) < 0.2, rng.choice(kinds, len(series)), labels["label"]
            ),
        )
        for split in ("cycles", "takes", "subjects")
        for model in AFFECT_MODELS
    )
    n_phases = series.shape[1]
    relevance = xr.DataArray(
        rng.random((len(average.labels), n_phases, len(JOINTS))),
        dims=("label", "phase", "joint"),
        coords={"label": average.labels, "phase": np.arange(n_phases) / n_phases, "joint": list(JOINTS)},
    )
    explanation = Explanation(relevance=relevance, counts=pd.DataFrame({"label": average.labels}))
    tradeoff = pd.DataFrame(
        (f"release {number}", "parameter", value, attacker, split, 0.8, 0.5, 0.4, 0.6)
        for number in range(15)
        for value in range(6)
        for attacker in ("nearest", "SVM", "CNN", "triplet", "gallery")
        for split in ("cycles", "takes", "subjects")
    )
    tradeoff.columns = pd.Index(
        ["release", "parameter", "value", "attacker", "split", "utility", "identification", "low", "high"]
    )
    for make in (
        lambda: library_browser(loaded),
        lambda: ssa_explorer(loaded),
        lambda: average_explorer(average),
        lambda: transfer_explorer(fitted, series, labels, shown=shown),
        lambda: latent_map(maps, series, codes=codes),
        lambda: confusion_explorer(predictions, series),
        lambda: relevance_explorer(explanation, average),
        lambda: tradeoff_explorer(tradeoff),
    ):
        begun = time.perf_counter()
        yield make(), time.perf_counter() - begun


def turns(control: ipw.Widget, count: int, rng: np.random.Generator) -> Iterator[object]:
    """Iterate over random values of a control, none twice in a row."""
    for _ in range(count):
        if isinstance(control, ipw.SelectMultiple):
            numbers = [value for _, value in control.options]
            value: object = tuple(sorted(rng.choice(numbers, 2, replace=False).tolist()))
        elif hasattr(control, "options"):
            offered = [value for _, value in control._options_full]
            value = offered[int(rng.integers(len(offered)))]
        elif isinstance(control, ipw.Checkbox):
            value = not control.value
        else:
            steps = round((control.max - control.min) / control.step)
            value = control.min + control.step * int(rng.integers(steps + 1))
        if value != control.value:
            yield value


def answers_ms(explorer: Explorer, changes: int) -> tuple[dict[str, list[float]], float]:
    """Return the times of each change by control, and the processor time per change, in ms."""
    rng = np.random.default_rng(1)
    answers: dict[str, list[float]] = {}
    processor_start = time.process_time()
    for name, control in explorer.controls.items():
        for value in turns(control, changes, rng):
            begun = time.perf_counter()
            control.value = value
            answers.setdefault(name, []).append(1000 * (time.perf_counter() - begun))
    count = sum(len(values) for values in answers.values())
    return answers, 1000 * (time.process_time() - processor_start) / count


def state_kb(explorer: Explorer) -> float:
    """Return the kilobytes of the views' data, without the code that draws them."""
    states = (
        {key: value for key, value in view.get_state().items() if key not in CODE}
        for view in explorer.views.values()
    )
    return sum(len(json.dumps(state, default=str)) for state in states) / 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--library", default="")
    parser.add_argument("--people", type=int, default=30)
    parser.add_argument("--changes", type=int, default=8)
    arguments = parser.parse_args()
    study = Study(library=arguments.library, profile="full", demo_subjects=arguments.people)
    every: list[float] = []
    print(
        "explorer             made ms  changes  processor  median   p95    max (ms)  slowest control views kB"
    )
    for explorer, seconds in explorers(study):
        answers, busy = answers_ms(explorer, arguments.changes)
        times = [value for values in answers.values() for value in values]
        slowest = max(answers, key=lambda name: float(np.median(answers[name])))
        every += times
        print(
            f"{explorer.name:20} {1000 * seconds:7.0f} {len(times):8} {busy:10.0f} "
            f"{np.median(times):7.0f} {np.percentile(times, 95):5.0f} {max(times):6.0f}        "
            f"{slowest:15} {state_kb(explorer):8.0f}",
            flush=True,
        )
    late = sum(value > LIMIT_MS for value in every)
    print(f"{len(every)} changes, {late} above {LIMIT_MS:.0f} ms ({100 * late / len(every):.1f} %)")


if __name__ == "__main__":
    main()
