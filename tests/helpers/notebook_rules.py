"""What a committed notebook must be, as functions that name each fault they find."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from urllib.parse import unquote

import nbformat
from nbformat import NotebookNode

MOST_LINES = 15
MOST_CODE_CELLS_IN_A_ROW = 2
FIRST_CELL_SAYS = ("question", "reads", "writes", "run time")
PROFILES = ("quick", "full")


def faults(node: NotebookNode, folder: Path) -> list[str]:
    """Everything wrong inside one notebook that lies, or would lie, in the folder."""
    rules = (clean, first_cell, run_time, parameters, prose, code, last_code_cell)
    return [fault for rule in rules for fault in rule(node)] + links(node, folder)


def clean(node: NotebookNode) -> list[str]:
    """As a person wrote it: valid, the neutral kernel, nothing that a run left behind."""
    found = []
    try:
        nbformat.validate(node)
    except nbformat.ValidationError as error:
        found.append(f"not a valid notebook: {str(error).splitlines()[0]}")
    kernel = node.metadata.get("kernelspec", {}).get("name")
    if kernel != "python3":
        found.append(f"kernelspec is {kernel!r}, must be 'python3'")
    if "papermill" in node.metadata or any("papermill" in cell.metadata for cell in node.cells):
        found.append("metadata of a papermill run")
    for number, cell in enumerate(node.cells, 1):
        if cell.get("outputs"):
            found.append(f"cell {number}: outputs")
        if cell.get("execution_count") is not None:
            found.append(f"cell {number}: execution count")
        if "injected-parameters" in tags(cell):
            found.append(f"cell {number}: injected parameters")
    return found


def first_cell(node: NotebookNode) -> list[str]:
    """Title, question, what goes in and out, how long it takes."""
    text = node.cells[0].source if node.cells and node.cells[0].cell_type == "markdown" else ""
    if not text.startswith("# "):
        return ["cell 1 is not markdown that begins with a title"]
    return [f"cell 1 does not say {word!r}" for word in FIRST_CELL_SAYS if word not in text.lower()]


def run_time(node: NotebookNode) -> list[str]:
    """The metadata have the run time of each profile, and the first cell says the same."""
    seconds = node.metadata.get("affectlib", {}).get("run_time_s", {})
    if set(seconds) != set(PROFILES) or not all(isinstance(s, int) and s > 0 for s in seconds.values()):
        return [f"no metadata affectlib.run_time_s with whole seconds for {' and '.join(PROFILES)}"]
    quick, full = (length(seconds[profile]) for profile in PROFILES)
    words = f"**Run time** about {quick} with the quick profile, {full} with the full one"
    said = " ".join(node.cells[0].source.split()) if node.cells else ""
    return [] if words in said else [f"cell 1 does not say '{words}', as the metadata do"]


def length(seconds: int) -> str:
    """A run time in words."""
    return f"{seconds} s" if seconds % 60 else f"{seconds // 60} min"


def parameters(node: NotebookNode) -> list[str]:
    """Exactly one cell of them, each ``name: type = literal  # help`` on a line of its own."""
    cells = [cell for cell in node.cells if "parameters" in tags(cell)]
    if len(cells) != 1 or cells[0].cell_type != "code":
        return [f"{len(cells)} code cells tagged 'parameters', must be one"]
    try:
        statements = ast.parse(cells[0].source).body
    except SyntaxError as error:
        return [f"parameters: {error}"]
    commented = {
        token.start[0]
        for token in tokenize.generate_tokens(io.StringIO(cells[0].source).readline)
        if token.type == tokenize.COMMENT and token.string.strip("# ")
    }
    found = []
    for statement in statements:
        place = f"parameters, line {statement.lineno}"
        if not isinstance(statement, ast.AnnAssign) or not isinstance(statement.target, ast.Name):
            found.append(f"{place}: not of the form name: type = value  # help")
            continue
        if not is_literal(statement.value):
            found.append(f"{place}: the value is not a literal")
        if statement.end_lineno not in commented:
            found.append(f"{place}: no help behind it")
    return found


def prose(node: NotebookNode) -> list[str]:
    """No long stretch of code without a word, and a word at each figure."""
    found = []
    numbered = list(enumerate(node.cells, 1))
    for kind, stretch in groupby(numbered, key=lambda pair: pair[1].cell_type):
        cells = list(stretch)
        if kind == "code" and len(cells) > MOST_CODE_CELLS_IN_A_ROW:
            found.append(f"cell {cells[0][0]}: {len(cells)} code cells in a row without prose")
    for number, cell in numbered:
        draws = cell.cell_type == "code" and ".figure(" in cell.source
        read = number < len(node.cells) and node.cells[number].cell_type == "markdown"
        if draws and not read and "reading=" not in cell.source:
            found.append(f"cell {number}: a figure without a reading")
    return found


def code(node: NotebookNode) -> list[str]:
    """Plain Python, few lines, no functions: those belong in the package."""
    found = []
    for number, cell in enumerate(node.cells, 1):
        if cell.cell_type != "code":
            continue
        lines = [line for line in cell.source.splitlines() if line.strip()]
        if len(lines) > MOST_LINES and "parameters" not in tags(cell):
            found.append(f"cell {number}: {len(lines)} lines of code, at most {MOST_LINES}")
        if not lines:
            found.append(f"cell {number}: empty")
        try:
            tree = ast.parse(cell.source)
        except SyntaxError as error:
            found.append(f"cell {number}: not plain Python ({error.msg})")
            continue
        if any(isinstance(part, ast.FunctionDef | ast.ClassDef) for part in ast.walk(tree)):
            found.append(f"cell {number}: defines a function or class")
    return found


def last_code_cell(node: NotebookNode) -> list[str]:
    """The notebook ends by asserting what must hold."""
    cells = [cell for cell in node.cells if cell.cell_type == "code"]
    try:
        holds = bool(cells) and any(
            isinstance(part, ast.Assert) for part in ast.walk(ast.parse(cells[-1].source))
        )
    except SyntaxError:
        holds = False
    return [] if holds else ["the last code cell asserts nothing"]


def links(node: NotebookNode, folder: Path) -> list[str]:
    """Relative links lead to something."""
    text = "\n\n".join(cell.source for cell in node.cells if cell.cell_type == "markdown")
    return broken_links(text, folder)


def broken_links(markdown: str, folder: Path) -> list[str]:
    """Targets of links and pictures, relative to the folder, that are not there."""
    targets = re.findall(r"\[[^\]]*\]\(\s*<?([^)>\s]+)", markdown)
    inside = [target for target in targets if not re.match(r"[a-z]+:|#", target)]
    return [
        f"broken link: {target}"
        for target in inside
        if not (folder / unquote(target.partition("#")[0])).exists()
    ]


def series(names: Sequence[str], first_cells: Sequence[str]) -> list[str]:
    """The notebooks together: numbered without holes, each pointing to its neighbours."""
    found = [f"{name}: not of the form NN_slug.ipynb" for name in names if not is_name(name)]
    numbers = [int(name[:2]) for name in names if is_name(name)]
    if numbers != list(range(len(numbers))):
        found.append(f"numbers are {numbers}, must be 0, 1, 2 ... without holes")
    for place, (name, text) in enumerate(zip(names, first_cells, strict=True)):
        neighbours = {"previous": names[place - 1] if place else "", "next": (*names, "")[place + 1]}
        for word, neighbour in neighbours.items():
            if neighbour and not (word in text.lower() and f"({neighbour})" in text):
                found.append(f"{name}: cell 1 has no link to the {word} notebook, {neighbour}")
    return found


def is_name(name: str) -> bool:
    """Whether a file is named as a notebook of the workbook."""
    return re.fullmatch(r"\d\d_[a-z0-9]+(_[a-z0-9]+)*\.ipynb", name) is not None


def is_literal(value: ast.expr | None) -> bool:
    """Whether an expression is a plain value."""
    try:
        ast.literal_eval(value or "")
    except (ValueError, TypeError, SyntaxError):
        return False
    return True


def tags(cell: NotebookNode) -> list[str]:
    """Tags of a cell."""
    return cell.metadata.get("tags", [])
