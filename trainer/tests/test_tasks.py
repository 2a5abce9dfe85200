"""Losses and activations against sums done by hand, finite differences and counts of draws."""

import math

import pytest
import torch
from torch import Tensor

from fitxa_trainer.tasks import HEAD_TASKS, FacetTask, build_task
from fitxa_trainer.tasks.weights import class_weights

#: The example of the paper: 122 stands under 12, which stands under 1.
PATHS = ("1", "2", "1 | 11", "1 | 12", "1 | 12 | 121", "1 | 12 | 122", "2 | 21")
TERMS = tuple(f"materials/{path}" for path in PATHS)
LOGITS = torch.tensor([[0.5, -0.2, 1.0, 0.3, -0.7, 0.9, 2.0]])
IS_122 = torch.tensor([[1, 0, 0, 1, 0, 1, 0]], dtype=torch.int8)


def _targets(rows: int = 6, seed: int = 3) -> Tensor:
    """Random targets that are closed upwards, with every kind of value in them."""
    generator = torch.Generator().manual_seed(seed)
    targets = torch.randint(-1, 2, (rows, len(TERMS)), generator=generator, dtype=torch.int8)
    for term, above in ((4, 3), (5, 3), (2, 0), (3, 0), (6, 1)):
        targets[:, above] = torch.where(targets[:, term] == 1, torch.ones_like(targets[:, 0]), targets[:, above])
    return targets


def _task(name: str, targets: Tensor | None = None) -> FacetTask:
    return build_task(name, TERMS, torch.zeros(0, len(TERMS), dtype=torch.int8) if targets is None else targets)


def _cross_entropy(values: list[float], target: int) -> float:
    return math.log(sum(math.exp(value) for value in values)) - values[target]


def test_nodes_add_a_cross_entropy_at_every_node_on_the_path() -> None:
    root, one, twelve = _cross_entropy([0.5, -0.2], 0), _cross_entropy([1.0, 0.3], 1), _cross_entropy([-0.7, 0.9], 1)
    loss = _task("hsoftmax-nodes").loss(LOGITS, IS_122, None)
    assert loss.item() == pytest.approx(root + one + twelve, rel=1e-6)
    score = _task("hsoftmax-nodes").activate(LOGITS)[0]
    assert score[5].item() == pytest.approx(math.exp(-root - one - twelve), rel=1e-6)
    assert score[3].item() == pytest.approx(math.exp(-root - one), rel=1e-6)


def test_levels_add_a_cross_entropy_at_every_level_of_the_path() -> None:
    expected = _cross_entropy([0.5, -0.2], 0) + _cross_entropy([1.0, 0.3, 2.0], 1) + _cross_entropy([-0.7, 0.9], 1)
    loss = _task("hsoftmax-levels").loss(LOGITS, IS_122, None)
    assert loss.item() == pytest.approx(expected, rel=1e-6)
    assert _task("hsoftmax-levels").activate(LOGITS)[0, 5].item() == pytest.approx(math.exp(-expected), rel=1e-6)


def test_the_children_of_a_node_share_what_it_has() -> None:
    scores = _task("hsoftmax-nodes").activate(torch.randn(5, 7, generator=torch.Generator().manual_seed(0)))
    torch.testing.assert_close(scores[:, [0, 1]].sum(dim=1), torch.ones(5))
    torch.testing.assert_close(scores[:, [2, 3]].sum(dim=1), scores[:, 0])
    torch.testing.assert_close(scores[:, [4, 5]].sum(dim=1), scores[:, 3])
    torch.testing.assert_close(scores[:, 6], scores[:, 1])


def test_two_labels_count_half_each() -> None:
    task = _task("hsoftmax-nodes")
    both = torch.tensor([[1, 1, 0, 1, 0, 1, 1]], dtype=torch.int8)
    only_21 = torch.tensor([[0, 1, 0, 0, 0, 0, 1]], dtype=torch.int8)
    mean = (task.loss(LOGITS, IS_122, None) + task.loss(LOGITS, only_21, None)) / 2
    assert task.loss(LOGITS, both, None).item() == pytest.approx(mean.item(), rel=1e-6)


def test_a_missing_parent_is_taken_as_true() -> None:
    task = _task("hsoftmax-nodes")
    gap = torch.tensor([[-1, 0, 0, 0, 0, 1, 0]], dtype=torch.int8)
    assert task.loss(LOGITS, gap, None).item() == pytest.approx(task.loss(LOGITS, IS_122, None).item(), rel=1e-6)


@pytest.mark.parametrize("name", HEAD_TASKS)
def test_gradients_agree_with_finite_differences(name: str) -> None:
    targets = _targets()
    task = _task(name, targets).double()
    logits = torch.randn(6, len(TERMS), dtype=torch.float64, generator=torch.Generator().manual_seed(5))

    def loss(values: Tensor) -> Tensor:
        return task.loss(values, targets, torch.Generator().manual_seed(1))

    assert torch.autograd.gradcheck(loss, (logits.requires_grad_(),))


@pytest.mark.parametrize("name", HEAD_TASKS)
def test_what_nobody_knows_adds_neither_loss_nor_gradient(name: str) -> None:
    task = _task(name)
    logits = torch.randn(3, len(TERMS), generator=torch.Generator().manual_seed(2), requires_grad=True)
    unknown = torch.full((3, len(TERMS)), -1, dtype=torch.int8)
    loss = task.loss(logits, unknown, torch.Generator())
    torch.autograd.backward(loss)
    assert loss.item() == 0.0
    assert logits.grad is not None and not logits.grad.any()

    targets = torch.tensor([[1, 0, 0, 1, -1, 1, -1]], dtype=torch.int8)
    row = LOGITS.clone().requires_grad_()
    first = task.loss(row, targets, torch.Generator().manual_seed(4))
    torch.autograd.backward(first)
    assert row.grad is not None
    assert row.grad[0, [4, 6]].tolist() == [0.0, 0.0]
    moved = LOGITS + torch.tensor([[0, 0, 0, 0, 3.0, 0, -5.0]])
    assert task.loss(moved, targets, torch.Generator().manual_seed(4)).item() == first.item()


@pytest.mark.parametrize("name", HEAD_TASKS)
def test_a_picture_without_labels_does_not_thin_out_the_others(name: str) -> None:
    task = _task(name)
    one_label = torch.tensor([[0, 1, 0, 0, 0, 0, 0]], dtype=torch.int8)
    alone = task.loss(LOGITS, one_label, None)
    unknown = torch.full_like(one_label, -1)
    pair = task.loss(torch.cat([LOGITS, LOGITS]), torch.cat([one_label, unknown]), None)
    assert alone.item() > 0.1
    assert pair.item() == pytest.approx(alone.item(), rel=1e-6)


def test_multi_label_is_the_sum_of_binary_cross_entropies() -> None:
    targets = torch.tensor([[1, 0, -1, 1, 0, 0, 0]], dtype=torch.int8)
    p = [1 / (1 + math.exp(-value)) for value in LOGITS[0].tolist()]
    expected = -sum(math.log(p[k]) if k in (0, 3) else math.log(1 - p[k]) for k in (0, 1, 3, 4, 5, 6))
    assert _task("multilabel").loss(LOGITS, targets, None).item() == pytest.approx(expected, rel=1e-6)


def test_softmax_draws_the_true_terms_equally_often() -> None:
    rows = 6000
    logits = LOGITS.repeat(rows, 1)
    targets = IS_122.repeat(rows, 1)
    mean = _task("softmax").loss(logits, targets, torch.Generator().manual_seed(11)).item()
    each = [_cross_entropy(LOGITS[0].tolist(), term) for term in (0, 3, 5)]
    spread = (max(each) - min(each)) / math.sqrt(rows)
    assert mean == pytest.approx(sum(each) / 3, abs=3 * spread)
    again = _task("softmax").loss(logits, targets, torch.Generator().manual_seed(11)).item()
    assert again == mean


def test_smoothing_spreads_its_share_over_the_known_terms() -> None:
    targets = torch.tensor([[0, 1, 0, -1, 0, 0, 0]], dtype=torch.int8)
    task = build_task("softmax", TERMS, targets, smoothing=0.1)
    known = [value for term, value in enumerate(LOGITS[0].tolist()) if term != 3]
    even = sum(_cross_entropy(known, term) for term in range(6)) / 6
    expected = 0.9 * _cross_entropy(known, 1) + 0.1 * even
    assert task.loss(LOGITS, targets, None).item() == pytest.approx(expected, rel=1e-6)


def test_weights_are_inverse_frequencies_with_mean_one() -> None:
    frequencies = torch.tensor([100.0, 10.0, 40.0])
    weights = class_weights(frequencies, power=1.0)
    torch.testing.assert_close(weights, 50.0 / frequencies)
    assert (weights * frequencies).sum().item() == pytest.approx(150.0)
    assert class_weights(torch.tensor([10000.0, 1.0]), power=1.0).tolist() == pytest.approx([0.50005, 10.0])
    root = class_weights(frequencies, power=0.5)
    assert (root[1] / root[0]).item() == pytest.approx(math.sqrt(10))


def test_a_weighted_loss_multiplies_by_the_weight_of_the_drawn_term() -> None:
    counts = torch.tensor([[1, 0, 0, 0, 0, 0, 0]] * 8 + [[0, 1, 0, 0, 0, 0, 0]] * 2, dtype=torch.int8)
    task = _task("softmax-weighted", counts)
    weights = class_weights(torch.tensor([8.0, 2, 0, 0, 0, 0, 0]), power=1.0)
    for term in (0, 1):
        row = torch.zeros(1, 7, dtype=torch.int8)
        row[0, term] = 1
        expected = weights[term].item() * _cross_entropy(LOGITS[0].tolist(), term)
        assert task.loss(LOGITS, row, None).item() == pytest.approx(expected, rel=1e-5)


def test_heads_begin_with_what_frequencies_say() -> None:
    targets = torch.cat([IS_122.repeat(30, 1), torch.tensor([[0, 1, 0, 0, 0, 0, 1]] * 10, dtype=torch.int8)])
    begin = {name: _task(name, targets) for name in HEAD_TASKS}
    scores = {name: task.activate(task.starting_logits(targets).unsqueeze(0))[0] for name, task in begin.items()}
    assert scores["multilabel"][[0, 6]].tolist() == pytest.approx([30.5 / 41, 10.5 / 41], rel=1e-5)
    assert scores["softmax"][[5, 6]].tolist() == pytest.approx([10.5 / 43.5, 5.5 / 43.5], rel=1e-5)
    # Weights of a root draw the frequencies 3:1 half-way together.
    assert (scores["hsoftmax-nodes"][0] / scores["hsoftmax-nodes"][1]).item() == pytest.approx(
        30.5 / 10.5 / math.sqrt(3), rel=1e-4
    )
