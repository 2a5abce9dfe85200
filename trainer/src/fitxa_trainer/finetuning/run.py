"""The command fine-tune: from a museum's catalogue and a bundle to a bundle that knows the catalogue.

Stages: read, split, prepare, train, measure, export. All intermediate results are stored in the run folder, so the same
command resumes where it was stopped:

    request.json, data.json, vocabulary.json, split.csv, cache/, networks/<name>/ (a run folder each), result.json
"""

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from fitxa_trainer.bundles.bundle import MANIFEST, Bundle, describe_file, open_bundle, predict_all
from fitxa_trainer.bundles.cards.language import LANGUAGES, card_language
from fitxa_trainer.bundles.label_embeddings import Reading
from fitxa_trainer.bundles.packaging import Exported, export_bundle
from fitxa_trainer.bundles.parts import BaseBundle, FacetEnsemble, Part
from fitxa_trainer.bundles.plan import Plan, SelfTest
from fitxa_trainer.configuration.run import config_from
from fitxa_trainer.dataset.examples import ANNOTATIONS, Example, fingerprint
from fitxa_trainer.errors import InputError
from fitxa_trainer.finetuning.catalogue import (
    SPLIT,
    CatalogueTerms,
    choose_terms,
    learnable,
    read_catalogue,
    write_catalogue_split,
)
from fitxa_trainer.finetuning.clip import CarriedClip, carry_clip
from fitxa_trainer.finetuning.measuring import Ranking, figures, ranking_of, term_figures
from fitxa_trainer.finetuning.network import BaseNetwork, bare_network, base_networks
from fitxa_trainer.finetuning.training import Settings, cache_settings, train_heads
from fitxa_trainer.locking import alone_in
from fitxa_trainer.models.bundle_weights import bundle_initializers
from fitxa_trainer.pictures.cache import PixelCache, open_cache, prepare_pixels
from fitxa_trainer.progress import Progress
from fitxa_trainer.splitting.split_file import read_splits
from fitxa_trainer.training.effort import Effort, read_effort
from fitxa_trainer.training.run_folder import RunFolder

Splits = Mapping[str, Sequence[Example]]

#: Number of training pictures from which a GPU also trains the trunk by default.
_TRUNK_FROM = 500
_RESULT = "result.json"


@dataclass(frozen=True)
class Request:
    """Options of a fine-tuning. `trunk` is auto, frozen or trained; `epochs` None: the default."""

    data: Path
    base: Path
    run: Path
    out: Path
    id: str
    version: str
    title: Mapping[str, str]
    trunk: str = "auto"
    epochs: int | None = None
    seed: int = 1
    labels: Path | None = None


@dataclass(frozen=True)
class Work:
    """Values shared by the stages."""

    request: Request
    run: RunFolder
    base: Bundle
    progress: Progress


@dataclass(frozen=True)
class CatalogueData:
    """What is learned: the terms, the facets of which the catalogue says enough, and the pictures by split."""

    terms: CatalogueTerms
    learned: Sequence[str]
    splits: Splits


def fine_tune(request: Request, progress: Progress) -> dict[str, object]:
    """Make the bundle `request.out`; returns what result.json holds.

    Raises InputError for data that cannot be learned from (saying what is missing), a base that cannot be trained
    further, a run folder of another request, or one that another process is using; Stopped after a checkpoint: the same
    request resumes.
    """
    with alone_in(request.run):
        return _fine_tune(Work(request, RunFolder(request.run), open_bundle(request.base), progress))


def _fine_tune(work: Work) -> dict[str, object]:
    request, progress = work.request, work.progress
    progress.stage("read", f"reading the catalogue {request.data}")
    examples = read_catalogue(request.data)
    _begin(work)
    done = _finished(work)
    if done is not None:
        return done
    networks = base_networks(work.base)
    terms = choose_terms(examples, work.base.terms)
    progress.stage("split", f"dealing out {len(examples)} pictures")
    if not work.run.split_file.exists():
        write_catalogue_split(examples, request.seed, work.run.split_file, progress)
    splits = _prepare(work, networks, read_splits(work.run.split_file, examples))
    catalogue = CatalogueData(terms, learnable(terms, splits), splits)
    _describe(work, catalogue)

    parts = [part for network in networks for part in _parts(work, network, catalogue)]
    if not parts:
        raise InputError(
            f"Nothing of the base {work.base.name} can be trained or carried over; choose another base.",
            "fineTune.base",
            bundle=work.base.name,
        )
    progress.stage("measure", f"measuring the base {work.base.name}")
    pictures = [example.file for example in splits["inner"]]
    (outputs,) = predict_all([work.base], pictures, progress)
    before = ranking_of(work.base, outputs, terms.terms)
    exported = export_bundle(_plan(work, parts, catalogue), request.out, progress)
    result = _result(work, exported, before, catalogue)
    work.run.write_json(_RESULT, result)
    return result


def _begin(work: Work) -> None:
    """Store the inputs of the run; InputError when the folder belongs to another run."""
    request, run = work.request, work.run
    asked = {
        "base": describe_file(request.base / MANIFEST)["sha256"],
        "data": describe_file(request.data / ANNOTATIONS)["sha256"],
        "trunk": request.trunk,
        "epochs": request.epochs,
        "seed": request.seed,
    }
    if (run.path / "request.json").exists():
        known = run.read_json("request.json")
        differing = [key for key, value in asked.items() if known.get(key) != value]
        if differing:
            raise InputError(
                f"The run folder {run.path} holds a training with another {', '.join(differing)}; "
                "give another folder, or the same request to resume.",
                "run.differs",
                keys=differing,
            )
    run.path.mkdir(parents=True, exist_ok=True)
    run.write_json("request.json", asked)


def _finished(work: Work) -> dict[str, object] | None:
    """The result of a finished run, if its bundle still exists."""
    if not work.run.is_finished:
        return None
    result: dict[str, object] = work.run.read_json(_RESULT)
    manifest = work.request.out / MANIFEST
    if not manifest.exists() or describe_file(manifest)["sha256"] != result["manifestSha256"]:
        return None
    work.progress.warning("run.finished", f"The run {work.run.path} is finished; nothing is left to train.")
    return result


def _prepare(work: Work, networks: Sequence[BaseNetwork], dealt: Splits) -> dict[str, list[Example]]:
    """Bring the pictures into a cache for every way in which a network sees them; the splits without those refused."""
    examples = [example for split in dealt.values() for example in split]
    files = {example.record.extra["file"]: example.file for example in examples}
    caches: list[PixelCache] = []
    for view in dict.fromkeys(network.preprocessing for network in networks):
        config = config_from({"cache": cache_settings(view)}).cache
        prepare_pixels(_cache(work), config, files, os.cpu_count() or 1, work.progress)
        caches.append(open_cache(_cache(work), config))
    splits = {
        name: [example for example in split if all(cache.has(example.sha256) for cache in caches)]
        for name, split in dealt.items()
    }
    lost = len(examples) - sum(len(split) for split in splits.values())
    if lost:
        work.progress.warning("pictures.missing", f"{lost} pictures cannot be read and are left out.", count=lost)
    return splits


def _cache(work: Work) -> Path:
    return work.run.path / "cache"


def _describe(work: Work, catalogue: CatalogueData) -> None:
    """Store terms and counts, and report what is left out."""
    terms, splits = catalogue.terms, catalogue.splits
    everything = [example for split in splits.values() for example in split]
    work.run.write_json(
        "vocabulary.json",
        {"terms": terms.terms, "new": terms.new, "learned": list(catalogue.learned), "dropped": terms.rare},
    )
    work.run.write_json(
        "data.json",
        {
            "fingerprint": fingerprint(everything),
            "images": {split: len(examples) for split, examples in splits.items()},
            "objects": len({example.group for example in everything}),
        },
    )
    count = sum(sum(tags.values()) for tags in terms.rare.values())
    if count:
        work.progress.warning(
            "tags.ignored", f"{count} tags of pictures are of terms with too few pictures and are ignored.", count=count
        )


def _parts(work: Work, base: BaseNetwork, catalogue: CatalogueData) -> list[Part]:
    """Fine-tune one network of the base: train its heads, carry its CLIP-like members over."""
    name = Path(base.file).stem.removeprefix(f"{work.base.manifest['id']}-")
    terms = catalogue.terms.terms
    parts: list[Part] = []
    trains_trunk = _trains_trunk(work.request.trunk, len(catalogue.splits["train"]))
    if base.heads:
        run = RunFolder(work.run.path / "networks" / name)
        settings = Settings(
            work.base.folder,
            work.base.terms,
            terms,
            catalogue.learned,
            trains_trunk,
            work.request.epochs,
            work.request.seed,
        )
        network = train_heads(run, work.run.split_file, _cache(work), base, settings, catalogue.splits, work.progress)
        effort = read_effort(run)
        parts.append(Part(name, network, base.heads, terms, base.preprocessing, base.backbone, "none", "en", effort))
    carried = _carried(work, base, catalogue)
    if not carried:
        return parts
    reading = next(iter(carried.values()))[1]
    members = {task: base.clips[task] for task in carried}
    if parts and not trains_trunk:
        (beside,) = parts
        host = replace(beside, members={**beside.members, **members}, text=reading.encoder, language=reading.language)
        parts = [host]
    else:
        host = Part(
            f"{name}-carried" if parts else name,
            bare_network(base, work.base.folder),
            members,
            terms,
            base.preprocessing,
            base.backbone,
            reading.encoder,
            reading.language,
            Effort("cpu", 1, 0.0),
        )
        parts.append(host)
    for task, (clip, _) in carried.items():
        host.network.members[task] = clip
    return parts


def _trains_trunk(wish: str, pictures: int) -> bool:
    return wish == "trained" or (wish == "auto" and torch.cuda.is_available() and pictures >= _TRUNK_FROM)


def _carried(work: Work, base: BaseNetwork, catalogue: CatalogueData) -> dict[str, tuple[CarriedClip, Reading]]:
    """The CLIP-like members of a network by task; those that cannot read the new terms are left out with a warning."""
    found: dict[str, tuple[CarriedClip, Reading]] = {}
    for task, member in base.clips.items():
        try:
            weights = bundle_initializers(work.base.folder, base.file)
            found[task] = carry_clip(
                task, member, weights, work.base.folder, work.base.terms, catalogue.terms.terms, work.request.labels
            )
        except InputError as error:
            work.progress.warning(
                "fineTune.clipLeftOut",
                f"The member {member} of the base is left out of the new bundle. {error}",
                member=member,
                reason=str(error),
            )
    return found


def _plan(work: Work, parts: Sequence[Part], catalogue: CatalogueData) -> Plan:
    """The plan of the new bundle: its identity from the request, everything else as the base has it."""
    request, manifest = work.request, work.base.manifest
    credit = manifest["selfTest"].get("credit", f"that of the base bundle {work.base.name}, credited there")
    return Plan(
        id=request.id,
        version=request.version,
        title=request.title,
        parts=parts,
        splits={**catalogue.splits, "outer": ()},
        self_test=SelfTest(request.base / manifest["selfTest"]["image"], credit),
        precision=manifest.get("precision", "fp32"),
        consistency=manifest.get("consistency", "none"),
        weaknesses={code: card_language(code).say("weakness.fineTuned", base=work.base.name) for code in LANGUAGES},
        bits=SPLIT.near_duplicate_bits,
        dropped=catalogue.terms.rare,
        start=_start(work.base, {name for part in parts for name in part.members.values()}),
        base=BaseBundle(manifest["id"], manifest["version"], manifest["data"]["attribution"]),
    )


def _start(base: Bundle, members: Collection[str]) -> dict[str, FacetEnsemble]:
    """Weights and curve of each facet of the base, the weights over the remaining members."""
    found: dict[str, FacetEnsemble] = {}
    for facet, entry in base.manifest["facets"].items():
        weights = {name: weight for name, weight in entry["weights"].items() if name in members}
        total = sum(weights.values())
        if total > 0:
            shares = {name: weight / total for name, weight in weights.items()}
            curve = entry["calibration"]
            found[facet] = FacetEnsemble(shares, tuple(curve["score"]), tuple(curve["probability"]))
    return found


def _result(work: Work, exported: Exported, before: Ranking, catalogue: CatalogueData) -> dict[str, object]:
    """The result: the figures of the new bundle and of the base on the same held-out pictures."""
    new = open_bundle(work.request.out)
    terms, held_out = catalogue.terms.terms, catalogue.splits["inner"]
    after = ranking_of(new, exported.outputs["inner"], terms)
    return {
        "bundle": str(work.request.out),
        "id": work.request.id,
        "version": work.request.version,
        "manifestSha256": exported.sha256,
        "pictures": sum(len(examples) for examples in catalogue.splits.values()),
        "heldOut": len(held_out),
        "learned": list(catalogue.learned),
        "newTerms": {facet: list(keys) for facet, keys in catalogue.terms.new.items()},
        "metrics": figures(after, terms, held_out),
        "base": {
            "id": work.base.manifest["id"],
            "version": work.base.manifest["version"],
            "metrics": figures(before, terms, held_out),
        },
        "terms": term_figures(after, before, terms, held_out),
    }
