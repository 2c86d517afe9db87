"""Values of parameters are read by type: text is converted, values are checked."""

from __future__ import annotations

from typing import Any, Literal, Optional

import pytest
from hypothesis import given
from hypothesis import strategies as st

from affectlib.errors import ParameterError
from affectlib.parameters import plain_type, read_count, read_value, refuse_unknown, split_items, to_text

Split = Literal["cycles", "takes"]


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("3", int, 3),
        (" -3 ", int, -3),
        ("3", float, 3.0),
        ("1e-3", float, 0.001),
        ("-.5", float, -0.5),
        ("3", str, "3"),
        (" as it is ", str, " as it is "),
        ("none", str, "none"),
        ("", str, ""),
        ("false", bool, False),
        ("On", bool, True),
        ("yes", bool, True),
        (" no ", bool, False),
        ("1", bool, True),
        ("none", int | None, None),
        ("None", Optional[float], None),  # noqa: UP045
        ("", int | None, None),
        ("5", int | None, 5),
        ("takes", Split, "takes"),
        ("2", Literal[1, 2], 2),
        ("1, 2", list[int], [1, 2]),
        ("[1, 2]", tuple[int, ...], (1, 2)),
        ("x,y", list[str], ["x", "y"]),
        ("takes", list[Split], ["takes"]),
        ("takes, cycles,", list[Split], ["takes", "cycles"]),
        ('["takes"]', list[Split], ["takes"]),
        ("[takes, cycles]", list[Split], ["takes", "cycles"]),  # as a shell leaves ["takes", "cycles"]
        ("('takes',)", tuple[Split, ...], ("takes",)),
        ('"Doe, Ann",Ben', list[str], ["Doe, Ann", "Ben"]),
        ("O'Brien, 't Hart", list[str], ["O'Brien", "'t Hart"]),
        ("", list[str], []),
        ("yes,0", list[bool], [True, False]),
        ("0.5,1e-3", list[float], [0.5, 0.001]),
        ("a,b", list, ["a", "b"]),
    ],
)
def test_text_is_read_as_the_type_says(text: str, kind: Any, value: object):
    got = read_value("p", text, kind)
    assert got == value
    assert type(got) is type(value)


@pytest.mark.parametrize(
    ("given", "kind", "value"),
    [
        (3, float, 3.0),
        (True, bool, True),
        (None, int | None, None),
        (("a",), list[str], ["a"]),
        (["a"], tuple[str, ...], ("a",)),
        (("takes",), list[Split], ["takes"]),
        ([1, 2], list[float], [1.0, 2.0]),
    ],
)
def test_value_of_the_type_is_taken(given: object, kind: Any, value: object):
    got = read_value("p", given, kind)
    assert got == value
    assert type(got) is type(value)


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("1.5", int),
        ("1e3", int),
        (1.0, int),
        (True, int),
        (True, float),
        (True, Literal[1, 2]),
        (1, bool),
        ("perhaps", bool),
        (None, int),
        ("none", int),
        ("nan", float),
        ("-inf", float),
        (float("nan"), float),
        (3, str),
        ("c", Split),
        ("take", list[Split]),
        ("", list[Split]),
        ((), tuple[Split, ...]),
        (["takes", "c"], list[Split]),
        (["x"], list[int]),
        (["1"], list[int]),
        ([True], list[int]),
        ("[1", list[int]),
        ("1,x", list[int]),
        ({"a"}, list[str]),
        (1, list[int]),
        ("(" * 500, list[int]),
        ("1", len),
    ],
)
def test_value_of_another_type_is_a_parameter_error(value: object, kind: Any):
    with pytest.raises(ParameterError, match="parameter 'p'"):
        read_value("p", value, kind)


@pytest.mark.parametrize(
    ("value", "kind", "words"),
    [
        ("x", int, "parameter 'p': not a value of type int (found: 'x')"),
        ("x", int | None, "parameter 'p': not a value of type int or None (found: 'x')"),
        ("x", list[float], "parameter 'p': not a value of type list of float (found: 'x')"),
        ("x", Split, "not among the choices of type str (found: 'x'). Choose from: cycles, takes."),
        ("x", list[Split], "type list of str (found: 'x'). Choose from: cycles, takes; separate several by"),
        ("x", Literal["", Split], "Choose from: cycles, takes."),
    ],
)
def test_refusal_names_parameter_type_and_choices(value: object, kind: Any, words: str):
    with pytest.raises(ParameterError) as caught:
        read_value("p", value, kind)
    assert words in str(caught.value)


PLAIN = st.one_of(st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.none())


@given(PLAIN | st.lists(st.text()) | st.lists(st.integers()) | st.text())
def test_text_of_a_value_gives_the_value(value: Any):
    kinds = {bool: bool, int: int, float: float, str: str, type(None): int | None}
    inner = list[int] if isinstance(value, list) and value and isinstance(value[0], int) else list[str]
    assert read_value("p", to_text(value), kinds.get(type(value), inner)) == value


def test_items_are_divided_at_commas_outside_of_quotes():
    assert split_items(' a ,"b, c" ,, d"e') == ["a", "b, c", 'd"e']


@pytest.mark.parametrize(
    ("kind", "plain"),
    [(Split, str), (list[Split], list[str]), (tuple[str, ...], list[str]), (int, int), (tuple, list)],
)
def test_plain_type_is_what_a_cell_says(kind: Any, plain: Any):
    assert plain_type(kind) == plain


def test_counts_have_limits():
    assert read_count("n", "3", least=1, most=3) == 3
    for value, most, words in ((0, None, "at least 1"), (4, 3, "from 1 to 3"), ("x", None, "type int")):
        with pytest.raises(ParameterError, match=f"'n'.*{words}"):
            read_count("n", value, least=1, most=most)


def test_unknown_name_is_refused_with_what_was_meant():
    with pytest.raises(ParameterError, match=r"'speeds'.*Did you mean seeds\? Known parameters: seeds, x"):
        refuse_unknown(["x", "speeds"], ["seeds", "x"])
