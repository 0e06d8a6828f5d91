"""Worlds of a few lines whose best play, or true value, is known."""

import numpy as np

from agents import Sizes, Transition, View
from agents.layout import PlainLayout

NAMES = ("user_0", "user_1")


class Bandit:
    """Each agent sees three candidates and is paid the first column of its pick; a skip pays 0.

    Best play earns E max of three uniform numbers = 3/4, uniform picks earn 1/2.
    """

    sizes = Sizes(
        num_agents=2,
        observation_size=8,
        num_actions=4,
        agent_names=NAMES,
        layout=PlainLayout(
            3, {"worth": slice(0, 1), "noise": slice(1, 2)}, {"time_left": slice(0, 2)}
        ),
    )

    def __init__(self, num_envs: int = 16, seed: int = 0):
        self._rng = np.random.default_rng(seed)
        self._num_envs = num_envs
        self.view = self._look()

    def _look(self) -> View[np.ndarray]:
        shape = (self._num_envs, 2)
        return View(
            observation=self._rng.random((*shape, 8), dtype=np.float32),
            action_mask=np.ones((*shape, 4), bool),
            alive=np.ones(shape, bool),
            start=np.ones(self._num_envs, bool),
            items=np.tile(np.arange(3), (*shape, 1)),
        )

    def step(self, action: np.ndarray) -> Transition[np.ndarray]:
        """An episode of one step."""
        view = self.view
        worth = np.pad(view.observation[..., :6:2], ((0, 0), (0, 0), (0, 1)))  # [B, N, A]
        reward = np.take_along_axis(worth, action[..., None], -1)[..., 0]
        self.view = self._look()
        cut = np.ones_like(view.alive)
        return Transition(view, action, reward, reward, ~cut, cut, self.view)


class Clock:
    """Pays 1 at each of T steps; the observation is the time, one-hot; nothing depends on actions.

    With discount g the start is worth (1 - g^T) / (1 - g), and 1 / (1 - g) to who thinks that the
    cut episode goes on.
    """

    def __init__(self, horizon: int = 5, num_envs: int = 8, is_terminal: bool = False):
        self.sizes = Sizes(2, horizon, 2, agent_names=NAMES)
        self._horizon, self._num_envs, self._is_terminal = horizon, num_envs, is_terminal
        self._time = 0
        self.view = self._look(0)

    def _look(self, time: int) -> View[np.ndarray]:
        shape = (self._num_envs, 2)
        observation = np.zeros((*shape, self._horizon), np.float32)
        observation[..., time] = 1
        return View(
            observation=observation,
            action_mask=np.ones((*shape, 2), bool),
            alive=np.ones(shape, bool),
            start=np.full(self._num_envs, time == 0),
        )

    def step(self, action: np.ndarray) -> Transition[np.ndarray]:
        """One tick."""
        view = self.view
        self._time = (self._time + 1) % self._horizon
        self.view = self._look(self._time)
        over = np.full(action.shape, self._time == 0)
        never = np.zeros(action.shape, bool)
        ends, cuts = (over, never) if self._is_terminal else (never, over)
        reward = np.ones(action.shape, np.float32)
        return Transition(view, action, reward, reward, ends, cuts, self.view)


class Corridor:
    """Five cells; right is +1 cell, left is -1, and a wall masks the step into it.

    The last cell pays 1 and ends the episode, after 20 steps it is cut. With discount g, cell i is
    worth g^(3 - i) under the best play.
    """

    sizes = Sizes(2, 5, 2, agent_names=NAMES)  # action 0 is left, 1 is right

    def __init__(self, num_envs: int = 8):
        self._cell = np.zeros((num_envs, 2), np.int64)
        self._time = np.zeros((num_envs, 2), np.int64)
        self.view = self._look(self._cell)

    def _look(self, cell: np.ndarray) -> View[np.ndarray]:
        mask = np.ones((*cell.shape, 2), bool)
        mask[..., 0] = cell > 0
        return View(
            observation=np.eye(5, dtype=np.float32)[cell],
            action_mask=mask,
            alive=np.ones(cell.shape, bool),
            start=np.zeros(len(cell), bool),
        )

    def step(self, action: np.ndarray) -> Transition[np.ndarray]:
        """Each agent walks its own corridor, and starts again on its own."""
        view, cell = self.view, self._cell + 2 * action - 1
        self._time += 1
        ends = cell == 4
        cuts = ~ends & (self._time == 20)
        self._cell = np.where(ends | cuts, 0, cell)
        self._time[ends | cuts] = 0
        self.view = self._look(self._cell)
        reward = ends.astype(np.float32)
        return Transition(view, action, reward, reward, ends, cuts, self._look(cell))


class Cue:
    """Two candidates of kinds -1 and 1, in drawn order; picking the kind one likes may pay 1.

    An episode has three steps. At the first an agent is told what it likes, at the last it is paid
    for it; copies are at different steps. Who forgets earns 1/2 at the last step, and 1/6 a step.
    """

    sizes = Sizes(
        num_agents=2,
        observation_size=4,
        num_actions=3,
        agent_names=NAMES,
        layout=PlainLayout(2, {"kind": slice(0, 1)}, {"likes": slice(0, 1), "time": slice(1, 2)}),
    )

    def __init__(self, num_envs: int = 16, seed: int = 0):
        self._rng = np.random.default_rng(seed)
        self._time = np.arange(num_envs) % 3
        self._likes = self._signs((num_envs, 2))
        self.view = self._look()

    def _signs(self, shape: tuple[int, ...]) -> np.ndarray:
        return self._rng.choice(np.array([-1, 1], np.float32), shape)

    def _look(self) -> View[np.ndarray]:
        time = np.broadcast_to(self._time[:, None], self._likes.shape)
        first = self._signs(time.shape)
        observation = [first, -first, np.where(time == 0, self._likes, 0), time]
        return View(
            observation=np.stack(observation, -1).astype(np.float32),
            action_mask=np.ones((*time.shape, 3), bool),
            alive=np.ones(time.shape, bool),
            start=self._time == 0,
        )

    def step(self, action: np.ndarray) -> Transition[np.ndarray]:
        """One of the three."""
        view = self.view
        kind = np.pad(view.observation[..., :2], ((0, 0), (0, 0), (0, 1)))  # a skip is of none
        picked = np.take_along_axis(kind, action[..., None], -1)[..., 0]
        ends = np.broadcast_to(self._time[:, None] == 2, action.shape)
        reward = (ends & (picked == self._likes)).astype(np.float32)
        self._likes = np.where(ends, self._signs(action.shape), self._likes)
        self._time = (self._time + 1) % 3
        self.view = self._look()
        return Transition(view, action, reward, reward, ends, ends & False, self.view)


class MatrixGame:
    """Both agents get the payoff of the cell they choose; episodes of 25 steps, nothing to see."""

    def __init__(self, payoff: np.ndarray, num_envs: int = 16):
        self._payoff = payoff.astype(np.float32)
        self._time, self._num_envs = 0, num_envs
        self.sizes = Sizes(2, 1, len(payoff), agent_names=NAMES)
        shape = (num_envs, 2)
        self.view = View(
            observation=np.ones((*shape, 1), np.float32),
            action_mask=np.ones((*shape, len(payoff)), bool),
            alive=np.ones(shape, bool),
            start=np.zeros(num_envs, bool),
        )

    def step(self, action: np.ndarray) -> Transition[np.ndarray]:
        """One round."""
        self._time += 1
        reward = np.repeat(self._payoff[action[:, 0], action[:, 1]][:, None], 2, 1)
        cut = np.full(action.shape, self._time % 25 == 0)
        return Transition(self.view, action, reward, reward, ~cut & False, cut, self.view)


class Told(MatrixGame):
    """The same game, of which the state says nothing but that it is one."""

    def __init__(self, payoff: np.ndarray, num_envs: int = 16):
        super().__init__(payoff, num_envs)
        self.sizes = self.sizes._replace(state_size=1)
        self.view = self.view._replace(state=np.ones((num_envs, 1), np.float32))


def penalty(k: float) -> np.ndarray:
    """Who misses the other's corner pays k: 10 is best, and 2 is safe."""
    return np.array([[k, 0, 10], [0, 2, 0], [10, 0, k]], float)


CLIMBING = np.array([[11, -30, 0], [-30, 7, 0], [0, 6, 5]], float)
KNOWN_ENDS = [  # of policy gradients: the game, a bonus for entropy that falls to 0, the payoff
    (CLIMBING, 0.6, 7),  # none of the two gains by leaving alone; without curiosity 5 or 6
    (penalty(0), 0.0, 10),
    (penalty(-25), 0.0, 2),
]


def ends_of(learner_class, payoff: np.ndarray, bonus: float) -> float:
    """What two learners are paid after 1,000 steps of 16 games, with their best actions."""
    is_central = getattr(learner_class, "is_central", False)
    world = Told(payoff) if is_central else MatrixGame(payoff)
    learner = learner_class(
        world.sizes,
        sharing="none",
        discount=0.0,
        hidden_size=16,
        rollout_steps=5,
        learning_rate=1e-2,
        learning_rate_end=1e-2,
        entropy_bonus=bonus,
        entropy_bonus_end=0.0,
        entropy_bonus_steps=12_000,
    )
    train(learner, world, 1_000)
    return mean_reward(learner.actor(), world, 1)


def train(learner, world, num_steps: int) -> dict[str, float]:
    """Plays and learns; returns the last metrics of an update."""
    last = {}
    for _ in range(num_steps):
        metrics = learner.learn(world.step(learner.act(world.view, explore=True)))
        last = metrics or last
    return last


def mean_reward(policy, world, num_steps: int, explore: bool = False) -> float:
    """Of evaluation play."""
    return float(
        np.mean(
            [
                world.step(policy.act(world.view, explore=explore)).reward.mean()
                for _ in range(num_steps)
            ]
        )
    )
