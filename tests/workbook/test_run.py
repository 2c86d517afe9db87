"""A run: what it leaves behind, what it keeps, how it stops."""

from __future__ import annotations

import html
import html.parser
import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import redirect_stderr
from dataclasses import replace
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from notebook_making import COMMON, DRAWING, MARK, TABLE, write_notebook
from walking_library import write_library

from affectlib.errors import LibraryError, ParameterError, RunError
from affectlib.study import Study
from affectlib.workbook.machine import processor
from affectlib.workbook.manifest import Manifest, read_manifest
from affectlib.workbook.progress import RunProgress, span
from affectlib.workbook.runner import Limits, run

PROBE = """import os, sys
assert sys.executable == executable, sys.executable
assert {os.environ[name] for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")} == {"3"}
assert os.path.isabs(library) and os.path.isabs(out)
assert os.getcwd() == os.path.join(out, "notebooks")"""


@pytest.fixture(scope="module")
def library(tmp_path_factory) -> Path:
    return write_library(tmp_path_factory.mktemp("walks") / "library", people=("ada",))


@pytest.fixture(scope="module")
def cache(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def notebooks(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("notebooks")
    write_notebook(
        folder,
        "01_drawing",
        COMMON + "\nsimulated: bool = False  # stamp it\npoints: int = 3  # how many",
        DRAWING,
        TABLE,
    )
    write_notebook(folder, "02_probe", COMMON + "\nexecutable: str = ''  # Python", PROBE)
    return folder


@pytest.fixture(scope="module", autouse=True)
def code() -> Iterator[list[str]]:
    """The code's digest, so that nobody's saving a file while the tests run can move it."""
    code = ["as it is"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("affectlib.workbook.reuse.code_digest", lambda *names: code[0])
        yield code


@pytest.fixture(scope="module")
def go(library: Path, cache: Path, notebooks: Path):
    """Run as the command does, without its words."""

    def go(out: Path, study: Study | None = None, **options) -> tuple[Manifest, str]:
        stream = io.StringIO()
        options = {"notebooks": notebooks, "cache": cache, "limits": Limits(threads=3)} | options
        with redirect_stderr(stream):
            return run(study or Study(library=str(library)), out=out, **options), stream.getvalue()

    return go


@pytest.fixture(scope="module")
def done(go, tmp_path_factory) -> tuple[Path, Manifest, str]:
    out = tmp_path_factory.mktemp("run {one}") / "out"  # a folder's name may hold anything
    return out, *go(out, parameters={"executable": sys.executable, "points": "4"})


def test_run_leaves_copies_figures_tables_report_and_manifest(done):
    out, manifest, _ = done
    files = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    assert files == {
        "notebooks/01_drawing.ipynb",
        "notebooks/02_probe.ipynb",
        "figures/line.png",
        "figures/line.svg",
        "results/numbers.csv",
        "results/timings.csv",
        "report.html",
        "manifest.json",
    }
    assert [record.status for record in manifest.notebooks] == ["done", "done"]


def test_manifest_ties_artefacts_to_notebook_cell_parameters_and_data(done, library: Path, notebooks: Path):
    out, _, _ = done
    manifest = json.loads((out / "manifest.json").read_text())
    (figure,), (table,) = manifest["figures"], manifest["tables"]
    source = nbformat.read(notebooks / "01_drawing.ipynb", as_version=4)
    for artefact, word in ((figure, "outputs.figure"), (table, "outputs.table")):
        assert artefact["notebook"] == "01_drawing"
        cell = source.cells[artefact["cell"] - 1]
        assert word in cell.source
        assert cell.id == artefact["cell_id"]
        assert artefact["parameters"]["points"] == 4
        assert artefact["library"] == "walks"
    assert manifest["library"]["folder"] == str(library)
    assert manifest["library"]["fingerprint"]
    assert manifest["versions"]["pandas"] == pd.__version__
    assert all(record["seconds"] > 0 for record in manifest["notebooks"])
    assert {use["stage"] for use in manifest["stages"]} == {"load"}
    assert read_manifest(out) is not None


def test_injected_parameters_are_of_the_declared_type(done):
    out, _, _ = done
    assert len((out / "results/numbers.csv").read_text().splitlines()) == 5
    executed = nbformat.read(out / "notebooks/01_drawing.ipynb", as_version=4)
    injected = [cell for cell in executed.cells if "injected-parameters" in cell.metadata.get("tags", [])]
    assert len(injected) == 1
    assert "points = 4" in injected[0].source
    assert "executable" not in injected[0].source


def test_the_manifest_and_the_report_name_the_machine(done):
    out, manifest, _ = done
    machine = json.loads((out / "manifest.json").read_text(encoding="utf-8"))["machine"]
    assert machine == manifest.machine == read_manifest(out).machine
    assert machine["processor"] == processor() != ""
    assert {"held_to", "torch", "numpy"} == set(machine["instructions"])
    assert all(1 <= library["num_threads"] <= 3 for library in machine["blas"])
    assert 1 <= machine["threads"] <= 3
    assert machine["precision"] == "float32"
    assert str(Path.home()) not in json.dumps(machine)
    page = (out / "report.html").read_text(encoding="utf-8")
    assert f"<dt>Computed on</dt><dd>{html.escape(processor())}, " in page
    assert "networks in float32" in page


def test_timings_have_a_row_for_each_notebook_and_stage(done):
    timings = pd.read_csv(done[0] / "results/timings.csv", keep_default_na=False)
    assert list(timings.columns) == ["library", "notebook", "stage", "seconds", "reused"]
    assert set(timings["notebook"]) == {"", "01_drawing", "02_probe"}
    assert (timings["seconds"] >= 0).all()


class _Page(html.parser.HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict]] = []
        self.words = ""

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.words += data


def _page(out: Path) -> _Page:
    page = _Page()
    page.feed((out / "report.html").read_text(encoding="utf-8"))
    return page


def test_report_holds_everything_in_one_file(done):
    page = _page(done[0])
    (image,) = [attributes for tag, attributes in page.tags if tag == "img"]
    assert image["src"].startswith("data:image/png;base64,")
    assert image["alt"] == "A rising line"
    assert "It rises & <ends>." in page.words
    assert "made in 01_drawing, cell 3" in page.words
    assert "Numbers, one each" in page.words
    assert not [tag for tag, _ in page.tags if tag in ("link", "iframe")]
    assert not [attributes for tag, attributes in page.tags if tag == "script" and "src" in attributes]
    targets = {attributes["id"] for _, attributes in page.tags if "id" in attributes}
    links = {attributes["href"] for tag, attributes in page.tags if tag == "a"}
    assert {link[1:] for link in links if link.startswith("#")} <= targets
    assert all((done[0] / link).is_file() for link in links if not link.startswith("#"))
    assert "Simulated walkers" not in page.words


def test_sources_are_left_as_committed(done, notebooks: Path):
    for path in notebooks.iterdir():
        node = nbformat.read(path, as_version=4)
        assert not any(cell.get("outputs") for cell in node.cells)
        assert "papermill" not in node.metadata


def test_equal_runs_leave_equal_results(done, go, tmp_path: Path):
    go(tmp_path, only=["01"], parameters={"points": "4"})
    for file in ("figures/line.png", "figures/line.svg", "results/numbers.csv"):
        assert (tmp_path / file).read_bytes() == (done[0] / file).read_bytes()


@pytest.fixture
def light(tmp_path: Path) -> Path:
    """Two notebooks that each leave one artefact."""
    for number, name in ((1, "one"), (2, "two")):
        parameters = COMMON + f"\nname: str = {name!r}  # of its artefact\nturn_{number}: int = 1  # any"
        write_notebook(tmp_path / "light", f"0{number}_{name}", parameters, MARK)
    return tmp_path / "light"


def test_second_run_keeps_what_has_not_changed(go, light: Path, tmp_path: Path):
    out = tmp_path / "out"
    first, _ = go(out, notebooks=light)
    kept = [*out.glob("notebooks/*"), *out.glob("figures/*")]
    before = [path.stat().st_mtime_ns for path in kept]
    again, words = go(out, notebooks=light)
    assert words.count("kept") == 2
    assert len(kept) == 4
    assert [path.stat().st_mtime_ns for path in kept] == before
    assert again.notebooks == first.notebooks


def _outcomes(words: str) -> str:
    ended = sorted(line for line in words.splitlines() if "  " in line)
    return "".join({"kept:": "k", "done": "d"}.get(line.split()[2], "") for line in ended)


def test_only_what_a_change_touches_runs_again(go, light: Path, tmp_path: Path, code: list[str]):
    out = tmp_path / "out"
    go(out, notebooks=light)
    assert _outcomes(go(out, notebooks=light, parameters={"turn_1": "2"})[1]) == "dk"
    write_notebook(light, "01_one", COMMON + "\nname: str = 'one'\nturn_1: int = 2", MARK, "1 + 1")
    assert _outcomes(go(out, notebooks=light)[1]) == "dk"
    (out / "figures/two.png").write_bytes(b"another picture")
    assert _outcomes(go(out, notebooks=light)[1]) == "kd"
    (out / "notebooks/01_one.ipynb").unlink()
    assert _outcomes(go(out, notebooks=light)[1]) == "dk"
    code[0] = "as it was made better"
    assert _outcomes(go(out, notebooks=light)[1]) == "dd"
    assert _outcomes(go(out, notebooks=light, force=True, only=["2"])[1]) == "d"
    assert [record.name for record in read_manifest(out).notebooks] == ["01_one", "02_two"]


def test_notebook_that_is_no_more_takes_its_results_along(go, light: Path, tmp_path: Path):
    out = tmp_path / "out"
    go(out, notebooks=light)
    (light / "01_one.ipynb").unlink()
    (out / "figures/mine.txt").write_text("the user's own")
    manifest, _ = go(out, notebooks=light)
    assert [record.name for record in manifest.notebooks] == ["02_two"]
    assert sorted(path.name for path in (out / "figures").iterdir()) == ["mine.txt", "two.png"]


def test_changed_library_leaves_nothing_old_behind(go, light: Path, tmp_path: Path):
    folder = write_library(tmp_path / "library", people=("ada",))
    study = Study(library=str(folder))
    go(tmp_path / "out", study, notebooks=light, only=["01"])
    write_library(folder, people=("bob",))
    # Only the other notebook runs: the first one's results are of a library that is no more.
    manifest, _ = go(tmp_path / "out", study, notebooks=light, only=["02"])
    assert [record.name for record in manifest.notebooks] == ["02_two"]
    assert [path.name for path in (tmp_path / "out/figures").iterdir()] == ["two.png"]


def test_folder_of_another_library_is_not_taken_over_silently(done, go, tmp_path: Path):
    other = Study(library=str(write_library(tmp_path / "other", people=("bob",))))
    with pytest.raises(RunError, match=r"another library.*--force"):
        go(done[0], other, only=["01"])
    assert (done[0] / "figures/line.png").is_file()


def test_question_the_library_cannot_answer_is_left_out_and_the_run_goes_on(go, tmp_path: Path):
    folder = tmp_path / "notebooks"
    beyond = (
        "from affectlib.errors import NotApplicableError\nraise NotApplicableError('it needs two people')"
    )
    write_notebook(folder, "01_beyond", COMMON, beyond)
    write_notebook(folder, "02_fine", COMMON, "1")
    manifest, words = go(tmp_path / "out", notebooks=folder)
    assert [record.status for record in manifest.notebooks] == ["left out", "done"]
    assert "01_beyond  left out" in words
    assert manifest.notebooks[0].error == "it needs two people"
    assert "01_beyond was left out: it needs two people" in _page(tmp_path / "out").words


def test_failing_notebook_stops_the_run_and_says_where(go, tmp_path: Path):
    folder = tmp_path / "notebooks"
    write_notebook(folder, "01_fine", COMMON, "1")
    source = write_notebook(folder, "02_fails", COMMON, "x = 1", "# halves\nknee = x / 0", "print(2)")
    write_notebook(folder, "03_never", COMMON, "1")
    with pytest.raises(RunError) as caught:
        go(tmp_path / "out", notebooks=folder, limits=Limits(at_once=1))
    error = caught.value
    copy = tmp_path / "out/notebooks/02_fails.ipynb"
    assert error.file == source
    assert error.where == "cell 4 of 5 (`# halves`)"
    assert error.found == "ZeroDivisionError: division by zero, in line 2: `knee = x / 0`"
    assert str(copy) in error.remedy
    assert "ZeroDivisionError" in copy.read_text()
    assert not (tmp_path / "out/notebooks/03_never.ipynb").exists()
    manifest = read_manifest(tmp_path / "out")
    assert [(record.name, record.status) for record in manifest.notebooks] == [
        ("01_fine", "done"),
        ("02_fails", "stopped"),
    ]
    assert "02_fails stopped before its end" in _page(tmp_path / "out").words
    # Mended, the run goes on where it was.
    write_notebook(folder, "02_fails", COMMON, "x = 1")
    manifest, words = go(tmp_path / "out", notebooks=folder)
    assert "01_fine  kept" in words
    assert "02_fails  done" in words
    assert "03_never  done" in words
    assert "stopped" not in _page(tmp_path / "out").words


@pytest.mark.parametrize(
    ("cell", "limit_s", "reason"),
    [
        ("import time\ntime.sleep(600)", 2, "longer than its time limit of 2 s"),
        ("import os\nos._exit(3)", 60, "process died"),
        ("x = 1\n\nassert x == 2", 60, "AssertionError, in line 3: `assert x == 2`"),
        ("def half(x):\n    return x / 0\nhalf(1)", 60, "division by zero, in line 3: `half(1)`"),
        ("from affectlib.errors import LibraryError\nraise LibraryError('no walks')", 60, "no walks"),
    ],
)
def test_notebook_that_cannot_end_is_stopped(go, tmp_path: Path, cell: str, limit_s: float, reason: str):
    write_notebook(tmp_path / "notebooks", "01_stuck", COMMON, cell)
    begun = time.monotonic()
    with pytest.raises(RunError, match="cell 3 of 3") as caught:
        go(tmp_path / "out", notebooks=tmp_path / "notebooks", limits=Limits(time_limit_s=limit_s))
    assert reason in caught.value.found
    assert time.monotonic() - begun < 120  # on a busy machine; the nap is far longer


def test_time_limit_is_for_the_whole_notebook(go, tmp_path: Path):
    naps = ["import time"] + ["time.sleep(1.5)"] * 4
    write_notebook(tmp_path / "notebooks", "01_naps", COMMON, *naps)
    with pytest.raises(RunError, match="time limit of 3 s"):
        go(tmp_path / "out", notebooks=tmp_path / "notebooks", limits=Limits(time_limit_s=3))


def test_two_notebooks_cannot_make_one_artefact(go, light: Path, tmp_path: Path):
    with pytest.raises(RunError, match=r"02_two, cell 3: .*figure 'same'.*01_one, cell 3"):
        go(tmp_path / "out", notebooks=light, parameters={"name": "same"}, limits=Limits(at_once=1))


MEETS = """import pathlib, time
pathlib.Path(meeting, own).touch()
deadline = time.monotonic() + 60
while len(list(pathlib.Path(meeting).iterdir())) < 2:
    assert time.monotonic() < deadline, "alone"
    time.sleep(0.05)"""


def test_notebooks_run_beside_each_other(go, tmp_path: Path):
    (tmp_path / "meeting").mkdir()
    for own in ("01_one", "02_two"):
        parameters = f"{COMMON}\nmeeting: str = ''  # folder\nown: str = {own!r}  # file"
        write_notebook(tmp_path / "notebooks", own, parameters, MEETS)
    parameters = {"meeting": str(tmp_path / "meeting")}
    manifest, words = go(
        tmp_path / "out", notebooks=tmp_path / "notebooks", parameters=parameters, limits=Limits(at_once=2)
    )
    assert [record.status for record in manifest.notebooks] == ["done", "done"]
    assert read_manifest(tmp_path / "out") == manifest
    assert _outcomes(words) == "dd"


def test_failing_notebook_ends_the_one_beside_it(go, tmp_path: Path):
    write_notebook(tmp_path / "notebooks", "01_naps", COMMON, "import time", "time.sleep(120)")
    write_notebook(tmp_path / "notebooks", "02_fails", COMMON, "import time", "time.sleep(3)", "1 / 0")
    begun = time.monotonic()
    with pytest.raises(RunError, match=r"02_fails.*ZeroDivisionError"):
        go(tmp_path / "out", notebooks=tmp_path / "notebooks", limits=Limits(at_once=2))
    assert time.monotonic() - begun < 60
    naps, fails = read_manifest(tmp_path / "out").notebooks
    assert (naps.status, naps.error) == ("stopped", "another notebook stopped")
    assert "ZeroDivisionError" in fails.error


def test_two_cells_cannot_make_one_artefact(go, tmp_path: Path):
    write_notebook(tmp_path / "notebooks", "01_twice", COMMON + "\nname: str = 'x'", MARK, MARK)
    with pytest.raises(RunError, match=r"01_twice, cell 4: .*figure 'x'.*01_twice, cell 3"):
        go(tmp_path / "out", notebooks=tmp_path / "notebooks")


def test_problems_of_the_library_come_before_anything_runs(go, light: Path, tmp_path: Path):
    folder = write_library(tmp_path / "library")
    for name in ("ada_pt/ada_walk_nu_1_fin.ptd", "bob_pt/bob_walk_ha_1_fin.ptd"):
        (folder / name).write_text("nothing\n")
    with pytest.raises(LibraryError, match=r"2 problems[\s\S]*ada_walk_nu_1_fin"):
        go(tmp_path / "out", Study(library=str(folder)))
    assert not (tmp_path / "out").exists()
    skipping, _ = go(
        tmp_path / "out", Study(library=str(folder), skip_bad=True), notebooks=light, only=["01"]
    )
    assert skipping.notebooks[0].status == "done"


@pytest.mark.parametrize("parameters", [{"pionts": "4"}, {"points": "many"}])
def test_wrong_parameter_stops_before_anything_runs(go, tmp_path: Path, parameters: dict):
    with pytest.raises(ParameterError, match=next(iter(parameters))):
        go(tmp_path / "out", parameters=parameters)
    assert not (tmp_path / "out").exists()


def test_run_never_writes_over_sources_or_into_the_library(
    go, notebooks: Path, library: Path, tmp_path: Path
):
    write_notebook(tmp_path / "notebooks", "01_x", COMMON)
    with pytest.raises(RunError, match="overwrite"):
        go(tmp_path, notebooks=tmp_path / "notebooks")
    with pytest.raises(RunError, match="library"):
        go(library / "out")
    assert not (library / "out").exists()


@pytest.mark.parametrize("content", ["", "{}", '{"form": 1}', "[1]", '{"form": 99}'])
def test_unreadable_manifest_means_running_anew(tmp_path: Path, content: str):
    (tmp_path / "manifest.json").write_text(content)
    assert read_manifest(tmp_path) is None


def test_manifest_comes_back_as_written(done, tmp_path: Path):
    manifest = replace(done[1], started="2020-01-01T00:00:00+00:00")
    manifest.write(tmp_path)
    assert read_manifest(tmp_path) == manifest


def test_interrupt_stops_cleanly_and_keeps_what_is_done(library: Path, cache: Path, tmp_path: Path):
    folder = tmp_path / "notebooks"
    mark = tmp_path / "kernel"
    write_notebook(folder, "01_fine", COMMON, "1")
    nap = (
        f"import os, pathlib, time\npathlib.Path({str(mark)!r}).write_text(str(os.getpid()))\ntime.sleep(60)"
    )
    write_notebook(folder, "02_nap", COMMON, nap)
    command = [sys.executable, "-m", "affectlib", "run", "--library", str(library), "--cache", str(cache)]
    command += ["--notebooks", str(folder), "--out", str(tmp_path / "out"), "--at-once", "1"]
    process = subprocess.Popen(
        command,
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        # Tests that run in the background of a shell inherit that interrupts are ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    deadline = time.monotonic() + 60
    while not mark.exists() or not mark.read_text():
        assert time.monotonic() < deadline
        assert process.poll() is None, process.stderr.read()
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    asked = time.monotonic()
    _, words = process.communicate(timeout=30)
    assert time.monotonic() - asked < 15
    assert process.returncode == 130
    assert "Traceback" not in words
    assert "interrupted" in words.splitlines()[-1]
    with pytest.raises(ProcessLookupError):
        os.kill(int(mark.read_text()), 0)
    manifest = read_manifest(tmp_path / "out")
    assert [(record.status, record.error) for record in manifest.notebooks] == [
        ("done", ""),
        ("stopped", "interrupted"),
    ]


def test_progress_names_notebook_cell_and_time_left(monkeypatch):
    now = [0.0]
    monkeypatch.setattr("affectlib.workbook.progress.time.monotonic", lambda: now[0])
    monkeypatch.setattr("affectlib.workbook.progress.LINE_EVERY_S", 3600.0)
    stream = io.StringIO()
    progress = RunProgress({"a": 10, "b": 20, "c": 10}, expected_s={"c": 7.0}, stream=stream)
    assert progress.left_s() is None  # nothing to go by yet
    progress.start("a")
    progress.at_cell("a", 5)
    now[0] = 30.0
    progress.end("a", "done")
    # 3 s a cell so far: 60 s for b, and c took 7 s before.
    assert progress.left_s() == pytest.approx(67.0)
    progress.start("b")
    now[0] = 50.0
    assert progress.left_s() == pytest.approx(47.0)
    progress.end("b", "stopped")
    progress.keep("c")
    assert progress.left_s() == 0.0
    assert stream.getvalue().splitlines() == [
        "[1/3] a",
        "[1/3] a  done in 30 s",
        "[2/3] b, about 1 min 7 s left",
        "[2/3] b  stopped in 20 s",
        "[3/3] c  kept: nothing it depends on has changed",
    ]


def test_time_left_is_shared_by_notebooks_that_run_beside_each_other(monkeypatch):
    now = [0.0]
    monkeypatch.setattr("affectlib.workbook.progress.time.monotonic", lambda: now[0])
    expected = {"a": 10.0, "b": 20.0, "c": 30.0}
    progress = RunProgress(dict.fromkeys("abc", 1), expected_s=expected, at_once=2, stream=io.StringIO())
    progress.start("a")
    progress.start("b")
    now[0] = 4.0
    assert progress.left_s() == pytest.approx((6 + 16 + 30) / 2)
    progress.end("a", "done")
    progress.end("b", "done")
    assert progress.left_s() == pytest.approx(30.0)


def test_progress_on_a_terminal_is_one_bar(monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    stream = Terminal()
    progress = RunProgress({"a": 4}, expected_s={"a": 10.0}, stream=stream)
    progress.start("a")
    progress.at_cell("a", 3)
    progress.end("a", "done")
    assert "[1/1] a" in stream.getvalue()
    assert "cell 3 of 4" in stream.getvalue()
    assert "left" in stream.getvalue()


@pytest.mark.parametrize(("seconds", "words"), [(0.4, "0 s"), (59.6, "1 min 0 s"), (3783, "1 h 3 min")])
def test_length_of_time_is_written_for_people(seconds: float, words: str):
    assert span(seconds) == words
