"""The digest of code changes with everything that results depend on, and with nothing else."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from import_graph import imports

from affectlib.stages import code
from affectlib.stages.code import COMMON, PACKAGE, code_digest

STAGES = (
    *("walks", "cross_library", "gait", "trainings", "predictions", "custom", "latents", "explain"),
    "held_out_cells",
    *("releases", "privacy", "residual_utility"),
)


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A package of three rooms, of which one imports another."""
    for room in ("low", "high", "aside"):
        (tmp_path / room).mkdir()
        (tmp_path / room / "__init__.py").write_text("")
    (tmp_path / "common.py").write_text("HALF = 0.5\n")
    (tmp_path / "low" / "base.py").write_text('"""Says one."""\n\ndef one():\n    """One."""\n    return 1\n')
    (tmp_path / "high" / "roof.py").write_text("def two():\n    return 2 * one()\n")
    (tmp_path / "high" / "table.csv").write_text("1,2\n")
    monkeypatch.setattr(code, "PACKAGE", tmp_path)
    monkeypatch.setattr(code, "COMMON", ("common",))
    yield tmp_path
    forget()


def forget() -> None:
    """Do as a new process does."""
    code_digest.cache_clear()
    code._content.cache_clear()


@pytest.mark.parametrize(
    ("file", "old", "new", "moves"),
    [
        ("high/roof.py", "2 * one", "3 * one", True),
        ("low/base.py", "return 1", "return 2", True),
        ("high/table.csv", "1,2", "1,3", True),
        ("common.py", "0.5", "0.6", True),
        ("low/base.py", "return 1", "return 1  # why not", False),
        ("low/base.py", "Says one.", "Says one, and nothing else.", False),
        ("aside/__init__.py", "", "x = 1", False),
    ],
)
def test_digest_changes_with_the_code_that_counts(
    package: Path, file: str, old: str, new: str, moves: bool
) -> None:
    forget()
    before = code_digest("high", "low.base")
    path = package / file
    path.write_text(path.read_text().replace(old, new, 1))
    assert code_digest("high", "low.base") == before, "a process keeps the digest of the code it imported"
    forget()
    assert (code_digest("high", "low.base") != before) is moves


def test_a_new_file_or_version_of_a_numerical_package_is_other_code(
    package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    digests = set()
    forget()
    digests.add(code_digest("high"))
    (package / "high" / "more.py").write_text("")
    forget()
    digests.add(code_digest("high"))
    monkeypatch.setattr(code, "_version", lambda package: "9.9")
    forget()
    digests.add(code_digest("high"))
    assert len(digests) == 3


def test_a_room_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(FileNotFoundError):
        code_digest("gate")


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_names_every_room_it_computes_with(stage: str) -> None:
    named = set(importlib.import_module(f"affectlib.stages.{stage}").ROOMS)
    assert f"stages.{stage}" in named
    used = set()
    for module, imported in imports(PACKAGE).items():
        inside = module.removeprefix("affectlib.")
        if inside in named or inside.split(".")[0] in named:
            used |= {name.split(".")[1] for name in imported if "." in name}
    assert used - named - set(COMMON) <= {"stages", "study"}


def test_every_stage_is_checked() -> None:
    files = (PACKAGE / "stages").glob("*.py")
    assert {file.stem for file in files if "\nROOMS = " in file.read_text(encoding="utf-8")} == set(STAGES)
