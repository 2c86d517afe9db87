"""The `affectlib` command."""

from __future__ import annotations

import argparse
import io
import os
import sys
import warnings
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from affectlib import __version__
from affectlib.disk import is_full
from affectlib.errors import AffectlibError, ParameterError
from affectlib.stages import events

DEBUG_VARIABLE = "AFFECTLIB_DEBUG"
"""Environment variable: where set, an unexpected error shows its traceback."""

_PARAMETER = (
    "set a parameter of the notebooks, as in -p seed=3 or -p normalise_bones=no; a list is written as "
    "-p splits=takes,subjects, and names that contain commas as -p 'leave_out=\"Doe, Ann\",Ben'"
)

# Parameters with an option of their own, which `-p` could contradict.
_OPTIONS = {"library": "--library", "profile": "--profile", "skip_bad": "--skip-bad", "out": "--out"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status: 0, 1 where it failed, 130 where it was interrupted."""
    _escape_unprintable()
    options = _parser().parse_args(arguments)
    warnings.showwarning = _warn
    try:
        status = options.command(options)
        # At exit an error about a full disk would be lost.
        sys.stdout.flush()
        return status
    except AffectlibError as error:
        _print_error(str(error))
    except KeyboardInterrupt:
        _print_error("interrupted; results so far are kept; the same command resumes")
        return 130
    except BrokenPipeError:
        # The reader of the output has closed it, which is no failure.
        _discard_output()
    except Exception as error:
        if DEBUG_VARIABLE in os.environ:
            raise
        if is_full(error):
            _discard_output()
            where = getattr(error, "filename", None) or "what is printed, or a temporary file"
            _print_error(f"no space left on device: {where}")
            return 1
        what = str(error) if isinstance(error, OSError) else f"unexpected {type(error).__name__}: {error}"
        _print_error(what)
        print(f"({DEBUG_VARIABLE}=1 shows where)", file=sys.stderr)
    return 1


def _print_error(text: str) -> None:
    print(f"affectlib: {text}", file=sys.stderr)
    events.write_event(events.ERROR, text=text)


def _discard_output() -> None:
    """Discard what is left to print: where it cannot be written, Python fails when it flushes it at exit."""
    with suppress(OSError):  # where nothing is printed to a file
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _escape_unprintable() -> None:
    """Escape characters that the terminal's encoding lacks, instead of failing at them."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="affectlib", description="Affect recognition from gait that does not give the walker away."
    )
    parser.add_argument("--version", action="version", version=f"affectlib {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    demo = commands.add_parser("demo", help="write the library of simulated walkers")
    demo.add_argument("folder", metavar="DIR", type=Path)
    demo.add_argument("--subjects", type=_positive, default=30, help="number of subjects (default: 30)")
    demo.add_argument("--seed", type=int, default=0, help="random seed (default: 0)")
    demo.set_defaults(command=_demo)

    check = commands.add_parser("check", help="list the takes of a library and its problems")
    check.add_argument("library", metavar="LIBRARY", type=Path)
    check.add_argument("--json", action="store_true", help="machine-readable output")
    check.set_defaults(command=_check)

    cycles = commands.add_parser("cycles", help="segment a library into gait cycles")
    cycles.add_argument("library", metavar="LIBRARY")
    cycles.add_argument("file", metavar="OUT.nc", type=Path)
    cycles.set_defaults(command=_cycles)

    run = commands.add_parser("run", help="run the workbook's notebooks on a library")
    run.add_argument("--library", default="", metavar="L", help="folder (default: simulated walkers)")
    run.add_argument("--profile", default="quick", help="quick or full (default: quick)")
    run.add_argument("--out", type=Path, metavar="DIR", help="default: runs/<library>-<profile>")
    run.add_argument(
        "--only", default="", metavar="03,04", help="numbers or names of notebooks (default: all)"
    )
    run.add_argument("--notebooks", type=Path, metavar="DIR", help="default: those of the checkout")
    run.add_argument("--time-limit", type=_positive, metavar="SECONDS", help="time limit of one notebook")
    run.add_argument(
        "--threads",
        type=_positive,
        default=1,
        help="threads of numerical libraries in each process (default: 1)",
    )
    run.add_argument(
        "--at-once", type=_positive, metavar="N", help="notebooks in parallel (default: up to 2)"
    )
    run.add_argument("--force", action="store_true", help="run everything again; take over DIR")
    run.set_defaults(command=_run)

    for command in (cycles, run):
        command.add_argument(
            "-p", dest="parameters", action="append", default=[], metavar="NAME=VALUE", help=_PARAMETER
        )
        command.add_argument("--skip-bad", action="store_true", help="exclude takes that have problems")
        command.add_argument("--cache", type=Path, metavar="DIR", help="folder of cached results")
    return parser


def _demo(options: argparse.Namespace) -> int:
    from affectlib.demo import write_demo
    from affectlib.stages.progress import follow

    with follow("writing simulated walkers") as progress:
        folder = write_demo(options.folder, subjects=options.subjects, seed=options.seed, progress=progress)
    print(f"{options.subjects} simulated walkers in {folder}")
    return 0


def _check(options: argparse.Namespace) -> int:
    from affectlib.recordings import check_library
    from affectlib.stages.progress import follow

    with follow("checking takes") as progress:
        check = check_library(options.library, progress=progress)
    print(check.to_json() if options.json else check)
    return 0 if check.ok else 1


def _cycles(options: argparse.Namespace) -> int:
    from affectlib import stages
    from affectlib.gait import describe_absences, save_cycles
    from affectlib.study import Study

    parameters = _parameters(options.parameters)
    study = Study.from_parameters({"library": options.library, "skip_bad": options.skip_bad, **parameters})
    file = options.file.expanduser().resolve()
    if study.library_folder in file.parents:
        raise ParameterError("results do not go into the library", file=file, remedy="Choose another place.")
    store = stages.open_store(options.cache)
    dataset = stages.cycles(study, store=store)
    file.parent.mkdir(parents=True, exist_ok=True)
    save_cycles(dataset, file)
    subjects = len(set(dataset["subject"].values.tolist()))
    noun = "subject" if subjects == 1 else "subjects"
    print(f"{dataset.sizes['cycle']} cycles of {subjects} {noun} in {file}")
    for line in describe_absences(stages.segmentation(study, store=store)):
        print(line)
    return 0


def _run(options: argparse.Namespace) -> int:
    # jsonschema does not need it; importing it takes two seconds, as it compiles grammars of web addresses.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    from affectlib.study import Study, parameter_types
    from affectlib.workbook.outcome import closing_lines
    from affectlib.workbook.report import REPORT
    from affectlib.workbook.runner import Limits, run

    parameters = _parameters(options.parameters)
    known = parameter_types()
    study = Study.from_parameters(
        {"library": options.library, "profile": options.profile, "skip_bad": options.skip_bad}
        | {name: value for name, value in parameters.items() if name in known}
    )
    out = options.out or study.usual_out
    manifest = run(
        study,
        out=out,
        parameters=parameters,
        only=[name.strip() for name in options.only.split(",") if name.strip()],
        notebooks=options.notebooks,
        cache=options.cache,
        limits=Limits(time_limit_s=options.time_limit, threads=options.threads, at_once=options.at_once),
        force=options.force,
    )
    for line in closing_lines(manifest.library, manifest.notebooks):
        print(line)
    kinds = [artefact.kind for artefact in manifest.artefacts]
    print(
        f"{kinds.count('figure')} figures, {kinds.count('table')} tables: {out.resolve() / REPORT}",
        flush=True,
    )
    for line in manifest.not_done:
        _print_error(f"requested and not done: {line}")
    return 1 if manifest.not_done else 0


def _parameters(pairs: Sequence[str]) -> Mapping[str, Any]:
    parameters = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name.isidentifier():
            raise ParameterError(
                "not a parameter", where="-p", found=repr(pair), remedy="Write -p name=value."
            )
        if name in _OPTIONS:
            raise ParameterError(
                "this parameter has an option of its own",
                where=f"-p {name}",
                remedy=f"Use {_OPTIONS[name]}.",
            )
        parameters[name] = value
    return parameters


def _positive(text: str) -> int:
    if int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is not positive")
    return int(text)


def _warn(message: Warning | str, *context: Any, **more: Any) -> None:
    print(f"affectlib: warning: {message}", file=sys.stderr)
