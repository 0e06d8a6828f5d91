"""A world of random numbers to try policies on: nothing to learn, everything that can happen.

Agents die one by one, episodes end when nobody is left or are cut after `HORIZON` steps, slates and
masks change at every step. What happens does not depend on the actions, so that two policies meet
the same world; only the reward does.
"""

import numpy as np

from .contract import Sizes, Transition, View
from .layout import PlainLayout

NUM_ENVS, HORIZON, NUM_ITEMS = 3, 7, 5
SIZES = Sizes(
    num_agents=4,
    observation_size=8,
    num_actions=4,
    agent_names=("user_0", "user_1", "user_2", "user_3"),
    layout=PlainLayout(
        num_candidates=3,
        candidate={"similarity": slice(0, 1), "stock": slice(1, 2)},
        agent={"user": slice(0, 1), "time_left": slice(1, 2)},
    ),
    has_fixed_users=True,
)


class RandomWorld:
    """`view` now, and `step` to the next."""

    def __init__(self, sizes: Sizes = SIZES, seed: int = 0):
        self._sizes = sizes
        self._rng = np.random.default_rng(seed)
        self._time = 0
        everybody = np.ones((NUM_ENVS, sizes.num_agents), bool)
        self.view = self._draw(everybody)._replace(start=everybody[:, 0])

    def step(self, action: np.ndarray) -> Transition[np.ndarray]:
        """What came of `action` [B, N]; the reward is its number, with noise."""
        view, rng = self.view, self._rng
        alive: np.ndarray = view.alive
        leaves: np.ndarray = alive & (rng.random(alive.shape) < 0.1)
        stays: np.ndarray = alive & ~leaves
        self._time = (self._time + 1) % HORIZON
        is_cut = self._time == 0
        noise = rng.random(alive.shape)
        reward = np.where(alive, action + noise, 0).astype(np.float32)
        next_view = self._draw(stays)
        fresh = self._draw(np.ones_like(alive))
        over = np.logical_or(~stays.any(1), is_cut)
        items = None
        if fresh.items is not None and next_view.items is not None:
            items = _where(over, fresh.items, next_view.items)
        self.view = View(
            observation=_where(over, fresh.observation, next_view.observation),
            action_mask=_where(over, fresh.action_mask, next_view.action_mask),
            alive=_where(over, fresh.alive, stays),
            start=over,
            items=items,
            state=fresh.state,
        )
        return Transition(
            view=view,
            action=action,
            reward=reward,
            payoff=reward,
            terminated=leaves,
            truncated=stays & is_cut,
            next_view=next_view,
        )

    def _draw(self, alive: np.ndarray) -> View[np.ndarray]:
        sizes, rng = self._sizes, self._rng
        shape = (*alive.shape, sizes.num_actions)
        mask = rng.random(shape) < 0.6
        mask[..., -1] = True
        mask[~alive, :-1] = False
        observation = rng.standard_normal((*alive.shape, sizes.observation_size), dtype=np.float32)
        items = None
        if sizes.layout is not None:
            order = rng.random((*alive.shape, max(NUM_ITEMS, sizes.layout.num_candidates)))
            items = order.argsort(-1)[..., : sizes.layout.num_candidates]
        state = None
        if sizes.state_size:
            state = rng.standard_normal((len(alive), sizes.state_size), dtype=np.float32)
        return View(
            observation=np.where(alive[..., None], observation, np.float32(0)),
            action_mask=mask,
            alive=alive,
            start=np.zeros(len(alive), bool),
            items=items,
            state=state,
        )


def _where(rows: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.where(rows.reshape(-1, *(1,) * (x.ndim - 1)), x, y)
