"""Hierarchical softmax (H-Softmax) over a facet's tree, by nodes or by levels.

The paper (section 4): at every node a softmax over its children gives P(child given parent); the loss adds a (weighted)
cross-entropy at every node on the path of each label (label "122": CE_root + CE_1 + CE_12); at inference a node's score
is the product along its path. "Levels" computes the loss per tree level rather than per node. The authors' code is not
published; what is left open is read so:

- A label is a true term without a true term below it. A picture's loss is the mean over its labels, which is what
  drawing one label, as the softmax task does, comes to on average, without the noise of the draw.
- "Weighted": the cross-entropy whose target is a term is weighted within its group by the inverse root of how often
  the term is the target there. The full inverse is what WCE uses, at a cost of 14 points that H-Softmax does not pay.
- Levels: the terms of one level share one softmax, whatever their parent, and each level that a label's path crosses
  adds one cross-entropy. The score is again the product along the path, so that a term never scores above the one it
  stands under.
- A term of which nothing is known is left out of the denominators, unless a label is below it.
"""

import torch
from torch import Tensor
from torch.nn import functional

from fitxa_trainer.dataset.hierarchy import Hierarchy, pad_groups
from fitxa_trainer.tasks.losses import grouped_log_softmax, labels_of, path_loss
from fitxa_trainer.tasks.task import FacetTask
from fitxa_trainer.tasks.weights import class_weights

#: Exponent of the inverse frequency in the weights.
WEIGHT_POWER = 0.5
#: Rows that are counted at a time.
_CHUNK = 8192


class HierarchicalSoftmax(FacetTask):
    """A softmax within each group of terms: the children of a node, or the terms of a level."""

    # The products along the paths do not sum to one over the facet.
    activation = "sigmoid"
    slots: Tensor
    paths: Tensor
    on_path: Tensor
    weights: Tensor

    def __init__(self, hierarchy: Hierarchy, groups: tuple[tuple[int, ...], ...], targets: Tensor) -> None:
        super().__init__()
        terms = len(hierarchy.terms)
        padded = pad_groups(groups, fill=terms)
        slots = torch.empty(terms, dtype=torch.int64)
        flat = torch.cat([alike.flatten() for alike in padded])
        real = flat < terms
        slots[flat[real]] = torch.arange(len(flat))[real]
        # All of these follow from the vocabulary, so they are not kept in checkpoints.
        self._tensors = len(padded)
        for number, alike in enumerate(padded):
            self.register_buffer(f"groups{number}", alike, persistent=False)
        self.register_buffer("slots", slots, persistent=False)
        self.register_buffer("paths", hierarchy.path_places(), persistent=False)
        self.register_buffer("on_path", hierarchy.on_path(), persistent=False)
        passes = self._passes(targets)
        weights = torch.ones(terms)
        for group in groups:
            weights[list(group)] = class_weights(passes[list(group)], WEIGHT_POWER)
        self.register_buffer("weights", weights)

    def loss(self, logits: Tensor, targets: Tensor, generator: torch.Generator | None) -> Tensor:
        """`path_loss`; nothing is drawn."""
        return path_loss(logits, targets, self._groups(), self.slots, self.on_path, self.weights)

    def conditional(self, logits: Tensor) -> Tensor:
        """The log probability (n, terms) of each term within its group."""
        return grouped_log_softmax(logits, self._groups(), self.slots)

    def activate(self, logits: Tensor) -> Tensor:
        """The product of the group probabilities along each term's path."""
        logs = functional.pad(self.conditional(logits), (0, 1))
        summed: Tensor = logs[:, self.paths].sum(dim=2)
        return summed.exp()

    def starting_logits(self, targets: Tensor) -> Tensor:
        """The log of how often each term is the target of its group, weights counted in; their scale is free."""
        return torch.log((self._passes(targets) + 0.5) * self.weights)

    def _groups(self) -> list[Tensor]:
        return [self.get_buffer(f"groups{number}") for number in range(self._tensors)]

    def _passes(self, targets: Tensor) -> Tensor:
        """How often each term is the target of its group in one pass over `targets`: float (terms,)."""
        total = torch.zeros(targets.shape[1])
        for start in range(0, len(targets), _CHUNK):
            part = targets[start : start + _CHUNK]
            labels = labels_of(part, self.on_path)
            passes = (labels @ self.on_path) / labels.sum(dim=1, keepdim=True).clamp_min(1.0)
            total = total + passes.sum(dim=0)
        return total
