"""Twenty pictures of the tests with the ten best terms of each facet, as in figure 12 of the paper.

A term is correct when it is among the picture's labels, plausible when it is a relative of one in the tree (above it,
below it, or under the same parent), else wrong. A sign and a word say which; colour is redundant. Shown are pictures
whose licence is clear; a fixed draw over providers decides which, never how well they are recognised.
"""

import html
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from string import Template

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from fitxa_trainer.compare.methods import Ranking
from fitxa_trainer.compare.pictures import Pictures
from fitxa_trainer.compare.tables import NAMES, SPLITS
from fitxa_trainer.dataset.examples import Example
from fitxa_trainer.dataset.facets import FLAT_FACETS, PATH_SEPARATOR
from fitxa_trainer.dataset.labels import Labels
from fitxa_trainer.ensembles.metrics import top_terms
from fitxa_trainer.pictures.preprocessing import open_image

#: Providers whose licence is clear (column `licence` of the data, and its README).
CLEAR: tuple[str, ...] = ("getty", "bnf-gallica", "testaments", "clothing", "trashnet", "eurocoins")
PICTURES, SHOWN = 20, 10
_SIDE, _LARGEST = 160, 15_000
_SEED = 12

SIGNS: Mapping[str, str] = {"correct": "✓", "plausible": "≈", "wrong": "✗"}


def verdict(term: str, true: frozenset[str]) -> str:
    """Whether `term` is correct, plausible or wrong for a picture with the labels `true` (keys of the same facet)."""
    if term in true:
        return "correct"
    facet, _, path = term.partition("/")
    if facet in FLAT_FACETS:
        return "wrong"
    parent = path.rpartition(PATH_SEPARATOR)[0]
    for other in true:
        below, above = other.startswith(term + PATH_SEPARATOR), term.startswith(other + PATH_SEPARATOR)
        sibling = bool(parent) and other.partition("/")[2].rpartition(PATH_SEPARATOR)[0] == parent
        if below or above or sibling:
            return "plausible"
    return "wrong"


@dataclass(frozen=True)
class Shown:
    """One picture of the page and the row it has in the scores of its split."""

    example: Example
    split: str
    row: int


def choose(pictures: Pictures, ids: Mapping[str, Sequence[str]]) -> list[Shown]:
    """Twenty pictures of clear licence with labels, half from each test where there are enough, one a group."""
    generator = np.random.default_rng(_SEED)
    chosen: list[Shown] = []
    for place, split in enumerate(SPLITS):
        wanted = (PICTURES - len(chosen)) // (len(SPLITS) - place)
        waiting: dict[str, list[int]] = {}
        seen: set[str] = set()
        for row in generator.permutation(len(ids[split])).tolist():
            example = pictures.examples[ids[split][row]]
            group = pictures.group_of[example.record.id]
            labelled = any(example.record.tags(facet) for facet in NAMES)
            if example.record.database in CLEAR and labelled and group not in seen:
                seen.add(group)
                waiting.setdefault(example.record.database, []).append(row)
        # Providers alternate, so that a large one does not fill the page.
        while wanted > 0 and any(waiting.values()):
            for rows in waiting.values():
                if rows and wanted > 0:
                    row = rows.pop(0)
                    chosen.append(Shown(pictures.examples[ids[split][row]], split, row))
                    wanted -= 1
    return chosen


def thumbnail(file: Path) -> bytes:
    """A JPEG of at most 160 px and 15 kB."""
    image = open_image(file)
    image.thumbnail((_SIDE, _SIDE), Image.Resampling.LANCZOS)
    for quality in (80, 65, 50, 35, 20):
        stream = io.BytesIO()
        image.save(stream, "JPEG", quality=quality, optimize=True)
        if stream.tell() <= _LARGEST:
            break
    return stream.getvalue()


def write_qualitative(
    folder: Path,
    pictures: Pictures,
    ranking: Ranking,
    scores: Mapping[tuple[str, str], NDArray[np.float64]],
    labels: Labels,
    title: str,
) -> None:
    """Write qualitative.html and its thumbnails to `folder`; `scores` (pictures, terms) by split and facet."""
    images = folder / "pictures"
    images.mkdir(parents=True, exist_ok=True)
    for old in images.glob("*.jpg"):
        old.unlink()
    articles = []
    for shown in choose(pictures, {split: ranking.run.scores(split).ids for split in SPLITS}):
        name = f"{shown.example.record.id}.jpg"
        (images / name).write_bytes(thumbnail(shown.example.file))
        columns = []
        for facet, terms in ranking.run.terms.items():
            best = top_terms(scores[shown.split, facet][shown.row : shown.row + 1], SHOWN)[0]
            columns.append(_column(facet, [terms[place] for place in best], shown.example, labels))
        articles.append(_article(shown, f"pictures/{name}", columns))
    template = files("fitxa_trainer").joinpath("templates/pictures.html").read_text(encoding="utf-8")
    page = Template(template).substitute(subject=html.escape(title), articles="\n".join(articles))
    (folder / "qualitative.html").write_text(page, encoding="utf-8")


def _column(facet: str, terms: Sequence[str], example: Example, labels: Labels) -> str:
    """One facet: its ten terms, and the picture's labels."""
    true = example.record.tags(facet)
    items = []
    for term in terms:
        kind = verdict(term, true) if true else "unknown"
        sign = f"<b>{SIGNS[kind]} {kind}</b> " if true else ""
        items.append(f'<li class="{kind}">{sign}{_names(term, labels)}</li>')
    given = "; ".join(_names(term, labels) for term in sorted(_deepest(true))) or "none, so nothing is judged"
    return f"<section><h3>{NAMES[facet]}</h3><p>Labels: {given}</p><ol>{''.join(items)}</ol></section>"


def _names(term: str, labels: Labels) -> str:
    """English label, and the Catalan one in italics."""
    english, catalan = (html.escape(labels.label(term, language)) for language in ("en", "ca"))
    return f'{english} <i lang="ca">{catalan}</i>'


def _deepest(terms: frozenset[str]) -> list[str]:
    return [term for term in terms if not any(other.startswith(term + PATH_SEPARATOR) for other in terms)]


def _article(shown: Shown, image: str, columns: Sequence[str]) -> str:
    record = shown.example.record
    holder = ", ".join(dict.fromkeys(part for part in (record.database, record.keeper) if part))
    licence = record.extra.get("licence", "")
    return (
        f'<article><figure><img src="{html.escape(image)}" alt="{html.escape(record.id)}" loading="lazy">'
        f"<figcaption>{html.escape(record.id)}<br>{SPLITS[shown.split]} test · {html.escape(holder)}<br>"
        f"{html.escape(licence)}</figcaption></figure>{''.join(columns)}</article>"
    )
