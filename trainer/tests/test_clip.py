"""CLIP-like members: the loss by hand, several positives, draws, scores, texts, several processes."""

import math
import multiprocessing
from pathlib import Path

import pytest
import torch
from torch import Tensor

import two_processes
from fitxa_trainer.configuration.run import config_from
from fitxa_trainer.dataset.labels import load_labels
from fitxa_trainer.models.clip import ClipMember
from fitxa_trainer.models.clip_member import training_texts
from fitxa_trainer.models.network import build_network
from fitxa_trainer.tasks.losses import matching_loss
from fitxa_trainer.text.prompts import PROMPTS, all_tags_texts, every_text, prompt_texts, tag_texts
from mini_network import mini_config, mini_set

#: Cosines of three pictures with three texts.
SIMILARITY = torch.tensor([[0.9, 0.1, -0.2], [0.3, 0.5, 0.0], [-0.1, 0.4, 0.6]])
ALL = torch.ones(3, dtype=torch.bool)


def _loss(similarity: Tensor, same: Tensor, valid: Tensor = ALL, scale: float = 10.0) -> float:
    """`matching_loss` of pictures whose cosines with the texts (unit axes) are the rows of `similarity`."""
    return matching_loss(similarity, torch.eye(3), same, valid, valid, torch.tensor(scale)).item()


def _cross_entropy(row: list[float], target: int) -> float:
    return math.log(sum(math.exp(10 * value) for value in row)) - 10 * row[target]


def test_the_loss_of_three_pairs_by_hand() -> None:
    rows = SIMILARITY.tolist()
    expected = sum(_cross_entropy(rows[pair], pair) for pair in range(3)) / 3
    assert _loss(SIMILARITY, torch.eye(3, dtype=torch.bool)) == pytest.approx(expected, rel=1e-6)


def test_the_same_text_twice_is_two_positives() -> None:
    same = torch.tensor([[1, 1, 0], [1, 1, 0], [0, 0, 1]], dtype=torch.bool)
    rows = SIMILARITY.tolist()
    expected = (
        (_cross_entropy(rows[0], 0) + _cross_entropy(rows[0], 1)) / 2
        + (_cross_entropy(rows[1], 0) + _cross_entropy(rows[1], 1)) / 2
        + _cross_entropy(rows[2], 2)
    ) / 3
    assert _loss(SIMILARITY, same) == pytest.approx(expected, rel=1e-6)


def test_a_picture_without_text_is_no_pair_and_no_distractor() -> None:
    valid = torch.tensor([True, True, False])
    rows = SIMILARITY.tolist()
    expected = (_cross_entropy(rows[0][:2], 0) + _cross_entropy(rows[1][:2], 1)) / 2
    assert _loss(SIMILARITY, torch.eye(3, dtype=torch.bool), valid) == pytest.approx(expected, rel=1e-6)
    assert _loss(SIMILARITY, torch.eye(3, dtype=torch.bool), ~ALL) == 0.0


def test_gradients_agree_with_finite_differences() -> None:
    generator = torch.Generator().manual_seed(0)
    queries, keys = (torch.randn(4, 5, dtype=torch.float64, generator=generator).requires_grad_() for _ in range(2))
    scale = torch.tensor(3.0, dtype=torch.float64, requires_grad=True)
    same = torch.eye(4, dtype=torch.bool)
    same[0, 2] = same[2, 0] = True
    valid = torch.tensor([True, True, True, False])

    def loss(a: Tensor, b: Tensor, c: Tensor) -> Tensor:
        return matching_loss(a, b, same, valid, valid, c)

    assert torch.autograd.gradcheck(loss, (queries, keys, scale))


def _member(task: str) -> ClipMember:
    mini = mini_set()
    member = build_network(mini_config(task), mini.vocabulary, mini.examples).members[task]
    assert isinstance(member, ClipMember)
    return member


def test_a_text_is_drawn_among_the_tags_of_all_facets() -> None:
    mini = mini_set()
    member = _member("clip-one-tag")
    joined = torch.cat(list(mini.targets.values()), dim=1)
    several = int((joined > 0).sum(dim=1).argmax())
    tags = set(member.text_of_term[joined[several] > 0].tolist())
    assert len(tags) >= 3
    rows = torch.full((3000,), several)
    ids, valid = member._texts_of({f: v[rows] for f, v in mini.targets.items()}, rows, torch.Generator().manual_seed(0))
    counts = torch.bincount(ids)
    assert bool(valid.all())
    assert {place for place, count in enumerate(counts.tolist()) if count} == tags
    # Tags with the same label share a text, so a text comes as often as it has tags.
    tags_of_text = torch.bincount(member.text_of_term[joined[several] > 0], minlength=len(counts))
    expected = 3000 * tags_of_text / tags_of_text.sum()
    assert bool(((counts - expected).abs() <= 5 * expected.sqrt()).all())

    nothing = {facet: torch.full_like(values[:2], -1) for facet, values in mini.targets.items()}
    assert not bool(member._texts_of(nothing, rows[:2], torch.Generator())[1].any())
    assert member.loss(mini.features[:2], nothing, rows[:2], torch.Generator()).item() == 0.0


def test_all_tags_of_a_picture_are_one_text() -> None:
    mini = mini_set()
    member = _member("clip-all-tags")
    alike = torch.cat(list(mini.targets.values()), dim=1) > 0
    ids = member.text_of_row
    for first, second in ((0, 1), (0, 60), (40, 120)):
        assert (int(ids[first]) == int(ids[second])) is torch.equal(alike[first], alike[second])
    assert bool(((ids >= 0) == alike.any(dim=1)).all())


def test_scores_are_the_softmax_of_the_similarities() -> None:
    mini = mini_set()
    member = _member("clip-prompt").eval()
    with torch.no_grad():
        scores = member(mini.features[:4])
        image = member._projected(mini.features[:4], None)
    terms = member.term_embeddings()["materials"]
    cosine = torch.cosine_similarity(image[:, None], terms[None], dim=2)
    torch.testing.assert_close(scores["materials"], (cosine / 0.07).softmax(dim=1), rtol=1e-4, atol=1e-6)
    torch.testing.assert_close(terms.norm(dim=1), torch.ones(len(terms)))
    assert torch.nn.functional.cosine_similarity(member.term_texts[:1], member.term_texts[:1]).item() > 0.999


def test_the_temperature_stays_within_bounds() -> None:
    mini = mini_set()
    member = _member("clip-one-tag")
    assert member.log_scale.item() == pytest.approx(math.log(1 / 0.07))
    with torch.no_grad():
        member.log_scale.fill_(9.0)
    member.loss(mini.features[:4], {f: v[:4] for f, v in mini.targets.items()}, torch.arange(4), torch.Generator())
    assert member.log_scale.item() == pytest.approx(math.log(100.0))


def test_labels_prompts_and_joined_tags() -> None:
    labels = load_labels()
    metal = [
        f"materials/{path}" for path in ("metall", "metall | metall no fèrric", "metall | metall no fèrric | coure")
    ]
    assert tag_texts(metal, labels, "en") == ["metal", "nonferrous metal", "copper"]
    assert tag_texts(metal[:1], labels, "ca") == ["metall"]
    assert prompt_texts(metal[:1], labels, "en") == ["an image of an object made of metal"]
    assert prompt_texts(metal[:1], labels, "ca") == ["una imatge d'un objecte fet de metall"]
    assert labels.label("materials/a | b", "en") == "b"
    targets = {"materials": torch.tensor([[1, 1, 0], [-1, -1, -1]], dtype=torch.int8)}
    assert all_tags_texts(targets, {"materials": metal}, ["metal", "nonferrous metal", "copper"]) == [
        "metal, nonferrous metal",
        "",
    ]
    assert {language: set(prompts) for language, prompts in PROMPTS.items()} == {
        language: {"objectTypes", "materials", "disciplines", "subjects"} for language in ("en", "ca")
    }


def test_the_texts_to_embed_hold_all_that_any_task_reads() -> None:
    mini = mini_set()
    texts = set(every_text(mini.targets, mini.vocabulary.terms, load_labels()))
    for task in ("clip-one-tag", "clip-all-tags", "clip-prompt"):
        for language in ("en", "ca"):
            config = config_from({"clip": {"language": language}}, mini_config(task))
            of_terms, of_rows = training_texts(task, config, mini.vocabulary.terms, mini.targets)
            assert texts >= {*of_terms, *(text for text in of_rows or () if text)}
    assert {"bronze", "an image of an object made of bronze", "una imatge d'un objecte fet de bronze"} <= texts


def test_two_processes_minimise_what_one_would(tmp_path: Path) -> None:
    weight, inputs, keys = two_processes.problem()
    loss = two_processes.pair_loss(weight, inputs, keys)
    torch.autograd.backward(loss)
    context = multiprocessing.get_context("spawn")
    ranks = [
        context.Process(target=two_processes.work, args=(n, str(tmp_path / "store"), str(tmp_path / "out.pt")))
        for n in (0, 1)
    ]
    for process in ranks:
        process.start()
    for process in ranks:
        process.join(timeout=120)
    assert [process.exitcode for process in ranks] == [0, 0]
    found = torch.load(tmp_path / "out.pt")
    assert found["loss"].item() == pytest.approx(loss.item(), rel=1e-5)
    torch.testing.assert_close(found["gradient"], weight.grad)
