from __future__ import annotations

import numpy as np
import pytest
from simple_walker import walk_m

from affectlib.errors import RecordingError
from affectlib.recordings.formats import ptd


@pytest.fixture
def file(tmp_path):
    file = tmp_path / "a.ptd"
    ptd.write_ptd(file, walk_m())
    return file


def test_what_is_written_is_read_to_six_digits(file):
    np.testing.assert_allclose(ptd.read_ptd(file), walk_m(), rtol=5e-6, atol=2e-7)


def test_writing_keeps_the_quirks_of_the_library(file):
    lines = file.read_bytes().split(b"\r\n")
    assert lines[0] == b"119"
    assert len(lines) == 1 + 120 + 1
    assert all(line.endswith(b" ") and len(line.split()) == 45 for line in lines[1:-1])


@pytest.mark.parametrize("count", [119, 120])
def test_count_may_be_right_or_one_less(file, count):
    file.write_bytes(file.read_bytes().replace(b"119\r\n", f"{count}\r\n".encode(), 1))
    assert len(ptd.read_ptd(file)) == 120


@pytest.mark.parametrize("count", [118, 121, 1500])
def test_any_other_count_is_an_error(file, count):
    file.write_bytes(file.read_bytes().replace(b"119\r\n", f"{count}\r\n".encode(), 1))
    with pytest.raises(RecordingError, match=f"120 rows where line 1 says {count}"):
        ptd.read_ptd(file)


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data.replace(b"\r\n", b"\n"),
        lambda data: data.replace(b" \r\n", b"\r\n"),
        lambda data: data.replace(b" ", b"\t"),
        lambda data: data.replace(b" ", b"   "),
        lambda data: data.replace(b"\r\n", b"\r\n\r\n"),
        lambda data: data.rstrip(),
    ],
    ids=["unix line ends", "no trailing blank", "tabs", "more blanks", "blank lines", "no last line end"],
)
def test_white_space_does_not_count(file, change):
    before = ptd.read_ptd(file)
    file.write_bytes(change(file.read_bytes()))
    np.testing.assert_array_equal(ptd.read_ptd(file), before)


def test_fast_parser_agrees_with_python_to_the_last_bit(file):
    rows = file.read_text().splitlines()[1:]
    slow = np.array([[float(token) for token in row.split()] for row in rows]).reshape(-1, 15, 3)
    np.testing.assert_array_equal(ptd.read_motion(file).position, slow)


@pytest.mark.parametrize(
    ("extra", "where"), [(b"1 ", "46 numbers"), (b"1", "not a number|46 numbers"), (b"x ", "46 numbers")]
)
def test_a_row_too_long_is_named(file, extra, where):
    lines = file.read_bytes().split(b"\r\n")
    lines[7] += extra
    file.write_bytes(b"\r\n".join(lines))
    with pytest.raises(RecordingError, match=where) as caught:
        ptd.read_ptd(file)
    assert caught.value.where.startswith("line 8")


def test_one_row_too_long_and_one_too_short_do_not_even_out(file):
    lines = file.read_bytes().split(b"\r\n")
    lines[7], lines[9] = lines[7] + b"1 ", b" ".join(lines[9].split()[:44]) + b" "
    file.write_bytes(b"\r\n".join(lines))
    with pytest.raises(RecordingError, match="line 8"):
        ptd.read_ptd(file)


def test_nan_says_that_a_joint_was_not_seen(file):
    lines = file.read_bytes().split(b"\r\n")
    lines[3] = b"nan nan nan " + b" ".join(lines[3].split()[3:]) + b" "
    file.write_bytes(b"\r\n".join(lines))
    position = ptd.read_ptd(file)
    assert np.isnan(position[2, 0]).all()
    assert np.isfinite(np.delete(position, 2, axis=0)).all()


@pytest.mark.parametrize("bad", [np.zeros((5, 14, 3)), np.zeros((1, 15, 3)), np.full((5, 15, 3), np.nan)])
def test_what_is_no_motion_is_not_written(tmp_path, bad):
    with pytest.raises(ValueError, match="position_m must be"):
        ptd.write_ptd(tmp_path / "b.ptd", bad)
    assert not list(tmp_path.iterdir())


@pytest.mark.real_data
def test_genuine_file(real_data, tmp_path):
    genuine = real_data / "body_movement_library" / "ale_pt" / "ale_walk_nu_1_fin.ptd"
    position = ptd.read_ptd(genuine)
    assert position.shape == (1501, 15, 3)
    ptd.write_ptd(tmp_path / "again.ptd", position)
    again = (tmp_path / "again.ptd").read_bytes().split(b"\r\n")
    # The genuine writer put ".0" behind a few whole numbers; all else is the same.
    differ = [
        pair for pair in zip(genuine.read_bytes().split(b"\r\n"), again, strict=True) if pair[0] != pair[1]
    ]
    assert len(differ) < 10
    np.testing.assert_array_equal(ptd.read_ptd(tmp_path / "again.ptd"), position)
