"""The program that explains a pick of a run, and the picture it draws."""

import re
import sys
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PIL import Image

import agents
from agents.credit import Attribution
from experiments import explain, loop, reasons, train, waterfall
from experiments.build import build
from experiments.command import BadInput, program
from experiments.run import FOREIGN, Run
from experiments.run_folder import Status, status
from marec_env.explain import Candidate, Explanation

TINY = [
    *("--scenario.num-agents", "3", "--scenario.horizon", "4", "--scenario.pool-size", "8"),
    *("--scenario.slate-size", "4", "--evaluation-episodes", "2", "--num-envs", "2"),
]
PICK = Explanation(
    agent="user_1", step=2, item=7, title="Blue Bell", payoff=0.48, multiplied={"a": 0.8, "b": 0.6},
    added={}, company=("user_0",), difference_reward=0.4, expected=0.48, regret=0.02,
    slate=(Candidate(7, "Blue Bell", 0.48), Candidate(8, "Red Bell", 0.5)),
)  # fmt: skip


def is_coloured(picture, colour):
    """Whether a picture shows a colour of the palette."""
    rgb = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    return bool((picture == rgb).all(axis=-1).any())


@pytest.fixture(scope="module")
def greedy_run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")
    assert train.main(["--agent", "greedy", "--steps", "0", "--out", str(folder), *TINY]) == 0
    (run,) = folder.iterdir()
    return run


def test_a_pick_is_explained_in_text_and_as_a_picture(greedy_run, capsys):
    assert explain.main([str(greedy_run), "--agent", "user_1", "--step", "3"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("user_1 picked ")
    assert "difference reward" in printed
    with Image.open(greedy_run / "explanation-user_1-3.png") as picture:
        assert picture.width > picture.height > 100


def test_run_json_stands_for_its_folder(greedy_run, capsys):
    words = ["--agent", "user_1", "--step", "0", "--out", str(greedy_run / "again.png")]
    assert explain.main([str(greedy_run / "run.json"), *words]) == 0
    of_file = capsys.readouterr().out
    assert explain.main([str(greedy_run), *words]) == 0
    assert capsys.readouterr().out == of_file


def test_it_is_the_pick_of_the_evaluation(greedy_run):
    built = build(Run.load(greedy_run))
    seed = built.run.evaluation_seed
    found = explain.explained(built, "user_2", 0, seed)
    now = built.make_env(num_envs=1).reset(seed)
    most_similar = int(now.action_mask[0, 2].argmax())  # slates are sorted
    assert found.item == now.items[0, 2, most_similar]


def test_another_seed_is_another_episode(greedy_run):
    built = build(Run.load(greedy_run))
    first, again, other = (explain.explained(built, "user_0", 3, seed) for seed in (5, 5, 6))
    assert first == again != other


def test_the_example_of_an_episode_is_the_pick_of_greatest_regret(greedy_run):
    built = build(Run.load(greedy_run))
    found = explain.example(built)
    assert found is not None
    every = [
        explain.explained(built, f"user_{n}", t, built.run.evaluation_seed)
        for t, n in np.ndindex(4, 3)
    ]
    assert found in every
    assert found.regret == max(pick.regret for pick in every)


def test_a_policy_that_learns_nothing_leaves_a_complete_run(greedy_run):
    assert status(greedy_run) == Status.COMPLETE
    assert Run.load(greedy_run / "best") == Run.load(greedy_run)


def test_the_weights_of_a_trained_run_are_played(greedy_run, tmp_path):
    run = replace(Run.load(greedy_run), agent="linucb", agent_constants={})
    made = build(run)
    policy: Any = made.policy
    list(loop.train(made.make_env(num_envs=2), policy, steps=64, seed=0))
    agents.save(policy, tmp_path)
    trained, fresh = (
        [explain.explained(built, "user_0", t, 3).item for t in range(4)]
        for built in (build(run, tmp_path), build(run))
    )
    assert trained != fresh


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--agent", "user_3", "--step", "0"], "--agent must be one of user_0 ... user_2, got"),
        (["--agent", "no/user_0", "--step", "0"], "--agent must be one of .* got 'no/user_0'"),
        (["--agent", "user_0", "--step", "4"], r"--step must be in 0 \.\.\. 3, got 4"),
        (["--agent", "user_0", "--step", "0", "--seed", "-1"], "--seed must be in"),
        (["--agent", "user_0", "--step", "0", "--out", "a.jpg"], r"--out must be a \.png in"),
        (["--agent", "user_0"], "the following arguments are required: --step"),
    ],
)
def test_bad_input_is_refused_in_one_sentence(greedy_run, words, message):
    with pytest.raises(BadInput, match=message):
        explain.main([str(greedy_run), *words])


def test_a_folder_without_a_run_is_refused(tmp_path):
    with pytest.raises(BadInput, match="is not a saved run: there is no such file"):
        explain.main([str(tmp_path), "--agent", "user_0", "--step", "0"])


def test_bad_input_ends_the_program_with_2(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["", str(tmp_path), "--agent", "user_0", "--step", "0"])
    with pytest.raises(SystemExit) as ended:
        program(explain.main, "explain")
    assert ended.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_foreign_game_is_refused():
    run = Run(**FOREIGN, env="mpe2.simple_spread_v3", agent="random")
    assert explain.example(build(run)) is None
    with pytest.raises(BadInput, match="does not say what its payoffs are made of"):
        explain.explained(build(run), "user_0", 0, 0)


def test_the_same_pick_is_drawn_alike():
    first, again = waterfall.draw(PICK), waterfall.draw(PICK)
    assert first.dtype == np.uint8
    np.testing.assert_array_equal(first, again)


def test_factors_below_one_go_down_and_others_up():
    assert is_coloured(waterfall.draw(PICK), waterfall.LESS)
    lifted = Explanation(**{**vars(PICK), "multiplied": {"a": 1.2}, "slate": ()})
    picture = waterfall.draw(lifted)
    assert is_coloured(picture, waterfall.MORE)
    assert not is_coloured(picture, waterfall.LESS)


@pytest.mark.parametrize(
    "changed",
    [
        {"multiplied": {"a": 0.0, "b": 0.5}, "payoff": 0.0},
        {"added": {"c": 0.3, "d": -0.1}, "payoff": 0.68},
        {"item": -1, "payoff": 0.0},
        {"item": -1, "payoff": 0.0, "slate": ()},
    ],
    ids=["refused", "added", "skip", "skip without a slate"],
)
def test_every_kind_of_pick_can_be_drawn(changed):
    picture = waterfall.draw(Explanation(**{**vars(PICK), **changed}))
    assert (picture < 128).any()


def test_a_step_after_the_end_is_refused_with_the_length_of_the_episode():
    built = build(Run(scenario="news-v0", agent="random", scenario_constants={"num_agents": 2}))
    there = [alive for alive, _ in explain._episode(built, seed=1)]
    length, last = len(there), int(there[-1].argmax())
    assert length < 30  # everybody lost patience before the horizon
    assert explain.explained(built, f"user_{last}", length - 1, 1).step == length - 1
    with pytest.raises(BadInput, match=f"below {length}, when the episode was over, got {length}"):
        explain.explained(built, f"user_{last}", length, 1)
    left = sum(alive[1 - last] for alive in there)  # steps of the one who left first
    with pytest.raises(BadInput, match=f"below {left}, when user_{1 - last} was no longer there"):
        explain.explained(built, f"user_{1 - last}", left, 1)


def test_the_preference_of_a_learner_is_taken_apart_and_drawn(tmp_path, capsys):
    words = ["--agent", "qmix", "--steps", "16", "--quiet", "--out", str(tmp_path), *TINY]
    assert train.main(words) == 0
    folder = next(tmp_path.iterdir())
    assert explain.main([str(folder), "--agent", "user_1", "--step", "3"]) == 0
    printed = capsys.readouterr().out
    assert "the policy preferred it by " in printed
    assert re.search(r"team value [-\d.]+, of the agent [-\d.]+ with credit [\d.]+\n", printed)
    built = build(Run.load(folder), folder)
    drawn = reasons.pictures(built)
    assert set(drawn) == {"final/attribution", "final/credit"}
    for picture in drawn.values():  # has blue bars
        assert (picture[..., 2].astype(int) - picture[..., 0] > 100).any()


def test_a_policy_without_a_network_has_no_reasons(greedy_run):
    built = build(Run.load(greedy_run), greedy_run)
    assert reasons.reason(built, 0, 0, seed=0) is None
    assert reasons.pictures(built) == {}


def test_the_parts_of_a_reason_are_told_by_size_and_add_up():
    parts = {"small": 0.01, "large": -0.5, "tiny": 1e-9}
    text = reasons.Reason(Attribution(0, margin=-0.4, baseline=0.09, parts=parts), None).text()
    assert re.findall(r"^  (\w+(?: else)?) +([-+.\d]+)$", text, re.MULTILINE) == [
        ("large", "-0.500"),
        ("small", "+0.010"),
        ("all else", "+0.090"),
    ]
    assert "(+0.090 of it whatever is seen)" in text
