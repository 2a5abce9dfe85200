"""The command split: Outer test by provider, then Inner test and validation as balanced selections; the rest trains.

Related pictures are never in two splits: pictures of one group (object, document) and near-duplicates. Where the
Outer test, which takes whole providers, has a picture of a group or a near-duplicate of a picture of others, those
others are left out of every split: they themselves only, not what they in turn resemble. Everywhere else groups that a
near-duplicate connects are joined and move as one.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from fitxa_trainer.configuration.run import VocabularyConfig
from fitxa_trainer.configuration.split import SplitConfig
from fitxa_trainer.dataset.examples import Example
from fitxa_trainer.dataset.facets import FACETS
from fitxa_trainer.splitting.duplicates import Hashes, merge_groups, near_duplicates
from fitxa_trainer.splitting.outer import Ranking, check_providers, outer_providers, rank_providers
from fitxa_trainer.splitting.selection import Group, Selection, Wishes, select_groups
from fitxa_trainer.splitting.split_file import LEFT_OUT, SPLITS

#: Gives the features of pictures, shape (pictures, features); called only where the rule needs them.
FeatureSource = Callable[[Sequence[Example]], NDArray[np.float32]]


@dataclass(frozen=True)
class Split:
    """The split of each picture, with reasons."""

    #: Split and joined group of each example, in their order.
    splits: tuple[str, ...]
    groups: tuple[str, ...]
    pairs: tuple[tuple[int, int], ...]
    #: Provider of the Outer test to reason.
    outer: Mapping[str, str]
    ranking: Ranking | None
    inner: Selection
    validation: Selection


def make_split(
    examples: Sequence[Example],
    hashes: Hashes,
    features: FeatureSource,
    config: SplitConfig,
    vocabulary: VocabularyConfig,
    seed: int,
) -> Split:
    """The split of `examples`, whose perceptual hashes are `hashes` (pictures, 32); equal seeds, equal splits.

    Training keeps as many pictures of a tag as `vocabulary` asks for, before a test or validation has any. Raises
    InputError where the Outer test cannot be made as configured.
    """
    check_providers(examples, config.outer.providers, "split.outer.providers")
    check_providers(examples, config.outer.also, "split.outer.also")
    keep_of = asdict(vocabulary)
    ranking = rank_providers(examples, features(examples), config.outer, seed) if config.outer.rule == "fid" else None
    outer = outer_providers(examples, config.outer, ranking, keep_of)
    pairs = near_duplicates(hashes, config.near_duplicate_bits)
    splits, groups = _set_outer_apart(examples, pairs, outer)

    rest = [row for row, split in enumerate(splits) if split == ""]
    units = _groups(examples, groups, rest)
    tags = {tag for unit in units for tag in unit.tags}
    facet_of = {tag: tag.partition("/")[0] for tag in tags}
    minimum_of = asdict(config.minimum)
    minimum = {tag: minimum_of[facet] for tag, facet in facet_of.items()}
    keep = {tag: keep_of[facet] for tag, facet in facet_of.items()}
    wanted = max(config.tests - splits.count("outer") / len(examples), config.inner_at_least)
    wishes = Wishes(config.tag_share, minimum, keep, reserve=minimum)
    inner = select_groups(units, wishes, round(wanted * len(examples)), seed)
    units = [unit for unit in units if unit.name not in inner.groups]
    wishes = Wishes(config.tag_share, minimum, keep, reserve=dict.fromkeys(tags, 0))
    validation = select_groups(units, wishes, round(config.validation * len(examples)), seed + 1)
    for row in rest:
        name = groups[row]
        splits[row] = "inner" if name in inner.groups else "validation" if name in validation.groups else "train"
    return Split(tuple(splits), tuple(groups), tuple(pairs), outer, ranking, inner, validation)


def _set_outer_apart(
    examples: Sequence[Example], pairs: Sequence[tuple[int, int]], outer: Mapping[str, str]
) -> tuple[list[str], list[str]]:
    """The split of each picture, empty if it is still open, and the joined groups."""
    splits = ["outer" if example.record.database in outer else "" for example in examples]
    groups = [example.group for example in examples]
    taken = {group for group, split in zip(groups, splits, strict=True) if split == "outer"}
    for row, group in enumerate(groups):
        if splits[row] == "" and group in taken:
            splits[row] = LEFT_OUT
    for left, right in pairs:
        for row, other in ((left, right), (right, left)):
            if splits[row] == "outer" and splits[other] == "":
                splits[other] = LEFT_OUT
    joined = merge_groups(groups, [(left, right) for left, right in pairs if splits[left] == splits[right] == ""])
    return splits, joined


def _groups(examples: Sequence[Example], groups: Sequence[str], rows: Sequence[int]) -> list[Group]:
    members: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        members[groups[row]].append(row)
    return [
        Group(
            name,
            len(own),
            Counter(tag for row in own for facet in FACETS for tag in examples[row].record.tags(facet)),
        )
        for name, own in members.items()
    ]


def image_counts(split: Split) -> dict[str, int]:
    """Pictures of each split, those left out included."""
    return {name: split.splits.count(name) for name in (*SPLITS, LEFT_OUT)}
