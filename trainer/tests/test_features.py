"""The feature cache."""

import dataclasses
from pathlib import Path

import numpy as np
from PIL import Image

from fitxa_trainer.data import Example
from fitxa_trainer.features import VIEWS, FeatureCache, FeatureSpec, view_image
from fitxa_trainer.models.efficientnet_lite import FEATURES
from fitxa_trainer.preprocessing import Preprocessing
from fitxa_trainer.progress import Progress

SPEC = FeatureSpec("lite0", Preprocessing(64, 64))


def test_a_stopped_computation_goes_on_and_gives_the_same(examples: list[Example], tmp_path: Path) -> None:
    few = examples[:20]
    FeatureCache(tmp_path / "once", SPEC).compute(few, VIEWS[:2], Progress())
    once = FeatureCache(tmp_path / "once", SPEC).table(few, VIEWS[:2])

    cache = FeatureCache(tmp_path / "twice", SPEC)
    cache.compute(few[:7], VIEWS[:1], Progress())
    cache.compute(few, VIEWS[:2], Progress())
    assert np.array_equal(cache.table(few, VIEWS[:2]), once)
    assert once.shape == (20, 2, FEATURES)
    assert np.abs(once[:, 0] - once[:, 1]).mean() > 0.01


def test_a_second_run_computes_nothing(examples: list[Example], tmp_path: Path) -> None:
    cache = FeatureCache(tmp_path, SPEC)
    cache.compute(examples[:3], VIEWS[:1], Progress())
    before = {path: path.stat().st_mtime_ns for path in cache.folder.iterdir()}
    cache.compute(examples[:3], VIEWS[:1], Progress())
    assert {path: path.stat().st_mtime_ns for path in cache.folder.iterdir()} == before


def test_a_changed_picture_has_a_feature_of_its_own(examples: list[Example], tmp_path: Path) -> None:
    cache = FeatureCache(tmp_path, SPEC)
    example = examples[0]
    other = dataclasses.replace(example, file=examples[-1].file, sha256=examples[-1].sha256)
    cache.compute([example, other], VIEWS[:1], Progress())
    table = cache.table([example, other], VIEWS[:1])
    assert np.abs(table[0] - table[1]).max() > 0.1


def test_other_settings_have_another_folder(tmp_path: Path) -> None:
    keys = {
        FeatureSpec(backbone, Preprocessing(size, size, fit=fit)).key()
        for backbone in ("lite0", "lite1")
        for size in (64, 96)
        for fit in ("fill", "contain")
    }
    assert len(keys) == 8


def test_views_depend_on_the_picture_alone() -> None:
    image = Image.effect_noise((80, 60), 90).convert("RGB")
    first = view_image(image, "crop1", "a" * 64)
    assert np.array_equal(np.asarray(first), np.asarray(view_image(image, "crop1", "a" * 64)))
    assert first.size != view_image(image, "crop1", "b" * 64).size
    assert first.width >= 60 and first.height >= 45
    mirrored = view_image(image, "mirror", "a" * 64)
    assert np.array_equal(np.asarray(mirrored), np.asarray(image)[:, ::-1])
