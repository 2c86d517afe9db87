"""The digest of the code that computes a result."""

from __future__ import annotations

import ast
import hashlib
import sys
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGE = Path(__file__).parents[1]

COMMON = ("disk", "errors", "instructions", "parameters", "skeleton", "threads")
"""Modules that every room uses; they are part of every digest."""

NUMERICAL_PACKAGES = (
    "numpy",
    "scipy",
    "pandas",
    "xarray",
    "h5netcdf",
    "c3d",
    "scikit-learn",
    "torch",
    "captum",
)
"""Packages whose version can change a result."""


# Once per process, since a process computes with the code that it imported, whatever happens to the files
# afterwards. Code that is reloaded (importlib.reload, %autoreload) would be taken for the code before:
# restart the kernel instead. An edit between import and first use has the same effect, for seconds.
@lru_cache(maxsize=100)
def code_digest(*names: str) -> str:
    """Return the hex digest of everything in code and packages that a result depends on.

    It covers the sources and data files of the named rooms, those of `COMMON`, the Python version and the
    versions of `NUMERICAL_PACKAGES`. Comments, docstrings and layout do not count. Imports are not followed:
    a stage names every room that it computes with (``tests/stages/test_code.py`` checks that), and its own
    module. What no digest sees is covered by the stage's ``VERSION``, which is raised by hand.

    Parameters
    ----------
    *names : str
        Rooms or modules below ``affectlib``, such as ``"gait"`` or ``"stages.trainings"``.
    """
    digest = hashlib.sha256(f"python {sys.version_info.major}.{sys.version_info.minor}".encode())
    for package in NUMERICAL_PACKAGES:
        digest.update(f"{package} {_version(package)}".encode())
    for name in sorted({*COMMON, *names}):
        for path in _files(name):
            digest.update(path.relative_to(PACKAGE).as_posix().encode() + _content(path))
    return digest.hexdigest()


def _files(name: str) -> list[Path]:
    path = PACKAGE.joinpath(*name.split("."))
    if not path.is_dir():
        return [path.with_suffix(".py")]
    return sorted(file for file in path.rglob("*") if file.is_file() and "__pycache__" not in file.parts)


@lru_cache(maxsize=1000)
def _content(path: Path) -> bytes:
    content = path.read_bytes()
    if path.suffix != ".py":
        return content
    tree = ast.parse(content)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            node.body = [statement for statement in node.body if not _is_docstring(statement)]
    return ast.dump(tree).encode()


def _is_docstring(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "absent"
