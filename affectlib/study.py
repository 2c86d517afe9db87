"""One experiment, described by a few plain parameters."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, get_args

from affectlib.errors import ParameterError
from affectlib.gait.preprocessing import Preprocessing
from affectlib.parameters import check_fields, field_types, read_value, refuse_unknown

Profile = Literal["quick", "full"]

PROFILES = get_args(Profile)
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
    leave_out : tuple of str
        Subjects of the library to do without, such as one of two who are the same person under two names.
        Text is one subject's name, or several names separated by commas.
    preprocessing : affectlib.gait.Preprocessing
        How recordings become cycles. `from_parameters` takes its fields one by one, so that
        they can be turned like any other parameter.

    Raises
    ------
    ParameterError
        Where a value is not of the parameter's type, or outside what it may be.
    """

    library: str = ""
    profile: Profile = "quick"
    seed: int = 0
    demo_subjects: int | None = None
    folds: int | None = None
    skip_bad: bool = False
    leave_out: tuple[str, ...] = ()
    preprocessing: Preprocessing = field(default_factory=Preprocessing)

    def __post_init__(self) -> None:
        if isinstance(self.leave_out, str):
            object.__setattr__(self, "leave_out", _names(self.leave_out))
        check_fields(self)
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
        refuse_unknown(parameters, parameter_types())
        steps = {step.name for step in fields(Preprocessing)}
        return cls(
            **{name: value for name, value in parameters.items() if name not in steps},
            preprocessing=Preprocessing(**{name: parameters[name] for name in parameters if name in steps}),
        )

    def changed(self, parameters: Mapping[str, Any]) -> Study:
        """Describe a study that differs in some parameters.

        Parameters
        ----------
        parameters : mapping of str to object
            As for `from_parameters`.

        Returns
        -------
        Study
            The study.

        Raises
        ------
        ParameterError
            As for `from_parameters`.
        """
        return Study.from_parameters(self.parameters() | dict(parameters))

    def parameters(self) -> dict[str, Any]:
        """Give the study as the flat mapping that `from_parameters` takes.

        Returns
        -------
        dict of str to object
            Every parameter and its value, as JSON has it.
        """
        flat = asdict(self) | {"leave_out": list(self.leave_out)}
        return flat | flat.pop("preprocessing")

    def differences(self) -> dict[str, Any]:
        """Collect the parameters that are not as the profile has them.

        Returns
        -------
        dict of str to object
            Values by name.
        """
        usual = Study(profile=self.profile).parameters()
        return {name: value for name, value in self.parameters().items() if value != usual[name]}

    @property
    def digest(self) -> str:
        """Hex digest of the parameters: equal for equal studies, in every process."""
        return hashlib.sha256(json.dumps(self.parameters(), sort_keys=True).encode()).hexdigest()

    @property
    def library_folder(self) -> Path | None:
        """Absolute path of the library, None for the demo library."""
        return Path(self.library).expanduser().resolve() if self.library else None

    @property
    def usual_out(self) -> Path:
        """Where a run goes unless told otherwise: ``runs/<library>-<profile>``."""
        library = self.library_folder
        name = re.sub(r"[^\w.-]+", "_", library.name) if library else "demo"
        return Path("runs") / f"{name}-{self.profile}"


def parameter_types() -> dict[str, Any]:
    """Name every parameter of a study and its type.

    Returns
    -------
    dict of str to type
        Types by name: the study's own parameters, then those of the preprocessing.
    """
    return field_types(Study) | field_types(Preprocessing)


def _names(text: str) -> tuple[str, ...]:
    """Read names from text; only the library can say which commas divide names that stand without quotes."""
    if text.strip().startswith(('"', "[", "(")):
        return read_value("leave_out", text, tuple[str, ...])
    return (text.strip(),) if text.strip() else ()
