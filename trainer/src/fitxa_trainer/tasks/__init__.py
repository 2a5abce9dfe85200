"""Training tasks by name. A task is a loss and an activation; the engine trains them all with one loop."""

from collections.abc import Sequence

from torch import Tensor

from fitxa_trainer.dataset.hierarchy import build_hierarchy
from fitxa_trainer.tasks.hsoftmax import HierarchicalSoftmax
from fitxa_trainer.tasks.multilabel import MultiLabel
from fitxa_trainer.tasks.softmax import Softmax
from fitxa_trainer.tasks.task import FacetTask

__all__ = ["CLIP_TASKS", "HEAD_TASKS", "FacetTask", "build_task"]

#: Tasks of a linear head per facet.
HEAD_TASKS: tuple[str, ...] = ("multilabel", "softmax", "softmax-weighted", "hsoftmax-nodes", "hsoftmax-levels")

#: Tasks that compare pictures with texts.
CLIP_TASKS: tuple[str, ...] = ("clip-one-tag", "clip-all-tags", "clip-prompt")


def build_task(name: str, terms: Sequence[str], targets: Tensor, smoothing: float = 0.0) -> FacetTask:
    """The task `name` (of HEAD_TASKS) for the facet with `terms`.

    `targets` int8 (pictures, terms) of the training split give the weights of the weighted tasks; without pictures all
    weights are equal. `smoothing` softens the targets of the softmax tasks.
    """
    if name == "multilabel":
        return MultiLabel()
    if name in ("softmax", "softmax-weighted"):
        return Softmax(targets, name == "softmax-weighted", smoothing)
    if name in ("hsoftmax-nodes", "hsoftmax-levels"):
        hierarchy = build_hierarchy(terms)
        groups = hierarchy.siblings() if name == "hsoftmax-nodes" else hierarchy.by_level()
        return HierarchicalSoftmax(hierarchy, groups, targets)
    raise KeyError(name)
