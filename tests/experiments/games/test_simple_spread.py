"""simple_spread moves, shows and pays what mpe2 does; `velocity_first` is the older game."""

import itertools

import numpy as np
import pytest
from mpe2 import simple_spread_v3

from experiments.games.simple_spread import SimpleSpread, State

RIGHT, UP = 2, 4
PERMUTATIONS = np.array(list(itertools.permutations(range(3))))  # [6, 3]


def at(places: list, landmarks: list) -> State:
    place = np.array([places], float)
    return State(place, np.zeros_like(place), np.array([landmarks], float))


def published_unit(returns: np.ndarray) -> np.ndarray:
    """R of the tables, of returns [B, N]."""
    return 2 * returns.sum(axis=1) - 75


@pytest.mark.parametrize(
    ("N", "local_ratio", "spread"), [(3, 0.5, 1.0), (3, 0.5, 0.2), (1, 0.5, 1.0), (5, 0.9, 0.4)]
)
def test_it_equals_mpe2_from_the_same_places(N: int, local_ratio: float, spread: float):
    game = SimpleSpread(N=N, local_ratio=local_ratio)
    rng = np.random.default_rng(0)
    for seed in range(3):
        peer = simple_spread_v3.parallel_env(N=N, local_ratio=local_ratio, max_cycles=25)
        peer.reset(seed=seed)
        world = peer.unwrapped.world
        for entity in world.entities:
            entity.state.p_pos = entity.state.p_pos * spread  # the closer, the more they touch
        state = at(
            [agent.state.p_pos for agent in world.agents],
            [landmark.state.p_pos for landmark in world.landmarks],
        )
        for _ in range(25):
            actions = rng.integers(0, 5, N)
            seen, rewards, *_ = peer.step(dict(zip(peer.possible_agents, actions, strict=True)))
            state, paid = game.step(state, actions[None])
            np.testing.assert_allclose(paid[0], list(rewards.values()), rtol=0, atol=1e-6)
            np.testing.assert_allclose(game.observe(state)[0], list(seen.values()), atol=1e-6)


def test_the_state_is_what_all_see_as_in_mpe2():
    peer = simple_spread_v3.parallel_env()
    peer.reset(seed=0)
    world = peer.unwrapped.world
    vec = SimpleSpread().vector_env(1, with_state=True)
    vec.reset(seed=0)
    snapshot = vec.snapshot()
    snapshot["state.place"][0] = [agent.state.p_pos for agent in world.agents]
    snapshot["state.landmark"][0] = [landmark.state.p_pos for landmark in world.landmarks]
    state = vec.restore(snapshot).state
    assert state is not None
    np.testing.assert_allclose(state[0], peer.state(), atol=1e-6)


@pytest.mark.parametrize(
    ("velocity_first", "expected"),
    # a push of 5 is a velocity of .5, then .75 * .5 + .5 = .875, then 1.15625
    [(False, [0.0, 0.05, 0.1375]), (True, [0.05, 0.1375, 0.253125])],
)
def test_places_move_by_the_old_or_the_new_velocity(velocity_first: bool, expected: list[float]):
    game = SimpleSpread(N=1, velocity_first=velocity_first)
    state, places = at([[0, 0]], [[0, 0]]), []
    for _ in range(3):
        state, _ = game.step(state, np.array([[RIGHT]]))
        places.append(state.place[0, 0].tolist())
    np.testing.assert_allclose(places, [[x, 0] for x in expected], rtol=1e-12)
    assert state.velocity[0, 0, 0] == pytest.approx(1.15625)


def test_agents_are_paid_for_landmarks_that_are_near_and_pay_for_company():
    game = SimpleSpread()
    # landmarks are missed by 0, .5 and 1; agents 0 and 1 are .25 apart and stay to the first step
    state = at([[0, 0], [0.25, 0], [5, 5]], [[0, 0], [0.25, 0.5], [5, 6]])
    _, paid = game.step(state, np.zeros((1, 3), np.int64))
    np.testing.assert_allclose(paid[0], [-0.75 - 0.5, -0.75 - 0.5, -0.75])


def test_who_touches_is_pushed_apart():
    game = SimpleSpread(N=2)
    state, _ = game.step(at([[0, 0], [0, 0.2]], [[0, 0]] * 2), np.zeros((1, 2), np.int64))
    # .1 deep: a force of 100 * .1 along the line between them, so a velocity of 1
    np.testing.assert_allclose(state.velocity[0], [[0, -1], [0, 1]], atol=1e-12)


def test_actions_are_stay_left_right_down_up():
    game = SimpleSpread(N=5)
    apart = [[3 * n, 0] for n in range(5)]
    state, _ = game.step(at(apart, apart), np.arange(5)[None])
    expected = [[0, 0], [-0.5, 0], [0.5, 0], [0, -0.5], [0, 0.5]]
    np.testing.assert_allclose(state.velocity[0], expected, atol=1e-12)


def test_everything_begins_uniformly_in_the_square_and_at_rest():
    vec = SimpleSpread().vector_env(2000)
    vec.reset(seed=0)
    begun = vec.snapshot()
    places = np.concatenate([begun["state.place"], begun["state.landmark"]], axis=1)
    assert not begun["state.velocity"].any()
    assert np.abs(places).max() < 1
    assert np.abs(places.mean(axis=0)).max() < 5 * (1 / 3 / 2000) ** 0.5
    assert np.abs(places.var(axis=0) - 1 / 3).max() < 5 * (4 / 45 / 2000) ** 0.5


@pytest.mark.parametrize(("velocity_first", "expected"), [(False, -233.7), (True, -231.0)])
def test_random_play_earns_what_is_known_of_it(velocity_first: bool, expected: float):
    vec = SimpleSpread(velocity_first=velocity_first).vector_env(4000)
    vec.reset(seed=0)
    rng = np.random.default_rng(0)
    returns = np.sum([vec.step(rng.integers(0, 5, (4000, 3))).reward for _ in range(25)], axis=0)
    found = published_unit(returns)
    assert abs(found.mean() - expected) < 3 * found.std() / 4000**0.5


@pytest.mark.parametrize(
    ("velocity_first", "lead", "expected"), [(False, 0.2, -120.4), (True, 0.1, -113.0)]
)
def test_walking_to_the_nearest_assignment_earns_what_is_known_of_it(
    velocity_first: bool, lead: float, expected: float
):
    vec = SimpleSpread(velocity_first=velocity_first).vector_env(2000)
    vec.reset(seed=0)
    returns, assigned = np.zeros((2000, 3)), None
    for _ in range(25):
        now = vec.snapshot()
        place, landmark = now["state.place"], now["state.landmark"]
        if assigned is None:
            away = np.linalg.norm(place[:, :, None] - landmark[:, None], axis=-1)  # [B, N, N]
            cost = away[:, np.arange(3), PERMUTATIONS].sum(axis=-1)  # [B, 6]
            assigned = PERMUTATIONS[cost.argmin(axis=1)][..., None]
        goal = np.take_along_axis(landmark, assigned, axis=1)
        to_go = goal - place - lead * now["state.velocity"]  # brakes before it arrives
        axis = np.abs(to_go).argmax(axis=-1)
        along = np.take_along_axis(to_go, axis[..., None], axis=-1)[..., 0]
        action = np.where(np.abs(along) < 0.025, 0, 1 + 2 * axis + (along > 0))
        returns += vec.step(action).reward
    found = published_unit(returns)
    assert abs(found.mean() - expected) < 3 * found.std() / 2000**0.5


@pytest.mark.parametrize(
    ("constants", "words"),
    [({"N": 0}, "N and max_cycles must be >= 1, got 0 and 25"),
     ({"local_ratio": 1.5}, r"local_ratio must be in \[0, 1\], got 1.5")],
)  # fmt: skip
def test_constants_that_make_no_sense_are_refused(constants: dict, words: str):
    with pytest.raises(ValueError, match=words):
        SimpleSpread(**constants)
