"""Run the workbook's notebooks in order, and reuse what has not changed."""

from __future__ import annotations

import datetime
import hashlib
import json
import os
import pkgutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, TextIO

import affectlib
from affectlib import stages
from affectlib.errors import RunError
from affectlib.stages import CACHE_VARIABLE, LOG_VARIABLE, Store, code_digest
from affectlib.stages.side_by_side import notebooks_at_once
from affectlib.study import Study, parameter_types
from affectlib.workbook.asked import not_done
from affectlib.workbook.execution import Setting, run_notebook, stage_uses
from affectlib.workbook.kernels import Halted, Kernels
from affectlib.workbook.ledger import Ledger
from affectlib.workbook.machine import Description
from affectlib.workbook.manifest import MANIFEST, Manifest, NotebookRecord, read_manifest
from affectlib.workbook.progress import RunProgress
from affectlib.workbook.report import write_report
from affectlib.workbook.scores import join_scores
from affectlib.workbook.source import Source, find_notebooks, share_out

TIME_LIMIT_S = MappingProxyType({"quick": 900.0, "full": 6 * 3600.0})
"""Longest that one notebook may take, by profile."""

_THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")


def run(
    study: Study,
    *,
    out: str | Path,
    given: Mapping[str, Any] | None = None,
    only: Sequence[str] = (),
    notebooks: str | Path | None = None,
    cache: str | Path | None = None,
    time_limit_s: float | None = None,
    threads: int = 1,
    at_once: int | None = None,
    force: bool = False,
    stream: TextIO | None = None,
) -> Manifest:
    """Run notebooks on one library, and write executed copies, figures, tables, report and manifest.

    Parameters
    ----------
    out : str or Path
        Folder of the run. A second run into it keeps the notebooks whose cells, parameters,
        library and code are the same and whose results are still there.
    given : mapping of str to object, optional
        Parameters, values or their text: those of the study, and further ones of notebooks. Each is passed to
        the notebooks that declare it.
    only : sequence of str
        Numbers or names of notebooks; empty for all.
    notebooks : str or Path, optional
        Folder of the notebooks; see `find_notebooks`.
    cache : str or Path, optional
        Folder of cached stage results; see `affectlib.stages.open_store`.
    time_limit_s : float, optional
        Time limit of one notebook; by default `TIME_LIMIT_S` of the profile.
    threads : int
        Threads of numerical libraries in each process. Stages use several processes, so
        more than one helps only on machines with further cores.
    at_once : int, optional
        Notebooks that run in parallel; see `notebooks_at_once`. Results do not depend on it.
    force : bool
        Run everything again, and take over a folder that contains a run on another library.
    stream : file, optional
        Where progress is printed; standard error by default.

    Raises
    ------
    ParameterError
        For an unknown parameter or notebook, or a value of the wrong type.
    LibraryError
        Where the library is not usable, with all its problems.
    RunError
        Where a notebook stops before its end, or the folder cannot be used.
    """
    sources = find_notebooks(notebooks, only=only)
    given = dict(given or {})
    study = study.changed({name: value for name, value in given.items() if name in parameter_types()})
    folder = _usable(Path(out).expanduser().resolve(), sources, study)
    store = stages.open_store(cache)
    passed = share_out(sources, given=given, common=_common(study, folder))
    at_once = at_once or notebooks_at_once()
    with tempfile.TemporaryDirectory(prefix="affectlib-") as scratch:
        manifest = _begun(study, folder, store=store, scratch=Path(scratch), force=force)
        for values in passed.values():
            if "leave_out" in values:
                # Names as the library has them, where text may have left open which commas divide them.
                values["leave_out"] = list(manifest.study["leave_out"])
        if not only:
            manifest = _without_others(manifest, [source.name for source in sources], folder)
        manifest.write(folder)
        setting = Setting(
            folder=folder,
            scratch=Path(scratch),
            environment=_environment(store, threads, Path(scratch)),
            limit_s=TIME_LIMIT_S[study.profile] if time_limit_s is None else time_limit_s,
            progress=_progress(sources, manifest, at_once, stream),
            ledger=Ledger(manifest, folder),
            kernels=Kernels(),
        )
        ledger = setting.ledger
        try:
            _run_all(sources, passed=passed, setting=setting, at_once=at_once, force=force)
            ran = [record for source in sources if (record := ledger.manifest.record(source.name))]
            ledger.conclude(not_done=not_done(ran, only=bool(only), given=given))
        finally:
            # Also of a run that stops: what is done can be looked at.
            join_scores(ledger.manifest, folder)
            write_report(ledger.manifest, folder)
    return ledger.manifest


def _run_all(
    sources: Sequence[Source],
    *,
    passed: Mapping[str, Mapping[str, Any]],
    setting: Setting,
    at_once: int,
    force: bool,
) -> None:
    manifest = setting.ledger.manifest
    due: list[tuple[Source, str]] = []
    code = _code()
    for source in sources:
        key = _key(source, passed[source.name], manifest, code)
        earlier = manifest.record(source.name)
        if not force and earlier is not None and earlier.key == key and earlier.is_whole(setting.folder):
            setting.progress.keep(source.name)
        else:
            _clear(earlier, setting.folder)
            due.append((source, key))
    facts, patience_s = Description(setting.environment) if due else None, 60.0
    with ThreadPoolExecutor(at_once, thread_name_prefix="notebook") as pool:
        tasks = [
            pool.submit(run_notebook, source, key=key, passed=passed[source.name], setting=setting)
            for source, key in due
        ]
        try:
            for task in as_completed(tasks):
                # Why they were halted is told by the notebook that failed.
                with suppress(Halted):
                    task.result()
        except KeyboardInterrupt:
            setting.kernels.end_all("interrupted")
            patience_s = 0.0
            raise
        finally:
            if facts is not None:
                setting.ledger.note_machine(facts.read(patience_s=patience_s))


def _usable(folder: Path, sources: Sequence[Source], study: Study) -> Path:
    if any(source.path.parent == folder / "notebooks" for source in sources):
        raise RunError(
            "the executed copies would overwrite the notebooks",
            file=folder,
            remedy="Choose another folder (--out).",
        )
    library = study.library_folder
    if library is not None and (folder == library or library in folder.parents):
        raise RunError(
            "results do not go into the library", file=folder, remedy="Choose another folder (--out)."
        )
    return folder


def _common(study: Study, folder: Path) -> dict[str, Any]:
    library = str(study.library_folder) if study.library_folder else ""
    always = {"library": library, "profile": study.profile, "skip_bad": study.skip_bad, "out": str(folder)}
    return study.differences() | always


def _begun(study: Study, folder: Path, *, store: Store, scratch: Path, force: bool) -> Manifest:
    """Check the library, and take over the records of an earlier run on it."""
    log = scratch / "before.jsonl"
    with _environment_variable(LOG_VARIABLE, str(log)):
        loaded = stages.load(study, store=store)
    library = {
        "name": loaded.library.name,
        "folder": str(study.library_folder or ""),
        "simulated": loaded.library.simulated,
        "fingerprint": loaded.fingerprint,
        **loaded.findings.to_json(root=loaded.library.root, name=loaded.library.name),
    }
    manifest = Manifest(
        library=library,
        study=replace(study, leave_out=loaded.subjects_left_out).parameters(),
        started=datetime.datetime.now().astimezone().isoformat(timespec="seconds"),
        stages=stage_uses(log),
    )
    earlier = read_manifest(folder)
    if earlier is None:
        return manifest
    if earlier.library["folder"] != library["folder"] and not force:
        raise RunError(
            "this folder holds a run on another library",
            file=folder / MANIFEST,
            found=earlier.library["folder"] or earlier.library["name"],
            remedy="Choose another folder (--out), or take this one over (--force).",
        )
    if earlier.library["fingerprint"] == library["fingerprint"]:
        return replace(manifest, notebooks=earlier.notebooks, machine=earlier.machine)
    # Nothing in the folder may be taken for a result on the library as it is now.
    for record in earlier.notebooks:
        _clear(record, folder)
    return manifest


def _without_others(manifest: Manifest, names: Sequence[str], folder: Path) -> Manifest:
    """Remove the results of notebooks that no longer exist."""
    for record in manifest.notebooks:
        if record.name not in names:
            _clear(record, folder)
    return replace(manifest, notebooks=tuple(each for each in manifest.notebooks if each.name in names))


def _progress(
    sources: Sequence[Source], manifest: Manifest, at_once: int, stream: TextIO | None
) -> RunProgress:
    return RunProgress(
        {source.name: len(source.node.cells) for source in sources},
        expected_s={record.name: record.seconds for record in manifest.notebooks if record.status == "done"},
        at_once=at_once,
        stream=stream,
    )


def _clear(record: NotebookRecord | None, folder: Path) -> None:
    if record is not None:
        for file in (record.executed, *(file for artefact in record.artefacts for file in artefact.files)):
            (folder / file).unlink(missing_ok=True)


def _code() -> str:
    rooms = {room.name for room in pkgutil.iter_modules(affectlib.__path__)}
    return code_digest(*rooms - {"cli", "workbook", "__main__"}, "workbook.outputs")


def _key(source: Source, passed: Mapping[str, Any], manifest: Manifest, code: str) -> str:
    parts = {
        "cells": source.digest,
        # Where the results lie does not change what they are.
        "parameters": {name: value for name, value in source.parameters(passed).items() if name != "out"},
        "library": {name: manifest.library[name] for name in ("name", "folder", "simulated", "fingerprint")},
        "code": code,
        "versions": manifest.versions,
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _environment(store: Store, threads: int, scratch: Path) -> dict[str, str]:
    return {
        **os.environ,
        **dict.fromkeys(_THREAD_VARIABLES, str(threads)),
        CACHE_VARIABLE: str(store.root),
        # A user's own start-up files and settings have no part in results.
        "IPYTHONDIR": str(scratch),
        "MATPLOTLIBRC": str(_empty(scratch / "matplotlibrc")),
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "PYTHONHASHSEED": "0",
        "TQDM_DISABLE": "1",
    }


def _empty(file: Path) -> Path:
    file.touch()
    return file


@contextmanager
def _environment_variable(name: str, value: str) -> Iterator[None]:
    before = os.environ.get(name)
    os.environ[name] = value
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before
