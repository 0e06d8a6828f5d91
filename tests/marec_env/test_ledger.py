"""What an episode's ledger holds when it ends."""

import numpy as np

from marec_env.ledger import Ledger
from marec_env.models.pick import Picks
from marec_env.scenario import Outcome


def outcome(slots, payoff, served=None):
    """Of two copies with two agents."""
    slot = np.array(slots, np.int32)
    diagnostics: dict = {} if served is None else {"served": np.array(served)}
    picks = Picks(slot, np.where(slot < 0, -1, slot + 10).astype(np.int32), *np.zeros((2, 2, 2)))
    return Outcome.of(picks, {"value": np.array(payoff, float)}, **diagnostics)


def entered():
    ledger = Ledger(num_envs=2, horizon=2, num_agents=2)
    everywhere = np.zeros(2, int)
    ledger.add(everywhere, outcome([[0, 0], [1, -1]], [[1, 0], [0.5, 0]], [[True, False]] * 2))
    ledger.add(everywhere + 1, outcome([[2, 1], [1, 2]], [[0.5, 0.5], [0.5, 1]]))
    return ledger


def test_what_happened_stands_at_its_step():
    history = entered().history
    np.testing.assert_array_equal(history.slots, [[[0, 0], [2, 1]], [[1, -1], [1, 2]]])
    np.testing.assert_array_equal(history.items, [[[10, 10], [12, 11]], [[11, -1], [11, 12]]])
    np.testing.assert_array_equal(history.payoff[0], [[1, 0], [0.5, 0.5]])


def test_picks_are_served_where_nothing_is_said_of_service():
    served = entered().history.served
    np.testing.assert_array_equal(served[:, 0], [[True, False]] * 2)
    assert served[:, 1].all()


def test_a_cleared_row_holds_nothing_and_the_others_stay():
    ledger = entered()
    ledger.clear(np.array([True, False]))
    assert (ledger.history.slots[0] == -1).all()
    assert not ledger.history.payoff[0].any()
    assert ledger.history.served[0].all()
    assert (ledger.history.items[0] == -1).all()
    np.testing.assert_array_equal(ledger.history.slots[1], [[1, -1], [1, 2]])


def test_copies_may_be_at_different_steps():
    ledger = Ledger(num_envs=2, horizon=2, num_agents=2)
    ledger.add(np.array([1, 0]), outcome([[0, 1], [2, 2]], [[1, 1], [1, 1]]))
    np.testing.assert_array_equal(ledger.history.slots[0], [[-1, -1], [0, 1]])
    np.testing.assert_array_equal(ledger.history.slots[1], [[2, 2], [-1, -1]])
