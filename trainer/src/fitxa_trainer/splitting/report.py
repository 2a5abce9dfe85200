"""What `split` did and why, as JSON beside the split file."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from fitxa_trainer.configuration.run import Config
from fitxa_trainer.dataset.examples import Example, fingerprint
from fitxa_trainer.dataset.facets import FACETS
from fitxa_trainer.splitting.make import Split, image_counts
from fitxa_trainer.splitting.outer import Ranking, counts_by_provider, coverage
from fitxa_trainer.splitting.split_file import LEFT_OUT, SPLITS


def split_report(
    examples: Sequence[Example], split: Split, config: Config, network: Mapping[str, object]
) -> dict[str, object]:
    """The report; `network` describes the network of the features and is empty if the rule needs none."""
    minimum = {facet: getattr(config.vocabulary, facet) for facet in FACETS}
    candidates = [candidate.name for candidate in split.ranking.candidates] if split.ranking else []
    asked = dict.fromkeys([*candidates, *split.outer])
    return {
        "seed": config.seed,
        "config": asdict(config.split),
        "fingerprint": fingerprint(examples),
        "images": image_counts(split),
        "providers": counts_by_provider(examples),
        "outer": {
            "providers": split.outer,
            "featureNetwork": network,
            "distances": _distances(split.ranking) if split.ranking else {},
            "coverage": {
                "minimum": minimum,
                "alone": {name: coverage(examples, frozenset([name]), minimum) for name in asked},
                "together": coverage(examples, frozenset(split.outer), minimum),
            },
        },
        "selections": {
            "innerCap": split.inner.cap,
            "validationCap": split.validation.cap,
        },
        "nearDuplicates": _near_duplicates(examples, split, config.split.near_duplicate_bits),
        "facets": {facet: _facet(examples, split, facet) for facet in FACETS},
    }


def _distances(ranking: Ranking) -> dict[str, object]:
    """d² of the candidates, by falling distance to the whole set."""
    return {
        "candidates": [
            {
                "provider": candidate.name,
                "eligible": candidate.eligible,
                "pictures": candidate.pictures,
                "labels": candidate.labels,
                "toWhole": round(candidate.to_whole, 4),
                "ofRandomSampleOfSameSize": round(candidate.of_random_sample, 4),
            }
            for candidate in ranking.candidates
        ],
        "between": [[round(float(value), 4) for value in row] for row in ranking.between],
    }


def _near_duplicates(examples: Sequence[Example], split: Split, bits: int) -> dict[str, object]:
    def across(left: int, right: int) -> bool:
        return examples[left].record.database != examples[right].record.database

    return {
        "bits": bits,
        "pairs": len(split.pairs),
        "pairsAcrossProviders": [
            [examples[left].record.id, examples[right].record.id] for left, right in split.pairs if across(left, right)
        ],
        "groups": {"given": len({example.group for example in examples}), "joined": len(set(split.groups))},
        "leftOut": [
            example.record.id for example, name in zip(examples, split.splits, strict=True) if name == LEFT_OUT
        ],
    }


def _facet(examples: Sequence[Example], split: Split, facet: str) -> dict[str, object]:
    labelled: Counter[str] = Counter()
    tags: dict[str, Counter[str]] = {}
    for example, name in zip(examples, split.splits, strict=True):
        own = example.record.tags(facet)
        labelled[name] += bool(own)
        for tag in own:
            tags.setdefault(tag, Counter())[name] += 1
    return {
        "labelled": {name: labelled[name] for name in SPLITS},
        "tags": {tag: {name: tags[tag][name] for name in SPLITS} for tag in sorted(tags)},
    }
