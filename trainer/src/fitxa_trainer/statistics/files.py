"""The figures of a dataset as CSV files and one JSON file."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from fitxa_trainer.dataset.facets import FACETS
from fitxa_trainer.dataset.labels import Labels
from fitxa_trainer.json_file import write_json
from fitxa_trainer.statistics.counts import DatasetStats


def write_stats(folder: Path, stats: DatasetStats, labels: Labels) -> list[Path]:
    """Write the files into `folder`; returns their paths."""
    rows_of: dict[str, tuple[Sequence[str], Iterable[Sequence[object]]]] = {
        "providers.csv": (
            ("provider", "pictures", "share", *(f"labelled.{facet}" for facet in FACETS), "tags"),
            (
                (p.name, p.pictures, round(p.pictures / stats.pictures, 6), *(p.labelled[f] for f in FACETS), p.tags)
                for p in stats.providers
            ),
        ),
        "tags-per-picture.csv": (
            ("facet", "tags", "pictures"),
            ((f, number, count) for f in FACETS for number, count in stats.tags_per_picture[f].items()),
        ),
        "tag-frequency.csv": (
            ("facet", "rank", "key", "label.en", "label.ca", "pictures"),
            (
                (f, rank, key, *_names(key, labels), count)
                for f in FACETS
                for rank, (key, count) in enumerate(stats.frequencies[f].items(), start=1)
            ),
        ),
        "trees.csv": (
            ("facet", "key", "parent", "depth", "label.en", "label.ca", "labels", "ownLabels", "pictures"),
            (
                (f, n.key, n.parent or "", n.depth, *_names(n.key, labels), n.labels, n.own_labels, n.pictures)
                for f in FACETS
                for n in stats.trees[f]
            ),
        ),
    }
    for name, (header, rows) in rows_of.items():
        with (folder / name).open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(header)
            writer.writerows(rows)
    write_json(folder / "stats.json", summary(stats))
    return [folder / name for name in (*rows_of, "stats.json")]


def summary(stats: DatasetStats) -> dict[str, object]:
    """The figures in few numbers."""
    return {
        "pictures": stats.pictures,
        "providers": len(stats.providers),
        "picturesByFacets": {str(number): count for number, count in stats.by_facet_count.items()},
        "facets": {
            facet: {
                "labelledPictures": stats.labelled[facet],
                "tags": len(stats.frequencies[facet]),
                "tagsWith10Pictures": sum(count >= 10 for count in stats.frequencies[facet].values()),
                "meanTagsPerPicture": _mean(stats.tags_per_picture[facet]),
                "depth": max((node.depth for node in stats.trees[facet]), default=0),
            }
            for facet in FACETS
        },
    }


def _names(key: str, labels: Labels) -> tuple[str, str]:
    """English and Catalan."""
    return labels.label(key, "en"), labels.label(key, "ca")


def _mean(histogram: Mapping[int, int]) -> float:
    pictures = sum(histogram.values())
    return round(sum(number * count for number, count in histogram.items()) / pictures, 3) if pictures else 0.0
