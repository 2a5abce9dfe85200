"""A run of the task zero-shot: nothing is trained, so there are scores and no weights."""

from fitxa_trainer.models.backbones import build_backbone
from fitxa_trainer.models.network import Network
from fitxa_trainer.models.zero_shot import zero_shot_scores
from fitxa_trainer.progress import Progress
from fitxa_trainer.splitting.split_file import SPLITS
from fitxa_trainer.training.context import ComputeContext
from fitxa_trainer.training.inputs import Inputs
from fitxa_trainer.training.prediction import BATCH, Predictions, predict
from fitxa_trainer.training.run_folder import RunFolder
from fitxa_trainer.training.scores import scores_path, write_scores
from fitxa_trainer.training.sources import PixelSource, batches

ZERO_SHOT = "zero-shot"


def score_untrained(inputs: Inputs, run: RunFolder, context: ComputeContext, progress: Progress) -> dict[str, object]:
    """Write the scores of every split and result.json; returns what it holds.

    The embedding of a picture is the trunk's. Raises InputError when the backbone has no texts to go with it.
    """
    config = inputs.config
    progress.stage("measure", "computing the scores of every split, without training")
    network = Network(build_backbone(config.model.backbone, config.model.weights, 0.0, config.model.size), (), True)
    context.take(network)
    size = BATCH[context.device.type]
    validation: dict[str, object] = {}
    for split in SPLITS:
        examples = inputs.splits[split]
        if not examples:
            continue
        rows = inputs.cache.rows(inputs.hashes(split))
        source = PixelSource(inputs.cache.pixels, rows, config.model, config.training, context)
        embedding = predict(network, source, size, context, exact=True).embedding
        found = Predictions({}, embedding)
        if split != "train":
            pictures = (source.whole(*span) for span in batches(len(source), size))
            found = Predictions(
                {ZERO_SHOT: zero_shot_scores(config, inputs.vocabulary, pictures, context.device)}, embedding
            )
        if split == "validation":
            validation.update(found.metrics(inputs.targets(split)))
        write_scores(scores_path(run.path, split), [example.record.id for example in examples], found)
    result: dict[str, object] = {
        "name": config.name,
        "tasks": list(config.tasks),
        "activations": {ZERO_SHOT: "softmax"},
        "bestEpoch": 0,
        "epochs": 0,
        "score": None,
        "trainingSeconds": 0.0,
        "pictures": 0,
        "processes": 1,
        "device": context.name,
        "validation": validation,
    }
    run.write_json("result.json", result)
    return result
