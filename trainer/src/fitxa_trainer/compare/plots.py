"""The plots of the page, as SVG: text stays text, and the same numbers give the same file."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from fitxa_trainer.compare.bootstrap import Interval
from fitxa_trainer.compare.tables import NAMES, SPLITS, Spread, Table
from fitxa_trainer.ensembles.calibration import Reliability

#: Colours that are distinguishable for colour-blind readers (Okabe and Ito), and markers that are so in grey.
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7")
_MARKS = ("o", "s", "^", "D")
_STYLE: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "fitxa",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
}


@contextmanager
def _figure(
    path: Path, width: float, height: float, panels: int = 1, one_scale: bool = False
) -> Iterator[Sequence[Axes]]:
    """Axes of a figure that is saved to `path` at the end of the block; with `one_scale` x means the same in all."""
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(width, height), layout="constrained")
        yield figure.subplots(1, panels, squeeze=False, sharex=one_scale)[0].tolist()
        figure.savefig(path, metadata={"Date": None})


def plot_methods(table: Table, path: Path) -> None:
    """Mean R-Precision of every method on both tests with its spread over seeds, and the paper's as hollow marks."""
    rows = [row for row in table.rows if any(isinstance(cell, Spread) for cell in row)]
    with _figure(path, 7.2, 0.6 + 0.34 * len(rows)) as (axes,):
        for split, colour, mark in zip(SPLITS.values(), _COLOURS, _MARKS, strict=False):
            ours, theirs = table.columns.index(f"{split} R-Prec"), table.columns.index(f"paper {split} R-Prec")
            for place, row in enumerate(rows):
                if isinstance(cell := row[ours], Spread):
                    label = split if not place else None
                    axes.errorbar(cell.mean, place, xerr=cell.deviation, color=colour, marker=mark, label=label)
                if isinstance(figure := row[theirs], float):
                    axes.plot(
                        figure,
                        place,
                        mark,
                        color=colour,
                        mfc="none",
                        label=f"{split}, the paper" if not place else None,
                    )
        axes.set_yticks(range(len(rows)), [str(row[0]) for row in rows])
        axes.invert_yaxis()
        axes.set_xlabel("R-Precision, mean over facets (higher is better)")
        axes.grid(axis="x", linewidth=0.4)
        axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncol=4, frameon=False)


def plot_gains(table: Table, ensemble: str, path: Path) -> None:
    """Gain of each weighting of one ensemble over the paper's equal weights, with intervals, facet by facet."""
    rows = [row for row in table.rows if row[0] == ensemble]
    facets = list(dict.fromkeys(str(row[1]) for row in rows))
    weightings = [name for name in dict.fromkeys(str(row[2]) for row in rows) if name != "equal"]
    with _figure(path, 8.5, 0.9 + 0.3 * len(weightings), len(facets), one_scale=True) as panels:
        for axes, facet in zip(panels, facets, strict=True):
            own = {str(row[2]): row for row in rows if row[1] == facet}
            for offset, split, colour, mark in zip((-0.13, 0.13), SPLITS.values(), _COLOURS, _MARKS, strict=False):
                column = table.columns.index(f"{split} gain over equal")
                for place, name in enumerate(weightings):
                    if isinstance(cell := own[name][column], Interval):
                        _interval(axes, cell, place + offset, colour, mark, split if not place else None)
            axes.axvline(0, color="black", linewidth=0.6)
            axes.set_title(facet, fontsize=9)
            axes.set_yticks(range(len(weightings)), weightings if axes is panels[0] else [""] * len(weightings))
            axes.set_ylim(len(weightings) - 0.5, -0.5)
            # Narrow panels side by side: more numbers would run into each other.
            axes.xaxis.set_major_locator(MaxNLocator(2, steps=[1, 5, 10]))
        panels[0].set_xlabel("R-Precision gained over equal weights, 95 % interval", loc="left")
        panels[-1].legend(*panels[0].get_legend_handles_labels(), loc="upper left", frameon=False, fontsize=8)


def _interval(axes: Axes, cell: Interval, place: float, colour: str, mark: str, label: str | None) -> None:
    axes.plot([cell.low, cell.high], [place, place], color=colour, linewidth=1.2)
    axes.plot(cell.mean, place, mark, color=colour, markersize=4, label=label)


def plot_reliability(diagrams: Mapping[tuple[str, str], Reliability], path: Path) -> None:
    """Stated against observed probability per facet on both tests; the size of a mark says how many suggestions."""
    facets = [facet for facet in NAMES if any(key[0] == facet for key in diagrams)]
    with _figure(path, 2.3 * len(facets), 2.6, len(facets)) as panels:
        for axes, facet in zip(panels, facets, strict=True):
            axes.plot([0, 1], [0, 1], color="grey", linewidth=0.6)
            for (split, title), colour, mark in zip(SPLITS.items(), _COLOURS, _MARKS, strict=False):
                found = diagrams.get((facet, split))
                if found is not None:
                    sizes = 6 + 60 * found.count / found.count.max()
                    axes.scatter(found.stated, found.observed, sizes, color=colour, marker=mark, alpha=0.7, label=title)
            axes.set_title(NAMES[facet], fontsize=9)
            axes.set_xlabel("stated")
            axes.set_aspect("equal")
        panels[0].set_ylabel("observed")
        panels[0].legend(frameon=False, fontsize=8)


def plot_unseen(table: Table, path: Path) -> None:
    """Acc@10 of held-out terms by the number of accepted objects."""
    keys = list(dict.fromkeys((str(row[0]), str(row[1])) for row in table.rows))
    x, merged, alone = (table.columns.index(name) for name in ("objects a term", "merged", "neighbours"))
    with _figure(path, 5.2, 3.2) as (axes,):
        for (facet, split), colour, mark in zip(keys, _COLOURS, _MARKS, strict=False):
            rows = [row for row in table.rows if (row[0], row[1]) == (facet, split)]
            for column, line, name in ((alone, "-", "neighbours"), (merged, "--", "merged")):
                points = [(row[x], row[column].mean) for row in rows if isinstance(row[column], Interval)]  # type: ignore[union-attr]
                label = f"{facet}, {split}: {name}"
                axes.plot(*zip(*points, strict=True), line, marker=mark, markersize=4, color=colour, label=label)
        axes.set_xlabel("accepted objects of each held-out term")
        axes.set_ylabel("Acc@10 of the held-out term")
        axes.set_ylim(0, 1.04)
        axes.grid(linewidth=0.4)
        axes.legend(frameon=False, fontsize=7, handlelength=4)
