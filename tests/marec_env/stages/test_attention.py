"""Readers of one step: shared attention, and the scoop of those who are first."""

from dataclasses import replace

import numpy as np
import pytest

from marec_env.reference.labels import Habits
from marec_env.stages import AttentionStage
from tests.marec_env.reference.feeds import random_feed
from tests.marec_env.reference.random_games import joint_choices

CALM = Habits(gamma_s=0.5, kappa=0.5, threshold=0.0, temper=1.0, recovery=0.0)


def stage_of(value, bonus, beta=0.5) -> AttentionStage:
    """Everybody may pick every item of `value` [N, M]."""
    values = np.asarray(value, float)
    num_agents, num_slots = values.shape
    sizes = {"num_agents": num_agents, "num_candidates": num_slots, "num_slots": num_slots}
    first = random_feed(0, CALM, num_steps=1, beta=beta, **sizes)[0]
    return replace(
        first,
        value=values,
        appeal=values,
        slot=np.tile(np.arange(num_slots), (num_agents, 1)),
        legal=np.ones(values.shape, bool),
        stock=np.full(num_slots, num_agents),
        bonus=np.asarray(bonus, float),
    )


def test_a_crowd_shares_and_who_is_alone_has_it_in_full():
    stage = stage_of([[1, 0.6]] * 3, bonus=[0, 0])
    np.testing.assert_allclose(stage.payoffs(np.array([0, 0, 1])), [2**-0.5, 2**-0.5, 0.6])


def test_a_scoop_is_split_among_those_who_pick_it_now():
    stage = stage_of([[1, 0.5]] * 3, bonus=[0.6, 0], beta=0.0)
    np.testing.assert_allclose(stage.payoffs(np.array([0, 0, 1])), [1.3, 1.3, 0.5])
    np.testing.assert_allclose(stage.payoffs(np.array([2, 0, 1])), [0, 1.6, 0.5])


@pytest.mark.parametrize("scoop", [0.0, 0.7])
def test_replies_are_what_deviations_pay(scoop):
    for seed in range(40):
        sizes = {"num_agents": 3, "num_candidates": 3, "num_slots": 4}
        stage = random_feed(seed, CALM, num_steps=1, scoop=scoop, **sizes)[0]
        for choice in joint_choices(stage)[::5]:
            replies = stage.replies(choice)
            for u, k in np.argwhere(stage.legal):
                changed = choice.copy()
                changed[u] = k
                assert replies[u, k] == pytest.approx(stage.payoffs(changed)[u], rel=1e-12)


def test_what_a_reader_sees_of_a_value_is_its_age_its_topic_and_the_last_load():
    stage = stage_of([[1, 1, 1]] * 4, bonus=[0, 0.5, 0])
    visible = np.tile([1.0, 0.5, 0.2], (4, 1))
    stage = replace(stage, load=np.array([4, 1, 0]), visible=visible)
    np.testing.assert_allclose(stage.public_factor[0], [0.5, 0.75, 0.2])
