"""The command export: from run folders to the plan of a bundle."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from fitxa_trainer.bundles.packaging import Exported, export_bundle
from fitxa_trainer.bundles.parts import load_parts, read_ensemble
from fitxa_trainer.bundles.plan import Plan, SelfTest
from fitxa_trainer.bundles.precision import PRECISIONS
from fitxa_trainer.configuration.run import BundleConfig
from fitxa_trainer.dataset.examples import Example
from fitxa_trainer.errors import InputError
from fitxa_trainer.progress import Progress
from fitxa_trainer.splitting.split_file import read_splits
from fitxa_trainer.training.run_folder import RunFolder


@dataclass(frozen=True)
class ExportChoices:
    """Options of the command; None takes the value of the section `bundle` in the first run's configuration."""

    precision: str = "fp32"
    variants: bool = False
    id: str | None = None
    version: str | None = None
    title_ca: str | None = None
    title_en: str | None = None
    self_test: str | None = None
    weaknesses_ca: Path | None = None
    weaknesses_en: Path | None = None


def export_runs(
    runs: Sequence[RunFolder],
    ensemble: Path | None,
    examples: Sequence[Example],
    out: Path,
    choices: ExportChoices,
    progress: Progress,
) -> Exported:
    """Write the bundle of `runs` to `out`; weights and calibration from the file `ensemble`, or fitted on validation.

    Raises InputError for runs that do not go together, an unknown self-test picture, or a folder with something else.
    """
    config = runs[0].config()
    bundle = config.bundle
    splits = read_splits(runs[0].split_file, examples)
    learned = None if ensemble is None else read_ensemble(ensemble)
    plan = Plan(
        id=choices.id or bundle.id,
        version=choices.version or bundle.version,
        title=_title(bundle, choices),
        parts=load_parts(runs, learned),
        splits=splits,
        self_test=_self_test(choices.self_test or bundle.self_test_image, splits),
        ensemble=learned,
        consistency="none" if learned is None else learned.consistency,
        precision=choices.precision,
        variants=PRECISIONS if choices.variants else (),
        weaknesses=_weaknesses(choices),
        bits=config.split.near_duplicate_bits,
        dropped=runs[0].read_json("vocabulary.json").get("dropped", {}),
    )
    return export_bundle(plan, out, progress)


def _title(bundle: BundleConfig, choices: ExportChoices) -> dict[str, str]:
    given = {"ca": choices.title_ca, "en": choices.title_en}
    title = {language: text or bundle.title.get(language, "") for language, text in given.items()}
    for language, text in title.items():
        if not text:
            raise InputError(
                f"The bundle has no title in {language!r}; give --title-{language}, or bundle.title in the "
                "configuration."
            )
    return title


def _self_test(name: str, splits: Mapping[str, Sequence[Example]]) -> SelfTest:
    """The picture that is shipped as the self-test, with the credit that the card gives it."""
    for split in ("inner", "outer", "validation"):
        for example in splits[split]:
            if example.record.id == name:
                record = example.record
                licence = record.extra.get("licence", "") or "no licence stated"
                return SelfTest(example.file, f"`{record.id}`, {record.keeper or record.database}, {licence}")
    raise InputError(
        f"The self-test picture {name!r} is no picture of the test splits; give the idInSource of one whose licence "
        "allows to ship it with --self-test, or as bundle.self_test_image in the configuration."
    )


def _weaknesses(choices: ExportChoices) -> dict[str, str]:
    """The weaknesses that a person wrote down, by language: in both or in none, as the cards tell the same."""
    given = {"ca": choices.weaknesses_ca, "en": choices.weaknesses_en}
    texts = {language: _read_text(path) for language, path in given.items() if path is not None}
    if texts and len(texts) < len(given):
        raise InputError(
            "The known weaknesses are given in one language only; give both --weaknesses-ca and --weaknesses-en."
        )
    return texts


def _read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"The text {path} cannot be read; give a Markdown file in UTF-8.") from error
