"""How well predicted ratings fit true ones: their error, their order within a user, their spread.

    RMSE   = sqrt(mean (p - r)^2)
    AUC    = P(p_ui > p_uj) + P(p_ui = p_uj) / 2     over pairs of a user, r_ui good, r_uj not   (1)
    spread = standard deviation of p

(1) pools the pairs of all users, so that a user weighs by the pairs she gives; one whose ratings
are all good, or all not, gives none. A constant prediction has AUC 1/2, and so has an order of the
users alone: only the order *within* a user counts, which is what an agent chooses by.
"""

import numpy as np

from ..arrays import Array

GOOD = 0.75  # of the way from the lowest to the highest rating; 4 of 1 ... 5 stars


def rmse(predicted: Array, true: Array) -> float:
    """Root of the mean squared error of `predicted` [R], in units of the rating."""
    return float(np.sqrt(np.mean((np.asarray(predicted, float) - true) ** 2)))


def within_user_auc(users: Array, is_good: Array, predicted: Array) -> float:
    """Equation (1); NaN where no user has both kinds.

    Args:
        users: [R] ids.
        is_good: [R] bool, of the true rating.
        predicted: [R], any unit that orders.
    """
    order = np.lexsort((predicted, users))
    user, good = users[order], is_good[order].astype(np.int64)
    is_new = np.append(True, user[1:] != user[:-1])
    is_new_tie = is_new | np.append(True, predicted[order][1:] != predicted[order][:-1])
    bad_before = np.append(0, np.cumsum(1 - good))  # over all users, before each row
    first_of_user = np.flatnonzero(is_new)[np.cumsum(is_new) - 1]
    first_of_tie = np.flatnonzero(is_new_tie)
    end_of_tie = np.append(first_of_tie[1:], len(user))
    tie = np.cumsum(is_new_tie) - 1
    below = bad_before[first_of_tie][tie] - bad_before[first_of_user]
    level = (bad_before[end_of_tie] - bad_before[first_of_tie])[tie]
    bad_of_user = np.bincount(np.cumsum(is_new) - 1, 1 - good)[np.cumsum(is_new) - 1]
    pairs = (good * bad_of_user).sum()
    return float((good * (below + level / 2)).sum() / pairs) if pairs else float("nan")
