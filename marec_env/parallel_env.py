"""The PettingZoo face of a scenario: one environment, dictionaries keyed by agent name.

It adds no dynamics: all that happens, happens in a `VectorEnv` with B = 1.
"""

import functools
from collections.abc import Mapping, Sequence
from typing import Any

import gymnasium
import numpy as np
from pettingzoo import ParallelEnv

from .arrays import Array
from .flags import is_any
from .rendering import FPS, MODES, Camera
from .timestep import Played, Timestep
from .vector_env import VectorEnv


class ScenarioParallelEnv(ParallelEnv):
    """Users' agents `user_0` ... `user_{N-1}` who pick from their slates, all at the same time.

    Actions 0 ... K-1 pick a candidate, K skips and is always legal. The mask of legal actions is in
    `infos[agent]["action_mask"]` (int8 [A]), in `action_mask(agent)` and, with
    `mask_in_observation`, in the observation, which is then a dictionary. An agent that leaves
    terminates, the horizon truncates. The info of its last step has an "episode": the metrics that
    are its own and, if the others end there too, those of all.
    """

    def __init__(
        self,
        vector_env: VectorEnv,
        render_mode: str | None = None,
        mask_in_observation: bool = False,
    ):
        if vector_env.num_envs != 1:
            raise ValueError(f"a PettingZoo env is one environment, got {vector_env.num_envs}")
        if render_mode not in (None, *MODES):
            known = ", ".join(MODES)
            raise ValueError(f"render_mode must be None or one of {known}, got {render_mode!r}")
        self.scenario = vector_env.scenario
        self.metadata = {"name": self.scenario.name, "render_modes": list(MODES)}
        self.metadata |= {"is_parallelizable": True, "render_fps": FPS}
        self.render_mode = render_mode
        self.mask_in_observation = mask_in_observation
        self.possible_agents = list(self.scenario.agent_names)
        self.agents: list[str] = []  # set by _seat only
        self._vec = vector_env
        self._now: Timestep | None = None
        self._camera = Camera(self.scenario, render_mode) if render_mode else None
        self._living: list[int] | None = None  # the seats of the agents; None: all of them
        self._nobody: dict[str, bool] = {}  # False by agent
        self._seats = {agent: n for n, agent in enumerate(self.possible_agents)}
        self._spaces: dict[str, tuple[gymnasium.Space, gymnasium.Space]] = {}

    def observation_space(self, agent: str) -> gymnasium.Space:
        """`Box` [S], or with `mask_in_observation` a `Dict` of it and the mask [A]."""
        return self._spaces_of(agent)[0]

    def action_space(self, agent: str) -> gymnasium.Space:
        """`Discrete` K + 1: pick one of K candidates, or skip."""
        return self._spaces_of(agent)[1]

    @functools.cached_property
    def state_space(self) -> gymnasium.Space:
        """`Box` [G] of `state()`."""
        return gymnasium.spaces.Box(-np.inf, np.inf, (self.scenario.state_size,), np.float32)

    def reset(
        self, seed: int | None = None, options: dict | None = None
    ) -> tuple[dict[str, Any], dict[str, dict]]:
        """Starts an episode: the first one of `seed`, or with None the next one."""
        now, is_over = self._now, not self.agents
        if seed is not None or now is None or not is_over:
            now = self._vec.reset(seed)
        else:  # the vector environment has begun the next episode already
            now = now._replace(info={})
        self._now = now
        if self._camera is not None:
            self._camera.begin(now)
        self._seat(self.possible_agents[:])
        mask = now.action_mask[0].view(np.int8)
        infos = {agent: {"action_mask": mask[n]} for n, agent in enumerate(self.agents)}
        return self._shown(now.observation[0], mask), infos

    def step(self, actions: Mapping[str, Any]) -> tuple[dict, dict, dict, dict, dict]:
        """One action of each living agent; an illegal one counts as a skip and is flagged.

        Raises:
            RuntimeError: if no episode is running.
            ValueError: if an agent is unknown or missing, or its action is not an integer.
        """
        joint = self._joint(actions)
        self._now = now = self._vec.step(joint)
        if self._camera is not None:
            self._camera.follow(now)
        agents, mask = self.agents, now.final_action_mask.view(np.int8)[0]
        observations = self._shown(now.final_observation[0], mask)
        rewards = self._by_name(now.reward)
        is_over = is_any(now.start)  # nothing is cut before
        is_leaving = is_any(now.terminated)
        nobody = self._nobody
        terminations = self._by_name(now.terminated) if is_leaving else nobody.copy()
        truncations = self._by_name(now.truncated) if is_over else nobody.copy()
        told = (mask, now.payoff.tolist()[0], now.info["item"].tolist()[0],
                now.info["illegal"].tolist()[0])  # fmt: skip
        if self._living is not None:
            told = tuple(map(self._of_living, told))
        infos: dict[str, dict] = {
            agent: {"action_mask": legal, "payoff": payoff, "item": item, "illegal": illegal}
            for agent, legal, payoff, item, illegal in zip(agents, *told, strict=True)
        }
        if is_over or is_leaving:
            leaving = agents if is_over else [agent for agent in agents if terminations[agent]]
            info = now.info if is_over else self._vec.report(np.ones(1, np.bool_))
            said = [(key, value) for key, value in info.items() if "/" in key]
            of_each = [(key, value[0]) for key, value in said if value.ndim > 1]
            of_all = {key: value[0] for key, value in said if is_over and value.ndim == 1}
            for agent in leaving:
                infos[agent]["episode"] = own = of_all.copy()
                seat = self._seats[agent]
                for key, value in of_each:
                    own[key] = value[seat]
            self._seat([agent for agent in agents if not (is_over or terminations[agent])])
        return observations, rewards, terminations, truncations, infos

    @property
    def timestep(self) -> Timestep:
        """The vector face's view of now; after the last step, of the next episode already.

        Raises:
            RuntimeError: before the first `reset`.
        """
        if self._now is None:
            raise RuntimeError("call reset first: there is no episode yet")
        return self._now

    @property
    def played(self) -> Played:
        """The last step, for explanation; raises RuntimeError if there is none yet."""
        return self._vec.played

    def state(self) -> Array:
        """What the agents jointly see, [G] float32; after the last step that of the last step."""
        vec = self._vec  # which has begun the next episode where nobody is left in this one
        return (vec.global_state() if self.agents else vec.final_global_state())[0]

    def action_mask(self, agent: str) -> Array:
        """Legal actions [A] int8 of `agent` now."""
        n, now = self._seat_of(agent), self.timestep
        mask = now.action_mask if self.agents else now.final_action_mask
        return mask[0, n].view(np.int8)

    def render(self) -> Array | str | None:
        """The last step: uint8 [H, W, 3] in mode "rgb_array", text in mode "ansi".

        In mode "human" it is shown in a window, at each reset and step, and None is returned.
        """
        if self._camera is None:
            gymnasium.logger.warn("render() does nothing: make the environment with render_mode")
            return None
        return self._camera.render()

    def close(self) -> None:
        """Closes the window of mode "human"."""
        if self._camera is not None:
            self._camera.close()

    def _spaces_of(self, agent: str) -> tuple[gymnasium.Space, gymnasium.Space]:
        if agent not in self._spaces:
            self._seat_of(agent)
            num_actions = self.scenario.num_actions
            size = self.scenario.layout.observation_size
            box: gymnasium.Space = gymnasium.spaces.Box(-np.inf, np.inf, (size,), np.float32)
            if self.mask_in_observation:
                mask = gymnasium.spaces.MultiBinary(num_actions)
                box = gymnasium.spaces.Dict(observation=box, action_mask=mask)
            self._spaces[agent] = box, gymnasium.spaces.Discrete(num_actions)
        return self._spaces[agent]

    def _seat(self, agents: list[str]) -> None:
        self.agents, self._nobody = agents, dict.fromkeys(agents, False)
        is_full = len(agents) == len(self.possible_agents)
        self._living = None if is_full else [self._seats[agent] for agent in agents]

    def _seat_of(self, agent: str) -> int:
        if agent not in self._seats:
            last = self.possible_agents[-1]
            raise ValueError(f"agent must be one of user_0 ... {last}, got {agent!r}")
        return self._seats[agent]

    def _joint(self, actions: Mapping[str, Any]) -> Array:
        """[1, N] int64; whoever has left skips."""
        if not self.agents:
            raise RuntimeError("call reset first: no episode is running")
        if type(actions) is not dict and not isinstance(actions, Mapping):  # the latter is slow
            raise ValueError(f"actions must be a dict by agent, got {type(actions).__name__}")
        if len(actions) != len(self.agents):
            for agent in actions:
                self._seat_of(agent)
        try:
            chosen = list(map(actions.__getitem__, self.agents))
        except KeyError as missing:
            raise ValueError(f"need an action of every living agent, none of {missing}") from None
        found = _integers(chosen, self.agents)
        if len(found) == len(self.possible_agents):
            return found[None]
        joint = np.full((1, len(self.possible_agents)), self.scenario.slate_size, np.int64)
        joint[0, [self._seats[agent] for agent in self.agents]] = found
        return joint

    def _shown(self, observation: Array, mask: Array) -> dict[str, Any]:
        rows = observation if self._living is None else self._of_living(observation)
        if self.mask_in_observation:
            pairs = zip(rows, self._of_living(mask), strict=True)
            rows = [{"observation": seen, "action_mask": legal} for seen, legal in pairs]
        return dict(zip(self.agents, rows, strict=True))

    def _by_name(self, values: Array) -> dict[str, Any]:
        rows = values.tolist()[0]
        if self._living is not None:
            rows = self._of_living(rows)
        return dict(zip(self.agents, rows, strict=True))

    def _of_living(self, rows: Sequence[Any] | Array) -> Sequence[Any] | Array:
        """Those of `rows`, one per seat, that belong to living agents."""
        return rows if self._living is None else [rows[n] for n in self._living]


def _integers(actions: list, agents: list[str]) -> Array:
    """Scalars or arrays without axes as int64; what int64 cannot hold, as -1."""
    try:
        found = np.array(actions)
    except ValueError:  # arrays of several shapes
        found = np.array(None)
    if found.dtype.kind == "i" and found.ndim == 1:
        return found
    for agent, action in zip(agents, actions, strict=True):
        value = np.asarray(action)
        is_large = isinstance(action, int) and not isinstance(action, bool)
        if value.ndim or not (value.dtype.kind in "iu" or is_large):
            raise ValueError(f"action of {agent!r} must be an integer, got {action!r}")
    return np.array([a if abs(a := int(action)) < 2**63 else -1 for action in actions])
