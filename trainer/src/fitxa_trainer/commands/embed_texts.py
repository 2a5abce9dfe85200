"""`embed-texts`: the sentence embeddings that CLIP tasks need, in a file for machines without the encoder."""

import argparse
from dataclasses import asdict
from pathlib import Path

import torch

from fitxa_trainer.commands.command import Command, add_config, add_data, add_split
from fitxa_trainer.configuration.run import load_config
from fitxa_trainer.dataset.examples import build_vocabulary, load_examples, target_matrix
from fitxa_trainer.dataset.facets import FACETS
from fitxa_trainer.dataset.labels import load_labels
from fitxa_trainer.models.zero_shot import imagenet_names
from fitxa_trainer.progress import Progress
from fitxa_trainer.splitting.split_file import read_splits
from fitxa_trainer.text.cache import write_embeddings
from fitxa_trainer.text.prompts import every_text


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_config(parser)
    add_data(parser)
    add_split(parser)
    help = "file of embeddings (.npz), to be named by clip.text_cache; what it already holds is kept"
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help=help)


def _run(options: argparse.Namespace, progress: Progress) -> object:
    config = load_config(options.config, options.set)
    train = read_splits(options.split, load_examples(options.data))["train"]
    minimum = {facet: count for facet, count in asdict(config.vocabulary).items() if facet in FACETS}
    vocabulary = build_vocabulary(train, minimum, config.vocabulary.held_out)
    targets = {facet: torch.from_numpy(target_matrix(train, facet, terms)) for facet, terms in vocabulary.terms.items()}
    labels = load_labels(None if config.labels is None else Path(config.labels))
    texts = [*every_text(targets, vocabulary.terms, labels), *imagenet_names()]
    progress.say(f"embedding {len(set(texts))} texts")
    return {"texts": write_embeddings(options.out, texts), "file": str(options.out)}


COMMAND = Command(
    "embed-texts",
    "Embed the texts of CLIP tasks, in every strategy and language, for a machine without the sentence encoder.",
    _add_arguments,
    _run,
)
