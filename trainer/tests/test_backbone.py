"""The pre-trained network: its weights, its normalisation, its fused form."""

import numpy as np
import pytest
import torch

from fitxa_trainer.dataset.examples import Example
from fitxa_trainer.errors import InputError
from fitxa_trainer.models.backbones import build_backbone
from fitxa_trainer.models.efficientnet_lite import (
    VARIANTS,
    EfficientNetLite,
    fuse_batch_norm,
    load_classifier,
    load_weights,
    weights_path,
)
from fitxa_trainer.pictures.preprocessing import Preprocessing, load_input

#: ImageNet classes of footwear: cowboy boot, clog, Loafer, running shoe, sandal.
FOOTWEAR = torch.tensor([514, 502, 630, 770, 774])


def _footwear_rank(examples: list[Example], preprocessing: Preprocessing) -> float:
    """Mean reciprocal rank of the best footwear class over the pictures of shoes."""
    shoes = [example.file for example in examples if example.record.id.startswith("clothing_shoes")]
    network = build_backbone("lite0", "package", 0.0, 224).trunk.eval()
    with torch.inference_mode():
        inputs = torch.from_numpy(np.stack([load_input(file, preprocessing) for file in shoes]))
        logits = load_classifier("lite0")(network(inputs))
    best = logits[:, FOOTWEAR].amax(dim=1, keepdim=True)
    return float((1 / (1 + (logits > best).sum(dim=1))).mean())


def test_shoes_are_seen_as_footwear_and_the_normalisation_matters(examples: list[Example]) -> None:
    right = _footwear_rank(examples, Preprocessing(224, 224))
    wrong = _footwear_rank(examples, Preprocessing(224, 224, mean=(0.0, 0.0, 0.0), std=(1.0, 1.0, 1.0)))
    assert right > 0.7
    assert right > wrong + 0.3


@pytest.mark.parametrize("variant", VARIANTS)
def test_folding_batch_norm_changes_nothing(variant: str) -> None:
    size = VARIANTS[variant][2]
    network = EfficientNetLite(variant).eval()
    load_weights(network, weights_path(variant))
    input = torch.randn(2, 3, size, size, generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        before = network(input)
        after = fuse_batch_norm(network)(input)
    assert before.shape == (2, 1280)
    assert float(before.std()) > 0.05
    assert float((before - after).abs().max()) < 1e-4


def test_an_unknown_backbone_is_refused() -> None:
    with pytest.raises(InputError, match="lite0, lite1, lite2"):
        weights_path("lite9")
