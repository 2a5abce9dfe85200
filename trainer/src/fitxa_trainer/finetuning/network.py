"""The network of a fine-tuning: the base's trunk, its heads grown by the new terms, and held near what they were.

A fine-tuning sees few pictures of few terms. So that it forgets none of the others, every row of a head that the base
knew is drawn back to where it began, by half the squared distance (in standardised features) times a strength. New rows
begin at zero weights, and at the bias that gives their terms the probability that their frequency says; they are free.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from fitxa_trainer.bundles.bundle import Bundle, read_preprocessing
from fitxa_trainer.configuration.run import Config
from fitxa_trainer.dataset.examples import Example, Vocabulary
from fitxa_trainer.errors import InputError
from fitxa_trainer.models.backbones import BUNDLE, Backbone, build_backbone
from fitxa_trainer.models.bundle_weights import TRUNK, bundle_initializers, fill_by_name
from fitxa_trainer.models.heads import HeadMember
from fitxa_trainer.models.member import Member
from fitxa_trainer.models.network import Network, build_network
from fitxa_trainer.pictures.preprocessing import Preprocessing
from fitxa_trainer.tasks import CLIP_TASKS, HEAD_TASKS

Terms = Mapping[str, Sequence[str]]

#: Names of tasks in manifests that differ from the task's own name.
_TASK_OF = {"multi-label": "multilabel"}


@dataclass(frozen=True)
class BaseNetwork:
    """One ONNX file of the base: its members by task with the names they have in the bundle."""

    file: str
    backbone: str
    preprocessing: Preprocessing
    heads: Mapping[str, str]
    clips: Mapping[str, str]


def base_networks(bundle: Bundle) -> list[BaseNetwork]:
    """The networks of `bundle`. InputError when it does not say which trunk they have, or for an unknown task."""
    entries: dict[str, list[dict[str, Any]]] = {}
    for member in bundle.manifest["members"]:
        entries.setdefault(member["file"], []).append(member)
    networks: list[BaseNetwork] = []
    for file, members in entries.items():
        tasks = {_TASK_OF.get(member["task"], member["task"]): member["name"] for member in members}
        unknown = tasks.keys() - {*HEAD_TASKS, *CLIP_TASKS}
        if unknown or "backbone" not in members[0]:
            raise InputError(
                f"The bundle {bundle.name} was made by an older or another trainer, so it cannot be trained further; "
                "choose another base.",
                "fineTune.base",
                bundle=bundle.name,
            )
        settings = members[0].get("preprocessing", bundle.manifest["preprocessing"])
        networks.append(
            BaseNetwork(
                file,
                members[0]["backbone"],
                read_preprocessing(settings),
                {task: name for task, name in tasks.items() if task in HEAD_TASKS},
                {task: name for task, name in tasks.items() if task in CLIP_TASKS},
            )
        )
    return networks


class HeldNetwork(Network):
    """A network whose heads are drawn back to where they began. `strength` is that of the pull.

    `known` says of every facet which of its terms (terms,) were there before: only these are held.
    """

    def __init__(self, network: Network, known: Mapping[str, Tensor], strength: float) -> None:
        backbone = Backbone(network.trunk, network.features, network.preprocessing_mean, network.preprocessing_std)
        super().__init__(
            backbone, [member for member in network.members.values() if isinstance(member, Member)], network.frozen
        )
        self._known = dict(known)
        self._strength = strength
        self._starts: dict[str, Tensor] = {}

    def hold(self) -> None:
        """Use the current heads as the point to which they are drawn back."""
        self._starts = {name: parameter.detach().clone() for name, parameter in self._held()}

    def loss_from_features(
        self, features: Tensor, targets: Mapping[str, Tensor], rows: Tensor, generator: torch.Generator | None
    ) -> dict[str, Tensor]:
        """As in `Network`, plus each member's pull."""
        losses = super().loss_from_features(features, targets, rows, generator)
        for name, parameter in self._held():
            member, facet = name.split(".")[1], name.split(".")[3]
            known = self._known[facet].to(parameter.device)
            start = self._starts[name].to(parameter.device)
            losses[member] = losses[member] + 0.5 * self._strength * (parameter - start)[known].square().sum()
        return losses

    def _held(self) -> list[tuple[str, nn.Parameter]]:
        """The parameters `members.<member>.linear.<facet>.<kind>`."""
        return [
            (name, parameter)
            for name, parameter in self.named_parameters()
            if name.startswith("members.") and name.split(".")[2] == "linear"
        ]


def start_network(
    config: Config, base: BaseNetwork, folder: Path, base_terms: Terms, terms: Terms, train: Sequence[Example]
) -> Network:
    """The network of `config` with the trunk and the heads' rows of `base`, a file of the bundle in `folder`.

    New terms have zero weights and the bias of their frequency in `train`, to be corrected by `settle_new_terms`.
    Raises InputError when the bundle's weights do not fit its trunk.
    """
    vocabulary = Vocabulary({facet: tuple(keys) for facet, keys in terms.items()}, {})
    network = build_network(config, vocabulary, train, pretrained=False)
    weights = bundle_initializers(folder, base.file)
    _fill_trunk(network.trunk, weights, folder)
    for member in head_members(network):
        for facet, layer in member.linear.items():
            if facet in base_terms:
                _copy_rows(layer, weights, f"members.{member.name}.linear.{facet}", base_terms[facet], terms[facet])
    return network


def bare_network(base: BaseNetwork, folder: Path) -> Network:
    """The trunk of `base`, a file of the bundle in `folder`, without members. InputError when weights do not fit."""
    backbone = build_backbone(base.backbone, f"{BUNDLE}{folder}", 0.0, base.preprocessing.width, pretrained=False)
    _fill_trunk(backbone.trunk, bundle_initializers(folder, base.file), folder)
    return Network(backbone, [], frozen=True).eval()


def _fill_trunk(trunk: nn.Module, weights: Mapping[str, Tensor], folder: Path) -> None:
    own = {name.removeprefix(TRUNK): value for name, value in weights.items() if name.startswith(TRUNK)}
    fill_by_name(trunk, own, f"The bundle {folder}")


def head_members(network: Network) -> list[HeadMember]:
    """The members of `network` that have a linear layer per facet."""
    return [member for member in network.members.values() if isinstance(member, HeadMember)]


def known_rows(base_terms: Terms, terms: Terms) -> dict[str, Tensor]:
    """Of each facet of `terms`, which terms the base knows: bool (terms,)."""
    return {
        facet: torch.tensor([key in set(base_terms.get(facet, ())) for key in keys]) for facet, keys in terms.items()
    }


@torch.no_grad()
def _copy_rows(
    layer: nn.Module, weights: Mapping[str, Tensor], name: str, base_terms: Sequence[str], terms: Sequence[str]
) -> None:
    """Fill the rows of `layer` (on raw features) that the base has, by term."""
    assert isinstance(layer, nn.Linear)
    place = {term: row for row, term in enumerate(terms)}
    rows = torch.tensor([place[term] for term in base_terms])
    try:
        layer.weight[rows] = weights[f"{name}.weight"]
        layer.bias[rows] = weights[f"{name}.bias"]
    except (KeyError, RuntimeError) as error:
        raise InputError(
            f"The weights of {name} in the base do not fit its terms; choose another base.",
            "fineTune.base",
            bundle=name,
        ) from error


@torch.no_grad()
def settle(network: Network, known: Mapping[str, Tensor], features: Tensor, targets: Mapping[str, Tensor]) -> None:
    """Let the heads see `features` (n, features) standardised, without changing what they give, and place new terms.

    `targets` int8 (n, terms) per facet. In a softmax head a new term's logit must stand among those of the others, so
    that its mean probability becomes its frequency.
    """
    network.standardise_by(features)
    for member in head_members(network):
        for facet, layer in member.linear.items():
            assert isinstance(layer, nn.Linear)
            layer.bias.add_(layer.weight @ member.input.mean)
            layer.weight.mul_(member.input.deviation)
            if member.activation == "softmax" and not known[facet].all() and known[facet].any():
                frequency = _frequencies(targets[facet])[~known[facet]]
                logits = layer(member.input(features))[:, known[facet]]
                layer.bias[~known[facet]] = torch.logit(frequency) + logits.logsumexp(dim=1).mean()


def _frequencies(targets: Tensor) -> Tensor:
    """How often each term is drawn as the target, float (terms,), never 0 nor 1."""
    positive = (targets > 0).float()
    drawn = (positive / positive.sum(dim=1, keepdim=True).clamp_min(1.0)).sum(dim=0)
    return (drawn + 0.5) / (drawn.sum() + 0.5 * len(drawn) + 1.0)
