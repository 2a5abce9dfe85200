"""Balanced selections: the share, the minimum, the cap, and what training keeps, each in numbers."""

from collections import Counter

import numpy as np
import pytest

from fitxa_trainer.splitting.selection import Group, Selection, Wishes, select_groups


def singles(**counts: int) -> list[Group]:
    """One picture a group; the names of tags come from `counts`, "a_b" is a picture with the tags a and b."""
    return [
        Group(f"{tags}{index}", 1, dict.fromkeys(tags.split("_"), 1))
        for tags, count in counts.items()
        for index in range(count)
    ]


def taken(groups: list[Group], selection: Selection) -> Counter[str]:
    counts: Counter[str] = Counter()
    for group in groups:
        if group.name in selection.groups:
            counts.update(group.tags)
    return counts


def wishes(minimum: int = 5, keep: int = 10, reserve: int = 0, tags: str = "abcd") -> Wishes:
    return Wishes(0.33, dict.fromkeys(tags, minimum), dict.fromkeys(tags, keep), dict.fromkeys(tags, reserve))


def test_without_a_limit_on_the_size_every_tag_gives_its_share() -> None:
    groups = singles(a=300, b=90, c=30)
    assert taken(groups, select_groups(groups, wishes(), 420, seed=1)) == {"a": 99, "b": 30, "c": 10}


def test_frequent_tags_are_capped_where_the_size_demands_it_and_rare_ones_have_their_minimum() -> None:
    groups = singles(a=1000, b=400, c=20)
    selection = select_groups(groups, wishes(), 99, seed=1)
    # c gives its share, 7 of 20, so that a and b share the other 92 evenly.
    assert taken(groups, selection) == {"a": 46, "b": 46, "c": 7}
    assert selection.cap == 46


@pytest.mark.parametrize(
    ("count", "reserve", "expected"),
    [
        (40, 0, 13),  # 33 %
        (16, 0, 5),
        (13, 0, 3),  # the minimum would leave 8 to train with
        (13, 5, 2),  # too rare for both selections: half of the three that training can spare, rounded up
        (17, 5, 4),
        (20, 5, 5),
        (10, 0, 0),
        (7, 0, 0),  # never enough to train with, so nothing to test
    ],
)
def test_training_keeps_what_it_needs(count: int, reserve: int, expected: int) -> None:
    groups = singles(a=count, b=200)
    assert taken(groups, select_groups(groups, wishes(reserve=reserve), 500, seed=1))["a"] == expected


def test_a_minimum_above_half_of_the_pictures_stops_there() -> None:
    groups = singles(a=30, b=100)
    assert taken(groups, select_groups(groups, wishes(minimum=20, keep=5), 30, seed=1))["a"] == 15


def test_whole_groups_move_and_a_group_that_is_far_too_large_stays() -> None:
    large, small = Group("large", 30, {"a": 30}), [Group(f"g{index}", 3, {"a": 3}) for index in range(10)]
    found = select_groups([large, *small], wishes(), 20, seed=1).groups
    assert "large" not in found
    assert len(found) in (6, 7)
    only = [Group("first", 8, {"a": 8}), Group("second", 30, {"a": 30})]
    assert select_groups(only, wishes(), 6, seed=1).groups == {"first"}


def test_pictures_with_two_tags_never_take_a_rare_one_below_what_training_needs() -> None:
    groups = singles(a_b=12, a=400, c_b=4, c=60)
    for seed in range(5):
        found = taken(groups, select_groups(groups, wishes(), 200, seed))
        assert 5 <= found["b"] <= 6
        assert found["a"] >= 100


def test_equal_seeds_give_equal_selections_whatever_the_order() -> None:
    groups = singles(a=200, b=100, a_c=30)
    first = select_groups(groups, wishes(), 60, seed=3)
    shuffled = [groups[index] for index in np.random.default_rng(0).permutation(len(groups))]
    assert select_groups(shuffled, wishes(), 60, seed=3) == first
    assert select_groups(groups, wishes(), 60, seed=4).groups != first.groups
