"""Scores of policies between random play, 0, and the scenario's reference, 1, on the same episodes.

Every player meets the same seeds. Random play is averaged over ten play-outs of each of them. What
counts is the noise-free payoff per agent and step, W, whatever the objective was. A foreign
environment has no reference: there W is the return of an agent, and nothing has a score.
"""

import functools
import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from agents import AGENTS
from agents.contract import Policy
from marec_env.arrays import Array
from marec_env.reference import PLAYERS, Score, efficiency, normalised_score, players_of, regret

from . import loop
from .build import Built, is_solved, on_held_out
from .loop import Evaluation
from .records import Record, known_mean
from .tags import EVALUATION, HELD_OUT

PLAY_OUTS = 10  # of random play, for each seed
FINAL_TIMES = 10  # as many episodes in the final evaluation as in those on the way
REFERENCE = "clairvoyant"
WAYS = {"argmax": False, "sampled": True}  # to play a policy -> whether it explores


PLAYED = "played"  # the kind of row that is about the policy itself


class Row(NamedTuple):
    """One player in a table."""

    name: str
    welfare: float  # mean of W
    score: Score
    kind: str  # a reference player is "exact" or "best known"


class Examiner:
    """Plays the episodes of an evaluation with any policy, and knows what they are worth."""

    def __init__(self, built: Built, episodes: int, tag: str = EVALUATION):
        """Plays random and the reference, once for all evaluations.

        Args:
            built: what is examined.
            episodes: E; episode e has the run's evaluation seed + e.
            tag: what the tags of records begin with.
        """
        self.built = built
        self.tag = tag
        self.episodes = episodes
        self.last: dict[str, Evaluation] = {}  # way -> how the policy played last
        num_envs = min(episodes, built.run.num_envs)
        self._env = built.make_env(num_envs=num_envs, for_evaluation=True)
        chance = (AGENTS["random"](built.sizes, seed=seed) for seed in range(PLAY_OUTS))
        self._random = np.stack([self.welfare(self.play(p)) for p in chance], axis=1)  # [E, 10]
        self._reference: Array | None = None  # [E]
        if is_solved(built.scenario):
            self._reference, self._reference_kind = self._played(REFERENCE)

    @functools.cached_property
    def held_out(self) -> "Examiner | None":
        """Examines the same policy among the users held out; None if there are none."""
        apart = on_held_out(self.built)
        return None if apart is None else Examiner(apart, self.episodes, HELD_OUT)

    def play(self, policy: Policy, *, explore: bool = False) -> Evaluation:
        """The episodes, with `policy` unchanged."""
        seed = self.built.run.evaluation_seed
        return loop.evaluate(self._env, policy, self.episodes, seed, explore=explore)

    def welfare(self, played: Evaluation) -> Array:
        """W of each episode, [E] float64."""
        return played.returns / self._steps

    def by_seat(self, played: Evaluation) -> Array:
        """What W is the mean of, [E, N] float64."""
        return played.payoff / self._steps

    @property
    def _steps(self) -> int:
        """W is per step where all episodes are of one length, else of whole episodes."""
        return 1 if self.built.scenario is None else self.built.scenario.horizon

    def score(self, welfare: Array) -> Score:
        """Normalised score with its interval over seeds; NaN without a reference."""
        if self._reference is None:
            return Score(math.nan, math.nan, math.nan)
        return normalised_score(welfare, self._random, self._reference)

    def record(self, step: int) -> Record:
        """Plays: how the policy does after `step` environment steps, argmax and sampled."""
        self._play_policy()
        return self.record_of_last(step)

    def record_of_last(self, step: int) -> Record:
        """The same of what the policy played last, as in `table`."""
        values: dict[str, float] = {}
        counts: dict[str, Array] = {}
        for way, played in self.last.items():
            welfare = self.welfare(played)
            found = {"welfare": float(welfare.mean()), "score": self.score(welfare).value}
            if self._reference is not None:
                found["efficiency"] = known_mean(efficiency(welfare, self._reference))
                found["regret"] = float(regret(welfare, self._reference).mean())
            for name, value in played.metrics.items():
                found.setdefault(name, known_mean(value))
            values |= {f"{self.tag}{way}/{name}": value for name, value in found.items()}
            counts[f"{self.tag}{way}/actions"] = played.actions
        return Record(step, values, counts)

    def table(self) -> Iterator[Row]:
        """The policy and the reference players, each as soon as it has played."""
        yield self._row("random", self._random.mean(axis=1), "exact")
        if self._reference is not None:
            for name in players_of(self.built.scenario):
                if name not in ("random", REFERENCE):
                    yield self._row(name, *self._played(name))
            yield self._row(REFERENCE, self._reference, self._reference_kind)
        name, by_way = self.built.name, self._play_policy()
        first, *others = by_way.values()
        is_one_way = all(np.array_equal(first, other) for other in others)
        for way, welfare in list(by_way.items())[: 1 if is_one_way else None]:
            yield self._row(name if is_one_way else f"{name} ({way})", welfare, PLAYED)

    def most_picked(self, count: int = 10) -> str:
        """Items that the policy picked most when it played last, best actions, as Markdown.

        With title and topic; "" if there are none.
        """
        items = self.last["argmax"].items
        if self.built.scenario is None or not items:
            return ""
        catalogue, total = self.built.scenario.catalogue, sum(items.values())
        lines = ["| item | topic | share of picks |", "|---|---|---|"]
        for item in sorted(items, key=lambda item: -items[item])[:count]:
            title = catalogue.titles[item] if catalogue.titles else f"item {item}"
            topic = catalogue.topic_names[catalogue.topics[item]]
            lines.append(f"| {title} | {topic} | {items[item] / total:.3f} |")
        return "\n".join(lines)

    def _play_policy(self) -> dict[str, Array]:
        """Way -> W [E]; what was played is the `last`."""
        policy = self.built.policy
        self.last = {way: self.play(policy, explore=explores) for way, explores in WAYS.items()}
        return {way: self.welfare(played) for way, played in self.last.items()}

    def _played(self, name: str) -> tuple[Array, str]:
        """W [E] of a reference player, and whether what it played was exact."""
        player: Any = PLAYERS[name](self.built.scenario, seed=0)
        return self.welfare(self.play(player)), player.kind

    def _row(self, name: str, welfare: Array, kind: str) -> Row:
        return Row(name, float(welfare.mean()), self.score(welfare), kind)
