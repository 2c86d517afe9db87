"""A full disk: a clear word, nothing half written, nothing else lost."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from walking_library import write_library

from affectlib.cli import main
from affectlib.disk import DiskFullError, write_netcdf, writing
from affectlib.stages.store import Store
from affectlib.workbook.files import write_whole

resource = pytest.importorskip("resource", reason="limits of files are a matter of POSIX")


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_library(tmp_path_factory.mktemp("walks") / "library", people=("ada",))


def affectlib(
    *arguments: object, largest: int | None = None, **options: object
) -> subprocess.CompletedProcess:
    """Run the command where no file can be larger than some number of bytes."""

    def limit() -> None:
        if largest is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))

    command = [sys.executable, "-m", "affectlib", *map(str, arguments)]
    return subprocess.run(command, preexec_fn=limit, stderr=subprocess.PIPE, text=True, **options)


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("where", ["cache", "out"])
def test_cycles(library: Path, tmp_path: Path, where: str) -> None:
    """The cache fills up, or the place that cycles are written to."""
    out, cache = tmp_path / "out" / "cycles.nc", tmp_path / "cache"
    out.parent.mkdir()
    out.write_bytes(b"an earlier result")
    if where == "out":
        assert main(["cycles", str(library), str(tmp_path / "first.nc"), "--cache", str(cache)]) == 0
    before = files(cache)
    done = affectlib("cycles", library, out, "--cache", cache, largest=20_000)
    assert done.returncode == 1, done.stderr
    full = cache / "cycles" if where == "cache" else out
    assert f"affectlib: {os.strerror(errno.EFBIG).lower()}: {full}" in done.stderr
    assert "Free some space" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert out.read_bytes() == b"an earlier result"
    assert files(out.parent) == [out]
    assert not [path for path in files(cache) if "partial" in str(path)]
    assert set(before) <= set(files(cache))
    assert main(["cycles", str(library), str(out), "--cache", str(cache)]) == 0


def test_demo_library(tmp_path: Path) -> None:
    done = affectlib("demo", tmp_path / "demo", "--subjects", 1, largest=50_000)
    assert done.returncode == 1
    assert f"{os.strerror(errno.EFBIG).lower()}: {tmp_path / 'demo'}" in done.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_what_is_printed_cannot_be_written(library: Path) -> None:
    with open("/dev/full", "w") as full:
        done = affectlib("check", library, stdout=full)
    assert done.returncode == 1
    assert done.stderr.startswith("affectlib: no space left on device: what is printed")
    assert "Exception ignored" not in done.stderr


class Full(Path):
    """A file on a full disk: what is written first arrives."""

    def write_bytes(self, data: bytes) -> int:
        Path(self).with_suffix(self.suffix).open("wb").write(bytes(data)[:10])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_no_file_of_a_run_is_left_half(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "table.csv").write_text("old")
    monkeypatch.setattr(Path, "write_bytes", Full.write_bytes)
    with pytest.raises(DiskFullError, match=r"no space left on device: .*table\.csv\. Free"):
        write_whole(tmp_path / "table.csv", "new")
    assert [path.name for path in tmp_path.iterdir()] == ["table.csv"]
    assert (tmp_path / "table.csv").read_text() == "old"


def test_datasets_are_written_by_way_of_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """HDF5 ends the process where it cannot write; bytes can be refused."""
    data = xr.DataArray(np.arange(5.0), dims="x", name="numbers")
    write_netcdf(data, tmp_path / "numbers.nc")
    xr.testing.assert_identical(xr.load_dataarray(tmp_path / "numbers.nc", engine="h5netcdf"), data)
    monkeypatch.setattr(Path, "write_bytes", Full.write_bytes)
    with pytest.raises(DiskFullError, match=r"numbers\.nc"):
        write_netcdf(data, tmp_path / "numbers.nc")


def test_a_stage_on_a_full_disk_leaves_nothing(tmp_path: Path) -> None:
    def write(folder: Path) -> None:
        (folder / "half.csv").write_text("half")
        raise OSError(errno.EDQUOT, os.strerror(errno.EDQUOT))

    store = Store(tmp_path)
    with pytest.raises(DiskFullError, match=f"{os.strerror(errno.EDQUOT).lower()}: {tmp_path}"):
        store.keep("s", inputs={}, code="c", write=write)
    assert not list((tmp_path / "s").iterdir())


def test_other_errors_are_not_taken_for_it(tmp_path: Path) -> None:
    with pytest.raises(PermissionError), writing(tmp_path):
        raise PermissionError(errno.EACCES, "no")
