"""The mean field: what the others did at the last step, as columns of an observation.

    m_k = share of the living that picked item k                                                (1)
    m_uk = (n m_k - a_uk) / (n - 1)     n living agents; a_uk = 1 if agent u picked k itself     (2)

There is one column per candidate, at whatever place of the slate it is now. Where there are no
items, what counts is the action: m_u is then the mean one-hot action of the others, as columns of
the agent. A field is 0 at the start of an episode, and for who is alone.

Picks are counted once per copy, and looked up: the cost of an agent does not depend on how many
others, nor on how many items there are. In a mixed population those count whom others play, too.

Source: Yang et al. (2018), "Mean field multi-agent reinforcement learning".
"""

from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from ..actors import CategoricalActor, EpsilonActor
from ..contract import Sizes, Transition, View
from ..wider import add_to_candidates, joined, with_agent_columns, with_candidate_columns

_NOTHING = -1  # in place of an item, for a skip
_DENSE = 128  # items for each that is asked about, up to which a table of all items is faster
_Learner: Any = object  # whatever `WithMeanField` comes before


class _Step(NamedTuple):
    """What was done by N agents of B environments; zeros before the first step."""

    picked: np.ndarray  # [B, N] int64: an item or, where there are none, an action
    alive: np.ndarray  # [B, N] bool
    seats: np.ndarray  # [n] int64: whose field it is; all N but in a mixed population


class MeanField:
    """The last step, and how it looks to every agent."""

    def __init__(self, sizes: Sizes):
        self.sizes = (  # of the observations that `join` makes
            with_agent_columns(sizes, crowd=sizes.num_actions)
            if sizes.layout is None
            else with_candidate_columns(sizes, crowd=1)
        )
        self._narrow = sizes
        nothing = np.zeros((0, 0), np.int64)
        self._last = _Step(nothing, nothing.astype(bool), nothing[0:0].ravel())

    def join(self, view: View[np.ndarray]) -> View[np.ndarray]:
        """What agents see, and the field of the last step, if it belongs to this episode."""
        last = self._last
        if (len(last.alive), len(last.seats)) != view.alive.shape:  # the first step
            nobody = np.zeros_like(view.alive)
            last = _Step(nobody.astype(np.int64), nobody, np.arange(nobody.shape[1]))
        last = last._replace(alive=last.alive & ~view.start[:, None])
        if self._narrow.layout is None:
            actions = np.arange(self._narrow.num_actions)
            asked = np.broadcast_to(actions, (*view.alive.shape, len(actions)))
            share = others_share(*last, asked)
            return view._replace(observation=joined(view.observation, share))
        share = others_share(*last, _items(view))[..., None]
        return view._replace(observation=add_to_candidates(view.observation, share, self._narrow))

    def remember(
        self, view: View[np.ndarray], action: np.ndarray, seats: np.ndarray | None = None
    ) -> None:
        """What all were shown, without the field, and did; of whom `seats` are its own, or all."""
        picked = action
        if self._narrow.layout is not None:
            items = _items(view)
            slots = np.minimum(action, items.shape[-1] - 1)[..., None]
            picked = np.take_along_axis(items, slots, -1)[..., 0]
            picked = np.where(action < items.shape[-1], picked, _NOTHING)
        seats = np.arange(action.shape[1]) if seats is None else seats
        self._last = _Step(picked.astype(np.int64), view.alive.copy(), seats)

    def state_dict(self) -> dict[str, Any]:
        """The last step."""
        return {name: x.copy() for name, x in self._last._asdict().items()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """The exact inverse of `state_dict`."""
        self._last = _Step(**{name: np.asarray(x) for name, x in state.items()})


def others_share(
    picked: np.ndarray, alive: np.ndarray, seats: np.ndarray, asked: np.ndarray
) -> np.ndarray:
    """Equation (2).

    Args:
        picked: [B, N] int64 items; negative is none.
        alive: [B, N] bool; who counts.
        seats: [n] int64; who asks.
        asked: [B, n, C] items that an agent asks about.

    Returns:
        [B, n, C] float32: the share of the other living agents that picked each.
    """
    num_items = 1 + max(picked.max(initial=0), asked.max(initial=0))
    first = np.arange(len(picked), dtype=np.int64)[:, None] * num_items  # of a copy's own counts
    counted = (first + picked)[alive & (picked >= 0)]
    is_dense = len(picked) * num_items <= _DENSE * asked.size
    count_of = _counts if is_dense else _sparse_counts
    counts = count_of(counted, first[..., None] + asked)
    own, is_there = picked[:, seats], alive[:, seats]
    count = counts - ((own[..., None] == asked) & is_there[..., None])
    others = alive.sum(1, keepdims=True) - is_there  # [B, n]
    return (count / np.maximum(others, 1)[..., None]).astype(np.float32)


def _counts(found: np.ndarray, asked: np.ndarray) -> np.ndarray:
    """How often each number asked about, of any shape, occurs in `found` [R]; all are >= 0."""
    return np.bincount(found, minlength=1 + asked.max(initial=0))[asked]


def _sparse_counts(found: np.ndarray, asked: np.ndarray) -> np.ndarray:
    """The same, without a table of all numbers."""
    ordered = np.sort(found)
    return np.searchsorted(ordered, asked, "right") - np.searchsorted(ordered, asked, "left")


def _items(view: View[np.ndarray]) -> np.ndarray:
    if view.items is None:
        raise ValueError("a mean field of candidates needs the items of the slates, got none")
    return view.items


class FieldActor:
    """An actor of a network that reads the field, with a last step of its own."""

    def __init__(self, actor: CategoricalActor | EpsilonActor, sizes: Sizes):
        self._actor = actor
        self._field = MeanField(sizes)

    def act(self, view: View[np.ndarray], *, explore: bool) -> np.ndarray:
        """Legal actions [B, N]."""
        action = self._actor.act(self._field.join(view), explore=explore)
        self._field.remember(view, action)
        return action

    def played(self, view: View[np.ndarray], action: np.ndarray, seats: np.ndarray) -> None:
        """What all have done in the place of what this actor would have."""
        self._field.remember(view, action, seats)

    def state_dict(self) -> dict[str, Any]:
        """What decides how it goes on, besides the weights."""
        return {**self._actor.state_dict(), "field": self._field.state_dict()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """The exact inverse of `state_dict`."""
        self._actor.load_state_dict(state)
        self._field.load_state_dict(state["field"])


class WithMeanField(_Learner):
    """Comes before a learner, whose networks then read the field as well."""

    def __post_init__(self):
        self._field = MeanField(self.sizes)
        super().__post_init__()

    def _architecture(self) -> Any:
        return replace(super()._architecture(), sizes=self._field.sizes)

    def act(self, view: View[np.ndarray], *, explore: bool) -> np.ndarray:
        """As the learner does, by the field of the last step."""
        self._view = self._field.join(view)
        action = super().act(self._view, explore=explore)
        self._field.remember(view, action)
        return action

    def played(self, view: View[np.ndarray], action: np.ndarray, seats: np.ndarray) -> None:
        """What all have done in the place of what this learner would have."""
        self._field.remember(view, action, seats)

    def actor(self) -> Any:  # a FieldActor, in place of that of the learner
        """Plays with the present weights, and a stream and a last step of its own."""
        return FieldActor(super().actor(), self.sizes)

    def learn(self, transition: Transition[np.ndarray]) -> dict[str, float]:
        """As the learner does; after the step the field is that of the actions just taken."""
        following = self._field.join(transition.next_view)
        return super().learn(transition._replace(view=self._view, next_view=following))

    def state_dict(self) -> dict[str, Any]:
        """Everything that decides the future."""
        return {**super().state_dict(), "field": self._field.state_dict()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """The exact inverse of `state_dict`."""
        super().load_state_dict(state)
        self._field.load_state_dict(state["field"])
