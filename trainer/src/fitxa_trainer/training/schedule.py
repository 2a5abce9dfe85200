"""The learning rate of a step, as a share of the highest."""

import math

from fitxa_trainer.configuration.run import TrainingConfig


def rate_factor(config: TrainingConfig, step: int, steps: int) -> float:
    """The factor for `step` (from 0) of `steps` in all: a linear warm-up, then a half cosine to 0 or a constant."""
    if step < config.warmup_steps:
        return (step + 1) / config.warmup_steps
    if config.schedule == "constant":
        return 1.0
    done = (step - config.warmup_steps) / max(1, steps - config.warmup_steps)
    return 0.5 * (1 + math.cos(math.pi * min(1.0, done)))
