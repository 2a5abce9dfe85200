"""The CLIP-like members of a base in a fine-tuned bundle: carried over unchanged, and extended by the new terms.

Their picture side does not learn from a catalogue (too few texts), and their text side reads the new terms as it read
the others. That takes the sentence encoder; without it a member that would have to read new terms is left out.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from fitxa_trainer.bundles.label_embeddings import Reading, read_label_embeddings
from fitxa_trainer.dataset.labels import Language, load_labels
from fitxa_trainer.errors import InputError
from fitxa_trainer.models.clip import ClipHeads, SentenceAdapter
from fitxa_trainer.models.member import Member, Probabilities
from fitxa_trainer.text.encoder import DIMENSIONS, encode_sentences
from fitxa_trainer.text.prompts import prompt_texts, tag_texts

Terms = Mapping[str, Sequence[str]]


class CarriedClip(Member):
    """A CLIP-like member that is finished: a projection, and an embedding of every term. It cannot be trained."""

    activation = "softmax"

    def __init__(self, name: str, heads: ClipHeads, texts: SentenceAdapter | None) -> None:
        super().__init__()
        self.name = name
        self.heads = heads
        self.texts = texts

    def loss(
        self, features: Tensor, targets: Mapping[str, Tensor], rows: Tensor, generator: torch.Generator | None
    ) -> Tensor:
        """Not to be called: this member is not trained."""
        raise NotImplementedError("a member that is carried over does not learn")

    def forward(self, features: Tensor) -> Probabilities:
        """Features (n, features) to the probabilities (n, terms) of each facet."""
        found: Probabilities = self.heads(features)
        return found

    def standardise_by(self, features: Tensor) -> None:
        """Nothing: it takes raw features."""

    def folded(self) -> nn.Module:
        """The heads themselves."""
        return self.heads

    def term_embeddings(self) -> dict[str, Tensor]:
        """The embedding (terms, dimensions) of every term of each facet, of length 1."""
        return {
            facet: functional.normalize(self.heads.get_buffer(f"terms_{facet}"), dim=1) for facet in self.heads.facets
        }


def carry_clip(
    task: str,
    name: str,
    weights: Mapping[str, Tensor],
    folder: Path,
    base_terms: Terms,
    terms: Terms,
    labels: Path | None,
) -> tuple[CarriedClip, Reading]:
    """The member `name` of the bundle in `folder` for `terms`, and how it reads; `weights` are those of its file.

    Raises InputError when new terms have to be read and the encoder is not installed, was trained along (open_clip) or
    the bundle does not hold what follows it.
    """
    reading, _, adapter = read_label_embeddings(folder, name)
    prefix = f"members.{task}."
    known = {facet: weights[name] for facet in base_terms if (name := f"{prefix}terms_{facet}") in weights}
    scale = next(iter(known.values()))[0].norm()
    texts = _adapter(adapter)
    extended: dict[str, Tensor] = {}
    for facet, keys in terms.items():
        own = list(base_terms.get(facet, ())) if facet in known else []
        added = [term for term in keys if term not in set(own)]
        rows = [known[facet]] if own else []
        if added:
            rows.append(scale * _read(added, reading, texts, labels))
        place = {term: row for row, term in enumerate([*own, *added])}
        extended[facet] = torch.cat(rows)[[place[term] for term in keys]]
    projection: nn.Module = nn.Identity()
    if f"{prefix}projection.weight" in weights:
        matrix, bias = weights[f"{prefix}projection.weight"], weights[f"{prefix}projection.bias"]
        layer = nn.Linear(matrix.shape[1], matrix.shape[0])
        layer.load_state_dict({"weight": matrix, "bias": bias})
        projection = layer
    return CarriedClip(task, ClipHeads(projection, extended).eval(), texts), reading


def _adapter(weights: Mapping[str, Tensor]) -> SentenceAdapter | None:
    if not weights:
        return None
    adapter = SentenceAdapter(DIMENSIONS)
    adapter.load_state_dict(dict(weights))
    return adapter.eval().requires_grad_(False)


@torch.no_grad()
def _read(terms: Sequence[str], reading: Reading, texts: SentenceAdapter | None, labels: Path | None) -> Tensor:
    """Unit vectors (terms, dimensions) of `terms`, read as the member read its own."""
    if reading.encoder != "minilm" or texts is None:
        raise InputError(f"New terms cannot be read without {reading.encoder}, which is no part of the bundle.")
    language: Language = "ca" if reading.language == "ca" else "en"
    known = load_labels(labels)
    write = prompt_texts if reading.task == "clip-prompt" else tag_texts
    vectors: Tensor = texts(encode_sentences(write(terms, known, language)))
    return functional.normalize(vectors, dim=1)
