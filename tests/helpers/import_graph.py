"""Which module of a package imports which."""

from __future__ import annotations

import ast
from pathlib import Path


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
