"""What a network gives for the pictures of a split."""

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass

import numpy as np
import torch
import torch.distributed as dist
from numpy.typing import NDArray

from fitxa_trainer.ensembles.metrics import facet_metrics
from fitxa_trainer.models.network import Network
from fitxa_trainer.training.context import ComputeContext
from fitxa_trainer.training.memory import out_of_memory, release
from fitxa_trainer.training.sources import Source, batches

Table = NDArray[np.float32]

#: Pictures that are looked at together when nothing is learned.
BATCH = {"cpu": 32, "cuda": 256}


@dataclass(frozen=True)
class Predictions:
    """Probabilities (n, terms) by member and facet, and embeddings (n, features) of the trunk."""

    probabilities: Mapping[str, Mapping[str, Table]]
    embedding: Table

    def metrics(self, targets: Mapping[str, NDArray[np.int8]]) -> dict[str, dict[str, dict[str, float]]]:
        """The paper's metrics by member and facet."""
        return {
            member: {facet: asdict(facet_metrics(values, targets[facet])) for facet, values in facets.items()}
            for member, facets in self.probabilities.items()
        }


@torch.inference_mode()
def predict(network: Network, source: Source, batch: int, context: ComputeContext, exact: bool = False) -> Predictions:
    """The predictions for all pictures of `source`, in its order, on the first process (elsewhere empty tables).

    Every process does its part. With `exact` nothing is computed in reduced precision. InputError when the GPU's
    memory does not hold a single picture.
    """
    network.eval()
    parts: dict[int, dict[str, Table]] = {}
    spans = batches(len(source), batch)
    with uncompiled(network):
        for number in range(context.rank, len(spans), context.world):
            parts[number] = _fitting(network, source, spans[number], context, exact)
    everything = _collected(parts, context)
    if not everything:
        return Predictions({}, np.empty((0, 0), dtype=np.float32))
    table = {key: np.concatenate([everything[number][key] for number in sorted(everything)]) for key in everything[0]}
    embedding = table.pop("embedding")
    probabilities: dict[str, dict[str, Table]] = {}
    for key, values in table.items():
        member, _, facet = key.partition("/")
        probabilities.setdefault(member, {})[facet] = values
    return Predictions(probabilities, embedding)


def uncompiled(network: Network) -> AbstractContextManager[object]:
    """Within the block a compiled trunk runs as it is written: what it is measured on is not worth compiling for."""
    compiled = network.trunk._compiled_call_impl is not None
    return torch.compiler.set_stance("force_eager") if compiled else nullcontext()


def _fitting(
    network: Network, source: Source, span: tuple[int, int], context: ComputeContext, exact: bool
) -> dict[str, Table]:
    """The predictions for the pictures of `span`, in halves of it where the GPU's memory does not hold all at once."""
    try:
        return _one(network, source, span, context, exact)
    except torch.OutOfMemoryError:
        pass  # handled below, where the tensors of the failed try are gone
    release()
    start, stop = span
    middle = (start + stop) // 2
    if middle == start:
        raise out_of_memory(1, 0)
    halves = [_fitting(network, source, half, context, exact) for half in ((start, middle), (middle, stop))]
    return {key: np.concatenate([half[key] for half in halves]) for key in halves[0]}


def _one(
    network: Network, source: Source, span: tuple[int, int], context: ComputeContext, exact: bool
) -> dict[str, Table]:
    with torch.autocast(context.device.type, dtype=context.amp, enabled=context.amp is not None and not exact):
        inputs = source.whole(*span)
        features = network.embed(inputs).float() if source.pixels else inputs
        members = network.predict_from_features(features)
    table = {f"{member}/{facet}": values for member, facets in members.items() for facet, values in facets.items()}
    return {key: values.float().cpu().numpy() for key, values in (table | {"embedding": features}).items()}


def _collected(parts: dict[int, dict[str, Table]], context: ComputeContext) -> dict[int, dict[str, Table]]:
    """The parts of all processes on the first one; nothing on the others."""
    if context.world == 1:
        return parts
    gathered: list[dict[int, dict[str, Table]] | None] | None = [None] * context.world if context.first else None
    dist.gather_object(parts, gathered)
    return {number: part for own in gathered or [] if own is not None for number, part in own.items()}
