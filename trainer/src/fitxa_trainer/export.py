"""One ONNX file: trunk, heads and activations of all members, from a trained run."""

import logging
import tempfile
import warnings
from collections.abc import Mapping
from pathlib import Path

import onnx
import torch
from torch import Tensor, nn

from fitxa_trainer.models.efficientnet_lite import EfficientNetLite
from fitxa_trainer.models.heads import FacetHeads
from fitxa_trainer.tasks import TASKS

OPSET = 18
INPUT = "image"


def output_name(member: str, facet: str) -> str:
    """The name of the ONNX output that holds the probabilities of `member` for `facet`."""
    return f"{member}_{facet}"


class BundleNetwork(nn.Module):
    """Normalised pictures (n, 3, h, w) to the probabilities (n, terms) of every member and facet, as a flat tuple."""

    def __init__(self, trunk: EfficientNetLite, members: Mapping[str, FacetHeads]) -> None:
        super().__init__()
        self.trunk = trunk
        self.heads = nn.ModuleDict({name: fold_standardisation(heads) for name, heads in members.items()})
        self.names = [output_name(task.name, facet) for task in TASKS for facet in members[task.name].facets]

    def forward(self, image: Tensor) -> tuple[Tensor, ...]:
        """The outputs in the order of `names`."""
        features = self.trunk(image)
        outputs: list[Tensor] = []
        for task in TASKS:
            facets = self.heads[task.name]
            assert isinstance(facets, nn.ModuleDict)
            outputs.extend(task.activate(layer(features)) for layer in facets.values())
        return tuple(outputs)


@torch.no_grad()
def fold_standardisation(heads: FacetHeads) -> nn.ModuleDict:
    """One linear layer per facet that takes raw features and gives the logits of `heads` in evaluation mode."""
    folded = nn.ModuleDict()
    for facet, layer in heads.facets.items():
        assert isinstance(layer, nn.Linear)
        plain = nn.Linear(layer.in_features, layer.out_features)
        plain.weight.copy_(layer.weight / heads.deviation)
        plain.bias.copy_(layer.bias - plain.weight @ heads.mean)
        folded[facet] = plain
    return folded.eval()


def export_onnx(network: BundleNetwork, size: int, path: Path) -> None:
    """Write `network` as ONNX: input "image" float32 (batch, 3, size, size), batch free, weights inside the file."""
    batch = torch.export.Dim("batch", min=1, max=1024)
    example = torch.zeros(2, 3, size, size)
    # The exporter warns of operators of libraries that this network has none of.
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*LeafSpec.*", category=FutureWarning)
        target = Path(folder) / "network.onnx"
        torch.onnx.export(
            network.eval(),
            (example,),
            target,
            input_names=[INPUT],
            output_names=network.names,
            opset_version=OPSET,
            dynamic_shapes=({0: batch},),
            external_data=False,
            verbose=False,
        )
        model = onnx.load(target)
    _strip(model)
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, path)


def _strip(model: onnx.ModelProto) -> None:
    """Take out what the exporter notes about its sources (file paths, module names): it is of no use at run time."""
    del model.metadata_props[:]
    model.doc_string = ""
    model.graph.doc_string = ""
    del model.graph.metadata_props[:]
    for node in model.graph.node:
        node.doc_string = ""
        del node.metadata_props[:]
    for value in (*model.graph.value_info, *model.graph.input, *model.graph.output, *model.graph.initializer):
        value.doc_string = ""
        del value.metadata_props[:]
