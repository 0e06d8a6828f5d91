"""Reference players: what an environment is worth to somebody who knows it.

They meet the contract of a policy by structure: `act(view, *, explore)`, built as
`cls(scenario, seed=...)`. They are privileged: they read `view.truth`, the game with its hidden
state and its future draws, and `view.action_mask`. `kind` says whether what a player has done so
far is exactly what its name promises, or only as well as is known.

    random          uniform over legal items; skips only if there is none
    greedy          the highest similarity s(e_u, e_i)
    greedy_public   the highest s times the public factors of the game, e.g. of stock and crowds
    popularity      the item most often rated; this and the next two in by_item.py
    item_knn        the highest s times a rating predicted from similar items
    user_knn        the highest s times a rating predicted from similar users
    myopic          the highest own payoff, as if alone
    nash            a pure equilibrium of the step
    step_optimum    the joint picks of highest welfare at this step
    msvv            the highest own payoff, shaded by what budgets have spent (pacing.py)
    dual_pacing     the highest payoff less the price of what is scarce (pacing.py)
    clairvoyant     the joint picks of highest welfare over the episode, future slates known

The last three look beyond the step. Some games have nothing that a player could go by (`plays`).
Ties go to the first candidate.
"""

from typing import Any, NamedTuple

import numpy as np

from ..arrays import Array
from ..nested import only
from ..stages import Stage
from .by_item import ItemKnn, Popularity, UserKnn
from .equilibrium import equilibrium
from .optimum import step_optimum
from .pacing import DualPacing, Msvv
from .planning import best_plan
from .player import Player, StagePlayer, best, truth
from .simulation import offered


class Random(Player):
    """Uniform over the legal items."""

    def __init__(self, scenario: Any, seed: int = 0):
        super().__init__(scenario, seed)
        self._rng = np.random.default_rng(seed)

    def act(self, view: Any, *, explore: bool) -> Array:
        """Needs no truth: the mask says it all."""
        del explore
        legal = view.action_mask[..., :-1]
        return best(self._rng.random(legal.shape), legal)

    def state_dict(self) -> dict[str, Any]:
        """What decides the future draws."""
        return {"rng": self._rng.bit_generator.state}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """The exact inverse of `state_dict`."""
        self._rng.bit_generator.state = state["rng"]


class Greedy(StagePlayer):
    """What the agent can see: the most similar item."""

    def choose(self, stage: Stage) -> Array:
        """Highest similarity."""
        return best(stage.similarity, stage.legal)


class GreedyPublic(StagePlayer):
    """The most similar item, discounted by what everybody can see, e.g. stock and crowds."""

    def choose(self, stage: Stage) -> Array:
        """Highest similarity times the public factors."""
        return best(stage.similarity * stage.public_factor, stage.legal)


class Myopic(StagePlayer):
    """Knows its user's ratings and nothing of the others."""

    def choose(self, stage: Stage) -> Array:
        """Highest own payoff."""
        return stage.favourites


class Nash(StagePlayer):
    """Nobody gains by choosing otherwise alone."""

    def choose(self, stage: Stage) -> Array:
        """A pure equilibrium."""
        found = equilibrium(stage)
        self._note(found.kind)
        return found.choice


class StepOptimum(StagePlayer):
    """Everybody together, for now."""

    def choose(self, stage: Stage) -> Array:
        """Highest welfare."""
        found = step_optimum(stage)
        self._note(found.kind)
        return found.choice


class Plan(NamedTuple):
    """For the rest of an episode of one copy."""

    episode: tuple[int, int]  # seed of the copy, and number of its episode
    first: int  # its first step
    choice: Array  # [T', N] int64
    slots: Array | None  # of the slates it foresees, [T', N, K]; None where no pick changes them

    def holds(self, episode: tuple[int, int], step: int, slots: Array, action_mask: Array) -> bool:
        """Whether its choice for `step` is legal by a mask [N, A], and of the slates it is for."""
        if episode != self.episode or step < self.first:
            return False
        now = step - self.first
        is_foreseen = self.slots is None or np.array_equal(self.slots[now], slots)
        seats = np.arange(len(action_mask))
        return is_foreseen and bool(action_mask[seats, self.choice[now]].all())


class Clairvoyant(Player):
    """Everybody together, for the whole episode; plans anew where it can no longer be followed."""

    def __init__(self, scenario: Any, seed: int = 0):
        super().__init__(scenario, seed)
        self._plans: dict[int, Plan] = {}  # of each copy

    def act(self, view: Any, *, explore: bool) -> Array:
        """The plan's choices; planned anew in mid-episode and where it has become illegal."""
        del explore
        scenario, state, streams = truth(view)
        choices = []
        for b, starts in enumerate(view.start):
            step, plan = int(state.step[b]), self._plans.get(b)
            slots, mask = state.slate.slots[b], view.action_mask[b]
            episode = int(streams.seed[b]), int(streams.episode[b])
            if starts or plan is None or not plan.holds(episode, step, slots, mask):
                plan = self._plans[b] = self._plan(scenario, state, streams, b)
            choices.append(plan.choice[step - plan.first])
        return np.stack(choices)

    def _plan(self, scenario: Any, state: Any, streams: Any, b: int) -> Plan:
        found = best_plan(scenario, state, streams, b)
        self._note(found.kind)
        slots = None
        if not scenario.has_exogenous_slates:
            slots = offered(scenario, only(state, b), streams.only([b]), found.choice)
        episode = int(streams.seed[b]), int(streams.episode[b])
        return Plan(episode, int(state.step[b]), found.choice, slots)


PLAYERS: dict[str, type[Player]] = {
    "random": Random,
    "greedy": Greedy,
    "greedy_public": GreedyPublic,
    "popularity": Popularity,
    "item_knn": ItemKnn,
    "user_knn": UserKnn,
    "myopic": Myopic,
    "nash": Nash,
    "step_optimum": StepOptimum,
    "msvv": Msvv,
    "dual_pacing": DualPacing,
    "clairvoyant": Clairvoyant,
}


def players_of(scenario: Any) -> dict[str, type[Player]]:
    """Those of `PLAYERS` that find in `scenario` what they go by."""
    return {name: player for name, player in PLAYERS.items() if player.plays(scenario)}
