"""The mini set of real pictures, the configuration it is trained with, and what a run of it leaves behind."""

from dataclasses import dataclass
from pathlib import Path

from fitxa_trainer.configuration.run import Config
from fitxa_trainer.dataset.examples import Example
from fitxa_trainer.training.run_folder import RunFolder

MINI = Path(__file__).parent / "fixtures" / "mini"
REPOSITORY = Path(__file__).parents[2]

CONFIG = """\
seed: 7
split:
  outer: {rule: none}
  tests: 0.2
  validation: 0.2
  minimum: {objectTypes: 3, materials: 3, disciplines: 3, subjects: 0}
vocabulary: {objectTypes: 5, materials: 5, disciplines: 5, subjects: 0}
cache: {size: 96}
model: {backbone: lite0, trunk: frozen, size: 96}
tasks: [multilabel, softmax]
training: {epochs: 20, batch: 32, weight_decay: 1.0, learning_rate: 1.0e-3, feature_noise: 0.5}
bundle:
  id: mini
  version: 0.0.1
  title: {ca: Model de prova, en: Test model}
  self_test_image: SELF_TEST
"""


@dataclass(frozen=True)
class Workspace:
    """A finished run over the mini set and everything it was made from."""

    config: Config
    config_file: Path
    examples: list[Example]
    split_file: Path
    cache: Path
    run: RunFolder
    result: dict[str, object]
