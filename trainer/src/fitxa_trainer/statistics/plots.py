"""The figures of a dataset as plots: providers, tags per picture, the long tail of tags. PNG and SVG.

Colours are those of Okabe and Ito, which people with any colour vision tell apart; whatever colour says, a marker, a
line or a label says too.
"""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from fitxa_trainer.dataset.facets import FACETS
from fitxa_trainer.dataset.labels import Labels, Language
from fitxa_trainer.statistics.counts import DatasetStats
from fitxa_trainer.statistics.sunburst import draw_sunburst
from fitxa_trainer.statistics.words import FACET_TITLES, TEXTS, decimal, grouped, percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure

#: Facet to colour, line and marker.
_STYLES = {
    "objectTypes": ("#0072B2", "-", "o"),
    "materials": ("#D55E00", "--", "s"),
    "disciplines": ("#009E73", "-.", "^"),
    "subjects": ("#CC79A7", ":", "D"),
}
_GREY = "#6E6E6E"
#: Providers with a bar of their own.
_MOST_BARS = 30
#: Ratio of the largest to the smallest bar from which the scale is logarithmic.
_LOGARITHMIC = 30
_DPI = 150


def write_plots(folder: Path, stats: DatasetStats, labels: Labels, language: Language) -> list[Path]:
    """Write every plot as PNG and SVG into `folder`; returns their paths. A facet without labels has no sunburst."""
    plots: dict[str, Figure] = {}
    with _settings():
        plots["providers"] = _providers(stats, language)
        plots["tags-per-picture"] = _tags_per_picture(stats, language)
        plots["tag-frequency"] = _tag_frequency(stats, language)
        for facet in FACETS:
            if stats.trees[facet]:
                plots[f"sunburst-{facet}"] = _sunburst(stats, facet, labels, language)
        paths = []
        for name, figure in plots.items():
            for kind, metadata in (("png", {"Software": None}), ("svg", {"Date": None, "Creator": None})):
                paths.append(folder / f"{name}.{kind}")
                figure.savefig(paths[-1], format=kind, dpi=_DPI, metadata=metadata)
    return paths


def _settings() -> AbstractContextManager[None]:
    """Equal data give equal files; the text of SVG files is drawn, so that it is of the same width everywhere."""
    import matplotlib as mpl  # noqa: PLC0415 - slow to import, and only this command plots

    return mpl.rc_context(
        {
            "svg.fonttype": "path",
            "svg.hashsalt": "fitxa",
            "font.size": 9,
            "axes.spines.top": False,
            "axes.spines.right": False,
        }
    )


def _figure(width: float, height: float, layout: Literal["constrained"] | None = "constrained") -> "Figure":
    from matplotlib.figure import Figure  # noqa: PLC0415 - as above

    return Figure(figsize=(width, height), layout=layout)


def _providers(stats: DatasetStats, language: Language) -> "Figure":
    text = TEXTS[language]
    shown = [(provider.name, provider.pictures) for provider in stats.providers[:_MOST_BARS]]
    rest = stats.providers[_MOST_BARS:]
    if rest:
        shown.append((text["others"].format(count=len(rest)), sum(provider.pictures for provider in rest)))
    figure = _figure(7.0, 1.2 + 0.27 * len(shown))
    axes = figure.subplots()
    names, counts = [_short(name, 40) for name, _ in shown], [count for _, count in shown]
    colours = [_STYLES["objectTypes"][0]] * (len(shown) - bool(rest)) + [_GREY] * bool(rest)
    bars = axes.barh(range(len(shown)), counts, color=colours)
    axes.set_yticks(range(len(shown)), names)
    axes.invert_yaxis()
    labels = [f"{grouped(count, language)} ({percent(count / stats.pictures, language)})" for count in counts]
    axes.bar_label(bars, labels=labels, padding=3, fontsize=8)
    if max(counts) > _LOGARITHMIC * min(counts):
        axes.set_xscale("log")
        axes.set_xlim(min(counts) / 2, max(counts) * 6)
    else:
        axes.set_xlim(0, max(counts) * 1.22)
    _number_ticks(axes.xaxis, language)
    axes.set_xlabel(text["pictures"])
    axes.set_title(text["providersTitle"].format(count=len(stats.providers)))
    return figure


def _tags_per_picture(stats: DatasetStats, language: Language) -> "Figure":
    text = TEXTS[language]
    figure = _figure(7.5, 5.2)
    panels = figure.subplots(2, 2).ravel()
    for facet, panel in zip(FACETS, panels, strict=True):
        histogram = stats.tags_per_picture[facet]
        labelled = stats.labelled[facet]
        panel.set_title(f"{FACET_TITLES[language][facet]} ({grouped(labelled, language)})")
        if not histogram:
            panel.text(0.5, 0.5, text["noLabels"], ha="center", transform=panel.transAxes)
            panel.set_axis_off()
            continue
        mean = sum(number * count for number, count in histogram.items()) / labelled
        panel.bar(list(histogram), list(histogram.values()), color=_STYLES[facet][0], width=0.8)
        panel.axvline(mean, color="black", linewidth=1, linestyle="--")
        top = max(histogram.values())
        note = text["mean"].format(mean=decimal(mean, 2, language))
        left = mean > (min(histogram) + max(histogram)) / 2
        panel.annotate(
            note,
            (mean, top * 1.12),
            ha="right" if left else "left",
            va="top",
            xytext=(-4 if left else 4, 0),
            textcoords="offset points",
            fontsize=8,
        )
        panel.set_ylim(0, top * 1.15)
        panel.set_xlim(0.4, max(6, *histogram) + 0.6)
        panel.set_xticks(range(1, max(6, *histogram) + 1))
        _number_ticks(panel.yaxis, language)
        panel.set_xlabel(text["tags"])
        panel.set_ylabel(text["pictures"])
    figure.suptitle(text["tagsPerPictureTitle"])
    return figure


def _tag_frequency(stats: DatasetStats, language: Language) -> "Figure":
    text = TEXTS[language]
    figure = _figure(7.5, 4.6)
    axes: Axes = figure.subplots()
    for facet in FACETS:
        counts = list(stats.frequencies[facet].values())
        if not counts:
            continue
        colour, line, marker = _STYLES[facet]
        name = f"{FACET_TITLES[language][facet]} ({grouped(len(counts), language)})"
        every = max(1, len(counts) // 12)
        axes.plot(
            range(1, len(counts) + 1),
            counts,
            color=colour,
            linestyle=line,
            marker=marker,
            markevery=every,
            markersize=5,
            label=name,
        )
    axes.axhline(10, color=_GREY, linewidth=0.8)
    axes.annotate(text["tenPictures"], (1, 10), xytext=(2, 3), textcoords="offset points", fontsize=8, color=_GREY)
    axes.set_yscale("log")
    axes.set_xscale("log")
    for axis in (axes.xaxis, axes.yaxis):
        _number_ticks(axis, language)
    axes.set_xlabel(text["rank"])
    axes.set_ylabel(text["pictures"])
    axes.legend(title=text["legend"], frameon=False)
    axes.set_title(text["frequencyTitle"])
    return figure


def _number_ticks(axis: "Axis", language: Language) -> None:
    """Whole numbers on an axis, also on a logarithmic one."""
    from matplotlib.ticker import FuncFormatter  # noqa: PLC0415 - as above

    axis.set_major_formatter(FuncFormatter(lambda value, _: grouped(round(value), language)))


def _sunburst(stats: DatasetStats, facet: str, labels: Labels, language: Language) -> "Figure":
    figure = _figure(11.0, 8.8, layout=None)
    title = TEXTS[language]["sunburstTitle"].format(
        facet=FACET_TITLES[language][facet],
        pictures=grouped(stats.labelled[facet], language),
        tags=grouped(len(stats.trees[facet]), language),
    )
    figure.suptitle(title, x=0.39, y=0.985)
    draw_sunburst(figure, stats.trees[facet], labels, language)
    return figure


def _short(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"
