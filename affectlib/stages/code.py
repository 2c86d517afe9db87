"""Which code made a result: a digest that changes when results could."""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import os
import platform
import time
import warnings
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

NUMERICAL_PACKAGES = (
    "numpy",
    "scipy",
    "pandas",
    "xarray",
    "h5netcdf",
    "ezc3d",
    "scikit-learn",
    "torch",
    "captum",
)
"""Packages whose version can move a result."""

_STARTED = time.time()


def code_digest(*modules: str, also: str = "") -> str:
    """Digest the sources of modules, and of all of the project's modules that they import.

    Comments, docstrings and layout do not count: they cannot change a result.

    Parameters
    ----------
    *modules : str
        Dotted names of modules or packages; of a package all modules count.
    also : str
        One more module, whose imports are not followed: the stage's own.

    Returns
    -------
    str
        Hex digest over the sources, the data files of the packages, the Python version and
        the versions of `NUMERICAL_PACKAGES`.
    """
    total = hashlib.sha256()
    total.update(f"python {'.'.join(platform.python_version_tuple()[:2])}".encode())
    for package in NUMERICAL_PACKAGES:
        total.update(f"{package} {_version(package)}".encode())
    files = sorted(_closure(modules) | ({_source(also)} if also else set()))
    for path in files:
        total.update(path.name.encode())
        total.update(_meaning(path, path.stat().st_mtime_ns))
    if any(path.stat().st_mtime > _STARTED for path in files):
        # What this process runs may be the file as it was or, reloaded, as it is. A digest of
        # its own keeps its results from being taken for those of either.
        warnings.warn("sources changed since this process started: restart it to reuse results", stacklevel=2)
        total.update(f"process {os.getpid()} of {_STARTED}".encode())
    return total.hexdigest()


def _closure(modules: tuple[str, ...]) -> set[Path]:
    project = modules[0].split(".")[0] if modules else ""
    found: set[Path] = set()
    waiting = list(modules)
    while waiting:
        for path in _files(waiting.pop()):
            if path not in found:
                found.add(path)
                names = _imports(path, path.stat().st_mtime_ns)
                waiting += [name for name in names if name.split(".")[0] == project]
    return found


def _files(module: str) -> list[Path]:
    """Files that belong to a module: itself, or everything in the package."""
    try:
        path = _source(module)
    except (ModuleNotFoundError, ValueError):
        return []  # `from package import name`: the name need not be a module
    if path.name != "__init__.py":
        return [path]
    if "." not in module:
        return [path]  # the package of all rooms: its version number is no code of theirs
    return [file for file in path.parent.rglob("*") if file.is_file() and "__pycache__" not in file.parts]


def _source(module: str) -> Path:
    # Not by the whole name: that would import all packages above the module.
    project, *inside = module.split(".")
    spec = importlib.util.find_spec(project)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(module)
    place = Path(spec.origin).parent.joinpath(*inside)
    for path in (place / "__init__.py", place.with_suffix(".py")) if inside else (Path(spec.origin),):
        if path.is_file():
            return path
    raise ModuleNotFoundError(module)


@lru_cache(maxsize=1000)
def _imports(path: Path, changed_ns: int) -> tuple[str, ...]:
    if path.suffix != ".py":
        return ()
    names: list[str] = []
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return tuple(names)


@lru_cache(maxsize=1000)
def _meaning(path: Path, changed_ns: int) -> bytes:
    if path.suffix != ".py":
        return path.read_bytes()
    tree = ast.parse(path.read_bytes())
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            node.body = [part for part in node.body if not _is_text(part)]
    return ast.dump(tree).encode()


def _is_text(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


@lru_cache(maxsize=100)
def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "absent"
