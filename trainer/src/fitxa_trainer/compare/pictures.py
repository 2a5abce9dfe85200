"""What is known of the pictures that runs were measured on: truth, provider and group."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fitxa_trainer.dataset.examples import Example, load_examples, target_matrix
from fitxa_trainer.errors import InputError
from fitxa_trainer.experiments.leave_out import read_split_rows

Truth = NDArray[np.int8]


@dataclass
class Pictures:
    """The pictures by id, and the group of each as in the split file."""

    examples: Mapping[str, Example]
    group_of: Mapping[str, str]
    _truth: dict[tuple[tuple[str, ...], str, tuple[str, ...]], Truth] = field(default_factory=dict, repr=False)

    def truth(self, ids: tuple[str, ...], facet: str, terms: tuple[str, ...]) -> Truth:
        """Targets (pictures, terms): 1 yes, 0 no, -1 unknown."""
        key = (ids, facet, terms)
        if key not in self._truth:
            self._truth[key] = target_matrix([self.examples[name] for name in ids], facet, terms)
        return self._truth[key]

    def providers(self, ids: Sequence[str]) -> NDArray[np.str_]:
        """The provider of each picture."""
        return np.array([self.examples[name].record.database for name in ids], dtype=np.str_)

    def groups(self, ids: Sequence[str]) -> NDArray[np.str_]:
        """The group of each picture: views of one object, pages of one document, near-duplicates."""
        return np.array([self.group_of[name] for name in ids], dtype=np.str_)


def load_pictures(data: Path, split: Path) -> Pictures:
    """The pictures of `data` with their groups in the split file `split`.

    Raises InputError when the two do not list the same pictures.
    """
    examples = {example.record.id: example for example in load_examples(data)}
    group_of = {row.id: row.group for row in read_split_rows(split)}
    different = examples.keys() ^ group_of.keys()
    if different:
        raise InputError(
            f"The pictures of {data} and of {split} differ in {len(different)}, for example {min(different)!r}; "
            "give the data that the runs were trained on."
        )
    return Pictures(examples, group_of)
