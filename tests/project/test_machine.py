"""Numbers do not depend on the processor, nor on the threads that somebody leaves to it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from threadpoolctl import threadpool_info, threadpool_limits
from walkers import on_the_spot, recording

from affectlib import instructions
from affectlib.gait import segment_all
from affectlib.threads import one_blas_thread

OLDER = {
    "ATEN_CPU_CAPABILITY": "default",
    "ONEDNN_MAX_CPU_ISA": "SSE41",
    "MKL_CBWR": "COMPATIBLE",
    "OPENBLAS_CORETYPE": "Nehalem",
    "ONEDNN_DEFAULT_FPMATH_MODE": "BF16",
}
"""What holds libraries to the instructions of a processor of 2008."""

ANSWERS = """
import json, sys
sys.path.insert(0, sys.argv[1])
import affectlib
import torch
from small_world import cnn_settings, cycles, settings, take_groups
from affectlib.models.baselines import fit_baseline
from affectlib.models.cnn import fit_cnn
from affectlib.models.training import fit_autoencoder
x, subject, label, take = cycles(takes=3, noise_m=0.02)
train, test = take < 2, take == 2
groups = take_groups(subject, label, take)[train]
def answers(fit, seen, target):
    return fit(seen[train], target[train], seed=1).predict(seen[test]).tolist()
coded = fit_autoencoder(x[train], subject[train], label[train], groups=groups, settings=settings(), seed=1)
affect, person = coded.affect_code(x), coded.subject_code(x)
cnn = lambda seen, target, seed: fit_cnn(seen, target, settings=cnn_settings(), seed=seed)
svm = lambda seen, target, seed: fit_baseline("SVM-xyz", seen, target, seed=seed)
print(json.dumps({
    "instructions": torch.backends.cpu.get_cpu_capability(),
    "SVM-xyz": answers(svm, x, label),
    "SVM-xyz on subjects": answers(svm, x, subject),
    "CNN-xyz": answers(cnn, x, label),
    "AE-xyz": answers(svm, affect, label),
    "SVM-enc on E_S": answers(svm, person, subject),
    "codes": affect.tobytes().hex(),
}))
"""


def answers(**environment: str) -> dict:
    """What models that train in seconds predict in a process of their own."""
    done = subprocess.run(
        [sys.executable, "-c", ANSWERS, str(Path(__file__).parents[1] / "helpers")],
        env=os.environ | {instructions.VARIABLE: ""} | environment,
        capture_output=True,
        check=True,
    )
    return json.loads(done.stdout)


def share_equal(first: dict, second: dict, model: str) -> float:
    return float(np.mean(np.array(first[model]) == np.array(second[model])))


@pytest.fixture(scope="module")
def usual() -> dict:
    return answers()


def test_nothing_differs_where_libraries_are_held_to_the_same_instructions(usual: dict) -> None:
    if not instructions.has_avx2():
        pytest.skip("this processor has no AVX2 to be held to")
    assert answers(**OLDER) == usual


def test_an_older_processor_gives_nearly_the_same_answers(usual: dict) -> None:
    older = answers(**OLDER, **{instructions.VARIABLE: "any"})
    if instructions.has_avx2():
        assert (older["instructions"], usual["instructions"]) == ("DEFAULT", "AVX2")
        # Otherwise the emulation does nothing, and what follows says nothing.
        assert older["codes"] != usual["codes"]
    models = [name for name in usual if name not in ("instructions", "codes")]
    shares = {name: share_equal(older, usual, name) for name in models}
    assert min(shares[name] for name in models if name.startswith("SVM-xyz")) >= 0.99, shares
    assert np.mean(list(shares.values())) >= 0.95, shares


def test_a_user_can_have_all_instructions(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in instructions.AVX2:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(instructions.VARIABLE, "any")
    instructions.settle()
    assert not instructions.settled()
    monkeypatch.delenv(instructions.VARIABLE)
    instructions.settle()
    assert instructions.settled() == instructions.has_avx2()
    if instructions.has_avx2():
        assert torch.backends.cpu.get_cpu_capability() != "NO AVX"


def test_takes_are_cut_with_one_blas_thread_each() -> None:
    walks = [
        recording(on_the_spot(0.9 * np.arange(0, 6, 1 / 60)), name=f"ada/{number}") for number in range(3)
    ]
    seen = []
    with threadpool_limits(2, user_api="blas"):
        segment_all(walks, progress=lambda *step: seen.append(blas_threads()))
        assert blas_threads() == {2}
    assert seen == [{1}] * 3


def test_threads_come_back_after_an_error() -> None:
    with threadpool_limits(2, user_api="blas"):
        with pytest.raises(ValueError, match="broken"), one_blas_thread():
            raise ValueError("broken")
        assert blas_threads() == {2}


def blas_threads() -> set[int]:
    return {library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"}
