"""Every public docstring says what its signature says, in the numpydoc form."""

from __future__ import annotations

import contextlib
import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from types import ModuleType

import pytest
from numpydoc.docscrape import NumpyDocString
from numpydoc.validate import validate

import affectlib

HELD = {
    "GL03": "double blank line",
    "GL06": "unknown section",
    "GL07": "sections out of order",
    "GL08": "no docstring",
    "SS02": "summary begins with a small letter",
    "SS03": "summary without a full stop",
    "SS06": "summary longer than a line",
    "PR01": "parameter not documented",
    "PR02": "documented parameter that does not exist",
    "PR03": "parameters in another order",
    "PR04": "parameter without a type",
    "PR07": "parameter without a description",
    "PR10": "no space before the colon",
    "RT01": "something is returned and not documented",
    "RT03": "returned value without a description",
    "YD01": "something is yielded and not documented",
}
"""numpydoc's codes that are errors here, with what they mean."""


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
    """What is wrong with the docstring of one public object; empty when it is right."""
    found = validate(name)
    text = found["docstring"] or ""
    errors = [f"{code}: {what}" for code, what in found["errors"] if code in HELD]
    if inherits_its_signature(name):
        errors = [error for error in errors if not error.startswith("PR01")]
    return errors + [f"no shape: {entry}" for entry in shapeless_arrays(text)]


def inherits_its_signature(name: str) -> bool:
    """Whether this is a class without a signature of its own: an error kind, a protocol."""
    module, _, last = name.rpartition(".")
    try:
        item = getattr(importlib.import_module(module), last)
    except ModuleNotFoundError:  # a method: its prefix is a class
        return False
    return inspect.isclass(item) and ("__init__" not in vars(item) or getattr(item, "_is_protocol", False))


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
    """Add two numbers.

    Parameters
    ----------
    a : int
        First.
    b : float
        Second.

    Returns
    -------
    float
        Sum.
    """
    return a + b


def missing_parameter(a: int, b: float) -> float:
    """Add two numbers.

    Parameters
    ----------
    a : int
        First.

    Returns
    -------
    float
        Sum.
    """
    return a + b


def renamed_parameter(a: int) -> None:
    """Take a number.

    Parameters
    ----------
    number : int
        The number.
    """


def silent_result(a: int) -> int:
    """Pass a number on.

    Parameters
    ----------
    a : int
        The number.
    """
    return a


def array_without_shape(a: int) -> None:
    """Take an array.

    Parameters
    ----------
    a : numpy.ndarray
        Positions in metres.
    """


@pytest.mark.parametrize(
    ("function", "code"),
    [
        (missing_parameter, "PR01"),
        (renamed_parameter, "PR02"),
        (silent_result, "RT01"),
        (array_without_shape, "no shape"),
    ],
)
def test_a_wrong_docstring_is_seen(function: object, code: str) -> None:
    assert any(code in fault for fault in faults(f"{__name__}.{function.__name__}"))


def test_a_right_docstring_passes() -> None:
    assert faults(f"{__name__}.right") == []
