"""Figures and tables of a notebook: saved, shown, equal for equal results, honest about simulation."""

from __future__ import annotations

import base64
from pathlib import Path
from types import SimpleNamespace

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from walkers import on_the_spot, recording

from affectlib import figures
from affectlib.evaluation.scores import SCORES, read_scores
from affectlib.figures import letters
from affectlib.workbook import Outputs, outputs
from affectlib.workbook.files import write_whole

REAL = SimpleNamespace(name="walks", simulated=False)
SIMULATED = SimpleNamespace(name="demo", simulated=True)


def drawing() -> Figure:
    fig = Figure(layout="constrained")
    fig.add_subplot(xlabel="time (s)").plot([0, 1], [0, 1])
    return fig


@pytest.fixture
def shown(monkeypatch) -> list[tuple[dict, dict]]:
    calls: list[tuple[dict, dict]] = []
    monkeypatch.setattr(outputs, "get_ipython", lambda: object())
    monkeypatch.setattr(
        outputs, "publish_display_data", lambda data, metadata: calls.append((data, metadata))
    )
    return calls


def test_figure_is_saved_and_shown_alike(tmp_path: Path, shown: list):
    Outputs(folder=tmp_path, notebook="n", library=REAL).figure(
        drawing(), "line", reading="Up.", alt="A line"
    )
    assert sorted(path.name for path in (tmp_path / "figures").iterdir()) == ["line.png", "line.svg"]
    (data, metadata), (below, _) = shown
    assert base64.b64decode(data["image/png"]) == (tmp_path / "figures/line.png").read_bytes()
    assert metadata["image/png"]["alt"] == data["text/plain"] == "A line"
    assert metadata["affectlib"]["files"] == ["figures/line.png", "figures/line.svg"]
    assert "Up." in below["text/markdown"]


def test_equal_figures_are_equal_files(tmp_path: Path):
    for run in "ab":
        Outputs(folder=tmp_path / run, notebook="n").figure(drawing(), "line", reading="", alt="")
    for suffix in ("png", "svg"):
        first, second = ((tmp_path / run / f"figures/line.{suffix}").read_bytes() for run in "ab")
        assert first == second
        assert b"<dc:date>" not in first


def test_simulated_walkers_are_named_on_figure_and_table(tmp_path: Path, shown: list):
    for name, library in (("real", REAL), ("demo", SIMULATED)):
        out = Outputs(folder=tmp_path, notebook="n", library=library)
        out.figure(drawing(), name, reading="", alt="")
        out.table(pd.DataFrame({"x": [1]}), name, caption="c")
    says = {
        name: "simulated walkers" in (tmp_path / f"figures/{name}.svg").read_text()
        for name in ("real", "demo")
    }
    assert says == {"real": False, "demo": True}
    assert (tmp_path / "figures/real.png").read_bytes() != (tmp_path / "figures/demo.png").read_bytes()
    assert (tmp_path / "results/demo.csv").read_text() == "library,x\ndemo (simulated walkers),1\n"
    assert (tmp_path / "results/real.csv").read_text() == "library,x\nwalks,1\n"
    assert [metadata["affectlib"]["simulated"] for _, metadata in shown if metadata] == [
        False,
        False,
        True,
        True,
    ]


def test_stamp_does_not_stay_on_the_figure():
    fig = drawing()
    Outputs(notebook="n", library=SIMULATED).figure(fig, "line", reading="", alt="")
    assert not fig.texts


def test_figure_is_closed_so_that_it_is_not_shown_twice():
    fig, _ = plt.subplots()
    Outputs(notebook="n").figure(fig, "line", reading="", alt="")
    assert not plt.fignum_exists(fig.number)


def test_opened_by_hand_nothing_is_written(tmp_path: Path, monkeypatch, shown: list):
    monkeypatch.chdir(tmp_path)
    out = Outputs(folder="", notebook="n", library=REAL)
    out.figure(drawing(), "line", reading="Up.", alt="A line")
    out.table(pd.DataFrame({"x": [1]}), "numbers", caption="c")
    assert not list(tmp_path.iterdir())
    assert len(shown) == 3


def test_table_keeps_all_digits_its_order_and_a_named_index(tmp_path: Path):
    table = pd.DataFrame({"x": [0.1 + 0.2, np.nan]}, index=pd.Index(["b", "a"], name="who"))
    Outputs(folder=tmp_path, notebook="n", library=REAL).table(table, "t", caption="c")
    text = (tmp_path / "results/t.csv").read_bytes()
    assert text == b"library,who,x\nwalks,b,0.30000000000000004\nwalks,a,\n"
    assert list(table.columns) == ["x"]  # the caller's table is left alone


def test_table_of_several_libraries_keeps_its_own_column(tmp_path: Path):
    table = pd.DataFrame({"x": [1, 2], "library": ["one", "two"]})
    Outputs(folder=tmp_path, notebook="n", library=REAL).table(table, "t", caption="c")
    assert (tmp_path / "results/t.csv").read_text() == "library,x\none,1\ntwo,2\n"


def test_long_table_is_shown_in_part_and_says_so(tmp_path: Path, shown: list):
    Outputs(folder=tmp_path, notebook="n").table(pd.DataFrame({"x": range(100)}), "t", caption="<Numbers>")
    (data, metadata) = shown[0]
    assert "First 20 of 100 rows" in data["text/html"]
    assert "&lt;Numbers&gt;" in data["text/html"]
    assert data["text/html"].count("<tr>") < 25
    assert metadata["affectlib"]["rows"] == 100
    assert len((tmp_path / "results/t.csv").read_text().splitlines()) == 101


@pytest.mark.parametrize("name", ["", "A", "a b", "../a", "a.png", "_a"])
def test_name_that_is_no_plain_file_name_is_refused(tmp_path: Path, name: str):
    out = Outputs(folder=tmp_path, notebook="n")
    with pytest.raises(ValueError, match="name"):
        out.figure(drawing(), name, reading="", alt="")
    with pytest.raises(ValueError, match="name"):
        out.table(pd.DataFrame(), name, caption="")


def test_table_of_the_run_itself_is_not_overwritten(tmp_path: Path):
    with pytest.raises(ValueError, match="timings"):
        Outputs(folder=tmp_path, notebook="n").table(pd.DataFrame(), "timings", caption="")


def test_failed_writing_leaves_the_file_as_it_was(tmp_path: Path):
    write_whole(tmp_path / "f", "one\n")
    with pytest.raises(UnicodeEncodeError):
        write_whole(tmp_path / "f", "two\udc80")
    assert [path.name for path in tmp_path.iterdir()] == ["f"]
    assert (tmp_path / "f").read_bytes() == b"one\n"


def test_scores_are_a_part_of_those_of_the_run(tmp_path: Path, shown: list):
    scores = pd.DataFrame(
        [["demo", "takes", "label", "m", "KNN", 0, 1, "f1", "NA", 1 / 3, 4, 2]], columns=list(SCORES)
    )
    Outputs(folder=tmp_path, notebook="03_a", library=SIMULATED).scores(scores)
    pd.testing.assert_frame_equal(read_scores(tmp_path / "results/scores/03_a.csv"), scores.round(6))
    ((data, metadata),) = shown
    assert data["text/plain"] == "1 scores (simulated walkers)"
    assert metadata["affectlib"]["files"] == ["results/scores/03_a.csv"]
    with pytest.raises(ValueError, match="scores"):
        Outputs(folder=tmp_path, notebook="03_a").table(scores, "scores", caption="")


def test_what_is_left_out_is_shown_and_marked(shown: list):
    Outputs(notebook="03_a").left_out(["takes: one each"], parameter="splits")
    Outputs(notebook="03_a").left_out([])
    ((data, metadata),) = shown
    assert data["text/plain"] == "Left out: takes: one each"
    assert metadata["affectlib"] == {"kind": "left out", "reason": "takes: one each", "parameter": "splits"}


def named(name: str) -> Figure:
    fig = Figure(layout="constrained")
    axes = fig.add_subplot(xlabel="person")
    axes.bar([name, "ada"], [1, 2])
    return fig


@pytest.mark.filterwarnings("error:Glyph")
def test_letters_that_no_font_has_are_told_once(tmp_path: Path, shown: list, monkeypatch):
    monkeypatch.setattr(letters, "OTHERS", ())
    letters._installed.cache_clear()
    monkeypatch.setattr(outputs, "_EXPLAINED", set())
    out = Outputs(folder=tmp_path, notebook="01_x")
    for number in range(2):
        out.figure(named("李雷 µ"), f"people_{number}", reading="Some.", alt="Bars")
    readings = [data["text/plain"] for data, _ in shown if "text/markdown" in data]
    assert readings[0].startswith("Some. (Boxes stand for 李雷: no font")
    assert readings[1] == "Some."
    assert "李雷" in (tmp_path / "figures/people_0.svg").read_text(encoding="utf-8")
    letters._installed.cache_clear()


def test_an_installed_font_fills_in_for_the_usual_one(tmp_path: Path, shown: list, monkeypatch):
    letter = min(letters._letters_of("STIXGeneral") - letters._letters_of(letters.USUAL) - set("\ufeff"))
    monkeypatch.setattr(letters, "OTHERS", ("No such font", "STIXGeneral"))
    letters._installed.cache_clear()
    fig = named(letter)
    Outputs(folder=tmp_path, notebook="01_x").figure(fig, "people", reading="Some.", alt="Bars")
    labels = {text.get_text(): text.get_fontfamily() for text in fig.axes[0].get_xticklabels()}
    assert labels[letter] == [letters.USUAL, "STIXGeneral"]
    assert labels["ada"] != labels[letter]
    assert [data["text/plain"] for data, _ in shown if "text/markdown" in data] == ["Some."]
    letters._installed.cache_clear()


def test_settings_of_the_user_do_not_reach_figures(tmp_path: Path):
    settings = {"text.usetex": True, "axes.facecolor": "black", "savefig.facecolor": "red", "font.size": 30}
    time_s = np.arange(0, 6, 1 / 60)
    walk = recording(on_the_spot(0.9 * time_s))

    def drawn(folder: Path) -> list[bytes]:
        figure = figures.paths_from_above([walk])
        Outputs(folder=folder, notebook="01_x").figure(figure, "paths", reading="Some.", alt="Paths")
        return [file.read_bytes() for file in sorted((folder / "figures").iterdir())]

    usual = drawn(tmp_path / "usual")
    with mpl.rc_context(settings):
        assert drawn(tmp_path / "other") == usual
        assert mpl.rcParams["font.size"] == 30
