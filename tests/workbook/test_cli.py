"""The command: what it prints, where, and with which exit status."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from notebook_making import COMMON, write_notebook
from walkers import in_the_room, on_the_spot
from walking_library import write_library

from affectlib import __version__
from affectlib.cli import main
from affectlib.gait import load_cycles
from affectlib.recordings.formats.ptd import write_ptd


@pytest.fixture(scope="module")
def library(tmp_path_factory) -> Path:
    return write_library(tmp_path_factory.mktemp("walks") / "my library")


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory, monkeypatch) -> None:
    monkeypatch.setenv("AFFECTLIB_CACHE", str(tmp_path_factory.getbasetemp() / "cli-cache"))


def test_module_and_script_are_the_command():
    output = subprocess.run([sys.executable, "-m", "affectlib", "--version"], capture_output=True, text=True)
    assert output.stdout == f"affectlib {__version__}\n"


@pytest.mark.parametrize("arguments", [[], ["walk"], ["demo"], ["run", "--threads", "0"], ["cycles", "x"]])
def test_wrong_usage_is_told_with_status_2(arguments: list[str], capsys):
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "usage: affectlib" in capsys.readouterr().err


def test_check_of_a_usable_library(library: Path, capsys):
    assert main(["check", str(library)]) == 0
    words = capsys.readouterr().out
    assert "ada" in words
    assert "bob" in words
    assert main(["check", str(library), "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["ok"] is True
    assert len(facts["takes"]) == 4


def test_check_of_a_broken_library(tmp_path: Path, capsys):
    folder = write_library(tmp_path / "library")
    (folder / "ada_pt" / "ada_walk_nu_1_fin.ptd").write_text("12\n1 2 3\n")
    before = sorted(path.name for path in tmp_path.rglob("*"))
    assert main(["check", str(folder)]) == 1
    assert "ada_walk_nu_1_fin.ptd" in capsys.readouterr().out
    assert main(["check", str(folder), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["problems"]
    assert sorted(path.name for path in tmp_path.rglob("*")) == before


def test_cycles_are_written_where_asked(library: Path, tmp_path: Path, capsys):
    file = tmp_path / "new" / "cycles.nc"
    assert main(["cycles", str(library), str(file), "-p", "n_phases=40"]) == 0
    dataset = load_cycles(file)
    assert dataset.sizes["phase"] == 40
    assert f"{dataset.sizes['cycle']} cycles of 2 subjects" in capsys.readouterr().out


def test_cycles_names_who_is_missing_and_a_parameter_that_finds_them(tmp_path: Path, capsys):
    folder = write_library(tmp_path / "library")
    slow = in_the_room(
        on_the_spot(0.33 * np.arange(0, 15, 1 / 60)), heading=np.zeros(900), path_m=np.zeros((900, 2))
    )
    (folder / "eve_pt").mkdir()
    write_ptd(folder / "eve_pt" / "eve_walk_sa_1_fin.ptd", slow)
    assert main(["cycles", str(folder), str(tmp_path / "cycles.nc")]) == 0
    words = capsys.readouterr().out
    assert "cycles of 2 subjects" in words
    assert "No gait cycle in 1 of 5 takes:" in words
    assert "eve_pt/eve_walk_sa_1_fin: stride of about 0.33 Hz lies below min_stride_hz (0.4)" in words
    assert "No gait cycle at all of 1 of 3 people: eve" in words
    assert "-p min_stride_hz=0.2" in words
    assert main(["cycles", str(folder), str(tmp_path / "cycles.nc"), "-p", "min_stride_hz=0.2"]) == 0
    words = capsys.readouterr().out
    assert "cycles of 3 subjects" in words
    assert "No gait cycle" not in words


def test_demo_library_is_written(tmp_path: Path, capsys):
    assert main(["demo", str(tmp_path / "demo"), "--subjects", "1", "--seed", "3"]) == 0
    assert json.loads((tmp_path / "demo" / "library.json").read_text())["seed"] == 3
    assert len(list((tmp_path / "demo").rglob("*.ptd"))) == 8
    assert main(["demo", str(tmp_path / "demo"), "--subjects", "1"]) == 1  # something is there already
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["check", "/nowhere"], "/nowhere"),
        (["cycles", "/nowhere", "x.nc"], "/nowhere"),
        (["cycles", "LIBRARY", "x.nc", "-p", "n_phase=4"], "Did you mean n_phases"),
        (["cycles", "LIBRARY", "x.nc", "-p", "n_phases"], "-p name=value"),
        (["cycles", "LIBRARY", "x.nc", "-p", "library=y"], "Use --library"),
        (["cycles", "LIBRARY", "LIBRARY/x.nc"], "do not go into the library"),
        (["run", "--library", "/nowhere", "--notebooks", "NOTEBOOKS"], "/nowhere"),
        (["run", "--library", "LIBRARY", "--profile", "fast"], "quick, full"),
        (["run", "--library", "LIBRARY", "--notebooks", "/nowhere"], "/nowhere"),
        (["run", "--library", "LIBRARY", "--notebooks", "NOTEBOOKS", "--only", "9"], "'9'"),
        (["run", "--library", "LIBRARY", "--notebooks", "NOTEBOOKS", "-p", "dept=2"], "Did you mean depth"),
    ],
)
def test_what_a_user_can_mend_is_told_in_words(
    arguments: list[str], words: str, library: Path, tmp_path: Path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    write_notebook(tmp_path / "notebooks", "01_one", COMMON + "\ndepth: int = 1")
    places = {"LIBRARY": str(library), "NOTEBOOKS": str(tmp_path / "notebooks")}
    for name, place in places.items():
        arguments = [argument.replace(name, place) for argument in arguments]
    assert main(arguments) == 1
    streams = capsys.readouterr()
    assert words in streams.err + streams.out
    assert "Traceback" not in streams.err
    assert [path.name for path in tmp_path.iterdir()] == ["notebooks"]


def test_run_goes_to_a_folder_named_for_library_and_profile(
    library: Path, tmp_path: Path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    write_notebook(tmp_path / "notebooks", "01_one", COMMON + "\ndepth: int = 1", "assert depth == 2")
    arguments = ["run", "--library", str(library), "--notebooks", "notebooks", "-p", "depth=2"]
    assert main(arguments) == 0
    assert (tmp_path / "runs/my_library-quick/notebooks/01_one.ipynb").is_file()
    assert "0 figures, 0 tables" in capsys.readouterr().out
    assert main([*arguments[:-1], "depth=3"]) == 1
    assert "assert depth == 2" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (KeyboardInterrupt(), 130, "interrupted"),
        (OSError(28, "No space left on device"), 1, "no space left on device: what is printed"),
        (ZeroDivisionError("division by zero"), 1, "unexpected ZeroDivisionError"),
    ],
)
def test_no_failure_ends_in_a_traceback(error: BaseException, status: int, words: str, monkeypatch, capsys):
    def fail(*arguments: object, **options: object) -> None:
        raise error

    monkeypatch.delenv("AFFECTLIB_DEBUG", raising=False)
    monkeypatch.setattr("affectlib.recordings.check_library", fail)
    assert main(["check", "x"]) == status
    streams = capsys.readouterr()
    assert words in streams.err
    assert len(streams.err.splitlines()) <= 2


def test_reader_that_has_seen_enough_is_no_failure(library: Path):
    process = subprocess.Popen(
        f"{sys.executable} -m affectlib check '{library}' | head -1", shell=True, stderr=subprocess.PIPE
    )
    assert process.communicate()[1] == b""


@pytest.mark.parametrize(
    ("arguments", "encoding"),
    [
        (["check"], "cp1252"),
        (["check", "--json"], "ascii"),
        (["run", "--profile", "nosuch", "--library"], "latin-1"),
    ],
)
def test_letters_that_the_terminal_lacks_are_replaced(
    library: Path, arguments: list[str], encoding: str, tmp_path: Path
):
    named = tmp_path / "Läufer 李雷"
    shutil.copytree(library, named)
    done = subprocess.run(
        [sys.executable, "-m", "affectlib", *arguments, str(named)],
        env=os.environ | {"PYTHONIOENCODING": f"{encoding}:strict", "PYTHONUTF8": "0"},
        capture_output=True,
    )
    said = (done.stdout + done.stderr).decode(encoding)
    assert "UnicodeEncodeError" not in said
    assert done.returncode == (1 if "run" in arguments else 0)
    if "run" not in arguments:
        assert "\\u674e\\u96f7" in said
    if "--json" in arguments:
        assert json.loads(done.stdout)["library"]["name"] == named.name
