"""From picture files to the network's input."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from fitxa_trainer.errors import InputError
from fitxa_trainer.pictures.preprocessing import Preprocessing, load_input, normalise, open_image, resize

SIZE = 64


def gradient(width: int, height: int) -> Image.Image:
    """Red grows to the right, green downwards, blue is a soft wave."""
    x, y = np.meshgrid(np.linspace(0, 255, width), np.linspace(0, 255, height))
    blue = 127 + 100 * np.sin(x / 40) * np.sin(y / 40)
    return Image.fromarray(np.stack([x, y, blue], axis=-1).astype(np.uint8))


def test_orientation_is_applied(tmp_path: Path) -> None:
    upright = gradient(60, 40)
    exif = Image.Exif()
    exif[0x0112] = 6  # stored turned a quarter to the left: to be turned to the right
    upright.transpose(Image.Transpose.ROTATE_90).save(tmp_path / "turned.png", exif=exif)
    assert np.array_equal(np.asarray(open_image(tmp_path / "turned.png")), np.asarray(upright))


def test_transparency_is_laid_over_the_background(tmp_path: Path) -> None:
    image = Image.new("RGBA", (4, 4), (200, 0, 0, 0))
    image.putpixel((0, 0), (200, 0, 0, 255))
    image.save(tmp_path / "a.png")
    pixels = np.asarray(open_image(tmp_path / "a.png", background=(10, 20, 30)))
    assert pixels[0, 0].tolist() == [200, 0, 0]
    assert pixels[3, 3].tolist() == [10, 20, 30]


@pytest.mark.parametrize("mode", ["L", "CMYK", "P", "I;16"])
def test_every_mode_becomes_rgb(tmp_path: Path, mode: str) -> None:
    colours = gradient(30, 20)
    grey = colours.convert("L")
    images = {
        "L": grey,
        "CMYK": colours.convert("CMYK"),
        "P": colours.quantize(200),
        "I;16": Image.fromarray(np.asarray(grey).astype(np.uint16) * 257),
    }
    path = tmp_path / ("a.tiff" if mode == "CMYK" else "a.png")
    images[mode].save(path)
    expected = (colours if mode in ("CMYK", "P") else grey).convert("RGB")
    difference = np.asarray(open_image(path)).astype(int) - np.asarray(expected)
    assert difference.shape == (20, 30, 3)
    assert np.abs(difference).mean() < 6


def test_a_profile_is_applied_and_a_broken_one_ignored(tmp_path: Path) -> None:
    grey = Image.new("RGB", (8, 8), (120, 120, 120))
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for name, content in {"srgb": profile, "broken": b"no profile"}.items():
        grey.save(tmp_path / f"{name}.png", icc_profile=content)
        assert np.asarray(open_image(tmp_path / f"{name}.png"))[0, 0].tolist() == [120, 120, 120]
    # The red and blue primaries of sRGB change places: the picture's reds come out blue.
    swapped = profile.replace(b"rXYZ", b"tmp!").replace(b"bXYZ", b"rXYZ").replace(b"tmp!", b"bXYZ")
    Image.new("RGB", (8, 8), (200, 0, 0)).save(tmp_path / "swapped.png", icc_profile=swapped)
    red, green, blue = np.asarray(open_image(tmp_path / "swapped.png"))[0, 0].tolist()
    assert blue > 190 and red < 20 and green < 20


def test_the_whole_picture_is_squashed_or_letterboxed() -> None:
    wide = gradient(200, 100)
    squashed = resize(wide, Preprocessing(SIZE, SIZE, fit="fill"))
    assert squashed.shape == (SIZE, SIZE, 3)
    assert (squashed[:, 0, 0] < 6).all() and (squashed[:, -1, 0] > 249).all()
    boxed = resize(wide, Preprocessing(SIZE, SIZE, fit="contain", background=(1, 2, 3)))
    assert (boxed[: SIZE // 4] == [1, 2, 3]).all() and (boxed[-SIZE // 4 :] == [1, 2, 3]).all()
    assert (boxed[SIZE // 4 : -SIZE // 4, 0, 0] < 6).all() and (boxed[SIZE // 4 : -SIZE // 4, -1, 0] > 249).all()


def test_a_large_picture_is_averaged_not_sampled(tmp_path: Path) -> None:
    """A pattern of single pixels becomes an even grey: nothing is left out on the way down."""
    pattern = np.zeros((600, 900, 3), dtype=np.uint8)
    pattern[::2, ::2] = pattern[1::2, 1::2] = 255
    Image.fromarray(pattern).save(tmp_path / "a.png")
    pixels = resize(open_image(tmp_path / "a.png"), Preprocessing(SIZE, SIZE)).astype(int)
    assert np.abs(pixels - 127.5).max() < 3


def test_values_are_scaled_per_channel(tmp_path: Path) -> None:
    Image.new("RGB", (5, 5), (0, 127, 255)).save(tmp_path / "a.png")
    found = load_input(tmp_path / "a.png", Preprocessing(SIZE, SIZE))
    assert found.shape == (3, SIZE, SIZE) and found.dtype == np.float32
    assert found[:, 0, 0].tolist() == pytest.approx([-127 / 128, 0.0, 1.0])
    stacked = normalise(np.zeros((2, 4, 6, 3), dtype=np.uint8), Preprocessing(6, 4))
    assert stacked.shape == (2, 3, 4, 6)


@pytest.mark.parametrize("content", [b"", b"no picture", b"%PDF-1.7", b"\xff\xd8\xff\xe0truncated"])
def test_what_is_no_picture_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.jpg").write_bytes(content)
    with pytest.raises(InputError, match=r"a\.jpg cannot be decoded"):
        open_image(tmp_path / "a.jpg")


def test_a_missing_picture_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"a\.jpg does not exist"):
        open_image(tmp_path / "a.jpg")
