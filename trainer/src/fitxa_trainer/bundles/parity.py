"""Expected probabilities for the pictures on which application and trainer are compared."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from fitxa_trainer.bundles.bundle import MANIFEST, Bundle
from fitxa_trainer.ensembles.combining import Probabilities
from fitxa_trainer.errors import InputError

_ENDINGS = frozenset({".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff"})


def expected_probabilities(bundle: Bundle, pictures: Sequence[Path]) -> dict[str, object]:
    """What the trainer gives for each picture: every member's probabilities and the ensemble's scores.

    Values follow the order of the facet's terms in model.json.
    """
    outputs = bundle.predict(pictures)
    ensembles = bundle.ensemble(outputs)
    return {
        "bundle": {
            "id": bundle.manifest["id"],
            "version": bundle.manifest["version"],
            "manifestSha256": hashlib.sha256((bundle.folder / MANIFEST).read_bytes()).hexdigest(),
        },
        "images": [
            {
                "file": picture.name,
                "sha256": hashlib.sha256(picture.read_bytes()).hexdigest(),
                "members": {
                    member: {facet: _row(values, index) for facet, values in facets.items()}
                    for member, facets in outputs.items()
                },
                "ensemble": {facet: _row(values, index) for facet, values in ensembles.items()},
            }
            for index, picture in enumerate(pictures)
        ],
    }


def _row(values: Probabilities, index: int) -> list[float]:
    return [round(float(value), 6) for value in values[index].tolist()]


def pictures_in(folder: Path) -> list[Path]:
    """The pictures of a folder by name. InputError when there is none."""
    found = sorted(path for path in folder.glob("*") if path.suffix.lower() in _ENDINGS)
    if not found:
        raise InputError(f"The folder {folder} holds no picture; give one with {', '.join(sorted(_ENDINGS))} files.")
    return found
