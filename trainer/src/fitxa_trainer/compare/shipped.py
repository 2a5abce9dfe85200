"""ensemble.json: how the members of a bundle are put together, for the command export.

`members` maps each member to its run folder; `facets` holds per facet the members' weights, which sum to one, and the
points of the calibration curve; `consistency` names the rule that the members must follow for both to hold. `metrics`
says what the ensemble reaches on validation and on the tests, member by member too, so that the file can be judged by
itself.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from fitxa_trainer.compare.methods import Part, Ranking, check_alike
from fitxa_trainer.compare.pictures import Pictures, load_pictures
from fitxa_trainer.compare.runs import EVALUATED, Run, check_one_split, load_run, load_runs
from fitxa_trainer.compare.weights import ENOUGH, as_double
from fitxa_trainer.dataset.hierarchy import build_hierarchy
from fitxa_trainer.ensembles.calibration import Calibration, expected_calibration_error, fit_calibration
from fitxa_trainer.ensembles.combining import Domain, Weights, combine, equal_weights, learn_weights_over
from fitxa_trainer.ensembles.consistency import raised_distribution
from fitxa_trainer.ensembles.metrics import facet_metrics
from fitxa_trainer.errors import InputError
from fitxa_trainer.json_file import write_json
from fitxa_trainer.progress import Progress

WEIGHTS: tuple[str, ...] = ("equal", "validation", "left-out")
#: Members as they are, or with every parent raised to the highest term below it (consistency.py).
CONSISTENCY: tuple[str, ...] = ("none", "raise")


def write_ensemble(
    folders: Sequence[Path],
    data: Path,
    out: Path,
    weights: str,
    hidden: Path | None,
    consistency: str,
    progress: Progress,
) -> dict[str, object]:
    """Write the ensemble of all members of the runs in `folders` to `out`; returns what was written.

    `weights` is one of WEIGHTS; "left-out" needs `hidden`, a folder with runs that hide a provider and have all
    members. `consistency` is one of CONSISTENCY: what the bundle's graph does to its members' outputs. Raises
    InputError when runs do not fit together, or nothing can be learned.
    """
    runs = [load_run(folder) for folder in folders]
    check_one_split(runs)
    check_alike(runs)
    ranking = Ranking(_parts(runs))
    pictures = load_pictures(data, runs[0].path / "split.csv")
    if (weights == "left-out") != (hidden is not None):
        raise InputError("--hidden and --weights left-out go together; give both or neither.")
    sources = _hidden_rankings(hidden, ranking) if hidden is not None else []
    progress.stage("ensemble", f"{len(ranking.parts)} members, weights: {weights}")
    facets: dict[str, object] = {}
    metrics: dict[str, object] = {}
    for facet in ranking.facets:
        validation = _domain(pictures, ranking, "validation", facet, consistency)
        if not (validation.truth > 0).any():
            raise InputError(f"No validation picture has a label in the facet {facet}; make another split.")
        far = [_domain(pictures, source, "outer", facet, consistency) for source in sources if facet in source.facets]
        learned = _learn(weights, validation, [domain for domain in far if _labelled(domain) >= ENOUGH])
        curve = fit_calibration(combine(validation.members, learned), validation.truth)
        facets[facet] = {
            "weights": {name: round(value, 6) for name, value in learned.items()},
            "calibration": {"score": list(curve.score), "probability": list(curve.probability)},
        }
        metrics[facet] = {
            split: _measure(_domain(pictures, ranking, split, facet, consistency), learned, curve)
            for split in EVALUATED
        }
    result = {
        "members": {part.member: str(part.run.path.resolve()) for part in ranking.parts},
        "facets": facets,
        "learnedOn": weights,
        "consistency": consistency,
        "metrics": metrics,
    }
    out.parent.mkdir(parents=True, exist_ok=True)
    write_json(out, result)
    return result


def _parts(runs: Sequence[Run]) -> tuple[Part, ...]:
    parts: dict[str, Part] = {}
    for run in runs:
        for member in run.scores("validation").members:
            if member in parts:
                raise InputError(
                    f"The runs {parts[member].run.path.name} and {run.path.name} both have a member {member!r}; "
                    "an ensemble takes each once."
                )
            parts[member] = Part(run, member)
    return tuple(parts.values())


def _hidden_rankings(folder: Path, ranking: Ranking) -> list[Ranking]:
    """The same members of the runs that hide a provider. InputError when no such run has them all."""
    members = [part.member for part in ranking.parts]
    found = [
        Ranking(tuple(Part(run, member) for member in members))
        for run in load_runs(folder).hidden()
        if set(members) <= set(run.scores("outer").members)
    ]
    if not found:
        raise InputError(f"No run in {folder} hides a provider and has the members {', '.join(members)}.")
    return found


def _domain(pictures: Pictures, ranking: Ranking, split: str, facet: str, consistency: str) -> Domain:
    run = ranking.run
    members = as_double(ranking.members(split, facet))
    if consistency == "raise":
        tree = build_hierarchy(run.terms[facet])
        members = {name: raised_distribution(values, tree) for name, values in members.items()}
    return Domain(members, pictures.truth(run.scores(split).ids, facet, run.terms[facet]))


def _labelled(domain: Domain) -> int:
    return int((domain.truth > 0).any(axis=1).sum())


def _learn(weights: str, validation: Domain, far: Sequence[Domain]) -> Weights:
    if weights == "validation":
        return learn_weights_over([validation])
    if weights == "left-out" and far:
        return learn_weights_over(far, guard=validation)
    return equal_weights(validation.members)


def _measure(domain: Domain, weights: Weights, curve: Calibration) -> Mapping[str, object] | None:
    """R-Precision of the ensemble and of each member, and the ensemble's calibration error; None without labels."""
    if not _labelled(domain):
        return None
    scores = combine(domain.members, weights)
    members = {name: facet_metrics(values, domain.truth).r_precision for name, values in domain.members.items()}
    return {
        "images": _labelled(domain),
        "rPrecision": round(facet_metrics(scores, domain.truth).r_precision, 4),
        "members": {name: round(value, 4) for name, value in members.items()},
        "ece": round(expected_calibration_error(curve.apply(scores), domain.truth), 4),
    }
