"""Ratings of pairs nobody rated: bias plus what like-minded users and similar items say.

    e_ui = r_ui - mu - b_u - b_i                                      of a known rating         (1)
    w_vu = exp((cos(x_v, x_u) - 1) / kernel_tau), w_ij likewise       on centred vectors        (2)
    y_ui = sum_v w_vu e_vi / (1 + sum_v w_vu)                         over users v who rated i  (3)
    z_ui = sum_j w_ij e_uj / (1 + sum_j w_ij)                         over items j rated by u   (4)
    p_ui = clip(mu + b_u + b_i + alpha y_ui + beta z_ui)                                        (5)

The 1 in (3) and (4) draws a prediction with little support towards the bias. kernel_tau, alpha and
beta are chosen on a validation part. kernel_tau smooths ratings; it has nothing to do with the tau
of the similarity that enters the payoff.

Sources: Nadaraya (1964) and Watson (1964) for kernel regression; Koren (2010) for residuals.
"""

from typing import NamedTuple

import numpy as np

from ..arrays import Array
from ..centring import centred
from ..datasets.interactions import Interactions
from ..models.rating_quality import rmse
from ..ratings import row_blocks
from . import biases
from .encoder import Vectors

TAUS = (0.1, 0.15, 0.2, 0.3, 0.5)  # candidates for kernel_tau
LARGEST = 10_000  # users or items; a kernel has their square entries


class Settings(NamedTuple):
    """The constants of (2) and (5)."""

    kernel_tau: float
    user_weight: float  # alpha
    item_weight: float  # beta

    def predict(self, train: Interactions, vectors: Vectors) -> Array:
        """Equation (5) of every pair, [U, I] float32 in units of the rating."""
        bias = biases.fit(train)
        by_users, by_items = _smoothed(train, bias, vectors, self.kernel_tau)
        by_users *= np.float32(self.user_weight)
        by_items *= np.float32(self.item_weight)
        by_users += by_items
        by_users += (bias.mean + bias.users).astype(np.float32)[:, None]
        by_users += bias.items.astype(np.float32)
        return np.clip(by_users, *map(np.float32, train.scale), out=by_users)


def choose(train: Interactions, validation: Interactions, vectors: Vectors) -> Settings:
    """Settings of least error on `validation`: tau out of TAUS, alpha and beta by regression."""
    bias = biases.fit(train)
    at = validation.users, validation.items
    rest = validation.ratings - bias.at(*at)
    best: tuple[float, Settings] | None = None
    for tau in TAUS:
        parts = np.column_stack([table[at] for table in _smoothed(train, bias, vectors, tau)])
        weights = np.maximum(np.linalg.lstsq(parts, rest, rcond=None)[0], 0.0)
        error = rmse(parts @ weights, rest)
        if best is None or error < best[0]:
            best = error, Settings(tau, float(weights[0]), float(weights[1]))
    assert best is not None
    return best[1]


def _smoothed(
    train: Interactions, bias: biases.Biases, vectors: Vectors, tau: float
) -> tuple[Array, Array]:
    """Equations (3) and (4), each [U, I] float32, a block of users at a time."""
    from scipy.sparse import csr_matrix

    shape = train.num_users, train.num_items
    at = train.users, train.items
    residuals = (train.ratings - bias.at(*at)).astype(np.float32)
    known = csr_matrix((residuals, at), shape)
    is_known = csr_matrix((np.ones(len(train), np.float32), at), shape)
    users, items = centred(vectors.users), centred(vectors.items)
    of_items = _kernel(items, items, tau)
    by_users, by_items = np.empty(shape, np.float32), np.empty(shape, np.float32)
    for rows in row_blocks(train.num_users, max(shape)):
        of_users = _kernel(users, users[rows], tau)  # [U, block]
        by_users[rows] = ((known.T @ of_users) / (1 + is_known.T @ of_users)).T
        by_items[rows] = (known[rows] @ of_items) / (1 + is_known[rows] @ of_items)
    return by_users, by_items


def _kernel(left: Array, right: Array, tau: float) -> Array:
    """Equation (2), [len(left), len(right)] float32."""
    weights = left @ right.T
    weights -= 1
    weights /= np.float32(tau)
    return np.exp(weights, out=weights)
