"""The one training loop: any network with members, on cached pictures or on features of a frozen trunk.

Nothing in a step waits for the device: losses are added up there and read every `log_steps`. What a step sees and draws
follows from (seed, epoch, step), so a stopped run resumes exactly, and several GPUs give what one gives: each
puts its part of the batch through the trunk, the features are gathered, and the losses are those of the whole batch.
"""

import math
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
import torch.distributed as dist
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from fitxa_trainer import stopping
from fitxa_trainer.configuration.run import TrainingConfig
from fitxa_trainer.ensembles.metrics import facet_metrics
from fitxa_trainer.errors import InputError, Stopped
from fitxa_trainer.models.gather import gather_rows
from fitxa_trainer.models.network import Network
from fitxa_trainer.progress import Counter, Progress
from fitxa_trainer.training.averaging import RunningMean
from fitxa_trainer.training.checkpoint import Checkpoint, StateDict, TrainState
from fitxa_trainer.training.context import ComputeContext
from fitxa_trainer.training.loader import Batch, batches_of, take
from fitxa_trainer.training.memory import largest_fitting, out_of_memory, release
from fitxa_trainer.training.meter import Meter
from fitxa_trainer.training.prediction import predict
from fitxa_trainer.training.sampling import Sampler
from fitxa_trainer.training.schedule import rate_factor
from fitxa_trainer.training.sources import Fetched, Source

#: A checkpoint after an epoch is skipped when writing would take more than this share of the time.
_CHECKPOINT_SHARE = 0.05


@dataclass(frozen=True)
class SplitData:
    """A split: its pictures, and per facet the targets int8 (pictures, terms): 1 yes, 0 no, -1 unknown."""

    source: Source
    targets: Mapping[str, NDArray[np.int8]]


@dataclass(frozen=True)
class Recorder:
    """Where a run is written: lines of metrics, checkpoints, progress. All are called on the first process only."""

    log: Callable[[Mapping[str, object]], None]
    save: Callable[[Checkpoint], None]
    progress: Progress


class StepLosses(nn.Module):
    """The losses of one step by member, from this process's part of the batch."""

    def __init__(self, network: Network, context: ComputeContext, pixels: bool) -> None:
        super().__init__()
        self.network = network
        self._context = context
        self._pixels = pixels

    def forward(
        self, inputs: Tensor, targets: Mapping[str, Tensor], rows: Tensor, generator: torch.Generator
    ) -> dict[str, Tensor]:
        """`inputs` are this process's, `targets` and `rows` those of the whole batch."""
        with self._context.autocast():
            features = self.network.embed(inputs) if self._pixels else inputs
            return self.network.loss_from_features(gather_rows(features), targets, rows, generator)


def train_network(
    network: Network,
    train: SplitData,
    validation: SplitData,
    config: TrainingConfig,
    seed: int,
    context: ComputeContext,
    recorder: Recorder,
    checkpoint: Checkpoint | None = None,
) -> TrainState:
    """Train `network` in§context, from `checkpoint` if there is one; it ends with the weights that validated best.

    Raises Stopped after a checkpoint when somebody asked to stop; InputError when the GPU's memory does not suffice
    or a loss is no longer a number.
    """
    return _Loop(network, train, validation, config, seed, context, recorder).run(checkpoint)


class _Loop:
    """The state of one training."""

    def __init__(
        self,
        network: Network,
        train: SplitData,
        validation: SplitData,
        config: TrainingConfig,
        seed: int,
        context: ComputeContext,
        recorder: Recorder,
    ) -> None:
        self._network = network
        self._train = train
        self._validation = validation
        self._config = config
        self._context = context
        self._recorder = recorder
        self._seed = seed
        self._sampler = Sampler(
            len(train.source), config.batch, config.repeated_augmentation, seed, multiple=context.world
        )
        self._targets = {facet: torch.from_numpy(values).to(context.device) for facet, values in train.targets.items()}
        self._optimiser = _optimiser(network, config, context)
        self._mean = RunningMean(network, config.ema) if config.ema else None
        if config.compile and train.source.pixels:
            network.compile_towers()
        self._losses = _distributed(StepLosses(network, context, train.source.pixels), context)
        self._members = list(network.members)
        self._sums = torch.zeros(len(self._members), device=context.device)
        self._best: StateDict | None = None
        self.state = TrainState()
        self._saved = time.monotonic()
        self._save_seconds = 0.0

    def run(self, checkpoint: Checkpoint | None) -> TrainState:
        """Train to the end."""
        if checkpoint is not None:
            self._load(checkpoint)
        steps, epochs = self._sampler.steps, self._config.epochs
        done = (self.state.epoch - 1) * steps + self.state.step
        with self._recorder.progress.counter(epochs * steps, "steps", done) as counter, self._threads():
            while self.state.epoch <= epochs and not self._is_stale():
                self._epoch(counter)
        if self._best is not None:
            self._network.load_state_dict(self._best, strict=False)
        return self.state

    @contextmanager
    def _threads(self) -> Iterator[None]:
        """On a CPU heads alone are trained by one thread: for matrices this small more of them cost time."""
        known = torch.get_num_threads()
        if self._context.device.type == "cpu" and not self._train.source.pixels:
            torch.set_num_threads(1)
        try:
            yield
        finally:
            torch.set_num_threads(known)

    def _is_stale(self) -> bool:
        patience, state = self._config.patience, self.state
        return bool(patience) and state.epoch - 1 - state.best_epoch >= patience

    def _epoch(self, counter: Counter) -> None:
        state, context = self.state, self._context
        self._network.train()
        if context.device.type == "cuda":
            torch.cuda.reset_peak_memory_stats(context.device)
        meter = Meter(context)
        seconds = state.seconds
        for batch in batches_of(self._train.source, self._sampler, state.epoch, state.step, context):
            take(batch, context)
            meter.data_there()
            self._step(batch)
            meter.step_ended(self._sampler.batch)
            state.step = batch.step + 1
            state.pictures += self._sampler.batch
            if self._mean is not None:
                self._mean.update((state.epoch - 1) * self._sampler.steps + state.step)
            counter.add(1)
            state.seconds = seconds + meter.elapsed()
            self._between_steps()
        figures = meter.figures()
        state.seconds = seconds + figures["seconds"]
        self._end_epoch(figures)

    def _step(self, batch: Batch) -> None:
        steps = self._config.epochs * self._sampler.steps
        done = (self.state.epoch - 1) * self._sampler.steps + batch.step
        factor = rate_factor(self._config, done, steps)
        for group in self._optimiser.param_groups:
            group["lr"] = group["initial_lr"] * factor
        try:
            self._sums += self._learn(batch.fetched, batch.rows, batch.seed)
            return
        except torch.OutOfMemoryError:
            pass  # handled below, where the tensors of the failed step are gone
        raise self._out_of_memory(batch)

    def _learn(self, fetched: Fetched, rows: Tensor, seed: int) -> Tensor:
        """One step of the optimiser; the losses by member, float32 (members,), on the device."""
        context = self._context
        # Stochastic depth draws from torch's own generator: on every process something else, as pictures differ.
        torch.manual_seed(seed + context.rank)
        generator = torch.Generator(context.device).manual_seed(seed)
        inputs = self._train.source.inputs(fetched)
        targets = {facet: values[rows] for facet, values in self._targets.items()}
        losses = self._losses(inputs, targets, rows, generator)
        values = torch.stack([losses[name] for name in self._members]).float()
        self._optimiser.zero_grad(set_to_none=True)
        torch.autograd.backward(values.sum())
        if self._config.clip_norm:
            nn.utils.clip_grad_norm_(self._network.parameters(), self._config.clip_norm)
        self._optimiser.step()
        return values.detach()

    def _between_steps(self) -> None:
        """Every `log_steps`: look at the losses. Whenever it is due: a checkpoint; when asked to: stop."""
        looks = self.state.step % self._config.log_steps == 0
        if looks and not math.isfinite(self._sums.sum().item()):
            raise InputError(
                f"A loss of epoch {self.state.epoch} is no longer a number; lower training.learning_rate, "
                "or set training.clip_norm: 1."
            )
        if self._context.world > 1 and not looks:
            return
        if self._context.agreed(stopping.requested()):
            self._save()
            raise Stopped
        if self._context.agreed(time.monotonic() - self._saved >= 60 * self._config.checkpoint_minutes):
            self._save()

    def _end_epoch(self, figures: Mapping[str, float]) -> None:
        state, steps = self.state, self._sampler.steps
        losses = {name: value / steps for name, value in zip(self._members, self._sums.tolist(), strict=True)}
        with self._mean.in_place() if self._mean is not None else nullcontext():
            by_member = self._validate()
            score = self._shared(float(np.mean([rp for facets in by_member.values() for rp in facets.values()] or [0])))
            better = score > state.best_score
            if better:
                state.best_score, state.best_epoch = score, state.epoch
                self._best = {name: value.clone() for name, value in trained_state(self._network).items()}
        if self._context.first:
            self._log(figures, losses, by_member, score)
        state.epoch, state.step = state.epoch + 1, 0
        self._sums.zero_()
        pause = self._save_seconds / _CHECKPOINT_SHARE
        if self._context.agreed(stopping.requested()):
            self._save()
            raise Stopped
        if self._context.agreed(time.monotonic() - self._saved >= pause) and state.epoch <= self._config.epochs:
            self._save()

    def _validate(self) -> dict[str, dict[str, float]]:
        """R-Precision by member and facet on the first process, nothing elsewhere."""
        batch = max(1, self._sampler.batch // self._context.world)
        found = predict(self._network, self._validation.source, batch, self._context).probabilities
        return {
            member: {
                facet: facet_metrics(values, self._validation.targets[facet]).r_precision
                for facet, values in facets.items()
            }
            for member, facets in found.items()
        }

    def _shared(self, value: float) -> float:
        """The first process's value, everywhere."""
        if self._context.world == 1:
            return value
        values = [value]
        dist.broadcast_object_list(values)
        return values[0]

    def _log(
        self,
        figures: Mapping[str, float],
        losses: Mapping[str, float],
        by_member: Mapping[str, Mapping[str, float]],
        score: float,
    ) -> None:
        state, epochs = self.state, self._config.epochs
        facets = next(iter(by_member.values()))
        by_facet = {facet: float(np.mean([member[facet] for member in by_member.values()])) for facet in facets}
        loss = sum(losses.values())
        left = state.seconds / state.epoch * (epochs - state.epoch)
        rate = self._optimiser.param_groups[0]["lr"]
        self._recorder.log(
            {
                "epoch": state.epoch,
                "loss": loss,
                "losses": dict(losses),
                "validation": by_member,
                "score": score,
                "learningRate": rate,
                **figures,
            }
        )
        state.lines += 1
        self._recorder.progress.epoch(
            {
                "epoch": state.epoch,
                "epochs": epochs,
                "loss": loss,
                "validation": by_facet,
                "imagesPerSecond": figures["imagesPerSecond"],
                "secondsLeft": round(left, 1),
            },
            f"epoch {state.epoch}/{epochs}: loss {loss:.4f}, validation R-Precision {score:.4f}, "
            f"{figures['imagesPerSecond']:.0f} images/s",
        )

    def _save(self) -> None:
        """Write a checkpoint on the first process; the others wait."""
        if self._context.first:
            started = time.monotonic()
            sums = dict(zip(self._members, self._sums.tolist(), strict=True))
            self.state.sums = sums
            mean = dict(self._mean.values) if self._mean is not None else None
            weights = trained_state(self._network)
            self._recorder.save(Checkpoint(self.state, weights, self._optimiser.state_dict(), self._best, mean))
            self._save_seconds = time.monotonic() - started
        self._context.wait()
        self._saved = time.monotonic()

    def _load(self, checkpoint: Checkpoint) -> None:
        self.state = checkpoint.state
        self._network.load_state_dict(checkpoint.network, strict=False)
        self._optimiser.load_state_dict(checkpoint.optimiser)
        self._best = checkpoint.best
        if self._mean is not None and checkpoint.mean is not None:
            self._mean.load(checkpoint.mean)
        self._sums = torch.tensor([self.state.sums[name] for name in self._members], device=self._context.device)

    def _out_of_memory(self, batch: Batch) -> InputError:
        """Find a batch size that would fit. This destroys the weights, so the run ends here."""
        release()
        context = self._context
        whole = len(batch.rows)
        if context.world > 1:
            return out_of_memory(whole, 0)
        fetched, rows = batch.fetched, batch.rows

        def step(size: int) -> None:
            self._optimiser.zero_grad(set_to_none=True)
            self._learn(fetched.first(size), rows[:size], batch.seed)

        return out_of_memory(whole, largest_fitting(step, whole))


def trained_state(network: Network) -> StateDict:
    """What training changes of a network's state: all of it, or all but a frozen trunk."""
    return {
        name: value.detach()
        for name, value in network.state_dict().items()
        if not (network.frozen and name.startswith("trunk."))
    }


def _optimiser(network: Network, config: TrainingConfig, context: ComputeContext) -> torch.optim.AdamW:
    groups: list[dict[str, Any]] = network.parameter_groups(config)
    for group in groups:
        group["initial_lr"] = group["lr"]
    first, second = config.betas
    return torch.optim.AdamW(groups, betas=(first, second), eps=config.eps, fused=context.device.type == "cuda" or None)


def _distributed(losses: StepLosses, context: ComputeContext) -> nn.Module:
    """`losses` with gradients averaged over the processes, and batch norms over all their pictures."""
    if context.world == 1:
        return losses
    devices = None
    if context.device.type == "cuda":
        devices = [context.device]
        nn.SyncBatchNorm.convert_sync_batchnorm(losses)  # type: ignore[no-untyped-call]
    return DistributedDataParallel(losses, device_ids=devices, broadcast_buffers=False, gradient_as_bucket_view=True)
