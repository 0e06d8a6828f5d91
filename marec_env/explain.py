"""Why a pick paid what it paid: a payoff taken apart, up to rounding, and what else was on offer.

    payoff_u      =  product of its factors  +  sum of what is added                   (1)
    regret_u      =  max_k U_u(k)  -  U_u(a_u)                                         (2)
    difference_u  =  W(a)  -  W(a with u skipping)                                     (3)

(1) are the factors of the scenario, in the order in which they apply. U_u(k) in (2) is what
candidate k, or the skip, pays in expectation over the draws of the step, the others' picks fixed.
W in (3) is the sum of what the step pays, played again with the same draws. All of it reads the
truth, ratings included: it is for people and for tests, never for agents.

Sources: Wolpert and Tumer (2002), "Optimal payoff functions for members of collectives", for (3).
"""

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from .arrays import Array
from .nested import only
from .reference import difference_rewards
from .scenario import Scenario
from .timestep import Played


class Candidate(NamedTuple):
    """What the slate offered."""

    item: int  # catalogue id
    title: str
    payoff: float  # expected, the others' picks fixed; -inf where illegal


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """The payoff of one agent at one step."""

    agent: str
    step: int  # of the episode, from 0
    item: int  # catalogue id, -1 for a skip
    title: str
    payoff: float
    multiplied: dict[str, float]  # equation (1): factors in their order
    added: dict[str, float]  # likewise, what is added to their product
    company: tuple[str, ...]  # agents that picked the same item
    slate: tuple[Candidate, ...]  # K; none where the scenario has no one-shot games
    expected: float  # what the choice pays in expectation; NaN likewise
    regret: float  # equation (2); NaN likewise
    difference_reward: float  # equation (3)

    @property
    def best(self) -> Candidate | None:
        """The legal alternative that pays most in expectation, the skip being one that pays 0."""
        skip = Candidate(-1, "a skip", 0.0)
        others = [c for c in (*self.slate, skip) if c.item != self.item and c.payoff > -math.inf]
        return max(others, key=lambda c: c.payoff) if self.slate and others else None

    def text(self) -> str:
        """All of it in lines of text."""
        does = f"picked {self.title}" if self.item >= 0 else "skipped"
        lines = [f"{self.agent} {does} at step {self.step} and was paid {self.payoff:.4f}", ""]
        if self.item >= 0:
            parts = [("x", name, value) for name, value in self.multiplied.items()]
            parts += [("+", name, value) for name, value in self.added.items()]
            parts += [("=", "payoff", self.payoff)]
            lines += [f"  {sign} {name:<14}{value:8.4f}" for sign, name, value in parts] + [""]
            lines.append(f"picked as well by: {', '.join(self.company) or 'nobody'}")
        if self.best is not None:
            best = f"the best alternative, {self.best.title}: {self.best.payoff:.4f}"
            lines.append(f"expected: {self.expected:.4f}; {best}; regret: {self.regret:.4f}")
        lines.append(f"difference reward, the worth of it to all: {self.difference_reward:.4f}")
        return "\n".join(lines)


def explain(env: Any, agent: str) -> Explanation:
    """Takes the payoff of the last step of an environment apart.

    Args:
        env: what `make` or `make_single` returns, wrapped or not.
        agent: one of its `possible_agents`; whoever had left before has skipped.

    Raises:
        RuntimeError: if no step of this episode has been played.
        ValueError: if there is no such agent.
    """
    bare = env.unwrapped
    names = list(bare.possible_agents)
    if agent not in names:
        raise ValueError(f"agent must be one of {names[0]} ... {names[-1]}, got {agent!r}")
    return explain_step(bare.scenario, bare.played, names.index(agent))


def explain_step(scenario: Scenario, played: Played, n: int, b: int = 0) -> Explanation:
    """Takes the payoff of seat `n` of copy `b` apart."""
    state, actions, streams = only(played.state, b), played.actions[[b]], played.streams.only([b])
    _, outcome = scenario.step(state, actions, streams)
    item = int(outcome.picks.item[0, n])
    others = np.flatnonzero((outcome.picks.item[0] == item) & (item >= 0)).tolist()
    slate, expected, regret = _alternatives(scenario, state, actions[0], n)
    return Explanation(
        agent=scenario.agent_names[n],
        step=int(state.step[0]),
        item=item,
        title=scenario.catalogue.title(item) if item >= 0 else "",
        payoff=float(outcome.payoff[0, n]),
        multiplied={name: float(value[0, n]) for name, value in outcome.factors.items()},
        added={name: float(value[0, n]) for name, value in outcome.added.items()},
        company=tuple(scenario.agent_names[seat] for seat in others if seat != n),
        slate=slate,
        expected=expected,
        regret=regret,
        difference_reward=float(difference_rewards(scenario, state, actions, streams, [n])[0, 0]),
    )


def _alternatives(
    scenario: Scenario, state: Any, choice: Array, n: int
) -> tuple[tuple[Candidate, ...], float, float]:
    """The slate of seat `n`, what its choice pays in expectation, and equation (2)."""
    if type(scenario).one_shot is Scenario.one_shot:
        return (), np.nan, np.nan
    replies = scenario.stage(state, 0).replies(choice)[n]
    items = state.slate.items[0, n].tolist()
    pays = zip(items, replies[:-1].tolist(), strict=True)
    slate = tuple(Candidate(item, scenario.catalogue.title(item), p) for item, p in pays)
    expected = float(replies[choice[n]])
    return slate, expected, float(replies.max()) - expected
