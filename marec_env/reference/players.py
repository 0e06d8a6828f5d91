"""Reference players: what an environment is worth to somebody who knows it.

They meet the contract of a policy by structure: `act(view, *, explore)`, built as
`cls(scenario, seed=...)`. They are privileged: they read `view.truth`, the game with its hidden
state and its future draws, and `view.action_mask`. `kind` says whether a player does what its name
promises exactly, or only as well as is known.

    random          uniform over legal items; skips only if there is none
    greedy          the highest similarity s(e_u, e_i)
    greedy_public   the highest s min(1, B_i / n) min(n, B_i)^-beta, n the load of the last step
    myopic          the highest v_ui = s r_ui, as if alone
    nash            a pure equilibrium of the step
    step_optimum    the joint picks of highest welfare at this step
    clairvoyant     the joint picks of highest welfare over the episode, future slates known

Only `clairvoyant` looks beyond the step. Ties go to the first candidate.
"""

import abc
from typing import Any

import numpy as np

from ..arrays import Array
from ..models.congestion import crowd_factor
from ..models.stage import Stage
from .equilibrium import equilibrium
from .optimum import clairvoyant, step_optimum
from .solution import Kind
from .transportation import is_exact


class Player(abc.ABC):
    """Chooses for all N agents of one copy; a batch is played copy by copy."""

    privileged = True

    def __init__(self, scenario: Any, seed: int = 0):
        self.scenario = scenario
        self.seed = seed

    @property
    def kind(self) -> Kind:
        """Whether the player does exactly what it promises."""
        return "exact"

    def act(self, view: Any, *, explore: bool) -> Array:
        """Legal actions [B, N] int64; there is one way to play, so `explore` changes nothing.

        Raises:
            ValueError: if the view has no truth.
        """
        del explore
        scenario, state, _ = _truth(view)
        return np.stack(
            [
                self.choose(scenario.stage(state, b)._replace(legal=mask[:, :-1]))
                for b, mask in enumerate(view.action_mask)
            ]
        )

    @abc.abstractmethod
    def choose(self, stage: Stage) -> Array:
        """Joint choice [N] int64 for one copy."""


class Random(Player):
    """Uniform over the legal items."""

    def __init__(self, scenario: Any, seed: int = 0):
        super().__init__(scenario, seed)
        self._rng = np.random.default_rng(seed)

    def act(self, view: Any, *, explore: bool) -> Array:
        """Needs no truth: the mask says it all."""
        del explore
        legal = view.action_mask[..., :-1]
        return _best(self._rng.random(legal.shape), legal)

    def choose(self, stage: Stage) -> Array:
        """The same for one copy."""
        return _best(self._rng.random(stage.legal.shape), stage.legal)


class Greedy(Player):
    """What the agent can see: the most similar item."""

    def choose(self, stage: Stage) -> Array:
        """Highest similarity."""
        return _best(stage.similarity, stage.legal)


class GreedyPublic(Player):
    """The most similar item, discounted by stock and crowd as if the last load came again."""

    def choose(self, stage: Stage) -> Array:
        """Highest similarity times the public factors."""
        load = np.maximum(stage.load, 1)
        factor = np.minimum(1.0, stage.stock / load)
        factor = factor * crowd_factor(np.minimum(load, stage.stock), stage.beta)
        return _best(stage.similarity * factor[stage.slot], stage.legal)


class Myopic(Player):
    """Knows its user's ratings and nothing of the others."""

    def choose(self, stage: Stage) -> Array:
        """Highest own value."""
        return _best(stage.value, stage.legal)


class Nash(Player):
    """Nobody gains by choosing otherwise alone."""

    @property
    def kind(self) -> Kind:
        """With affinity and crowds there may be no equilibrium to find."""
        rationing = getattr(self.scenario, "rationing", "random")
        return "exact" if rationing == "random" or _beta(self.scenario) == 0 else "best known"

    def choose(self, stage: Stage) -> Array:
        """A pure equilibrium."""
        return equilibrium(stage).choice


class StepOptimum(Player):
    """Everybody together, for now."""

    @property
    def kind(self) -> Kind:
        """Between no crowding and equal sharing, small steps are still solved exactly."""
        return "exact" if is_exact(_beta(self.scenario)) else "best known"

    def choose(self, stage: Stage) -> Array:
        """Highest welfare."""
        return step_optimum(stage).choice


class Clairvoyant(Player):
    """Everybody together, for the whole episode; plans anew where others upset the plan."""

    def __init__(self, scenario: Any, seed: int = 0):
        super().__init__(scenario, seed)
        self._plans: dict[int, tuple[int, Array]] = {}  # copy -> first step, choices [T, N]

    @property
    def kind(self) -> Kind:
        """As for a step, without the small exceptions."""
        return "exact" if is_exact(_beta(self.scenario)) else "best known"

    def act(self, view: Any, *, explore: bool) -> Array:
        """The plan's choices; planned anew in mid-episode and where others have upset the plan."""
        del explore
        scenario, state, streams = _truth(view)
        choices = []
        for b, starts in enumerate(view.start):
            step = int(state.step[b])
            first, choice = self._plans.get(b, (step, None))
            if (
                starts
                or choice is None
                or not _are_legal(choice[step - first], view.action_mask[b])
            ):
                first, choice = step, clairvoyant(scenario.stages(state, streams, b)).choice
                self._plans[b] = first, choice
            choices.append(choice[step - first])
        return np.stack(choices)

    def choose(self, stage: Stage) -> Array:
        """A game of one step: its optimum."""
        return clairvoyant([stage]).choice[0]


def _beta(scenario: Any) -> float:
    """The congestion exponent; a game that does not name one has no crowds."""
    return getattr(scenario, "beta", 0.0)


def _truth(view: Any) -> Any:
    if view.truth is None:
        raise ValueError("a reference player needs view.truth, got None; it is privileged")
    return view.truth


def _are_legal(choice: Array, action_mask: Array) -> bool:
    """Whether every agent's choice [N] is legal by its mask [N, A]."""
    return bool(action_mask[np.arange(len(choice)), choice].all())


def _best(score: Array, legal: Array) -> Array:
    """The legal candidate of highest score [..., K], K where none is legal: [...] int64."""
    best = np.where(legal, score, -np.inf).argmax(-1)
    return np.where(legal.any(-1), best, legal.shape[-1])


PLAYERS: dict[str, type[Player]] = {
    "random": Random,
    "greedy": Greedy,
    "greedy_public": GreedyPublic,
    "myopic": Myopic,
    "nash": Nash,
    "step_optimum": StepOptimum,
    "clairvoyant": Clairvoyant,
}
