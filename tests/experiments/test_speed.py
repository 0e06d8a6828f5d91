"""The measuring, with small sizes: what it says is in the right units and about the right thing."""

import re
import time
from typing import Any

import gymnasium
import pytest
from pettingzoo import ParallelEnv

from experiments import speed, speed_games, speed_training, stopwatch
from experiments.command import BadInput


def test_a_call_of_ten_milliseconds_is_made_a_hundred_times_a_second() -> None:
    assert stopwatch.rate(lambda: time.sleep(0.01), seconds=0.05) == pytest.approx(100, rel=0.3)


def test_only_the_named_methods_are_timed() -> None:
    class Sleeper:
        def long(self) -> str:
            time.sleep(0.02)
            return "slept"

        def short(self) -> int:
            return 3

    sleeper: Any = stopwatch.Timed(Sleeper(), "long")
    assert (sleeper.long(), sleeper.short()) == ("slept", 3)
    assert list(sleeper.seconds) == ["long"]
    assert 0.02 <= sleeper.seconds["long"] < 0.2


def test_peak_memory_remembers_what_was_given_back() -> None:
    before = stopwatch.peak_memory()
    block = b"x" * 2**28
    del block
    assert stopwatch.peak_memory() >= max(before, 2**28)


def test_a_step_of_the_batch_counts_once_for_each_agent_of_each_copy() -> None:
    one = speed_games.Shop(1, 4, slate_size=4, pool_size=8, num_items=8)
    measured = speed_games.vector(one, seconds=0.01)
    twice = speed_games.vector(one._replace(num_envs=2), seconds=0.01)
    assert twice.written == pytest.approx(2 * measured.written)
    assert measured.agent_steps > 0


def test_the_other_games_stand_in_a_table_with_their_sizes(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = [speed_games.Game("basic-v0", 2, 4, slate_size=4, pool_size=8)]
    monkeypatch.setattr(speed, "OTHER_GAMES", sizes)
    monkeypatch.setattr(stopwatch, "alone", lambda function, *args: function(*args))
    row = speed.others(seconds=0.01).splitlines()[-1]
    assert re.fullmatch(r"\| `basic-v0` \| 2 \| 4 \| [\d.]+ [kM] \| [\d.]+ [kM] \|", row)


def test_another_game_without_columns_shows_no_item_and_nobody_s_wishes() -> None:
    game = speed_games.Game("news-v0", 1, 4, slate_size=4, pool_size=8)
    whole, bare = (game._replace(has_columns=has).vector_env().scenario for has in (True, False))
    assert {"embedding", "favourite"} <= whole.layout.candidate.keys()
    assert not {"embedding", "favourite", "shown"} & bare.layout.candidate.keys()


class Counting(ParallelEnv):
    """Two agents, episodes of three steps; counts the steps."""

    def __init__(self) -> None:
        self.possible_agents = ["a", "b"]
        self.steps = 0

    def action_space(self, agent: str) -> Any:
        return gymnasium.spaces.Discrete(3)

    def reset(self, seed: int | None = None, options: dict | None = None) -> Any:
        self.agents = list(self.possible_agents)
        self.left = 3
        return {}, {}

    def step(self, actions: dict) -> Any:
        assert self.agents, "a step after the end"
        assert set(actions) == {"a", "b"}
        self.steps += 1
        self.left -= 1
        self.agents = self.agents if self.left else []
        return {}, {}, {}, {}, {}


def test_a_foreign_environment_is_reset_at_the_end_of_its_episodes() -> None:
    env = Counting()
    assert speed_games.parallel(env, seconds=0.01) > 0
    assert env.steps > 3


@pytest.mark.slow
def test_the_split_of_the_training_time_adds_up_to_at_most_all_of_it() -> None:
    found = speed_training.ippo("flat", hidden_size=8, threads=1, num_updates=1)
    shares = found.environment, found.acting, found.updating
    assert all(share > 0 for share in shares)
    assert sum(shares) < 1


@pytest.mark.parametrize(("number", "text"), [(2.614e6, "2.61 M"), (417_000, "417 k"), (12, "12")])
def test_rates_are_written_with_three_digits(number: float, text: str) -> None:
    assert speed.short(number) == text


def test_without_the_peers_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speed_games, "PEERS", ("no_such_peer",))
    with pytest.raises(BadInput, match="no_such_peer is missing; see make speed"):
        speed.main([])
