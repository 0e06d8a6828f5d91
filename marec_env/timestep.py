"""What a vector environment hands out: everything that is seen, paid and over, and the truth."""

from typing import Any, NamedTuple

from .arrays import Array
from .scenario import Scenario
from .streams import Streams


class Truth(NamedTuple):
    """For reference players and explanation only: the game, its hidden state, its future draws."""

    scenario: Scenario
    state: Any
    streams: Streams


class Played(NamedTuple):
    """The last step as it was played, for explanation only."""

    state: Any  # before it
    actions: Array  # [B, N] int64: legal
    streams: Streams  # of its draws


class Timestep(NamedTuple):
    """What `reset` and `step` return.

    Where an episode ended, the fields up to `truth` already belong to the next one, and `final_*`
    close the old one; everywhere else each `final_x` is `x`. Nothing handed out is ever written to.
    """

    observation: Array  # [B, N, S] float32
    action_mask: Array  # [B, N, A] bool; the skip is always legal
    alive: Array  # [B, N] bool: takes part in the step that follows
    items: Array  # [B, N, K] int32: item ids of the slate
    state: Array | None  # [B, G] float32; None unless made with with_state=True
    start: Array  # [B] bool: an episode begins with this observation
    truth: Truth
    reward: Array  # [B, N] float32, after the objective; zero after `reset`
    payoff: Array  # [B, N] float32, before the objective
    terminated: Array  # [B, N] bool: the agent left on this step
    truncated: Array  # [B, N] bool: the horizon cut off an agent that was still there
    final_observation: Array  # [B, N, S] float32
    final_action_mask: Array  # [B, N, A] bool
    final_alive: Array  # [B, N] bool
    final_items: Array  # [B, N, K] int32
    final_state: Array | None  # [B, G] float32
    info: dict[str, Array]  # "illegal", "item" [B, N]; diagnostics; "episode/..." where one ended
