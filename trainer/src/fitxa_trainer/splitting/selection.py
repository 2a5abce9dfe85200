"""A balanced selection of whole groups: each tag its share, rare tags a minimum, frequent ones a cap.

The paper aims at 33 % of the pictures of every tag, with a minimum per tag, and at about 10 % of all pictures: not
both can be had. Here a tag wishes for

    max(minimum, min(cap, share × n))        of its n pictures,

except for half of them at most, and for none that its training needs. The cap, one number for all tags, is the one at
which the selection has the wished size; so rare tags give their full share or their minimum, and only frequent ones
give less. Where a tag is too rare for the minimum of both selections, the first takes half of what training can spare.

Groups are taken for the rarest tag first, as in iterative stratification (Sechidis, Tsoumakas and Vlahavas, "On the
Stratification of Multi-Label Data", 2011).
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Group:
    """Pictures that stay together: how many, and how many of them have each tag."""

    name: str
    size: int
    tags: Mapping[str, int]


@dataclass(frozen=True)
class Wishes:
    """What is asked of a selection. By tag: the `minimum`, the pictures to `keep` for training, and to `reserve`,
    where it can be, for a selection that follows."""

    share: float
    minimum: Mapping[str, int]
    keep: Mapping[str, int]
    reserve: Mapping[str, int]


@dataclass(frozen=True)
class Selection:
    """The names of the groups taken, and the cap on frequent tags that gave them."""

    groups: frozenset[str]
    cap: int


def select_groups(groups: Sequence[Group], wishes: Wishes, size: int, seed: int) -> Selection:
    """The balanced selection of `groups` with as near as possible to `size` pictures; equal seeds, equal selections.

    The minima come first: where they alone need more pictures than `size`, the selection is larger.
    """
    counts: Counter[str] = Counter()
    for group in groups:
        counts.update(group.tags)
    by_name = sorted(groups, key=lambda group: group.name)
    order = [by_name[index] for index in np.random.default_rng(seed).permutation(len(by_name))]
    having: dict[str, list[Group]] = defaultdict(list)
    for group in order:
        for tag in group.tags:
            having[tag].append(group)

    best: tuple[int, int, frozenset[str]] | None = None
    low, high = 0, max(counts.values(), default=0)
    while low <= high:
        cap = (low + high) // 2
        taken = _take(having, counts, wishes, cap)
        total = sum(group.size for group in order if group.name in taken)
        if best is None or abs(total - size) < best[0]:
            best = (abs(total - size), cap, taken)
        low, high = (cap + 1, high) if total < size else (low, cap - 1)
    assert best is not None
    return Selection(best[2], best[1])


def wished(tag: str, count: int, wishes: Wishes, cap: int) -> int:
    """How many of the `count` pictures of `tag` a selection is to have."""
    wish = max(wishes.minimum[tag], min(cap, round(wishes.share * count)))
    return max(0, min(wish, count // 2, spare(tag, count, wishes)))


def spare(tag: str, count: int, wishes: Wishes) -> int:
    """How many of the `count` pictures of `tag` a selection may take."""
    left = count - wishes.keep[tag]
    return max(left - wishes.reserve[tag], (left + 1) // 2) if wishes.reserve[tag] else left


def _take(having: Mapping[str, Sequence[Group]], counts: Mapping[str, int], wishes: Wishes, cap: int) -> frozenset[str]:
    """The groups taken with `cap`: for each tag, rarest first, until its wish is met or no group fits."""
    taken: set[str] = set()
    have: Counter[str] = Counter()
    #: What a selection may take at most; a tag too rare for training anyway limits nothing.
    limit = {tag: spare(tag, count, wishes) for tag, count in counts.items() if count >= wishes.keep[tag]}

    def fits(group: Group) -> bool:
        return all(have[tag] + count <= limit.get(tag, have[tag] + count) for tag, count in group.tags.items())

    def take(group: Group) -> None:
        taken.add(group.name)
        have.update(group.tags)

    for tag in sorted(counts, key=lambda name: (counts[name], name)):
        wish = wished(tag, counts[tag], wishes, cap)
        passed: list[Group] = []
        for group in having[tag]:
            missing = wish - have[tag]
            if missing <= 0:
                break
            if group.name in taken:
                continue
            if group.tags[tag] > missing:
                passed.append(group)
            elif fits(group):
                take(group)
        # Only groups larger than what is missing are left: the smallest of them, unless it is mostly too much.
        for group in sorted(passed, key=lambda other: other.tags[tag]):
            missing = wish - have[tag]
            if missing <= 0 or group.tags[tag] > 2 * missing:
                break
            if fits(group):
                take(group)
    return frozenset(taken)
