"""From a picture file to the network's input, as the manifest of a bundle describes it.

The application does the same, and the network answers to single grey levels: orientation from EXIF, colours to sRGB,
transparency over the background, the whole picture decoded in full and resized by Pillow's kernel to 8-bit values (the
application computes the very same kernel), then `(value - mean) / std` per channel.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from fitxa_trainer.errors import InputError

Pixels = NDArray[np.uint8]

KERNELS: dict[str, Image.Resampling] = {
    "linear": Image.Resampling.BILINEAR,
    "cubic": Image.Resampling.BICUBIC,
    "lanczos3": Image.Resampling.LANCZOS,
}
FITS = ("fill", "contain")

#: Goes up whenever the same settings come to give other pixels: features cached before are then recomputed.
REVISION = 1

#: EfficientNet-Lite was trained on (value - 127) / 128, unlike the other networks of its family.
MEAN = (127.0, 127.0, 127.0)
STD = (128.0, 128.0, 128.0)


@dataclass(frozen=True)
class Preprocessing:
    """How a picture becomes the network's input.

    `fit` is "fill" (squashed to the square) or "contain" (letterboxed on `background`); both keep the whole
    picture visible. `mean` and `std` are on the 0..255 scale.
    """

    width: int
    height: int
    fit: str = "fill"
    kernel: str = "cubic"
    background: tuple[int, int, int] = (255, 255, 255)
    mean: tuple[float, float, float] = MEAN
    std: tuple[float, float, float] = STD

    def __post_init__(self) -> None:
        if self.fit not in FITS:
            raise InputError(f"Preprocessing: fit must be one of {', '.join(FITS)}, not {self.fit!r}.")
        if self.kernel not in KERNELS:
            raise InputError(f"Preprocessing: kernel must be one of {', '.join(KERNELS)}, not {self.kernel!r}.")


def open_image(
    path: Path, background: tuple[int, int, int] = (255, 255, 255), content: bytes | None = None
) -> Image.Image:
    """The picture in `path` upright, in sRGB, without transparency. `content` is its bytes if they were read already.

    Raises InputError when the file is missing or is no picture that can be decoded.
    """
    try:
        with Image.open(path if content is None else BytesIO(content)) as source:
            source.load()
            image = ImageOps.exif_transpose(source)
            return _to_srgb(image, background)
    except FileNotFoundError as error:
        raise InputError(f"The picture {path} does not exist; correct the file column or restore it.") from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise InputError(f"The picture {path} cannot be decoded ({error}); replace or remove it.") from error


def _to_srgb(image: Image.Image, background: tuple[int, int, int]) -> Image.Image:
    """`image` as RGB in the sRGB space, any transparency laid over `background`."""
    if image.mode.startswith("I;16") or image.mode == "I":
        image = Image.fromarray((np.asarray(image, dtype=np.uint32) >> 8).astype(np.uint8))
    profile = image.info.get("icc_profile")
    alpha = image.convert("RGBA").getchannel("A") if image.has_transparency_data else None
    colour = image if image.mode in ("RGB", "L", "CMYK") else image.convert("RGB")
    converted = _apply_profile(colour, profile) if profile else colour.convert("RGB")
    if alpha is None:
        return converted
    flat = Image.new("RGB", converted.size, background)
    flat.paste(converted, mask=alpha)
    return flat


def _apply_profile(image: Image.Image, profile: bytes) -> Image.Image:
    """`image` converted from its embedded profile; one that does not fit the pixels is ignored, as libvips does."""
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        target = ImageCms.createProfile("sRGB")
        converted = ImageCms.profileToProfile(
            image, source, target, renderingIntent=ImageCms.Intent.PERCEPTUAL, outputMode="RGB"
        )
    except (ImageCms.PyCMSError, OSError):
        return image.convert("RGB")
    return image.convert("RGB") if converted is None else converted


def resize(image: Image.Image, preprocessing: Preprocessing) -> Pixels:
    """`image` (RGB) at the network's size, shape (height, width, 3), values 0..255."""
    size = (preprocessing.width, preprocessing.height)
    kernel = KERNELS[preprocessing.kernel]
    if preprocessing.fit == "fill":
        return np.asarray(image.resize(size, kernel))
    scale = min(size[0] / image.width, size[1] / image.height)
    inner = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    canvas = Image.new("RGB", size, preprocessing.background)
    canvas.paste(image.resize(inner, kernel), ((size[0] - inner[0]) // 2, (size[1] - inner[1]) // 2))
    return np.asarray(canvas)


def normalise(pixels: Pixels, preprocessing: Preprocessing) -> NDArray[np.float32]:
    """The network's input from (height, width, 3) or (n, height, width, 3) pixels: float32 in (…, 3, height, width)."""
    mean = np.asarray(preprocessing.mean, dtype=np.float32)
    std = np.asarray(preprocessing.std, dtype=np.float32)
    scaled = (pixels.astype(np.float32) - mean) / std
    return np.ascontiguousarray(np.moveaxis(scaled, -1, -3))


def load_input(path: Path, preprocessing: Preprocessing) -> NDArray[np.float32]:
    """The network's input for the picture in `path`, shape (3, height, width). InputError as `open_image`."""
    return load_inputs(path, [preprocessing])[preprocessing]


def load_inputs(
    path: Path, views: Iterable[Preprocessing], content: bytes | None = None
) -> dict[Preprocessing, NDArray[np.float32]]:
    """The inputs (3, height, width) for the picture in `path`, one per preprocessing; it is decoded once.

    `content` and errors as in `open_image`.
    """
    opened: dict[tuple[int, int, int], Image.Image] = {}
    inputs: dict[Preprocessing, NDArray[np.float32]] = {}
    for view in views:
        if view.background not in opened:
            opened[view.background] = open_image(path, view.background, content)
        inputs[view] = normalise(resize(opened[view.background], view), view)
    return inputs
