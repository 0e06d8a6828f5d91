"""Networks for all seats at once, with a score per action, a value, or both.

`candidates` (where a layout tells the slate's columns x_k from the agent's own x_u): one network
scores every candidate with the same weights,

    h_k = relu(W_c x_k + W_u x_u + b + d_n)     the agent's part once per agent, not K times     (1)
    h_k = relu(W h_k + b)                       deeper layers
    score_k = w . h_k,   skip = mean_k v . h_k,   value = mean_k z . h_k                         (2)

with means over the legal candidates (over all if none is). The heads are linear, so the mean is
taken after them: numbers are pooled, not vectors. d_n is an optional agent id. `flat`: a
multi-layer perceptron on the whole observation, with the same d_n. With `memory_size` both also
read what the agent remembers (memory.py), as more of its own columns.

Source: Zaheer et al. (2017), "Deep sets".
"""

import abc
from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple

import torch
from torch import Tensor, nn

from .checks import check_not_negative, check_positive
from .contract import Layout, Sizes
from .layers import RELU_GAIN, AgentId, SetLinear
from .layout import width as width_of
from .memory import Memory
from .sharing import SetModule, Sharing, WeightSets
from .wider import with_agent_columns

Body = Literal["auto", "candidates", "flat"]
MAX_AGENT_IDS = 64  # for more agents an id is a table to memorise, not a feature
PIECE_FLOATS = 2**19  # of one layer's output: small enough for a cache, large enough to hide calls


class Heads(NamedTuple):
    """What a network is asked for."""

    has_scores: bool = False
    has_value: bool = False
    gain: float = 1.0  # of the initial weights


class Output(NamedTuple):
    """What a network says; a head that was not asked for is empty."""

    scores: Tensor  # [R, N, A]
    value: Tensor  # [R, N]


@dataclass(frozen=True, kw_only=True)
class Architecture:
    """What the networks of one learner have in common."""

    sizes: Sizes
    sharing: Sharing = "all"
    body: Body = "auto"  # candidates where there is a layout, else flat
    hidden_size: int = 64
    num_layers: int = 2  # hidden ones
    agent_id: bool | None = None  # None: where few agents, always the same, share weights
    memory_size: int = 0  # numbers an agent remembers; 0: none
    device: torch.device
    rng: torch.Generator  # of the initial weights

    @classmethod
    def of(cls, learner: Any, device: torch.device) -> "Architecture":
        """That of a learner whose constants have these names."""
        return cls(
            sizes=learner.sizes,
            sharing=learner.sharing,
            body=learner.body,
            hidden_size=learner.hidden_size,
            num_layers=learner.num_layers,
            agent_id=learner.agent_id,
            memory_size=learner.memory_size,
            device=device,
            rng=torch.Generator().manual_seed(learner.seed),
        )

    def build(self, heads: Heads) -> "Network":
        """A network with the heads asked for, and a memory that it reads if there is one.

        Raises:
            ValueError: if body, sharing or a size makes no sense for these `sizes`.
        """
        check_not_negative(memory_size=self.memory_size)
        if self.memory_size:
            network = self.told_memory().build(heads)
            encoder = replace(self, num_layers=1, memory_size=0).build(Heads())
            network.memory = Memory(encoder, self.memory_size, self.rng).to(self.device)
            return network
        layout = self.sizes.layout
        if self.body not in ("auto", "candidates", "flat"):
            raise ValueError(f"body must be 'auto', 'candidates' or 'flat', got {self.body!r}")
        if self.body == "candidates" and layout is None:
            raise ValueError("body 'candidates' needs a layout of the observation, got none")
        if layout is None or self.body == "flat":
            return FlatNetwork(self, heads).to(self.device)
        return CandidateNetwork(self, layout, heads).to(self.device)

    def told_memory(self) -> "Architecture":
        """Of networks that read a memory, but have none themselves."""
        if self.memory_size == 0:
            return self
        sizes = with_agent_columns(self.sizes, memory=self.memory_size)
        return replace(self, sizes=sizes, memory_size=0)

    def has_agent_id(self, sets: WeightSets) -> bool:
        """Whether shared weights are told whom they play."""
        if self.agent_id is not None:
            return self.agent_id
        num_agents = self.sizes.num_agents
        is_shared = sets.num_sets < num_agents
        return is_shared and num_agents <= MAX_AGENT_IDS and self.sizes.has_fixed_users


class Network(SetModule, abc.ABC):
    """What both bodies share: [R, N, S] observations and [R, N, A] masks in, `Output` out."""

    def __init__(
        self,
        architecture: Architecture,
        own_size: int,  # columns of the first layer that are the agent's own
        num_parts: int,  # hidden vectors per agent
    ):
        super().__init__()
        self.memory: Memory | None = None  # what `observation` is joined with, if not None
        self.layout = architecture.sizes.layout  # of what it reads, memory included
        self.hidden_size = width = architecture.hidden_size
        num_layers = architecture.num_layers
        check_positive(hidden_size=width, num_layers=num_layers)
        rng, num_agents = architecture.rng, architecture.sizes.num_agents
        self.sets = sets = WeightSets(architecture.sharing, num_agents, architecture.device)
        self.own = SetLinear(sets, own_size, width, RELU_GAIN, rng)
        has_id = architecture.has_agent_id(sets)
        self.agent_id = AgentId(sets, width) if has_id else None
        is_anonymous = sets.is_single and not has_id
        self.hidden = nn.ModuleList(
            SetLinear(sets, width, width, RELU_GAIN, rng) for _ in range(num_layers - 1)
        )
        # of the rows to learn from: where all agents are treated alike, a row is one of them
        self.row_sets = WeightSets("all", 1, architecture.device) if is_anonymous else sets
        # as many of these rows as one layer's output fits a cache for
        self.piece_rows = max(1, PIECE_FLOATS // (self.row_sets.num_agents * width * num_parts))

    @abc.abstractmethod
    def features(self, observation: Tensor, action_mask: Tensor) -> Tensor:
        """The last hidden layer [Q, M, H], pooled over what it has several vectors for."""

    def _own(self, x: Tensor, *, rectified: bool = False) -> Tensor:
        """The agent's part of the first layer, [Q, M, H], of its own columns [Q, M, P]."""
        if self.agent_id is None:
            return self.own(x, rectified=rectified)
        return self.agent_id(self.own, x, rectified=rectified)

    def _deeper(self, hidden: Tensor) -> Tensor:
        for layer in self.hidden:
            hidden = layer(hidden, rectified=True)
        return hidden


class FlatNetwork(Network):
    """A multi-layer perceptron on the whole observation."""

    def __init__(self, architecture: Architecture, heads: Heads):
        sizes = architecture.sizes
        super().__init__(architecture, sizes.observation_size, num_parts=1)
        width, rng = architecture.hidden_size, architecture.rng
        self.num_scores = sizes.num_actions if heads.has_scores else 0
        if num_outputs := self.num_scores + heads.has_value:
            self.head = SetLinear(self.sets, width, num_outputs, heads.gain, rng)

    def forward(self, observation: Tensor, action_mask: Tensor) -> Output:
        """The mask does not matter here."""
        features = self.features(observation, action_mask)
        out = self.sets.join(self.head(features), len(action_mask))  # [R, N, A + 1]
        scores, value = out.split([self.num_scores, out.shape[-1] - self.num_scores], -1)
        return Output(scores, value.squeeze(-1))

    def features(self, observation: Tensor, action_mask: Tensor) -> Tensor:
        """There is one vector per agent."""
        return self._deeper(self._own(self.sets.split(observation), rectified=True))


class CandidateNetwork(Network):
    """One network scores every candidate of the slate; skip and value are pooled over them."""

    def __init__(self, architecture: Architecture, layout: Layout, heads: Heads):
        sizes, num_candidates = architecture.sizes, layout.num_candidates
        num_columns = width_of(layout.candidate)
        own_size = sizes.observation_size - num_candidates * num_columns
        if sizes.num_actions != num_candidates + 1 or own_size < 0:
            raise ValueError(
                f"a layout of {num_candidates} candidates with {num_columns} columns each needs "
                f"{num_candidates + 1} actions and {num_candidates * num_columns} columns or more, "
                f"got {sizes.num_actions} and {sizes.observation_size}"
            )
        super().__init__(architecture, own_size, num_parts=num_candidates)
        sets, width, rng = self.sets, architecture.hidden_size, architecture.rng
        self.candidate = SetLinear(sets, num_columns, width, RELU_GAIN, rng, has_bias=False)
        self.num_scores = 2 * heads.has_scores  # score and skip
        if num_outputs := self.num_scores + heads.has_value:
            self.head = SetLinear(sets, width, num_outputs, heads.gain, rng)
        self.num_candidates = num_candidates  # K
        self.num_columns = num_columns  # C

    def forward(self, observation: Tensor, action_mask: Tensor) -> Output:
        """Equations (1) and (2)."""
        hidden, shape = self._of_candidates(observation)
        out = self.head(hidden)  # [Q, M * K, 1 to 3]
        first = [self.sets.join(x.reshape(shape), len(action_mask)) for x in out.unbind(-1)]
        weight = _mean_weight(action_mask[..., :-1])  # [R, N, K]
        scores = value = observation[..., :0]
        if len(first) > self.num_scores:
            value = (weight * first[-1]).sum(-1)
        if self.num_scores:
            score, skip = first[:2]
            scores = torch.cat([score, (weight * skip).sum(-1, keepdim=True)], -1)
        return Output(scores, value)

    def features(self, observation: Tensor, action_mask: Tensor) -> Tensor:
        """Mean over the legal candidates."""
        hidden, shape = self._of_candidates(observation)
        weight = self.sets.split(_mean_weight(action_mask[..., :-1]))  # [Q, M, K]
        return (weight.unsqueeze(-1) * hidden.view(*shape, -1)).sum(2)

    def _of_candidates(self, observation: Tensor) -> tuple[Tensor, tuple[int, int, int]]:
        """The last hidden layer [Q, M * K, H], and Q, M, K."""
        num_candidates, num_columns = self.num_candidates, self.num_columns
        x = self.sets.split(observation)  # [Q, M, S]
        shape = (x.shape[0], x.shape[1], num_candidates)
        slate_size = num_candidates * num_columns
        candidates = x[..., :slate_size].reshape(shape[0], -1, num_columns)  # [Q, M * K, C]
        own = self._own(x[..., slate_size:])  # [Q, M, H]
        if self.sets.is_single:  # the product is no view, and autograd lets it be written to
            seen = candidates.view(-1, num_candidates, num_columns)
            first = (seen @ self.candidate.weight.squeeze(0)).add_(own.squeeze(0).unsqueeze(1))
        else:
            first = self.candidate(candidates).view(*shape, -1) + own.unsqueeze(2)
        return self._deeper(first.relu_().view(shape[0], -1, first.shape[-1])), shape


def _mean_weight(legal: Tensor) -> Tensor:
    """[R, N, K] bool -> weights that sum to one over the legal candidates, over all if none is."""
    weight = legal.float()
    count = weight.sum(-1, keepdim=True)
    return torch.where(count > 0, weight / count.clamp(min=1), 1 / legal.shape[-1])
