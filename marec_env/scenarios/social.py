"""social-v0: friends influence taste and choice. What a user likes depends on those around it.

    r'_ui    = (1 - c) r_ui + c mean of r_vi over friends v who picked i lately                  (1)
    payoff_u = s(e_u, e_i) r'_ui + iota sum over friends v of W_uv [v picks i now]               (2)
    e_u(t+1) = unit( (1 - lam - rho) e_u(t) + rho e_u(0) + lam sum_v W_uv e_v(t)
                     + alpha <e_u(t), e_i> e_i )                                                 (3)

Without such a friend r' = r. Friends are the edges of a graph that is drawn once; each friend of u
has the same weight W_uv. Word of mouth: an item a friend has just picked enters u's next slate with
a probability for each such friend, in the place of those drawn last, up to half of the slate.

Tension: company is worth as much as quality, and it has to be found in the same step. What a team
gains by meeting on one item it pays for in taste; where all meet, tastes and slates grow alike.
Slates and tastes follow from picks here: no plan is known to be best.

Sources: Friedkin and Johnsen (1990), "Social influence and opinions"; Dean and Morgenstern (2022),
"Preference dynamics under personalized recommendations"; Watts and Strogatz (1998), "Collective
dynamics of small-world networks"; Kempe, Kleinberg and Tardos (2003), "Maximizing the spread of
influence through a social network".
"""

import functools
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np

from ..arrays import Array
from ..constants import AtLeastOne, NonNegative, Seed, Share
from ..metrics import History
from ..models import company
from ..models import graph as graphs
from ..models.cohesion import cohesion
from ..models.pick import Picks
from ..scenario import Outcome, Scenario
from ..setting import Sees
from ..shown import Shown, of_candidate
from ..stages import FriendsStage
from ..streams import Purpose, Streams
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
    metric_notes: ClassVar[dict[str, str]] = {
        "polarisation": "variance of the tastes at the end",
        "echo_chamber": "how much closer the tastes of friends are than those of all pairs",
        "cascade_size": "users whom an item reaches from friend to friend, mean over cascades",
        "friends_together": "share of a user's friends on its item, mean over picks",
    }

    graph: graphs.Kind = "watts-strogatz"  # how friendships are drawn
    degree: AtLeastOne = 4  # friends of a user on average, >= 1; even, but for erdos-renyi
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
        if self.lam + self.rho > 1:
            raise ValueError(f"lam + rho must be <= 1, got {self.lam + self.rho}")
        if self.degree % 2 and self.graph != "erdos-renyi" and not self.edges:
            raise ValueError(f"degree must be even for {self.graph}, got {self.degree}")
        if self._tastes.are_moved and not self.centred:
            raise ValueError(
                "centred must be True where lam or alpha move tastes, which are unit vectors, "
                "got False"
            )
        _ = self.friends  # checks the edges

    @functools.cached_property
    def friends(self) -> graphs.Friends:
        """Who is whose friend."""
        if self.edges:
            return graphs.friends(graphs.pairs(self.edges), self.num_agents)
        return graphs.drawn(
            self.graph, self.num_agents, self.degree, self.rewiring, self.graph_seed
        )

    def reset(self, streams: Streams) -> State:
        """Users, a pool and the first slates; nobody has picked anything."""
        episode = self.world.episode(streams)
        step = np.zeros(len(streams.seed), np.int64)
        taste = self._tastes.first(episode)
        slate = self._slate(episode, streams, taste, None)
        shape = (*episode.users.shape, self.pool_size)
        return State(step, episode, slate, taste, np.full(shape, company.NEVER, np.int32))

    def step(self, state: State, actions: Array, streams: Streams) -> tuple[State, Outcome]:
        """Equations (1) to (3)."""
        picked = self.picked(state, actions)
        own, rating = self.ratings(state, picked.slot[..., None], picked.item[..., None])
        own, rating = own[..., 0], rating[..., 0]
        share = company.company(picked.slot, self.friends)
        added = {"company": self.iota * share}
        payoff = picked.similarity * rating + added["company"]
        factors = {"similarity": picked.similarity, "rating": own, "conformity": rating / own}

        step, episode = state.step + 1, state.episode
        taste = self._tastes.following(state.taste, episode, step, picked.item)
        following = State(
            step=step,
            episode=episode,
            slate=self._slate(episode, streams, taste, self._news(picked, streams)),
            taste=taste,
            picked_at=company.remember(state.picked_at, picked.slot, state.step),
        )
        return following, Outcome.of(picked, factors, added, payoff=payoff, company=share)

    def taste(self, state: State) -> Array | None:
        """Moved by friends and picks, or as in every game."""
        return state.taste if self._tastes.are_moved else super().taste(state)

    def neighbours(self, state: State) -> Array:
        """Friends."""
        return np.repeat(self._padded, len(state.step), axis=0)

    def shows(self) -> list[Shown]:
        """What friends did."""
        meaning = f"share of the friends that picked it in the last {self.memory} steps"
        return [of_candidate("example", meaning, self._examples)]

    def _examples(self, state: State) -> Array:
        slots, since = state.slate.slots, self._since(state)
        return company.examples(state.picked_at, slots, self.friends, since)

    def episode_metrics(self, state: State, history: History, is_over: Array) -> dict[str, Array]:
        """What `metric_notes` says."""
        taste = self._tastes.as_directions(self.taste(state), state.episode)
        return cohesion(taste, history.slots, self.friends, self.pool_size, is_over)

    def one_shot(self, alone: State) -> FriendsStage:
        """Own payoffs of all candidates by the picks that were made before."""
        slate = alone.slate
        value = (slate.similarity * self.ratings(alone, slate.slots, slate.items)[1])[0]
        return FriendsStage.of(self, alone, value=value, friends=self.friends, iota=self.iota)

    def ratings(self, state: State, slots: Array, items: Array) -> tuple[Array, Array]:
        """R and, equation (1), r' of picks or candidates, [B, N, K] float64 each."""
        users, items = state.episode.users[..., None], np.maximum(items, 0)
        own = self.catalogue.rating(users, items)
        if self.conformity == 0:
            return own, own
        theirs = self.catalogue.rating(users[:, self.friends.friend], items[:, self.friends.agent])
        since = self._since(state)
        known = own, theirs, state.picked_at, slots
        return own, company.conformed(*known, self.friends, since, self.conformity)

    def _since(self, state: State) -> Array:
        return state.step - self.memory

    def _news(self, picked: Picks, streams: Streams) -> Array | None:
        """What each agent hears of, [B, N, K / 2] int32."""
        if self.word_of_mouth == 0 or not len(self.friends.friend):
            return None
        loudness = streams.uniform(Purpose.CASCADE, rows=1, row_size=len(self.friends.friend))[:, 0]
        most = self.slate_size // 2
        return company.heard(picked.slot, loudness, self.friends, self.word_of_mouth, most)

    def _slate(self, episode: Episode, streams: Streams, taste: Array, news: Array | None) -> Slate:
        return self.world.slate(episode, streams, taste if self._tastes.are_moved else None, news)

    @functools.cached_property
    def _padded(self) -> Array:
        """The friends of each, [1, N, J] int32."""
        return self.friends.padded[None]

    @functools.cached_property
    def _tastes(self) -> Tastes:
        return Tastes(self.world, self.friends, self.lam, self.rho, self.alpha)
