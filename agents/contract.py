"""The contract between a program and the policies it plays: plain tuples of arrays, no base class.

Axes: B environments, N agents, K slate, A actions, S observation, G state. A policy needs `act`
only; a learner adds `learn`, `state_dict` and `load_state_dict`. Both are built as
`cls(sizes, seed=seed, **constants)`, and every constant has a default.
"""

import copy
from collections.abc import Mapping
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

import numpy as np

Array = TypeVar("Array")  # NumPy at the door, torch inside


class Layout(Protocol):
    """Where an observation [S] keeps what: K candidates of C columns, then P of the agent.

    `observation[: K * C].reshape(K, C)` are the candidates, `observation[K * C :]` is the rest.
    """

    @property
    def num_candidates(self) -> int:
        """K; action k < K picks candidate k, action K skips."""
        ...

    @property
    def candidate(self) -> Mapping[str, slice]:
        """Name -> columns of a candidate's C, in order and without gaps."""
        ...

    @property
    def agent(self) -> Mapping[str, slice]:
        """Name -> columns of the agent's P, in order and without gaps."""
        ...


class Sizes(NamedTuple):
    """All a policy is told about its world before it starts."""

    num_agents: int  # N
    observation_size: int  # S
    num_actions: int  # A
    state_size: int = 0  # G; 0 where there is no central state
    agent_names: tuple[str, ...] = ()  # N names, "user_0" ...
    layout: Layout | None = None  # None on foreign environments
    has_fixed_users: bool = (
        False  # seat n is the same user in every episode, so an agent id means something
    )


class View(NamedTuple, Generic[Array]):
    """What N agents of B environments see before they act."""

    observation: Array  # [B, N, S] float32
    action_mask: Array  # [B, N, A] bool; True is legal
    alive: Array  # [B, N] bool; the actions of others are ignored
    start: Array  # [B] bool; an episode begins here
    items: Array | None = None  # [B, N, K] int32 item ids of the slate, where there are items
    state: Array | None = None  # [B, G] float32, for central critics
    truth: Any = None  # for privileged players only: the game and its hidden state


class Transition(NamedTuple, Generic[Array]):
    """One step of B environments."""

    view: View[Array]
    action: Array  # [B, N] int64
    reward: Array  # [B, N] float32, after the objective
    payoff: Array  # [B, N] float32, before the objective
    terminated: Array  # [B, N] bool; the agent left, nothing follows for it
    truncated: Array  # [B, N] bool; the episode was cut, a value would follow
    next_view: View[Array]  # the true successor, before any automatic reset


class Policy(Protocol):
    """All that is needed to be evaluated.

    A policy may define `actor()`: the same weights with a memory and a random stream of its own, so
    that evaluation never changes training. An actor with `explore=True` is sampled play: it draws
    from a stochastic policy, and adds no randomness to one that has none.

    One that wants to know what the others did may define `played(view, action, seats)`: in a mixed
    population it is told after every `act` what all N seats were shown and did; [n] `seats` are
    those that it acts for.

    `state` and `truth` of a view are None unless the class says `privileged = True`; `state` is
    kept in transitions if it says `is_central = True`.
    """

    def act(self, view: View[np.ndarray], *, explore: bool) -> np.ndarray:
        """Legal actions [B, N] int64; `explore` is False in argmax evaluation."""
        ...


def actor_of(policy: Any) -> Any:
    """What plays in evaluation: the policy's `actor()`, else a copy of it if it can learn."""
    if hasattr(policy, "actor"):
        return policy.actor()
    return copy.deepcopy(policy) if hasattr(policy, "learn") else policy  # nothing to disturb


def tell(policy: Any, view: View[np.ndarray], action: np.ndarray, seats: np.ndarray) -> None:
    """Says what all seats were shown and did to a `policy` of some of them, if it wants to know."""
    if hasattr(policy, "played"):
        policy.played(view, action, seats)


class Learner(Policy, Protocol):
    """A policy that learns and owns its schedule: a loop cannot tell on- from off-policy.

    Its class, or one that it inherits from, may say which of its constants count environment steps
    and follow the length of a training, `shares_of_steps = {"epsilon_steps": 0.25}`: where such a
    constant is not given, it is that share of all steps.
    """

    def learn(self, transition: Transition[np.ndarray]) -> dict[str, float]:
        """Follows every `act(explore=True)` exactly once; {} when no update was due."""
        ...

    def state_dict(self) -> dict[str, Any]:
        """Everything that decides the future: nested dicts of arrays, tensors, numbers, strings."""
        ...

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """The exact inverse of `state_dict`."""
        ...
