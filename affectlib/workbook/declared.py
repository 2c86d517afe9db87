"""Parameters that a notebook declares: names, types and values, as papermill reads them from its cell."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

import nbformat
import papermill

from affectlib.errors import ParameterError
from affectlib.evaluation.splits import Split
from affectlib.parameters import plain_type, read_value
from affectlib.stages.sweeps import Extent
from affectlib.study import parameter_types
from affectlib.workbook.files import papermill_path

PARAMETERS_TAG = "parameters"
"""Tag of the one cell of a notebook that declares its parameters."""

_PLAIN: tuple[type, ...] = (bool, int, float, str)

TYPES: Mapping[str, Any] = MappingProxyType(
    {each.__name__: each for each in (*_PLAIN, list, tuple)}
    | {f"list[{each.__name__}]": list[each] for each in _PLAIN}  # type: ignore[valid-type]
)
"""Types that a parameters cell may name; papermill hands a tuple on as a list."""

CHOICES: Mapping[str, Any] = MappingProxyType(
    parameter_types() | {"split": Split, "splits": list[Split], "extent": Literal["", Extent]}
)
"""Types with their choices of the workbook's own parameters, whose cells name the plain type alone."""


@dataclass(frozen=True, kw_only=True)
class Declared:
    """A parameter as a notebook's cell declares it.

    Parameters
    ----------
    kind : type
        The type; that of the value where the cell names none.
    default : object
        The declared value.
    help : str
        The comment after it.
    """

    kind: Any
    default: Any
    help: str = ""


def declared_parameters(path: Path, node: nbformat.NotebookNode) -> dict[str, Declared]:
    """Read the parameters of a notebook, by name in their order.

    Raises
    ------
    ParameterError
        Where there are two cells of parameters, or one contains anything but typed literals.
    """
    cells = [
        (number, cell.source)
        for number, cell in enumerate(node.cells, start=1)
        if PARAMETERS_TAG in cell.metadata.get("tags", [])
    ]
    if not cells:
        return {}
    if len(cells) > 1:
        raise ParameterError("more than one parameters cell", file=path, where=f"cell {cells[1][0]}")
    number, source = cells[0]
    try:
        found = papermill.inspect_notebook(papermill_path(path))
        _refuse_overlooked(source, found)
        return {name: _declared(name, each) for name, each in found.items()}
    except (ParameterError, ValueError, SyntaxError) as error:
        raise ParameterError(
            "a parameters cell holds literals only",
            file=path,
            where=f"cell {number}",
            found=str(error),
            remedy=f"Write each on one line as `name: type = value  # help`; types are {', '.join(TYPES)}.",
        ) from error


def passed_value(name: str, value: Any, kind: Any) -> Any:
    """Read a value or its text as a type, with lists in place of tuples, which papermill would pass as text.

    Raises
    ------
    ParameterError
        Where the value is not of that type.
    """
    read = read_value(name, value, kind)
    return list(read) if isinstance(read, tuple) else read


def _refuse_overlooked(source: str, found: Mapping[str, Any]) -> None:
    """Raise for lines that papermill skips: it cannot read them, so their parameters could not be set."""
    for statement in ast.parse(source).body:
        text = ast.unparse(statement)
        if text.partition("=")[0].partition(":")[0].strip() not in found or "=" not in text:
            raise ValueError(text)


def _declared(name: str, facts: Mapping[str, str]) -> Declared:
    default = ast.literal_eval(facts["default"])
    annotation = facts["inferred_type_name"].replace(" ", "")
    if annotation != "None" and annotation not in TYPES:
        raise ValueError(f"{name} of type {facts['inferred_type_name']}")
    kind = type(default) if annotation == "None" else TYPES[annotation]
    known = CHOICES.get(name)
    if known is not None and plain_type(known) == plain_type(kind):
        kind = known
    return Declared(kind=kind, default=passed_value(name, default, kind), help=facts["help"])
