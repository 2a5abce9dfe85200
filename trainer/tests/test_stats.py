"""The figures of a dataset: counted a second way, drawn in both languages."""

import csv
import json
import math
from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from fitxa_trainer.cli import main
from fitxa_trainer.dataset.eufcc import Record, read_eufcc
from fitxa_trainer.dataset.facets import FACETS
from fitxa_trainer.statistics.counts import DatasetStats, dataset_stats, labels_of
from fitxa_trainer.statistics.sunburst import Wedge, colour_of, fit, layout, text_colour
from fitxa_trainer.statistics.words import TEXTS, decimal, grouped, percent
from workspace import MINI


@pytest.fixture(scope="module")
def records() -> list[Record]:
    return read_eufcc(MINI / "annotations.csv")


@pytest.fixture(scope="module")
def stats(records: list[Record]) -> DatasetStats:
    return dataset_stats(records)


@pytest.fixture(scope="module", params=["en", "ca"])
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp(f"stats-{request.param}")
    command = ["stats", "--data", str(MINI), "--out", str(out), "--language", request.param, "--progress", "quiet"]
    assert main(command) == 0
    return out


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def made(*cells: tuple[str, ...]) -> list[Record]:
    """One record per cell of object types, each path as "a | b"."""
    return [
        Record(str(index), {"objectTypes": tuple(tuple(path.split(" | ")) for path in cell)}, database="x")
        for index, cell in enumerate(cells)
    ]


def test_tags_count_every_node_and_labels_only_the_deepest() -> None:
    tree = {
        node.key: node for node in dataset_stats(made(("a | b", "a | c"), ("a",), ("a | b | d",))).trees["objectTypes"]
    }
    found = {key.partition("/")[2]: (node.labels, node.own_labels, node.pictures) for key, node in tree.items()}
    assert found == {
        "a": (4, 1, 3),
        "a | b": (2, 1, 2),
        "a | b | d": (1, 1, 1),
        "a | c": (1, 1, 1),
    }


def test_labels_leave_out_repeats_ancestors_and_the_curation_marker() -> None:
    paths = [("a",), ("a", "b"), ("a", "b"), ("c", "ELIMINAR", "d"), ("ELIMINAR",)]
    assert labels_of("objectTypes", paths) == [("a", "b"), ("c",)]
    assert labels_of("disciplines", [("x", "y"), ("y", "ELIMINAR")]) == [("x",), ("y",)]


def test_the_figures_of_the_mini_set_counted_from_the_file(stats: DatasetStats) -> None:
    """Straight from the cells of the CSV, without this package's reader."""
    columns = {
        "objectTypes": "objectTypes.hierarchy",
        "materials": "materials.hierarchy",
        "disciplines": "classifications.hierarchy",
        "subjects": "subjects.hierarchy",
    }
    rows = rows_of(MINI / "annotations.csv")
    assert stats.pictures == len(rows) == 174
    assert {p.name: p.pictures for p in stats.providers} == Counter(row["database"] for row in rows)
    assert [p.name for p in stats.providers][:2] == ["clothing", "getty"]
    for facet, column in columns.items():
        pictures: Counter[str] = Counter()
        sizes: Counter[int] = Counter()
        for row in rows:
            nodes = set()
            for label in filter(None, row[column].split(" $ ")):
                parts = label.split(" | ")
                nodes |= {" | ".join(parts[: depth + 1]) for depth in range(len(parts))}
            pictures.update(nodes)
            sizes[len(nodes)] += 1
        assert stats.frequencies[facet] == {f"{facet}/{node}": count for node, count in pictures.items()}
        assert list(stats.frequencies[facet].values()) == sorted(pictures.values(), reverse=True)
        assert stats.labelled[facet] == len(rows) - sizes.pop(0, 0)
        assert stats.tags_per_picture[facet] == sizes
    assert sum(stats.by_facet_count.values()) == 174


def test_trees_add_up(stats: DatasetStats) -> None:
    for facet in FACETS:
        children: dict[str | None, int] = defaultdict(int)
        for node in stats.trees[facet]:
            children[node.parent] += node.labels
        for node in stats.trees[facet]:
            assert node.labels == node.own_labels + children[node.key]
            assert node.pictures == stats.frequencies[facet][node.key]
        assert len(stats.trees[facet]) == len(stats.frequencies[facet])


def test_the_files_hold_the_figures(folder: Path, stats: DatasetStats) -> None:
    providers = rows_of(folder / "providers.csv")
    assert [(row["provider"], int(row["pictures"])) for row in providers] == [
        (p.name, p.pictures) for p in stats.providers
    ]
    assert sum(float(row["share"]) for row in providers) == pytest.approx(1, abs=1e-5)
    frequency = rows_of(folder / "tag-frequency.csv")
    assert {row["key"]: int(row["pictures"]) for row in frequency} == {
        key: count for facet in FACETS for key, count in stats.frequencies[facet].items()
    }
    amber = next(row for row in frequency if row["key"] == "materials/resina | resina fòssil | ambre")
    assert (amber["facet"], amber["label.en"], amber["label.ca"]) == ("materials", "amber", "ambre")
    shirt = next(row for row in frequency if row["key"].endswith("| camisa"))
    assert (shirt["label.en"], shirt["label.ca"]) == ("shirts", "camisa")
    trees = rows_of(folder / "trees.csv")
    assert len(trees) == sum(len(nodes) for nodes in stats.trees.values())
    histogram = rows_of(folder / "tags-per-picture.csv")
    total = sum(int(row["tags"]) * int(row["pictures"]) for row in histogram)
    assert total == sum(int(row["pictures"]) for row in frequency)
    summary = json.loads((folder / "stats.json").read_text(encoding="utf-8"))
    assert (summary["pictures"], summary["providers"]) == (174, 5)
    assert summary["facets"]["subjects"]["labelledPictures"] == 0


def test_every_plot_is_a_picture_and_a_drawing_and_none_is_of_an_empty_facet(folder: Path) -> None:
    names = {"providers", "tags-per-picture", "tag-frequency"}
    names |= {f"sunburst-{facet}" for facet in ("objectTypes", "materials", "disciplines")}
    for kind in ("png", "svg"):
        assert {path.stem for path in folder.glob(f"*.{kind}")} == names
    for path in folder.glob("*.png"):
        with Image.open(path) as picture:
            pixels = np.asarray(picture.convert("RGB"))
            colours = picture.convert("RGB").getcolors(1 << 24)
        assert min(pixels.shape[:2]) > 300
        assert colours is not None
        assert len(colours) > 20
        edges = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
        assert (edges == 255).all(), f"{path.name} is cut off"
    for path in folder.glob("*.svg"):
        root = ElementTree.parse(path).getroot()
        assert root.tag.endswith("svg")
        assert len(list(root.iter())) > 30


@pytest.mark.parametrize("folder", ["en"], indirect=True)
def test_equal_data_give_equal_drawings(tmp_path: Path, folder: Path) -> None:
    arguments = ["stats", "--data", str(MINI / "annotations.csv"), "--out", str(tmp_path)]
    assert main([*arguments, "--progress", "quiet"]) == 0
    for name in ("sunburst-objectTypes.svg", "tag-frequency.svg", "trees.csv"):
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes()


def test_data_alone_needs_no_plots(tmp_path: Path) -> None:
    assert main(["stats", "--data", str(MINI), "--out", str(tmp_path), "--no-plots", "--progress", "quiet"]) == 0
    assert {path.suffix for path in tmp_path.iterdir()} == {".csv", ".json"}


def test_wedges_are_as_wide_as_their_labels_and_lie_in_their_parents(stats: DatasetStats) -> None:
    nodes = stats.trees["objectTypes"]
    wedges = {wedge.node.key: wedge for wedge in layout(nodes)}
    whole = sum(node.labels for node in nodes if node.parent is None)
    by_ring: dict[int, list[Wedge]] = defaultdict(list)
    for wedge in wedges.values():
        assert wedge.end - wedge.start == pytest.approx(360 * wedge.node.labels / whole)
        by_ring[wedge.ring].append(wedge)
        if wedge.node.parent is not None:
            parent = wedges[wedge.node.parent]
            assert parent.start - 1e-9 <= wedge.start < wedge.end <= parent.end + 1e-9
            assert (wedge.ring, wedge.family) == (parent.ring + 1, parent.family)
    assert sum(wedge.end - wedge.start for wedge in by_ring[1]) == pytest.approx(360)
    for ring in by_ring.values():
        ring.sort(key=lambda wedge: wedge.start)
        assert all(left.end <= right.start + 1e-9 for left, right in pairwise(ring))


def test_outer_rings_are_lighter_and_text_stands_out_on_all(stats: DatasetStats) -> None:
    def luminance(colour: tuple[float, float, float]) -> float:
        linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in colour]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    node = stats.trees["objectTypes"][0]
    for family in range(10):
        colours = [colour_of(Wedge(node, 0, 1, ring, family)) for ring in range(1, 8)]
        values = [luminance(colour) for colour in colours]
        assert values == sorted(values)
        for colour, value in zip(colours, values, strict=True):
            ink = 1.0 if text_colour(colour) == "white" else 0.0
            contrast = (max(value, ink) + 0.05) / (min(value, ink) + 0.05)
            assert contrast >= 4.5


def test_labels_are_whole_where_they_fit_cut_where_they_do_not_and_left_out_of_slivers() -> None:
    assert fit("bronze", 100, 20) == ("bronze", 1, 10.0)
    assert fit("peça de roba exterior", 60, 40) == ("peça de\nroba\nexterior", 1, 10.0)
    found = fit("instrument de mesura", 30, 9)
    assert found is not None
    assert (found[0][-1], found[1]) == ("…", 0)
    assert fit("bronze", 100, 4) is fit("bronze", 8, 50) is None


def test_numbers_are_written_as_the_language_does() -> None:
    assert (grouped(1234567, "en"), grouped(1234567, "ca")) == ("1,234,567", "1.234.567")
    assert (decimal(math.pi, 2, "en"), decimal(math.pi, 2, "ca")) == ("3.14", "3,14")
    assert (percent(0.306, "en"), percent(0.306, "ca")) == ("30.6%", "30,6\u00a0%")
    assert TEXTS["en"].keys() == TEXTS["ca"].keys()


def test_an_empty_list_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    header = (MINI / "annotations.csv").read_text(encoding="utf-8").splitlines()[0]
    (tmp_path / "annotations.csv").write_text(header + "\n", encoding="utf-8")
    assert main(["stats", "--data", str(tmp_path), "--out", str(tmp_path / "out")]) == 2
    assert "list no picture" in capsys.readouterr().err
