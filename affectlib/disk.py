"""Errors of a full disk that name the file, and no process killed by HDF5."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from affectlib.errors import AffectlibError

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class DiskFullError(AffectlibError):
    """A file that cannot be written because of a full disk, an exhausted quota or its size."""


def is_full(error: BaseException) -> bool:
    """Return whether an error means a full disk, an exhausted quota or a file above the size limit."""
    return isinstance(error, OSError) and error.errno in _FULL


@contextmanager
def writing(file: str | Path) -> Iterator[None]:
    """Convert errors of a full disk, which do not always name a file, to ones that do.

    Parameters
    ----------
    file : str or Path
        The file or folder that is written.

    Raises
    ------
    DiskFullError
        If there is no space.
    """
    try:
        yield
    except OSError as error:
        if not is_full(error):
            raise
        raise DiskFullError(
            f"{str(error.strerror).lower()}: {error.filename or file}",
            remedy="Free some space, or choose another folder for results (--out) and for the cache "
            "(--cache). Finished work is preserved.",
        ) from error


def write_netcdf(data: Any, path: Path) -> None:
    """Write an xarray object as netCDF; an existing file is overwritten."""
    # By way of memory: HDF5 ends the whole process when the disk is full.
    content = data.to_netcdf(engine="h5netcdf")
    with writing(path):
        path.write_bytes(content)
