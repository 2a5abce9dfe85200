"""labels.safetensors of a bundle: how its CLIP-like members read tags, at half precision.

Per member and facet `<member>/<facet>` holds the unit vectors (terms, width) of the terms in output order. Where the
member changes the vectors of a sentence encoder, `<member>/text/<parameter>` holds the weights with which it does so:
with them, terms that the bundle does not know can be read too. The metadata of the file name, per member, the task, the
encoder and the language of the labels.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

from safetensors import safe_open
from safetensors.torch import save
from torch import Tensor, nn

from fitxa_trainer.bundles.parts import Part
from fitxa_trainer.errors import InputError
from fitxa_trainer.models.clip import SentenceAdapter

FILE = "labels.safetensors"
_TEXT = "text/"


@runtime_checkable
class Reader(Protocol):
    """A member that compares pictures with texts; `texts` is what it does to the encoder's vectors."""

    texts: nn.Module | None

    def term_embeddings(self) -> dict[str, Tensor]:
        """The embedding (terms, width) of every term of each facet, of length 1."""


@dataclass(frozen=True)
class Reading:
    """How a member reads: its task, the encoder, the language of labels, and the weights after the encoder."""

    task: str
    encoder: str
    language: str


def write_label_embeddings(parts: Sequence[Part], folder: Path) -> None:
    """Write the file into `folder`; nothing if no member reads."""
    tensors: dict[str, Tensor] = {}
    metadata: dict[str, str] = {}
    for part in parts:
        for own, name in part.members.items():
            member = part.network.members[own]
            if not isinstance(member, Reader):
                continue
            metadata[name] = json.dumps(asdict(Reading(own, part.text, part.language)))
            tensors |= {f"{name}/{facet}": vectors for facet, vectors in member.term_embeddings().items()}
            if isinstance(member.texts, SentenceAdapter):
                tensors |= {f"{name}/{_TEXT}{key}": value for key, value in member.texts.state_dict().items()}
    if tensors:
        half = {key: value.half().contiguous() for key, value in tensors.items()}
        (folder / FILE).write_bytes(save(half, metadata))


def read_label_embeddings(folder: Path, name: str) -> tuple[Reading, dict[str, Tensor], dict[str, Tensor]]:
    """Of the member `name`: how it reads, the vectors by facet and the weights after the encoder, float32.

    Raises InputError when the bundle in `folder` has no such file, or the file knows nothing of the member.
    """
    try:
        with safe_open(folder / FILE, "pt") as content:
            reading = Reading(**json.loads((content.metadata() or {})[name]))
            names = [key for key in content.keys() if key.startswith(f"{name}/")]  # noqa: SIM118 - no mapping
            own = {key.removeprefix(f"{name}/"): content.get_tensor(key).float() for key in names}
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise InputError(f"The bundle {folder} has no {FILE} that says how {name} reads; export it again.") from error
    weights = {key.removeprefix(_TEXT): value for key, value in own.items() if key.startswith(_TEXT)}
    return reading, {key: value for key, value in own.items() if not key.startswith(_TEXT)}, weights
