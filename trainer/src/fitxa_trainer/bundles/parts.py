"""The parts of a bundle: compatible networks of one or more runs, or of a fine-tuning."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fitxa_trainer.configuration.run import Config
from fitxa_trainer.dataset.attribution import Attribution
from fitxa_trainer.dataset.facets import FACETS
from fitxa_trainer.errors import InputError
from fitxa_trainer.models.network import Network
from fitxa_trainer.pictures.preprocessing import Preprocessing
from fitxa_trainer.training.effort import Effort, read_effort
from fitxa_trainer.training.run_folder import RunFolder

Terms = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Part:
    """A trained network, which becomes one ONNX file.

    `members` maps those that the bundle takes to their names in it, `terms` holds the term keys of each facet in output
    order, `text` names the encoder that read the tags (none if nothing was read), `language` that of the tags.
    """

    name: str
    network: Network
    members: Mapping[str, str]
    terms: Terms
    preprocessing: Preprocessing
    backbone: str
    text: str
    language: str
    effort: Effort


@dataclass(frozen=True)
class FacetEnsemble:
    """Weight of each member (they sum to 1), and the points of the curve from score to probability."""

    weights: Mapping[str, float]
    score: tuple[float, ...]
    probability: tuple[float, ...]


@dataclass(frozen=True)
class Ensemble:
    """The content of ensemble.json: the run of each member, and how the members of each facet are put together.

    `consistency` is what the members' outputs went through before: none, or raise (consistency.py).
    """

    members: Mapping[str, Path]
    facets: Mapping[str, FacetEnsemble]
    consistency: str = "none"


@dataclass(frozen=True)
class BaseBundle:
    """The bundle that a fine-tuning started from, and its picture credits."""

    id: str
    version: str
    attribution: Sequence[Attribution]


def read_ensemble(path: Path) -> Ensemble:
    """The ensemble that the command ensemble wrote. InputError when the file is missing or of another form."""
    try:
        content: Any = json.loads(path.read_text(encoding="utf-8"))
        return Ensemble(
            {name: Path(run) for name, run in content["members"].items()},
            {
                facet: FacetEnsemble(
                    dict(entry["weights"]),
                    tuple(entry["calibration"]["score"]),
                    tuple(entry["calibration"]["probability"]),
                )
                for facet, entry in content["facets"].items()
            },
            content.get("consistency", "none"),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"The ensemble {path} cannot be read; write it with the command ensemble.") from error


def input_of(config: Config, network: Network) -> Preprocessing:
    """What a picture goes through before `network`, made by a run with `config`."""
    return Preprocessing(
        config.model.size,
        config.model.size,
        fit=config.cache.fit,
        kernel=config.cache.kernel,
        mean=network.preprocessing_mean,
        std=network.preprocessing_std,
    )


def load_parts(runs: Sequence[RunFolder], ensemble: Ensemble | None) -> list[Part]:
    """The parts of a bundle from `runs`, with the members that `ensemble` names, or all of them.

    Raises InputError when the runs were not made on one split, when two of them know different terms of a facet, when
    two members have one name, or when the ensemble names a member that no run has.
    """
    _check_splits(runs)
    parts: list[Part] = []
    wanted = None if ensemble is None else set(ensemble.members)
    for run in runs:
        config = run.config()
        network = run.load_network()
        members = {name: name for name in network.members if wanted is None or name in wanted}
        terms = run.vocabulary().terms
        text = config.model.text if any(name.startswith("clip") for name in members) else "none"
        parts.append(
            Part(
                config.name,
                network,
                members,
                terms,
                input_of(config, network),
                config.model.backbone,
                text,
                config.clip.language,
                read_effort(run),
            )
        )
    parts = [part for part in parts if part.members]
    check_parts(parts)
    found = {name for part in parts for name in part.members.values()}
    if wanted is not None and wanted - found:
        missing = ", ".join(sorted(wanted - found))
        raise InputError(f"The ensemble has the members {missing}, but no run of --runs has them; add the run.")
    return parts


def check_parts(parts: Sequence[Part]) -> None:
    """Raise InputError when there is no part, when two members have one name, or terms of a facet differ."""
    if not parts:
        raise InputError("The runs have no member that the ensemble names; give the runs that it was made from.")
    first: dict[str, Part] = {}
    for part in parts:
        for facet, terms in part.terms.items():
            other = first.setdefault(facet, part)
            if other.terms[facet] != terms:
                raise InputError(
                    f"The runs {other.name} and {part.name} know different terms of {facet}; "
                    "train both on the same split with the same section vocabulary."
                )
    owners: dict[str, str] = {}
    for part in parts:
        for name in part.members.values():
            if name in owners:
                raise InputError(
                    f"The runs {owners[name]} and {part.name} both have a member {name}; "
                    "a bundle takes each only once, so leave one of them out."
                )
            owners[name] = part.name


def terms_of(parts: Sequence[Part]) -> dict[str, tuple[str, ...]]:
    """The term keys of every facet that a part knows, in the order of the facets."""
    known = {facet: terms for part in parts for facet, terms in part.terms.items()}
    return {facet: known[facet] for facet in FACETS if facet in known}


def _check_splits(runs: Sequence[RunFolder]) -> None:
    contents = [run.split_file.read_bytes() if run.split_file.exists() else b"" for run in runs]
    for run, content in zip(runs, contents, strict=True):
        if content != contents[0]:
            raise InputError(
                f"The runs {runs[0].path} and {run.path} have different splits, so test pictures of one may be "
                "training pictures of the other; train both on the same split."
            )
