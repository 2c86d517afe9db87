"""Values of parameters, parsed by type: text from the command line, Python values from a notebook's cell."""

from __future__ import annotations

import ast
import csv
import difflib
import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import is_dataclass
from functools import lru_cache
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import ConfigDict, PydanticUserError, TypeAdapter, ValidationError

from affectlib.errors import ParameterError

_NONE = ("none", "null", "")


def read_value(name: str, value: Any, kind: Any) -> Any:
    """Read a value, or the text of one, as a type.

    Values must be of the type already (True is not 1, nor is 1.0), except that lists and tuples stand for
    each other and whole numbers for fractions. Text is converted: ``"3"`` to 3, ``"yes"`` to True,
    ``"none"`` to None where the type allows it, and ``"a,b"``, ``'"a, b",c'`` or ``'["a", "b"]'`` to a list.

    Parameters
    ----------
    name : str
        The parameter, for the message.
    kind : type
        ``bool``, ``int``, ``float``, ``str``, ``Literal``, lists and tuples of these, or a union.

    Returns
    -------
    object
        A value of the type. Numbers are finite, and a list of choices is not empty.

    Raises
    ------
    ParameterError
        Where the value is not of that type, with the type and its choices.
    """
    try:
        read = _from_text(value, kind) if isinstance(value, str) else _from_value(value, kind)
    except (ValidationError, ValueError) as error:
        raise _refused(name, value, kind) from error
    if read in ([], ()) and any(_choices(kind)):
        raise _refused(name, value, kind)
    return read


def read_count(name: str, value: Any, *, least: int, most: int | None = None) -> int:
    """Read a whole number within limits, from a number or its text.

    Raises
    ------
    ParameterError
        Where it is not a whole number, or outside the limits.
    """
    number = read_value(name, value, int)
    if number < least or (most is not None and number > most):
        remedy = f"Choose at least {least}." if most is None else f"Choose a number from {least} to {most}."
        raise ParameterError(
            "value out of range", where=f"parameter {name!r}", found=str(number), remedy=remedy
        )
    return number


def to_text(value: Any) -> str:
    """Return a value as text that `read_value` reads back."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | tuple) else str(value)


def split_items(text: str) -> list[str]:
    """Split text at commas outside of quotes, and drop empty items."""
    items = next(csv.reader([text], skipinitialspace=True), [])
    return [item.strip() for item in items if item.strip()]


def field_types(dataclass: type) -> dict[str, Any]:
    """Return the types of a dataclass's fields by name, except fields that are dataclasses themselves."""
    return {name: kind for name, kind in get_type_hints(dataclass).items() if not is_dataclass(kind)}


def check_fields(instance: Any) -> None:
    """Read each plain field of a frozen dataclass as its type, in place; for ``__post_init__`` only.

    Raises
    ------
    ParameterError
        Where a value is not of its type.
    """
    for name, kind in field_types(type(instance)).items():
        object.__setattr__(instance, name, read_value(name, getattr(instance, name), kind))


def refuse_unknown(names: Iterable[str], known: Iterable[str]) -> None:
    """Check that all names are known.

    Raises
    ------
    ParameterError
        For the first unknown name, with the closest known ones.
    """
    known = list(known)
    for name in names:
        if name not in known:
            close = difflib.get_close_matches(name, known, n=3)
            meant = f"Did you mean {' or '.join(close)}? " if close else ""
            raise ParameterError(
                "unknown parameter",
                where=f"parameter {name!r}",
                remedy=f"{meant}Known parameters: {', '.join(known) or 'none'}.",
            )


def plain_type(kind: Any) -> Any:
    """Return the type in a notebook's cell: ``str`` for ``Literal["a", "b"]``, lists for tuples."""
    if get_origin(kind) is Literal:
        return type(get_args(kind)[0])
    if _container(kind):
        inner = get_args(kind)
        return list[plain_type(inner[0])] if inner else list  # type: ignore[misc]
    return kind


def _from_text(text: str, kind: Any) -> Any:
    if _container(kind):
        return _from_items(_items(text), kind)
    if kind is str:
        return text
    text = text.strip()
    if text.lower() in _NONE and NoneType in get_args(kind):
        return None
    # Only text is converted: otherwise 1 would be accepted as True.
    with suppress(ValidationError):
        return _adapter(kind).validate_python(text, strict=False)
    return _from_value(_literal(text), kind)


def _from_value(value: Any, kind: Any) -> Any:
    container = _container(kind)
    if container and isinstance(value, list | tuple):
        value = container(value)
    read = _adapter(kind).validate_python(value)
    if isinstance(read, bool) != isinstance(value, bool):
        raise ValueError(value)
    return read


def _from_items(items: list[Any] | tuple[Any, ...], kind: Any) -> Any:
    if all(isinstance(item, str) for item in items):
        return _adapter(kind).validate_python(items, strict=False)
    return _from_value(items, kind)


def _items(text: str) -> list[Any] | tuple[Any, ...]:
    text = text.strip()
    if text[:1] + text[-1:] in ("[]", "()"):
        with suppress(ValueError):
            value = _literal(text)
            return value if isinstance(value, list | tuple) else [value]
        # The shell removes the quotes of ["a", "b"].
        text = text[1:-1]
    return split_items(text)


def _literal(text: str) -> Any:
    try:
        return ast.literal_eval(text)
    except (SyntaxError, MemoryError, RecursionError) as error:
        raise ValueError(text) from error


def _container(kind: Any) -> type[list] | type[tuple] | None:
    kinds = get_args(kind) if get_origin(kind) in (Union, UnionType) else (kind,)
    return next((origin for kind in kinds if (origin := get_origin(kind) or kind) in (list, tuple)), None)


@lru_cache(maxsize=200)
def _adapter(kind: Any) -> TypeAdapter:
    try:
        return TypeAdapter(kind, config=ConfigDict(strict=True, allow_inf_nan=False))
    except PydanticUserError as error:
        raise ValueError(kind) from error


def _refused(name: str, value: Any, kind: Any) -> ParameterError:
    choices = ", ".join(_choices(kind))
    remedy = f"Choose from: {choices}{'; separate several by commas' if _container(kind) else ''}."
    return ParameterError(
        f"not {'among the choices' if choices else 'a value'} of type {_named(kind)}",
        where=f"parameter {name!r}",
        found=repr(value),
        remedy=remedy if choices else None,
    )


def _choices(kind: Any) -> Iterator[str]:
    if get_origin(kind) is Literal:
        yield from (str(choice) for choice in get_args(kind) if choice != "")
    else:
        for inner in get_args(kind):
            yield from _choices(inner)


def _named(kind: Any) -> str:
    kind = plain_type(kind)
    if get_origin(kind) in (Union, UnionType):
        return " or ".join(_named(each) for each in get_args(kind))
    inner = get_args(kind)
    name = "None" if kind is NoneType else getattr(get_origin(kind) or kind, "__name__", str(kind))
    return f"{name} of {_named(inner[0])}" if inner else name
