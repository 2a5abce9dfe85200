"""Writes the run files that the application's tests bring in: `python tests/run_file_fixture.py`.

Six pictures in two files, known by made-up hashes (the number of the picture in 64 hexadecimal digits). The third has a
problem; of every other picture n, the starter's member gives term n of each facet the highest score.
"""

import sys
from pathlib import Path

import numpy as np

from fitxa_trainer.bundles.bundle import Compute, MemberOutputs
from fitxa_trainer.predicting.pictures import Part, Picture
from fitxa_trainer.predicting.predictor import Predictor, Settings
from fitxa_trainer.predicting.run_file import PartRows, write_part
from workspace import REPOSITORY

FOLDER = REPOSITORY / "tests" / "fixtures" / "run-file"
REFUSED = 3


def write_fixture(folder: Path) -> None:
    """Both files."""
    predictor = Predictor(Settings(REPOSITORY / "resources" / "models" / "starter", Compute()))
    bundle = predictor.bundle
    for share, numbers in enumerate(((1, 2, 3), (4, 5, 6))):
        good = [number for number in numbers if number != REFUSED]
        outputs: MemberOutputs = {
            member["name"]: {facet: _scores(good, len(bundle.terms[facet])) for facet in member["outputs"]}
            for member in bundle.manifest["members"]
        }
        part = Part(share, 0, tuple(Picture(f"{number}.jpg", Path(f"{number}.jpg")) for number in numbers))
        problems = ["cannot be decoded: no picture" if number == REFUSED else None for number in numbers]
        rows = PartRows([f"{number:064x}" for number in numbers], problems, outputs, None)
        write_part(folder / part.name, part, rows, bundle, predictor.info)


def _scores(numbers: list[int], terms: int) -> "np.ndarray[tuple[int, int], np.dtype[np.float32]]":
    scores = np.full((len(numbers), terms), 0.5 / (terms - 1), dtype=np.float32)
    for row, number in enumerate(numbers):
        scores[row, number % terms] = 0.5
    return scores


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    write_fixture(FOLDER)
    sys.exit(0)
