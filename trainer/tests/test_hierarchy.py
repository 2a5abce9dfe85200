"""The tree of a vocabulary: gaps, flat keys, groups and paths."""

import torch

from fitxa_trainer.dataset.hierarchy import ROOT, build_hierarchy, pad_groups

TERMS = ("f/a", "f/a | b", "f/a | b | c | d", "f/aat:300", "f/x | y", "f/x | y | z")


def test_parents_levels_and_paths() -> None:
    tree = build_hierarchy(TERMS)
    assert tree.parents == (ROOT, 0, 1, ROOT, ROOT, 4)
    assert tree.levels == (0, 1, 2, 0, 0, 1)
    assert tree.path(2) == (0, 1, 2)
    assert tree.children(ROOT) == (0, 3, 4)
    assert tree.siblings() == ((0, 3, 4), (1,), (2,), (5,))
    assert tree.by_level() == ((0, 3, 4), (1, 5), (2,))


def test_the_order_of_the_terms_does_not_matter() -> None:
    tree = build_hierarchy(tuple(reversed(TERMS)))
    assert [tree.terms[p] if p != ROOT else None for p in tree.parents] == [
        "f/x | y",
        None,
        None,
        "f/a | b",
        "f/a",
        None,
    ]
    assert tree.levels == (1, 0, 0, 2, 1, 0)


def test_tensors_say_the_same() -> None:
    tree = build_hierarchy(TERMS)
    assert tree.path_places().tolist() == [[0, 6, 6], [0, 1, 6], [0, 1, 2], [3, 6, 6], [4, 6, 6], [4, 5, 6]]
    assert tree.on_path()[2].tolist() == [1, 1, 1, 0, 0, 0]
    assert torch.equal(tree.on_path().sum(dim=1), torch.tensor(tree.levels) + 1.0)
    padded = pad_groups([(0, 3, 4), (1,), (5,), (2, 6, 7, 8)], fill=9)
    assert [rows.tolist() for rows in padded] == [[[1], [5]], [[0, 3, 4, 9], [2, 6, 7, 8]]]


def test_labels_with_the_same_beginning_are_not_parents() -> None:
    tree = build_hierarchy(("f/fusta", "f/fusta dura", "f/fusta dura | roure"))
    assert tree.parents == (ROOT, ROOT, 1)
