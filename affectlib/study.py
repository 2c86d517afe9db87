"""One experiment, described by a few plain parameters."""

from __future__ import annotations

import ast
import difflib
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from types import MappingProxyType, NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from affectlib.errors import ParameterError
from affectlib.gait.preprocessing import Preprocessing

PROFILES = ("quick", "full")
"""``quick`` shows that everything works, in minutes; ``full`` is what figures are made from."""

DEMO_SUBJECTS = MappingProxyType({"quick": 6, "full": 30})
"""People in the simulated library where no library is given, by profile."""

FOLDS = MappingProxyType({"quick": 2, "full": 5})
"""Folds of a cross-validation, by profile."""


@dataclass(frozen=True, kw_only=True)
class Study:
    """The frozen description of one experiment: the same study gives the same results.

    Parameters
    ----------
    library : str
        Folder with a library of walks; empty for the simulated demo library.
    profile : str
        ``"quick"`` or ``"full"``.
    seed : int
        Seed of everything drawn at random, the demo library included.
    demo_subjects : int, optional
        People in the demo library; by default what the profile says (`DEMO_SUBJECTS`). More
        people make results steadier and everything slower.
    folds : int, optional
        Folds of every split; by default what the profile says (`FOLDS`; the paper has five).
    skip_bad : bool
        Go on without the takes that have problems, where False stops at them.
    leave_out : str
        People of the library to do without, separated by commas, such as one of two who are the same
        person under two names.
    preprocessing : affectlib.gait.Preprocessing
        How recordings become cycles. `from_parameters` takes its fields one by one, so that
        they can be turned like any other parameter.

    Raises
    ------
    ParameterError
        Where a value is none that the parameter may have.
    """

    library: str = ""
    profile: str = "quick"
    seed: int = 0
    demo_subjects: int | None = None
    folds: int | None = None
    skip_bad: bool = False
    leave_out: str = ""
    preprocessing: Preprocessing = field(default_factory=Preprocessing)

    def __post_init__(self) -> None:
        if self.profile not in PROFILES:
            raise ParameterError(
                "unknown profile",
                where="parameter 'profile'",
                found=repr(self.profile),
                remedy=f"Choose one of: {', '.join(PROFILES)}.",
            )
        if self.seed < 0:
            raise ParameterError("a seed cannot be negative", where="parameter 'seed'", found=str(self.seed))
        if self.demo_subjects is None:
            object.__setattr__(self, "demo_subjects", DEMO_SUBJECTS[self.profile])
        elif self.demo_subjects < 1:
            raise ParameterError(
                "the demo library needs at least one person",
                where="parameter 'demo_subjects'",
                found=str(self.demo_subjects),
            )

        if self.folds is None:
            object.__setattr__(self, "folds", FOLDS[self.profile])
        elif self.folds < 2:
            raise ParameterError(
                "a cross-validation needs two folds", where="parameter 'folds'", found=str(self.folds)
            )

    @classmethod
    def from_parameters(cls, parameters: Mapping[str, Any]) -> Study:
        """Describe a study by one flat mapping, as notebooks and the command line do.

        Parameters
        ----------
        parameters : mapping of str to object
            Values by parameter name; text stands for a value of the parameter's type
            (``"50"`` for 50). What is left out keeps its default.

        Returns
        -------
        Study
            The study.

        Raises
        ------
        ParameterError
            For a name that no parameter has, or a value of the wrong type.
        """
        kinds = parameter_types()
        refuse_unknown(parameters, kinds)
        values = {name: typed(name, value, kinds[name]) for name, value in parameters.items()}
        steps = {step.name for step in fields(Preprocessing)}
        return cls(
            **{name: value for name, value in values.items() if name not in steps},
            preprocessing=Preprocessing(**{name: value for name, value in values.items() if name in steps}),
        )

    def parameters(self) -> dict[str, Any]:
        """Give the study as the flat mapping that `from_parameters` takes.

        Returns
        -------
        dict of str to object
            Every parameter and its value.
        """
        flat = asdict(self)
        return flat | flat.pop("preprocessing")

    @property
    def digest(self) -> str:
        """Hex digest of the parameters: equal for equal studies, in every process."""
        return hashlib.sha256(json.dumps(self.parameters(), sort_keys=True).encode()).hexdigest()

    @property
    def library_folder(self) -> Path | None:
        """Absolute path of the library, None for the demo library."""
        return Path(self.library).expanduser().resolve() if self.library else None

    @property
    def people_left_out(self) -> tuple[str, ...]:
        """Names in `leave_out`."""
        return tuple(name.strip() for name in self.leave_out.split(",") if name.strip())

    @property
    def usual_out(self) -> Path:
        """Where a run goes unless told otherwise: ``runs/<library>-<profile>``."""
        library = self.library_folder
        name = re.sub(r"[^\w.-]+", "_", library.name) if library else "demo"
        return Path("runs") / f"{name}-{self.profile}"


def parameter_types() -> dict[str, str]:
    """Name every parameter of a study and its type.

    Returns
    -------
    dict of str to str
        Type annotations by name: the study's own parameters, then those of the preprocessing.
    """
    own = {part.name: str(part.type) for part in fields(Study) if part.name != "preprocessing"}
    return own | {part.name: str(part.type) for part in fields(Preprocessing)}


def refuse_unknown(names: Iterable[str], known: Iterable[str]) -> None:
    """Stop at a parameter name that does not exist.

    Parameters
    ----------
    names : iterable of str
        Names that were given.
    known : iterable of str
        Names that there are.

    Raises
    ------
    ParameterError
        For the first unknown name, with the closest known ones first.
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


def typed(name: str, value: Any, annotation: str) -> Any:
    """Turn a value, or the text of one, into what an annotation asks for.

    Parameters
    ----------
    name : str
        The parameter, for the message.
    value : object
        A value of the type, or text to be read as one.
    annotation : str
        ``bool``, ``int``, ``float``, ``str``, ``None``, ``Literal[...]``, ``list[...]``,
        ``tuple[..., ...]``, or a union of these with ``|``. Empty accepts any value.

    Returns
    -------
    object
        A value of the type.

    Raises
    ------
    ParameterError
        Where the value is not of that type.
    """
    if not annotation:
        return value
    try:
        return _converted(value, _kind(annotation))
    except (ValueError, SyntaxError) as error:
        raise ParameterError(
            f"not a value of type {annotation}", where=f"parameter {name!r}", found=repr(value)
        ) from error


_ANNOTATIONS = {kind.__name__: kind for kind in (bool, int, float, str, list, tuple)} | {"Literal": Literal}
_TRUTH = {
    "true": True,
    "yes": True,
    "on": True,
    "1": True,
    "false": False,
    "no": False,
    "off": False,
    "0": False,
}


def _kind(annotation: str) -> Any:
    try:
        return eval(annotation, {"__builtins__": {}}, _ANNOTATIONS)
    except Exception as error:
        raise ValueError(f"annotation {annotation!r} is none that parameters may have") from error


def _converted(value: Any, kind: Any) -> Any:
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return _first_that_fits(value, inner)
    if origin is Literal:
        return _one_of(value, inner)
    if kind in (None, NoneType):
        return _one_of("None" if value == "none" else value, (None,))
    if (origin or kind) in (list, tuple):
        return _sequence(value, origin or kind, inner)
    if kind is bool and isinstance(value, str):
        return _one_of(_TRUTH.get(value.strip().lower()), (True, False))
    if kind in (int, float) and isinstance(value, str):
        return kind(value)
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise ValueError(value)
    return value


def _one_of(value: Any, choices: tuple[Any, ...]) -> Any:
    for choice in choices:
        if (type(value) is type(choice) and value == choice) or value == str(choice):
            return choice
    raise ValueError(value)


def _first_that_fits(value: Any, kinds: tuple[Any, ...]) -> Any:
    # Text is text under any reading, so str must not get the first word.
    for kind in sorted(kinds, key=lambda kind: kind is str):
        try:
            return _converted(value, kind)
        except (ValueError, SyntaxError):
            continue
    raise ValueError(value)


def _sequence(value: Any, container: Any, inner: tuple[Any, ...]) -> Any:
    if isinstance(value, str):
        bracketed = value.strip().startswith(("[", "("))
        value = (
            ast.literal_eval(value)
            if bracketed
            else [part.strip() for part in value.split(",") if part.strip()]
        )
    if not isinstance(value, list | tuple):
        raise ValueError(value)
    kind = inner[0] if inner else None
    return container(value if kind is None else (_converted(part, kind) for part in value))
