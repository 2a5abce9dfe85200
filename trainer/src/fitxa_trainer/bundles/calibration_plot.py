"""The calibration plot of a model card: stated against observed probability, one panel per facet, as a small SVG."""

from collections.abc import Mapping
from pathlib import Path

from fitxa_trainer.bundles.evaluation import Evaluation
from fitxa_trainer.bundles.names import FACET_NAMES, SPLIT_NAMES

#: Splits are told apart by marker and line as well as by colour.
_STYLES = {
    "validation": {"color": "#767676", "marker": "s", "linestyle": ":"},
    "inner": {"color": "#0b5fa5", "marker": "o", "linestyle": "-"},
    "outer": {"color": "#b34700", "marker": "^", "linestyle": "--"},
}


def write_calibration_plot(evaluations: Mapping[str, Evaluation], path: Path) -> None:
    """Write the plot of the suggestions shown (ten a picture and facet, 15 bins) of each split to the file `path`."""
    import matplotlib as mpl  # noqa: PLC0415 - slow to import, and only an export plots
    from matplotlib.figure import Figure  # noqa: PLC0415

    facets = list(next(iter(evaluations.values())).reliability)
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "fitxa", "font.size": 8}):
        figure = Figure(figsize=(2.4 * len(facets), 2.7), layout="constrained")
        panels = figure.subplots(1, len(facets), squeeze=False)[0]
        for facet, panel in zip(facets, panels, strict=True):
            panel.plot([0, 1], [0, 1], color="#999999", linewidth=0.8)
            for split, evaluation in evaluations.items():
                diagram = evaluation.reliability[facet]
                if diagram.count.sum():
                    label = f"{SPLIT_NAMES[split]} ({diagram.error():.3f})"
                    panel.plot(
                        diagram.stated, diagram.observed, label=label, markersize=3, linewidth=1, **_STYLES[split]
                    )
            panel.set(title=FACET_NAMES[facet], xlabel="stated", xlim=(0, 1), ylim=(0, 1), aspect="equal")
            if panel.get_legend_handles_labels()[0]:
                panel.legend(fontsize=6, title="split (ECE)", title_fontsize=6)
        panels[0].set_ylabel("observed")
        figure.savefig(path, format="svg", metadata={"Date": None, "Creator": None})
