"""What every policy must honour: a public conformance suite, for policies of your own as well.

    check_policy(MyPolicy)
    check_policy(MyLearner, rollout_steps=4)        constants that make it learn within 20 steps

It plays a small world of random numbers in which agents die, episodes end and are cut, and slates
change. Each check stands alone and raises an AssertionError of one sentence; a learner that tells
of no update in so short a time gets a warning. Privileged players need a real game and cannot be
checked here.
"""

import copy
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from .contract import Sizes, View, actor_of
from .random_world import SIZES, RandomWorld

NUM_STEPS = 20
STATE_SIZE = 5  # of the world that learners with a central state meet
Make = Callable[[], Any]


def check_policy(
    policy_class: Callable[..., Any], sizes: Sizes | None = None, **constants: Any
) -> None:
    """All checks that apply to `policy_class(sizes, seed=..., **constants)`.

    Args:
        policy_class: what is to be checked.
        sizes: of the world to play; four agents with a slate of three if not given.
        constants: passed on.

    Raises:
        AssertionError: says what was expected of the policy and what it did.
    """
    sizes = sizes or SIZES
    if getattr(policy_class, "is_central", False) and sizes.state_size == 0:
        sizes = sizes._replace(state_size=STATE_SIZE)

    def make(**others: Any) -> Any:
        return policy_class(sizes, seed=5, **constants | others)

    policy = make()
    if getattr(policy, "privileged", False):
        raise AssertionError("a privileged player must be checked in its game, not by check_policy")
    check_plays_legal_actions(make, sizes)
    check_ignores_state_and_truth(make, sizes)
    if hasattr(policy, "learn"):
        check_learns_from_every_step(make, sizes)
        check_resumes_exactly(make, sizes)
        check_evaluation_changes_nothing(make, sizes)
    if getattr(policy, "sharing", None) == "all":
        anonymous = {"agent_id": False} if hasattr(policy, "agent_id") else {}
        check_treats_agents_alike(lambda: make(**anonymous), sizes)


def check_plays_legal_actions(make: Make, sizes: Sizes) -> None:
    """`act` returns legal int64 actions [B, N] for the living, exploring or not."""
    policy, world = make(), RandomWorld(sizes)
    for step in range(NUM_STEPS):
        view = world.view
        action = policy.act(view, explore=step % 2 == 0)
        shape = view.alive.shape
        _expect(
            isinstance(action, np.ndarray) and action.shape == shape,
            f"act must return an array of shape [B, N] = {shape}, got shape {np.shape(action)}",
        )
        _expect(action.dtype == np.int64, f"act must return int64, got {action.dtype}")
        inside = (action >= 0) & (action < sizes.num_actions)
        chosen = np.where(inside, action, 0)[..., None]
        is_legal: np.ndarray = inside & np.take_along_axis(view.action_mask, chosen, -1)[..., 0]
        wrong = np.argwhere(view.alive & ~is_legal)
        if len(wrong):
            b, n = wrong[0]
            legal = np.flatnonzero(view.action_mask[b, n]).tolist()
            raise AssertionError(f"act must return one of the legal {legal}, got {action[b, n]}")
        world.step(np.where(is_legal, action, sizes.num_actions - 1))


def check_ignores_state_and_truth(make: Make, sizes: Sizes) -> None:
    """A policy that is not privileged plays the same whatever `truth` says, and `state` too."""
    plain, tempted = make(), make()
    world, rng = RandomWorld(sizes), np.random.default_rng(0)
    for _ in range(NUM_STEPS):
        view = world.view
        changed = view._replace(truth=rng.random(3))
        state = rng.random((len(view.start), max(1, sizes.state_size)), dtype=np.float32)
        changed = changed._replace(state=state)
        action = plain.act(view, explore=True)
        _expect(
            _equal(tempted.act(changed, explore=True)[view.alive], action[view.alive]),
            "act must not depend on state or truth unless the class says privileged = True",
        )
        world.step(action)


def check_learns_from_every_step(make: Make, sizes: Sizes) -> None:
    """`learn` follows every exploring act once, and returns finite numbers by name."""
    policy, world, has_learnt = make(), RandomWorld(sizes), False
    for _ in range(NUM_STEPS):
        metrics = policy.learn(world.step(policy.act(world.view, explore=True)))
        _expect(isinstance(metrics, dict), f"learn must return a dict, got {type(metrics)}")
        for name, value in metrics.items():
            _expect(
                isinstance(name, str) and isinstance(value, float) and np.isfinite(value),
                f"learn must return finite floats by name, got {name!r}: {value!r}",
            )
        has_learnt = has_learnt or bool(metrics)
    if not has_learnt:
        warnings.warn(
            f"{type(policy).__name__} told of no update within {NUM_STEPS} steps, so that nothing "
            "is known of its updates; pass constants with which it learns sooner",
            stacklevel=2,
        )


def check_resumes_exactly(make: Make, sizes: Sizes) -> None:
    """What `state_dict` gave continues, in a new object, as if nothing had happened."""
    whole, world = make(), RandomWorld(sizes)
    _play(whole, world, NUM_STEPS)
    state, resumed, same_world = whole.state_dict(), make(), RandomWorld(sizes)
    for _ in range(NUM_STEPS):
        same_world.step(np.zeros(same_world.view.alive.shape, np.int64))
    expected = _play(whole, world, NUM_STEPS)  # before loading: the state must be a copy
    resumed.load_state_dict(state)
    same = _equal(_play(resumed, same_world, NUM_STEPS), expected)
    same = same and _equal(resumed.state_dict(), whole.state_dict())
    _expect(same, "a learner loaded from state_dict must continue exactly as the one it is from")


def check_evaluation_changes_nothing(make: Make, sizes: Sizes) -> None:
    """Whether `actor()` plays in between or not, training is the same to the last bit."""
    undisturbed, evaluated = make(), make()
    if not hasattr(evaluated, "actor"):
        return
    world, same_world, other = RandomWorld(sizes), RandomWorld(sizes), RandomWorld(sizes, seed=1)
    for _ in range(4):
        expected = _play(undisturbed, world, NUM_STEPS // 4)
        played = _play(evaluated, same_world, NUM_STEPS // 4)
        _expect(_equal(played, expected), "what actor() plays must not change the learner")
        actor = evaluated.actor()
        for explore in (True, False):
            other.step(actor.act(other.view, explore=explore))
    _expect(
        _equal(evaluated.state_dict(), undisturbed.state_dict()),
        "what actor() plays must not change the learner's state_dict",
    )


def check_treats_agents_alike(make: Make, sizes: Sizes) -> None:
    """With shared weights and no agent id, agents that change seats change actions with them."""
    policy = make()
    if hasattr(policy, "learn"):
        _play(policy, RandomWorld(sizes), NUM_STEPS)
    one, other = (actor_of(copy.deepcopy(policy)) for _ in range(2))  # each may remember its seats
    world = RandomWorld(sizes, seed=1)
    seats = np.roll(np.arange(sizes.num_agents), 1)
    for _ in range(NUM_STEPS):
        view = world.view
        moved = View(
            observation=view.observation[:, seats],
            action_mask=view.action_mask[:, seats],
            alive=view.alive[:, seats],
            start=view.start,
            items=None if view.items is None else view.items[:, seats],
        )
        action = one.act(view, explore=False)
        _expect(
            _equal(other.act(moved, explore=False)[moved.alive], action[:, seats][moved.alive]),
            "agents that share all weights must be treated alike, whatever their seats",
        )
        world.step(action)


def _play(policy: Any, world: RandomWorld, num_steps: int) -> list[np.ndarray]:
    """Actions of the living."""
    actions = []
    for _ in range(num_steps):
        alive = world.view.alive
        action = policy.act(world.view, explore=True)
        policy.learn(world.step(action))
        actions.append(action[alive])
    return actions


def _equal(a: Any, b: Any) -> bool:
    """Exact equality of nested dicts and lists of arrays, tensors and plain values."""
    if isinstance(a, dict):
        return isinstance(b, dict) and a.keys() == b.keys() and all(_equal(a[k], b[k]) for k in a)
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(map(_equal, a, b))
    return np.array_equal(np.asarray(a), np.asarray(b))


def _expect(is_met: bool | np.bool_, otherwise: str) -> None:
    """An assertion that `python -O` keeps."""
    if not is_met:
        raise AssertionError(otherwise)
