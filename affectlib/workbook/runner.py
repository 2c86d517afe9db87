"""Run the workbook's notebooks in order, and reuse what has not changed."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from affectlib import stages
from affectlib.errors import RunError
from affectlib.stages import CACHE_VARIABLE, Store
from affectlib.stages.side_by_side import notebooks_at_once
from affectlib.study import Study, parameter_types
from affectlib.workbook.execution import Setting, run_notebook
from affectlib.workbook.kernels import Halted, Kernels
from affectlib.workbook.ledger import Ledger
from affectlib.workbook.machine import Description
from affectlib.workbook.manifest import Manifest
from affectlib.workbook.outcome import not_done
from affectlib.workbook.progress import RunProgress
from affectlib.workbook.report import write_report
from affectlib.workbook.reuse import package_digest, remove_others, remove_results, result_key, start_manifest
from affectlib.workbook.scores import join_scores
from affectlib.workbook.source import Source, distribute_parameters, find_notebooks

DESCRIPTION_PATIENCE_S = 60.0
"""Longest wait, after the last notebook, for the description of the machine, which another process makes."""

TIME_LIMIT_S = MappingProxyType({"quick": 900.0, "full": 6 * 3600.0})
"""Time limit of one notebook, by profile."""

_THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What a run may use of the machine; results do not depend on `at_once`.

    Parameters
    ----------
    time_limit_s : float, optional
        Time limit of one notebook; by default `TIME_LIMIT_S` of the profile.
    threads : int
        Threads of numerical libraries in each process. Stages use several processes, so more than one helps
        only on machines with further cores.
    at_once : int, optional
        Notebooks that run in parallel; by default `notebooks_at_once`.
    """

    time_limit_s: float | None = None
    threads: int = 1
    at_once: int | None = None


def run(
    study: Study,
    *,
    out: str | Path,
    parameters: Mapping[str, Any] | None = None,
    only: Sequence[str] = (),
    notebooks: str | Path | None = None,
    cache: str | Path | None = None,
    limits: Limits | None = None,
    force: bool = False,
) -> Manifest:
    """Run notebooks on one library, and write executed copies, figures, tables, report and manifest.

    Progress is printed to standard error.

    Parameters
    ----------
    out : str or Path
        Folder of the run. A second run into it keeps the notebooks whose cells, parameters,
        library and code are the same and whose results are still there.
    parameters : mapping of str to object, optional
        Parameters, values or their text: those of the study, and further ones of notebooks. Each is passed to
        the notebooks that declare it.
    only : sequence of str
        Numbers or names of notebooks; empty for all.
    notebooks : str or Path, optional
        Folder of the notebooks; see `find_notebooks`.
    cache : str or Path, optional
        Folder of cached stage results; see `affectlib.stages.open_store`.
    force : bool
        Run everything again, and take over a folder that contains a run on another library.

    Raises
    ------
    ParameterError
        For an unknown parameter or notebook, or a value of the wrong type.
    LibraryError
        Where the library is not usable, with all its problems.
    RunError
        Where a notebook stops before its end, or the folder cannot be used.
    """
    limits = limits or Limits()
    sources = find_notebooks(notebooks, only=only)
    parameters = dict(parameters or {})
    study = study.changed({name: value for name, value in parameters.items() if name in parameter_types()})
    folder = _checked_folder(Path(out).expanduser().resolve(), sources, study)
    store = stages.open_store(cache)
    passed = distribute_parameters(sources, parameters=parameters, common=_common(study, folder))
    at_once = limits.at_once or notebooks_at_once()
    with tempfile.TemporaryDirectory(prefix="affectlib-") as name:
        scratch = Path(name)
        manifest = start_manifest(study, folder, store=store, scratch=scratch, force=force)
        for values in passed.values():
            if "leave_out" in values:
                # Names as the library has them, since a comma in the passed text may be part of a name.
                values["leave_out"] = list(manifest.study["leave_out"])
        if not only:
            manifest = remove_others(manifest, [source.name for source in sources], folder)
        manifest.write(folder)
        setting = Setting(
            folder=folder,
            scratch=scratch,
            environment=_environment(store, limits.threads, scratch),
            limit_s=TIME_LIMIT_S[study.profile] if limits.time_limit_s is None else limits.time_limit_s,
            progress=_progress(sources, manifest, at_once),
            ledger=Ledger(manifest, folder),
            kernels=Kernels(),
        )
        ledger = setting.ledger
        try:
            due = _due(sources, passed, setting, force=force)
            _run_in_parallel(due, passed, setting, at_once=at_once)
            records = [record for source in sources if (record := ledger.manifest.record(source.name))]
            ledger.conclude(not_done=not_done(records, only=bool(only), parameters=parameters))
        finally:
            # Also where a run stops, so that its results can be inspected.
            join_scores(ledger.manifest, folder)
            write_report(ledger.manifest, folder)
    return ledger.manifest


def _progress(sources: Sequence[Source], manifest: Manifest, at_once: int) -> RunProgress:
    cells = {source.name: len(source.node.cells) for source in sources}
    done = [record for record in manifest.notebooks if record.status == "done"]
    return RunProgress(cells, expected_s={record.name: record.seconds for record in done}, at_once=at_once)


def _due(
    sources: Sequence[Source], passed: Mapping[str, Mapping[str, Any]], setting: Setting, *, force: bool
) -> list[tuple[Source, str]]:
    """Return the notebooks that have to run, with their result keys, and remove what they left before."""
    manifest, code = setting.ledger.manifest, package_digest()
    due = []
    for source in sources:
        key = result_key(source, passed[source.name], manifest, code)
        earlier = manifest.record(source.name)
        if not force and earlier is not None and earlier.key == key and earlier.is_whole(setting.folder):
            setting.progress.keep(source.name)
        else:
            remove_results(earlier, setting.folder)
            due.append((source, key))
    return due


def _run_in_parallel(
    due: Sequence[tuple[Source, str]],
    passed: Mapping[str, Mapping[str, Any]],
    setting: Setting,
    *,
    at_once: int,
) -> None:
    description = Description(setting.environment) if due else None
    patience_s = DESCRIPTION_PATIENCE_S
    with ThreadPoolExecutor(at_once, thread_name_prefix="notebook") as pool:
        tasks = [
            pool.submit(run_notebook, source, key=key, passed=passed[source.name], setting=setting)
            for source, key in due
        ]
        try:
            for task in as_completed(tasks):
                # The notebook that failed says why the others were halted.
                with suppress(Halted):
                    task.result()
        except KeyboardInterrupt:
            setting.kernels.end_all("interrupted")
            patience_s = 0.0
            raise
        finally:
            if description is not None:
                setting.ledger.note_machine(description.read(patience_s=patience_s))


def _checked_folder(folder: Path, sources: Sequence[Source], study: Study) -> Path:
    """Return the folder of a run if nothing is overwritten there: neither notebooks nor the library."""
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
    """Return the parameters that all notebooks of a run share."""
    library = str(study.library_folder) if study.library_folder else ""
    of_run = {"library": library, "profile": study.profile, "skip_bad": study.skip_bad, "out": str(folder)}
    return study.differences() | of_run


def _environment(store: Store, threads: int, scratch: Path) -> dict[str, str]:
    """Return the environment variables of the kernels."""
    matplotlibrc = scratch / "matplotlibrc"
    matplotlibrc.touch()
    return {
        **os.environ,
        **dict.fromkeys(_THREAD_VARIABLES, str(threads)),
        CACHE_VARIABLE: str(store.root),
        # Results do not depend on start-up files and settings of the user.
        "IPYTHONDIR": str(scratch),
        "MATPLOTLIBRC": str(matplotlibrc),
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "PYTHONHASHSEED": "0",
        "TQDM_DISABLE": "1",
    }
