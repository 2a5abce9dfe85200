"""The Outer test: whole providers, chosen for the shift of their pictures by the Fréchet distance.

Of the providers that hold a small part of all pictures (2 % to 5 % in the paper), the first is the one at the greatest
distance from the whole set, itself included, and is not of a single category; the second is the one nearest to it.
A category is a label as given: ancestors do not make one label several. Beyond the paper, either must be testable: a
part of its pictures must have a tag that enough pictures remain for, once the whole Outer test is set apart. With few
providers that is no matter of course: two may be the only ones that have each other's tags.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fitxa_trainer.configuration.split import OuterConfig
from fitxa_trainer.dataset.examples import Example
from fitxa_trainer.dataset.facets import FACETS
from fitxa_trainer.errors import InputError
from fitxa_trainer.splitting.frechet import Matrix, distance_matrix, feature_statistics, frechet_distance


@dataclass(frozen=True)
class Candidate:
    """A provider that the Outer test may take."""

    name: str
    #: Whether it has the wished size; those added by hand need not.
    eligible: bool
    pictures: int
    #: Labels as given, over all facets.
    labels: int
    #: d² to the whole set.
    to_whole: float
    #: d² to the whole set of as many pictures drawn from it at random: what the small number alone accounts for.
    of_random_sample: float


@dataclass(frozen=True)
class Ranking:
    """Candidates by falling distance to the whole set, and d² between all pairs of them, shape (n, n)."""

    candidates: tuple[Candidate, ...]
    between: Matrix


def rank_providers(
    examples: Sequence[Example], features: NDArray[np.float32], config: OuterConfig, seed: int
) -> Ranking:
    """All providers of the wished size, and those added by hand.

    `features` has one row per example, shape (pictures, features).
    """
    rows_of: dict[str, list[int]] = defaultdict(list)
    for row, example in enumerate(examples):
        rows_of[example.record.database].append(row)
    least, most = (share * len(examples) for share in config.shares)
    eligible = {name for name, rows in rows_of.items() if least <= len(rows) <= most} - set(config.also)
    names = sorted(name for name in {*eligible, *config.also} if len(rows_of[name]) > 1)
    whole = feature_statistics(features)
    statistics = {name: feature_statistics(features[rows_of[name]]) for name in names}
    generator = np.random.default_rng(seed)
    candidates = []
    for name in names:
        rows = rows_of[name]
        sample = feature_statistics(features[generator.choice(len(examples), len(rows), replace=False)])
        candidates.append(
            Candidate(
                name=name,
                eligible=name in eligible,
                pictures=len(rows),
                labels=len(
                    {(f, path) for row in rows for f in FACETS for path in examples[row].record.paths.get(f, ())}
                ),
                to_whole=frechet_distance(statistics[name], whole),
                of_random_sample=frechet_distance(sample, whole),
            )
        )
    candidates.sort(key=lambda candidate: -candidate.to_whole)
    return Ranking(tuple(candidates), distance_matrix([statistics[candidate.name] for candidate in candidates]))


def choose_by_distance(
    examples: Sequence[Example], ranking: Ranking, config: OuterConfig, minimum: Mapping[str, int]
) -> tuple[str, str]:
    """The two providers of the rule, the first one first; `minimum` is the training pictures of a tag by facet.

    Raises InputError when no provider of the wished size can be the first or the second one.
    """
    names = [candidate.name for candidate in ranking.candidates]
    eligible = {row for row, candidate in enumerate(ranking.candidates) if candidate.eligible}

    def covered(*rows: int) -> bool:
        outer = frozenset([*config.also, *(names[row] for row in rows)])
        return covered_share(examples, names[rows[-1]], outer, minimum) >= config.minimum_covered

    for row, candidate in enumerate(ranking.candidates):
        if row in eligible and candidate.labels >= config.minimum_labels and covered(row):
            nearest = sorted(eligible - {row}, key=lambda other: ranking.between[row, other])
            for other in nearest:
                if covered(row, other) and covered(other, row):
                    return names[row], names[other]
            break
    found = ", ".join(
        f"{candidate.name} (labels: {candidate.labels})" for candidate in ranking.candidates if candidate.eligible
    )
    raise InputError(
        f"The Outer test needs two providers within split.outer.shares, the first with at least "
        f"{config.minimum_labels} labels, and both with tags that other providers have too; of the wished size are: "
        f"{found or 'none'}. Widen the shares, name split.outer.providers with the rule named, or set the rule to none."
    )


def check_providers(examples: Sequence[Example], names: Sequence[str], key: str) -> None:
    """Raise InputError for a name in the configuration's `key` that no picture has as its provider."""
    known = {example.record.database for example in examples}
    for name in names:
        if name not in known:
            raise InputError(f"{key}: no picture is of {name!r}; providers are {', '.join(sorted(known))}.")


def covered_share(
    examples: Sequence[Example], provider: str, outer: frozenset[str], minimum: Mapping[str, int]
) -> float:
    """Share of the pictures of `provider` with a tag that `minimum[facet]` pictures or more have outside `outer`."""
    common = frozenset(tag for facet in FACETS for tag in _common_tags(examples, facet, outer, minimum[facet]))
    own = [example.record for example in examples if example.record.database == provider]
    return sum(any(record.tags(facet) & common for facet in FACETS) for record in own) / len(own)


def _common_tags(examples: Sequence[Example], facet: str, outer: frozenset[str], minimum: int) -> frozenset[str]:
    """The tags of `facet` that at least `minimum` pictures of providers outside `outer` have; none if it is 0."""
    counts = Counter(
        tag for example in examples if example.record.database not in outer for tag in example.record.tags(facet)
    )
    return frozenset(tag for tag, count in counts.items() if count >= minimum > 0)


def coverage(
    examples: Sequence[Example], outer: frozenset[str], minimum: Mapping[str, int]
) -> dict[str, dict[str, int]]:
    """Per facet: the labelled pictures of the providers `outer`, and how many of them can be scored.

    `anyTag` have a tag that at least `minimum[facet]` pictures of other providers have, `label` have such a tag among
    their deepest labels (not a mere ancestor), `allTags` have no other tags.
    """
    inside = [example for example in examples if example.record.database in outer]
    result: dict[str, dict[str, int]] = {}
    for facet in FACETS:
        common = _common_tags(examples, facet, outer, minimum[facet])
        counts = {"labelled": 0, "anyTag": 0, "label": 0, "allTags": 0}
        for example in inside:
            tags = example.record.tags(facet)
            counts["labelled"] += bool(tags)
            counts["anyTag"] += bool(tags & common)
            counts["label"] += bool(_deepest(tags) & common)
            counts["allTags"] += bool(tags) and tags <= common
        result[facet] = counts
    return result


def _deepest(tags: frozenset[str]) -> frozenset[str]:
    """The tags that are no ancestor of another one."""
    return frozenset(tag for tag in tags if not any(other.startswith(f"{tag} | ") for other in tags))


def outer_providers(
    examples: Sequence[Example], config: OuterConfig, ranking: Ranking | None, minimum: Mapping[str, int]
) -> dict[str, str]:
    """The providers of the Outer test, each with the reason why it is one; `ranking` where the rule is fid."""
    chosen: dict[str, str] = {}
    if ranking is not None:
        first, second = choose_by_distance(examples, ranking, config, minimum)
        chosen[first] = "greatest distance to the whole set of those with several labels and with tags others have too"
        chosen[second] = f"nearest to {first} of those with tags others have too"
    elif config.rule == "named":
        chosen = dict.fromkeys(config.providers, "named in split.outer.providers")
    return chosen | {name: "named in split.outer.also" for name in config.also if name not in chosen}


def counts_by_provider(examples: Sequence[Example]) -> Mapping[str, int]:
    """Pictures of each provider, most first."""
    return dict(Counter(example.record.database for example in examples).most_common())
