"""The parameter records of a C3D file, in the byte order of either kind of machine."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

SIZES = {-1: 1, 1: 1, 2: 2, 4: 4}
"""Bytes of one value by the kind of a parameter: text, bytes, integers, floats."""


class Fault(Exception):
    """Where the layout breaks, and what stands there.

    Parameters
    ----------
    where : str
        Section, or parameter as ``GROUP:NAME``.
    found : str
        What stood there.
    problem : str
        A word of its own, where the file is sound and still unusable.
    remedy : str
        What to do about that.
    """

    def __init__(self, where: str, found: str, *, problem: str = "", remedy: str = "") -> None:
        self.where, self.found, self.problem, self.remedy = where, found, problem, remedy


@dataclass(frozen=True)
class Parameter:
    """The value of one parameter.

    Parameters
    ----------
    kind : int
        A key of `SIZES`.
    dimensions : tuple of int
        Lengths, the first one running fastest.
    raw : bytes
        The values.
    start : int
        Where they begin in the file.
    """

    kind: int
    dimensions: tuple[int, ...]
    raw: bytes
    start: int


@dataclass(frozen=True)
class Record:
    """One record: a group, or a parameter of a group.

    Parameters
    ----------
    name : str
        Upper-case name.
    group : int
        Number of the group, positive.
    step_at : int
        Where the offset to the next record stands.
    parameter : Parameter or None
        The value; None for a group.
    """

    name: str
    group: int
    step_at: int
    parameter: Parameter | None


def read_records(data: bytes, at: int, *, order: str = "<") -> Iterator[Record]:
    """Walk the records.

    Parameters
    ----------
    data : bytes
        The file up to the end of its parameters.
    at : int
        Where the first record begins.
    order : str
        ``"<"`` for little-endian machines, ``">"`` for the others.

    Yields
    ------
    Record
        In the order of the file.

    Raises
    ------
    Fault
        If a record runs over the end, or its lengths do not fit.
    """
    while at + 2 <= len(data) and data[at]:
        length, group = abs(struct.unpack_from("b", data, at)[0]), struct.unpack_from("b", data, at + 1)[0]
        word = at + 2 + length
        if word + 3 > len(data) or group == 0:
            raise Fault("parameters", f"a record at byte {at} that runs over the end")
        name = _text(data[at + 2 : word]).upper()
        step = struct.unpack_from(order + "H", data, word)[0]
        if group < 0:
            parameter, stop = None, word + 3 + data[word + 2]
        else:
            parameter, stop = _parameter(data, word + 2, name)
        yield Record(name, abs(group), word, parameter)
        if step and word + step < stop:
            raise Fault("parameters", f"record {name!r} at byte {at} has the wrong length")
        if not step:
            break
        at = word + step


def read_parameters(data: bytes, at: int) -> dict[str, Parameter]:
    """Read all parameters of a little-endian file.

    Parameters
    ----------
    data : bytes
        The file up to the end of its parameters.
    at : int
        Where the first record begins.

    Returns
    -------
    dict
        ``GROUP:NAME`` to value; groups may stand in any order.

    Raises
    ------
    Fault
        If a record is broken, or a name stands twice.
    """
    groups: dict[int, str] = {}
    found: list[tuple[int, str, Parameter]] = []
    for record in read_records(data, at):
        if record.parameter is not None:
            found.append((record.group, record.name, record.parameter))
        elif record.group in groups:
            raise Fault("parameters", f"group {record.group} stands twice")
        else:
            groups[record.group] = record.name
    names = [(groups.get(group, ""), name) for group, name, _ in found]
    if len(set(names)) < len(names) or any(not group for group, _ in names):
        raise Fault("parameters", "a parameter that stands twice or belongs to no group")
    if len(set(groups.values())) < len(groups):
        raise Fault("parameters", "a group name that stands twice")
    return {
        f"{group}:{name}": parameter for (group, name), (_, _, parameter) in zip(names, found, strict=True)
    }


def _parameter(data: bytes, at: int, name: str) -> tuple[Parameter, int]:
    kind = struct.unpack_from("b", data, at)[0]
    n_dimensions = data[at + 1] if at + 1 < len(data) else 255
    body = at + 2 + n_dimensions
    if kind not in SIZES or n_dimensions > 7 or body >= len(data):
        raise Fault("parameters", f"{name!r} of type {kind} with {n_dimensions} dimensions")
    dimensions = tuple(data[at + 2 : body])
    size = SIZES[kind]
    for length in dimensions:
        size *= length
    stop = body + size
    if stop >= len(data):
        raise Fault("parameters", f"{name!r} runs over the end")
    stop += 1 + data[stop]
    if stop > len(data):
        raise Fault("parameters", f"the description of {name!r} runs over the end")
    return Parameter(kind, dimensions, data[body : body + size], body), stop


def _text(raw: bytes) -> str:
    if not raw or not all(32 <= byte < 127 for byte in raw):
        raise Fault("parameters", f"name {raw[:20]!r}")
    return raw.decode("ascii")
