"""The numbers of a bundle: members, ensemble and the zero-effort baseline, measured on the bundle itself."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from fitxa_trainer.bundle import Bundle, MemberOutputs
from fitxa_trainer.calibration import expected_calibration_error
from fitxa_trainer.data import Example, truth_matrix
from fitxa_trainer.metrics import FacetMetrics, facet_metrics

#: Row of the ranking that needs no picture: tags by how often they occur in training.
BASELINE = "frequency"


@dataclass(frozen=True)
class Evaluation:
    """Metrics by facet and row (members, "ensemble", "frequency"), calibration error and speed."""

    rows: Mapping[str, Mapping[str, FacetMetrics]]
    ece: Mapping[str, float]
    images: int
    images_per_second: float

    def as_json(self) -> dict[str, object]:
        """As plain values for JSON."""
        return {
            "images": self.images,
            "imagesPerSecond": round(self.images_per_second, 1),
            "facets": {
                facet: {
                    "ece": self.ece[facet],
                    "rows": {name: asdict(metrics) for name, metrics in rows.items()},
                }
                for facet, rows in self.rows.items()
            },
        }


def run_bundle(bundle: Bundle, examples: Sequence[Example]) -> tuple[MemberOutputs, float]:
    """The bundle's outputs for `examples`, and pictures per second, decoding included."""
    started = time.perf_counter()
    outputs = bundle.predict([example.file for example in examples])
    return outputs, len(examples) / (time.perf_counter() - started)


def evaluate(bundle: Bundle, examples: Sequence[Example], train: Sequence[Example]) -> Evaluation:
    """Run `bundle` on `examples` and measure it; `train` gives the tag frequencies of the baseline."""
    outputs, speed = run_bundle(bundle, examples)
    return measure(bundle, outputs, speed, examples, train)


def measure(
    bundle: Bundle, outputs: MemberOutputs, speed: float, examples: Sequence[Example], train: Sequence[Example]
) -> Evaluation:
    """The numbers of outputs that `run_bundle` gave for `examples`."""
    ensembles = bundle.ensemble(outputs)
    rows: dict[str, dict[str, FacetMetrics]] = {}
    ece: dict[str, float] = {}
    for facet, terms in bundle.terms.items():
        truth = truth_matrix(examples, facet, terms)
        rows[facet] = {name: facet_metrics(values[facet], truth) for name, values in outputs.items()}
        rows[facet]["ensemble"] = facet_metrics(ensembles[facet], truth)
        rows[facet][BASELINE] = facet_metrics(_frequencies(train, facet, terms, len(examples)), truth)
        probabilities = bundle.calibration(facet).apply(ensembles[facet])
        ece[facet] = expected_calibration_error(probabilities, truth) if truth.any() else float("nan")
    return Evaluation(rows, ece, len(examples), speed)


def by_provider(
    bundle: Bundle, outputs: MemberOutputs, examples: Sequence[Example]
) -> dict[str, dict[str, FacetMetrics]]:
    """The ensemble's metrics of each facet over the pictures of each provider that has labels in it."""
    ensembles = bundle.ensemble(outputs)
    providers = np.array([example.record.database for example in examples])
    result: dict[str, dict[str, FacetMetrics]] = {}
    for facet, terms in bundle.terms.items():
        truth = truth_matrix(examples, facet, terms)
        rows = {
            provider: facet_metrics(ensembles[facet][providers == provider], truth[providers == provider])
            for provider in sorted(set(providers.tolist()))
        }
        result[facet] = {provider: row for provider, row in rows.items() if row.images}
    return result


def _frequencies(train: Sequence[Example], facet: str, terms: Sequence[str], rows: int) -> NDArray[np.float64]:
    """The same scores for every picture: how many training pictures have each term."""
    counts = truth_matrix(train, facet, terms).sum(axis=0)
    return np.tile(counts.astype(np.float64), (rows, 1))
