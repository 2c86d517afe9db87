"""The description of an experiment by a few plain parameters."""

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

Device = Literal["auto", "cpu", "cuda"]

PROFILES = get_args(Profile)
"""``quick`` shows in minutes that everything works; ``full`` is for the figures."""

DEMO_SUBJECTS = MappingProxyType({"quick": 6, "full": 30})
"""Subjects of the demo library, by profile."""

FOLDS = MappingProxyType({"quick": 2, "full": 5})
"""Folds of a cross-validation, by profile."""


@dataclass(frozen=True, kw_only=True)
class Study:
    """The frozen description of an experiment: equal studies give equal results.

    Parameters
    ----------
    library : str
        Folder of the library; empty for the simulated demo library.
    profile : str
        ``"quick"`` or ``"full"``.
    seed : int
        Seed of everything random, the demo library included.
    demo_subjects : int, optional
        Subjects of the demo library; `DEMO_SUBJECTS` by default. More subjects make results steadier and
        everything slower.
    folds : int, optional
        Folds of every split; `FOLDS` by default. The paper has five.
    skip_bad : bool
        Skip takes that have problems instead of stopping.
    leave_out : tuple of str
        Subjects to exclude, such as one of two who are the same person under two names. Text is one
        subject's name, or several separated by commas.
    device : str
        Where networks are trained: ``"cpu"``, ``"cuda"`` or ``"auto"``, a GPU where there is one. A GPU is
        faster and adds up in another order, which moves scores by up to a point.
    timing : bool
        Append cycle time and walking speed to the joint series of the models that learn from them. Manual
        features have both; by default the joint series have neither, as in the paper.
    preprocessing : affectlib.gait.Preprocessing
        How recordings become cycles. `from_parameters` takes its fields one by one.

    Raises
    ------
    ParameterError
        For a value of the wrong type or out of range.
    """

    library: str = ""
    profile: Profile = "quick"
    seed: int = 0
    demo_subjects: int | None = None
    folds: int | None = None
    skip_bad: bool = False
    leave_out: tuple[str, ...] = ()
    device: Device = "cpu"
    timing: bool = False
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
                "the demo library needs at least one subject",
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
        """Return the study of one flat mapping of parameters, as in notebooks and on the command line.

        Parameters
        ----------
        parameters : mapping of str to object
            Values by name; text is converted to a parameter's type (``"50"`` to 50). Missing parameters
            have their defaults.

        Raises
        ------
        ParameterError
            For an unknown name, or a value of the wrong type.
        """
        refuse_unknown(parameters, parameter_types())
        steps = {step.name for step in fields(Preprocessing)}
        return cls(
            **{name: value for name, value in parameters.items() if name not in steps},
            preprocessing=Preprocessing(**{name: parameters[name] for name in parameters if name in steps}),
        )

    def changed(self, parameters: Mapping[str, Any]) -> Study:
        """Return a study that differs in some parameters, given and checked as in `from_parameters`."""
        return Study.from_parameters(self.parameters() | dict(parameters))

    def parameters(self) -> dict[str, Any]:
        """Return all parameters as the flat mapping that `from_parameters` takes, with JSON values."""
        flat = asdict(self) | {"leave_out": list(self.leave_out)}
        return flat | flat.pop("preprocessing")

    def differences(self) -> dict[str, Any]:
        """Return the parameters that differ from the defaults of the profile."""
        usual = Study(profile=self.profile).parameters()
        return {name: value for name, value in self.parameters().items() if value != usual[name]}

    @property
    def digest(self) -> str:
        """Hex digest of the parameters, the same in every process."""
        return hashlib.sha256(json.dumps(self.parameters(), sort_keys=True).encode()).hexdigest()

    @property
    def library_folder(self) -> Path | None:
        """Absolute path of the library, None for the demo library."""
        return Path(self.library).expanduser().resolve() if self.library else None

    @property
    def usual_out(self) -> Path:
        """Default folder of a run: ``runs/<library>-<profile>``."""
        library = self.library_folder
        name = re.sub(r"[^\w.-]+", "_", library.name) if library else "demo"
        return Path("runs") / f"{name}-{self.profile}"


def parameter_types() -> dict[str, Any]:
    """Return the types of all parameters by name: the study's own, then those of the preprocessing."""
    return field_types(Study) | field_types(Preprocessing)


def _names(text: str) -> tuple[str, ...]:
    """Return the names in a text; unquoted commas are left for `subjects_left_out`, which has the library."""
    if text.strip().startswith(('"', "[", "(")):
        return read_value("leave_out", text, tuple[str, ...])
    return (text.strip(),) if text.strip() else ()
