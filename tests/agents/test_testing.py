"""The conformance suite: our policies pass it, and each check catches what it is for."""

from typing import Any

import numpy as np
import pytest

from agents import AGENTS
from agents.exploration import sample_legal
from agents.random_world import SIZES
from agents.testing import check_policy
from tests.agents.small import SMALL

FAST: dict[str, dict[str, Any]] = {
    **{name: {} for name in ("random", "linucb", "thompson", "exp3")},
    **SMALL,
}
EVERY_SHARING = [{"sharing": sharing} for sharing in ("all", "none", (0, 0, 1, 1))]
DEEP = [*EVERY_SHARING, {"agent_id": False}, {"bootstrap_at_horizon": True}]
CASES = [
    ("random", {}),
    *((name, c) for name in ("linucb", "thompson", "exp3") for c in EVERY_SHARING[:2]),
    *((n, c) for n in ("reinforce", "supervised") for c in DEEP[:-1]),  # have no value to bootstrap
    *((n, c) for n in ("iql", "vdn", "qmix", "maddpg", "mean_field_q") for c in DEEP),
    *((n, c) for n in ("ia2c", "ippo", "maa2c", "mappo", "coma", "mean_field_ac") for c in DEEP),
]


def test_every_agent_is_checked():
    assert {name for name, _ in CASES} == set(AGENTS)


@pytest.mark.parametrize("sizes", [SIZES, SIZES._replace(layout=None)], ids=["slate", "foreign"])
@pytest.mark.parametrize(("name", "constants"), CASES)
def test_our_policies_conform(name, constants, sizes):
    check_policy(AGENTS[name], sizes, **FAST[name], **constants)


class Sound:
    """Learns how often it acted, and draws at random; the broken ones differ in one thing."""

    def __init__(self, sizes, seed=0):
        self.sizes, self.rng, self.count = sizes, np.random.default_rng(seed), 0

    def act(self, view, *, explore):
        return sample_legal(view.action_mask, self.rng)

    def actor(self):
        return type(self)(self.sizes)

    def learn(self, transition) -> Any:
        self.count += 1
        return {"count": float(self.count)}

    def state_dict(self):
        return {"count": self.count, "rng": self.rng.bit_generator.state}

    def load_state_dict(self, state):
        self.count, self.rng.bit_generator.state = state["count"], state["rng"]


class IgnoresTheMask(Sound):
    def act(self, view, *, explore):
        return np.zeros(view.alive.shape, np.int64)


class LeavesTheActions(Sound):
    def act(self, view, *, explore):
        return np.full(view.alive.shape, -1)


class ReturnsFloats(Sound):
    def act(self, view, *, explore):
        return super().act(view, explore=explore).astype(np.float32)


class ReturnsOneAction(Sound):
    def act(self, view, *, explore):
        return super().act(view, explore=explore)[0]


class PeeksAtTheTruth(Sound):
    def act(self, view, *, explore):
        return super().act(view, explore=explore) if view.truth is None else ~view.alive + 3


class PeeksAtTheState(Sound):
    def act(self, view, *, explore):
        return super().act(view, explore=explore) if view.state is None else ~view.alive + 3


class ReturnsNothing(Sound):
    def learn(self, transition):
        self.count += 1


class ReturnsNaN(Sound):
    def learn(self, transition):
        return {"loss": float("nan")}


class ForgetsItsStream(Sound):
    def state_dict(self):
        return {"count": self.count, "rng": np.random.default_rng(0).bit_generator.state}


class ForgetsItsCount(Sound):
    def load_state_dict(self, state):
        self.rng.bit_generator.state = state["rng"]


class LendsItsState(Sound):
    def __init__(self, sizes, seed=0):
        super().__init__(sizes, seed)
        self.seen = np.zeros(1)

    def learn(self, transition):
        self.seen += 1
        return super().learn(transition)

    def state_dict(self):
        return super().state_dict() | {"seen": self.seen}

    def load_state_dict(self, state):
        super().load_state_dict(state)
        self.seen = state["seen"].copy()


class ActorSharesItsStream(Sound):
    def actor(self):
        return self


class ActorCounts(Sound):
    def actor(self):
        self.count += 1
        return super().actor()


class FavoursTheFirstSeat(Sound):
    sharing = "all"

    def act(self, view, *, explore):
        mask = view.action_mask
        last = np.where(mask, np.arange(mask.shape[-1]), -1).argmax(-1)
        return np.where(np.arange(mask.shape[1]) == 0, mask.argmax(-1), last)


class ReadsTheTruth(Sound):
    privileged = True


def test_the_sound_policy_conforms():
    check_policy(Sound)


def test_a_learner_that_has_not_learnt_in_time_is_warned_about():
    with pytest.warns(UserWarning, match="IQL told of no update within 20 steps"):
        check_policy(AGENTS["iql"], hidden_size=8)  # which waits for 10,000 transitions


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        (IgnoresTheMask, "one of the legal"),
        (LeavesTheActions, "one of the legal"),
        (ReturnsFloats, "must return int64, got float32"),
        (ReturnsOneAction, r"shape \[B, N\] = \(3, 4\), got shape \(4,\)"),
        (PeeksAtTheTruth, "must not depend on state or truth"),
        (PeeksAtTheState, "must not depend on state or truth"),
        (ReturnsNothing, "must return a dict"),
        (ReturnsNaN, "finite floats by name, got 'loss': nan"),
        (ForgetsItsStream, "must continue exactly"),
        (ForgetsItsCount, "must continue exactly"),
        (LendsItsState, "must continue exactly"),
        (ActorSharesItsStream, "must not change the learner"),
        (ActorCounts, "must not change the learner's state_dict"),
        (FavoursTheFirstSeat, "must be treated alike"),
        (ReadsTheTruth, "must be checked in its game"),
    ],
)
def test_a_broken_policy_is_caught(broken, message):
    with pytest.raises(AssertionError, match=message):
        check_policy(broken)
