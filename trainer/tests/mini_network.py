"""The mini set as networks see it: vocabulary, targets, pictures of 64 pixels and features of the pre-trained lite0."""

import atexit
import shutil
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from fitxa_trainer.configuration.run import Config, config_from
from fitxa_trainer.dataset.examples import Example, Vocabulary, build_vocabulary, load_examples, target_matrix
from fitxa_trainer.models.backbones import build_backbone
from fitxa_trainer.models.clip_member import training_texts
from fitxa_trainer.models.efficientnet_lite import EfficientNetLite, fuse_batch_norm
from fitxa_trainer.pictures.preprocessing import Preprocessing, open_image, resize
from fitxa_trainer.text.cache import write_embeddings
from workspace import MINI

#: Every task that is trained.
TRAINED = (
    "multilabel",
    "softmax",
    "softmax-weighted",
    "hsoftmax-nodes",
    "hsoftmax-levels",
    "clip-one-tag",
    "clip-all-tags",
    "clip-prompt",
)


@dataclass(frozen=True)
class MiniSet:
    """`pixels` float (n, 3, 64, 64), 0..255; `features` (n, 1280); `targets` int8 (n, terms) per facet."""

    examples: list[Example]
    vocabulary: Vocabulary
    targets: dict[str, Tensor]
    pixels: Tensor
    features: Tensor


@cache
def mini_set() -> MiniSet:
    """All pictures of the mini set."""
    examples = load_examples(MINI)
    vocabulary = build_vocabulary(examples, {"objectTypes": 5, "materials": 5, "disciplines": 5, "subjects": 0})
    targets = {
        facet: torch.from_numpy(target_matrix(examples, facet, keys)) for facet, keys in vocabulary.terms.items()
    }
    preprocessing = Preprocessing(64, 64)
    pictures = np.stack([resize(open_image(example.file), preprocessing) for example in examples])
    pixels = torch.from_numpy(pictures).permute(0, 3, 1, 2).float()
    trunk = build_backbone("lite0", "package", 0.0, 224).trunk
    assert isinstance(trunk, EfficientNetLite)
    network = fuse_batch_norm(trunk.eval())
    with torch.no_grad():
        features = torch.cat([network((part - 127.0) / 128.0) for part in torch.split(pixels, 32)])
    return MiniSet(examples, vocabulary, targets, pixels, features)


def mini_config(*tasks: str, **model: object) -> Config:
    """A run on lite0 with the given tasks; `model` changes the section model."""
    section = {"backbone": "lite0", "text": "minilm", "trunk": "frozen", "size": 64, **model}
    training = {"learning_rate": 3e-3, "weight_decay": 0.05, "feature_noise": 0.1}
    clip = {"text_cache": str(_texts_file())}
    return config_from({"seed": 5, "tasks": list(tasks), "model": section, "training": training, "clip": clip})


@cache
def _texts_file() -> Path:
    """The embeddings of the texts of all tasks, computed once for all tests of a process."""
    folder = Path(tempfile.mkdtemp(prefix="fitxa-texts-"))
    atexit.register(shutil.rmtree, folder)
    mini = mini_set()
    texts: list[str] = []
    for task in ("clip-all-tags", "clip-prompt"):
        of_terms, of_rows = training_texts(task, Config(), mini.vocabulary.terms, mini.targets)
        texts += of_terms + [text for text in of_rows or () if text]
    write_embeddings(folder / "texts.npz", texts)
    return folder / "texts.npz"
