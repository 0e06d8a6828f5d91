"""The Gymnasium face of a scenario: one user's agent, and a fixed policy for all others.

To this one agent the others are a part of its environment. Nothing is added to the game: at every
step the policy acts for all on what they see, the own action takes its place among theirs, and the
PettingZoo face plays the joint action.
"""

import copy
from typing import Any

import gymnasium
import numpy as np

from .arrays import Array
from .parallel_env import ScenarioParallelEnv
from .policy import Policy, act, look
from .reference.players import PLAYERS
from .timestep import Played

_LARGEST = float(np.finfo(np.float32).max)  # an infinite bound would say that infinity may be seen


class SingleAgentEnv(gymnasium.Env[Array, int]):
    """The agent of one user.

    Actions 0 ... K-1 pick a candidate, K skips and is always legal; an illegal one counts as a skip
    and is flagged. The mask is in `info["action_mask"]` (int8 [A]) and in `action_masks()` (bool),
    where sb3-contrib looks for it. An episode terminates when the own agent leaves and is truncated
    at the horizon; there `info["metrics"]` has those of the whole episode, or where the others go
    on, its own.
    """

    def __init__(
        self,
        env: ScenarioParallelEnv,
        agent: str = "user_0",
        others: str | Policy = "greedy",
        explore: bool = False,
    ):
        is_known = others in PLAYERS if isinstance(others, str) else hasattr(others, "act")
        if not is_known or isinstance(others, type):
            raise ValueError(
                f"others must be one of {', '.join(PLAYERS)} or an object with "
                f"act(view, *, explore), got {others!r}"
            )
        if isinstance(others, str) and not PLAYERS[others].plays(env.scenario):
            raise ValueError(
                f"others must play {env.scenario.name}, {others} has nothing to go by there"
            )
        space = env.action_space(agent)
        assert isinstance(space, gymnasium.spaces.Discrete)
        self.action_space = space
        size = env.scenario.observation_size
        self.observation_space = gymnasium.spaces.Box(-_LARGEST, _LARGEST, (size,), np.float32)
        self.metadata = env.metadata
        self.render_mode = env.render_mode
        self.agent = agent
        self.scenario = env.scenario
        self.possible_agents = env.possible_agents
        self._env = env
        self._others = others
        self._explore = explore
        self._policy: Policy | None = None  # what acts for the others, from the first reset on
        self._is_over = True

    def reset(
        self, *, seed: int | None = None, options: dict | None = None
    ) -> tuple[Array, dict[str, Any]]:
        """Starts an episode: the first one of `seed`, or with None the next one.

        With a seed the others begin anew as well: a player that is named is seeded with it, an
        object plays by its `actor()` or by a copy of itself.

        Raises:
            ValueError: if there are options; there are none to choose from.
        """
        super().reset(seed=seed)
        if options:
            raise ValueError(f"options must be empty, got {options!r}")
        if seed is None and self._policy is None:
            seed = int(self.np_random.integers(2**32))
        if seed is not None:
            self._policy = self._anew(seed)
        observations, infos = self._env.reset(seed)
        self._is_over = False
        return observations[self.agent].copy(), _told(infos[self.agent])

    def step(self, action: Any) -> tuple[Array, float, bool, bool, dict[str, Any]]:
        """Plays `action` together with those of the others.

        Raises:
            RuntimeError: if no episode is running.
            ValueError: if the action is not an integer, or the others' are not legal.
        """
        if self._is_over or self._policy is None:
            raise RuntimeError("call reset first: no episode is running")
        env, agent = self._env, self.agent
        joint = act(self._policy, look(env.timestep, self._policy), explore=self._explore)[0]
        actions = dict(zip(env.possible_agents, joint.tolist(), strict=True)) | {agent: action}
        observations, rewards, terminations, truncations, infos = env.step(actions)
        self._is_over = terminations[agent] or truncations[agent]
        return (
            observations[agent].copy(),
            rewards[agent],
            terminations[agent],
            truncations[agent],
            _told(infos[agent]),
        )

    @property
    def played(self) -> Played:
        """The last step of all agents, for explanation; raises RuntimeError if there is none."""
        return self._env.played

    def action_masks(self) -> Array:
        """Legal actions [A] bool of the own agent now."""
        return self._env.action_mask(self.agent).astype(np.bool_)

    def render(self) -> Any:
        """The last step of all agents, as the PettingZoo face shows it."""
        return self._env.render()

    def close(self) -> None:
        """Closes the PettingZoo face."""
        self._env.close()

    def _anew(self, seed: int) -> Policy:
        if isinstance(self._others, str):
            return PLAYERS[self._others](self._env.scenario, seed=seed)
        actor = getattr(self._others, "actor", None)  # else a copy, replay and all
        return actor() if actor else copy.deepcopy(self._others)


def _told(info: dict[str, Any]) -> dict[str, Any]:
    """The agent's own; "episode" is taken: wrappers keep their statistics there."""
    told = info | {"action_mask": info["action_mask"].copy()}
    if "episode" in told:
        told["metrics"] = told.pop("episode")
    return told
