"""When the rows of a take were taken: clocks under many names, dropped frames, uneven steps."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simple_walker import csv_text, walk_m, write_manifest

from affectlib.recordings import check_library, open_library, read_recordings
from affectlib.recordings.clocks import make_clock, read_name
from affectlib.recordings.even_steps import find_steps, to_frames

RATE_HZ = 30.0
SECONDS = 10.0
N = round(RATE_HZ * SECONDS)
FRAMES = np.arange(N)
TIME_S = FRAMES / RATE_HZ
DROPPED = np.setdiff1d(FRAMES, np.arange(5, N - 5, 6))  # every sixth frame was not written


def _walk_at(time_s):
    """Return the closed-form walker at any moments: its joints move by sines and a constant speed."""
    fine = walk_m(float(np.max(time_s)) + 0.2, rate_hz=3000)
    return fine[np.clip(np.rint(np.asarray(time_s) * 3000).astype(int), 0, len(fine) - 1)]


@pytest.fixture
def library(tmp_path):
    def write(position, *, rate_hz="30", **columns):
        lines = csv_text(position, rate_hz=None).splitlines()
        names = ",".join([*columns, lines[0]])
        cells = zip(*columns.values(), strict=True) if columns else [()] * len(position)
        rows = [",".join([*map(str, cell), line]) for cell, line in zip(cells, lines[1:], strict=True)]
        (tmp_path / "a.csv").write_text("\n".join([names, *rows]) + "\n")
        write_manifest(tmp_path, f"a.csv,ann,happy,1,{rate_hz},m,z,")
        return check_library(tmp_path)

    return write


def _recording(check):
    assert check.ok, str(check)
    (recording,) = read_recordings(open_library(check.library.root)).recordings
    return recording


def _as_ms(time_s):
    return [f"{1000 * time:.1f}" for time in time_s]


WRITTEN = {
    "time_s": lambda t: [f"{x:.4f}" for x in t],
    "Time (Seconds)": lambda t: [f"{x:.6f}" for x in t],
    "seconds": lambda t: [f"{x:.6f}" for x in t],
    "timestamp_ms": _as_ms,
    "timeMs": _as_ms,
    "TimeStamp [ms]": _as_ms,
    "time": lambda t: [f"{x:.4f}" for x in t],
    "timestamp": _as_ms,
    "t": lambda t: [f"{x + 71.2:.5f}" for x in t],
    "frame_time_us": lambda t: [f"{1e6 * x:.0f}" for x in t],
    "host_timestamp": lambda t: [f"{1e6 * x + 1.5e15:.0f}" for x in t],
    "RelativeTime": lambda t: [f"{1e7 * x:.0f}" for x in t],
    "time_ns": lambda t: [f"{1e9 * x + 1.7e18:.0f}" for x in t],
    "epoch": lambda t: [f"{x + 1.7e9:.3f}" for x in t],
    "utc": lambda t: [f"2024-05-01T10:00:{x:09.6f}Z" for x in t],
    "clock": lambda t: [f"10:00:{x:06.3f}" for x in t],
    "minutes": lambda t: [f'"17:{x:06.3f}"'.replace(".", ",") for x in t],
    "datetime": lambda t: [f"01.05.2024 10:00:{x:06.3f}" for x in t],
    "frame": lambda t: [f"{round(x * RATE_HZ) + 1}" for x in t],
    "Frame#": lambda t: [f"{round(x * RATE_HZ)}" for x in t],
    "frameNo": lambda t: [f"{round(x * RATE_HZ) + 4000}.0" for x in t],
}


@pytest.mark.parametrize("name", WRITTEN)
def test_dropped_frames_are_gaps_whatever_the_clock_is_called(library, name):
    check = library(_walk_at(TIME_S[DROPPED]), **{name: WRITTEN[name](TIME_S[DROPPED])})
    recording = _recording(check)
    assert recording.n_frames == N
    assert recording.rate_hz == pytest.approx(RATE_HZ)
    assert recording.repairs.interpolated_frames == N - len(DROPPED)
    assert np.abs(recording.position - _walk_at(TIME_S)).max() < 0.02
    assert check.findings.warnings == ()


@pytest.mark.parametrize("name", [name for name in WRITTEN if "rame" not in name or "time" in name])
def test_the_clock_says_the_rate_where_nothing_else_does(library, name):
    check = library(_walk_at(TIME_S), rate_hz="", **{name: WRITTEN[name](TIME_S)})
    assert _recording(check).rate_hz == pytest.approx(RATE_HZ, rel=1e-4)


@pytest.mark.parametrize("name", WRITTEN)
def test_an_even_clock_changes_nothing(library, name):
    plain = _recording(library(_walk_at(TIME_S))).position
    check = library(_walk_at(TIME_S), **{name: WRITTEN[name](TIME_S)})
    np.testing.assert_array_equal(_recording(check).position, plain)
    assert check.findings.warnings == ()


@pytest.mark.parametrize("name", ["timestamp_ms", "time_s", "time_us", "utc"])
def test_a_clock_of_certain_unit_that_contradicts_the_rate_is_a_problem(library, name):
    check = library(
        _walk_at(TIME_S), rate_hz="60", **{name: WRITTEN.get(name, WRITTEN["frame_time_us"])(TIME_S)}
    )
    (problem,) = check.findings.problems
    assert problem.found == "30 Hz in the file, 60 Hz in library.csv"
    check = library(
        _walk_at(TIME_S), rate_hz="60!", **{name: WRITTEN.get(name, WRITTEN["frame_time_us"])(TIME_S)}
    )
    assert _recording(check).rate_hz == 60
    assert "overrules" in " ".join(check.findings.notes)


@pytest.mark.parametrize(
    ("name", "cells", "says"),
    [
        ("time", [f"{x:.4f}" for x in TIME_S / 2], "60 Hz in s, where rate_hz is 30"),
        ("t", _as_ms(TIME_S * 2), "15 Hz in ms, where rate_hz is 30"),
        ("index", DROPPED, "skips"),
        ("uhr", _as_ms(np.where(FRAMES > 99, TIME_S + 2, TIME_S)), "skips 60 frames"),
        ("epoch_s", [f"{int(x)}" for x in TIME_S * 1.2], "rows in"),
        ("time", DROPPED, "skips"),
    ],
)
def test_columns_that_look_like_times_and_do_not_fit_cause_a_warning(library, name, cells, says):
    position = _walk_at(np.arange(len(cells)) / RATE_HZ)
    check = library(position, **{name: cells})
    (warning,) = check.findings.warnings
    assert warning.where == f"column {name!r}"
    assert "is not used" in warning.problem
    assert says in warning.found
    assert _recording(check).n_frames == len(cells)


RANDOM = np.random.default_rng(5)
HARMLESS = {
    "index": FRAMES,
    "row": FRAMES + 1,
    "frame": FRAMES,
    "sub frame": FRAMES * 0,
    "trial": ["sad"] * N,
    "time_of_day": ["morning"] * N,
    "exposure_time_us": RANDOM.integers(8000, 9000, N),
    "dt_ms": [33.3] * N,
    "distance": np.cumsum(RANDOM.uniform(0.02, 0.05, N)),
    "confidence": RANDOM.uniform(0, 1, N),
    "epoch_s": [f"{int(1.7e9 + x)}" for x in TIME_S],
    "date": ["2024-05-01"] * N,
    "phase": np.arange(N) % 30,
    "heart_rate": RANDOM.integers(60, 62, N),
    "timepoint": [1] * N,
}


@pytest.mark.parametrize("name", HARMLESS)
def test_other_columns_cause_no_warning(library, name):
    check = library(_walk_at(TIME_S), **{name: HARMLESS[name]})
    assert check.findings.warnings == ()
    assert check.findings.notes == (() if name == "frame" else (f"a: columns left unused: {name}",))
    assert _recording(check).n_frames == N


def test_two_clocks_that_disagree_cause_a_warning(library):
    check = library(_walk_at(TIME_S), time_s=WRITTEN["time_s"](TIME_S), stamp_ms=_as_ms(TIME_S * 1.1))
    (warning,) = check.findings.warnings
    assert warning.where == "column 'stamp_ms'"
    check = library(
        _walk_at(TIME_S[DROPPED]), time_s=WRITTEN["time_s"](TIME_S[: len(DROPPED)]), frame=FRAMES[DROPPED]
    )
    (warning,) = check.findings.warnings
    assert f"skips {N - len(DROPPED)} frames" in warning.found


def test_frame_numbers_in_steps_of_two_cause_a_warning(library):
    check = library(_walk_at(TIME_S), frame=FRAMES * 2)
    (warning,) = check.findings.warnings
    assert warning.found == "steps of 2"
    assert _recording(check).n_frames == N


def test_an_impossible_unit_is_an_error_that_names_the_possible_one(library):
    check = library(_walk_at(TIME_S), time_s=_as_ms(TIME_S))
    (problem,) = check.findings.problems
    assert problem.problem == "rate that cannot be right"
    assert "ms (30 Hz)" in problem.remedy


# Uneven steps


def _uneven(kind: str) -> np.ndarray:
    random = np.random.default_rng(3)
    if kind == "jitter":
        return TIME_S + random.normal(0, 0.003, N)
    if kind == "strong jitter":
        return TIME_S + random.uniform(-0.4, 0.4, N) / RATE_HZ
    if kind == "every twelfth late":
        return np.concatenate([[0], np.cumsum(np.where(np.arange(1, N) % 12, 0.032, 0.048))])
    if kind == "slower half":
        return np.concatenate([[0], np.cumsum(np.where(np.arange(1, N) < N // 2, 1 / 30, 1 / 25))])
    if kind == "half as fast from the middle":
        return np.concatenate([[0], np.cumsum(np.where(np.arange(1, N) < N // 2, 1 / 30, 1 / 14.3))])
    return np.cumsum(random.uniform(0.02, 0.05, N))


KINDS = [
    "jitter",
    "strong jitter",
    "every twelfth late",
    "slower half",
    "half as fast from the middle",
    "any",
]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("rate_hz", ["", "30"])
def test_uneven_times_are_resampled_with_a_note(library, kind, rate_hz):
    times = _uneven(kind)
    check = library(_walk_at(times - times[0]), rate_hz=rate_hz, time_s=[f"{x:.4f}" for x in times])
    recording = _recording(check)
    at_s = np.arange(recording.n_frames) / recording.rate_hz
    assert recording.duration_s == pytest.approx(times[-1] - times[0], abs=0.1)
    error = np.abs(recording.position - _walk_at(at_s))
    assert error.max() < 0.02
    assert np.sqrt((error**2).mean()) < 0.002
    (note,) = check.findings.notes
    assert f"resampled to {recording.rate_hz:.4g} Hz" in note
    assert recording.rate_hz == (30 if rate_hz else pytest.approx(recording.rate_hz))


@settings(max_examples=60, deadline=None)
@given(
    jitter=st.floats(0, 0.45),
    seed=st.integers(0, 10**6),
    rate_hz=st.sampled_from([24.0, 29.97, 30.0, 60.0, 120.0]),
    digits=st.integers(3, 7),
)
def test_no_draw_of_a_clock_is_refused(jitter, seed, rate_hz, digits):
    random = np.random.default_rng(seed)
    number = np.arange(round(5 * rate_hz))
    times = np.round((number + random.uniform(-jitter, jitter, len(number))) / rate_hz, digits)
    x = np.sin(times - times[0])[:, None, None] * np.ones(3)
    steps = find_steps(times, x)
    assert 1 / steps.step == pytest.approx(rate_hz, rel=0.05)
    placed = to_frames(x, steps, unit_s=1.0)
    at_s = np.arange(len(placed)) * steps.step
    seen = np.isfinite(placed[:, 0, 0])
    assert seen.mean() > 0.9
    # Within a tenth of a step rows stay as they are; a step is at most 1/24 s.
    assert np.abs(placed[seen, 0, 0] - np.sin(at_s[seen])).max() < 0.02


@settings(max_examples=60, deadline=None)
@given(
    lost=st.sets(st.integers(1, 298), max_size=180),
    rate_hz=st.sampled_from([24.0, 29.97, 30.0, 60.0, 120.0]),
    digits=st.integers(4, 7),
)
def test_any_dropped_frames_leave_every_row_its_frame(lost, rate_hz, digits):
    frame = np.setdiff1d(np.arange(300), sorted(lost))
    steps = find_steps(np.round(frame / rate_hz, digits), np.zeros((len(frame), 1, 3)))
    ratio = steps.step * rate_hz
    # Nobody can know that frames were dropped between all others.
    assert ratio == pytest.approx(round(ratio), rel=1e-3)
    np.testing.assert_array_equal(steps.frame * round(ratio), frame)


@settings(max_examples=150, deadline=None)
@given(
    times=st.lists(
        st.one_of(st.floats(allow_nan=True, allow_infinity=True), st.floats(-1, 10), st.integers(-3, 99)),
        max_size=60,
    )
)
def test_times_that_lie_never_crash(times):
    values = np.array(times, dtype=np.float64)
    clock = make_clock("time_s", values)
    position = np.zeros((len(values), 1, 3))
    try:
        steps = find_steps(clock.values, position)
    except ValueError:  # the reader makes a RecordingError of it
        return
    assert steps.step > 0
    assert len(to_frames(position, steps, unit_s=1.0)) <= 100 * len(values) + 1


def test_long_gaps_are_not_bridged_and_lost_joints_stay_lost(library):
    random = np.random.default_rng(4)
    times = TIME_S + random.normal(0, 0.003, N)
    times[150:] += 1.0
    position = _walk_at(times - times[0])
    position[40:60, 4] = 0  # a wrist that the sensor lost for .67 s
    check = library(position, time_s=[f"{x:.4f}" for x in times])
    assert check.ok
    recordings = read_recordings(open_library(check.library.root)).recordings
    assert len(recordings) == 3
    for recording in recordings:
        at_s = recording.start_s + np.arange(recording.n_frames) / recording.rate_hz
        assert np.abs(recording.position - _walk_at(at_s)).max() < 0.03


def test_few_rows_that_stand_still_or_go_back_are_dropped_with_a_note(library):
    times = TIME_S.copy()
    times[[50, 120]] = times[[49, 119]]
    times[200] = times[190]
    check = library(_walk_at(TIME_S), time_s=[f"{x:.4f}" for x in times])
    assert _recording(check).n_frames == N
    assert any("3 of 300 rows dropped" in note for note in check.findings.notes)


def test_copies_of_rows_are_dropped_however_many(library):
    twice = np.repeat(FRAMES, 2)
    check = library(_walk_at(TIME_S)[twice], time_s=[f"{x:.4f}" for x in TIME_S[twice]])
    recording = _recording(check)
    assert recording.n_frames == N
    assert any("300 of 600 rows dropped" in note for note in check.findings.notes)


@pytest.mark.parametrize(
    ("times", "says"),
    [
        (np.concatenate([TIME_S[:150], TIME_S[:150]]), "goes back or stands still in 150 of 300 rows"),
        (np.where(FRAMES % 5 == 4, TIME_S - 1 / RATE_HZ, TIME_S), "stands still in 60 of 300 rows"),
        (np.where(FRAMES == 100, 1e9, TIME_S), "in 199 of 300 rows, first after 1000000000"),
        (np.where(FRAMES == 299, 1e9, TIME_S), "300 rows spread over"),
        (np.where(FRAMES % 3, TIME_S, np.nan), "a time is missing in 100 of 300 rows"),
    ],
)
@pytest.mark.parametrize("name", ["time_s", "Elapsed (s)"])
def test_times_that_cannot_be_used_are_a_problem(library, times, says, name):
    cells = ["" if np.isnan(x) else f"{x:.4f}" for x in times]
    (problem,) = library(_walk_at(TIME_S), **{name: cells}).findings.problems
    assert problem.problem == "times that cannot be used"
    assert says in problem.found
    assert library(_walk_at(TIME_S), rate_hz="30!", **{name: cells}).ok


@pytest.mark.parametrize("rate_hz", [24, 29.97, 60, 120])
@pytest.mark.parametrize("digits", [2, 3, 4, 6])
def test_times_written_with_few_digits_are_assigned_to_every_frame(rate_hz, digits):
    frame = np.arange(4000)
    if digits > 2:
        frame = np.concatenate([frame[:1000], frame[1005:]])
    steps = find_steps(np.round(frame / rate_hz, digits), np.zeros((len(frame), 1, 3)))
    assert 1 / steps.step == pytest.approx(rate_hz, rel=1e-3)
    np.testing.assert_array_equal(steps.frame, frame)


@pytest.mark.parametrize(
    ("name", "kind"),
    [("sub frame", "unknown"), ("frame_rate", "unknown"), ("step", "unknown"), ("index", "perhaps frames"),
     ("Unnamed: 0", "perhaps frames"), ("", "perhaps frames"), ("FrameNumber", "frames"), ("t", "times"),
     ("Sample Index", "frames"), ("Zeitstempel", "times")],
)  # fmt: skip
def test_what_names_of_columns_say(name, kind):
    assert read_name(name)[0] == kind
