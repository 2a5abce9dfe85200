"""The sentence encoder, its cache, and scores without training."""

from pathlib import Path

import numpy as np
import pytest
import torch

from fitxa_trainer.errors import InputError
from fitxa_trainer.models.zero_shot import imagenet_names, zero_shot_scores
from fitxa_trainer.pictures.preprocessing import Preprocessing, open_image, resize
from fitxa_trainer.text import encoder
from fitxa_trainer.text.cache import embed_sentences, write_embeddings
from fitxa_trainer.text.encoder import encode_sentences, load_encoder
from mini_network import mini_config, mini_set

TEXTS = ["bronze", "an image of an object made of non-ferrous metal", "copper alloy", "running shoe", "oil painting"]

#: First numbers of the first two texts as sentence-transformers 6.2 computes them from the same package.
REFERENCE = [
    [-0.03915572, 0.06823669, 0.03637932, 0.03610592],
    [-0.05114657, 0.07607473, -0.03142447, 0.06526631],
]


def test_embeddings_are_those_of_the_reference_implementation() -> None:
    vectors = encode_sentences(TEXTS)
    assert np.abs(vectors[:2, :4].numpy() - np.array(REFERENCE)).max() < 1e-6
    torch.testing.assert_close(vectors.norm(dim=1), torch.ones(len(TEXTS)))
    cosine = vectors @ vectors.T
    assert cosine[0, 2] > cosine[0, 3] + 0.2
    assert cosine[0, 2] > cosine[0, 4]


def test_padding_changes_nothing() -> None:
    encoder = load_encoder()
    tokens = torch.tensor([[101, 4421, 102]])
    padded = torch.cat([tokens, torch.zeros(1, 9, dtype=torch.int64)], dim=1)
    alone = encoder(tokens, torch.ones(1, 3, dtype=torch.bool))
    torch.testing.assert_close(encoder(padded, padded != 0), alone, rtol=0, atol=1e-6)
    torch.testing.assert_close(encode_sentences(["bronze"]), alone, rtol=0, atol=1e-6)


def test_a_cache_stands_in_for_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "texts.npz"
    assert write_embeddings(file, [*TEXTS[:3], TEXTS[0]]) == 3
    assert write_embeddings(file, TEXTS[2:]) == 3
    expected = encode_sentences(TEXTS)

    def missing() -> Path:
        raise InputError("The sentence encoder is not installed.")

    monkeypatch.setattr(encoder, "_model_folder", missing)
    torch.testing.assert_close(embed_sentences(TEXTS, file), expected, rtol=0, atol=1e-6)
    with pytest.raises(InputError, match="lack 1 texts, such as 'felt'; run embed-texts"):
        embed_sentences(["felt", "bronze"], file)
    with pytest.raises(InputError, match="not installed"):
        embed_sentences(["felt"])
    (tmp_path / "bad.npz").write_text("nothing")
    with pytest.raises(InputError, match="cannot be read"):
        embed_sentences(["felt"], tmp_path / "bad.npz")


def test_names_of_classes_are_in_the_order_of_the_logits() -> None:
    names = imagenet_names()
    assert len(names) == 1000
    assert [names[place] for place in (0, 514, 774)] == ["tench", "cowboy boot", "sandal"]


def test_scores_without_training_beat_chance() -> None:
    mini = mini_set()
    some = mini.examples[::3]
    pictures = np.stack([resize(open_image(example.file), Preprocessing(128, 128)) for example in some])
    batches = torch.split(torch.from_numpy(pictures).permute(0, 3, 1, 2).float(), 32)
    scores = zero_shot_scores(mini_config("zero-shot"), mini.vocabulary, batches, torch.device("cpu"))
    for facet, keys in mini.vocabulary.terms.items():
        assert scores[facet].shape == (len(some), len(keys))
        np.testing.assert_allclose(scores[facet].sum(axis=1), 1.0, rtol=1e-5)
    keys = mini.vocabulary.terms["objectTypes"]
    true = (mini.targets["objectTypes"][::3] > 0).numpy()
    labelled = true.any(axis=1)
    top = scores["objectTypes"].argmax(axis=1)
    right = float(true[labelled, top[labelled]].mean())
    chance = float(true[labelled].mean())
    assert len(keys) > 20
    assert right > chance + 0.2


def test_a_trunk_without_texts_has_no_zero_shot() -> None:
    mini = mini_set()
    with pytest.raises(InputError, match="timm"):
        zero_shot_scores(mini_config("zero-shot", backbone="timm:resnet50"), mini.vocabulary, [], torch.device("cpu"))
