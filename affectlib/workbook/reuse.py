"""Reuse of the results that an earlier run left in the same folder."""

from __future__ import annotations

import datetime
import hashlib
import json
import os
import pkgutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import affectlib
from affectlib import stages
from affectlib.errors import RunError
from affectlib.stages import LOG_VARIABLE, Store, code_digest
from affectlib.study import Study
from affectlib.workbook.execution import stage_uses
from affectlib.workbook.manifest import MANIFEST, Manifest, NotebookRecord, read_manifest
from affectlib.workbook.source import Source


def start_manifest(study: Study, folder: Path, *, store: Store, scratch: Path, force: bool) -> Manifest:
    """Check the library, and return a manifest with the records of an earlier run on it.

    Raises
    ------
    RunError
        Where the folder contains a run on another library, unless `force`.
    """
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
    # The library has changed: its results must not be taken for results on the new one.
    for record in earlier.notebooks:
        remove_results(record, folder)
    return manifest


def remove_others(manifest: Manifest, names: Sequence[str], folder: Path) -> Manifest:
    """Remove the results of notebooks other than the named ones."""
    for record in manifest.notebooks:
        if record.name not in names:
            remove_results(record, folder)
    return replace(manifest, notebooks=tuple(each for each in manifest.notebooks if each.name in names))


def remove_results(record: NotebookRecord | None, folder: Path) -> None:
    """Delete the executed copy and the artefacts of a notebook."""
    if record is not None:
        for file in (record.executed, *(file for artefact in record.artefacts for file in artefact.files)):
            (folder / file).unlink(missing_ok=True)


def package_digest() -> str:
    """Return the digest of all code that results of notebooks depend on."""
    rooms = {room.name for room in pkgutil.iter_modules(affectlib.__path__)}
    return code_digest(*rooms - {"cli", "workbook", "__main__"}, "workbook.outputs")


def result_key(source: Source, passed: Mapping[str, Any], manifest: Manifest, code: str) -> str:
    """Return the digest of everything that the results of a notebook depend on."""
    parts = {
        "cells": source.digest,
        # Results do not depend on the folder that they are written to.
        "parameters": {name: value for name, value in source.parameters(passed).items() if name != "out"},
        "library": {name: manifest.library[name] for name in ("name", "folder", "simulated", "fingerprint")},
        "code": code,
        "versions": manifest.versions,
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


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
