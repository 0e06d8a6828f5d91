"""Populations named on the command line, and the programs that play them: evaluate, crossplay."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from experiments import crossplay, evaluate, train
from experiments.build import build
from experiments.command import BadInput
from experiments.populations import mixed, names_of, parse, policy_of
from experiments.run import Run
from experiments.scores import Examiner

GAME = [
    *("--scenario.num-agents", "4", "--scenario.horizon", "4", "--scenario.pool-size", "8"),
    *("--scenario.slate-size", "4", "--evaluation-episodes", "2", "--num-envs", "2"),
]
RUN = Run(
    agent="greedy", num_envs=2, steps=0, evaluation_episodes=2,
    scenario_constants={"num_agents": 4, "horizon": 4, "pool_size": 8, "slate_size": 4},
)  # fmt: skip


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """Two trainings of one game that differ in their seed, and one of another game."""
    out = tmp_path_factory.mktemp("runs")
    words = ["--agent", "ippo", "--steps", "16", "--quiet", *GAME]
    for name, others in {
        "a": ["--seed", "0"],
        "b": ["--seed", "1"],
        "longer": ["--scenario.horizon", "5"],
    }.items():
        assert train.main([*words, *others, "--out", str(out / name)]) == 0
    return {name: str(next((out / name).iterdir())) for name in ("a", "b", "longer")}


def test_a_population_is_read_from_patterns_and_players():
    text = "user_0:runs/a, user_[1-3]:my_file.py:MyPolicy,*:greedy"
    found = parse(text)
    assert found == {"user_0": "runs/a", "user_[1-3]": "my_file.py:MyPolicy", "*": "greedy"}
    assert list(found) == ["user_0", "user_[1-3]", "*"]


@pytest.mark.parametrize("text", ["", "user_0", "user_0:", ":greedy", "*:greedy,"])
def test_a_population_of_another_form_is_refused(text):
    with pytest.raises(BadInput, match="a population is PATTERN:PLAYER"):
        parse(text)


def test_a_pattern_is_named_once():
    with pytest.raises(BadInput, match="'\\*' twice"):
        parse("*:greedy,*:random")


def test_players_are_called_by_the_shortest_name_that_tells_them_apart(runs):
    a, b = runs["a"], runs["b"]
    assert names_of([a, "greedy"]) == {a: "ippo:cooperative", "greedy": "greedy"}
    assert names_of([a, b]) == {a: "ippo:cooperative seed=0", b: "ippo:cooperative seed=1"}


def test_a_run_plays_its_own_seats_as_it_would_play_them_all(runs):
    game = build(Run.load(runs["a"]))
    whole = policy_of(runs["a"], game)
    shared = mixed({"user_0": whole, "*": policy_of(runs["a"], game)}, game)
    examiner = Examiner(game, 2)
    alone, together = (examiner.play(policy).payoff for policy in (whole, shared))
    np.testing.assert_array_equal(together, alone)


@pytest.mark.parametrize(
    ("player", "reason"),
    [
        ("iql", "iql learns: name the folder of a run"),
        ("runs/nothing", "must be the folder of a run, there is no run.json"),
        ("gredy", "did you mean 'greedy'"),
    ],
)
def test_a_player_that_cannot_play_is_refused(player, reason):
    with pytest.raises(BadInput, match=reason):
        policy_of(player, build(RUN))


def test_a_run_of_another_game_is_refused(runs):
    with pytest.raises(BadInput, match=r"scenario_constants of .* is {'horizon': 5}, not {'hor"):
        policy_of(runs["longer"], build(Run.load(runs["a"])))


def test_evaluate_plays_a_population_and_says_who_earned_what(runs, capsys):
    population = f"user_0:{runs['a']},user_[12]:greedy,*:{runs['b']}"
    assert evaluate.main(["--population", population, "--episodes", "2"]) == 0
    printed = capsys.readouterr().out
    assert "population" in printed
    rows = [line for line in printed.splitlines() if "│ user_" in line or "│ * " in line]
    assert [row.split("│")[3].strip() for row in rows] == ["1", "2", "1"]


def test_a_population_of_the_reference_is_worth_one(capsys):
    words = ["--population", "user_0:clairvoyant,*:clairvoyant", "--episodes", "2", *GAME]
    assert evaluate.main(words) == 0
    row = next(line for line in capsys.readouterr().out.splitlines() if "│ population" in line)
    assert row.split("│")[3].strip() == "1.000"


def test_what_a_player_earns_beside_another_counts_every_user_once():
    is_focal = np.array([True, False])
    payoffs = {(0, 0): (1, 2), (0, 1): (3, 4), (1, 0): (5, 6), (1, 1): (7, 8)}  # seats 0 and 1
    played = {pair: np.array([seats, seats], float) for pair, seats in payoffs.items()}
    foreign = Examiner(build(replace(RUN, scenario=None, catalogue=None, scenario_constants={},
                                     env="mpe2.simple_spread_v3", objective="independent",
                                     agent="random")), 2)  # fmt: skip
    earned, welfare = crossplay.matrices(played, is_focal, foreign)
    assert earned.title.startswith("payoff")
    # beside itself (1 + 2) / 2; player 0 beside 1: seat 0 of (0, 1) and seat 1 of (1, 0)
    np.testing.assert_allclose(earned.judged[..., 0], [[1.5, 4.5], [4.5, 7.5]])
    np.testing.assert_allclose(welfare.judged[..., 0], [[1.5, 4.5], [4.5, 7.5]])


def test_crossplay_writes_tables_and_a_picture(runs, tmp_path, capsys):
    out = tmp_path / "pairs"
    words = [runs["a"], runs["b"], "clairvoyant", "--episodes", "2", "--out", str(out)]
    assert crossplay.main(words) == 0
    text = out.with_suffix(".md").read_text()
    assert text in capsys.readouterr().out
    assert "| **clairvoyant** |" in text
    last = next(line for line in text.splitlines() if line.startswith("| **clairvoyant** |"))
    assert last.rstrip(" |").endswith("1.000 (1.000 to 1.000)")  # beside itself
    with Image.open(out.with_suffix(".png")) as picture:
        assert picture.width > picture.height > 200


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["greedy"], "two different players"),
        (["greedy", "greedy"], "two different players"),
        (["greedy", "random", "--focal", "nobody"], "'nobody' must be the first to match"),
        (["greedy", "random", "--out", "/no/where/x"], "in a folder that exists"),
        (["greedy", "random", "--episodes", "0"], "must be >= 1"),
    ],
)
def test_crossplay_says_in_a_sentence_what_it_cannot_do(words, reason):
    with pytest.raises(BadInput, match=reason):
        crossplay.main([*words, *GAME])
