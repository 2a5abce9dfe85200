"""The numbers of a bundle: members, ensemble and the zero-effort baseline, measured on the bundle itself."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from fitxa_trainer.bundles.bundle import Bundle, MemberOutputs, predict_all
from fitxa_trainer.dataset.examples import Example, target_matrix
from fitxa_trainer.ensembles.calibration import Reliability, reliability
from fitxa_trainer.ensembles.metrics import FacetMetrics, facet_metrics
from fitxa_trainer.progress import Progress

#: Row of the ranking that needs no picture: tags by how often they occur in training.
BASELINE = "frequency"
ENSEMBLE = "ensemble"


@dataclass(frozen=True)
class Evaluation:
    """Metrics by facet and row (members, "ensemble", "frequency"), reliability of the probabilities, and speed."""

    rows: Mapping[str, Mapping[str, FacetMetrics]]
    reliability: Mapping[str, Reliability]
    images: int
    images_per_second: float

    @property
    def ece(self) -> dict[str, float]:
        """The expected calibration error of each facet; NaN where no picture has a label."""
        return {facet: diagram.error() for facet, diagram in self.reliability.items()}

    def mean_r_precision(self, row: str = ENSEMBLE) -> float:
        """The mean over the facets that have pictures; NaN when none has."""
        known = [rows[row].r_precision for rows in self.rows.values() if row in rows and rows[row].images]
        return float(np.mean(known)) if known else float("nan")

    def as_json(self) -> dict[str, object]:
        """As plain values for JSON; what could not be measured is null."""
        return {
            "images": self.images,
            "imagesPerSecond": round(self.images_per_second, 1),
            "facets": {
                facet: {
                    "ece": _or_null(self.reliability[facet].error()),
                    "rows": {
                        name: {key: _or_null(value) for key, value in asdict(metrics).items()}
                        for name, metrics in rows.items()
                    },
                }
                for facet, rows in self.rows.items()
            },
        }


def manifest_figures(row: FacetMetrics, ece: float) -> dict[str, float | int]:
    """The figures of a facet as model.json names them."""
    return {
        "images": row.images,
        "rPrecision": round(row.r_precision, 4),
        "accAt1": round(row.acc_at_1, 4),
        "accAt10": round(row.acc_at_10, 4),
        "avgRankPos": round(row.avg_rank_pos, 4),
        "ece": round(ece, 4),
    }


def _or_null(value: float) -> float | None:
    return None if np.isnan(value) else value


def run_bundle(
    bundle: Bundle, examples: Sequence[Example], progress: Progress | None = None
) -> tuple[MemberOutputs, float]:
    """The bundle's outputs for `examples`, and pictures per second, decoding included."""
    started = time.perf_counter()
    (outputs,) = predict_all([bundle], [example.file for example in examples], progress)
    return outputs, len(examples) / (time.perf_counter() - started)


def evaluate(
    bundle: Bundle, examples: Sequence[Example], train: Sequence[Example], progress: Progress | None = None
) -> Evaluation:
    """Run `bundle` on `examples` and measure it; `train` gives the tag frequencies of the baseline."""
    outputs, speed = run_bundle(bundle, examples, progress)
    return measure(bundle, outputs, speed, examples, train)


def measure(
    bundle: Bundle, outputs: MemberOutputs, speed: float, examples: Sequence[Example], train: Sequence[Example]
) -> Evaluation:
    """The numbers of outputs that `run_bundle` gave for `examples`."""
    ensembles = bundle.ensemble(outputs)
    rows: dict[str, dict[str, FacetMetrics]] = {}
    diagrams: dict[str, Reliability] = {}
    for facet, terms in bundle.terms.items():
        truth = target_matrix(examples, facet, terms)
        rows[facet] = {name: facet_metrics(values[facet], truth) for name, values in outputs.items() if facet in values}
        rows[facet][ENSEMBLE] = facet_metrics(ensembles[facet], truth)
        rows[facet][BASELINE] = facet_metrics(_frequencies(train, facet, terms, len(examples)), truth)
        diagrams[facet] = reliability(bundle.calibration(facet).apply(ensembles[facet]), truth)
    return Evaluation(rows, diagrams, len(examples), speed)


def by_provider(
    bundle: Bundle, outputs: MemberOutputs, examples: Sequence[Example]
) -> dict[str, dict[str, FacetMetrics]]:
    """The ensemble's metrics of each facet over the pictures of each provider that has labels in it."""
    ensembles = bundle.ensemble(outputs)
    providers = np.array([example.record.database for example in examples])
    result: dict[str, dict[str, FacetMetrics]] = {}
    for facet, terms in bundle.terms.items():
        truth = target_matrix(examples, facet, terms)
        rows = {
            provider: facet_metrics(ensembles[facet][providers == provider], truth[providers == provider])
            for provider in sorted(set(providers.tolist()))
        }
        result[facet] = {provider: row for provider, row in rows.items() if row.images}
    return result


def _frequencies(train: Sequence[Example], facet: str, terms: Sequence[str], rows: int) -> NDArray[np.float64]:
    """The same scores for every picture: how many training pictures have each term."""
    counts = (target_matrix(train, facet, terms) > 0).sum(axis=0)
    return np.tile(counts.astype(np.float64), (rows, 1))
