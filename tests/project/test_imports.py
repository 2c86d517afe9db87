"""No module imports another one that imports it back, directly or through others."""

from __future__ import annotations

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "affectlib"


def imports(package: Path) -> dict[str, set[str]]:
    """Return the package's modules, and the modules of the package that each imports, anywhere in it."""
    files = {
        ".".join(file.relative_to(package.parent).with_suffix("").parts).removesuffix(".__init__"): file
        for file in package.rglob("*.py")
    }
    found: dict[str, set[str]] = {}
    for module, file in files.items():
        names: set[str] = set()
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                inner = {f"{node.module}.{alias.name}" for alias in node.names}
                names |= {name if name in files else node.module for name in inner}
        found[module] = {name for name in names if name in files and name != module}
    return found


def test_no_circle_of_imports() -> None:
    try:
        TopologicalSorter(imports(PACKAGE)).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


def test_a_circle_is_seen(tmp_path: Path) -> None:
    package = tmp_path / "house"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "a.py").write_text("from house import b")
    (package / "b.py").write_text("def late():\n    from house.a import thing")
    with pytest.raises(CycleError):
        TopologicalSorter(imports(package)).prepare()
