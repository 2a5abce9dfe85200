"""Run folders as the comparison reads them: name, seed, terms and scores."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fitxa_trainer.configuration.run import Config, load_config
from fitxa_trainer.ensembles.combining import normalise
from fitxa_trainer.errors import InputError
from fitxa_trainer.experiments.leave_out import PREFIX, read_split_rows
from fitxa_trainer.experiments.plan import run_folders
from fitxa_trainer.training.scores import read_scores, scores_path

EVALUATED: tuple[str, ...] = ("validation", "inner", "outer")

Matrix = NDArray[np.float32]


@dataclass(frozen=True)
class SplitScores:
    """What a run says of the pictures of one split.

    `members` holds per member and facet the distribution over the facet's terms, (pictures, terms), rows summing to
    one; it is empty for the training split. `embedding` is (pictures, features), rows of length one.
    """

    ids: tuple[str, ...]
    members: Mapping[str, Mapping[str, Matrix]]
    embedding: Matrix


@dataclass(frozen=True)
class Run:
    """A finished run; scores are read when first asked for."""

    path: Path
    config: Config
    terms: Mapping[str, tuple[str, ...]]

    @property
    def name(self) -> str:
        """The method's name."""
        return self.config.name

    @property
    def hidden_provider(self) -> str | None:
        """The provider that the run has never seen, where it hides one."""
        return self.name.removeprefix(PREFIX) if self.name.startswith(PREFIX) else None

    @cached_property
    def _cache(self) -> dict[str, SplitScores]:
        return {}

    def scores(self, split: str) -> SplitScores:
        """The scores of `split`. InputError when the run has none."""
        if split not in self._cache:
            self._cache[split] = self._read(split)
        return self._cache[split]

    def _read(self, split: str) -> SplitScores:
        path = scores_path(self.path, split)
        if not path.exists() and not any(row.split == split for row in read_split_rows(self.path / "split.csv")):
            return self._nothing()
        found = read_scores(path)
        members: dict[str, dict[str, Matrix]] = {}
        for member, facets in found.probabilities.items():
            for facet, values in facets.items():
                if values.shape != (len(found.ids), len(self.terms.get(facet, ()))):
                    raise InputError(
                        f"The scores {path}, {member}/{facet}: their shape is not that of the run's vocabulary."
                    )
                if np.isnan(values).any():
                    raise InputError(
                        f"The scores {path}, {member}/{facet}, hold values that are not numbers, so the training "
                        "diverged; train again with a lower training.learning_rate."
                    )
                # Dividing by the sum leaves a softmax member as it is, so the activation need not be known.
                members.setdefault(member, {})[facet] = normalise(values, "sigmoid").astype(np.float32)
        embedding = found.embedding.astype(np.float32)
        length = np.maximum(np.linalg.norm(embedding, axis=1, keepdims=True), 1e-12)
        return SplitScores(found.ids, members, embedding / length)

    def _nothing(self) -> SplitScores:
        """The scores of a split without pictures, such as the Outer test of data of one provider."""
        known = self.scores("validation")
        members = {
            name: {facet: values[:0] for facet, values in facets.items()} for name, facets in known.members.items()
        }
        return SplitScores((), members, known.embedding[:0])

    def read_json(self, name: str) -> dict[str, object]:
        """A JSON file of the run folder; empty when there is none."""
        path = self.path / name
        return dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else {}


def load_run(folder: Path) -> Run:
    """The run in `folder`. InputError when it is not finished or not readable."""
    try:
        terms = json.loads((folder / "vocabulary.json").read_text(encoding="utf-8"))["terms"]
    except (OSError, json.JSONDecodeError, KeyError) as error:
        raise InputError(f"The run folder {folder} has no readable vocabulary.json; run the command train.") from error
    config = load_config(folder / "config.yaml")
    return Run(folder, config, {facet: tuple(keys) for facet, keys in terms.items()})


@dataclass(frozen=True)
class Runs:
    """All runs of an experiment."""

    runs: tuple[Run, ...]

    def method(self, name: str) -> dict[int, Run]:
        """The runs of a method by seed; empty when there is none."""
        return {run.config.seed: run for run in self.runs if run.name == name}

    def hidden(self) -> tuple[Run, ...]:
        """The runs that hide a provider."""
        return tuple(run for run in self.runs if run.hidden_provider is not None)

    def reference(self) -> Run:
        """A run that hides nothing: its split is that of the experiment."""
        return next(run for run in self.runs if run.hidden_provider is None)


def load_runs(folder: Path) -> Runs:
    """The finished runs under `folder`.

    Raises InputError when there is none, or when runs that hide no provider were made on different splits.
    """
    if not folder.is_dir():
        raise InputError(f"The folder of runs {folder} does not exist; run the command experiment.")
    runs = tuple(load_run(path) for path in run_folders(folder))
    open_runs = [run for run in runs if run.hidden_provider is None]
    if not open_runs:
        raise InputError(f"The folder {folder} holds no finished run; run the command experiment.")
    check_one_split(open_runs)
    return Runs(runs)


def check_one_split(runs: Sequence[Run]) -> None:
    """Raise InputError when two of `runs` were made on different splits."""
    splits = {(run.path / "split.csv").read_text(encoding="utf-8"): run for run in runs}
    if len(splits) > 1:
        first, second, *_ = splits.values()
        raise InputError(
            f"The runs {first.path.name} and {second.path.name} were made on different splits, so they cannot be "
            "compared; train one of them again on the other's split.csv."
        )
