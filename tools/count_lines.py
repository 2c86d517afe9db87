"""Counts lines of code, docstrings and comments per room, and pairs of places that repeat each other.

    python tools/count_lines.py [FOLDER] [--pairs N]

A pair is a run of at least six lines of code that occurs in two places, whatever its names, strings and
numbers. Docstrings, comments, imports and lines of punctuation do not count.
"""

from __future__ import annotations

import argparse
import ast
import io
import tokenize
from collections import Counter, defaultdict
from itertools import combinations
from pathlib import Path

RUN = 6
TOO_COMMON = 8
_SKIP = {
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.COMMENT,
    tokenize.ENDMARKER,
}


def docstring_lines(tree: ast.AST) -> set[int]:
    """Return the lines of strings that are statements of their own."""
    statements = (node for node in ast.walk(tree) if isinstance(node, ast.Expr))
    strings = (
        node
        for node in statements
        if isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    )
    return {line for node in strings for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)}


def declaration_lines(tree: ast.AST) -> set[int]:
    """Return the lines of imports and of the fields of classes, which look alike everywhere."""
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    classes = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    fields = [node for cls in classes for node in cls.body if isinstance(node, ast.AnnAssign)]
    return {
        line
        for node in [*imports, *fields]
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }


def read(file: Path) -> tuple[Counter, list[tuple[int, str]]]:
    """Count a file's lines by kind; and return its lines of code as shapes without names and values."""
    text = file.read_text()
    tree = ast.parse(text)
    docstrings, declarations = docstring_lines(tree), declaration_lines(tree)
    shapes: dict[int, list[str]] = defaultdict(list)
    comments = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            comments.add(token.start[0])
        if token.type in _SKIP or token.start[0] in docstrings:
            continue
        value = {tokenize.NAME: token.string, tokenize.NUMBER: "0", tokenize.STRING: "''"}.get(
            token.type, token.string
        )
        if token.type == tokenize.NAME and not _is_keyword(token.string):
            value = "name"
        for line in range(token.start[0], token.end[0] + 1):
            shapes[line].append(value)
    kinds = Counter(code=len(shapes), docstrings=len(docstrings), comments=len(comments), modules=1)
    code = [(line, " ".join(shapes[line])) for line in sorted(shapes) if line not in declarations]
    return kinds, [(line, shape) for line, shape in code if any(map(str.isalnum, shape))]


def _is_keyword(word: str) -> bool:
    import keyword

    return keyword.iskeyword(word)


def repeated(files: dict[Path, list[tuple[int, str]]]) -> list[tuple[str, str]]:
    """Return pairs of places whose lines of code have one shape, longest runs once."""
    places: dict[tuple[str, ...], list[tuple[Path, int]]] = defaultdict(list)
    for file, code in files.items():
        shapes = [shape for _, shape in code]
        for start in range(len(shapes) - RUN + 1):
            window = tuple(shapes[start : start + RUN])
            # Lists of arguments and of literals look alike everywhere.
            if sum(len(shape.split()) for shape in window) >= 4 * RUN:
                places[window].append((file, start))
    found = {
        pair
        for group in places.values()
        if len(group) <= TOO_COMMON
        for pair in combinations(sorted(group), 2)
        if pair[0][0] != pair[1][0] or pair[1][1] - pair[0][1] >= RUN
    }
    firsts = sorted(
        pair for pair in found if ((pair[0][0], pair[0][1] - 1), (pair[1][0], pair[1][1] - 1)) not in found
    )
    return [tuple(f"{file}:{files[file][start][0]}" for file, start in pair) for pair in firsts]


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=Path("affectlib"))
    parser.add_argument("--pairs", type=int, default=0, help="list so many pairs")
    options = parser.parse_args()
    rooms: dict[str, Counter] = defaultdict(Counter)
    files = {}
    for file in sorted(options.folder.rglob("*.py")):
        kinds, code = read(file)
        files[file.relative_to(options.folder)] = code
        parts = file.relative_to(options.folder).parts
        rooms[parts[0] if len(parts) > 1 else "."] += kinds
    total = sum(rooms.values(), Counter())
    print(f"{'room':12} {'modules':>8} {'code':>7} {'docstrings':>11} {'comments':>9}")
    for room, kinds in [*sorted(rooms.items()), ("all", total)]:
        print(
            f"{room:12} {kinds['modules']:8} {kinds['code']:7} {kinds['docstrings']:11} {kinds['comments']:9}"
            f"  {100 * kinds['comments'] / max(kinds['code'], 1):.1f} %"
        )
    pairs = repeated(files)
    print(f"{len(pairs)} pairs of places share a run of {RUN} lines or more")
    for pair in pairs[: options.pairs]:
        print("  " + " ~ ".join(pair))


if __name__ == "__main__":
    main()
