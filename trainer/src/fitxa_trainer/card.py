"""card.md: what a bundle is, what it was made from, how good it is and where it fails."""

from collections.abc import Mapping, Sequence
from typing import Any

from fitxa_trainer.attribution import Attribution, attributions
from fitxa_trainer.data import Example
from fitxa_trainer.evaluation import BASELINE, Evaluation
from fitxa_trainer.facets import FACETS
from fitxa_trainer.runfolder import RunFolder

_NAMES = {
    "objectTypes": "Object Types",
    "materials": "Materials",
    "disciplines": "Disciplines",
    "subjects": "Subjects",
}
_ROWS = {
    BASELINE: "tag frequency (no picture)",
    "multilabel": "multi-label (ML)",
    "softmax": "softmax (S)",
    "ensemble": "**ensemble ML+S**",
}

_WEAKNESSES = """\
- **Shortcuts.** Most terms come from one source each (TrashNet for paper, cardboard, plastic and metal; one collection of
  coins; one of garments), so the network can recognise the source instead of the object. The test split holds other
  objects of the *same* sources: expect clearly lower figures on a museum's own photographs.
- **Not museum-like.** Most pictures are everyday photographs; only getty, bnf-gallica, testaments and towneley-works come from
  museums and archives.
- **Labels are partial.** A term that nobody assigned counts as wrong in training and in these figures.
- **No "none of these".** Scores are shared out over a facet, and calibration was fitted on pictures that have a label in it;
  on a picture with none of the facet's terms the probability is too high.
- **Subjects are thin**: {subjects} training pictures in all, nearly all from one collection; figures on {subject_tests} test pictures
  say little.
- **TrashNet shows the same objects again** from other sides without saying so; only near-duplicates could be kept
  together, which flatters Materials.
- Pictures were at most 320 px; large pictures are reduced to the network's size all the same.
"""


def render_card(
    manifest: Mapping[str, Any],
    run: RunFolder,
    examples: Sequence[Example],
    splits: Mapping[str, Sequence[Example]],
    evaluations: Mapping[str, Evaluation],
    self_test: Example,
    onnx_difference: float,
) -> str:
    """The card as Markdown."""
    config = run.config()
    images = manifest["data"]["images"]
    subject_tests = evaluations["test"].rows["subjects"]["ensemble"].images
    subject_trains = sum(bool(example.record.tags("subjects")) for example in splits["train"])
    sections = [
        f"# {manifest['title']['en']} ({manifest['id']} {manifest['version']})",
        (
            "Suggests terms of the Getty AAT for photographs of museum objects in four facets. One network: a frozen "
            f"EfficientNet-Lite ({config.features.backbone}, ImageNet weights) at {config.features.size} x "
            f"{config.features.size} px, with two linear heads per facet, multi-label (sigmoid) and softmax. Made with "
            f"fitxa_trainer {manifest['trainerVersion']}, {manifest['created']}."
        ),
        "## Figures",
        (
            f"Measured on the exported file (onnxruntime, CPU). Split by group: {images['train']} pictures for training, "
            f"{images['validation']} for validation, {images['test']} for the test; no object, document or near-duplicate "
            f"(at most {config.split.near_duplicate_bits} of 255 bits of the perceptual hash differ) is in two of them. Every "
            "choice (epoch, weight decay, weights, calibration) was made on validation. Largest difference between ONNX and "
            f"torch: {onnx_difference:.0e}."
        ),
        *(
            part
            for split in ("test", "validation")
            for part in (f"### {split.capitalize()} split", _table(evaluations[split]))
        ),
        (
            "R-Precision, Acc@k and AvgRankPos as defined with EUFCC-340K, over the pictures that have a label of the "
            "vocabulary in the facet; equal scores rank in vocabulary order. ECE: mean gap between stated and observed "
            "probability over the ten suggestions shown, 15 bins."
        ),
        "## Ensemble",
        _ensemble_text(manifest),
        "## Vocabulary",
        _vocabulary_text(manifest, run),
        "## Known weaknesses",
        _WEAKNESSES.format(subjects=subject_trains, subject_tests=subject_tests).rstrip(),
        "## Data, licences and attributions",
        (
            "The pictures were used for training and measuring and are not part of this bundle, but for the self-test picture: "
            f"`{self_test.record.id}`, {self_test.record.keeper or self_test.record.database}, "
            f"{self_test.record.extra.get('licence', '')}. Pictures of towneley-works, whose licence is unclear, were used for "
            "training and measuring only and are never shipped."
        ),
        _attribution_table(attributions(examples)),
        f"Data fingerprint: `{manifest['data']['fingerprint']}`.",
        "## Licence",
        f"{manifest['licence']['name']}. {manifest['licence']['text']}",
    ]
    return "\n\n".join(sections) + "\n"


def _table(evaluation: Evaluation) -> str:
    lines = [
        "| facet | pictures | ranking | R-Precision | Acc@1 | Acc@10 | AvgRankPos | ECE |",
        "| --- | ---: | --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for facet in FACETS:
        for name, label in _ROWS.items():
            row = evaluation.rows[facet][name]
            ece = f"{evaluation.ece[facet]:.3f}" if name == "ensemble" else ""
            lines.append(
                f"| {_NAMES[facet]} | {row.images} | {label} | {row.r_precision:.3f} | {row.acc_at_1:.3f} "
                f"| {row.acc_at_10:.3f} | {row.avg_rank_pos:.2f} | {ece} |"
            )
    for name, label in _ROWS.items():
        rows = [evaluation.rows[facet][name] for facet in FACETS]
        means = [
            sum(values) / len(FACETS)
            for values in zip(*((r.r_precision, r.acc_at_1, r.acc_at_10, r.avg_rank_pos) for r in rows), strict=True)
        ]
        lines.append(f"| mean | | {label} | {means[0]:.3f} | {means[1]:.3f} | {means[2]:.3f} | {means[3]:.2f} | |")
    return "\n".join(lines)


def _ensemble_text(manifest: Mapping[str, Any]) -> str:
    lines = [
        (
            "Sigmoid outputs are normalised over the facet to sum to 1, then averaged with the softmax outputs. Weights per facet "
            "were learned on validation and kept only where their gain in R-Precision exceeds twice its standard error; "
            "elsewhere they are equal:"
        ),
        "",
    ]
    for facet in FACETS:
        weights = manifest["facets"][facet]["weights"]
        text = ", ".join(f"{member} {weight:g}" for member, weight in weights.items())
        kind = "equal" if len(set(weights.values())) == 1 else "learned"
        lines.append(f"- {_NAMES[facet]}: {text} ({kind})")
    return "\n".join(lines)


def _vocabulary_text(manifest: Mapping[str, Any], run: RunFolder) -> str:
    config = run.config()
    dropped = run.read_json("vocabulary.json")["dropped"]
    lines = [
        "All nodes on the paths of the labels count as tags; a tag becomes a term with enough training pictures.",
        "",
        "| facet | terms | pictures needed | tags dropped |",
        "| --- | ---: | ---: | --- |",
    ]
    for facet in FACETS:
        names = ", ".join(f"{key.split('/', 1)[1].replace(' | ', ' › ')} ({n})" for key, n in dropped[facet].items())
        minimum = getattr(config.vocabulary, facet)
        lines.append(f"| {_NAMES[facet]} | {len(manifest['facets'][facet]['terms'])} | {minimum} | {names or 'none'} |")
    return "\n".join(lines)


def _attribution_table(entries: Sequence[Attribution]) -> str:
    lines = ["| provider | pictures | licence | holders named |", "| --- | ---: | --- | --- |"]
    for entry in entries:
        keepers = ", ".join(entry["keepers"][:8]) + (" and others" if len(entry["keepers"]) > 8 else "")
        lines.append(f"| {entry['provider']} | {entry['images']} | {entry['licence']} | {keepers} |")
    return "\n".join(lines)
