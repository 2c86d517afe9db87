"""A study is its parameters: checked, digested, given back."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import fields

import pytest

from affectlib.errors import ParameterError
from affectlib.gait.preprocessing import Preprocessing
from affectlib.study import DEMO_SUBJECTS, PROFILES, Study, parameter_types


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


def test_values_are_checked_by_type_wherever_a_study_is_made():
    assert Study(seed="3", skip_bad="yes", folds="none") == Study(seed=3, skip_bad=True)
    assert Preprocessing(window_strides=1).to_json() == Preprocessing().to_json()
    for wrong in ({"skip_bad": "perhaps"}, {"seed": 1.0}, {"leave_out": [1]}):
        with pytest.raises(ParameterError, match=f"parameter '{next(iter(wrong))}': not a value of type"):
            Study(**wrong)


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ("", ()),
        ("ann", ("ann",)),
        ("Doe, Ann", ("Doe, Ann",)),  # one name or two: the library knows
        ('"Doe, Ann", Ben', ("Doe, Ann", "Ben")),
        ("['Doe, Ann', 'Ben']", ("Doe, Ann", "Ben")),
        (["ann", "ben"], ("ann", "ben")),
        ([], ()),
    ],
)
def test_subjects_left_out_are_given_as_text_or_list(given: object, names: tuple[str, ...]):
    assert Study(leave_out=given).leave_out == names
    assert Study.from_parameters({"leave_out": given}).digest == Study(leave_out=names).digest


def test_differences_are_those_to_the_profile():
    assert Study(profile="full").differences() == {}
    assert Study(folds=2, seed=1).differences() == {"seed": 1}  # two folds are the quick profile's
    assert Study(seed=1).changed({"n_phases": "50"}).differences() == {"seed": 1, "n_phases": 50}
