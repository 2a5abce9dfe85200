"""A bundle's networks in other precisions: written, run on the same pictures and compared with fp32."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from fitxa_trainer.bundles.bundle import Bundle, MemberOutputs
from fitxa_trainer.bundles.evaluation import Evaluation
from fitxa_trainer.bundles.precision import quantise, store_half
from fitxa_trainer.dataset.examples import Example
from fitxa_trainer.pictures.preprocessing import Preprocessing, load_input

#: Training pictures from which int8 takes the ranges of its activations.
CALIBRATION_PICTURES = 100


@dataclass(frozen=True)
class Variant:
    """One precision: bytes of its networks and, against fp32, what it loses on each split.

    `loss` is the drop in R-Precision of the ensemble by split and facet (negative: a gain), `difference` the largest
    absolute difference of any probability of any member.
    """

    precision: str
    bytes: int
    loss: Mapping[str, Mapping[str, float]]
    difference: float

    def as_json(self) -> dict[str, object]:
        """As plain values for JSON; a facet without pictures in a split is left out."""
        return {
            "precision": self.precision,
            "bytes": self.bytes,
            "largestDifference": round(self.difference, 6),
            "lossInRPrecision": {
                split: {facet: round(value, 4) for facet, value in facets.items() if not np.isnan(value)}
                for split, facets in self.loss.items()
            },
        }

    def mean_loss(self, split: str) -> float:
        """The mean over the facets of `split` that have pictures; NaN when none has."""
        known = [value for value in self.loss[split].values() if not np.isnan(value)]
        return float(np.mean(known)) if known else float("nan")


def write_precision(
    precision: str, sources: Mapping[str, Preprocessing], fp32: Path, target: Path, train: Sequence[Example]
) -> None:
    """Write the networks of the folder `fp32` in `precision` to the folder `target`.

    `sources` names the files with what their pictures go through; pictures of `train`, evenly taken, calibrate int8.
    """
    step = max(1, len(train) // CALIBRATION_PICTURES)
    chosen = train[::step][:CALIBRATION_PICTURES]
    for file, view in sources.items():
        if precision == "fp16":
            store_half(fp32 / file, target / file)
        elif precision == "int8":
            quantise(fp32 / file, target / file, (load_input(example.file, view) for example in chosen))
        else:
            raise ValueError(precision)


def compare(
    precision: str,
    bundle: Bundle,
    evaluations: Mapping[str, tuple[Evaluation, Evaluation]],
    outputs: Sequence[tuple[MemberOutputs, MemberOutputs]],
) -> Variant:
    """What `bundle`, of `precision`, loses: `evaluations` by split and `outputs`, each of fp32 and of the bundle."""
    loss = {
        split: {
            facet: rows["ensemble"].r_precision - found.rows[facet]["ensemble"].r_precision
            for facet, rows in reference.rows.items()
        }
        for split, (reference, found) in evaluations.items()
    }
    differences = [
        float(np.abs(values - found[member][facet]).max(initial=0.0))
        for reference, found in outputs
        for member, facets in reference.items()
        for facet, values in facets.items()
    ]
    files = {member["file"] for member in bundle.manifest["members"]}
    size = sum((bundle.folder / file).stat().st_size for file in files)
    return Variant(precision, size, loss, max(differences, default=0.0))
