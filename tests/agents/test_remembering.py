"""Learners with a memory: what they promise, and what it is for."""

from dataclasses import fields
from typing import Any

import pytest

from agents import AGENTS
from agents.random_world import SIZES
from agents.testing import check_policy

from .test_testing import FAST
from .worlds import Cue, mean_reward, train

FOREIGN = SIZES._replace(layout=None)


def remembering() -> list[str]:
    """Names of all learners of which a memory can be asked."""
    found = []
    for name, agent in AGENTS.items():
        constants = getattr(agent, "__dataclass_fields__", {})
        if "memory_size" in constants and constants["memory_size"].init:
            found.append(name)
    return found


def short(name: str) -> dict[str, Any]:
    """Sequences that fit a small world and fewer updates, for those who have them."""
    names = {field.name for field in fields(AGENTS[name])}
    return {"sequence_steps": 3, "burn_in": 2, "batch_size": 96} if "burn_in" in names else {}


@pytest.mark.parametrize(
    ("sharing", "sizes"),
    [("all", SIZES), ("none", FOREIGN), ((0, 0, 1, 1), SIZES)],
    ids=["all", "none", "groups"],
)
@pytest.mark.parametrize("name", remembering())
def test_learners_with_a_memory_conform(name, sharing, sizes):
    constants = FAST[name] | short(name)
    check_policy(AGENTS[name], sizes, **constants, sharing=sharing, memory_size=5)


REPLAY = {
    "hidden_size": 16,
    "warmup": 256,
    "batch_size": 256,
    "sequence_steps": 6,
    "burn_in": 3,
    "learning_rate": 5e-3,
    "target_rate": 0.1,
    "epsilon_steps": 5_000,
    "learning_rate_steps": 10_000,
}
ROLLOUT = {
    "hidden_size": 16,
    "rollout_steps": 12,
    "learning_rate": 5e-3,
    "learning_rate_end": 1e-4,
}


@pytest.mark.parametrize(
    ("name", "constants", "num_steps"),
    [
        ("iql", REPLAY | {"body": "candidates"}, 400),
        ("iql", REPLAY | {"body": "flat"}, 600),
        ("vdn", REPLAY, 600),
        ("ippo", ROLLOUT | {"body": "candidates"}, 400),
        ("ippo", ROLLOUT | {"body": "flat", "sharing": "none"}, 600),
    ],
    ids=["iql", "iql, flat", "vdn", "ippo", "ippo, flat and private"],
)
def test_what_was_told_at_the_first_step_is_known_at_the_third(name, constants, num_steps):
    learner = AGENTS[name](Cue.sizes, memory_size=8, **constants)
    train(learner, Cue(), num_steps)
    assert 3 * mean_reward(learner.actor(), Cue(seed=1), 60) > 0.9


@pytest.mark.parametrize(("name", "constants"), [("iql", REPLAY), ("ippo", ROLLOUT)])
def test_who_remembers_nothing_earns_half_of_it(name, constants):
    learner = AGENTS[name](Cue.sizes, **constants)
    train(learner, Cue(), 200)
    assert 0.4 < 3 * mean_reward(learner.actor(), Cue(seed=1), 200) < 0.6
