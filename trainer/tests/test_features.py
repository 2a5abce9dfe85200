"""The feature cache of a frozen trunk."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from fitxa_trainer import stopping
from fitxa_trainer.configuration.run import CacheConfig, config_from
from fitxa_trainer.dataset.examples import Vocabulary, load_examples, picture_files
from fitxa_trainer.errors import Stopped
from fitxa_trainer.models.network import Network, build_network
from fitxa_trainer.pictures.cache import PixelCache, open_cache, prepare_pixels
from fitxa_trainer.pictures.preprocessing import Preprocessing, normalise, open_image, resize
from fitxa_trainer.progress import Progress
from fitxa_trainer.training.context import ComputeContext
from fitxa_trainer.training.features import VIEWS, FeatureCache, trunk_digest, view_draws
from tiny import tiny_config, tiny_trunk
from workspace import MINI

CPU = ComputeContext(torch.device("cpu"))
SIZE = 48


@pytest.fixture(scope="module")
def pixels(tmp_path_factory: pytest.TempPathFactory) -> PixelCache:
    root, config = tmp_path_factory.mktemp("pixels"), CacheConfig(size=SIZE)
    prepare_pixels(root, config, dict(list(picture_files(MINI).items())[:40]), 1, Progress())
    return open_cache(root, config)


@pytest.fixture(scope="module")
def network() -> Iterator[Network]:
    with tiny_trunk():
        yield build_network(tiny_config(), Vocabulary({"materials": ("materials/a", "materials/b")}, {}), ()).eval()


def _hashes(pixels: PixelCache, count: int) -> list[str]:
    return list(pixels.index.sha256.values())[:count]


def test_features_are_those_of_the_picture_as_it_is_used(tmp_path: Path) -> None:
    """A pre-trained network on the pixels of preprocessing, without cache, sources or augmentation."""
    config = config_from({"model": {"backbone": "lite0", "trunk": "frozen", "size": SIZE}, "tasks": ["multilabel"]})
    examples = load_examples(MINI)[:3]
    network = build_network(config, Vocabulary({"materials": ("materials/a", "materials/b")}, {}), ()).eval()
    cache = CacheConfig(size=SIZE)
    prepare_pixels(tmp_path, cache, dict(list(picture_files(MINI).items())[:3]), 1, Progress())
    features = FeatureCache(tmp_path, network, "lite0", open_cache(tmp_path, cache), SIZE)
    features.compute([example.sha256 for example in examples], VIEWS[:2], CPU, Progress())
    table = features.table([example.sha256 for example in examples], VIEWS[:2])
    preprocessing = Preprocessing(SIZE, SIZE)
    for row, example in enumerate(examples):
        image = resize(open_image(example.file), preprocessing)
        for view, seen in enumerate((image, image[:, ::-1])):
            with torch.inference_mode():
                expected = network.trunk(torch.from_numpy(normalise(np.ascontiguousarray(seen)[None], preprocessing)))
            assert table[row, view] == pytest.approx(expected[0].numpy(), abs=2e-3)


def test_a_stopped_computation_goes_on_and_gives_the_same(
    pixels: PixelCache, network: Network, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashes = _hashes(pixels, 40)
    once = FeatureCache(tmp_path / "once", network, "tiny", pixels, SIZE)
    once.compute(hashes, VIEWS[:3], CPU, Progress())
    twice = FeatureCache(tmp_path / "twice", network, "tiny", pixels, SIZE)
    checks = iter(range(100))

    def check() -> None:
        if next(checks) == 4:  # within the second view
            raise Stopped

    monkeypatch.setattr(stopping, "check", check)
    with pytest.raises(Stopped):
        twice.compute(hashes, VIEWS[:3], CPU, Progress())
    monkeypatch.undo()
    assert 0 < len(twice.load()) < 120
    twice.compute(hashes, VIEWS[:3], CPU, Progress())
    assert np.array_equal(once.table(hashes, VIEWS[:3]), twice.table(hashes, VIEWS[:3]))
    views = once.table(hashes, VIEWS[:3])
    assert np.abs(views[:, 0] - views[:, 1]).mean() > 1e-4
    assert np.abs(views[:, 0] - views[:, 2]).mean() > 1e-4


def test_a_second_run_computes_nothing(pixels: PixelCache, network: Network, tmp_path: Path) -> None:
    cache = FeatureCache(tmp_path, network, "tiny", pixels, SIZE)
    cache.compute(_hashes(pixels, 5), VIEWS[:1], CPU, Progress())
    before = {path: path.stat().st_mtime_ns for path in cache.folder.iterdir()}
    cache.compute(_hashes(pixels, 5), VIEWS[:1], CPU, Progress())
    assert {path: path.stat().st_mtime_ns for path in cache.folder.iterdir()} == before


def test_a_feature_does_not_depend_on_where_its_picture_stood(
    pixels: PixelCache, network: Network, tmp_path: Path
) -> None:
    hashes = _hashes(pixels, 20)
    tables = []
    for name, order in (("a", hashes), ("b", hashes[::-1])):
        cache = FeatureCache(tmp_path / name, network, "tiny", pixels, SIZE)
        cache.compute(order, VIEWS[:1], CPU, Progress())
        tables.append(cache.table(hashes, VIEWS[:1]))
    assert np.array_equal(tables[0], tables[1])


def test_other_weights_or_settings_have_another_folder(pixels: PixelCache, network: Network, tmp_path: Path) -> None:
    folders = {FeatureCache(tmp_path, network, "tiny", pixels, size).folder for size in (32, 48)}
    other = PixelCache(pixels.folder, replace(pixels.config, fit="contain"), pixels.index)
    folders.add(FeatureCache(tmp_path, network, "tiny", other, 48).folder)
    digest = trunk_digest(network.trunk)
    weight = next(network.trunk.parameters())
    with torch.no_grad():
        weight[0, 0, 0, 0] += 1e-3
    assert trunk_digest(network.trunk) != digest
    folders.add(FeatureCache(tmp_path, network, "tiny", pixels, 48).folder)
    with torch.no_grad():
        weight[0, 0, 0, 0] -= 1e-3
    assert len(folders) == 4


def test_views_depend_on_the_picture_alone() -> None:
    first, second = view_draws("crop1", ["a" * 64, "b" * 64]).values
    assert torch.equal(first, view_draws("crop1", ["a" * 64]).values[0])
    assert not torch.equal(first, second)
    assert not torch.equal(first, view_draws("crop2", ["a" * 64]).values[0])
    assert 0.75 <= abs(first[0]) <= 1 and 0.75 <= first[4] <= 1
    assert view_draws("mirror", ["a" * 64]).values[0].tolist() == [-1, 0, 0, 0, 1, 0, 1, 1, 1]
