"""Study (f): terms held out of training, suggested by the nearest accepted objects.

The runs of `multilabel-heldout` know nothing of the terms in vocabulary.held_out, so their own Acc@10 for them is zero.
Of each such term `n` training pictures are taken as accepted objects, beside ROOM others of the training split that
have none of them; each term is as near to a test picture as its most similar object. Measured, over the test pictures
that have a held-out term, twenty draws of the objects and all seeds:

- *neighbours*: the ten nearest terms alone;
- *merged*: the model's seven best terms, then the three nearest terms that are not among them;
- *known terms*: the R-Precision of the model's own terms over all labelled pictures, and in the merged list of ten, to
  see what giving away three places costs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fitxa_trainer.compare.bootstrap import Interval, mean_interval
from fitxa_trainer.compare.pictures import Pictures
from fitxa_trainer.compare.runs import Run
from fitxa_trainer.compare.tables import NAMES, SPLITS, Cell, Spread, Table
from fitxa_trainer.ensembles.metrics import top_terms
from fitxa_trainer.ensembles.neighbours import term_similarity

METHOD = "multilabel-heldout"
COUNTS: tuple[int, ...] = (1, 2, 5, 10)
LISTS: tuple[str, ...] = ("neighbours", "merged")
#: Accepted objects without a held-out term, and draws of the accepted objects.
ROOM, DRAWS = 500, 20
_SHOWN, _OWN = 10, 7


@dataclass(frozen=True)
class Facet:
    """One facet of one run: the terms that it knows, those held out, and the training pictures."""

    run: Run
    name: str
    known: tuple[str, ...]
    held_out: tuple[str, ...]
    train_truth: NDArray[np.bool_]

    @property
    def terms(self) -> tuple[str, ...]:
        """All terms, the known ones first."""
        return (*self.known, *self.held_out)


def facets_of(pictures: Pictures, run: Run) -> list[Facet]:
    """The facets of `run` from which terms were held out."""
    found = []
    for name, known in run.terms.items():
        held_out = tuple(key for key in run.config.vocabulary.held_out if key.startswith(f"{name}/"))
        if held_out:
            truth = pictures.truth(run.scores("train").ids, name, (*known, *held_out)) > 0
            found.append(Facet(run, name, known, held_out, truth))
    return found


def hits(
    pictures: Pictures, facet: Facet, split: str, count: int, draws: int = DRAWS
) -> dict[str, NDArray[np.float64]]:
    """Per list the share of draws in which a picture's held-out term is shown, (pictures with such a term,).

    The rows are those of `queries`.
    """
    scores = facet.run.scores(split)
    rows = queries(pictures, facet, split)
    truth = pictures.truth(scores.ids, facet.name, facet.terms)[rows] > 0
    wanted = truth.copy()
    wanted[:, : len(facet.known)] = False
    member = next(iter(scores.members.values()))[facet.name][rows]
    own = top_terms(member, _OWN)
    generator = np.random.default_rng(count)
    shown: dict[str, list[NDArray[np.bool_]]] = {name: [] for name in LISTS}
    for _ in range(draws):
        bank = _accepted(facet, count, generator)
        near = term_similarity(
            scores.embedding[rows], facet.run.scores("train").embedding[bank], facet.train_truth[bank]
        )
        shown["neighbours"].append(_has(wanted, top_terms(near, _SHOWN)))
        np.put_along_axis(near, own, -2.0, axis=1)
        shown["merged"].append(_has(wanted, top_terms(near, _SHOWN - own.shape[1])))
    return {name: np.mean(found, axis=0) for name, found in shown.items()}


def queries(pictures: Pictures, facet: Facet, split: str) -> NDArray[np.int64]:
    """The rows of `split` whose picture has a held-out term."""
    truth = pictures.truth(facet.run.scores(split).ids, facet.name, facet.terms)
    return np.flatnonzero((truth[:, len(facet.known) :] > 0).any(axis=1))


def _accepted(facet: Facet, count: int, generator: np.random.Generator) -> NDArray[np.int64]:
    """Rows of the training split: `count` of each held-out term (all, where there are fewer), and ROOM others."""
    first = len(facet.known)
    drawn = [
        generator.permutation(np.flatnonzero(facet.train_truth[:, first + place]))[:count]
        for place in range(len(facet.held_out))
    ]
    labelled = facet.train_truth.any(axis=1) & ~facet.train_truth[:, first:].any(axis=1)
    return np.unique(np.concatenate([*drawn, generator.permutation(np.flatnonzero(labelled))[:ROOM]]))


def _has(wanted: NDArray[np.bool_], shown: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether one of the `shown` columns (pictures, k) is `wanted` (pictures, terms), (pictures,)."""
    return np.asarray(np.take_along_axis(wanted, shown, axis=1).any(axis=1))


def _share_in_ten(pictures: Pictures, facet: Facet, split: str, places: int) -> float:
    """The share of the known true terms that are among the model's first `places`, over labelled pictures."""
    scores = facet.run.scores(split)
    truth = pictures.truth(scores.ids, facet.name, facet.known) > 0
    member = next(iter(scores.members.values()))[facet.name]
    found = np.take_along_axis(truth, top_terms(member, places), axis=1).sum(axis=1)
    labelled = truth.any(axis=1)
    return float(np.mean(found[labelled] / truth[labelled].sum(axis=1)))


def unseen_table(pictures: Pictures, runs: Mapping[int, Run]) -> Table:
    """Acc@10 of held-out terms by number of accepted objects; the model's own is zero by construction."""
    columns = ("facet", "split", "pictures", "objects a term", "model alone", *LISTS)
    rows: list[list[Cell | Spread]] = []
    for name, title, facets in _by_facet_and_split(pictures, runs):
        ids = facets[0].run.scores(title.lower()).ids
        places = queries(pictures, facets[0], title.lower())
        groups = pictures.groups(ids)[places]
        for count in COUNTS:
            found = [hits(pictures, facet, title.lower(), count) for facet in facets]
            cells: list[Interval] = [
                mean_interval(np.mean([one[kind] for one in found], axis=0), groups) for kind in LISTS
            ]
            rows.append([NAMES[name], title, len(places), count, 0.0, *cells])
    return Table("f-unseen-terms", columns, rows, {})


def cost_table(pictures: Pictures, runs: Mapping[int, Run]) -> Table:
    """What the three places given away cost: known true terms among the model's first ten, and its first seven."""
    columns = ("facet", "split", "known terms in its ten", "known terms in its seven")
    rows: list[list[Cell | Spread]] = []
    for name, title, facets in _by_facet_and_split(pictures, runs):
        shares = [
            Spread(tuple(_share_in_ten(pictures, facet, title.lower(), places) for facet in facets))
            for places in (_SHOWN, _OWN)
        ]
        rows.append([NAMES[name], title, *shares])
    return Table("f-cost", columns, rows, {})


def term_table(pictures: Pictures, runs: Mapping[int, Run], count: int = 5) -> Table:
    """Acc@10 of each held-out term with `count` accepted objects, both tests together, and its pictures."""
    rows: list[list[Cell | Spread]] = []
    by_seed = [facets_of(pictures, run) for run in runs.values()]
    for place in range(len(by_seed[0]) if by_seed else 0):
        facets = [found[place] for found in by_seed]
        for term in facets[0].held_out:
            values = [_term_hits(pictures, facet, term, count) for facet in facets]
            tested = len(values[0])
            cell = float(np.mean(values)) if tested else None
            rows.append([NAMES[facets[0].name], term.partition("/")[2].replace(" | ", " › "), tested, cell])
    return Table("f-unseen-by-term", ("facet", "term", "test pictures", "Acc@10"), rows, {})


def _term_hits(pictures: Pictures, facet: Facet, term: str, count: int) -> NDArray[np.float64]:
    """The neighbours' hits over the test pictures that have `term`."""
    column = facet.terms.index(term)
    parts = []
    for split in SPLITS:
        rows = queries(pictures, facet, split)
        if len(rows):
            truth = pictures.truth(facet.run.scores(split).ids, facet.name, facet.terms)[rows, column] > 0
            parts.append(hits(pictures, facet, split, count)["neighbours"][truth])
    return np.concatenate(parts) if parts else np.empty(0)


def _by_facet_and_split(pictures: Pictures, runs: Mapping[int, Run]) -> list[tuple[str, str, Sequence[Facet]]]:
    """Facet, title of the split and the facet of each seed, where the split has pictures with a held-out term."""
    by_seed = [facets_of(pictures, run) for run in runs.values()]
    return [
        (facets[0].name, title, facets)
        for facets in zip(*by_seed, strict=True)
        for split, title in SPLITS.items()
        if len(queries(pictures, facets[0], split))
    ]
