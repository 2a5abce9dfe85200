"""The figures of the EUFCC-340K paper that ours are compared with.

Source: F. Net, M. Folia, P. Casals, A. D. Bagdanov, L. Gómez, "EUFCC-340K: A faceted hierarchical dataset for metadata
annotation in GLAM collections", 2025. Their pictures, vocabulary and backbones are others than ours (346,324 pictures,
ConvNeXt-Base and CLIP ViT-B-16), so only orders and gaps can be compared, never values.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Figures:
    """R-Precision, Acc@1, Acc@10 and AvgRankPos, means over the four facets."""

    r_precision: float
    acc_at_1: float
    acc_at_10: float
    avg_rank_pos: float


#: By the name of the method in our tables and by split.
PAPER: Mapping[str, Mapping[str, Figures]] = {
    "multilabel": {"inner": Figures(0.76, 0.83, 0.99, 4.8), "outer": Figures(0.67, 0.70, 0.89, 27.7)},
    "softmax": {"inner": Figures(0.77, 0.88, 0.99, 5.4), "outer": Figures(0.67, 0.69, 0.87, 25.8)},
    "softmax-weighted": {"inner": Figures(0.63, 0.74, 0.96, 14.6), "outer": Figures(0.53, 0.53, 0.80, 40.7)},
    "hsoftmax-levels": {"inner": Figures(0.68, 0.85, 0.99, 24.6), "outer": Figures(0.66, 0.70, 0.88, 14.9)},
    "hsoftmax-nodes": {"inner": Figures(0.73, 0.85, 0.99, 11.3), "outer": Figures(0.64, 0.66, 0.86, 17.6)},
    "ml+s": {"inner": Figures(0.81, 0.88, 0.99, 3.8), "outer": Figures(0.67, 0.70, 0.89, 27.2)},
    "zero-shot": {"inner": Figures(0.35, 0.37, 0.66, 66.7), "outer": Figures(0.20, 0.20, 0.46, 143.4)},
    "clip-one-tag": {"inner": Figures(0.64, 0.71, 0.94, 13.2), "outer": Figures(0.74, 0.75, 0.90, 9.6)},
    "clip-all-tags": {"inner": Figures(0.61, 0.65, 0.88, 26.4), "outer": Figures(0.51, 0.57, 0.87, 48.2)},
    "clip-prompt": {"inner": Figures(0.70, 0.76, 0.93, 14.1), "outer": Figures(0.69, 0.72, 0.91, 10.1)},
    "ml+s+clip": {"inner": Figures(0.80, 0.87, 0.99, 5.0), "outer": Figures(0.68, 0.70, 0.92, 13.1)},
}

_FACETS = ("objectTypes", "materials", "disciplines", "subjects")


def _by_facet(*values: float) -> Mapping[str, float]:
    return dict(zip(_FACETS, values, strict=True))


#: R-Precision per facet, where the paper is known to give it.
PAPER_R_PRECISION: Mapping[str, Mapping[str, Mapping[str, float]]] = {
    "multilabel": {"inner": _by_facet(0.60, 0.72, 0.88, 0.82), "outer": _by_facet(0.45, 0.85, 0.48, 0.91)},
    "softmax": {"inner": _by_facet(0.59, 0.75, 0.92, 0.83), "outer": _by_facet(0.50, 0.83, 0.47, 0.87)},
    "ml+s": {"inner": _by_facet(0.66, 0.79, 0.91, 0.86)},
    "clip-one-tag": {"outer": _by_facet(0.75, 0.51, 0.87, 0.81)},
    "clip-prompt": {"inner": _by_facet(0.52, 0.68, 0.60, 1.00)},
    "ml+s+clip": {"inner": _by_facet(0.66, 0.79, 0.91, 0.83), "outer": _by_facet(0.50, 0.84, 0.48, 0.91)},
}
