"""What the benchmarks train on: pictures of a prepared cache, repeated, with labels of the paper's density."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fitxa_trainer.dataset.eufcc import Record
from fitxa_trainer.dataset.examples import Example, Vocabulary, target_matrix
from fitxa_trainer.dataset.facets import PATH_SEPARATOR
from fitxa_trainer.dataset.labels import load_labels
from fitxa_trainer.pictures.cache import PixelCache

#: Terms of the paper's facets, and the share of its pictures with labels in the facet (about; its section 3).
FACETS = {"objectTypes": (910, 0.95), "materials": (276, 0.75), "disciplines": (33, 0.15), "subjects": (8, 0.1)}


@dataclass(frozen=True)
class Workload:
    """`examples` with random labels, their targets, and the pixels (pictures, side, side, 3) they share."""

    vocabulary: Vocabulary
    examples: list[Example]
    targets: dict[str, NDArray[np.int8]]
    pixels: NDArray[np.uint8]


def paper_vocabulary() -> Vocabulary:
    """As many terms as the paper has, 1,227: those of the published trees, filled up with made-up ones."""
    keys = load_labels().keys()
    terms: dict[str, tuple[str, ...]] = {}
    for facet, (count, _) in FACETS.items():
        known = [key for key in keys if key.startswith(f"{facet}/")][:count]
        terms[facet] = tuple(sorted(known + [f"{facet}/benchmark {number}" for number in range(count - len(known))]))
    return Vocabulary(terms, {facet: {} for facet in terms})


def make_workload(cache: PixelCache, file: Path, pictures: int, seed: int = 1) -> Workload:
    """`pictures` pictures; `file` gets their pixels, those of `cache` over and over, unless it has as many."""
    vocabulary = paper_vocabulary()
    rng = np.random.default_rng(seed)
    examples = [_example(index, vocabulary, rng) for index in range(pictures)]
    targets = {facet: target_matrix(examples, facet, terms) for facet, terms in vocabulary.terms.items()}
    return Workload(vocabulary, examples, targets, _repeated(cache, file, pictures))


def _example(index: int, vocabulary: Vocabulary, rng: np.random.Generator) -> Example:
    paths = {}
    for facet, terms in vocabulary.terms.items():
        if rng.random() < FACETS[facet][1]:
            key = terms[rng.integers(len(terms))]
            paths[facet] = (tuple(key.partition("/")[2].split(PATH_SEPARATOR)),)
    return Example(Record(str(index), paths), Path(f"{index}.jpg"), str(index))


def _repeated(cache: PixelCache, file: Path, pictures: int) -> NDArray[np.uint8]:
    rows = np.array(sorted(cache.index.rows.values()))
    shape = (pictures, *cache.pixels.shape[1:])
    if not file.exists() or np.lib.format.open_memmap(file, mode="r").shape != shape:
        large = np.lib.format.open_memmap(file, mode="w+", dtype=np.uint8, shape=shape)
        for start in range(0, pictures, 512):
            stop = min(start + 512, pictures)
            large[start:stop] = cache.pixels[rows[np.arange(start, stop) % len(rows)]]
        large.flush()
    return np.lib.format.open_memmap(file, mode="c")
