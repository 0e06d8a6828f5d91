"""Published figures of learners, and the games that they are of.

Source: Papoudakis, Christianos, Schäfer and Albrecht (2021), "Benchmarking multi-agent deep
reinforcement learning algorithms in cooperative tasks", agents that share weights, five seeds: of
all evaluations of a training, 100 episodes each, the one of the highest mean over the seeds counts,
with half the width of its 95 % interval. Value learners play their best actions there, the others
draw theirs. They were trained for 2,000,000 steps from a replay, for 20,000,000 without one.

    unit of a matrix game     return of an agent                         = W
    unit of simple_spread     2 (sum over the agents of returns) - 75    = 6 W - 75

W is what we evaluate: the return of an agent, mean over the agents. The collision of an agent with
itself, at all 25 steps and for all three agents, makes the 75; there, rewards are not halved.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple


class Figure(NamedTuple):
    """A published figure."""

    value: float
    margin: float  # half of the 95 % interval

    @property
    def low(self) -> float:
        """What has to be reached."""
        return self.value - self.margin


@dataclass(frozen=True, kw_only=True)
class Game:
    """A game, and what learners were reported to reach in it."""

    title: str
    env: str
    constants: Mapping[str, Any] = field(default_factory=dict)  # of env
    figures: Mapping[str, Figure]  # by learner


@dataclass(frozen=True, kw_only=True)
class Task:
    """Games with one unit, in which learners have the same settings."""

    games: Mapping[str, Game]
    scale: float = 1.0  # the published unit is scale W + shift
    shift: float = 0.0
    seeds: int
    agent_constants: Mapping[str, Any] = field(default_factory=dict)  # of all learners
    episodes: int = 100  # of an evaluation
    evaluations: int  # after the first

    def unit(self, welfare: Any) -> Any:
        """W in the unit of the figures."""
        return self.scale * welfare + self.shift


def _policy_gradients(value: float) -> dict[str, Figure]:
    return dict.fromkeys(("ia2c", "ippo", "maa2c", "mappo"), Figure(value, 0.0))


TASKS = {
    "matrix": Task(
        games={
            "climbing": Game(
                title="Climbing",
                env="experiments.games.matrix:Climbing",
                figures={
                    "iql": Figure(195.0, 68.0),
                    "vdn": Figure(175.0, 55.0),
                    "qmix": Figure(175.0, 55.0),
                    **_policy_gradients(175.0),
                },
            ),
            **{
                f"penalty{k}": Game(
                    title=f"Penalty, k = {k}",
                    env="experiments.games.matrix:Penalty",
                    constants={"k": float(k)},
                    figures=_policy_gradients(250.0 if k == 0 else 50.0),
                )
                for k in (0, -25, -50, -75, -100)
            },
        },
        seeds=10,
        agent_constants={"sharing": "none"},  # all see the same: who shares weights begins alike
        episodes=10,  # which differ in nothing but drawn actions
        evaluations=10,
    ),
    "spread": Task(
        games={
            "spread": Game(
                title="simple_spread",
                env="experiments.games.simple_spread:SimpleSpread",
                constants={"velocity_first": True},
                figures={
                    "iql": Figure(-132.6, 2.2),
                    "vdn": Figure(-131.0, 1.9),
                    "qmix": Figure(-126.6, 3.0),
                    "ia2c": Figure(-134.4, 1.2),
                    "ippo": Figure(-133.9, 3.7),
                    "maa2c": Figure(-129.9, 1.6),
                    "mappo": Figure(-133.5, 3.1),
                    "coma": Figure(-204.3, 6.3),
                    "maddpg": Figure(-141.7, 1.7),
                },
            )
        },
        scale=6.0,
        shift=-75.0,
        seeds=5,
        evaluations=40,
    ),
}
