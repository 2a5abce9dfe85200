"""Augmentation on the device, and the order in which pictures are seen."""

import numpy as np
import pytest
import torch
from PIL import Image

from fitxa_trainer.configuration.run import TrainingConfig
from fitxa_trainer.training.augmentation import Draws, augment, draw, whole
from fitxa_trainer.training.sampling import Sampler, step_seed
from fitxa_trainer.training.schedule import rate_factor


def _pictures(count: int, side: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(3)
    return torch.randint(0, 256, (count, side, side, 3), generator=generator, dtype=torch.uint8)


def _map(width: float, x: float, height: float, y: float) -> Draws:
    return Draws(torch.tensor([[width, 0.0, x, 0.0, height, y, 1.0, 1.0, 1.0]]))


def test_the_map_that_changes_nothing_gives_the_pixels() -> None:
    pictures = _pictures(1, 16)
    images = augment(pictures, _map(1, 0, 1, 0), 16, colours=True, smallest=1.0)
    assert torch.allclose(images, pictures.permute(0, 3, 1, 2).float(), atol=1e-3)
    mirrored = augment(pictures, _map(-1, 0, 1, 0), 16, colours=False, smallest=1.0)
    assert torch.allclose(mirrored, pictures.permute(0, 3, 1, 2).float().flip(3), atol=1e-3)


def test_a_crop_shows_the_place_that_was_drawn() -> None:
    pictures = _pictures(1, 16)
    images = augment(pictures, _map(0.5, -0.5, 0.5, 0.5), 8, colours=False, smallest=0.5)
    assert torch.allclose(images, pictures[:, 8:, :8].permute(0, 3, 1, 2).float(), atol=1e-3)


def test_a_picture_much_too_large_is_averaged_first() -> None:
    pictures = _pictures(1, 64)
    images = augment(pictures, _map(1, 0, 1, 0), 16, colours=False, smallest=1.0)
    blocks = pictures.float().view(1, 16, 4, 16, 4, 3).mean(dim=(2, 4)).permute(0, 3, 1, 2)
    assert torch.allclose(images, blocks, atol=1e-3)


def test_colours_change_as_their_factors_say() -> None:
    grey = torch.full((1, 4, 4, 3), 100, dtype=torch.uint8)
    darker = augment(grey, Draws(torch.tensor([[1.0, 0, 0, 0, 1, 0, 0.5, 1, 1]])), 4, colours=True, smallest=1.0)
    assert torch.allclose(darker, torch.full((1, 3, 4, 4), 50.0), atol=1e-3)
    red = torch.zeros(1, 4, 4, 3, dtype=torch.uint8)
    red[..., 0] = 200
    without = augment(red, Draws(torch.tensor([[1.0, 0, 0, 0, 1, 0, 1, 1, 0.0]])), 4, colours=True, smallest=1.0)
    assert torch.allclose(without, torch.full((1, 3, 4, 4), 0.299 * 200), atol=1e-3)
    flat = augment(
        _pictures(1, 4), Draws(torch.tensor([[1.0, 0, 0, 0, 1, 0, 1, 0.0, 1]])), 4, colours=True, smallest=1.0
    )
    assert flat.std() < 1e-3


def test_crops_have_the_area_and_ratio_asked_for_and_stay_inside() -> None:
    config = TrainingConfig(crop_scale=(0.25, 0.5), crop_ratio=(0.5, 2.0), colour_jitter=0.3)
    values = draw(4000, config, torch.Generator().manual_seed(1)).values
    width, height = values[:, 0].abs(), values[:, 4]
    area = width * height
    assert area.min() >= 0.25 - 1e-5 and area.max() <= 0.5 + 1e-5
    assert area.mean() == pytest.approx(0.375, abs=0.01)
    assert (width / height).min() >= 0.5 - 1e-5 and (width / height).max() <= 2 + 1e-5
    assert (values[:, 2].abs() + width).max() <= 1 + 1e-5
    assert (values[:, 5].abs() + height).max() <= 1 + 1e-5
    assert float((values[:, 0] < 0).float().mean()) == pytest.approx(0.5, abs=0.03)
    assert values[:, 6:].min() >= 0.7 and values[:, 6:].max() <= 1.3
    still = draw(50, TrainingConfig(flip=False), torch.Generator().manual_seed(1)).values
    assert (still[:, 0] > 0).all() and (still[:, 6:] == 1).all()


def test_in_use_the_picture_is_left_alone_or_resized_as_pillow_does() -> None:
    pictures = _pictures(1, 32)
    assert torch.equal(whole(pictures, 32), pictures.permute(0, 3, 1, 2).float())
    smaller = whole(pictures, 20)[0].permute(1, 2, 0).numpy()
    expected = np.asarray(Image.fromarray(pictures[0].numpy()).resize((20, 20), Image.Resampling.BICUBIC))
    assert np.abs(smaller - expected).mean() < 0.6


@pytest.mark.parametrize(("pictures", "batch", "repeats"), [(100, 16, 1), (100, 16, 3), (7, 16, 2), (64, 16, 4)])
def test_an_epoch_has_full_batches_of_different_pictures(pictures: int, batch: int, repeats: int) -> None:
    sampler = Sampler(pictures, batch, repeats, seed=1)
    order = sampler.order(epoch=1)
    rows = torch.cat([sampler.rows(order, step) for step in range(sampler.steps)])
    assert len(rows) == sampler.steps * sampler.batch >= pictures
    assert sampler.batch == min(batch, pictures)
    counts = torch.bincount(rows, minlength=pictures)
    if repeats == 1:
        assert counts.min() == 1 and counts.sum() == len(rows)
    else:
        seen = counts[counts > 0]
        assert (seen == repeats).sum() >= len(seen) - 1
        assert len(seen) == -(-len(rows) // repeats)
    assert not torch.equal(order, sampler.order(epoch=2))
    assert torch.equal(order, Sampler(pictures, batch, repeats, seed=1).order(epoch=1))


def test_seeds_differ_by_every_number() -> None:
    seeds = {step_seed(seed, epoch, step) for seed in range(5) for epoch in range(5) for step in range(-1, 5)}
    assert len(seeds) == 150
    assert max(seeds) < 2**63


def test_the_rate_warms_up_and_falls_as_a_cosine() -> None:
    config = TrainingConfig(warmup_steps=4)
    assert [rate_factor(config, step, 24) for step in range(4)] == [0.25, 0.5, 0.75, 1.0]
    weight = torch.nn.Parameter(torch.zeros(1))
    optimiser = torch.optim.SGD([weight], lr=1.0)
    cosine = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, 20)
    for step in range(4, 24):
        assert rate_factor(config, step, 24) == pytest.approx(cosine.get_last_lr()[0], abs=1e-9)
        optimiser.step()
        cosine.step()
    assert rate_factor(TrainingConfig(schedule="constant"), 99, 100) == 1.0
