"""The run panel: choose parameters, see the expected time, run the workbook, follow it, open the report."""

from __future__ import annotations

import os
import shlex
import sys
import tempfile
import time
from collections.abc import Sequence
from html import escape
from pathlib import Path

import ipywidgets as ipw

from affectlib.errors import AffectlibError, RunError
from affectlib.recordings import open_library
from affectlib.stages import events
from affectlib.stages.progress import span
from affectlib.study import PROFILES, Study
from affectlib.widgets.command import Command
from affectlib.widgets.explorer import Explorer, dropdown, run_buttons, table_html
from affectlib.widgets.report_link import report_link
from affectlib.widgets.run_plan import Plan, estimate, make_plan, read_notebooks

MOST_LINES = 200
"""Lines of the command that remain visible."""

_TOOLTIPS = {
    "library": "folder with a library of walks; empty for the simulated demo library",
    "profile": "quick: few simulated subjects, minutes; full: for publishable figures",
    "seed": "random seed, also of the demo library",
    "skip_bad": "exclude takes that have problems",
    "results": "folder of the run",
}


def run_panel(
    study: Study, *, out: str = "", notebooks: str | Path | None = None, command: Sequence[str] = ()
) -> Explorer:
    """Return a panel that runs the workbook with the ``affectlib`` command.

    Controls are ``library profile seed skip_bad notebooks out run stop``; views are ``plan progress lines
    report``.

    Parameters
    ----------
    study : Study
        Initial values of the fields, and values of all other parameters.
    out : str
        Folder of the results; empty for the command's own choice.
    notebooks : str or Path, optional
        Folder of the notebooks; by default beside the package in a checkout, otherwise the working directory.
    command : sequence of str
        The program in place of ``python -m affectlib``.
    """
    folder = _default_notebooks() if notebooks is None else Path(notebooks).expanduser().resolve()
    return _Panel(study, out, folder, list(command) or [sys.executable, "-m", "affectlib"]).explorer


class _Panel:
    def __init__(self, study: Study, out: str, folder: Path, program: list[str]) -> None:
        self.study, self.folder, self.program = study, folder, program
        self.facts = read_notebooks(folder)
        self.command: Command | None = None
        self.started_s = 0.0
        self.texts: list[str] = []
        self.events = Path(os.devnull)
        self._make_controls(out)
        self._make_views()
        self.explorer = Explorer(
            "run-panel",
            title="Run the workbook",
            hint="The fields are the options of affectlib run; a run resumes where an earlier one stopped.",
            controls={**self.fields, "run": self.run, "stop": self.stop},
            views=self.views,
        )
        for field in self.fields.values():
            field.observe(self._field_changed, "value")
        self.run.on_click(self._run_clicked)
        self.stop.on_click(self._stop_clicked)
        self.explorer.update(self._show_plan)

    def _make_controls(self, out: str) -> None:
        skip_bad = ipw.Checkbox(
            value=self.study.skip_bad,
            description="skip bad takes",
            indent=False,
            tooltip=_TOOLTIPS["skip_bad"],
            layout=ipw.Layout(width="max-content", margin="2px 8px"),
        )
        chosen = ipw.SelectMultiple(
            options=[(f"{name[:2]} {facts.title}", name) for name, facts in self.facts.items()],
            value=tuple(self.facts),
            rows=max(2, len(self.facts)),
            description="notebooks",
            tooltip="Which of them run; Ctrl or Shift for several. Each runs alone.",
            style={"description_width": "initial"},
            layout=ipw.Layout(width="350px", margin="2px 8px"),
        )
        profile = dropdown("profile", PROFILES, value=self.study.profile, tooltip=_TOOLTIPS["profile"])
        self.fields: dict[str, ipw.Widget] = {
            "library": _text("library", self.study.library, "empty: simulated walkers"),
            "profile": profile,
            "seed": _text("seed", str(self.study.seed), ""),
            "skip_bad": skip_bad,
            "out": _text("results", out, "empty: runs/<library>-<profile>"),
            "notebooks": chosen,
        }
        self.run, self.stop = run_buttons("Run")

    def _make_views(self) -> None:
        margin = "0 10px"
        self.plan, self.report = (ipw.HTML(layout=ipw.Layout(margin=margin)) for _ in range(2))
        self.progress = ipw.IntProgress(
            max=max(1, len(self.facts)), layout=ipw.Layout(width="auto", margin=margin)
        )
        self.lines = ipw.HTML(layout=ipw.Layout(max_height="220px", overflow="auto", margin=margin))
        self.views = {
            "plan": self.plan,
            "progress": self.progress,
            "lines": self.lines,
            "report": self.report,
        }

    def _read_plan(self) -> Plan:
        if not self.facts:
            raise RunError("no notebooks here (NN_name.ipynb)", file=self.folder)
        value = {name: field.value for name, field in self.fields.items()}
        plan = make_plan(
            self.study,
            {
                "library": value["library"].strip(),
                "profile": value["profile"],
                "seed": value["seed"].strip(),
                "skip_bad": value["skip_bad"],
            },
            chosen=value["notebooks"],
            out=value["out"].strip(),
            notebooks=self.folder,
            n_notebooks=len(self.facts),
        )
        if plan.study.library_folder is not None:
            # Raises the errors of the library before the run is started.
            open_library(plan.study.library_folder)
        return plan

    def _show_plan(self) -> None:
        self.run.disabled = True
        self.plan.value = self.report.value = ""
        plan = self._read_plan()
        self.run.disabled = False
        self.plan.value = table_html(
            {
                "Time": estimate(plan, self.facts),
                "Results": plan.out,
                "Command": shlex.join(["affectlib", *plan.arguments()]),
            }
        )
        self.report.value = report_link(plan.out)

    def _field_changed(self, _: object) -> None:
        self.explorer.set_message("")
        self.explorer.update(self._show_plan)

    def _run_clicked(self, _: object) -> None:
        if self.command is not None and self.command.running:
            return
        try:
            plan = self._read_plan()
        except AffectlibError as error:
            self.explorer.set_message(str(error))
        else:
            self._start(plan)

    def _start(self, plan: Plan) -> None:
        self.texts.clear()
        self.started_s = time.monotonic()
        self.lines.value = ""
        self.progress.value, self.progress.max = 0, len(plan.chosen)
        self.progress.bar_style = "info"
        self.explorer.set_message("Started; the library is checked first.")
        # Before the start, since a command may end at once.
        self._set_running(True)
        try:
            handle, name = tempfile.mkstemp(suffix=".jsonl", prefix="affectlib-events-")
            os.close(handle)
            self.events = Path(name)
            self.command = Command(
                [*self.program, *plan.arguments()],
                folder=self.folder.parent,
                on_lines=self._add_lines,
                on_end=self._end,
                variables={events.VARIABLE: name},
            )
        except OSError as error:
            self._set_running(False)
            self.events.unlink(missing_ok=True)
            self.explorer.set_message(f"the command cannot be started: {error}")

    def _add_lines(self, lines: list[str]) -> None:
        self.texts = [*self.texts, *lines][-MOST_LINES:]
        # The newest line first, so that it is visible without scrolling.
        text = escape("\n".join(reversed(self.texts)))
        style = "font-size:12px;line-height:1.35;white-space:pre-wrap"
        self.lines.value = f"<pre style='{style}'>{text}</pre>"
        finished = [
            event
            for event in events.read_events(self.events, events.NOTEBOOK)
            if event["outcome"] != "stopped"
        ]
        if finished:
            self.progress.value, self.progress.max = len(finished), finished[-1]["of"]
        if latest := next(filter(str.strip, reversed(lines)), ""):
            self.explorer.set_message(f"{self._passed()}: {latest}")

    def _end(self, status: int, stopped: bool) -> None:
        self.progress.bar_style = "success" if status == 0 else "warning" if stopped else "danger"
        if status == 0:
            self.progress.value = self.progress.max
        # The last message, since showing the plan may set another one.
        message = self._outcome(status, stopped)
        self.events.unlink(missing_ok=True)
        self._set_running(False)
        self.explorer.update(self._show_plan)
        self.explorer.set_message(message)

    def _outcome(self, status: int, stopped: bool) -> str:
        if status == 0:
            return f"Done in {self._passed()}."
        if stopped:
            return f"Stopped after {self._passed()}; finished work is kept, and Run resumes there."
        errors = [event["text"] for event in events.read_events(self.events, events.ERROR)]
        return next(iter([*errors[-1:], *self.texts[-1:]]), "") or f"the command ended with status {status}"

    def _stop_clicked(self, _: object) -> None:
        self.stop.disabled = True
        self.explorer.set_message("Stopping: finished work is kept.")
        if self.command is not None:
            self.command.stop()

    def _set_running(self, running: bool) -> None:
        self.run.disabled, self.stop.disabled = running, not running
        for field in self.fields.values():
            field.disabled = running

    def _passed(self) -> str:
        return span(time.monotonic() - self.started_s)


def _default_notebooks() -> Path:
    beside_package = Path(__file__).resolve().parents[2] / "notebooks"
    return beside_package if beside_package.is_dir() else Path.cwd()


def _text(description: str, value: str, placeholder: str) -> ipw.Text:
    return ipw.Text(
        value=value,
        description=description,
        placeholder=placeholder,
        # Check a path once it is complete, not at each letter.
        continuous_update=False,
        tooltip=_TOOLTIPS[description],
        style={"description_width": "initial"},
        layout=ipw.Layout(width="300px", margin="2px 8px"),
    )
