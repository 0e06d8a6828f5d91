"""Vectors that may be shown: a factorization trained with differential privacy (neural/private.py).

    r_ui ~ c + b_u + b_i + p_u . q_i,  c the middle of the scale;  b_i and q_i are published     (1)
    v_u  = argmin_w sum_j (e_uj - w . q_j)^2 + ridge |w|^2            e of profiles.py           (2)

The unit is one rating, its presence and its value: whoever sees all item vectors can hardly tell
whether it was there, (epsilon, delta). A user's vector (2) is made of her own ratings and of what
is published, by her own agent, and stays with it; it is not private towards that agent. A user with
n ratings has, as a group, about n epsilon.

Sources: Abadi et al. (2016), "Deep learning with differential privacy"; Kearns et al. (2014),
"Mechanism design in large games", for what is published to all and acted on by each.
"""

from dataclasses import asdict, dataclass

import numpy as np

from ..arrays import Array
from ..datasets.interactions import DataError, Interactions
from ..ratings import R_MIN
from .encoder import Vectors, check_items
from .profiles import rescaled, tastes


@dataclass(frozen=True, kw_only=True)
class PrivateFactorization:
    """An encoder; see encoder.py for the contract."""

    rank: int = 2  # D
    epsilon: float = 8.0  # of one rating, > 0
    delta: float = 1e-6  # chance that epsilon does not hold; less than 1 / ratings
    max_epochs: int = 60  # passes over the data, on average; each costs privacy
    batch_size: int = 32768  # ratings, on average; the larger, the less noise for each
    clip: float = 1.0  # longest gradient of a rating
    learning_rate: float = 0.005  # of the sum of the gradients, in the first step
    ridge: float = 10.0  # of (2)
    seed: int = 0  # of the first weights, the batches and the noise

    def __post_init__(self):
        for name in ("rank", "max_epochs", "batch_size"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be >= 1, got {getattr(self, name)}")
        for name in ("epsilon", "clip", "learning_rate", "ridge"):
            if not 0 < getattr(self, name) < np.inf:
                raise ValueError(f"{name} must be positive and finite, got {getattr(self, name)}")
        if not 0 < self.delta < 1:
            raise ValueError(f"delta must be in (0, 1), got {self.delta}")

    def fit(self, interactions: Interactions) -> Vectors:
        """Equations (1) and (2); the record has the epsilon that was spent.

        Raises:
            DataError: if delta is too large for so many ratings, or Opacus is missing.
        """
        if not self.delta * len(interactions) < 1:
            raise DataError(
                f"delta must be less than 1 / {len(interactions)}, the number of ratings, "
                f"got {self.delta:g}"
            )
        try:
            from .neural.private import Settings, learn
        except ImportError as error:
            raise DataError(
                "opacus must be installed for private_factorization: pip install marec-env[privacy]"
            ) from error
        of_unit = rescaled(interactions)
        settings = asdict(self)
        found = learn(
            of_unit.users,
            of_unit.items,
            (of_unit.ratings - (R_MIN + 1) / 2) / (1 - R_MIN) * 2,
            (interactions.num_users, interactions.num_items),
            Settings(**{name: settings[name] for name in Settings._fields}),
        )
        vectors = Vectors(
            users=np.zeros((0, self.rank), np.float32),
            items=found.items,
            name="private_factorization",
            source="Abadi et al. (2016); library opacus",
            licence="none needed",
            record={**settings, "epsilon_spent": found.epsilon, "noise_multiplier": found.noise},
            weights={
                "mean": np.array([(R_MIN + 1) / 2]),
                "item_bias": found.item_bias * (1 - R_MIN) / 2,
            },
        )
        return vectors._replace(users=self.encode_users(vectors, interactions))

    def encode_users(self, vectors: Vectors, histories: Interactions) -> Array:
        """Equation (2), [H, D] float32."""
        check_items(vectors, histories)
        return tastes(vectors, rescaled(histories), self.ridge).astype(np.float32)
