"""The command train: from the pixel cache to a run folder with weights, curves, scores and a result."""

import time
from collections.abc import Mapping
from contextlib import closing, nullcontext
from pathlib import Path

from fitxa_trainer.configuration.run import Config
from fitxa_trainer.dataset.facets import FACETS
from fitxa_trainer.errors import InputError
from fitxa_trainer.locking import alone_in
from fitxa_trainer.models.network import Network, build_network
from fitxa_trainer.progress import Progress
from fitxa_trainer.splitting.split_file import SPLITS
from fitxa_trainer.training.context import ComputeContext, compute_context
from fitxa_trainer.training.curves import TensorBoard, draw_curves
from fitxa_trainer.training.engine import Recorder, SplitData, train_network
from fitxa_trainer.training.inputs import Inputs, SplitSources, ignored_tags, read_inputs
from fitxa_trainer.training.prediction import BATCH, Predictions, predict
from fitxa_trainer.training.run_folder import RunFolder
from fitxa_trainer.training.scores import scores_path, write_scores
from fitxa_trainer.training.sources import FeatureSource
from fitxa_trainer.training.untrained import score_untrained

#: Seconds between two drawings of the curves.
_CURVES_PAUSE = 20.0


def train(
    config: Config, data: Path, split_file: Path, cache_root: Path, run: RunFolder, progress: Progress
) -> dict[str, object]:
    """Train or resume a run; returns what result.json holds.

    The pictures come from the cache below `cache_root`; those it refused are left out and counted. A run folder with
    the same configuration, split and data resumes from its checkpoint, a finished one says so and returns its result.
    Raises InputError for data, splits or settings that cannot be trained with, and when another process is at work in
    the run folder; Stopped after a checkpoint.
    """
    inputs = read_inputs(config, data, split_file, cache_root, progress)
    with compute_context(config.training) as context, alone_in(run.path) if context.first else nullcontext():
        if not context.first:
            progress = Progress()
        if run.is_finished:
            run.check_same(config, split_file)
            _check_data(run, inputs)
            progress.warning("run.finished", f"The run {run.path} is finished; nothing is left to train.")
            result: dict[str, object] = run.read_json("result.json")
            return result
        if context.first:
            _begin(run, inputs, split_file, progress)
        context.wait()
        if config.tasks == ("zero-shot",):
            return score_untrained(inputs, run, context, progress) if context.first else {}
        return _train(inputs, run, context, progress)


def _begin(run: RunFolder, inputs: Inputs, split_file: Path, progress: Progress) -> None:
    """Write what the run is made from; check that what is there is of the same run."""
    run.start(inputs.config, split_file)
    _check_data(run, inputs)
    ignored = ignored_tags(inputs.splits, inputs.vocabulary)
    count = sum(sum(facets.values()) for facets in ignored.values())
    if count:
        progress.warning(
            "tags.ignored",
            f"{count} tags of pictures are no terms of this run (too rare or held out) and are ignored.",
            count=count,
        )
    run.write_json(
        "data.json",
        {
            "fingerprint": inputs.fingerprint,
            "images": {split: len(inputs.splits[split]) for split in SPLITS},
            "labelled": {
                facet: {split: sum(bool(e.record.tags(facet)) for e in inputs.splits[split]) for split in SPLITS}
                for facet in FACETS
            },
            "ignoredTags": ignored,
            "refused": len(inputs.cache.index.refused),
        },
    )
    run.write_json(
        "vocabulary.json", {"terms": dict(inputs.vocabulary.terms), "dropped": dict(inputs.vocabulary.dropped)}
    )


def _check_data(run: RunFolder, inputs: Inputs) -> None:
    if (run.path / "data.json").exists() and run.read_json("data.json")["fingerprint"] != inputs.fingerprint:
        raise InputError(
            f"The run folder {run.path} holds a run on other data; give another folder to train on these.",
            "run.differs",
            keys=["data"],
        )


def _train(inputs: Inputs, run: RunFolder, context: ComputeContext, progress: Progress) -> dict[str, object]:
    config = inputs.config
    network = build_network(config, inputs.vocabulary, inputs.splits["train"])
    context.take(network)
    sources = SplitSources(inputs, network, context, progress)
    train_split = SplitData(sources.of("train", resident=True), inputs.targets("train"))
    validation = SplitData(sources.of("validation"), inputs.targets("validation"))
    if isinstance(train_split.source, FeatureSource):
        network.standardise_by(train_split.source.whole(0, len(train_split.source)))
    checkpoint = run.checkpoint(context.device)
    if context.first:
        run.keep_metrics(checkpoint.state.lines if checkpoint is not None else 0)
    progress.stage("train", f"training {', '.join(config.tasks)} on {context.device}")
    with closing(TensorBoard(run.path / "tensorboard" if context.first else None)) as board:
        recorder = Recorder(_Log(run, board).take, run.save_checkpoint, progress)
        state = train_network(
            network, train_split, validation, config.training, config.seed, context, recorder, checkpoint
        )
    if context.first:
        draw_curves(run.metrics(), run.path / "curves.svg")
    progress.stage("measure", "computing the scores of every split")
    found = _score(network, inputs, sources, run, context)
    result: dict[str, object] = {
        "name": config.name,
        "tasks": list(config.tasks),
        "activations": network.activations(),
        "bestEpoch": state.best_epoch,
        "epochs": state.epoch - 1,
        "score": state.best_score,
        "trainingSeconds": round(state.seconds, 1),
        "pictures": state.pictures,
        "processes": context.world,
        "device": context.name,
        "validation": found.metrics(validation.targets) if context.first else {},
    }
    if context.first:
        run.save_network(network)
        run.write_json("result.json", result)
        run.drop_checkpoint()
    context.wait()
    return result


class _Log:
    """Writes the line of an epoch to metrics.jsonl, to TensorBoard and, from time to time, to the curves."""

    def __init__(self, run: RunFolder, board: TensorBoard) -> None:
        self._run = run
        self._board = board
        self._drawn = 0.0

    def take(self, entry: Mapping[str, object]) -> None:
        """One line."""
        self._run.log(entry)
        self._board.write(entry)
        if time.monotonic() - self._drawn >= _CURVES_PAUSE:
            draw_curves(self._run.metrics(), self._run.path / "curves.svg")
            self._drawn = time.monotonic()


def _score(
    network: Network, inputs: Inputs, sources: SplitSources, run: RunFolder, context: ComputeContext
) -> Predictions:
    """Write the scores of every split; returns those of validation."""
    kept: Predictions | None = None
    for split in SPLITS:
        examples = inputs.splits[split]
        if not examples:
            continue
        found = predict(network, sources.of(split), BATCH[context.device.type], context, exact=True)
        if split == "validation":
            kept = found
        if context.first:
            shown = found if split != "train" else Predictions({}, found.embedding)
            write_scores(scores_path(run.path, split), [example.record.id for example in examples], shown)
    assert kept is not None, "read_inputs refuses a split without validation"
    return kept
