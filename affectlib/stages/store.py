"""Results on disk: found again by what they were made of, whole or not at all."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import platformdirs
from filelock import FileLock, Timeout

from affectlib.disk import writing

CACHE_VARIABLE = "AFFECTLIB_CACHE"
"""Environment variable that names the folder of kept results."""

LOG_VARIABLE = "AFFECTLIB_STAGE_LOG"
"""Environment variable that names a file to which every use of a result appends one JSON line."""

_RECORD = "entry.json"
_ABANDONED_S = 24 * 3600


@dataclass(frozen=True, kw_only=True)
class Kept:
    """One result on disk.

    Parameters
    ----------
    stage : str
        The stage that makes it.
    key : str
        Hex digest of everything that it was made of.
    folder : Path
        Where its files lie; to be read, never written.
    seconds : float
        What making it took.
    reused : bool
        True where it was there already.
    """

    stage: str
    key: str
    folder: Path
    seconds: float
    reused: bool


@dataclass(frozen=True)
class Store:
    """A folder of kept results, one subfolder per stage and key.

    An entry appears under its name only when all its files are written; an entry whose files
    are not what they were when it was sealed is thrown away and made again. What one process is
    making, another one waits for.

    Parameters
    ----------
    root : Path
        The folder; made when first needed.
    """

    root: Path

    def keep(
        self, stage: str, *, inputs: Mapping[str, Any], code: str, write: Callable[[Path], object]
    ) -> Kept:
        """Find a result, or make it.

        Parameters
        ----------
        stage : str
            Name of the stage.
        inputs : mapping of str to object
            Everything besides the code that the result depends on, as JSON values: parameters,
            keys of results it is made from, fingerprints of files.
        code : str
            Digest of the code that makes it (`affectlib.stages.code.code_digest`).
        write : callable
            Takes an empty folder and writes the result into it.

        Returns
        -------
        Kept
            The result.
        """
        key = _digest({"stage": stage, "inputs": dict(inputs), "code": code})
        folder = self._folder(stage, key)
        kept = self._found(stage, key, folder)
        if kept is None:
            with writing(folder), self.alone(f"{stage}-{folder.name}"):
                kept = self._found(stage, key, folder)
                if kept is None:
                    seconds = self._made(folder, {"stage": stage, "key": key, "inputs": dict(inputs)}, write)
                    kept = Kept(stage=stage, key=key, folder=folder, seconds=seconds, reused=False)
        _log(kept)
        return kept

    def holds(self, stage: str, *, inputs: Mapping[str, Any], code: str) -> bool:
        """Tell whether a result is there, without a look at its files.

        Parameters
        ----------
        stage : str
            Name of the stage.
        inputs : mapping of str to object
            As for `keep`.
        code : str
            As for `keep`.

        Returns
        -------
        bool
            False where `keep` would have to make it.
        """
        return self._folder(stage, _digest({"stage": stage, "inputs": dict(inputs), "code": code})).exists()

    def is_being_made(self, stage: str, *, inputs: Mapping[str, Any], code: str) -> bool:
        """Tell whether another process is at a result, so that asking for it would mean waiting.

        Parameters
        ----------
        stage : str
            Name of the stage.
        inputs : mapping of str to object
            As for `keep`.
        code : str
            As for `keep`.

        Returns
        -------
        bool
            True if so, at this moment.
        """
        key = _digest({"stage": stage, "inputs": dict(inputs), "code": code})
        try:
            with self.alone(f"{stage}-{self._folder(stage, key).name}", wait=False):
                return False
        except Timeout:
            return True

    @contextmanager
    def alone(self, name: str, *, wait: bool = True) -> Iterator[None]:
        """Keep other processes from doing the same at the same time.

        Parameters
        ----------
        name : str
            What is done; a file name.
        wait : bool
            Wait until others have done it, where False gives up at once.

        Yields
        ------
        None
            Nothing.

        Raises
        ------
        filelock.Timeout
            Where another process is at it and `wait` is False.
        """
        folder = self.root / "locks"
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / name, blocking=wait):
            try:
                yield
            finally:
                # Still held: who has opened it meanwhile sees that it is gone, and makes it anew.
                (folder / name).unlink(missing_ok=True)

    def _folder(self, stage: str, key: str) -> Path:
        return self.root / stage / key[:32]

    def _found(self, stage: str, key: str, folder: Path) -> Kept | None:
        if not folder.exists():
            return None
        try:
            record = json.loads((folder / _RECORD).read_text(encoding="utf-8"))
            if record["key"] == key and record["files"] == _contents(folder):
                return Kept(stage=stage, key=key, folder=folder, seconds=record["seconds"], reused=True)
        except (OSError, ValueError, KeyError, TypeError):
            pass
        warnings.warn(f"the kept result {folder} is damaged and is made again", stacklevel=4)
        _discard(folder)
        return None

    def _made(self, folder: Path, record: dict[str, Any], write: Callable[[Path], object]) -> float:
        folder.parent.mkdir(parents=True, exist_ok=True)
        _sweep(folder.parent)
        partial = Path(tempfile.mkdtemp(prefix=".partial-", dir=folder.parent))
        try:
            start = time.perf_counter()
            write(partial)
            record |= {"seconds": round(time.perf_counter() - start, 3), "files": _contents(partial)}
            (partial / _RECORD).write_text(json.dumps(record, indent=1), encoding="utf-8")
            partial.chmod(0o755)
            _publish(partial, folder)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
        return record["seconds"]


def open_store(folder: str | Path | None = None) -> Store:
    """Open the folder of kept results.

    Parameters
    ----------
    folder : str or Path, optional
        Where it is; otherwise the environment variable ``AFFECTLIB_CACHE`` says so, otherwise
        it is in the user's cache folder.

    Returns
    -------
    Store
        The store.
    """
    chosen = folder or os.environ.get(CACHE_VARIABLE) or platformdirs.user_cache_dir("affectlib", False)
    return Store(Path(chosen).expanduser().resolve())


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def _contents(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path != folder / _RECORD)
    return {path.relative_to(folder).as_posix(): file_digest(path) for path in files}


def file_digest(path: Path) -> str:
    """Digest the bytes of a file.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    str
        SHA-256, as hex digits.
    """
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _publish(partial: Path, folder: Path) -> None:
    try:
        os.replace(partial, folder)
    except OSError:
        # Another process that made the same result was first; equal keys mean equal results.
        if not (folder / _RECORD).is_file():
            raise


def _discard(folder: Path) -> None:
    # Renamed first: nobody shall find an entry of which half is deleted.
    grave = Path(tempfile.mkdtemp(prefix=".partial-", dir=folder.parent))
    os.replace(folder, grave / folder.name)
    shutil.rmtree(grave, ignore_errors=True)


def _sweep(folder: Path) -> None:
    """Remove what killed processes left behind, old enough that nobody can still be writing."""
    for leftover in folder.glob(".partial-*"):
        try:
            if time.time() - leftover.stat().st_mtime > _ABANDONED_S:
                shutil.rmtree(leftover, ignore_errors=True)
        except FileNotFoundError:
            continue


def _log(kept: Kept) -> None:
    log = os.environ.get(LOG_VARIABLE)
    if log:
        with open(log, "a", encoding="utf-8") as stream:
            stream.write(json.dumps(asdict(kept) | {"folder": str(kept.folder)}) + "\n")
