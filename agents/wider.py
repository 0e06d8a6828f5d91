"""Observations with columns added: what is known besides what an agent sees.

A central critic is told the state, a mean-field learner how many others pick each candidate. Such
columns join the agent's own, or those of every candidate, and any body then reads them like the
rest: where there is a layout, `x_u` or `x_k` of networks.py becomes wider.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from .contract import Sizes
from .layout import PlainLayout, width


def with_agent_columns(sizes: Sizes, **added: int) -> Sizes:
    """`sizes` of observations with columns joined at their end: name -> number of columns.

    The observations themselves are `concatenate([observation, columns], -1)`.
    """
    layout = sizes.layout
    if layout is not None:
        agent = _appended(layout.agent, added)
        layout = PlainLayout(layout.num_candidates, layout.candidate, agent)
    size = sizes.observation_size + sum(added.values())
    return sizes._replace(observation_size=size, layout=layout)


def with_candidate_columns(sizes: Sizes, **added: int) -> Sizes:
    """`sizes` of observations by `add_to_candidates`: name -> number of columns per candidate.

    Raises:
        ValueError: if the observation has no layout, and so no candidates.
    """
    layout = sizes.layout
    if layout is None:
        raise ValueError("columns of candidates need a layout of the observation, got none")
    candidate = _appended(layout.candidate, added)
    size = sizes.observation_size + layout.num_candidates * sum(added.values())
    wider = PlainLayout(layout.num_candidates, candidate, layout.agent)
    return sizes._replace(observation_size=size, layout=wider)


def add_to_candidates(observation: Any, columns: Any, sizes: Sizes) -> Any:
    """Observations [..., S] of `sizes` and columns [..., K, C'] -> [..., S + K C'].

    Both are arrays, or both tensors.
    """
    assert sizes.layout is not None
    num_columns = width(sizes.layout.candidate)
    slate_size = sizes.layout.num_candidates * num_columns
    slate, own = observation[..., :slate_size], observation[..., slate_size:]
    seen = slate.reshape(*columns.shape[:-1], num_columns)
    wider = joined(seen, columns)
    return joined(wider.reshape(*own.shape[:-1], -1), own)


def joined(observation: Any, *columns: Any) -> Any:
    """Arrays, or tensors, side by side; in the type of the first."""
    parts = [observation, *columns]
    if isinstance(observation, Tensor):
        return torch.cat(parts, -1)
    return np.concatenate(parts, -1, dtype=observation.dtype)


def _appended(columns: Mapping[str, slice], added: Mapping[str, int]) -> dict[str, slice]:
    found, start = dict(columns), width(columns)
    for name, size in added.items():
        found[name] = slice(start, start + size)
        start += size
    return found
