"""Export: the bundle is what was trained, says what it is, and is checked when it is opened."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
import torch

from fitxa_trainer.bundles.bundle import MANIFEST, Bundle, open_bundle, open_session
from fitxa_trainer.bundles.evaluation import evaluate
from fitxa_trainer.bundles.from_runs import ExportChoices, export_runs
from fitxa_trainer.bundles.onnx_networks import OPSET, ExportNetwork, export_onnx, onnx_difference
from fitxa_trainer.bundles.precision import quantise, store_half
from fitxa_trainer.cli import main
from fitxa_trainer.dataset.examples import Example
from fitxa_trainer.dataset.hierarchy import build_hierarchy
from fitxa_trainer.ensembles.combining import normalise
from fitxa_trainer.ensembles.consistency import raised_distribution, violations
from fitxa_trainer.errors import InputError
from fitxa_trainer.models.bundle_weights import bundle_initializers
from fitxa_trainer.pictures.preprocessing import load_input
from fitxa_trainer.progress import Progress
from fitxa_trainer.splitting.split_file import read_splits
from fitxa_trainer.training.run_folder import RunFolder
from workspace import MINI, Workspace

FACETS = ("objectTypes", "materials", "disciplines")
CARD_FILES = {"card.md", "card.ca.md", "card.json", "calibration.svg", "calibration.ca.svg"}


@pytest.fixture(scope="module")
def network(workspace: Workspace) -> ExportNetwork:
    trained = workspace.run.load_network()
    return ExportNetwork(trained, {name: name for name in trained.members}, workspace.run.vocabulary().terms)


@pytest.fixture(scope="module")
def fp32(network: ExportNetwork, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("fp32") / "mini.onnx"
    export_onnx(network, 96, path)
    return path


def _inputs(bundle: Bundle, examples: Sequence[Example]) -> np.ndarray[Any, np.dtype[np.float32]]:
    view = bundle.view(bundle.manifest["members"][0])
    return np.stack([load_input(example.file, view) for example in examples])


def test_onnx_gives_what_torch_gives(workspace: Workspace, bundle: Bundle, fp32: Path) -> None:
    """Against the trained network itself: batch norms not fused, standardisation not folded."""
    inputs = _inputs(bundle, workspace.examples[::5])
    trained = workspace.run.load_network()
    mean, std = (
        torch.tensor(values).view(1, 3, 1, 1) for values in (trained.preprocessing_mean, trained.preprocessing_std)
    )
    expected, _ = trained.predict(torch.from_numpy(inputs) * std + mean)
    session = open_session(fp32)
    names = [output.name for output in session.get_outputs()]
    found = dict(zip(names, session.run(names, {"image": inputs}), strict=True))
    for member, facets in expected.items():
        for facet, values in facets.items():
            assert np.abs(found[f"{member}_{facet}"] - values.numpy()).max() < 1e-4


def test_the_difference_tells_a_wrong_file(
    network: ExportNetwork, workspace: Workspace, bundle: Bundle, fp32: Path
) -> None:
    inputs = _inputs(bundle, workspace.examples[:4])
    assert onnx_difference(network, open_session(fp32), inputs) < 1e-4
    assert onnx_difference(network, open_session(bundle.folder / "mini.onnx"), inputs) > 1e-6


def test_the_graph_is_as_agreed(bundle: Bundle) -> None:
    model = onnx.load(bundle.folder / "mini.onnx")
    assert model.opset_import[0].version == OPSET >= 17
    (input,) = model.graph.input
    shape = input.type.tensor_type.shape.dim
    assert (input.name, input.type.tensor_type.elem_type) == ("image", onnx.TensorProto.FLOAT)
    assert shape[0].dim_param and [d.dim_value for d in shape[1:]] == [3, 96, 96]
    outputs = [(output.name, output.type.tensor_type.elem_type) for output in model.graph.output]
    members = ("multilabel", "softmax")
    assert outputs == [(f"{member}_{facet}", onnx.TensorProto.FLOAT) for member in members for facet in FACETS]


def test_raised_parents_in_the_graph_are_those_of_the_ensemble(workspace: Workspace) -> None:
    """The rule that the command ensemble learned weights under is the one that the exported graph follows."""
    trained, terms = workspace.run.load_network(), workspace.run.vocabulary().terms
    names = {name: name for name in trained.members}
    pictures = torch.rand(6, 3, 96, 96, generator=torch.Generator().manual_seed(1)) * 4 - 2
    plain, raised = (ExportNetwork(trained, names, terms, rule) for rule in ("none", "raise"))
    for name, before, after in zip(plain.names, plain(pictures), raised(pictures), strict=True):
        member, _, facet = name.partition("_")
        distribution = normalise(before.numpy(), trained.activations()[member])
        expected = raised_distribution(distribution, build_hierarchy(terms[facet]))
        assert np.allclose(normalise(after.numpy(), trained.activations()[member]), expected, atol=1e-6)
    assert not all(torch.equal(one, other) for one, other in zip(plain(pictures), raised(pictures), strict=True))


def test_half_precision_halves_the_file_and_is_folded_at_load(fp32: Path, bundle: Bundle, tmp_path: Path) -> None:
    half = bundle.folder / "mini.onnx"
    assert half.stat().st_size < 0.51 * fp32.stat().st_size
    graphs = {}
    for path in (fp32, half):
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        options.optimized_model_filepath = str(tmp_path / "optimised.onnx")
        onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        graphs[path] = [node.op_type for node in onnx.load(tmp_path / "optimised.onnx").graph.node]
    assert "Cast" in [node.op_type for node in onnx.load(half).graph.node]
    assert graphs[half] == graphs[fp32], "what runs is the same graph"


@pytest.mark.parametrize("precision", ["fp32", "fp16", "int8"])
def test_the_weights_can_be_read_back(
    precision: str, network: ExportNetwork, workspace: Workspace, bundle: Bundle, fp32: Path, tmp_path: Path
) -> None:
    """Whatever the precision, every parameter of the network has its name and its value, as far as it was kept."""
    path = tmp_path / "mini.onnx"
    if precision == "fp32":
        shutil.copy(fp32, path)
    elif precision == "fp16":
        store_half(fp32, path)
    else:
        quantise(fp32, path, list(_inputs(bundle, workspace.examples[:8])))
    found = bundle_initializers(tmp_path, "mini.onnx")
    allowed = {"fp32": 0.0, "fp16": 1e-3, "int8": 0.5 / 127}[precision]
    for name, value in network.named_parameters():
        scale = (
            value.abs().amax(dim=tuple(range(1, value.dim())), keepdim=True) if value.dim() > 1 else value.abs().max()
        )
        assert torch.all((found[name] - value).abs() <= allowed * scale + 1e-6), name


def test_the_variants_are_measured_and_none_loses_much(bundle: Bundle) -> None:
    told = json.loads((bundle.folder / "variants.json").read_text(encoding="utf-8"))
    variants = {entry["precision"]: entry for entry in told["variants"]}
    assert told["shipped"] == "fp16" == bundle.manifest["precision"]
    assert set(variants) == {"fp16", "int8"}
    assert 0 < variants["fp16"]["largestDifference"] < 0.01 < variants["int8"]["largestDifference"] < 0.5
    assert variants["int8"]["bytes"] < variants["fp16"]["bytes"] < 8_000_000
    for split in ("inner", "validation"):
        assert all(abs(loss) < 0.01 for loss in variants["fp16"]["lossInRPrecision"][split].values())
        assert all(abs(loss) < 0.15 for loss in variants["int8"]["lossInRPrecision"][split].values())


def test_a_batch_gives_the_same_as_single_pictures(workspace: Workspace, bundle: Bundle) -> None:
    pictures = [example.file for example in workspace.examples[:5]]
    together = bundle.predict(pictures)
    for index, picture in enumerate(pictures):
        alone = bundle.predict([picture])
        for member, facets in alone.items():
            for facet, values in facets.items():
                assert np.abs(values[0] - together[member][facet][index]).max() < 1e-5
                assert values.min() >= 0 and values.max() <= 1
                if member == "softmax":
                    assert float(values.sum()) == pytest.approx(1, abs=1e-5)


def test_the_manifest_tells_the_measured_figures(workspace: Workspace, bundle: Bundle) -> None:
    splits = read_splits(workspace.split_file, workspace.examples)
    for part, name in (("inner", "test"), ("validation", "validation")):
        found = evaluate(bundle, splits[part], splits["train"])
        assert set(bundle.manifest["metrics"][name]) == set(FACETS)
        for facet, listed in bundle.manifest["metrics"][name].items():
            row = found.rows[facet]["ensemble"]
            assert listed["images"] == row.images
            assert listed["rPrecision"] == pytest.approx(row.r_precision, abs=1e-4)
            assert listed["avgRankPos"] == pytest.approx(row.avg_rank_pos, abs=1e-4)
            assert listed["ece"] == pytest.approx(found.ece[facet], abs=1e-4)


def test_the_exported_file_scores_as_the_run_did(workspace: Workspace, bundle: Bundle) -> None:
    splits = read_splits(workspace.split_file, workspace.examples)
    found = evaluate(bundle, splits["validation"], splits["train"])
    result: Any = workspace.result
    for member, facets in result["validation"].items():
        for facet, row in facets.items():
            assert found.rows[facet][member].r_precision == pytest.approx(row["r_precision"], abs=0.01)


def test_pictures_help(workspace: Workspace, bundle: Bundle) -> None:
    splits = read_splits(workspace.split_file, workspace.examples)
    rows = evaluate(bundle, splits["inner"], splits["train"]).rows["objectTypes"]
    assert rows["ensemble"].r_precision > rows["frequency"].r_precision + 0.3


def test_weights_and_curves_are_well_formed(bundle: Bundle) -> None:
    for entry in bundle.manifest["facets"].values():
        assert sum(entry["weights"].values()) == pytest.approx(1)
        assert np.all(np.diff(entry["calibration"]["score"]) > 0)
        assert np.all(np.diff(entry["calibration"]["probability"]) >= 0)


def test_the_card_names_data_figures_and_weaknesses(bundle: Bundle) -> None:
    card = (bundle.folder / "card.md").read_text(encoding="utf-8")
    words = (
        "CC BY 4.0",
        "J. Paul Getty Museum",
        "multi-label (ML)",
        "tag frequency",
        "Shortcuts",
        "GPU hours",
        "int8",
        "$",
    )
    for word in words:
        assert (word in card) == (word != "$")
    inner = bundle.manifest["metrics"]["test"]["objectTypes"]
    assert f"| Object Types | {inner['images']} | **ensemble** | {inner['rPrecision']:.3f} |" in card
    assert bundle.manifest["files"].keys() >= CARD_FILES
    plot = (bundle.folder / "calibration.svg").read_text(encoding="utf-8")
    assert "Object Types" in plot and "Inner test" in plot and len(plot) < 80_000


def test_the_self_test_gives_what_it_promises(bundle: Bundle) -> None:
    expectation = bundle.manifest["selfTest"]
    outputs = bundle.predict([bundle.folder / expectation["image"]])
    assert set(expectation["expected"]) == {"multilabel", "softmax"}
    for member, facets in expectation["expected"].items():
        for facet, best in facets.items():
            values = outputs[member][facet][0]
            for entry in best:
                index = bundle.terms[facet].index(entry["term"])
                assert values[index] == pytest.approx(entry["score"], abs=1e-5)


@pytest.mark.parametrize("damage", ["file", "hash", "key", "terms", "json"])
def test_a_damaged_bundle_is_refused(bundle: Bundle, tmp_path: Path, damage: str) -> None:
    folder = tmp_path / "damaged"
    shutil.copytree(bundle.folder, folder)
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    if damage == "file":
        (folder / "selftest.png").unlink()
    elif damage == "hash":
        (folder / "card.md").write_text("other", encoding="utf-8")
    elif damage == "key":
        del manifest["preprocessing"]["kernel"]
    elif damage == "terms":
        manifest["facets"]["materials"]["terms"].append("materials/or")
    text = "{" if damage == "json" else json.dumps(manifest)
    (folder / MANIFEST).write_text(text, encoding="utf-8")
    expected = {"file": "selftest.png", "hash": "card.md", "key": "kernel", "terms": "materials", "json": MANIFEST}
    with pytest.raises(InputError, match=expected[damage]):
        open_bundle(folder)


def test_a_folder_with_something_else_is_left_alone(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("precious", encoding="utf-8")
    with pytest.raises(InputError, match="holds no bundle"):
        export_runs([workspace.run], None, workspace.examples, tmp_path, ExportChoices(), Progress())
    assert (tmp_path / "letter.txt").read_text(encoding="utf-8") == "precious"


def test_the_self_test_picture_must_be_of_a_test_split(workspace: Workspace, tmp_path: Path) -> None:
    choices = ExportChoices(self_test="nobody")
    with pytest.raises(InputError, match="no picture of the test splits"):
        export_runs([workspace.run], None, workspace.examples, tmp_path / "out", choices, Progress())
    assert not (tmp_path / "out").exists()


def test_a_bundle_needs_a_title_in_both_languages(workspace: Workspace, tmp_path: Path) -> None:
    run = _copied(workspace.run, tmp_path / "run")
    config = (run.path / "config.yaml").read_text(encoding="utf-8")
    (run.path / "config.yaml").write_text(config.replace("ca: Model de prova", "ca: ''"), encoding="utf-8")
    with pytest.raises(InputError, match="no title in 'ca'; give --title-ca"):
        export_runs([run], None, workspace.examples, tmp_path / "out", ExportChoices(), Progress())


class TestSeveralRuns:
    """Runs go together only on one split, with the same terms and members of their own."""

    def export(self, workspace: Workspace, run: RunFolder, out: Path, ensemble: Path | None = None) -> Bundle:
        export_runs([workspace.run, run], ensemble, workspace.examples, out, ExportChoices(), Progress())
        return open_bundle(out)

    def test_members_must_differ(self, workspace: Workspace, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="both have a member multilabel"):
            self.export(workspace, _copied(workspace.run, tmp_path / "run"), tmp_path / "out")

    def test_splits_must_be_one(self, workspace: Workspace, tmp_path: Path) -> None:
        run = _copied(workspace.run, tmp_path / "run")
        lines = run.split_file.read_text(encoding="utf-8").splitlines()
        lines[1] = lines[1].replace("train", "inner") if "train" in lines[1] else lines[1].replace("inner", "train")
        run.split_file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        with pytest.raises(InputError, match="different splits"):
            self.export(workspace, run, tmp_path / "out")

    def test_terms_must_be_the_same(self, workspace: Workspace, tmp_path: Path) -> None:
        run = _copied(workspace.run, tmp_path / "run")
        vocabulary = run.read_json("vocabulary.json")
        vocabulary["terms"]["materials"][0] += "s"
        run.write_json("vocabulary.json", vocabulary)
        with pytest.raises(InputError, match="different terms of materials"):
            self.export(workspace, run, tmp_path / "out")

    def test_an_ensemble_with_a_member_that_no_run_has(self, workspace: Workspace, tmp_path: Path) -> None:
        ensemble = tmp_path / "ensemble.json"
        members = {"multilabel": str(workspace.run.path), "clip-one-tag": "elsewhere"}
        ensemble.write_text(json.dumps({"members": members, "facets": {}}), encoding="utf-8")
        with pytest.raises(InputError, match="the members clip-one-tag, but no run"):
            export_runs([workspace.run], ensemble, workspace.examples, tmp_path / "out", ExportChoices(), Progress())

    def test_an_ensemble_gives_weights_and_curves(self, workspace: Workspace, bundle: Bundle, tmp_path: Path) -> None:
        ensemble = tmp_path / "ensemble.json"
        weights = {"multilabel": 0.8, "softmax": 0.2}
        facets = {
            facet: {"weights": weights, "calibration": {"score": [0.0, 0.5], "probability": [0.1, 0.9]}}
            for facet in FACETS
        }
        members = dict.fromkeys(weights, str(workspace.run.path))
        content = {"members": members, "facets": facets, "consistency": "raise"}
        ensemble.write_text(json.dumps(content), encoding="utf-8")
        out = tmp_path / "out"
        assert (
            main(
                [
                    *("export", "--runs", str(workspace.run.path), "--ensemble", str(ensemble), "--data", str(MINI)),
                    *("--out", str(out), "--id", "other", "--version", "2.0.0"),
                ]
            )
            == 0
        )
        found = open_bundle(out)
        assert (found.manifest["id"], found.manifest["version"], found.manifest["precision"]) == (
            "other",
            "2.0.0",
            "fp32",
        )
        assert {path.name for path in out.iterdir()} == {*found.manifest["files"], MANIFEST}
        for entry in found.manifest["facets"].values():
            assert entry["weights"] == weights
            assert entry["calibration"]["probability"] == [0.1, 0.9]
        assert found.manifest["consistency"] == "raise"
        outputs = found.ensemble(found.predict([example.file for example in workspace.examples[:20]]))
        for facet in FACETS:
            assert violations(outputs[facet], build_hierarchy(found.terms[facet])) == 0


def _copied(run: RunFolder, path: Path) -> RunFolder:
    shutil.copytree(run.path, path)
    return RunFolder(path)
