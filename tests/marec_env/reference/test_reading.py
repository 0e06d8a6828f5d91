"""Plans for readers who share attention, tire and leave."""

import numpy as np
import pytest

import marec_env
from marec_env.reference import PLAYERS, best_plan, equilibrium, nash_conv, reading, step_optimum
from marec_env.reference.feed import Feed, reply_of
from marec_env.reference.labels import Habits
from marec_env.scenarios.news import News
from tests.marec_env.reference.feeds import best_worth, random_feed, random_habits, worth
from tests.marec_env.reference.random_games import joint_choices
from tests.marec_env.rollouts import SIZES

# --- one step ------------------------------------------------------------------------------------


@pytest.mark.parametrize("scoop", [0.0, 0.7])
def test_the_step_optimum_equals_brute_force(scoop):
    for seed in range(300):
        habits = random_habits(seed, leaves=False)
        sizes = {"num_agents": 3, "num_candidates": 3, "num_slots": 4}
        stage = random_feed(seed, habits, num_steps=1, scoop=scoop, **sizes)[0]
        found = step_optimum(stage)
        assert found.kind == "exact"
        assert found.welfare == pytest.approx(float(stage.welfare(joint_choices(stage)).max()))


@pytest.mark.parametrize("scoop", [0.0, 0.7])
def test_nobody_gains_at_an_equilibrium_whose_nash_conv_is_zero(scoop):
    for seed in range(300):
        stage = random_feed(seed, random_habits(seed, leaves=False), num_steps=1, scoop=scoop)[0]
        found = equilibrium(stage)
        assert found.kind == "exact"
        policy = np.eye(stage.num_candidates + 1)[found.choice]
        assert nash_conv(stage, policy) == pytest.approx(0, abs=1e-9)


# --- episodes ------------------------------------------------------------------------------------


@pytest.mark.parametrize("leaves", [False, True])
def test_for_one_reader_the_plan_equals_brute_force(leaves):
    for seed in range(300):
        habits = random_habits(seed, leaves=leaves)
        stages = random_feed(seed, habits, num_agents=1, num_steps=4)
        found = reading.plan(stages, habits)
        assert found.kind == "exact"
        assert found.welfare == pytest.approx(best_worth(stages, habits), abs=1e-12)
        assert found.welfare == found.bound


def test_for_readers_who_do_not_share_attention_it_does_too():
    for seed in range(300):
        habits = random_habits(seed, leaves=seed % 2 == 0)
        stages = random_feed(seed, habits, beta=0.0)
        found = reading.plan(stages, habits)
        assert found.kind == "exact"
        assert found.welfare == pytest.approx(best_worth(stages, habits), abs=1e-12)


@pytest.mark.parametrize("scoop", [0.0, 0.7])
def test_for_readers_who_meet_it_comes_close_and_says_that_it_may_not_be_best(scoop):
    gap = []
    for seed in range(300):
        habits = random_habits(seed, leaves=seed % 2 == 0)
        stages = random_feed(seed, habits, scoop=scoop)
        found, best = reading.plan(stages, habits), best_worth(stages, habits)
        assert found.kind == "best known"
        assert found.welfare <= best + 1e-12
        assert best <= found.bound + 1e-12
        gap.append(1 - found.welfare / best if best > 0 else 0.0)
    assert np.mean(gap) < 0.01
    assert np.max(gap) < 0.3
    assert np.mean(np.array(gap) < 1e-9) > 0.8


def test_a_reader_does_not_count_on_a_scoop_of_its_own_twice():
    # two items stay for three steps: one is worth 1, and .7 more at first, the other 1.2
    feed = Feed(
        slot=np.tile(np.arange(2), (3, 1, 1)),
        topic=np.zeros((3, 1, 2), np.int64),
        appeal=np.array([[[1.0, 1.2]]] * 3),
        is_open=np.ones((3, 1, 2), bool),
        is_new=np.zeros((3, 2), bool),
        bonus=np.array([[0.7, 0.0]] * 3),
        share=np.ones(2),
        tedium=np.zeros((1, 1)),
        temper=np.ones(1),
    )
    habits = Habits(gamma_s=0.5, kappa=0.0, threshold=0.0, temper=1.0, recovery=0.0)
    reply, is_best = reply_of(feed, np.full((3, 1), 2), 0, habits, 8)
    assert sorted(reply.tolist()) == [0, 1, 1]  # 1.7 + 1.2 + 1.2, not 1.7 three times
    assert not is_best


def test_a_plan_is_worth_what_it_says_by_the_letter_of_the_equations():
    for seed in range(60):
        habits = random_habits(seed, leaves=True)
        sizes = {"num_steps": 7, "num_agents": 5, "num_candidates": 3, "num_slots": 6}
        stages = random_feed(seed, habits, scoop=0.5 * (seed % 2), num_topics=3, **sizes)
        found = reading.plan(stages, habits)
        assert found.welfare == pytest.approx(
            worth(stages, habits, found.choice[None])[0], rel=1e-12
        )


def test_two_topics_and_twelve_steps_are_solved_exactly():
    sizes = {"num_agents": 1, "num_candidates": 4, "num_slots": 6}
    for seed in range(5):
        habits = Habits(gamma_s=0.9, kappa=0.3, threshold=0.2, temper=2.0, recovery=0.0)
        for num_steps, num_topics in ((12, 2), (6, 4)):
            shape = {"num_steps": num_steps, "num_topics": num_topics}
            assert reading.plan(random_feed(seed, habits, **sizes, **shape), habits).kind == "exact"


# --- the player ----------------------------------------------------------------------------------


def welfare(game: News, name: str, num_envs: int = 4) -> np.ndarray:
    """What everybody has got in an episode, [B]."""
    vec, player = marec_env.make_vec(game, num_envs), PLAYERS[name](game)
    now, total, is_over = vec.reset(3), np.zeros(num_envs), np.zeros(num_envs, bool)
    for _ in range(game.horizon):
        action = player.act(now, explore=False)
        assert np.take_along_axis(now.action_mask, action[..., None], axis=2).all()
        now = vec.step(action)
        total += np.where(is_over, 0, now.payoff.sum(axis=1))
        is_over |= now.start
    return total


@pytest.mark.parametrize("constants", [{}, {"scoop": 0.5}, {"threshold": 0.6, "temper": 1.5}])
def test_a_clairvoyant_receives_exactly_what_it_planned(constants):
    game = News(**SIZES | {"horizon": 9} | constants)
    truth = marec_env.make_vec(game, 4).reset(3).truth
    planned = [best_plan(*truth, b).welfare for b in range(4)]
    np.testing.assert_allclose(welfare(game, "clairvoyant"), planned, rtol=1e-5)


def test_it_is_worth_more_than_what_only_looks_at_the_step():
    game = News()
    best = welfare(game, "clairvoyant").mean()
    for name in ("random", "greedy", "myopic", "nash"):
        assert welfare(game, name).mean() < 0.9 * best


@pytest.mark.parametrize("scoop", [0.0, 0.5])
def test_a_plan_is_legal_as_it_is_whoever_has_left_skips(scoop):
    game = News(**SIZES, threshold=1.0, temper=1.0, scoop=scoop)
    for seed in range(10):
        vec = marec_env.make_vec(game)
        now = vec.reset(seed)
        plan = best_plan(*now.truth, 0)
        for choice in plan.choice:
            assert np.take_along_axis(now.action_mask[0], choice[:, None], 1).all()
            now = vec.step(choice[None])
            if now.start[0]:
                break
