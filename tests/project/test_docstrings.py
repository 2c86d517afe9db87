"""Public docstrings help a reader: shapes of arrays, errors, a summary in standard terms; numpydoc form."""

from __future__ import annotations

import ast
import contextlib
import importlib
import inspect
import pkgutil
import re
import textwrap
from collections.abc import Iterator
from types import FunctionType, ModuleType

import numpy as np
import pytest
from numpydoc.docscrape import NumpyDocString
from numpydoc.validate import validate

import affectlib
import affectlib.errors
from affectlib.errors import ParameterError

CHECKED = {
    "GL03": "double blank line",
    "GL06": "unknown section",
    "GL07": "sections out of order",
    "GL08": "no docstring",
    "SS02": "summary begins with a small letter",
    "SS03": "summary without a full stop",
    "SS06": "summary longer than a line",
    "PR02": "documented parameter that does not exist",
    "PR03": "parameters in another order",
    "PR04": "parameter without a type",
    "PR07": "parameter without a description",
    "PR10": "no space before the colon",
    "RT03": "returned value without a description",
}
"""numpydoc's codes that are errors here, with what they mean. A section that would only repeat names and
types may be absent."""

VAGUE = {"tell", "give", "let", "show", "put", "say", "hold", "ask"}
"""Words that a summary of a function does not begin with: they do not say what is computed."""


def module_names() -> list[str]:
    """The package and every public module below it."""
    found = pkgutil.walk_packages(affectlib.__path__, "affectlib.", onerror=lambda name: None)
    below = (module.name for module in found)
    return ["affectlib", *(name for name in below if not any(part[0] == "_" for part in name.split(".")))]


def importable() -> Iterator[ModuleType]:
    """Every public module that can be imported; the others fail a test of their own below."""
    for name in module_names():
        with contextlib.suppress(Exception):
            yield importlib.import_module(name)


def public_names(module: ModuleType) -> Iterator[str]:
    """Dotted names of the module's own public functions, classes, methods and properties."""
    for name, item in vars(module).items():
        if name.startswith("_") or getattr(item, "__module__", None) != module.__name__:
            continue
        if inspect.isfunction(item) or inspect.isclass(item):
            yield f"{module.__name__}.{name}"
        if inspect.isclass(item):
            for inner, member in vars(item).items():
                member = getattr(member, "__func__", member)
                if not inner.startswith("_") and (inspect.isfunction(member) or isinstance(member, property)):
                    yield f"{module.__name__}.{name}.{inner}"


def faults(name: str) -> list[str]:
    """List what is wrong with the docstring of one public object."""
    found = validate(name)
    text = found["docstring"] or ""
    item = resolve(name)
    errors = [f"{code}: {what}" for code, what in found["errors"] if code in CHECKED]
    if inspect.isfunction(item) and text.split()[:1] and text.split()[0].lower() in VAGUE:
        errors.append(f"vague first word: {text.split()[0]}")
    if inspect.isfunction(item) and errors_raised(item) and "Raises" not in text:
        errors.append(f"Raises: {', '.join(errors_raised(item))}")
    return errors + [
        f"no shape: {entry}" for entry in [*shapeless_arrays(text), *arrays_left_out(item, text)]
    ]


def resolve(name: str) -> object:
    """Return the object of a dotted name."""
    module, _, last = name.rpartition(".")
    try:
        return getattr(importlib.import_module(module), last)
    except ModuleNotFoundError:  # a method: its prefix is a class
        return getattr(resolve(module), last)


def errors_raised(function: FunctionType) -> list[str]:
    """Return the package's errors that a function raises itself."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    raised = [node.exc for node in ast.walk(tree) if isinstance(node, ast.Raise)]
    names = {exc.func.id for exc in raised if isinstance(exc, ast.Call) and isinstance(exc.func, ast.Name)}
    return sorted(name for name in names if hasattr(affectlib.errors, name))


def arrays_left_out(item: object, docstring: str) -> list[str]:
    """Return the arrays of a signature that the docstring does not describe."""
    function = item.fget if isinstance(item, property) else item
    if not inspect.isfunction(function):
        return []
    arrays = [
        name for name, kind in function.__annotations__.items() if kind in ("np.ndarray", "numpy.ndarray")
    ]
    documented = {entry.name for entry in NumpyDocString(inspect.cleandoc(docstring))["Parameters"]}
    described = {part.strip() for name in documented for part in name.split(",")}
    missing = [name for name in arrays if name != "return" and name not in described]
    return missing + (["return"] if "return" in arrays and "shape" not in docstring.casefold() else [])


def shapeless_arrays(docstring: str) -> list[str]:
    """Arrays among parameters and results of which no shape is told."""
    sections = NumpyDocString(inspect.cleandoc(docstring))
    return [
        entry.name or entry.type
        for section in ("Parameters", "Returns", "Yields")
        for entry in sections[section]
        if re.search(r"\bnumpy\.ndarray\b", entry.type)
        and not re.search(r"\bshape\b|\([a-z0-9_.]+,", f"{entry.type} {' '.join(entry.desc)}")
    ]


NAMES = sorted({name for module in importable() for name in public_names(module)})


@pytest.mark.parametrize("name", NAMES)
def test_docstring_matches_signature(name: str) -> None:
    assert faults(name) == []


@pytest.mark.parametrize("module", module_names())
def test_module_says_what_it_is_for(module: str) -> None:
    assert inspect.getdoc(importlib.import_module(module))


def test_objects_are_found_in_every_kind_of_place() -> None:
    assert {
        "affectlib.skeleton.side",
        "affectlib.errors.AffectlibError",
        "affectlib.recordings.recording.Recording.n_frames",
    } <= set(NAMES)


# --- the rules themselves, on docstrings that are wrong -------------------------------------


def right(a: int, *, b: float = 1.0) -> float:
    """Return the sum of two numbers."""
    return a + b


def renamed_parameter(a: int) -> None:
    """Print a number.

    Parameters
    ----------
    number : int
        The number.
    """


def array_without_shape(a: np.ndarray) -> None:
    """Print an array.

    Parameters
    ----------
    a : numpy.ndarray
        Positions in metres.
    """


def array_left_out(a: np.ndarray) -> None:
    """Print an array."""


def vague() -> int:
    """Give a number."""
    return 1


def silent_error() -> None:
    """Raise an error."""
    raise ParameterError("no")


@pytest.mark.parametrize(
    ("function", "code"),
    [
        (renamed_parameter, "PR02"),
        (array_without_shape, "no shape"),
        (array_left_out, "no shape"),
        (vague, "vague"),
        (silent_error, "Raises"),
    ],
)
def test_a_wrong_docstring_is_seen(function: object, code: str) -> None:
    assert any(code in fault for fault in faults(f"{__name__}.{function.__name__}"))


def test_a_right_docstring_passes() -> None:
    assert faults(f"{__name__}.right") == []
