"""The rows of the tables: single runs and ensembles, each with the runs of every seed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from fitxa_trainer.compare.pictures import Pictures
from fitxa_trainer.compare.runs import EVALUATED, Matrix, Run, Runs
from fitxa_trainer.ensembles.metrics import PictureMetrics, Scores, picture_metrics
from fitxa_trainer.errors import InputError

#: Method and label of the single runs, in the order of the tables. ConSE takes the place of CLIP's zero-shot.
SINGLE: Mapping[str, str] = {
    "multilabel": "Multi-label (ML)",
    "multilabel-materials": "Multi-label, Materials alone",
    "softmax": "Softmax (S)",
    "softmax-weighted": "Softmax, weighted",
    "hsoftmax-levels": "H-Softmax (levels)",
    "hsoftmax-nodes": "H-Softmax (nodes)",
    "zero-shot": "Zero-shot (ConSE)",
    "clip-one-tag": "CLIP-like, 1 tag",
    "clip-all-tags": "CLIP-like, all tags",
    "clip-prompt": "CLIP-like, 1 tag prompt",
    "clip-prompt-ca": "CLIP-like, 1 tag prompt in Catalan",
}

#: Ensembles of runs with a trunk each, and their members' methods.
SEPARATE: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "ml+s": ("Ensemble ML+S", ("multilabel", "softmax")),
    "ml+s+clip": ("Ensemble ML+S+CLIP", ("multilabel", "softmax", "clip-prompt")),
}

#: Ensembles of the members of one run.
SHARED: Mapping[str, str] = {"shared": "ML+S on one trunk", "shared-3": "ML+S+CLIP on one trunk"}


@dataclass(frozen=True)
class Part:
    """One member of one run."""

    run: Run
    member: str


@dataclass(frozen=True)
class Ranking:
    """What one seed of a method says: the equal-weight average of its parts, which have the same terms."""

    parts: tuple[Part, ...]

    @property
    def run(self) -> Run:
        """The run whose terms, pictures and embedding represent the ranking."""
        return self.parts[0].run

    @property
    def facets(self) -> tuple[str, ...]:
        """The facets that it ranks."""
        return tuple(self.run.terms)

    def members(self, split: str, facet: str) -> dict[str, Matrix]:
        """The distributions (pictures, terms) of the parts, by member."""
        return {part.member: part.run.scores(split).members[part.member][facet] for part in self.parts}

    def scores(self, split: str, facet: str) -> Matrix:
        """The average of the parts, (pictures, terms)."""
        members = list(self.members(split, facet).values())
        return members[0] if len(members) == 1 else np.mean(members, axis=0)


@dataclass(frozen=True)
class Method:
    """A row of the tables: its rankings by seed."""

    name: str
    label: str
    rankings: Mapping[int, Ranking]

    @property
    def facets(self) -> tuple[str, ...]:
        """The facets that it ranks."""
        return next(iter(self.rankings.values())).facets


def find_methods(runs: Runs) -> dict[str, Method]:
    """The methods that `runs` has, by name, in the order of the tables."""
    methods = [_single(runs, name, label) for name, label in SINGLE.items()]
    methods += [_separate(runs, name, label, parts) for name, (label, parts) in SEPARATE.items()]
    methods += [_single(runs, name, label) for name, label in SHARED.items()]
    return {method.name: method for method in methods if method.rankings}


def _single(runs: Runs, name: str, label: str) -> Method:
    """One run a seed, with all its members."""
    found = runs.method(name)
    return Method(name, label, {seed: Ranking(_parts(run)) for seed, run in sorted(found.items())})


def _parts(run: Run) -> tuple[Part, ...]:
    return tuple(Part(run, member) for member in sorted(run.scores("validation").members, key=_rank_of_member))


def _rank_of_member(member: str) -> int:
    names = list(SINGLE)
    return names.index(member) if member in names else len(names)


def _separate(runs: Runs, name: str, label: str, methods: Iterable[str]) -> Method:
    """Seeds of which all member methods have a run."""
    by_method = [runs.method(method) for method in methods]
    seeds = sorted(set.intersection(*(set(found) for found in by_method)))
    for seed in seeds:
        check_alike([found[seed] for found in by_method])
    return Method(name, label, {seed: Ranking(tuple(_parts(found[seed])[0] for found in by_method)) for seed in seeds})


def check_alike(runs: Sequence[Run]) -> None:
    """Raise InputError when the runs of an ensemble differ in terms or in the order of their pictures."""
    first, *others = runs
    for run in others:
        alike = run.terms == first.terms and all(
            run.scores(split).ids == first.scores(split).ids for split in EVALUATED
        )
        if not alike:
            raise InputError(
                f"The runs {first.path.name} and {run.path.name} differ in their terms or pictures, so they make no "
                "ensemble; train both with the same vocabulary and data."
            )


def measure(pictures: Pictures, ranking: Ranking, split: str, facet: str, scores: Scores) -> PictureMetrics:
    """The metrics of each labelled picture of `split` under `scores` (pictures, terms)."""
    ids = ranking.run.scores(split).ids
    return picture_metrics(scores, pictures.truth(ids, facet, ranking.run.terms[facet]))
