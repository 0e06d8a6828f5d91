"""Ratings that are perturbed before anybody sees them."""

import math
from dataclasses import replace

import numpy as np
import pytest

from marec_env.datasets import DataError
from marec_env.datasets.privacy import Laplace, RandomisedResponse, perturbed
from tests.marec_env.embeddings.worlds import interactions

EPSILONS = (0.1, 1.0, 3.0)
MANY = 200_000


def rated(ratings):
    count = len(ratings)
    return interactions(np.zeros(count), np.arange(count), ratings, 1, count)


def seen(mechanism, rating):
    return mechanism(rated(np.full(MANY, float(rating))), np.random.default_rng(int(rating)))


@pytest.mark.parametrize("epsilon", EPSILONS)
def test_the_matrix_of_randomised_response_keeps_epsilon_exactly(epsilon):
    p = RandomisedResponse(epsilon).matrix(5)
    np.testing.assert_allclose(p.sum(1), 1)
    ratios = p[:, None] / p[None]  # of any two given ratings, for what is seen
    assert math.isclose(ratios.max(), math.exp(epsilon))


@pytest.mark.parametrize("epsilon", EPSILONS)
@pytest.mark.parametrize("given", [1, 3, 5])
def test_what_is_seen_follows_the_matrix(epsilon, given):
    mechanism = RandomisedResponse(epsilon)
    found = np.bincount(seen(mechanism, given).astype(int), minlength=6)[1:] / MANY
    np.testing.assert_allclose(found, mechanism.matrix(5)[given - 1], atol=0.005)


@pytest.mark.parametrize("mechanism", [RandomisedResponse, Laplace])
@pytest.mark.parametrize("epsilon", EPSILONS)
def test_what_is_seen_is_nearly_as_likely_whatever_was_given(mechanism, epsilon):
    edges = [-np.inf, *np.linspace(1.001, 4.999, 9), np.inf]  # the ends hold what was clipped
    given = (1, 2, 5)
    found = np.array([np.histogram(seen(mechanism(epsilon), r), edges)[0] for r in given])
    kept = found[:, found.min(0) > 2000]
    assert (kept[:, None] / kept[None]).max() < math.exp(epsilon) * 1.1
    assert (kept[:, None] / kept[None]).max() > 1 + (math.exp(epsilon) - 1) * 0.5


def test_laplace_noise_has_the_width_of_the_scale_over_epsilon():
    found = seen(Laplace(100.0), 3) - 3  # too little to be clipped
    assert np.abs(found).mean() == pytest.approx(4 / 100, rel=0.01)
    assert abs(found.mean()) < 1e-3


def test_a_rating_outside_the_scale_is_no_less_private():
    world = rated([99.0] * 1000)
    ours = Laplace(1.0)(world, np.random.default_rng(0))
    theirs = Laplace(1.0)(rated([5.0] * 1000), np.random.default_rng(0))
    np.testing.assert_array_equal(ours, theirs)


def test_half_stars_have_steps_of_a_half():
    world = replace(rated([0.5, 3.5, 5.0] * 100), scale=(0.5, 5.0))
    found = RandomisedResponse(0.5, step=0.5)(world, np.random.default_rng(0))
    assert set(found) <= set(np.arange(1, 11) / 2)
    assert len(set(found)) == 10


def test_only_ratings_change_and_a_seed_gives_the_same_ones():
    world = rated([1.0, 2.0, 5.0] * 50)
    one, again, other = (perturbed(world, RandomisedResponse(0.5), seed) for seed in (1, 1, 2))
    assert one.items is world.items
    assert one.name == "toy (RandomisedResponse, epsilon 0.5)"
    np.testing.assert_array_equal(one.ratings, again.ratings)
    assert (one.ratings != other.ratings).any()


@pytest.mark.parametrize("mechanism", [RandomisedResponse, Laplace])
@pytest.mark.parametrize("epsilon", [0.0, -1.0, math.nan, math.inf])
def test_an_epsilon_that_promises_nothing_is_refused(mechanism, epsilon):
    with pytest.raises(ValueError, match="epsilon must be positive and finite, got"):
        mechanism(epsilon)


def test_ratings_between_the_steps_are_one_sentence():
    with pytest.raises(DataError, match=r"must be steps of 1 from 1 to 5 .*, they are not"):
        perturbed(rated([1.5]), RandomisedResponse(1.0), 0)
