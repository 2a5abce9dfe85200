"""The network of a run: one trunk, one or more members on its features."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from fitxa_trainer.configuration.run import Config, TrainingConfig
from fitxa_trainer.dataset.examples import Example, Vocabulary, target_matrix
from fitxa_trainer.errors import InputError
from fitxa_trainer.models.backbones import BUNDLE, Backbone, build_backbone
from fitxa_trainer.models.bundle_weights import load_bundle_weights
from fitxa_trainer.models.clip import ClipMember, ClipTower
from fitxa_trainer.models.clip_member import build_clip_member, feature_noise
from fitxa_trainer.models.heads import HeadMember
from fitxa_trainer.models.inputs import FeatureInput
from fitxa_trainer.models.member import Member, Probabilities
from fitxa_trainer.tasks import CLIP_TASKS, HEAD_TASKS, build_task

__all__ = ["Member", "Network", "build_network"]


class Network(nn.Module):
    """Pictures to the losses or the probabilities of every member.

    Pictures are float (n, 3, h, w) with values 0..255; the network normalises them by `preprocessing_mean` and
    `preprocessing_std`. `members` is by task name. A frozen trunk stays in evaluation mode and gets no gradient.
    A trained trunk draws its stochastic depth from torch's global generator, members draw from the one they are given.
    """

    mean: Tensor
    std: Tensor

    def __init__(self, backbone: Backbone, members: Sequence[Member], frozen: bool) -> None:
        super().__init__()
        self.trunk = backbone.trunk
        self.features = backbone.features
        self.members = nn.ModuleDict({member.name: member for member in members})
        self.frozen = frozen
        self.preprocessing_mean = backbone.mean
        self.preprocessing_std = backbone.std
        # They follow from the backbone's name, so they are not kept in checkpoints.
        self.register_buffer("mean", torch.tensor(backbone.mean).view(1, 3, 1, 1), persistent=False)
        self.register_buffer("std", torch.tensor(backbone.std).view(1, 3, 1, 1), persistent=False)
        if frozen:
            self.trunk.requires_grad_(False)
        self.train(self.training)

    def train(self, mode: bool = True) -> "Network":
        """Training mode, from which a frozen trunk is left out."""
        super().train(mode)
        if self.frozen:
            self.trunk.eval()
        return self

    def embed(self, images: Tensor) -> Tensor:
        """Pictures (n, 3, h, w), values 0..255, to features (n, features)."""
        features: Tensor = self.trunk((images - self.mean) / self.std)
        return features

    def forward(
        self, images: Tensor, targets: Mapping[str, Tensor], rows: Tensor, generator: torch.Generator | None
    ) -> dict[str, Tensor]:
        """The loss of every member, each a scalar; add them up.

        `targets` int8 (n, terms) per facet: 1 yes, 0 no, -1 unknown. `rows` int64 (n,): the pictures' places in the
        training split. `generator` lives on the device of the pictures.
        """
        if self.frozen:
            with torch.no_grad():
                features = self.embed(images)
        else:
            features = self.embed(images)
        return self.loss_from_features(features, targets, rows, generator)

    def loss_from_features(
        self, features: Tensor, targets: Mapping[str, Tensor], rows: Tensor, generator: torch.Generator | None
    ) -> dict[str, Tensor]:
        """The loss of every member from features (n, features) that were computed before; else as `forward`."""
        return {name: member.loss(features, targets, rows, generator) for name, member in self._members()}

    @torch.no_grad()
    def predict(self, images: Tensor) -> tuple[dict[str, Probabilities], Tensor]:
        """Probabilities (n, terms) by member and facet, and the embedding (n, features), all float32."""
        features = self.embed(images).float()
        return self.predict_from_features(features), features

    @torch.no_grad()
    def predict_from_features(self, features: Tensor) -> dict[str, Probabilities]:
        """Probabilities (n, terms) by member and facet from features (n, features)."""
        return {name: member(features) for name, member in self._members()}

    def compile_towers(self) -> None:
        """Let torch compile, when first used, what most of the time goes into: the trunk, and text towers."""
        self.trunk.compile()
        for module in self.members.modules():
            if isinstance(module, ClipTower):
                module.compile()

    def standardise_by(self, features: Tensor) -> None:
        """Let the members standardise by mean and deviation of the training `features` (n, features).

        For a frozen trunk, before training. The features of a trained trunk move, so there it is of little use.
        """
        for _, member in self._members():
            member.standardise_by(features)

    def activations(self) -> dict[str, str]:
        """By member: "softmax" where the probabilities sum to one over a facet, else "sigmoid"."""
        return {name: member.activation for name, member in self._members()}

    def parameter_groups(self, training: TrainingConfig) -> list[dict[str, Any]]:
        """What is trained, as an optimiser takes it: trunk and heads, with and without weight decay, none empty.

        Vectors (biases, scales of norms, the temperature) do not decay. Every group has a `name` and its `lr`.
        """
        heads_rate = training.head_learning_rate or training.learning_rate
        groups: dict[str, dict[str, Any]] = {}
        for name, parameter in self.named_parameters():
            if not parameter.requires_grad:
                continue
            part = "heads" if name.startswith("members.") and not _is_tower(name) else "trunk"
            decays = parameter.ndim > 1
            key = part if decays else f"{part}-no-decay"
            group = groups.setdefault(
                key,
                {
                    "name": key,
                    "params": [],
                    "lr": heads_rate if part == "heads" else training.learning_rate,
                    "weight_decay": training.weight_decay if decays else 0.0,
                },
            )
            group["params"].append(parameter)
        return list(groups.values())

    def _members(self) -> list[tuple[str, Member]]:
        return [(name, member) for name, member in self.members.items() if isinstance(member, Member)]


def build_network(config: Config, vocabulary: Vocabulary, train: Sequence[Example], pretrained: bool = True) -> Network:
    """The network of a run before its first step, on the CPU, in training mode.

    `train` are the training pictures in the order that `rows` count in: frequencies and texts come from them. To load
    a trained network, give none and `pretrained=False`: then no weights are read, only shapes matter. Equal seeds
    give equal networks, whatever was drawn before.
    Raises InputError for a backbone, weights or tasks that cannot be had.
    """
    model = config.model
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        backbone = build_backbone(model.backbone, model.weights, model.drop_path, model.size, pretrained)
        if backbone.fixed_size and model.train_size not in (0, model.size):
            raise InputError(
                f"model.train_size: {model.backbone} takes pictures of one size only; "
                f"set it to 0 or {model.size}, the value of model.size."
            )
        if pretrained and model.weights.startswith(BUNDLE):
            load_bundle_weights(backbone.trunk, Path(model.weights.removeprefix(BUNDLE)))
        targets = {
            facet: torch.from_numpy(target_matrix(train, facet, terms)) for facet, terms in vocabulary.terms.items()
        }
        members: list[Member] = []
        for name in config.tasks:
            if name in CLIP_TASKS:
                first = not any(isinstance(member, ClipMember) for member in members)
                members.append(build_clip_member(name, config, vocabulary, targets, backbone, pretrained, first))
            else:
                members.append(_build_head_member(name, config, vocabulary, targets, backbone))
        return Network(backbone, members, model.trunk == "frozen")


def _build_head_member(
    name: str, config: Config, vocabulary: Vocabulary, targets: Mapping[str, Tensor], backbone: Backbone
) -> HeadMember:
    if name not in HEAD_TASKS:
        raise InputError(f"tasks: {name} is not trained; leave it out.")
    tasks = {
        facet: build_task(name, terms, targets[facet], config.training.label_smoothing)
        for facet, terms in vocabulary.terms.items()
    }
    starts = {facet: task.starting_logits(targets[facet]) for facet, task in tasks.items()}
    input = FeatureInput(backbone.features, config.model.drop_rate, feature_noise(config))
    return HeadMember(name, input, backbone.features, tasks, starts)


def _is_tower(name: str) -> bool:
    """Whether a parameter of a member belongs to a pre-trained text tower, which learns at the trunk's rate."""
    return ".tower." in name
