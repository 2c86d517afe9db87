"""Writing where there may be no space: a clear word, and nothing half written."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from affectlib.errors import AffectlibError

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class DiskFullError(AffectlibError):
    """A file that cannot be written, because a disk is full, a quota used up or a file too large."""


def is_full(error: BaseException) -> bool:
    """Tell whether an error means that there is no space.

    Parameters
    ----------
    error : BaseException
        Any error.

    Returns
    -------
    bool
        True for a full disk, a quota that is used up, and a file larger than it may be.
    """
    return isinstance(error, OSError) and error.errno in _FULL


@contextmanager
def writing(file: str | Path) -> Iterator[None]:
    """Name the file where there is no space for it; the operating system does not.

    Parameters
    ----------
    file : str or Path
        The file or folder that is written.

    Yields
    ------
    None
        Nothing.

    Raises
    ------
    DiskFullError
        Where there is no space.
    """
    try:
        yield
    except OSError as error:
        if not is_full(error):
            raise
        raise DiskFullError(
            f"{str(error.strerror).lower()}: {error.filename or file}",
            remedy="Free some space, or choose another folder for results (--out) and for what is kept "
            "(--cache). What is done is kept.",
        ) from error


def write_netcdf(data: Any, path: Path) -> None:
    """Write a dataset as netCDF, by way of memory.

    HDF5 cannot write to a full disk without ending the whole process.

    Parameters
    ----------
    data : xarray.Dataset or xarray.DataArray
        What is written.
    path : Path
        File to write; an existing one is overwritten.
    """
    content = data.to_netcdf(engine="h5netcdf")
    with writing(path):
        path.write_bytes(content)
