"""The parameter panel: choose what to run, see how long it may take, run it, watch, open the report."""

from __future__ import annotations

import json
import os
import re
import shlex
import sys
import time
from collections.abc import Sequence
from html import escape
from pathlib import Path
from urllib.parse import quote

import ipywidgets as ipw
from ipykernel.connect import get_connection_file
from IPython import get_ipython

from affectlib.errors import RunError
from affectlib.recordings import open_library
from affectlib.stages.progress import span
from affectlib.study import PROFILES, Study
from affectlib.widgets.command import Command
from affectlib.widgets.explorer import Explorer, dropdown, table_html
from affectlib.widgets.run_plan import Plan, estimate, make_plan, read_told

MOST_LINES = 200
"""Lines of the command that are kept in sight."""

_HELP = {
    "library": "folder with a library of walks; empty for the simulated demo library",
    "profile": "quick: few simulated people, minutes; full: what figures are made from",
    "seed": "seed of everything drawn at random, the demo library included",
    "skip_bad": "go on without takes that have problems",
    "results": "folder of the run",
}

# JupyterLab leaves links in widgets as black as the words around them.
_LINK = "target='_blank' style='color:var(--jp-content-link-color,#1565c0);text-decoration:underline'"


def run_panel(
    study: Study, *, out: str = "", notebooks: str | Path | None = None, command: Sequence[str] = ()
) -> Explorer:
    """Offer the parameters of a run, and the run itself: the very command of the command line.

    Parameters
    ----------
    study : Study
        What the fields hold at first; its other parameters go to the run as they are.
    out : str
        Folder for the results; empty for the one that the command would take.
    notebooks : str or Path, optional
        Folder of the notebooks; by default beside the package in a checkout, otherwise the
        working directory.
    command : sequence of str
        The program in place of ``python -m affectlib``.

    Returns
    -------
    Explorer
        Controls ``library profile seed skip_bad notebooks out run stop``; views
        ``plan progress lines report``.
    """
    place = _notebooks() if notebooks is None else Path(notebooks).expanduser().resolve()
    told = read_told(place)
    program = list(command) or [sys.executable, "-m", "affectlib"]
    running: list[Command] = []
    begun: list[float] = []
    said: list[str] = []
    ended_so_far: set[int] = set()

    def planned() -> Plan:
        if not told:
            raise RunError("no notebooks here (NN_name.ipynb)", file=place)
        values = {"library": library.value.strip(), "profile": profile.value, "seed": seed.value.strip()}
        made = make_plan(
            study,
            values | {"skip_bad": skip_bad.value},
            chosen=chosen.value,
            out=folder.value.strip(),
            notebooks=place,
            every=len(told),
        )
        if made.study.library_folder is not None:
            open_library(made.study.library_folder)
        return made

    def show() -> None:
        run.disabled = True
        views["plan"].value = ""
        views["report"].value = ""
        plan = planned()
        run.disabled = False
        rows = {
            "Time": estimate(plan, told),
            "Results": plan.out,
            "The same by hand": shlex.join(["affectlib", *plan.arguments()]),
        }
        views["plan"].value = table_html(rows)
        views["report"].value = report_link(plan.out)

    def press(_: object) -> None:
        plans: list[Plan] = []
        if not any(one.running for one in running):
            explorer.answer(lambda: plans.append(planned()))
        for plan in plans:
            start(plan)

    def start(plan: Plan) -> None:
        said.clear()
        ended_so_far.clear()
        begun[:] = [time.monotonic()]
        lines.value = ""
        progress.value, progress.max, progress.bar_style = 0, len(plan.chosen), "info"
        explorer.say("Started; the library is looked through first.")
        # Before it starts: a command that ends at once must not be overtaken.
        busy(True)
        try:
            running[:] = [Command([*program, *plan.arguments()], folder=place.parent, heard=hear, ended=end)]
        except OSError as error:
            busy(False)
            explorer.say(f"the command cannot be started: {error}")

    def hear(new: list[str]) -> None:
        said[:] = [*said, *new][-MOST_LINES:]
        # The newest line first: what one waits for is in sight without scrolling.
        lines.value = _listed(said)
        for number, progress.max in filter(None, map(ended_notebook, new)):
            ended_so_far.add(number)
        progress.value = len(ended_so_far)
        if any(line.strip() for line in new):
            latest = next(line for line in reversed(new) if line.strip())
            explorer.say(f"{span(time.monotonic() - begun[0])}: {latest}")

    def end(status: int, stopped: bool) -> None:
        progress.bar_style = "success" if status == 0 else "warning" if stopped else "danger"
        if status == 0:
            progress.value = progress.max
        busy(False)
        explorer.answer(show)
        explorer.say(_outcome(status, stopped, said, time.monotonic() - begun[0]))

    def halt(_: object) -> None:
        stop.disabled = True
        explorer.say("Stopping: what is done is kept.")
        for one in running:
            one.stop()

    def busy(is_busy: bool) -> None:
        run.disabled, stop.disabled = is_busy, not is_busy
        for control in turned:
            control.disabled = is_busy

    def ask(_: object) -> None:
        explorer.say("")
        explorer.answer(show)

    library = _text("library", study.library, "empty: simulated walkers")
    profile = dropdown("profile", PROFILES, value=study.profile, tooltip=_HELP["profile"])
    seed = _text("seed", str(study.seed), "")
    skip_bad = ipw.Checkbox(
        value=study.skip_bad,
        description="skip bad takes",
        indent=False,
        tooltip=_HELP["skip_bad"],
        layout=ipw.Layout(width="max-content", margin="2px 8px"),
    )
    folder = _text("results", out, "empty: runs/<library>-<profile>")
    chosen = ipw.SelectMultiple(
        options=[(f"{name[:2]} {each.title}", name) for name, each in told.items()],
        value=tuple(told),
        rows=max(2, len(told)),
        description="notebooks",
        tooltip="Which of them run; Ctrl or Shift for several. Each runs alone.",
        style={"description_width": "initial"},
        layout=ipw.Layout(width="350px", margin="2px 8px"),
    )
    run, stop = (
        ipw.Button(description=text, icon=icon, button_style=style, layout=ipw.Layout(width="110px"))
        for text, icon, style in (("Run", "play", "primary"), ("Stop", "stop", ""))
    )
    stop.disabled = True
    turned = (library, profile, seed, skip_bad, folder, chosen)
    progress = ipw.IntProgress(max=max(1, len(told)), layout=ipw.Layout(width="auto", margin="0 10px"))
    lines = ipw.HTML(layout=ipw.Layout(max_height="220px", overflow="auto", margin="0 10px"))
    views = {"plan": ipw.HTML(), "progress": progress, "lines": lines, "report": ipw.HTML()}
    views["plan"].layout.margin = views["report"].layout.margin = "0 10px"
    explorer = Explorer(
        "run-panel",
        title="Run the workbook",
        hint="The fields are the options of affectlib run; a run goes on where an earlier one stopped.",
        controls={
            "library": library,
            "profile": profile,
            "seed": seed,
            "skip_bad": skip_bad,
            "out": folder,
            "notebooks": chosen,
            "run": run,
            "stop": stop,
        },
        views=views,
        rows=[views["plan"], progress, lines, views["report"]],
    )
    for control in turned:
        control.observe(ask, "value")
    run.on_click(press)
    stop.on_click(halt)
    explorer.answer(show)
    return explorer


def ended_notebook(line: str) -> tuple[int, int] | None:
    """Read from a line of the command which notebook has come to its end.

    Parameters
    ----------
    line : str
        As in "[3/10] 02_gait_cycles  done in 9 s".

    Returns
    -------
    (int, int) or None
        Number of the notebook, and how many there are; None where the line tells something else.
    """
    step = re.match(r"\[(\d+)/(\d+)\] \w+(.*)", line)
    if step is None:
        return None
    ended = step[3].startswith("  ") and not step[3].startswith(("  cell ", "  stopped "))
    return (int(step[1]), int(step[2])) if ended else None


def report_link(out: Path) -> str:
    """Link the report of a run.

    Parameters
    ----------
    out : Path
        The run's folder.

    Returns
    -------
    str
        HTML: a link through the JupyterLab that serves this notebook where it serves the
        report too, otherwise where the file lies; empty where there is no report.
    """
    report = out / "report.html"
    if not report.is_file():
        return ""
    made = time.strftime("%Y-%m-%d %H:%M", time.localtime(report.stat().st_mtime))
    path, served = escape(str(report)), _served(report)
    if served is None:
        link = f"<a {_LINK} href='{escape(report.as_uri())}'>{path}</a>: open it in a browser"
    else:
        link = f"<a {_LINK} href='{escape(served)}'>Open the report</a> ({path})"
    return f"{link}, written {made}"


def _served(file: Path) -> str | None:
    """Give the address of a file at the Jupyter server that started this kernel."""
    try:
        server = _server()
        inside = file.relative_to(Path(server["root_dir"]).resolve())
    except (OSError, RuntimeError, ValueError, KeyError):
        return None
    return f"{server['base_url']}files/{quote(inside.as_posix())}"


def _server() -> dict[str, str]:
    """Read what that server wrote about itself, beside the file that tells this kernel its ports."""
    if getattr(get_ipython(), "kernel", None) is None:
        raise RuntimeError("not in a kernel")
    facts = Path(get_connection_file()).parent / f"jpserver-{os.getppid()}.json"
    return json.loads(facts.read_text(encoding="utf-8"))


def _outcome(status: int, stopped: bool, said: Sequence[str], seconds: float) -> str:
    took = span(seconds)
    if status == 0:
        return f"Done in {took}."
    if stopped:
        return f"Stopped after {took}; what is done is kept, and Run goes on there."
    errors = [line for line in said if line.startswith("affectlib: ") and "warning: " not in line]
    last = errors[-1].removeprefix("affectlib: ") if errors else next(iter(reversed(said)), "")
    return last or f"the command ended with status {status}"


def _notebooks() -> Path:
    beside_package = Path(__file__).resolve().parents[2] / "notebooks"
    return beside_package if beside_package.is_dir() else Path.cwd()


def _text(description: str, value: str, placeholder: str) -> ipw.Text:
    return ipw.Text(
        value=value,
        description=description,
        placeholder=placeholder,
        # An answer when one is done typing, not at each letter of a path.
        continuous_update=False,
        tooltip=_HELP[description],
        style={"description_width": "initial"},
        layout=ipw.Layout(width="300px", margin="2px 8px"),
    )


def _listed(lines: Sequence[str]) -> str:
    text = escape("\n".join(reversed(lines)))
    return f"<pre style='font-size:12px;line-height:1.35;white-space:pre-wrap'>{text}</pre>"
