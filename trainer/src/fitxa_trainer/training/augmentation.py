"""Random crops, mirror images and colours, for a whole batch at once on the device.

What is drawn (`Draws`) is drawn on the CPU from a generator of the step, so that it is the same on every device and for
any number of GPUs; what it takes to apply it is one grid sampling and a few products.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from fitxa_trainer.configuration.run import TrainingConfig

_GREY = (0.299, 0.587, 0.114)


@dataclass(frozen=True)
class Draws:
    """What was drawn for n pictures: `values` float32 (n, 9).

    Per picture: an affine map from the crop to the picture (6 numbers, row by row, in the coordinates of
    `torch.nn.functional.affine_grid`) and the factors of brightness, contrast and saturation.
    """

    values: Tensor

    def to(self, device: torch.device) -> "Draws":
        """The same on `device`, without waiting for the copy."""
        return Draws(self.values.to(device, non_blocking=True))


def draw(count: int, config: TrainingConfig, generator: torch.Generator) -> Draws:
    """Draw for `count` pictures: crops of an area in `crop_scale` and a width to height in `crop_ratio`.

    A side that would be longer than the picture's is cut to it.
    """
    uniform = torch.rand(count, 8, generator=generator, dtype=torch.float32)
    low, high = config.crop_scale
    area = low + (high - low) * uniform[:, 0]
    low, high = math.log(config.crop_ratio[0]), math.log(config.crop_ratio[1])
    ratio = torch.exp(low + (high - low) * uniform[:, 1])
    width, height = (area * ratio).sqrt().clamp_max(1.0), (area / ratio).sqrt().clamp_max(1.0)
    mirrored = (uniform[:, 4] < 0.5) & config.flip
    values = torch.zeros(count, 9)
    values[:, 0] = torch.where(mirrored, -width, width)
    values[:, 2] = (1 - width) * (2 * uniform[:, 2] - 1)
    values[:, 4] = height
    values[:, 5] = (1 - height) * (2 * uniform[:, 3] - 1)
    values[:, 6:] = 1 + config.colour_jitter * (2 * uniform[:, 5:] - 1)
    return Draws(values)


def augment(pixels: Tensor, draws: Draws, size: int, colours: bool, smallest: float) -> Tensor:
    """Pictures uint8 (n, side, side, 3) to float32 (n, 3, size, size), values 0..255.

    Bilinear. Where even the smallest crop (its side as a share of the picture's) is at least twice as large as wanted,
    the pictures are first averaged over blocks of pixels, so that no detail turns into a false one.
    """
    images = _blocks_averaged(pixels.permute(0, 3, 1, 2).float(), int(smallest * pixels.shape[1] / size))
    maps = draws.values[:, :6].view(-1, 2, 3)
    grid = functional.affine_grid(maps, [len(images), 3, size, size], align_corners=False)
    images = functional.grid_sample(images, grid, mode="bilinear", padding_mode="border", align_corners=False)
    return _coloured(images, draws.values[:, 6:]) if colours else images


def _coloured(images: Tensor, factors: Tensor) -> Tensor:
    """`images` (n, 3, h, w) with brightness, contrast and saturation times `factors` (n, 3)."""
    brightness, contrast, saturation = factors.view(-1, 3, 1, 1, 1).unbind(1)
    images = images * brightness
    red, green, blue = images[:, :1], images[:, 1:2], images[:, 2:]
    grey = _GREY[0] * red + _GREY[1] * green + _GREY[2] * blue  # numbers, not a tensor that had to be sent
    images = torch.lerp(grey.expand_as(images), images, saturation)
    mean = grey.mean(dim=(2, 3), keepdim=True)
    return torch.lerp(mean.expand_as(images), images, contrast).clamp(0.0, 255.0)


def whole(pixels: Tensor, size: int) -> Tensor:
    """Pictures uint8 (n, side, side, 3) to float32 (n, 3, size, size), values 0..255: what a model is used on.

    The pixels themselves when they have the size, else resized bicubically with antialiasing.
    """
    images = pixels.permute(0, 3, 1, 2).float()
    if images.shape[-1] == size:
        return images
    resized = functional.interpolate(images, (size, size), mode="bicubic", antialias=True, align_corners=False)
    return resized.clamp(0.0, 255.0)


def _blocks_averaged(images: Tensor, block: int) -> Tensor:
    return functional.avg_pool2d(images, block) if block > 1 else images
