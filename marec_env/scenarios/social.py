"""social-v0: friends influence taste and choice. What a user likes depends on those around it.

    r'_ui    = (1 - c) r_ui + c mean of r_vi over friends v who picked i lately                  (1)
    payoff_u = s(e_u, e_i) r'_ui + iota sum over friends v of W_uv [v picks i now]               (2)
    e_u(t+1) = unit( (1 - lam - rho) e_u(t) + rho e_u(0) + lam sum_v W_uv e_v(t)
                     + alpha <e_u(t), e_i> e_i )                                                 (3)

Without such a friend r' = r; all friends of u have the same weight W_uv. Word of mouth: what a
friend has just picked may enter u's next slate, in the place of what was drawn last.

Tension: company is worth as much as quality, and it has to be found in the same step. What a team
gains by meeting on one item it pays for in taste; where all meet, tastes and slates grow alike.

Sources: Friedkin and Johnsen (1990), "Social influence and opinions"; Dean and Morgenstern (2022),
"Preference dynamics under personalized recommendations"; others in models/graph.py and company.py.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, NamedTuple

import numpy as np

from ..arrays import Array
from ..circle import Circle
from ..constants import AtLeastOne, NonNegative, Seed, Share
from ..metrics import History
from ..models import cohesion, company
from ..models.graph import Kind, friends_of
from ..scenario import Outcome, Scenario
from ..setting import Sees
from ..shown import Shown, of_candidate
from ..stages import FriendsStage
from ..streams import Streams
from ..tastes import Tastes
from ..world import Episode, Slate


class State(NamedTuple):
    """B circles of friends."""

    step: Array  # t [B] int64
    episode: Episode
    slate: Slate
    taste: Array  # e(t) [B, N, D] float32; D = 0 where nothing moves it
    picked_at: Array  # the step at which each last picked each slot [B, N, M] int32


@dataclass(frozen=True, kw_only=True)
class Social(Scenario[State]):
    """Friends: they pull at tastes, colour ratings, talk, and are good company."""

    name: ClassVar[str] = "social-v0"
    has_exogenous_slates: ClassVar[bool] = False
    adds_to_payoffs: ClassVar[bool] = True
    metric_notes: ClassVar[dict[str, str]] = cohesion.NOTES
    graph: Kind = "watts-strogatz"  # how friendships are drawn
    degree: AtLeastOne = 4  # friends on average, >= 1, all others at most; even but for erdos-renyi
    rewiring: Share = 0.2  # share of the ring's edges that watts-strogatz rewires, in [0, 1]
    graph_seed: Seed = 0  # draws the graph, once for all worlds, >= 0
    edges: tuple[int, ...] = ()  # seats u,v,u,v,... that are friends instead; empty: drawn
    lam: NonNegative = 0.1  # pull of friends on taste, >= 0, lam + rho <= 1, per step
    rho: NonNegative = 0.05  # pull of the own beginning on taste, >= 0, per step
    alpha: NonNegative = 0.1  # pull of what was consumed on taste, >= 0, per step
    conformity: Share = 0.3  # c, weight of the friends' ratings, in [0, 1]
    memory: AtLeastOne = 3  # steps for which a friend's pick is an example, >= 1
    iota: NonNegative = 0.6  # what company of all friends adds, >= 0, as payoffs
    word_of_mouth: Share = 0.4  # probability that a friend's pick is heard of, in [0, 1]
    sees: Sees = "neighbours"  # of the others' wishes: nothing, those of friends, or of all agents

    def __post_init__(self):
        super().__post_init__()
        _ = self.circle  # checks what it is made of

    @cached_property
    def circle(self) -> Circle:
        graph = self.graph, self.degree, self.rewiring, self.graph_seed
        friends = friends_of(self.edges, self.num_agents, *graph)
        tastes = Tastes(self.world, friends, self.lam, self.rho, self.alpha)
        return Circle(friends, tastes, self.conformity, self.memory, self.word_of_mouth)

    def reset(self, streams: Streams) -> State:
        step, episode = np.zeros(len(streams.seed), np.int64), self.world.episode(streams)
        taste = self.circle.tastes.first(episode)
        slate = self.circle.tastes.slate(episode, streams, taste)
        picked_at = np.full((*episode.users.shape, self.pool_size), company.NEVER, np.int32)
        return State(step, episode, slate, taste, picked_at)

    def step(self, state: State, actions: Array, streams: Streams) -> tuple[State, Outcome]:
        picked, circle = self.picked(state, actions), self.circle
        own, rating = circle.ratings_of_picks(state, picked)  # (1)
        share = company.company(picked.slot, circle.friends)
        factors = {"similarity": picked.similarity, "rating": own, "conformity": rating / own}
        added = {"company": self.iota * share}
        payoff = picked.similarity * rating + added["company"]  # (2)
        step, episode = state.step + 1, state.episode
        taste = circle.tastes.following(state.taste, episode, step, picked.item)  # (3)
        slate = circle.tastes.slate(episode, streams, taste, circle.heard(picked.slot, streams))
        picked_at = company.remember(state.picked_at, picked.slot, state.step)
        outcome = Outcome.of(picked, factors, added, payoff=payoff, company=share)
        return State(step, episode, slate, taste, picked_at), outcome

    def taste(self, state: State) -> Array | None:
        return state.taste if self.circle.tastes.are_moved else super().taste(state)

    def neighbours(self, state: State) -> Array:
        return self.circle.neighbours(len(state.step))

    def shows(self) -> list[Shown]:
        meaning = f"share of the friends that picked it in the last {self.memory} steps"
        return [of_candidate("example", meaning, self.circle.examples)]

    def episode_metrics(self, state: State, history: History) -> dict[str, Array]:
        taste = self.circle.tastes.as_directions(self.taste(state), state.episode)
        return cohesion.cohesion(taste, history.slots, self.circle.friends, self.pool_size)

    def one_shot(self, alone: State) -> FriendsStage:
        circle, slate = self.circle, alone.slate
        value = slate.similarity * circle.ratings(alone, slate.slots, slate.items)[1]
        return FriendsStage.of(self, alone, value=value[0], friends=circle.friends, iota=self.iota)
