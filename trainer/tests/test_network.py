"""Networks: what each task learns, what moves and what does not, what a checkpoint holds, what is exported."""

from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch
from torch import Tensor, nn

from fitxa_trainer.errors import InputError
from fitxa_trainer.models.backbones import build_backbone
from fitxa_trainer.models.member import Member
from fitxa_trainer.models.network import Network, build_network
from mini_network import TRAINED, mini_config, mini_set


def _network(*tasks: str, **model: object) -> Network:
    mini = mini_set()
    network = build_network(mini_config(*tasks, **model), mini.vocabulary, mini.examples)
    if network.frozen:
        network.standardise_by(mini.features)
    return network


def _mean_loss(network: Network) -> dict[str, float]:
    """The losses over the whole set with one and the same draw."""
    mini = mini_set()
    network.eval()
    rows = torch.arange(len(mini.features))
    with torch.no_grad():
        losses = network.loss_from_features(mini.features, mini.targets, rows, torch.Generator().manual_seed(8))
    network.train()
    return {name: loss.item() for name, loss in losses.items()}


def _step(network: Network, losses: dict[str, Tensor], optimiser: torch.optim.Optimizer) -> None:
    optimiser.zero_grad()
    torch.autograd.backward(torch.stack(list(losses.values())).sum())
    optimiser.step()


def test_every_task_learns_on_features_of_a_frozen_trunk() -> None:
    mini = mini_set()
    network = _network(*TRAINED)
    optimiser = torch.optim.AdamW(network.parameter_groups(mini_config(*TRAINED).training))
    before = _mean_loss(network)
    generator = torch.Generator().manual_seed(0)
    for _ in range(25):
        rows = torch.randperm(len(mini.features), generator=generator)[:64]
        targets = {facet: values[rows] for facet, values in mini.targets.items()}
        _step(network, network.loss_from_features(mini.features[rows], targets, rows, generator), optimiser)
    after = _mean_loss(network)
    assert set(after) == set(TRAINED)
    for name in TRAINED:
        assert after[name] < 0.75 * before[name], name


def test_a_trained_trunk_moves_and_a_frozen_one_does_not() -> None:
    mini = mini_set()
    rows = torch.arange(16)
    targets = {facet: values[rows] for facet, values in mini.targets.items()}
    for trunk, moves in (("trained", True), ("frozen", False)):
        network = _network("multilabel", "softmax", trunk=trunk)
        before = {name: value.clone() for name, value in network.trunk.state_dict().items()}
        optimiser = torch.optim.AdamW(network.parameter_groups(mini_config("multilabel").training))
        for _ in range(2):
            _step(network, network(mini.pixels[:16], targets, rows, torch.Generator().manual_seed(1)), optimiser)
        after = network.trunk.state_dict()
        assert torch.equal(before["stem.0.weight"], after["stem.0.weight"]) is not moves
        assert torch.equal(before["stem.1.running_mean"], after["stem.1.running_mean"]) is not moves


def test_pictures_and_their_features_give_the_same_loss() -> None:
    mini = mini_set()
    network = _network("multilabel", "hsoftmax-nodes").eval()
    rows = torch.arange(24)
    targets = {facet: values[rows] for facet, values in mini.targets.items()}
    whole = network(mini.pixels[:24], targets, rows, torch.Generator().manual_seed(3))
    cached = network.loss_from_features(mini.features[:24], targets, rows, torch.Generator().manual_seed(3))
    for name, loss in whole.items():
        assert loss.item() == pytest.approx(cached[name].item(), rel=1e-4)
    _, embedding = network.predict(mini.pixels[:24])
    torch.testing.assert_close(embedding, mini.features[:24], rtol=1e-3, atol=1e-3)


def test_groups_hold_every_trained_parameter_once_and_vectors_do_not_decay() -> None:
    network = _network(*TRAINED, trunk="trained")
    config = mini_config("multilabel")
    groups = {group["name"]: group for group in network.parameter_groups(config.training)}
    assert set(groups) == {"trunk", "trunk-no-decay", "heads", "heads-no-decay"}
    held = [id(parameter) for group in groups.values() for parameter in group["params"]]
    assert sorted(held) == sorted(id(parameter) for parameter in network.parameters())
    assert {group["weight_decay"] for name, group in groups.items() if name.endswith("no-decay")} == {0.0}
    assert all(parameter.ndim > 1 for parameter in groups["trunk"]["params"] + groups["heads"]["params"])
    frozen = _network("multilabel").parameter_groups(config.training)
    assert [group["name"] for group in frozen] == ["heads", "heads-no-decay"]


def test_equal_seeds_give_equal_networks_and_equal_draws() -> None:
    mini = mini_set()
    torch.manual_seed(1)
    first = _network("softmax", "clip-one-tag")
    torch.manual_seed(2)
    second = _network("softmax", "clip-one-tag")
    assert all(
        torch.equal(a, b) for a, b in zip(first.state_dict().values(), second.state_dict().values(), strict=True)
    )
    rows = torch.arange(len(mini.features))
    losses = [
        network.loss_from_features(mini.features, mini.targets, rows, torch.Generator().manual_seed(seed))
        for network, seed in ((first, 4), (second, 4), (second, 5))
    ]
    for name in ("softmax", "clip-one-tag"):
        assert losses[0][name].item() == losses[1][name].item()
        assert losses[0][name].item() != losses[2][name].item()


def test_a_checkpoint_needs_neither_pictures_nor_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    mini = mini_set()
    network = _network(*TRAINED).eval()
    expected, _ = network.predict(mini.pixels[:8])

    def missing(*_: object) -> Path:
        raise AssertionError("a package was looked for")

    monkeypatch.setattr("fitxa_trainer.text.encoder._model_folder", missing)
    monkeypatch.setattr("fitxa_trainer.models.backbones.weights_path", missing)
    again = build_network(mini_config(*TRAINED), mini.vocabulary, (), pretrained=False)
    again.load_state_dict(network.state_dict())
    found, _ = again.eval().predict(mini.pixels[:8])
    for name in TRAINED:
        for facet in mini.vocabulary.terms:
            assert torch.equal(found[name][facet], expected[name][facet])


class _Folded(nn.Module):
    """All members as one graph from features to a flat tuple."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        members = {name: member for name, member in network.members.items() if isinstance(member, Member)}
        self.members = nn.ModuleDict({name: member.folded() for name, member in members.items()})

    def forward(self, features: Tensor) -> tuple[Tensor, ...]:
        return tuple(values for member in self.members.values() for values in member(features).values())


@pytest.mark.filterwarnings("ignore")
def test_every_member_leaves_for_onnx_unchanged(tmp_path: Path) -> None:
    mini = mini_set()
    network = _network(*TRAINED)
    generator = torch.Generator().manual_seed(6)
    with torch.no_grad():
        for name, parameter in network.members.named_parameters():
            if name.endswith("weight"):
                parameter.add_(0.02 * torch.randn(parameter.shape, generator=generator))
    network.eval()
    with torch.no_grad():
        expected = [values for own in network.predict_from_features(mini.features).values() for values in own.values()]
    path = tmp_path / "members.onnx"
    batch = torch.export.Dim("batch", min=1, max=1024)
    torch.onnx.export(
        _Folded(network).eval(),
        (mini.features[:2],),
        path,
        input_names=["features"],
        opset_version=18,
        dynamic_shapes=({0: batch},),
        external_data=False,
        verbose=False,
    )
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    outputs = session.run(None, {"features": mini.features.numpy()})
    assert len(outputs) == len(expected) == len(TRAINED) * len(mini.vocabulary.terms)
    for found, wanted in zip(outputs, expected, strict=True):
        assert float(np.abs(found - wanted.numpy()).max()) < 2e-5
        assert float(wanted.std()) > 0.001


def test_softmax_members_sum_to_one_and_a_parent_never_scores_below_its_child() -> None:
    mini = mini_set()
    network = _network(*TRAINED).eval()
    scores, _ = network.predict(mini.pixels[:8])
    for name, activation in network.activations().items():
        sums = scores[name]["objectTypes"].sum(dim=1)
        assert bool(torch.allclose(sums, torch.ones(8), atol=1e-5)) is (activation == "softmax")
    keys = mini.vocabulary.terms["objectTypes"]
    for name in ("hsoftmax-nodes", "hsoftmax-levels"):
        values = scores[name]["objectTypes"]
        for child, key in enumerate(keys):
            parent = key.rpartition(" | ")[0]
            if parent in keys:
                assert bool((values[:, keys.index(parent)] >= values[:, child]).all())


def test_stochastic_depth_is_for_training_only() -> None:
    mini = mini_set()
    trunk = build_backbone("lite0", "package", 0.5, 64).trunk
    images = (mini.pixels[:2] - 127.0) / 128.0
    with torch.no_grad():
        torch.testing.assert_close(trunk.eval()(images), mini.features[:2], rtol=1e-3, atol=1e-3)
        for module in trunk.train().modules():
            if isinstance(module, nn.BatchNorm2d):
                module.eval()
        draws = torch.stack([trunk(images) for _ in range(2)])
    assert not torch.allclose(draws[0], draws[1], atol=1e-2)


@pytest.mark.parametrize(
    ("backbone", "weights", "message"),
    [
        ("lite9", "package", "did you mean 'lite"),
        ("resnet", "package", "timm:<name>"),
        ("lite0", "packag", "did you mean 'package'"),
        ("lite0", "hub", "comes from a package"),
        ("timm:convnext_tiny", "package", "timm"),
        ("open_clip:ViT-B-16", "package", "open_clip"),
    ],
)
def test_a_wrong_backbone_is_refused_with_a_remedy(backbone: str, weights: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        build_backbone(backbone, weights, 0.0, 64)


def test_a_file_of_weights_is_taken_or_refused(tmp_path: Path) -> None:
    source = build_backbone("lite0", "none", 0.0, 64).trunk
    torch.save(source.state_dict(), tmp_path / "own.pth")
    loaded = build_backbone("lite0", str(tmp_path / "own.pth"), 0.0, 64).trunk
    assert torch.equal(loaded.state_dict()["head.0.weight"], source.state_dict()["head.0.weight"])
    with pytest.raises(InputError, match="not those of this"):
        build_backbone("lite2", str(tmp_path / "own.pth"), 0.0, 64)
    (tmp_path / "text.pth").write_text("no weights")
    with pytest.raises(InputError, match="cannot be read"):
        build_backbone("lite0", str(tmp_path / "text.pth"), 0.0, 64)


def test_tasks_that_cannot_be_built_are_refused() -> None:
    with pytest.raises(InputError, match="zero-shot is not trained"):
        _network("zero-shot")
    with pytest.raises(InputError, match="set it to minilm or open_clip"):
        _network("clip-prompt", text="none")
    with pytest.raises(InputError, match="needs a backbone open_clip:"):
        _network("clip-prompt", text="open_clip")
