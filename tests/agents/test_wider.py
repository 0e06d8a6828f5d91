"""Columns that join an observation, by hand."""

import numpy as np
import pytest

from agents import Sizes
from agents.layout import PlainLayout
from agents.wider import add_to_candidates, with_agent_columns, with_candidate_columns

LAYOUT = PlainLayout(2, {"a": slice(0, 1), "b": slice(1, 2)}, {"user": slice(0, 1)})
SIZES = Sizes(num_agents=1, observation_size=5, num_actions=3, layout=LAYOUT)


def test_a_column_of_the_agent_comes_last():
    wider = with_agent_columns(SIZES, state=3)
    assert wider.observation_size == 8
    assert wider.layout is not None
    assert wider.layout.agent == {"user": slice(0, 1), "state": slice(1, 4)}
    assert wider.layout.candidate == LAYOUT.candidate


def test_a_column_of_the_candidates_is_told_of_each():
    wider = with_candidate_columns(SIZES, crowd=1)
    assert wider.observation_size == 7
    assert wider.layout is not None
    assert wider.layout.candidate["crowd"] == slice(2, 3)
    observation = np.array([1, 2, 3, 4, 5], np.float32)  # candidates (1, 2) and (3, 4), agent (5)
    joined = add_to_candidates(observation, np.array([[8], [9]]), SIZES)
    assert joined.tolist() == [1, 2, 8, 3, 4, 9, 5]
    assert joined.dtype == np.float32


def test_without_a_layout_an_agent_may_know_more_and_candidates_may_not():
    plain = SIZES._replace(layout=None)
    assert with_agent_columns(plain, state=3) == plain._replace(observation_size=8)
    with pytest.raises(ValueError, match="need a layout"):
        with_candidate_columns(plain, crowd=1)
