"""How long all metrics of 100,000 pictures over the paper's four facets take, after inference.

    python benchmarks/evaluation.py [--images 100000]

Scores are random float32, truth has the paper's density (paths of two to four nodes, some facets without labels). Timed
are R-Precision, Acc@1, Acc@10 and AvgRankPos, and the calibration error over the ten best terms, per facet.
"""

import argparse
import json
import os
import time

import numpy as np
from numpy.typing import NDArray

from fitxa_trainer.ensembles.calibration import expected_calibration_error
from fitxa_trainer.ensembles.metrics import facet_metrics

#: Terms of the paper's vocabularies, and the share of its pictures with labels in the facet (about; its section 3).
FACETS = {"objectTypes": (910, 0.95), "materials": (276, 0.75), "disciplines": (33, 0.15), "subjects": (8, 0.1)}


def make(
    images: int, terms: int, labelled: float, rng: np.random.Generator
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Random scores and truth (images, terms)."""
    scores = rng.random((images, terms), dtype=np.float32)
    truth = np.zeros((images, terms), dtype=np.bool_)
    for row in np.flatnonzero(rng.random(images) < labelled):
        truth[row, rng.integers(0, terms, rng.integers(2, 5))] = True
    return scores, truth


def main() -> None:
    """Print seconds per facet and in all, as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=100_000)
    images = parser.parse_args().images
    rng = np.random.default_rng(1)
    seconds: dict[str, dict[str, float]] = {}
    for facet, (terms, labelled) in FACETS.items():
        scores, truth = make(images, terms, labelled, rng)
        started = time.perf_counter()
        facet_metrics(scores, truth)
        ranked = time.perf_counter()
        expected_calibration_error(scores, truth)
        seconds[facet] = {"metrics": ranked - started, "calibrationError": time.perf_counter() - ranked}
    total = sum(sum(parts.values()) for parts in seconds.values())
    rounded = {facet: {name: round(value, 2) for name, value in parts.items()} for facet, parts in seconds.items()}
    print(json.dumps({"images": images, "cores": os.cpu_count(), "seconds": rounded, "total": round(total, 2)}))


if __name__ == "__main__":
    main()
