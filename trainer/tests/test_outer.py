"""The Outer test: whole providers by the rule, tags that remain trainable, and no near-duplicate across."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from fitxa_trainer.cli import main
from fitxa_trainer.configuration.run import VocabularyConfig
from fitxa_trainer.configuration.split import OuterConfig, SplitConfig
from fitxa_trainer.dataset.eufcc import Record
from fitxa_trainer.dataset.examples import Example
from fitxa_trainer.errors import InputError
from fitxa_trainer.models.backbones import build_backbone
from fitxa_trainer.pictures.preprocessing import Preprocessing, load_input
from fitxa_trainer.splitting.frechet import feature_statistics, frechet_distance
from fitxa_trainer.splitting.make import Split, make_split
from fitxa_trainer.splitting.outer import coverage, covered_share, rank_providers
from workspace import MINI

MINIMUM = {"objectTypes": 10, "materials": 10, "disciplines": 10, "subjects": 5}
#: Provider: pictures, labels, place of its features on a line. "small" and "large" are outside 2 % to 5 %.
PROVIDERS: dict[str, tuple[int, tuple[str, ...], float]] = {
    "large": (800, ("cup", "vase | jar", "coin", "chair"), 0.0),
    "far": (40, ("cup", "vase | jar", "chair"), 9.0),
    "stamps": (40, ("coin",), 12.0),
    "near": (30, ("cup", "chair"), 8.0),
    "other": (45, ("cup", "chair", "coin"), -4.0),
    "small": (5, ("cup", "chair", "coin"), 30.0),
}


def made_up(providers: dict[str, tuple[int, tuple[str, ...], float]]) -> tuple[list[Example], np.ndarray]:
    """Pictures without files, and features of shape (pictures, 3) with which distances are known in advance."""
    generator = np.random.default_rng(0)
    examples, features = [], []
    for provider, (count, labels, place) in providers.items():
        for index in range(count):
            path = tuple(labels[index % len(labels)].split(" | "))
            record = Record(f"{provider}{index}", {"objectTypes": (path,)}, database=provider)
            examples.append(Example(record, Path(f"{provider}{index}.jpg"), f"{provider}{index}"))
            features.append(generator.normal(size=3) * 0.1 + [place, 0, 0])
    return examples, np.array(features, dtype=np.float32)


def split_of(providers: dict[str, tuple[int, tuple[str, ...], float]], outer: OuterConfig, seed: int = 1) -> Split:
    examples, features = made_up(providers)
    hashes = np.random.default_rng(1).integers(0, 256, size=(len(examples), 32), dtype=np.uint8)
    return make_split(examples, hashes, lambda _: features, SplitConfig(outer=outer), VocabularyConfig(), seed)


def test_the_first_is_the_farthest_of_several_labels_and_the_second_its_nearest() -> None:
    split = split_of(PROVIDERS, OuterConfig())
    assert list(split.outer) == ["far", "near"]
    assert split.ranking is not None
    assert [candidate.name for candidate in split.ranking.candidates] == ["stamps", "far", "near", "other"]
    assert split.splits.count("outer") == 70
    assert list(split_of(PROVIDERS, OuterConfig(minimum_labels=1)).outer) == ["stamps", "far"]


def test_distances_are_those_of_the_features() -> None:
    examples, features = made_up(PROVIDERS)
    ranking = rank_providers(examples, features, OuterConfig(), seed=1)
    rows = {name: [i for i, e in enumerate(examples) if e.record.database == name] for name in PROVIDERS}
    statistics = {name: feature_statistics(features[rows[name]]) for name in PROVIDERS}
    whole = feature_statistics(features)
    for row, candidate in enumerate(ranking.candidates):
        assert candidate.to_whole == pytest.approx(frechet_distance(statistics[candidate.name], whole))
        for column, other in enumerate(ranking.candidates):
            expected = frechet_distance(statistics[candidate.name], statistics[other.name])
            assert ranking.between[row, column] == pytest.approx(expected, abs=1e-9)
        assert candidate.of_random_sample < candidate.to_whole / 3
    # far and near lie 1 apart on a line, with a scatter of 0.1 in each of three directions
    assert ranking.between[1, 2] == pytest.approx(1.0, abs=0.1)


def test_a_provider_whose_tags_nobody_else_has_is_passed_over() -> None:
    alone = PROVIDERS | {
        "far": (40, ("manuscript", "charter", "seal"), 9.0),
        "near": (30, ("manuscript", "charter"), 8.0),
    }
    assert list(split_of(alone, OuterConfig()).outer) == ["far", "stamps"]
    assert list(split_of(alone, OuterConfig(minimum_covered=0.0)).outer) == ["far", "near"]
    alone["near"] = (30, ("cup", "chair"), 8.0)
    assert list(split_of(alone, OuterConfig()).outer) == ["other", "near"]


def test_what_is_added_by_hand_counts_when_tags_are_looked_for_elsewhere() -> None:
    rare = PROVIDERS | {
        "large": (800, ("cup", "vase | jar", "chair"), 0.0),
        "near": (30, ("coin",), 8.0),
        "stamps": (40, ("chair",), 12.0),
        "other": (45, ("coin", "cup", "chair"), -4.0),
    }
    assert list(split_of(rare, OuterConfig(shares=(0.02, 0.044))).outer) == ["far", "near"]
    with_other = split_of(rare, OuterConfig(shares=(0.02, 0.044), also=("other",)))
    assert list(with_other.outer) == ["far", "stamps", "other"]


def test_named_providers_and_none_at_all() -> None:
    assert split_of(PROVIDERS, OuterConfig(rule="none")).splits.count("outer") == 0
    named = split_of(PROVIDERS, OuterConfig(rule="named", providers=("stamps",), also=("small",)))
    assert named.splits.count("outer") == 45
    assert named.ranking is None
    with pytest.raises(InputError, match="no picture is of 'getti'; providers are far, large"):
        split_of(PROVIDERS, OuterConfig(rule="named", providers=("getti",)))


def test_no_fit_provider_is_said_with_what_was_found() -> None:
    with pytest.raises(InputError, match=r"at least 9 labels.*stamps \(labels: 1\), far \(labels: 3\)"):
        split_of(PROVIDERS, OuterConfig(minimum_labels=9))
    with pytest.raises(InputError, match="of the wished size are: none"):
        split_of(PROVIDERS, OuterConfig(shares=(0.2, 0.3)))


def test_coverage_counts_pictures_whose_tags_others_have() -> None:
    examples, _ = made_up(
        {
            "inside": (30, ("cup | beaker", "seal", "vase"), 0.0),
            "elsewhere": (30, ("cup", "vase", "coin"), 0.0),
        }
    )
    found = coverage(examples, frozenset(["inside"]), MINIMUM)["objectTypes"]
    assert found == {"labelled": 30, "anyTag": 20, "label": 10, "allTags": 10}
    assert covered_share(examples, "inside", frozenset(["inside"]), MINIMUM) == pytest.approx(2 / 3)
    assert covered_share(examples, "inside", frozenset(["inside"]), MINIMUM | {"objectTypes": 11}) == 0


def test_near_duplicates_and_groups_across_outer_are_left_out_they_alone() -> None:
    examples, features = made_up(PROVIDERS)
    row_of = {example.record.id: row for row, example in enumerate(examples)}
    hashes = np.random.default_rng(1).integers(0, 256, size=(len(examples), 32), dtype=np.uint8)
    for copy, original in (("large1", "far1"), ("large3", "large2"), ("far3", "near3")):
        hashes[row_of[copy]] = hashes[row_of[original]]
    hashes[row_of["large2"], 0] ^= 0b11111111
    for picture in ("large7", "far7"):
        row = row_of[picture]
        record = examples[row].record
        grouped = Record(record.id, record.paths, database=record.database, extra={"group": "one object"})
        examples[row] = Example(grouped, examples[row].file, examples[row].sha256)
    split = make_split(examples, hashes, lambda _: features, SplitConfig(), VocabularyConfig(), 1)
    found = {example.record.id: name for example, name in zip(examples, split.splits, strict=True)}
    assert {name for name, place in found.items() if place == "left-out"} == {"large1", "large7"}
    assert found["large2"] == found["large3"] != "outer"
    assert {place for name, place in found.items() if name.startswith(("far", "near"))} == {"outer"}


def test_sizes_minima_and_seeds_of_the_whole_split() -> None:
    split = split_of(PROVIDERS, OuterConfig())
    shares = {name: split.splits.count(name) / len(split.splits) for name in ("inner", "validation", "outer")}
    assert shares["inner"] + shares["outer"] == pytest.approx(0.15, abs=0.02)
    assert shares["validation"] == pytest.approx(0.10, abs=0.02)
    assert split_of(PROVIDERS, OuterConfig()).splits == split.splits
    assert split_of(PROVIDERS, OuterConfig(), seed=2).splits != split.splits


def test_the_command_reports_distances_network_coverage_and_counts(
    examples: list[Example], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "config.yaml"
    outer = "{shares: [0.05, 0.3], minimum_labels: 3, minimum_covered: 0, backbone: lite0, size: 64}"
    config.write_text(f"split: {{outer: {outer}, inner_at_least: 0.1}}\nvocabulary: {{subjects: 0}}\n")
    out = tmp_path / "split.csv"
    arguments = ["split", "--config", config, "--data", MINI, "--out", out, "--cache", tmp_path / "cache"]
    assert main([str(argument) for argument in arguments]) == 0
    result = json.loads(capsys.readouterr().out)
    report = json.loads((tmp_path / "split-report.json").read_text(encoding="utf-8"))
    assert report["images"] == result["images"]
    assert sum(report["images"].values()) == len(examples) == 174
    assert list(report["outer"]["providers"]) == ["bnf-gallica", "testaments"]
    assert report["outer"]["featureNetwork"]["backbone"] == "lite0"

    network = build_backbone("lite0", "package", 0.0, 64).trunk.eval()
    inputs = np.stack([load_input(example.file, Preprocessing(64, 64)) for example in examples])
    with torch.inference_mode():
        features = network(torch.from_numpy(inputs)).numpy()
    whole = feature_statistics(features)
    for candidate in report["outer"]["distances"]["candidates"]:
        rows = [row for row, e in enumerate(examples) if e.record.database == candidate["provider"]]
        expected = frechet_distance(feature_statistics(features[rows]), whole)
        assert candidate["toWhole"] == pytest.approx(expected, abs=1e-3)
    assert report["outer"]["coverage"]["alone"]["eurocoins"]["disciplines"]["anyTag"] == 0
    counts = report["facets"]["objectTypes"]
    assert counts["labelled"]["outer"] == sum(
        e.record.database in ("bnf-gallica", "testaments") and bool(e.record.tags("objectTypes")) for e in examples
    )
