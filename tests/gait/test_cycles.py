"""The Cycles dataset: what it holds, how it is written, what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from walkers import in_the_room, on_the_spot, recording

from affectlib.errors import AffectlibError, CyclesError, ParameterError
from affectlib.gait import (
    Preprocessing,
    describe_absences,
    load_cycles,
    make_cycles,
    save_cycles,
    segment,
    segment_all,
    segmentation_table,
    subjects_without_cycles,
    takes_without_cycles,
)
from affectlib.gait.alignment import REFERENCE_BONES_M, normalise_bones
from affectlib.skeleton import AXES, BONES, JOINTS, bone_lengths_m

TIME_S = np.arange(0, 10, 1 / 60)
SOURCE = {"library_name": "closed form", "simulated": True, "library_fingerprint": "f00d"}


def walk(stride_hz: float, **fields: str):
    heading = 0.4 * TIME_S
    path_m = np.stack([np.sin(heading), -np.cos(heading)], axis=1)
    return recording(in_the_room(on_the_spot(stride_hz * TIME_S), heading=heading, path_m=path_m), **fields)


@pytest.fixture
def cycles() -> xr.Dataset:
    return make_cycles([walk(0.8), walk(1.0, label="happy", name="ada/happy_1")], **SOURCE)


def test_every_cycle_is_the_closed_forms_stride(cycles: xr.Dataset) -> None:
    stride = normalise_bones(on_the_spot(np.arange(100) / 100))
    np.testing.assert_allclose(
        cycles["position"].values, np.tile(stride, (cycles.sizes["cycle"], 1, 1, 1)), atol=0.01
    )


def test_bones_have_their_lengths_even_between_noisy_frames() -> None:
    noisy = on_the_spot(0.9 * TIME_S) + np.random.default_rng(0).normal(scale=0.02, size=(len(TIME_S), 15, 3))
    position = segment(recording(noisy)).position
    expected_m = [REFERENCE_BONES_M[bone] for bone in BONES]
    assert np.abs(bone_lengths_m(position) - expected_m).max() < 1e-4


def test_coordinates_tell_whose_cycle_it_is(cycles: xr.Dataset) -> None:
    assert cycles["position"].dims == ("cycle", "phase", "joint", "axis")
    assert cycles["position"].dtype == np.float32
    assert tuple(cycles["joint"].values) == JOINTS
    assert tuple(cycles["axis"].values) == AXES
    happy = cycles.isel(cycle=cycles["label"] == "happy")
    assert set(happy["recording"].values) == {"ada/happy_1"}
    np.testing.assert_allclose(happy["end_s"] - happy["start_s"], 1.0, atol=0.02)
    assert np.all(happy["start_s"].values[1:] == happy["end_s"].values[:-1])


def test_each_cycle_knows_how_far_its_walker_turned(cycles: xr.Dataset) -> None:
    happy = cycles.isel(cycle=cycles["label"] == "happy")
    # 0.4 radians a second to the left, one second a stride.
    np.testing.assert_allclose(happy["turn_deg"], np.degrees(0.4), atol=1.5)
    assert cycles["turn_deg"].attrs["units"] == "deg"


def test_a_file_of_an_earlier_version_has_unknown_turns(cycles: xr.Dataset, tmp_path: Path) -> None:
    loaded = load_cycles(save_cycles(cycles.drop_vars("turn_deg"), tmp_path / "cycles.nc"))
    assert np.isnan(loaded["turn_deg"]).all()
    assert loaded["turn_deg"].dims == ("cycle",)


def test_a_file_gives_back_what_was_saved(cycles: xr.Dataset, tmp_path: Path) -> None:
    path = save_cycles(cycles, tmp_path / "new folder" / "cycles.nc")
    xr.testing.assert_identical(load_cycles(path).drop_attrs(), cycles.drop_attrs())
    assert load_cycles(path).attrs == cycles.attrs
    assert [file.name for file in path.parent.iterdir()] == ["cycles.nc"]


def test_parameters_travel_with_the_cycles() -> None:
    chosen = Preprocessing(n_phases=32, normalise_bones=False)
    cycles = make_cycles([walk(0.8)], preprocessing=chosen, **SOURCE)
    assert cycles.sizes["phase"] == 32
    assert Preprocessing.from_json(cycles.attrs["preprocessing"]) == chosen


def test_nobody_walking_is_an_error_that_says_what_to_do() -> None:
    still = recording(on_the_spot(0 * TIME_S))
    with pytest.raises(CyclesError, match=r"no gait cycle in any of 1 recordings.*nobody walks.*notebook 02"):
        make_cycles([still], **SOURCE)
    slow = recording(on_the_spot(0.3 * TIME_S))
    with pytest.raises(CyclesError, match=r"0.30 Hz lies below.*min_stride_hz=0.2 might help\. Look"):
        make_cycles([slow], **SOURCE)


@pytest.mark.parametrize("content", [b"", b"not netCDF at all", b"\x89HDF\r\n\x1a\n" + b"\0" * 64])
def test_a_damaged_file_is_named(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "cycles.nc"
    path.write_bytes(content)
    with pytest.raises(CyclesError, match=r"cycles\.nc.*not a readable netCDF file"):
        load_cycles(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(CyclesError, match=r"absent\.nc: no such file"):
        load_cycles(tmp_path / "absent.nc")


@pytest.mark.parametrize("change", ["drop", "rename", "joints", "turns"])
def test_another_dataset_is_no_cycles_file(change: str, cycles: xr.Dataset, tmp_path: Path) -> None:
    other = {
        "drop": lambda: cycles.drop_vars("subject"),
        "rename": lambda: cycles.rename(phase="time"),
        "joints": lambda: cycles.assign_coords(joint=[name.upper() for name in JOINTS]),
        "turns": lambda: cycles.assign_coords(turn_deg=("phase", cycles["phase"].values)),
    }[change]()
    other.to_netcdf(tmp_path / "other.nc", engine="h5netcdf")
    with pytest.raises(CyclesError, match=r"other\.nc: not a Cycles file"):
        load_cycles(tmp_path / "other.nc")


def test_threads_do_not_change_the_order_or_the_numbers() -> None:
    walks = [walk(0.7 + 0.05 * k, name=f"walk {k}") for k in range(6)]
    one, two = segment_all(walks, workers=1), segment_all(walks, workers=3)
    assert [item.recording.name for item in two] == [item.name for item in walks]
    for first, second in zip(one, two, strict=True):
        np.testing.assert_array_equal(first.position, second.position)


def test_the_table_counts_what_was_kept_and_why_not() -> None:
    amplitude = np.clip((TIME_S - 2.0) / 0.5, 0, 1)
    late = recording(on_the_spot(0.9 * TIME_S, amplitude))
    table = segmentation_table([segment(late)])
    assert table.loc[0, "cycles"] == len(segment(late).position)
    assert table.loc[0, "stride_hz"] == pytest.approx(0.9, rel=0.03)
    assert "standing, starting or stopping" in table.loc[0, "rejected"]


def test_takes_and_people_without_a_cycle_are_named_with_the_reason() -> None:
    walks = [
        walk(0.8, name="ada/1"),
        recording(on_the_spot(0.3 * TIME_S), take="2", name="ada/2"),
        recording(on_the_spot(0 * TIME_S), subject="bob", name="bob/1"),
        # A long gap divides a take: one piece is enough.
        recording(on_the_spot(0.9 * TIME_S[:40]), subject="eve", name="eve/1"),
        walk(0.9, subject="eve", name="eve/1#2"),
    ]
    table = segmentation_table(segment_all(walks))
    assert (table["without_cycles"] == "").tolist() == [True, False, False, False, True]
    assert list(takes_without_cycles(table)["recording"]) == ["ada/2", "bob/1"]
    assert subjects_without_cycles(table) == ("bob",)
    assert describe_absences(table) == (
        "No gait cycle in 2 of 4 takes:",
        "  ada/2: stride of about 0.30 Hz lies below min_stride_hz (0.4); -p min_stride_hz=0.2",
        "  bob/1: nobody walks: the feet part by 0.00 m at most",
        "No gait cycle at all of 1 of 3 people: bob",
    )
    assert describe_absences(table[table["cycles"] > 0]) == ()


def test_the_table_says_how_much_people_turn() -> None:
    table = segmentation_table([segment(walk(1.0))])
    assert table.loc[0, "turn_deg"] == pytest.approx(np.degrees(0.4), abs=1)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("n_phases", 0),
        ("max_turn_deg", 400.0),
        ("min_amplitude", 2.0),
        ("window_strides", 0.0),
        ("max_stride_hz", 0.1),
    ],
)
def test_impossible_parameters_are_refused(name: str, value: float) -> None:
    with pytest.raises(ParameterError, match=f"parameter '{name}'.*Choose a value from"):
        Preprocessing(**{name: value})
    assert issubclass(ParameterError, AffectlibError)
