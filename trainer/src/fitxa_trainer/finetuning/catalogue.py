"""The data of a fine-tuning: a catalogue's decisions, split by object, and the terms with enough pictures.

A term is learned with as many pictures as the paper asks for (section 2): 10, and 5 of Subjects. The application counts
with the same numbers.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fitxa_trainer.configuration.run import VocabularyConfig
from fitxa_trainer.configuration.split import MinimumConfig, OuterConfig, SplitConfig
from fitxa_trainer.dataset.examples import Example, load_examples, target_matrix
from fitxa_trainer.dataset.facets import FACETS, PATH_SEPARATOR, parse_cell, term_key
from fitxa_trainer.errors import InputError
from fitxa_trainer.progress import Progress
from fitxa_trainer.splitting.duplicates import perceptual_hash
from fitxa_trainer.splitting.make import make_split
from fitxa_trainer.splitting.split_file import LEFT_OUT, write_splits

#: Pictures that a term needs in the catalogue before it is learned.
NEEDED: Mapping[str, int] = {"objectTypes": 10, "materials": 10, "disciplines": 10, "subjects": 5}

#: Of those, the number that stays for training; the rest gives a validation and a test picture or two.
_KEPT = VocabularyConfig(objectTypes=6, materials=6, disciplines=6, subjects=3)
#: A facet with fewer terms has nothing to distinguish.
_FEWEST_TERMS = 2

SPLIT = SplitConfig(
    outer=OuterConfig(rule="none"),
    tests=0.1,
    inner_at_least=0.1,
    validation=0.1,
    tag_share=0.1,
    minimum=MinimumConfig(objectTypes=2, materials=2, disciplines=2, subjects=1),
)

Terms = dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class CatalogueTerms:
    """The terms of the new bundle by facet, sorted by key; which of them are new; which facets can be learned.

    `rare` counts the pictures of tags that have too few.
    """

    terms: Terms
    new: Terms
    learned: tuple[str, ...]
    rare: Mapping[str, Mapping[str, int]]


def read_catalogue(data: Path) -> list[Example]:
    """The pictures of `data` of which something is known: a facet closed, or labels where nothing says what is closed.

    Raises InputError for a wrong CSV, a missing picture, and when nothing is decided.
    """
    examples = [example for example in load_examples(data) if _is_decided(example)]
    if not examples:
        raise InputError(
            f"No object of {data} has a closed facet, so there is nothing to learn from; close facets first.",
            "fineTune.nothingClosed",
        )
    return examples


def _is_decided(example: Example) -> bool:
    closed = example.record.extra.get("closed")
    return any(example.record.tags(facet) for facet in FACETS) if closed is None else bool(closed.strip())


def choose_terms(examples: Sequence[Example], base: Mapping[str, Sequence[str]]) -> CatalogueTerms:
    """The terms of `base` and those that have enough pictures in `examples`.

    A facet is learned when at least two terms have enough. Raises InputError, saying how many pictures are needed, when
    no facet is.
    """
    terms: Terms = {}
    new: Terms = {}
    rare: dict[str, dict[str, int]] = {}
    learned: list[str] = []
    most = 0
    for facet in FACETS:
        counts = Counter(tag for example in examples for tag in _known_tags(example, facet))
        enough = {tag for tag, count in counts.items() if count >= NEEDED[facet]}
        most = max([most, *counts.values()])
        known = set(base.get(facet, ()))
        rare[facet] = {tag: counts[tag] for tag in sorted(counts.keys() - enough - known)}
        if len(enough) >= _FEWEST_TERMS:
            learned.append(facet)
            known |= enough
        if known:
            terms[facet] = tuple(sorted(known))
            new[facet] = tuple(sorted(known - set(base.get(facet, ()))))
    if not learned:
        raise InputError(
            f"No facet can be learned: two of its terms need {NEEDED['objectTypes']} pictures each of objects in which "
            f"it is closed ({NEEDED['subjects']} for subjects), and the most frequent term of the catalogue has "
            f"{most}; close the facet of more objects.",
            "fineTune.tooFew",
            needed=NEEDED["objectTypes"],
            neededSubjects=NEEDED["subjects"],
            most=most,
        )
    return CatalogueTerms(terms, new, tuple(learned), rare)


def _known_tags(example: Example, facet: str) -> frozenset[str]:
    """The tags of a facet that training reads: all of them, but none of a facet that is not closed."""
    closed = example.record.extra.get("closed")
    if closed is not None and facet not in [name.strip() for name in closed.split(";")]:
        return frozenset()
    return example.record.tags(facet)


def silent_terms(train: Sequence[Example], facet: str, terms: Sequence[str]) -> NDArray[np.bool_]:
    """Of which `terms` the catalogue says nothing, bool (terms,): no picture has them and nobody rejected them.

    A closed facet says that every term it has not accepted is wrong (docs/interface.md, "What training reads").
    Training on terms that never occur would only make the model forget them: a museum without bicycles is no reason to
    recognise bicycles less well.
    """
    right = (target_matrix(train, facet, terms) > 0).any(axis=0)
    rejected = {
        term_key(facet, path)
        for example in train
        for path in parse_cell(example.record.extra.get(f"rejected.{facet}", ""))
    }
    refused = [any(term == key or term.startswith(key + PATH_SEPARATOR) for key in rejected) for term in terms]
    return ~right & ~np.array(refused)


def write_catalogue_split(examples: Sequence[Example], seed: int, path: Path, progress: Progress) -> None:
    """Divide the pictures into training, validation and Inner test (80, 10 and 10 %) and write the split file.

    Views of an object and near-duplicates stay together. A picture that cannot be decoded is left out.
    """
    hashes: dict[str, NDArray[np.uint8]] = {}
    for example in progress.track(examples, "perceptual hashes"):
        with suppress(InputError):
            hashes[example.record.id] = perceptual_hash(example.file)
    good = [example for example in examples if example.record.id in hashes]
    if not good:
        raise InputError("None of the pictures can be decoded; export the catalogue's data again.")
    split = make_split(good, np.stack(list(hashes.values())), _no_features, SPLIT, _KEPT, seed)
    place = {
        example.record.id: (name, group) for example, name, group in zip(good, split.splits, split.groups, strict=True)
    }
    rows = [place.get(example.record.id, (LEFT_OUT, example.group)) for example in examples]
    partial = path.with_suffix(".partial")
    write_splits(partial, examples, [name for name, _ in rows], [group for _, group in rows])
    partial.replace(path)


def _no_features(examples: Sequence[Example]) -> NDArray[np.float32]:
    raise AssertionError("without an Outer test no features are needed")


def learnable(terms: CatalogueTerms, splits: Mapping[str, Sequence[Example]]) -> tuple[str, ...]:
    """The facets that have a right term in every split. InputError when none has."""
    found = tuple(
        facet
        for facet in terms.learned
        if all(
            (target_matrix(splits[split], facet, terms.terms[facet]) > 0).any()
            for split in ("train", "validation", "inner")
        )
    )
    if not found:
        objects = len({example.group for examples in splits.values() for example in examples})
        raise InputError(
            f"The {objects} objects are too few to keep some for validation and some for the test; "
            "close the facets of more objects.",
            "fineTune.tooFewObjects",
            objects=objects,
        )
    return found
