"""What a release is, and releases of users' functions.

A release that was fitted to walks treats these walks unlike others: an erasure is perfect on them, a code or
a posterior more certain. An attacker who learns from released training walks then learns from what no later
walk looks like, and fails for that reason alone. Privacy is evaluated where both enrolled and attacked walks
are new to the release, such as those of other subjects.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from affectlib.errors import ParameterError
from affectlib.privacy.walks import Walks

Function = Callable[[np.ndarray], np.ndarray]
"""From positions in metres, shape (cycles, phases, 15, 3), to what is released of each cycle."""

KINDS = ("series", "code", "posterior", "label")
"""What is released: positions over phases, numbers without neighbourhood, probabilities, one-hot."""

TRIED = 64
"""Number of training cycles on which a user's function is checked."""


@dataclass(frozen=True, kw_only=True)
class Release:
    """A release mechanism.

    Parameters
    ----------
    parameter : str
        Name of the privacy parameter with its unit; empty without one.
    values : tuple
        Values of the parameter, from weakest to strongest protection; ``(None,)`` without one.
    kind : str
        One of `KINDS`. Series have shape (cycles, phases, 15, 3), all others (cycles, numbers).
    fit : callable
        ``fit(train, value, seed)`` from training walks, a value of the parameter and a random seed to a
        `Function` in which what is released of one cycle depends on that cycle only.

    Raises
    ------
    ParameterError
        For an unknown kind, no value, or values without parameter.
    """

    name: str
    parameter: str = ""
    values: tuple[Any, ...] = (None,)
    kind: str
    fit: Callable[[Walks, Any, int], Function]
    description: str = ""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ParameterError(
                "unknown kind of release",
                where=f"release '{self.name}'",
                found=repr(self.kind),
                remedy=f"Choose from: {', '.join(KINDS)}.",
            )
        if not self.values or (self.parameter == "") != (tuple(self.values) == (None,)):
            raise ParameterError(
                "a privacy parameter needs values, and values need a parameter",
                where=f"release '{self.name}'",
                found=f"parameter {self.parameter!r}, values {self.values!r}",
            )


def custom_release(
    name: str,
    function: Callable[..., np.ndarray],
    *,
    kind: str = "code",
    parameter: str = "",
    values: tuple[Any, ...] = (None,),
) -> Release:
    """Return a release of any function from positions to arrays.

    Parameters
    ----------
    function : callable
        From positions in metres, shape (cycles, phases, 15, 3), to an array with one row a cycle; with
        a parameter it takes the value as its second argument.
    kind : str
        ``"series"`` for positions of the same shape, otherwise ``"code"``, ``"posterior"`` or ``"label"``.
    parameter : str
        Name of the second argument; empty where there is none.
    values : tuple
        Values of the parameter, from weakest to strongest protection.

    Returns
    -------
    Release
        Its `fit` raises `ParameterError` where, on some training cycles, the function fails, returns no
        finite numbers, another number of rows or another shape than its kind has, is not deterministic, or
        returns for one cycle what depends on the others.
    """

    def fit(train: Walks, value: Any, seed: int) -> Function:
        arguments = (value,) if parameter else ()
        call = partial(_released, name=name, function=function, kind=kind, arguments=arguments)
        _check(call, train.x[:TRIED], name)
        return call

    return Release(
        name=name,
        parameter=parameter,
        values=tuple(values),
        kind=kind,
        fit=fit,
        description="A release of the user.",
    )


def _check(call: Function, x: np.ndarray, name: str) -> None:
    """Raise an error unless a release is deterministic and depends on single cycles only."""
    released = call(x)
    if not np.array_equal(released, call(x)):
        raise _refusal(
            name, "two calls on the same cycles differ", remedy="Fix the random seed inside the function."
        )
    # Backwards and without the first cycle: but for rounding, neither order nor other cycles may matter.
    others, expected = call(x[:0:-1]), released[:0:-1]
    if others.shape != expected.shape or not np.allclose(others, expected, rtol=1e-3, atol=1e-5):
        raise _refusal(
            name,
            "what is released of a cycle depends on the other cycles",
            remedy="Compute averages beforehand, from training cycles, and keep them fixed.",
        )


def _released(
    x: np.ndarray, *, name: str, function: Callable[..., np.ndarray], kind: str, arguments: tuple[Any, ...]
) -> np.ndarray:
    """Call a user's function and check its result."""
    try:
        # A copy, as the function may write into its argument.
        released = np.asarray(function(np.array(x), *arguments))
    except Exception as error:
        raise _refusal(name, "the function failed", found=f"{type(error).__name__}: {error}") from error
    if released.dtype.kind not in "biuf":
        raise _refusal(
            name,
            "no array of numbers",
            found=f"dtype {released.dtype}",
            remedy="Return classes as one column each, 1 for the class and 0 for the others.",
        )
    if released.ndim == 0 or len(released) != len(x):
        raise _refusal(name, f"{len(x)} cycles need as many rows", found=f"shape {released.shape}")
    released = released.astype(np.float32)
    if not np.isfinite(released).all():
        wrong = int((~np.isfinite(released)).sum())
        raise _refusal(
            name, "a released value is no finite number", found=f"{wrong} of {released.size} values"
        )
    if kind == "series" and released.shape != x.shape:
        raise _refusal(
            name,
            f"a series needs the shape of the positions, {x.shape}",
            found=f"shape {released.shape}",
            remedy="Use kind='code' where something else is released.",
        )
    return released if kind == "series" else released.reshape(len(x), -1)


def _refusal(
    name: str, problem: str, *, found: str | None = None, remedy: str | None = None
) -> ParameterError:
    return ParameterError(problem, where=f"release '{name}'", found=found, remedy=remedy)
