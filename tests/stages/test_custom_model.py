"""A user's own model: on the same folds as all others, in all tables, with errors that say what is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from walking_library import write_library

from affectlib import stages
from affectlib.errors import ParameterError
from affectlib.evaluation.comparison import compare_models
from affectlib.evaluation.scores import score, table_one
from affectlib.stages import LOG_VARIABLE, Experiment, MeanOverCycles, custom_model
from affectlib.stages.custom import FEATURES, CustomModel
from affectlib.study import Study

SPLITS = ("cycles", "takes", "subjects")


@pytest.fixture(scope="module")
def experiment(tmp_path_factory: pytest.TempPathFactory) -> Experiment:
    folder = tmp_path_factory.mktemp("walks")
    library = write_library(
        folder / "library", people=("ada", "bob", "eve", "joe"), seconds=10, takes=2, posture_m=0.02
    )
    return stages.open_experiment(
        Study(library=str(library), folds=2), store=stages.open_store(folder / "cache")
    )


def linear(**options: Any) -> Any:
    return make_pipeline(StandardScaler(), LogisticRegression(**options))


def only(experiment: Experiment, model: CustomModel, split: str = "takes") -> Any:
    return stages.predict_labels(experiment, (split,), models=(), custom=[model])


def test_it_stands_in_every_table_on_the_same_cycles(experiment: Experiment) -> None:
    model = custom_model("LR-man", linear(), on="manual")
    predictions = stages.predict_labels(experiment, SPLITS, models=("SVM-man", "KNN-man"), custom=[model])
    tested = predictions.groupby(["split", "model"])["cycle"].agg(lambda cycles: tuple(sorted(cycles)))
    assert tested.groupby("split").nunique().eq(1).all()
    assert set(predictions.loc[predictions["model"] == "LR-man", "features"]) == {"manual"}
    assert "LR-man" in table_one(score(predictions)).index
    comparison = compare_models(predictions, against="SVM-man")
    assert set(comparison.loc[comparison["model"] == "LR-man", "split"]) == set(SPLITS)
    # Happy takes are faster, and cadence is one of the manual features.
    takes = predictions[(predictions["model"] == "LR-man") & (predictions["split"] == "takes")]
    assert (takes["true"] == takes["predicted"]).mean() > 0.9


@pytest.mark.parametrize(("on", "shape"), [("xyz", (1125,)), ("positions", (100, 15, 3))])
def test_it_sees_the_features_that_it_asks_for(experiment: Experiment, on: str, shape: tuple) -> None:
    seen = []

    def look(x: np.ndarray) -> np.ndarray:
        seen.append(x.shape[1:])
        return x.reshape(len(x), -1)

    only(experiment, custom_model("mine", make_pipeline(FunctionTransformer(look), DummyClassifier()), on=on))
    assert set(seen) == {shape}


def test_it_works_on_codes(experiment: Experiment) -> None:
    frame = only(experiment, custom_model("LR-enc", linear(), on="affect code"))
    assert len(frame) == sum(len(fold.test) for fold in experiment.folds("takes"))


def test_whole_takes_get_one_answer(experiment: Experiment) -> None:
    calls: list[list[np.ndarray]] = []

    class Look(MeanOverCycles):
        def transform(self, takes: Any) -> np.ndarray:
            calls.append(takes)
            return super().transform(takes)

    model = custom_model("LR-takes", lambda: make_pipeline(Look(), linear()), on="manual", whole_takes=True)
    frame = only(experiment, model)
    takes = experiment.labels.loc[frame["cycle"], ["subject", "label", "take"]].agg("/".join, axis=1)
    assert frame.groupby(takes.to_numpy())["predicted"].nunique().eq(1).all()
    fold = experiment.folds("takes")[0]
    assert sum(map(len, calls[0])) == len(fold.train)
    assert sum(map(len, calls[1])) == len(fold.test)
    # Each array has the cycles of one take.
    own = experiment.labels.groupby(["subject", "label", "take"]).ngroup().to_numpy()[fold.train]
    first = experiment.manual[fold.train][own == own.min()]
    np.testing.assert_array_equal(calls[0][0], first)


def test_estimators_of_scikit_learn_are_fitted_once_and_others_each_time(
    experiment: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "log"
    monkeypatch.setenv(LOG_VARIABLE, str(log))

    def fitted(model: CustomModel) -> tuple[int, int]:
        log.write_text("")
        only(experiment, model)
        text = log.read_text(encoding="utf-8")
        return text.count('"reused": false'), text.count('"reused": true')

    forest = RandomForestClassifier(n_estimators=5)
    assert fitted(custom_model("forest", forest, on="manual")) == (2, 0)
    assert fitted(custom_model("forest", forest, on="manual")) == (0, 2)
    for other in (
        custom_model("forest", RandomForestClassifier(n_estimators=6), on="manual"),
        custom_model("forest", forest, on="xyz"),
    ):
        assert fitted(other) == (2, 0)
    for foreign in (lambda: forest, make_pipeline(FunctionTransformer(lambda x: x), forest)):
        assert fitted(custom_model("mine", foreign, on="manual")) == (0, 0)


def test_equal_seeds_give_equal_answers(experiment: Experiment) -> None:
    def forest() -> Any:
        return make_pipeline(StandardScaler(), RandomForestClassifier(n_estimators=3, max_features=1))

    first, second = (only(experiment, custom_model("mine", forest, on="xyz"), "subjects") for _ in range(2))
    assert first.equals(second)


class Wrong:
    """Answers whatever it was made with."""

    def __init__(self, answers: Any) -> None:
        self.answers = answers

    def fit(self, x: np.ndarray, y: np.ndarray) -> Wrong:
        return self

    def predict(self, x: np.ndarray) -> Any:
        return self.answers(len(x))


@pytest.mark.parametrize(
    ("estimator", "options", "message"),
    [
        (LogisticRegression(), {"on": "position"}, "xyz, positions, manual"),
        ("an estimator", {}, "fit and predict"),
        (lambda: 3, {}, "returned no estimator"),
        (lambda: 1 / 0, {}, "ZeroDivisionError"),
        (LogisticRegression(), {"on": "positions"}, r"(?s)model 'mine'.*dim 4"),
        (Wrong(lambda n: np.full((n, 2), 0.5)), {}, r"as many answers.*\(\d+, 2\)"),
        (Wrong(lambda n: np.zeros(n, dtype=int)), {}, "(?s)no label of the training cycles.*happy, neutral"),
    ],
)
def test_what_is_wrong_is_said(experiment: Experiment, estimator: Any, options: dict, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        only(experiment, custom_model("mine", estimator, **options))


@pytest.mark.parametrize("names", [("mine", "mine"), ("SVM-xyz",)])
def test_each_model_has_its_own_name(experiment: Experiment, names: tuple[str, ...]) -> None:
    models = [custom_model(name, DummyClassifier()) for name in names]
    with pytest.raises(ParameterError, match=f"(?s)one name.*{names[0]}"):
        stages.predict_labels(experiment, ("takes",), models=(), custom=models)


def test_features_are_all_tried_above() -> None:
    assert set(FEATURES) == {"xyz", "positions", "manual", "affect code", "subject code"}
