"""CLIP-like members: pictures and texts meet in one space (Radford et al. 2021).

Training draws a text of each picture and lets picture and text find each other among those of the batch; a tag's score
is the softmax over the facet of the similarities between the picture and the tags' texts.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from fitxa_trainer.models.gather import gather_rows, own_part
from fitxa_trainer.models.inputs import FeatureInput
from fitxa_trainer.models.member import Member, Probabilities, float32_only
from fitxa_trainer.tasks.losses import draw_positive, matching_loss

#: Similarities are multiplied by this at most, as in CLIP.
LARGEST_SCALE = 100.0


class TextSide(nn.Module, ABC):
    """Rows of a table of texts, in whatever form the side reads them, to embeddings."""

    #: Length of an embedding.
    dimensions: int

    @abstractmethod
    def forward(self, texts: Tensor) -> Tensor:
        """Texts (n, ...) to embeddings (n, dimensions) of any length."""


class SentenceAdapter(TextSide):
    """Frozen sentence embeddings, changed by a small residual network that begins as "change nothing".

    So before the first step texts lie as the sentence encoder has them, synonyms side by side.
    """

    def __init__(self, dimensions: int) -> None:
        super().__init__()
        self.dimensions = dimensions
        self.down = nn.Linear(dimensions, dimensions)
        self.up = nn.Linear(dimensions, dimensions)
        nn.init.zeros_(self.up.weight)
        nn.init.zeros_(self.up.bias)

    def forward(self, texts: Tensor) -> Tensor:
        """Sentence embeddings (n, dimensions) to embeddings (n, dimensions)."""
        adapted: Tensor = texts + self.up(functional.gelu(self.down(texts)))
        return adapted


class ClipTower(TextSide):
    """The text tower of an open_clip model, trained along."""

    def __init__(self, clip: nn.Module, dimensions: int) -> None:
        super().__init__()
        self.dimensions = dimensions
        self.tower = clip

    def forward(self, texts: Tensor) -> Tensor:
        """Token numbers (n, length) to embeddings (n, dimensions)."""
        encode: Any = self.tower.encode_text
        embedded: Tensor = encode(texts)
        return embedded.float()


class ClipHeads(nn.Module):
    """Raw features to probabilities, the tags' embeddings being constants already multiplied by the scale."""

    def __init__(self, projection: nn.Module, terms: Mapping[str, Tensor]) -> None:
        super().__init__()
        self.projection = projection
        self.facets = tuple(terms)
        for facet, vectors in terms.items():
            self.register_buffer(f"terms_{facet}", vectors)

    def forward(self, features: Tensor) -> Probabilities:
        """Features (n, features) to the probabilities (n, terms) of each facet."""
        image = functional.normalize(self.projection(features), dim=1)
        # `linear`, as an exported product with a transposed matrix would lose the matrix's name.
        return {
            facet: functional.linear(image, self.get_buffer(f"terms_{facet}")).softmax(dim=1) for facet in self.facets
        }


class ClipMember(Member):
    """A projection of the features, a text side, and a learned temperature.

    `term_texts` (terms, ...) holds the text of every term, facet after facet as in `counts`. `table` (texts, ...) holds
    the texts of training, each once: `text_of_term` (terms,) says which a term has, `text_of_row` (pictures,) which a
    picture has, -1 for none. With `text_of_row` a picture's text is that one; without it, the text of one of its true
    terms over all facets, drawn again each time.
    """

    activation = "softmax"
    term_texts: Tensor
    table: Tensor
    text_of_term: Tensor
    text_of_row: Tensor

    def __init__(
        self,
        name: str,
        input: FeatureInput | None,
        features: int,
        texts: TextSide,
        counts: Mapping[str, int],
        term_texts: Tensor,
        table: Tensor,
        text_of_term: Tensor,
        text_of_row: Tensor | None,
        temperature: float,
    ) -> None:
        """Without `input` the features are embeddings already, as those of an open_clip image tower."""
        super().__init__()
        self.name = name
        self.counts = dict(counts)
        self.texts = texts
        self.input = input
        self.projection: nn.Module = nn.Identity() if input is None else nn.Linear(features, texts.dimensions)
        self.log_scale = nn.Parameter(torch.tensor(math.log(1 / temperature)))
        self.draws = text_of_row is None
        self.register_buffer("term_texts", term_texts)
        # These follow from the training split, so they are not kept in checkpoints.
        self.register_buffer("table", table, persistent=False)
        self.register_buffer("text_of_term", text_of_term, persistent=False)
        self.register_buffer("text_of_row", torch.empty(0) if text_of_row is None else text_of_row, persistent=False)
        self._known: tuple[tuple[int, ...], Tensor] | None = None

    def train(self, mode: bool = True) -> "ClipMember":
        """Training or evaluation mode; what was known of the terms is forgotten."""
        super().train(mode)
        self._known = None
        return self

    def standardise_by(self, features: Tensor) -> None:
        """Take mean and deviation of `features` (n, features)."""
        if self.input is not None:
            self.input.standardise_by(features)

    def loss(
        self, features: Tensor, targets: Mapping[str, Tensor], rows: Tensor, generator: torch.Generator | None
    ) -> Tensor:
        """Half the sum of picture-to-text and text-to-picture cross-entropy, over the texts of the whole batch."""
        ids, valid = self._texts_of(targets, rows, generator)
        # On several GPUs the batch is that of all of them; each reads its part of the texts.
        text = gather_rows(functional.normalize(self._embedded(own_part(ids)), dim=1))
        with float32_only(features):
            image = functional.normalize(self._projected(features, generator), dim=1)
            with torch.no_grad():
                self.log_scale.clamp_(0.0, math.log(LARGEST_SCALE))
            scale = self.log_scale.exp()
            same = ids[:, None] == ids[None, :]
            to_text = matching_loss(image, text, same, valid, valid, scale)
            to_image = matching_loss(text, image, same, valid, valid, scale)
            return (to_text + to_image) / 2

    def forward(self, features: Tensor) -> Probabilities:
        """Features (n, features) to the probabilities (n, terms) of each facet."""
        terms = self._terms()
        with float32_only(features):
            image = functional.normalize(self._projected(features, None), dim=1)
            similarity = self.log_scale.exp() * image @ terms.t()
            parts = torch.split(similarity, list(self.counts.values()), dim=1)
            return {facet: part.softmax(dim=1) for facet, part in zip(self.counts, parts, strict=True)}

    @torch.no_grad()
    def term_embeddings(self) -> dict[str, Tensor]:
        """The embedding (terms, dimensions) of every term of each facet, of length 1."""
        parts = torch.split(self._terms(), list(self.counts.values()))
        return {facet: part.clone() for facet, part in zip(self.counts, parts, strict=True)}

    @torch.no_grad()
    def folded(self) -> ClipHeads:
        """The same with the tags' embeddings as constants: the text side stays behind."""
        scale = self.log_scale.exp()
        terms = {facet: scale * vectors for facet, vectors in self.term_embeddings().items()}
        if self.input is None:
            return ClipHeads(nn.Identity(), terms).eval()
        assert isinstance(self.projection, nn.Linear)
        return ClipHeads(self.input.folded_into(self.projection), terms).eval()

    def _texts_of(
        self, targets: Mapping[str, Tensor], rows: Tensor, generator: torch.Generator | None
    ) -> tuple[Tensor, Tensor]:
        """Which text of the table each picture comes with, int64 (n,), and whether it has one, bool (n,)."""
        if self.draws:
            joined = torch.cat([targets[facet] for facet in self.counts], dim=1)
            return self.text_of_term[draw_positive(joined, generator)], (joined > 0).any(dim=1)
        ids = self.text_of_row[rows]
        return ids.clamp_min(0), ids >= 0

    def _embedded(self, ids: Tensor) -> Tensor:
        """Embeddings (n, dimensions) of texts of the table; a table no larger than the batch is read once.

        Which texts of a batch differ is known on the device only: to read each of them once would mean to wait for it
        in every step, and another number of texts every time.
        """
        if isinstance(self.texts, SentenceAdapter):
            with float32_only(self.table):
                adapted: Tensor = self.texts(self.table[ids])
                return adapted
        whole = len(self.table) <= len(ids)
        embedded: Tensor = self.texts(self.table if whole else self.table[ids])
        return embedded[ids] if whole else embedded

    def _projected(self, features: Tensor, generator: torch.Generator | None) -> Tensor:
        inner = features.float() if self.input is None else self.input(features, generator)
        projected: Tensor = self.projection(inner)
        return projected

    def _terms(self) -> Tensor:
        """Embeddings (all terms, dimensions) of length 1.

        A tower reads the terms once and keeps what came out until its mode or a parameter changes.
        """
        if self.training or isinstance(self.texts, SentenceAdapter):
            return self._read_terms()
        version = tuple(tensor._version for tensor in (*self.texts.parameters(), self.term_texts))
        if self._known is None or self._known[0] != version or self._known[1].device != self.term_texts.device:
            with torch.no_grad():
                self._known = (version, self._read_terms())
        return self._known[1]

    def _read_terms(self) -> Tensor:
        with float32_only(self.term_texts):
            return functional.normalize(self.texts(self.term_texts), dim=1)
