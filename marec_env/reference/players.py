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
    clairvoyant     the joint picks of highest welfare over the episode, future slates known

Only `clairvoyant` looks beyond the step. Ties go to the first candidate.
"""

from typing import Any

import numpy as np

from ..arrays import Array
from ..stages import Stage
from .by_item import ItemKnn, Popularity, UserKnn
from .equilibrium import equilibrium
from .optimum import step_optimum
from .planning import best_plan
from .player import Player, StagePlayer, best, truth


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


class Clairvoyant(Player):
    """Everybody together, for the whole episode; plans anew where others upset the plan."""

    def __init__(self, scenario: Any, seed: int = 0):
        super().__init__(scenario, seed)
        self._plans: dict[int, tuple[int, Array]] = {}  # copy -> first step, choices [T, N]

    def act(self, view: Any, *, explore: bool) -> Array:
        """The plan's choices; planned anew in mid-episode and where others have upset the plan."""
        del explore
        scenario, state, streams = truth(view)
        choices = []
        for b, starts in enumerate(view.start):
            step = int(state.step[b])
            first, choice = self._plans.get(b, (step, None))
            if (
                starts
                or choice is None
                or not _are_legal(choice[step - first], view.action_mask[b])
            ):
                found = best_plan(scenario, state, streams, b)
                self._note(found.kind)
                self._plans[b] = first, choice = step, found.choice
            choices.append(choice[step - first])
        return np.stack(choices)


def _are_legal(choice: Array, action_mask: Array) -> bool:
    """Whether every agent's choice [N] is legal by its mask [N, A]."""
    return bool(action_mask[np.arange(len(choice)), choice].all())


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
    "clairvoyant": Clairvoyant,
}


def players_of(scenario: Any) -> dict[str, type[Player]]:
    """Those of `PLAYERS` that find in `scenario` what they go by."""
    return {name: player for name, player in PLAYERS.items() if player.plays(scenario)}
