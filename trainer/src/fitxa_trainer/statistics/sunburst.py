"""A sunburst: the tree of a facet as rings, a node as wide as its labels, children outside their parent.

What a node is wider than its children together are the labels at the node itself: there the next ring stays empty.
"""

import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fitxa_trainer.dataset.labels import Labels, Language
from fitxa_trainer.statistics.counts import TreeNode
from fitxa_trainer.statistics.words import TEXTS, grouped

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Okabe and Ito without black; the rest of the top level is grey, lighter and darker by turns.
_COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442")
_GREYS = ("#8C8C8C", "#A6A6A6")
#: Radius of the hole in widths of a ring, and how much of the way to white a ring is lighter than the one inside.
_HOLE = 1.5
_LIGHTER = 0.22
#: Width of a character and distance of lines, in sizes of the font, and the sizes themselves in points.
_CHARACTER = 0.58
_LINE = 1.15
_FONTS = (10.0, 8.5, 7.0, 6.0, 5.0)
_MOST_LINES = 3
#: Share of the figure's width that the rings have; the legend has the rest.
_PART = 0.78


@dataclass(frozen=True)
class Wedge:
    """The place of a node: angles in degrees clockwise from the top, ring 1 innermost."""

    node: TreeNode
    start: float
    end: float
    ring: int
    #: Rank of its top-level ancestor by labels, from 0.
    family: int


def layout(nodes: Sequence[TreeNode]) -> list[Wedge]:
    """The wedges of `nodes`, parents before their children, in the same order; the top level fills the circle."""
    whole = sum(node.labels for node in nodes if node.parent is None)
    wedges: dict[str, Wedge] = {}
    free: dict[str | None, float] = {None: 0.0}
    families = 0
    for node in nodes:
        start = free[node.parent]
        end = start + 360.0 * node.labels / whole
        family = families if node.parent is None else wedges[node.parent].family
        families += node.parent is None
        wedges[node.key] = Wedge(node, start, end, node.depth, family)
        free[node.parent] = end
        free[node.key] = start
    return list(wedges.values())


def colour_of(wedge: Wedge) -> tuple[float, float, float]:
    """Red, green and blue of a wedge, 0 to 1: the colour of its family, lighter from ring to ring."""
    code = _COLOURS[wedge.family] if wedge.family < len(_COLOURS) else _GREYS[wedge.family % 2]
    red, green, blue = (int(code[index : index + 2], 16) / 255 for index in (1, 3, 5))
    white = 1 - (1 - _LIGHTER) ** (wedge.ring - 1)
    return red + (1 - red) * white, green + (1 - green) * white, blue + (1 - blue) * white


def text_colour(background: tuple[float, float, float]) -> str:
    """Black or white, whichever has the greater contrast (WCAG 2) to `background`."""
    red, green, blue = (value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in background)
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return "black" if (luminance + 0.05) ** 2 > 1.05 * 0.05 else "white"


def draw_sunburst(figure: "Figure", nodes: Sequence[TreeNode], labels: Labels, language: Language) -> None:
    """Draw `nodes` on `figure`, with a legend of the top level; a label stands where its wedge has room for it."""
    from matplotlib import patches  # noqa: PLC0415 - slow to import, and only plots need it

    wedges = layout(nodes)
    axes = figure.subplots()
    axes.set_aspect("equal")
    axes.set_axis_off()
    left, right, low, high = _extent(wedges)
    axes.set(xlim=(left, right), ylim=(low, high))
    width, height = figure.get_size_inches()
    points = 72 * min(_PART * width / (right - left), 0.92 * height / (high - low))
    for wedge in wedges:
        outer = _HOLE + wedge.ring
        shape = patches.Wedge((0, 0), outer, 90 - wedge.end, 90 - wedge.start, width=1.0, facecolor=colour_of(wedge))
        shape.set(edgecolor="white", linewidth=0.6 if wedge.end - wedge.start > 0.8 else 0.15)
        axes.add_patch(shape)
        _label(axes, wedge, labels.label(wedge.node.key, language), points)
    top = [wedge for wedge in wedges if wedge.ring == 1]
    handles = []
    for wedge in top[: len(_COLOURS)]:
        count = grouped(wedge.node.labels, language)
        handles.append(
            patches.Patch(color=colour_of(wedge), label=f"{labels.label(wedge.node.key, language)} ({count})")
        )
    if len(top) > len(_COLOURS):
        rest = sum(wedge.node.labels for wedge in top[len(_COLOURS) :])
        others = TEXTS[language]["rest"].format(count=len(top) - len(_COLOURS))
        handles.append(patches.Patch(color=_GREYS[0], label=f"{others} ({grouped(rest, language)})"))
    axes.set_position((0.01, 0.02, _PART, 0.92))
    figure.legend(
        handles=handles,
        title=TEXTS[language]["top"],
        loc="upper right",
        frameon=False,
        fontsize=8,
        title_fontsize=8,
    )


def _extent(wedges: Sequence[Wedge]) -> tuple[float, float, float, float]:
    """Left, right, low and high end of what is drawn, in widths of a ring."""
    xs, ys = [0.0], [0.0]
    for wedge in wedges:
        steps = max(1, math.ceil((wedge.end - wedge.start) / 5))
        for step in range(steps + 1):
            angle = math.radians(90 - wedge.start - (wedge.end - wedge.start) * step / steps)
            xs.append((_HOLE + wedge.ring) * math.cos(angle))
            ys.append((_HOLE + wedge.ring) * math.sin(angle))
    return min(xs) - 0.05, max(xs) + 0.05, min(ys) - 0.05, max(ys) + 0.05


def _label(axes: "Axes", wedge: Wedge, text: str, points: float) -> None:
    """Write `text` into `wedge` along the radius or across it, where it has more room; nothing if none fits.

    `points` are the typographic points of one ring's width.
    """
    centre = _HOLE + wedge.ring - 0.5
    span = math.radians(min(120.0, wedge.end - wedge.start))
    along = fit(text, 0.9 * points, 0.9 * span * (centre - 0.25) * points)
    # Across, a straight text leaves the ring's middle by 13 % of the radius when it is as long as the radius.
    across = fit(text, min(1.7 * centre * math.sin(span / 2), centre) * points, (0.9 - 0.13 * centre * span) * points)
    radial = across is None or (along is not None and along[1:] >= across[1:])
    chosen = along if radial else across
    if chosen is None:
        return
    angle = 90 - (wedge.start + wedge.end) / 2
    rotation = angle if radial else angle - 90
    upright = rotation if -90 <= (rotation + 180) % 360 - 180 <= 90 else rotation + 180
    axes.text(
        centre * math.cos(math.radians(angle)),
        centre * math.sin(math.radians(angle)),
        chosen[0],
        fontsize=chosen[2],
        linespacing=1.0,
        rotation=upright,
        rotation_mode="anchor",
        ha="center",
        va="center",
        color=text_colour(colour_of(wedge)),
    )


def fit(text: str, length: float, height: float) -> tuple[str, int, float] | None:
    """`text` in lines for a box of `length` by `height` points: lines, 1 if it is whole else 0, and the font size.

    The largest size at which the whole text fits; else the smallest size with an ellipsis. None for a box too small.
    """
    cut: tuple[str, int, float] | None = None
    for size in _FONTS:
        characters = int(length / (size * _CHARACTER))
        lines = min(_MOST_LINES, int(height / (size * _LINE)))
        if lines < 1 or characters < 4:
            continue
        wrapped = textwrap.wrap(text, characters, break_long_words=False)
        if len(wrapped) <= lines and max(map(len, wrapped), default=0) <= characters:
            return "\n".join(wrapped), 1, size
        shorter = textwrap.wrap(text, characters, max_lines=lines, placeholder="…")
        cut = "\n".join(shorter), 0, size
    return cut
