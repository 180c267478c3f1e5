"""Worlds drawn from seeds, with follows, strikes, passages and terms: at rest the network says what a heart says."""

import pytest
from free_worlds import FreeWorld
from worlds import World


@pytest.mark.parametrize("block", range(4))
def test_with_follows_strikes_and_passages_a_network_says_what_a_heart_says(block):
    for seed in range(block * 5, (block + 1) * 5):
        World(seed).run()


@pytest.mark.parametrize("block", range(4))
def test_with_terms_too(block):
    for seed in range(block * 5, (block + 1) * 5):
        World(seed, terms=True).run()


@pytest.mark.parametrize("block", range(4))
def test_with_strikes_that_follow_each_other_too(block):
    for seed in range(block * 5, (block + 1) * 5):
        World(seed, hurry=True).run()


@pytest.mark.parametrize("seed", [1623, 3869])
def test_worlds_in_which_a_restart_once_changed_what_was_said(seed):
    World(seed, terms=True).run()


@pytest.mark.parametrize("block", range(4))
def test_whatever_passages_are_judged_nothing_is_left_of_those_without_ground(block):
    for seed in range(block * 5, (block + 1) * 5):
        FreeWorld(seed).run()
