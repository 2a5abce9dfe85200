"""Run folders with scores whose quality is known, for the tests of the comparison: no network is trained.

Two providers to train on and one for the Outer test, objects of three materials in a small tree, disciplines that Outer
does not label. What a member says is the truth plus noise; pictures of one provider lie together in the embedding.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from fitxa_trainer.configuration.run import config_from, dump_config
from fitxa_trainer.dataset.eufcc import Record, write_eufcc
from fitxa_trainer.experiments.leave_out import SplitRow, leave_out, write_split_rows

MATERIALS = (("metall",), ("metall", "bronze"), ("metall", "ferro"), ("paper",), ("paper", "cartró"), ("vidre",))
DISCIPLINES = (("numismàtica",), ("botànica",))
TERMS: Mapping[str, tuple[str, ...]] = {
    "materials": tuple(f"materials/{' | '.join(path)}" for path in MATERIALS),
    "disciplines": tuple(f"disciplines/{path[0]}" for path in DISCIPLINES),
}
COUNTS: Mapping[str, int] = {"train": 120, "validation": 90, "inner": 80, "outer": 60}
#: The Outer test's provider is one with a clear licence, so that its pictures may be shown.
OUTER = "getty"


@dataclass(frozen=True)
class World:
    """The pictures, and their split."""

    data: Path
    records: list[Record]
    rows: list[SplitRow]


def make_world(folder: Path) -> World:
    """Records, small pictures and a split under `folder`; equal every time."""
    rng = np.random.default_rng(1)
    records, rows = [], []
    (folder / "images").mkdir(parents=True)
    leaves = [("metall", "bronze"), ("metall", "ferro"), ("paper", "cartró"), ("vidre",)]
    for split, count in COUNTS.items():
        for number in range(count):
            name = f"{split}{number:03d}"
            provider = OUTER if split == "outer" else ("clothing", "trashnet")[number % 2]
            path = leaves[int(rng.integers(len(leaves)))]
            disciplines = () if split == "outer" else (DISCIPLINES[number % 2],)
            extra = {"file": f"images/{name}.jpg", "licence": "CC0 1.0", "group": name}
            paths = {"objectTypes": (), "materials": (path,), "disciplines": disciplines, "subjects": ()}
            records.append(Record(name, paths, database=provider, keeper="", extra=extra))
            rows.append(SplitRow(name, split, name))
            Image.fromarray(rng.integers(0, 255, (24, 32, 3), dtype=np.uint8)).save(folder / "images" / f"{name}.jpg")
    write_eufcc(folder / "annotations.csv", records)
    return World(folder, records, rows)


def make_run(
    world: World,
    runs: Path,
    name: str,
    seed: int,
    noise: Mapping[str, float],
    hidden: str | None = None,
    facets: Sequence[str] = ("materials", "disciplines"),
    held_out: Sequence[str] = (),
    far_noise: Mapping[str, float] | None = None,
) -> Path:
    """A finished run whose members say the truth plus `noise` (standard deviation) by member.

    Pictures of split `outer` get `far_noise` where it is given. `hidden` leaves that provider out of the training.
    """
    rng = np.random.default_rng([seed, *name.encode()])
    by_id = {record.id: record for record in world.records}
    rows = leave_out(world.rows, by_id, hidden) if hidden else world.rows
    run = runs / f"{name}-s{seed}"
    (run / "scores").mkdir(parents=True)
    config = config_from({"name": name, "seed": seed, "tasks": list(noise), "vocabulary": {"held_out": list(held_out)}})
    (run / "config.yaml").write_text(dump_config(config), encoding="utf-8")
    write_split_rows(run / "split.csv", rows)
    terms = {facet: [key for key in TERMS[facet] if key not in held_out] for facet in facets}
    (run / "vocabulary.json").write_text(json.dumps({"terms": terms, "dropped": {}}), encoding="utf-8")
    (run / "result.json").write_text(json.dumps({"trainingSeconds": 12.5}), encoding="utf-8")
    for split in COUNTS:
        ids = [row.id for row in rows if row.split == split]
        arrays: dict[str, np.ndarray[tuple[int, ...], np.dtype[np.generic]]] = {"ids": np.array(ids, dtype=np.str_)}
        arrays["embedding"] = np.array([_embedding(by_id[name], rng) for name in ids], dtype=np.float16).reshape(-1, 16)
        for member, own in noise.items() if split != "train" else ():
            sigma = far_noise[member] if far_noise is not None and split == "outer" else own
            for facet, keys in terms.items():
                truth = np.array([[key in by_id[name].tags(facet) for key in keys] for name in ids], dtype=np.float64)
                logits = 6.0 * truth.reshape(-1, len(keys)) - 3.0
                noisy = logits + 6.0 * rng.normal(0, sigma, logits.shape)
                arrays[f"{member}/{facet}"] = (1 / (1 + np.exp(-noisy))).astype(np.float32)
        np.savez(run / "scores" / f"{split}.npz", **arrays)  # type: ignore[arg-type]
    return run


def _embedding(record: Record, rng: np.random.Generator) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """A place near that of the material, and off the others' plane for the Outer test's provider."""
    leaf = max(record.tags("materials"), key=len)
    place = rng.normal(0, 0.15, 16)
    place[TERMS["materials"].index(leaf)] += 1.0
    place[15] += 0.8 * (record.database == OUTER)
    return place
