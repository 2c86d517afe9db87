"""No module imports another one that imports it back, directly or through others."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest
from import_graph import imports

PACKAGE = Path(__file__).parents[2] / "affectlib"


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
