"""The calibration plot of a model card: stated against observed probability, one panel per facet, as a small SVG."""

import re
from collections.abc import Mapping
from pathlib import Path
from xml.sax.saxutils import escape, unescape

from fitxa_trainer.bundles.cards.language import CardLanguage, card_language
from fitxa_trainer.bundles.evaluation import Evaluation
from fitxa_trainer.dataset.facets import FACETS

#: The language of the plot as drawn.
_DRAWN = card_language("en")
#: Keep the labels as text in the SVG, not as outlines.
_TEXT = re.compile(r"(<text\b[^>]*>)([^<]*)(</text>)")
_WORDS = ("plot.stated", "plot.observed", "plot.legend", *(f"facet.{facet}" for facet in FACETS))

#: Splits differ by marker and line as well as by colour.
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
                    label = f"{_DRAWN.say(f'plot.{split}')} ({diagram.error():.3f})"
                    panel.plot(
                        diagram.stated, diagram.observed, label=label, markersize=3, linewidth=1, **_STYLES[split]
                    )
            panel.set(
                title=_DRAWN.facet(facet), xlabel=_DRAWN.say("plot.stated"), xlim=(0, 1), ylim=(0, 1), aspect="equal"
            )
            if panel.get_legend_handles_labels()[0]:
                panel.legend(fontsize=6, title=_DRAWN.say("plot.legend"), title_fontsize=6)
        panels[0].set_ylabel(_DRAWN.say("plot.observed"))
        figure.savefig(path, format="svg", metadata={"Date": None, "Creator": None})


def plot_in(plot: str, language: CardLanguage) -> str:
    """The SVG `plot`, as `write_calibration_plot` drew it, with its labels and numbers in `language`."""
    words = {_DRAWN.say(key): language.say(key) for key in _WORDS}
    splits = {_DRAWN.say(f"plot.{split}"): language.say(f"plot.{split}") for split in _STYLES}

    def translated(label: str) -> str:
        if re.fullmatch(r"\d\.\d", label):
            return language.number(float(label), ".1f")
        name, bracket, error = label.partition(" (")
        if bracket and name in splits:
            return f"{splits[name]} ({language.number(float(error.removesuffix(')')), '.3f')})"
        return words.get(label, label)

    return _TEXT.sub(lambda found: found[1] + escape(translated(unescape(found[2]))) + found[3], plot)
