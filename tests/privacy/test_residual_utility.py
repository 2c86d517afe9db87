"""What a code offers over the label: variation that is neither the person nor the label."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from affectlib.privacy.releases.release import Release
from affectlib.privacy.residual_utility import residual_variation, unseen_label_f1
from affectlib.privacy.walks import Walks


def walks(seed: int) -> tuple[Walks, np.ndarray]:
    """Six people, three labels, five walks each; a feature of person, label and the day."""
    rng = np.random.default_rng(seed)
    person, label, take = (axis.ravel() for axis in np.indices((6, 3, 5)))
    day = rng.normal(size=(len(person), 2))
    x = np.zeros((len(person), 8, 15, 3), dtype=np.float32)
    x[:, :, 0, 2] = (1.0 * (label == 1) + 0.05 * rng.normal(size=len(label)))[:, None]
    x[:, :, 1, 2] = (1.0 * (label == 2) + 0.05 * rng.normal(size=len(label)))[:, None]
    names = {"subject": person, "label": label, "take": take, "gender": np.full(len(person), "")}
    features = day + 3 * np.stack([person, label], axis=1)
    return Walks(x=x, **{name: values.astype(str) for name, values in names.items()}), features


def share(of: str) -> float:
    train, test = walks(0), walks(1)
    released = {
        "everything": lambda one: one[1],
        "half": lambda one: one[1][:, :1],
        "person and label": lambda one: np.stack([one[0].subject, one[0].label], axis=1).astype(float),
    }[of]
    return residual_variation(
        train[0].released(released(train)),
        test[0].released(released(test)),
        train_features=train[1],
        test_features=test[1],
    )


def test_residual_variation_of_planted_releases() -> None:
    assert share("everything") == pytest.approx(1, abs=0.02)
    assert share("half") == pytest.approx(0.5, abs=0.1)


def test_neither_the_person_nor_the_label_is_residual_variation() -> None:
    assert share("person and label") < 1e-9


def release_of(joints: int) -> Release:
    def fit(train: Walks, value: None, seed: int) -> partial:
        return partial(height, joints=joints)

    return Release(name="heights", kind="code", fit=fit)


def height(x: np.ndarray, *, joints: int) -> np.ndarray:
    return x[:, 0, :joints, 2]


def test_a_new_label_is_found_where_the_release_still_tells_it() -> None:
    train, test = walks(0)[0], walks(1)[0]
    assert unseen_label_f1(release_of(2), None, train, test, unseen="2", seed=0) > 0.95
    assert unseen_label_f1(release_of(1), None, train, test, unseen="2", seed=0) < 0.8
