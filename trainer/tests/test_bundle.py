"""Export: the bundle is what was trained, says what it is, and is checked when it is opened."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest

from fitxa_trainer.bundle import MANIFEST, Bundle, open_bundle
from fitxa_trainer.errors import InputError
from fitxa_trainer.evaluation import evaluate
from fitxa_trainer.export import OPSET, BundleNetwork
from fitxa_trainer.models.efficientnet_lite import FEATURES, load_backbone
from fitxa_trainer.packaging import export_bundle, onnx_difference
from fitxa_trainer.progress import Progress
from fitxa_trainer.runfolder import RunFolder
from fitxa_trainer.splits import read_splits
from workspace import Workspace


def test_onnx_gives_what_torch_gives(workspace: Workspace, bundle: Bundle) -> None:
    """Against the unfolded, unfused network, heads with their own standardisation."""
    heads = workspace.run.load_heads(bundle.terms, FEATURES)
    network = BundleNetwork(load_backbone("lite0"), heads).eval()
    pictures = [example.file for example in workspace.examples[::5]]
    assert onnx_difference(network, bundle, pictures) < 1e-4


def test_the_graph_is_as_agreed(bundle: Bundle) -> None:
    model = onnx.load(bundle.folder / "mini.onnx")
    assert model.opset_import[0].version == OPSET >= 17
    (input,) = model.graph.input
    shape = input.type.tensor_type.shape.dim
    assert (input.name, input.type.tensor_type.elem_type) == ("image", onnx.TensorProto.FLOAT)
    assert shape[0].dim_param and [d.dim_value for d in shape[1:]] == [3, 96, 96]
    assert [output.name for output in model.graph.output] == [
        f"{member}_{facet}"
        for member in ("multilabel", "softmax")
        for facet in ("objectTypes", "materials", "disciplines")
    ]


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
    for part in ("test", "validation"):
        found = evaluate(bundle, splits[part], splits["train"])
        for facet, listed in bundle.manifest["metrics"][part].items():
            row = found.rows[facet]["ensemble"]
            assert listed["images"] == row.images
            assert listed["rPrecision"] == pytest.approx(row.r_precision, abs=1e-4)
            assert listed["avgRankPos"] == pytest.approx(row.avg_rank_pos, abs=1e-4)
            assert listed["ece"] == pytest.approx(found.ece[facet], abs=1e-4)


def test_the_exported_file_scores_as_the_run_did(workspace: Workspace, bundle: Bundle) -> None:
    result: Any = workspace.result
    for facet, listed in bundle.manifest["metrics"]["validation"].items():
        assert listed["rPrecision"] == pytest.approx(result["validation"][facet]["ensemble"]["r_precision"], abs=1e-4)


def test_pictures_help(workspace: Workspace, bundle: Bundle) -> None:
    splits = read_splits(workspace.split_file, workspace.examples)
    rows = evaluate(bundle, splits["test"], splits["train"]).rows["objectTypes"]
    assert rows["ensemble"].r_precision > rows["frequency"].r_precision + 0.3


def test_weights_and_curves_are_well_formed(bundle: Bundle) -> None:
    for entry in bundle.manifest["facets"].values():
        assert sum(entry["weights"].values()) == pytest.approx(1)
        assert np.all(np.diff(entry["calibration"]["score"]) > 0)
        assert np.all(np.diff(entry["calibration"]["probability"]) >= 0)


def test_the_card_names_data_figures_and_weaknesses(bundle: Bundle) -> None:
    card = (bundle.folder / "card.md").read_text(encoding="utf-8")
    for words in ("CC BY 4.0", "J. Paul Getty Museum", "multi-label (ML)", "tag frequency", "Shortcuts", "$"):
        assert (words in card) == (words != "$")


def test_the_self_test_gives_what_it_promises(bundle: Bundle) -> None:
    _check_self_test(bundle, 1e-5)


def _check_self_test(bundle: Bundle, tolerance: float) -> None:
    expectation = bundle.manifest["selfTest"]
    outputs = bundle.predict([bundle.folder / expectation["image"]])
    for member, facets in expectation["expected"].items():
        for facet, best in facets.items():
            values = outputs[member][facet][0]
            for entry in best:
                index = bundle.terms[facet].index(entry["term"])
                assert values[index] == pytest.approx(entry["score"], abs=tolerance)


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
        export_bundle(workspace.run, workspace.examples, tmp_path, Progress())
    assert (tmp_path / "letter.txt").read_text(encoding="utf-8") == "precious"


def test_the_self_test_picture_must_be_of_the_test_split(workspace: Workspace, tmp_path: Path) -> None:
    run = RunFolder(tmp_path / "run")
    shutil.copytree(workspace.run.path, run.path)
    config = (run.path / "config.yaml").read_text(encoding="utf-8")
    name = workspace.config.bundle.self_test_image
    (run.path / "config.yaml").write_text(config.replace(name, "nobody"), encoding="utf-8")
    with pytest.raises(InputError, match="no picture of the test split"):
        export_bundle(run, workspace.examples, tmp_path / "out", Progress())
