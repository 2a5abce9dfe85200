"""Training tasks: each has a name, an activation and a loss; the engine trains them all with one loop."""

from fitxa_trainer.tasks.multilabel import MULTILABEL
from fitxa_trainer.tasks.softmax import SOFTMAX
from fitxa_trainer.tasks.task import Task

TASKS: tuple[Task, ...] = (MULTILABEL, SOFTMAX)

__all__ = ["TASKS", "Task"]
