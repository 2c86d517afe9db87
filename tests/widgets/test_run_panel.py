"""The parameter panel: what it plans, starts, tells and stops; driven as a hand would, without a browser."""

from __future__ import annotations

import io
import json
import signal
import sys
import threading
import time
from pathlib import Path

import pytest
from notebook_making import COMMON, write_notebook
from walking_library import write_library

from affectlib import cli
from affectlib.errors import ParameterError
from affectlib.stages.events import ERROR, NOTEBOOK, VARIABLE, read_events, write_event
from affectlib.stages.progress import span
from affectlib.study import PROFILES, Study
from affectlib.widgets import run_panel as module
from affectlib.widgets.command import Command
from affectlib.widgets.explorer import Explorer
from affectlib.widgets.report_link import report_link
from affectlib.widgets.run_panel import run_panel
from affectlib.widgets.run_plan import estimate, make_plan, read_notebooks
from affectlib.workbook.manifest import MANIFEST, Manifest, NotebookRecord
from affectlib.workbook.progress import RunProgress
from affectlib.workbook.report import REPORT
from affectlib.workbook.source import find_notebooks

ROOT = Path(__file__).parents[2]
WAIT_S = 30.0


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_library(tmp_path_factory.mktemp("walks") / "my library")


@pytest.fixture
def notebooks(tmp_path: Path) -> Path:
    folder = tmp_path / "notebooks"
    parameters = COMMON + "\nseed: int = 0  # of everything drawn"
    for name in ("00_one", "01_two", "02_three"):
        write_notebook(folder, name, parameters)
    return folder


def panel(notebooks: Path, script: str = "", study: Study | None = None) -> Explorer:
    """A panel whose command is a script: its arguments are those of the command line."""
    return run_panel(study or Study(), notebooks=notebooks, command=[sys.executable, "-c", script])


def pressed(made: Explorer) -> Explorer:
    made.controls["run"].click()
    return made


def until(true, seconds: float = WAIT_S) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def ended(made: Explorer) -> Explorer:
    until(lambda: made.controls["stop"].disabled and not made.controls["run"].disabled)
    # The last words come after the buttons.
    until(lambda: any(word in made.message.value for word in ("Done", "Stopped", "status", "went", "cannot")))
    return made


def said(made: Explorer, view: str) -> str:
    return made.views[view].value


def plan(study: Study, notebooks: Path, *, chosen: tuple[str, ...] = (), out: str = "", **values: object):
    names = tuple(read_notebooks(notebooks))
    values = {"library": study.library, "profile": study.profile} | values
    return make_plan(
        study, values, chosen=chosen or names, out=out, notebooks=notebooks, n_notebooks=len(names)
    )


# --- what is planned --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "study",
    [
        Study(),
        Study(profile="full", seed=3, skip_bad=True),
        Study.from_parameters({"n_phases": 40, "demo_subjects": 3, "seed": 7, "folds": 3}),
        Study(leave_out=("Doe, Ann", 'Ben "B" Roe', "Zoë")),
    ],
    ids=["usual", "turned", "others", "names"],
)
@pytest.mark.parametrize("chosen", [(), ("00_one", "02_three")], ids=["all", "some"])
def test_arguments_give_the_command_the_same_study(
    study: Study, chosen: tuple[str, ...], notebooks: Path, library: Path, monkeypatch: pytest.MonkeyPatch
):
    got: dict = {}

    def run(study: Study, **options: object) -> Manifest:
        got.update(options, study=study)
        return Manifest(library={}, study={}, started="")

    monkeypatch.setattr("affectlib.workbook.runner.run", run)
    values = {name: study.parameters()[name] for name in ("seed", "skip_bad")}
    made = plan(study, notebooks, chosen=chosen, library=str(library), **values)
    assert cli.main(made.arguments()) == 0
    assert got["study"] == made.study
    assert got["study"].parameters() == study.parameters() | {"library": str(library)}
    assert got["out"] == made.out
    assert [source.name for source in find_notebooks(got["notebooks"], only=got["only"])] == list(
        chosen or ("00_one", "01_two", "02_three")
    )
    assert bool(got["only"]) == bool(chosen)


def test_another_profile_brings_its_own_defaults(notebooks: Path):
    assert plan(Study(), notebooks, profile="full").study == Study(profile="full")
    assert plan(Study(folds=4), notebooks, profile="full").study == Study(profile="full", folds=4)
    assert Study(profile="full", folds=4).differences() == {"folds": 4}


def test_results_go_where_the_command_line_puts_them(
    notebooks: Path, library: Path, monkeypatch: pytest.MonkeyPatch
):
    got: dict = {}
    monkeypatch.setattr(
        "affectlib.workbook.runner.run",
        lambda study, **options: got.update(options) or Manifest(library={}, study={}, started=""),
    )
    monkeypatch.chdir(notebooks.parent)
    for arguments, values in (([], {}), (["--library", str(library)], {"library": str(library)})):
        assert cli.main(["run", "--profile", "full", *arguments]) == 0
        assert plan(Study(), notebooks, profile="full", **values).out == got["out"].resolve()
    assert plan(Study(), notebooks, out="there").out == notebooks.parent / "there"


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("seed", "abc", "not a value of type int"),
        ("seed", "-1", "a seed cannot be negative"),
        ("library", "/nowhere", "no such folder"),
        ("notebooks", (), "no notebook is chosen"),
    ],
)
def test_a_wrong_value_is_told_in_the_librarys_words_and_nothing_starts(
    name: str, value: object, words: str, notebooks: Path
):
    made = panel(notebooks, "raise SystemExit('started')")
    right = made.controls[name].value
    made.controls[name].value = value
    assert words in made.message.value
    assert made.controls["run"].disabled
    assert not said(made, "plan")
    made.controls["run"].click()
    assert words in made.message.value
    made.controls[name].value = right
    assert not made.message.value
    assert not made.controls["run"].disabled


def test_words_about_a_wrong_value_are_those_of_the_study(notebooks: Path):
    made = panel(notebooks)
    made.controls["seed"].value = "-3"
    with pytest.raises(ParameterError) as caught:
        Study.from_parameters({"seed": "-3"})
    assert str(caught.value).split("'")[0] in made.message.value


def test_without_notebooks_it_says_so(tmp_path: Path):
    made = panel(tmp_path)
    assert "no notebooks here" in made.message.value
    assert made.controls["run"].disabled


def test_fields_begin_with_the_study_and_say_what_they_are(notebooks: Path):
    made = panel(notebooks, study=Study(profile="full", seed=5, skip_bad=True))
    assert [made.controls[name].value for name in ("profile", "seed", "skip_bad")] == ["full", "5", True]
    fields = ("library", "profile", "seed", "skip_bad", "out")
    assert all(made.controls[name].tooltip for name in fields)


# --- how long ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [path.stem for path in sorted((ROOT / "notebooks").glob("[0-9][0-9]_*"))])
def test_every_notebook_has_a_run_time_for_each_profile(name: str):
    told = read_notebooks(ROOT / "notebooks")[name]
    assert set(told.seconds) == set(PROFILES)
    assert all(1 <= seconds <= 3600 for seconds in told.seconds.values())


def timed(notebooks: Path) -> Path:
    """Notebooks of which the first two tell their time."""
    for name, seconds in (("00_one", 10), ("01_two", 20)):
        file = notebooks / f"{name}.ipynb"
        node = json.loads(file.read_text())
        node["metadata"]["affectlib"] = {"run_time_s": {"quick": seconds}}
        file.write_text(json.dumps(node))
    return notebooks


def record(name: str, seconds: float, status: str = "done") -> NotebookRecord:
    return NotebookRecord(name=name, title="", key="", status=status, parameters={}, cells=1, seconds=seconds)


def left_by(study: Study, out: Path, *records: NotebookRecord) -> None:
    facts = {"name": "", "folder": str(study.library_folder or ""), "simulated": True, "fingerprint": ""}
    Manifest(library=facts, study=study.parameters(), started="", notebooks=records).write(out)


@pytest.fixture
def one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("affectlib.widgets.run_plan.notebooks_at_once", lambda: 1)


def test_estimate_is_shared_by_notebooks_that_run_beside_each_other(
    notebooks: Path, monkeypatch: pytest.MonkeyPatch
):
    told = read_notebooks(timed(notebooks))
    for at_once, seconds in ((1, 30), (2, 20)):  # one takes 20 s, the other 10 s
        monkeypatch.setattr("affectlib.widgets.run_plan.notebooks_at_once", lambda n=at_once: n)
        assert estimate(plan(Study(), notebooks), told).startswith(f"at least {seconds} s: 2 notebooks")


@pytest.mark.usefixtures("one_at_a_time")
def test_estimate_adds_up_what_first_cells_say(notebooks: Path):
    told = read_notebooks(timed(notebooks))
    chosen = ("00_one", "01_two")
    assert estimate(plan(Study(), notebooks, chosen=chosen), told).startswith("about 30 s: 2 notebooks as")
    assert estimate(plan(Study(), notebooks), told).startswith("at least 30 s: 2 notebooks as")
    assert estimate(plan(Study(), notebooks), told).endswith("1 notebook of unknown time")
    assert estimate(plan(Study(), notebooks, profile="full"), told).startswith("unknown: 3 notebooks")


@pytest.mark.usefixtures("one_at_a_time")
def test_estimate_prefers_what_the_run_in_the_same_folder_took(notebooks: Path, library: Path):
    told = read_notebooks(timed(notebooks))
    wanted = plan(Study(), notebooks)
    left_by(Study(), wanted.out, record("01_two", 200.0), record("02_three", 5.0, "stopped"))
    assert estimate(wanted, told).startswith(f"at least {span(210)}: 1 notebook as in the earlier run")
    for other in (Study(profile="full"), Study(library=str(library))):
        left_by(other, wanted.out, record("01_two", 200.0))
        assert estimate(wanted, told).startswith("at least 30 s")
    (wanted.out / MANIFEST).write_text("{")
    assert estimate(wanted, told).startswith("at least 30 s")


def test_turning_a_control_answers_soon(notebooks: Path):
    made = panel(ROOT / "notebooks")
    seen = []
    turns = {"profile": "full", "seed": "4", "skip_bad": True, "notebooks": ("03_baselines",)}
    for name, value in turns.items():
        begun = time.monotonic()
        made.controls[name].value = value
        assert time.monotonic() - begun < 0.2
        seen.append(said(made, "plan"))
    assert len(set(seen)) == 4
    assert "--profile=full" in seen[-1]
    assert "seed=4" in seen[-1]
    assert "--only=03" in seen[-1]


# --- running ----------------------------------------------------------------------------------------


def test_run_tells_lines_and_ends_with_the_report(notebooks: Path):
    # The report is written where the arguments say.
    script = (
        "import pathlib, sys\n"
        "out = next(a for a in sys.argv if a.startswith('--out=')).partition('=')[2]\n"
        "print('[1/3] 00_one', file=sys.stderr, flush=True)\n"
        "print('[1/3] 00_one  done in <1 s', flush=True)\n"
        "pathlib.Path(out).mkdir(parents=True)\n"
        "(pathlib.Path(out) / 'report.html').write_text('')\n"
        "print('unfinished line', end='')"
    )
    made = panel(notebooks, script)
    assert not said(made, "report")
    ended(pressed(made))
    assert "Done in" in made.message.value
    assert "[1/3] 00_one  done in &lt;1 s" in said(made, "lines")
    assert "unfinished line" in said(made, "lines")
    assert made.views["progress"].value == made.views["progress"].max == 3
    assert made.views["progress"].bar_style == "success"
    assert (notebooks.parent / "runs" / "demo-quick" / "report.html").as_uri() in said(made, "report")


def test_lines_come_while_it_runs_and_stop_ends_it(notebooks: Path):
    script = (
        "import time\n"
        "from affectlib.stages.events import NOTEBOOK, write_event\n"
        "try:\n"
        "    write_event(NOTEBOOK, name='00_one', outcome='done', of=3)\n"
        "    write_event(NOTEBOOK, name='01_two', outcome='stopped', of=3)\n"
        "    print('[2/3] 01_two  cell 1 of 9, 1 s', flush=True)\n"
        "    time.sleep(600)\n"
        "except KeyboardInterrupt:\n"
        "    print('interrupted; put in order', flush=True)\n"
        "    raise SystemExit(130)"
    )
    made = pressed(panel(notebooks, script))
    until(lambda: "cell 1 of 9" in said(made, "lines"))
    assert "cell 1 of 9" in made.message.value
    assert (made.views["progress"].value, made.views["progress"].max) == (1, 3)
    assert made.controls["seed"].disabled
    assert made.controls["run"].disabled
    made.controls["stop"].click()
    ended(made)
    assert "Stopped after" in made.message.value
    assert "put in order" in said(made, "lines")
    assert made.views["progress"].bar_style == "warning"
    assert not made.controls["seed"].disabled


def test_commands_own_error_is_the_last_word_and_it_can_run_again(notebooks: Path):
    script = (
        "import sys\n"
        "from affectlib.stages.events import ERROR, write_event\n"
        "write_event(ERROR, text='x.csv: it <went> wrong')\n"
        "print('(how to see where)', file=sys.stderr)\n"
        "raise SystemExit(1)"
    )
    made = panel(notebooks, script)
    for _ in range(2):
        ended(pressed(made))
        assert made.message.value == "x.csv: it &lt;went&gt; wrong"
        assert made.views["progress"].bar_style == "danger"


def test_silent_failure_tells_its_status(notebooks: Path):
    made = ended(pressed(panel(notebooks, "raise SystemExit(7)")))
    assert "status 7" in made.message.value


def test_program_that_is_not_there_is_told(notebooks: Path):
    made = run_panel(Study(), notebooks=notebooks, command=["/nowhere/affectlib"])
    ended(pressed(made))
    assert "cannot be started" in made.message.value


def test_only_the_last_of_many_lines_are_kept(notebooks: Path):
    made = ended(pressed(panel(notebooks, "print('\\n'.join(f'line {n}.' for n in range(5000)))")))
    assert "line 4999." in said(made, "lines")
    assert "line 4000." not in said(made, "lines")


def test_the_real_command_says_what_it_finds(notebooks: Path):
    # The notebooks do not declare it, which only the command knows.
    made = run_panel(Study.from_parameters({"n_phases": 40}), notebooks=notebooks)
    made.controls["run"].click()
    until(lambda: made.controls["stop"].disabled, 120)
    until(lambda: "unknown parameter" in made.message.value)
    assert "n_phases" in made.message.value


# --- the process ------------------------------------------------------------------------------------


def followed(script: str, folder: Path) -> tuple[Command, list[str], list[tuple[int, bool]]]:
    lines: list[str] = []
    ends: list[tuple[int, bool]] = []
    command = Command(
        [sys.executable, "-c", script],
        folder=folder,
        on_lines=lines.extend,
        on_end=lambda status, stopped: ends.append((status, stopped)),
    )
    return command, lines, ends


def test_command_can_be_interrupted_where_the_notebook_ignores_it(tmp_path: Path):
    """As in JupyterLab, which calls widgets from a thread that may not change what is ignored."""
    begun: list = []
    script = "import time; print('up', flush=True); time.sleep(600)"
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        thread = threading.Thread(target=lambda: begun.append(followed(script, tmp_path)))
        thread.start()
        thread.join()
        command, lines, ends = begun[0]
        until(lambda: "up" in lines)
        command.stop()
        assert command.wait(WAIT_S / 2)
    finally:
        signal.signal(signal.SIGINT, before)
    assert ends == [(-signal.SIGINT, True)]
    assert any("KeyboardInterrupt" in line for line in lines)


def test_command_that_does_not_leave_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("affectlib.widgets.command.GRACE_S", 0.3)
    script = (
        "import signal, time\n"
        "signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
        "print('up', flush=True)\n"
        "time.sleep(600)"
    )
    command, lines, ends = followed(script, tmp_path)
    until(lambda: "up" in lines)
    command.stop()
    assert command.wait(WAIT_S)
    assert ends == [(-signal.SIGTERM, True)]


def test_command_ends_with_its_process_though_a_child_holds_its_pipe(tmp_path: Path):
    script = (
        "import subprocess, sys\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(20)'])\n"
        "print(child.pid, flush=True)"
    )
    begun = time.monotonic()
    command, _, ends = followed(script, tmp_path)
    assert command.wait(15)
    assert time.monotonic() - begun < 15
    assert ends == [(0, False)]


def test_lines_keep_their_letters_and_a_bar_its_last_state(tmp_path: Path):
    script = (
        "import sys, time\n"
        "out = sys.stdout.buffer\n"
        "out.write('gr\\u00fc'.encode()[:-1]); out.flush(); time.sleep(0.3)\n"
        "out.write('\\u00fc'.encode()[-1:] + b'n\\n10 %\\r20 %\\r\\nend'); out.flush()"
    )
    command, lines, _ = followed(script, tmp_path)
    assert command.wait(WAIT_S)
    assert lines == ["grün", "20 %", "end"]


def test_command_does_not_take_over_the_notebooks_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    monkeypatch.setenv("AFFECTLIB_CACHE", "kept")
    script = "import os; print(os.environ.get('MPLBACKEND'), os.environ.get('AFFECTLIB_CACHE'), os.getcwd())"
    command, lines, _ = followed(script, tmp_path)
    assert command.wait(WAIT_S)
    assert lines == [f"None kept {tmp_path.resolve()}"]


# --- what the command tells, and the report -------------------------------------------------------------


def test_events_are_those_of_a_real_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    file = tmp_path / "events"
    monkeypatch.setenv(VARIABLE, str(file))
    progress = RunProgress({"00_a": 2, "01_b": 3, "02_c": 1}, expected_s={"01_b": 9.0}, stream=io.StringIO())
    progress.start("00_a")
    progress.at_cell("00_a", 1)
    progress.end("00_a", "done")
    progress.keep("01_b")
    progress.start("02_c")
    progress.end("02_c", "stopped")
    assert [(event["name"], event["outcome"], event["of"]) for event in read_events(file, NOTEBOOK)] == [
        ("00_a", "done", 3),
        ("01_b", "kept", 3),
        ("02_c", "stopped", 3),
    ]
    assert not read_events(file, ERROR)
    assert cli.main(["cycles", str(tmp_path / "nowhere"), str(tmp_path / "cycles.nc")]) == 1
    assert "no such folder" in read_events(file, ERROR)[0]["text"]


def test_half_an_event_waits_for_its_other_half(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    file = tmp_path / "events"
    monkeypatch.setenv(VARIABLE, str(file))
    write_event(ERROR, text="one")
    whole = file.read_text()
    file.write_text(whole + whole[:10])
    assert [event["text"] for event in read_events(file, ERROR)] == ["one"]


def test_events_that_cannot_be_written_do_no_harm(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(VARIABLE, "/nowhere/events")
    write_event(ERROR, text="one")


def test_report_is_linked_where_the_server_shows_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    assert report_link(tmp_path) == ""
    out = tmp_path / "root" / "runs" / "my walks"
    out.mkdir(parents=True)
    (out / REPORT).write_text("")
    assert (out / REPORT).as_uri() in report_link(out)
    facts = {"root_dir": str(tmp_path / "root"), "base_url": "/user/ada/"}
    monkeypatch.setattr("affectlib.widgets.report_link._server", lambda: facts)
    assert "href='/user/ada/files/runs/my%20walks/report.html'" in report_link(out)
    monkeypatch.setattr(
        "affectlib.widgets.report_link._server", lambda: facts | {"root_dir": str(tmp_path / "elsewhere")}
    )
    assert (out / REPORT).as_uri() in report_link(out)


def test_nothing_starts_by_itself(notebooks: Path, monkeypatch: pytest.MonkeyPatch):
    def fail(*arguments: object, **options: object) -> None:
        raise AssertionError("started")

    monkeypatch.setattr(module, "Command", fail)
    before = threading.active_count()
    made = panel(notebooks)
    made.controls["profile"].value = "full"
    assert threading.active_count() == before
    assert "affectlib-run-panel" in made._dom_classes
