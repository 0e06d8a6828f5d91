"""Ratings predicted from those of similar items or of similar users, the pair itself left out.

With m_u the mean of user u's ratings, drawn to the middle c of the scale, and d_i by how much
item i is rated above its raters' means, drawn to 0,

    m_u   =  (sum_j r_uj + 10 c) / (n_u + 10)                                          (1)
    d_i   =  sum_v (r_vi - m_v) / (n_i + 25)                                           (2)
    e_ui  =  r_ui - m_u - d_i                                                          (3)
    s     =  n / (n + 100)  sum e e' / sqrt(sum e^2  sum e'^2)                         (4)
    r^_ui =  m_u + d_i + sum_j s_ij e_uj / sum_j s_ij      by items, or                (5)
             m_u + d_i + sum_v s_uv e_vi / sum_v s_uv      by users,                   (6)

the similarity (4) of two items is over their n common raters, that of two users over the n items
that both have rated, and (5) and (6) are over the 40 most similar ones with s > 0. Where u has
rated i, all of it is computed as if it had not: nothing depends on r_ui.

Sources: Resnick et al. (1994), "GroupLens: an open architecture for collaborative filtering of
netnews"; Sarwar et al. (2001), "Item-based collaborative filtering recommendation algorithms";
Koren (2008), "Factorization meets the neighborhood", for baselines and shrinkage.
"""

import numpy as np
from numba import uint32, uint64

from ..arrays import Array
from ..compiled import compiled
from ..ratings import R_MIN, Known

MIDDLE = (R_MIN + 1) / 2  # c
USER_SHRINKAGE, ITEM_SHRINKAGE, SIMILARITY_SHRINKAGE = 10.0, 25.0, 100.0  # ratings, in number
NUM_NEIGHBOURS = 40


class Neighbours:
    """Predicts ratings from the known ones."""

    def __init__(self, known: Known, num_items: int, *, by_item: bool):
        """Equations (1) and (2), and room to work in.

        Args:
            known: ratings of U users.
            num_items: I.
            by_item: equation (5), else (6).
        """
        users = known.users
        order = np.argsort(known.indices, kind="stable")
        num_ratings = np.bincount(known.indices, minlength=num_items)
        self._by_user = known
        self._by_item = Known(
            np.concatenate([[0], num_ratings.cumsum()]), users[order], known.values[order]
        )
        num_rated = np.diff(known.indptr)
        total = np.bincount(users, known.values, len(num_rated)) + USER_SHRINKAGE * MIDDLE
        self._mean = total / (num_rated + USER_SHRINKAGE)  # m [U]
        self._excess = known.values - self._mean[users]  # [R]
        self._above = np.bincount(known.indices, self._excess, num_items)
        self._above /= num_ratings + ITEM_SHRINKAGE  # d [I]
        size = max(int(num_rated.max(initial=0)), int(num_ratings.max(initial=0)))
        self._place = np.full(num_items, -1, np.int32)
        self._room = np.empty((6, size)), np.empty((2, NUM_NEIGHBOURS))
        self._is_by_item = by_item

    def predict(self, users: Array, items: Array) -> Array:
        """Equation (5) or (6) for pairs [P], clipped to [r_min, 1], float64."""
        out = np.empty(len(users))
        _predict(
            users, items, *self._by_user, *self._by_item, self._mean, self._above,
            self._excess, self._is_by_item, self._place, *self._room, out,
        )  # fmt: skip
        return np.clip(out, R_MIN, 1)


@compiled
def _predict(
    users, items, rated_start, rated, rating, rater_start, rater, rating_by, mean, above, excess,
    by_item, place, room, nearest, out,
):  # fmt: skip
    """Fills `out` [P]; `place` [I], where an item is among u's, is -1 on entry and on return."""
    products, squares, others, common, base, residual = room
    for p in range(len(users)):
        u, i = users[p], items[p]
        mine, its = rated_start[u : u + 2], rater_start[i : i + 2]
        num_rated, num_raters = mine[1] - mine[0], its[1] - its[0]
        mean_u, above_i, shift = mean[u], above[i], 0.0
        for at in range(mine[0], mine[1]):
            if rated[at] == i:  # as if u had not rated it
                weight = num_rated + USER_SHRINKAGE
                mean_u = (weight * mean[u] - rating[at]) / (weight - 1)
                shift = mean[u] - mean_u
                weight = num_raters + ITEM_SHRINKAGE
                above_i = (weight * above[i] - (rating[at] - mean[u])) / (weight - 1)
        for at in range(mine[0], mine[1]):
            j, k = rated[at], at - mine[0]
            base[k] = above[j] + shift / (rater_start[j + 1] - rater_start[j] + ITEM_SHRINKAGE)
            residual[k] = rating[at] - mean_u - base[k]  # e_uj
            place[j] = -1 if j == i else k
        num_terms = num_rated if by_item else num_raters
        for term in range(num_terms):
            products[term] = squares[term] = others[term] = common[term] = 0.0
        for to in range(num_raters):
            v = rater[its[0] + to]
            if v == u:
                continue
            e_vi = rating_by[its[0] + to] - mean[v] - above_i
            for at in range(uint64(rated_start[v]), uint64(rated_start[v + 1])):
                k = place[uint32(rated[at])]
                if k < 0:
                    continue
                e_vj = excess[at] - base[uint32(k)]
                term, e = (uint32(k), e_vi) if by_item else (uint32(to), residual[uint32(k)])
                products[term] += e * e_vj
                squares[term] += e * e
                others[term] += e_vj * e_vj
                common[term] += 1.0
        found = 0
        for term in range(num_terms):
            if products[term] > 0:
                shrunk = common[term] / (common[term] + SIMILARITY_SHRINKAGE)
                similarity = shrunk * products[term] / np.sqrt(squares[term] * others[term])
                at = its[0] + term
                e = residual[term] if by_item else rating_by[at] - mean[rater[at]] - above_i
                found = _insert(nearest, found, similarity, e)
        total = weighted = 0.0
        for t in range(found):
            total += nearest[0, t]
            weighted += nearest[0, t] * nearest[1, t]
        out[p] = mean_u + above_i + (weighted / total if total > 0 else 0.0)
        for at in range(mine[0], mine[1]):
            place[rated[at]] = -1


@compiled
def _insert(nearest, found, similarity, e):
    """Keeps the most similar of those met, best first; returns how many there are."""
    spot = found
    while spot > 0 and nearest[0, spot - 1] < similarity:
        spot -= 1
    if spot == nearest.shape[1]:
        return found
    found = min(found + 1, nearest.shape[1])
    for t in range(found - 1, spot, -1):
        nearest[0, t], nearest[1, t] = nearest[0, t - 1], nearest[1, t - 1]
    nearest[0, spot], nearest[1, spot] = similarity, e
    return found
