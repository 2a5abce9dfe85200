"""One ONNX file per network: trunk, members and activations, from normalised pictures to probabilities.

Weights keep the names that they have in the network (batch norms and standardisations folded in), so that the file is
also the checkpoint that a fine-tuning starts from (models/bundle_weights.py).
"""

import copy
import logging
import tempfile
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from fitxa_trainer.dataset.hierarchy import build_hierarchy
from fitxa_trainer.models.efficientnet_lite import EfficientNetLite, fuse_batch_norm
from fitxa_trainer.models.member import Member
from fitxa_trainer.models.network import Network

OPSET = 18
INPUT = "image"


def output_name(member: str, facet: str) -> str:
    """The name of the ONNX output that holds the probabilities of `member` for `facet`."""
    return f"{member}_{facet}"


class ExportNetwork(nn.Module):
    """Normalised pictures (n, 3, h, w) to the probabilities (n, terms) of every member and facet, as a flat tuple."""

    def __init__(
        self, network: Network, names: Mapping[str, str], terms: Mapping[str, Sequence[str]], consistency: str = "none"
    ) -> None:
        """`names` maps the members of `network` that are wanted to their names in the bundle.

        With the `consistency` "raise" no term of any member scores below a narrower term (consistency.py).
        """
        super().__init__()
        trunk = copy.deepcopy(network.trunk).eval()
        self.trunk = fuse_batch_norm(trunk) if isinstance(trunk, EfficientNetLite) else trunk
        self.members = nn.ModuleDict()
        for name in names:
            member = network.members[name]
            assert isinstance(member, Member)
            self.members[name] = member.folded()
        self.activations = {name: network.members[name].activation for name in names}
        self.facets = tuple(terms)
        self.raised = nn.ModuleDict(
            {facet: RaisedParents(keys) for facet, keys in terms.items()} if consistency == "raise" else {}
        )
        #: The outputs in their order.
        self.names = [output_name(names[name], facet) for name in self.members for facet in self.facets]
        self.eval().requires_grad_(False)

    def forward(self, image: Tensor) -> tuple[Tensor, ...]:
        """The outputs in the order of `names`."""
        features = self.trunk(image)
        outputs: list[Tensor] = []
        for name, member in self.members.items():
            probabilities = member(features)
            for facet in self.facets:
                values = probabilities[facet]
                if facet in self.raised:
                    values = self.raised[facet](values)
                    if self.activations[name] == "softmax":
                        values = values / values.sum(dim=1, keepdim=True)
                outputs.append(values)
        return tuple(outputs)


class RaisedParents(nn.Module):
    """Each term takes the highest value of itself and the terms below it: `consistency.raise_parents` in a graph."""

    places: Tensor

    def __init__(self, terms: Sequence[str]) -> None:
        super().__init__()
        below = build_hierarchy(terms).on_path().bool()
        lists = [below[:, term].nonzero().flatten().tolist() for term in range(len(terms))]
        longest = max(len(own) for own in lists)
        padded = [own + [own[0]] * (longest - len(own)) for own in lists]
        self.register_buffer("places", torch.tensor(padded), persistent=False)

    def forward(self, values: Tensor) -> Tensor:
        """Values (n, terms) to the same shape."""
        return values[:, self.places].amax(dim=2)


def export_onnx(network: ExportNetwork, size: int, path: Path) -> None:
    """Write `network` as ONNX: input "image" float32 (batch, 3, size, size), batch free, weights inside the file."""
    batch = torch.export.Dim("batch", min=1, max=1024)
    example = torch.zeros(2, 3, size, size)
    # The exporter warns of libraries that this network does not use.
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*LeafSpec.*", category=FutureWarning)
        target = Path(folder) / "network.onnx"
        torch.onnx.export(
            network,
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


def onnx_difference(
    network: ExportNetwork, session: onnxruntime.InferenceSession, inputs: NDArray[np.float32]
) -> float:
    """The largest absolute difference of any probability between torch and `session` for `inputs` (n, 3, h, w)."""
    with torch.inference_mode():
        expected = [output.numpy() for output in network(torch.from_numpy(inputs))]
    found = session.run(network.names, {INPUT: inputs})
    return max(float(np.abs(left - right).max()) for left, right in zip(expected, found, strict=True))


def _strip(model: onnx.ModelProto) -> None:
    """Remove the exporter's notes about its sources (file paths, module names), which are useless at run time."""
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
