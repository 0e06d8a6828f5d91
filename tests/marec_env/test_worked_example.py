"""The printed worked example of the equations, with its true values; docs/worked-example.md."""

import math

import numpy as np
import pytest

from marec_env.similarity import Similarity

X_U = np.array([0.1, 0.2, 0.3, 0.4, 0.5])
X_I = np.array([0.1, 0.3, 0.4, 0.5, 0.6])
W_U = np.array(
    [[5, 4, 3, 2, 1], [3, 2, 1, 4, 5], [1, 5, 2, 4, 3], [4, 1, 5, 3, 2], [2, 3, 4, 5, 1]]
)
W_I = np.array(
    [[4, 5, 3, 2, 1], [1, 4, 3, 5, 2], [2, 1, 5, 4, 3], [3, 2, 1, 5, 4], [5, 3, 2, 1, 4]]
)
E_U = 1 / (1 + np.exp(-W_U / 10 @ X_U))
E_I = 1 / (1 + np.exp(-W_I / 10 @ X_I))
RATING = 0.5


def test_the_first_coordinate_is_the_sigmoid_of_a_sum_done_by_hand() -> None:
    assert E_U[0] == pytest.approx(1 / (1 + math.exp(-(0.05 + 0.08 + 0.09 + 0.08 + 0.05))))
    assert E_I[0] == pytest.approx(1 / (1 + math.exp(-(0.04 + 0.15 + 0.12 + 0.10 + 0.06))))


def test_cosine_and_its_reward() -> None:
    s = Similarity("cosine")(E_U, E_I)
    assert s == pytest.approx(0.9998751879, abs=5e-11)
    assert s * RATING == pytest.approx(0.4999375939, abs=1e-10)


def test_sigmoid_of_the_dot_product() -> None:
    assert Similarity("sigmoid_dot")(E_U, E_I) == pytest.approx(0.87498919, abs=5e-9)


def test_exponential_of_unit_vectors_is_the_plain_formula() -> None:
    unit = E_U / np.linalg.norm(E_U), E_I / np.linalg.norm(E_I)
    plain = math.exp(unit[0] @ unit[1])
    assert Similarity("exponential", offset=0.0)(E_U, E_I) == pytest.approx(plain, rel=1e-14)


def test_the_printed_vectors_have_another_cosine_than_the_printed_one() -> None:
    printed = Similarity("cosine")(np.array([5, 4, 3, 2, 1.0]), np.array([4, 5, 3, 2, 1.0]))
    assert printed == pytest.approx(54 / 55, rel=1e-15)
