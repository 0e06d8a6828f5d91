"""One agent with Gymnasium's API: the others are a fixed policy, and the game is the same."""

from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from gymnasium.wrappers import RecordEpisodeStatistics

import marec_env
from marec_env.explain import explain
from marec_env.policy import IllegalAction, View
from marec_env.reference import PLAYERS
from tests.marec_env.leaving import Leaving
from tests.marec_env.rollouts import SIZES

HORIZON, SKIP = SIZES["horizon"], SIZES["slate_size"]

every_scenario = pytest.mark.parametrize("name", marec_env.scenario_names())


def make(scenario: Any = "ecommerce-v0", **arguments):
    return marec_env.make_single(scenario, **SIZES | arguments)


class Last:
    """Everybody picks the last legal candidate; remembers what it was shown."""

    def __init__(self):
        self.views = []

    def act(self, view, *, explore):
        self.views.append((view, explore))
        places = np.arange(SKIP) * view.action_mask[..., :-1]
        return np.where(view.action_mask[..., :-1].any(-1), places.argmax(-1), SKIP)


class Skipping:
    """Nobody picks anything."""

    def act(self, view, *, explore):
        return np.full(view.alive.shape, SKIP)


def episode(env, seed=None, choose=lambda mask: mask.argmax()):
    """All that is handed out until the episode is over."""
    observation, info = env.reset(seed=seed)
    found: list = [(observation, info)]
    is_over = False
    while not is_over:
        found.append(env.step(int(choose(info["action_mask"]))))
        *_, terminated, truncated, info = found[-1]
        is_over = terminated or truncated
    return found


def same(ours, theirs):
    assert len(ours) == len(theirs)
    for one, other in zip(ours, theirs, strict=True):
        np.testing.assert_equal(one, other)


# --- what Gymnasium asks for ---------------------------------------------------------------------


@every_scenario
@pytest.mark.parametrize("others", ["greedy", "random"])
def test_check_env_passes(name, others):
    env = gymnasium.make(f"marec_env/{name}", others=others, **SIZES)
    check_env(env.unwrapped, skip_render_check=True)


@pytest.mark.filterwarnings("ignore:.*'human' needs a display")
def test_check_env_passes_with_every_way_to_render():
    check_env(gymnasium.make("marec_env/ecommerce-v0", **SIZES).unwrapped)


def test_an_id_may_name_the_module_that_knows_it():
    env = gymnasium.make("marec_env:marec_env/ecommerce-v0", agent="user_3", **SIZES)
    same(episode(env, 5), episode(make(agent="user_3"), 5))


def test_gymnasium_makes_a_vector_environment_of_it():
    vec = gymnasium.make_vec("marec_env/basic-v0", num_envs=2, vectorization_mode="sync", **SIZES)
    observation, _ = vec.reset(seed=7)
    np.testing.assert_array_equal(observation[1], make("basic-v0").reset(seed=8)[0])


def test_statistics_of_episodes_are_kept_by_gymnasiums_wrapper():
    last = episode(RecordEpisodeStatistics(make()), 0)[-1]
    assert last[-1]["episode"]["l"] == HORIZON
    assert 0 <= last[-1]["metrics"]["episode/welfare"] <= 1


# --- the same game -------------------------------------------------------------------------------


@every_scenario
@pytest.mark.parametrize("objective", ["independent", "cooperative"])
def test_an_episode_is_that_of_the_pettingzoo_face_when_the_same_is_played(name, objective):
    single = make(name, agent="user_2", others=Last(), objective=objective)
    pettingzoo = marec_env.make(name, objective=objective, **SIZES)
    for seed in (3, None):  # and the episode after it
        (observation, info), *steps = episode(single, seed)
        observations, infos = pettingzoo.reset(seed)
        np.testing.assert_equal((observation, info), (observations["user_2"], infos["user_2"]))
        for step in steps:
            masks = np.stack([infos[agent]["action_mask"] for agent in pettingzoo.agents])
            joint = Last().act(
                View(masks[None], masks[None] > 0, masks[None], masks), explore=False
            )
            actions = dict(zip(pettingzoo.agents, joint[0], strict=True))
            actions["user_2"] = infos["user_2"]["action_mask"].argmax()
            *shown, infos = pettingzoo.step(actions)
            told = dict(infos["user_2"])
            if "episode" in told:
                told["metrics"] = told.pop("episode")
            np.testing.assert_equal(step, (*(each["user_2"] for each in shown), told))


@pytest.mark.parametrize("others", ["random", "greedy", Last()])
def test_a_seed_decides_everything_the_others_included(others):
    env = make(others=others, users="resampled")
    first = episode(env, 4) + episode(env)
    same(first, episode(env, 4) + episode(env))
    same(first, episode(env := make(others=others, users="resampled"), 4) + episode(env))


def test_another_seed_draws_other_lots_for_random_others():
    env = make(others="random")
    assert [s[1] for s in episode(env, 0)[1:]] != [s[1] for s in episode(env, 1)[1:]]


@every_scenario
@pytest.mark.parametrize("others", PLAYERS)
def test_every_reference_player_plays_the_others_where_it_has_something_to_go_by(name, others):
    if PLAYERS[others].plays(marec_env.make_vec(name, **SIZES).scenario):
        assert len(episode(make(name, others=others), 0)) <= HORIZON + 1
    else:
        with pytest.raises(ValueError, match=f"others must play {name}, {others} has nothing"):
            make(name, others=others)


def test_without_others_the_agent_gets_all_it_picks():
    env = make(others=Skipping(), stock_share=1.0)
    assert all(step[1] > 0 for step in episode(env, 0)[1:])


# --- the end -------------------------------------------------------------------------------------


def test_the_horizon_truncates():
    ends = [step[2:4] for step in episode(make(), 0)[1:]]
    assert ends == [(False, False)] * (HORIZON - 1) + [(False, True)]


def test_the_episode_is_over_when_the_own_agent_leaves_and_the_others_stay():
    env = make(Leaving, others=Skipping(), num_exits=12)
    env.reset(seed=0)
    _, reward, terminated, truncated, info = env.step(0)
    assert (terminated, truncated) == (True, False)
    assert reward == info["payoff"] > 0
    assert info["action_mask"].tolist() == [0] * SKIP + [1]
    assert env.action_masks().tolist() == [False] * SKIP + [True]
    with pytest.raises(RuntimeError, match="call reset first: no episode is running"):
        env.step(SKIP)


def test_after_the_own_agent_has_left_reset_begins_the_next_episode():
    env, other = make(Leaving, others=Skipping(), num_exits=12), make(Leaving, others=Skipping())
    env.reset(seed=0)
    env.step(0)
    episode(other, 0, choose=lambda mask: SKIP)
    np.testing.assert_array_equal(env.reset()[0], other.reset()[0])


def test_whoever_has_left_is_not_asked_any_more():
    env = make(Leaving, others="greedy", num_exits=6)
    assert len(episode(env, 0, choose=lambda mask: SKIP)) == HORIZON + 1


@pytest.mark.parametrize("action", [0, SKIP])
def test_a_step_before_the_first_reset_is_refused(action):
    with pytest.raises(RuntimeError, match="call reset first"):
        make().step(action)


# --- actions and masks ---------------------------------------------------------------------------


def test_the_mask_is_where_learners_with_masks_look_for_it():
    env = make()
    _, info = env.reset(seed=1)
    for _ in range(HORIZON):
        np.testing.assert_array_equal(env.action_masks(), info["action_mask"].astype(bool))
        assert env.action_masks().dtype == np.bool_
        *_, info = env.step(env.action_masks().argmax())


def test_what_is_handed_out_may_be_written_to():
    env, untouched = make(stock_share=0.2), make(stock_share=0.2)
    observation, info = env.reset(seed=1)
    observation[:], info["action_mask"][:] = np.nan, 1
    untouched.reset(seed=1)
    for _ in range(HORIZON):
        action = untouched.action_masks().argmin()  # an illegal one, if there is any
        ours, theirs = env.step(action), untouched.step(action)
        np.testing.assert_equal(ours, theirs)
        ours[0][:], ours[-1]["action_mask"][:] = np.nan, 1


def test_an_illegal_action_counts_as_a_skip_and_is_flagged():
    env, honest = make(), make()
    env.reset(seed=0)
    honest.reset(seed=0)
    ours, theirs = env.step(SKIP + 3), honest.step(SKIP)
    assert ours[-1].pop("illegal")
    assert not theirs[-1].pop("illegal")
    np.testing.assert_equal(ours, theirs)


def test_an_action_that_is_no_integer_is_refused():
    env = make()
    env.reset(seed=0)
    with pytest.raises(ValueError, match=r"action of 'user_0' must be an integer, got 0\.5"):
        env.step(0.5)


# --- the others ----------------------------------------------------------------------------------


class Watching(Last):
    """Refers its views to a list outside, which no copy takes along."""

    def __init__(self, views):
        self.views = views

    def __deepcopy__(self, memo):
        return type(self)(self.views)


class Privileged(Watching):
    privileged = True


class Central(Watching):
    is_central = True


@pytest.mark.parametrize(
    ("policy", "given"), [(Watching, set()), (Privileged, {"state", "truth"}), (Central, {"state"})]
)
def test_the_others_see_the_truth_and_the_state_only_if_their_class_asks(policy, given):
    views = []
    episode(make(others=policy(views)), 0)
    for view, _ in views:
        assert {name for name in ("state", "truth") if getattr(view, name) is not None} == given


def test_the_others_are_told_when_an_episode_begins():
    views = []
    env = make(others=Watching(views))
    episode(env, 0)
    episode(env)
    assert [bool(view.start[0]) for view, _ in views] == 2 * ([True] + [False] * (HORIZON - 1))


@pytest.mark.parametrize("explore", [False, True])
def test_the_others_explore_on_request(explore):
    views = []
    episode(make(others=Watching(views), explore=explore), 0)
    assert {explore for _, explore in views} == {explore}


def test_the_object_that_is_given_is_not_changed():
    given = Last()
    episode(make(others=given), 0)
    assert given.views == []


def test_a_policy_with_an_actor_plays_by_it():
    class Learner(Last):
        def actor(self):
            return Skipping()

    same(episode(make(others=Learner()), 0), episode(make(others=Skipping()), 0))


def test_others_who_play_what_is_illegal_are_refused():
    class First:
        def act(self, view, *, explore):
            return np.zeros(view.alive.shape, int)

    with pytest.raises(IllegalAction, match=r"First\.act must return legal actions, got 0 for"):
        episode(make(others=First(), stock_share=0.2, horizon=20), 0)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"others": "gredy"}, "others must be one of random, greedy, .* got 'gredy'"),
        ({"others": 3}, r"or an object with act\(view, \*, explore\), got 3"),
        ({"others": Skipping}, r"an object with act\(.*\), got <class .*Skipping"),
        ({"agent": "user_5"}, "agent must be one of user_0 ... user_4, got 'user_5'"),
        ({"render_mode": "smell"}, "render_mode must be None or one of"),
        ({"objective": "selfless"}, "objective must be one of"),
    ],
)
def test_what_there_is_not_is_refused_in_one_sentence(arguments, message):
    with pytest.raises(ValueError, match=message):
        make(**arguments)


def test_options_are_refused_in_one_sentence():
    with pytest.raises(ValueError, match=r"options must be empty, got \{'stock': 3\}"):
        make().reset(options={"stock": 3})


def test_the_text_shows_the_step_of_all_agents():
    env = make(render_mode="ansi")
    env.reset(seed=0)
    env.step(0)
    assert all(agent in str(env.render()) for agent in ("user_0", "user_4"))
    env.close()


def test_costly_metrics_are_said_on_request():
    env = marec_env.make_single("basic-v0", horizon=1, with_costly_metrics=True)
    env.reset(seed=0)
    assert "envy" in str(sorted(env.step(0)[4]["metrics"]))


def test_what_the_agent_was_paid_can_be_explained():
    env = gymnasium.make("marec_env/ecommerce-v0", agent="user_3", **SIZES)
    env.reset(seed=0)
    *_, info = env.step(0)
    found = explain(env, "user_3")
    assert (found.agent, found.item, found.payoff) == ("user_3", info["item"], info["payoff"])
    assert explain(env, "user_0").agent == "user_0"
