"""Known weaknesses of a bundle, as far as its data and figures tell them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from fitxa_trainer.bundles.evaluation import ENSEMBLE, Evaluation
from fitxa_trainer.bundles.names import FACET_NAMES
from fitxa_trainer.dataset.data import Example

#: A facet with fewer training pictures is thin.
_THIN = 200
#: A measured facet with fewer pictures says little.
_FEW = 50
_NAMED = 6


def weaknesses(
    manifest: Mapping[str, Any], splits: Mapping[str, Sequence[Example]], evaluations: Mapping[str, Evaluation]
) -> list[str]:
    """The items of a Markdown list."""
    items = [_shortcuts(manifest, splits["train"]), *_shift(evaluations), *_thin(manifest, splits, evaluations)]
    if any("closed" not in example.record.extra for example in splits["train"]):
        items.append(
            "- **Labels are partial.** In a facet with labels a term that nobody assigned counts as wrong, in training "
            "and in these figures."
        )
    items.append(
        '- **No "none of these".** Scores are shared out over a facet, and calibration was fitted on pictures that '
        "have a label in it; on a picture with none of the facet's terms the probability is too high."
    )
    return [item for item in items if item]


def _shortcuts(manifest: Mapping[str, Any], train: Sequence[Example]) -> str:
    """Terms that only one provider shows: the network can recognise the provider instead of the object."""
    providers: dict[str, set[str]] = defaultdict(set)
    for example in train:
        for facet in manifest["facets"]:
            for tag in example.record.tags(facet):
                providers[tag].add(example.record.database)
    terms = [term for entry in manifest["facets"].values() for term in entry["terms"]]
    single: dict[str, int] = defaultdict(int)
    for term in terms:
        if len(providers[term]) == 1:
            single[next(iter(providers[term]))] += 1
    if not single:
        return ""
    named = sorted(single.items(), key=lambda item: -item[1])[:_NAMED]
    text = ", ".join(f"{name or '(none named)'} {count}" for name, count in named)
    return (
        f"- **Shortcuts.** {sum(single.values())} of {len(terms)} terms have training pictures of one provider only "
        f"({text}), so the network can recognise the provider instead of the object. The Inner test holds other "
        "objects of the *same* providers: expect lower figures on a museum's own photographs."
    )


def _shift(evaluations: Mapping[str, Evaluation]) -> list[str]:
    """What the Outer test costs."""
    if "outer" not in evaluations or "inner" not in evaluations:
        return []
    items = []
    for facet, rows in evaluations["inner"].rows.items():
        inner, outer = rows[ENSEMBLE], evaluations["outer"].rows[facet][ENSEMBLE]
        if inner.images and outer.images and outer.r_precision < inner.r_precision:
            items.append(f"{FACET_NAMES[facet]} {inner.r_precision:.2f} to {outer.r_precision:.2f}")
    if not items:
        return []
    text = "On the providers of the Outer test, of which training saw nothing, R-Precision falls:"
    return [f"- **Other museums' photographs.** {text} {', '.join(items)}."]


def _thin(
    manifest: Mapping[str, Any], splits: Mapping[str, Sequence[Example]], evaluations: Mapping[str, Evaluation]
) -> list[str]:
    """Facets with few pictures to learn from or to measure on."""
    items = []
    for facet in manifest["facets"]:
        train = sum(bool(example.record.tags(facet)) for example in splits["train"])
        measured = evaluations["inner"].rows[facet][ENSEMBLE].images if "inner" in evaluations else 0
        if train < _THIN or measured < _FEW:
            items.append(
                f"- **{FACET_NAMES[facet]} are thin**: {train} training pictures; figures on {measured} pictures of "
                "the Inner test say little."
            )
    return items
