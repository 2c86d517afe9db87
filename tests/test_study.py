"""A study is its parameters: checked, digested, given back."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import fields

import pytest

from affectlib.errors import ParameterError
from affectlib.gait.preprocessing import Preprocessing
from affectlib.study import DEMO_SUBJECTS, PROFILES, Study, parameter_types, typed


def test_parameters_come_back_as_they_went_in():
    study = Study.from_parameters({"profile": "full", "seed": 3, "n_phases": 50, "normalise_bones": False})
    assert study.preprocessing == Preprocessing(n_phases=50, normalise_bones=False)
    assert Study.from_parameters(study.parameters()) == study


def test_study_and_preprocessing_share_no_name():
    own = {part.name for part in fields(Study)} - {"preprocessing"}
    assert not own & {part.name for part in fields(Preprocessing)}
    assert set(parameter_types()) == own | {part.name for part in fields(Preprocessing)}


@pytest.mark.parametrize("profile", PROFILES)
def test_profile_sets_the_size_of_the_demo_library(profile: str):
    assert Study(profile=profile).demo_subjects == DEMO_SUBJECTS[profile]
    assert Study(profile=profile, demo_subjects=2).demo_subjects == 2


def test_unknown_name_is_refused_with_what_was_meant():
    with pytest.raises(ParameterError, match=r"'n_phase'.*Did you mean n_phases.*Known parameters:.*seed"):
        Study.from_parameters({"n_phase": 50})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("profile", "fast"),
        ("seed", -1),
        ("seed", 1.5),
        ("seed", True),
        ("demo_subjects", 0),
        ("skip_bad", "perhaps"),
        ("n_phases", "many"),
        ("n_phases", 1),
        ("normalise_bones", 2),
    ],
)
def test_impossible_value_is_refused_by_name(name: str, value: object):
    with pytest.raises(ParameterError, match=name):
        Study.from_parameters({name: value})


def test_digest_is_equal_for_equal_studies_in_another_process_and_no_others():
    study = Study.from_parameters({"seed": 4, "window_strides": 1})
    assert study == Study.from_parameters({"window_strides": "1.0", "seed": "4"})
    code = "from affectlib.study import Study; print(Study.from_parameters({'seed': 4}).digest)"
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert other.stdout.strip() == study.digest
    digests = {Study.from_parameters(change).digest for change in ({}, {"seed": 1}, {"n_phases": 99})}
    assert len(digests) == 3


@pytest.mark.parametrize(
    ("text", "annotation", "value"),
    [
        ("3", "int", 3),
        ("3", "float", 3.0),
        ("3", "str", "3"),
        ("3", "int | str", 3),
        ("three", "str | int", "three"),
        ("none", "int | None", None),
        ("false", "bool", False),
        ("On", "bool", True),
        ("a", "Literal['a', 'b']", "a"),
        ("2", "Literal[1, 2]", 2),
        ("1, 2", "list[int]", [1, 2]),
        ("[1, 2]", "tuple[int, ...]", (1, 2)),
        ("x,y", "list[str]", ["x", "y"]),
        ("anything", "", "anything"),
    ],
)
def test_text_is_read_as_the_annotation_says(text: str, annotation: str, value: object):
    got = typed("p", text, annotation)
    assert got == value
    assert type(got) is type(value)


@pytest.mark.parametrize(
    ("value", "annotation"),
    [
        ("1.5", "int"),
        (1, "bool"),
        (None, "int"),
        ("c", "Literal['a', 'b']"),
        (["x"], "list[int]"),
        ("[1", "list[int]"),
        (1, "Path"),
        ("1", "__import__('os')"),
    ],
)
def test_value_of_another_type_is_a_parameter_error(value: object, annotation: str):
    with pytest.raises(ParameterError, match="'p'"):
        typed("p", value, annotation)
