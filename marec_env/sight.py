"""What agents see of a game: the columns of an observation, masks, and the joint view of critics.

An observation is `[K candidates x C columns, P columns of the agent]`. A candidate shows its
similarity, what the game declares (shown.py), what others may want of it, and its item; an agent
sees where its user is, what is its own, and the time. What it sees of the others goes by `sees`:

    own           nothing
    neighbours    how many of its neighbours want a candidate now, and how many are shown it
    global        the same of all agents

A game says what it has to show by overriding what comes before `observe`.
"""

import functools
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np

from . import layout as layouts
from .arrays import Array
from .layout import Column, Layout
from .models import demand, observation
from .models.pick import in_stock
from .setting import Setting
from .shown import Groups, Shown, by_kind, of_time, read

State = TypeVar("State", bound=tuple)

JOINT_LIMIT = 64  # agents up to which the global state holds a block for each


@dataclass(frozen=True, kw_only=True)
class Sight(Setting, Generic[State]):
    """What is seen of states."""

    # --- what a game may have to show ------------------------------------------------------------

    def available(self, state: State) -> Array | None:
        """Slots that may be picked where it is > 0, [B, M] integer; None stands for all."""
        return None

    def present(self, state: State) -> Array | None:
        """Agents that have not left, [B, N] bool; None stands for all."""
        return None

    def taste(self, state: Any) -> Array | None:
        """Where users are now, [B, N, D] float32; None if they stay where they are."""
        return self.world.taste(state.episode, state.step) if self.drift > 0 else None

    def shows(self) -> list[Shown]:
        """What the game shows besides, declared as shown.py says."""
        return []

    def neighbours(self, state: Any) -> Array:
        """Seats whose wishes an agent sees, [B, N, J] int32, without its own; -1 is nobody."""
        return state.episode.alike

    def wanted(self, state: Any) -> tuple[Array, ...]:
        """What an agent sees of the others' wishes: public counts, or [B, N, K] of its own."""
        if self.sees == "own":
            return ()
        slate, available, present = state.slate, self.available(state), self.present(state)
        if available is None:
            available = np.ones((len(slate.slots), self.pool_size), np.int32)
        if self.sees == "global":
            return demand.demand(slate.slots, slate.similarity, available, present)
        neighbours = self.neighbours(state)
        return demand.demand_nearby(slate.slots, slate.similarity, available, present, neighbours)

    def wanted_columns(self) -> list[Column]:
        """Name and meaning of each of `wanted`."""
        if self.sees == "own":
            return []
        who = "agents" if self.sees == "global" else "neighbours"
        return [
            Column("favourite", 1, f"log(1 + {who} whose most similar legal candidate it is)"),
            Column("shown", 1, f"log(1 + {who} that have it in their slate)"),
        ]

    # --- what is made of it ---------------------------------------------------------------------

    @functools.cached_property
    def shown(self) -> Groups:
        """All of `shows`, by kind."""
        return by_kind(self.shows())

    def observe(self, state: Any) -> Array:
        """What each agent may know, [B, N, S] float32; `describe_observation` says where."""
        world, slate, shown = self.world, state.slate, self.shown
        users, vectors, taste = state.episode.users, world.user_vectors, self.taste(state)
        if taste is not None:
            users = np.arange(users.size).reshape(users.shape)
            vectors = taste.reshape(-1, taste.shape[2])
        own_counts, counts, wanted = (), read(shown.count, state), self.wanted(state)
        if self.sees == "neighbours":
            own_counts = wanted
        elif wanted:
            counts += wanted
        quantities = (slate.similarity,)
        if shown.of_candidate:
            quantities += read(shown.of_candidate, state)
        return observation.assemble(
            slots=slate.slots,
            items=slate.items,
            quantities=quantities,
            slot_quantities=read(shown.of_slot, state) if shown.of_slot else (),
            counts=counts,
            own_counts=own_counts,
            item_vectors=world.item_vectors if self.shows_items else _NO_VECTORS,
            user_vectors=vectors,
            users=users,
            private=self._private(state) if shown.of_agent else None,
            calendar=self._calendar,
            step=state.step,
            size=self.observation_size,
        )

    def action_mask(self, state: Any) -> Array:
        """[B, N, A] bool; the skip, action K, is always legal, and all that the departed may do."""
        slots, available, present = state.slate.slots, self.available(state), self.present(state)
        if available is None:
            mask = np.ones((*slots.shape[:2], slots.shape[2] + 1), np.bool_)
        else:
            mask = in_stock(available, slots)
        if present is not None:
            mask[~present, :-1] = False
        return mask

    def global_state(self, state: Any) -> Array:
        """What the agents jointly see, for central critics, [B, G] float32.

        Per agent its observation, with pool slots instead of item embeddings, and zeros once it has
        left; above 64 agents the mean and variance over agents of these. Then what all slots of the
        pool show.
        """
        num_shown = 1 + len(self.shown.of_pick) + len(self.wanted_columns())
        blocks = observation.without_items(self.observe(state), self.layout, num_shown)
        blocks = np.concatenate([blocks, state.slate.slots / self.pool_size], axis=-1)
        if (present := self.present(state)) is not None:
            blocks[~present] = 0
        is_public = self.sees == "global"
        if self.num_agents > JOINT_LIMIT:
            blocks = np.stack([blocks.mean(axis=1), blocks.var(axis=1)], axis=1)
        counts = (*read(self.shown.count, state), *(self.wanted(state) if is_public else ()))
        pool = [*read(self.shown.of_slot, state), *map(observation.log_counts, counts)]
        joint = [blocks.reshape(len(blocks), -1), *pool]
        return np.concatenate(joint, axis=1, dtype=np.float32)

    @functools.cached_property
    def observation_size(self) -> int:
        """S."""
        return self.layout.observation_size

    @functools.cached_property
    def layout(self) -> Layout:
        """Where the observation keeps what."""
        return layouts.layout(self.slate_size, *self._columns())

    def describe_observation(self) -> str:
        """The observation as a Markdown table."""
        return layouts.describe(self.slate_size, *self._columns())

    def _columns(self) -> tuple[list[Column], list[Column]]:
        size = self.catalogue.embedding_size
        candidate = [
            Column("similarity", 1, "s(e_u, e_i) of user and item"),
            *(Column(each.name, 1, each.meaning) for each in self.shown.of_pick),
            *self.wanted_columns(),
            Column("embedding", size if self.shows_items else 0, "e_i, the item's embedding"),
        ]
        own, time = self.shown.of_agent, (_TIME_LEFT, *self.shown.of_time)
        agent = [Column(each.name, 1, each.meaning) for each in (*own, *time)]
        return candidate, [Column("user", size, "e_u, the user's embedding"), *agent]

    def _private(self, state: State) -> Array:
        """What each agent alone sees beside its user, [B, N, P] float64."""
        own = [column[..., None] for column in read(self.shown.of_agent, state)]
        return own[0] if len(own) == 1 else np.concatenate(own, axis=2)

    @functools.cached_property
    def _calendar(self) -> Array:
        """How the steps of an episode look to all agents, [T + 1, Q] float64."""
        t = np.arange(self.horizon + 1)
        return np.column_stack([1.0 - t / self.horizon, *read(self.shown.of_time, t)])


_TIME_LEFT = of_time("time_left", "share of the episode that is left, in (0, 1]")
_NO_VECTORS = np.empty((0, 0), np.float32)
