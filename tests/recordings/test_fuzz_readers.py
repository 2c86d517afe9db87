"""Readers of files with mutated bytes read them or raise an error that says what is wrong."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from simple_c3d import MIPS, c3d_bytes
from simple_walker import ARM, CMU, bvh_text, csv_text, walk_m, write_c3d, write_manifest

from affectlib.errors import AffectlibError
from affectlib.recordings import Recording, check_library, open_library
from affectlib.recordings.formats import FORMATS
from affectlib.recordings.formats.ptd import write_ptd
from affectlib.recordings.motion import Motion
from affectlib.recordings.takes import read_take

HUGE = [b"999999999", b"-1", b"1e308", b"1e999", b"nan", b"0", b"", b"\x00", b"9" * 400, b"2147483648"]


@lru_cache
def _sound(suffix: str) -> bytes:
    """Return a small sound file of each format."""
    walk = walk_m(1.2, rate_hz=30)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"a{suffix}"
        if suffix == ".ptd":
            write_ptd(file, walk)
        elif suffix == ".bvh":
            file.write_text(bvh_text(walk, rate_hz=30))
        elif suffix == ".csv":
            file.write_text(csv_text(walk, rate_hz=30))
        elif suffix == ".npz":
            np.savez(file, position=walk, joints=tuple(CMU.values()), rate_hz=30.0)
        else:
            write_c3d(file, walk * 1000, analog=suffix == ".c3d")
        return file.read_bytes()


@st.composite
def mutated(draw: st.DrawFn, data: bytes) -> bytes:
    """Truncate, flip, cut, insert; drop, double and swap lines; swap numbers for odd ones."""
    # Most of a file is numbers; what stands at its beginning decides more.
    near = min(len(data), 1500)
    for _ in range(draw(st.integers(1, 4))):
        if not data:
            break
        at = draw(st.integers(0, len(data) - 1) | st.integers(0, min(near, len(data)) - 1))
        kind = draw(
            st.sampled_from(["truncate", "flip", "cut", "insert", "drop", "double", "swap", "number"])
        )
        if kind == "truncate":
            data = data[:at]
        elif kind == "flip":
            data = data[:at] + bytes([draw(st.integers(0, 255))]) + data[at + 1 :]
        elif kind == "cut":
            data = data[:at] + data[at + draw(st.integers(1, 60)) :]
        elif kind == "insert":
            data = data[:at] + draw(st.binary(min_size=1, max_size=20)) + data[at:]
        elif kind == "number":
            tokens = data.split(b" ")
            tokens[draw(st.integers(0, len(tokens) - 1))] = draw(st.sampled_from(HUGE))
            data = b" ".join(tokens)
        else:
            lines = data.split(b"\n")
            first, second = (draw(st.integers(0, len(lines) - 1)) for _ in range(2))
            if kind == "swap":
                lines[first], lines[second] = lines[second], lines[first]
            else:
                lines[first : first + 1] = [lines[first]] * (0 if kind == "drop" else 2)
            data = b"\n".join(lines)
    return data


def _attempt(call: Callable[[], Any]) -> Any:
    """Return the result of a call, or the error if it is one of the package."""
    try:
        return call()
    except AffectlibError as error:
        return error


@pytest.mark.parametrize("suffix", FORMATS)
def test_the_files_are_sound_before_they_are_mutated(suffix, folder):
    (folder / f"c{suffix}").write_bytes(_sound(suffix))
    assert len(FORMATS[suffix].read_motion(folder / f"c{suffix}").position) == 36


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("mutated")


@pytest.mark.parametrize("suffix", FORMATS)
@settings(max_examples=120, deadline=5000, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_mutated_file_is_read_or_refused(suffix, data, folder):
    content = data.draw(mutated(_sound(suffix)))
    write_manifest(
        folder, f"a{suffix},p,sad,1,30,{'mm' if suffix == '.c3d' else 'in' if suffix == '.ptd' else 'm'},z,"
    )
    (folder / f"a{suffix}").write_bytes(content)
    (take,) = open_library(folder).takes
    outcome = _attempt(lambda: read_take(take))
    if isinstance(outcome, AffectlibError):
        assert outcome.file == take.file
        assert outcome.remedy
    elif not isinstance(outcome, str):
        for recording in outcome:
            assert isinstance(recording, Recording)
            assert np.isfinite(recording.position).all()


@settings(max_examples=60, deadline=5000, suppress_health_check=list(HealthCheck))
@given(content=mutated(c3d_bytes(walk_m(1.2, rate_hz=30) * 1000, machine=MIPS)))
def test_a_mutated_file_of_another_machine_is_read_or_refused(content, folder):
    (folder / "mips.c3d").write_bytes(content)
    outcome = _attempt(lambda: FORMATS[".c3d"].read_motion(folder / "mips.c3d"))
    if isinstance(outcome, AffectlibError):
        assert outcome.file == folder / "mips.c3d"
        assert outcome.remedy
    else:
        assert outcome.position.shape[1:] == (len(outcome.joints), 3)


@settings(max_examples=200, deadline=5000, suppress_health_check=list(HealthCheck))
@given(content=mutated(ARM.encode()))
def test_a_mutated_hierarchy_is_read_or_refused(content, folder):
    (folder / "arm.bvh").write_bytes(content)
    outcome = _attempt(lambda: FORMATS[".bvh"].read_motion(folder / "arm.bvh"))
    if isinstance(outcome, AffectlibError):
        assert outcome.remedy
    else:
        assert outcome.position.shape[1:] == (len(outcome.joints), 3)


@pytest.mark.parametrize("suffix", FORMATS)
@settings(max_examples=40, deadline=5000, suppress_health_check=list(HealthCheck))
@given(content=st.binary(max_size=2000))
def test_any_bytes_are_read_or_refused(suffix, content, folder):
    (folder / f"b{suffix}").write_bytes(content)
    outcome = _attempt(lambda: FORMATS[suffix].read_motion(folder / f"b{suffix}"))
    assert isinstance(outcome, Motion) or outcome.remedy


SIDE_FILES = {
    "library.csv": b"file,subject,label,take,rate_hz,unit,up,gender\na.csv,p,sad,1,30,m,z,F\n",
    "joints.json": b'{"head": "head", "neck": ["neck", "head"], "l_hip": "l_hip"}',
    "library.json": b'{"simulated": true, "name": "x", "rate_hz": 60, "genders": {"p": "F"}}',
}


@pytest.mark.parametrize("name", SIDE_FILES)
@settings(max_examples=25, deadline=5000, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_mutated_manifest_is_read_or_refused(name, data, tmp_path_factory):
    root = tmp_path_factory.mktemp("library")
    for other, content in SIDE_FILES.items():
        (root / other).write_bytes(content)
    (root / "a.csv").write_bytes(_sound(".csv"))
    (root / name).write_bytes(data.draw(mutated(SIDE_FILES[name])))
    check = check_library(root)
    assert str(check)
    assert check.to_json()
    assert check.ok or check.findings.problems


def test_a_header_that_promises_more_than_memory_is_refused_at_once(tmp_path):
    files = {
        "a.bvh": ARM.replace("Frames:\t2", "Frames: 999999999999").encode(),
        "a.ptd": b"999999999\r\n" + b"1 " * 45 + b"\r\n",
        "a.c3d": _sound(".c3d")[:8] + b"\xfe\xff" + _sound(".c3d")[10:],
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(AffectlibError):
            FORMATS[Path(name).suffix].read_motion(tmp_path / name)
