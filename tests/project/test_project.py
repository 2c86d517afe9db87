"""The files around the package agree with each other and with the package."""

from __future__ import annotations

import ast
import importlib.metadata
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import nbformat
import notebook_rules
import pytest
import yaml
from importlinter import api as import_linter
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import affectlib
from affectlib.recordings.formats import FORMATS
from affectlib.recordings.unsupported import CONVERSIONS

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
NEEDED = [Requirement(text) for text in PROJECT["dependencies"]]
DEVELOPMENT = [Requirement(text) for text in PROJECT["optional-dependencies"]["dev"]]
BROWSER = [Requirement(text) for text in PROJECT["optional-dependencies"]["browser"]]

WANTED_WITHOUT_IMPORT = {
    "h5netcdf": "how xarray reads and writes netCDF",
    "h5py": "what h5netcdf writes with; it does not ask for it by itself",
    "ipykernel": "the kernel that runs the notebooks",
    "ipywidgets": "progress bars inside notebooks, which tqdm draws with it",
    "jupyterlab": "make lab",
}
"""Dependencies that nothing imports, and why they stay."""

FORBIDDEN = {
    "an absolute path of one machine": r"(?<![\w.:/~-])/(home|root|Users|work|tmp|opt)/\w",
    "a file address": r"\bfile://",
    "a package registry's host": r"\b(pypi|pythonhosted|anaconda|npmjs)\.(org|com)\b",
}
"""What no tracked text may hold."""

MOTION = {".ptd", ".bvh", ".c3d", ".nc", ".npz", ".npy", ".pkl"}
"""Suffixes of recordings and of what is computed from them: never part of the project."""


def bounds(requirements: list[Requirement]) -> dict[str, str]:
    return {canonicalize_name(one.name): str(one.specifier) for one in requirements}


def tracked() -> list[Path]:
    """Files under version control; skips where there is none, as in a downloaded archive."""
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        pytest.skip("not a git checkout")
    return [path for name in done.stdout.split("\0") if name and (path := ROOT / name).is_file()]


def forbidden(text: str) -> list[str]:
    """What of the forbidden a text holds."""
    found = ((what, re.search(pattern, text)) for what, pattern in FORBIDDEN.items())
    return [f"{what}: {match.group()}" for what, match in found if match]


# --- dependencies -------------------------------------------------------------------------------


def test_environment_yml_asks_for_what_pyproject_asks_for() -> None:
    listed = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    pip = next(entry["pip"] for entry in listed if isinstance(entry, dict))
    conda = bounds([Requirement(entry) for entry in listed if isinstance(entry, str)])
    assert conda.pop("python") == PROJECT["requires-python"]
    conda.pop("pip")
    assert pip[-1] == "-e ."
    from_pip = bounds([Requirement(entry) for entry in pip[:-1]])
    assert conda.keys().isdisjoint(from_pip)
    assert conda | from_pip == bounds(NEEDED + DEVELOPMENT)


def pins() -> dict[str, list[Requirement]]:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    found: dict[str, list[Requirement]] = {}
    for line in lines:
        if line.partition("#")[0].strip():
            pin = Requirement(line.partition("#")[0])
            found.setdefault(canonicalize_name(pin.name), []).append(pin)
    return found


def test_every_constraint_is_one_exact_version() -> None:
    for several in pins().values():
        for pin in several:
            assert re.fullmatch(r"==[\w.+!]+", str(pin.specifier)), f"{pin} is not exact"
            assert len(several) == 1 or pin.marker, f"{pin.name} is pinned twice"


@pytest.mark.parametrize(
    "requirement", NEEDED + DEVELOPMENT + BROWSER, ids=lambda requirement: requirement.name
)
def test_direct_dependency_is_pinned_within_its_bounds(requirement: Requirement) -> None:
    several = pins()[canonicalize_name(requirement.name)]
    for pin in several:
        assert requirement.specifier.contains(next(iter(pin.specifier)).version)


def closure(requirement: Requirement, known: set[str] | None = None) -> set[str]:
    """Everything that installing this brings along on a machine like this one."""
    known = set() if known is None else known
    name = canonicalize_name(requirement.name)
    if name not in known:
        known.add(name)
        for text in importlib.metadata.requires(name) or []:
            needed = Requirement(text)
            extras = requirement.extras or {""}
            if not needed.marker or any(needed.marker.evaluate({"extra": extra}) for extra in extras):
                closure(needed, known)
    return known


@pytest.mark.parametrize("requirement", NEEDED + DEVELOPMENT, ids=lambda requirement: requirement.name)
def test_what_a_dependency_brings_along_is_pinned_too(requirement: Requirement) -> None:
    # The default build of torch brings GPU libraries of its own exact versions; a CPU build has none.
    of_the_gpu = ("nvidia-", "cuda-", "triton")
    unpinned = {name for name in closure(requirement) - pins().keys() if not name.startswith(of_the_gpu)}
    assert unpinned == set()


def imported(files: list[Path]) -> set[str]:
    """Top-level names that Python files and notebooks import."""
    names = set()
    for path in files:
        if path.suffix == ".ipynb":
            cells = nbformat.read(path, as_version=4).cells
            text = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
        else:
            text = path.read_text()
        for part in ast.walk(ast.parse(text)):
            if isinstance(part, ast.Import):
                names |= {alias.name.partition(".")[0] for alias in part.names}
            elif isinstance(part, ast.ImportFrom) and not part.level:
                names.add((part.module or "").partition(".")[0])
    return names - set(sys.stdlib_module_names) - {"affectlib"}


def distributions(names: set[str]) -> set[str]:
    """Distributions that provide these import names."""
    known = importlib.metadata.packages_distributions()
    return {canonicalize_name(known[name][0]) if name in known else name for name in names}


def test_the_package_and_notebooks_import_what_is_declared_and_nothing_else() -> None:
    files = [*(ROOT / "affectlib").rglob("*.py"), *(ROOT / "notebooks").glob("*.ipynb")]
    used, declared = distributions(imported(files)), set(bounds(NEEDED))
    assert used - declared == set(), "imported and not declared"
    assert declared - used - set(WANTED_WITHOUT_IMPORT) == set(), "declared and never imported"


def test_tests_and_benchmarks_import_only_what_is_declared() -> None:
    files = [*(ROOT / "tests").rglob("*.py"), *(ROOT / "benchmarks").rglob("*.py")]
    beside = {path.stem for path in files}
    assert distributions(imported(files) - beside) - set(bounds(NEEDED + DEVELOPMENT + BROWSER)) == set()


# --- the house ----------------------------------------------------------------------------------


def test_rooms_import_only_from_rooms_below(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command as lint; lint(['--no-cache'])",
        ],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 kept, 0 broken" in done.stdout


def test_the_contract_lists_the_rooms_in_their_order() -> None:
    contract = import_linter.read_configuration()["contracts_options"][0]
    order = [
        "errors",
        "skeleton",
        "recordings",
        "demo",
        "gait",
        "study",
        "stages",
        "figures",
        "workbook",
        "cli",
    ]
    assert [room for room in reversed(contract["layers"]) if room in order] == order
    assert contract["exhaustive"]


# --- words --------------------------------------------------------------------------------------


def test_version_is_one() -> None:
    assert importlib.metadata.version("affectlib") == affectlib.__version__
    assert re.search(rf"^## (Unreleased|{re.escape(affectlib.__version__)})\b", changelog(), re.MULTILINE)


def changelog() -> str:
    return (ROOT / "CHANGELOG.md").read_text()


def test_changelog_tells_scientific_changes_apart() -> None:
    releases = re.split(r"^## ", changelog(), flags=re.MULTILINE)[1:]
    assert releases
    for release in releases:
        assert "### Scientific changes" in release, release.splitlines()[0]


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md"])
def test_make_commands_in_documents_exist(document: str) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(
        re.findall(r"`make ([a-z]+)|^(?: {4})?make ([a-z]+)", (ROOT / document).read_text(), re.MULTILINE)
    )
    words = {word for pair in named for word in pair if word}
    assert words
    assert words <= targets


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md"])
def test_affectlib_commands_in_documents_exist(document: str) -> None:
    from affectlib.cli import main

    named = set(
        re.findall(r"(?:bin/|`|^ {4}|^)affectlib ([a-z]+) ", (ROOT / document).read_text(), re.MULTILINE)
    )
    assert named or document != "README.md"
    for command in named:
        with pytest.raises(SystemExit) as stopped:
            main([command, "--help"])
        assert stopped.value.code == 0, command


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_links_in_documents_lead_somewhere(document: str) -> None:
    assert notebook_rules.broken_links((ROOT / document).read_text(), ROOT) == []


def test_the_project_speaks_of_no_particular_machine() -> None:
    found = {}
    for path in tracked():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        if faults := forbidden(text):
            found[str(path.relative_to(ROOT))] = faults
    assert found == {}


@pytest.mark.parametrize(
    "text",
    [
        "see /" + "home/ann/walks",
        'open("/' + 'Users/ann/x.csv")',
        "file:/" + "//srv/walks",
        "https://py" + "pi.org/simple",
    ],
)
def test_a_forbidden_text_is_seen(text: str) -> None:
    assert forbidden(text)


@pytest.mark.parametrize(
    "text", ["~/walks and runs/demo/report.html", "https://doi.org/10.3758/BF03192758", "a/tmp/b"]
)
def test_an_innocent_text_is_not(text: str) -> None:
    assert forbidden(text) == []


def test_formats_that_are_read_are_named_in_the_readme_and_not_called_unsupported() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [suffix for suffix in FORMATS if f"`{suffix}`" not in readme] == []
    assert FORMATS.keys() & CONVERSIONS.keys() == set()


def test_no_recording_is_part_of_the_project() -> None:
    assert [path.name for path in tracked() if path.suffix.lower() in MOTION] == []


# --- the commands -------------------------------------------------------------------------------


def make_venv(folder: Path, python: str) -> subprocess.CompletedProcess[str]:
    """Ask for an environment in an empty folder, with the Python named."""
    command = ["sh", str(ROOT / "tools" / "make-venv.sh")]
    return subprocess.run(
        command, cwd=folder, env={"PYTHON": python, "PATH": "/usr/bin:/bin"}, capture_output=True, text=True
    )


def test_an_old_python_is_refused_by_name(tmp_path: Path) -> None:
    old = tmp_path / "old python"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo "Python 3.9.18" || exit 1\n')
    old.chmod(0o755)
    done = make_venv(tmp_path, str(old))
    assert done.returncode == 1
    assert "Python 3.9.18" in done.stderr
    assert "3.11" in done.stderr
    assert not (tmp_path / ".venv").exists()


def test_a_python_that_is_not_there_is_refused(tmp_path: Path) -> None:
    done = make_venv(tmp_path, "no-such-python")
    assert done.returncode == 1
    assert "no-such-python" in done.stderr


def test_clean_leaves_what_make_did_not_make(tmp_path: Path) -> None:
    (tmp_path / "Makefile").write_text((ROOT / "Makefile").read_text())
    for kept in (
        "runs/mine/report.html",
        ".venv/bin/python",
        "runs/demo/report.html",
        "runs/quick/report.html",
    ):
        (tmp_path / kept).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / kept).touch()
    subprocess.run(["make", "clean"], cwd=tmp_path, check=True, capture_output=True)
    left = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    assert left == {"Makefile", "runs/mine/report.html", ".venv/bin/python"}
    (tmp_path / ".venv" / ".made-by-make").touch()
    subprocess.run(["make", "clean"], cwd=tmp_path, check=True, capture_output=True)
    assert not (tmp_path / ".venv").exists()


def test_plain_make_lists_every_target() -> None:
    listed = subprocess.run(["make"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    targets = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert targets is not None
    for target in set(targets.group(1).split()) - {"help"}:
        assert f"make {target}" in listed


def test_pictures_of_the_readme_come_from_a_full_run_on_simulated_walkers() -> None:
    manifest = json.loads((ROOT / "figures" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["study"]["profile"] == "full"
    assert manifest["library"]["simulated"] is True
    made = {figure["name"] for figure in manifest["figures"]}
    kept = {path.stem for path in (ROOT / "figures").glob("*.png")}
    assert kept == made
    shown = re.findall(r"\]\(figures/([^)]+)\.png\)", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert shown
    assert set(shown) <= kept
    assert sum(path.stat().st_size for path in (ROOT / "figures").iterdir()) < 4e6
