"""The store: results on disk by what they depend on, complete or not at all."""

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
"""Environment variable with the folder of the store."""

LOG_VARIABLE = "AFFECTLIB_STAGE_LOG"
"""Environment variable with a file to which every use of an entry appends a JSON line."""

_RECORD = "entry.json"
_ABANDONED_S = 24 * 3600


@dataclass(frozen=True, kw_only=True)
class Entry:
    """An entry of the store.

    Parameters
    ----------
    stage : str
        Stage that computed it.
    key : str
        Hex digest of everything that it depends on.
    folder : Path
        Folder of its files, which must not be changed.
    seconds : float
        Time to compute it.
    reused : bool
        Whether it existed before.
    """

    stage: str
    key: str
    folder: Path
    seconds: float
    reused: bool


@dataclass(frozen=True)
class Store:
    """A folder of results, with one subfolder per stage and key.

    An entry appears under its name when all its files are written. An entry whose files have changed since
    is deleted and computed again. While a process computes an entry, others wait for it.
    """

    root: Path

    def keep(
        self, stage: str, *, inputs: Mapping[str, Any], code: str, write: Callable[[Path], object]
    ) -> Entry:
        """Return an entry, which is computed unless it exists.

        Parameters
        ----------
        stage : str
            Name of the stage.
        inputs : mapping of str to object
            Everything besides the code that the result depends on, as JSON values: parameters, keys of
            other entries, fingerprints of files.
        code : str
            Digest of the code (`affectlib.stages.code.code_digest`).
        write : callable
            Writes the result into an empty folder.
        """
        key = _digest({"stage": stage, "inputs": dict(inputs), "code": code})
        folder = self._folder(stage, key)
        entry = self._found(stage, key, folder)
        if entry is None:
            with writing(folder), self.alone(f"{stage}-{folder.name}"):
                # Another process may have computed it during the wait.
                entry = self._found(stage, key, folder)
                if entry is None:
                    seconds = self._compute(
                        folder, {"stage": stage, "key": key, "inputs": dict(inputs)}, write
                    )
                    entry = Entry(stage=stage, key=key, folder=folder, seconds=seconds, reused=False)
        _log(entry)
        return entry

    def holds(self, stage: str, *, inputs: Mapping[str, Any], code: str) -> bool:
        """Return whether an entry exists, without checking its files; arguments as for `keep`."""
        return self._folder(stage, _digest({"stage": stage, "inputs": dict(inputs), "code": code})).exists()

    def is_being_made(self, stage: str, *, inputs: Mapping[str, Any], code: str) -> bool:
        """Return whether another process is computing an entry at the moment; arguments as for `keep`."""
        key = _digest({"stage": stage, "inputs": dict(inputs), "code": code})
        try:
            with self.alone(f"{stage}-{self._folder(stage, key).name}", wait=False):
                return False
        except Timeout:
            return True

    @contextmanager
    def alone(self, name: str, *, wait: bool = True) -> Iterator[None]:
        """Exclude other processes from a named task for the duration of the context.

        Raises
        ------
        filelock.Timeout
            If another process is at the task and `wait` is False.
        """
        folder = self.root / "locks"
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / name, blocking=wait):
            try:
                yield
            finally:
                # Deleted while locked: a process that has opened the file notices and creates it again.
                (folder / name).unlink(missing_ok=True)

    def _folder(self, stage: str, key: str) -> Path:
        return self.root / stage / key[:32]

    def _found(self, stage: str, key: str, folder: Path) -> Entry | None:
        if not folder.exists():
            return None
        try:
            record = json.loads((folder / _RECORD).read_text(encoding="utf-8"))
            if record["key"] == key and record["files"] == _contents(folder):
                return Entry(stage=stage, key=key, folder=folder, seconds=record["seconds"], reused=True)
        except (OSError, ValueError, KeyError, TypeError):
            pass
        warnings.warn(f"the stored result {folder} is damaged and is computed again", stacklevel=4)
        _discard(folder)
        return None

    def _compute(self, folder: Path, record: dict[str, Any], write: Callable[[Path], object]) -> float:
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
    """Return the store in a folder.

    By default that is the folder in the environment variable ``AFFECTLIB_CACHE``, or else one in the user's
    cache folder.
    """
    chosen = folder or os.environ.get(CACHE_VARIABLE) or platformdirs.user_cache_dir("affectlib", False)
    return Store(Path(chosen).expanduser().resolve())


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def _contents(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path != folder / _RECORD)
    return {path.relative_to(folder).as_posix(): file_digest(path) for path in files}


def file_digest(path: Path) -> str:
    """Return the SHA-256 digest of a file, as hex digits."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _publish(partial: Path, folder: Path) -> None:
    try:
        os.replace(partial, folder)
    except OSError:
        # Another process was faster with the same entry; equal keys mean equal results.
        if not (folder / _RECORD).is_file():
            raise


def _discard(folder: Path) -> None:
    # Renamed first, so that no process finds a partly deleted entry.
    discarded = Path(tempfile.mkdtemp(prefix=".partial-", dir=folder.parent))
    os.replace(folder, discarded / folder.name)
    shutil.rmtree(discarded, ignore_errors=True)


def _sweep(folder: Path) -> None:
    """Delete what killed processes left behind, old enough that no process can still be writing it."""
    for leftover in folder.glob(".partial-*"):
        try:
            if time.time() - leftover.stat().st_mtime > _ABANDONED_S:
                shutil.rmtree(leftover, ignore_errors=True)
        except FileNotFoundError:
            continue


def _log(entry: Entry) -> None:
    log = os.environ.get(LOG_VARIABLE)
    if log:
        with open(log, "a", encoding="utf-8") as stream:
            stream.write(json.dumps(asdict(entry) | {"folder": str(entry.folder)}) + "\n")
